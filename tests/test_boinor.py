"""Kepler's motion, elements and J2 against boinor, the poliastro API as it is kept today.

Extra ``poliastro``. Its functions take km and km3/s2; its anomalies are solved to 1.5e-8 or
better by their own tolerance, so each comparison takes one of its solvers that goes further.
"""

import math

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.elements import (
    Elements,
    cartesian_to_keplerian,
    keplerian_to_cartesian,
    mean_to_true,
    true_to_mean,
)
from orbits.forces.gravity import Field, harmonics, room
from orbits.frames import GCRF, from_pole
from orbits.propagators.kepler import propagate_kepler
from orbits.propagators.numerical import Forces, Numerical
from orbits.time import parse_t
from orbits.trajectory import State

core = pytest.importorskip("boinor.core", reason="boinor (extra `poliastro`) is not installed")
angles = pytest.importorskip("boinor.core.angles")
theirs = pytest.importorskip("boinor.core.elements")
propagation = pytest.importorskip("boinor.core.propagation")
perturbations = pytest.importorskip("boinor.core.perturbations")

GM = 398600.4418  # km3/s2
MU = GM * 1e9
COUNT = 1000


def shapes(kind, seed=1):
    """Return random elements (n,) of a kind of conic: p, e, i, raan, argp, nu."""
    rng = np.random.default_rng(seed)
    e = rng.uniform(0.0, 0.95, COUNT) if kind == "ellipse" else rng.uniform(1.05, 8.0, COUNT)
    limit = math.pi if kind == "ellipse" else np.arccos(-1.0 / e)
    i = rng.uniform(0.05, 3.09, COUNT)  # its angles need an inclined plane
    raan, argp = rng.uniform(0.0, 2.0 * math.pi, (2, COUNT))
    nu = rng.uniform(-0.9, 0.9, COUNT) * limit
    return rng.uniform(7e6, 4e8, COUNT) * (1.0 + e), e, i, raan, argp, nu


def state(p, e, i, raan, argp, nu):
    return keplerian_to_cartesian(Elements(p / (1.0 - e * e), e, i, raan, argp, nu), MU)


KINDS = ("ellipse", "hyperbola")


@pytest.mark.parametrize("kind", KINDS)
def test_elements_to_states(kind):
    p, *angular = shapes(kind)
    r, v = state(p, *angular)
    found = [theirs.coe2rv(GM, *row) for row in zip(p / 1e3, *angular, strict=True)]
    r1, v1 = (1e3 * np.array(part) for part in zip(*found, strict=True))
    assert np.all(np.linalg.norm(r - r1, axis=1) < 1e-12 * np.linalg.norm(r, axis=1))
    assert np.all(np.linalg.norm(v - v1, axis=1) < 1e-12 * np.linalg.norm(v, axis=1))


@pytest.mark.parametrize("kind", KINDS)
def test_states_to_elements(kind):
    r, v = state(*shapes(kind, 2))
    ours = cartesian_to_keplerian(r, v, MU)
    found = np.array([theirs.rv2coe(GM, a / 1e3, b / 1e3) for a, b in zip(r, v, strict=True)])
    p, e, *angular = found.T
    np.testing.assert_allclose(ours.semi_latus_rectum, 1e3 * p, rtol=1e-12)
    np.testing.assert_allclose(ours.eccentricity, e, atol=1e-12 * e.max())
    names = ("inclination", "raan", "argp", "true_anomaly")
    for name, angle in zip(names, angular, strict=True):
        turn = np.remainder(getattr(ours, name) - angle + math.pi, 2.0 * math.pi) - math.pi
        # A small eccentricity or inclination divides the rounding of a direction.
        assert np.all(np.abs(turn) < 1e-9 / np.maximum(np.minimum(e, 1.0), 1e-4) * 0.1)


def test_anomalies_of_ellipses():
    rng = np.random.default_rng(3)
    e, m = rng.uniform(0.0, 0.95, COUNT), rng.uniform(-math.pi, math.pi, COUNT)
    found = [angles.E_to_nu(angles.M_to_E(a, b), b) for a, b in zip(m, e, strict=True)]
    # Their Newton's method stops at 1.5e-8 of a step, so after it at about its square.
    slope = (1.0 + e) ** 2 / (1.0 - e**2) ** 1.5
    assert np.all(np.abs(mean_to_true(m, e) - found) < 1e-9 * slope)
    back = [angles.E_to_M(angles.nu_to_E(a, b), b) for a, b in zip(found, e, strict=True)]
    np.testing.assert_allclose(true_to_mean(np.array(found), e), back, atol=1e-12)


def test_anomalies_of_hyperbolas():
    rng = np.random.default_rng(4)
    e = rng.uniform(1.05, 8.0, COUNT)
    nu = rng.uniform(-0.9, 0.9, COUNT) * np.arccos(-1.0 / e)
    m = [angles.F_to_M(angles.nu_to_F(a, b), b) for a, b in zip(nu, e, strict=True)]
    np.testing.assert_allclose(true_to_mean(nu, e), m, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(mean_to_true(np.array(m), e), nu, atol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
def test_kepler_propagation(kind):
    p, e, *angular = shapes(kind, 5)
    r, v = state(p, e, *angular)
    size = p / np.abs(1.0 - e * e)
    dt = np.random.default_rng(6).uniform(-3.0, 3.0, COUNT) * np.sqrt(size**3 / MU)
    ours, _ = propagate_kepler(r, v, dt, MU)
    found = []
    for a, b, t in zip(r, v, dt, strict=True):
        if kind == "ellipse":
            found.append(propagation.farnocchia(GM, a / 1e3, b / 1e3, t)[0])
        else:
            f, g, _, _ = propagation.vallado(GM, a / 1e3, b / 1e3, t, 100)
            found.append(f * a / 1e3 + g * b / 1e3)
    misses = np.linalg.norm(ours - 1e3 * np.array(found), axis=1)
    reach = np.maximum(np.linalg.norm(ours, axis=1), np.linalg.norm(r, axis=1))
    assert np.all(misses < 1e-9 * reach)


def test_kepler_propagation_of_the_parabola():
    rng = np.random.default_rng(7)
    q, nu = rng.uniform(7e6, 4e8, COUNT), rng.uniform(-2.5, 2.5, (2, COUNT))
    i, raan, argp = rng.uniform(0.05, 3.0, (3, COUNT))
    shape = (np.full(COUNT, np.inf), np.ones(COUNT), i, raan, argp)
    r, v = keplerian_to_cartesian(Elements(*shape, nu[0], 2.0 * q), MU)
    r1, _ = keplerian_to_cartesian(Elements(*shape, nu[1], 2.0 * q), MU)
    m = [[angles.D_to_M(angles.nu_to_D(x)) for x in row] for row in nu]
    dt = np.subtract(m[1], m[0]) * np.sqrt(2.0 * q**3 / MU)
    ours, _ = propagate_kepler(r, v, dt, MU)
    reach = np.maximum(np.linalg.norm(r1, axis=1), np.linalg.norm(r, axis=1))
    assert np.all(np.linalg.norm(ours - r1, axis=1) < 1e-9 * reach)


J2, RADIUS = 1.08262668e-3, 6378.1363  # -, km


def oblate():
    """Return the field of an Earth with J2 alone."""
    c = np.zeros((3, 3))
    c[0, 0], c[2, 0] = 1.0, -J2 / math.sqrt(5.0)
    return Field(MU, 1e3 * RADIUS, c, np.zeros((3, 3)))


def test_the_pull_of_j2():
    packed = oblate().packed()
    rng = np.random.default_rng(8)
    for place in rng.normal(size=(COUNT, 3)) * 9e6:
        if np.linalg.norm(place) < 1e3 * RADIUS:
            continue
        ours = np.array(harmonics(packed, 0, 2, *place, np.zeros(room(2)), 0))
        state = np.array([*place, 0.0, 0.0, 0.0]) / 1e3
        found = 1e3 * perturbations.J2_perturbation(0.0, state, GM, J2, RADIUS)
        assert np.linalg.norm(ours - found) < 1e-12 * np.linalg.norm(found)


def test_a_revolution_under_j2():
    start = parse_t("2024-05-31T00:00:00 TDB")
    almanac = Almanac.load(start, start + 86400.0)
    forces = Forces(third_bodies=(), fields={"earth": oblate()})
    propagator = Numerical(almanac, forces, tolerance=1e-13)

    def slope(t, u, k):
        pull = perturbations.J2_perturbation(t, u, k, J2, RADIUS)
        return np.concatenate([u[3:], propagation.func_twobody(t, u, k)[3:] + pull])

    rng = np.random.default_rng(9)
    for _ in range(20):
        e, q = rng.uniform(0.0, 0.3), rng.uniform(6.8e6, 1.2e7)
        a = q / (1.0 - e)
        period = 2.0 * math.pi * math.sqrt(a**3 / MU)
        r, v = keplerian_to_cartesian(Elements(a, e, *rng.uniform(0.1, 3.0, 4)), MU)
        turn = from_pole(almanac.rotation("ITRF", "ICRF", start + 0.5 * period)[2])
        state = State(start, turn.T @ r, turn.T @ v, GCRF)
        ours = turn @ propagator.final(state, start + period).r
        found, _ = propagation.cowell(GM, r / 1e3, v / 1e3, [period], rtol=1e-12, f=slope)
        # J2 moves the end by 1e-2 r, and the Earth's own pole, which boinor does not have,
        # goes round it by 0.4 arcsec in a day.
        assert np.linalg.norm(ours - 1e3 * found[0]) < 1e-2 * 2e-6 * 4.0 * a
