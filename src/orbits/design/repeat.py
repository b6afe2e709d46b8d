"""Repeat cycles: after how many revolutions an orbit's ground track nearly closes."""

from math import gcd
from typing import NamedTuple

import numpy as np

from orbits.constants import WGS84_A
from orbits.design.sun_synchronous import Repeat

EQUATOR = 2.0 * np.pi * WGS84_A  # m


class NearRepeat(NamedTuple):
    """A cycle after which the track nearly closes.

    Attributes
    ----------
    repeat : Repeat
    shift : float, m
        Along the equator, how far west of the first node the node after the cycle lies;
        negative to the east.
    """

    repeat: Repeat
    shift: float


def track_spacing(ratio: float) -> float:
    """Return how far west of a node the next lies, along the equator, m.

    Parameters
    ----------
    ratio : float
        Nodal revolutions in a nodal day.
    """
    return EQUATOR / ratio


def near_repeats(
    ratio: float, *, longest: int = 30, within: float = 150e3
) -> tuple[NearRepeat, ...]:
    """Return the cycles of up to ``longest`` nodal days that close ``within`` m, in order.

    Parameters
    ----------
    ratio : float
        Nodal revolutions in a nodal day.

    Raises
    ------
    ValueError
        If the ratio or the limits are not positive.
    """
    if not (ratio > 0.0 and longest >= 1 and within > 0.0):
        raise ValueError(
            f"ratio, longest and within must be positive, got {ratio}, {longest}, {within}"
        )
    found = []
    for days in range(1, longest + 1):
        revolutions = round(ratio * days)
        if revolutions < 1 or gcd(revolutions, days) > 1:
            continue
        shift = (revolutions / ratio - days) * EQUATOR
        if abs(shift) <= within:
            found.append(NearRepeat(Repeat(revolutions, days), shift))
    return tuple(found)
