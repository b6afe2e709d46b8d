"""Sites, masks and the built-in list."""

import numpy as np
import pytest
from astropy.coordinates import EarthLocation
from astropy.units import Quantity
from hypothesis import given
from hypothesis import strategies as st

from orbits.sites import Mask, Site, built_in_site, built_in_sites
from orbits.units import UnitsError
from relay_case import lander

DEG = "deg"


def site(latitude, longitude, height=0.0, body="earth"):
    angles = Quantity(latitude, DEG), Quantity(longitude, DEG)
    return Site("here", body, *angles, Quantity(height, "m"))


@given(st.floats(-90.0, 90.0), st.floats(-180.0, 360.0), st.floats(-1e4, 1e6))
def test_an_earth_site_stands_where_astropy_puts_it(latitude, longitude, height):
    theirs = EarthLocation.from_geodetic(longitude * Quantity(1, DEG), latitude, height)
    there = np.array([getattr(theirs, k).to_value("m") for k in "xyz"])
    here = site(latitude, longitude, height)
    assert np.linalg.norm(here.vector - there) < 1e-8  # m, a few units in the last place
    assert np.allclose(here.axes @ here.axes.T, np.eye(3), atol=1e-15)  # rounding
    assert np.linalg.det(here.axes) == pytest.approx(1.0, abs=1e-14)  # east, north, up


def test_the_lander_lies_below_the_reference_sphere():
    here = lander()
    assert np.linalg.norm(here.vector) == pytest.approx(1_737_400.0 - 5256.0, abs=1e-9)
    assert here.frame.axes == "MOON_ME"
    assert np.allclose(here.axes[2], here.vector / np.linalg.norm(here.vector), atol=1e-15)


def test_east_longitudes_read_both_ways():
    one, two = site(-41.6385, 206.0148, body="moon"), site(-41.6385, -153.9852, body="moon")
    assert np.linalg.norm(one.vector - two.vector) < 1e-8  # m, rounding
    assert one.longitude == pytest.approx(two.longitude, abs=1e-14)
    assert site(0.0, 180.0).longitude == site(0.0, -180.0).longitude == np.pi


def test_a_site_stands_still_in_its_frame():
    t = np.arange(4.0)
    here = lander()
    assert np.array_equal(here.position(t), np.tile(here.vector, (4, 1)))
    assert here.position(0.0).shape == here.velocity(0.0).shape == (3,)
    assert not here.velocity(t).any()
    assert not np.any(here.bounds(t, t + 1.0))


def test_a_bare_number_is_refused_with_the_fix():
    with pytest.raises(UnitsError, match=r"62\.4 deg"):
        Site("here", "earth", 10.0, Quantity(10.0, DEG))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"latitude": Quantity(91.0, DEG)}, "latitude 91 deg lies outside -90 to 90"),
        ({"longitude": Quantity(361.0, DEG)}, "longitude 361 deg lies outside -180 to 360"),
        ({"min_elevation": Quantity(95.0, DEG)}, "min_elevation 95 deg"),
        ({"height": Quantity(-7e6, "m")}, "not above the centre"),
        ({"body": "mars"}, "'mars' is not one of earth, moon"),
        ({"latitude": Quantity(5.0, "km")}, "a length, but an angle"),
    ],
)
def test_impossible_sites_are_refused(arguments, message):
    good = {"body": "earth", "latitude": Quantity(0.0, DEG), "longitude": Quantity(0.0, DEG)}
    with pytest.raises(ValueError, match=message):
        Site("here", **(good | arguments))


def test_built_in_sites_say_where_they_are_from():
    sites = built_in_sites()
    assert {"jiamusi", "kashi", "neuquen", "sheshan", "kunming", "urumqi"} <= set(sites)
    assert {"wenchang", "jiuquan", "taiyuan", "xichang", "hainan"} <= set(sites)
    for name, keys in sites.items():
        assert keys["source"]
        assert keys["confidence"] in set("ABCM")
        assert keys["kind"] in {"station", "pad", "landing-zone"}
        if keys["confidence"] == "M":
            assert keys["assumed"]
        assert built_in_site(name).name == name


def test_kashi_stands_where_the_source_says():
    kashi = built_in_site("kashi")
    assert np.degrees(kashi.latitude) == pytest.approx(38.4214, abs=1e-12)
    assert np.degrees(kashi.longitude) == pytest.approx(76.7144, abs=1e-12)


def test_an_unknown_site_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match=r"unknown site 'kashgar'.*kashi"):
        built_in_site("kashgar")


# -- masks ---------------------------------------------------------------------------------


def write(tmp_path, text):
    path = tmp_path / "mask.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mask_is_linear_between_corners_and_through_north(tmp_path):
    mask = Mask.read(write(tmp_path, "azimuth_deg,elevation_deg\n10,4\n190,8\n350,2\n"))
    at = np.degrees(mask.at(np.radians([10.0, 100.0, 190.0, 0.0, 355.0, -5.0])))
    assert at == pytest.approx([4.0, 6.0, 8.0, 3.0, 2.5, 2.5], abs=1e-12)


def test_a_last_row_at_360_may_repeat_the_first(tmp_path):
    text = "azimuth_deg,elevation_deg\n0,4\n180,8\n360,4\n"
    assert np.degrees(Mask.read(write(tmp_path, text)).azimuth) == pytest.approx([0.0, 180.0])
    text = "azimuth_deg,elevation_deg\n90,4\n360,8\n"
    mask = Mask.read(write(tmp_path, text))
    assert np.degrees(mask.at(0.0)) == pytest.approx(8.0, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: the first line must be azimuth_deg,elevation_deg"),
        ("az,el\n0,1\n", ":1: the first line"),
        ("azimuth_deg,elevation_deg\n", ":2: the mask has no rows"),
        ("azimuth_deg,elevation_deg\n0,1\n90,x\n", ":3: '90,x' is not two numbers"),
        ("azimuth_deg,elevation_deg\n0,1,2\n", ":2: '0,1,2' is not two numbers"),
        ("azimuth_deg,elevation_deg\n0,1\n370,1\n", ":3: azimuth 370 lies outside"),
        ("azimuth_deg,elevation_deg\n0,1\n\n90,95\n", ":4: elevation 95 lies outside"),
        ("azimuth_deg,elevation_deg\n90,1\n20,1\n", ":3: azimuth 20 does not increase"),
        ("azimuth_deg,elevation_deg\n0,1\n360,2\n", ":3: elevation 2 at azimuth 360 differs"),
        ("azimuth_deg,elevation_deg\nnan,1\n", ":2: azimuth nan lies outside"),
    ],
)
def test_a_bad_mask_names_its_line(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"mask.csv{message}"):
        Mask.read(write(tmp_path, text))


@pytest.mark.parametrize(
    ("azimuth", "elevation", "message"),
    [
        ([], [], "at least one"),
        ([0.0, 1.0], [0.1], "one elevation for each"),
        ([1.0, 0.5], [0.1, 0.1], "must increase"),
        ([0.0], [1.6], "within 90"),
        ([7.0], [0.1], "less than 360"),
    ],
)
def test_impossible_masks_are_refused(azimuth, elevation, message):
    with pytest.raises(ValueError, match=message):
        Mask(np.array(azimuth), np.array(elevation))
