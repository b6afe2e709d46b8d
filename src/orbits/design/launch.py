"""From a launch site into a plane: azimuths, planes by the minute, the parking orbit reached.

The plane holds the Earth's centre, so it is the geocentric direction of the pad that lies in it
(its geodetic latitude would shift a crossing by minutes). The ascent is a model: so long a time
and so long an arc, both given, in the plane.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.constants import WGS84_A
from orbits.forces.atmosphere import EARTH_SPIN
from orbits.frames import Frame, rotation_of_epoch
from orbits.sites import Site
from orbits.trajectory import State

Array = NDArray[np.float64]

PASSES = ("ascending", "descending")


@dataclass(frozen=True, slots=True)
class Ascent:
    """How a launch vehicle reaches its parking orbit: a model of time and arc.

    Attributes
    ----------
    duration : float, s
        From lift-off to insertion.
    downrange : float, rad
        Arc from the pad, where it stood in inertial space at lift-off, to insertion.
    """

    duration: float
    downrange: float

    def __post_init__(self) -> None:
        if not self.duration > 0.0 or not 0.0 < self.downrange < np.pi:
            raise ValueError(
                "an ascent needs a duration > 0 s and a downrange arc of 0 to pi rad, got "
                f"{self.duration} s and {self.downrange} rad"
            )


def pad_direction(site: Site, t: float, almanac: Almanac) -> Array:
    """Return the unit vector to a site from the Earth's centre, true equator of date (3,)."""
    turn = rotation_of_epoch("earth-equator-of-epoch", t, almanac)
    r = turn @ almanac.rotation("ICRF", "ITRF", t) @ site.vector
    return r / np.linalg.norm(r)


def azimuth(site: Site, inclination: float, branch: str) -> float:
    """Return the inertial azimuth of the plane at the site, rad clockwise from north.

    cos i = cos(geocentric latitude) sin(azimuth). The turn of the Earth is not in it: what the
    vehicle steers, relative to the ground, differs by a few degrees (`steering`).

    Raises
    ------
    ValueError
        If no plane of this inclination passes over the site, or the branch is unknown.
    """
    latitude = site.central_latitude
    sine = np.cos(inclination) / np.cos(latitude)
    if branch not in PASSES:
        raise ValueError(f"unknown pass {branch!r}; choose from {', '.join(PASSES)}")
    if abs(sine) > 1.0:
        least = abs(np.degrees(latitude))
        raise ValueError(
            f"no orbit of inclination {np.degrees(inclination):.3f} deg passes over "
            f"{site.name!r} at geocentric latitude {np.degrees(latitude):.3f} deg: choose "
            f"{least:.3f} to {180.0 - least:.3f} deg"
        )
    north = float(np.arcsin(sine))
    return north if branch == "ascending" else np.pi - north


def steering(site: Site, inclination: float, branch: str, radius: float) -> tuple[float, float]:
    """Return azimuth (rad) and speed (m/s) of circular insertion at the pad, over the ground.

    The velocity of the circular orbit of ``radius`` m less that of the turning Earth there.
    """
    inertial = azimuth(site, inclination, branch)
    earth = body("earth")
    speed = np.sqrt(earth.mu / radius)
    east = speed * np.sin(inertial) - EARTH_SPIN * radius * np.cos(site.central_latitude)
    north = speed * np.cos(inertial)
    return float(np.remainder(np.arctan2(east, north), 2.0 * np.pi)), float(
        np.hypot(east, north)
    )


def plane_pole(direction: Array, inclination: float, branch: str) -> Array:
    """Return the pole (3,) of the plane of ``inclination`` through a direction, same axes.

    The motion passes the direction northwards on the "ascending" pass.
    """
    x, y, z = direction
    flat = float(np.hypot(x, y))
    cosine = -z * np.cos(inclination) / (flat * np.sin(inclination))
    turn = float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    # The pole lies `turn` before or after the direction, in right ascension.
    longitude = np.arctan2(y, x) + (-turn if branch == "ascending" else turn)
    return np.array(
        [
            np.sin(inclination) * np.cos(longitude),
            np.sin(inclination) * np.sin(longitude),
            np.cos(inclination),
        ]
    )


def insertion(  # noqa: PLR0913 - a launch is that many choices
    site: Site,
    almanac: Almanac,
    lift_off: float,
    inclination: float,
    branch: str,
    *,
    altitude: float,
    ascent: Ascent,
    mass: float | None = None,
) -> State:
    """Return the state on the circular parking orbit at the end of the ascent.

    About the Earth, in ICRF axes; the orbit's radius is 6378.137 km + ``altitude`` (m), its
    inclination (rad) refers to the true equator of lift-off (s past J2000 TDB).

    Raises
    ------
    ValueError
        As `azimuth`.
    """
    azimuth(site, inclination, branch)
    pad = pad_direction(site, lift_off, almanac)
    pole = plane_pole(pad, inclination, branch)
    ahead = np.cross(pole, pad)
    radius = WGS84_A + altitude
    c, s = np.cos(ascent.downrange), np.sin(ascent.downrange)
    speed = np.sqrt(body("earth").mu / radius)
    turn = rotation_of_epoch("earth-equator-of-epoch", lift_off, almanac).T
    r, v = radius * (c * pad + s * ahead), speed * (c * ahead - s * pad)
    frame = Frame("earth", "ICRF")
    return State(lift_off + ascent.duration, turn @ r, turn @ v, frame, mass)
