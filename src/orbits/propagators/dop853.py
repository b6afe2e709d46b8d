"""The integrator: DOP853 with its own dense output, compiled around the one right-hand side.

Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., sec. II.5 (step
control) and II.6 (interpolant of order 7). [hairer1993] The error of a step is measured as a
length against the radius and as a speed against the speed, so that it does not depend on the
orientation of the axes.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.ephemeris import EARTH, MOON
from orbits.forces.gravity import degree_needed
from orbits.forces.model import (
    CENTER,
    EARTH_FIELD,
    MOON_FIELD,
    PHASE,
    acceleration,
    phase_of,
    place_bodies,
    scratch,
    sunlight,
)
from orbits.propagators.contact import dense_state, first_contact, may_touch, nearest_reach
from orbits.propagators.tableau import DENSE, ERROR_3, ERROR_5, NODES, WEIGHTS

DONE, PAUSED, IMPACT, FLOOR, NOT_FINITE = range(5)
STEPS, REJECTED, CALLS, DEGREE, STRUCK, SHADOW_EDGES = range(6)  # places in the tally

_SAFETY, _SHRINK, _GROW = 0.85, 1.0 / 3.0, 6.0
_FLOOR = 1e-5  # s: a hundred times the grain of t; nothing physical needs a smaller step


@compiled
def choose_degrees(m, table, t, y, h, degrees, radii):
    """Write the degrees of Moon and Earth for a step, and the radii they are good for."""
    for i in range(2):
        at = int(m[MOON_FIELD if i == 0 else EARTH_FIELD])
        degrees[i] = 0
        radii[i] = 0.0
        if at > 0:
            radii[i] = nearest_reach(m, table, MOON if i == 0 else EARTH, t, y, h)
            degrees[i] = degree_needed(m, at, radii[i])


@compiled
def _slope(t, y, m, table, degrees, work, k):
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
def _interpolant(t, y, end, k, h, m, table, degrees, work, stage, out):
    """Write the coefficients (7, 6) of the interpolant over a step into ``out``."""
    for s in range(13, 16):
        _stage(y, k, h, s, stage)
        _slope(t + NODES[s] * h, stage, m, table, degrees, work, k[s])
    for c in range(6):
        change = end[c] - y[c]
        out[0, c] = change
        out[1, c] = h * k[0, c] - change
        out[2, c] = 2.0 * change - h * (k[12, c] + k[0, c])
        for i in range(4):
            total = 0.0
            for j in range(16):
                total += DENSE[i, j] * k[j, c]
            out[3 + i, c] = h * total


@compiled
def _attempt(m, table, t, y, h, tolerance, degrees, radii, work, k, stage, end):
    """Try one step from ``y`` (``k[0]`` holds its slope) and return its error.

    Above 1 the step is refused; so is one that came nearer to a body than the degree summed
    is good for. ``work[PHASE, 1]`` tells whether the shadow's phase changed on the way.
    """
    before = work[PHASE, 2]
    work[PHASE, 1] = 0.0
    center = int(m[CENTER])
    part = 0 if center == MOON else 1
    watched = center in (MOON, EARTH) and radii[part] > 0.0
    nearest = 1e300
    for s in range(1, 12):
        _stage(y, k, h, s, stage)
        _slope(t + NODES[s] * h, stage, m, table, degrees, work, k[s])
        if work[PHASE, 0] != before:
            work[PHASE, 1] = 1.0
        if watched:
            nearest = min(nearest, stage[0] ** 2 + stage[1] ** 2 + stage[2] ** 2)
    _stage(y, k, h, 12, end)
    error = _error(y, end, k, h, tolerance)
    if watched and min(nearest, end[0] ** 2 + end[1] ** 2 + end[2] ** 2) < radii[part] ** 2:
        return max(error, 2.0)
    return error


@compiled
def _contact(m, table, surfaces, radii, t, h, y, f):
    """Return the fraction of the step at the first surface met, and its row or -1."""
    first, struck = 2.0, -1
    for i in range(len(surfaces)):
        x = first_contact(m, table, surfaces[i], radii[i], t, h, y, f)
        if 0.0 <= x < first:
            first, struck = x, surfaces[i]
    return first, struck


@compiled
def _close(m, table, surfaces, radii, t, h, y, end, k, degrees, work, stage, f, dense, tally):
    """Finish an accepted step: its interpolant, where wanted, and the surface it met.

    Returns the fraction of the step at the contact and the body's row, or -1.
    """
    _slope(t + h, end, m, table, degrees, work, k[12])
    work[PHASE, 3] = work[PHASE, 0]
    tally[CALLS] += 1
    tally[DEGREE] = max(tally[DEGREE], degrees[0], degrees[1])
    touching = False
    for i in range(len(surfaces)):
        touching |= may_touch(m, table, surfaces[i], radii[i], t, h, y, work)
    if not (dense or touching):
        return 2.0, -1
    _interpolant(t, y, end, k, h, m, table, degrees, work, stage, f)
    tally[CALLS] += 3
    if not touching:
        return 2.0, -1
    return _contact(m, table, surfaces, radii, t, h, y, f)


@compiled
def _next(h, error):
    """Return the step to try after one of ``h`` with ``error``."""
    if not np.isfinite(error):
        return 0.1 * h
    if error == 0.0:
        return _GROW * h
    return h * min(_GROW, max(_SHRINK, _SAFETY * error ** (-0.125)))


@compiled
def _shadow_edge(m, table, t, h, y, f, before, work, state):
    """Return the fraction of the step just past the shadow's first change of phase, or 2.

    The new phase is left in ``work[PHASE, 4]``.
    """
    a, b = 0.0, 2.0
    for i in range(1, 17):
        place_bodies(m, table, t + i / 16.0 * h, work)
        dense_state(y, f, i / 16.0, state)
        phase = phase_of(sunlight(m, state, work))
        if phase != before:
            b = i / 16.0
            work[PHASE, 4] = phase
            break
        a = i / 16.0
    if b > 1.0:
        return b
    for _ in range(40):
        x = 0.5 * (a + b)
        place_bodies(m, table, t + x * h, work)
        dense_state(y, f, x, state)
        phase = phase_of(sunlight(m, state, work))
        if phase != before:
            b = x
            work[PHASE, 4] = phase
        else:
            a = x
    return b


@compiled
def integrate(m, table, surfaces, surface_radii, t, y, f, t1, h, tolerance, tally):
    """Integrate from ``t[0]``, ``y[0]`` towards ``t1``, as many steps as the arrays hold.

    Parameters
    ----------
    m, table : arrays
        The force model.
    surfaces, surface_radii : (k,) arrays
        Rows of the bodies that stop the flight, and their radii, m.
    t : (capacity + 1,) array, s
        Filled with the ends of the steps.
    y : (capacity + 1, 6) array, m and m/s
        Filled with the states there.
    f : (capacity, 7, 6) array, or (1, 7, 6) where no dense output is wanted
        Filled with the interpolants.
    t1, h : float, s
        The end, and the first step to try (with its sign).
    tolerance : float
    tally : (6,) int array
        Counts are added to it: STEPS of this call (set), REJECTED, CALLS of the forces, the
        highest DEGREE summed, the body STRUCK, and SHADOW_EDGES landed on.

    Returns
    -------
    status : int
        DONE, PAUSED (arrays full), IMPACT (the last entry is the place), FLOOR or NOT_FINITE.
    h : float, s
        Step to go on with.
    """
    capacity = len(t) - 1
    dense = len(f) == capacity
    k, work = np.zeros((16, 6)), scratch(m)
    stage, end = np.empty(6), np.empty(6)
    degrees, summed, radii = np.zeros(2, np.int64), np.full(2, -1), np.zeros(2)
    tally[STEPS], landing = 0, False
    while tally[STEPS] < capacity:
        i = tally[STEPS]
        now, start = t[i], y[i]
        last = abs(h) * 1.01 >= abs(t1 - now)
        h = t1 - now if last else (now + h) - now  # what the clock can hold
        if abs(h) < _FLOOR and not last:
            return FLOOR, h
        choose_degrees(m, table, now, start, h, degrees, radii)
        if degrees[0] != summed[0] or degrees[1] != summed[1]:
            _slope(now, start, m, table, degrees, work, k[0])
            work[PHASE, 2] = work[PHASE, 0]
            summed[:] = degrees
            tally[CALLS] += 1
        error = _attempt(
            m, table, now, start, h, tolerance, degrees, radii, work, k, stage, end
        )
        tally[CALLS] += 11
        if not error <= 1.0:
            tally[REJECTED] += 1
            h = _next(h, error)
            if abs(h) < _FLOOR:
                return (FLOOR if np.isfinite(error) else NOT_FINITE), h
            continue
        slot = f[i if dense else 0]
        if work[PHASE, 1] > 0.0 and not landing:
            # A force with a kink inside a step spoils its order: end the step at the kink.
            _slope(now + h, end, m, table, degrees, work, k[12])
            _interpolant(now, start, end, k, h, m, table, degrees, work, stage, slot)
            x = _shadow_edge(m, table, now, h, start, slot, work[PHASE, 2], work, stage)
            tally[CALLS] += 4
            if x * abs(h) > _FLOOR and x < 1.0:
                h, landing = x * h, True
                tally[SHADOW_EDGES] += 1
                continue
        x, struck = _close(
            m, table, surfaces, surface_radii, now, h, start, end,
            k, degrees, work, stage, slot, dense, tally,
        )  # fmt: skip
        if struck >= 0:
            tally[STRUCK] = struck
            t[i + 1] = now + x * h
            dense_state(start, slot, x, y[i + 1])
            return IMPACT, h
        t[i + 1] = t1 if last else now + h
        y[i + 1] = end
        tally[STEPS] = i + 1
        k[0] = k[12]
        # A landing ends within rounding of the edge, on either side: count it as past.
        work[PHASE, 2] = work[PHASE, 4] if landing else work[PHASE, 3]
        landing = False
        if last:
            return DONE, h
        h = _next(h, error)
    return PAUSED, h
