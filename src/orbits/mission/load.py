"""A mission file read, with every fault of it found at once and shown where it stands."""

import copy
import re
import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from orbits.errors import DataError, MissionError, OrbitsWarning
from orbits.mission.beside import mask_rows
from orbits.mission.checks import (
    check_assumed,
    check_names,
    check_output,
    check_quantities,
    remarks,
)
from orbits.mission.checks_coverage import check_coverage, check_periods
from orbits.mission.checks_link import check_budgets
from orbits.mission.checks_sequence import check_sequences
from orbits.mission.checks_studies import check_studies
from orbits.mission.explain import explain, path_in, suggestion
from orbits.mission.limits import Around, check_spacecraft, check_span, span_of
from orbits.mission.locate import Path, Place, Places, locate
from orbits.mission.problems import Problem, Source, count, report
from orbits.mission.schema import Header, Mission
from orbits.mission.schema_spacecraft import Spacecraft
from orbits.mission.terrain import with_mask
from orbits.sites import built_in_sites

_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LARGEST = 10_000_000  # bytes; a mission file is a few kB, a kernel given by mistake is not


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a mission file gave.

    Attributes
    ----------
    mission : Mission
    warnings : tuple of Problem
    text : bytes
        The file as read.
    """

    mission: Mission
    warnings: tuple[Problem, ...]
    text: bytes


def load(path: str | FilePath) -> Mission:
    """Return the mission that the file ``path`` states.

    Raises
    ------
    MissionError
        With every fault of the file; its text shows each in place.
    DataError
        If there is no such file.

    Warns
    -----
    OrbitsWarning
        For what may be a slip, such as a station far from its namesake.
    """
    reading = read(path)
    for problem in reading.warnings:
        warnings.warn(str(problem), OrbitsWarning, stacklevel=2)
    return reading.mission


def read(path: str | FilePath) -> Reading:
    """Return the mission of a file with its warnings; raises as ``load``."""
    path = FilePath(path)
    raw = _bytes(path)
    text = _decoded(raw, str(path))
    data = _parsed(text, str(path))
    source = Source(str(path), tuple(text.split("\n")), locate(text))
    mission, remarks_ = _validated(data, source, path.parent)
    return Reading(mission, remarks_, raw)


def from_dict(data: Mapping[str, Any], folder: str | FilePath = ".") -> Mission:
    """Return the mission that ``data`` states, keys and values as in a file.

    Raises
    ------
    MissionError
        With every fault found. Mask files are looked for in ``folder``.
    """
    source = Source("<data>", (), Places({}, {}))
    return _validated(dict(data), source, FilePath(folder))[0]


# -- text ---------------------------------------------------------------------------------


def _failed(source: Source, place: Place, message: str, help_: str) -> MissionError:
    problem = source.problem_at(place, "", message, help_)
    return MissionError(report([problem]), (problem,))


def _bytes(path: FilePath) -> bytes:
    nowhere = Source(str(path), (), Places({}, {}))
    start = Place(1, 1, 1)
    try:
        if path.is_dir():
            raise _failed(nowhere, start, "a folder, not a file", "name the mission file in it")
        if path.stat().st_size > _LARGEST:
            raise _failed(
                nowhere, start, "too large for a mission file", "name a TOML file of a few kB"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"there is no mission file {path}; check the name, or see `orbits run --help`"
        ) from None
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from None


def _decoded(raw: bytes, file: str) -> str:
    nowhere = Source(file, (), Places({}, {}))
    zero = raw.find(b"\0")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        shown = raw.split(b"\n")[line - 1][:200].decode("utf-8", "replace")
        source = Source(file, (*[""] * (line - 1), shown), Places({}, {}))
        raise _failed(
            source if zero < 0 else nowhere,
            Place(line, column, 1) if zero < 0 else Place(1, 1, 1),
            f"byte 0x{raw[error.start]:02x} is not UTF-8" if zero < 0 else "a binary file",
            "save the file as UTF-8" if zero < 0 else "name a mission file, which is text",
        ) from None
    if zero >= 0:
        raise _failed(
            nowhere, Place(1, 1, 1), "a binary file", "name a mission file, which is text"
        )
    return text.replace("\r\n", "\n")


def _parsed(text: str, file: str) -> dict[str, Any]:
    source = Source(file, tuple(text.split("\n")), Places({}, {}))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        match = _TOML_PLACE.search(message)
        place = Place(len(source.lines), max(1, len(source.lines[-1])), 1)
        if match and match[1]:
            place = Place(int(match[1]), int(match[2]), 1)
        message = message[: match.start()] if match else message
        raise _failed(
            source,
            place,
            message[:1].lower() + message[1:],
            _toml_advice(message, source, place),
        ) from None
    if not data:
        raise _failed(
            source,
            Place(1, 1, 1),
            "the file is empty",
            'a mission file begins with schema = 1 and a [mission] table; see "orbits schema"',
        )
    return data


def _toml_advice(message: str, source: Source, place: Place) -> str:
    line = source.lines[place.line - 1] if place.line <= len(source.lines) else ""
    if "verwrite" in message or "twice" in message or "mutate" in message:
        return "each key and each table stands once; take one of the two away"
    if re.search(r"=\s*[-+.\d]+\s*[A-Za-z%]", line):
        return 'put a quantity in quotes, for example "200 km"'
    if "Unescaped" in message or "Illegal" in message or "string" in message.lower():
        return "close the quotes; within them write \\\\ for \\"
    if "value" in message:
        return "put text in quotes; write true, false and numbers without"
    return "the file must be TOML 1.0: key = value, [table], [[list of tables]], # comment"


# -- data ---------------------------------------------------------------------------------


def _validated(
    data: dict[str, Any], source: Source, folder: FilePath
) -> tuple[Mission, tuple[Problem, ...]]:
    given = data
    data, problems = _expanded(given, source, folder)
    mission: Mission | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)  # check_span says it, with its place
        try:
            mission = Mission.model_validate(data)
        except ValidationError as error:
            problems += [explain(e, data, source) for e in error.errors()]
        problems += check_names(given, source)
        problems += check_assumed(data, source)
        problems += check_quantities(given, source)
        problems += check_budgets(data, source)
        problems += check_coverage(data, source)
        problems += check_studies(data, source)
        problems += check_sequences(data, source)
        problems += check_output(given, source)
        problems += _physics(data, source, folder)
        problems += check_periods(mission, source) if mission is not None else []
    if mission is not None:
        problems += remarks(mission, source)
    unique = tuple({(p.line, p.column, p.path, p.message): p for p in problems}.values())
    if mission is None or any(p.severity == "error" for p in unique):
        if source.lines:
            raise MissionError(report(unique), unique)
        words = [f"{p.path}: {p.message}; {p.help}" for p in unique]
        raise MissionError("\n".join([*words, f"{count(unique)}."]), unique)
    return mission, unique


def _physics(data: dict[str, Any], source: Source, folder: FilePath) -> list[Problem]:
    """Return the physical faults of those tables that can be read, other faults aside."""
    from orbits.almanac import coverage

    problems: list[Problem] = []
    header = _alone(Header, data.get("mission"))
    around = Around(folder, None, None)
    if header is not None:
        try:
            covered = coverage(header.ephemeris)
        except DataError:
            covered = None  # the run says, with its remedy, that the kernel is missing
        around = Around(folder, span_of(header), covered)
        problems += check_span(header, around, source)
    entries = data.get("spacecraft")
    for name, table in entries.items() if isinstance(entries, dict) else ():
        spacecraft = _alone(Spacecraft, table)
        if spacecraft is not None:
            problems += check_spacecraft(name, spacecraft, around, source)
    return problems


def _alone(model: type[BaseModel], table: object) -> Any:
    """Return the model of a table less its faulty keys, or None where too little is left."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        rest = copy.deepcopy(table)
        for details in error.errors():
            _remove(rest, path_in(table, details["loc"]))
    try:
        return model.model_validate(rest)
    except ValidationError:
        return None


def _remove(table: Any, path: Path) -> None:
    for part in path[:-1]:
        table = table[part]
    if path and isinstance(table, dict):
        table.pop(path[-1], None)


def _expanded(
    data: dict[str, Any], source: Source, folder: FilePath
) -> tuple[dict[str, Any], list[Problem]]:
    """Return ``data`` with built-in sites and masks in place of their names."""
    problems: list[Problem] = []
    sites = data.get("site")
    if not isinstance(sites, dict):
        return data, problems
    known, expanded = built_in_sites(), {}
    for name, table in sites.items():
        site = dict(table) if isinstance(table, dict) else table
        if isinstance(site, dict):
            use, mask = site.get("use"), site.get("mask")
            if isinstance(use, str) and use in known:
                keys = ("body", "latitude", "longitude", "height", "source", "assumed")
                built_in = {key: known[use][key] for key in keys if key in known[use]}
                site = {**built_in, **site}
                said = table.get("assumed", [])
                if isinstance(said, list):
                    rest = [k for k in built_in.get("assumed", []) if k not in table]
                    site["assumed"] = [*rest, *said]
            elif isinstance(use, str):
                problems.append(
                    source.problem(
                        ("site", name, "use"),
                        f'no built-in site is called "{use}"',
                        suggestion(use, known, "built-in sites"),
                    )
                )
                continue  # without its numbers, which would be reported as missing
            if isinstance(mask, str):
                try:
                    site["mask"] = mask_rows(mask, folder)
                except ValueError as error:
                    message, _, help_ = str(error).partition("; ")
                    problems.append(
                        source.problem(("site", name, "mask"), message, help_ or "correct it")
                    )
                    del site["mask"]
            if "terrain" in site:
                site, more = with_mask(name, site, folder, source)
                problems += more
        expanded[name] = site
    return {**data, "site": expanded}, problems
