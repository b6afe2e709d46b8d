"""Passages through periapsis and apoapsis, held to the ellipse of two bodies."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.bodies import MOON
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.forces.assembly import Forces
from orbits.frames import MOON_ICRF
from orbits.geometry.apses import apses, radius_range
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

T0 = parse_t("2024-06-01T00:00:00 TDB")
A, E = 9.887e6, 0.79  # m: 200 x 16,000 km and about a day
PERIOD = 2.0 * np.pi * np.sqrt(A**3 / MOON.mu)


@pytest.fixture(scope="module")
def ellipse():
    """Five revolutions of a two-body ellipse, begun half a revolution before a periapsis."""
    almanac = Almanac.load(T0, T0 + 6.0 * PERIOD)
    r, v = keplerian_to_cartesian(Elements(A, E, 1.0, 2.0, 3.0, np.pi), MOON.mu)
    state = State(T0, r, v, MOON_ICRF)
    return Numerical(almanac, Forces(())).propagate(state, (T0, T0 + 5.25 * PERIOD))


def test_radii_are_those_of_the_ellipse(ellipse):
    found = apses(ellipse)
    assert found.periapsis_radius == pytest.approx(A * (1.0 - E), abs=1e-2)  # m, integration
    assert found.apoapsis_radius == pytest.approx(A * (1.0 + E), abs=1e-2)


def test_passages_are_half_a_period_apart(ellipse):
    found = apses(ellipse)
    halves = (found.periapsis - T0) / PERIOD
    assert halves == pytest.approx(np.arange(5) + 0.5, abs=1e-8)  # 1 ms: the radius is flat
    inner = found.apoapsis[found.apoapsis > T0 + 1.0]
    assert (inner - T0) / PERIOD == pytest.approx(np.arange(1, 6), abs=1e-8)


def test_a_part_of_the_flight_has_its_own_passages(ellipse):
    span = (T0 + 0.75 * PERIOD, T0 + 1.25 * PERIOD)
    found = apses(ellipse, span)
    assert (found.periapsis.size, found.apoapsis.size) == (0, 1)


def test_the_ends_of_the_span_count_among_the_distances(ellipse):
    span = (T0 + 0.6 * PERIOD, T0 + 0.9 * PERIOD)
    ends = np.linalg.norm(ellipse.position(np.array(span)), axis=1)
    assert radius_range(ellipse, span) == pytest.approx((ends.min(), ends.max()))
    assert radius_range(ellipse)[0] == pytest.approx(A * (1.0 - E), abs=1e-2)
