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
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import BODIES
from orbits.constants import DAY, SPEED_OF_LIGHT
from orbits.frames import Path, to_icrf
from orbits.geometry.signal import APPARENT, GEOMETRIC

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

BODY_JERK = 1e-6  # m/s3; more than the jerk of any planet or the Moon (Mercury: 1e-7)


@dataclass(frozen=True, eq=False, slots=True)
class Reach:
    """Bounds over intervals of a vector between two ends, or of an end about a body; (n,).

    Attributes
    ----------
    speed, acceleration : m/s, m/s2
        Of the vector in inertial axes.
    nearest, farthest : m
        Of its length; ``nearest`` is 0 where nothing better is known.
    """

    speed: Array
    acceleration: Array
    nearest: Array
    farthest: Array

    @property
    def stretch(self) -> Array:
        """Bound on the second derivative of the length, m/s2: A + V^2/d."""
        return self.acceleration + self.over(self.speed**2)

    def over(self, value: Array) -> Array:
        """Return ``value / nearest``, infinity where the distance may vanish."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.nearest > 0.0, value / self.nearest, np.inf)

    @property
    def turn(self) -> tuple[Array, Array]:
        """Bounds on the first and second derivative of the unit vector, 1/s and 1/s2.

        X1 = V/d and X2 = A/d + (2/sqrt 3) V^2/d^2: the part along the vector and the part
        across it cannot both have the whole speed.
        """
        rate = self.over(self.speed)
        return rate, self.over(self.acceleration) + 1.1547006 * rate**2


@dataclass(frozen=True, eq=False, slots=True)
class Carrier:
    """Bounds on the motion of a body about another over a whole span, m/s and m/s2."""

    speed: float
    acceleration: float

    @classmethod
    def of(
        cls, name: str, origin: str, almanac: "Almanac", span: tuple[float, float]
    ) -> "Carrier":
        """Return the bounds of body ``name`` about ``origin`` over ``span``, s."""
        if name == origin:
            return cls(0.0, 0.0)
        speed, acceleration = almanac.bounds(
            name, origin, np.array([span[0]]), np.array([span[1]])
        )
        return cls(float(speed[0]), float(acceleration[0]))


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
class Between:
    """Bounds on the motion of a transmitter as a receiver sees it, about ``center``.

    Attributes
    ----------
    vector : Reach
        From the receiver at reception to the transmitter at transmission.
    delay : (n,) array, s
        Greatest light time.
    delay_rate, delay_bend : (n,) arrays, 1 and 1/s
        Bounds on the first and second derivative of the light time.
    sent, received : (speed, acceleration), each (n,)
        Of the ends about ``center``, each in its own time.
    carrier : Carrier
        Of ``center``.
    """

    vector: Reach
    delay: Array
    delay_rate: Array
    delay_bend: Array
    sent: tuple[Array, Array]
    received: tuple[Array, Array]
    carrier: Carrier

    def moved(self, base: tuple[Array, Array]) -> tuple[Array, Array]:
        """Return bounds of r(s(t)) + C(s(t)) - C(t), where ``base`` bounds r(s) in its time."""
        eps, bend = self.delay_rate, self.delay_bend
        speed, acceleration = base
        c = self.carrier
        return (
            speed * (1.0 + eps) + c.acceleration * self.delay + c.speed * eps,
            acceleration * (1.0 + eps) ** 2
            + BODY_JERK * self.delay
            + c.acceleration * eps * (2.0 + eps)
            + (speed + c.speed) * bend,
        )


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
        carrier = Carrier.of(center, "ssb", almanac, held)
        centers = (
            Carrier.of(transmitter.frame.center, center, almanac, held),
            Carrier.of(receiver.frame.center, center, almanac, held),
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
        half = 0.5 * (b - a)
        apart = self._lengths(0.5 * (a + b), b, self.receiver)
        received = self._about(1, a, b)
        if self.light_time == GEOMETRIC:
            sent = self._about(0, a, b)
            motion = sent[0] + received[0], sent[1] + received[1]
            vector = self._reach(a, b, motion, apart, self.receiver)
            zero = np.zeros_like(a)
            return Between(vector, zero, zero, zero, sent, received, Carrier(0.0, 0.0))
        # The light time is at most that of the distance at the middle and what is added to it
        # at a thousandth of the speed of light.
        delay = 1.01 * apart / SPEED_OF_LIGHT + 1e-3 * half
        sent = self._about(0, a - delay, b)
        c = self.carrier
        beta = (c.speed + sent[0]) / SPEED_OF_LIGHT
        speed = (received[0] + sent[0] + c.acceleration * delay) / (1.0 - beta)
        motion = sent[0] + received[0], sent[1] + received[1]
        still = self._reach(a, b, motion, apart, self.receiver)
        near, far = still.nearest / (1.0 + beta), still.farthest / (1.0 - beta)
        eps = speed / SPEED_OF_LIGHT
        pull = Reach(speed, np.zeros_like(a), near, far).stretch
        acceleration = (
            received[1]
            + sent[1] * (1.0 + eps) ** 2
            + BODY_JERK * delay
            + c.acceleration * eps * (2.0 + eps)
            + beta * pull
        ) / (1.0 - beta)
        vector = Reach(speed, acceleration, near, far)
        bend = vector.stretch / SPEED_OF_LIGHT
        return Between(vector, delay, eps, bend, sent, received, c)

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

        The length r leaves that at the middle by no more than V h/2. Where that says little,
        the ends are asked too: r^2, whose second derivative is at most 2 (V^2 + r A), leaves
        the chords between the three by no more than (V^2 + r A) h^2/16, which is far less
        near an apsis.
        """
        speed, acceleration = motion
        half = 0.5 * (b - a)
        near, far = middle - speed * half, middle + speed * half
        rows = np.flatnonzero(near < 0.8 * middle)
        if rows.size:
            r = np.stack(
                [self._lengths(t, b[rows], origin) for t in (a[rows], b[rows])] + [middle[rows]]
            )
            sag = 0.25 * (speed**2 + far * acceleration)[rows] * half[rows] ** 2
            close = np.sqrt(np.maximum(r.min(axis=0) ** 2 - sag, 0.0))
            near[rows] = np.maximum(near[rows], close)
            far[rows] = np.minimum(far[rows], np.sqrt(r.max(axis=0) ** 2 + sag))
        return Reach(speed, acceleration, near, far)

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


def aberrated(
    speed: Array, stretch: Array, farthest: Array, observer: tuple[float, float, float]
) -> Array:
    """Return what stellar aberration may add to the second derivative of a vector, m/s2.

    Parameters
    ----------
    speed, stretch, farthest : (n,) arrays
        Bounds of the vector in the axes used: V, A + V^2/d, D.
    observer : (float, float, float)
        Bounds in those axes of beta = v/c and of its first and second derivative.

    Notes
    -----
    The vector turns by rho (cos phi - 1) + abs(rho) beta - rho (u.beta). Differentiating
    each product twice gives b (3 A + 4.2 V^2/d) + 6 V b' + 2 D b''; the factor 1.001 covers
    the terms in b^2 (b < 1e-3).
    """
    b, rate, bend = observer
    if b == 0.0:
        return np.zeros_like(speed)
    return 1.001 * (4.2 * b * stretch + 6.0 * speed * rate + 2.0 * farthest * bend)


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
    carrier = Carrier.of(path.frame.center, "ssb", almanac, span)
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
