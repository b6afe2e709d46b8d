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
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from orbits.errors import PropagationError
from orbits.events import Event
from orbits.frames import Path
from orbits.geometry.deviation import Deviation
from orbits.geometry.displaced import Displaced, local_axes
from orbits.geometry.edge_budget import edges_of, nearest, slope
from orbits.search import margins
from orbits.windows import Windows

Array = NDArray[np.float64]
Answer = TypeVar("Answer")
Events = Callable[[Path], Mapping[str, Event]]
"""The constraints by name for a path of the spacecraft."""

_STEP = 10.0  # m: of the differences that give a margin's gradient
_PARTS = 32  # instants of each window at which its margins are weighed


class Source(NamedTuple):
    """One uncertain spacecraft, and the constraints by name for any path of it."""

    deviation: Deviation
    events: Events


@dataclass(frozen=True, eq=False, slots=True)
class EdgePartials:
    """How edges move with the states of uncertain spacecraft, to first order.

    Attributes
    ----------
    t : (n,) array, s
        Edges in time order.
    events : tuple of n str
    by_state : tuple of (n, 6) arrays, s/m and s/(m/s)
        For each source: partials by its state at its covariance's instant, ICRF axes.
    """

    t: Array
    events: tuple[str, ...]
    by_state: tuple[Array, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Spread:
    """How windows scatter, to first order.

    Attributes
    ----------
    windows : Windows
        Of the path as it is.
    probability : (n,) array
        That the window exists.
    start, stop, duration : (n,) arrays, s
        Standard deviations; 0 at an edge that the span made.
    """

    windows: Windows
    probability: Array
    start: Array
    stop: Array
    duration: Array


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
    sources: Sequence[Source], nominal: Mapping[str, Event], windows: Windows
) -> EdgePartials:
    """Return how the edges of ``windows`` move; those that the span made are left out.

    Parameters
    ----------
    nominal : mapping of str to Event
        The constraints by name, as the windows were found with.
    """
    t, names = edges_of(windows)
    found = []
    for deviation, events in sources:
        path = deviation.path
        place = np.zeros((t.size, 3))
        for name in sorted(set(names)):
            at = np.flatnonzero([other == name for other in names])
            rate = slope(nominal[name], t[at], windows.span)
            place[at] = -gradient(events, name, path, t[at]) / rate[:, None]
        axes = local_axes(path.position(t), path.velocity(t))
        phi = deviation.partials(t)[:, :3]
        found.append(np.einsum("ni,nij,njk->nk", place, axes, phi))
    return EdgePartials(t, names, tuple(found))


def deviate(partials: Sequence[Array], deviations: Sequence[Deviation]) -> Array:
    """Return the standard deviations that partials (n, 6) by independent states make; (n,)."""
    variance = [
        np.einsum("ni,ij,nj->n", by_state, held.covariance, by_state)
        for by_state, held in zip(partials, deviations, strict=True)
    ]
    return np.sqrt(np.maximum(np.sum(variance, axis=0), 0.0))


def inside(windows: Windows) -> Array:
    """Return the instants at which windows are weighed; (n, 32) s."""
    share = (np.arange(_PARTS) + 0.5) / _PARTS
    return windows.start[:, None] + windows.durations[:, None] * share


def scattered(
    windows: Windows,
    starts: Sequence[Array],
    stops: Sequence[Array],
    deviations: Sequence[Deviation],
    score: Array,
) -> Spread:
    """Return the spread of ``windows``.

    Parameters
    ----------
    starts, stops : (n, 6) arrays, one for each deviation
        Partials of the edges.
    score : (n, 32) array
        ``standing`` at the instants ``inside`` the windows.
    """
    between = [late - early for early, late in zip(starts, stops, strict=True)]
    most = score.max(axis=1) if windows.count else np.empty(0)
    return Spread(
        windows,
        np.array([normal(float(z)) for z in most]),
        deviate(starts, deviations),
        deviate(stops, deviations),
        deviate(between, deviations),
    )


def spread(sources: Sequence[Source], nominal: Mapping[str, Event], windows: Windows) -> Spread:
    """Return how the windows of one leg scatter.

    Parameters
    ----------
    nominal : mapping of str to Event
        The constraints that the windows were found with.
    """
    edges = edge_partials(sources, nominal, windows)
    rows = [nearest(edges.t, t) for t in (windows.start, windows.stop)]
    starts, stops = (
        [np.vstack([by_state, np.zeros(6)])[row] for by_state in edges.by_state] for row in rows
    )  # row -1, of an edge that the span made, reads the zeros
    t = inside(windows)
    score = standing(sources, nominal, t.ravel()).reshape(t.shape)
    held = [source.deviation for source in sources]
    return scattered(windows, starts, stops, held, score)


def standing(sources: Sequence[Source], nominal: Mapping[str, Event], t: Array) -> Array:
    """Return the least margin at each ``t`` in its own standard deviations; (n,)."""
    if not t.size:
        return np.empty(0)
    places = [source.deviation.local_positions(t) for source in sources]
    scores = []
    for name, event in nominal.items():
        variance = np.full(t.size, event.allowance**2)
        for (deviation, events), place in zip(sources, places, strict=True):
            by_place = gradient(events, name, deviation.path, t)
            variance += np.einsum("ni,nij,nj->n", by_place, place, by_place)
        scores.append(margins(event, t) / np.sqrt(variance))
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
