"""Swaths: angles on the sphere, rays to the ellipsoid, light on the ground, ocean and land."""

import erfa
import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.constants import DAY, WGS84_A, WGS84_F
from orbits.design.full_model import node_of, start_of
from orbits.design.sun_synchronous import by_axis
from orbits.geometry.fixed import fixed_path
from orbits.geometry.grid import Grid
from orbits.geometry.ocean import on_land
from orbits.geometry.swath import (
    MEAN_RADIUS,
    Swath,
    ground,
    ground_arc,
    incidence_of_look,
    light,
    look_of_arc,
    look_of_incidence,
)
from orbits.propagators.kepler import Kepler
from orbits.time import parse_t

START = parse_t("2025-02-04T00:00:00 UTC")


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(START, START + DAY)


@pytest.fixture(scope="module")
def fixed(almanac):
    orbit = by_axis(WGS84_A + 647.5e3)
    start = start_of(START, orbit, node_of(START, 1.5 * np.pi, almanac), 0.0, almanac)
    span = (START, START + 0.2 * DAY)
    return fixed_path(Kepler().propagate(start, span), almanac, "earth", span)


# -- on a sphere --------------------------------------------------------------------------


def test_smos_sees_55_degrees_of_incidence_where_its_papers_say():
    # Font et al. (2010), Proc. IEEE 98, 649: 755 km, look 32.5 deg at its boresight.
    assert np.degrees(incidence_of_look(np.radians(32.5), 755e3)) == pytest.approx(
        37.0, abs=0.1
    )


def test_smap_scans_a_thousand_kilometres():
    # Entekhabi et al. (2010), Proc. IEEE 98, 704: 685 km, 35.5 deg from the nadir, incidence
    # 40 deg, a swath of 1,000 km from a full turn of the antenna.
    cone = Swath(np.radians(35.5))
    assert np.degrees(incidence_of_look(cone.look, 685e3)) == pytest.approx(40.0, abs=0.1)
    assert cone.width(685e3) == pytest.approx(1000e3, rel=0.01)


def test_look_incidence_and_arc_undo_each_other():
    look = np.radians(np.linspace(0.0, 60.0, 13))
    incidence = incidence_of_look(look, 647.5e3)
    np.testing.assert_allclose(look_of_incidence(incidence, 647.5e3), look, atol=1e-14)
    arc = ground_arc(look, 647.5e3)
    np.testing.assert_allclose(look_of_arc(arc, 647.5e3), look, atol=1e-12)
    assert arc[1] == pytest.approx(647.5e3 * np.tan(look[1]), rel=0.002)  # flat near the nadir


def test_a_swath_by_width_by_angle_and_by_incidence_is_one():
    one = Swath.of_width(950e3, 647.5e3)
    assert one.width(647.5e3) == pytest.approx(950e3, rel=1e-12)  # rounding
    edge = incidence_of_look(one.look, 647.5e3)
    assert Swath.of_incidence(float(edge), 647.5e3).look == pytest.approx(one.look)


def test_a_conical_scanner_of_a_sector_sees_less_than_of_a_half_circle():
    sector, half = Swath(0.6, np.radians(60.0)), Swath(0.6)
    # On a flat ground the half width would be the radius times the sine of the sector.
    shrunk = sector.width(647.5e3) / half.width(647.5e3)
    assert shrunk == pytest.approx(np.sin(np.radians(60.0)), rel=0.001)


def test_what_lies_beyond_the_horizon_is_refused():
    with pytest.raises(ValueError, match="passes the Earth"):
        incidence_of_look(np.radians(70.0), 647.5e3)
    with pytest.raises(ValueError, match="beyond the horizon"):
        look_of_arc(4000e3, 647.5e3)


# -- on the ellipsoid ---------------------------------------------------------------------


def test_a_ray_to_the_nadir_meets_the_point_below(fixed):
    t = np.linspace(*fixed.span, 50)
    seen = ground(fixed, t, 0.0, 0.0)
    r = fixed.position(t)
    scaled = seen.vector / (WGS84_A * np.array([1.0, 1.0, 1.0 - WGS84_F]))
    np.testing.assert_allclose(np.linalg.norm(scaled, axis=1), 1.0, rtol=1e-12)  # rounding
    assert np.abs(seen.incidence).max() < 1e-6  # rad: arccos of a rounded 1
    _, _, height = erfa.gc2gde(WGS84_A, WGS84_F, np.ascontiguousarray(r))
    np.testing.assert_allclose(np.linalg.norm(r - seen.vector, axis=1), height, atol=1e-6)  # m


def test_edges_lie_on_both_sides_at_the_arc_of_the_sphere(fixed):
    t = np.linspace(*fixed.span, 40)
    one = Swath.of_width(950e3, 660e3)
    left, right = (ground(fixed, t, one.look, side * one.azimuth) for side in (-1.0, 1.0))
    width = (
        2.0
        * MEAN_RADIUS
        * np.arcsin(np.linalg.norm(left.vector - right.vector, axis=1) / (2.0 * MEAN_RADIUS))
    )
    # The height over the ellipsoid goes from 653 to 680 km along the orbit.
    assert np.all(np.abs(width / 950e3 - 1.0) < 0.06)
    ahead = np.cross(fixed.position(t), fixed.velocity(t))
    assert np.all(np.sum((left.vector - right.vector) * ahead, axis=1) > 0.0)  # left of it
    sphere = incidence_of_look(one.look, 660e3)
    assert np.abs(left.incidence - sphere).max() < np.radians(0.6)  # of the same heights


def test_rays_past_the_earth_are_refused(fixed):
    with pytest.raises(ValueError, match="passes the Earth"):
        ground(fixed, np.array([fixed.span[0]]), np.radians(75.0), 0.5)


def test_a_dawn_dusk_swath_has_the_sun_low_and_one_side_brighter(fixed, almanac):
    t = np.linspace(*fixed.span, 400)
    below = light(fixed, almanac, t, ground(fixed, t, 0.0, 0.0))
    # deg: the terminator, tilted against the plane by declination and by 8 deg
    assert np.degrees(np.abs(below.elevation)).max() < 30.0
    left, right = (
        light(fixed, almanac, t, ground(fixed, t, 0.6, side * 0.5 * np.pi))
        for side in (-1.0, 1.0)
    )
    assert abs(np.mean(left.elevation) - np.mean(right.elevation)) > np.radians(5.0)
    assert np.all((below.glint == np.pi) == (below.elevation <= 0.0))


def test_the_glint_of_a_ray_straight_down_is_the_zenith_distance_of_the_sun(fixed, almanac):
    t = np.linspace(*fixed.span, 100)
    found = light(fixed, almanac, t, ground(fixed, t, 0.0, 0.0))
    up = found.elevation > 0.0
    np.testing.assert_allclose(
        found.glint[up], 0.5 * np.pi - found.elevation[up], atol=1e-9
    )  # rad: rounding


# -- ocean and land -----------------------------------------------------------------------


def test_land_is_three_tenths_of_the_earth():
    grid = Grid.whole("earth", np.radians(1.0))
    land = on_land(grid.latitude, grid.longitude)
    # 29.1 % (CIA World Factbook); the coastline is coarse and lacks small islands
    assert grid.mean(land.astype(float)) == pytest.approx(0.291, abs=0.005)


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "land"),
    [
        ("Beijing", 39.9, 116.4, True),
        ("the South Pole", -89.9, 10.0, True),
        ("the North Pole", 89.9, 10.0, False),
        ("Chukotka beyond 180 deg", 66.5, -178.0, True),
        ("the Ross ice at 180 deg", -85.0, 179.99, True),
        ("Point Nemo", -48.9, -123.4, False),
        ("the Mediterranean", 35.0, 18.0, False),
        ("Brasilia, counted eastwards", -15.8, 312.1, True),
        ("the Gulf of Guinea", 0.0, 0.0, False),
    ],
)
def test_places_are_on_the_right_side_of_the_coast(place, latitude, longitude, land):
    found = on_land(np.radians([latitude]), np.radians([longitude]))
    assert bool(found[0]) is land, place
