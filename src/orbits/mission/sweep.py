"""Sweeps: the same mission with some of its values taken through others, one run each.

A sample that meets a surface or does not converge is a result like any other: its row says so,
with time and place, and its numbers are absent.
"""

import copy
import itertools
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.errors import ConvergenceError, MissionError, OrbitsWarning, PropagationError
from orbits.mission.load import from_dict
from orbits.mission.run import run
from orbits.mission.schema_uncertainty import Vary
from orbits.time import utc_iso

Value = str | float | int
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")

DONE, IMPACT, LOST, INVALID = "done", "impact", "no-convergence", "invalid"


@dataclass(frozen=True, slots=True)
class Axis:
    """One value of the file, by its dotted key, and what it is taken through."""

    key: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a sweep.

    Attributes
    ----------
    number : int
        From 1, in the order of the grid.
    values : tuple
        One for each axis.
    status : str
        "done", "impact", "no-convergence" or "invalid".
    note : str
        What happened, where it is not done.
    quantities : dict of str to number or None
        By path; empty where it is not done.
    verdicts : dict of str to str
        PASS or FAIL by requirement.
    """

    number: int
    values: tuple[Value, ...]
    status: str
    note: str
    quantities: dict[str, float | int | str | None]
    verdicts: dict[str, str]


def axis(text: str) -> Axis:
    """Return the axis that ``KEY=a:b:n`` or ``KEY=a,b,c`` states.

    Raises
    ------
    ValueError
        If it states none, with what to write.
    """
    key, found, rest = text.partition("=")
    key, rest = key.strip(), rest.strip()
    if not found or not key or not rest:
        raise ValueError(f"{text!r} is no KEY=a:b:n, such as {_EXAMPLE}")
    parts = [part.strip() for part in rest.split(":")]
    if len(parts) == 3:
        try:
            count = int(parts[2])
        except ValueError:
            raise ValueError(f"{parts[2]!r} is no number of values; write {_EXAMPLE}") from None
        return Axis(key, between(parts[0], parts[1], count))
    values = [_plain(part.strip()) for part in rest.split(",")]
    return Axis(key, tuple(values))


_EXAMPLE = '"spacecraft.queqiao-2.orbit.raan=0 deg:330 deg:12"'


def axes(said: Sequence[Vary]) -> tuple[Axis, ...]:
    """Return the axes of ``[[analysis.vary]]``; raises as `axis`."""
    found = []
    for one in said:
        if one.values is not None:
            values = tuple(_plain(value) for value in one.values)
        else:
            values = between(str(one.start), str(one.stop), int(one.count or 0))
        found.append(Axis(one.key, values))
    return tuple(found)


def between(start: str, stop: str, count: int) -> tuple[Value, ...]:
    """Return ``count`` equal steps from ``start`` to ``stop``, in the unit of ``start``."""
    ends = [_NUMBER.fullmatch(text) for text in (start, stop)]
    if ends[0] is None or ends[1] is None or count < 2:
        raise ValueError(
            f"{start!r} to {stop!r} in {count} values cannot be stepped; write {_EXAMPLE}, or "
            "list the values with commas"
        )
    (low, unit), (high, other) = (end.groups() for end in ends if end is not None)
    if other not in ("", unit):
        raise ValueError(f"{start!r} and {stop!r} differ in their unit; write both in one")
    steps = np.linspace(float(low), float(high), count).tolist()
    whole = [int(x) if float(x).is_integer() else round(x, 12) for x in steps]
    return tuple(f"{x} {unit}" if unit else x for x in whole)


def _plain(text: str) -> Value:
    """Return a bare number as a number, anything else as the text it is."""
    match = _NUMBER.fullmatch(text)
    if match is None or match[2]:
        return text
    return float(match[1]) if re.search(r"[.eE]", match[1]) else int(match[1])


def grid(found: Sequence[Axis]) -> list[tuple[Value, ...]]:
    """Return every combination of the values of the axes, the last axis fastest."""
    return list(itertools.product(*(one.values for one in found)))


def replaced(
    data: Mapping[str, Any], found: Sequence[Axis], values: Sequence[Value]
) -> dict[str, Any]:
    """Return the tables of a file with each axis at one of its values.

    Raises
    ------
    ValueError
        If a key leads nowhere in the file.
    """
    out = copy.deepcopy(dict(data))
    for one, value in zip(found, values, strict=True):
        table: Any = out
        *way, last = one.key.split(".")
        for part in way:
            table = _step(table, part, one.key)
        if isinstance(table, list):
            _step(table, last, one.key)
            table[int(last)] = value
        elif isinstance(table, dict):
            table[last] = value
        else:
            raise ValueError(f"{one.key} leads into a value, not to one; check the key")
    out.get("analysis", {}).pop("vary", None)
    return out


def _step(table: Any, part: str, key: str) -> Any:
    if isinstance(table, list) and part.isdigit() and int(part) < len(table):
        return table[int(part)]
    if isinstance(table, dict) and part in table:
        return table[part]
    known = ", ".join(table) if isinstance(table, dict) else f"0 to {len(table) - 1}"
    raise ValueError(f"{key}: there is no {part!r} in this file; known here: {known}")


def sample(
    data: Mapping[str, Any], found: Sequence[Axis], number: int, folder: str | Path = "."
) -> Sample:
    """Return the row ``number`` (from 1) of the sweep of a file's tables ``data``."""
    values = grid(found)[number - 1]
    try:
        mission = from_dict(replaced(data, found, values), folder)
        outcome = run(mission, folder=folder)
    except MissionError as error:
        return Sample(number, values, INVALID, error.problems[0].message, {}, {})
    except PropagationError as error:
        status = IMPACT if error.kind == "impact" else LOST
        return Sample(number, values, status, _place(error) or str(error), {}, {})
    except ConvergenceError as error:
        return Sample(number, values, LOST, str(error), {}, {})
    return Sample(
        number,
        values,
        DONE,
        "",
        {path: row.value for path, row in outcome.quantities.items()},
        {verdict.name: verdict.verdict for verdict in outcome.verdicts},
    )


def _place(error: PropagationError) -> str:
    """Return where and when a flight ended: "moon at 12.3 deg N, 45.6 deg E on 2024-..."."""
    if error.kind != "impact" or error.t is None or error.r is None or error.body is None:
        return ""
    when, axes = str(utc_iso(error.t, 0)), body(error.body).axes
    if axes is None:
        return f"{error.body} on {when}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)
        almanac = Almanac.load(error.t, error.t + 60.0)
    x, y, z = almanac.rotation(axes, "ICRF", error.t) @ np.array(error.r)
    latitude = float(np.degrees(np.arctan2(z, np.hypot(x, y))))
    longitude = float(np.degrees(np.arctan2(y, x))) % 360.0
    return f"{error.body} at latitude {latitude:.1f} deg, longitude {longitude:.1f} deg, {when}"


# -- verdicts -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Carried:
    """What a requirement comes to when assumed values are varied.

    Attributes
    ----------
    name : str
    holds : str
        "all", "some" or "none" of the samples that were flown to their end.
    passed, failed : tuple of values
        Of the axes, sample by sample.
    """

    name: str
    holds: str
    passed: tuple[tuple[Value, ...], ...]
    failed: tuple[tuple[Value, ...], ...]

    @property
    def text(self) -> str:
        """The verdict as words: "PASS for some (3 of 12): 150 deg, 180 deg, 330 deg"."""
        total = len(self.passed) + len(self.failed)
        if self.holds == "all":
            return f"PASS for all {total}"
        if self.holds == "none":
            return f"PASS for none of {total}"
        shown = "; ".join(", ".join(map(str, values)) for values in self.passed)
        return f"PASS for some ({len(self.passed)} of {total}): {shown}"


def carried(rows: Sequence[Sample]) -> tuple[Carried, ...]:
    """Return the verdict on each requirement over the samples that were flown to their end."""
    return tuple(_carried(rows))


def _carried(rows: Sequence[Sample]) -> Iterator[Carried]:
    done = [row for row in rows if row.status == DONE]
    for name in dict.fromkeys(name for row in done for name in row.verdicts):
        passed = tuple(row.values for row in done if row.verdicts.get(name) == "PASS")
        failed = tuple(row.values for row in done if row.verdicts.get(name) != "PASS")
        holds = "some" if passed and failed else "all" if passed else "none"
        yield Carried(name, holds, passed, failed)
