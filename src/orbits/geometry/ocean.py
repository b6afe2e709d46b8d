"""Ocean and land: on which side of the coastline a place of the Earth lies.

The coastline is Natural Earth's at 1:110 million, as shipped for the maps: islands smaller than
3 degrees around are not in it, and lakes count as land. Going north from a place to the pole,
which is sea, the coast is crossed an odd number of times from land and an even number from the
sea; the cut of the lines at 180 degrees runs along that way and is never crossed.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_DEGREE = 180.0 / np.pi
_OFF = 1e-4  # degrees: no point of the table, in steps of 0.01, lies on the way north


@cache
def _segments() -> tuple[Array, Array, Array, Array]:
    """Return the ends of all stretches of coast, in degrees, the western end first."""
    with (files("orbits") / "data" / "coastline.npz").open("rb") as file, np.load(file) as data:
        points, first = data["points"] / 100.0, data["first"]
    starts = np.ones(len(points), dtype=bool)
    starts[first[1:-1]] = False
    rows = np.flatnonzero(starts[1:])
    a, b = points[rows], points[rows + 1]
    swap = a[:, 0] > b[:, 0]
    west, east = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
    return west[:, 0], west[:, 1], east[:, 0], east[:, 1]


def on_land(latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.bool_]:
    """Return whether places lie on land; (n,).

    Parameters
    ----------
    latitude, longitude : (n,) arrays, rad
        Geodetic; east positive, of any turn.
    """
    x = (np.asarray(longitude, dtype=np.float64).ravel() * _DEGREE + 180.0) % 360.0 - 180.0
    y = np.asarray(latitude, dtype=np.float64).ravel() * _DEGREE
    x = np.round(x, 2) + _OFF
    west, at_west, east, at_east = _segments()
    land = np.zeros(x.size, dtype=bool)
    for meridian in np.unique(x):
        over = (west <= meridian) & (meridian < east)
        share = (meridian - west[over]) / (east[over] - west[over])
        coast = np.sort(at_west[over] + share * (at_east[over] - at_west[over]))
        rows = x == meridian
        north = coast.size - np.searchsorted(coast, y[rows], side="right")
        land[rows] = north % 2 == 1
    return land
