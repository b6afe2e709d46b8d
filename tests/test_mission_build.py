"""A mission as values of the core: start states in every plane, forces, sites, min_altitude."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from astropy.units import Quantity

from orbits.bodies import EARTH, MOON
from orbits.elements import cartesian_to_keplerian
from orbits.errors import ConvergenceError, PropagationError
from orbits.forces.gravity import read_table
from orbits.frames import Frame, rotation_of_epoch
from orbits.geometry.apses import apses, radius_range
from orbits.mission.build import build
from orbits.mission.load import from_dict
from orbits.mission.raised import solve_rise
from orbits.time import parse_t

BASE = tomllib.loads(
    (Path(__file__).with_name("malformed") / "base.toml").read_text(encoding="utf-8")
)
GM_MOON = float(read_table("grgm1200a")["gm"])  # m3/s2: the elements osculate for the field's


def mission(orbit=None, dynamics=None):
    """The base mission without its network, its orbit and forces edited."""
    relay = {**BASE["spacecraft"]["relay"]}
    relay["orbit"] = {**relay["orbit"], "assumed": []} | (orbit or {})
    relay["orbit"] = {k: v for k, v in relay["orbit"].items() if v is not None}
    relay["dynamics"] = relay["dynamics"] | (dynamics or {})
    header = BASE["mission"]
    return from_dict(
        {"schema": 1, "mission": header, "spacecraft": {"relay": relay}, "site": BASE["site"]}
    )


def start_in(said, frame):
    """Elements of the start in the axes that the mission named."""
    model = build(said)
    craft = model.craft["relay"]
    turn = rotation_of_epoch(frame, craft.start.t, model.almanac)
    return cartesian_to_keplerian(turn @ craft.start.r, turn @ craft.start.v, craft.mu)


@pytest.mark.parametrize(
    "frame",
    [
        "icrf", "gcrf", "eme2000", "teme", "moon-equator-of-epoch",
        "earth-orbit-plane-of-epoch", "earth-equator-of-epoch",
    ],
)  # fmt: skip
def test_elements_come_back_in_the_plane_that_the_file_names(frame):
    found = start_in(mission({"frame": frame}), frame)
    near, far = MOON.radius + 300e3, MOON.radius + 16_000e3
    assert found.semi_major_axis == pytest.approx(0.5 * (near + far), rel=1e-12)  # rounding
    assert found.eccentricity == pytest.approx((far - near) / (far + near), rel=1e-11)
    angles = (found.inclination, found.raan, found.argp, found.true_anomaly)
    assert np.degrees(angles) == pytest.approx(
        [62.4, 270.0, 90.0, 180.0], abs=1e-8
    )  # sqrt(eps)


def test_the_lunar_equator_and_the_orbit_of_the_earth_are_not_one_plane():
    model = build(mission())
    planes = ("moon-equator-of-epoch", "earth-orbit-plane-of-epoch")
    equator, orbit = (rotation_of_epoch(p, model.span[0], model.almanac)[2] for p in planes)
    tilt = np.degrees(np.arccos(equator @ orbit))
    assert tilt == pytest.approx(6.68, abs=0.2)  # deg; Cassini's 1.54 and 5.14 deg, +-0.16


@pytest.mark.parametrize(
    "shape",
    [
        {"periapsis_radius": "2037.4 km", "periapsis_altitude": None},
        {"apoapsis_radius": "17737.4 km", "apoapsis_altitude": None},
        {
            "periapsis_altitude": None, "apoapsis_altitude": None,
            "semi_major_axis": "9887.4 km", "eccentricity": 0.7939397617169327,
        },
        {"true_anomaly": None, "mean_anomaly": "180 deg"},
        {"true_anomaly": None, "argument_of_latitude": "270 deg"},
    ],
)  # fmt: skip
def test_one_orbit_said_in_five_ways_is_one_state(shape):
    one, other = (build(mission(edit)).craft["relay"].start for edit in ({}, shape))
    assert other.r == pytest.approx(one.r, rel=1e-12)  # rounding of the elements
    assert other.v == pytest.approx(one.v, rel=1e-11)


def test_longitudes_east_and_west_of_180_are_the_same_site():
    data = {**BASE["site"]}
    sites = []
    for longitude in ("206.0148 deg", "-153.9852 deg"):
        data["lander"] = BASE["site"]["lander"] | {"longitude": longitude}
        said = from_dict({"schema": 1, "mission": BASE["mission"], "site": data})
        sites.append(build(said).sites["lander"])
    assert sites[0].vector == pytest.approx(sites[1].vector, abs=1e-8)  # m, rounding


def test_a_lander_lies_below_the_sphere_by_its_height():
    site = build(mission()).sites["lander"]
    assert np.linalg.norm(site.vector) == pytest.approx(1_737_400.0 - 5256.0, abs=1e-6)


def test_a_body_fixed_state_at_rest_turns_with_its_body():
    said = mission(
        {key: None for key in BASE["spacecraft"]["relay"]["orbit"] if key != "kind"}
        | {
            "kind": "cartesian", "center": "earth", "frame": "body-fixed",
            "position": ["42164.17 km", "0 km", "0 km"],
            "velocity": ["0 km/s", "0 km/s", "0 km/s"],
        },
        {"gravity": {}, "third_bodies": ["moon", "sun"]},
    )  # fmt: skip
    start = build(said).craft["relay"].start
    # 2 pi / 86164.0989 s (IERS) times the radius: geostationary speed
    assert np.linalg.norm(start.v) == pytest.approx(3074.66, abs=0.01)
    assert start.frame == Frame("earth", "ICRF")
    assert start.r @ start.v == pytest.approx(0.0, abs=1.0)  # m2/s of 1.3e11: across


def test_an_epoch_before_the_start_is_where_the_elements_hold():
    said = mission({"epoch": "2024-05-31T12:00:00 TDB"})
    craft = build(said).craft["relay"]
    assert craft.start.t == parse_t("2024-05-31T12:00:00 TDB")
    path = craft.fly()
    assert path.span[0] <= parse_t("2024-06-01T00:00:00 UTC") - 60.0
    assert path.span[1] >= parse_t("2024-06-03T00:00:00 UTC") + 60.0


def test_a_duration_counts_seconds_of_tai_over_a_leap_second():
    header = {"start": "2016-12-31T00:00:00 UTC", "duration": "1 day", "ephemeris": "de421"}
    said = from_dict({"schema": 1, "mission": {"name": "leap"} | header})
    span = build(said).span
    assert span[1] - span[0] == pytest.approx(86_400.0, abs=4e-5)  # s; TDB gains up to 29 us
    assert span[1] == pytest.approx(parse_t("2016-12-31T23:59:60 UTC"), abs=1e-6)


def test_the_start_elements_osculate_for_the_gravity_of_the_field():
    assert build(mission()).craft["relay"].mu == GM_MOON
    assert build(mission(dynamics={"gravity": {}})).craft["relay"].mu == MOON.mu


def test_third_bodies_by_default_are_those_of_the_centre():
    said = mission(dynamics={"third_bodies": None} | {"gravity": {}})
    assert build(said).craft["relay"].propagator.forces.third_bodies == ("earth", "sun")
    assert EARTH.name in build(said).craft["relay"].propagator.forces.third_bodies


# -- min_altitude -------------------------------------------------------------------------


def test_min_altitude_moves_the_start_until_the_span_keeps_above_it():
    edit = {"min_altitude": "400 km"}
    model = build(mission(edit))
    craft = model.craft["relay"]
    lowest = radius_range(craft.fly(), model.span)[0] - MOON.radius
    assert 400e3 <= lowest <= 400e3 + 10.0  # m: how close the search comes
    assert craft.periapsis_moved > 100e3 - 30e3
    found = cartesian_to_keplerian(craft.start.r, craft.start.v, craft.mu)
    far = found.semi_major_axis * (1.0 + found.eccentricity)
    assert far == pytest.approx(MOON.radius + 16_000e3, abs=1e-2)  # m: only the periapsis moved


def test_min_altitude_moves_nothing_where_it_holds_already():
    craft = build(mission({"min_altitude": "100 km"})).craft["relay"]
    assert craft.periapsis_moved == 0.0


def test_the_search_for_a_rise_meets_impacts_and_kinks():
    def excess(moved):
        height = -120e3 + min(0.9 * moved, 30e3 + 0.5 * moved)
        return None if height < -90e3 else height

    found = solve_rise(excess, 1e6)
    assert 0.0 <= excess(found) <= 10.0


def test_a_rise_that_does_not_exist_is_refused():
    with pytest.raises(ConvergenceError, match="not reached by any periapsis"):
        solve_rise(lambda moved: -1e6 + 1e-3 * moved, 500e3)


# -- apses --------------------------------------------------------------------------------


def test_the_apses_of_a_flight_are_half_a_revolution_apart():
    model = build(mission())
    craft = model.craft["relay"]
    found = apses(craft.fly(), model.span)
    # 24.3 h: the period of the ellipse, which the Earth changes by some minutes
    both = np.sort(np.concatenate([found.periapsis, found.apoapsis]))
    assert np.diff(both) / 3600.0 == pytest.approx(12.15, abs=0.2)
    surface = (found.periapsis_radius - MOON.radius) / 1e3
    assert np.all((surface > 250.0) & (surface < 400.0))  # km, about the 300 of the start


def test_an_orbit_into_the_ground_says_when_and_where():
    said = mission({"periapsis_altitude": "1 km", "raan": "180 deg"})
    craft = build(said).craft["relay"]
    with pytest.raises(PropagationError, match="meets the surface of the moon at 2024-06-0"):
        craft.fly()


def test_forces_are_those_of_the_file():
    forces = build(mission()).craft["relay"].propagator.forces
    assert forces.fields["moon"].degree == 20
    assert forces.radiation == pytest.approx(1.3 * 15.0 / 1200.0)
    assert (
        build(mission(dynamics={"radiation": False})).craft["relay"].propagator.forces.radiation
        == 0.0
    )
    assert Quantity("15 m2") == mission().spacecraft["relay"].radiation.area


def test_drag_relativity_and_tides_reach_the_engine():
    relay = {**BASE["spacecraft"]["relay"]} | {"drag": {"area": "8 m2", "cd": 2.2}}
    relay["dynamics"] = {
        "drag": "exponential", "relativity": True, "tides": True, "third_bodies": [],
    }  # fmt: skip
    said = from_dict({"schema": 1, "mission": BASE["mission"], "spacecraft": {"relay": relay}})
    forces = build(said).craft["relay"].propagator.forces
    assert forces.drag == pytest.approx(2.2 * 8.0 / 1200.0)
    assert (forces.atmosphere, forces.relativity, forces.tides) == ("exponential", True, True)
    assert forces.third_bodies == ()
    assert build(mission()).craft["relay"].propagator.forces.drag == 0.0
