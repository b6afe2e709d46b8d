"""Density of the Earth's atmosphere and drag, compiled, from the numbers of density.py.

The packed numbers start with the kind of the model, EXPONENTIAL or NRLMSIS.

EXPONENTIAL: the count of levels, their heights (m) and the logarithms of the density there.

NRLMSIS: the logarithm of the density as cubic B-splines in time and in a function of height
whose coefficients are those of a spherical harmonic sum of degree 10 and order 5 over the
direction of the local vertical, in axes that turn with the mean Sun: smooth everywhere, the
poles included. Beyond the lowest and the highest height the logarithm goes on linearly.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.constants import DAY, WGS84_A, WGS84_F

EXPONENTIAL, NRLMSIS = 1.0, 2.0
# Places of an NRLMSIS model: first node in time (s) and their distance, their count, a
# midnight (UTC), the count of nodes in height and their distance; then the coefficients.
KIND, START, STEP, NODES, MIDNIGHT, LEVELS, RISE, COEFFICIENTS = range(8)

DEGREE, ORDER = 10, 5
TERMS = (DEGREE + 1) + ORDER * (2 * DEGREE - ORDER + 1)
LOWEST, HIGHEST = 100e3, 1500e3  # m
KNEE = 80e3  # m: nodes in height are equally far apart in the logarithm of the height above it
# Beyond this distance from the Earth no model gives more than 1e-25 kg/m3: a drag below the
# rounding of any other force.
REACH = 50e6  # m
EARTH_SPIN = 7.292115e-5  # rad/s, nominal (WGS84)

_E2 = WGS84_F * (2.0 - WGS84_F)
_B = WGS84_A * (1.0 - WGS84_F)
_EP2 = _E2 / (1.0 - _E2)


def _recursion() -> np.ndarray:
    n = np.arange(DEGREE + 1.0)[np.newaxis, :] - 1.0
    m = np.arange(ORDER + 1.0)[:, np.newaxis]
    return np.where(n > m, (n**2 - m**2) / (4.0 * n**2 - 1.0), 0.0)


_BACK = _recursion()  # [m, n]: factor of the function two degrees lower


@compiled
def geodetic(x, y, z):
    """Return the height (m) over WGS84 of (x, y, z) in ITRF and the local vertical there.

    Bowring's formula, once, from a start for any height: within 50 nm in height and 1e-11 rad
    in latitude from 2000 km below the ground to 50,000 km above. Source: Bowring (1985),
    Survey Review 28, 202. [bowring1985]
    """
    p2 = x * x + y * y
    p = np.sqrt(p2)
    r = np.sqrt(p2 + z * z)
    # Sine and cosine of the reduced latitude.
    su = z * (1.0 + _EP2 * _B / r) * (1.0 - WGS84_F)
    scale = 1.0 / np.sqrt(su * su + p2)
    su *= scale
    cu = scale  # times p
    up = z + _EP2 * _B * su * su * su
    out = 1.0 - _E2 * WGS84_A * cu * cu * cu * p2  # times p
    scale = 1.0 / np.sqrt(up * up + out * out * p2)
    sine, cosine = up * scale, out * scale * p
    height = p * cosine + z * sine - WGS84_A * np.sqrt(1.0 - _E2 * sine * sine)
    return height, x * out * scale, y * out * scale, sine


@compiled
def density_exponential(m, at, height):
    """Return the density (kg/m3) at ``height`` m of the table packed at ``at``."""
    count = int(m[at + 1])
    first = at + 2
    i = count - 2
    while i > 0 and height < m[first + i]:
        i -= 1
    below, above = m[first + i], m[first + i + 1]
    low, high = m[first + count + i], m[first + count + i + 1]
    return np.exp(low + (high - low) * (height - below) / (above - below))


@compiled
def surface_functions(nx, ny, nz, out):
    """Write the functions of the unit vector (nx, ny, nz) into ``out`` (TERMS,).

    By order, within it by degree; cosine and sine beside each other. The highest power of
    ``nz`` has the factor 1 (monic associated Legendre functions).
    """
    k = 0
    cosine, sine = 1.0, 0.0
    for order in range(ORDER + 1):
        before, value = 0.0, 1.0
        for degree in range(order, DEGREE + 1):
            if degree > order:
                before, value = value, nz * value - _BACK[order, degree] * before
            if order == 0:
                out[k] = value
                k += 1
            else:
                out[k] = value * cosine
                out[k + 1] = value * sine
                k += 2
        cosine, sine = cosine * nx - sine * ny, cosine * ny + sine * nx


@compiled
def _spline(s):
    """Return the weights of the four cubic B-splines at the fraction ``s`` of a cell."""
    r = 1.0 - s
    return (
        r * r * r / 6.0,
        (3.0 * s * r * r + 3.0 * r + 1.0) / 6.0,
        (3.0 * r * s * s + 3.0 * s + 1.0) / 6.0,
        s * s * s / 6.0,
    )


@compiled
def _spline_rate(s):
    """Return the derivatives of ``_spline``."""
    r = 1.0 - s
    return (-0.5 * r * r, s * (1.5 * s - 2.0), r * (2.0 - 1.5 * r), 0.5 * s * s)


@compiled
def _levels(m, at, height):
    """Return the cell of ``height`` m and the weights of its four splines."""
    held = min(max(height, LOWEST), HIGHEST)
    place = np.log((held - KNEE) / (LOWEST - KNEE)) / m[at + RISE]
    i = min(max(int(place), 0), int(m[at + LEVELS]) - 2)
    a, b, c, d = _spline(place - i)
    if held != height:
        beyond = (height - held) / ((held - KNEE) * m[at + RISE])
        da, db, dc, dd = _spline_rate(place - i)
        a, b, c, d = a + beyond * da, b + beyond * db, c + beyond * dc, d + beyond * dd
    return i, (a, b, c, d)


@compiled(fastmath=True)
def _blend(m, first, line, wt, wh, functions):
    """Return the sum of 4 x 4 rows of coefficients from ``first`` on, times ``functions``."""
    total = 0.0
    for i in range(4):
        row = first + i * line
        w0, w1, w2, w3 = wt[i] * wh[0], wt[i] * wh[1], wt[i] * wh[2], wt[i] * wh[3]
        a, b = m[row : row + TERMS], m[row + TERMS : row + 2 * TERMS]
        c = m[row + 2 * TERMS : row + 3 * TERMS]
        d = m[row + 3 * TERMS : row + 4 * TERMS]
        for k in range(TERMS):
            total += (w0 * a[k] + w1 * b[k] + w2 * c[k] + w3 * d[k]) * functions[k]
    return total


@compiled
def density_nrlmsis(m, at, t, height, vertical, functions):
    """Return the density (kg/m3) of the table packed at ``at``.

    Parameters
    ----------
    t : float, s
        Within the span of the table (unchecked).
    height : float, m
    vertical : (float, float, float)
        Unit vector up, in ITRF.
    functions : array
        Scratch of TERMS numbers or more.
    """
    angle = 2.0 * np.pi * (((t - m[at + MIDNIGHT]) / DAY) % 1.0)
    c, s = np.cos(angle), np.sin(angle)
    nx, ny, nz = vertical
    surface_functions(c * nx - s * ny, s * nx + c * ny, nz, functions)
    place = (t - m[at + START]) / m[at + STEP]
    i = min(max(int(place), 0), int(m[at + NODES]) - 2)
    level, wh = _levels(m, at, height)
    line = (int(m[at + LEVELS]) + 2) * TERMS
    first = at + COEFFICIENTS + i * line + level * TERMS
    return np.exp(_blend(m, first, line, _spline(place - i), wh, functions))


@compiled
def density(m, at, t, x, y, z, functions):
    """Return the density (kg/m3) at (x, y, z) m in ITRF of the model packed at ``at``."""
    height, nx, ny, nz = geodetic(x, y, z)
    if m[at] == EXPONENTIAL:
        return density_exponential(m, at, height)
    return density_nrlmsis(m, at, t, height, (nx, ny, nz), functions)


@compiled
def add_drag(m, at, t, drag, r, v, matrix, functions, out):
    """Add the acceleration (m/s2) of the air's drag to ``out``: -1/2 rho drag |w| w.

    w is the velocity against an atmosphere that turns with the Earth: no winds, no lift.

    Parameters
    ----------
    m, at : array, int
        The model of the density and where it is packed.
    t : float, s
    drag : float, m2/kg
        Cd A / m.
    r, v : (3,) arrays, m and m/s
        From the Earth, ICRF axes.
    matrix : (3, 3) array
        Rotation from ICRF to ITRF.
    functions : array
        Scratch of TERMS numbers or more.
    """
    x, y, z = r[0], r[1], r[2]
    rho = density(
        m,
        at,
        t,
        matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z,
        matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z,
        matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z,
        functions,
    )
    px = EARTH_SPIN * matrix[2, 0]
    py = EARTH_SPIN * matrix[2, 1]
    pz = EARTH_SPIN * matrix[2, 2]
    wx = v[0] - (py * z - pz * y)
    wy = v[1] - (pz * x - px * z)
    wz = v[2] - (px * y - py * x)
    k = -0.5 * rho * drag * np.sqrt(wx * wx + wy * wy + wz * wz)
    out[0] += k * wx
    out[1] += k * wy
    out[2] += k * wz
