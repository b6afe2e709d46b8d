"""The integrator's sky equals the almanac's."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.chebyshev import evaluate
from orbits.ephemeris import ROW
from orbits.forces.sky import bodies_from, moon_axes, moon_turns
from orbits.time import parse_t

T0 = parse_t("2024-05-31T07:00:00 TDB")
T = np.linspace(T0 - 1e5, T0 + 30 * 86400.0, 400)


@pytest.fixture(scope="module", params=["de421", "iau"])
def almanac(request):
    return Almanac.load(T0, T0 + 31 * 86400.0, moon=request.param)


@pytest.mark.parametrize("center", ["moon", "earth", "sun", "mars"])
def test_bodies_stand_where_the_ephemeris_has_them(almanac, center):
    names = [name for name in ("earth", "moon", "sun", "venus", "jupiter") if name != center]
    buffer, table = bodies_from(almanac, center, names)
    for name in names:
        found = np.empty((len(T), 3))
        for i, t in enumerate(T):
            evaluate(buffer, table, ROW[name], t, found[i])
        expected = almanac.position(name, center, T)
        speed = np.linalg.norm(almanac.velocity(name, center, T), axis=1)
        miss = np.linalg.norm(found - expected, axis=1)
        # 0.2 mm where the records meet, and what moves in the grain of the clock, 0.12 us.
        assert (miss < 2e-4 + 2.4e-7 * speed).all()


def test_the_axes_of_the_moon_are_those_of_the_almanac(almanac):
    buffer, table = moon_turns(almanac)
    out = np.empty(9)
    expected = almanac.rotation("MOON_PA", "ICRF", T)
    for t, matrix in zip(T, expected, strict=True):
        moon_axes(buffer, table, 0, t, out)
        # 9e-13 is the grain of the libration angles, which have grown to 4,600 rad.
        assert np.abs(out.reshape(3, 3) - matrix).max() < 5e-12
