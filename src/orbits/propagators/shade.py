"""Where a step meets the edge of a shadow, also of one that lies between two stages; compiled.

A force with a kink inside a step spoils its order, and a shadow that no stage falls into is not
felt at all: so every step that comes near a shadow is searched.
"""

import numpy as np

from orbits.chebyshev import evaluate
from orbits.compiled import compiled
from orbits.constants import SUN_RADIUS
from orbits.ephemeris import SUN
from orbits.forces.model import ACTING, CENTER, COUNT, PHASE, phase_of, place_bodies, sunlight
from orbits.propagators.contact import dense_state

_PARTS = 16  # of a step that is searched
_SAG = 0.25  # of speed gained times step: twice the sag of a parabola over its chord


@compiled
def _from_body(m, table, row, t, state, out):
    """Write the position from body ``row`` at ``t`` into ``out``."""
    if row == int(m[CENTER]):
        out[0] = out[1] = out[2] = 0.0
    else:
        evaluate(m, table, row, t, out)
    for c in range(3):
        out[c] = state[c] - out[c]


@compiled
def may_shade(m, table, t, h, y, end):
    """Return whether the step from ``y`` to ``end`` may enter a shadow: no where it cannot.

    The path is taken as its chord, give or take ``_SAG``.
    """
    sun, first, last = np.empty(3), np.empty(3), np.empty(3)
    gained = 0.0
    for c in range(3):
        gained += (end[c + 3] - y[c + 3]) ** 2
    sag = _SAG * np.sqrt(gained) * abs(h)
    for i in range(int(m[COUNT])):
        if m[ACTING + 4 * i + 2] <= 0.0:
            continue
        row, radius = int(m[ACTING + 4 * i]), m[ACTING + 4 * i + 3]
        _from_body(m, table, row, t, y, first)
        _from_body(m, table, row, t + h, end, last)
        # From the Sun to the body: the axis of the shadow, nearly the same all step long.
        evaluate(m, table, SUN, t + h, sun)
        distance = 0.0
        for c in range(3):
            sun[c] = (end[c] - last[c]) - sun[c]
            distance += sun[c] ** 2
        distance = np.sqrt(distance)
        behind_first = behind_last = 0.0
        for c in range(3):
            sun[c] /= distance
            behind_first += first[c] * sun[c]
            behind_last += last[c] * sun[c]
        behind = max(behind_first, behind_last) + sag
        if behind <= 0.0:
            continue
        beside = way = along = 0.0
        for c in range(3):
            p = first[c] - behind_first * sun[c]
            q = last[c] - behind_last * sun[c] - p
            beside += p * p
            way += q * q
            along += p * q
        share = min(max(-along / way, 0.0), 1.0) if way > 0.0 else 0.0
        nearest = np.sqrt(max(beside + share * (2.0 * along + share * way), 0.0))
        # A hundredth of the way behind for the turn of the axis within the step.
        if nearest - sag < radius + behind * ((SUN_RADIUS + radius) / distance + 0.01):
            return True
    return False


@compiled
def _clearance(m, table, t, h, x, f, work, state):
    """Return by how much the Sun stands clear of the nearest body at fraction ``x``; rad."""
    place_bodies(m, table, t + x * h, work)
    dense_state(f, x, state)
    sun, body = np.empty(3), np.empty(3)
    for c in range(3):
        sun[c] = work[SUN, c] - state[c]
    d_sun = np.sqrt(sun[0] ** 2 + sun[1] ** 2 + sun[2] ** 2)
    least = np.pi
    for i in range(int(m[COUNT])):
        if m[ACTING + 4 * i + 2] <= 0.0:
            continue
        row = int(m[ACTING + 4 * i])
        for c in range(3):
            body[c] = (0.0 if row == int(m[CENTER]) else work[row, c]) - state[c]
        d_body = np.sqrt(body[0] ** 2 + body[1] ** 2 + body[2] ** 2)
        if d_body >= d_sun:
            continue
        cx = sun[1] * body[2] - sun[2] * body[1]
        cy = sun[2] * body[0] - sun[0] * body[2]
        cz = sun[0] * body[1] - sun[1] * body[0]
        dot = sun[0] * body[0] + sun[1] * body[1] + sun[2] * body[2]
        apart = np.arctan2(np.sqrt(cx * cx + cy * cy + cz * cz), dot)
        sizes = np.arcsin(min(SUN_RADIUS / d_sun, 1.0))
        sizes += np.arcsin(min(m[ACTING + 4 * i + 3] / d_body, 1.0))
        least = min(least, apart - sizes)
    return least


@compiled
def _phase_at(m, table, t, h, x, f, work, state):
    place_bodies(m, table, t + x * h, work)
    dense_state(f, x, state)
    return phase_of(sunlight(m, state, work))


@compiled
def _between(m, table, t, h, f, work, state):
    """Return a fraction of the step in a shadow that no part of it ends in, or 2.

    At the least clearance: by golden section about each part that has less than its
    neighbours.
    """
    clear = np.empty(_PARTS + 1)
    for i in range(_PARTS + 1):
        clear[i] = _clearance(m, table, t, h, i / _PARTS, f, work, state)
    for i in range(_PARTS + 1):
        left, right = max(i - 1, 0), min(i + 1, _PARTS)
        if clear[i] > clear[left] or clear[i] > clear[right]:
            continue
        a, b = left / _PARTS, right / _PARTS
        for _ in range(30):
            p, q = b - 0.6180339887498949 * (b - a), a + 0.6180339887498949 * (b - a)
            at_p = _clearance(m, table, t, h, p, f, work, state)
            at_q = _clearance(m, table, t, h, q, f, work, state)
            if at_p < 0.0:
                return p
            if at_q < 0.0:
                return q
            if at_p < at_q:
                b = q
            else:
                a = p
    return 2.0


@compiled
def shadow_edge(m, table, t, h, f, before, work, state):
    """Return the fraction of the step just past the shadow's first change of phase, or 2.

    The new phase is left in ``work[PHASE, 4]``.
    """
    a, b = 0.0, 2.0
    for i in range(1, _PARTS + 1):
        phase = _phase_at(m, table, t, h, i / _PARTS, f, work, state)
        if phase != before:
            b = i / _PARTS
            work[PHASE, 4] = phase
            break
        a = i / _PARTS
    if b > 1.0:
        a, b = 0.0, _between(m, table, t, h, f, work, state)
        if b > 1.0:
            return b
        work[PHASE, 4] = _phase_at(m, table, t, h, b, f, work, state)
        if work[PHASE, 4] == before:
            return 2.0
    for _ in range(40):
        x = 0.5 * (a + b)
        phase = _phase_at(m, table, t, h, x, f, work, state)
        if phase != before:
            b = x
            work[PHASE, 4] = phase
        else:
            a = x
    return b
