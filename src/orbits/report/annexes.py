"""Full tables, and how to write the same report again."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orbits.report.blocks import (
    BASIS,
    CODE,
    INSTANT,
    NUMBER,
    UNIT,
    Column,
    Listing,
    Para,
    Part,
    Section,
    Table,
    some,
)
from orbits.report.inputs import basis
from orbits.report.material import Material, Record

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

_MOST = 2500  # rows of one table; a longer one is in windows.csv

_ENDS = (
    Column("Start", "UTC", INSTANT, 3), Column("Stop", "UTC", INSTANT, 3),
    Column("Duration", "s", NUMBER, 3), Column("Start by", kind=CODE),
    Column("Stop by", kind=CODE),
)  # fmt: skip
_END_KEYS = ("start_utc", "stop_utc", "duration_s", "start_cause", "stop_cause")
# Column of the window tables -> as the report shows it, where any row has a value.
_GEOMETRY = {
    "max_elevation_deg": Column("Greatest elevation", "deg", NUMBER, 2),
    "azimuth_start_deg": Column("Azimuth at start", "deg", NUMBER, 2),
    "azimuth_stop_deg": Column("Azimuth at stop", "deg", NUMBER, 2),
    "min_range_km": Column("Least range", "km", NUMBER, 1),
    "max_range_km": Column("Greatest range", "km", NUMBER, 1),
    "light_time_start_s": Column("Light time at start", "s", NUMBER, 6),
    "min_sun_angle_deg": Column("Least Sun angle", "deg", NUMBER, 2),
    "sunlit_fraction": Column("Sunlit", "", NUMBER, 3),
    "start_error_s": Column("Start ±", "s", NUMBER, 3),
    "stop_error_s": Column("Stop ±", "s", NUMBER, 3),
    "min_margin_db": Column("Least margin", "dB", NUMBER, 2),
    "max_rate_bit_s": Column("Greatest rate", "bit/s", NUMBER, 0),
    "volume_gbit": Column("Volume", "Gbit", NUMBER, 3),
}


def annexes(outcome: "Outcome", material: Material) -> Section:
    """Return the full tables: windows, gaps, hand-overs, quantities, the mission as read."""
    parts = (
        ("Windows", some(_windows(material.windows), _geometry(material.windows))),
        ("Gaps", some(_gaps(material.gaps))),
        ("Who carries the chains", some(_plan(outcome))),
        ("Quantities", some(_quantities(outcome))),
        ("Mission file as read", (Listing(_mission(outcome), "The normalised mission"),)),
    )
    lead = Para(
        "With scripts allowed, the tables of this annex can be sorted by any column, filtered "
        "and copied as CSV. windows.csv and windows.json hold the same rows with more columns."
    )
    kept = tuple(Part(title, blocks) for title, blocks in parts if blocks)
    return Section("annexes", "Annexes", (lead,), kept)


def _limited(rows: Sequence[Any]) -> tuple[tuple[Any, ...], str]:
    if len(rows) <= _MOST:
        return tuple(rows), ""
    return tuple(rows[:_MOST]), f"The first {_MOST} of {len(rows)} rows; windows.csv has all."


def _windows(records: Sequence[Record]) -> Table:
    rows, note = _limited(
        [
            [row["id"], *(row[key] for key in _END_KEYS), basis(row["assumed"])]
            for row in records
        ]
    )
    columns = (Column("Window", kind=CODE), *_ENDS, BASIS)
    note = f"{note} At reception at the (last) receiver; a cause of span is a cut.".strip()
    return Table("All windows", columns, rows, note, full=True)


def _geometry(records: Sequence[Record]) -> Table | None:
    """Return what the tables say of each window beyond its edges."""
    there = [key for key in _GEOMETRY if any(row[key] is not None for row in records)]
    if not there:
        return None
    rows, note = _limited(
        [
            [row["id"], row["from"], row["via"], row["to"], *(row[key] for key in there)]
            for row in records
            if any(row[key] is not None for key in there)
        ]
    )
    columns = (
        Column("Window", kind=CODE), Column("From"), Column("Via"), Column("To"),
        *(_GEOMETRY[key] for key in there),
    )  # fmt: skip
    note = (
        f"{note} Elevation and azimuth (from north, clockwise) at the ground end; ranges along "
        "the way of the light; Sun angle between Sun and transmitter at the receiver."
    ).strip()
    return Table("Geometry of the windows", columns, rows, note, full=True)


def _gaps(records: Sequence[Record]) -> Table:
    rows, note = _limited([[row["id"], *(row[key] for key in _END_KEYS)] for row in records])
    return Table("All gaps", (Column("Gap", kind=CODE), *_ENDS), rows, note, full=True)


def _plan(outcome: "Outcome") -> Table:
    rows, note = _limited(
        [
            [name, part.start, part.stop, part.stop - part.start, " to ".join(part.nodes)]
            for name, result in outcome.results.items()
            for part in result.plan
        ]
    )
    columns = (
        Column("Chain"), Column("Start", "UTC", INSTANT, 3), Column("Stop", "UTC", INSTANT, 3),
        Column("Duration", "s", NUMBER, 3), Column("Nodes"),
    )  # fmt: skip
    return Table("Who carries each stretch", columns, rows, note, full=True)


def _quantities(outcome: "Outcome") -> Table:
    rows = tuple(
        [q.path, q.value, q.unit, basis(q.assumed)] for q in outcome.quantities.values()
    )
    columns = (
        Column("Quantity", kind=CODE), Column("Value", kind=NUMBER), UNIT,
        BASIS,
    )  # fmt: skip
    return Table("All quantities", columns, rows, "Empty: does not apply.", full=True)


def _mission(outcome: "Outcome") -> str:
    return json.dumps(outcome.provenance["mission"], ensure_ascii=False, indent=2)


# -- again --------------------------------------------------------------------------------


def reproduce(outcome: "Outcome", material: Material) -> Section:
    """Return the command, the versions and the hashes that give the same report again."""
    provenance = outcome.provenance
    digest = provenance["mission_sha256"]
    lead = Para(
        "With the same mission file, versions and data, and SOURCE_DATE_EPOCH set to the same "
        "instant, this command writes the same report again, byte by byte:"
    )
    versions = [["orbits", provenance["version"]], ["Python", provenance["python"]]]
    versions += [[name, version] for name, version in provenance["packages"].items()]
    data = [["mission file", "", digest]] if digest else []
    for name, one in provenance["data"].items():
        if isinstance(one, dict) and "sha256" in one:
            words = one.get("file", "")
            data.append([name.replace("_", " "), words, one["sha256"]])
    blocks = some(
        lead,
        Listing(material.command),
        Table(
            "Data", (Column("What"), Column("File"), Column("SHA-256", kind=CODE)), tuple(data)
        ),
        Table("Versions", (Column("Package"), Column("Version", kind=CODE)), tuple(versions)),
        Table(
            "Files of this run",
            (
                Column("File", kind=CODE),
                Column("Size", "byte", NUMBER),
                Column("SHA-256", kind=CODE),
            ),
            tuple([file.name, file.size, file.sha256] for file in material.files),
            "summary.json and this report are written after the others.",
        ),
    )
    return Section("reproduce", "How to reproduce", blocks)
