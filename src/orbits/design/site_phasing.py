"""When the turning Moon carries a site under the plane of an orbit.

The plane of a lunar orbit stays nearly fixed in space while the Moon turns under it once in
27.3 days: a site passes it twice in that time, and for a site near the orbit's highest latitude
the two passages draw together. Between them the site stays within a small angle of the plane.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.sites import Site
from orbits.trajectory import Trajectory

Array = NDArray[np.float64]

_STEP = 1800.0  # s: the site moves 0.27 degrees, far less than the plane's own wobble lasts


@dataclass(frozen=True, slots=True)
class PlaneChange:
    """How far a site is from the plane at an instant, and what it costs to reach it.

    Attributes
    ----------
    t : float, s past J2000 TDB
    angle : float, rad
        Of the site above the plane, towards the angular momentum.
    delta_v : float, m/s
        An impulse 90 degrees before the site that tilts the plane through it: twice the speed
        of a circular orbit of the path's radius times the sine of half the angle.
    """

    t: float
    angle: float
    delta_v: float


def plane_angle(path: Trajectory, site: Site, almanac: Almanac, t: Array) -> Array:
    """Return the angle of a site above the osculating plane of ``path``, (n,), rad.

    The plane is that of the motion about the site's body, whatever the path's own centre.
    """
    r, v = _about(path, site.body, almanac, t)
    h = np.cross(r, v)
    h /= np.linalg.norm(h, axis=1)[:, None]
    turn = almanac.rotation("ICRF", site.frame.axes, t)
    up = np.einsum("nij,j->ni", turn, site.vector / np.linalg.norm(site.vector))
    return np.arcsin(np.clip(np.einsum("ni,ni->n", h, up), -1.0, 1.0))


def _about(path: Trajectory, body: str, almanac: Almanac, t: Array) -> tuple[Array, Array]:
    r, v, center = path.position(t), path.velocity(t), path.frame.center
    if center == body:
        return r, v
    return r + almanac.position(center, body, t), v + almanac.velocity(center, body, t)


def check_reach(inclination: float, site: Site) -> None:
    """Raise ``ValueError`` if no orbit of this inclination (rad) passes over the site."""
    latitude = abs(site.central_latitude)
    if not latitude <= inclination <= np.pi - latitude:
        low, high = np.degrees(latitude), 180.0 - np.degrees(latitude)
        raise ValueError(
            f"an orbit of inclination {np.degrees(inclination):.3f} deg cannot pass over "
            f"{site.name!r} at latitude {np.degrees(site.central_latitude):.3f} deg: choose "
            f"{low:.2f} to {high:.2f} deg"
        )


def passages(
    path: Trajectory, site: Site, almanac: Almanac, span: tuple[float, float] | None = None
) -> Array:
    """Return when the site lies in the plane of ``path``, (n,), s, ascending."""
    first, last = span or path.span
    t = np.linspace(first, last, max(3, int((last - first) / _STEP) + 1))
    angle = plane_angle(path, site, almanac, t)

    def at(x: float) -> float:
        return float(plane_angle(path, site, almanac, np.array([x]))[0])

    turns = np.flatnonzero(angle[1:] * angle[:-1] < 0.0)
    return np.array([brentq(at, t[k], t[k + 1], xtol=1e-3) for k in turns])


def plane_change(path: Trajectory, site: Site, almanac: Almanac, t: float) -> PlaneChange:
    """Return the site's distance from the plane at ``t`` (s), and its cost."""
    angle = float(plane_angle(path, site, almanac, np.array([t]))[0])
    r, _ = _about(path, site.body, almanac, np.array([t]))
    radius = float(np.linalg.norm(r))
    speed = np.sqrt(body(site.body).mu / radius)
    return PlaneChange(t, angle, float(2.0 * speed * np.sin(0.5 * abs(angle))))
