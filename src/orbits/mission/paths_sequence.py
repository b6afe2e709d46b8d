"""The quantities of launches, transfers and steps, by path, with their units, and their values.

The tables are read as they stand in the file, so that one at fault hides none of the others.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from orbits import time
from orbits.almanac import Almanac
from orbits.design.goals import quantity
from orbits.design.sequence import Coast, Flown
from orbits.design.site_phasing import passages, plane_change
from orbits.mission.flight import Flight
from orbits.mission.sequenced import LAST, Sequenced

Table = Mapping[str, Any]
Value = float | int | str | None

STEP = {
    "start": "UTC",
    "stop": "UTC",
    "duration": "s",
    "delta_v": "m/s",
    "propellant": "kg",
    "mass": "kg",
    "altitude": "km",
    "periapsis_altitude": "km",
    "apoapsis_altitude": "km",
    "inclination": "deg",
}
TRANSFER = {
    "lift_off": "UTC",
    "azimuth": "deg",
    "parking_inclination": "deg",
    "injection": "UTC",
    "delta_v": "km/s",
    "c3": "km2/s2",
    "perilune": "UTC",
    "v_infinity": "km/s",
}
# Of [analysis.plane.NAME], at each instant: the nearest passage is counted from it.
PLANE = {"angle": "deg", "delta_v": "m/s", "nearest_passage": "h"}
TOTAL = {"delta_v": "m/s", "propellant": "kg", "propellant_left": "kg"}


def sequence_quantities(data: Table) -> dict[str, str]:
    """Return {path: unit} of what the sequences of a file offer."""
    found: dict[str, str] = {}
    craft = data.get("spacecraft")
    for name, table in craft.items() if isinstance(craft, Mapping) else ():
        if not isinstance(table, Mapping):
            continue
        path = f"spacecraft.{name}"
        if isinstance(table.get("transfer"), Mapping):
            found |= {f"{path}.transfer.{key}": unit for key, unit in TRANSFER.items()}
        names = step_names(table)
        for step in names:
            found |= {f"{path}.step.{step}.{key}": unit for key, unit in STEP.items()}
        if names:
            found |= {f"{path}.{key}": unit for key, unit in TOTAL.items()}
    analysis = data.get("analysis")
    planes = analysis.get("plane") if isinstance(analysis, Mapping) else None
    for name, table in planes.items() if isinstance(planes, Mapping) else ():
        at = table.get("at") if isinstance(table, Mapping) else None
        for instant in at if isinstance(at, Mapping) else ():
            found |= {f"plane.{name}.{instant}.{key}": unit for key, unit in PLANE.items()}
    return found


def step_names(craft: Table) -> list[str]:
    """Return the names of the steps of a spacecraft's table."""
    steps = craft.get("sequence")
    named = (
        [s.get("step") for s in steps or () if isinstance(s, Mapping)]
        if isinstance(steps, list | tuple)
        else []
    )
    return [name for name in named if isinstance(name, str)]


def of_sequence(
    flight: Sequenced, almanac: Almanac, propellant: float | None
) -> dict[str, Value]:
    """Return the values below ``spacecraft.NAME.``; ``propellant`` (kg) is what it had."""
    values: dict[str, Value] = {}
    for done in flight.flown:
        body = flight.bodies.get(done.step.name)
        if body is not None:
            found = of_step(done, body, almanac)
            values |= {f"step.{done.step.name}.{key}": found[key] for key in STEP}
    if flight.departure is not None:
        values |= {f"transfer.{key}": value for key, value in of_departure(flight).items()}
    if flight.bodies:
        own = [done for done in flight.flown if done.step.name in flight.bodies]
        used = [done.propellant for done in own]
        spent = None if None in used else float(sum(x for x in used if x is not None))
        left = None if spent is None or propellant is None else propellant - spent
        values["delta_v"] = sum(done.delta_v for done in own)
        values |= {"propellant": spent, "propellant_left": left}
    return values


def of_planes(flight: Flight) -> dict[str, Value]:
    """Return the values of every ``[analysis.plane.NAME]``, by whole path."""
    values: dict[str, Value] = {}
    almanac = flight.model.almanac
    for name, said in flight.mission.analysis.plane.items():
        path, place = flight.trajectories[said.spacecraft], flight.model.sites[said.site]
        crossed = passages(path, place, almanac, flight.model.span)
        for instant, when in said.at.items():
            t = float(time.to_t(when))
            change = plane_change(path, place, almanac, t)
            near = float(np.min(np.abs(crossed - t)) / 3600.0) if len(crossed) else None
            values |= {
                f"plane.{name}.{instant}.angle": float(np.degrees(change.angle)),
                f"plane.{name}.{instant}.delta_v": change.delta_v,
                f"plane.{name}.{instant}.nearest_passage": near,
            }
    return values


def of_step(done: Flown, body: str, almanac: Almanac) -> dict[str, Value]:
    """Return the values of ``STEP`` about a body; orbits are those at the step's end."""
    end = done.end

    def km(name: str) -> float | None:
        try:
            return quantity(name, end, body, almanac) / 1e3
        except ValueError:  # an open orbit has no apoapsis
            return None

    return {
        "start": str(time.utc_iso(done.start.t)),
        "stop": str(time.utc_iso(end.t)),
        "duration": end.t - done.start.t,
        "delta_v": done.delta_v,
        "propellant": done.propellant,
        "mass": end.mass,
        "altitude": km("altitude"),
        "periapsis_altitude": km("periapsis_altitude"),
        "apoapsis_altitude": km("apoapsis_altitude"),
        "inclination": float(np.degrees(quantity("inclination", end, body, almanac))),
    }


def of_departure(flight: Sequenced) -> dict[str, Value]:
    """Return the values of ``TRANSFER``."""
    way = flight.departure
    assert way is not None
    values: dict[str, Value] = {
        "lift_off": str(time.utc_iso(way.lift_off)),
        "azimuth": float(np.degrees(way.azimuth)),
        "parking_inclination": float(np.degrees(way.inclination)),
        "injection": str(time.utc_iso(way.injection)),
        "delta_v": way.delta_v / 1e3,
        "c3": way.c3 / 1e6,
        "perilune": str(time.utc_iso(way.perilune)),
        "v_infinity": way.v_infinity / 1e3,
    }
    return {key: values[key] for key in TRANSFER}


def manoeuvres(flight: Sequenced) -> list[Flown]:
    """Return the steps that are no coast, in order."""
    return [d for d in flight.flown if not isinstance(d.step, Coast) and d.step.name != LAST]
