"""Swaths: what an instrument that looks aside sees of the ground, and in which light.

A ray leaves the spacecraft at the look angle from the geodetic nadir and at an azimuth from
its ground velocity: a push-broom or a scanner across the track looks at plus and minus 90
degrees, a conical scanner keeps the look angle and swings in azimuth. The ground is the WGS84
ellipsoid; incidence is the angle between the ray and the normal of the ground.
"""

from typing import TYPE_CHECKING, NamedTuple

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.constants import WGS84_A, WGS84_F
from orbits.frames import rotated
from orbits.trajectory import Trajectory

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

MEAN_RADIUS = 6_371_008.8  # m, WGS84's (2a + b)/3
_AXES = WGS84_A * np.array([1.0, 1.0, 1.0 - WGS84_F])


# -- angles on a sphere -------------------------------------------------------------------


def incidence_of_look(look: ArrayLike, height: float, radius: float = MEAN_RADIUS) -> Array:
    """Return the incidence on a sphere of rays at ``look`` rad from the nadir; same shape.

    The law of sines: sin(incidence) = (1 + height / radius) sin(look).

    Raises
    ------
    ValueError
        If a ray passes the sphere.
    """
    sine = np.sin(look) * (1.0 + height / radius)
    if np.any(np.abs(sine) > 1.0) or np.any(np.abs(look) >= 0.5 * np.pi):
        limit = np.degrees(np.arcsin(radius / (radius + height)))
        worst = np.degrees(np.max(np.abs(look)))
        raise ValueError(
            f"a look angle of {worst:.2f} deg passes the Earth: from {height / 1e3:.0f} km the "
            f"horizon stands at {limit:.2f} deg"
        )
    return np.arcsin(sine)


def look_of_incidence(
    incidence: ArrayLike, height: float, radius: float = MEAN_RADIUS
) -> Array:
    """Return the look angle from the nadir at which a sphere is met at ``incidence``; rad."""
    return np.arcsin(np.sin(incidence) * radius / (radius + height))


def ground_arc(look: ArrayLike, height: float, radius: float = MEAN_RADIUS) -> Array:
    """Return the arc of ground from the nadir to where a ray at ``look`` rad meets it, m."""
    return radius * (incidence_of_look(look, height, radius) - np.asarray(look))


def look_of_arc(arc: ArrayLike, height: float, radius: float = MEAN_RADIUS) -> Array:
    """Return the look angle (rad) of a place an ``arc`` of ground (m) away from the nadir.

    Raises
    ------
    ValueError
        If the place lies beyond the horizon.
    """
    angle = np.asarray(arc, dtype=np.float64) / radius
    horizon = np.arccos(radius / (radius + height))
    if np.any(np.abs(angle) > horizon):
        raise ValueError(
            f"{np.max(np.abs(arc)) / 1e3:.0f} km from the nadir lies beyond the horizon of "
            f"{height / 1e3:.0f} km, which is {horizon * radius / 1e3:.0f} km away"
        )
    return np.arctan2(np.sin(angle), (radius + height) / radius - np.cos(angle))


class Swath(NamedTuple):
    """A strip of ground, the same on both sides of the track.

    Attributes
    ----------
    look : float, rad
        Of its edge, from the nadir.
    azimuth : float, rad
        Of the ray to its edge, from the velocity over ground: 90 degrees for a push-broom.
    """

    look: float
    azimuth: float = 0.5 * np.pi

    @classmethod
    def of_incidence(
        cls, incidence: float, height: float, azimuth: float = 0.5 * np.pi
    ) -> "Swath":
        """Return the swath whose edge is seen at an incidence (rad) from ``height`` m."""
        return cls(float(look_of_incidence(incidence, height)), azimuth)

    @classmethod
    def of_width(cls, width: float, height: float) -> "Swath":
        """Return the push-broom swath of a ``width`` m on the ground from ``height`` m."""
        return cls(float(look_of_arc(0.5 * width, height)))

    def width(self, height: float, radius: float = MEAN_RADIUS) -> float:
        """Return the width on the ground, across the track, m.

        Of a conical scanner, that of the arcs' ends: sin(half) = sin(arc) sin(azimuth).
        """
        arc = float(ground_arc(self.look, height, radius)) / radius
        return float(2.0 * radius * np.arcsin(np.sin(arc) * abs(np.sin(self.azimuth))))


# -- on the ellipsoid ---------------------------------------------------------------------


class Ground(NamedTuple):
    """Places that rays meet; (n,) each but ``vector`` (n, 3), m in the axes of the Earth.

    ``latitude``, ``longitude`` (geodetic, east positive) and ``incidence`` in rad.
    """

    vector: Array
    latitude: Array
    longitude: Array
    incidence: Array


def ground(fixed: Trajectory, t: ArrayLike, look: float, azimuth: float) -> Ground:
    """Return where rays from a path meet the ellipsoid at the times ``t`` (n,), s.

    Parameters
    ----------
    fixed : Trajectory
        In the axes of the Earth (``geometry.fixed.fixed_path``).
    look : float, rad
        From the geodetic nadir.
    azimuth : float, rad
        From the velocity over ground, positive to the right.

    Raises
    ------
    ValueError
        If a ray passes the Earth.
    """
    times = np.atleast_1d(np.asarray(t, dtype=np.float64))
    r, v = fixed.position(times), fixed.velocity(times)
    longitude, latitude, _ = erfa.gc2gde(WGS84_A, WGS84_F, np.ascontiguousarray(r))
    up = _up(latitude, longitude)
    level = v - np.sum(v * up, axis=1)[:, None] * up
    ahead = level / np.linalg.norm(level, axis=1)[:, None]
    right = np.cross(ahead, up)
    aside = np.cos(azimuth) * ahead + np.sin(azimuth) * right
    ray = np.sin(look) * aside - np.cos(look) * up
    scaled, way = r / _AXES, ray / _AXES
    a, b = np.sum(way * way, axis=1), np.sum(scaled * way, axis=1)
    c = np.sum(scaled * scaled, axis=1) - 1.0
    root = b * b - a * c
    if np.any(root < 0.0):
        raise ValueError(
            f"a look angle of {np.degrees(look):.2f} deg passes the Earth from this orbit: "
            "give a smaller one"
        )
    place = r - ((b + np.sqrt(root)) / a)[:, None] * ray
    longitude, latitude, _ = erfa.gc2gde(WGS84_A, WGS84_F, np.ascontiguousarray(place))
    cosine = -np.sum(ray * _up(latitude, longitude), axis=1)
    return Ground(place, latitude, longitude, np.arccos(np.clip(cosine, -1.0, 1.0)))


def _up(latitude: Array, longitude: Array) -> Array:
    level = np.cos(latitude)
    return np.stack(
        [level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=-1
    )


class Light(NamedTuple):
    """Sunlight at places; (n,) rad.

    Attributes
    ----------
    elevation : rad
        Of the Sun's centre above the horizon of the place.
    glint : rad
        Between the ray to the spacecraft and the Sun's mirror image in a level sea: a calm sea
        glitters within some degrees, a rough one within 30. Pi where the Sun is down.
    """

    elevation: Array
    glint: Array


def light(fixed: Trajectory, almanac: "Almanac", t: ArrayLike, seen: Ground) -> Light:
    """Return the Sun's elevation and the glint angle at the places ``seen`` at ``t`` (n,), s.

    Geometric Sun, no refraction.
    """
    times = np.atleast_1d(np.asarray(t, dtype=np.float64))
    sun = rotated(
        almanac.rotation("ITRF", "ICRF", times), almanac.position("sun", "earth", times)
    )
    up = _up(seen.latitude, seen.longitude)
    to_sun, to_craft = (
        x / np.linalg.norm(x, axis=1)[:, None]
        for x in (sun - seen.vector, fixed.position(times) - seen.vector)
    )
    sine = np.sum(to_sun * up, axis=1)
    mirrored = 2.0 * sine[:, None] * up - to_sun
    cosine = np.clip(np.sum(mirrored * to_craft, axis=1), -1.0, 1.0)
    glint = np.where(sine > 0.0, np.arccos(cosine), np.pi)
    return Light(np.arcsin(np.clip(sine, -1.0, 1.0)), glint)
