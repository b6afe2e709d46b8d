"""Sites: points fixed to the Earth or the Moon, with the horizon they see.

Latitude and height refer to the WGS84 ellipsoid on the Earth (axes ITRF) and to the sphere of
1737.4 km on the Moon (mean-Earth axes); "up" is the normal of that surface.
"""

import copy
import csv
import math
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.bodies import body
from orbits.constants import WGS84_A, WGS84_F
from orbits.frames import Frame
from orbits.units import parse_quantity, si

if TYPE_CHECKING:
    from astropy.units import Quantity

Array = NDArray[np.float64]

HEADER = ["azimuth_deg", "elevation_deg"]
_BODIES = ("earth", "moon")


@dataclass(frozen=True, eq=False, slots=True)
class Mask:
    """The elevation below which a site sees nothing, linear in azimuth between corners.

    Attributes
    ----------
    azimuth : (k,) array, rad
        Corners, clockwise from north, increasing, within [0, 2 pi).
    elevation : (k,) array, rad
        Lowest clear elevation at each corner; from the last corner to the first through north.
    """

    azimuth: Array
    elevation: Array

    def __post_init__(self) -> None:
        azimuth = np.array(self.azimuth, dtype=np.float64)
        elevation = np.array(self.elevation, dtype=np.float64)
        if azimuth.ndim != 1 or azimuth.shape != elevation.shape or azimuth.size == 0:
            raise ValueError("a mask needs one elevation for each of at least one azimuth")
        if not (np.all(np.isfinite(azimuth)) and np.all(np.abs(elevation) < 0.5 * np.pi)):
            raise ValueError("a mask needs finite azimuths, and elevations within 90 degrees")
        if azimuth[0] < 0.0 or azimuth[-1] >= 2.0 * np.pi or np.any(np.diff(azimuth) <= 0.0):
            raise ValueError("azimuths of a mask must increase from 0 to less than 360 degrees")
        for name, value in (("azimuth", azimuth), ("elevation", elevation)):
            value.setflags(write=False)
            object.__setattr__(self, name, value)

    def at(self, azimuth: ArrayLike) -> Array:
        """Return the mask's elevation, rad, at each ``azimuth``, rad."""
        sight = np.asarray(azimuth, dtype=np.float64)
        return np.interp(sight, self.azimuth, self.elevation, period=2.0 * np.pi)

    @classmethod
    def read(cls, path: str | Path) -> "Mask":
        """Return the mask of a CSV file with the columns azimuth_deg, elevation_deg.

        A last row at 360 degrees may repeat the first at 0.

        Raises
        ------
        ValueError
            With file and line, where the table is not one; ``OSError`` where there is no file.
        """
        path = Path(path)
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file))
        if not lines or [cell.strip() for cell in lines[0]] != HEADER:
            raise ValueError(f"{path}:1: the first line must be {','.join(HEADER)}")
        rows: list[tuple[float, float]] = []
        for number, line in enumerate(lines[1:], start=2):
            if any(cell.strip() for cell in line):
                before = rows[-1][0] if rows else -math.inf
                rows.append(_mask_row(f"{path}:{number}", line, before))
        if not rows:
            raise ValueError(f"{path}:2: the mask has no rows; give at least one")
        if rows[-1][0] == 360.0:
            if rows[0][0] == 0.0 and rows[0][1] != rows[-1][1]:
                raise ValueError(
                    f"{path}:{len(lines)}: elevation {rows[-1][1]:g} at azimuth 360 differs "
                    f"from {rows[0][1]:g} at 0; make the two equal"
                )
            last = rows.pop()
            if not rows or rows[0][0] != 0.0:
                rows.insert(0, (0.0, last[1]))
        table = np.radians(np.array(rows))
        return cls(table[:, 0], table[:, 1])


def _mask_row(where: str, line: list[str], before: float) -> tuple[float, float]:
    """Return azimuth and elevation of a line, both in degrees."""
    try:
        azimuth, elevation = (float(cell) for cell in line)
    except ValueError:
        raise ValueError(f"{where}: {','.join(line)!r} is not two numbers") from None
    if not 0.0 <= azimuth <= 360.0:
        raise ValueError(f"{where}: azimuth {azimuth:g} lies outside 0 to 360")
    if not -90.0 < elevation < 90.0:
        raise ValueError(f"{where}: elevation {elevation:g} lies outside -90 to 90")
    if azimuth <= before:
        raise ValueError(f"{where}: azimuth {azimuth:g} does not increase; sort the rows")
    return azimuth, elevation


@dataclass(frozen=True, eq=False)
class Site:
    """A point fixed to the Earth or the Moon; a path that stands still in its body's axes.

    The constructor takes astropy quantities and keeps SI numbers.

    Attributes
    ----------
    name : str
    body : str
        "earth" (WGS84, ITRF) or "moon" (sphere of 1737.4 km, MOON_ME).
    latitude : float, rad
        Geodetic on the Earth, planetocentric on the Moon; north positive.
    longitude : float, rad
        East positive, kept within (-pi, pi].
    height : float, m
        Above the ellipsoid or sphere; may be negative.
    min_elevation : float, rad
        Lowest elevation of a link; 0 unless given, and unused where there is a mask.
    mask : Mask or None
    vector : (3,) array, m
        Position in the body's axes.
    axes : (3, 3) array
        Rows east, north, up in the body's axes. At a pole, north lies along the meridian given.
    frame : Frame
        The body's axes about its centre.

    Raises
    ------
    UnitsError
        For a bare number; the message shows the fix.
    ValueError
        For an unknown body or an angle out of range.
    """

    name: str
    body: str
    latitude: "float | Quantity | Any"
    longitude: "float | Quantity | Any"
    height: "float | Quantity | Any" = None
    min_elevation: "float | Quantity | Any" = None
    mask: Mask | None = None
    vector: Array = field(init=False, repr=False)
    axes: Array = field(init=False, repr=False)
    frame: Frame = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.body not in _BODIES:
            raise ValueError(f"site {self.name}: body {self.body!r} is not one of earth, moon")
        latitude = _angle(self.name, "latitude", self.latitude, -90.0, 90.0)
        longitude = _angle(self.name, "longitude", self.longitude, -180.0, 360.0)
        longitude -= 2.0 * math.pi if longitude > math.pi else 0.0
        longitude += 2.0 * math.pi if longitude <= -math.pi else 0.0
        height = 0.0 if self.height is None else float(si(self.height, "length"))
        if not math.isfinite(height) or height <= -body(self.body).polar_radius:
            raise ValueError(f"site {self.name}: height {height:g} m is not above the centre")
        lowest = 0.0
        if self.min_elevation is not None:
            lowest = _angle(self.name, "min_elevation", self.min_elevation, -90.0, 90.0)
        axes = horizon_axes(latitude, longitude)
        vector = surface_point(self.body, latitude, longitude) + height * axes[2]
        for array in (vector, axes):
            array.setflags(write=False)
        for name, value in (
            ("latitude", latitude), ("longitude", longitude), ("height", height),
            ("min_elevation", lowest), ("vector", vector), ("axes", axes),
            ("frame", Frame(self.body, body(self.body).axes or "")),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    @property
    def central_latitude(self) -> float:
        """Angle from the equator as seen from the centre of the body, rad."""
        return float(np.arcsin(self.vector[2] / np.linalg.norm(self.vector)))

    def with_horizon(self, min_elevation: float, mask: Mask | None) -> "Site":
        """Return the same site with another lowest elevation, rad, or mask."""
        other = copy.copy(self)
        object.__setattr__(other, "min_elevation", float(min_elevation))
        object.__setattr__(other, "mask", mask)
        return other

    def position(self, t: ArrayLike) -> Array:
        """Return ``vector`` for each ``t``; (n, 3) or (3,), m."""
        return np.broadcast_to(self.vector, (*np.shape(t), 3))

    def velocity(self, t: ArrayLike) -> Array:
        """Return zeros: the site stands still in its frame; (n, 3) or (3,), m/s."""
        return np.zeros((*np.shape(t), 3))

    def bounds(self, a: Array, b: Array) -> tuple[Array, Array]:  # noqa: ARG002
        """Return zeros for speed (m/s) and acceleration (m/s2) in the site's own frame."""
        return np.zeros_like(a), np.zeros_like(a)


def _angle(site: str, key: str, value: Any, lowest: float, highest: float) -> float:
    """Return an angle of a site in rad; limits in degrees."""
    angle = float(si(value, "angle"))
    slack = 1e-9
    if not lowest - slack <= math.degrees(angle) <= highest + slack:
        raise ValueError(
            f"site {site}: {key} {math.degrees(angle):g} deg lies outside "
            f"{lowest:g} to {highest:g} deg"
        )
    return angle


def horizon_axes(latitude: float, longitude: float) -> Array:
    """Return the rows east, north, up (3, 3) at ``latitude`` and ``longitude``, rad."""
    sin_lat, cos_lat = math.sin(latitude), math.cos(latitude)
    sin_lon, cos_lon = math.sin(longitude), math.cos(longitude)
    return np.array(
        [
            [-sin_lon, cos_lon, 0.0],
            [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
        ]
    )


def surface_point(name: str, latitude: float, longitude: float) -> Array:
    """Return the point at height 0 in the axes of body ``name``; (3,), m.

    WGS84 on the Earth (NIMA TR8350.2, eq. 4-14), the sphere of its radius on any other body.
    """
    up = horizon_axes(latitude, longitude)[2]
    if name != "earth":
        return body(name).radius * up
    squared = WGS84_F * (2.0 - WGS84_F)
    normal = WGS84_A / math.sqrt(1.0 - squared * up[2] ** 2)
    return normal * up * np.array([1.0, 1.0, 1.0 - squared])


@cache
def _built_in() -> dict[str, dict[str, Any]]:
    text = files("orbits").joinpath("data/sites.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def built_in_sites() -> dict[str, dict[str, Any]]:
    """Return the sites known by name, as keys of a mission file's ``[site.NAME]``.

    Beside ``body``, ``latitude``, ``longitude`` and ``height`` (text with units) stand
    ``kind`` ("station", "pad", "landing-zone"), ``title``, ``source``, ``confidence`` (A to C,
    M from memory) and, where no source gives a value, ``assumed``.
    """
    return {name: dict(keys) for name, keys in _built_in().items()}


def built_in_site(name: str) -> Site:
    """Return the built-in site ``name``, with a minimum elevation of 0."""
    try:
        keys = _built_in()[name]
    except KeyError:
        raise ValueError(
            f"unknown site {name!r}; the built-in ones are {', '.join(_built_in())}"
        ) from None
    latitude, longitude = (
        parse_quantity(keys[key], "angle") for key in ("latitude", "longitude")
    )
    return Site(
        name, keys["body"], latitude, longitude, parse_quantity(keys["height"], "length")
    )
