"""Pointing: angles between directions at a path, the cone of an antenna, and how fast it turns.

Directions are those in which the light comes in (``apparent``: aberration included), or the
geometric ones. The axes of a spacecraft that keeps one side down are, about the centre of its
frame: z down, y against the orbital angular momentum, x completing them (forwards where the
orbit is a circle).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.events import Event
from orbits.frames import Path, rotated
from orbits.geometry.cuts import leg_cuts
from orbits.geometry.motion import Pair, observer_bounds
from orbits.geometry.signal import (
    APPARENT,
    GEOMETRIC,
    aberration,
    barycentric_velocity,
    ray,
)

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

_STEP = 1.0  # s; half the time between the two directions that make a rate


def direction(
    target: Path, observer: Path, almanac: "Almanac", t: Array, light_time: str = APPARENT
) -> Array:
    """Return unit vectors from ``observer`` towards ``target`` at ``t``; (n, 3), ICRF axes.

    Parameters
    ----------
    t : (n,) array, s
        TDB seconds past J2000, at the observer.
    light_time : str
        "geometric", "light-time" or "apparent".
    """
    vector = ray(target, observer, almanac, t, light_time).vector
    if light_time == APPARENT:
        vector = aberration(vector, barycentric_velocity(observer, almanac, t))
    return vector / np.linalg.norm(vector, axis=1)[:, None]


def angle_between(one: Array, other: Array) -> Array:
    """Return the angle between unit vectors (n, 3); (n,) rad, good for small angles too."""
    apart = np.linalg.norm(one - other, axis=1)
    return 2.0 * np.arctan2(apart, np.linalg.norm(one + other, axis=1))


def separation(
    one: Path,
    other: Path,
    observer: Path,
    almanac: "Almanac",
    t: Array,
    light_time: str = APPARENT,
) -> Array:
    """Return the angle between ``one`` and ``other`` as ``observer`` sees them; (n,) rad.

    The angle between lander and Earth at a relay says whether one antenna could serve both.
    """
    ends = (direction(path, observer, almanac, t, light_time) for path in (one, other))
    return angle_between(*ends)


def nadir_axes(path: Path, t: Array) -> Array:
    """Return the rotation (n, 3, 3) from ICRF axes to those of a craft with one side down.

    ``path`` is in ICRF axes about the body that is down.
    """
    r, v = path.position(t), path.velocity(t)
    down = -r / np.linalg.norm(r, axis=1)[:, None]
    normal = np.cross(r, v)
    y = -normal / np.linalg.norm(normal, axis=1)[:, None]
    return np.stack([np.cross(y, down), y, down], axis=1)


def antenna_angles(
    target: Path, path: Path, almanac: "Almanac", t: Array, light_time: str = APPARENT
) -> tuple[Array, Array]:
    """Return the cone angle from straight down and the clock angle of ``target``; (n,) rad.

    The clock angle runs from x (forwards) towards y, within (-pi, pi].
    """
    u = rotated(nadir_axes(path, t), direction(target, path, almanac, t, light_time))
    return np.arctan2(np.hypot(u[:, 0], u[:, 1]), u[:, 2]), np.arctan2(u[:, 1], u[:, 0])


def slew_rate(
    target: Path,
    path: Path,
    almanac: "Almanac",
    t: Array,
    *,
    nadir: bool = False,
    light_time: str = APPARENT,
) -> Array:
    """Return how fast an antenna on ``path`` turns that follows ``target``; (n,) rad/s.

    The angle between two directions 2 s apart, so the path must reach 1 s beyond ``t``.

    Parameters
    ----------
    nadir : bool
        Against the axes of a craft that keeps one side down; else against inertial axes.
    """
    ends = []
    for shift in (-_STEP, _STEP):
        u = direction(target, path, almanac, t + shift, light_time)
        ends.append(rotated(nadir_axes(path, t + shift), u) if nadir else u)
    return angle_between(*ends) / (2.0 * _STEP)


@dataclass(frozen=True, slots=True)
class Cone:
    """The cone that a sensor or an antenna of fixed pointing sees.

    Attributes
    ----------
    axis : Path, or (float, float, float)
        What it is pointed at, such as ``Centre("moon")`` for straight down; or a fixed
        direction in ICRF axes, of any length.
    half_angle : float, rad
    """

    axis: Path | tuple[float, float, float]
    half_angle: float

    def __post_init__(self) -> None:
        if not 0.0 < self.half_angle < np.pi:
            raise ValueError(
                f"half_angle must lie within 0 to 180 degrees, got {self.half_angle} rad"
            )
        if isinstance(self.axis, tuple):
            size = np.linalg.norm(self.axis)
            if len(self.axis) != 3 or not (np.isfinite(size) and size > 0.0):
                raise ValueError(f"an axis is three numbers, not all zero; got {self.axis}")

    def direction(self, path: Path, almanac: "Almanac", t: Array, light_time: str) -> Array:
        """Return unit vectors along the axis at ``t``; (n, 3), ICRF axes."""
        if isinstance(self.axis, tuple):
            unit = np.array(self.axis) / np.linalg.norm(self.axis)
            return np.broadcast_to(unit, (t.size, 3))
        return direction(self.axis, path, almanac, t, light_time)


def cone_event(
    target: Path,
    path: Path,
    almanac: "Almanac",
    cone: Cone,
    span: tuple[float, float],
    *,
    light_time: str = GEOMETRIC,
    name: str = "sensor_cone",
) -> Event:
    """Return "``target`` lies within ``cone``, seen from ``path``".

    The margin is the cosine of the angle from the axis less that of the half angle. What may
    stand in the line of sight is not asked: join with the windows of a leg.

    Parameters
    ----------
    span : (float, float), s
        Over which the event will be searched.
    """
    ends = [target, *(() if isinstance(cone.axis, tuple) else (cone.axis,))]
    center = path.frame.center
    pairs = [Pair.of(end, path, almanac, light_time, center, span) for end in ends]
    observer = observer_bounds(path, almanac, span, 0.0, light_time)

    def margin(t: Array) -> Array:
        chord = direction(target, path, almanac, t, light_time)
        chord = chord - cone.direction(path, almanac, t, light_time)
        limit = 2.0 * np.sin(0.5 * cone.half_angle) ** 2
        return limit - 0.5 * np.einsum("ij,ij->i", chord, chord)

    def bound(a: Array, b: Array) -> Array:
        turns = [_turned(pair.between(a, b).vector.turn, observer) for pair in pairs]
        x1, x2 = turns[0]
        if len(turns) == 1:
            return x2
        y1, y2 = turns[1]
        return x2 + 2.0 * x1 * y1 + y2

    cuts = np.concatenate([leg_cuts(end, path, almanac, span, light_time) for end in ends])
    return Event(name, margin, bound, cuts, 1e-12, {"light_time": light_time})


def _turned(
    turn: tuple[Array, Array], observer: tuple[float, float, float]
) -> tuple[Array, Array]:
    """Return bounds of a unit vector's derivatives after aberration: u + beta - u (u.beta)."""
    (first, second), (b, rate, bend) = turn, observer
    if b == 0.0:
        return first, second
    return (
        first * (1.0 + 3.0 * b) + 2.0 * rate,
        second * (1.0 + 4.0 * b) + 4.0 * b * first**2 + 5.0 * rate * first + 3.0 * bend,
    )
