"""Relief: heights of the ground on a grid, and the skyline that a site sees over it.

A ray leaves the site along its horizontal plane; below each of its points lies the ground with
its height, and the line from the site to that place has an elevation. The highest of them is
the skyline in that direction. The body curves away under the ray, so that nothing beyond

    acos(r / (r + h)) + acos(r / (r + H))

of its centre can show, with r the lowest ground, h the site and H the highest ground above it:
so far the ray is followed, or until the grid ends. Heights between the points of the grid are
bilinear. No refraction.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.bodies import body
from orbits.compiled import compiled
from orbits.constants import WGS84_A, WGS84_F
from orbits.sites import Mask, Site

Array = NDArray[np.float64]

GEOGRAPHIC, NORTH, SOUTH = range(3)
PROJECTIONS = ("geographic", "north-stereographic", "south-stereographic")
_TURN = 2.0 * math.pi
_E2 = WGS84_F * (2.0 - WGS84_F)
_EVEN = 1e-4  # of a step, by which the points of a grid may be out of place


@dataclass(frozen=True, eq=False, slots=True)
class Relief:
    """Heights above the ellipsoid (Earth) or the sphere of 1737.4 km (Moon), evenly spaced.

    Attributes
    ----------
    body : str
        "earth" (WGS84, ITRF) or "moon" (MOON_ME).
    x, y : (k,) and (m,) arrays
        Longitude and latitude, rad, of a geographic grid; else the plane of the polar
        stereographic projection of the sphere, true to scale at the pole, m: x towards 90
        degrees east, y towards 180 degrees in the north and 0 degrees in the south.
    height : (m, k) array, m
        nan where it is not known.
    projection : str
        One of ``PROJECTIONS``.
    source : str

    Raises
    ------
    ValueError
        If the points are not even or too few, or the projection is not known for the body.
    """

    body: str
    x: Array
    y: Array
    height: Array
    projection: str = PROJECTIONS[0]
    source: str = ""

    def __post_init__(self) -> None:
        if self.body not in ("earth", "moon"):
            raise ValueError(f"relief is that of earth or moon, not of {self.body!r}")
        if self.projection not in PROJECTIONS:
            raise ValueError(
                f"the projection is one of {', '.join(PROJECTIONS)}, got {self.projection!r}"
            )
        if self.projection != PROJECTIONS[0] and self.body != "moon":
            raise ValueError("a stereographic grid is taken as one of the Moon's sphere")
        height = np.ascontiguousarray(self.height, dtype=np.float64)
        axes = [_even(name, getattr(self, name)) for name in ("x", "y")]
        if height.shape != (axes[1].size, axes[0].size):
            raise ValueError(
                f"heights of shape {height.shape} do not fit {axes[1].size} rows and "
                f"{axes[0].size} columns"
            )
        if not np.isfinite(height).any():
            raise ValueError("no height of the grid is known")
        object.__setattr__(self, "x", axes[0])
        object.__setattr__(self, "y", axes[1])
        object.__setattr__(self, "height", height)

    @property
    def extremes(self) -> tuple[float, float]:
        """Lowest and highest ground, m."""
        return float(np.nanmin(self.height)), float(np.nanmax(self.height))

    @property
    def spacing(self) -> float:
        """The smaller side of a cell, m; at the middle row of a geographic grid."""
        dx, dy = (float(axis[1] - axis[0]) for axis in (self.x, self.y))
        if self.projection != PROJECTIONS[0]:
            return min(dx, dy)
        level = max(math.cos(float(self.y.mean())), 0.01)
        return min(dx * level, dy) * body(self.body).radius

    def at(self, latitude: ArrayLike, longitude: ArrayLike) -> Array:
        """Return heights at places, rad; (n,) m, nan where the grid does not reach."""
        places = np.atleast_1d(np.asarray(latitude, dtype=np.float64))
        easts = np.atleast_1d(np.asarray(longitude, dtype=np.float64))
        return _heights(*self._packed, places, easts)

    @property
    def _packed(self) -> tuple[Array, Array, int]:
        dx, dy = (float(axis[1] - axis[0]) for axis in (self.x, self.y))
        kind = PROJECTIONS.index(self.projection)
        whole = kind == GEOGRAPHIC and abs(dx * self.x.size - _TURN) < 0.5 * dx
        frame = (float(self.x[0]), dx, float(self.y[0]), dy, float(whole))
        return self.height, np.array([*frame, body(self.body).radius]), kind


def _even(name: str, axis: Array) -> Array:
    array = np.array(axis, dtype=np.float64)
    if array.ndim != 1 or array.size < 2 or not np.all(np.isfinite(array)):
        raise ValueError(f"the grid needs at least two finite places along {name}")
    steps = np.diff(array)
    if steps[0] <= 0.0 or np.abs(steps - steps.mean()).max() > _EVEN * abs(steps.mean()):
        raise ValueError(f"the places of the grid along {name} do not increase evenly")
    return array


# -- compiled -----------------------------------------------------------------------------


@compiled
def _height(grid, frame, kind, latitude, longitude):
    """Return the bilinear height, m, or nan outside the grid and at holes."""
    if kind == GEOGRAPHIC:
        x = longitude - frame[0]
        x -= _TURN * np.floor(x / _TURN + 1e-12)
        y = latitude
    else:
        side = 1.0 if kind == NORTH else -1.0
        away = 2.0 * frame[5] * np.tan(0.25 * np.pi - 0.5 * side * latitude)
        x = away * np.sin(longitude) - frame[0]
        y = -side * away * np.cos(longitude)
    u, v = x / frame[1], (y - frame[2]) / frame[3]
    u = np.round(u) if abs(u - np.round(u)) < 1e-9 else u
    v = np.round(v) if abs(v - np.round(v)) < 1e-9 else v
    rows, columns = grid.shape
    i, j = int(np.floor(v)), int(np.floor(u))
    if i == rows - 1 and v == i:
        i -= 1
    if j == columns - 1 and u == j and frame[4] == 0.0:
        j -= 1
    after = j + 1
    if after == columns and frame[4] == 1.0:
        after = 0
    if i < 0 or i + 1 >= rows or j < 0 or j >= columns or after >= columns:
        return np.nan
    a, b = v - i, u - j
    low = (1.0 - b) * grid[i, j] + b * grid[i, after]
    high = (1.0 - b) * grid[i + 1, j] + b * grid[i + 1, after]
    return (1.0 - a) * low + a * high


@compiled
def _heights(grid, frame, kind, latitude, longitude):
    out = np.empty(len(latitude))
    for i in range(len(latitude)):
        out[i] = _height(grid, frame, kind, latitude[i], longitude[i])
    return out


@compiled
def _below(x, y, z, earth, out):
    """Write latitude and longitude below a place, and the point of the surface there.

    On the ellipsoid by Bowring's formula: 1e-8 rad up to 1,000 km above it. [bowring1985]
    """
    level = np.hypot(x, y)
    out[1] = np.arctan2(y, x)
    if not earth:
        out[0] = np.arctan2(z, level)
        return
    polar = WGS84_A * (1.0 - WGS84_F)
    second = _E2 / (1.0 - _E2)
    away = np.hypot(level, z)
    u = np.arctan2(polar * z * (1.0 + second * polar / away), WGS84_A * level)
    top = z + second * polar * np.sin(u) ** 3
    out[0] = np.arctan2(top, level - _E2 * WGS84_A * np.cos(u) ** 3)


@compiled
def _ray(grid, frame, kind, stand, azimuth, steps, out):
    """Write elevation of the skyline, distance of what makes it, and how far the grid reaches.

    ``stand`` (4, 3): the place in the axes of the body, and east, north, up there; ``steps``:
    length of a step and the end of the ray, m.
    """
    place, axes = stand[0], stand[1:]
    earth = frame[5] == WGS84_A
    spot = np.empty(2)
    hx = np.sin(azimuth) * axes[0] + np.cos(azimuth) * axes[1]
    best, at, reach = -0.5 * np.pi, 0.0, 0.0
    s = steps[0]
    while s <= steps[1]:
        x, y, z = place[0] + s * hx[0], place[1] + s * hx[1], place[2] + s * hx[2]
        _below(x, y, z, earth, spot)
        h = _height(grid, frame, kind, spot[0], spot[1])
        if np.isnan(h):
            break
        reach = s
        c, n = np.cos(spot[0]), np.sin(spot[0])
        ux, uy, uz = c * np.cos(spot[1]), c * np.sin(spot[1]), n
        radius, polar = frame[5], frame[5]
        if earth:
            radius = WGS84_A / np.sqrt(1.0 - _E2 * n * n)
            polar = radius * (1.0 - _E2)
        dx = (radius + h) * ux - place[0]
        dy = (radius + h) * uy - place[1]
        dz = (polar + h) * uz - place[2]
        up = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
        level = np.sqrt(max(dx * dx + dy * dy + dz * dz - up * up, 1e-300))
        elevation = np.arctan2(up, level)
        if elevation > best:
            best, at = elevation, s
        s += steps[0]
    out[0], out[1], out[2] = best, at, reach


@compiled
def _rays(grid, frame, kind, stand, azimuth, steps):
    out = np.empty((len(azimuth), 3))
    for i in range(len(azimuth)):
        _ray(grid, frame, kind, stand, azimuth[i], steps, out[i])
    return out


# -- skyline ------------------------------------------------------------------------------


class Profile(NamedTuple):
    """The skyline of a site; (n,) each.

    Attributes
    ----------
    azimuth, elevation : rad
        Elevation of the highest ground.
    distance : m
        Of that ground, along the horizontal plane.
    reach : m
        How far the ground is known in that direction; ``needed`` says how far it could show.
    needed : float, m
    """

    azimuth: Array
    elevation: Array
    distance: Array
    reach: Array
    needed: float


def skyline(
    site: Site, relief: Relief, azimuth: ArrayLike, *, above: float | None = None
) -> Profile:
    """Return the elevation of the ground around ``site`` at each ``azimuth``, rad.

    Rays are sampled at half the spacing of the grid. Ground beyond the grid is not seen:
    compare ``reach`` with ``needed``.

    Parameters
    ----------
    azimuth : (n,) array, rad
        From north, clockwise.
    above : float, m, optional
        Height of the antenna above the ground of the grid; by default the site's own height
        counts.

    Raises
    ------
    ValueError
        If site and relief belong to different bodies, the site lies outside the grid, or
        under its ground.
    """
    if site.body != relief.body:
        raise ValueError(f"{site.name} stands on {site.body}, the relief is of {relief.body}")
    ground = float(relief.at(site.latitude, site.longitude)[0])
    if math.isnan(ground):
        raise ValueError(f"{site.name} lies outside the grid, or at a hole of it")
    height = float(site.height) if above is None else ground + above
    if height < ground:
        raise ValueError(
            f"{site.name} at {height:.1f} m lies {ground - height:.1f} m under the ground of "
            "the grid; give the height of its antenna above the ground instead"
        )
    place = site.vector + (height - float(site.height)) * site.axes[2]
    needed = _horizon(relief, height)
    step = 0.5 * relief.spacing
    angles = np.ascontiguousarray(np.atleast_1d(azimuth), dtype=np.float64)
    limits = np.array([step, needed])
    stand = np.vstack([place, site.axes])
    rays = _rays(*relief._packed, stand, angles, limits)
    return Profile(angles, rays[:, 0], rays[:, 1], rays[:, 2], needed)


def _horizon(relief: Relief, height: float) -> float:
    """Return how far along the horizontal plane of a site ground could show, m."""
    low, high = relief.extremes
    radius = body(relief.body).polar_radius + low
    angle = sum(math.acos(radius / (radius + max(h - low, 1.0))) for h in (height, high))
    return (radius + height - low) * math.tan(min(angle, 1.4))


def terrain_mask(
    site: Site,
    relief: Relief,
    *,
    step: float = math.radians(1.0),
    rays: int = 8,
    above: float | None = None,
) -> Mask:
    """Return a mask with corners every ``step`` (rad) that no ray of the skyline exceeds.

    Each corner takes the highest of the rays up to the corners on either side, so that the
    mask, which is linear between corners, errs to the safe side by at most that.

    Parameters
    ----------
    rays : int
        In each step.
    above : float, m, optional
        See `skyline`.

    Raises
    ------
    ValueError
        As `skyline`, and if the step is no part of a turn.
    """
    if not 0.0 < step <= math.pi or rays < 1:
        raise ValueError(f"need 0 < step <= 180 degrees and rays > 0, got {step} rad, {rays}")
    corners = max(round(_TURN / step), 2)
    azimuth = np.linspace(0.0, _TURN, corners * rays, endpoint=False, dtype=np.float64)
    elevation = skyline(site, relief, azimuth, above=above).elevation
    table = np.append(elevation, elevation[0])
    segment = np.array([table[k * rays : (k + 1) * rays + 1].max() for k in range(corners)])
    return Mask(azimuth[::rays], np.maximum(segment, np.roll(segment, 1)))
