"""Losses in the air by the recommendations of the ITU, through the package itur (optional)."""

import warnings
from functools import cache

import numpy as np
from numpy.typing import NDArray

from orbits.errors import DataError
from orbits.geometry.link import Loss
from orbits.sites import Site

Array = NDArray[np.float64]

LOWEST = np.radians(5.0)  # the recommendations hold from 5 degrees; lower is taken as there
_NODES = 41


def slant_loss(site: Site, frequency: float, share: float, dish: float) -> Loss:
    """Return the total loss of gases, clouds, rain and scintillation by elevation.

    Parameters
    ----------
    site : Site
        On the Earth.
    frequency : float, Hz
        1 to 55 GHz.
    share : float
        Of an average year, in which the loss is not exceeded; 0.5 to 0.99999.
    dish : float, m
        Diameter of the station's antenna, for the scintillation.

    Returns
    -------
    (n,) elevations, rad -> (n,) dB
        Linear in the path's length ``1 / sin(elevation)`` between 41 values computed; below
        5 degrees that at 5 degrees, scaled with that length.

    Raises
    ------
    DataError
        If the package is absent.

    References
    ----------
    ITU-R P.618-13, P.676-12, P.840-8. [itu618]
    """
    longitude = float(np.degrees(site.longitude))
    place = float(np.degrees(site.latitude)), longitude, float(site.height) / 1e3
    length, loss = _table(place, frequency / 1e9, 100.0 * (1.0 - share), dish)

    def along(elevation: Array) -> Array:
        sine = np.sin(np.maximum(elevation, 1e-3))
        way = 1.0 / sine
        longest = 1.0 / np.sin(LOWEST)
        inside = np.interp(np.minimum(way, longest), length, loss)
        return inside * np.maximum(way / longest, 1.0)

    return along


@cache
def _table(
    place: tuple[float, float, float], giga: float, exceeded: float, dish: float
) -> tuple[Array, Array]:
    """Return lengths of the path (zenith 1) and the loss, dB, along them; (41,) each."""
    try:
        import itur  # type: ignore[import-not-found]
    except ImportError:
        raise DataError(
            "losses in the air need the package itur: pip install orbits[atmosphere], or take "
            "`atmosphere` out of the budget"
        ) from None
    length = np.geomspace(1.0, 1.0 / np.sin(LOWEST), _NODES)
    elevation = np.degrees(np.arcsin(1.0 / length))
    latitude, longitude, height = place
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # from its own square roots and 5 deg
        total = itur.atmospheric_attenuation_slant_path(
            latitude, longitude, giga, elevation, exceeded, dish, hs=height
        )
    return length, np.asarray(total / itur.u.dB, dtype=np.float64)
