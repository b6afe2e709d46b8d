"""Librations of the Moon: the Euler angles from ICRF to its principal axes.

From DE421, as shipped (data/README.md), or from the IAU series of the mean-Earth axes. The two
kinds of axes differ by a constant rotation that belongs to each ephemeris.
"""

from functools import cache
from importlib.resources import files

import erfa
import numpy as np
from numpy.typing import NDArray

from orbits.chebyshev import Series
from orbits.chebyshev_fit import fitted
from orbits.constants import DAY, JULIAN_CENTURY
from orbits.earth_orientation import ARCSECOND

# From mean-Earth to principal axes: R3 R2 R1 of these angles, arcsec.
_ME_TO_PA = {
    "DE421": (67.92, 78.56, 0.30),  # moon_080317.tf (NAIF 2008)
    "DE440": (67.8526, 78.6944, 0.2785),  # moon_de440_220930.tf (NAIF 2022)
}


def me_from_pa(name: str) -> NDArray[np.float64]:
    """Return the constant rotation (3, 3) from principal to mean-Earth axes of an ephemeris."""
    z, y, x = (angle * ARCSECOND for angle in _ME_TO_PA[name])
    pa_from_me = erfa.rz(z, erfa.ry(y, erfa.rx(x, np.eye(3))))
    return pa_from_me.T


@cache
def de421_librations() -> Series:
    """Return the Euler angles of DE421's principal axes, 1998 to 2051 (data/README.md)."""
    with (files("orbits") / "data" / "moon_pa_de421.npz").open("rb") as file:
        table = np.load(file)
        return Series(float(table["start"]), float(table["length"]), table["angles"])


# IAU WGCCRE: angle at J2000 and rate (deg, deg/day) of E1..E13, and the coefficients (deg) of
# sin E in the pole's right ascension, cos E in its declination, sin E in the rotation.
_IAU = np.array(
    [
        (125.045, -0.0529921, -3.8787, 1.5419, 3.5610),
        (250.089, -0.1059842, -0.1204, 0.0239, 0.1208),
        (260.008, 13.0120009, 0.0700, -0.0278, -0.0642),
        (176.625, 13.3407154, -0.0172, 0.0068, 0.0158),
        (357.529, 0.9856003, 0.0, 0.0, 0.0252),
        (311.589, 26.4057084, 0.0072, -0.0029, -0.0066),
        (134.963, 13.0649930, 0.0, 0.0009, -0.0047),
        (276.617, 0.3287146, 0.0, 0.0, -0.0046),
        (34.226, 1.7484877, 0.0, 0.0, 0.0028),
        (15.134, -0.1589763, -0.0052, 0.0008, 0.0052),
        (119.743, 0.0036096, 0.0, 0.0, 0.0040),
        (239.961, 0.1643573, 0.0, 0.0, 0.0019),
        (25.053, 12.9590088, 0.0043, -0.0009, -0.0044),
    ]
)


def iau_moon_matrix(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the IAU rotation (n, 3, 3) from ICRF to the Moon's mean-Earth axes.

    References
    ----------
    [archinal2018], table 2; t is TDB.
    """
    days = t / DAY
    centuries = t / JULIAN_CENTURY
    e = np.deg2rad(_IAU[:, 0] + np.multiply.outer(days, _IAU[:, 1]))
    ra = 269.9949 + 0.0031 * centuries + np.sin(e) @ _IAU[:, 2]
    dec = 66.5392 + 0.0130 * centuries + np.cos(e) @ _IAU[:, 3]
    w = 38.3213 + 13.17635815 * days - 1.4e-12 * days**2 + np.sin(e) @ _IAU[:, 4]
    node = erfa.rz(np.deg2rad(90.0 + ra), np.eye(3))
    return erfa.rz(np.deg2rad(w), erfa.rx(np.deg2rad(90.0 - dec), node))


def _iau_angles(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 3-1-3 angles (n, 3), rad, of the principal axes behind the IAU mean-Earth axes."""
    m = me_from_pa("DE421").T @ iau_moon_matrix(t)
    first = np.unwrap(np.arctan2(m[:, 2, 0], -m[:, 2, 1]))
    last = np.unwrap(np.arctan2(m[:, 0, 2], m[:, 1, 2]))
    return np.stack([first, np.arccos(m[:, 2, 2]), last], axis=-1)


def iau_librations(span: tuple[float, float]) -> Series:
    """Return Euler angles that give the IAU mean-Earth axes over ``span``."""
    return fitted(_iau_angles, span, 4.0 * DAY, 12)
