"""The sky as the integrator reads it: bodies from the centre, and the Moon's axes.

The kernel's series are fitted anew, day by day, for the one centre in use: one short series
for each body in place of two or three long ones, and four smooth numbers (a quaternion) for
the Moon's axes in place of three angles and their sines. The fits keep 0.1 mm and
5e-12 rad, about the grain of the clock and of the angles.
"""

import numpy as np
from numpy.typing import NDArray

from orbits import ephemeris
from orbits.almanac import Almanac
from orbits.chebyshev import COEFFICIENTS, LENGTH, OFFSET, RECORDS, START, Series, pack
from orbits.chebyshev_fit import fitted
from orbits.compiled import compiled
from orbits.constants import DAY
from orbits.orientation import moon_matrices

_BODY_SIZE, _TURN_SIZE = 9, 10  # coefficients a day

Packed = tuple[NDArray[np.float64], NDArray[np.float64]]


def _days(table: NDArray[np.float64], span: tuple[float, float]) -> tuple[float, float, float]:
    """Return first, last and length of days within the records of a series over ``span``."""
    start, length = table[START], table[LENGTH]
    day = length / np.ceil(length / DAY)
    first = start + np.floor((span[0] - start) / day) * day
    return first, first + np.ceil((span[1] - first) / day) * day, day


def bodies_from(almanac: Almanac, center: str, names: list[str]) -> Packed:
    """Return the packed positions of ``names`` from ``center``, rows as in ephemeris.py."""
    sky = almanac.ephemeris
    first, last, day = _days(sky.table[ephemeris.MOON], almanac.span)
    origin = ephemeris.ROW[center]

    def positions(row: int):
        return lambda t: ephemeris.vectors(sky.buffer, sky.table, row, origin, t, False)

    rows: list[Series | None] = [None] * len(ephemeris.NAMES)
    for name in names:
        row = ephemeris.ROW[name]
        rows[row] = fitted(positions(row), (first, last), day, _BODY_SIZE)
    return pack(rows)


def moon_turns(almanac: Almanac) -> Packed:
    """Return the packed quaternion (scalar first) from ICRF to the lunar principal axes."""
    moon = almanac.moon

    def quaternion(t: NDArray[np.float64]) -> NDArray[np.float64]:
        q = _quaternions(moon_matrices(moon.buffer, moon.table, t))
        # A quaternion and its negative are one rotation: keep to one of them.
        flips = np.where(np.einsum("ij,ij->i", q[1:], q[:-1]) < 0.0, -1.0, 1.0)
        q[1:] *= np.cumprod(flips)[:, None]
        return q

    first, last, day = _days(moon.table[0], almanac.span)
    return pack([fitted(quaternion, (first, last), day, _TURN_SIZE)])


def _quaternions(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unit quaternions (n, 4), scalar first, of rotations (n, 3, 3).

    The longest column of 4 q q^T, whose entries are sums of those of the matrix.
    """
    (a, b, c), (d, e, f), (g, h, i) = turns.transpose(1, 2, 0)
    outer = np.array(
        [
            [1 + a + e + i, h - f, c - g, d - b],
            [h - f, 1 + a - e - i, b + d, c + g],
            [c - g, b + d, 1 - a + e - i, f + h],
            [d - b, c + g, f + h, 1 - a - e + i],
        ]
    )
    longest = np.argmax(np.einsum("kkn->kn", outer), axis=0)
    q = outer[:, longest, np.arange(len(turns))].T
    return q / np.linalg.norm(q, axis=1)[:, None]


@compiled
def moon_axes(m, table, row, t, out):
    """Write the rotation from ICRF to the lunar principal axes at ``t`` into ``out`` (9,)."""
    length = table[row, LENGTH]
    place = (t - table[row, START]) / length
    record = min(max(int(place), 0), int(table[row, RECORDS]) - 1)
    x = 2.0 * ((t - table[row, START]) - record * length) / length - 1.0
    k = int(table[row, COEFFICIENTS])
    at = int(table[row, OFFSET]) + 4 * k * record
    before, value = 1.0, x
    a, b, c, d = m[at], m[at + k], m[at + 2 * k], m[at + 3 * k]
    for j in range(1, k):
        a += m[at + j] * value
        b += m[at + k + j] * value
        c += m[at + 2 * k + j] * value
        d += m[at + 3 * k + j] * value
        before, value = value, 2.0 * x * value - before
    s = 2.0 / (a * a + b * b + c * c + d * d)
    out[0] = 1.0 - s * (c * c + d * d)
    out[1] = s * (b * c - d * a)
    out[2] = s * (b * d + c * a)
    out[3] = s * (b * c + d * a)
    out[4] = 1.0 - s * (b * b + d * d)
    out[5] = s * (c * d - b * a)
    out[6] = s * (b * d - c * a)
    out[7] = s * (c * d + b * a)
    out[8] = 1.0 - s * (b * b + c * c)
