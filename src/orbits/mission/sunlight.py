"""Light and shadow of a mission: seasons of eclipses, beta, nights, conjunctions, outages."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from orbits import units
from orbits.events import windows as holding
from orbits.geometry.revolutions import nodes
from orbits.geometry.rows import extremes, sample_times
from orbits.geometry.sun import (
    Conjunction,
    Season,
    beta_angle,
    conjunction_windows,
    conjunctions,
    day_event,
    outages,
    seasons,
)
from orbits.mission.flight import Flight
from orbits.mission.measure import Values, named, of_shadow
from orbits.mission.paths_studies import ANY
from orbits.mission.schema_sun import EclipseAnalysis, SunAnalysis
from orbits.windows import Windows, union

SHADOWS = ("umbra", "penumbra")


@dataclass(frozen=True, eq=False, slots=True)
class Light:
    """What a mission asks of light and shadow.

    Attributes
    ----------
    windows : dict of Windows
        By key: ``night.SITE``, ``conjunction.CRAFT``, ``outage.LINK``.
    seasons : dict of tuples of Season
        By ``eclipse.CRAFT.BODY.SHADOW``; body "any" for all of them together.
    conjunctions : dict of tuples of Conjunction
        By spacecraft.
    battery : float or None, s
    values : dict
        By path of the quantity.
    """

    windows: dict[str, Windows] = field(default_factory=dict)
    seasons: dict[str, tuple[Season, ...]] = field(default_factory=dict)
    conjunctions: dict[str, tuple[Conjunction, ...]] = field(default_factory=dict)
    battery: float | None = None
    values: Values = field(default_factory=dict)


def light(flight: Flight, windows: Mapping[str, Windows]) -> Light:
    """Return what the mission asks of light and shadow.

    Parameters
    ----------
    windows : mapping
        With the eclipses, by key.
    """
    said = flight.mission.analysis
    eclipses, held, values = {}, {}, {}
    battery = None
    if said.eclipse is not None:
        eclipses, more, battery = _eclipses(said.eclipse, windows)
        values |= more
    close: dict[str, tuple[Conjunction, ...]] = {}
    if said.sun is not None:
        values |= _orbits(flight, said.sun)
        behind = _conjunctions(flight, said.sun)
        close = {
            name: conjunctions(flight.trajectories[name], flight.model.almanac, one)
            for name, one in behind.items()
        }
        held |= {f"conjunction.{name}": one for name, one in behind.items()}
        held |= _nights(flight, said.sun) | _outages(flight, said.sun)
        for key, one in held.items():
            values |= named(key, of_shadow(one))
            if key.startswith("night."):
                values[f"{key}.share"] = 100.0 * one.availability
        for name, found in close.items():
            least = min((c.least_angle for c in found), default=None)
            angle = None if least is None else math.degrees(least)
            values[f"conjunction.{name}.least_angle"] = angle
    return Light(held, eclipses, close, battery, values)


def _si(quantity: object, kind: str) -> float:
    return float(units.si(quantity, kind))


# -- eclipses -----------------------------------------------------------------------------


def _eclipses(
    said: EclipseAnalysis, windows: Mapping[str, Windows]
) -> tuple[dict[str, tuple[Season, ...]], Values, float | None]:
    battery = None if said.battery is None else _si(said.battery, "time")
    apart = _si(said.season_gap, "time")
    found, values = {}, {}
    for name in said.spacecraft:
        for shadow in SHADOWS:
            keys = {b: f"eclipse.{name}.{b}.{shadow}" for b in said.bodies}
            parts = {key: windows[key] for key in keys.values()}
            whole = f"eclipse.{name}.{ANY}.{shadow}"
            parts[whole] = union(list(parts.values()))
            values |= named(whole, of_shadow(parts[whole]))
            for key, dark in parts.items():
                found[key] = seasons(dark, apart=apart, battery=battery or math.inf)
                values[f"{key}.seasons"] = len(found[key])
                if battery is not None:
                    values[f"{key}.over_battery"] = sum(s.over for s in found[key])
                    values[f"{key}.battery_margin"] = battery - dark.longest
    return found, values, battery


# -- Sun ----------------------------------------------------------------------------------


def _orbits(flight: Flight, said: SunAnalysis) -> Values:
    values: Values = {}
    model = flight.model
    whole = Windows.whole(model.span)
    t = np.unique(np.concatenate([sample_times(whole), np.linspace(*model.span, 1001)]))
    for name in said.spacecraft or ():
        path = flight.trajectories[name]

        def beta(at: np.ndarray, path=path) -> np.ndarray:
            return beta_angle(path, model.almanac, at)

        samples, ends = (t, beta(t)), (whole.start, whole.stop)
        low, high = (
            math.degrees(float(extremes(beta, *ends, samples, sign)[0][0]))
            for sign in (-1.0, 1.0)
        )
        hours: list[float] = []
        if path.frame.center in ("earth", "moon"):
            passed = nodes(path, model.almanac, model.span)
            hours = (passed.local_time[passed.ascending] * 12.0 / np.pi).tolist()
        first, last = (hours[0], hours[-1]) if hours else (None, None)
        row: Values = {
            "min_beta": low,
            "max_beta": high,
            "first_ltan": first,
            "last_ltan": last,
        }
        values |= named(f"sun.{name}", row)
    return values


def _conjunctions(flight: Flight, said: SunAnalysis) -> dict[str, Windows]:
    if said.conjunction is None:
        return {}
    model, search = flight.model, flight.search
    limit = _si(said.conjunction, "angle")
    return {
        name: conjunction_windows(
            flight.trajectories[name],
            model.almanac,
            model.span,
            limit,
            resolution=search.resolution,
            tolerance=search.tolerance,
        )
        for name in said.spacecraft or ()
    }


def _nights(flight: Flight, said: SunAnalysis) -> dict[str, Windows]:
    model, search = flight.model, flight.search
    lowest, found = _si(said.sun_elevation, "angle"), {}
    for name in said.sites or ():
        day = day_event(model.sites[name], model.almanac, model.span, lowest)
        found[f"night.{name}"] = ~holding(
            day, model.span, resolution=search.resolution, tolerance=search.tolerance
        )
    return found


def _outages(flight: Flight, said: SunAnalysis) -> dict[str, Windows]:
    found = {}
    for name in said.links or ():
        legs = [leg for key, leg in flight.legs.items() if key.split(".")[1] == name]
        beam, search = _si(said.beam, "angle"), flight.search
        found[f"outage.{name}"] = union(
            [
                outages(
                    leg,
                    beam,
                    flight.model.span,
                    resolution=search.resolution,
                    tolerance=search.tolerance,
                )
                for leg in legs
            ]
        )
    return found
