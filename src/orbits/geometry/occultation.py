"""Occultation: whether a body stands between the two ends of a leg.

Both ends lie outside the body, which is an ellipsoid of revolution (WGS84 for the Earth) or a
sphere. In axes scaled so that the body is the unit sphere, with the ends at u1 and u2, the
margin is the sum of both tangent lengths less the distance of the ends,

    sqrt(u1^2 - 1) + sqrt(u2^2 - 1) - abs(u1 - u2),

positive where the straight line passes clear, zero where it touches, and smooth: no case has
to be told apart for a body behind an end. It is given in metres, as the equatorial radius
times that. As SPICE's ``gfoclt`` has it, light bends nowhere, the observer is the receiver,
and the body is where the light that arrives with the signal left it ("CN"): aberration turns
body and signal alike.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import Body
from orbits.compiled import compiled
from orbits.constants import SPEED_OF_LIGHT
from orbits.errors import OrbitsError
from orbits.events import Event
from orbits.frames import Path
from orbits.geometry.motion import BODY_JERK, Pair, Reach
from orbits.geometry.signal import Centre, ray

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

# The Earth's polar axis turns against inertial axes by less than this: precession 8e-12 and
# the pole's daily circle of 1.5e-6 rad, 1.1e-10 rad/s; and its rate changes by less than 1e-14.
_POLE_RATE, _POLE_CHANGE = 1e-9, 1e-13


@compiled
def _margin(near, line, pole, radius, flattened):
    """Return the margin, m, or nan where an end lies inside the body.

    ``near`` (n, 3) goes from the body to the receiver, ``line`` from the receiver to the
    transmitter; ``flattened`` is (a/b)^2 - 1; ``pole`` (n, 3) the axis.
    """
    n = len(near)
    out = np.empty(n)
    for i in range(n):
        s1 = s2 = s12 = p1 = p12 = 0.0
        for k in range(3):
            p1 += near[i, k] * pole[i, k]
            p12 += line[i, k] * pole[i, k]
            s1 += near[i, k] * near[i, k]
            s12 += line[i, k] * line[i, k]
            s2 += (near[i, k] + line[i, k]) ** 2
        s1 += flattened * p1 * p1
        s2 += flattened * (p1 + p12) ** 2
        s12 += flattened * p12 * p12
        square = radius * radius
        out[i] = np.sqrt(s1 - square) + np.sqrt(s2 - square) - np.sqrt(s12)
    return out


@dataclass(frozen=True, eq=False, slots=True)
class Occultation:
    """A body and the two ends of a leg that it may come between.

    Attributes
    ----------
    transmitter, receiver : Path
        Both outside the body at all times.
    occulter : Body
    almanac : Almanac
    light_time : str
    """

    transmitter: Path
    receiver: Path
    occulter: Body
    almanac: "Almanac"
    light_time: str

    @property
    def flattened(self) -> float:
        """(a/b)^2 - 1 of the body."""
        return (self.occulter.radius / self.occulter.polar_radius) ** 2 - 1.0

    def vectors(self, t: Array) -> tuple[Array, Array, Array]:
        """Return body to receiver, receiver to transmitter (m, ICRF), and the axis; (n, 3)."""
        line = ray(self.transmitter, self.receiver, self.almanac, t, self.light_time).vector
        shadow = ray(
            Centre(self.occulter.name), self.receiver, self.almanac, t, self.light_time
        )
        if self.flattened == 0.0 or self.occulter.axes is None:
            pole = np.broadcast_to(np.array([0.0, 0.0, 1.0]), line.shape)
        else:
            turn = self.almanac.rotation(self.occulter.axes, "ICRF", t - shadow.delay)
            pole = turn[:, 2]
        return -shadow.vector, line, np.ascontiguousarray(pole)

    def margin(self, t: Array) -> Array:
        """Return the margin, m, at reception times ``t``; (n,).

        Raises
        ------
        OrbitsError
            If an end lies inside the body, where the horizon would have to judge.
        """
        near, line, pole = self.vectors(t)
        out = _margin(near, line, pole, self.occulter.radius, self.flattened)
        wrong = np.isnan(out)
        if wrong.any():
            raise OrbitsError(
                f"an end of a link that {self.occulter.name} may occult lies inside "
                f"{self.occulter.name} at {int(wrong.sum())} of {t.size} times, first at "
                f"t = {t[wrong][0]:.3f} s past J2000 TDB; leave {self.occulter.name} out of "
                "occulted_by or mend the path"
            )
        return out

    def clearance(self, t: Array) -> Array:
        """Return the least height of the line of sight above the body, m, negative where cut.

        Along the direction from the centre; exact at tangency, and within the flattening
        (0.3 % of itself) elsewhere.
        """
        near, line, pole = self.vectors(t)
        stretch = np.sqrt(1.0 + self.flattened) - 1.0

        def scaled(v: Array) -> Array:
            along = np.einsum("ij,ij->i", v, pole)[:, None]
            return (v + stretch * along * pole) / self.occulter.radius

        u, d = scaled(near), scaled(line)
        along = np.clip(-np.einsum("ij,ij->i", u, d) / np.einsum("ij,ij->i", d, d), 0.0, 1.0)
        size = np.linalg.norm(u + along[:, None] * d, axis=1)
        place = np.linalg.norm(near + along[:, None] * line, axis=1)
        return place * (1.0 - 1.0 / size)


def _shortest(reach: Reach, radius: float) -> Array:
    """Return the least tangent length sqrt(u^2 - R^2), m; 0 where the body may be touched."""
    return np.sqrt(np.maximum(reach.nearest**2 - radius**2, 0.0))


def _tangent(reach: Reach, radius: float) -> Array:
    """Return the bound on the second derivative of sqrt(u^2 - R^2) for a vector u, m/s2.

    With T the tangent length and R the radius: T'' lies between -V^2 R^2/T^3 - A u/T and
    V^2/T + A u/T, where u/T is greatest for the least u.
    """
    inside = reach.nearest**2 - radius**2
    with np.errstate(divide="ignore", invalid="ignore"):
        tangent = np.sqrt(np.where(inside > 0.0, inside, np.nan))
        squeeze = np.maximum(1.0, (radius / tangent) ** 2)
        out = reach.speed**2 / tangent * squeeze + reach.acceleration * reach.nearest / tangent
    return np.where(np.isnan(out), np.inf, out)


def _slant(far: Reach, near: Reach, line: Reach, radius: float) -> Array:
    """Return the bound on the margin's second derivative that suits one end far away, m/s2.

    With u1 far and u2 near, the accelerations of u1 all but cancel between abs(u1) and
    abs(u1 - u2): their directions differ by at most 2 abs(u2) / (abs(u1) + abs(u1 - u2)), and
    the two parts V^2/d have opposite signs. What is left of the tangent length, abs(u1) - T1,
    has the slope (u1 - T1)/T1 and the bend R^2/T1^3 in the distance.
    """
    tangent = _shortest(far, radius)
    with np.errstate(divide="ignore", invalid="ignore"):
        lever = np.minimum(2.0, 2.0 * near.farthest / (far.nearest + line.nearest))
        pull = np.maximum(far.over(far.speed**2), line.over(line.speed**2))
        rest = (far.nearest / tangent - 1.0) * far.stretch
        rest = rest + (radius * far.speed) ** 2 / tangent**3
        out = near.acceleration + lever * far.acceleration + pull + rest
    return np.where(np.isnan(out), np.inf, out) + _tangent(near, radius)


def occultation_event(
    occultation: Occultation, span: tuple[float, float], cuts: Array
) -> Event:
    """Return "the body does not stand between the ends"."""
    o = occultation
    name = o.occulter.name
    leg = Pair.of(o.transmitter, o.receiver, o.almanac, o.light_time, name, span)
    near = Pair.of(Centre(name), o.receiver, o.almanac, o.light_time, name, span)
    scale = o.occulter.radius / o.occulter.polar_radius  # of the axes along the pole
    flattened = o.flattened > 0.0

    def scaled(reach: Reach) -> Reach:
        if not flattened:
            return reach
        rate, change = _POLE_RATE, _POLE_CHANGE
        far = reach.farthest
        return Reach(
            scale * reach.speed + rate * far,
            scale * reach.acceleration + 4.0 * rate * reach.speed + change * far,
            reach.nearest,
            scale * far,
        )

    def bound(a: Array, b: Array) -> Array:
        line, first = leg.between(a, b), near.between(a, b)
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
        # Light time displaces the transmitter by its own motion, and the body by no more than
        # in the time that light takes from the one to the other.
        still, slack = leg.sent_reach(a, b, sent), sent[0] * line.delay
        beta = carrier.speed / SPEED_OF_LIGHT
        far = Reach(
            speed,
            acceleration,
            np.maximum((still.nearest - slack) / (1.0 + beta), 0.0),
            (still.farthest + slack) / (1.0 - beta),
        )
        one, two, between = scaled(first.vector), scaled(far), scaled(line.vector)
        radius = o.occulter.radius
        bend = _tangent(one, radius) + _tangent(two, radius) + between.stretch
        bend = np.minimum(bend, _slant(one, two, between, radius))
        bend = np.minimum(bend, _slant(two, one, between, radius))
        # Where the margin stays positive over all of [a, b] there is no edge to be found.
        return np.where(
            _shortest(one, radius) + _shortest(two, radius) > between.farthest, 0.0, bend
        )

    notes = {"light_time": o.light_time}
    if name == "earth":
        notes["earth_shape"] = "WGS84 ellipsoid"
    return Event(f"occultation:{name}", o.margin, bound, cuts, notes=notes)
