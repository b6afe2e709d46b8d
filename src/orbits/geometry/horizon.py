"""Horizon: azimuth and elevation at a site, and the margin above its lowest elevation."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.events import Event
from orbits.frames import Path
from orbits.geometry.motion import Between, Pair, aberrated, observer_bounds
from orbits.geometry.signal import (
    APPARENT,
    ROTATION,
    aberration,
    barycentric_velocity,
    ray,
)
from orbits.sites import Site

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


@compiled
def _local(turn, axes, vector, late, rate):
    """Return ``vector`` (n, 3) as east, north, up, ``late`` s after the time of ``turn``."""
    n = len(vector)
    out = np.empty((n, 3))
    for i in range(n):
        x = (
            turn[i, 0, 0] * vector[i, 0]
            + turn[i, 0, 1] * vector[i, 1]
            + turn[i, 0, 2] * vector[i, 2]
        )
        y = (
            turn[i, 1, 0] * vector[i, 0]
            + turn[i, 1, 1] * vector[i, 1]
            + turn[i, 1, 2] * vector[i, 2]
        )
        z = (
            turn[i, 2, 0] * vector[i, 0]
            + turn[i, 2, 1] * vector[i, 1]
            + turn[i, 2, 2] * vector[i, 2]
        )
        angle = rate * late[i]
        x, y = x + angle * y, y - angle * x
        for k in range(3):
            out[i, k] = axes[k, 0] * x + axes[k, 1] * y + axes[k, 2] * z
    return out


class Curvature(NamedTuple):
    """Bounds over intervals for a vector in the axes of a site; (n,).

    Attributes
    ----------
    speed, acceleration : m/s, m/s2
        Of the apparent vector in the turning axes.
    stretch : m/s2
        Second derivative of its length.
    nearest, farthest : m
    """

    speed: Array
    acceleration: Array
    stretch: Array
    nearest: Array
    farthest: Array


@dataclass(frozen=True, eq=False, slots=True)
class Horizon:
    """What a site sees of the other end of a leg, at reception times of the leg.

    Attributes
    ----------
    site : Site
    other : Path
    almanac : Almanac
    light_time : str
        "geometric", "light-time" or "apparent".
    receives : bool
        Whether the site is the receiver. If not, it is looked from at the time of sending.
    """

    site: Site
    other: Path
    almanac: "Almanac"
    light_time: str
    receives: bool

    def local(self, t: Array) -> Array:
        """Return the vector to the other end in east, north, up; (n, 3), m.

        Apparent where the setting asks for it. ``t`` (n,) s: reception at the leg's receiver.
        """
        axes = self.site.frame.axes
        if self.receives:
            seen = ray(self.other, self.site, self.almanac, t, self.light_time)
            vector, here, late = seen.vector, t, np.zeros_like(t)
        else:
            seen = ray(self.site, self.other, self.almanac, t, self.light_time)
            vector, here = -seen.vector, t - seen.delay
            late = (t - here) - seen.delay
        if self.light_time == APPARENT:
            velocity = barycentric_velocity(self.site, self.almanac, here)
            vector = aberration(vector, velocity if self.receives else -velocity)
        turn = self.almanac.rotation(axes, "ICRF", here)
        return _local(turn, self.site.axes, vector, late, ROTATION[axes])

    def angles(self, t: Array) -> tuple[Array, Array, Array]:
        """Return azimuth (from north, clockwise, [0, 2 pi)), elevation, rad, and range, m."""
        return spherical(self.local(t))

    def elevation(self, t: Array) -> Array:
        """Return the elevation of the other end, rad; (n,)."""
        return self.angles(t)[1]

    def pair(self, span: tuple[float, float]) -> Pair:
        """Return the pair of ends for bounds about the site's body."""
        ends = (self.other, self.site) if self.receives else (self.site, self.other)
        return Pair.of(*ends, self.almanac, self.light_time, self.site.body, span)

    def observer(self, span: tuple[float, float]) -> tuple[float, float, float]:
        """Return bounds of the site's v/c and its derivatives in its body's axes."""
        spin = self.almanac.spin(self.site.frame.axes)
        return observer_bounds(self.site, self.almanac, span, spin, self.light_time)

    def curvature(self, between: Between, observer: tuple[float, float, float]) -> Curvature:
        """Return bounds of ``local`` over the intervals of ``between``."""
        # Where the site sends, its axes are those of the time of sending, which runs at a
        # rate of up to 1 + eps and bends.
        eps = 0.0 if self.receives else between.delay_rate
        bend = 0.0 if self.receives else between.delay_bend
        if self.receives:
            speed, acceleration = between.moved(between.sent)
        else:
            still = (np.zeros_like(between.delay), np.zeros_like(between.delay))
            drift = between.moved(still)
            speed = between.received[0] + drift[0]
            acceleration = between.received[1] + drift[1]
        axes = self.site.frame.axes
        w = self.almanac.spin(axes) * (1.0 + eps)
        change = self.almanac.spin_rate(axes) * (1.0 + eps) ** 2 + w * bend
        reach = between.vector
        size = reach.farthest + float(np.linalg.norm(self.site.vector))
        turned = acceleration + 2.0 * w * speed + (w**2 + change) * size
        seen = speed + w * size
        extra = aberrated(seen, turned + reach.over(seen**2), reach.farthest, observer)
        b, rate, _ = observer
        return Curvature(
            seen * (1.0 + 3.0 * b) + 2.0 * rate * reach.farthest,
            turned + extra,
            reach.stretch,
            reach.nearest,
            reach.farthest,
        )


def spherical(local: Array) -> tuple[Array, Array, Array]:
    """Return azimuth in [0, 2 pi), elevation, rad, and length of (n, 3) east, north, up."""
    east, north, up = local[:, 0], local[:, 1], local[:, 2]
    azimuth = np.arctan2(east, north) % (2.0 * np.pi)
    level = np.hypot(east, north)
    return azimuth, np.arctan2(up, level), np.hypot(level, up)


def elevation_event(horizon: Horizon, span: tuple[float, float], cuts: Array) -> Event:
    """Return "the other end stands above the site's minimum elevation".

    The margin is ``up - sin(e) * length`` of the apparent vector, m: smooth, and zero where
    the elevation is e. No refraction, no terrain.
    """
    sine = float(np.sin(horizon.site.min_elevation))
    pair, observer = horizon.pair(span), horizon.observer(span)

    def margin(t: Array) -> Array:
        local = horizon.local(t)
        if sine == 0.0:
            return local[:, 2]
        return local[:, 2] - sine * np.sqrt(np.einsum("ij,ij->i", local, local))

    def bound(a: Array, b: Array) -> Array:
        c = horizon.curvature(pair.between(a, b), observer)
        return c.acceleration + (abs(sine) * c.stretch if sine else 0.0)

    notes = {"light_time": horizon.light_time, "refraction": "none", "terrain": "none"}
    return Event(f"elevation:{horizon.site.name}", margin, bound, cuts, notes=notes)
