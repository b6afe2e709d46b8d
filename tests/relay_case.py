"""The month of the Chang'e-6 relay, as the tests of visibility use it.

Perilune radius 1,991.69 km, apolune radius 18,678.5 km, 119.249 degrees on the lunar equator,
apolune over the south, node assumed; GRGM1200A 50x50, Earth, Sun, radiation pressure.
"""

from functools import cache

import numpy as np
from astropy.units import Quantity

from orbits.almanac import Almanac
from orbits.bodies import MOON
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import MOON_ICRF, rotation_of_epoch
from orbits.propagators.numerical import Numerical
from orbits.sites import Site, built_in_site
from orbits.time import parse_t
from orbits.trajectory import State

DAY = 86_400.0
START = parse_t("2024-05-31T00:00:00 UTC")
STOP = parse_t("2024-06-30T00:00:00 UTC")
SPAN = (START, STOP)
STATIONS = ("jiamusi", "kashi", "neuquen")


@cache
def almanac():
    return Almanac.load(START, STOP)


@cache
def relay(node=180.0, epoch="2024-05-31T00:00:00 TDB", degree=50):
    """Return the trajectory of the relay, started at apolune, with ten seconds to spare."""
    sky, t = almanac(), parse_t(epoch)
    apses = np.array([1991.69e3, 18678.5e3])
    elements = Elements(
        apses.mean(),
        np.ptp(apses) / apses.sum(),
        *np.radians([119.249, node, 90.0, 180.0]),
    )
    moon = field("grgm1200a", degree)
    r, v = keplerian_to_cartesian(elements, moon.gm)
    turn = rotation_of_epoch("moon-equator-of-epoch", t, sky).T
    state = State(t, turn @ r, turn @ v, MOON_ICRF)
    forces = Forces(("earth", "sun"), {"moon": moon}, 1.3 * 15.0 / 1200.0)
    span = (min(t, START) - 100.0, STOP + 10.0)
    return Numerical(sky, forces).propagate(state, span)


def lander(min_elevation=5.0, mask=None):
    """Return Chang'e-6 where LROC found it."""
    return Site(
        "change-6",
        "moon",
        Quantity(-41.6385, "deg"),
        Quantity(206.0148, "deg"),
        Quantity(-5256.0, "m"),
        Quantity(min_elevation, "deg"),
        mask,
    )


def station(name):
    return built_in_site(name)


__all__ = ["DAY", "MOON", "SPAN", "START", "STATIONS", "STOP", "almanac", "lander", "relay"]
