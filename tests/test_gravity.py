"""Spherical harmonics: a direct sum, Laplace, and the bound on what is left out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln, lpmv

from orbits.errors import DataError
from orbits.forces.gravity import Field, degree_needed, field, harmonics, room


def acceleration(f: Field, degree: int, x) -> np.ndarray:
    return np.array(harmonics(f.packed(), 0, degree, *x, np.zeros(room(f.degree)), 0))


def potential(f: Field, degree: int, x) -> float:
    """Return the sum of degrees 2 to ``degree``, m2/s2, from scipy's Legendre functions."""
    r = np.linalg.norm(x)
    lon, total = np.arctan2(x[1], x[0]), 0.0
    for n in range(2, degree + 1):
        m = np.arange(n + 1)
        norm = np.sqrt(
            (2.0 - (m == 0)) * (2 * n + 1) * np.exp(gammaln(n - m + 1) - gammaln(n + m + 1))
        )
        legendre = (-1.0) ** m * norm * lpmv(m, n, x[2] / r)
        terms = f.c[n, : n + 1] * np.cos(m * lon) + f.s[n, : n + 1] * np.sin(m * lon)
        total += (f.radius / r) ** n * float(legendre @ terms)
    return f.gm / r * total


def gradient(function, x, h=2000.0):
    """Return a central difference with Richardson extrapolation."""
    out = np.zeros(3)
    for i in range(3):
        step = np.zeros(3)
        step[i] = h
        coarse = (function(x + step) - function(x - step)) / (2 * h)
        fine = (function(x + step / 2) - function(x - step / 2)) / h
        out[i] = (4 * fine - coarse) / 3
    return out


places = st.tuples(st.floats(-np.pi, np.pi), st.floats(-1.0, 1.0), st.floats(1.02, 4.0))


@settings(max_examples=60, deadline=None)
@given(places, st.sampled_from(["grgm1200a", "egm96"]))
def test_the_acceleration_is_the_gradient_of_the_potential(place, name):
    lon, z, scale = place
    f = field(name, 8, truncation=0.0)
    rho = np.sqrt(1.0 - z * z)
    x = scale * f.radius * np.array([rho * np.cos(lon), rho * np.sin(lon), z])
    size = f.gm / np.linalg.norm(x) ** 2
    expected = gradient(lambda p: potential(f, 8, p), x)
    # 1e-9 of gravity: rounding of the difference quotient over 1 km steps.
    assert np.abs(acceleration(f, 8, x) - expected).max() < 1e-9 * size


def test_over_the_pole_nothing_is_singular():
    f = field("grgm1200a", 60, truncation=0.0)
    at = acceleration(f, 60, (0.0, 0.0, 1.8e6))
    near = acceleration(f, 60, (1e-3, 1e-3, 1.8e6))
    assert np.abs(at - near).max() < 1e-10  # m/s2: 1.4 mm in a field that varies by 1e-8 /s2


def test_the_divergence_vanishes():
    f = field("grgm1200a", 80, truncation=0.0)
    x = np.array([1.1e6, -0.9e6, 1.2e6])
    trace = sum(
        gradient(lambda p, i=i: acceleration(f, 80, p)[i], x, h=50.0)[i] for i in range(3)
    )
    # Laplace: against the size of the single second derivatives, about 1e-9 /s2.
    assert abs(trace) < 1e-14


@pytest.mark.parametrize("name", ["grgm1200a", "egm96", "jgm3"])
@pytest.mark.parametrize("scale", [1.03, 1.1, 1.5, 3.0, 10.0])
def test_what_the_chosen_degree_leaves_out_is_below_the_bound(name, scale):
    whole = field(name, 70, truncation=1e-13)
    chosen = degree_needed(whole.packed(), 0, scale * whole.radius)
    rng = np.random.default_rng(7)
    for _ in range(20):
        x = rng.normal(size=3)
        x *= scale * whole.radius / np.linalg.norm(x)
        rest = acceleration(whole, 70, x) - (
            acceleration(whole, chosen, x) if chosen > 1 else 0.0
        )
        assert np.linalg.norm(rest) <= 1e-13  # m/s2, the truncation itself


def test_the_degree_falls_with_distance():
    packed = field("grgm1200a", 100).packed()
    degrees = [degree_needed(packed, 0, r * 1e6) for r in (1.84, 3.0, 5.0, 10.0, 18.0)]
    assert degrees == sorted(degrees, reverse=True)
    assert degrees[0] == 100
    assert degrees[-1] < 10


@pytest.mark.parametrize("degree", [-1, 0, 1, 151])
def test_a_degree_outside_the_table_is_refused_with_the_range(degree):
    with pytest.raises(DataError, match="outside 2 to 150"):
        field("grgm1200a", degree)


def test_an_unknown_table_is_refused_with_the_shipped_ones():
    with pytest.raises(DataError, match="grgm1200a, egm96, jgm3"):
        field("gem-t3", 10)
