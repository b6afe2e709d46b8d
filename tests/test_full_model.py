"""Sun-synchronous orbits corrected in the full model: node, grid, frozen shape over 60 days."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.constants import DAY, WGS84_A
from orbits.design.full_model import (
    SPAN,
    Wanted,
    as_if_osculating,
    corrected,
    earth_model,
    node_of,
)
from orbits.design.mean_orbit import motion
from orbits.design.sun_synchronous import Repeat, Shape, by_axis, by_repeat
from orbits.design.track import Track, crossings, hour_of, mean_local_time, radius_spread
from orbits.geometry.fixed import fixed_path
from orbits.geometry.revolutions import nodes
from orbits.time import parse_t

EPOCH = parse_t("2023-03-01T00:00:00 UTC")


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(EPOCH, EPOCH + SPAN)


@pytest.fixture(scope="module")
def sentinel(almanac):
    wanted = Wanted(14.3, hour_of("22:30"), node_longitude=np.radians(10.0))
    return corrected(earth_model(almanac), EPOCH, by_repeat(Repeat(143, 10)), wanted)


@pytest.fixture(scope="module")
def salinity(almanac):
    orbit = by_axis(WGS84_A + 647.5e3)
    wanted = Wanted(motion(orbit).daily_revolutions, hour_of("18:00"))
    return corrected(earth_model(almanac), EPOCH, orbit, wanted)


@pytest.fixture(scope="module")
def track(almanac, sentinel):
    path = earth_model(almanac, 70).propagate(sentinel.start, (EPOCH, EPOCH + SPAN))
    return Track.of(path, almanac)


def test_nodes_stay_within_a_kilometre_of_the_grid(sentinel, track):
    grid = WGS84_A * np.abs(sentinel.off_grid).max()
    assert grid < 1e3  # m: acceptance
    # Flown again in a field of 70 instead of 36 degrees, in which it was not corrected.
    assert WGS84_A * np.abs(track.off_grid(14.3)).max() < 1e3  # m


def test_the_radius_at_each_latitude_is_frozen(almanac, sentinel):
    fixed = fixed_path(sentinel.trajectory, almanac, "earth", sentinel.trajectory.span)
    spread, _ = radius_spread(fixed, np.radians(np.arange(-80.0, 81.0, 20.0)))
    assert spread < 1e3  # m, peak to peak: acceptance
    assert np.degrees(sentinel.mean.argp) == pytest.approx(90.0, abs=0.5)  # deg


def test_an_ellipse_that_is_not_frozen_fails_the_same_test(almanac):
    orbit = by_repeat(Repeat(143, 10), Shape(0.0030, np.radians(90.0)))
    wanted = Wanted(14.3, hour_of("22:30"), frozen=False)
    found = corrected(earth_model(almanac, 20), EPOCH, orbit, wanted)
    fixed = fixed_path(found.trajectory, almanac, "earth", found.trajectory.span)
    spread, _ = radius_spread(fixed, np.radians(np.array([-60.0, 0.0, 60.0])))
    assert spread > 5e3  # m: 2 a times the 0.0018 that turn


def test_mean_elements_taken_as_osculating_are_thousands_of_kilometres_off(almanac, sentinel):
    slip = as_if_osculating(earth_model(almanac), sentinel)
    assert WGS84_A * np.ptp(slip.off_grid(14.3)) > 2e6  # m: acceptance
    assert WGS84_A * np.ptp(sentinel.off_grid) < 2e3


def test_the_mean_elements_are_those_of_the_mission_that_flies_them(sentinel):
    # Sentinel-2A in 2023; acceptance
    assert sentinel.mean.semi_major_axis == pytest.approx(7164.273e3, abs=50.0)  # m
    assert np.degrees(sentinel.mean.inclination) == pytest.approx(98.568, abs=0.01)  # deg


def test_the_node_follows_the_sun_for_60_days(salinity, sentinel):
    for found in (salinity, sentinel):
        rate = np.degrees(found.track.node_rate) * DAY
        assert rate == pytest.approx(0.98565, abs=0.0005)  # deg a day: acceptance
    # deg: what HY-4A flies; acceptance
    assert np.degrees(salinity.mean.inclination) == pytest.approx(98.0077, abs=0.012)
    assert salinity.mean.semi_major_axis == pytest.approx(WGS84_A + 647.5e3, abs=1.0)  # m


def test_local_time_and_a_node_are_where_they_were_asked(sentinel, track):
    hours = np.degrees(sentinel.track.local_time) / 15.0
    assert np.mean(hours) == pytest.approx(22.5, abs=1e-3)  # h: 4 s
    assert np.ptp(hours) * 3600.0 < 10.0  # s: a parabola by the Sun's pull on the inclination
    spacing = 360.0 / 143.0 * 10.0
    first = np.degrees(sentinel.track.grid_longitude(14.3))
    assert (first - 10.0 + 1.0) % spacing == pytest.approx(1.0, abs=2e-4)  # deg: 22 m


def test_the_nodes_are_those_of_the_certified_search(almanac, sentinel):
    span = (EPOCH, EPOCH + 2.0 * DAY)
    found = nodes(sentinel.trajectory, almanac, span)
    t = found.t[found.ascending]
    mine = sentinel.track.t[sentinel.track.t < span[1]]
    np.testing.assert_allclose(mine, t, atol=2e-3)  # s: tolerance of the search


def test_crossings_of_a_latitude_come_northwards_and_southwards(almanac, sentinel):
    span = (EPOCH, EPOCH + 1.0 * DAY)
    fixed = fixed_path(sentinel.trajectory, almanac, "earth", span)
    sine = np.sin(np.radians(50.0))
    for times, sign in zip(crossings(fixed, sine), (1.0, -1.0), strict=True):
        r, v = fixed.position(times), fixed.velocity(times)
        assert len(times) in (14, 15)
        np.testing.assert_allclose(r[:, 2] / np.linalg.norm(r, axis=1), sine, atol=1e-7)
        assert np.all(sign * v[:, 2] > 0.0)
    assert all(times.size == 0 for times in crossings(fixed, np.sin(np.radians(85.0))))


def test_the_node_of_a_local_time_stands_against_the_mean_sun(almanac):
    # At UTC midnight the mean Sun stands at 180 degrees of longitude: a node of 12:00 too.
    raan = node_of(EPOCH, hour_of("12:00"), almanac)
    assert mean_local_time(np.array([EPOCH]), np.array([np.pi]))[0] == pytest.approx(np.pi)
    # deg: mean longitude of the Sun, Meeus (1998), ch. 25; nutation and UT1 - UTC within 0.01
    t = EPOCH / (36525.0 * DAY)
    assert np.degrees(raan) == pytest.approx((280.46646 + 36000.76983 * t) % 360.0, abs=0.02)


def test_what_cannot_be_corrected_is_refused(almanac):
    orbit, wanted = by_repeat(Repeat(143, 10)), Wanted(14.3, 0.0)
    with pytest.raises(ValueError, match="at least 5 days"):
        corrected(earth_model(almanac), EPOCH, orbit, wanted, 2.0 * DAY)
