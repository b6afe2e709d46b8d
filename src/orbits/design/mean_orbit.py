"""Mean orbits about the Earth: rates, frozen eccentricity, and the altitudes they go by.

The mean elements are Brouwer's (propagators/secular.py) under the zonals of EGM96 to degree
30: J2 to second order, J3, J4 and all higher ones to first. Degree 5 instead costs 0.001 deg of
a sun-synchronous inclination and 4 % of a frozen eccentricity.
"""

from collections.abc import Callable
from typing import NamedTuple, cast

import erfa
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from orbits.constants import DAY, JULIAN_CENTURY, WGS84_A, WGS84_F
from orbits.elements import Elements, keplerian_to_cartesian, mean_to_true
from orbits.errors import ConvergenceError
from orbits.propagators.secular import (
    MeanRates,
    mean_rates,
    mean_to_osculating,
    secular_rates,
)
from orbits.propagators.zonal import Zonals, zonals

Array = NDArray[np.float64]

TURN = 2.0 * np.pi
ZONALS = 30  # degree of the mean motion
MEAN_RADIUS = 6_371_000.0  # m, of the sphere of equal volume, to the kilometre
# Of the Earth in inertial axes: the rate of the Earth rotation angle, IERS Conventions (2010),
# eq. 5.15 [iers2010]; UT1 and TDB seconds differ by some 1e-8.
EARTH_RATE = TURN * 1.00273781191135448 / DAY  # rad/s
# The equinox moves west along the equator: precession in right ascension, the linear term of
# Greenwich mean sidereal time, IERS Conventions (2010), eq. 5.32. [iers2010]
PRECESSION = np.radians(4612.156534 / 3600.0) / JULIAN_CENTURY  # rad/s
# The mean Sun, 360 degrees in a tropical year of 365.2422 days, from the moving equinox.
MEAN_SUN_RATE = TURN / (365.2422 * DAY)  # rad/s
_CRITICAL = 0.1  # eccentricity beyond which a frozen orbit is refused


class MeanOrbit(NamedTuple):
    """Shape and tilt of an orbit in Brouwer's mean elements; m and rad."""

    semi_major_axis: float
    eccentricity: float
    inclination: float
    argp: float


class Motion(NamedTuple):
    """What a mean orbit does, rad/s.

    Attributes
    ----------
    node : float
        Of the right ascension of the node, from the moving equinox.
    argument : float
        Of the mean argument of latitude: 2 pi a nodal revolution.
    periapsis : float
        Of the argument of periapsis, averaged over its own revolution (zonals to J5).
    """

    node: float
    argument: float
    periapsis: float

    @property
    def daily_revolutions(self) -> float:
        """Nodal revolutions in a nodal day, that is while the Earth turns once under it."""
        return self.argument / (EARTH_RATE + PRECESSION - self.node)

    @property
    def local_time_rate(self) -> float:
        """Of the mean local time of the node, rad/s; zero for a sun-synchronous orbit."""
        return self.node - MEAN_SUN_RATE


def earth_zonals() -> Zonals:
    """Return the zonal harmonics that the mean motion is computed with."""
    return zonals("earth", ZONALS)


def elements_of(orbit: MeanOrbit, raan: float = 0.0, mean_anomaly: float = 0.0) -> Elements:
    """Return a mean orbit as mean elements at a place of it; angles in rad."""
    nu = float(mean_to_true(mean_anomaly, orbit.eccentricity))
    return Elements(*orbit[:3], raan, orbit.argp, nu)


def _rates(orbit: MeanOrbit) -> MeanRates:
    round_enough = orbit._replace(eccentricity=max(orbit.eccentricity, 1e-6))
    return mean_rates(elements_of(round_enough), earth_zonals())


def motion(orbit: MeanOrbit) -> Motion:
    """Return the rates of ``orbit`` under the zonals, without Sun, Moon and air."""
    found = _rates(orbit)
    apsis = float(secular_rates(*orbit[:3]).argp)
    return Motion(found.raan + PRECESSION, found.mean_anomaly + found.argp, apsis)


def frozen(semi_major_axis: float, inclination: float) -> tuple[float, float]:
    """Return eccentricity and argument of periapsis that the zonals leave alone; -, rad.

    The argument is 90 degrees where the odd zonals balance there (below the critical
    inclination of a retrograde orbit, as for any low sun-synchronous one), else 270.

    Raises
    ------
    ConvergenceError
        Near the critical inclinations, where the balance wants an ellipse beyond 0.1.
    """
    for argp in (0.5 * np.pi, 1.5 * np.pi):

        def swing(e: float, argp: float = argp) -> float:
            shape = MeanOrbit(semi_major_axis, e, inclination, argp)
            return e * _rates(shape).argp

        low, high = swing(1e-6), swing(_CRITICAL)
        if low * high < 0.0:
            return zero(swing, 1e-6, _CRITICAL, 1e-12), argp
    raise ConvergenceError(
        f"no frozen orbit with an eccentricity up to {_CRITICAL} at inclination "
        f"{np.degrees(inclination):.3f} deg: near 63.4 and 116.6 deg the oblateness does not "
        "turn the line of apsides; give an eccentricity, or another altitude"
    )


def zero(function: Callable[[float], float], low: float, high: float, near: float) -> float:
    """Return where ``function`` passes zero between ``low`` and ``high``, within ``near``."""
    return float(cast(float, brentq(function, low, high, xtol=near)))


# -- altitudes ----------------------------------------------------------------------------


class Altitudes(NamedTuple):
    """The numbers that are called an orbit's altitude, m; each is another one.

    Attributes
    ----------
    above_equator : float
        Mean semi-major axis less 6378.137 km.
    above_mean_sphere : float
        Mean semi-major axis less 6371 km.
    mean_height, lowest_height, highest_height : float
        Geodetic height over WGS84 along one revolution, mean over time.
    """

    above_equator: float
    above_mean_sphere: float
    mean_height: float
    lowest_height: float
    highest_height: float


def altitudes(orbit: MeanOrbit) -> Altitudes:
    """Return the altitudes of a mean orbit; heights with the short periods of J2 to J5."""
    anomaly = np.linspace(0.0, TURN, 721)[:-1]
    a, e, i = (np.full_like(anomaly, x) for x in orbit[:3])
    argp = np.full_like(anomaly, orbit.argp)
    nu = mean_to_true(anomaly, e)
    flown = mean_to_osculating(Elements(a, e, i, np.zeros_like(a), argp, nu))
    r, _ = keplerian_to_cartesian(flown, zonals("earth").mu)
    _, _, height = erfa.gc2gde(WGS84_A, WGS84_F, np.ascontiguousarray(r))
    return Altitudes(
        orbit.semi_major_axis - WGS84_A,
        orbit.semi_major_axis - MEAN_RADIUS,
        float(height.mean()),
        float(height.min()),
        float(height.max()),
    )
