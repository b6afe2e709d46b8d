"""Pointing: angles at the relay, the rate of its antennas, and what a sensor cone sees."""

import numpy as np
import pytest

from orbits.bodies import MOON
from orbits.elements import Elements, keplerian_to_cartesian, period
from orbits.events import windows
from orbits.frames import MOON_ICRF
from orbits.geometry.pointing import (
    Cone,
    antenna_angles,
    cone_event,
    direction,
    nadir_axes,
    separation,
    slew_rate,
)
from orbits.geometry.signal import Centre
from orbits.propagators.kepler import Kepler
from orbits.trajectory import State
from relay_case import SPAN, START, almanac, lander, relay
from second_derivative import greatest_ratio

T = np.linspace(SPAN[0] + 100.0, SPAN[1] - 100.0, 997)


@pytest.fixture(scope="module")
def circle():
    """A circle of 2,000 km about the Moon, 60 degrees, for two hours."""
    elements = Elements(2e6, 0.0, np.radians(60.0), 0.4, 0.0, 0.0)
    state = State(START, *keplerian_to_cartesian(elements, MOON.mu), MOON_ICRF)
    return Kepler().propagate(state, (START, START + 7200.0)), float(period(2e6, MOON.mu))


def test_lander_and_earth_are_far_apart_at_the_relay():
    """The Moon lies between them: they are never within its own half angle of each other."""
    angle = separation(lander(), Centre("earth"), relay(), almanac(), T)
    assert angle.min() >= 0.0
    vectors = [direction(p, relay(), almanac(), T) for p in (lander(), Centre("earth"))]
    assert np.allclose(np.cos(angle), np.einsum("ij,ij->i", *vectors), atol=1e-12)  # rounding


def test_straight_down_has_cone_angle_zero_and_ahead_is_x(circle):
    path, _ = circle
    t = np.linspace(START + 10.0, START + 7000.0, 50)
    cone, _ = antenna_angles(Centre("moon"), path, almanac(), t, "geometric")
    assert np.abs(cone).max() < 1e-9  # rad: rounding
    axes = nadir_axes(path, t)
    v = np.einsum("nij,nj->ni", axes, path.velocity(t))
    assert np.allclose(v / np.linalg.norm(v, axis=1)[:, None], [1.0, 0.0, 0.0], atol=1e-9)
    assert np.allclose(np.linalg.det(axes), 1.0)


def test_an_antenna_that_follows_the_moon_turns_once_a_revolution(circle):
    path, turn = circle
    t = np.linspace(START + 10.0, START + 7000.0, 50)
    rate = slew_rate(Centre("moon"), path, almanac(), t, light_time="geometric")
    assert np.allclose(rate, 2.0 * np.pi / turn, rtol=1e-6)  # chord of 2 s: (n h)^2 / 6
    still = slew_rate(Centre("moon"), path, almanac(), t, nadir=True, light_time="geometric")
    assert still.max() < 1e-9  # rad/s: rounding over 2 s
    earth = slew_rate(Centre("earth"), path, almanac(), t, light_time="geometric")
    assert earth.max() < 2e-5  # rad/s: 1.6 km/s and 1 km/s at 4e8 m, about 5e-6


def test_a_sensor_that_looks_down_sees_the_lander_below():
    cone = Cone(Centre("moon"), np.radians(5.0))
    event = cone_event(lander(), relay(), almanac(), cone, SPAN)
    found = windows(event, SPAN)
    assert found.certificate.certified
    t = np.arange(SPAN[0] + 5.0, SPAN[1] - 5.0, 60.0)
    angle = separation(lander(), Centre("moon"), relay(), almanac(), t, "geometric")
    clear = np.abs(angle - cone.half_angle) > 1e-9  # rad; closer, rounding decides
    assert np.array_equal(found.contains(t[clear]), angle[clear] < cone.half_angle)
    assert 0.02 < found.availability < 0.98


@pytest.mark.parametrize("light_time", ["geometric", "apparent"])
@pytest.mark.parametrize("axis", [Centre("moon"), Centre("sun"), (0.2, -0.5, 1.0)])
def test_no_second_derivative_of_a_cone_exceeds_its_bound(axis, light_time):
    event = cone_event(
        lander(), relay(), almanac(), Cone(axis, 0.3), SPAN, light_time=light_time
    )
    ratio = greatest_ratio(event, SPAN, np.random.default_rng(2))
    assert 0.02 < ratio <= 1.0


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Cone(Centre("moon"), 0.0), "half_angle must lie within"),
        (lambda: Cone((0.0, 0.0, 0.0), 0.1), "not all zero"),
    ],
)
def test_a_cone_without_an_angle_or_an_axis_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()
