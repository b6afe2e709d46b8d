"""A launch and the way to the Moon, from the file to the designer."""

from collections.abc import Mapping
from typing import cast

from orbits import time, units
from orbits.constants import DAY
from orbits.design.launch import Ascent
from orbits.design.lunar_transfer import Arrival, Departure, guesses, inclined, transfer
from orbits.design.lunar_transfer import Launch as Plan
from orbits.mission import schema_sequence as said
from orbits.propagators.numerical import Numerical
from orbits.sites import Site, built_in_site


def _si(quantity: object, kind: str) -> float:
    return float(units.si(quantity, kind))


def plan_of(launch: said.Launch, sites: Mapping[str, Site]) -> Plan:
    """Return a launch as the designer takes it."""
    up = launch.insertion
    return Plan(
        sites[launch.site] if launch.site in sites else built_in_site(launch.site),
        Ascent(_si(up.after, "time"), _si(up.downrange, "angle")),
        _si(up.altitude, "length"),
        _si(up.inclination, "angle"),
        up.branch,
    )


def depart(
    plan: Plan, launch: said.Launch, way: said.Transfer, propagator: Numerical
) -> Departure:
    """Return the flight from the pad to perilune."""
    almanac = propagator.almanac
    lift_off = float(time.to_t(launch.time))
    perilune = None if way.perilune is None else float(time.to_t(way.perilune))
    flight = None if way.flight is None else _si(way.flight, "time")
    about = flight if flight is not None else cast(float, perilune) - lift_off - 2000.0
    if way.vary == "inclination":
        plan, nearest = inclined(plan, almanac, lift_off, about)
    else:
        found = guesses(plan, almanac, lift_off - 0.5 * DAY, about)
        nearest = min(found, key=lambda guess: abs(guess.lift_off - lift_off))
    arrival = Arrival(
        _si(way.altitude, "length"),
        _si(way.inclination, "angle"),
        1 if way.side == "south" else -1,
    )
    return transfer(
        plan, arrival, propagator, nearest, flight=flight, perilune=perilune, vary=way.vary
    )
