"""One step of RKN12(10): stages, error and interpolant, for forces that do not feel velocity.

Dormand, El-Mikkawy and Prince (1987), IMA J. Numer. Anal. 7, 423. [dormand1987] A third of the
evaluations of DOP853 at equal accuracy.

The interpolant costs none: the accelerations of eleven stages, all good to order 5 with tiny
errors, fix by least squares a polynomial of degree 8, which is integrated twice; what position
and velocity lack at the end is closed by Hermite cubics. Velocity is the exact derivative.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.forces.model import (
    ACTING,
    COUNT,
    FACTS,
    OTHERS,
    PHASE,
    UNKNOWN,
    add_others,
    place_many,
    pull_many,
    take_bodies,
)
from orbits.forces.points import dot
from orbits.lanes import LANES, fetch, keep, least, load, most, root, spread, store, times_plus
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
_SLOTS = 16  # instants of stages: the last two share one
_INSTANTS = NODES[:_SLOTS].copy()
_COUNTED = (0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)  # stages with weight in the end
_USED = np.array([0, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
_DEGREE = TERMS - 3  # of the polynomial of the acceleration
# Coefficients of that polynomial from the accelerations of the stages in use.
_FIT = np.linalg.pinv(np.vander(NODES[_USED], _DEGREE + 1, increasing=True))


@compiled
def stage(s, y, k, h):
    """Return the place (m) of stage ``s`` of a step ``h`` from ``y``; numbers or lanes.

    ``y`` (6 quantities) and ``k`` (3 LAST: accelerations of the stages) are flat.
    """
    x, y_, z = fetch(y, 0, h), fetch(y, 1, h), fetch(y, 2, h)
    if s == 0:
        return x, y_, z
    w = STAGES[s, 0]
    a, b, c = w * fetch(k, 0, h), w * fetch(k, 1, h), w * fetch(k, 2, h)
    for j in range(1 if s < 4 else 2, s):  # stage 1 serves the next two alone
        w = STAGES[s, j]
        a = times_plus(w, fetch(k, 3 * j, h), a)
        b = times_plus(w, fetch(k, 3 * j + 1, h), b)
        c = times_plus(w, fetch(k, 3 * j + 2, h), c)
    node = NODES[s]
    a = times_plus(h, a, node * fetch(y, 3, h))
    b = times_plus(h, b, node * fetch(y, 4, h))
    c = times_plus(h, c, node * fetch(y, 5, h))
    return times_plus(h, a, x), times_plus(h, b, y_), times_plus(h, c, z)


@compiled
def finish(y, k, h, end):
    """Write the end of a step into ``end`` (6); return the square of its relative error.

    Numbers or lanes, as ``h`` is.
    """
    size_r = size_v = before_r = before_v = error_r = error_v = 0.0 * h
    for c in range(3):
        p = q = e = f = 0.0 * h
        for j in _COUNTED:
            a = fetch(k, 3 * j + c, h)
            p = times_plus(POSITION[j], a, p)
            q = times_plus(VELOCITY[j], a, q)
            e = times_plus(ERROR_POSITION[j], a, e)
            f = times_plus(ERROR_VELOCITY[j], a, f)
        x, v = fetch(y, c, h), fetch(y, c + 3, h)
        at, speed = times_plus(h, times_plus(h, p, v), x), times_plus(h, q, v)
        keep(end, c, at)
        keep(end, c + 3, speed)
        e, f = h * h * e, h * f
        error_r, error_v = times_plus(e, e, error_r), times_plus(f, f, error_v)
        size_r, size_v = times_plus(at, at, size_r), times_plus(speed, speed, size_v)
        before_r, before_v = times_plus(x, x, before_r), times_plus(v, v, before_v)
    return error_r / most(size_r, before_r) + error_v / most(size_v, before_v)


@compiled
def attempt(m, table, t, y, h, tolerance, degrees, work, k, sky, end):
    """Try one step from ``y``.

    Writes the end into ``end``, the accelerations of the stages into ``k`` (3 LAST,) and the
    bodies at their instants into ``sky`` (``room`` numbers); returns the error in units of
    what is allowed, and the square of the least distance from the centre at the stages.
    ``work[PHASE, 1]`` tells whether the shadow's phase changed on the way from
    ``work[PHASE, 2]``, which is set to that at the start where it is UNKNOWN.
    """
    for slot in (0, 8):
        place_many(m, table, times_plus(load(_INSTANTS, slot), h, t), sky, slot, _SLOTS)
    more = degrees[0] >= 2 or degrees[1] >= 2 or m[OTHERS] > 0.0
    at, out = np.empty(3), np.empty(3)
    work[PHASE, 1] = 0.0
    nearest = 1e300
    for s in range(LAST):
        x, y_, z = stage(s, y, k, h)
        a, b, c = pull_many(m, x, y_, z, sky, _SLOTS, min(s, _SLOTS - 1))
        if more:
            take_bodies(m, sky, _SLOTS, min(s, _SLOTS - 1), work)
            at[0], at[1], at[2] = x, y_, z
            out[0], out[1], out[2] = a, b, c
            add_others(t + NODES[s] * h, at, m, table, degrees, work, out)
            a, b, c = out[0], out[1], out[2]
            if work[PHASE, 2] == UNKNOWN:
                work[PHASE, 2] = work[PHASE, 0]
            elif work[PHASE, 0] != work[PHASE, 2] and s > 0:
                work[PHASE, 1] = 1.0
        keep(k, 3 * s, a)
        keep(k, 3 * s + 1, b)
        keep(k, 3 * s + 2, c)
        nearest = least(nearest, dot(x, y_, z, x, y_, z))
    error = root(finish(y, k, h, end)) / tolerance
    return error, least(nearest, dot(end[0], end[1], end[2], end[0], end[1], end[2]))


@compiled
def attempt_lanes(m, table, t, y, h, k, sky, end, errors, nearest):
    """Try one step of each of eight flights under point masses alone.

    ``t``, ``h`` (8,), ``y``, ``end`` (48,) and ``k`` (24 LAST,) hold eight lanes a quantity.
    Writes the square of the relative error of each into ``errors`` (8,), and ``nearest`` as
    for ``attempt``.
    """
    times, steps = load(t, 0), load(h, 0)
    low = spread(1e300)
    for s in range(LAST):
        if s < _SLOTS:
            place_many(m, table, times_plus(NODES[s], steps, times), sky, 0, LANES)
        x, y_, z = stage(s, y, k, steps)
        a, b, c = pull_many(m, x, y_, z, sky, 1, 0)
        keep(k, 3 * s, a)
        keep(k, 3 * s + 1, b)
        keep(k, 3 * s + 2, c)
        low = least(low, dot(x, y_, z, x, y_, z))
    store(errors, 0, finish(y, k, steps, end))
    x, y_, z = load(end, 0), load(end, 8), load(end, 16)
    store(nearest, 0, least(low, dot(x, y_, z, x, y_, z)))


@compiled
def body_at_end(m, row, sky, out):
    """Write the place of body ``row`` at the end of the step of ``attempt`` into ``out``."""
    for i in range(int(m[COUNT])):
        if int(m[ACTING + 4 * i]) == row:
            for c in range(3):
                out[c] = sky[(FACTS * i + c) * _SLOTS + _SLOTS - 1]


@compiled
def body_in_lane(m, row, sky, lane, out):
    """Write the place of body ``row`` at the end of a lane's step of ``attempt_lanes``."""
    for i in range(int(m[COUNT])):
        if int(m[ACTING + 4 * i]) == row:
            for c in range(3):
                out[c] = sky[(FACTS * i + c) * LANES + lane]


@compiled
def room(m):
    """Return how many numbers ``sky`` holds, in ``attempt`` (and more than lanes need)."""
    return FACTS * _SLOTS * (int(m[COUNT]) + 1)


@compiled
def interpolant(y, end, k, h, out):
    """Write the polynomials (TERMS, 6) of the interpolant over a step into ``out``.

    ``k`` (3 LAST,) holds the accelerations of the stages.
    """
    for c in range(3):
        out[0, c] = y[c]
        out[1, c] = h * y[c + 3]
        gap, slip = end[c] - y[c] - h * y[c + 3], h * (end[c + 3] - y[c + 3])
        for p in range(_DEGREE + 1):
            total = 0.0
            for j in range(len(_USED)):
                total += _FIT[p, j] * k[3 * _USED[j] + c]
            total *= h * h / ((p + 1) * (p + 2))
            out[p + 2, c] = total
            gap -= total
            slip -= (p + 2) * total
        out[2, c] += 3.0 * gap - slip
        out[3, c] += slip - 2.0 * gap
        for p in range(TERMS - 1):
            out[p, c + 3] = (p + 1) * out[p + 1, c] / h
        out[TERMS - 1, c + 3] = 0.0
