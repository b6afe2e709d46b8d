"""Edge budgets, dispersed windows and radio links as words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from orbits.cli.summary import table
from orbits.geometry.edge_budget import EdgeBudget
from orbits.time import utc_iso

if TYPE_CHECKING:
    from orbits.mission.run import Outcome
    from orbits.mission.scatter import Scatter


def budget_text(found: Mapping[str, EdgeBudget]) -> list[str]:
    """Return a table for each key: what each cause moves its edges by."""
    lines = []
    for key, budget in found.items():
        if not budget.t.size or (key.count(".") > 1 and not key.startswith("eclipse.")):
            continue  # members and carriers stand in the JSON
        lines += [f"edge budget of {key.replace('.', ' ', 1)}, {budget.t.size} edges"]
        rows = [["cause", "median", "most", "at", "gone", ""]]
        for k, cause in enumerate(budget.causes):
            rows.append(_cause(budget, k, cause))
        rows.append(_total(budget))
        lines += [*table(rows, "<>>>><"), ""]
    if lines:
        lines.append(
            "seconds by which edges move, recomputed; gone: edges that vanish; settings are "
            "what leaving something out would cost, and do not count in the total"
        )
    return lines


def _cause(budget: EdgeBudget, k: int, cause: str) -> list[str]:
    moved, first = np.abs(budget.recomputed[:, k]), np.abs(budget.first_order[:, k])
    gone = np.isnan(moved)
    size = np.where(gone, first, moved)
    kind = "error" if budget.errors[k] else "setting"
    worst = int(np.argmax(size))
    return [
        cause,
        f"{np.median(size):.3f} s",
        f"{size[worst]:.3f} s",
        str(utc_iso(float(budget.t[worst]), 0)),
        str(int(gone.sum())) if gone.any() else "",
        kind,
    ]


def _total(budget: EdgeBudget) -> list[str]:
    total = budget.total
    held = total[np.isfinite(total)]
    if not held.size:
        return ["root sum of squares", "-", "-", "", str(total.size), "errors"]
    worst = int(np.nanargmax(total))
    return [
        "root sum of squares",
        f"{np.median(held):.3f} s",
        f"{total[worst]:.3f} s",
        str(utc_iso(float(budget.t[worst]), 0)),
        str(total.size - held.size) if held.size < total.size else "",
        "errors",
    ]


def scatter_text(found: Mapping[str, "Scatter"]) -> list[str]:
    """Return a table for each link and chain: chance of each window, sigmas of its edges."""
    lines = []
    for key, one in found.items():
        if key.count(".") > 1 or not one.spread.windows.count:
            continue
        lines += [f"scatter of {key.replace('.', ' ', 1)}"]
        spread, held = one.spread, one.samples
        head = ["start", "exists", "start +-", "stop +-", "length +-"]
        if held is not None:
            head += ["by samples", "start +-", "stop +-", "length +-"]
        rows = [head]
        for i, (start, _) in enumerate(spread.windows):
            row = [
                str(utc_iso(start, 0)),
                _chance(spread.probability[i]),
                *(f"{x[i]:.3f} s" for x in (spread.start, spread.stop, spread.duration)),
            ]
            if held is not None:
                row.append(_chance(held.probability[i]))
                row += [_sigma(x[i]) for x in (held.start, held.stop, held.duration)]
            rows.append(row)
        lines += [*table(rows, "<" + ">" * (len(head) - 1)), ""]
    return lines


def _chance(probability: float) -> str:
    return f"{100.0 * probability:.1f} %"


def _sigma(values: np.ndarray) -> str:
    held = values[np.isfinite(values)]
    return f"{held.std():.3f} s" if held.size else "-"


def radio_text(outcome: "Outcome", keys: list[str]) -> list[str]:
    """Return what each link with a radio carries, and its budget at its weakest."""
    lines = []
    for key, flow in outcome.flows.items():
        if key not in keys or not flow.windows.count:
            continue
        volume = float(flow.volume.sum()) / 1e9
        lines.append(
            f"radio of {key.replace('.', ' ', 1)}: {volume:,.3f} Gbit in "
            f"{flow.windows.count} windows; at its weakest:"
        )
        rows = [[name, f"{value:.2f} {unit}"] for name, value, unit in flow.weakest]
        lines += [*table(rows, "<>"), ""]
    return lines
