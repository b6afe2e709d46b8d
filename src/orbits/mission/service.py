"""Service of a mission: who talks to which station, for how long messages travel, pointing."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from orbits import units
from orbits.events import windows as holding
from orbits.frames import Path
from orbits.geometry.contact_plan import Contact, ContactPlan, Turnover, contact_plan
from orbits.geometry.latency import Latency, latency
from orbits.geometry.pointing import Cone, antenna_angles, cone_event, separation, slew_rate
from orbits.geometry.relay import ChainResult
from orbits.geometry.rows import extremes, sample_times
from orbits.geometry.signal import Centre
from orbits.geometry.visibility import Leg, Limits, Node
from orbits.mission import network
from orbits.mission.flight import Flight
from orbits.mission.measure import Values, named, of_windows, whole_days
from orbits.mission.paths_studies import PARTY, PLAN
from orbits.mission.schema_service import (
    AccessAnalysis,
    ContactPlanAnalysis,
    PointingAnalysis,
)
from orbits.windows import Windows, union

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Service:
    """What a mission asks of service.

    Attributes
    ----------
    windows : dict of Windows
        By key: ``contact-plan.NAME.STATION.CRAFT``; ``access.NAME`` and, of several targets,
        ``access.NAME.TARGET``.
    legs : dict of Leg
        What each of ``windows`` is a part of, where it is one leg's.
    plans : dict of ContactPlan
    latencies : dict of Latency
        By chain.
    values : dict
        By path of the quantity.
    """

    windows: dict[str, Windows] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    plans: dict[str, ContactPlan] = field(default_factory=dict)
    latencies: dict[str, Latency] = field(default_factory=dict)
    values: Values = field(default_factory=dict)


def service(
    flight: Flight, windows: dict[str, Windows], results: dict[str, ChainResult]
) -> Service:
    """Return what the mission asks of contact plans, latency, pointing and sensors.

    Parameters
    ----------
    windows, results
        As ``search_windows`` found them.
    """
    said, found = flight.mission.analysis, Service()
    for name, plan in said.contact_plan.items():
        _planned(flight, name, plan, (windows, results), found)
    if said.latency is not None:
        limit = said.latency.limit
        for name in said.latency.chains:
            delay = latency(flight.chains[name], results[name], flight.model.span)
            found.latencies[name] = delay
            within = None if limit is None else _si(limit, "time")
            found.values.update(named(f"latency.{name}", _of_latency(delay, within)))
    for name, pointing in said.pointing.items():
        found.values.update(named(f"pointing.{name}", _pointing(flight, pointing, windows)))
    for name, access in said.access.items():
        _access(flight, name, access, found)
    return found


def _si(quantity: object, kind: str) -> float:
    return float(units.si(quantity, kind))


def path_of(flight: Flight, name: str) -> Path:
    """Return the path of a site, a spacecraft or a body."""
    if name in flight.trajectories:
        return flight.trajectories[name]
    return flight.model.sites[name] if name in flight.model.sites else Centre(name)


# -- contact plans ------------------------------------------------------------------------


def _planned(
    flight: Flight,
    name: str,
    said: ContactPlanAnalysis,
    searched: tuple[dict[str, Windows], dict[str, ChainResult]],
    found: Service,
) -> None:
    """Add the contact plan ``name`` to what was found."""
    visible: dict[tuple[str, str], Windows] = {}
    legs: dict[tuple[str, str], Leg] = {}
    for pair, leg, held in _pairs(flight, said, *searched):
        visible[pair] = visible[pair] | held if pair in visible else held
        legs[pair] = leg
    turnover = Turnover(
        *(
            _si(getattr(said, key), "time")
            for key in ("min_contact", "station_gap", "spacecraft_gap")
        )
    )
    plan = contact_plan(visible, turnover, rule=said.rule, priority=said.priority)
    found.plans[name] = plan
    keys = {pair: ".".join(("contact-plan", name, *pair)) for pair in sorted(visible)}
    served = {key: _served(plan, pair, visible[pair]) for pair, key in keys.items()}
    found.windows.update(served)
    found.legs.update({key: legs[pair] for pair, key in keys.items()})
    path = f"contact-plan.{name}"
    found.values.update(named(path, _of_plan(plan)))
    for party in dict.fromkeys(end for pair in visible for end in pair):
        rows = [c for c in plan.contacts if party in (c.station, c.spacecraft)]
        held = union([w for key, w in served.items() if party in key.split(".")[2:]])
        found.values.update(named(f"{path}.{party}", _of_contacts(rows, held)))


def _served(plan: ContactPlan, pair: tuple[str, str], visible: Windows) -> Windows:
    """Return the contacts of a pair; an edge where it sets or rises keeps that cause."""
    held = plan.windows(station=pair[0], spacecraft=pair[1])
    start = dict(zip(visible.start.tolist(), visible.start_cause, strict=True))
    stop = dict(zip(visible.stop.tolist(), visible.stop_cause, strict=True))
    return replace(
        held,
        start_cause=tuple(start.get(t, "plan") for t in held.start.tolist()),
        stop_cause=tuple(stop.get(t, "plan") for t in held.stop.tolist()),
        certificate=visible.certificate,
    )


def _pairs(
    flight: Flight,
    said: ContactPlanAnalysis,
    windows: dict[str, Windows],
    results: dict[str, ChainResult],
) -> Iterator[tuple[tuple[str, str], Leg, Windows]]:
    """Yield each station and spacecraft with their leg and its windows."""
    sites = flight.model.sites
    if said.chain is not None:
        result, chain = results[said.chain], flight.chains[said.chain]
        for way, held in result.carriers.items():
            leg = result.legs[chain.keys(way)[-1]]
            yield (way[-1], way[-2]), leg, held
        return
    for key, leg in flight.legs.items():
        if key.split(".")[1] in (said.links or ()):
            ends = (leg.transmitter.name, leg.receiver.name)
            station = next(end for end in ends if end in sites)
            craft = next(end for end in ends if end != station)
            yield (station, craft), leg, windows[key]


def _of_contacts(rows: list[Contact], held: Windows) -> Values:
    """Return the values of ``paths_studies.PARTY``."""
    edges = whole_days(held.span)
    hours = held.totals(edges) / 3600.0 if edges.size else np.empty(0)
    values: Values = {
        "contacts": len(rows),
        "total": sum(c.stop - c.start for c in rows) / 3600.0,
        "best_day": float(hours.max()) if hours.size else None,
        "worst_day": float(hours.min()) if hours.size else None,
        "mean_day": float(hours.mean()) if hours.size else None,
    }
    return {key: values[key] for key in PARTY}


def handovers(plan: ContactPlan) -> int:
    """Return how often a spacecraft goes from one station to another."""
    count = 0
    for craft in {c.spacecraft for c in plan.contacts}:
        stations = [c.station for c in plan.contacts if c.spacecraft == craft]
        count += sum(a != b for a, b in pairwise(stations))
    return count


def _of_plan(plan: ContactPlan) -> Values:
    """Return the values of ``paths_studies.PLAN``; gaps are those without any contact."""
    held = plan.windows()
    values = _of_contacts(list(plan.contacts), held)
    values |= {
        "handovers": handovers(plan),
        "share": 100.0 * plan.total / plan.bound if plan.bound else None,
        "longest_gap": held.longest_gap,
    }
    return {key: values[key] for key in PLAN}


# -- latency and pointing -----------------------------------------------------------------


def _of_latency(delay: Latency, limit: float | None) -> Values:
    """Return latencies, s; None where nothing arrives within the span."""
    numbers = {key: getattr(delay, key) for key in ("shortest", "mean", "longest", "lost")}
    values: Values = {k: v if math.isfinite(v) else None for k, v in numbers.items()}
    if limit is not None:
        values["within_limit"] = 100.0 * delay.share(limit)
    return values


def _pointing(flight: Flight, said: PointingAnalysis, windows: dict[str, Windows]) -> Values:
    """Return cone angles from straight down, angles apart, and the fastest turn."""
    model, path = flight.model, flight.trajectories[said.spacecraft]
    target, almanac = path_of(flight, said.target), model.almanac
    when = Windows.whole(model.span) if said.link is None else windows[f"link.{said.link}"]
    if not when.count:
        keys = ("min_cone", "max_cone", "max_slew", "min_separation", "max_separation")
        return dict.fromkeys(keys)
    t = sample_times(when)

    def least_and_most(function) -> tuple[float, float]:
        samples = t, function(t)
        low, high = (
            extremes(function, when.start, when.stop, samples, sign)[0] for sign in (-1.0, 1.0)
        )
        return math.degrees(low.min()), math.degrees(high.max())

    low, high = least_and_most(lambda x: antenna_angles(target, path, almanac, x)[0])
    turn = least_and_most(lambda x: slew_rate(target, path, almanac, x))[1]
    values: Values = {"min_cone": low, "max_cone": high, "max_slew": 3600.0 * turn}
    if said.apart_from is not None:
        other = path_of(flight, said.apart_from)
        ends = least_and_most(lambda x: separation(target, other, path, almanac, x))
        values["min_separation"], values["max_separation"] = ends
    return values


# -- sensors ------------------------------------------------------------------------------


def _access(flight: Flight, name: str, said: AccessAnalysis, found: Service) -> None:
    """Add when a sensor sees its targets to what was found."""
    model, search = flight.model, flight.search
    craft = flight.trajectories[said.spacecraft]
    nadir = said.pointed_at == "nadir"
    axis = Centre(craft.frame.center) if nadir else path_of(flight, said.pointed_at)
    cone = Cone(axis, _si(said.half_angle, "angle"))
    farthest = None if said.max_range is None else _si(said.max_range, "length")
    targets = [m for one in said.targets for m in network.members(flight.mission, one)]
    seen = {}
    for member in dict.fromkeys(targets):
        nodes = Node(member, path_of(flight, member)), Node(said.spacecraft, craft)
        leg = Leg(*nodes, model.almanac, said.light_time, Limits(max_range=farthest))
        event = cone_event(
            nodes[0].path, craft, model.almanac, cone, model.span, light_time=said.light_time
        )
        seen[member] = holding(
            event,
            model.span,
            resolution=search.resolution,
            tolerance=search.tolerance,
            within=leg.windows(
                model.span, resolution=search.resolution, tolerance=search.tolerance
            ),
        )
        key = f"access.{name}" if len(set(targets)) == 1 else f"access.{name}.{member}"
        found.windows[key], found.legs[key] = seen[member], leg
    found.windows[f"access.{name}"] = union(list(seen.values()))
    found.values.update(named(f"access.{name}", of_windows(found.windows[f"access.{name}"])))
