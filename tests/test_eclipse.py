"""Eclipses: the margin on every side of a body, its bound, and what hides the Sun."""

import numpy as np
import pytest

from orbits.bodies import SUN, body
from orbits.events import windows
from orbits.frames import GCRF, Frame
from orbits.geometry.eclipse import Shadow, events
from relay_case import SPAN, START, almanac, relay
from second_derivative import greatest_ratio


class Swarm:
    """Many fixed points about a body, one for each time asked for."""

    def __init__(self, r, center):
        self.r, self.frame = r, Frame(center, "ICRF")

    def position(self, t):
        return self.r

    def velocity(self, t):
        return np.zeros_like(self.r)


@pytest.mark.parametrize("name", ["earth", "moon"])
def test_the_margin_is_positive_where_the_discs_overlap(name):
    """Points before, beside and behind the body, and beyond the apex of its umbra."""
    rng = np.random.default_rng(4)
    n, radius = 20_000, body(name).radius
    t = np.full(n, START)
    sun = almanac().position("sun", name, t)
    axis = -sun / np.linalg.norm(sun, axis=1)[:, None]
    across = np.cross(axis, rng.normal(size=(n, 3)))
    across /= np.linalg.norm(across, axis=1)[:, None]
    x = radius * rng.choice([-1.0, 1.0], n) * 10.0 ** rng.uniform(-2.0, 2.7, n)
    p = radius * 10.0 ** rng.uniform(-3.0, 1.0, n)
    r = x[:, None] * axis + p[:, None] * across
    outside = np.linalg.norm(r, axis=1) > 1.001 * radius
    shadow = Shadow(Swarm(r, name), name, almanac(), "geometric")
    to_sun, far = sun - r, np.linalg.norm(r, axis=1)
    length = np.linalg.norm(to_sun, axis=1)
    apart = np.arctan2(
        np.linalg.norm(np.cross(to_sun, -r), axis=1), np.einsum("ij,ij->i", to_sun, -r)
    )
    with np.errstate(invalid="ignore"):
        disc, light = np.arcsin(radius / far), np.arcsin(SUN.radius / length)
    for inner, overlap in ((1.0, disc - light - apart), (-1.0, disc + light - apart)):
        clear = outside & (np.abs(overlap) > 1e-9)  # rad; closer, rounding decides
        margin = shadow.margin(t, inner)
        assert np.array_equal(margin[clear] > 0.0, overlap[clear] > 0.0)
        assert np.count_nonzero(overlap[clear] > 0.0) > 500  # both sides are tried


def test_an_annular_eclipse_has_no_umbra():
    t = np.array([START])
    sun = almanac().position("sun", "earth", t)
    axis = -sun / np.linalg.norm(sun)
    apex = 6378.137e3 * np.linalg.norm(sun) / (SUN.radius - 6378.137e3)
    shadow = Shadow(Swarm(1.01 * apex * axis, "earth"), "earth", almanac(), "geometric")
    assert shadow.margin(t, 1.0)[0] < 0.0 < shadow.margin(t, -1.0)[0]
    shadow = Shadow(Swarm(0.99 * apex * axis, "earth"), "earth", almanac(), "geometric")
    assert shadow.margin(t, 1.0)[0] > 0.0


@pytest.mark.parametrize("light_time", ["geometric", "light-time", "apparent"])
@pytest.mark.parametrize("name", ["moon", "earth"])
def test_no_shadow_margin_bends_more_than_its_bound(name, light_time):
    rng = np.random.default_rng(6)
    for event in events(relay(), name, almanac(), SPAN, light_time):
        assert greatest_ratio(event, SPAN, rng) <= 1.0


def test_the_umbra_lies_within_the_penumbra():
    path = relay(300.0)
    dark, dim = (windows(e, SPAN) for e in events(path, "moon", almanac(), SPAN))
    assert dark.count == dim.count == 4  # regression: node 300, seen by SPICE too
    assert np.all(dim.start < dark.start)
    assert np.all(dark.stop < dim.stop)
    assert dark.start_cause == ("umbra:moon",) * 4
    assert dim.certificate.undecided == dark.certificate.undecided == ()
    assert (dark & dim).total == pytest.approx(dark.total, abs=1e-9)


def test_light_time_is_named_in_the_certificate():
    event = events(relay(), "earth", almanac(), SPAN)[0]
    assert event.notes == {"light_time": "light-time", "earth_shape": "sphere"}


def test_the_far_side_of_the_earth_is_dark_half_the_time_for_a_low_orbit():
    """A circle of 400 km through the subsolar point: the umbra is a cylinder to 0.3 degrees."""
    radius = 6378.137e3 + 400e3
    n = np.sqrt(3.986004418e14 / radius**3)
    sun = almanac().position("sun", "earth", START)
    x = sun / np.linalg.norm(sun)
    y = np.cross([0.0, 0.0, 1.0], x)
    y /= np.linalg.norm(y)

    class Circle:
        frame = GCRF

        def position(self, t):
            angle = n * (np.asarray(t) - START)
            return radius * (np.cos(angle)[..., None] * x + np.sin(angle)[..., None] * y)

        def bounds(self, a, b):
            return np.full_like(a, n * radius), np.full_like(a, n * n * radius)

    period = 2.0 * np.pi / n
    span = (START, START + period)
    dark, dim = (windows(e, span) for e in events(Circle(), "earth", almanac(), span))
    cylinder = np.arcsin(6378.137e3 / radius) / np.pi
    # The cones open by the Sun's radius of 0.2665 degrees (here within 2 %) either side; the
    # Sun moves by 0.06 degrees meanwhile.
    assert dark.availability == pytest.approx(cylinder - 2 * 0.2665 / 360.0, abs=2e-4)
    assert dim.availability == pytest.approx(cylinder + 2 * 0.2665 / 360.0, abs=2e-4)
    assert dark.certificate.evaluations < 60


def test_unknown_words_are_refused():
    with pytest.raises(ValueError, match="light_time must be one of"):
        events(relay(), "moon", almanac(), SPAN, "none")
    with pytest.raises(ValueError, match="unknown body 'vulcan'"):
        events(relay(), "vulcan", almanac(), SPAN)
