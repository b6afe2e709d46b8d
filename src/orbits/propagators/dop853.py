"""One step of DOP853: stages, error and interpolant, for forces of any kind.

Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., sec. II.5
(error) and II.6 (interpolant of order 7). [hairer1993] The error of a step is measured as a
length against the radius and as a speed against the speed, so that it does not depend on the
orientation of the axes.
"""

import numpy as np
from numpy.polynomial import Polynomial

from orbits.compiled import compiled
from orbits.forces.model import PHASE, acceleration
from orbits.propagators.contact import TERMS
from orbits.propagators.tableau import DENSE, ERROR_3, ERROR_5, NODES, WEIGHTS


def _to_powers() -> np.ndarray:
    """Return the matrix from the nested coefficients (y0, F0..F6) to powers of the fraction."""
    x = Polynomial([0.0, 1.0])
    matrix = np.zeros((TERMS, 8))
    matrix[0, 0] = 1.0
    product = Polynomial([1.0])
    for i in range(7):
        product = product * (x if i % 2 == 0 else 1.0 - x)
        matrix[: len(product.coef), i + 1] = product.coef
    return matrix


STAGES = 16  # those of the interpolant among them
POWERS = _to_powers()


@compiled
def slope(t, y, m, table, degrees, work, k):
    """Write dy/dt into ``k`` (6,)."""
    k[0], k[1], k[2] = y[3], y[4], y[5]
    acceleration(t, y, m, table, degrees, work, k[3:])


@compiled
def _stage(y, k, h, stage, out):
    a = b = c = d = e = g = 0.0
    for j in range(stage):
        w = WEIGHTS[stage, j]
        if w != 0.0:
            a += w * k[j, 0]
            b += w * k[j, 1]
            c += w * k[j, 2]
            d += w * k[j, 3]
            e += w * k[j, 4]
            g += w * k[j, 5]
    out[0], out[1], out[2] = y[0] + h * a, y[1] + h * b, y[2] + h * c
    out[3], out[4], out[5] = y[3] + h * d, y[4] + h * e, y[5] + h * g


@compiled
def _error(y, end, k, h, tolerance):
    """Return the error of a step in units of what is allowed."""
    sum_5 = sum_3 = 0.0
    for part in (0, 3):
        size = before = fifth = third = 0.0
        for c in range(part, part + 3):
            e5 = e3 = 0.0
            for j in range(12):
                e5 += ERROR_5[j] * k[j, c]
                e3 += ERROR_3[j] * k[j, c]
            fifth += e5 * e5
            third += e3 * e3
            size += end[c] * end[c]
            before += y[c] * y[c]
        sum_5 += fifth / max(size, before)
        sum_3 += third / max(size, before)
    if sum_5 == 0.0 and sum_3 == 0.0:
        return 0.0
    return abs(h) * sum_5 / np.sqrt(sum_5 + 0.01 * sum_3) / tolerance


@compiled
def interpolant(t, y, end, k, h, m, table, degrees, work, stage, out):
    """Write the polynomials (TERMS, 6) of the interpolant over a step into ``out``."""
    nested = np.empty(8)
    for s in range(13, 16):
        _stage(y, k, h, s, stage)
        slope(t + NODES[s] * h, stage, m, table, degrees, work, k[s])
    for c in range(6):
        change = end[c] - y[c]
        nested[0] = y[c]
        nested[1] = change
        nested[2] = h * k[0, c] - change
        nested[3] = 2.0 * change - h * (k[12, c] + k[0, c])
        for i in range(4):
            total = 0.0
            for j in range(16):
                total += DENSE[i, j] * k[j, c]
            nested[4 + i] = h * total
        for i in range(TERMS):
            total = 0.0
            for j in range(8):
                total += POWERS[i, j] * nested[j]
            out[i, c] = total


@compiled
def attempt(m, table, t, y, h, tolerance, degrees, work, k, end):
    """Try one step from ``y``, whose slope is in ``k[0]``.

    Writes the end into ``end`` and returns the error in units of what is allowed, and the
    square of the least distance from the centre at the stages. ``work[PHASE, 1]`` tells
    whether the shadow's phase changed on the way.
    """
    before = work[PHASE, 2]
    work[PHASE, 1] = 0.0
    nearest, stage = 1e300, np.empty(6)
    for s in range(1, 12):
        _stage(y, k, h, s, stage)
        slope(t + NODES[s] * h, stage, m, table, degrees, work, k[s])
        if work[PHASE, 0] != before:
            work[PHASE, 1] = 1.0
        nearest = min(nearest, stage[0] ** 2 + stage[1] ** 2 + stage[2] ** 2)
    _stage(y, k, h, 12, end)
    nearest = min(nearest, end[0] ** 2 + end[1] ** 2 + end[2] ** 2)
    return _error(y, end, k, h, tolerance), nearest
