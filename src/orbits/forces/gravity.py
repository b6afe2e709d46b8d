"""Spherical-harmonic gravity of the Earth and the Moon, compiled, in body-fixed axes.

Pines' formulation with fully normalised coefficients: no singularity at the poles. Eight orders
at a time are summed over the degree, in the lanes of vector registers (lanes.py); the
functions are scaled so that their recursion has one factor a term, and their derivatives follow
the differentiated recursion, so that three numbers a term are read.

Sources: Pines (1973), AIAA J. 11(11), 1508; the normalised recursion of Fantino and Casotto
(2009), J. Geod. 83, 595, eqs. 31-36. [pines1973] [fantino2009]
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.errors import DataError
from orbits.lanes import LANES, load, spread, store, times_plus, unit

TABLES = {"moon": "grgm1200a", "earth": "egm96"}  # the field that a body has by default


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """A gravity field in its body's axes.

    Attributes
    ----------
    gm : float, m3/s2
    radius : float, m
        Reference radius of the coefficients.
    c, s : (degree + 1, degree + 1) arrays
        Fully normalised coefficients; degrees 0 and 1 are not used.
    truncation : float, m/s2
        In each integration step the field is summed to the smallest degree whose remainder is
        proven smaller than this; 0 sums all degrees everywhere.
    """

    gm: float
    radius: float
    c: NDArray[np.float64]
    s: NDArray[np.float64]
    truncation: float = 0.0

    @property
    def degree(self) -> int:
        """Highest degree."""
        return len(self.c) - 1

    def packed(self) -> NDArray[np.float64]:
        """Return the numbers that the compiled code reads (see ``_HEAD``)."""
        degree, c, s = self.degree, self.c, self.s
        n = np.arange(degree + 1, dtype=np.float64)[:, None]
        m = np.arange(degree + 1, dtype=np.float64)[None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(m < n, np.sqrt((4 * n**2 - 1) / (n**2 - m**2)), 0.0)
            back = np.where(
                m < n - 1,
                np.sqrt(((n - 1) ** 2 - m**2) * (2 * n + 1) / ((2 * n - 3) * (n**2 - m**2))),
                1.0,
            )
        # Functions divided by ``scale`` follow a recursion whose second factor is 1; the
        # coefficients take the scale up, and the functions of equal degree and order.
        scale = np.ones_like(up)
        for k in range(2, degree + 1):
            scale[k] = back[k] * scale[k - 2]
        up[1:] *= scale[:-1] / scale[1:]
        k = np.arange(degree + 1)
        sectoral = np.sqrt(np.where(k > 0, (2 * k + 1) / np.maximum(2 * k, 1), 1.0))
        sectoral[1] = np.sqrt(3.0)
        scale *= np.cumprod(sectoral)
        tail = (2 * k + 1) * np.sqrt(k + 1.0) * np.sqrt((c**2 + s**2).sum(axis=1))
        used = np.tril(np.ones_like(up)) * (n >= 2)
        blank = np.zeros((degree + 1, -(degree + 1) % LANES))
        tables = [
            np.hstack([table, blank]) for table in (up, c * scale * used, s * scale * used)
        ]
        blocks = [
            np.hstack([table[first:, first : first + LANES] for table in tables]).ravel()
            for first in range(0, degree + 1, LANES)
        ]
        head = [self.gm, self.radius, float(degree), self.truncation]
        return np.concatenate([head, tail, *blocks])


@cache
def read_table(name: str) -> dict[str, NDArray]:
    """Return the arrays of a shipped coefficient table ("grgm1200a", "egm96", "jgm3")."""
    path = files("orbits") / "data" / f"{name}.npz"
    try:
        with path.open("rb") as file, np.load(file) as data:
            return {key: data[key] for key in data.files}
    except FileNotFoundError:
        raise DataError(
            f"no gravity table {name!r}; the shipped ones are grgm1200a, egm96, jgm3"
        ) from None


def field(name: str, degree: int, *, truncation: float = 1e-13) -> Field:
    """Return the shipped field ``name`` cut at ``degree``.

    Parameters
    ----------
    name : str
        "grgm1200a" (Moon, to 150), "egm96" (Earth, to 120) or "jgm3" (Earth, to 70).
    degree : int
        2 or more; a degree beyond the table is refused.
    truncation : float, m/s2
        In each integration step the field is summed to the smallest degree whose remainder is
        proven smaller than this; 0 sums to ``degree`` everywhere.

    Raises
    ------
    DataError
        If there is no such table, or it ends below ``degree``.
    """
    table = read_table(name)
    held = int(table["degree"])
    if not 2 <= degree <= held:
        raise DataError(
            f"gravity degree {degree} is outside 2 to {held}, what the table {name} holds: "
            f"choose a degree in that range, or leave the body out for a point mass"
        )
    top = slice(degree + 1)
    return Field(
        float(table["gm"]),
        float(table["radius"]),
        table["c"][top, top],
        table["s"][top, top],
        truncation,
    )


# A packed field: gm, radius, degree, truncation; (2n + 1) sqrt(n + 1) sigma_n by degree; then,
# for each eight orders from 0, 8, ... on and each degree from the first of these orders on, the
# factor of the recursion (8), C (8) and S (8).
_HEAD = 4
_COUNT = np.arange(8.0)


@compiled
def degree_needed(m, at, radius):
    """Return the degree to sum to at ``radius`` m or farther; the field is packed at ``at``.

    The smallest N with (GM/r^2) sum over n > N of (2n+1) sqrt(n+1) sigma_n (R/r)^n at most the
    truncation, sigma_n^2 = sum over m of C_nm^2 + S_nm^2: the Cauchy-Schwarz inequality with
    the addition theorem of spherical harmonics and of their gradients.
    """
    degree, allowed = int(m[at + 2]), m[at + 3]
    if allowed <= 0.0:
        return degree
    ratio = m[at + 1] / radius
    weight = m[at] / (radius * radius)
    tail = at + _HEAD
    left_out = 0.0
    power = ratio**degree
    for n in range(degree, 1, -1):
        left_out += weight * m[tail + n] * power
        if left_out > allowed:
            return n
        power /= ratio
    return 1


@compiled
def room(degree):
    """Return how many numbers of scratch ``harmonics`` needs."""
    return 32 + 2 * (degree + 10)


@compiled
def _sum_orders(m, at, first, degree, u, ratio, out, o, half):
    """Add what eight orders from ``first`` on give to the four sums at ``o`` in ``out``.

    With G the scaled Legendre functions, the inner loop sums C G, S G, C G', S G' (derivatives
    to the sine of the latitude), n C G and n S G over the degrees n. Behind the sums stand the
    powers of (a + ib) R/r, ``half`` real parts and as many imaginary ones, each led by a zero.
    """
    along, across, back = u * ratio, ratio, -ratio * ratio
    n = spread(float(first))
    g1 = g2 = d1 = d2 = c_g = s_g = c_d = s_d = c_n = s_n = spread(0.0)
    for i in range(degree + 1 - first):
        up, c, s = load(m, at), load(m, at + 8), load(m, at + 16)
        at += 24
        step = up * along
        start = unit(i) if i < 8 else spread(0.0)
        g = times_plus(step, g1, times_plus(back, g2, start))
        d = times_plus(step, d1, times_plus(up * across, g1, back * d2))
        g_n = n * g
        c_g, s_g = times_plus(c, g, c_g), times_plus(s, g, s_g)
        c_d, s_d = times_plus(c, d, c_d), times_plus(s, d, s_d)
        c_n, s_n = times_plus(c, g_n, c_n), times_plus(s, g_n, s_n)
        g1, g2, d1, d2 = g, g1, d, d1
        n = n + 1.0
    p = o + 32 + first
    before, behind = load(out, p), load(out, p + half)
    cosine, sine = load(out, p + 1), load(out, p + half + 1)
    k = load(_COUNT, 0) + float(first)
    c_k, s_k = k * across * c_g, k * across * s_g
    store(out, o + 0, times_plus(c_k, before, times_plus(s_k, behind, load(out, o + 0))))
    store(out, o + 8, times_plus(s_k, before, times_plus(-c_k, behind, load(out, o + 8))))
    store(out, o + 16, times_plus(c_d, cosine, times_plus(s_d, sine, load(out, o + 16))))
    c_n = times_plus(k + 1.0, c_g, times_plus(u, c_d, c_n))
    s_n = times_plus(k + 1.0, s_g, times_plus(u, s_d, s_n))
    store(out, o + 24, times_plus(c_n, cosine, times_plus(s_n, sine, load(out, o + 24))))


@compiled(fastmath=True)
def harmonics(m, at, degree, x, y, z, work, o):
    """Return the acceleration (m/s2) of degrees 2 to ``degree`` at (x, y, z), three numbers.

    All in the body-fixed axes of the field packed at ``at``, m. ``work`` (n,) is scratch from
    place ``o`` on, ``room(degree)`` numbers.
    """
    r = np.sqrt(x * x + y * y + z * z)
    a, b, u = x / r, y / r, z / r
    ratio = m[at + 1] / r
    half = degree + 10
    cosine, sine = 1.0, 0.0
    p = o + 32
    work[p] = work[p + half] = 0.0
    for k in range(1, degree + 2):
        work[p + k], work[p + half + k] = cosine, sine
        cosine, sine = ratio * (a * cosine - b * sine), ratio * (b * cosine + a * sine)
    for k in range(degree + 2, half):
        work[p + k] = work[p + half + k] = 0.0
    for k in range(32):
        work[o + k] = 0.0
    size = int(m[at + 2]) + 1
    block = at + _HEAD + size
    for first in range(0, degree + 1, 8):
        _sum_orders(m, block, first, degree, u, ratio, work, o, half)
        block += 24 * (size - first)
    gx = gy = gz = radial = 0.0
    for k in range(8):
        gx += work[o + k]
        gy += work[o + 8 + k]
        gz += work[o + 16 + k]
        radial += work[o + 24 + k]
    scale = m[at] / (r * r)
    return scale * (gx - radial * a), scale * (gy - radial * b), scale * (gz - radial * u)
