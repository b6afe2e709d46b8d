"""Revolutions: the passages of a path over the equator of a body."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.events import Event, windows
from orbits.frames import Path
from orbits.geometry.fixed import fixed_path
from orbits.geometry.ground_track import ground_track
from orbits.geometry.sun import local_time

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


class Nodes(NamedTuple):
    """Passages over the equator, in order; (n,) each.

    Attributes
    ----------
    t : s
        TDB seconds past J2000.
    longitude : rad
        East positive, within (-pi, pi].
    ascending : bool
        Whether the path goes north.
    revolution : int
        From 1, begun anew at each ascending node; 0 before the first.
    local_time : rad
        By the true Sun, from midnight.
    """

    t: Array
    longitude: Array
    ascending: NDArray[np.bool_]
    revolution: NDArray[np.int64]
    local_time: Array


def north_event(path: Path, almanac: "Almanac", span: tuple[float, float], name: str) -> Event:
    """Return "the path stands north of the equator of body ``name``"; margin in m."""
    fixed = fixed_path(path, almanac, name, span)
    allowance = fixed.provenance["tolerance"] + 1e-4
    return Event(
        "node",
        lambda t: fixed.position(t)[:, 2],
        lambda a, b: fixed.bounds(a, b)[1],
        fixed.joins,
        allowance,
    )


def nodes(
    path: Path,
    almanac: "Almanac",
    span: tuple[float, float],
    name: str | None = None,
    *,
    tolerance: float = 1e-3,
) -> Nodes:
    """Return the passages of ``path`` over the equator of ``name`` (default: its centre).

    Raises
    ------
    ValueError
        If the body has no axes of its own here, or the path does not cover the span.
    """
    which = path.frame.center if name is None else name
    north = windows(north_event(path, almanac, span, which), span, tolerance=tolerance)
    rising = north.start[~north.start_truncated]
    setting = north.stop[~north.stop_truncated]
    t = np.concatenate([rising, setting])
    order = np.argsort(t)
    ascending = (np.arange(t.size) < rising.size)[order]
    t = t[order]
    return Nodes(
        t,
        ground_track(path, almanac, t, which).longitude,
        ascending,
        np.cumsum(ascending.astype(np.int64)),
        local_time(path, almanac, t, which).apparent,
    )
