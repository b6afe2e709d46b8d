"""The integrator: steps of one of two methods, with all that must be minded between them.

Step control (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed.,
sec. II.4 [hairer1993]), the degree of gravity summed in each step, edges of shadows on which a
step ends, and surfaces that end the flight. Compiled.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.ephemeris import EARTH, MOON
from orbits.forces.gravity import degree_needed
from orbits.forces.model import (
    CENTER,
    EARTH_FIELD,
    LIT,
    MOON_FIELD,
    PHASE,
    RADIATION,
    UNKNOWN,
    scratch,
)
from orbits.propagators import dop853, rkn1210
from orbits.propagators.contact import (
    TERMS,
    dense_state,
    first_contact,
    may_touch,
    nearest_reach,
)
from orbits.propagators.shade import may_shade, shadow_edge

DONE, PAUSED, IMPACT, FLOOR, NOT_FINITE = range(5)
STEPS, REJECTED, CALLS, DEGREE, STRUCK, SHADOW_EDGES = range(6)  # places in the tally
DOP853, RKN1210 = range(2)
_GOOD, _KINK, _STRUCK = range(3)

_SAFETY, _SHRINK, _GROW = 0.85, 1.0 / 3.0, 6.0
_PIECE = 512  # steps kept at a time where only the end is wanted
FLOOR_STEP = 1e-5  # s: a hundred times the grain of t; nothing physical needs a smaller step

# numba takes functions, not modules, out of the global names.
_dop_attempt, _dop_interpolant, _slope = dop853.attempt, dop853.interpolant, dop853.slope
_rkn_attempt, _rkn_interpolant = rkn1210.attempt, rkn1210.interpolant
_sky_room, _body_at_end = rkn1210.room, rkn1210.body_at_end


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
def _attempt(method, m, table, t, y, h, tolerance, degrees, radii, work, k, a, sky, end):
    """Try one step; return its error, above 1 where it is refused, and the nearest squared.

    A step that came nearer to the centre than the degree summed is good for is refused too.
    """
    if method == RKN1210:
        error, nearest = _rkn_attempt(m, table, t, y, h, tolerance, degrees, work, a, sky, end)
    else:
        error, nearest = _dop_attempt(m, table, t, y, h, tolerance, degrees, work, k, end)
    part = 0 if int(m[CENTER]) == MOON else 1
    if int(m[CENTER]) in (MOON, EARTH) and nearest < radii[part] ** 2:
        error = max(error, 2.0)
    return error, nearest


@compiled
def fit_step(t, h, t1):
    """Return a step that the clock can hold, to ``t1`` at most, and whether it ends there."""
    if abs(h) * 1.01 >= abs(t1 - t):
        return t1 - t, True
    return (t + h) - t, False


@compiled
def next_step(method, h, error, start, end):
    """Return the step to try after one of ``h`` with ``error`` from ``start`` to ``end``."""
    if not np.isfinite(error):
        return 0.1 * h
    if error == 0.0:
        return _GROW * h
    if method == DOP853:
        return h * min(_GROW, max(_SHRINK, _SAFETY * error ** (-0.125)))
    factor = _SAFETY * error ** (-1.0 / 11.0)
    if error <= 1.0:
        # Steps of so high an order foresee periapsis: they shrink with the radius.
        r0 = start[0] ** 2 + start[1] ** 2 + start[2] ** 2
        r1 = end[0] ** 2 + end[1] ** 2 + end[2] ** 2
        factor *= min(1.0, (r1 / r0) ** 0.75)
    return h * min(_GROW, max(_SHRINK, factor))


@compiled
def _interpolate(method, m, table, t, y, h, end, k, a, degrees, work, stage, f, tally):
    """Write the polynomials of a step into ``f``; the slope at the end is known."""
    if method == RKN1210:
        _rkn_interpolant(y, end, a, h, f)
    else:
        _dop_interpolant(t, y, end, k, h, m, table, degrees, work, stage, f)
        tally[CALLS] += 3


@compiled
def contact(m, table, surfaces, radii, t, h, f):
    """Return the fraction of the step at the first surface met, and its row or -1."""
    first, struck = 2.0, -1
    for i in range(len(surfaces)):
        x = first_contact(m, table, surfaces[i], radii[i], t, h, f)
        if 0.0 <= x < first:
            first, struck = x, surfaces[i]
    return first, struck


@compiled
def _touching(m, table, surfaces, radii, t, h, y, nearest, method, sky, work):
    for i in range(len(surfaces)):
        row = surfaces[i]
        place = work[row]
        if method == RKN1210:
            _body_at_end(m, row, sky, place)
        if may_touch(m, table, row, radii[i], t, h, y, nearest, place):
            return True
    return False


@compiled
def _close(
    method, m, table, surfaces, radii, t, h, y, end, nearest,
    k, a, sky, degrees, work, stage, f, dense, landing, tally,
):  # fmt: skip
    """Look at what happened in an accepted step; fill its polynomials where they are wanted.

    Returns _GOOD, _KINK (end the step at an edge of a shadow: a force with a kink inside a step
    spoils its order) or _STRUCK, and the fraction of the step where.
    """
    if method == DOP853:
        _slope(t + h, end, m, table, degrees, work, k[12])
        tally[CALLS] += 1
    work[PHASE, 3] = work[PHASE, 0]
    kinked = work[PHASE, 1] > 0.0 and not landing
    if m[RADIATION] > 0.0 and work[PHASE, 2] == LIT and not kinked and not landing:
        kinked = may_shade(m, table, t, h, y, end)
    touching = _touching(m, table, surfaces, radii, t, h, y, nearest, method, sky, work)
    if dense or touching or kinked:
        _interpolate(method, m, table, t, y, h, end, k, a, degrees, work, stage, f, tally)
    if kinked:
        x = shadow_edge(m, table, t, h, f, work[PHASE, 2], work, stage)
        if x * abs(h) > FLOOR_STEP and x < 1.0:
            tally[SHADOW_EDGES] += 1
            return _KINK, x
    if touching:
        x, struck = contact(m, table, surfaces, radii, t, h, f)
        if struck >= 0:
            tally[STRUCK] = struck
            return _STRUCK, x
    tally[DEGREE] = max(tally[DEGREE], degrees[0], degrees[1])
    return _GOOD, 1.0


@compiled
def integrate(method, m, table, surfaces, surface_radii, t, y, f, t1, h, tolerance, tally):
    """Integrate from ``t[0]``, ``y[0]`` towards ``t1``, as many steps as the arrays hold.

    Parameters
    ----------
    method : int
        DOP853, or RKN1210 where no force depends on velocity.
    m, table : arrays
        The force model.
    surfaces, surface_radii : (k,) arrays
        Rows of the bodies that stop the flight, and their radii, m.
    t : (capacity + 1,) array, s
        Filled with the ends of the steps.
    y : (capacity + 1, 6) array, m and m/s
        Filled with the states there.
    f : (capacity, TERMS, 6) array, or (1, TERMS, 6) where no dense output is wanted
        Filled with the polynomials of the steps.
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
    dense = len(f) == len(t) - 1
    k, work = np.zeros((dop853.STAGES, 6)), scratch(m)
    a, sky = np.zeros(3 * rkn1210.LAST), np.zeros(_sky_room(m))
    stage, end = np.empty(6), np.empty(6)
    degrees, summed, radii = np.zeros(2, np.int64), np.full(2, -1), np.zeros(2)
    tally[STEPS], landing, landed = 0, False, False
    work[PHASE, 2] = UNKNOWN
    while tally[STEPS] < len(t) - 1:
        i = tally[STEPS]
        now, start = t[i], y[i]
        h, last = fit_step(now, h, t1)
        if abs(h) < FLOOR_STEP and not last:
            return FLOOR, h
        choose_degrees(m, table, now, start, h, degrees, radii)
        if method == DOP853 and (degrees[0] != summed[0] or degrees[1] != summed[1]):
            _slope(now, start, m, table, degrees, work, k[0])
            # A landing ends within rounding of the edge, on either side: it counts as past.
            work[PHASE, 2] = work[PHASE, 4] if landed else work[PHASE, 0]
            summed[:] = degrees
            tally[CALLS] += 1
        error, nearest = _attempt(
            method, m, table, now, start, h, tolerance, degrees, radii, work, k, a, sky, end
        )
        tally[CALLS] += 17 if method == RKN1210 else 11
        if not error <= 1.0:
            tally[REJECTED] += 1
            landing = False
            h = next_step(method, h, error, start, end)
            if abs(h) < FLOOR_STEP:
                return (FLOOR if np.isfinite(error) else NOT_FINITE), h
            continue
        slot = f[i if dense else 0]
        verdict, x = _close(
            method, m, table, surfaces, surface_radii, now, h, start, end, nearest,
            k, a, sky, degrees, work, stage, slot, dense, landing, tally,
        )  # fmt: skip
        if verdict == _KINK:
            h, landing = x * h, True
            continue
        if verdict == _STRUCK:
            t[i + 1] = now + x * h
            dense_state(slot, x, y[i + 1])
            return IMPACT, h
        t[i + 1] = t1 if last else now + h
        y[i + 1] = end
        tally[STEPS] = i + 1
        k[0] = k[12]
        beyond = work[PHASE, 3] if method == DOP853 else UNKNOWN
        work[PHASE, 2] = work[PHASE, 4] if landing else beyond
        landed, landing = landing, False
        if last:
            return DONE, h
        h = next_step(method, h, error, start, end)
    return PAUSED, h


@compiled
def integrate_each(method, m, table, surfaces, surface_radii, t0, y0, t1, h, tolerance, ends):
    """Integrate many states to ``t1``, one after the other, keeping the ends alone.

    Parameters
    ----------
    t0 : (n,) array, s
    y0 : (n, 6) array, m and m/s
    h : (n,) array, s
        First step of each.
    ends : (n, 9) array
        Filled with t, the state there, the status and the body struck.
    """
    t, y = np.empty(_PIECE + 1), np.empty((_PIECE + 1, 6))
    f = np.empty((1, TERMS, 6))
    tally = np.zeros(6, np.int64)
    for i in range(len(t0)):
        t[0], y[0], step = t0[i], y0[i], h[i]
        status = PAUSED if t0[i] != t1 else DONE
        last = 0
        while status == PAUSED:
            status, step = integrate(
                method, m, table, surfaces, surface_radii, t, y, f, t1, step, tolerance, tally
            )
            last = tally[STEPS] + (1 if status == IMPACT else 0)
            if status == PAUSED:
                t[0], y[0] = t[last], y[last]
                last = 0
        ends[i, 0] = t[last]
        ends[i, 1:7] = y[last]
        ends[i, 7] = status
        ends[i, 8] = tally[STRUCK]
