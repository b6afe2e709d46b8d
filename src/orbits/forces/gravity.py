"""Spherical-harmonic gravity of the Earth and the Moon, compiled, in body-fixed axes.

Pines' formulation with fully normalised coefficients: no singularity at the poles. Rows of
equal degree are summed over the order, so that the inner loops vectorise.

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
        """Return the numbers that the compiled code reads (see ``_BLOCKS``)."""
        degree, c, s = self.degree, self.c, self.s
        n = np.arange(degree + 1, dtype=np.float64)[:, None]
        m = np.arange(degree + 1, dtype=np.float64)[None, :]
        with np.errstate(divide="ignore", invalid="ignore"):
            up = np.where(m < n, np.sqrt((4 * n**2 - 1) / (n**2 - m**2)), 0.0)
            back = np.where(
                m < n - 1,
                np.sqrt(((n - 1) ** 2 - m**2) * (2 * n + 1) / ((2 * n - 3) * (n**2 - m**2))),
                0.0,
            )
            rise = np.where(m < n, np.sqrt((n - m) * (n + m + 1)), 0.0)
        rise[:, 0] = np.sqrt(n[:, 0] * (n[:, 0] + 1) / 2)
        k = np.arange(degree + 1)
        sectoral = np.sqrt(np.where(k > 0, (2 * k + 1) / np.maximum(2 * k, 1), 1.0))
        sectoral[1] = np.sqrt(3.0)
        tail = (2 * k + 1) * np.sqrt(k + 1.0) * np.sqrt((c**2 + s**2).sum(axis=1))
        head = [self.gm, self.radius, float(degree), self.truncation]
        tables = [np.tril(table).ravel() for table in (c, s, up, back, rise)]
        return np.concatenate([head, np.cumprod(sectoral), tail, *tables])


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


# A packed field: gm, radius, degree, truncation; then, each with degree + 1 numbers a row, the
# functions of equal degree and order; (2n + 1) sqrt(n + 1) sigma_n; and five square tables:
# C, S, the two factors of the recursion in degree, the factor from order m + 1 to the
# derivative of order m.
_HEAD, _BLOCKS = 4, 5


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
    tail = at + _HEAD + degree + 1
    left_out = 0.0
    power = ratio**degree
    for n in range(degree, 1, -1):
        left_out += weight * m[tail + n] * power
        if left_out > allowed:
            return n
        power /= ratio
    return 1


@compiled(fastmath=True)
def harmonics(m, at, degree, x, y, z, work, out):
    """Write the acceleration (m/s2) of degrees 2 to ``degree`` at (x, y, z) into ``out``.

    All in the body-fixed axes of the field packed at ``at``, m. ``work`` is scratch, (7, w)
    with w at least ``degree`` + 3.
    """
    r = np.sqrt(x * x + y * y + z * z)
    a, b, u = x / r, y / r, z / r
    ratio = m[at + 1] / r
    width = int(m[at + 2]) + 1
    sectoral = m[at + _HEAD : at + _HEAD + width]
    first = at + _HEAD + 2 * width
    size = width * width
    # Scratch: three degrees of Legendre functions scaled by (R/r)^n, the powers of a + ib,
    # and k times the powers of order k - 1.
    two_back, one_back, row = work[0], work[1], work[2]
    cos_k, sin_k, k_cos, k_sin = work[3], work[4], work[5], work[6]
    cos_k[0], sin_k[0], k_cos[0], k_sin[0] = 1.0, 0.0, 0.0, 0.0
    for k in range(1, degree + 1):
        cos_k[k] = a * cos_k[k - 1] - b * sin_k[k - 1]
        sin_k[k] = b * cos_k[k - 1] + a * sin_k[k - 1]
        k_cos[k] = k * cos_k[k - 1]
        k_sin[k] = k * sin_k[k - 1]
    for k in range(degree + 2):
        two_back[k] = 0.0
        one_back[k] = 0.0
        row[k] = 0.0
    two_back[0] = 1.0
    one_back[0] = sectoral[1] * u * ratio
    one_back[1] = sectoral[1] * ratio
    u_ratio = u * ratio
    ratio2 = ratio * ratio
    power = ratio
    gx = gy = gz = radial = 0.0
    for n in range(2, degree + 1):
        power *= ratio
        line = first + n * width
        cn, sn = m[line : line + width], m[line + size : line + size + width]
        up = m[line + 2 * size : line + 2 * size + width]
        back = m[line + 3 * size : line + 3 * size + width]
        rise = m[line + 4 * size : line + 4 * size + width]
        for k in range(n):
            row[k] = u_ratio * up[k] * one_back[k] - ratio2 * back[k] * two_back[k]
        row[n] = sectoral[n] * power
        row[n + 1] = 0.0
        for k in range(n + 1):
            value = row[k]
            lift = rise[k] * row[k + 1]
            share = cn[k] * cos_k[k] + sn[k] * sin_k[k]
            gx += value * (cn[k] * k_cos[k] + sn[k] * k_sin[k])
            gy += value * (sn[k] * k_cos[k] - cn[k] * k_sin[k])
            gz += lift * share
            radial += ((n + k + 1) * value + u * lift) * share
        two_back, one_back, row = one_back, row, two_back
    scale = m[at] / (r * r)
    out[0] = scale * (gx - radial * a)
    out[1] = scale * (gy - radial * b)
    out[2] = scale * (gz - radial * u)
