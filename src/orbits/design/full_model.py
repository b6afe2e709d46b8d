"""Sun-synchronous orbits corrected in the full model: the Earth's field, Moon and Sun, flown.

What is asked of the orbit is asked of its flight over a span: the line through the local times
of its nodes is level and at the hour wanted, the nodes step west by the grid's step, and the
mean eccentricity vector does not turn. The start's mean semi-major axis, inclination, node and
eccentricity vector are moved until the flight does so; the theory's rates give the partials.

Over 60 days the Sun changes the inclination of an orbit at 10:30 by 0.008 degrees, and its
nodes leave the line by a parabola: that is not an error of the start, and it stays.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.constants import DAY
from orbits.design.mean_orbit import TURN, MeanOrbit, elements_of, motion
from orbits.design.track import Track, mean_history, mean_local_time
from orbits.elements import keplerian_to_cartesian
from orbits.errors import ConvergenceError
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field as gravity_field
from orbits.frames import Frame, rotation_of_epoch
from orbits.propagators.numerical import Numerical
from orbits.propagators.secular import mean_to_osculating
from orbits.propagators.zonal import zonals
from orbits.trajectory import State, Trajectory

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

SPAN = 60.0 * DAY
_CORRECTIONS = 10
_LEVEL = np.radians(1e-5) / DAY  # rad/s, of the node: a second of local time a year
_PHASE = 1e-8  # of revolutions in a day: 24 m of the nodes in 60 days
_HOUR = np.radians(1e-4)  # of local time and longitude: 24 ms, 11 m
_VECTOR = 1e-6  # of the eccentricity vector: 7 m
MEAN_DAY_RATE = TURN / DAY  # rad/s, of mean local time at one place


class Wanted(NamedTuple):
    """What the flight shall do.

    Attributes
    ----------
    ratio : float
        Revolutions in a nodal day.
    local_time : float, rad
        Mean local time of the ascending node, from midnight, middle of the span.
    frozen : bool
        Whether the eccentricity vector shall stand still.
    node_longitude : float or None, rad
        A longitude that a node of the grid shall have; None leaves the first node at the epoch.
    """

    ratio: float
    local_time: float
    frozen: bool = True
    node_longitude: float | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Corrected:
    """An orbit corrected in the full model, and its flight without air.

    Attributes
    ----------
    wanted : Wanted
    start : State
        At the epoch, ICRF axes about the Earth.
    mean : MeanOrbit
        Mean elements of the flight: axis and inclination from its rates and its mean plane,
        eccentricity vector without the part that turns.
    raan : float, rad
        Of the start, mean, in the true equator and equinox of the epoch.
    mean_anomaly : float, rad
        Of the start.
    trajectory : Trajectory
    track : Track
    iterations : int
    """

    wanted: Wanted
    start: State
    mean: MeanOrbit
    raan: float
    mean_anomaly: float
    trajectory: Trajectory = field(repr=False)
    track: Track = field(repr=False)
    iterations: int

    @property
    def off_grid(self) -> Array:
        """How far east of the grid each node passes, rad."""
        return self.track.off_grid(self.wanted.ratio)


def earth_model(almanac: "Almanac", degree: int = 36) -> Numerical:
    """Return the forces of the correction: EGM96 to ``degree``, Moon and Sun, no air."""
    forces = Forces(
        third_bodies=("moon", "sun"), fields={"earth": gravity_field("egm96", degree)}
    )
    return Numerical(almanac, forces, tolerance=1e-11)


class _Start(NamedTuple):
    """Mean elements that a correction moves; e cos argp and e sin argp in ``vector``."""

    semi_major_axis: float
    inclination: float
    vector: complex
    local_time: float  # rad
    longitude: float | None  # rad, of a node

    @property
    def orbit(self) -> MeanOrbit:
        e, argp = abs(self.vector), float(np.angle(self.vector)) % TURN
        return MeanOrbit(self.semi_major_axis, e, self.inclination, argp)


def corrected(
    propagator: Numerical, epoch: float, orbit: MeanOrbit, wanted: Wanted, span: float = SPAN
) -> Corrected:
    """Return ``orbit`` corrected so that its flight over ``span`` s does what is ``wanted``.

    Parameters
    ----------
    propagator : Numerical
        Without drag: what the air takes, maintenance gives back.
    epoch : float, s
        TDB seconds past J2000.
    orbit : MeanOrbit
        Of the theory (``design.sun_synchronous``).
    span : float, s
        At least 5 days.

    Raises
    ------
    ValueError
        For a shorter span, or a propagator with drag.
    ConvergenceError
        If the flight does not settle.
    """
    if span < 5.0 * DAY:
        raise ValueError(f"at least 5 days are needed, got {span / DAY:g}: give a longer span")
    if propagator.forces.drag:
        raise ValueError("the correction is made without drag: take it out of the forces")
    vector = orbit.eccentricity * np.exp(1j * orbit.argp)
    start = _Start(
        orbit.semi_major_axis,
        orbit.inclination,
        vector,
        wanted.local_time,
        wanted.node_longitude,
    )
    for iteration in range(1, _CORRECTIONS + 1):
        flown, turning = _flown(propagator, epoch, start, wanted, span)
        start, settled = _next(start, flown, turning if wanted.frozen else 0j)
        if settled:
            return replace(flown, iterations=iteration)
    track = flown.track
    raise ConvergenceError(
        f"{_CORRECTIONS} corrections leave a node rate of "
        f"{np.degrees(track.node_rate) * DAY:.6f} deg a day and "
        f"{track.daily_revolutions:.6f} revolutions a day: give another span or orbit",
        iterations=_CORRECTIONS,
        residual=track.local_time_line[1],
        last=flown,
    )


def _next(start: _Start, flown: Corrected, turning: complex) -> tuple[_Start, bool]:
    """Return the next start, and whether the flight is what was wanted already."""
    track, wanted = flown.track, flown.wanted
    level, rate = track.local_time_line
    middle = level + rate * 0.5 * (track.t[-1] - track.t[0])
    phase = track.daily_revolutions - wanted.ratio
    target = np.array([-rate, -phase])
    step = np.linalg.solve(_partials(start.orbit), target)
    late = float(np.angle(np.exp(1j * (middle - wanted.local_time))))
    aside = 0.0
    if wanted.node_longitude is not None:
        spacing = TURN / wanted.ratio
        aside = track.grid_longitude(wanted.ratio) - wanted.node_longitude
        aside -= spacing * np.round(aside / spacing)
    settled = (
        abs(rate) < _LEVEL
        and abs(phase) < _PHASE * wanted.ratio
        and abs(late) < _HOUR
        and abs(turning) < _VECTOR
        and abs(aside) < _HOUR
    )
    moved = start._replace(
        semi_major_axis=start.semi_major_axis + float(step[0]),
        inclination=start.inclination + float(step[1]),
        vector=start.vector - turning,
        local_time=start.local_time - late,
        longitude=None if start.longitude is None else start.longitude - aside,
    )
    return moved, settled


def _partials(orbit: MeanOrbit) -> Array:
    """Return node rate and revolutions in a day by semi-major axis and inclination; (2, 2)."""
    columns = []
    for key, h in (("semi_major_axis", 100.0), ("inclination", 1e-5)):
        ends = [
            motion(orbit._replace(**{key: getattr(orbit, key) + s * h})) for s in (1.0, -1.0)
        ]
        columns.append(
            [
                (ends[0].node - ends[1].node) / (2.0 * h),
                (ends[0].daily_revolutions - ends[1].daily_revolutions) / (2.0 * h),
            ]
        )
    return np.array(columns).T


def _flown(
    propagator: Numerical, epoch: float, start: _Start, wanted: Wanted, span: float
) -> tuple[Corrected, complex]:
    """Return the flight from ``start``, and the turning part of its eccentricity vector."""
    almanac, orbit = propagator.almanac, start.orbit
    rates = motion(orbit)
    argument = 0.0
    if start.longitude is not None:
        # The first node after the epoch that the grid may have, and where the orbit is before.
        here = float(mean_local_time(np.array([epoch]), np.zeros(1))[0])
        spacing = TURN / wanted.ratio
        wait = ((start.local_time - here - start.longitude) % spacing) / MEAN_DAY_RATE
        argument = -rates.argument * wait
    raan = node_of(epoch, start.local_time, almanac)
    anomaly = (argument - orbit.argp) % TURN
    state = start_of(epoch, orbit, raan, anomaly, almanac)
    path = propagator.propagate(state, (epoch, epoch + span))
    track = Track.of(path, almanac)
    t, history = mean_history(path, almanac)
    vector = np.asarray(history.eccentricity) * np.exp(1j * np.asarray(history.argp))
    turn = np.exp(1j * rates.periapsis * (t - epoch))
    steady, turning = np.linalg.lstsq(
        np.stack([np.ones_like(turn), turn], axis=1), vector, rcond=None
    )[0]
    kept = complex(steady if wanted.frozen else steady + turning)
    tilt = float(np.asarray(history.inclination).mean())
    mean = MeanOrbit(orbit.semi_major_axis, abs(kept), tilt, float(np.angle(kept)) % TURN)
    mean = mean._replace(semi_major_axis=axis_of(track.argument_rate, mean))
    found = Corrected(wanted, state, mean, raan, anomaly, path, track, 0)
    return found, complex(turning)


def as_if_osculating(propagator: Numerical, found: Corrected) -> Track:
    """Return the nodes of a flight whose osculating start has the mean elements of ``found``.

    The common slip: the short periods of J2 move the axis of the start by up to 9 km, and the
    nodes run thousands of kilometres off the grid in two months.
    """
    elements = elements_of(found.mean, found.raan, found.mean_anomaly)
    epoch, almanac = found.start.t, propagator.almanac
    r, v = keplerian_to_cartesian(elements, propagator.forces.mu_of("earth"))
    turn = rotation_of_epoch("earth-equator-of-epoch", epoch, almanac)
    start = State(epoch, turn.T @ r, turn.T @ v, found.start.frame)
    return Track.of(propagator.propagate(start, found.trajectory.span), almanac)


def axis_of(argument_rate: float, orbit: MeanOrbit) -> float:
    """Return the mean semi-major axis with which ``orbit`` has a nodal rate (rad/s); m."""
    axis = orbit.semi_major_axis
    for _ in range(4):
        rate = motion(orbit._replace(semi_major_axis=axis)).argument
        axis *= (rate / argument_rate) ** (2.0 / 3.0)
    return float(axis)


def node_of(epoch: float, local_time: float, almanac: "Almanac") -> float:
    """Return the right ascension of a node that has a mean local time; rad.

    From the true equinox of ``epoch`` (s), along the true equator.
    """
    clock = float(mean_local_time(np.array([epoch]), np.zeros(1))[0])
    longitude = local_time - clock
    fixed = np.array([np.cos(longitude), np.sin(longitude), 0.0])
    inertial = almanac.rotation("ICRF", "ITRF", epoch) @ fixed
    x, y, _ = rotation_of_epoch("earth-equator-of-epoch", epoch, almanac) @ inertial
    return float(np.arctan2(y, x) % TURN)


def start_of(
    epoch: float, orbit: MeanOrbit, raan: float, mean_anomaly: float, almanac: "Almanac"
) -> State:
    """Return the state of a mean orbit at a place of it, ICRF axes about the Earth."""
    flown = mean_to_osculating(elements_of(orbit, raan, mean_anomaly))
    r, v = keplerian_to_cartesian(flown, zonals("earth").mu)
    turn = rotation_of_epoch("earth-equator-of-epoch", epoch, almanac)
    return State(epoch, turn.T @ r, turn.T @ v, Frame("earth", "ICRF"))
