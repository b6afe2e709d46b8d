"""One step of RKN12(10): stages, error and interpolant, for forces that do not feel velocity.

Dormand, El-Mikkawy and Prince (1987), IMA J. Numer. Anal. 7, 423. [dormand1987] A third of the
evaluations of DOP853 at equal accuracy.

The interpolant costs none: the accelerations of eleven stages, all good to order 5 with tiny
errors, fix by least squares a polynomial of degree 8, which is integrated twice; what position
and velocity lack at the end is closed by Hermite cubics. Velocity is the exact derivative.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.forces.model import PHASE, acceleration
from orbits.propagators.contact import TERMS
from orbits.propagators.tableau_rkn import (
    ERROR_POSITION,
    ERROR_VELOCITY,
    NODES,
    POSITION,
    STAGES,
    VELOCITY,
)

LAST = 17  # stages
_USED = np.array([0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
_DEGREE = TERMS - 3  # of the polynomial of the acceleration
# Coefficients of that polynomial from the accelerations of the stages in use.
_FIT = np.linalg.pinv(np.vander(NODES[_USED], _DEGREE + 1, increasing=True))


@compiled
def attempt(m, table, t, y, h, tolerance, degrees, work, k, stage, end):
    """Try one step from ``y``, whose acceleration is in ``k[0, 3:]``; as in dop853.py."""
    before = work[PHASE, 2]
    work[PHASE, 1] = 0.0
    nearest = 1e300
    for s in range(1, LAST):
        a = b = c = 0.0
        for j in range(s):
            w = STAGES[s, j]
            if w != 0.0:
                a += w * k[j, 3]
                b += w * k[j, 4]
                c += w * k[j, 5]
        stage[0] = y[0] + h * (NODES[s] * y[3] + h * a)
        stage[1] = y[1] + h * (NODES[s] * y[4] + h * b)
        stage[2] = y[2] + h * (NODES[s] * y[5] + h * c)
        acceleration(t + NODES[s] * h, stage, m, table, degrees, work, k[s, 3:])
        if work[PHASE, 0] != before:
            work[PHASE, 1] = 1.0
        nearest = min(nearest, stage[0] ** 2 + stage[1] ** 2 + stage[2] ** 2)
    size_r = size_v = before_r = before_v = error_r = error_v = 0.0
    for c in range(3):
        p = q = e = f = 0.0
        for j in range(LAST):
            p += POSITION[j] * k[j, c + 3]
            q += VELOCITY[j] * k[j, c + 3]
            e += ERROR_POSITION[j] * k[j, c + 3]
            f += ERROR_VELOCITY[j] * k[j, c + 3]
        end[c] = y[c] + h * (y[c + 3] + h * p)
        end[c + 3] = y[c + 3] + h * q
        error_r += (h * h * e) ** 2
        error_v += (h * f) ** 2
        size_r += end[c] ** 2
        size_v += end[c + 3] ** 2
        before_r += y[c] ** 2
        before_v += y[c + 3] ** 2
    error = error_r / max(size_r, before_r) + error_v / max(size_v, before_v)
    return np.sqrt(error) / tolerance, min(nearest, size_r)


@compiled
def interpolant(y, end, k, h, out):
    """Write the polynomials (TERMS, 6) of the interpolant over a step into ``out``."""
    for c in range(3):
        out[0, c] = y[c]
        out[1, c] = h * y[c + 3]
        gap, slip = end[c] - y[c] - h * y[c + 3], h * (end[c + 3] - y[c + 3])
        for p in range(_DEGREE + 1):
            total = 0.0
            for j in range(len(_USED)):
                total += _FIT[p, j] * k[_USED[j], c + 3]
            total *= h * h / ((p + 1) * (p + 2))
            out[p + 2, c] = total
            gap -= total
            slip -= (p + 2) * total
        out[2, c] += 3.0 * gap - slip
        out[3, c] += slip - 2.0 * gap
        for p in range(TERMS - 1):
            out[p, c + 3] = (p + 1) * out[p + 1, c] / h
        out[TERMS - 1, c + 3] = 0.0
