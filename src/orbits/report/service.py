"""Contact plans, latency, pointing and sensors; and numbers that no other section has."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orbits.report.blocks import INSTANT, NUMBER, Block, Column, Section, Table, some
from orbits.report.clock import duration_text
from orbits.report.material import Material
from orbits.report.pivot import pivoted

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

SERVICE = ("contact-plan", "latency", "pointing", "access")
# Tables of quantities that have a section of their own.
ELSEWHERE = (
    "chain", "link", "eclipse", "spacecraft", "coverage", "sun", "conjunction", "night",
    "outage",
)  # fmt: skip
_MOST = 60  # contacts that the section itself lists


def service(outcome: "Outcome", material: Material, figures: Sequence[Block]) -> Section | None:
    """Return what was found of service; None where the mission asks for none."""
    tables = [pivoted(outcome, word) for word in SERVICE]
    blocks = some(*tables, *figures, _contacts(material))
    return Section("service", "Stations, messages, sensors", blocks) if blocks else None


def _contacts(material: Material) -> Table:
    rows = sorted(
        (row for row in material.windows if row["name"].startswith("contact-plan.")),
        key=lambda row: row["start_utc"],
    )
    shown = tuple(
        [
            f"{row['start_utc'][:19]}Z", f"{row['stop_utc'][:19]}Z",
            duration_text(row["duration_s"]), *row["name"].split(".")[1:4],
        ]
        for row in rows[:_MOST]
    )  # fmt: skip
    columns = (
        Column("Start", "UTC", INSTANT), Column("Stop", "UTC", INSTANT),
        Column("Duration", kind=NUMBER), Column("Plan"), Column("Station"),
        Column("Spacecraft"),
    )  # fmt: skip
    note = f"The first {_MOST} of {len(rows)}; all are in the annex." * (len(rows) > _MOST)
    return Table("Contacts in order", columns, shown, note)


def further(outcome: "Outcome", material: Material, figures: Sequence[Block]) -> Section | None:
    """Return the quantities and figures that no other section shows; None without any."""
    del material
    words = dict.fromkeys(path.partition(".")[0] for path in outcome.quantities)
    rest = [word for word in words if word not in (*ELSEWHERE, *SERVICE)]
    blocks = some(*(pivoted(outcome, word) for word in rest), *figures)
    return Section("further", "Further results", blocks) if blocks else None
