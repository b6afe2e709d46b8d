"""Distance: limits on the range of a leg, and on the Sun's angle from it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.events import Event
from orbits.geometry.motion import Pair, observer_bounds
from orbits.geometry.sight_search import range_search
from orbits.geometry.signal import APPARENT, Centre, aberration, barycentric_velocity, ray

if TYPE_CHECKING:
    from orbits.geometry.visibility import Leg

Array = NDArray[np.float64]


def range_event(
    leg: "Leg", name: str, limit: float, span: tuple[float, float], cuts: Array
) -> Event:
    """Return "the range is below ``limit``" (name "max_range") or above it ("min_range")."""
    tx, rx = leg.transmitter.path, leg.receiver.path
    pair = Pair.of(tx, rx, leg.almanac, leg.light_time, rx.frame.center, span)
    sign = 1.0 if name == "max_range" else -1.0

    def margin(t: Array) -> Array:
        return sign * (limit - leg.range(t))

    def bound(a: Array, b: Array) -> Array:
        return pair.between(a, b).vector.stretch

    compiled, notes = range_search(pair, limit, sign), {"light_time": leg.light_time}
    return Event(name, margin, bound, cuts, notes=notes, compiled=compiled)


def _directions(leg: "Leg", t: Array) -> tuple[Array, Array]:
    """Return unit vectors at the receiver to the Sun and to the transmitter; two (n, 3).

    Both turned by aberration in the apparent setting.
    """
    rx = leg.receiver.path
    ends = [
        ray(path, rx, leg.almanac, t, leg.light_time).vector
        for path in (Centre("sun"), leg.transmitter.path)
    ]
    if leg.light_time == APPARENT:
        velocity = barycentric_velocity(rx, leg.almanac, t)
        ends = [aberration(vector, velocity) for vector in ends]
    x, y = (vector / np.linalg.norm(vector, axis=1)[:, None] for vector in ends)
    return x, y


def sun_angle(leg: "Leg", t: Array) -> Array:
    """Return the angle between Sun and transmitter at the receiver; (n,), rad."""
    x, y = _directions(leg, t)
    return 2.0 * np.arctan2(np.linalg.norm(x - y, axis=1), np.linalg.norm(x + y, axis=1))


def angle_event(leg: "Leg", least: float, span: tuple[float, float], cuts: Array) -> Event:
    """Return "the Sun is more than ``least`` (rad) from the transmitter".

    The margin is cos(least) - x.y with the unit vectors to both, computed from the chord
    x - y so that small angles keep their digits.
    """
    tx, rx = leg.transmitter.path, leg.receiver.path
    center = rx.frame.center
    to_sun = Pair.of(Centre("sun"), rx, leg.almanac, leg.light_time, center, span)
    to_end = Pair.of(tx, rx, leg.almanac, leg.light_time, center, span)
    b, rate, bend = observer_bounds(rx, leg.almanac, span, 0.0, leg.light_time)

    def margin(t: Array) -> Array:
        x, y = _directions(leg, t)
        chord = x - y
        return 0.5 * np.einsum("ij,ij->i", chord, chord) - 2.0 * np.sin(0.5 * least) ** 2

    def turned(first: Array, second: Array) -> tuple[Array, Array]:
        if b == 0.0:
            return first, second
        # Aberration adds beta - u (u.beta) to a unit vector u.
        return (
            first * (1.0 + 3.0 * b) + 2.0 * rate,
            second * (1.0 + 4.0 * b) + 4.0 * b * first**2 + 5.0 * rate * first + 3.0 * bend,
        )

    def bound(at_a: Array, at_b: Array) -> Array:
        x1, x2 = turned(*to_sun.between(at_a, at_b).vector.turn)
        y1, y2 = turned(*to_end.between(at_a, at_b).vector.turn)
        return x2 + 2.0 * x1 * y1 + y2

    notes = {"light_time": leg.light_time}
    return Event("sun_exclusion", margin, bound, cuts, 1e-12, notes)
