"""Revisit: how long until every place is seen, and what any few days hold."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.geometry.coverage import Coverage

Array = NDArray[np.float64]


def first_seen(coverage: Coverage) -> Array:
    """Return how long after the start of the span each point is first seen; (n,) s.

    Infinite for a point that is never seen.
    """
    found = np.full(coverage.grid.area.size, np.inf)
    some = np.diff(coverage.first) > 0
    found[some] = coverage.start[coverage.first[:-1][some]] - coverage.span[0]
    return found


def time_to_full(coverage: Coverage) -> float:
    """Return how long after the start every point that counts has been seen, s; or infinity."""
    return float(first_seen(coverage)[coverage.counted].max())


def share_seen(coverage: Coverage) -> float:
    """Return the share of the area that counts and is seen in the span, 0 to 1."""
    return coverage.mean((np.diff(coverage.first) > 0).astype(np.float64))


def share_within(coverage: Coverage, period: float) -> float:
    """Return the least share of the area seen in any ``period`` s of the span, 0 to 1.

    Exact for the windows at hand: a point is missed by every period that begins within a gap,
    and early enough to end in it too.

    Raises
    ------
    ValueError
        If the period is longer than the span, or not positive.
    """
    first, last = coverage.span
    if not 0.0 < period <= last - first:
        raise ValueError(
            f"a period of {period / 86400.0:g} days does not fit into a span of "
            f"{(last - first) / 86400.0:g} days: analyse a longer one"
        )
    point = np.repeat(np.arange(coverage.grid.area.size), np.diff(coverage.first))
    # Gaps: before the first window of a point, between two, after the last.
    heads = np.full(coverage.grid.area.size, first)
    tails = np.full(coverage.grid.area.size, last)
    begin = np.concatenate([heads, coverage.stop])
    end = np.concatenate([coverage.start, tails])
    order = np.argsort(np.concatenate([np.arange(heads.size), point]), kind="stable")
    begin = begin[order]
    owner = np.concatenate([np.arange(heads.size), point])[order]
    order = np.argsort(np.concatenate([point, np.arange(tails.size)]), kind="stable")
    end = end[order]
    missed = (end - begin > period) & coverage.counted[owner]
    weight = coverage.grid.area / coverage.grid.area[coverage.counted].sum()
    times = np.concatenate([begin[missed], end[missed] - period])
    change = np.concatenate([weight[owner[missed]], -weight[owner[missed]]])
    if not times.size:
        return 1.0
    # Of equal times the entries come first: a period may begin where a window ends.
    order = np.lexsort((-change, times))
    return float(1.0 - np.clip(np.cumsum(change[order]).max(), 0.0, 1.0))


class Band(NamedTuple):
    """What is seen between two latitudes (rad); times in s, area in m2.

    Attributes
    ----------
    south, north : rad
    area : m2
        That counts.
    seen : 0 to 1
        Share seen at all.
    longest_gap, mean_gap : s
        The longest of any point, and the mean over the area; all gaps, as far as seen.
    """

    south: float
    north: float
    area: float
    seen: float
    longest_gap: float
    mean_gap: float


def bands(coverage: Coverage, width: float) -> tuple[Band, ...]:
    """Return the gaps by latitude, in bands of ``width`` rad from south to north."""
    figures, grid = coverage.figures(), coverage.grid
    found = []
    edges = np.arange(grid.parallels[0], grid.parallels[-1] - 1e-9, width)
    for south in edges:
        north = min(float(south) + width, float(grid.parallels[-1]))
        rows = (grid.latitude > south) & (grid.latitude < north) & coverage.counted
        if not rows.any():
            continue
        area = grid.area[rows]
        found.append(
            Band(
                float(south),
                north,
                float(area.sum()),
                float(np.average(figures.count[rows] > 0, weights=area)),
                float(figures.longest_gap[rows].max()),
                float(np.average(figures.mean_gap[rows], weights=area)),
            )
        )
    return tuple(found)
