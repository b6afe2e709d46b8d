"""Elements: round trips of every conic, Kepler's equation, and a published example."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.elements import (
    Elements,
    cartesian_to_keplerian,
    keplerian_to_cartesian,
    mean_to_true,
    period,
    true_to_mean,
)

MU = 3.986004418e14
ANGLE = st.floats(0.0, 2.0 * math.pi)
TILT = st.floats(0.0, math.pi)
PERIAPSIS = st.floats(2e6, 1e9)


def _closes(elements: Elements, tolerance: float = 1e-12) -> None:
    r, v = keplerian_to_cartesian(elements, MU)
    r2, v2 = keplerian_to_cartesian(cartesian_to_keplerian(r, v, MU), MU)
    assert np.linalg.norm(r2 - r) <= tolerance * np.linalg.norm(r)  # rounding of a few sines
    assert np.linalg.norm(v2 - v) <= tolerance * np.linalg.norm(v)


@given(PERIAPSIS, st.floats(0.0, 0.99), TILT, ANGLE, ANGLE, ANGLE)
def test_an_ellipse_survives_the_round_trip(q, e, i, raan, argp, nu):
    _closes(Elements(q / (1.0 - e), e, i, raan, argp, nu))


@given(PERIAPSIS, st.floats(1.01, 20.0), TILT, ANGLE, ANGLE, st.floats(-0.95, 0.95))
def test_a_hyperbola_survives_the_round_trip(q, e, i, raan, argp, share):
    _closes(Elements(q / (1.0 - e), e, i, raan, argp, share * math.acos(-1.0 / e)))


@given(PERIAPSIS, TILT, ANGLE, ANGLE, st.floats(-3.0, 3.0))
def test_a_parabola_survives_the_round_trip(q, i, raan, argp, nu):
    _closes(Elements(math.inf, 1.0, i, raan, argp, nu, 2.0 * q), 1e-11)


def test_the_published_example_of_vallado():
    """Vallado (2013), example 2-5, mu = 398600.4418 km3/s2."""
    r = np.array([6524.834, 6862.875, 6448.296]) * 1e3
    v = np.array([4.901327, 5.533756, -1.976341]) * 1e3
    found = cartesian_to_keplerian(r, v, MU)
    assert found.semi_latus_rectum == pytest.approx(
        11067.790e3, abs=15.0
    )  # m: the book rounds h
    assert found.semi_major_axis == pytest.approx(36127.343e3, abs=20.0)  # m, from its inputs
    assert found.eccentricity == pytest.approx(0.832853, abs=1e-6)  # printed so
    degrees = np.degrees([found.inclination, found.raan, found.argp, found.true_anomaly])
    np.testing.assert_allclose(degrees, [87.870, 227.898, 53.38, 92.335], atol=0.006)  # printed


def test_many_states_at_once_are_the_states_one_by_one():
    rng = np.random.default_rng(7)
    r, v = rng.normal(size=(50, 3)) * 1e7, rng.normal(size=(50, 3)) * 7e3
    together = cartesian_to_keplerian(r, v, MU)
    for k in range(50):
        alone = cartesian_to_keplerian(r[k], v[k], MU)
        for a, b in zip(together, alone, strict=True):
            assert a[k] == pytest.approx(b, rel=1e-11)


def test_a_circle_counts_from_the_node_and_an_equatorial_one_from_x():
    speed = math.sqrt(MU / 7e6)
    flat = cartesian_to_keplerian([0.0, 7e6, 0.0], [-speed, 0.0, 0.0], MU)
    assert (flat.eccentricity, flat.inclination, flat.raan, flat.argp) == (0.0, 0.0, 0.0, 0.0)
    assert flat.true_anomaly == pytest.approx(math.pi / 2)
    polar = cartesian_to_keplerian([0.0, 0.0, 7e6], [-speed, 0.0, 0.0], MU)
    assert polar.raan == pytest.approx(0.0)
    assert polar.true_anomaly == pytest.approx(math.pi / 2)


def _slope(nu: float, e: float) -> float:
    """Return dM/dnu: what a rounding of the true anomaly does to the mean anomaly."""
    return abs(1.0 - e * e) ** 1.5 / (1.0 + e * math.cos(nu)) ** 2


@given(st.floats(-30.0, 30.0), st.floats(0.0, 0.999999))
def test_keplers_equation_of_an_ellipse(m, e):
    nu = float(mean_to_true(m, e))
    rounding = 2e-15 * (abs(nu) + 1.0) * (_slope(nu, e) + 1.0)
    assert float(true_to_mean(nu, e)) == pytest.approx(m, abs=rounding)


@given(st.floats(-300.0, 300.0), st.floats(1.000001, 30.0))
def test_keplers_equation_of_a_hyperbola(m, e):
    nu = float(mean_to_true(m, e))
    rounding = 1e-13 * (abs(m) + 1.0) * (_slope(nu, e) + 1.0)
    assert float(true_to_mean(nu, e)) == pytest.approx(m, abs=rounding)


@given(st.floats(-50.0, 50.0))
def test_barkers_equation_of_a_parabola(m):
    assert float(true_to_mean(mean_to_true(m, 1.0), 1.0)) == pytest.approx(m, abs=1e-11)


@given(st.floats(-3.1, 3.1), st.floats(-12.0, -3.0))
def test_anomalies_near_the_parabola_keep_their_digits(nu, exponent):
    for e in (1.0 - 10.0**exponent, 1.0 + 10.0**exponent):
        if 1.0 + e * math.cos(nu) > 0.0:
            back = float(mean_to_true(true_to_mean(nu, e), e))
            assert back == pytest.approx(nu, abs=1e-12)


def test_a_geostationary_orbit_lasts_a_sidereal_day():
    assert period(42_164_172.0, MU) == pytest.approx(86164.1, abs=0.1)  # s


def test_energy_and_momentum_are_those_of_the_elements():
    elements = Elements(2.66e7, 0.74, 1.1, 2.2, 4.7, 0.9)
    r, v = keplerian_to_cartesian(elements, MU)
    assert 0.5 * v @ v - MU / np.linalg.norm(r) == pytest.approx(-0.5 * MU / 2.66e7)
    h = np.linalg.norm(np.cross(r, v))
    assert h**2 / MU == pytest.approx(2.66e7 * (1 - 0.74**2))


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        (Elements(-7e6, 0.5, 0, 0, 0, 0), "is no conic"),
        (Elements(7e6, 1.5, 0, 0, 0, 0), "is no conic"),
        (Elements(7e6, -0.1, 0, 0, 0, 0), "is no conic"),
        (Elements(math.inf, 0.5, 0, 0, 0, 0), "is no conic"),
        (Elements(math.inf, 1.0, 0, 0, 0, 0), "needs its semi_latus_rectum"),
        (Elements(-7e6, 1.5, 0, 0, 0, 2.5), "past the asymptote"),
    ],
)
def test_elements_that_are_no_orbit_are_refused(elements, message):
    with pytest.raises(ValueError, match=message):
        keplerian_to_cartesian(elements, MU)


def test_motion_along_a_line_has_no_elements():
    with pytest.raises(ValueError, match="parallel"):
        cartesian_to_keplerian([7e6, 0, 0], [1e3, 0, 0], MU)


def test_only_an_ellipse_has_a_period():
    with pytest.raises(ValueError, match="only an ellipse has a period"):
        period(-7e6, MU)
