"""Sun-synchronous orbits: from an altitude or a repeat cycle to mean elements.

The node of a sun-synchronous orbit moves as the mean Sun does, 360 degrees in 365.2422 days
from the moving equinox, so that the mean local time of the node stays. Sun and Moon are not in
this theory: ``design.full_model`` corrects what it gives, and ``design.plane_drift`` says what
they do over years. Sources: Brouwer (1959), AJ 64, 378, for the rates; Boain (2004), AAS
04-108, for the use of repeat cycles. [brouwer1959] [boain2004]
"""

from math import gcd
from typing import NamedTuple

import numpy as np

from orbits.constants import WGS84_A
from orbits.design.mean_orbit import (
    MEAN_SUN_RATE,
    PRECESSION,
    MeanOrbit,
    frozen,
    motion,
    zero,
)
from orbits.errors import ConvergenceError
from orbits.propagators.zonal import zonals

LOWEST = 160e3  # m: below, the air brings a satellite down within a day
_HIGHEST_SOUGHT = 6.5e6  # m above the equator


class Repeat(NamedTuple):
    """A repeat cycle: ``revolutions`` nodal revolutions in ``days`` nodal days."""

    revolutions: int
    days: int

    @property
    def ratio(self) -> float:
        """Revolutions in a nodal day."""
        return self.revolutions / self.days

    def __str__(self) -> str:
        return f"{self.revolutions}/{self.days}"


class Shape(NamedTuple):
    """Eccentricity and argument of periapsis (rad) asked for; None: frozen."""

    eccentricity: float
    argp: float


def highest_altitude() -> float:
    """Return a - 6378.137 km beyond which no circular orbit is sun-synchronous, m.

    The node of an equatorial retrograde orbit there keeps pace with the Sun; farther out it
    is slower at every inclination. From the oblateness alone.
    """
    earth = zonals("earth")
    strength = 1.5 * np.sqrt(earth.mu) * float(earth.j[0]) * earth.radius**2
    return float((strength / (MEAN_SUN_RATE - PRECESSION)) ** (2.0 / 7.0) - WGS84_A)


def first_order_inclination(semi_major_axis: float, eccentricity: float = 0.0) -> float:
    """Return the inclination that J2 alone, to first order, makes sun-synchronous; rad.

    For comparison: up to 0.03 deg from the truth in low orbits.
    """
    earth = zonals("earth")
    p = semi_major_axis * (1.0 - eccentricity**2)
    n = np.sqrt(earth.mu / semi_major_axis) / semi_major_axis
    cosine = -MEAN_SUN_RATE / (1.5 * n * float(earth.j[0]) * (earth.radius / p) ** 2)
    if cosine < -1.0:
        raise ConvergenceError(_too_high(semi_major_axis - WGS84_A))
    return float(np.arccos(cosine))


def by_axis(semi_major_axis: float, shape: Shape | None = None) -> MeanOrbit:
    """Return the sun-synchronous orbit of a mean semi-major axis, m.

    Parameters
    ----------
    shape : Shape, optional
        None makes it frozen.

    Raises
    ------
    ConvergenceError
        With the reason, where there is no such orbit.
    """
    altitude = semi_major_axis - WGS84_A
    if not np.isfinite(semi_major_axis):
        raise ValueError(f"a semi-major axis must be finite, got {semi_major_axis} m")
    _refuse_low(semi_major_axis, shape)
    if altitude >= highest_altitude():
        raise ConvergenceError(_too_high(altitude))
    first = first_order_inclination(semi_major_axis)
    orbit = MeanOrbit(semi_major_axis, 0.001, first, 0.5 * np.pi)
    for _ in range(_ROUNDS):
        before, orbit = orbit, _turned(_shaped(orbit, shape))
        if abs(orbit.inclination - before.inclination) < _SETTLED:
            break
    return _shaped(orbit, shape)


def by_repeat(repeat: Repeat, shape: Shape | None = None) -> MeanOrbit:
    """Return the sun-synchronous orbit whose ground track closes after ``repeat``.

    Raises
    ------
    ValueError
        If the cycle is not in lowest terms.
    ConvergenceError
        With the reason, where there is no such orbit.
    """
    n, d = repeat
    if n < 1 or d < 1:
        raise ValueError(f"a repeat cycle has at least 1 revolution and 1 day, got {repeat}")
    common = gcd(n, d)
    if common > 1:
        lowest = Repeat(n // common, d // common)
        raise ValueError(
            f"the track of {repeat} closes already after {lowest}: ask for {lowest}"
        )
    high = WGS84_A + highest_altitude() * (1.0 - 1e-3)
    near = shape or _ROUND
    bounds = 1.0001 * (WGS84_A + LOWEST) / (1.0 - near.eccentricity), high
    rates = [motion(by_axis(a, near)).daily_revolutions for a in bounds]
    if not rates[1] < repeat.ratio < rates[0]:
        raise ConvergenceError(_impossible_cycle(repeat, rates))

    def excess(a: float) -> float:
        return motion(by_axis(a, near)).daily_revolutions / repeat.ratio - 1.0

    axis = zero(excess, *bounds, 1e-3)
    if shape is None:
        # The frozen ellipse moves the axis by metres; the secant in between is one step.
        for _ in range(_ROUNDS):
            orbit = by_axis(axis)
            miss = motion(orbit).daily_revolutions / repeat.ratio - 1.0
            if abs(miss) < _SETTLED:
                return orbit
            axis *= 1.0 + miss / 1.5
    return by_axis(axis, shape)


_ROUNDS = 12
_SETTLED = 1e-11
_ROUND = Shape(1e-4, 0.5 * np.pi)


def _shaped(orbit: MeanOrbit, shape: Shape | None) -> MeanOrbit:
    e, argp = frozen(orbit.semi_major_axis, orbit.inclination) if shape is None else shape
    return orbit._replace(eccentricity=e, argp=argp)


def _turned(orbit: MeanOrbit) -> MeanOrbit:
    """Return ``orbit`` with the inclination at which its node follows the mean Sun."""

    def late(i: float) -> float:
        return motion(orbit._replace(inclination=i)).local_time_rate

    top = np.pi - 1e-3  # nearer, the variables of the averaged motion lose their digits
    if late(top) < 0.0:
        raise ConvergenceError(_too_high(orbit.semi_major_axis - WGS84_A))
    return orbit._replace(inclination=zero(late, 0.5 * np.pi, top, 1e-13))


# -- refusals -----------------------------------------------------------------------------


def _refuse_low(semi_major_axis: float, shape: Shape | None) -> None:
    e = 0.0 if shape is None else shape.eccentricity
    if not 0.0 <= e < 1.0:
        raise ValueError(f"the eccentricity must lie in 0 to 1, got {e}")
    lowest = semi_major_axis * (1.0 - e) - WGS84_A
    if lowest < LOWEST:
        what = "lies under the surface" if lowest < 0.0 else "lies in the atmosphere"
        raise ConvergenceError(
            f"the perigee, {lowest / 1e3:.1f} km above the equatorial radius, {what}: below "
            f"{LOWEST / 1e3:.0f} km the air brings a satellite down within a day; ask for more"
        )


def _too_high(altitude: float) -> str:
    limit = highest_altitude() / 1e3
    return (
        f"no orbit is sun-synchronous at {altitude / 1e3:.1f} km (a - 6378.137 km): beyond "
        f"{limit:.0f} km even a retrograde equatorial node is slower than the mean Sun; ask "
        "for less"
    )


def _impossible_cycle(repeat: Repeat, rates: list[float]) -> str:
    side = (
        f"it would fly below {LOWEST / 1e3:.0f} km, in the atmosphere"
        if repeat.ratio >= rates[0]
        else f"it would fly beyond {highest_altitude() / 1e3:.0f} km, where no orbit is "
        "sun-synchronous"
    )
    return (
        f"no sun-synchronous orbit closes after {repeat} ({repeat.ratio:.3f} revolutions a "
        f"day): {side}; ask for {rates[1]:.2f} to {rates[0]:.2f} revolutions a day"
    )
