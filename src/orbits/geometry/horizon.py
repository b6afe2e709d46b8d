"""Horizon: azimuth and elevation at a site, and the margin above its lowest elevation."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.events import Event
from orbits.frames import Path
from orbits.geometry.bends import QUIET, Between, Curvature, curvature, elevation_bend
from orbits.geometry.motion import Pair, observer_bounds
from orbits.geometry.sight import height, local_of
from orbits.geometry.sight_search import elevation_search
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
    out = np.empty((len(vector), 3))
    for i in range(len(vector)):
        local_of(turn[i], axes, vector[i], rate * late[i], out[i])
    return out


@compiled
def heights(local, sine):
    """Return how far ``local`` (n, 3) stands above a cone of elevation, m; (n,)."""
    out = np.empty(len(local))
    for i in range(len(local)):
        out[i] = height(local[i], sine)
    return out


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
        axes, radius = self.site.frame.axes, float(np.linalg.norm(self.site.vector))
        spin, spin_rate = self.almanac.spin(axes), self.almanac.spin_rate(axes)
        with QUIET():
            return curvature(between, self.receives, spin, spin_rate, radius, observer)


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
        return heights(horizon.local(t), sine)

    def bound(a: Array, b: Array) -> Array:
        return elevation_bend(horizon.curvature(pair.between(a, b), observer), sine)

    notes = {"light_time": horizon.light_time, "refraction": "none", "terrain": "none"}
    compiled = elevation_search(pair, horizon.site, horizon.receives, sine, observer)
    name = f"elevation:{horizon.site.name}"
    return Event(name, margin, bound, cuts, notes=notes, compiled=compiled)
