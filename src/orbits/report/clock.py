"""Numbers and instants as a reader sees them: digits that mean something, UTC first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orbits.time import utc_iso


@dataclass(frozen=True, slots=True)
class Clock:
    """How instants are written: UTC, and beside it a local time where one is asked for.

    Attributes
    ----------
    zone : str or None
        Name in the time-zone database, such as "Asia/Shanghai".

    Raises
    ------
    ValueError
        If there is no such zone.
    """

    zone: str | None = None

    def __post_init__(self) -> None:
        if self.zone is not None:
            _zone(self.zone)

    @property
    def scales(self) -> tuple[str, ...]:
        """What heads the columns of an instant."""
        return ("UTC",) if self.zone is None else ("UTC", self.zone)

    def texts(self, instant: Any, digits: int | None = None) -> tuple[str, ...]:
        """Return an instant in UTC and, where asked for, in local time.

        Parameters
        ----------
        instant : float, s TDB past J2000, or str as the documents write it, or None
        digits : int, optional
            Of the second; default: those of a text, none of a number.
        """
        if instant is None:
            return ("",) * len(self.scales)
        if not isinstance(instant, str):
            instant = str(utc_iso(float(instant), digits or 0))
        shown = instant.removesuffix("Z").replace("T", " ")
        return (shown,) if self.zone is None else (shown, local(shown, self.zone))


def local(utc: str, zone: str) -> str:
    """Return "2024-05-31 06:58:24.472" UTC as local time with its offset: "... +08:00".

    A leap second keeps its 60: zones are whole minutes from UTC since leap seconds exist.
    """
    minute = datetime.strptime(utc[:16], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    there = minute.astimezone(_zone(zone))
    offset = there.utcoffset() or timedelta()
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(round(abs(offset).total_seconds() / 60.0), 60)
    return f"{there:%Y-%m-%d %H:%M}{utc[16:]} {sign}{hours:02d}:{minutes:02d}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"no time zone is called {name!r}; write one such as Asia/Shanghai or Europe/Berlin"
        ) from None


def number(value: Any, digits: int | None = None) -> str:
    """Return a number with ``digits`` decimals, or with those that its size asks for."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    size = abs(value)
    if digits is None:
        if size != 0.0 and (size >= 1e7 or size < 1e-4):
            return f"{value:.6g}"
        digits = 1 if size >= 1e4 else 2 if size >= 10.0 else 3 if size >= 1.0 else 6
        if float(value).is_integer():
            digits = 0
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0.0 else text


def brief(value: Any) -> str:
    """Return a number for who reads verdicts: two decimals, more only where it is small."""
    if isinstance(value, float) and 0.0 < abs(value) < 0.1:
        return f"{value:.3g}"
    whole = isinstance(value, float) and value.is_integer()
    return number(value, 0 if whole else 2)


def signed(value: float | None, digits: int | None = None) -> str:
    """Return a difference with its sign."""
    if value is None:
        return ""
    text = number(value, digits)
    return text if text.startswith("-") or value == 0 else f"+{text}"


def duration_text(seconds: float) -> str:
    """Return a duration as "5 h 07 min", "12 min 30 s" or "8.204 s"."""
    if seconds < 60.0:
        return f"{seconds:.3f} s"
    minutes = round(seconds / 60.0)
    if minutes < 60:
        whole = round(seconds)
        return f"{whole // 60} min {whole % 60:02d} s"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h {minutes % 60:02d} min"
    return f"{hours // 24} d {hours % 24:02d} h"
