"""The compiled search: bounds, halving and roots of one packed constraint in one call.

The search is that of search.py, interval by interval instead of level by level: the same
instants, the same bounds, the same answer. Bounds as in motion.py, by the formulas of bends.py.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import Body
from orbits.compiled import compiled
from orbits.ephemeris import ROW
from orbits.geometry.bends import (
    WIDE,
    Carrier,
    at_once,
    curvature,
    elevation_bend,
    longest_delay,
    occultation_bend,
    sagged,
    straight,
    stretch,
    with_light,
)
from orbits.geometry.motion import Pair
from orbits.geometry.packed import AXES, borrowed, motion_bounds, pack_end, pack_sky
from orbits.geometry.sight import (
    AT_ONCE,
    ELEVATION,
    OCCULTATION,
    RANGE,
    SIGHT,
    margin,
    received,
    scratch,
    sent,
)
from orbits.geometry.signal import SETTINGS, Centre
from orbits.roots import next_step
from orbits.search import grown, settled
from orbits.sites import Site

Array = NDArray[np.float64]

_DEEPEST = 64  # halvings of a piece


# -- bounds ---------------------------------------------------------------------------------


_LINE, _SHADOW, _STILL = range(3)  # to the transmitter, to the body; from body to transmitter


@compiled
def _apart(sight, which, t, b, work):
    """Return the length of a vector at ``t`` without light time, m; as ``Pair._lengths``."""
    x = y = z = 0.0
    if which != _SHADOW:
        there = sent(sight, t - max(b - sight.transmitter.span[1], 0.0), work)
        x, y, z = there[0], there[1], there[2]
    if which != _STILL:
        here = received(sight, t, work)
        x, y, z = x - here[0], y - here[1], z - here[2]
    return np.sqrt(x * x + y * y + z * z)


@compiled
def _reach(sight, which, ends, motion, work):
    """Return the reach of a vector over ``ends`` (a, b); as ``Pair._reach``."""
    a, b = ends
    half, middle = 0.5 * (b - a), _apart(sight, which, 0.5 * (a + b), b, work)
    reach = straight(motion, middle, half)
    if reach.nearest < WIDE * middle:
        one, two = _apart(sight, which, a, b, work), _apart(sight, which, b, b, work)
        return sagged(reach, min(one, two, middle), max(one, two, middle), half)
    return reach


@compiled
def _between(sight, which, a, b, work):
    """Return the bounds of one end as the receiver sees it; as ``Pair.between``."""
    speed, acceleration = motion_bounds(sight.receiver, a, b)
    arrived = speed + sight.received[0], acceleration + sight.received[1]
    delay = 0.0
    if sight.light != AT_ONCE:
        middle = _apart(sight, which, 0.5 * (a + b), b, work)
        delay = longest_delay(middle, 0.5 * (b - a))
    left = 0.0, 0.0
    if which == _LINE:
        speed, acceleration = motion_bounds(sight.transmitter, a - delay, b)
        left = speed + sight.sent[0], acceleration + sight.sent[1]
    motion = left[0] + arrived[0], left[1] + arrived[1]
    still = _reach(sight, which, (a, b), motion, work)
    if sight.light == AT_ONCE:
        return at_once(still, left, arrived)
    carrier = Carrier(sight.carrier[0], sight.carrier[1])
    return with_light(still, left, arrived, delay, carrier)


@compiled
def bend(sight, a, b, work):
    """Return the bound on the second derivative of the margin over [a, b]."""
    line = _between(sight, _LINE, a, b, work)
    if sight.kind == ELEVATION:
        observer = sight.observer[0], sight.observer[1], sight.observer[2]
        spin, spin_rate, radius = sight.turning[0], sight.turning[1], sight.turning[2]
        seen = curvature(line, sight.receives != 0, spin, spin_rate, radius, observer)
        return elevation_bend(seen, sight.sine)
    if sight.kind == OCCULTATION:
        first = _between(sight, _SHADOW, a, b, work)
        still = _reach(sight, _STILL, (a, b), line.sent, work)
        return occultation_bend(line, first, still, sight.radius, sight.scale)
    return stretch(line.vector)


# -- search ---------------------------------------------------------------------------------


@compiled
def _piece(sight, work, limits, nodes, rows, left, over):
    """Halve one interval; see `halve`. Nodes without its first end.

    ``limits`` holds both ends, the margins there, the shortest interval and the allowance.
    """
    shortest, allowance = limits[4], limits[5]
    stack = np.empty((_DEEPEST, 5))
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = (
        limits[0],
        limits[1],
        limits[2],
        limits[3],
    )
    stack[0, 4] = np.inf
    depth, bounds = 1, 0
    while depth > 0:
        depth -= 1
        a, b, at_a = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        at_b, most = stack[depth, 3], stack[depth, 4]
        h = b - a
        done = most < np.inf and settled(at_a, at_b, 0.5 * most * h * h, allowance)
        if not done:
            most = min(most, bend(sight, a, b, work))
            bounds += 1
            if not most >= 0.0:
                return nodes, rows, left, -1, bounds
            done = settled(at_a, at_b, 0.5 * most * h * h, allowance)
        hopeless = max(abs(at_a), abs(at_b)) + 0.125 * most * h * h <= allowance
        if done or hopeless or h <= shortest or depth + 2 > _DEEPEST:
            if not done:
                left = grown(left, over + 1)
                left[over, 0], left[over, 1], left[over, 2], left[over, 3] = a, b, at_a, at_b
                over += 1
            nodes = grown(nodes, rows + 1)
            nodes[rows, 0], nodes[rows, 1] = b, at_b
            rows += 1
            continue
        t = 0.5 * (a + b)
        m = margin(sight, t, work)
        if not np.isfinite(m):
            return nodes, rows, left, -1, bounds
        stack[depth, 0], stack[depth, 2], stack[depth, 4] = t, m, most
        stack[depth + 1, 0], stack[depth + 1, 1], stack[depth + 1, 2] = a, t, at_a
        stack[depth + 1, 3], stack[depth + 1, 4] = m, most
        depth += 2
    return nodes, rows, left, over, bounds


@compiled
def halve(sights, memory, a, b, shortest, allowance):
    """Return nodes (n, 2), open intervals (k, 4), bounds counted, and whether all is known.

    Each piece [a, b] is halved until every part is settled or not longer than ``shortest``.
    Nodes are times and margins, open intervals the times and margins of both ends; in order.
    ``memory`` is `scratch`.
    """
    sight, work = sights[0], borrowed(memory)
    nodes, left = np.empty((4 * len(a) + 64, 2)), np.empty((16, 4))
    rows = over = bounds = 0
    for i in range(len(a)):
        if i == 0 or a[i] != b[i - 1]:
            nodes = grown(nodes, rows + 1)
            nodes[rows, 0], nodes[rows, 1] = a[i], margin(sight, a[i], work)
            rows += 1
        at_a, at_b = nodes[rows - 1, 1], margin(sight, b[i], work)
        if not (np.isfinite(at_a) and np.isfinite(at_b)):
            return nodes[:rows], left[:over], bounds, False
        limits = a[i], b[i], at_a, at_b, shortest, allowance
        nodes, rows, left, over, more = _piece(sight, work, limits, nodes, rows, left, over)
        bounds += more
        if over < 0:
            return nodes[:rows], left[:0], bounds, False
    return nodes[:rows], left[:over], bounds, True


@compiled
def roots(sights, memory, brackets, tolerance):
    """Return the root in each of ``brackets`` (n, 4: t, t, m, m), s, and the evaluations.

    As ``roots.bracketed_roots``. [chandrupatla1997]
    """
    sight, work = sights[0], borrowed(memory)
    out, count = np.empty(len(brackets)), 0
    for i in range(len(brackets)):
        x1, x2, f1, f2 = brackets[i, 0], brackets[i, 1], brackets[i, 2], brackets[i, 3]
        step = f1 / (f1 - f2)
        limit = max(tolerance, 8.9e-16 * max(abs(x1), abs(x2)))
        while True:
            width = abs(x2 - x1)
            if width <= limit or f1 == 0.0 or f2 == 0.0:
                break
            edge = min(0.5 * limit / width, 0.5)
            x = x1 + min(max(step, edge), 1.0 - edge) * (x2 - x1)
            f = margin(sight, x, work)
            count += 1
            if not np.isfinite(f):
                return out, -1
            if (f > 0.0) == (f1 > 0.0):
                x3, f3 = x1, f1
            else:
                x3, f3, x2, f2 = x2, f2, x1, f1
            x1, f1 = x, f
            step = next_step(x1, f1, x2, f2, x3, f3)
        root = x1 + f1 / (f1 - f2) * (x2 - x1)
        out[i] = min(max(root, min(x1, x2)), max(x1, x2))
    return out, count


@dataclass(frozen=True, eq=False, slots=True)
class SightSearch:
    """The search for the edges of one packed constraint, as ``search.Compiled`` asks for it.

    Both answer None where a margin or bound is not known; numpy then says why.

    Attributes
    ----------
    sights : (1,) array of ``sight.SIGHT``
    arrays : tuple of arrays
        Those that it points into.
    """

    sights: NDArray[Any]
    arrays: tuple[Array, ...]

    def halve(
        self, a: Array, b: Array, shortest: float, allowance: float
    ) -> tuple[Array, Array, int] | None:
        """Return nodes, open intervals and the number of bounds; see `halve`."""
        nodes, left, bounds, known = halve(self.sights, scratch(), a, b, shortest, allowance)
        return (nodes, left, bounds) if known else None

    def roots(self, brackets: Array, tolerance: float) -> tuple[Array, int] | None:
        """Return the root in each bracket (t, t, m, m), s, and the number of evaluations."""
        found, count = roots(self.sights, scratch(), brackets, tolerance)
        return (found, count) if count >= 0 else None


def _search(pair: Pair, kind: int, **own: Any) -> SightSearch | None:
    """Return the search for a constraint of ``pair``; None where an end is not packed."""
    sky, sights = pack_sky(pair.almanac), np.zeros(1, SIGHT)
    own |= {"kind": kind, "sky": sky.record, "light": SETTINGS.index(pair.light_time)}
    arrays = sky.arrays
    paths = {"transmitter": pair.transmitter, "receiver": pair.receiver}
    for name, path in {**paths, "body": Centre(pair.center)}.items():
        end = pack_end(path, pair.almanac)
        if end is None:
            return None
        own[name] = end.record
        arrays += end.arrays
    own |= {"center": ROW[pair.center], "carrier": pair.carrier}
    own |= {"sent": pair.centers[0], "received": pair.centers[1]}
    for name, value in own.items():
        sights[0][name] = value
    return SightSearch(sights, arrays)


def elevation_search(
    pair: Pair, site: Site, receives: bool, sine: float, observer: tuple[float, float, float]
) -> SightSearch | None:
    """Return the search for "above a cone of elevation" at ``site``, an end of ``pair``."""
    sky, axes = pair.almanac, site.frame.axes
    turning = sky.spin(axes), sky.spin_rate(axes), float(np.linalg.norm(site.vector))
    return _search(
        pair,
        ELEVATION,
        receives=receives,
        axes=site.axes,
        sine=sine,
        turning=turning,
        observer=observer,
    )


def occultation_search(pair: Pair, occulter: Body) -> SightSearch | None:
    """Return the search for "``occulter``, the centre of ``pair``, is not between the ends"."""
    return _search(
        pair,
        OCCULTATION,
        radius=occulter.radius,
        scale=occulter.radius / occulter.polar_radius,
        body_axes=AXES.get(occulter.axes or "", 0),
    )


def range_search(pair: Pair, limit: float, sign: float) -> SightSearch | None:
    """Return the search for "nearer than ``limit``" (``sign`` 1) or farther (-1)."""
    return _search(pair, RANGE, limit=limit, sign=sign)
