"""Dispersed windows of a mission, by key: linear from covariances, and by samples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orbits.errors import PropagationError
from orbits.events import Event
from orbits.frames import Path as Moving
from orbits.geometry.deviation import Deviation
from orbits.geometry.dispersion import (
    EdgePartials,
    Samples,
    Source,
    Spread,
    answers,
    edge_partials,
    inside,
    samples,
    scattered,
    standing,
)
from orbits.geometry.edge_budget import nearest
from orbits.geometry.relay import ChainResult
from orbits.geometry.variants import with_path
from orbits.geometry.visibility import Leg
from orbits.mission.flight import Flight, Progress, flown, search_windows, silent
from orbits.mission.uncertainty import deviation
from orbits.trajectory import State
from orbits.windows import SPAN, Windows

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Scatter:
    """How the windows of one key scatter.

    Attributes
    ----------
    spread : Spread
        To first order.
    samples : Samples or None
        From flights, where some were asked for.
    """

    spread: Spread
    samples: Samples | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """A leg, what it depends on, and how its edges move.

    Attributes
    ----------
    link : str
    leg : Leg
    nominal : dict of Event
    sources : tuple of Source
        One for each uncertain spacecraft; one that is no end of the leg moves nothing.
    edges : EdgePartials
    """

    link: str
    leg: Leg
    nominal: Mapping[str, Event]
    sources: tuple[Source, ...]
    edges: EdgePartials

    def standing(self, t: Array) -> Array:
        """Return the least margin at ``t`` (n,), s, in standard deviations; (n,)."""
        return standing(self.sources, self.nominal, t)


def scatter(
    flight: Flight,
    windows: Mapping[str, Windows],
    results: Mapping[str, ChainResult],
    folder: str | Path = ".",
    progress: Progress = silent,
) -> tuple[dict[str, Scatter], tuple[str, ...]]:
    """Return how the windows of links and chains scatter by key, and remarks.

    Empty, with a remark, where no spacecraft's state is stated to be uncertain.

    Parameters
    ----------
    windows, results
        As ``search_windows`` found them.
    folder : path
        Where files that the mission names lie.

    Raises
    ------
    ValueError, DataError
        If a covariance is at fault.
    """
    held: dict[str, Deviation] = {}
    for name in flight.trajectories:
        one = deviation(flight, name, folder)
        if one is not None:
            held[name] = one
    if not held:
        return {}, ("no spacecraft has an uncertainty of its state, so no window scatters",)
    found = _linear(flight, windows, results, held)
    said = flight.mission.analysis.dispersion
    if said is None or not said.samples:
        return found, ()
    given = [name for name in held if flight.model.craft[name].propagator is None]
    if given:
        names = ", ".join(given)
        return found, (f"no flights are drawn: {names} follows a file; scatter is linear",)
    sets = _flights(flight, held, said.samples, said.seed, progress)
    for key, one in found.items():
        flown_sets = [s if isinstance(s, PropagationError) else s[key] for s in sets]
        found[key] = replace(one, samples=samples(windows[key], flown_sets))
    return found, ()


# -- linear -------------------------------------------------------------------------------


def _linear(
    flight: Flight,
    windows: Mapping[str, Windows],
    results: Mapping[str, ChainResult],
    held: Mapping[str, Deviation],
) -> dict[str, Scatter]:
    legs = {
        (key.split(".")[1], leg.transmitter.name, leg.receiver.name): key
        for key, leg in flight.legs.items()
    }
    asked: dict[tuple, Question] = {}

    def ask(ends: tuple[str, str, str], leg: Leg, found: Windows) -> Question:
        one = (*ends, leg.light_time)
        if one not in asked:
            asked[one] = question(ends[0], leg, found, held, flight.search.resolution)
        return asked[one]

    # The windows of a chain's legs reach back by the light time, so that they come first.
    chains = {
        name: {k: ask(k, leg, result.leg_windows[k]) for k, leg in result.legs.items()}
        for name, result in results.items()
    }
    found = {}
    for key, one in windows.items():
        table, name, *members = key.split(".")
        if table == "link":
            ways = [
                [(ask(ends, flight.legs[k], windows[k]), _same)]
                for ends, k in legs.items()
                if ends[0] == name and (not members or list(ends[1:]) == members)
            ]
            found[key] = Scatter(_spread(one, ways, list(held.values()), ""))
        elif table == "chain":
            chain, result = flight.chains[name], results[name]
            chosen = [tuple(members)] if members else list(chain.ways)
            ways = [
                [
                    (
                        chains[name][k],
                        lambda t, w=way, i=i, c=chain, r=result: c.times(w, t, r.legs)[i + 1],
                    )
                    for i, k in enumerate(chain.keys(way))
                ]
                for way in chosen
            ]
            found[key] = Scatter(_spread(one, ways, list(held.values()), "/"))
    return found


def _same(t: Array) -> Array:
    return t


def question(
    link: str, leg: Leg, windows: Windows, held: Mapping[str, Deviation], resolution: float
) -> Question:
    """Return a leg with all that its scatter is asked of."""
    span = windows.span

    def events(variant: Leg) -> dict[str, Event]:
        return {event.name: event for event in variant.events(span, resolution)}

    nominal = events(leg)

    def of(name: str) -> Callable[[Moving], Mapping[str, Event]]:
        return lambda path: events(moved) if (moved := with_path(leg, name, path)) else nominal

    sources = tuple(Source(one, of(name)) for name, one in held.items())
    return Question(link, leg, nominal, sources, edge_partials(sources, nominal, windows))


Way = list[tuple[Question, Callable[[Array], Array]]]


def _spread(windows: Windows, ways: list[Way], held: list[Deviation], mark: str) -> Spread:
    """Return the spread of windows that hold when every leg of any of ``ways`` holds.

    Each leg comes with its own reception time as a function of that of ``windows``; ``mark``
    stands between the link's name and the cause, or is "" where there is no name.
    """
    ends = []
    for edges, causes in (
        (windows.start, windows.start_cause),
        (windows.stop, windows.stop_cause),
    ):
        partials = [np.zeros((windows.count, 6)) for _ in held]
        for asked, time in (part for way in ways for part in way):
            rows = nearest(asked.edges.t, time(edges))
            for i, (row, cause) in enumerate(zip(rows.tolist(), causes, strict=True)):
                event = cause.removeprefix(f"{asked.link}{mark}") if mark else cause
                if row >= 0 and cause != SPAN and asked.edges.events[row] == event:
                    for one, by_state in zip(partials, asked.edges.by_state, strict=True):
                        one[i] = by_state[row]
        ends.append(partials)
    t = inside(windows)
    flat = t.ravel()
    best = np.full(flat.size, -np.inf)
    for way in ways:
        parts = [asked.standing(time(flat)) for asked, time in way]
        best = np.maximum(best, np.min(parts, axis=0))
    starts, stops = ends
    return scattered(windows, starts, stops, held, best.reshape(t.shape))


# -- by samples ---------------------------------------------------------------------------


def _flights(
    flight: Flight, held: Mapping[str, Deviation], count: int, seed: int, progress: Progress
) -> list[dict[str, Windows] | PropagationError]:
    """Return the windows by key of flights whose starts are drawn from the covariances."""
    model = flight.model
    draws = np.hstack(
        [one.samples(count, seed + number) for number, one in enumerate(held.values())]
    )

    def fly(row: Array) -> dict[str, Windows]:
        paths = dict(flight.trajectories)
        for number, (name, one) in enumerate(held.items()):
            craft, y = model.craft[name], row[6 * number : 6 * number + 6]
            if craft.propagator is not None:
                start = State(one.t, y[:3], y[3:], one.path.frame, craft.start.mass)
                paths[name] = craft.propagator.propagate(start, craft.span)
        return search_windows(flown(model, paths))[0]

    return answers(fly, draws, progress=lambda x: progress("flying samples", x))
