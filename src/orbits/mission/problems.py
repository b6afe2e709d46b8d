"""A fault of a mission file, shown where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from orbits.mission.locate import Path, Place, Places


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault or remark.

    Attributes
    ----------
    severity : str
        "error" or "warning".
    file : str
        The file's name as the user gave it.
    line, column, width : int
        Counted from 1; ``width`` characters are underlined.
    path : str
        Where in the file's tables, for example "spacecraft.queqiao-2.orbit.inclination".
    message, help : str
        What is wrong, and what to do.
    text : str
        The line itself.
    """

    severity: str
    file: str
    line: int
    column: int
    width: int
    path: str
    message: str
    help: str
    text: str

    def __str__(self) -> str:
        number = str(self.line)
        margin = " " * (len(number) + 3)
        shown = self.text.expandtabs(1)
        where = f"{self.severity}: {self.file}:{self.line}:{self.column}"
        return "\n".join(
            [
                f"{where}: {self.path}" if self.path else where,
                f"  {number} | {shown}",
                f"{margin}| {' ' * (self.column - 1)}{'^' * self.width} {self.message}",
                f"  help: {self.help}",
            ]
        )


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file with the places of its keys.

    Attributes
    ----------
    file : str
    lines : tuple of str
    places : Places
    """

    file: str
    lines: tuple[str, ...]
    places: Places

    def problem(
        self,
        path: Path,
        message: str,
        advice: str,
        *,
        on: str = "value",
        severity: str = "error",
    ) -> Problem:
        """Return the problem at ``path``, underlined ``on`` its "key" or "value"."""
        place = self.places.key(path) if on == "key" else self.places.value(path)
        return self.problem_at(place, dotted(path), message, advice, severity=severity)

    def problem_at(
        self, place: Place, path: str, message: str, advice: str, *, severity: str = "error"
    ) -> Problem:
        """Return the problem at a place of the text."""
        text = self.lines[place.line - 1] if place.line <= len(self.lines) else ""
        return Problem(
            severity,
            self.file,
            place.line,
            place.column,
            place.width,
            path,
            message,
            advice,
            text,
        )


def dotted(path: Path) -> str:
    """Return ``path`` as it is written in messages: "requirement[1].quantity"."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def count(problems: Sequence[Problem]) -> str:
    """Return "2 errors, 1 warning"."""
    words = []
    for severity in ("error", "warning"):
        n = sum(p.severity == severity for p in problems)
        if n:
            words.append(f"{n} {severity}{'s' if n > 1 else ''}")
    return ", ".join(words) or "no errors"


def report(problems: Sequence[Problem]) -> str:
    """Return every problem in the order of the file, and the count, as shown to a user."""
    ordered = sorted(problems, key=lambda p: (p.file, p.line, p.column, p.severity))
    return "\n".join([*map(str, ordered), f"{count(problems)}. Nothing was computed."])
