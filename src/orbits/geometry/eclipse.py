"""Eclipses: when a body hides the Sun from a path, wholly (umbra) or at all (penumbra).

Sun and body are spheres, the shadow is bounded by their common tangent cones. With u the place
relative to the body, x its part along the axis away from the Sun, p its distance from the
axis, R the body's radius and c the radius of the cone at x, the margin is, in metres,

    (c abs(c) - p^2) / 2R    behind the circle where cone and body touch,
    (R^2 - u^2) / 2R         before it,

positive in shadow. The two join with the same slope, because the cone touches the sphere
there; and behind the apex of the umbra c is negative, so an annular eclipse is none. So one
margin, with a bounded second derivative, is right on every side of the body. No refraction,
no atmosphere, no flattening.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import SUN, body
from orbits.compiled import compiled
from orbits.events import Event
from orbits.frames import Path
from orbits.geometry.cuts import path_cuts
from orbits.geometry.motion import Pair
from orbits.geometry.signal import LIGHT_TIME, Centre, check_setting, ray

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


@compiled
def _margin(to_body, to_sun, radius, sun_radius, inner):
    """Return the margin, m, of the umbra (``inner`` 1) or penumbra (-1).

    ``to_body`` and ``to_sun`` (n, 3) lead from the path to the centres, m.
    """
    n = len(to_body)
    out = np.empty(n)
    for i in range(n):
        ax = to_body[i, 0] - to_sun[i, 0]
        ay = to_body[i, 1] - to_sun[i, 1]
        az = to_body[i, 2] - to_sun[i, 2]
        length = np.sqrt(ax * ax + ay * ay + az * az)
        ax, ay, az = ax / length, ay / length, az / length
        ux, uy, uz = -to_body[i, 0], -to_body[i, 1], -to_body[i, 2]
        x = ux * ax + uy * ay + uz * az
        px, py, pz = ux - x * ax, uy - x * ay, uz - x * az
        across = px * px + py * py + pz * pz
        sine = (sun_radius - inner * radius) / length
        cosine = np.sqrt(1.0 - sine * sine)
        if x >= inner * radius * sine:
            wide = radius / cosine - inner * x * sine / cosine
            out[i] = (wide * abs(wide) - across) / (2.0 * radius)
        else:
            out[i] = (radius * radius - x * x - across) / (2.0 * radius)
    return out


@dataclass(frozen=True, eq=False, slots=True)
class Shadow:
    """The shadow of body ``name`` over a path.

    Attributes
    ----------
    path : Path
    name : str
    almanac : Almanac
    light_time : str
        "geometric", or "light-time" (also for "apparent": both discs are turned alike).
    """

    path: Path
    name: str
    almanac: "Almanac"
    light_time: str

    def margin(self, t: Array, inner: float) -> Array:
        """Return the margin of the umbra (``inner`` 1) or penumbra (-1), m; (n,)."""
        to_body = ray(Centre(self.name), self.path, self.almanac, t, self.light_time).vector
        to_sun = ray(Centre("sun"), self.path, self.almanac, t, self.light_time).vector
        return _margin(to_body, to_sun, body(self.name).radius, SUN.radius, inner)

    def bound(self, near: Pair, sun: Pair, a: Array, b: Array, inner: float) -> Array:
        """Return the bound on the second derivative of ``margin`` over each [a, b]; (n,).

        With V, A of the path about the body, r its distance, and the axis a unit vector whose
        derivatives stay below a1, a2: the part across the axis has V + 2 r a1 and
        A + 4 V a1 + r (2 a2 + 2 a1^2); the cone follows the part along it and the tangent
        of its angle.
        """
        to_body, to_sun = near.between(a, b).vector, sun.between(a, b).vector
        speed, acceleration, far = to_body.speed, to_body.acceleration, to_body.farthest
        shift = speed + to_sun.speed
        length = np.maximum(to_sun.nearest - far, 1.0)
        a1 = shift / length
        a2 = (acceleration + to_sun.acceleration) / length + 1.1547006 * a1**2
        radius = body(self.name).radius
        tangent = 1.001 * (SUN.radius - inner * radius) / length
        tangent_1 = 1.001 * tangent * a1
        tangent_2 = 1.001 * tangent * (a2 + 2.0 * a1**2)
        v = speed + 2.0 * far * a1
        acc = acceleration + 4.0 * speed * a1 + far * (2.0 * a2 + 2.0 * a1**2)
        widening = v * tangent + far * tangent_1
        wide = 1.001 * radius + far * tangent
        bend = acc * tangent + 2.0 * v * tangent_1 + (far + radius) * tangent_2
        cone = v**2 + far * acc + widening**2 + wide * bend
        sphere = speed**2 + far * acceleration
        return np.maximum(cone, sphere) / radius


def events(
    path: Path,
    name: str,
    almanac: "Almanac",
    span: tuple[float, float],
    light_time: str = LIGHT_TIME,
) -> tuple[Event, Event]:
    """Return "in the umbra" and "in the penumbra or umbra" of body ``name``.

    Parameters
    ----------
    span : (float, float), s
        Over which the events will be searched.
    light_time : str
        "geometric", or "light-time": Sun and body where their light, arriving at ``path``,
        left them (SPICE ``gfoclt`` "CN"); "apparent" is the same.

    Raises
    ------
    ValueError
        If ``light_time`` or the body is unknown.

    References
    ----------
    Montenbruck & Gill (2000), sec. 3.4 (the cones). [montenbruck2000]
    """
    check_setting(light_time)
    body(name)
    shadow = Shadow(path, name, almanac, light_time)
    near = Pair.of(Centre(name), path, almanac, light_time, name, span)
    sun = Pair.of(Centre("sun"), path, almanac, light_time, path.frame.center, span)
    cuts = path_cuts(path, almanac, span)
    notes = {"light_time": light_time, "earth_shape": "sphere"} if name == "earth" else {
        "light_time": light_time
    }  # fmt: skip

    def event(kind: str, inner: float) -> Event:
        return Event(
            f"{kind}:{name}",
            lambda t: shadow.margin(t, inner),
            lambda a, b: shadow.bound(near, sun, a, b, inner),
            cuts,
            notes=notes,
        )

    return event("umbra", 1.0), event("penumbra", -1.0)
