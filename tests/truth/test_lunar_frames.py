"""Azimuth and elevation at a lunar site against Skyfield's documentation (lunar_frames)."""

import json

import numpy as np
import pytest
from astropy import units as u

from orbits.almanac import Almanac
from orbits.geometry.horizon import Horizon
from orbits.geometry.signal import Centre
from orbits.sites import Site
from orbits.time import parse_t

ARCSECOND = 1.0 / 3600.0  # deg


@pytest.fixture(scope="module")
def case(truth):
    return json.loads(truth("lunar_frames", "skyfield_aristarchus.json").read_text())


@pytest.fixture(scope="module")
def scene(case):
    t = parse_t(f"{case['utc']} UTC")
    place = case["site"]
    site = Site("aristarchus", "moon", place["lat"] * u.deg, place["lon"] * u.deg, 0.0 * u.m)
    return site, Almanac.load(t, t + 60.0), np.array([t])


def _degrees(scene, setting: str) -> tuple[float, float]:
    site, almanac, t = scene
    horizon = Horizon(site, Centre("earth"), almanac, setting, receives=True)
    azimuth, elevation, _ = horizon.angles(t)
    return float(np.degrees(elevation[0])), float(np.degrees(azimuth[0]))


def test_geometric_altitude_and_azimuth_of_the_earth(scene):
    found = _degrees(scene, "geometric")
    # deg: the published digits; Skyfield keeps TDB to 10 us
    assert found == pytest.approx((32.452544, 118.215370), abs=2e-6)


def test_apparent_altitude_and_azimuth_of_the_earth(case, scene):
    expected = case["earth_from_site"]
    found = _degrees(scene, "apparent")
    # Printed to 0.1 arcsecond; the acceptance line is 1 arcsecond.
    assert found[0] == pytest.approx(expected["alt_deg"], abs=0.15 * ARCSECOND)
    assert found[1] == pytest.approx(expected["az_deg"], abs=0.15 * ARCSECOND)


@pytest.mark.parametrize(("body", "key"), [("earth", "libration"), ("sun", "subsolar")])
def test_the_points_under_earth_and_sun(case, scene, body, key):
    _, almanac, t = scene
    # Seen where the light left it, which for the Sun is 20 arcseconds: within the digits.
    r = almanac.rotation("MOON_ME", "ICRF", t[0]) @ almanac.position(body, "moon", t[0])
    latitude = np.degrees(np.arcsin(r[2] / np.linalg.norm(r)))
    longitude = np.degrees(np.arctan2(r[1], r[0]))
    digits = 0.001 if key == "libration" else 0.1
    assert latitude == pytest.approx(case[key]["lat"], abs=digits)
    assert longitude == pytest.approx(case[key]["lon"], abs=digits)
