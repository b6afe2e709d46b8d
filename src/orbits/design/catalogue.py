"""Mean elements of the catalogue, read as mean elements of this package's theory.

A two-line element set states Kozai's mean motion: the semi-major axis that belongs to it by
Kepler's law has J2 still in it, 3 to 8 km too small or large in low orbits. What the set says
of the sky is the nodal rate that SGP4 flies with, and the axis here is the one that has that
rate in this theory. SGP4 also keeps the long periods of J3 apart from its elements; here they
belong to them, so that a frozen orbit, which SGP4 states with hardly any eccentricity, has
the eccentricity that it flies. Source: Hoots and Roehrich (1980). [hoots1980]
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orbits.constants import DAY
from orbits.design.full_model import axis_of
from orbits.design.mean_orbit import TURN, MeanOrbit, Motion, motion
from orbits.design.track import mean_local_time
from orbits.propagators.element_sets import ElementSet

if TYPE_CHECKING:
    from orbits.almanac import Almanac

YEAR = 365.25 * DAY
DRIFTING = np.radians(1.25)  # in a year: five minutes of local time


@dataclass(frozen=True, slots=True)
class Catalogued:
    """An element set as a mean orbit.

    Attributes
    ----------
    name : str
    epoch : float, s
        TDB seconds past J2000.
    mean : MeanOrbit
    raan : float, rad
        From TEME's equinox.
    local_time : float, rad
        Mean local time of the ascending node, from midnight.
    motion : Motion
        Of ``mean``, by the theory: without Sun, Moon and air.
    decay : float, m/s
        Of the semi-major axis, by the set's own rate of mean motion; negative falls.
    """

    name: str
    epoch: float
    mean: MeanOrbit
    raan: float
    local_time: float
    motion: Motion
    decay: float

    @property
    def local_time_rate(self) -> float:
        """Of the mean local time of the node, rad/s."""
        return self.motion.local_time_rate

    @property
    def yearly_change(self) -> float:
        """Change of its local time in the year to come if rate and decay go on; rad.

        By inclination and axis as they are, and faster as the orbit sinks; without the Sun's
        slow pull on the inclination (``plane_drift``).
        """
        hurry = -3.5 * self.motion.node * self.decay / self.mean.semi_major_axis
        return self.local_time_rate * YEAR + 0.5 * hurry * YEAR**2

    @property
    def drifts(self) -> bool:
        """Whether its local time moves by more than five minutes in the year to come."""
        return bool(abs(self.yearly_change) > DRIFTING)


def catalogued(elements: ElementSet, almanac: "Almanac") -> Catalogued:
    """Return an element set of a near-Earth satellite as a mean orbit of this theory.

    Raises
    ------
    ValueError
        For a period of 225 minutes or more, where SGP4 adds Sun and Moon to its elements.
    """
    model = elements.model
    if model.method == "d":
        raise ValueError(
            f"{elements.norad_id} {elements.name} has a period of "
            f"{TURN / model.no_kozai:.0f} min: sets of 225 min or more are not read here"
        )
    argument = (model.mdot + model.argpdot) / 60.0
    e, i = float(model.ecco), float(model.inclo)
    # The long periods that SGP4 adds: aycof of its equations, over a (1 - e^2).
    rise = -0.5 * model.j3oj2 * np.sin(i) / (model.a * (1.0 - e * e))
    vector = e * np.exp(1j * model.argpo) + 1j * rise
    guess = MeanOrbit(
        float(model.a) * model.radiusearthkm * 1e3,
        float(abs(vector)),
        i,
        float(np.angle(vector)) % TURN,
    )
    mean = guess._replace(semi_major_axis=axis_of(argument, guess))
    raan = float(model.nodeo)
    node = np.array([np.cos(raan), np.sin(raan), 0.0])
    x, y, _ = almanac.rotation("ITRF", "TEME", elements.epoch) @ node
    hour = mean_local_time(np.array([elements.epoch]), np.array([np.arctan2(y, x)]))
    # The set gives half the rate of mean motion, in revolutions a day squared.
    faster = 2.0 * model.ndot / 60.0**2
    decay = -2.0 / 3.0 * mean.semi_major_axis * faster / (model.no_kozai / 60.0)
    return Catalogued(
        elements.name, elements.epoch, mean, raan, float(hour[0]), motion(mean), float(decay)
    )
