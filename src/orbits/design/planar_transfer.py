"""The cheapest two-impulse way between circular orbits of two bodies, in the planar CR3BP.

Both burns are along the motion: the first at the departing circle, the second at the closest
point to the other body, into a circle there. The yardstick for what a real transfer costs,
without tilt, eccentricity, Sun or flattening. Inside it works in the system's units
(propagators/cr3bp.py); arguments and answers are SI.
Source: Fernandes and Marinho (2012), sec. 4. [fernandes2012]
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, minimize

from orbits.errors import ConvergenceError
from orbits.propagators.cr3bp import System, states

Array = NDArray[np.float64]

_DAY = 86400.0
_ANGLES = 12  # starts of the search for a first guess
_TOLERANCE = 1e-12  # of a flight: microns per second in the impulses


@dataclass(frozen=True, slots=True)
class TwoImpulses:
    """A planar transfer.

    Attributes
    ----------
    departure, arrival : float, m/s
        The impulses.
    duration : float, s
    angle : float, rad
        Of the departure, from the line of the bodies, seen from the larger one.
    direct : bool
        Whether the arriving orbit turns as the bodies do.
    """

    departure: float
    arrival: float
    duration: float
    angle: float
    direct: bool

    @property
    def total(self) -> float:
        """Both impulses, m/s."""
        return self.departure + self.arrival


@dataclass(frozen=True, slots=True)
class _Case:
    """The transfer's numbers in units of the system."""

    mu: float
    near: float
    far: float
    turn: float  # +1 for a direct arrival, -1 for a retrograde one

    def start(self, angle: float, push: float) -> Array:
        """Return the rotating state just after the first burn."""
        c, s = np.cos(angle), np.sin(angle)
        speed = np.sqrt((1.0 - self.mu) / self.near) + push - self.near  # less the frame's turn
        return np.array(
            [self.near * c - self.mu, self.near * s, 0.0, -speed * s, speed * c, 0.0]
        )

    def end(self, x: Array) -> tuple[Array, Array]:
        """Return position and velocity about the smaller body, not turning."""
        y = states(self.start(x[0], x[1]), [x[2]], self.mu, tolerance=_TOLERANCE)[0]
        r = y[:2] - [1.0 - self.mu, 0.0]
        return r, y[3:5] + np.array([-r[1], r[0]])

    def misses(self, x: Array) -> Array:
        """Return what radius and radial speed at the end are from those wanted."""
        r, v = self.end(x)
        return np.array([np.hypot(*r) / self.far - 1.0, r @ v])

    def arrival(self, x: Array) -> float:
        """Return the second burn; a passage the wrong way round has a negative one."""
        r, v = self.end(x)
        radius = np.hypot(*r)
        along = self.turn * (r[0] * v[1] - r[1] * v[0]) / radius
        return float(along - np.sqrt(self.mu / radius))


def two_impulses(
    system: System,
    near: float,
    far: float,
    *,
    direct: bool = True,
    duration: float = 4.6 * _DAY,
) -> TwoImpulses:
    """Return the cheapest transfer near a duration, from radius ``near`` to radius ``far``.

    Parameters
    ----------
    near, far : float, m
        Radii of the circles about the larger and the smaller body.
    direct : bool
        Sense of the arriving orbit.
    duration : float, s
        First guess of the flight time.

    Raises
    ------
    ConvergenceError
        If no start of the search leads to such a passage.
    """
    unit, speed = system.length, system.length / system.time
    case = _Case(system.mu, near / unit, far / unit, 1.0 if direct else -1.0)
    best: Array | None = None
    for guess in _guesses(case, duration / system.time):
        found = minimize(
            lambda x: x[1] + case.arrival(x),
            guess,
            method="SLSQP",
            constraints={"type": "eq", "fun": case.misses},
            options={"maxiter": 200, "ftol": 1e-13},
        )
        fits = np.abs(case.misses(found.x)).max() < 1e-7 and case.arrival(found.x) > 0.0
        if fits and (best is None or found.fun < best[1] + case.arrival(best)):
            best = found.x
    if best is None:
        raise ConvergenceError(
            f"no flight of about {duration / _DAY:.2f} days passes the {system.secondary} at "
            f"{far / 1e3:.0f} km: give another duration"
        )
    return TwoImpulses(
        float(best[1]) * speed,
        case.arrival(best) * speed,
        best[2] * system.time,
        float(np.remainder(best[0], 2.0 * np.pi)),
        direct,
    )


def _guesses(case: _Case, duration: float) -> list[Array]:
    """Return flights that pass the smaller body at the radius, on the side asked for."""
    # Just below escape: what reaches the other body from a low orbit.
    push = np.sqrt(2.0 * (1.0 - case.mu) * (1.0 / case.near - 0.5)) - np.sqrt(
        (1.0 - case.mu) / case.near
    )
    found: list[Array] = []
    for angle in np.linspace(-np.pi, np.pi, _ANGLES, endpoint=False):
        answer = least_squares(
            lambda z: case.misses(np.array([z[0], z[1], duration])),
            [angle, push],
            x_scale=[0.1, 1e-2],
            max_nfev=60,
        )
        x = np.array([answer.x[0], answer.x[1], duration])
        if np.abs(answer.fun).max() < 1e-6 and case.arrival(x) > 0.0 and abs(x[1] - push) < 0.5:
            found.append(x)
    found.sort(key=lambda x: x[1] + case.arrival(x))
    return found[:2]
