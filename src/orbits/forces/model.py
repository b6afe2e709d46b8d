"""The one right-hand side: every force on a spacecraft about any centre, compiled once.

All vectors are in ICRF axes from the centre of integration, SI. A force model is a pair of
arrays ``(m, table)``: ``m`` holds every number, from a head of fixed places to the
coefficients of ephemeris, orientation and gravity; ``table`` is that of the packed Chebyshev
series in ``m`` (chebyshev.py). A force that is not wanted has a zero in the head, so that a new
mission changes numbers and never the compiled code; two arrays, because each array that passes
from one compiled function to the next costs time.
"""

import numpy as np
from numpy.typing import NDArray

from orbits.chebyshev import OFFSET, evaluate
from orbits.compiled import compiled
from orbits.ephemeris import EARTH, EMB, MOON, NAMES, SUN
from orbits.forces.gravity import Field, harmonics
from orbits.forces.radiation import pressure_scale, sunlit_fraction
from orbits.orientation import earth_matrix, moon_matrix

BODIES = len(NAMES)
# Places in the head of ``m``. MOON_FIELD and EARTH_FIELD hold where a field is packed, 0 for
# none; each body in use takes four numbers from ACTING on: its row, its gravitational
# parameter (0: it only casts a shadow), whether it casts one, and its radius.
CENTER, MU, RADIATION, MOON_FIELD, EARTH_FIELD, EARTH_ROWS, COUNT, ACTING = range(8)
_HEAD = ACTING + 4 * (BODIES + 1)
MOON_ROWS = BODIES  # rows of the table from which the Moon's orientation starts


def pack_model(
    series: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
    center: tuple[int, float],
    acting: list[tuple[int, float, bool, float]],
    fields: dict[int, Field],
    radiation: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the model ``(m, table)``.

    Parameters
    ----------
    series : list
        Packed (buffer, table) of the bodies, the Moon's and the Earth's orientation.
    center : (int, float)
        Row and gravitational parameter (m3/s2) of the centre.
    acting : list
        (row, mu m3/s2, casts a shadow, radius m) of the other bodies, and of the centre with
        mu 0 where it casts a shadow.
    fields : dict
        Harmonics by row.
    radiation : float, m2/kg
        Cr A / m.
    """
    head = np.zeros(_HEAD)
    head[[CENTER, MU]] = center
    head[RADIATION] = radiation
    head[EARTH_ROWS] = BODIES + len(series[1][1])
    head[COUNT] = len(acting)
    if acting:
        head[ACTING : ACTING + 4 * len(acting)] = np.array(acting, dtype=np.float64).ravel()
    parts, tables, size = [head], [], _HEAD
    for buffer, table in series:
        moved = table.copy()
        moved[:, OFFSET] += size
        tables.append(moved)
        parts.append(buffer)
        size += len(buffer)
    for row, field in fields.items():
        head[MOON_FIELD if row == MOON else EARTH_FIELD] = size
        parts.append(field.packed())
        size += len(parts[-1])
    return np.concatenate(parts), np.concatenate(tables)


@compiled
def scratch(m):
    """Return the work array that ``acceleration`` needs for the model ``m``."""
    width = 8
    for place in (MOON_FIELD, EARTH_FIELD):
        if m[place] > 0.0:
            width = max(width, int(m[int(m[place]) + 2]) + 3)
    return np.zeros((BODIES + 16, width))


@compiled
def _add_harmonics(m, at, degree, matrix, x, y, z, rows, sign, out):
    """Add to ``out`` the field's acceleration at (x, y, z) from its body, times ``sign``."""
    g = rows[7]
    harmonics(
        m,
        at,
        degree,
        matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z,
        matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z,
        matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z,
        rows,
        g,
    )
    gx, gy, gz = sign * g[0], sign * g[1], sign * g[2]
    for c in range(3):
        out[c] += matrix[0, c] * gx + matrix[1, c] * gy + matrix[2, c] * gz


@compiled
def _add_field(m, table, row, degree, t, r, work, out):
    """Add the harmonics of body ``row``, less their pull on the centre of integration."""
    matrix = work[BODIES : BODIES + 3]
    if row == MOON:
        at = int(m[MOON_FIELD])
        moon_matrix(m, table[MOON_ROWS:], t, matrix)
    else:
        at = int(m[EARTH_FIELD])
        earth_matrix(m, table[int(m[EARTH_ROWS]) :], t, matrix)
    rows = work[BODIES + 8 :]
    x, y, z = work[row, 0], work[row, 1], work[row, 2]
    _add_harmonics(m, at, degree, matrix, r[0] - x, r[1] - y, r[2] - z, rows, 1.0, out)
    if row != int(m[CENTER]):
        # The centre falls in the field too; its fall is subtracted, as for point masses.
        _add_harmonics(m, at, degree, matrix, -x, -y, -z, rows, -1.0, out)


@compiled
def _place_bodies(m, table, t, work):
    """Write the vectors from the centre of integration to the bodies in use into ``work``.

    The kernel gives Earth and Moon from their barycentre (EMB), all others from the Sun's.
    """
    center = int(m[CENTER])
    emb, base = work[EMB], work[BODIES + 3]
    evaluate(m, table, EMB, t, emb)
    evaluate(m, table, center, t, base)
    near = center in (MOON, EARTH)
    for i in range(int(m[COUNT])):
        row = int(m[ACTING + 4 * i])
        if row == center:
            continue
        place = work[row]
        evaluate(m, table, row, t, place)
        inner = row in (MOON, EARTH)
        for c in range(3):
            if inner != near:
                place[c] += emb[c] if inner else -emb[c]
            place[c] -= base[c]


@compiled
def acceleration(t, r, m, table, moon_degree, earth_degree, work, out):
    """Write the acceleration (m/s2) at ``r`` (3,) m and ``t`` into ``out``.

    ``moon_degree`` and ``earth_degree`` are the degrees summed in this step; ``work`` comes
    from ``scratch``.
    """
    _place_bodies(m, table, t, work)
    x, y, z = r[0], r[1], r[2]
    r2 = x * x + y * y + z * z
    k = -m[MU] / (r2 * np.sqrt(r2))
    ax, ay, az = k * x, k * y, k * z
    for i in range(int(m[COUNT])):
        mu = m[ACTING + 4 * i + 1]
        if mu == 0.0:
            continue
        # Battin's form of the third body: no difference of two nearly equal pulls.
        row = int(m[ACTING + 4 * i])
        sx, sy, sz = work[row, 0], work[row, 1], work[row, 2]
        s2 = sx * sx + sy * sy + sz * sz
        q = (r2 - 2.0 * (x * sx + y * sy + z * sz)) / s2
        root = np.sqrt(1.0 + q)
        f = q * (3.0 + 3.0 * q + q * q) / (1.0 + (1.0 + q) * root)
        d2 = s2 * (1.0 + q)
        k = -mu / (d2 * np.sqrt(s2) * root)
        ax += k * (x + f * sx)
        ay += k * (y + f * sy)
        az += k * (z + f * sz)
    out[0], out[1], out[2] = ax, ay, az
    if moon_degree >= 2:
        _add_field(m, table, MOON, moon_degree, t, r, work, out)
    if earth_degree >= 2:
        _add_field(m, table, EARTH, earth_degree, t, r, work, out)
    if m[RADIATION] > 0.0:
        _add_radiation(m, r, work, out)


@compiled
def _add_radiation(m, r, work, out):
    sun, body = work[BODIES + 4], work[BODIES + 5]
    for c in range(3):
        sun[c] = work[SUN, c] - r[c]
    lit = 1.0
    for i in range(int(m[COUNT])):
        if m[ACTING + 4 * i + 2] > 0.0:
            row = int(m[ACTING + 4 * i])
            for c in range(3):
                body[c] = work[row, c] - r[c]
            lit *= sunlit_fraction(sun, body, m[ACTING + 4 * i + 3])
    if lit > 0.0:
        k = -m[RADIATION] * lit * pressure_scale(sun)
        for c in range(3):
            out[c] += k * sun[c]
