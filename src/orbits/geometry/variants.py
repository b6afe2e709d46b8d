"""Variants of a leg: the same link with one thing different, as edge budgets compare them."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.frames import Path
from orbits.geometry.visibility import Leg, Node
from orbits.sites import Mask, Site

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

PRESSURE, TEMPERATURE = 1013.25, 288.15  # hPa and K: the standard atmosphere at the sea
_HIGHEST = 0.5 * np.pi - 1e-6


def refraction(elevation: "float | Array") -> Array:
    """Return by how much the air raises what is seen at ``elevation``, rad; same shape.

    The elevation is the apparent one. Bennett's formula, within 0.07 arcmin of the tables for
    light, at 15 C and 1013.25 hPa;
    below the horizon it is held at its value there. Water vapour, which bends radio waves by
    up to a fifth more, is neglected.

    References
    ----------
    Bennett (1982), Journal of Navigation 35, 255-259. [bennett1982]
    """
    degrees = np.degrees(np.maximum(elevation, 0.0))
    arcminutes = 1.0 / np.tan(np.radians(degrees + 7.31 / (degrees + 4.4)))
    arcminutes *= PRESSURE / 1010.0 * 283.0 / TEMPERATURE
    return np.radians(np.maximum(arcminutes, 0.0) / 60.0)


def lifted(site: Site, by: Callable[["float | Array"], Array]) -> Site:
    """Return ``site`` with its lowest elevations e moved to e + by(e), rad."""

    def higher(elevation: "float | Array") -> Array:
        return np.clip(by(elevation) + elevation, -_HIGHEST, _HIGHEST)

    mask = site.mask
    if mask is not None:
        mask = Mask(mask.azimuth, higher(mask.elevation))
    return site.with_horizon(float(higher(site.min_elevation)), mask)


def with_refraction(leg: Leg) -> Leg | None:
    """Return ``leg`` with horizons on the Earth that the air lets see deeper; None without."""
    return _with_sites(leg, lambda site: lifted(site, lambda e: -refraction(e)), "earth")


def with_horizon(leg: Leg, higher: float) -> Leg | None:
    """Return ``leg`` with every horizon ``higher``, rad; None without a site."""
    return _with_sites(leg, lambda site: lifted(site, lambda e: np.full(np.shape(e), higher)))


def with_path(leg: Leg, name: str, path: Path) -> Leg | None:
    """Return ``leg`` with another ``path`` of its node ``name``; None without such a node."""
    ends = [
        Node(name, path) if node.name == name else node
        for node in (leg.transmitter, leg.receiver)
    ]
    if ends == [leg.transmitter, leg.receiver]:
        return None
    return replace(leg, transmitter=ends[0], receiver=ends[1])


def on_principal_axes(almanac: "Almanac") -> "Almanac":
    """Return ``almanac`` as if the mean-Earth axes of the Moon were its principal axes."""
    return replace(almanac, moon=replace(almanac.moon, mean_earth=np.eye(3)))


def _with_sites(
    leg: Leg, change: Callable[[Site], Site], body: str | None = None
) -> Leg | None:
    ends = []
    for node in (leg.transmitter, leg.receiver):
        path = node.path
        if isinstance(path, Site) and body in (None, path.body):
            ends.append(Node(node.name, change(path)))
        else:
            ends.append(node)
    if ends == [leg.transmitter, leg.receiver]:
        return None
    return replace(leg, transmitter=ends[0], receiver=ends[1])
