"""Sun-synchronous orbits: theory, catalogue, repeat cycles, drift and upkeep."""

from itertools import pairwise

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.constants import DAY, WGS84_A
from orbits.design.catalogue import catalogued
from orbits.design.full_model import earth_model, node_of, start_of
from orbits.design.mean_orbit import MEAN_SUN_RATE, MeanOrbit, altitudes, motion
from orbits.design.plane_drift import inclination_keeping, plane_drift
from orbits.design.repeat import near_repeats, track_spacing
from orbits.design.sun_synchronous import (
    Repeat,
    Shape,
    by_axis,
    by_repeat,
    first_order_inclination,
    highest_altitude,
)
from orbits.design.track import Track, hour_of, hour_text, mean_history
from orbits.design.track_keeping import CYCLE, decay_of, track_keeping
from orbits.errors import ConvergenceError
from orbits.propagators.element_sets import tle
from orbits.time import parse_t

# Element sets of the catalogue (github.com/Bill-Gray/tles, commit cb02d56).
SETS = {
    "HY-4A, February 2025": (
        "1 61936U 24208A   25034.48637846  .00001460  00000-0  23331-3 0  9997",
        "2 61936  98.0073  43.9898 0001635  74.1701 285.9687 14.73318719 12013",
    ),
    "HY-4A, March 2025": (
        "1 61936U 24208A   25062.46786911  .00001329  00000-0  21323-3 0  9997",
        "2 61936  98.0082  71.5940 0001396  97.4622 262.6744 14.73298453 16137",
    ),
    "CZ-6C payload A": (
        "1 59677U 24085A   24168.54097888  .00028327  00000-0  11755-2 0  9996",
        "2 59677  97.4041 242.7902 0014813 128.6129 231.6437 15.23713447  6147",
    ),
    "CZ-6C payload C": (
        "1 59679U 24085C   24168.56016335  .00010516  00000-0  45965-3 0  9990",
        "2 59679  97.4045 242.7669 0016072 126.0267 234.2461 15.22155397  6146",
    ),
    "CSS, May 2024": (
        "1 48274U 21035A   24134.15711351  .00053583  00000-0  55071-3 0  9999",
        "2 48274  41.4683 297.0973 0003518 330.7772  29.2870 15.64019374173612",
    ),
}


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(parse_t("2024-04-01T00:00:00 UTC"), parse_t("2025-05-01T00:00:00 UTC"))


@pytest.fixture(scope="module")
def seen(almanac):
    return {name: catalogued(tle(*lines, name), almanac) for name, lines in SETS.items()}


# -- the theory against what flies --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cycle", "axis", "inclination", "within"),
    [
        # Mean elements of 2023: missions that keep their cycle; Landsat's plane is kept wider.
        ("Sentinel-2A", Repeat(143, 10), 7164.273e3, 98.568, 0.01),
        ("Landsat 8", Repeat(233, 16), 7077.724e3, 98.208, 0.02),
        ("Sentinel-1A", Repeat(175, 12), 7070.977e3, 98.182, 0.01),
    ],
)
def test_a_repeat_cycle_gives_the_orbit_that_flies(name, cycle, axis, inclination, within):
    orbit = by_repeat(cycle)
    assert orbit.semi_major_axis == pytest.approx(axis, abs=50.0), name  # m: acceptance
    assert np.degrees(orbit.inclination) == pytest.approx(inclination, abs=within)
    first = np.degrees(first_order_inclination(orbit.semi_major_axis))
    assert first - inclination == pytest.approx(-0.022, abs=0.003)  # deg: what J2 alone misses


@pytest.mark.parametrize("name", ["HY-4A, February 2025", "HY-4A, March 2025"])
def test_the_salinity_satellite_is_designed_from_axis_and_eccentricity(seen, name):
    flown = seen[name].mean
    orbit = by_axis(flown.semi_major_axis, Shape(flown.eccentricity, flown.argp))
    # deg: it flies 98.0073 and 98.0082; the acceptance's bound
    assert np.degrees(orbit.inclination - flown.inclination) == pytest.approx(0.0, abs=0.012)
    first = np.degrees(first_order_inclination(flown.semi_major_axis))
    assert first == pytest.approx(97.976, abs=0.001)  # deg: published beside it, and too small


@pytest.mark.parametrize(
    ("name", "hour"),
    [
        ("HY-4A, February 2025", 18.0),
        ("HY-4A, March 2025", 18.0),
        ("CZ-6C payload A", 22.5),
        ("CZ-6C payload C", 22.5),
    ],
)
def test_local_time_is_that_of_the_catalogue(seen, name, hour):
    # h: 1 min; published as 18:00 and 22:30
    assert np.degrees(seen[name].local_time) / 15.0 == pytest.approx(hour, abs=1.0 / 60.0)


@pytest.mark.parametrize("name", ["CZ-6C payload A", "CZ-6C payload C"])
def test_long_march_6c_delivered_to_a_sun_synchronous_orbit(seen, name):
    flown = seen[name].mean
    orbit = by_axis(flown.semi_major_axis, Shape(flown.eccentricity, flown.argp))
    assert np.degrees(orbit.inclination) == pytest.approx(97.404, abs=0.015)  # deg: its TLE


def test_a_frozen_orbit_of_the_catalogue_has_its_eccentricity(seen):
    # SGP4 states 0.00016 at 74 deg and keeps the long period of J3 apart.
    flown = seen["HY-4A, February 2025"].mean
    frozen = by_axis(flown.semi_major_axis)
    assert flown.eccentricity == pytest.approx(frozen.eccentricity, abs=1e-4)
    assert np.degrees(flown.argp) == pytest.approx(90.0, abs=5.0)


def test_the_axis_of_the_catalogue_is_without_j2(seen):
    lines = SETS["HY-4A, February 2025"]
    kozai = 14.73318719 * 2.0 * np.pi / DAY
    by_kepler = (3.986004415e14 / kozai**2) ** (1.0 / 3.0)
    axis = seen["HY-4A, February 2025"].mean.semi_major_axis
    flat = 0.5 * 1.08263e-3 * (WGS84_A / axis) ** 2
    without = axis * flat * (1.0 - 3.0 * np.cos(np.radians(98.0073)) ** 2)
    assert by_kepler - axis == pytest.approx(without, abs=10.0)  # m: 2.95 km, first order of J2
    assert axis == pytest.approx(WGS84_A + 647.5e3, abs=100.0)  # m: published as 647.5 km
    model = tle(*lines).model
    assert axis == pytest.approx(model.a * 6378.135e3, abs=20.0)  # m: other constants, WGS 72


def test_satellites_that_drift_are_told_from_those_that_keep(seen):
    assert {name: one.drifts for name, one in seen.items()} == {
        "HY-4A, February 2025": False,
        "HY-4A, March 2025": False,
        "CZ-6C payload A": True,  # sinks 170 m a day and its node hurries
        "CZ-6C payload C": True,
        "CSS, May 2024": True,
    }


def test_the_rate_of_the_node_is_that_between_two_sets(seen):
    first, second = seen["HY-4A, February 2025"], seen["HY-4A, March 2025"]
    moved = np.degrees(second.raan - first.raan) * DAY / (second.epoch - first.epoch)
    rate = np.degrees(first.motion.node) * DAY
    assert rate == pytest.approx(moved, abs=2e-4)  # deg a day: 0.005 deg of node in 28 days


# -- repeat cycles ------------------------------------------------------------------------


def test_near_repeats_of_the_salinity_satellite(seen):
    found = near_repeats(seen["HY-4A, February 2025"].motion.daily_revolutions)
    shifts = {str(near.repeat): near.shift / 1e3 for near in found}
    assert shifts["162/11"] == pytest.approx(88.0, abs=5.0)  # km, west: the mission's facts
    assert shifts["265/18"] == pytest.approx(-103.0, abs=5.0)  # km, east
    assert shifts["427/29"] == pytest.approx(-15.0, abs=5.0)
    # The last is the sum of the other two, as their shifts are.
    assert shifts["427/29"] == pytest.approx(shifts["162/11"] + shifts["265/18"], abs=1e-6)


def test_a_designed_cycle_closes_and_its_tracks_lie_a_revolution_apart():
    orbit = by_repeat(Repeat(143, 10))
    ratio = motion(orbit).daily_revolutions
    assert ratio == pytest.approx(14.3, rel=1e-9)  # the solver's
    shift = {str(near.repeat): near.shift for near in near_repeats(ratio)}["143/10"]
    assert abs(shift) < 1.0  # m
    assert track_spacing(14.7243) == pytest.approx(2722e3, abs=1e3)  # m: published for HY-4A


# -- what there is not --------------------------------------------------------------------


def test_no_orbit_is_sun_synchronous_beyond_5975_km():
    assert highest_altitude() == pytest.approx(5975e3, abs=2e3)  # m: textbooks
    with pytest.raises(ConvergenceError, match="even a retrograde equatorial node is slower"):
        by_axis(WGS84_A + 5_980e3)
    orbit = by_axis(WGS84_A + 5_950e3)
    assert np.degrees(orbit.inclination) > 170.0  # deg: nearly against the Earth's turning


@pytest.mark.parametrize(
    ("cycle", "said"),
    [
        (Repeat(17, 1), "in the atmosphere"),
        (Repeat(6, 1), "where no orbit is sun-synchronous"),
    ],
)
def test_a_cycle_that_cannot_be_is_refused_with_the_reason(cycle, said):
    with pytest.raises(ConvergenceError, match=said):
        by_repeat(cycle)


@pytest.mark.parametrize("altitude", [100e3, -10e3, 155e3])
def test_an_orbit_in_the_air_is_refused(altitude):
    with pytest.raises(ConvergenceError, match=r"atmosphere|under the surface"):
        by_axis(WGS84_A + altitude)


def test_a_cycle_that_closes_earlier_is_named():
    with pytest.raises(ValueError, match="closes already after 143/10"):
        by_repeat(Repeat(286, 20))


def test_nothing_is_frozen_at_the_critical_inclination():
    with pytest.raises(ConvergenceError, match=r"116\.58"):
        by_axis(WGS84_A + 3_440e3)
    assert by_axis(WGS84_A + 3_440e3, Shape(0.001, 0.0)).eccentricity == 0.001


def test_inclination_rises_with_altitude_and_the_node_follows_the_mean_sun():
    heights = np.array([300e3, 500e3, 800e3, 1200e3, 2000e3, 5000e3])
    orbits = [by_axis(WGS84_A + h) for h in heights]
    assert all(a.inclination < b.inclination for a, b in pairwise(orbits))
    for orbit in orbits:
        assert motion(orbit).node == pytest.approx(MEAN_SUN_RATE, rel=1e-10)  # the solver's


# -- altitudes, local time ----------------------------------------------------------------


def test_each_altitude_is_another_number():
    found = altitudes(by_repeat(Repeat(143, 10)))
    assert found.above_equator == pytest.approx(786e3, abs=0.5e3)  # m: published as 786 km
    assert found.above_mean_sphere - found.above_equator == pytest.approx(7137.0, abs=1e-3)
    # m: the ellipsoid falls away from the equator by 21.4 km towards the poles
    assert 20e3 < found.highest_height - found.lowest_height < 35e3
    assert found.lowest_height < found.mean_height < found.highest_height


def test_hours_are_read_and_written():
    assert np.degrees(hour_of("22:30")) == pytest.approx(337.5)  # 15 degrees an hour
    assert hour_text(hour_of("06:00:30")) == "06:00:30"
    for wrong in ("25:00", "18", "6pm", "12:60"):
        with pytest.raises(ValueError, match="local time"):
            hour_of(wrong)


# -- drift and upkeep ---------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "rate"), [("22:30", -0.035), ("18:00", 0.0)])
def test_the_sun_tilts_a_morning_orbit_and_leaves_a_dawn_one(almanac, hour, rate):
    orbit, start = by_repeat(Repeat(143, 10)), parse_t("2024-05-01T00:00:00 UTC")
    drift = plane_drift(orbit, hour_of(hour), almanac, (start, start + 360.0 * DAY))
    a_year = np.degrees(drift.inclination_rate) * 365.25 * DAY
    assert a_year == pytest.approx(rate, abs=0.005)  # deg: the flight below

    kept = inclination_keeping(orbit, drift, np.radians(1.25))
    assert kept.yearly == pytest.approx(7459.0 * abs(np.radians(a_year)), rel=1e-3)  # v di


@pytest.mark.slow
@pytest.mark.parametrize("hour", ["22:30", "18:00", "06:00", "10:30"])
def test_a_year_of_drift_is_that_of_the_full_model(almanac, hour):
    _same_drift(almanac, hour, 355.0)


def test_two_months_of_drift_are_those_of_the_full_model(almanac):
    _same_drift(almanac, "22:30", 60.0)


def _same_drift(almanac, hour, days):
    orbit, start = by_repeat(Repeat(143, 10)), parse_t("2024-05-01T00:00:00 UTC")
    span, angle = (start, start + days * DAY), hour_of(hour)
    first = start_of(start, orbit, node_of(start, angle, almanac), 0.0, almanac)
    path = earth_model(almanac, 20).propagate(first, span)
    flown = np.unwrap(Track.of(path, almanac).local_time)
    t, mean = mean_history(path, almanac, 4)
    tilt = np.asarray(mean.inclination)
    drift = plane_drift(orbit, angle, almanac, span)
    # Terms of the field with a day's period leave the mean inclination of the start unknown by
    # 0.004 deg: it is taken from the first ten days.
    early = t < start + 10.0 * DAY
    offset = np.mean(tilt[early] - np.interp(t[early], drift.t, drift.inclination))
    tilted = orbit._replace(inclination=orbit.inclination + float(offset))
    drift = plane_drift(tilted, angle, almanac, span)
    minutes = 720.0 / np.pi * (np.diff(flown[[0, -1]]) - np.diff(drift.local_time[[0, -1]]))
    # min: 0.001 deg of inclination, which the average leaves, is 0.2 min in a year
    assert float(minutes[0]) == pytest.approx(0.0, abs=0.3 * days / 365.0)
    late = t > span[1] - 10.0 * DAY
    gone = np.degrees(tilt[late] - np.interp(t[late], drift.t, drift.inclination))
    assert np.mean(gone) == pytest.approx(0.0, abs=2.5e-3)  # deg: the daily terms again


def test_the_track_comes_back_to_the_edge_that_it_left():
    orbit = by_repeat(Repeat(143, 10))
    kept = track_keeping(orbit, -5.0 / DAY, 1000.0)
    # Fly the cycle: the axis falls from half the rise above the nominal to half below.
    t = np.linspace(0.0, kept.every, 401)
    axis = orbit.semi_major_axis + 0.5 * kept.rise + kept.decay * t
    rate = np.array([motion(orbit._replace(semi_major_axis=a)).daily_revolutions for a in axis])
    east = (rate / 14.3 - 1.0) * 2.0 * np.pi / DAY * WGS84_A  # m/s along the equator
    place = np.concatenate([[0.0], np.cumsum(0.5 * (east[1:] + east[:-1]) * np.diff(t))])
    assert place[-1] == pytest.approx(0.0, abs=5.0)  # m: the parabola closes
    assert -place.min() == pytest.approx(2000.0, rel=0.01)  # m: both half bands
    wide = track_keeping(orbit, -5.0 / DAY, 4000.0)
    assert wide.every == pytest.approx(2.0 * kept.every)  # the square root of the band
    assert wide.yearly == kept.yearly


def test_the_air_takes_more_at_solar_maximum():
    orbit, start = by_repeat(Repeat(143, 10)), parse_t("2024-05-01T00:00:00 UTC")
    almanac = Almanac.load(start, start + 2.0 * DAY)
    first = start_of(start, orbit, 0.0, 0.0, almanac)
    model = earth_model(almanac, 8)
    rates = [decay_of(model, first, 0.01, CYCLE[name]).rate for name in CYCLE]
    assert rates[0] > rates[1] > rates[2]
    assert rates[2] / rates[0] > 5.0  # of densities at 800 km over a cycle
    double = decay_of(model, first, 0.02, CYCLE["solar mean"]).rate
    assert double == pytest.approx(2.0 * rates[1], rel=1e-3)  # drag is linear in Cd A/m


def test_a_circle_has_rates_too():
    circle = MeanOrbit(7.1e6, 0.0, 1.7, 0.0)
    near = circle._replace(eccentricity=1e-5)
    assert motion(circle).node == pytest.approx(motion(near).node, rel=1e-6)  # order e
