"""Grid: cells of equal angle on the Earth or the Moon, each with a point in its middle."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.constants import WGS84_A, WGS84_F

Array = NDArray[np.float64]

_BODIES = ("earth", "moon")
_MOST = 4_000_000  # cells
_TURN = 2.0 * math.pi
_SLACK = 1e-9  # rad, to which 360 degrees are a whole turn
_E2 = WGS84_F * (2.0 - WGS84_F)


@dataclass(frozen=True, eq=False, slots=True)
class Grid:
    """Points in the middle of cells between parallels and meridians, south-west cell first.

    Attributes
    ----------
    body : str
        "earth" (WGS84, ITRF) or "moon" (sphere of 1737.4 km, MOON_ME).
    parallels : (m + 1,) array, rad
        Geodetic on the Earth, planetocentric on the Moon; increasing, within a quarter turn
        of the equator.
    meridians : (k + 1,) array, rad
        East positive, increasing, over at most one turn.
    height : float, m
        Of every point above the ellipsoid or sphere.
    latitude, longitude : (m k,) arrays, rad
        Of the points; longitudes as the meridians count them.
    area : (m k,) array, m2
        Of each cell at height 0.

    Raises
    ------
    ValueError
        For an unknown body, or parallels or meridians that bound no cell.
    """

    body: str
    parallels: Array
    meridians: Array
    height: float = 0.0
    latitude: Array = field(init=False, repr=False)
    longitude: Array = field(init=False, repr=False)
    area: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.body not in _BODIES:
            raise ValueError(f"a grid lies on one of {', '.join(_BODIES)}, not {self.body!r}")
        if not (math.isfinite(self.height) and self.height > -body(self.body).polar_radius):
            raise ValueError(f"height {self.height} m is not above the centre")
        parallels = _checked("parallels", self.parallels, math.pi)
        meridians = _checked("meridians", self.meridians, _TURN)
        if abs(parallels[0]) > 0.5 * math.pi + _SLACK or parallels[-1] > 0.5 * math.pi + _SLACK:
            raise ValueError("parallels lie within 90 degrees of the equator")
        parallels = np.clip(parallels, -0.5 * math.pi, 0.5 * math.pi)
        middles = (0.5 * (edges[1:] + edges[:-1]) for edges in (parallels, meridians))
        latitude, longitude = np.meshgrid(*middles, indexing="ij")
        area = np.outer(np.diff(_zone(self.body, parallels)), np.diff(meridians))
        for name, value in (
            ("parallels", parallels), ("meridians", meridians), ("area", area.ravel()),
            ("latitude", latitude.ravel()), ("longitude", longitude.ravel()),
        ):  # fmt: skip
            value.setflags(write=False)
            object.__setattr__(self, name, value)

    @classmethod
    def region(
        cls,
        name: str,
        latitude: tuple[float, float],
        longitude: tuple[float, float],
        step: float,
        *,
        height: float = 0.0,
    ) -> "Grid":
        """Return cells of at most ``step`` (rad) between two latitudes and two longitudes.

        A range that is no whole number of steps is cut into equal cells a little smaller.

        Parameters
        ----------
        name : str
            The body.
        latitude, longitude : (float, float), rad
            South and north, west and east; the east may be a larger number than the west by
            up to one turn.

        Raises
        ------
        ValueError
            If the step is not positive, a range is empty, or there are too many cells.
        """
        if not (math.isfinite(step) and step > 0.0):
            raise ValueError(f"the step of a grid must be above zero, got {step} rad")
        edges = []
        for word, (low, high), most in (
            ("latitude", latitude, math.pi),
            ("longitude", longitude, _TURN),
        ):
            if not 0.0 < high - low <= most + _SLACK:
                raise ValueError(
                    f"the {word} of a grid runs from {math.degrees(low):g} to "
                    f"{math.degrees(high):g} degrees: give the lower first, and at most "
                    f"{math.degrees(most):g} degrees in all"
                )
            edges.append((low, high, math.ceil((high - low) / step - 1e-6)))
        count = edges[0][2] * edges[1][2]
        if count > _MOST:
            raise ValueError(
                f"{count:,} cells are more than {_MOST:,}: choose a larger step or a region"
            )
        rows, columns = (np.linspace(low, high, n + 1) for low, high, n in edges)
        return cls(name, rows, columns, height)

    @classmethod
    def whole(cls, name: str, step: float) -> "Grid":
        """Return cells of at most ``step`` (rad) on the whole of body ``name``."""
        half = math.pi
        return cls.region(name, (-0.5 * half, 0.5 * half), (-half, half), step)

    @classmethod
    def cap(cls, name: str, latitude: float, step: float) -> "Grid":
        """Return cells from ``latitude`` (rad, not 0) to the pole of its side, all round."""
        pole = math.copysign(0.5 * math.pi, latitude)
        edges = (min(latitude, pole), max(latitude, pole))
        return cls.region(name, edges, (-math.pi, math.pi), step)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns of cells."""
        return self.parallels.size - 1, self.meridians.size - 1

    @property
    def up(self) -> Array:
        """Unit vectors upwards in the axes of the body; (n, 3)."""
        level = np.cos(self.latitude)
        return np.column_stack(
            [
                level * np.cos(self.longitude),
                level * np.sin(self.longitude),
                np.sin(self.latitude),
            ]
        )

    @property
    def vector(self) -> Array:
        """Positions in the axes of the body; (n, 3), m.

        NIMA TR8350.2, eq. 4-14, on the Earth.
        """
        up = self.up
        if self.body != "earth":
            return (body(self.body).radius + self.height) * up
        normal = WGS84_A / np.sqrt(1.0 - _E2 * up[:, 2] ** 2)
        return up * (normal[:, None] * np.array([1.0, 1.0, 1.0 - _E2]) + self.height)

    def mean(self, values: Array) -> float:
        """Return the mean of one value a cell, weighted by area."""
        return float(np.average(values, weights=self.area))


def _checked(name: str, edges: Array, most: float) -> Array:
    array = np.array(edges, dtype=np.float64)
    if array.ndim != 1 or array.size < 2 or not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be at least two finite angles")
    if np.any(np.diff(array) <= 0.0) or array[-1] - array[0] > most + _SLACK:
        raise ValueError(f"{name} must increase, over at most {math.degrees(most):g} degrees")
    return array


def _zone(name: str, latitude: Array) -> Array:
    """Return the area from the equator to ``latitude`` for each radian of longitude, m2.

    On the ellipsoid a^2 q / 2 with the q of Snyder (1987), eq. 3-12. [snyder1987]
    """
    sine = np.sin(latitude)
    if name != "earth":
        return body(name).radius ** 2 * sine
    e = math.sqrt(_E2)
    q = sine / (1.0 - _E2 * sine**2) + np.arctanh(e * sine) / e
    return 0.5 * WGS84_A**2 * (1.0 - _E2) * q
