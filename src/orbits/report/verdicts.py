"""The first pages: what was asked and came out, what flew, what changed since a baseline."""

from typing import TYPE_CHECKING, Any

from orbits.report.blocks import (
    BASIS,
    CODE,
    INSTANT,
    MARK,
    NUMBER,
    UNIT,
    Column,
    Items,
    Para,
    Part,
    Section,
    Table,
    some,
)
from orbits.report.clock import brief, number, signed
from orbits.report.inputs import basis, inputs, text
from orbits.report.material import Material

if TYPE_CHECKING:
    from orbits.mission.changes import Difference, RowChange
    from orbits.mission.run import Outcome
    from orbits.mission.shifts import WindowChange

_SIGNS = {True: "≥ ", False: "≤ "}
_MOST = 40  # rows of windows that moved


def headline(outcome: "Outcome") -> tuple[str, str]:
    """Return how many requirements hold, in words, and "pass", "fail" or "none"."""
    total = len(outcome.verdicts)
    failed = sum(not one.holds for one in outcome.verdicts)
    if not total:
        return "No requirement is stated", "none"
    noun = "requirement" if total == 1 else "requirements"
    if failed:
        return f"{failed} of {total} {noun} not met", "fail"
    return f"{total} of {total} {noun} met", "pass"


def verdicts(outcome: "Outcome", material: Material) -> Section:
    """Return the table of requirements, and for which of the varied values each holds."""
    from orbits.mission.sweep import carried

    over = {one.name: one.text for one in carried(list(material.samples))}
    columns = [
        Column("Requirement"), Column("Verdict", kind=MARK), Column("Value", kind=NUMBER),
        Column("Limit", kind=NUMBER), Column("Margin", kind=NUMBER), UNIT, BASIS,
        Column("Quantity", kind=CODE),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [
            v.name, v.verdict, brief(v.value), _SIGNS[v.at_least] + brief(v.limit),
            _margin(v.margin), v.unit, basis(v.assumed), v.quantity,
        ]
        for v in outcome.verdicts
    ]  # fmt: skip
    if over:
        columns.append(Column("Over the varied values"))
        rows = [[*row, over.get(row[0], "")] for row in rows]
    note = ""
    if any(v.assumed for v in outcome.verdicts):
        note = (
            "Assumed: the value rests on an input that the mission file calls assumed; the "
            "inputs are listed on the cover."
        )
    table = Table("Requirements: value, limit and margin", tuple(columns), tuple(rows), note)
    nothing = Para("The mission file states no requirement.") if not rows else None
    alerts = Items(tuple(material.warnings), "warning") if material.warnings else None
    parts = (Part("Warnings of this run", some(alerts)),) if alerts else ()
    return Section("requirements", "Requirements", some(table, nothing), parts)


def flown(outcome: "Outcome", material: Material) -> Section | None:
    """Return what was published or flew, beside what comes out here."""
    del material
    if not outcome.comparisons:
        return None
    words = {"about": "", "at least": "≥ ", "at most": "≤ "}
    within = {True: "agrees", False: "differs", None: "not judged"}
    rows = [
        [
            c.name, within[c.within], brief(c.planned), words[c.relation] + brief(c.observed),
            _margin(c.difference), c.unit or "", basis(c.assumed), c.quantity,
            said.source or "",
        ]
        for c, said in zip(outcome.comparisons, outcome.mission.flown, strict=True)
    ]  # fmt: skip
    columns = (
        Column("Claim"), Column("Agreement", kind=MARK), Column("Computed", kind=NUMBER),
        Column("Published", kind=NUMBER), Column("Difference", kind=NUMBER), UNIT, BASIS,
        Column("Quantity", kind=CODE), Column("Source"),
    )  # fmt: skip
    note = "Difference: computed less published. A claim that differs fails nothing."
    table = Table("Flown or published against computed", columns, tuple(rows), note)
    return Section("flown", "Flown against planned", (table,))


def _margin(value: float | None) -> str:
    text = brief(value)
    return text if text.startswith("-") or not value else f"+{text}"


# -- the change record --------------------------------------------------------------------


def changes(outcome: "Outcome", material: Material) -> Section | None:
    """Return what changed since the baseline; None where none is given."""
    del outcome
    found = material.baseline
    if found is None:
        return None
    runs = tuple(
        [
            when, run.name, run.provenance.get("created_utc"), run.provenance.get("version"),
            (run.provenance.get("mission_sha256") or "")[:16],
        ]
        for when, run in (("Baseline", found.before), ("This run", found.after))
    )  # fmt: skip
    columns = (
        Column("Run"), Column("Mission"), Column("Written", "UTC", INSTANT), Column("orbits"),
        Column("Mission file, SHA-256 begins", kind=CODE),
    )  # fmt: skip
    same = Para("Nothing differs: inputs, models, numbers, verdicts and windows are the same.")
    blocks = some(Table("The two runs", columns, runs), same if found.same else None)
    return Section("changes", "Change record", blocks, _change_parts(found))


def _change_parts(found: "Difference") -> tuple[Part, ...]:
    values = (Column("Path", kind=CODE), Column("Baseline"), Column("This run"))
    inputs_ = tuple([c.path, _shown(c.before), _shown(c.after)] for c in found.inputs)
    models = tuple([c.path, _shown(c.before), _shown(c.after)] for c in found.models)
    numbers = tuple(
        [
            q.path,
            q.before,
            q.after,
            signed(q.change) + (" s" if q.unit == "UTC" else ""),
            q.unit,
            basis(q.assumed),
        ]
        for q in found.quantities
    )
    columns = (
        Column("Quantity", kind=CODE), Column("Baseline", kind=NUMBER),
        Column("This run", kind=NUMBER), Column("Change", kind=NUMBER), UNIT,
        BASIS,
    )  # fmt: skip
    parts = (
        ("Inputs", some(Table("Values of the mission file that changed", values, inputs_))),
        ("Models and data", some(Table("Versions and data that changed", values, models))),
        ("Verdicts", some(_verdict_table(found), _claim_table(found))),
        ("Numbers", some(Table("Quantities that changed", columns, numbers, full=True))),
        ("Windows", some(_window_table(found.windows), _moved_table(found.windows))),
    )
    return tuple(Part(title, blocks) for title, blocks in parts if blocks)


def _shown(value: Any) -> str:
    return "not there" if value is None else text(value)


def _pair_columns(word: str) -> tuple[Column, ...]:
    return (
        Column(word), Column("Baseline", kind=NUMBER), Column("This run", kind=NUMBER),
        UNIT, Column("Before", kind=MARK), Column("Now", kind=MARK),
    )  # fmt: skip


def _verdict_table(found: "Difference") -> Table:
    rows = tuple(_pair(row, "value", row.of("verdict")) for row in found.requirements)
    return Table("Requirements whose row changed", _pair_columns("Requirement"), rows)


def _claim_table(found: "Difference") -> Table:
    words = {True: "agrees", False: "differs", None: "not judged"}
    rows = tuple(
        _pair(row, "planned", tuple(words[x] for x in row.of("within"))) for row in found.flown
    )
    return Table("Claims whose row changed", _pair_columns("Claim"), rows)


def _pair(row: "RowChange", key: str, marks: tuple[Any, ...]) -> list[Any]:
    unit = (row.after or row.before or {}).get("unit") or ""
    return [row.name, *map(number, row.of(key)), unit, *marks]


def _window_table(found: "tuple[WindowChange, ...]") -> Table:
    columns = (
        Column("Windows", kind=CODE), Column("Count before", kind=NUMBER),
        Column("Count now", kind=NUMBER), Column("Same", kind=NUMBER),
        Column("Moved", kind=NUMBER), Column("New", kind=NUMBER), Column("Gone", kind=NUMBER),
        Column("Change of the total", "s", NUMBER),
    )  # fmt: skip
    rows = []
    for one in found:
        before, after = one.before or {}, one.after or {}
        total = (after.get("total_s") or 0.0) - (before.get("total_s") or 0.0)
        rows.append([
            one.name, before.get("count"), after.get("count"), one.unmoved, len(one.moved),
            len(one.appeared), len(one.vanished), signed(total, 3),
        ])  # fmt: skip
    return Table("Windows of the baseline matched with those of this run", columns, tuple(rows))


def _moved_table(found: "tuple[WindowChange, ...]") -> Table:
    """Return the windows of chains, links and eclipses that moved, are new, or are gone."""
    columns = (
        Column("Windows", kind=CODE), Column("Start", "UTC", INSTANT, 0), Column("What"),
        Column("Start later by", "s", NUMBER), Column("Stop later by", "s", NUMBER),
        Column("Causes"),
    )  # fmt: skip
    rows: list[list[Any]] = []
    for one in found:
        if one.name.count(".") > 1 and not one.name.startswith("eclipse."):
            continue
        for pair in one.moved:
            causes = "; ".join(
                f"{key.partition('_')[0]}: {pair.after[key]}, was {pair.before[key]}"
                for key in ("start_cause", "stop_cause")
                if pair.after[key] != pair.before[key]
            )
            shifts = (signed(x, 3) for x in (pair.start_shift, pair.stop_shift))
            rows.append([one.name, pair.after["start_utc"], "moved", *shifts, causes])
        rows += [[one.name, row["start_utc"], "new", "", "", ""] for row in one.appeared]
        rows += [[one.name, row["start_utc"], "gone", "", "", ""] for row in one.vanished]
    note = "An edge that the span cuts has no shift."
    if len(rows) > _MOST:
        note += f" The first {_MOST} of {len(rows)}; orbits diff --json lists all."
    return Table("What became of the windows", columns, tuple(rows[:_MOST]), note)


def assumed_inputs(outcome: "Outcome") -> Table:
    """Return the inputs that the file calls assumed, for the cover."""
    mission = outcome.provenance["mission"]
    rows = tuple([one.path, one.value, one.source] for one in inputs(mission) if one.assumed)
    columns = (Column("Input", kind=CODE), Column("Value"), Column("Source of its table"))
    return Table("Inputs that are assumed, not published", columns, rows)
