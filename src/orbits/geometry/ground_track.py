"""Ground tracks: the point of a body below a path, and the height above it."""

from typing import TYPE_CHECKING, NamedTuple

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.bodies import body
from orbits.constants import WGS84_A, WGS84_F
from orbits.frames import Path, rotated, to_icrf

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


class SubPoint(NamedTuple):
    """Points below a path: ``latitude``, ``longitude``, rad, and ``height``, m; (n,) each."""

    latitude: Array
    longitude: Array
    height: Array


def ground_track(
    path: Path, almanac: "Almanac", t: ArrayLike, name: str | None = None
) -> SubPoint:
    """Return the points of body ``name`` below ``path`` at ``t``, without light time.

    Geodetic latitude and height over WGS84 on the Earth; planetocentric, over the sphere of
    the body's radius, elsewhere. Longitude is east positive within (-pi, pi].

    Parameters
    ----------
    t : float or (n,) array, s
    name : str, optional
        The path's own centre unless given.

    Raises
    ------
    ValueError
        If the body has no axes of its own here.

    References
    ----------
    Fukushima (2006), as in erfa ``gd2gce``'s inverse ``gc2gde`` [fukushima2006]
    """
    which = body(path.frame.center if name is None else name)
    if which.axes is None:
        raise ValueError(
            f"the orientation of {which.name} is not known here; use earth or moon"
        )
    r = to_icrf(path, t, almanac, which.name)
    if path.frame.center == which.name and path.frame.axes == which.axes:
        fixed = path.position(t)
    else:
        fixed = rotated(almanac.rotation(which.axes, "ICRF", t), r)
    if which.name == "earth":
        longitude, latitude, height = erfa.gc2gde(WGS84_A, WGS84_F, np.ascontiguousarray(fixed))
        return SubPoint(latitude, longitude, height)
    level = np.hypot(fixed[..., 0], fixed[..., 1])
    return SubPoint(
        np.arctan2(fixed[..., 2], level),
        np.arctan2(fixed[..., 1], fixed[..., 0]),
        np.hypot(level, fixed[..., 2]) - which.radius,
    )
