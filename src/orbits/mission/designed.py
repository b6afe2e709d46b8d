"""Orbits that a mission asks for by what they are: frozen ellipses and halos."""

import math
import warnings
from dataclasses import replace
from typing import cast

from orbits import time, units
from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.constants import DAY
from orbits.design import frozen
from orbits.design.full_model import SPAN, Wanted, corrected
from orbits.design.halo import family
from orbits.design.mean_orbit import MeanOrbit, motion
from orbits.design.periodic import PeriodicOrbit
from orbits.design.real_sky import in_the_real_sky
from orbits.design.sun_synchronous import Repeat, Shape, by_axis, by_repeat
from orbits.design.track import hour_of
from orbits.errors import OrbitsWarning
from orbits.mission.limits import room_of
from orbits.mission.maintenance import kept_halo
from orbits.mission.schema_maintenance import Maintenance
from orbits.mission.schema_spacecraft import Frozen, Halo
from orbits.mission.schema_sun_synchronous import SunSynchronous
from orbits.propagators.cr3bp import SYSTEMS
from orbits.propagators.interpolant import Interpolant
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State, Trajectory

Span = tuple[float, float]
_REAL_MONTH = 27.321661 * DAY / (2.0 * math.pi)  # s: the unit of time that the sky has


def designed_start(
    orbit: Frozen | SunSynchronous, propagator: Numerical, span: Span, ephemeris: str
) -> tuple[State, str]:
    """Return the start of a designed ellipse, and the axes that its elements refer to.

    Raises
    ------
    ConvergenceError
        If the design does not settle.
    DataError
        If the ephemeris does not cover the flights of the design.
    """
    if isinstance(orbit, Frozen):
        start = frozen_start(orbit, propagator, span, ephemeris)
        return start, "earth-orbit-plane-of-epoch"
    return sun_synchronous_start(orbit, propagator, span, ephemeris), "earth-equator-of-epoch"


def mean_orbit(orbit: SunSynchronous) -> MeanOrbit:
    """Return the mean elements of the theory that a sun-synchronous orbit starts from.

    Raises
    ------
    ValueError, ConvergenceError
        With the reason, where there is no such orbit.
    """
    shape = None
    if orbit.eccentricity is not None:
        shape = Shape(orbit.eccentricity, float(units.si(orbit.argp, "angle")))
    if orbit.repeat is not None:
        return by_repeat(Repeat(*orbit.repeat), shape)
    if orbit.altitude is not None:
        axis = body("earth").radius + float(units.si(orbit.altitude, "length"))
    else:
        axis = float(units.si(orbit.semi_major_axis, "length"))
    return by_axis(axis, shape)


def sun_synchronous_start(
    orbit: SunSynchronous, propagator: Numerical, span: Span, ephemeris: str
) -> State:
    """Return the start of a sun-synchronous orbit, corrected over 60 days without air."""
    mean = mean_orbit(orbit)
    ratio = motion(mean).daily_revolutions
    if orbit.repeat is not None:
        ratio = Repeat(*orbit.repeat).ratio
    hour = hour_of(orbit.ltan) if orbit.ltan else hour_of(str(orbit.ltdn)) + math.pi
    node = orbit.node_longitude
    wanted = Wanted(
        ratio,
        hour % (2.0 * math.pi),
        orbit.frozen,
        None if node is None else float(units.si(node, "angle")),
    )
    epoch = span[0] if orbit.epoch is None else float(time.to_t(orbit.epoch))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)  # the mission's own almanac says them
        almanac = Almanac.load(epoch, epoch + SPAN, ephemeris=ephemeris)
    still = replace(propagator.forces, drag=0.0, radiation=0.0)
    model = replace(
        propagator, almanac=almanac, forces=still, tolerance=max(propagator.tolerance, 1e-11)
    )
    return corrected(model, epoch, mean, wanted).start


def frozen_start(orbit: Frozen, propagator: Numerical, span: Span, ephemeris: str) -> State:
    """Return the start of a frozen orbit, corrected over a year or the span of the mission.

    Raises
    ------
    ConvergenceError
        If its lowest perilune is not reached.
    DataError
        If the ephemeris does not cover the year.
    """
    low = float(units.si(orbit.periapsis_altitude, "length"))
    high = float(units.si(orbit.apoapsis_altitude, "length"))
    shape = frozen.Shape(
        body("moon").radius + 0.5 * (low + high),
        low,
        orbit.apoapsis_over,
        orbit.retrograde,
        float(units.si(orbit.raan, "angle")),
    )
    epoch = span[0] if orbit.epoch is None else float(time.to_t(orbit.epoch))
    length = max(frozen.YEAR, span[1] - epoch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)  # the mission's own almanac says them
        almanac = Almanac.load(epoch, epoch + length, ephemeris=ephemeris)
    year = replace(propagator, almanac=almanac, tolerance=max(propagator.tolerance, 1e-11))
    return frozen.frozen_orbit(year, epoch, shape, span=length).start


def model_orbit(orbit: Halo) -> PeriodicOrbit:
    """Return the orbit of the restricted problem that a halo of a mission is.

    Raises
    ------
    ConvergenceError
        If the family has no such member.
    """
    system = SYSTEMS[orbit.system]
    if orbit.jacobi is not None:
        measure, value = "jacobi", orbit.jacobi
    elif orbit.period is not None:
        measure, value = "period", float(units.si(orbit.period, "time")) / system.time
    else:
        measure, value = "az", float(units.si(orbit.az, "length")) / system.length
    return family(system, "halo", orbit.point, orbit.branch).where(measure, value)[0]


def halo_path(
    orbit: Halo,
    propagator: Numerical,
    span: Span,
    ephemeris: str,
    maintenance: Maintenance | None = None,
) -> Trajectory:
    """Return a halo in the real sky over ``span`` with its room for light, kept where asked.

    Raises
    ------
    ConvergenceError
        If the family has no such member, its arcs do not join, or it is not kept.
    DataError
        If the ephemeris does not cover it.
    """
    model = model_orbit(orbit)
    room = room_of("moon")
    epoch = span[0] if orbit.epoch is None else float(time.to_t(orbit.epoch))
    start = min(epoch, span[0]) - room
    turn = model.period * _REAL_MONTH
    phase = orbit.phase - (epoch - start) / turn
    needed = math.ceil((span[1] + room - start) / (0.98 * turn)) + 1
    if maintenance is not None:  # a controller looks two revolutions ahead
        needed += 3
    revolutions = max(needed, orbit.revolutions or 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)  # the mission's own almanac says them
        almanac = Almanac.load(start, start + 1.05 * revolutions * turn, ephemeris=ephemeris)
    sky = replace(propagator, almanac=almanac)
    found = in_the_real_sky(model, sky, start, revolutions=revolutions, phase=phase)
    report = found.residuals
    path, end = found.trajectory, span[1] + room
    if maintenance is not None:
        path = kept_halo(maintenance, found, sky, span[1])
    return replace(
        path,
        pieces=cast(Interpolant, path.pieces).until(end),
        joins=path.joins[path.joins < end],
        provenance={
            **cast("dict[str, object]", path.provenance),
            "halo": {
                "jacobi": model.jacobi,
                "period": model.period * model.system.time,
                "az": model.z_amplitude() * model.system.length,
                "position_jump": report.position_jump,
                "velocity_jump": report.velocity_jump,
                "model_distance": report.model_distance,
                "range": list(report.range),
                "axis_distance": report.axis_distance,
            },
        },
    )
