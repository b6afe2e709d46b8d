"""Cuts: the instants at which the slope of a margin may jump, as its search is timed."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.frames import Path
from orbits.geometry.signal import reception

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


def path_cuts(path: Path, almanac: "Almanac", span: tuple[float, float]) -> Array:
    """Return where ``path`` has a jump of velocity or force within ``span``; (k,), s.

    Burns and force switches of a trajectory; UTC midnights for a site on the Earth, because
    its rotation is interpolated linearly from day to day.
    """
    joins = np.asarray(getattr(path, "joins", ()), dtype=np.float64)
    if path.frame.axes == "ITRF":
        joins = np.concatenate((joins, almanac.day_cuts(*span)))
    return np.unique(joins[(joins > span[0]) & (joins < span[1])])


def leg_cuts(
    transmitter: Path,
    receiver: Path,
    almanac: "Almanac",
    span: tuple[float, float],
    light_time: str,
) -> Array:
    """Return the cuts of both ends within ``span``, at reception; (k,), s.

    A jump of the transmitter shows at the receiver when its light arrives.
    """
    early = span[0] - 3600.0 if light_time != "geometric" else span[0]
    sent = path_cuts(transmitter, almanac, (early, span[1]))
    arrived = reception(transmitter, receiver, almanac, sent, light_time)
    every = np.concatenate((path_cuts(receiver, almanac, span), arrived))
    return np.unique(every[(every > span[0]) & (every < span[1])])
