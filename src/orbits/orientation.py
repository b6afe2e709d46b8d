"""How the Earth and the Moon are turned: rotations from ICRF to their body-fixed axes.

Earth: ITRF = W(xp, yp, s') R3(ERA - s) Q(X, Y), IAU 2006/2000A, chapter 5 of the IERS
Conventions [iers2010]. UT1 - UTC and the pole are linear between daily values; corrections dX,
dY to the celestial pole (below 0.3 mas, 1 cm at the surface) and sub-daily tidal terms (below
0.5 mas) are neglected.

Moon: principal axes from the librations of a JPL ephemeris, mean-Earth axes by its constant
rotation; or, where asked for or where no librations cover the span, the IAU series of the
mean-Earth axes [archinal2018], up to 143 m at the surface from those of DE421.

Both come packed as in chebyshev.py, so that the integrator's right-hand side uses the same
compiled functions as everything else. Matrices turn ICRF components into body-fixed ones.
"""

from dataclasses import dataclass, field

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.chebyshev import LENGTH, OFFSET, RECORDS, START, Series, evaluate, pack
from orbits.chebyshev_fit import derivative_bounds, fitted
from orbits.compiled import compiled
from orbits.constants import DAY, J2000_JD
from orbits.earth_orientation import DailyOrientation, daily_orientation
from orbits.errors import DataError
from orbits.librations import me_from_pa
from orbits.time import J2000_MJD, tdb_date, tdb_minus_tt, utc_midnight, utc_mjd

TURN = 2.0 * np.pi
_POLE_LENGTH = 4.0 * DAY  # with degree 7 within 1e-12 rad of erfa's series
_POLE_SIZE = 8
_DAY_SIZE = 8  # numbers of one UTC day: start, ERA, its rate, xp, xp', yp, yp', s'


# -- compiled -----------------------------------------------------------------------------


@compiled
def _day(buffer, table, t):
    """Return the offset of the UTC day that holds ``t``; a leap second makes a day longer."""
    days = int(table[1, RECORDS])
    base = int(table[1, OFFSET])
    day = min(max(int((t - table[1, START]) / table[1, LENGTH]), 0), days - 1)
    while day > 0 and t < buffer[base + day * 8]:
        day -= 1
    while day < days - 1 and t >= buffer[base + (day + 1) * 8]:
        day += 1
    return base + day * 8


@compiled
def earth_matrix(buffer, table, t, out):
    """Write the rotation from ICRF to ITRF at ``t`` into ``out`` (3, 3); span unchecked."""
    evaluate(buffer, table, 0, t, out[0])
    x, y, s = out[0, 0], out[0, 1], out[0, 2]
    at = _day(buffer, table, t)
    dt = t - buffer[at]
    angle = buffer[at + 1] + buffer[at + 2] * dt - s + buffer[at + 7]
    xp = buffer[at + 3] + buffer[at + 4] * dt
    yp = buffer[at + 5] + buffer[at + 6] * dt
    z = np.sqrt(1.0 - x * x - y * y)
    a = 1.0 / (1.0 + z)
    c, d = np.cos(angle), np.sin(angle)
    cx, sx = np.cos(xp), np.sin(xp)
    cy, sy = np.cos(yp), np.sin(yp)
    for j in range(3):
        # Column j of Q, turned by the Earth rotation angle, then by the pole.
        if j == 0:
            q0, q1, q2 = 1.0 - a * x * x, -a * x * y, x
        elif j == 1:
            q0, q1, q2 = -a * x * y, 1.0 - a * y * y, y
        else:
            q0, q1, q2 = -x, -y, z
        b0 = c * q0 + d * q1
        b1 = c * q1 - d * q0
        e2 = cx * q2 - sx * b0
        out[0, j] = cx * b0 + sx * q2
        out[1, j] = cy * b1 - sy * e2
        out[2, j] = sy * b1 + cy * e2


@compiled
def moon_matrix(buffer, table, t, out):
    """Write the rotation from ICRF to the lunar principal axes at ``t`` into ``out`` (3, 3)."""
    evaluate(buffer, table, 0, t, out[0])
    cf, sf = np.cos(out[0, 0]), np.sin(out[0, 0])
    ct, st = np.cos(out[0, 1]), np.sin(out[0, 1])
    cp, sp = np.cos(out[0, 2]), np.sin(out[0, 2])
    out[0, 0] = cp * cf - sp * ct * sf
    out[0, 1] = cp * sf + sp * ct * cf
    out[0, 2] = sp * st
    out[1, 0] = -sp * cf - cp * ct * sf
    out[1, 1] = -sp * sf + cp * ct * cf
    out[1, 2] = cp * st
    out[2, 0] = st * sf
    out[2, 1] = -st * cf
    out[2, 2] = ct


@compiled
def earth_matrices(buffer, table, t):
    """Return ``earth_matrix`` at each ``t``; (n, 3, 3)."""
    out = np.empty((len(t), 3, 3))
    for i in range(len(t)):
        earth_matrix(buffer, table, t[i], out[i])
    return out


@compiled
def moon_matrices(buffer, table, t):
    """Return ``moon_matrix`` at each ``t``; (n, 3, 3)."""
    out = np.empty((len(t), 3, 3))
    for i in range(len(t)):
        moon_matrix(buffer, table, t[i], out[i])
    return out


# -- values -------------------------------------------------------------------------------


def _flat(t: ArrayLike, span: tuple[float, float], what: str) -> NDArray[np.float64]:
    """Return ``t`` as a contiguous (n,) array; ``DataError`` unless it lies in ``span``."""
    times = np.ascontiguousarray(t, dtype=np.float64).reshape(-1)
    if times.size and not (span[0] <= times.min() and times.max() <= span[1]):
        outside = times[~((times >= span[0]) & (times <= span[1]))]
        raise DataError(
            f"{what} covers {tdb_date(span[0])} to {tdb_date(span[1])} TDB; {outside.size} of "
            f"{times.size} times lie outside, first {tdb_date(outside[0])}: "
            "load the almanac for a longer span"
        )
    return times


@dataclass(frozen=True, eq=False)
class EarthOrientation:
    """Rotation of the Earth over ``span``.

    Attributes
    ----------
    span : (float, float), s
    buffer, table : arrays
        Packed for ``earth_matrix``: row 0 X, Y, s of the celestial pole (rad); row 1 by UTC
        day the eight numbers named in this module.
    midnights : (n,) array, s
        ``t`` of the UTC midnights, the only instants where rates jump.
    daily : DailyOrientation
        UT1 - UTC and the pole at ``midnights``.
    spin, spin_rate : float, rad/s and rad/s2
        Bounds on the angular velocity and, between midnights, on its rate of change.
    warnings : tuple of str
        What a reader must know: values held past the end of the table.
    """

    span: tuple[float, float]
    buffer: NDArray[np.float64] = field(repr=False)
    table: NDArray[np.float64] = field(repr=False)
    midnights: NDArray[np.float64] = field(repr=False)
    daily: DailyOrientation = field(repr=False)
    spin: float
    spin_rate: float
    warnings: tuple[str, ...] = ()

    def matrix(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the rotation from ICRF to ITRF; (n, 3, 3) or (3, 3) for a float."""
        times = _flat(t, self.span, "the Earth's orientation")
        return earth_matrices(self.buffer, self.table, times).reshape((*np.shape(t), 3, 3))

    def pole_of_rotation(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the rotation (n, 3, 3) from ICRF to Earth-fixed axes without polar motion."""
        mid = self.midnights
        xp, yp = np.interp(t, mid, self.daily.xp), np.interp(t, mid, self.daily.yp)
        wobble = erfa.pom00(xp, yp, 0.0)
        return np.swapaxes(wobble, -1, -2) @ self.matrix(t)

    def teme(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the rotation from ICRF to true equator, mean equinox, as SGP4 has them.

        By sidereal time of 1982 from the true pole, as in appendix C of [vallado2006].
        """
        times = np.ascontiguousarray(t, dtype=np.float64).reshape(-1)
        pef = self.pole_of_rotation(times)
        days = self.daily.mjd - J2000_MJD + self.daily.ut1_minus_utc / DAY
        angle = erfa.gmst82(J2000_JD, np.interp(times, self.midnights, days))
        return (erfa.rz(-angle, np.eye(3)) @ pef).reshape((*np.shape(t), 3, 3))


# Earth rotation angle in turns at UT1 days past J2000 [iers2010, eq. 5.15].
_ERA_ZERO = 0.7790572732640
_ERA_RATE = 1.00273781191135448


def _era_fraction(
    days: NDArray[np.float64], seconds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the Earth rotation angle, rad, at UT1 half-integer ``days`` + ``seconds``."""
    turns = _ERA_ZERO + np.mod(days, 1.0) + (_ERA_RATE - 1.0) * days + _ERA_RATE * seconds / DAY
    return np.mod(turns, 1.0) * TURN


def _celestial_pole(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return X, Y, s (rad) of IAU 2006/2000A at ``t``; (n, 3)."""
    return np.stack(erfa.xys06a(J2000_JD, (t - tdb_minus_tt(t)) / DAY), axis=-1)


def earth_orientation(span: tuple[float, float]) -> EarthOrientation:
    """Return the Earth's rotation over ``span`` (s) with the installed IERS table.

    Raises
    ------
    DataError
        If the span begins before the table (1973).
    """
    first, last = (int(d) for d in utc_mjd(np.array(span)))
    daily = daily_orientation(first, last + 1)
    t = utc_midnight(daily.mjd)
    length = np.diff(t)
    days = daily.mjd.astype(np.float64) - J2000_MJD
    era = _era_fraction(days, daily.ut1_minus_utc)
    ut1_length = DAY + np.diff(daily.ut1_minus_utc)
    # A leap second moves UTC, not UT1: the table's value jumps by it at that midnight.
    numbers = np.stack(
        [
            t[:-1],
            era[:-1],
            TURN * _ERA_RATE * ut1_length / DAY / length,
            daily.xp[:-1],
            np.diff(daily.xp) / length,
            daily.yp[:-1],
            np.diff(daily.yp) / length,
            erfa.sp00(J2000_JD, t[:-1] / DAY),
        ],
        axis=-1,
    )
    pole = fitted(_celestial_pole, span, _POLE_LENGTH, _POLE_SIZE)
    buffer, table = pack([pole, Series(float(t[0]), DAY, numbers[:, :, np.newaxis])])
    turning, tilting = derivative_bounds(pole)
    wobble = float(turning.sum() + np.abs(numbers[:, [4, 6]]).max(axis=0).sum())
    spin = float(numbers[:, 2].max()) + wobble
    warnings = ()
    if daily.held_from is not None:
        end = tdb_date(float(utc_midnight(daily.held_from)))
        warnings = (
            f"the Earth orientation table ends on {end}; UT1 - UTC and the pole are held after "
            "that (UT1 drifts by up to about 0.5 s a year: 230 m at the equator)",
        )
    spin_rate = spin * wobble + float(tilting.sum())
    return EarthOrientation(span, buffer, table, t, daily, spin, spin_rate, warnings)


# -- Moon ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class MoonOrientation:
    """Rotation of the Moon over ``span``.

    Attributes
    ----------
    name : str
        ``"DE421"``, ``"DE440"`` (librations of that ephemeris) or ``"IAU"``.
    span : (float, float), s
    buffer, table : arrays
        Packed for ``moon_matrix``: row 0 the 3-1-3 Euler angles to the principal axes, rad.
    mean_earth : (3, 3) array
        Rotation from principal to mean-Earth axes.
    spin, spin_rate : float, rad/s and rad/s2
        Bounds on the angular velocity and its rate of change.
    warnings : tuple of str
    """

    name: str
    span: tuple[float, float]
    buffer: NDArray[np.float64] = field(repr=False)
    table: NDArray[np.float64] = field(repr=False)
    mean_earth: NDArray[np.float64] = field(repr=False)
    spin: float
    spin_rate: float
    warnings: tuple[str, ...] = ()

    def principal(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the rotation from ICRF to the principal axes; (n, 3, 3) or (3, 3)."""
        times = _flat(t, self.span, "the Moon's orientation")
        return moon_matrices(self.buffer, self.table, times).reshape((*np.shape(t), 3, 3))

    def mean(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the rotation from ICRF to the mean-Earth axes; (n, 3, 3) or (3, 3)."""
        return self.mean_earth @ self.principal(t)


def moon_orientation(
    name: str, angles: Series, span: tuple[float, float], warnings: tuple[str, ...] = ()
) -> MoonOrientation:
    """Return the orientation given by Euler ``angles`` that cover ``span``."""
    cut = angles.over(*span)
    buffer, table = pack([cut])
    (a, b, c), (a2, b2, c2) = derivative_bounds(cut)
    # The axes of the first and the last angle may lie along each other; the second is square
    # to both.
    spin = float(np.hypot(a + c, b))
    spin_rate = float(a2 + b2 + c2 + a * b + a * c + b * c)
    me = me_from_pa("DE421" if name == "IAU" else name)
    return MoonOrientation(name, span, buffer, table, me, spin, spin_rate, warnings)
