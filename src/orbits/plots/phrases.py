"""Numbers in sentences, for the words that go with a figure."""

from collections.abc import Sequence


def spell(seconds: float) -> str:
    """Return a duration in the unit that suits it: "12 s", "35 min", "7.4 h", "3.2 days"."""
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    if seconds < 90.0 * 60.0:
        return f"{seconds / 60.0:.0f} min"
    if seconds < 72.0 * 3600.0:
        return f"{seconds / 3600.0:.1f} h"
    return f"{seconds / 86400.0:.1f} days"


def count(number: int, noun: str) -> str:
    """Return "no window", "1 window", "35 windows"."""
    return f"{number or 'no'} {noun}{'' if number in (0, 1) else 's'}"


def series(parts: Sequence[str], most: int = 6) -> str:
    """Return "a; b; c", and of a long list the first and how many more there are."""
    shown = list(parts[:most])
    if len(parts) > most:
        shown.append(f"and {len(parts) - most} more")
    return "; ".join(shown)


def signed(value: float, digits: int = 1) -> str:
    """Return a number with a true minus sign."""
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")
