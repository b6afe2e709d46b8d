"""What changed between two runs: inputs, models, numbers, verdicts, windows.

A run is what stands in its documents, so that runs of any age compare. What differs by no more
than rounding and the stated edge tolerances counts as the same.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orbits.errors import DataError
from orbits.mission.shifts import WindowChange, window_changes
from orbits.time import duration, parse_t

Document = dict[str, Any]
Value = str | float | int | bool | None

_ROUNDING = 1e-9  # of a number; machines differ in the last places
# What follows from the inputs, or differs between two runs of the same.
_NO_MODEL = ("trajectories", "warnings", "span_tdb")
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Run:
    """The documents of one run.

    Attributes
    ----------
    label : str
        What it was read from.
    provenance : dict
    summary, windows : dict or None
        ``orbits.run/1`` and ``orbits.windows/1``, as far as they are there.
    """

    label: str
    provenance: Document
    summary: Document | None
    windows: Document | None

    @property
    def mission(self) -> Document:
        """The normalised mission; empty where the documents hold none."""
        return self.provenance.get("mission") or {}

    @property
    def name(self) -> str:
        """The name of the mission."""
        return str(self.mission.get("mission", {}).get("name", ""))


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; None where it was not, or is no longer, there."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One quantity that differs, both values in ``unit``; instants are text."""

    path: str
    before: float | str | None
    after: float | str | None
    unit: str
    assumed: bool

    @property
    def change(self) -> float | None:
        """After less before; of instants in s."""
        if isinstance(self.before, str) and isinstance(self.after, str):
            ends = (parse_t(self.before), parse_t(self.after))
            return round(float(duration(*ends)), 3)
        if isinstance(self.before, str) or isinstance(self.after, str):
            return None
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class RowChange:
    """A requirement or a claim whose row differs; a row is None where there is none."""

    name: str
    before: Document | None
    after: Document | None

    def of(self, key: str) -> tuple[Any, Any]:
        """Return the values of a column before and after."""
        return tuple(None if row is None else row.get(key) for row in (self.before, self.after))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two runs differ.

    Attributes
    ----------
    before, after : Run
    inputs : tuple of Change
        By path in the normalised mission file.
    models : tuple of Change
        Versions of packages, kernels, tables.
    quantities : tuple of NumberChange
    requirements, flown : tuple of RowChange
    windows : tuple of WindowChange
    """

    before: Run
    after: Run
    inputs: tuple[Change, ...]
    models: tuple[Change, ...]
    quantities: tuple[NumberChange, ...]
    requirements: tuple[RowChange, ...]
    flown: tuple[RowChange, ...]
    windows: tuple[WindowChange, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """The requirements that held before and do not hold any more."""
        return tuple(
            row.name for row in self.requirements if row.of("verdict") == ("PASS", "FAIL")
        )

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (
            self.inputs
            or self.models
            or self.quantities
            or self.requirements
            or self.flown
            or self.windows
        )


# -- reading ------------------------------------------------------------------------------


def read_run(place: str | Path) -> Run:
    """Return the run in a folder, or the one that a summary.json or windows.json belongs to.

    A file that is given by its own name is read alone if no other of its run lies beside it.

    Raises
    ------
    DataError
        If nothing of a run is there, or a file is no document of one.
    """
    path = Path(place)
    if path.is_dir():
        named = [path / "summary.json", path / "windows.json"]
        if not named[0].exists():
            raise DataError(f"{place} holds no summary.json; name the folder of a run")
    else:
        named = [path, *(path.with_name(name) for name in ("summary.json", "windows.json"))]
    found: dict[str, Document] = {}
    for file in named:
        if file.exists() or file == path:
            document = _document(file)
            found.setdefault(str(document["schema"]), document)
    return of_documents(str(place), found.get("orbits.run/1"), found.get("orbits.windows/1"))


def of_documents(label: str, summary: Document | None, windows: Document | None) -> Run:
    """Return the run of its documents; those of another run are left out.

    Raises
    ------
    DataError
        If there is neither.
    """
    first = summary or windows
    if first is None:
        raise DataError(f"{label} is no document of a run; name summary.json or windows.json")
    provenance = first["provenance"]
    if windows is not None and not _of_one_run(windows["provenance"], provenance):
        windows = None
    return Run(label, provenance, summary, windows)


def _of_one_run(one: Document, other: Document) -> bool:
    return all(one.get(key) == other.get(key) for key in ("mission", "version", "created_utc"))


def _document(file: Path) -> Document:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"{file} is no JSON document: {error}") from error
    known = ("orbits.run/1", "orbits.windows/1")
    if not isinstance(found, dict) or found.get("schema") not in known:
        said = found.get("schema") if isinstance(found, dict) else None
        raise DataError(
            f"{file} has the schema {said!r}, not {' or '.join(known)}; name the folder, the "
            "summary.json or the windows.json of a run"
        )
    if not isinstance(found.get("provenance"), dict):
        raise DataError(f"{file} has no provenance; write it again with orbits run")
    return found


# -- comparing ----------------------------------------------------------------------------


def difference(before: Run, after: Run) -> Difference:
    """Return everything in which two runs differ.

    Inputs are those of the normalised missions, so that comments and the order of a file do
    not count, and quantities that are equal in another unit are equal. Numbers differ by more
    than 1e-9 of themselves, window edges by more than their tolerances.
    """
    rows = [(run.summary or {}) for run in (before, after)]
    return Difference(
        before,
        after,
        tuple(_changes(_flat(before.mission), _flat(after.mission))),
        tuple(_changes(_models(before.provenance), _models(after.provenance))),
        tuple(_numbers(*(_by(row.get("quantities", []), "path") for row in rows))),
        tuple(_rows(*(_by(row.get("requirements", []), "name") for row in rows))),
        tuple(_rows(*(_by(row.get("flown", []), "name") for row in rows))),
        window_changes(before.windows, after.windows),
    )


def _by(rows: Iterable[Document], key: str) -> dict[str, Document]:
    """Return rows by name; a name that stands again is numbered."""
    found: dict[str, Document] = {}
    for row in rows:
        name, number = str(row[key]), 2
        while name in found:
            name, number = f"{row[key]} ({number})", number + 1
        found[name] = row
    return found


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of nested tables by dotted path; rows are called by their names."""
    if isinstance(value, Mapping):
        parts = [(str(key), one) for key, one in value.items()]
    elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        named = all("name" in one for one in value)
        rows = _by(value, "name") if named else {str(k): one for k, one in enumerate(value)}
        parts = [
            (name, {key: one for key, one in row.items() if not named or key != "name"})
            for name, row in rows.items()
        ]
    else:
        return {path: value}
    found: dict[str, Any] = {}
    for key, one in parts:
        found |= _flat(one, f"{path}.{key}" if path else key)
    return found


def _models(provenance: Document) -> dict[str, Any]:
    data = {k: v for k, v in provenance.get("data", {}).items() if k not in _NO_MODEL}
    return _flat(
        {
            "orbits": provenance.get("version"),
            "python": provenance.get("python"),
            "packages": provenance.get("packages", {}),
            "data": data,
        }
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for path in dict.fromkeys([*before, *after]):
        one, other = before.get(path), after.get(path)
        if not _alike(one, other):
            yield Change(path, one, other)


def _alike(one: Any, other: Any) -> bool:
    """Tell whether two values are the same; absent and empty are."""
    empty: tuple[Any, ...] = (None, [], "", {})
    if one == other or (one in empty and other in empty):
        return True
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return _same_quantity(one, other)
    return _close(one, other)


def _same_quantity(one: str, other: str) -> bool:
    """Tell whether two texts state the same quantity: "200 km" and "2e5 m"."""
    ends = [_NUMBER.fullmatch(text) for text in (one, other)]
    if ends[0] is None or ends[1] is None:
        return False
    if ends[0][2] == ends[1][2]:
        return _close(float(ends[0][1]), float(ends[1][1]))
    from astropy.units import Quantity

    first: Any
    second: Any
    try:
        first, second = Quantity(one), Quantity(other)
    except (TypeError, ValueError):
        return False
    if not first.unit.is_equivalent(second.unit):
        return False
    return _close(float(first.to_value(second.unit)), float(second.value))


def _close(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return one == other
    return abs(one - other) <= _ROUNDING * max(abs(one), abs(other))


def _numbers(
    before: Mapping[str, Document], after: Mapping[str, Document]
) -> Iterator[NumberChange]:
    for path in dict.fromkeys([*before, *after]):
        one, other = before.get(path), after.get(path)
        values = [None if row is None else row["value"] for row in (one, other)]
        if one is not None and other is not None and _close(*values):
            continue
        shown = other or one or {}
        assumed = any(row["assumed"] for row in (one, other) if row is not None)
        yield NumberChange(path, values[0], values[1], str(shown.get("unit") or ""), assumed)


def _rows(before: Mapping[str, Document], after: Mapping[str, Document]) -> Iterator[RowChange]:
    for name in dict.fromkeys([*before, *after]):
        one, other = before.get(name), after.get(name)
        if one is None or other is None or any(not _close(one[k], other.get(k)) for k in one):
            yield RowChange(name, one, other)
