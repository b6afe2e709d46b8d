"""How near a step comes to a body, and where it first meets the body's surface; compiled."""

import numpy as np

from orbits.chebyshev import evaluate, evaluate_rate
from orbits.compiled import compiled
from orbits.ephemeris import EARTH, MOON
from orbits.forces.model import ACTING, CENTER, COUNT, MU

TERMS = 11  # of the polynomial, in the fraction of a step, that interpolates each component
# m/s: no two bodies of the solar system part faster, nor do Earth and Moon.
_FASTEST, _PAIR = 7e4, 1.2e3
_GAP, _CAUTION = 0.27, 1.5  # most of a step between two stages; for all but the centre's pull


@compiled
def dense_state(f, x, out):
    """Write the state at fraction ``x`` of a step with polynomials ``f`` (TERMS, 6).

    As many components as ``out`` has.
    """
    for c in range(len(out)):
        value = f[TERMS - 1, c]
        for i in range(TERMS - 2, -1, -1):
            value = f[i, c] + x * value
        out[c] = value


@compiled
def _mu_of(m, row):
    if row == int(m[CENTER]):
        return m[MU]
    for i in range(int(m[COUNT])):
        if int(m[ACTING + 4 * i]) == row:
            return m[ACTING + 4 * i + 1]
    return 0.0


@compiled
def _away(m, table, row, t, rate, out):
    """Write body ``row`` from the centre of integration (or the rate of that) into ``out``."""
    if row == int(m[CENTER]):
        out[0] = out[1] = out[2] = 0.0
        return
    if rate:
        evaluate_rate(m, table, row, t, out)
    else:
        evaluate(m, table, row, t, out)


@compiled
def nearest_reach(m, table, row, t, y, h):
    """Return a lower bound on the distance to body ``row`` on a step from ``y`` at ``t``.

    From |r|'' >= -GM/|r|^2, with a tenth more for the pull of the others.
    """
    place, drift = np.empty(3), np.empty(3)
    _away(m, table, row, t, False, place)
    _away(m, table, row, t, True, drift)
    d2 = dot = s2 = 0.0
    for c in range(3):
        d, w = y[c] - place[c], y[c + 3] - drift[c]
        d2 += d * d
        dot += d * w
        s2 += w * w
    distance = np.sqrt(d2)
    closing = dot / distance if h > 0.0 else -dot / distance
    step = abs(h)
    pull = 1.1 * _mu_of(m, row)
    low = max(distance - np.sqrt(s2) * step, 0.1 * distance)
    for _ in range(4):
        end = distance + closing * step - 0.5 * pull / (low * low) * step * step
        low = max(low, min(distance, end))
    return 0.999 * low


@compiled
def may_touch(m, table, row, radius, t, h, y, nearest, place):
    """Return whether the step from ``y`` might meet the surface of body ``row``.

    ``nearest`` is the square of the least distance from the centre at the stages of the step,
    ``place`` (3,) where the body is at its end.
    """
    speed = np.sqrt(y[3] ** 2 + y[4] ** 2 + y[5] ** 2)
    if row == int(m[CENTER]):
        # Between two stages the distance falls below a straight line by at most an eighth of
        # v2/r times the square of the time between them, or else by half of the way flown.
        # Speed at the lowest from energy.
        start = np.sqrt(y[0] ** 2 + y[1] ** 2 + y[2] ** 2)
        d = min(np.sqrt(nearest), start)
        way = _GAP * abs(h) * np.sqrt(speed**2 + 2.0 * m[MU] * (1.0 / d - 1.0 / start))
        if d - (_CAUTION * way**2 / (8.0 * d) if way < d else 0.5 * way) > radius:
            return False
    else:
        d2 = (y[0] - place[0]) ** 2 + (y[1] - place[1]) ** 2 + (y[2] - place[2]) ** 2
        pair = row in (EARTH, MOON) and int(m[CENTER]) in (EARTH, MOON)
        drift = _PAIR if pair else _FASTEST
        impact = np.sqrt((speed + drift) ** 2 + 2.2 * _mu_of(m, row) / radius)
        if d2 > (radius + abs(h) * (impact + drift)) ** 2:
            return False
    return nearest_reach(m, table, row, t, y, h) < radius


@compiled
def _height(m, table, row, radius, t, h, x, f, state):
    """Return the distance from the surface of ``row`` at fraction ``x`` of a step, m."""
    place = np.empty(3)
    _away(m, table, row, t + x * h, False, place)
    dense_state(f, x, state)
    d2 = 0.0
    for c in range(3):
        d2 += (state[c] - place[c]) ** 2
    return np.sqrt(d2) - radius


@compiled
def _lowest(m, table, row, radius, t, h, f, state):
    """Return the fraction of the step at the lowest point, and the height there.

    Bracketed on eighths of the step, in which a trajectory turns once, then golden section.
    """
    at, lowest = 0.0, 1e300
    for i in range(9):
        height = _height(m, table, row, radius, t, h, i / 8.0, f, state)
        if height < lowest:
            at, lowest = i / 8.0, height
    a, b = max(0.0, at - 0.125), min(1.0, at + 0.125)
    for _ in range(50):
        x1, x2 = b - 0.6180339887498949 * (b - a), a + 0.6180339887498949 * (b - a)
        h1 = _height(m, table, row, radius, t, h, x1, f, state)
        h2 = _height(m, table, row, radius, t, h, x2, f, state)
        if min(h1, h2) < lowest:
            at, lowest = (x1 if h1 < h2 else x2), min(h1, h2)
        if h1 < h2:
            b = x2
        else:
            a = x1
    return at, lowest


@compiled
def first_contact(m, table, row, radius, t, h, f):
    """Return the fraction of the step at which the surface of ``row`` is met, or -1."""
    state = np.empty(3)
    at, lowest = _lowest(m, table, row, radius, t, h, f, state)
    if lowest > 0.0:
        return -1.0
    a, b = 0.0, at
    for _ in range(60):
        x = 0.5 * (a + b)
        if _height(m, table, row, radius, t, h, x, f, state) > 0.0:
            a = x
        else:
            b = x
    return b
