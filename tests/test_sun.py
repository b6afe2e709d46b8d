"""Sun and sky: beta angle, eclipse seasons, nights, conjunctions, outages, local time."""

import numpy as np
import pytest
from astropy.units import Quantity

from orbits.almanac import Almanac
from orbits.bodies import EARTH, MOON
from orbits.elements import Elements, keplerian_to_cartesian, period
from orbits.events import windows
from orbits.frames import GCRF, MOON_ICRF
from orbits.geometry import eclipse
from orbits.geometry.revolutions import nodes, north_event
from orbits.geometry.signal import Centre
from orbits.geometry.sun import (
    beta_angle,
    conjunction_windows,
    conjunctions,
    day_event,
    local_time,
    nights,
    outages,
    seasons,
    sun_horizon,
)
from orbits.geometry.visibility import Leg, Limits, Node
from orbits.propagators.kepler import Kepler
from orbits.sites import Site, built_in_site
from orbits.time import parse_t, utc_iso
from orbits.trajectory import State
from orbits.windows import Windows
from relay_case import SPAN, START, almanac, lander, relay
from second_derivative import greatest_ratio

DAY = 86_400.0
MINUTE_OF_TIME = 2.0 * np.pi / 1440.0  # rad


def kepler(center, elements, span):
    mu, frame = (MOON.mu, MOON_ICRF) if center == "moon" else (EARTH.mu, GCRF)
    state = State(span[0], *keplerian_to_cartesian(elements, mu), frame)
    return Kepler().propagate(state, span)


# -- beta angle -----------------------------------------------------------------------------


def test_beta_is_a_right_angle_where_the_plane_faces_the_sun():
    sun = almanac().position("sun", "moon", START)
    sun = sun / np.linalg.norm(sun)
    inclination, node = np.arccos(sun[2]), np.arctan2(sun[0], -sun[1])
    facing = kepler("moon", Elements(5e6, 0.0, inclination, node, 0, 0), (START, START + 60))
    assert beta_angle(facing, almanac(), START) == pytest.approx(np.pi / 2, abs=1e-7)
    back = kepler(
        "moon", Elements(5e6, 0, np.pi - inclination, node + np.pi, 0, 0), (START, START + 60)
    )
    assert beta_angle(back, almanac(), START) == pytest.approx(-np.pi / 2, abs=1e-7)


def test_beta_moves_a_degree_a_day_while_the_plane_stands_still():
    path = kepler("moon", Elements(5e6, 0.1, 1.4, 0.5, 0.3, 0.0), (START, START + 30 * DAY))
    t = np.linspace(START, START + 30 * DAY, 61)
    beta = beta_angle(path, almanac(), t)
    assert beta.shape == (61,)
    normal = np.cross(path.position(START), path.velocity(START))
    sun = almanac().position("sun", "moon", t)
    angle = np.arccos(sun @ normal / np.linalg.norm(normal) / np.linalg.norm(sun, axis=1))
    assert np.allclose(beta, np.pi / 2 - angle, atol=1e-9)  # rad: rounding
    assert np.abs(np.diff(np.degrees(beta))).max() < 0.52  # deg in half a day


# -- eclipse seasons ------------------------------------------------------------------------


def test_eclipses_close_together_are_one_season():
    span = (0.0, 100 * DAY)
    start = np.array([1.0, 2.0, 3.0, 40.0, 41.0]) * DAY
    length = np.array([600.0, 1800.0, 700.0, 2500.0, 100.0])
    found = seasons(Windows(start, start + length, span), battery=1000.0)
    assert [(s.count, s.longest, s.over) for s in found] == [(3, 1800.0, 1), (2, 2500.0, 1)]
    assert found[0].start == DAY
    assert found[0].stop == 3 * DAY + 700.0
    assert found[0].longest_start == 2 * DAY
    assert found[0].total == 3100.0
    assert seasons(Windows.none(span)) == ()
    with pytest.raises(ValueError, match="apart and battery must be above zero"):
        seasons(Windows.none(span), battery=0.0)


def test_a_low_lunar_orbit_has_its_longest_eclipse_where_beta_is_least():
    """The shadow of a body as wide as itself: the arc behind it is (180 deg - 2 rho)."""
    span = (START, START + 28 * DAY)
    radius = 2.0e6
    path = kepler("moon", Elements(radius, 0.0, np.radians(80.0), 1.2, 0, 0), span)
    umbra, _ = eclipse.events(path, "moon", almanac(), span, "geometric")
    whole = windows(umbra, span).closed
    beta = beta_angle(path, almanac(), 0.5 * (whole.start + whole.stop))
    assert whole.count > 50
    half = np.arccos(np.sqrt(1.0 - (MOON.radius / radius) ** 2) / np.cos(beta))
    expected = 2.0 * half * float(period(radius, MOON.mu)) / (2.0 * np.pi)
    # s; the umbra is a cone 0.27 degrees narrower each side, 2 * 0.27 / 360 of the period
    assert np.all(np.abs(whole.durations - expected) < 30.0)


# -- the Sun at sites -----------------------------------------------------------------------


def test_sunrise_and_sunset_are_those_of_skyfield():
    from skyfield.almanac import find_risings, find_settings
    from skyfield.api import load, wgs84
    from skyfield.jpllib import SpiceKernel

    from orbits.ephemeris import de421_path

    span = (parse_t("2024-05-01T00:00:00 UTC"), parse_t("2024-05-08T00:00:00 UTC"))
    site = built_in_site("jiuquan")
    night = nights(site, Almanac.load(*span), span, np.radians(-50.0 / 60.0))
    scale = load.timescale(builtin=True)
    kernel = SpiceKernel(str(de421_path()))
    place = wgs84.latlon(np.degrees(site.latitude), np.degrees(site.longitude), site.height)
    observer = kernel["earth"] + place
    ends = scale.utc(2024, 5, 1), scale.utc(2024, 5, 8)
    for find, edges in ((find_settings, night.start), (find_risings, night.stop)):
        theirs, _ = find(observer, kernel["sun"], *ends, horizon_degrees=-50.0 / 60.0)
        ours = edges[(edges > span[0]) & (edges < span[1])]
        there = (theirs.tdb - 2451545.0) * DAY
        assert len(there) == len(ours) == 7
        # s: skyfield stops its search within 0.1 s and carries no polar motion
        assert np.allclose(ours, there, rtol=0, atol=0.3)


def test_a_night_on_the_moon_lasts_two_weeks():
    found = nights(lander(), almanac(), SPAN)
    assert found.certificate.certified
    t = np.arange(SPAN[0], SPAN[1], 1800.0)
    elevation = sun_horizon(lander(), almanac()).elevation(t)
    clear = np.abs(elevation) > 1e-9  # rad; closer, rounding decides
    assert np.array_equal(found.contains(t[clear]), elevation[clear] <= 0.0)
    assert found.total == pytest.approx(15.0 * DAY, rel=0.1)  # of 30 days


@pytest.mark.parametrize("lowest", [0.0, np.radians(-18.0)])
def test_no_second_derivative_of_the_sun_exceeds_its_bound(lowest):
    for site in (lander(), built_in_site("kashi")):
        event = day_event(site, almanac(), SPAN, lowest)
        ratio = greatest_ratio(event, SPAN, np.random.default_rng(5))
        assert 0.02 < ratio <= 1.0


# -- conjunctions and outages ---------------------------------------------------------------


def close_to_the_sun(name, sky, span, degrees):
    path = Centre(name)
    close = conjunction_windows(path, sky, span, np.radians(degrees))
    return conjunctions(path, sky, close)


def test_mars_passed_behind_the_sun_on_18_november_2023():
    span = (parse_t("2023-10-01T00:00:00 UTC"), parse_t("2024-01-01T00:00:00 UTC"))
    (found,) = close_to_the_sun("mars", Almanac.load(*span), span, 3.0)
    assert utc_iso(found.least_angle_t)[:10] == "2023-11-18"
    assert np.degrees(found.least_angle) < 0.3  # deg: it passed 0.1 degrees from the centre
    assert found.superior
    assert 15 * DAY < found.stop - found.start < 25 * DAY  # 0.3 deg a day


def test_venus_passed_before_the_sun_in_august_2023():
    span = (parse_t("2023-07-01T00:00:00 UTC"), parse_t("2023-10-01T00:00:00 UTC"))
    (found,) = close_to_the_sun("venus", Almanac.load(*span), span, 10.0)
    assert utc_iso(found.least_angle_t)[:10] == "2023-08-13"
    assert np.degrees(found.least_angle) == pytest.approx(7.7, abs=0.1)  # published: 7.7
    assert not found.superior


def test_no_conjunction_is_an_empty_tuple():
    span = (START, START + DAY)
    assert close_to_the_sun("jupiter", almanac(), span, 1.0) == ()


def test_an_outage_is_an_open_leg_with_the_sun_in_its_beam():
    station = built_in_site("kashi")
    leg = Leg(Node("relay", relay()), Node("kashi", station), almanac(), limits=Limits())
    span, beam = (START, START + 8 * DAY), np.radians(6.0)
    found = outages(leg, beam, span)
    open_ = leg.windows(span)
    assert found.count > 0
    assert (found & open_).total == pytest.approx(found.total)
    t = np.arange(*span, 120.0)
    angle = leg.sun_angle(t)
    clear = np.abs(angle - beam) > 1e-9  # rad; closer, rounding decides
    expected = open_.contains(t) & (angle < beam)
    assert np.array_equal(found.contains(t[clear]), expected[clear])


# -- local time and revolutions -------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "minutes"), [("2024-11-03", 16.0 + 26 / 60), ("2024-02-11", -(14.0 + 13 / 60))]
)
def test_the_equation_of_time_is_that_of_the_almanacs(when, minutes):
    """Extremes of 2024: 16 min 26 s on 3 November, -14 min 13 s on 11 February."""
    t = parse_t(f"{when}T12:00:00 UTC")
    greenwich = Site("g", "earth", *(Quantity(x, "deg") for x in (51.5, 0.0)))
    found = local_time(greenwich, Almanac.load(t - DAY, t + DAY), t)
    difference = (found.apparent[0] - found.mean[0]) / MINUTE_OF_TIME
    assert difference == pytest.approx(minutes, abs=2.0 / 60)  # published to the second
    assert found.mean[0] == pytest.approx(np.pi, abs=1e-9)


def test_noon_on_the_moon_comes_when_the_sun_culminates():
    t = np.linspace(*SPAN, 2000)
    found = local_time(lander(), almanac(), t)
    assert found.mean is None
    elevation = sun_horizon(lander(), almanac()).elevation(t)
    noon = t[np.argmin(np.abs(found.apparent - np.pi))]
    assert abs(noon - t[np.argmax(elevation)]) < 3_600.0 * 6  # s: the Sun's latitude drifts


def test_nodes_of_a_sun_synchronous_orbit_come_once_a_revolution():
    span = (parse_t("2024-09-01T00:00:00 UTC"), parse_t("2024-09-02T00:00:00 UTC"))
    sky = Almanac.load(*span)
    a = 6378137.0 + 647.5e3
    path = kepler("earth", Elements(a, 1e-3, np.radians(98.0), 0.3, 0.4, 0.0), span)
    found = nodes(path, sky, span)
    turn = float(period(a, EARTH.mu))
    rising = found.t[found.ascending]
    assert np.allclose(np.diff(rising), turn, atol=1.0)  # s: precession of the equator
    west = np.degrees(np.diff(np.unwrap(found.longitude[found.ascending])))
    assert np.allclose(west, -360.0 * turn / 86164.1, atol=1e-2)  # deg: the same
    assert found.revolution[found.ascending].tolist() == list(range(1, rising.size + 1))
    local = found.local_time[found.ascending] * 24 / (2 * np.pi)
    assert np.ptp(local) < 0.08  # h: the Sun moves by a degree
    event = north_event(path, sky, span, "earth")
    assert greatest_ratio(event, span, np.random.default_rng(1)) <= 1.0
