"""Frozen lunar orbits: ellipses whose eccentricity and argument of perilune stay.

The Earth turns the line of apsides of a high lunar orbit. Averaged over the spacecraft's
revolution and over the Moon's, its pull leaves the semi-major axis alone, and an orbit with its
apolune over one pole of the Moon's orbit keeps shape and argument where

    e^2 = 1 - 5/3 cos^2 i,

i being counted from the plane of the Earth's orbit about the Moon. The relation is the start;
``frozen_orbit`` then corrects it in the force model of the flight.
Sources: Lidov (1962); Ely (2005). [lidov1962] [ely2005]
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.constants import DAY
from orbits.elements import Elements, cartesian_to_keplerian, keplerian_to_cartesian
from orbits.errors import ConvergenceError
from orbits.frames import Frame, from_pole, rotated
from orbits.geometry.apses import apses
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State, Trajectory

Array = NDArray[np.float64]

YEAR = 365.25 * DAY
MONTH = 27.321661 * DAY  # sidereal; the Earth's pull repeats in half of it
SIDES = {"south": 0.5 * np.pi, "north": 1.5 * np.pi}  # argument of perilune by apolune's side
STEADY = np.radians(8.0)  # the argument may drift so far in a year
_SAMPLES_A_MONTH = 108
_CLOSE_ENOUGH = 500.0  # m, of the lowest perilune


def frozen_inclination(eccentricity: float, *, retrograde: bool = False) -> float:
    """Return the inclination to the Earth's orbit that freezes ``eccentricity``; rad.

    Raises
    ------
    ValueError
        For an eccentricity outside 0 to 1.
    """
    if not 0.0 <= eccentricity < 1.0:
        raise ValueError(f"eccentricity must lie in 0 to 1, got {eccentricity}")
    prograde = np.arccos(np.sqrt(0.6 * (1.0 - eccentricity**2)))
    return float(np.pi - prograde if retrograde else prograde)


def argument_rate(a: float, e: float, i: float, argp: float) -> float:
    """Return the doubly averaged rate of the argument of perilune about the Moon; rad/s.

    The Earth on a circle, quadrupole term only; angles (rad) from the plane of its orbit.
    [lidov1962]
    """
    earth, moon = body("earth").mu, body("moon").mu
    distance = 3.844e8
    mean_motion = np.sqrt(moon / a**3)
    strength = 0.75 * earth / distance**3 / mean_motion / np.sqrt(1.0 - e * e)
    return float(
        strength * (2.0 * (1.0 - e * e) + 5.0 * np.sin(argp) ** 2 * (e * e - np.sin(i) ** 2))
    )


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """Osculating elements over time in the plane of the Earth's orbit of date.

    Attributes
    ----------
    t : (n,) array, s
    semi_major_axis, eccentricity, inclination, raan, argp : (n,) arrays, m and rad
        ``raan`` from the node of that plane on the ICRF equator; ``argp`` continuous.
    perilune_t, perilune_altitude : (k,) arrays, s and m
        Each passage, above the sphere of 1737.4 km.
    """

    t: Array
    semi_major_axis: Array
    eccentricity: Array
    inclination: Array
    raan: Array
    argp: Array
    perilune_t: Array
    perilune_altitude: Array

    @property
    def eccentricity_range(self) -> float:
        """Greatest less smallest osculating eccentricity."""
        return float(np.ptp(self.eccentricity))

    @property
    def lowest_perilune(self) -> float:
        """The lowest perilune altitude, m."""
        return float(self.perilune_altitude.min())

    def monthly(self, values: Array) -> Array:
        """Return ``values`` averaged over a sidereal month, at each sample that has one."""
        return _monthly(values)

    @property
    def swings(self) -> Array:
        """Greatest less smallest eccentricity of each half sidereal month; (m,)."""
        half = _SAMPLES_A_MONTH // 2 + 1  # samples at both ends
        return np.asarray(np.ptp(sliding_window_view(self.eccentricity, half), axis=1))

    @property
    def swing(self) -> float:
        """The greatest of ``swings``: what the Earth's fortnightly pull does at its worst."""
        return float(self.swings.max())


def _monthly(values: Array) -> Array:
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return (sums[_SAMPLES_A_MONTH:] - sums[:-_SAMPLES_A_MONTH]) / _SAMPLES_A_MONTH


def history(path: Trajectory, almanac: Almanac, mu: float) -> History:
    """Return the elements of a lunar ``path`` four times a day, and its perilunes."""
    first, last = path.span
    t = np.arange(first, last, MONTH / _SAMPLES_A_MONTH)
    turn = orbit_plane(t, almanac)
    found = cartesian_to_keplerian(
        rotated(turn, path.position(t)), rotated(turn, path.velocity(t)), mu
    )
    passages = apses(path)
    return History(
        t,
        np.asarray(found.semi_major_axis),
        np.asarray(found.eccentricity),
        np.asarray(found.inclination),
        np.unwrap(np.asarray(found.raan)),
        np.unwrap(np.asarray(found.argp)),
        passages.periapsis,
        passages.periapsis_radius - body("moon").radius,
    )


def orbit_plane(t: ArrayLike, almanac: Almanac) -> Array:
    """Return the rotation from ICRF to the plane of the Earth's orbit of date; (..., 3, 3)."""
    r = almanac.position("earth", "moon", t)
    return from_pole(np.cross(r, almanac.velocity("earth", "moon", t)))


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """What a frozen orbit is asked to be.

    Attributes
    ----------
    semi_major_axis : float, m
    lowest_perilune : float, m
        Altitude that the lowest perilune of the span shall have.
    apolune_over : str
        "south" or "north".
    retrograde : bool
    raan : float, rad
        Of the start, in the plane of the Earth's orbit at the epoch.
    inclination : float or None, rad
        Asked for instead of the frozen one; refused where the argument would drift.
    """

    semi_major_axis: float
    lowest_perilune: float
    apolune_over: str = "south"
    retrograde: bool = False
    raan: float = 0.0
    inclination: float | None = None

    def __post_init__(self) -> None:
        if self.apolune_over not in SIDES:
            raise ValueError(f"apolune_over must be south or north, got {self.apolune_over!r}")
        radius = body("moon").radius + self.lowest_perilune
        if not self.lowest_perilune >= 0.0 or not radius < self.semi_major_axis:
            raise ValueError(
                f"the lowest perilune, {self.lowest_perilune / 1e3:.1f} km, must lie above the "
                f"surface and inside the semi-major axis {self.semi_major_axis / 1e3:.1f} km"
            )

    @property
    def eccentricity(self) -> float:
        """Of an ellipse whose perilune is the lowest one."""
        return 1.0 - (body("moon").radius + self.lowest_perilune) / self.semi_major_axis


@dataclass(frozen=True, eq=False, slots=True)
class FrozenOrbit:
    """A corrected frozen orbit, and how well it keeps.

    Attributes
    ----------
    start : State
        At apolune, ICRF axes about the Moon.
    elements : Elements
        Of ``start`` in the plane of the Earth's orbit at its epoch.
    relation_inclination : float, rad
        What the averaged relation gives for the mean eccentricity reached.
    trajectory : Trajectory
    history : History
    iterations : int
    """

    start: State
    elements: Elements
    relation_inclination: float
    trajectory: Trajectory
    history: History
    iterations: int

    @property
    def eccentricity_drift(self) -> float:
        """Change of the monthly mean eccentricity from first to last month."""
        mean = self.history.monthly(self.history.eccentricity)
        return float(mean[-1] - mean[0])

    @property
    def argument_excursion(self) -> float:
        """Greatest distance of the osculating argument from 90 or 270 deg, rad."""
        target = 0.5 * np.pi if np.sin(self.elements.argp) > 0.0 else 1.5 * np.pi
        return float(np.max(np.abs(np.angle(np.exp(1j * (self.history.argp - target))))))


def frozen_orbit(
    propagator: Numerical, epoch: float, shape: Shape, *, span: float = YEAR
) -> FrozenOrbit:
    """Return the orbit of ``shape`` whose monthly means drift least over ``span`` s.

    Gauss-Newton on eccentricity, inclination and argument of the start: the monthly mean
    eccentricity is to stay at its own mean and the argument at 90 or 270 deg, while the lowest
    perilune meets the asked one within 0.5 km. Partials are differences under point masses.

    Parameters
    ----------
    propagator : Numerical
        The forces of the flight, about the Moon.
    epoch : float, s
        TDB seconds past J2000; the spacecraft is at apolune.

    Raises
    ------
    ConvergenceError
        Where an inclination is asked for at which the argument drifts, or the lowest perilune
        is not reached.
    """
    e = min(shape.eccentricity, 0.98)
    inclination = frozen_inclination(e, retrograde=shape.retrograde)
    if shape.inclination is not None:
        _refuse_drift(shape, e)
        inclination = shape.inclination
    x = np.array([e - 0.03, inclination, SIDES[shape.apolune_over]])
    light = replace(propagator, forces=replace(propagator.forces, fields={}), surfaces=False)
    answer = _corrected(propagator, light, epoch, shape, x, span)
    drift = _drift(answer)
    if abs(drift) > STEADY * span / YEAR:
        raise ConvergenceError(
            f"the argument of perilune drifts {np.degrees(drift):.1f} deg over the span: "
            f"choose another inclination than {np.degrees(x[1]):.1f} deg, or a shorter span",
            residual=drift,
            last=answer.elements,
        )
    return answer


def _refuse_drift(shape: Shape, e: float) -> None:
    rate = argument_rate(shape.semi_major_axis, e, float(shape.inclination or 0.0), 0.5 * np.pi)
    yearly = rate * YEAR
    if abs(yearly) > STEADY:
        frozen = np.degrees(frozen_inclination(e, retrograde=shape.retrograde))
        raise ConvergenceError(
            f"no frozen orbit at inclination {np.degrees(shape.inclination or 0.0):.1f} deg: "
            f"the argument of perilune would drift {np.degrees(yearly):+.0f} deg a year "
            f"(at most {np.degrees(STEADY):.0f}); "
            f"eccentricity {e:.3f} is frozen at {frozen:.1f} deg",
            residual=yearly,
            last=shape,
        )


def _drift(orbit: FrozenOrbit) -> float:
    mean = orbit.history.monthly(orbit.history.argp)
    return float(mean[-1] - mean[0])


def start_of(
    epoch: float, shape: Shape, x: ArrayLike, almanac: Almanac, mu: float
) -> tuple[State, Elements]:
    """Return the start at apolune for eccentricity, inclination and argument ``x``."""
    e, inclination, argp = np.asarray(x, dtype=np.float64)
    elements = Elements(shape.semi_major_axis, e, inclination, shape.raan, argp, np.pi)
    r, v = keplerian_to_cartesian(elements, mu)
    turn = orbit_plane(epoch, almanac)
    return State(epoch, turn.T @ r, turn.T @ v, Frame("moon", "ICRF")), elements


# -- the correction -----------------------------------------------------------------------

_CORRECTIONS = 12
_STEPS = np.array([1e-4, 1e-4, 1e-4])
_REACH = np.array([0.03, 0.06, 0.06])  # the farthest that one correction moves


def _corrected(
    propagator: Numerical, light: Numerical, epoch: float, shape: Shape, x: Array, span: float
) -> FrozenOrbit:
    fixed = shape.inclination is not None
    free = np.array([0, 2] if fixed else [0, 1, 2])
    path = _flown(propagator, epoch, shape, x, span)
    for iteration in range(1, _CORRECTIONS + 1):
        found, residual = path
        enough = abs(residual[-1]) * shape.semi_major_axis / _WEIGHT < _CLOSE_ENOUGH
        if enough and iteration > 1:
            return replace(found, iterations=iteration)
        columns = []
        _, base = _flown(light, epoch, shape, x, span)
        for j in free:
            moved = x.copy()
            moved[j] += _STEPS[j]
            columns.append((_flown(light, epoch, shape, moved, span)[1] - base) / _STEPS[j])
        step = np.linalg.lstsq(np.stack(columns, axis=1), -residual, rcond=None)[0]
        x = x.copy()
        x[free] += np.clip(step, -_REACH[free], _REACH[free])
        path = _flown(propagator, epoch, shape, x, span)
    raise ConvergenceError(
        f"the lowest perilune misses {shape.lowest_perilune / 1e3:.1f} km by "
        f"{path[1][-1] / _WEIGHT * shape.semi_major_axis / 1e3:.1f} km after {_CORRECTIONS} "
        "corrections: ask for another perilune, or another node",
        iterations=_CORRECTIONS,
        residual=float(path[1][-1]),
        last=x,
    )


_WEIGHT = 1e3  # of the lowest perilune against the drifts: it is met, they are made least


def _flown(
    propagator: Numerical, epoch: float, shape: Shape, x: Array, span: float
) -> tuple[FrozenOrbit, Array]:
    """Return the flight from ``x`` and its residuals: drifts, then the lowest perilune."""
    mu, almanac = propagator.forces.mu_of("moon"), propagator.almanac
    start, elements = start_of(epoch, shape, x, almanac, mu)
    open_end = replace(propagator, surfaces=False)
    path = open_end.propagate(start, (epoch, epoch + span))
    found = history(path, almanac, mu)
    mean_e, mean_argp = found.monthly(found.eccentricity), found.monthly(found.argp)
    aim = SIDES[shape.apolune_over]
    missed = (found.lowest_perilune - shape.lowest_perilune) / shape.semi_major_axis
    count = np.sqrt(len(mean_e))
    residual = np.concatenate(
        [
            (mean_e - mean_e.mean()) / count,
            np.angle(np.exp(1j * (mean_argp - aim))) * mean_e.mean() / count,
            [_WEIGHT * missed],
        ]
    )
    relation = frozen_inclination(float(mean_e.mean()), retrograde=bool(np.cos(x[1]) < 0.0))
    return FrozenOrbit(start, elements, relation, path, found, 0), residual
