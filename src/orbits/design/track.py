"""A flight as its nodes tell it: local time, ground-track grid, shape; measured, not assumed.

Each passage over the equator gives a time and a longitude. Mean local time of a node is UTC
plus its east longitude as time: the hour of the mean Sun, whose difference from the true Sun
(up to 16 minutes) is the equation of time; UT1 in place of UTC would change it by 0.9 s at
most.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.constants import DAY
from orbits.design.mean_orbit import EARTH_RATE, MEAN_SUN_RATE, PRECESSION, TURN
from orbits.elements import Elements, cartesian_to_keplerian
from orbits.frames import rotated
from orbits.geometry.fixed import fixed_path
from orbits.propagators.secular import osculating_to_mean
from orbits.propagators.zonal import zonals
from orbits.roots import bracketed_roots
from orbits.time import utc_midnight, utc_mjd
from orbits.trajectory import Trajectory

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

_A_REVOLUTION = 24  # samples between which a passage is bracketed
_SHARP = 1e-4  # s, of a passage: less than a metre


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """The ascending nodes of a flight, in order.

    Attributes
    ----------
    t : (n,) array, s
    longitude : (n,) array, rad
        East positive, in (-pi, pi].
    local_time : (n,) array, rad
        Mean local solar time from midnight, in [0, 2 pi).
    """

    t: Array
    longitude: Array
    local_time: Array

    @classmethod
    def of(cls, path: Trajectory, almanac: "Almanac") -> "Track":
        """Return the nodes of a geocentric ``path`` over its span."""
        fixed = fixed_path(path, almanac, "earth", path.span)
        t = crossings(fixed, 0.0)[0]
        r = fixed.position(t)
        longitude = np.arctan2(r[:, 1], r[:, 0])
        return cls(t, longitude, mean_local_time(t, longitude))

    @property
    def count(self) -> int:
        """Number of nodes."""
        return len(self.t)

    @property
    def local_time_line(self) -> tuple[float, float]:
        """Local time at the first node and its rate, by least squares; rad and rad/s."""
        return _line(self.t - self.t[0], np.unwrap(self.local_time))

    @property
    def node_rate(self) -> float:
        """Rate of the node's right ascension from the moving equinox, rad/s."""
        return self.local_time_line[1] + MEAN_SUN_RATE

    @property
    def argument_rate(self) -> float:
        """2 pi over the mean nodal period, rad/s."""
        return TURN / _line(np.arange(float(self.count)), self.t)[1]

    @property
    def daily_revolutions(self) -> float:
        """Nodal revolutions in a nodal day."""
        return self.argument_rate / (EARTH_RATE + PRECESSION - self.node_rate)

    def off_grid(self, ratio: float) -> Array:
        """Return how far east of a grid each node passes; (n,) rad.

        The nodes of the grid step 2 pi / ``ratio`` west from one to the next; it lies where the
        middle between the extreme nodes is on it.
        """
        west = TURN / ratio * np.arange(self.count)
        off = np.unwrap(np.angle(np.exp(1j * (self.longitude + west))))
        return off - 0.5 * (off.max() + off.min())

    def grid_longitude(self, ratio: float) -> float:
        """Return the longitude of the grid's node at the first revolution, rad."""
        return float(self.longitude[0] - self.off_grid(ratio)[0])


def mean_local_time(t: Array, longitude: Array) -> Array:
    """Return mean local solar time, rad from midnight in [0, 2 pi), at east longitudes, rad."""
    days = (t - utc_midnight(utc_mjd(t))) / DAY
    return (TURN * days + longitude) % TURN


def hour_of(text: str) -> float:
    """Return a local time written as "18:00" or "18:00:30", rad from midnight.

    Raises
    ------
    ValueError
        If it is no time of day.
    """
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?", text.strip())
    hour, minute, second = (float(x or 0.0) for x in match.groups()) if match else (24.0,) * 3
    if not (hour < 24.0 and minute < 60.0 and second < 60.0):
        raise ValueError(f"{text!r} is no local time; write for example '18:00'")
    return TURN * (hour * 3600.0 + minute * 60.0 + second) / DAY


def hour_text(angle: float) -> str:
    """Return a local time, rad from midnight, as "18:00:30"."""
    whole = round(angle % TURN / TURN * DAY) % round(DAY)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def crossings(fixed: Trajectory, sine: float) -> tuple[Array, Array]:
    """Return when a path passes a geocentric latitude northwards, and southwards; s each.

    Parameters
    ----------
    fixed : Trajectory
        In the axes of the Earth.
    sine : float
        Of the latitude.
    """
    first, last = fixed.span
    r, v = fixed.position(np.array([first])), fixed.velocity(np.array([first]))
    speed = float(np.linalg.norm(v[0]) / np.linalg.norm(r[0]))
    count = int(np.ceil((last - first) * speed / TURN * _A_REVOLUTION)) + 2
    t = np.linspace(first, last, count)

    def north(at: Array) -> Array:
        place = fixed.position(at)
        return place[:, 2] / np.linalg.norm(place, axis=1) - sine

    value = north(t)
    found = []
    for rising in (True, False):
        after = value > 0.0
        rows = np.flatnonzero((after[1:] == rising) & (after[:-1] != rising))
        ends = value[rows], value[rows + 1]
        found.append(bracketed_roots(north, t[rows], t[rows + 1], ends, _SHARP)[0])
    return found[0], found[1]


def _line(x: Array, y: Array) -> tuple[float, float]:
    """Return value at x = 0 and slope of the straight line nearest to ``y``."""
    slope, value = np.polyfit(x, y, 1)
    return float(value), float(slope)


# -- shape --------------------------------------------------------------------------------


def radius_spread(fixed: Trajectory, latitudes: Array) -> tuple[float, float]:
    """Return the greatest peak-to-peak radius at one latitude, m, and that latitude, rad.

    Northward and southward passages count apart. Geocentric latitudes.
    """
    worst = (0.0, 0.0)
    for latitude in latitudes:
        for times in crossings(fixed, float(np.sin(latitude))):
            if times.size:
                spread = float(np.ptp(np.linalg.norm(fixed.position(times), axis=1)))
                worst = max(worst, (spread, float(latitude)))
    return worst


def mean_history(
    path: Trajectory, almanac: "Almanac", samples: int = 12
) -> tuple[Array, Elements]:
    """Return times, and mean elements in the true equator of date, of a geocentric path.

    Parameters
    ----------
    samples : int
        A revolution.
    """
    first, last = path.span
    r, v = path.position(first), path.velocity(first)
    speed = float(np.linalg.norm(v) / np.linalg.norm(r))
    t = np.linspace(first, last, int((last - first) * speed / TURN * samples) + 2)
    # ITRF, turned back by the Earth's angle, is the equator of date but for the pole's motion.
    turn = almanac.rotation("ITRF", "ICRF", t)
    fixed_r, fixed_v = rotated(turn, path.position(t)), rotated(turn, path.velocity(t))
    harmonics = zonals("earth")
    return t, osculating_to_mean(
        cartesian_to_keplerian(fixed_r, fixed_v, harmonics.mu), harmonics
    )
