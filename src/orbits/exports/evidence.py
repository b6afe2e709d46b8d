"""Records of edge budgets and dispersed windows: the same names in JSON as on the screen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from orbits.geometry.edge_budget import EdgeBudget
from orbits.time import utc_iso

if TYPE_CHECKING:
    from orbits.geometry.dispersion import Samples
    from orbits.mission.scatter import Scatter

Record = dict[str, Any]
PERCENTILES = (5.0, 50.0, 95.0)


def budget_records(found: Mapping[str, EdgeBudget]) -> list[Record]:
    """Return a row for each edge: what moves it, and by how much.

    A shift is later where positive; ``recomputed_s`` is null where the edge is not found again
    near its place, and the totals with it.
    """
    return [
        {
            "name": name,
            "at_utc": utc_iso(float(budget.t[i])),
            "event": budget.events[i],
            "total_s": _number(budget.total[i]),
            "total_of_all_s": _number(budget.total_of_all[i]),
            "causes": [
                {
                    "cause": cause,
                    "error": bool(budget.errors[k]),
                    "first_order_s": _number(budget.first_order[i, k]),
                    "recomputed_s": _number(budget.recomputed[i, k]),
                }
                for k, cause in enumerate(budget.causes)
            ],
        }
        for name, budget in found.items()
        for i in range(budget.t.size)
    ]


def scatter_records(found: Mapping[str, "Scatter"]) -> list[Record]:
    """Return a row for each window: whether it exists, and how its edges scatter."""
    rows = []
    for name, one in found.items():
        spread = one.spread
        for i, (start, stop) in enumerate(spread.windows):
            rows.append(
                {
                    "id": f"{name}#{i + 1}",
                    "name": name,
                    "start_utc": utc_iso(start),
                    "stop_utc": utc_iso(stop),
                    "probability": round(float(spread.probability[i]), 6),
                    "start_sigma_s": _number(spread.start[i]),
                    "stop_sigma_s": _number(spread.stop[i]),
                    "duration_sigma_s": _number(spread.duration[i]),
                    "samples": None if one.samples is None else _sampled(one.samples, i),
                }
            )
    return rows


def _sampled(found: "Samples", i: int) -> Record:
    """Return what the flights of a sample say of window ``i``."""
    start, stop = found.windows.start[i], found.windows.stop[i]
    return {
        "flights": int(found.start.shape[1]),
        "failed": found.failed,
        "probability": round(float(found.probability[i]), 6),
        "start": _distribution(found.start[i] - start),
        "stop": _distribution(found.stop[i] - stop),
        "duration": _distribution(found.duration[i]),
    }


def _distribution(values: Any) -> Record | None:
    """Return mean, sigma and percentiles of what is a number among ``values``, s."""
    held = values[np.isfinite(values)]
    if not held.size:
        return None
    low, middle, high = np.percentile(held, PERCENTILES)
    return {
        "mean_s": _number(held.mean()),
        "sigma_s": _number(held.std()),
        "p05_s": _number(low),
        "p50_s": _number(middle),
        "p95_s": _number(high),
    }


def _number(value: float) -> float | None:
    return None if not np.isfinite(value) else round(float(value), 6)
