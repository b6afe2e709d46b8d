"""Quantities side by side: a row for each subject, a column for each word."""

from typing import TYPE_CHECKING

from orbits.mission.requirements import Stated
from orbits.report.blocks import BASIS, CODE, INSTANT, NUMBER, Column, Table
from orbits.report.inputs import basis

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

_DIGITS = {
    "%": 2,
    "h": 2,
    "s": 1,
    "deg": 3,
    "deg/h": 3,
    "km": 3,
    "Gbit": 3,
    "dB": 2,
    "m/s": 2,
    "kg": 2,
}

# First word of a path -> title of its table. What is not named here has the word itself.
_TITLES = {
    "sun": "Beta angle and local solar time of the ascending node",
    "conjunction": "Conjunctions with the Sun",
    "night": "Nights at the sites",
    "outage": "Solar outages of the links",
    "contact-plan": "Contact plans, and each station and spacecraft in them",
    "latency": "Latency of messages that are stored where a link is closed",
    "pointing": "Pointing: angle from nadir, rate, angle from another target",
    "access": "Access by sensors",
    "plane": "Sites and the plane of the orbit",
}


def pivoted(outcome: "Outcome", word: str, title: str = "") -> Table:
    """Return the quantities whose path begins with ``word``; no rows where there are none."""
    title = title or _TITLES.get(word, word.replace("-", " ").capitalize())
    found = {path: q for path, q in outcome.quantities.items() if path.startswith(f"{word}.")}
    subjects: dict[str, dict[str, Stated]] = {}
    units: dict[str, str] = {}
    for path, one in found.items():
        subject, _, last = path.removeprefix(f"{word}.").rpartition(".")
        subjects.setdefault(subject, {})[last] = one
        units[last] = one.unit
    rows = tuple(
        [
            subject, *(None if key not in row else row[key].value for key in units),
            basis(any(one.assumed for one in row.values())),
        ]
        for subject, row in subjects.items()
    )  # fmt: skip
    columns = (
        Column("Name", kind=CODE),
        *(_column(key, unit) for key, unit in units.items()),
        BASIS,
    )
    return Table(title, columns, rows)


def words(key: str) -> str:
    """Return the end of a path as words: "min periapsis altitude"."""
    return key.replace("delta_v", "delta-v").replace("_", " ").replace(".", " ")


def _column(key: str, unit: str) -> Column:
    title = words(key).capitalize()
    if unit == "UTC":
        return Column(title, unit, INSTANT)
    return Column(title, unit, NUMBER, _DIGITS.get(unit))
