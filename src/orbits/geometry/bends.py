"""Bends: the formulas behind the bounds on second derivatives, for floats and arrays alike.

Numpy evaluates them for many intervals at once (motion.py, horizon.py, occultation.py), the
compiled search for one at a time (sight_bounds.py). Every quantity is a bound over an interval
[a, b] of reception times.
"""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from orbits.compiled import choose, compiled_formula
from orbits.constants import SPEED_OF_LIGHT

# For arrays: where a distance may vanish, the bound is infinite and no warning is wanted.
QUIET = partial(np.errstate, divide="ignore", invalid="ignore")

BODY_JERK = 1e-6  # m/s3; more than the jerk of any planet or the Moon (Mercury: 1e-7)

# The Earth's polar axis turns against inertial axes by less than this: precession 8e-12 and
# the pole's daily circle of 1.5e-6 rad, 1.1e-10 rad/s; and its rate changes by less than 1e-14.
_POLE_RATE, _POLE_CHANGE = 1e-9, 1e-13


class Reach(NamedTuple):
    """Bounds of a vector between two ends, or of an end about a body.

    Attributes
    ----------
    speed, acceleration : m/s, m/s2
        Of the vector in inertial axes.
    nearest, farthest : m
        Of its length; ``nearest`` is 0 where nothing better is known.
    """

    speed: Any
    acceleration: Any
    nearest: Any
    farthest: Any

    @property
    def stretch(self) -> Any:
        """Bound on the second derivative of the length, m/s2; see `stretch`."""
        with QUIET():
            return stretch(self)

    @property
    def turn(self) -> tuple[Any, Any]:
        """Bounds on the derivatives of the unit vector, 1/s and 1/s2; see `turn`."""
        with QUIET():
            return turn(self)


class Carrier(NamedTuple):
    """Bounds on the motion of a body about another over a whole span, m/s and m/s2."""

    speed: float
    acceleration: float


class Between(NamedTuple):
    """Bounds on the motion of a transmitter as a receiver sees it, about a centre.

    Attributes
    ----------
    vector : Reach
        From the receiver at reception to the transmitter at transmission.
    delay : s
        Greatest light time.
    delay_rate, delay_bend : 1 and 1/s
        Bounds on the first and second derivative of the light time.
    sent, received : (speed, acceleration)
        Of the ends about the centre, each in its own time.
    carrier : Carrier
        Of the centre about the barycentre.
    """

    vector: Reach
    delay: Any
    delay_rate: Any
    delay_bend: Any
    sent: tuple[Any, Any]
    received: tuple[Any, Any]
    carrier: Carrier


class Curvature(NamedTuple):
    """Bounds for a vector in the axes of a site.

    Attributes
    ----------
    speed, acceleration : m/s, m/s2
        Of the apparent vector in the turning axes.
    stretch : m/s2
        Second derivative of its length.
    nearest, farthest : m
    """

    speed: Any
    acceleration: Any
    stretch: Any
    nearest: Any
    farthest: Any


# -- vectors --------------------------------------------------------------------------------


@compiled_formula
def over(value, nearest):
    """Return ``value / nearest``, infinity where the distance may vanish."""
    return choose(nearest > 0.0, value / nearest, np.inf)


@compiled_formula
def stretch(reach):
    """Return the bound on the second derivative of the length, m/s2: A + V^2/d."""
    return reach.acceleration + over(reach.speed**2, reach.nearest)


@compiled_formula
def turn(reach):
    """Return bounds on the first and second derivative of the unit vector, 1/s and 1/s2.

    X1 = V/d and X2 = A/d + (2/sqrt 3) V^2/d^2: the part along the vector and the part
    across it cannot both have the whole speed.
    """
    rate = over(reach.speed, reach.nearest)
    return rate, over(reach.acceleration, reach.nearest) + 1.1547006 * rate**2


@compiled_formula
def straight(motion, middle, half):
    """Return the reach of a vector whose length is ``middle`` half way from a to b.

    The length leaves that at the middle by no more than V h/2.
    """
    speed, acceleration = motion
    return Reach(speed, acceleration, middle - speed * half, middle + speed * half)


WIDE = 0.8  # a reach whose nearest is a smaller part of its middle asks for the ends too


@compiled_formula
def sagged(reach, least, greatest, half):
    """Return ``reach`` made narrower by the lengths at both ends and the middle.

    The square of the length, whose second derivative is at most 2 (V^2 + r A), leaves the
    chords between the three by no more than (V^2 + r A) h^2/16, which is far less than V h/2
    near an apsis. ``least`` and ``greatest`` are the extremes of the three, m.
    """
    sag = 0.25 * (reach.speed**2 + reach.farthest * reach.acceleration) * half**2
    close = np.sqrt(np.maximum(least**2 - sag, 0.0))
    return Reach(
        reach.speed,
        reach.acceleration,
        np.maximum(reach.nearest, close),
        np.minimum(reach.farthest, np.sqrt(greatest**2 + sag)),
    )


# -- light time -----------------------------------------------------------------------------


@compiled_formula
def longest_delay(apart, half):
    """Return a bound on the light time, s, with the distance ``apart`` at the middle.

    It is at most that of this distance and what is added at a thousandth of the speed of light.
    """
    return 1.01 * apart / SPEED_OF_LIGHT + 1e-3 * half


@compiled_formula
def at_once(vector, sent, received):
    """Return the bounds without light time."""
    zero = 0.0 * vector.speed
    return Between(vector, zero, zero, zero, sent, received, Carrier(0.0, 0.0))


@compiled_formula
def with_light(still, sent, received, delay, carrier):
    """Return the bounds with light time, from those without; see motion.py.

    ``still`` is the reach of the vector with both ends at one instant.
    """
    beta = (carrier.speed + sent[0]) / SPEED_OF_LIGHT
    speed = (received[0] + sent[0] + carrier.acceleration * delay) / (1.0 - beta)
    near, far = still.nearest / (1.0 + beta), still.farthest / (1.0 - beta)
    eps = speed / SPEED_OF_LIGHT
    acceleration = (
        received[1]
        + sent[1] * (1.0 + eps) ** 2
        + BODY_JERK * delay
        + carrier.acceleration * eps * (2.0 + eps)
        + beta * over(speed**2, near)
    ) / (1.0 - beta)
    vector = Reach(speed, acceleration, near, far)
    bend = stretch(vector) / SPEED_OF_LIGHT
    return Between(vector, delay, eps, bend, sent, received, carrier)


@compiled_formula
def moved(between, speed, acceleration):
    """Return bounds of r(s(t)) + C(s(t)) - C(t), with those of r(s) in its own time given."""
    eps, bend, c = between.delay_rate, between.delay_bend, between.carrier
    return (
        speed * (1.0 + eps) + c.acceleration * between.delay + c.speed * eps,
        acceleration * (1.0 + eps) ** 2
        + BODY_JERK * between.delay
        + c.acceleration * eps * (2.0 + eps)
        + (speed + c.speed) * bend,
    )


# -- horizon --------------------------------------------------------------------------------


@compiled_formula
def aberrated(speed, stretched, farthest, observer):
    """Return what stellar aberration may add to the second derivative of a vector, m/s2.

    Parameters
    ----------
    speed, stretched, farthest
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
        return 0.0 * speed
    return 1.001 * (4.2 * b * stretched + 6.0 * speed * rate + 2.0 * farthest * bend)


@compiled_formula
def curvature(between, receives, spin, spin_rate, radius, observer):
    """Return bounds of the vector that a site sees, in its turning axes.

    Parameters
    ----------
    receives : bool
        Whether the site is the receiver; if not, its axes are those of the time of sending,
        which runs at a rate of up to 1 + eps and bends.
    spin, spin_rate : float, rad/s and rad/s2
    radius : float, m
        Of the site from the centre of its body.
    observer : (float, float, float)
        Bounds of the site's v/c and its derivatives.
    """
    zero = 0.0 * between.delay
    if receives:
        eps, bend = zero, zero
        speed, acceleration = moved(between, between.sent[0], between.sent[1])
    else:
        eps, bend = between.delay_rate, between.delay_bend
        drift = moved(between, zero, zero)
        speed = between.received[0] + drift[0]
        acceleration = between.received[1] + drift[1]
    w = spin * (1.0 + eps)
    change = spin_rate * (1.0 + eps) ** 2 + w * bend
    reach = between.vector
    size = reach.farthest + radius
    turned = acceleration + 2.0 * w * speed + (w**2 + change) * size
    seen = speed + w * size
    stretched = turned + over(seen**2, reach.nearest)
    extra = aberrated(seen, stretched, reach.farthest, observer)
    return Curvature(
        seen * (1.0 + 3.0 * observer[0]) + 2.0 * observer[1] * reach.farthest,
        turned + extra,
        stretch(reach),
        reach.nearest,
        reach.farthest,
    )


@compiled_formula
def elevation_bend(seen, sine):
    """Return the bound for the height above a cone of elevation, m/s2; ``sine`` of it."""
    if sine == 0.0:
        return seen.acceleration
    return seen.acceleration + abs(sine) * seen.stretch


# -- occultation ----------------------------------------------------------------------------


@compiled_formula
def _shortest(reach, radius):
    """Return the least tangent length sqrt(u^2 - R^2), m; 0 where the body may be touched."""
    return np.sqrt(np.maximum(reach.nearest**2 - radius**2, 0.0))


@compiled_formula
def _tangent(reach, radius):
    """Return the bound on the second derivative of sqrt(u^2 - R^2) for a vector u, m/s2.

    With T the tangent length and R the radius: T'' lies between -V^2 R^2/T^3 - A u/T and
    V^2/T + A u/T, where u/T is greatest for the least u.
    """
    tangent = _shortest(reach, radius)
    squeeze = np.maximum(1.0, (radius / tangent) ** 2)
    out = reach.speed**2 / tangent * squeeze + reach.acceleration * reach.nearest / tangent
    return choose(tangent > 0.0, out, np.inf)


@compiled_formula
def _slant(far, near, line, radius):
    """Return the bound on the margin's second derivative that suits one end far away, m/s2.

    With u1 far and u2 near, the accelerations of u1 all but cancel between abs(u1) and
    abs(u1 - u2): their directions differ by at most 2 abs(u2) / (abs(u1) + abs(u1 - u2)), and
    the two parts V^2/d have opposite signs. What is left of the tangent length, abs(u1) - T1,
    has the slope (u1 - T1)/T1 and the bend R^2/T1^3 in the distance.
    """
    tangent = _shortest(far, radius)
    lever = np.minimum(2.0, 2.0 * near.farthest / (far.nearest + line.nearest))
    pull = np.maximum(over(far.speed**2, far.nearest), over(line.speed**2, line.nearest))
    rest = (far.nearest / tangent - 1.0) * stretch(far)
    rest = rest + (radius * far.speed) ** 2 / tangent**3
    out = near.acceleration + lever * far.acceleration + pull + rest
    return choose(tangent > 0.0, out, np.inf) + _tangent(near, radius)


@compiled_formula
def _scaled(reach, scale):
    """Return ``reach`` in axes that are ``scale`` times as long along the body's pole."""
    if scale == 1.0:
        return reach
    far = reach.farthest
    return Reach(
        scale * reach.speed + _POLE_RATE * far,
        scale * reach.acceleration + 4.0 * _POLE_RATE * reach.speed + _POLE_CHANGE * far,
        reach.nearest,
        scale * far,
    )


@compiled_formula
def occultation_bend(line, first, still, radius, scale):
    """Return the bound for the margin of occultation.py, m/s2; 0 where it stays positive.

    Parameters
    ----------
    line, first : Between
        Of receiver and transmitter, and of the receiver and the body's centre.
    still : Reach
        Of the transmitter about the body, with both at one instant.
    radius : float, m
        Equatorial.
    scale : float
        That over the polar radius.
    """
    # The transmitter from the body: both at times of their own, the body's displaced.
    eps = line.delay_rate + first.delay_rate
    bow = line.delay_bend + first.delay_bend
    carrier, sent = line.carrier, line.sent
    delay = line.delay + first.delay
    speed = sent[0] * (1.0 + eps) + carrier.acceleration * delay + 2.0 * carrier.speed * eps
    acceleration = (
        sent[1] * (1.0 + eps) ** 2
        + BODY_JERK * delay
        + 2.0 * carrier.acceleration * eps * (2.0 + eps)
        + (sent[0] + 2.0 * carrier.speed) * bow
    )
    # Light time displaces the transmitter by its own motion, and the body by no more than in
    # the time that light takes from the one to the other.
    slack, beta = sent[0] * line.delay, carrier.speed / SPEED_OF_LIGHT
    near = np.maximum((still.nearest - slack) / (1.0 + beta), 0.0)
    far = (still.farthest + slack) / (1.0 - beta)
    two = _scaled(Reach(speed, acceleration, near, far), scale)
    one, between = _scaled(first.vector, scale), _scaled(line.vector, scale)
    bend = _tangent(one, radius) + _tangent(two, radius) + stretch(between)
    bend = np.minimum(bend, _slant(one, two, between, radius))
    bend = np.minimum(bend, _slant(two, one, between, radius))
    clear = _shortest(one, radius) + _shortest(two, radius) > between.farthest
    return choose(clear, 0.0, bend)
