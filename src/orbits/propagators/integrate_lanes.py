"""Many flights under point masses alone, eight at a time in the lanes of vector registers.

Each lane has its own instant, step and verdict, and takes the next flight when its own has
ended. Steps, their errors and their sizes are those of integrate.py to the last bit: the stages
are the same functions of lanes instead of numbers, and the rest is done lane by lane.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.lanes import LANES
from orbits.propagators import rkn1210
from orbits.propagators.contact import TERMS, dense_state, may_touch
from orbits.propagators.integrate import (
    DONE,
    FLOOR,
    FLOOR_STEP,
    IMPACT,
    NOT_FINITE,
    RKN1210,
    contact,
    fit_step,
    next_step,
)

# numba takes functions, not modules, out of the global names.
_attempt, _interpolant, _room = rkn1210.attempt_lanes, rkn1210.interpolant, rkn1210.room
_STAGES, _body_at_end = rkn1210.LAST, rkn1210.body_in_lane
_GOING = -1


@compiled
def _close(m, table, surfaces, radii, t, h, start, end, nearest, lane, k, sky, place):
    """Look whether the accepted step of a lane met a surface; return the status and the body.

    Where one is met, ``end`` becomes the state there, and the fraction of the step is returned.
    """
    touching = False
    for i in range(len(surfaces)):
        _body_at_end(m, surfaces[i], sky, lane, place)
        if may_touch(m, table, surfaces[i], radii[i], t, h, start, nearest, place):
            touching = True
    if touching:
        a, f = np.empty(3 * _STAGES), np.empty((TERMS, 6))
        for j in range(3 * _STAGES):
            a[j] = k[LANES * j + lane]
        _interpolant(start, end, a, h, f)
        x, struck = contact(m, table, surfaces, radii, t, h, f)
        if struck >= 0:
            dense_state(f, x, end)
            return IMPACT, struck, x
    return _GOING, 0, 1.0


@compiled
def _step(m, table, surfaces, radii, t, h, t1, last, error, nearest, lane, start, end, k, sky):
    """Judge the step of a lane; return status, instant, next step and body struck.

    ``start`` becomes the state to go on from, or the last.
    """
    if not error <= 1.0:
        h = next_step(RKN1210, h, error, start, end)
        if abs(h) < FLOOR_STEP:
            return (FLOOR if np.isfinite(error) else NOT_FINITE), t, h, 0
        return _GOING, t, h, 0
    status, struck, x = _close(
        m, table, surfaces, radii, t, h, start, end, nearest, lane, k, sky, np.zeros(3)
    )
    if status == IMPACT:
        start[:] = end
        return status, t + x * h, h, struck
    onwards = next_step(RKN1210, h, error, start, end)
    start[:] = end
    return (DONE if last else _GOING), (t1 if last else t + h), onwards, 0


@compiled
def integrate_lanes(m, table, surfaces, surface_radii, t0, y0, t1, first, tolerance, ends):
    """Integrate many states to ``t1``; as ``integrate.integrate_each`` with RKN12(10).

    For models without fields and other forces.
    """
    t, h, y, end = np.zeros(LANES), np.zeros(LANES), np.zeros(6 * LANES), np.zeros(6 * LANES)
    step, last, which = np.zeros(LANES), np.zeros(LANES, np.bool_), np.full(LANES, -1)
    errors, nearest = np.zeros(LANES), np.zeros(LANES)
    k, sky = np.zeros(3 * _STAGES * LANES), np.zeros(_room(m))
    one, other = np.empty(6), np.empty(6)
    taken = flying = 0
    while True:
        for lane in range(LANES):
            while which[lane] < 0 and taken < len(t0):
                if t0[taken] == t1:
                    ends[taken, 0], ends[taken, 7], ends[taken, 8] = t1, DONE, 0
                    ends[taken, 1:7] = y0[taken]
                else:
                    which[lane], t[lane], h[lane] = taken, t0[taken], first[taken]
                    y[lane::LANES] = y0[taken]
                    flying += 1
                taken += 1
            if which[lane] >= 0:
                step[lane], last[lane] = fit_step(t[lane], h[lane], t1)
        if flying == 0:
            return
        _attempt(m, table, t, y, step, k, sky, end, errors, nearest)
        for lane in range(LANES):
            i = which[lane]
            if i < 0:
                continue
            for c in range(6):
                one[c], other[c] = y[LANES * c + lane], end[LANES * c + lane]
            if abs(step[lane]) < FLOOR_STEP and not last[lane]:
                status, struck = FLOOR, 0
            else:
                status, t[lane], h[lane], struck = _step(
                    m, table, surfaces, surface_radii, t[lane], step[lane], t1, last[lane],
                    np.sqrt(errors[lane]) / tolerance, nearest[lane], lane, one, other, k, sky,
                )  # fmt: skip
            for c in range(6):
                y[LANES * c + lane] = one[c]
            if status != _GOING:
                ends[i, 0], ends[i, 7], ends[i, 8] = t[lane], status, struck
                ends[i, 1:7] = one
                which[lane], step[lane] = -1, 0.0
                flying -= 1
