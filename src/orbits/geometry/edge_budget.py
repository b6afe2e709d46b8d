"""Edge budgets: by how many seconds each edge of windows moves for each cause.

A cause is another margin for the same constraint: another ephemeris, another horizon, a
spacecraft that is elsewhere. To first order the edge moves by minus the difference of the
margins over the margin's rate; beside it stands the edge of the other margin, recomputed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.events import Event
from orbits.search import margins
from orbits.windows import SPAN, Windows

Array = NDArray[np.float64]

_HALF = 0.5  # s; slopes are differences over twice this
_ROUNDS = 25
_LEAP = 600.0  # s; longest step of the root finder
_CLOSE = 1e-6  # s; the grain of t is 0.12 us


@dataclass(frozen=True, eq=False, slots=True)
class EdgeBudget:
    """How far edges move, cause by cause.

    Attributes
    ----------
    t : (n,) array, s
        Edges in time order.
    events : tuple of n str
        The constraint that makes each.
    rate : (n,) array
        Of its margin there, in units of the margin a second.
    causes : tuple of k str
    errors : (k,) bool array
        Whether the cause is an error of the model as it stands; if not, it is what leaving
        something out would cost.
    first_order : (n, k) array, s
        Later is positive.
    recomputed : (n, k) array, s
        The same from the other margin's own edge; nan where it has none near.
    """

    t: Array
    events: tuple[str, ...]
    rate: Array
    causes: tuple[str, ...]
    errors: NDArray[np.bool_]
    first_order: Array
    recomputed: Array

    @property
    def total(self) -> Array:
        """Root sum of squares of the errors, recomputed; (n,) s, nan where an edge vanishes."""
        return np.sqrt(np.sum(self.recomputed[:, self.errors] ** 2, axis=1))

    @property
    def total_of_all(self) -> Array:
        """Root sum of squares of every cause, errors or not; (n,) s."""
        return np.sqrt(np.sum(self.recomputed**2, axis=1))


@dataclass(frozen=True, eq=False, slots=True)
class Cause:
    """One reason for edges to move.

    Attributes
    ----------
    name : str
    error : bool
        See ``EdgeBudget.errors``.
    events : mapping of str to Event
        The constraints as they would be, under the names of those that they stand for; one
        that is not there does not change.
    """

    name: str
    error: bool
    events: Mapping[str, Event]


def edge_budget(
    windows: Windows, events: Mapping[str, Event], causes: tuple[Cause, ...]
) -> EdgeBudget:
    """Return how far each edge of ``windows`` moves for each of ``causes``.

    Edges that the span made have no budget and are left out.

    Parameters
    ----------
    windows : Windows
        As found with ``events``.
    events : mapping of str to Event
        The constraints by name, as the windows were found with.

    Raises
    ------
    ValueError
        If the windows have a cause that is none of the events.
    """
    t, names = edges_of(windows)
    unknown = set(names) - set(events)
    if unknown:
        raise ValueError(f"no event is called {', '.join(sorted(unknown))}")
    shape = (t.size, len(causes))
    rate, first, again = np.zeros(t.size), np.zeros(shape), np.zeros(shape)
    for name in sorted(set(names)):
        at = np.flatnonzero([other == name for other in names])
        rate[at] = slope(events[name], t[at], windows.span)
        for k, cause in enumerate(causes):
            if name in cause.events:
                other = cause.events[name]
                gain = margins(other, t[at]) - margins(events[name], t[at])
                first[at, k] = -gain / rate[at]
                again[at, k] = moved(other, t[at], rate[at], windows.span) - t[at]
    flags = np.array([cause.error for cause in causes], dtype=bool)
    return EdgeBudget(t, names, rate, tuple(c.name for c in causes), flags, first, again)


def edges_of(windows: Windows) -> tuple[Array, tuple[str, ...]]:
    """Return the edges of ``windows``, less those of the span, in order, s, and causes."""
    edges = sorted(
        {
            (t, name)
            for times, names in (
                (windows.start.tolist(), windows.start_cause),
                (windows.stop.tolist(), windows.stop_cause),
            )
            for t, name in zip(times, names, strict=True)
            if name != SPAN
        }
    )
    return np.array([edge[0] for edge in edges]), tuple(edge[1] for edge in edges)


def nearest(edges: Array, t: Array, within: float = 1e-3) -> NDArray[np.int64]:
    """Return the row in ``edges`` (ascending, s) of each ``t`` (n,), s; -1 with none near."""
    if not edges.size:
        return np.full(np.shape(t), -1)
    right = np.minimum(np.searchsorted(edges, t), edges.size - 1)
    left = np.maximum(right - 1, 0)
    nearer = np.abs(edges[left] - t) <= np.abs(edges[right] - t)
    row = np.where(nearer, left, right)
    return np.where(np.abs(edges[row] - t) <= within, row, -1)


def slope(event: Event, t: Array, span: tuple[float, float]) -> Array:
    """Return the rate of the margin at ``t`` (n,), by a difference over 1 s within ``span``."""
    before, after = np.maximum(t - _HALF, span[0]), np.minimum(t + _HALF, span[1])
    both = margins(event, np.concatenate((before, after)))
    return (both[t.size :] - both[: t.size]) / (after - before)


def moved(event: Event, t: Array, rate: Array, span: tuple[float, float]) -> Array:
    """Return the zero of the margin of ``event`` that is reached from each ``t``; (n,) s.

    Newton's method with steps of at most 600 s. It is nan where there is none within
    ``span``, or where the margin crosses zero the other way than ``rate`` (n,) says.
    """
    x = np.array(t, dtype=np.float64)
    live = np.arange(x.size)
    settled = np.zeros(x.size, dtype=bool)
    for _ in range(_ROUNDS):
        if not live.size:
            break
        at = x[live]
        rise = slope(event, at, span)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = -margins(event, at) / rise
        step = np.where(np.isfinite(step), np.clip(step, -_LEAP, _LEAP), np.nan)
        going = np.isfinite(step) & (at + step >= span[0]) & (at + step <= span[1])
        x[live] = np.where(going, at + np.where(going, step, 0.0), np.nan)
        done = going & (np.abs(step) < _CLOSE)
        settled[live[done]] = np.sign(rise[done]) == np.sign(rate[live[done]])
        live = live[going & ~done]
    return np.where(settled, x, np.nan)
