"""The pull of point masses on one spacecraft, or on eight in lanes; compiled.

Third bodies in Battin's form, without a difference of two nearly equal pulls: Battin (1999), An
Introduction to the Mathematics and Methods of Astrodynamics, sec. 8.6. [battin1999]
"""

from orbits.compiled import compiled
from orbits.lanes import root, times_plus


@compiled
def dot(ax, ay, az, bx, by, bz):
    """Return the scalar product."""
    return times_plus(ax, bx, times_plus(ay, by, az * bz))


@compiled
def center_pull(mu, x, y, z, r2):
    """Return the acceleration (m/s2) by the centre at (x, y, z) m, ``r2`` m2 away."""
    k = -mu / (r2 * root(r2))
    return k * x, k * y, k * z


@compiled
def far(mu, x, y, z):
    """Return what ``third_pull`` asks of a body at (x, y, z) m: 1/s2 and mu/s3."""
    s2 = dot(x, y, z, x, y, z)
    return 1.0 / s2, mu / (s2 * root(s2))


@compiled
def third_pull(x, y, z, r2, sx, sy, sz, inverse, weight):
    """Return the pull (m/s2) of a body at (sx, sy, sz) m less that on the centre."""
    q = times_plus(-2.0, dot(x, y, z, sx, sy, sz), r2) * inverse
    p = q + 1.0
    p_root = p * root(p)
    f = q * times_plus(q, q + 3.0, 3.0) / (p_root + 1.0)
    k = -weight / p_root
    return k * times_plus(f, sx, x), k * times_plus(f, sy, y), k * times_plus(f, sz, z)
