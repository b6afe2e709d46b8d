"""``orbits diff``: what changed from one run to another."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import Exit, answered, give, give_json
from orbits.cli.options import AsJson

if TYPE_CHECKING:
    from orbits.mission.changes import Difference, Run
    from orbits.mission.shifts import WindowChange

_SHOWN = 12  # windows of one key that the text lists
_WIDE = 44  # characters of a value that the text shows


@answered
def diff(
    before: Annotated[
        Path, typer.Argument(metavar="A", help="A run: its folder, summary or windows.json.")
    ],
    after: Annotated[Path, typer.Argument(metavar="B", help="The run to compare with it.")],
    as_json: AsJson = False,
) -> int:
    """Compare two runs: inputs, numbers, verdicts, windows. 1 if a requirement broke."""
    from orbits.exports.difference import difference_document
    from orbits.mission.changes import difference, read_run
    from orbits.mission.provenance import provenance

    found = difference(read_run(before), read_run(after))
    if as_json:
        give_json(difference_document(provenance(None, None, {}), found))
    else:
        give("\n".join(difference_text(found)))
    return Exit.REQUIREMENT_FAILED if found.broken else Exit.DONE


def difference_text(found: "Difference") -> list[str]:
    """Return what changed as lines; shifts and changes are those of B less A."""
    lines = [f"A  {_identity(found.before)}", f"B  {_identity(found.after)}", ""]
    if found.same:
        return [*lines, "no difference in inputs, models, numbers, verdicts or windows"]
    lines += _part("inputs", ["path", "A", "B"], "<<<", [
        [one.path, _value(one.before), _value(one.after)] for one in found.inputs
    ])  # fmt: skip
    lines += _part("models and data", ["path", "A", "B"], "<<<", [
        [one.path, _value(one.before), _value(one.after)] for one in found.models
    ])  # fmt: skip
    lines += _verdicts(found)
    lines += _part("numbers", ["quantity", "A", "B", "change", "unit"], "<>>><", [
        [q.path, _value(q.before), _value(q.after), _signed(q.change), _unit(q.unit)]
        for q in found.quantities
    ])  # fmt: skip
    lines += _windows(found.windows)
    return lines[:-1] if lines[-1] == "" else lines


def _identity(run: "Run") -> str:
    digest = run.provenance.get("mission_sha256")
    parts = [run.label, run.name, f"orbits {run.provenance.get('version')}"]
    parts += [f"mission {digest[:12]}"] if digest else []
    return ", ".join([*parts, str(run.provenance.get("created_utc"))])


def _part(title: str, head: list[str], align: str, rows: list[list[str]]) -> list[str]:
    from orbits.cli.summary import table

    if not rows:
        return []
    return [f"{title}: {len(rows)} changed", *table([head, *rows], align), ""]


def _verdicts(found: "Difference") -> list[str]:
    lines = _part("requirements", ["name", "A", "B", "unit", "A", "B"], "<>><<<", [
        [
            row.name,
            *map(_value, row.of("value")),
            str((row.after or row.before or {}).get("unit") or ""),
            *map(_value, row.of("verdict")),
        ]
        for row in found.requirements
    ])  # fmt: skip
    lines += _part("flown against planned", ["name", "A", "B", "unit", "A", "B"], "<>><<<", [
        [
            row.name,
            *map(_value, row.of("planned")),
            str((row.after or row.before or {}).get("unit") or ""),
            *({True: "agrees", False: "differs", None: "-"}[x] for x in row.of("within")),
        ]
        for row in found.flown
    ])  # fmt: skip
    return lines


def _windows(changes: "tuple[WindowChange, ...]") -> list[str]:
    from orbits.cli.summary import table

    if not changes:
        return []
    rows = [["windows", "A", "B", "same", "moved", "new", "gone", "most moved", "total"]]
    for one in changes:
        totals = [
            0.0 if row is None else float(row["total_s"]) for row in (one.before, one.after)
        ]
        rows.append([
            one.name.replace(".", " ", 1),
            *("-" if row is None else str(row["count"]) for row in (one.before, one.after)),
            *map(str, (one.unmoved, len(one.moved), len(one.appeared), len(one.vanished))),
            _most(one),
            f"{totals[1] - totals[0]:+.3f} s",
        ])  # fmt: skip
    lines = [f"windows: {len(changes)} names changed", *table(rows, "<" + ">" * 8), ""]
    for one in changes:
        lines += _edges(one)
    return lines


def _most(one: "WindowChange") -> str:
    shifts = [
        abs(shift)
        for pair in one.moved
        for shift in (pair.start_shift, pair.stop_shift)
        if shift is not None
    ]
    return f"{max(shifts):.3f} s" if shifts else "-"


def _edges(one: "WindowChange") -> list[str]:
    """Return the changed windows of a chain, link or eclipse; of members only counts."""
    from orbits.cli.summary import table

    if one.name.count(".") > 1 and not one.name.startswith("eclipse."):
        return []
    rows = [
        [
            pair.after["start_utc"],
            f"{_seconds(pair.start_shift)}, {_seconds(pair.stop_shift)}",
            _causes(pair.before, pair.after) if pair.new_causes else "",
        ]
        for pair in one.moved
    ]
    rows += [[row["start_utc"], "new", f"to {row['stop_utc']}"] for row in one.appeared]
    rows += [[row["start_utc"], "gone", f"to {row['stop_utc']}"] for row in one.vanished]
    if not rows:
        return []
    rows.sort()
    more = len(rows) - _SHOWN
    shown = [["start", "start and stop later by", ""], *rows[:_SHOWN]]
    tail = [f"  and {more} more; --json has all"] if more > 0 else []
    return [one.name.replace(".", " ", 1), *table(shown, "<<<"), *tail, ""]


def _causes(before: dict[str, Any], after: dict[str, Any]) -> str:
    parts = [
        f"{key.split('_')[0]}s by {after[key]} instead of {before[key]}"
        for key in ("start_cause", "stop_cause")
        if before[key] != after[key]
    ]
    return "; ".join(parts)


def _seconds(shift: float | None) -> str:
    return "cut" if shift is None else f"{shift:+.3f} s"


def _signed(change: float | None) -> str:
    return "-" if change is None else f"{change:+.6g}"


def _unit(unit: str) -> str:
    """Return the unit of a number and its change; instants differ by seconds."""
    return "UTC, s" if unit == "UTC" else unit


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, list):
        value = "[" + ", ".join(map(_value, value)) + "]"
    text = str(value)
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 3]}..."
