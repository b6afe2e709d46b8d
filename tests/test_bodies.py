"""Bodies: published constants of the Sun, the planets and the Moon."""

import pytest

from orbits.bodies import BODIES, EARTH, MOON, SUN, body


def test_the_earth_weighs_81_moons():
    assert EARTH.mu / MOON.mu == pytest.approx(81.3005682, abs=1e-6)  # DE440's mass ratio


def test_the_sun_weighs_333000_earths():
    assert SUN.mu / EARTH.mu == pytest.approx(332946.05, abs=0.01)  # IAU: 332946.0487


def test_the_earth_is_flattened_by_21_km():
    assert EARTH.radius - EARTH.polar_radius == pytest.approx(21384.7, abs=0.1)  # m, WGS84


def test_names_are_lower_case_and_unique():
    assert all(name == entry.name == name.lower() for name, entry in BODIES.items())
    assert len({entry.naif_id for entry in BODIES.values()}) == len(BODIES)


def test_an_unknown_body_lists_the_known_ones():
    with pytest.raises(
        ValueError, match="unknown body 'vulcan'; the known ones are sun, mercury"
    ):
        body("vulcan")
