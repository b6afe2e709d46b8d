"""Edge budgets of a mission: which causes there are, and what each moves, by key of windows."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orbits import units
from orbits.almanac import Almanac
from orbits.errors import DataError, OrbitsWarning
from orbits.events import Event
from orbits.frames import Path as Moving
from orbits.geometry import eclipse
from orbits.geometry.deviation import Deviation
from orbits.geometry.dispersion import gradient
from orbits.geometry.displaced import AXES, Displaced
from orbits.geometry.edge_budget import Cause, EdgeBudget, edge_budget, edges_of, nearest
from orbits.geometry.relay import ChainResult
from orbits.geometry.signal import APPARENT, GEOMETRIC, LIGHT_TIME
from orbits.geometry.variants import (
    on_principal_axes,
    with_horizon,
    with_path,
    with_refraction,
)
from orbits.geometry.visibility import Leg
from orbits.mission.flight import Flight, fly
from orbits.mission.schema_uncertainty import EdgeBudget as Said
from orbits.mission.uncertainty import deviation, steady
from orbits.sites import Site
from orbits.trajectory import Trajectory
from orbits.windows import SPAN, Windows

Array = NDArray[np.float64]
Events = dict[str, Event]

_SETTINGS = {
    # of a leg's light time: (name of the cause, other setting, whether it is an error)
    APPARENT: (("no light time", GEOMETRIC, False), ("no aberration", LIGHT_TIME, False)),
    LIGHT_TIME: (("no light time", GEOMETRIC, False), ("aberration", APPARENT, True)),
    GEOMETRIC: (("light time and aberration", APPARENT, True),),
}


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The mission with one thing different, each made once and when first asked for.

    Attributes
    ----------
    flight : Flight
    folder : Path
        Where files that the mission names lie.
    """

    flight: Flight
    folder: Path

    @property
    def said(self) -> Said:
        """What the file says of budgets, defaults where it says nothing."""
        return self.flight.mission.analysis.edge_budget or Said()

    @cached_property
    def ephemeris(self) -> tuple[str, Flight | None, str]:
        """Another ephemeris's name, the mission flown with it, or why that was not possible."""
        mission = self.flight.mission
        used = mission.mission.ephemeris
        name = self.said.ephemeris or ("de440" if used == "de421" else "de421")
        header = mission.mission.model_copy(update={"ephemeris": name})
        other = mission.model_copy(update={"mission": header})
        try:
            return name, fly(other, folder=self.folder), ""
        except DataError as error:
            return name, None, f"edges are not compared with {name}: {error}"

    @cached_property
    def tighter(self) -> dict[str, Trajectory]:
        """The spacecraft integrated again at a tenth of the tolerance."""
        found = {}
        for name, craft in self.flight.model.craft.items():
            if craft.propagator is not None:
                close = max(0.1 * craft.propagator.tolerance, 1e-15)
                again = replace(craft.propagator, tolerance=close)
                found[name] = replace(craft, propagator=again).fly()
        return found

    @cached_property
    def moons(self) -> dict[str, tuple[bool, Almanac]]:
        """Other lunar axes by cause; whether that is an error, and the almanac with them."""
        almanac = self.flight.model.almanac
        found = {"lunar principal axes": (False, on_principal_axes(almanac))}
        span, name = self.flight.model.span, self.flight.mission.mission.ephemeris
        other = "iau" if almanac.moon.name != "IAU" else "de421"
        room = (span[0] - 60.0, span[1] + 60.0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OrbitsWarning)  # said once, of the mission itself
            turned = Almanac.load(*room, ephemeris=name, moon=other)
        if turned.moon.name != almanac.moon.name:
            cause = f"lunar axes {other.upper()}"
            found[cause] = (other != "iau", replace(almanac, moon=turned.moon))
        return found

    @cached_property
    def deviations(self) -> dict[str, Deviation]:
        """The spacecraft whose state is uncertain at an instant."""
        found = {}
        for name in self.flight.trajectories:
            one = deviation(self.flight, name, self.folder)
            if one is not None:
                found[name] = one
        return found

    def offsets(self, name: str) -> dict[str, Array]:
        """Return the steady errors of a spacecraft's position by axis, radial first, m."""
        stated = self.flight.mission.spacecraft[name].uncertainty
        sigmas = None if stated is None else steady(stated)
        if sigmas is None:
            return {}
        rows = np.diag(sigmas)
        return {axis: row for axis, row in zip(AXES, rows, strict=True) if row.any()}


@dataclass(frozen=True, eq=False)
class Budgets:
    """The edge budgets of a mission.

    Attributes
    ----------
    found : dict of EdgeBudget
        By key of windows.
    remarks : tuple of str
        What could not be compared, and why.
    """

    found: dict[str, EdgeBudget]
    remarks: tuple[str, ...]


def leg_budget(others: Alternatives, key: str, leg: Leg, windows: Windows) -> EdgeBudget:
    """Return the budget of a leg's windows; ``key`` is its key in ``flight.legs``."""
    search, span = others.flight.search, windows.span

    def events(variant: Leg) -> Events:
        return {event.name: event for event in variant.events(span, search.resolution)}

    causes: list[tuple[str, bool, Leg | None]] = []
    name, flight, _ = others.ephemeris
    if flight is not None:
        other = replace(flight.legs[key], light_time=leg.light_time)
        causes.append((f"ephemeris {name.upper()}", True, other))
    if any(isinstance(n.path, Site) and n.path.body == "moon" for n in _ends(leg)):
        causes += [
            (cause, error, replace(leg, almanac=almanac))
            for cause, (error, almanac) in others.moons.items()
        ]
    for cause, setting, error in _SETTINGS[leg.light_time]:
        causes.append((cause, error, replace(leg, light_time=setting)))
    causes.append(("refraction", True, with_refraction(leg)))
    higher = float(units.si(others.said.horizon, "angle"))
    if higher:
        causes.append((f"horizon {others.said.horizon}", True, with_horizon(leg, higher)))
    for node in _ends(leg):
        if node.name in others.tighter:
            other = with_path(leg, node.name, others.tighter[node.name])
            causes.append((f"integration of {node.name}", True, other))
    nominal = events(leg)
    made = [Cause(n, error, events(v)) for n, error, v in causes if v is not None]
    for node in _ends(leg):
        made += _of_path(
            others, node.name, windows, nominal,
            lambda path, n=node.name: events(with_path(leg, n, path) or leg),
        )  # fmt: skip
    return edge_budget(windows, nominal, tuple(made))


def _ends(leg: Leg):
    return (leg.transmitter, leg.receiver)


def _of_path(
    others: Alternatives,
    name: str,
    windows: Windows,
    nominal: Mapping[str, Event],
    events: Callable[[Moving], Events],
) -> list[Cause]:
    """Return what a spacecraft's own uncertainty causes; nothing for a site."""
    path = others.flight.trajectories.get(name)
    if path is None:
        return []
    found = [
        Cause(f"{name} {axis}", True, events(Displaced(path, offset)))
        for axis, offset in others.offsets(name).items()
    ]
    if name in others.deviations:
        found.append(
            Cause(
                f"{name} covariance",
                True,
                _at_one_sigma(others.deviations[name], events, windows, nominal),
            )
        )
    return found


def _at_one_sigma(
    held: Deviation,
    events: Callable[[Moving], Events],
    windows: Windows,
    nominal: Mapping[str, Event],
) -> Events:
    """Return the events of the path moved so that each margin changes by its own sigma.

    Of all places at one sigma's likelihood that is the one which moves the margin most:
    P g / sqrt(g P g), g the margin's gradient.
    """
    found = {}
    every, causes = edges_of(windows)
    for name in nominal:
        t = every[[cause == name for cause in causes]]
        if t.size:
            by_place = gradient(events, name, held.path, t)
            weighed = np.einsum("nij,nj->ni", held.local_positions(t), by_place)
            sigma = np.sqrt(np.maximum(np.einsum("ni,ni->n", weighed, by_place), 1e-300))
            offset = weighed / sigma[:, None]
            found[name] = events(Displaced(held.path, offset, t))[name]
    return found


def eclipse_budget(others: Alternatives, key: str, windows: Windows) -> EdgeBudget:
    """Return the budget of eclipse windows ``eclipse.SPACECRAFT.BODY.SHADOW``."""
    _, name, body, shadow = key.split(".")
    flight = others.flight

    def events(path: Moving, almanac: Almanac = flight.model.almanac) -> Events:
        both = eclipse.events(path, body, almanac, windows.span)
        return {event.name: event for event in both if event.name.startswith(f"{shadow}:")}

    nominal = events(flight.trajectories[name])
    causes = []
    other, flown, _ = others.ephemeris
    if flown is not None:
        there = events(flown.trajectories[name], flown.model.almanac)
        causes.append(Cause(f"ephemeris {other.upper()}", True, there))
    if name in others.tighter:
        again = events(others.tighter[name])
        causes.append(Cause(f"integration of {name}", True, again))
    causes += _of_path(others, name, windows, nominal, events)
    return edge_budget(windows, nominal, tuple(causes))


# -- chains -------------------------------------------------------------------------------


def joined(windows: Windows, found: list[tuple[str, Array, EdgeBudget]]) -> EdgeBudget:
    """Return the budget of windows whose edges are those of others.

    Parameters
    ----------
    found : list of (link, times, EdgeBudget)
        For each leg: the name that stands before its causes and "/", or ""; the time at the
        leg's own receiver of every edge of ``windows``, starts first, s; its budget.
    """
    edges = np.concatenate((windows.start, windows.stop))
    names = (*windows.start_cause, *windows.stop_cause)
    causes = tuple(dict.fromkeys(cause for _, _, b in found for cause in b.causes))
    errors = {c: e for _, _, b in found for c, e in zip(b.causes, b.errors, strict=True)}
    rows: dict[float, tuple[str, float, Array, Array]] = {}
    for link, times, budget in found:
        where = np.array([causes.index(c) for c in budget.causes], dtype=np.int64)
        for i, row in enumerate(nearest(budget.t, times).tolist()):
            event = names[i].removeprefix(f"{link}/") if link else names[i]
            if row < 0 or names[i] == SPAN or budget.events[row] != event:
                continue
            first, again = np.zeros(len(causes)), np.zeros(len(causes))
            first[where], again[where] = budget.first_order[row], budget.recomputed[row]
            rows.setdefault(float(edges[i]), (names[i], float(budget.rate[row]), first, again))
    t = sorted(rows)
    shape = (len(t), len(causes))
    return EdgeBudget(
        np.array(t),
        tuple(rows[x][0] for x in t),
        np.array([rows[x][1] for x in t]),
        causes,
        np.array([errors[c] for c in causes], dtype=bool),
        np.array([rows[x][2] for x in t]).reshape(shape),
        np.array([rows[x][3] for x in t]).reshape(shape),
    )


def budgets(
    flight: Flight,
    windows: Mapping[str, Windows],
    results: Mapping[str, ChainResult],
    folder: str | Path = ".",
) -> Budgets:
    """Return the budget of every edge of ``windows``, by their keys.

    Parameters
    ----------
    folder : path
        Where files that the mission names lie.

    Raises
    ------
    PropagationError
        If a spacecraft does not arrive with another ephemeris or tolerance.
    ValueError, DataError
        If a covariance is at fault.
    """
    others = Alternatives(flight, Path(folder))
    legs: dict[tuple[str, str, str, str], EdgeBudget] = {}
    keys = {_ends_of(key, leg): key for key, leg in flight.legs.items()}

    def of_leg(ends: tuple[str, str, str], leg: Leg, held: Windows) -> EdgeBudget:
        one = (*ends, leg.light_time)
        if one not in legs:
            legs[one] = leg_budget(others, keys[ends], leg, held)
        return legs[one]

    # The windows of a chain's legs reach back by the light time, so that they come first.
    chains = {
        name: {k: of_leg(k, leg, result.leg_windows[k]) for k, leg in result.legs.items()}
        for name, result in results.items()
    }
    found = {}
    for key, held in windows.items():
        table, name, *members = key.split(".")
        edges = np.concatenate((held.start, held.stop))
        if table == "eclipse":
            found[key] = eclipse_budget(others, key, held)
        elif table == "link":
            parts = [
                ("", edges, of_leg(ends, flight.legs[leg_key], windows[leg_key]))
                for ends, leg_key in keys.items()
                if ends[0] == name and (not members or list(ends[1:]) == members)
            ]
            found[key] = joined(held, parts)
        else:
            chain, result = flight.chains[name], results[name]
            ways = [tuple(members)] if members else list(chain.ways)
            parts = [
                (leg_key[0], at, chains[name][leg_key])
                for way in ways
                for leg_key, at in zip(
                    chain.keys(way), chain.times(way, edges, result.legs)[1:], strict=True
                )
            ]
            found[key] = joined(held, parts)
    remark = others.ephemeris[2]
    return Budgets(found, (remark,) if remark else ())


def _ends_of(key: str, leg: Leg) -> tuple[str, str, str]:
    return key.split(".")[1], leg.transmitter.name, leg.receiver.name


def row_errors(budget: EdgeBudget, windows: Windows) -> list[tuple[float | None, float | None]]:
    """Return start and stop error of each window, s; None where an edge has none."""
    totals = []
    for edges in (windows.start, windows.stop):
        rows = nearest(budget.t, edges)
        size = np.append(budget.total, np.nan)[rows]  # row -1 reads the nan
        totals.append([None if np.isnan(x) else float(x) for x in size])
    return list(zip(*totals, strict=True))
