"""Who sees whom, when and why not: chains, links, gaps, radio."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from orbits.mission.network import assumed_windows
from orbits.report.blocks import (
    BASIS,
    CODE,
    INSTANT,
    NUMBER,
    UNIT,
    Block,
    Column,
    Para,
    Part,
    Section,
    Table,
    some,
)
from orbits.report.clock import duration_text
from orbits.report.inputs import basis
from orbits.report.material import Material, Record

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

_MOST = 80  # windows of one chain or link that the section itself lists
_LONGEST = 12  # gaps that it lists


def visibility(
    outcome: "Outcome", material: Material, figures: Sequence[Block]
) -> Section | None:
    """Return links and chains, their windows and gaps, the radio; None without a link."""
    mission = outcome.mission
    keys = [f"chain.{name}" for name in mission.chain] + [
        f"link.{name}" for name in mission.link
    ]
    if not keys:
        return None
    parts, shown = [], set()
    for key in keys:
        table, _, name = key.partition(".")
        own = [one for one in figures if table == "chain" and _shows(one, name)]
        shown |= {id(one) for one in own}
        blocks = _of(outcome, material, key)
        if blocks:
            parts.append(Part(f"{table.title()} {name}", (*own[:1], *blocks, *own[1:])))
    radio = _radio(outcome, material)
    if radio:
        parts.append(Part("What the radio carries", radio))
    rest = tuple(one for one in figures if id(one) not in shown)
    if rest:
        parts.append(Part("Links and sites in figures", rest))
    return Section("visibility", "Visibility", (_summary(outcome, keys),), tuple(parts))


def _shows(figure: Block, chain: str) -> bool:
    return getattr(figure, "name", "").endswith(f"-{chain}")


def _summary(outcome: "Outcome", keys: Sequence[str]) -> Table:
    rows = []
    for key in keys:
        held = outcome.windows[key]
        mean = outcome.quantities[f"{key}.mean_day"].value
        worst = outcome.quantities[f"{key}.worst_day"].value
        rows.append([
            key.replace(".", " ", 1), 100.0 * held.availability, held.count,
            held.total / 3600.0, mean, worst,
            duration_text(held.longest) if held.count else "none",
            duration_text(held.longest_gap) if held.gaps.count else "none",
            basis(assumed_windows(outcome.mission, key)),
        ])  # fmt: skip
    columns = (
        Column("Chain or link"), Column("Open", "%", NUMBER, 2), Column("Windows", "", NUMBER),
        Column("Total", "h", NUMBER, 2), Column("Mean day", "h", NUMBER, 2),
        Column("Worst day", "h", NUMBER, 2), Column("Longest window", kind=NUMBER),
        Column("Longest gap", kind=NUMBER), BASIS,
    )  # fmt: skip
    note = (
        "Days are whole UTC days of the span. Windows and gaps that the span cuts count as far "
        "as seen. A link between groups is open when any member is."
    )
    short = [f"{key.partition('.')[2]}: {n}" for key, n in outcome.short.items() if n]
    if short:
        note += f" Windows left out as too short: {', '.join(short)}."
    return Table("Chains and links over the span", columns, tuple(rows), note)


def _of(outcome: "Outcome", material: Material, key: str) -> tuple[Block, ...]:
    rows = [row for row in material.windows if row["name"] == key]
    gaps = [row for row in material.gaps if row["name"] == key]
    used = {link for chain in outcome.mission.chain.values() for link in chain.links}
    part_of_chain = key.partition(".")[2] in used and key.startswith("link.")
    windows = None if part_of_chain else _windows(key, rows)
    return some(windows, _gaps(key, gaps), _carriers(outcome, key))


def _windows(key: str, rows: Sequence[Record]) -> Table:
    chain = key.startswith("chain.")
    columns = [
        Column("Start", "UTC", INSTANT), Column("Stop", "UTC", INSTANT),
        Column("Duration", kind=NUMBER), Column("Opened by", kind=CODE),
        Column("Closed by", kind=CODE),
    ]  # fmt: skip
    if chain:
        columns.insert(3, Column("Last node"))
    errors = any(row["start_error_s"] is not None for row in rows)
    if errors:
        columns += [Column("Start ±", "s", NUMBER, 2), Column("Stop ±", "s", NUMBER, 2)]
    shown = []
    for row in rows[:_MOST]:
        cells = [_second(row["start_utc"]), _second(row["stop_utc"])]
        cells.append(duration_text(row["duration_s"]))
        cells += [row["to"]] if chain else []
        cells += [_cause(row["start_cause"]), _cause(row["stop_cause"])]
        cells += [row["start_error_s"], row["stop_error_s"]] if errors else []
        shown.append(cells)
    note = "At reception at the last node." if chain else "At reception."
    if len(rows) > _MOST:
        note += f" The first {_MOST} of {len(rows)}; all are in the annex."
    return Table(f"Windows of {key.replace('.', ' ', 1)}", tuple(columns), tuple(shown), note)


def _gaps(key: str, rows: Sequence[Record]) -> Table:
    columns = (
        Column("Start", "UTC", INSTANT), Column("Stop", "UTC", INSTANT),
        Column("Duration", kind=NUMBER), Column("Closed by", kind=CODE),
        Column("Opened again by", kind=CODE),
    )  # fmt: skip
    longest = sorted(rows, key=lambda row: -row["duration_s"])[:_LONGEST]
    shown = [
        [
            _second(row["start_utc"]), _second(row["stop_utc"]),
            duration_text(row["duration_s"]),
            _cause(row["start_cause"]), _cause(row["stop_cause"]),
        ]
        for row in longest
    ]  # fmt: skip
    title = f"Gaps of {key.replace('.', ' ', 1)}, longest first"
    more = f"The {_LONGEST} longest of {len(rows)}." if len(rows) > _LONGEST else ""
    return Table(title, columns, tuple(shown), more)


def _second(utc: str) -> str:
    """Return an instant of the documents to the second; the annex has the milliseconds."""
    return f"{utc[:19]}Z"


def _cause(cause: str) -> str:
    return "cut by the span" if cause == "span" else cause


def _carriers(outcome: "Outcome", key: str) -> Table | None:
    """Return what each way through a chain carries."""
    table, _, name = key.partition(".")
    if table != "chain":
        return None
    result = outcome.results[name]
    rows: list[list[Any]] = []
    for way, could in result.carriers.items():
        parts = [part for part in result.plan if part.nodes == way]
        carried = sum(part.stop - part.start for part in parts)
        rows.append([
            " to ".join(way), could.count, could.total / 3600.0, len(parts), carried / 3600.0,
        ])  # fmt: skip
    if len(rows) < 2:
        return None
    columns = (
        Column("Way"), Column("Could carry, windows", "", NUMBER),
        Column("Could carry", "h", NUMBER, 2), Column("Carries, stretches", "", NUMBER),
        Column("Carries", "h", NUMBER, 2),
    )  # fmt: skip
    note = (
        f"Hand-overs within windows: {len(result.handovers)}. The carrier in use stays until "
        "it closes; then the one takes over that stays open longest."
    )
    return Table(f"Who carries {name}", columns, tuple(rows), note)


def _radio(outcome: "Outcome", material: Material) -> tuple[Block, ...]:
    """Return volumes by day and the budget of each leg at its weakest."""
    if not outcome.flows:
        return ()
    blocks: list[Block] = []
    days = material.volumes
    names = [n for n in dict.fromkeys(row["name"] for row in days) if n.count(".") == 1]
    dates = dict.fromkeys(row["date_utc"] for row in days)
    volumes = {(row["name"], row["date_utc"]): row["volume_gbit"] for row in days}
    table = Table(
        "Data volume by UTC day",
        (
            Column("Day", "UTC"),
            *(Column(name.replace(".", " ", 1), "Gbit", NUMBER, 3) for name in names),
        ),
        tuple([date, *(volumes.get((name, date)) for name in names)] for date in dates),
        "At the highest rate of the ladder that the margin allows at each instant.",
    )
    blocks += some(table)
    for key, flow in outcome.flows.items():
        if not flow.windows.count:
            blocks.append(Para(f"{key}: no window, so that nothing is carried."))
            continue
        rows = tuple([name, value, unit] for name, value, unit in flow.weakest)
        columns = (
            Column("Term"),
            Column("Value", kind=NUMBER, digits=2),
            UNIT,
        )
        blocks.append(Table(f"Budget of {key} at its weakest", columns, rows))
    return tuple(blocks)
