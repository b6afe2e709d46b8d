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
from orbits.errors import OrbitsError
from orbits.events import Event
from orbits.frames import Path
from orbits.geometry.bends import QUIET, occultation_bend
from orbits.geometry.motion import Pair
from orbits.geometry.sight import tangency
from orbits.geometry.sight_search import occultation_search
from orbits.geometry.signal import Centre, ray

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


@compiled
def _margin(near, line, pole, radius, flattened):
    """Return the margin `tangency`, m, for rows of ``near``, ``line`` and ``pole``; (n,)."""
    out = np.empty(len(near))
    for i in range(len(near)):
        out[i] = tangency(near[i], line[i], pole[i], radius, flattened)
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


def occultation_event(
    occultation: Occultation, span: tuple[float, float], cuts: Array
) -> Event:
    """Return "the body does not stand between the ends"."""
    o = occultation
    name = o.occulter.name
    leg = Pair.of(o.transmitter, o.receiver, o.almanac, o.light_time, name, span)
    near = Pair.of(Centre(name), o.receiver, o.almanac, o.light_time, name, span)
    radius, scale = o.occulter.radius, o.occulter.radius / o.occulter.polar_radius

    def bound(a: Array, b: Array) -> Array:
        line, first = leg.between(a, b), near.between(a, b)
        still = leg.sent_reach(a, b, line.sent)
        with QUIET():
            return occultation_bend(line, first, still, radius, scale)

    notes = {"light_time": o.light_time}
    if name == "earth":
        notes["earth_shape"] = "WGS84 ellipsoid"
    compiled = occultation_search(leg, o.occulter)
    return Event(f"occultation:{name}", o.margin, bound, cuts, notes=notes, compiled=compiled)
