"""Keeping a ground track against the air: how high to climb, how often, and the delta-v.

The air lowers the orbit, the nodes come ever sooner and the track moves east, faster and
faster. A burn at the eastern edge of the dead band raises the orbit above its nominal axis; the
track then goes west, turns at the western edge and comes back. What the air takes is measured
on a flight with drag beside one without.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.constants import DAY, WGS84_A
from orbits.design.mean_orbit import EARTH_RATE, PRECESSION, MeanOrbit, motion
from orbits.forces.space_weather import OUTSIDE, Weather
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State

Array = NDArray[np.float64]

YEAR = 365.25 * DAY
# Solar flux and geomagnetic activity about the minimum, the mean and the maximum of a cycle of
# usual strength; the middle one is that of days without measurement (forces/space_weather.py).
CYCLE = {
    "solar minimum": Weather(70.0, 70.0, 8.0),
    "solar mean": OUTSIDE,
    "solar maximum": Weather(230.0, 230.0, 20.0),
}


def cycle_mean(low: float, middle: float, high: float) -> float:
    """Return the mean over a cycle of a quantity given at the three levels of ``CYCLE``.

    The flux is taken to swing as a cosine; the mean is that of its four quarters.
    """
    return 0.25 * (low + 2.0 * middle + high)


@dataclass(frozen=True, slots=True)
class TrackKeeping:
    """Burns along the track that keep the nodes within a dead band.

    Attributes
    ----------
    half_band : float, m
        The nodes stay so far from the grid, along the equator, either side.
    decay : float, m/s
        Of the semi-major axis, negative.
    every : float, s
        Between two burns; infinite without air.
    rise : float, m
        Of the semi-major axis in one burn: from half of it below the nominal to half above.
    delta_v : float, m/s
        Of one burn.
    yearly : float, m/s
        In a year, whatever the band.
    """

    half_band: float
    decay: float
    every: float
    rise: float
    delta_v: float
    yearly: float


def track_keeping(orbit: MeanOrbit, decay: float, half_band: float) -> TrackKeeping:
    """Return what keeps the track of ``orbit`` within ``half_band`` m while it decays.

    Parameters
    ----------
    decay : float, m/s
        Rate of the semi-major axis; see ``decay_of``.

    Raises
    ------
    ValueError
        If the band is not positive, or the orbit rises.
    """
    if not half_band > 0.0:
        raise ValueError(f"the dead band must be above zero, got {half_band} m")
    if decay > 0.0:
        raise ValueError(f"the air does not raise an orbit, got a rate of {decay} m/s")
    if decay == 0.0:
        return TrackKeeping(half_band, 0.0, np.inf, 0.0, 0.0, 0.0)
    h = 100.0
    a = orbit.semi_major_axis
    low, high = (
        motion(orbit._replace(semi_major_axis=a + s)).daily_revolutions for s in (-h, h)
    )
    here = motion(orbit)
    # Eastward acceleration of the nodes along the equator, m/s2.
    turn = EARTH_RATE + PRECESSION - here.node
    by_axis = (high - low) / (2.0 * h) / here.daily_revolutions
    bend = WGS84_A * turn * by_axis * decay
    every = float(4.0 * np.sqrt(half_band / bend))
    rise = -decay * every
    per_metre = 0.5 * np.sqrt(body("earth").mu / a) / a
    return TrackKeeping(
        half_band, decay, every, rise, float(per_metre * rise), float(per_metre * -decay * YEAR)
    )


class Decay(NamedTuple):
    """What the air takes under one kind of space weather; ``rate`` of the axis in m/s."""

    weather: Weather | None
    rate: float


def decay_of(
    propagator: Numerical,
    start: State,
    drag: float,
    weather: Weather | None = None,
    span: float = 2.0 * DAY,
) -> Decay:
    """Return how fast the air lowers the semi-major axis from ``start`` on.

    The osculating axes of two flights, with air and without, are compared, so that what the
    Earth's field does to both falls out.

    Parameters
    ----------
    propagator : Numerical
        Without drag, and with an almanac of hardly more than ``span``: the density is
        tabulated over all of it.
    drag : float, m2/kg
        Cd A / m.
    weather : Weather, optional
        Instead of the measured days.
    """
    forces = replace(propagator.forces, drag=drag, atmosphere="nrlmsis", weather=weather)
    airy = replace(propagator, forces=forces)
    stop = start.t + span
    t = np.linspace(start.t, stop, int(span / 300.0))
    axes = []
    for model in (propagator, airy):
        path = model.propagate(start, (start.t, stop))
        r = np.linalg.norm(path.position(t), axis=1)
        v2 = np.sum(path.velocity(t) ** 2, axis=1)
        axes.append(1.0 / (2.0 / r - v2 / model.forces.mu_of("earth")))
    return Decay(weather, float(np.polyfit(t - t[0], axes[1] - axes[0], 1)[0]))
