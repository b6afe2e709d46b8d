"""How the results stand when what is assumed is taken through other values."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orbits.report.blocks import MARK, NUMBER, Block, Column, Para, Section, Table, some
from orbits.report.material import Material

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

_WORDS = {"done": "flown", "impact": "impact", "no-convergence": "lost", "invalid": "invalid"}


def sensitivity(
    outcome: "Outcome", material: Material, figures: Sequence[Block]
) -> Section | None:
    """Return each requirement over the varied values, and each sample; None without any."""
    if not material.samples:
        return None
    keys = [one.key for one in outcome.mission.analysis.vary]
    lost = sum(row.status != "done" for row in material.samples)
    text = (
        f"The mission is flown {len(material.samples)} times, with "
        f"{' and '.join(keys)} taken through the values below."
    )
    if lost:
        text += f" {lost} of them do not arrive; they judge nothing."
    blocks = some(Para(text), _carried(material), _samples(outcome, material, keys), *figures)
    return Section("sensitivity", "Sensitivity to what is assumed", blocks)


def _carried(material: Material) -> Table:
    from orbits.mission.sweep import carried

    rows = tuple(
        [one.name, one.holds, len(one.passed), len(one.failed), one.text]
        for one in carried(list(material.samples))
    )
    columns = (
        Column("Requirement"), Column("Holds for", kind=MARK), Column("Met", "", NUMBER),
        Column("Not met", "", NUMBER), Column("In words"),
    )  # fmt: skip
    return Table("Requirements over the varied values", columns, rows)


def _samples(outcome: "Outcome", material: Material, keys: Sequence[str]) -> Table:
    """Return a row for each sample: what was varied, what the requirements come to."""
    asked = list(dict.fromkeys(v.quantity for v in outcome.verdicts))
    rows: list[list[Any]] = []
    for one in material.samples:
        failed = [name for name, verdict in one.verdicts.items() if verdict != "PASS"]
        verdict = "FAIL" if failed else "PASS"
        rows.append([
            *map(str, one.values), _WORDS.get(one.status, one.status),
            *(one.quantities.get(path) for path in asked),
            verdict if one.verdicts else "", one.note or "; ".join(failed),
        ])  # fmt: skip
    columns = (
        *(Column(key, kind="code") for key in keys),
        Column("Flight"),
        *(Column(path, outcome.quantities[path].unit, NUMBER) for path in asked),
        Column("Requirements", kind=MARK),
        Column("Not met, or where it ended"),
    )
    return Table("Samples", columns, tuple(rows), full=True)
