"""Dispersed windows: whether a window exists and how its edges scatter, from a covariance.

Linear: an edge moves by minus the change of its margin over the margin's rate, and the margin
changes with the state at the covariance's instant through the partials along the path. A
window is there while somewhere in it every margin stays positive; the chance of that is taken
from the instant where the margins stand furthest from zero in their standard deviations. By
samples: the path is flown again and searched again for each; nothing is linear there.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import erfc, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from orbits.errors import PropagationError
from orbits.events import Event
from orbits.frames import Path
from orbits.geometry.deviation import Deviation
from orbits.geometry.displaced import Displaced, local_axes
from orbits.geometry.edge_budget import slope
from orbits.search import margins
from orbits.windows import SPAN, Windows

Array = NDArray[np.float64]
Answer = TypeVar("Answer")
Events = Callable[[Path], Mapping[str, Event]]
"""The constraints by name for a path of the spacecraft."""

_STEP = 10.0  # m: of the differences that give a margin's gradient
_PARTS = 32  # instants of each window at which its margins are weighed


@dataclass(frozen=True, eq=False, slots=True)
class Spread:
    """How windows scatter.

    Attributes
    ----------
    windows : Windows
        Of the path as it is.
    probability : (n,) array
        That the window exists.
    start, stop, duration : (n,) arrays, s
        Standard deviations; 0 at an edge that the span made.
    by_state : (n, 2, 6) array, s/m and s/(m/s)
        Partials of start and stop by the state at the covariance's instant, ICRF axes.
    """

    windows: Windows
    probability: Array
    start: Array
    stop: Array
    duration: Array
    by_state: Array


def gradient(events: Events, name: str, path: Path, t: Array) -> Array:
    """Return the gradient of a margin by the place of the spacecraft at ``t``; (n, 3).

    In units of the margin a metre, along radial, along track and cross track.
    """
    columns = []
    for axis in range(3):
        off = np.zeros(3)
        off[axis] = _STEP
        high, low = (
            margins(events(Displaced(path, sign * off))[name], t) for sign in (1.0, -1.0)
        )
        columns.append((high - low) / (2.0 * _STEP))
    return np.stack(columns, axis=1)


def edge_partials(
    deviation: Deviation, events: Events, t: Array, names: Sequence[str], span: tuple
) -> Array:
    """Return the partials of edges by the state at the covariance's instant; (n, 6).

    Parameters
    ----------
    t : (n,) array, s
        The edges.
    names : n str
        The event that makes each; zeros for ``"span"``.
    """
    path = deviation.path
    out = np.zeros((t.size, 6))
    real = np.array([name != SPAN for name in names], dtype=bool)
    if not real.any():
        return out
    place = np.zeros((t.size, 3))
    for name in sorted({n for n in names if n != SPAN}):
        at = np.flatnonzero([other == name for other in names])
        rate = slope(events(path)[name], t[at], span)
        place[at] = -gradient(events, name, path, t[at]) / rate[:, None]
    held = t[real]
    axes = local_axes(path.position(held), path.velocity(held))
    phi = deviation.partials(held)[:, :3]
    out[real] = np.einsum("ni,nij,njk->nk", place[real], axes, phi)
    return out


def spread(deviation: Deviation, events: Events, windows: Windows) -> Spread:
    """Return how ``windows`` scatter, to first order.

    Parameters
    ----------
    events : path -> {name: Event}
        The constraints that the windows were found with, for another path of the spacecraft.
    """
    n = windows.count
    p = deviation.covariance
    times = np.concatenate((windows.start, windows.stop))
    names = (*windows.start_cause, *windows.stop_cause)
    both = edge_partials(deviation, events, times, names, windows.span)
    first, last = both[:n], both[n:]

    def sigma(partials: Array) -> Array:
        variance = np.einsum("ni,ij,nj->n", partials, p, partials)
        return np.sqrt(np.maximum(variance, 0.0))

    share = (np.arange(_PARTS) + 0.5) / _PARTS
    inside = windows.start[:, None] + windows.durations[:, None] * share
    score = standing(deviation, events, inside.ravel()).reshape(n, _PARTS)
    chance = np.array([normal(float(z)) for z in score.max(axis=1)]) if n else np.empty(0)
    return Spread(
        windows,
        chance,
        sigma(first),
        sigma(last),
        sigma(last - first),
        np.stack((first, last), axis=1),
    )


def standing(deviation: Deviation, events: Events, t: Array) -> Array:
    """Return the least margin at each ``t`` in its own standard deviations; (n,)."""
    if not t.size:
        return np.empty(0)
    place = deviation.local_positions(t)
    scores = []
    for name, event in events(deviation.path).items():
        by_place = gradient(events, name, deviation.path, t)
        variance = np.einsum("ni,nij,nj->n", by_place, place, by_place)
        sigma = np.sqrt(np.maximum(variance, event.allowance**2))
        scores.append(margins(event, t) / sigma)
    return np.min(scores, axis=0)


def normal(score: float) -> float:
    """Return the share of a normal distribution below ``score`` standard deviations."""
    return 0.5 * erfc(-score / sqrt(2.0))


# -- by samples ---------------------------------------------------------------------------


def answers(
    fly: Callable[[Array], Answer],
    states: Array,
    *,
    workers: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Answer | PropagationError]:
    """Return what ``fly`` makes of each state (n, 6), in order; a failed flight as its error.

    On all cores: the compiled code of a flight releases the interpreter's lock.
    """

    def one(state: Array) -> Answer | PropagationError:
        try:
            return fly(state)
        except PropagationError as error:
            return error

    found = []
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for answer in pool.map(one, states):
            found.append(answer)
            if progress is not None:
                progress(len(found) / len(states))
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """Windows of many flights, each set beside those of the path as it is.

    Attributes
    ----------
    windows : Windows
        Of the path as it is.
    start, stop : (n, k) arrays, s
        Of its n windows in each of k flights; nan where a flight has none there.
    failed : int
        Flights that ended before the span did; they count as having no window.
    """

    windows: Windows
    start: Array
    stop: Array
    failed: int

    @property
    def probability(self) -> Array:
        """The share of the flights in which each window exists; (n,)."""
        return np.mean(np.isfinite(self.start), axis=1)

    @property
    def duration(self) -> Array:
        """The length of each window in each flight; (n, k) s."""
        return self.stop - self.start


def samples(windows: Windows, flown: Sequence[Windows | PropagationError]) -> Samples:
    """Return the windows of each flight beside those of the path as it is.

    The span is cut halfway through each gap of ``windows``; what a flight has between two
    cuts belongs to the window there, from its first start to its last stop.
    """
    shape = (windows.count, len(flown))
    start, stop = np.full(shape, np.nan), np.full(shape, np.nan)
    middles = 0.5 * (windows.stop[:-1] + windows.start[1:])
    cuts = np.concatenate(([windows.span[0]], middles, [windows.span[1]]))
    failed = 0
    for k, held in enumerate(flown):
        if isinstance(held, PropagationError):
            failed += 1
            continue
        first = np.searchsorted(held.stop, cuts[:-1], side="right")
        last = np.searchsorted(held.start, cuts[1:], side="left") - 1
        there = np.flatnonzero(first <= last)
        start[there, k] = np.maximum(held.start[first[there]], cuts[there])
        stop[there, k] = np.minimum(held.stop[last[there]], cuts[there + 1])
    return Samples(windows, start, stop, failed)
