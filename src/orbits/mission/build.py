"""The mission as values of the core: the only place where edge units become SI.

    mission -> Model: almanac, start states, propagators, sites, links, chains

Nothing is propagated here but what ``min_altitude`` asks for.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from astropy.units import Quantity

from orbits import time, units
from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.constants import DAY
from orbits.elements import Elements, keplerian_to_cartesian, mean_to_true
from orbits.errors import MissionError, OrbitsWarning
from orbits.forces.assembly import Forces
from orbits.forces.gravity import TABLES, field
from orbits.frames import Frame, rotation_of_epoch
from orbits.mission import schema, schema_network, schema_spacecraft
from orbits.mission.beside import ephemeris_path
from orbits.mission.body_fixed import from_body_fixed
from orbits.mission.closed import catalogued_path, closed_path
from orbits.mission.departing import plan_of
from orbits.mission.designed import designed_start, halo_path
from orbits.mission.limits import apsides, room_of, span_of
from orbits.mission.maintenance import kept_ellipse
from orbits.mission.raised import raised
from orbits.mission.schema_catalogue import TwoLine
from orbits.mission.schema_maintenance import Maintenance
from orbits.mission.schema_sequence import LaunchOrbit
from orbits.mission.schema_spacecraft import (
    Cartesian,
    EphemerisFile,
    Frozen,
    Halo,
    Keplerian,
)
from orbits.mission.schema_sun_synchronous import SunSynchronous
from orbits.mission.sequenced import Sequenced, sequenced
from orbits.propagators.numerical import Numerical
from orbits.propagators.secular import mean_to_osculating
from orbits.sites import Mask, Site
from orbits.spacecraft import Spacecraft
from orbits.trajectory import State, Trajectory

Span = tuple[float, float]
Designed = Frozen | Halo | SunSynchronous
Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False, slots=True)
class Craft:
    """One spacecraft, ready to fly.

    Attributes
    ----------
    spacecraft : Spacecraft
    start : State
        In ICRF axes.
    mu : float, m3/s2
        Of the centre, for which elements osculate.
    frame : str
        Inertial axes in which the file states the orbit.
    propagator : Numerical or None
        None where the whole path is given, by a file or a closed theory.
    given : Trajectory or None
    span : (float, float), s
        What to propagate: the mission's span with room for light time.
    periapsis_moved : float or None, m
        By how much ``min_altitude`` raised the periapsis of the start.
    sequenced : Sequenced or None
        The steps of the flight, where the file gives it as a sequence.
    keeping : Maintenance or None
        Of an ellipse; the path of a halo is kept already.
    """

    spacecraft: Spacecraft
    start: State
    mu: float
    frame: str
    propagator: Numerical | None
    given: Trajectory | None
    span: Span
    periapsis_moved: float | None = None
    sequenced: Sequenced | None = None
    keeping: Maintenance | None = None

    def fly(self, progress: Progress | None = None) -> Trajectory:
        """Return the trajectory over ``span``; raises as ``Numerical.propagate``."""
        if self.propagator is None:
            return cast(Trajectory, self.given)
        if self.keeping is not None:
            return kept_ellipse(self.keeping, self.propagator, self.start, self.span, progress)
        return self.propagator.propagate(self.start, self.span, progress=progress)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the path must know of the forces on it."""
        if self.propagator is None:
            return ()
        return self.propagator.forces.warnings(self.propagator.almanac)


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """A mission in SI.

    Attributes
    ----------
    mission : Mission
    span : (float, float), s
        TDB seconds past J2000.
    almanac : Almanac
    craft : dict of Craft
    sites : dict of Site
    """

    mission: schema.Mission
    span: Span
    almanac: Almanac
    craft: dict[str, Craft]
    sites: dict[str, Site]


def build(mission: schema.Mission, folder: str | Path = ".") -> Model:
    """Return the mission as values of the core.

    Parameters
    ----------
    mission : Mission
    folder : path
        Where ephemeris files that it names lie.

    Raises
    ------
    DataError
        If a kernel or table is missing or does not cover the mission.
    PropagationError, ConvergenceError
        If no start reaches ``min_altitude``.
    """
    span = span_of(mission.mission)
    craft = mission.spacecraft
    given = {
        name: ephemeris_path(c.orbit.file, Path(folder))
        for name, c in craft.items()
        if isinstance(c.orbit, EphemerisFile)
    }
    orbits = [c.orbit for c in craft.values() if not isinstance(c.orbit, EphemerisFile)]
    epochs = [epoch_of(orbit, span) for orbit in orbits]
    centers = [*(orbit.center for orbit in orbits), *(p.frame.center for p in given.values())]
    room = max(map(room_of, centers), default=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)  # they stand in almanac.warnings
        first, last = (
            min(span[0] - room, *epochs, span[0]),
            max(span[1] + room, *epochs, span[1]) + _trials(mission),
        )
        almanac = Almanac.load(first, last, ephemeris=mission.mission.ephemeris)
    return Model(
        mission,
        span,
        almanac,
        {
            name: given_craft(name, c, given[name], span)
            if name in given
            else build_craft(name, mission, almanac, span, Path(folder))
            for name, c in craft.items()
        },
        {name: site(name, s) for name, s in mission.site.items()},
    )


def _trials(mission: schema.Mission) -> float:
    """Return how far beyond the mission a targeter's first flights may go, s."""
    return 20.0 * DAY if any(c.transfer for c in mission.spacecraft.values()) else 0.0


def epoch_of(
    orbit: Keplerian | Cartesian | Designed | TwoLine | LaunchOrbit, span: Span
) -> float:
    """Return the instant of an orbit's elements, TDB seconds past J2000."""
    return span[0] if orbit.epoch is None else float(time.to_t(orbit.epoch))


def _si(quantity: Quantity, kind: str) -> float:
    return float(units.si(quantity, kind))


# -- spacecraft ---------------------------------------------------------------------------


def given_craft(
    name: str, said: schema_spacecraft.Spacecraft, path: Trajectory, span: Span
) -> Craft:
    """Return a spacecraft whose path an ephemeris file gives."""
    mu, start = body(path.frame.center).mu, path.state(span[0])
    return Craft(spacecraft(name, said), start, mu, "icrf", None, path, path.span)


def build_craft(
    name: str, mission: schema.Mission, almanac: Almanac, span: Span, folder: Path
) -> Craft:
    """Return one spacecraft ready to be propagated over ``span`` and its room."""
    said, ephemeris = mission.spacecraft[name], mission.mission.ephemeris
    if said.sequence or said.orbit.kind == "launch":
        return sequenced_craft(name, mission, almanac, span)
    orbit = cast(Keplerian | Cartesian | Designed | TwoLine, said.orbit)
    vehicle = spacecraft(name, said)
    acting = forces(said, orbit.center, vehicle)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)  # they stand in Craft.warnings
        propagator = Numerical(almanac, acting, tolerance=said.dynamics.tolerance)
    room = room_of(orbit.center)
    wide = (span[0] - room, span[1] + room)
    mu = acting.mu_of(orbit.center)
    if isinstance(orbit, TwoLine):
        return given_craft(name, said, catalogued_path(orbit, folder, almanac, wide), span)
    if isinstance(orbit, Halo):
        path = halo_path(orbit, propagator, span, ephemeris, said.maintenance)
        return given_craft(name, said, path, span)
    if isinstance(orbit, Frozen | SunSynchronous):
        first, plane = designed_start(orbit, propagator, span, ephemeris)
        kept = said.maintenance if isinstance(orbit, Frozen) else None
        return Craft(vehicle, first, mu, plane, propagator, None, wide, keeping=kept)
    frame = "icrf" if orbit.frame == "body-fixed" else orbit.frame
    start, moved = state(orbit, mu, almanac, span), None
    if said.dynamics.model != "numerical":
        path = closed_path(said.dynamics.model, start, mu, almanac, wide)
        return Craft(vehicle, start, mu, frame, None, path, wide)
    if isinstance(orbit, Keplerian) and orbit.min_altitude is not None:
        asked = body(orbit.center).radius + _si(orbit.min_altitude, "length")
        near, far = apsides(orbit)
        start, moved = raised(
            lambda more: state(orbit, mu, almanac, span, more),
            far - near,
            propagator,
            span,
            asked,
        )
    kept = said.maintenance
    return Craft(vehicle, start, mu, frame, propagator, None, wide, moved, keeping=kept)


def sequenced_craft(name: str, mission: schema.Mission, almanac: Almanac, span: Span) -> Craft:
    """Return a spacecraft whose steps the file gives, flown."""
    said = mission.spacecraft[name]
    vehicle = spacecraft(name, said)
    orbit = cast(Keplerian | Cartesian | LaunchOrbit, said.orbit)
    acting = replace(
        forces(said, orbit.center, vehicle),
        third_bodies=("earth", "moon", "sun"),
        fall="ephemeris",  # so that a change of centre on the way changes nothing
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)  # they stand in Craft.warnings
        propagator = Numerical(almanac, acting, tolerance=said.dynamics.tolerance)
    if isinstance(orbit, LaunchOrbit):
        launch = mission.launch[orbit.launch]
        sites = {key: site(key, s) for key, s in mission.site.items()}
        first = launch, plan_of(launch, sites)
    else:
        first = state(orbit, acting.mu_of(orbit.center), almanac, span)
    flight = sequenced(said, first, propagator, span[1] + room_of("earth"))
    path = flight.trajectory
    if path.span[0] > span[0] - room_of("earth"):
        raise MissionError(
            f"spacecraft {name!r} begins to fly at {time.utc_iso(path.span[0])}: let the "
            f"mission start {room_of('earth'):.0f} s later than that, or after"
        )
    start = path.state(path.span[0])
    mu = acting.mu_of("earth")
    return Craft(vehicle, start, mu, "icrf", None, path, path.span, sequenced=flight)


def spacecraft(name: str, said: schema_spacecraft.Spacecraft) -> Spacecraft:
    """Return mass and surfaces of a spacecraft."""
    numbers: dict[str, float] = {}
    if said.mass is not None:
        numbers["mass"] = _si(said.mass, "mass")
    if said.propellant is not None:
        numbers["propellant"] = _si(said.propellant, "mass")
    if said.drag is not None:
        numbers["drag_area"] = _si(said.drag.area, "area")
        numbers["drag_coefficient"] = said.drag.cd
    if said.radiation is not None:
        numbers["radiation_area"] = _si(said.radiation.area, "area")
        numbers["reflectivity"] = said.radiation.cr
    return Spacecraft(name, norad_id=said.norad_id, naif_id=said.naif_id, **numbers)


def third_bodies(dynamics: schema_spacecraft.Dynamics, center: str) -> tuple[str, ...]:
    """Return the point masses that act beside the centre, those of the schema by default."""
    if dynamics.third_bodies is not None:
        return dynamics.third_bodies
    by_center = {"moon": ("earth", "sun"), "earth": ("moon", "sun"), "sun": ()}
    return by_center.get(center, ("sun",))


def forces(said: schema_spacecraft.Spacecraft, center: str, vehicle: Spacecraft) -> Forces:
    """Return what acts on a spacecraft."""
    return Forces(
        third_bodies=third_bodies(said.dynamics, center),
        fields={name: field(TABLES[name], n) for name, n in said.dynamics.gravity.items()},
        radiation=vehicle.radiation_ratio if said.dynamics.radiation else 0.0,
        drag=0.0 if said.dynamics.drag == "none" else vehicle.drag_ratio,
        atmosphere="nrlmsis" if said.dynamics.drag == "none" else said.dynamics.drag,
        relativity=said.dynamics.relativity,
        tides=said.dynamics.tides,
    )


def state(
    orbit: Keplerian | Cartesian, mu: float, almanac: Almanac, span: Span, higher: float = 0.0
) -> State:
    """Return the state that an orbit states, in ICRF axes about its centre.

    ``mu`` (m3/s2) is that of the model's centre, for which the elements osculate; the
    periapsis lies ``higher`` m than stated.
    """
    t = epoch_of(orbit, span)
    frame = Frame(orbit.center, "ICRF")
    if isinstance(orbit, Keplerian):
        said = elements(orbit, higher)
        if orbit.elements == "mean":
            said = mean_to_osculating(said, orbit.center)
        r, v = keplerian_to_cartesian(said, mu)
    else:
        r = np.array([_si(x, "length") for x in orbit.position])
        v = np.array([_si(x, "speed") for x in orbit.velocity])
        if orbit.frame == "body-fixed":
            return State(t, *from_body_fixed(orbit.center, t, r, v, almanac), frame)
    turn = rotation_of_epoch(orbit.frame, t, almanac)
    return State(t, turn.T @ r, turn.T @ v, frame)


def elements(orbit: Keplerian, higher: float = 0.0) -> Elements:
    """Return the elements of an orbit in the axes of its frame, as the file states them.

    But for the periapsis, which lies ``higher`` m.
    """
    near, far = apsides(orbit)
    near += higher
    a, e = 0.5 * (near + far), (far - near) / (far + near)
    if orbit.semi_major_axis is not None and not higher:
        a, e = _si(orbit.semi_major_axis, "length"), float(orbit.eccentricity or 0.0)
    argp = 0.0 if orbit.argp is None else _si(orbit.argp, "angle")
    if orbit.true_anomaly is not None:
        nu = _si(orbit.true_anomaly, "angle")
    elif orbit.mean_anomaly is not None:
        nu = mean_to_true(_si(orbit.mean_anomaly, "angle"), e)
    else:
        nu = _si(cast(Quantity, orbit.argument_of_latitude), "angle") - argp
    i, raan = _si(orbit.inclination, "angle"), _si(orbit.raan, "angle")
    return Elements(a, e, i, raan, argp, nu)


# -- sites --------------------------------------------------------------------------------


def site(name: str, said: schema_network.Site) -> Site:
    """Return a site with its mask."""
    mask = None
    if said.mask is not None:
        corners = np.array([[_si(x, "angle") for x in corner] for corner in said.mask])
        mask = Mask(corners[:, 0], corners[:, 1])
    return Site(
        name, said.body, said.latitude, said.longitude, said.height, said.min_elevation, mask
    )
