"""Motion: bounds on speed, acceleration and distance over intervals, light time included.

These are the quantities from which the margins of this package bound their second derivative.
Every bound holds over a whole interval [a, b] of reception times.

Light time is carried as follows. With r1(t) the receiver and r2(s) the transmitter about one
body C, s = t - tau, the vector between them is r2(s) - r1(t) + C(s) - C(t), C barycentric.
From abs(tau') <= abs(rho')/c and abs(tau'') <= (abs(rho'') + abs(rho')^2/d)/c, and with
beta = (V_C + V_2)/c, follow

    abs(rho')  <= (V_1 + V_2 + A_C tau) / (1 - beta)  =: V,    eps = V/c
    abs(rho'') <= (A_1 + A_2 (1 + eps)^2 + J_C tau + A_C eps (2 + eps) + beta V^2/d)
                  / (1 - beta)
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import BODIES
from orbits.constants import DAY, SPEED_OF_LIGHT
from orbits.frames import Path, to_icrf
from orbits.geometry.bends import (
    BODY_JERK,
    QUIET,
    WIDE,
    Between,
    Carrier,
    Reach,
    at_once,
    longest_delay,
    sagged,
    straight,
    with_light,
)
from orbits.geometry.signal import APPARENT, GEOMETRIC

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


@lru_cache(maxsize=64)  # the legs of a chain ask for the same
def carrier_of(
    name: str, origin: str, almanac: "Almanac", span: tuple[float, float]
) -> Carrier:
    """Return the bounds of body ``name`` about ``origin`` over ``span``, s."""
    if name == origin:
        return Carrier(0.0, 0.0)
    speed, acceleration = almanac.bounds(name, origin, np.array([span[0]]), np.array([span[1]]))
    return Carrier(float(speed[0]), float(acceleration[0]))


def about(path: Path, almanac: "Almanac", a: Array, b: Array) -> tuple[Array, Array]:
    """Return bounds on speed and acceleration about the path's centre, inertial axes; (n,).

    A path in turning axes is taken to stay within its distance at the middle of the interval
    and what its own speed adds.
    """
    first, last = covered(path, a, b)
    speed, acceleration = path.bounds(first, last)
    if path.frame.axes != "ICRF":
        w = almanac.spin(path.frame.axes)
        middle = 0.5 * (first + last)
        size = np.linalg.norm(path.position(middle), axis=1) + 0.5 * speed * (last - first)
        turning = w**2 + almanac.spin_rate(path.frame.axes)
        acceleration = acceleration + 2.0 * w * speed + turning * size
        speed = speed + w * size
    return speed, acceleration


def covered(path: Path, a: Array, b: Array) -> tuple[Array, Array]:
    """Return [a, b] cut to the span of ``path``, where it has one: it moves nowhere else."""
    span = getattr(path, "span", None)
    if span is None:
        return a, b
    return np.clip(a, *span), np.clip(b, *span)


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """Two paths and the light between them, for bounds over intervals of reception times.

    Attributes
    ----------
    center : str
        Body about which both ends are taken.
    carrier : Carrier
        Of ``center`` about the solar-system barycentre, over the span of the search.
    centers : (Carrier, Carrier)
        Of the transmitter's and the receiver's centre about ``center``, over the same.
    """

    transmitter: Path
    receiver: Path
    almanac: "Almanac"
    light_time: str
    center: str
    carrier: Carrier
    centers: tuple[Carrier, Carrier]

    @classmethod
    def of(
        cls,
        transmitter: Path,
        receiver: Path,
        almanac: "Almanac",
        light_time: str,
        center: str,
        span: tuple[float, float],
    ) -> "Pair":
        """Return the pair with bounds of ``center`` over ``span``, s."""
        held = (span[0] - DAY, span[1])  # light on its way has left before the span
        carrier = carrier_of(center, "ssb", almanac, held)
        centers = (
            carrier_of(transmitter.frame.center, center, almanac, held),
            carrier_of(receiver.frame.center, center, almanac, held),
        )
        return cls(transmitter, receiver, almanac, light_time, center, carrier, centers)

    def _about(self, end: int, a: Array, b: Array) -> tuple[Array, Array]:
        """Return bounds of the transmitter (0) or receiver (1) about ``center``; (n,)."""
        path = self.receiver if end else self.transmitter
        speed, acceleration = about(path, self.almanac, a, b)
        carried = self.centers[end]
        return speed + carried.speed, acceleration + carried.acceleration

    def between(self, a: Array, b: Array) -> Between:
        """Return the bounds over each [a, b] of reception times, s."""
        apart = self._lengths(0.5 * (a + b), b, self.receiver)
        received = self._about(1, a, b)
        if self.light_time == GEOMETRIC:
            sent = self._about(0, a, b)
            motion = sent[0] + received[0], sent[1] + received[1]
            return at_once(self._reach(a, b, motion, apart, self.receiver), sent, received)
        delay = longest_delay(apart, 0.5 * (b - a))
        sent = self._about(0, a - delay, b)
        motion = sent[0] + received[0], sent[1] + received[1]
        still = self._reach(a, b, motion, apart, self.receiver)
        with QUIET():
            return with_light(still, sent, received, delay, self.carrier)

    def sent_reach(self, a: Array, b: Array, sent: tuple[Array, Array]) -> Reach:
        """Return the reach of the transmitter about ``center`` that moves as ``sent`` says."""
        return self._reach(a, b, sent, self._lengths(0.5 * (a + b), b, None), None)

    def _reach(
        self,
        a: Array,
        b: Array,
        motion: tuple[Array, Array],
        middle: Array,
        origin: Path | None,
    ) -> Reach:
        """Return the reach of a vector whose length is ``middle`` half way from a to b.

        Where that says little, the lengths at the ends are asked too.
        """
        half = 0.5 * (b - a)
        reach = straight(motion, middle, half)
        rows = np.flatnonzero(reach.nearest < WIDE * middle)
        if rows.size:
            ends = [self._lengths(t, b[rows], origin) for t in (a[rows], b[rows])]
            r = np.stack([*ends, middle[rows]])
            part = Reach(*(column[rows] for column in reach))
            closer = sagged(part, r.min(axis=0), r.max(axis=0), half[rows])
            reach.nearest[rows], reach.farthest[rows] = closer.nearest, closer.farthest
        return reach

    def _lengths(self, t: Array, b: Array, origin: Path | None) -> Array:
        """Return the transmitter's geometric distance at ``t``, up to b; (n,), m.

        From ``origin``, or from ``center``. Where the span of the transmitter ends within the
        light time before b, it is asked so much earlier.
        """
        stop = getattr(self.transmitter, "span", (0.0, np.inf))[1]
        sent = t - np.maximum(b - stop, 0.0)
        vector = to_icrf(self.transmitter, sent, self.almanac, self.center)
        if origin is not None:
            vector = vector - to_icrf(origin, t, self.almanac, self.center)
        return np.sqrt(np.einsum("ij,ij->i", vector, vector))


def observer_bounds(
    path: Path, almanac: "Almanac", span: tuple[float, float], spin: float, light_time: str
) -> tuple[float, float, float]:
    """Return bounds of beta = v/c of ``path`` and of its first two derivatives, over ``span``.

    In axes that turn with ``spin`` (rad/s) against the inertial ones; zeros where no
    aberration is asked for. The jerk of a site is that of its circle. That of a spacecraft is
    taken as ten times acceleration times speed over the radius of its centre: no orbit above
    the surface comes near it, and over c it is negligible even so.
    """
    if light_time != APPARENT:
        return 0.0, 0.0, 0.0
    a, b = np.array([span[0]]), np.array([span[1]])
    speed, acceleration = (float(x[0]) for x in about(path, almanac, a, b))
    carrier = carrier_of(path.frame.center, "ssb", almanac, span)
    if path.frame.axes != "ICRF":
        jerk = almanac.spin(path.frame.axes) * acceleration
    elif path.frame.center in BODIES:
        jerk = 10.0 * acceleration * speed / BODIES[path.frame.center].polar_radius
    else:
        jerk = 0.0
    v, acc = speed + carrier.speed, acceleration + carrier.acceleration
    c = SPEED_OF_LIGHT
    return (
        v / c,
        acc / c + spin * v / c,
        (jerk + BODY_JERK) / c + 2.0 * spin * acc / c + spin**2 * v / c,
    )
