"""Sweep: the compiled search for the edges at which many points begin or cease to see a path.

The points stand still in the axes in which the path is given (fixed.py). A constraint is a
kind and a constant; with d the vector from the point p, whose unit vector upwards is u, to the
path at r, the margins and the bounds on their second derivative over a cell, in which the path
has at most the speed V and the acceleration A, are, in metres,

    elevation e     u.d - sin(e) abs(d)               A (1 + abs(sin e)) + abs(sin e) V^2/d
    cone alpha      d.r/abs(r) - cos(alpha) abs(d)    S + abs(p) U + abs(cos alpha) (A + V^2/d)
    swath lambda    p.r/abs(p) - cos(lambda) abs(r)   A + abs(cos lambda) S
    max_range rho   rho - abs(d)                      A + V^2/d

where S = A + V^2/r and U = A/r + (2/sqrt 3) V^2/r^2 bound the second derivatives of abs(r) and
of r/abs(r). The search is that of search.py, cell by cell.
"""

import numpy as np

from orbits.compiled import compiled
from orbits.roots import next_step
from orbits.search import grown, settled

ELEVATION, CONE, SWATH, RANGE = range(4)
_DEEPEST = 64  # halvings of a cell
_GRAIN = 5e-7  # s: four units in the last place of t


@compiled
def series_at(edges, series, piece, t, out):
    """Write the position of ``piece`` at ``t`` into ``out`` (3,)."""
    x = 2.0 * (t - edges[piece]) / (edges[piece + 1] - edges[piece]) - 1.0
    size = series.shape[2]
    before, value = 1.0, x
    a, b, c = series[piece, 0, 0], series[piece, 1, 0], series[piece, 2, 0]
    for j in range(1, size):
        a += series[piece, 0, j] * value
        b += series[piece, 1, j] * value
        c += series[piece, 2, j] * value
        before, value = value, 2.0 * x * value - before
    out[0] = a
    out[1] = b
    out[2] = c


@compiled
def margin(kind, limit, point, x, y, z):
    """Return the margin, m, of a path at (x, y, z), and its distance from the point.

    ``point`` is p, u and the sine of the lowest elevation; (7,). The distance is that from
    the centre for a swath.
    """
    dx, dy, dz = x - point[0], y - point[1], z - point[2]
    if kind == SWATH:
        size = np.sqrt(point[0] * point[0] + point[1] * point[1] + point[2] * point[2])
        away = np.sqrt(x * x + y * y + z * z)
        return (point[0] * x + point[1] * y + point[2] * z) / size - limit * away, away
    apart = np.sqrt(dx * dx + dy * dy + dz * dz)
    if kind == ELEVATION:
        return point[3] * dx + point[4] * dy + point[5] * dz - point[6] * apart, apart
    if kind == CONE:
        away = np.sqrt(x * x + y * y + z * z)
        return (dx * x + dy * y + dz * z) / away - limit * apart, apart
    return limit - apart, apart


@compiled
def bend_bound(kind, limit, point, speed, acceleration, near, low):
    """Return the bound on the second derivative of a margin, m/s2.

    ``near`` bounds the distance that `margin` returns from below, ``low`` that from the
    centre; infinity where either may vanish.
    """
    share = 1.0
    if kind == ELEVATION:
        share = abs(point[6])
        if share == 0.0:
            return acceleration
    elif kind != RANGE:
        share = abs(limit)
    if near <= 0.0:
        return np.inf
    stretch = acceleration + speed * speed / near
    if kind in (ELEVATION, SWATH):
        return acceleration + share * stretch
    if kind == RANGE:
        return stretch
    if low <= 0.0:
        return np.inf
    size = np.sqrt(point[0] * point[0] + point[1] * point[1] + point[2] * point[2])
    ratio = speed / low
    turn = acceleration / low + 1.1547006 * ratio * ratio
    return acceleration + speed * ratio + size * turn + share * stretch


@compiled
def _root(rule, point, edges, series, piece, bracket, tolerance, work):
    """Return where the margin is zero within ``bracket`` (t, t, m, m), and the evaluations.

    Chandrupatla's choice between inverse quadratic interpolation and bisection.
    [chandrupatla1997]
    """
    x1, x2, f1, f2 = bracket[0], bracket[1], bracket[2], bracket[3]
    step, count = f1 / (f1 - f2), 0
    while True:
        width = abs(x2 - x1)
        limit = max(tolerance, _GRAIN)
        if width <= limit or f1 == 0.0 or f2 == 0.0:
            return x1 + f1 / (f1 - f2) * (x2 - x1), count
        edge = min(0.5 * limit / width, 0.5)
        x = x1 + min(max(step, edge), 1.0 - edge) * (x2 - x1)
        series_at(edges, series, piece, x, work)
        f, _ = margin(rule[0], rule[1], point, work[0], work[1], work[2])
        count += 1
        if (f > 0.0) == (f1 > 0.0):
            x3, f3 = x1, f1
        else:
            x3, f3, x2, f2 = x2, f2, x1, f1
        x1, f1 = x, f
        step = next_step(x1, f1, x2, f2, x3, f3)


@compiled
def _cell(rule, point, cell, ends, edges, series, limits, work, found, rows):
    """Return ``found`` with the edges of a cell after its ``rows``, their number, evaluations.

    ``ends`` (6,): both times, margins and distances. See `_edges`.
    """
    shortest, tolerance, allowance = limits[0], limits[1], limits[2]
    speed, acceleration, piece = cell[0], cell[1], int(cell[2])
    stack = np.empty((_DEEPEST, 6))
    stack[0] = ends
    depth, count = 1, 0
    middle = np.empty(6)
    while depth > 0:
        depth -= 1
        top = stack[depth]
        h = top[1] - top[0]
        near = 0.5 * (top[4] + top[5] - speed * h)
        bend = bend_bound(rule[0], rule[1], point, speed, acceleration, near, cell[3])
        done = settled(top[2], top[3], 0.5 * bend * h * h, allowance)
        short = h <= shortest or depth + 2 > _DEEPEST
        if not done and not short:
            t = 0.5 * (top[0] + top[1])
            series_at(edges, series, piece, t, work)
            m, apart = margin(rule[0], rule[1], point, work[0], work[1], work[2])
            count += 1
            middle[:] = top
            stack[depth, 0], stack[depth, 2], stack[depth, 4] = t, m, apart
            middle[1], middle[3], middle[5] = t, m, apart
            stack[depth + 1] = middle
            depth += 2
            continue
        found = grown(found, rows + 2)
        if not done:
            found[rows, 0], found[rows, 1], found[rows, 2] = 1.0, top[0], top[1]
            rows += 1
        if (top[2] > 0.0) != (top[3] > 0.0):
            root, more = _root(rule, point, edges, series, piece, top[:4], tolerance, work)
            count += more
            found[rows, 0], found[rows, 1], found[rows, 2] = 0.0, root, root
            rows += 1
    return found, rows, count


@compiled
def _edges(rule, point, nodes, cells, edges, series, limits, found):
    """Return ``found`` with the edges of one rule in order, their number, evaluations.

    ``found`` (rows, 3): 0 and the time twice for an edge, 1 and two times for an interval
    that stays undecided.
    """
    work, ends = np.empty(3), np.empty(6)
    rows, count = 0, 0
    t_a = nodes[0, 0]
    at_a, apart_a = margin(rule[0], rule[1], point, nodes[0, 1], nodes[0, 2], nodes[0, 3])
    for k in range(len(cells)):
        t_b = nodes[k + 1, 0]
        at_b, apart_b = margin(
            rule[0], rule[1], point, nodes[k + 1, 1], nodes[k + 1, 2], nodes[k + 1, 3]
        )
        h = t_b - t_a
        near = 0.5 * (apart_a + apart_b - cells[k, 0] * h)
        bend = bend_bound(rule[0], rule[1], point, cells[k, 0], cells[k, 1], near, cells[k, 3])
        done = settled(at_a, at_b, 0.5 * bend * h * h, limits[2])
        if not done or (at_a > 0.0) != (at_b > 0.0):
            ends[0], ends[1], ends[2], ends[3] = t_a, t_b, at_a, at_b
            ends[4], ends[5] = apart_a, apart_b
            found, rows, more = _cell(
                rule, point, cells[k], ends, edges, series, limits, work, found, rows
            )
            count += more
        t_a, at_a, apart_a = t_b, at_b, apart_b
    return found, rows, count


@compiled
def _windows(found, rows, opens, span, out):
    """Return ``out`` (m, 2) with the windows between the edges of ``found``, and their number.

    A window or gap of no length is none.
    """
    count, start, holds = 0, span[0], opens
    for k in range(rows):
        if found[k, 0] != 0.0:
            continue
        t = min(max(found[k, 1], span[0]), span[1])
        if holds:
            if t > start:
                out = grown(out, count + 1)
                out[count, 0], out[count, 1] = start, t
                count += 1
        elif count > 0 and t <= out[count - 1, 1]:
            count -= 1
            t = out[count, 0]
        start, holds = t, not holds
    if holds and span[1] > start:
        out = grown(out, count + 1)
        out[count, 0], out[count, 1] = start, span[1]
        count += 1
    return out, count


@compiled
def _both(one, count, other, more, out):
    """Return ``out`` with the windows in which both hold, and their number."""
    i, j, rows = 0, 0, 0
    while i < count and j < more:
        start, stop = max(one[i, 0], other[j, 0]), min(one[i, 1], other[j, 1])
        if start < stop:
            out = grown(out, rows + 1)
            out[rows, 0], out[rows, 1] = start, stop
            rows += 1
        if one[i, 1] < other[j, 1]:
            i += 1
        else:
            j += 1
    return out, rows


@compiled
def sweep(points, rules, nodes, cells, edges, series, limits):
    """Return windows of all points (w, 2), how many each has, undecided (u, 3), evaluations.

    Parameters
    ----------
    points : (n, 7) array
        p (m), u, sine of the lowest elevation, in the axes of the path.
    rules : (j, 2) array
        Kind and constant: cosine of a cone or swath, m of a range; unused of an elevation.
    nodes, cells : arrays
        ``nodes`` and ``bounds`` of ``fixed.Cells``.
    edges, series : arrays
        Of its pieces.
    limits : (5,) array
        Shortest interval, tolerance of an edge (s), allowance (m), ends of the span (s).
    """
    n, used, doubts, evaluations = len(points), 0, 0, 0
    numbers = np.zeros(n, dtype=np.int64)
    every, doubt = np.empty((16 * n, 2)), np.empty((8, 3))
    found, held = np.empty((64, 3)), np.empty((64, 2))
    fresh, both = np.empty((64, 2)), np.empty((64, 2))
    span = limits[3:5]
    for i in range(n):
        count = 0
        for j in range(len(rules)):
            rule = rules[j]
            found, rows, more = _edges(
                rule, points[i], nodes, cells, edges, series, limits, found
            )
            evaluations += more
            first, _ = margin(
                rule[0], rule[1], points[i], nodes[0, 1], nodes[0, 2], nodes[0, 3]
            )
            for k in range(rows):
                if found[k, 0] == 1.0:
                    doubt = grown(doubt, doubts + 1)
                    doubt[doubts, 0] = i
                    doubt[doubts, 1], doubt[doubts, 2] = found[k, 1], found[k, 2]
                    doubts += 1
            if j == 0:
                held, count = _windows(found, rows, first > 0.0, span, held)
            else:
                fresh, more = _windows(found, rows, first > 0.0, span, fresh)
                both, count = _both(held, count, fresh, more, both)
                held, both = both, held
            if count == 0:
                break
        every = grown(every, used + count)
        every[used : used + count] = held[:count]
        used += count
        numbers[i] = count
    return every[:used], numbers, doubt[:doubts], evaluations
