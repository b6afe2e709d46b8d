"""Access: when many points of a body see one path, all at once, each edge proven and located.

Constraints are an elevation at the point, a sensor that looks straight down, the width of its
strip on the ground, and a range; sweep.py has their margins and the bounds that prove them.
"""

import math
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.geometry.fixed import Cells
from orbits.geometry.sweep import CONE, ELEVATION, RANGE, SWATH, sweep

Array = NDArray[np.float64]

_BLOCK = 128  # points of one task


@dataclass(frozen=True, slots=True)
class Rules:
    """What lets a point see a spacecraft; all of it must hold.

    Attributes
    ----------
    min_elevation : float, rad
        Lowest elevation at the point.
    cone : float or None, rad
        Half angle of a sensor that looks straight down to the centre of the body.
    swath : float or None, rad
        Angle at the centre of the body between the point and the point below: half the width
        of the strip, divided by the radius.
    max_range : float or None, m
    """

    min_elevation: float = 0.0
    cone: float | None = None
    swath: float | None = None
    max_range: float | None = None

    def __post_init__(self) -> None:
        if not abs(self.min_elevation) < 0.5 * math.pi:
            raise ValueError(
                f"min_elevation must lie within 90 degrees, got {self.min_elevation} rad"
            )
        for name in ("cone", "swath"):
            value = getattr(self, name)
            if value is not None and not 0.0 < value < math.pi:
                raise ValueError(f"{name} must lie within 0 to 180 degrees, got {value} rad")
        if self.max_range is not None and not 0.0 < self.max_range < math.inf:
            raise ValueError(f"max_range must be a positive length, got {self.max_range} m")

    def table(self) -> Array:
        """Return the constraints as the kernels take them: kind and constant; (n, 2)."""
        rows = [(ELEVATION, 0.0)]
        if self.cone is not None:
            rows.append((CONE, math.cos(self.cone)))
        if self.swath is not None:
            rows.append((SWATH, math.cos(self.swath)))
        if self.max_range is not None:
            rows.append((RANGE, self.max_range))
        return np.array(rows, dtype=np.float64)


class Accesses(NamedTuple):
    """The windows of n points, one after the other.

    Attributes
    ----------
    start, stop : (w,) arrays, s
    first : (n + 1,) array
        Point i has the rows first[i] to first[i + 1].
    undecided : (u, 3) array
        Point, and the ends (s) of an interval in which a window or gap may hide.
    evaluations : int
    allowance : float, m
        Error that each margin may have.
    """

    start: Array
    stop: Array
    first: NDArray[np.int64]
    undecided: Array
    evaluations: int
    allowance: float


def point_rows(vector: Array, up: Array, lowest: Array) -> Array:
    """Return points (n, 3) m, unit vectors upwards and lowest elevations, rad, as (n, 7)."""
    return np.ascontiguousarray(np.column_stack([vector, up, np.sin(lowest)]), dtype=np.float64)


def accesses(
    points: Array, cells: Cells, rules: Rules, *, resolution: float, tolerance: float
) -> Accesses:
    """Return when each of ``points`` sees the path of ``cells`` under ``rules``.

    Parameters
    ----------
    points : (n, 7) array
        Of `point_rows`, in the axes of ``cells``.
    resolution : float, s
        No window and no gap longer than this is missed, but in the undecided intervals.
    tolerance : float, s
        Bound on the error of an edge; usually far better.

    Raises
    ------
    ValueError
        If ``resolution`` or ``tolerance`` is out of order.
    """
    if not 0 < tolerance <= resolution < np.inf:
        raise ValueError(
            f"need 0 < tolerance <= resolution, got {tolerance} s and {resolution} s"
        )
    span = cells.nodes[0, 0], cells.nodes[-1, 0]
    limits = np.array([resolution / 64.0, tolerance / 4.0, cells.allowance, *span])
    pieces = (cells.pieces.edges, cells.pieces.coefficients)
    shared = (
        rules.table(), cells.nodes, cells.bounds, *map(np.ascontiguousarray, pieces), limits
    )  # fmt: skip
    starts = range(0, len(points), _BLOCK)
    with ThreadPoolExecutor(processors()) as pool:
        parts = list(pool.map(lambda i: sweep(points[i : i + _BLOCK], *shared), starts))
    if not parts:
        raise ValueError("there are no points")
    rows = np.concatenate([part[0] for part in parts])
    numbers = np.concatenate([part[1] for part in parts])
    doubts = [part[2] + [i, 0.0, 0.0] for i, part in zip(starts, parts, strict=True)]
    return Accesses(
        np.ascontiguousarray(rows[:, 0]),
        np.ascontiguousarray(rows[:, 1]),
        np.concatenate([[0], np.cumsum(numbers)]),
        np.concatenate(doubts),
        len(points) * len(cells.nodes) + sum(part[3] for part in parts),
        cells.allowance,
    )


def each_access(
    points: Array,
    cells: Mapping[str, Callable[[], Cells]],
    rules: Rules,
    *,
    resolution: float,
    tolerance: float,
) -> dict[str, Accesses]:
    """Return `accesses` for each of many paths by name, on every processor.

    Parameters
    ----------
    cells : mapping of name to function
        Each makes the cells of a path when its turn comes: those of a thousand satellites
        need not be held at once.
    """

    def one(made: Callable[[], Cells]) -> Accesses:
        return accesses(points, made(), rules, resolution=resolution, tolerance=tolerance)

    with ThreadPoolExecutor(processors()) as pool:
        return dict(zip(cells, pool.map(one, cells.values()), strict=True))


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
