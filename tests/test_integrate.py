"""The two methods of the integrator: conditions of order, agreement, dense output, bounds."""

import numpy as np
import pytest
import scipy.integrate

from orbits.almanac import Almanac
from orbits.bodies import MOON
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import Frame
from orbits.propagators import numerical, tableau, tableau_rkn
from orbits.propagators.integrate import DOP853, RKN1210
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

T0 = parse_t("2024-05-31T00:00:00 TDB")


@pytest.mark.parametrize("power", range(12))
def test_rkn_meets_the_conditions_of_quadrature(power):
    c = tableau_rkn.NODES**power
    # Dormand et al. (1987), eq. 2.4: to order 12 in velocity and position; 1e-15 is rounding.
    assert tableau_rkn.VELOCITY @ c == pytest.approx(1.0 / (power + 1), abs=1e-15)
    if power < 11:
        exact = 1.0 / ((power + 1) * (power + 2))
        assert tableau_rkn.POSITION @ c == pytest.approx(exact, abs=1e-15)


@pytest.mark.parametrize("power", range(10))
def test_rkn_estimates_its_error_with_a_formula_of_order_ten(power):
    c = tableau_rkn.NODES**power
    assert tableau_rkn.ERROR_VELOCITY @ c == pytest.approx(0.0, abs=1e-15)
    if power < 9:
        assert tableau_rkn.ERROR_POSITION @ c == pytest.approx(0.0, abs=1e-15)


def test_each_stage_of_rkn_is_consistent():
    rows = tableau_rkn.STAGES.sum(axis=1)
    assert rows == pytest.approx(0.5 * tableau_rkn.NODES**2, abs=1e-14)


@pytest.mark.parametrize("power", range(8))
def test_dop853_meets_the_conditions_of_quadrature(power):
    weights, nodes = tableau.WEIGHTS[12, :12], tableau.NODES[:12]
    assert weights @ nodes**power == pytest.approx(1.0 / (power + 1), abs=1e-14)


def test_the_coefficients_of_dop853_are_those_of_scipy():
    peer = scipy.integrate.DOP853

    assert np.array_equal(tableau.WEIGHTS[:12, :12], peer.A)
    assert np.array_equal(tableau.WEIGHTS[12, :12], peer.B)
    assert np.array_equal(tableau.DENSE, peer.D)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0, T0 + 4 * 86400.0)


def start(e=0.6):
    r, v = keplerian_to_cartesian(Elements(2.1e6 / (1 - e), e, 1.1, 0.4, 0.7, 0.3), MOON.mu)
    return State(T0, r, v, Frame("moon", "ICRF"))


def run(almanac, method, monkeypatch, tolerance=1e-12, **forces):
    """Return two days by one method."""
    steps = Numerical._steps
    with monkeypatch.context() as patch:
        patch.setattr(
            numerical.Numerical,
            "_steps",
            lambda *a, **k: steps(*a, **{**k, "method": method}),
        )
        propagator = Numerical(almanac, Forces(**forces), tolerance)
        return propagator.propagate(start(), (T0, T0 + 2 * 86400.0))


@pytest.mark.parametrize(
    "forces",
    [
        {},
        {"fields": {"moon": field("grgm1200a", 50)}},
        {"radiation": 0.02},
        {"fields": {"earth": field("egm96", 8)}, "tides": True, "fall": "ephemeris"},
    ],
)
def test_both_methods_give_the_same_path(almanac, monkeypatch, forces):
    one = run(almanac, DOP853, monkeypatch, 1e-13, **forces)
    two = run(almanac, RKN1210, monkeypatch, **forces)
    t = np.linspace(*one.span, 500)
    apart = np.linalg.norm(one.position(t) - two.position(t), axis=1)
    # DOP853 at 1e-13 is good to millimetres in two days of this orbit, its interpolant to 2 mm.
    assert apart.max() < 0.01
    slip = np.linalg.norm(one.velocity(t) - two.velocity(t), axis=1)
    assert slip.max() < 1e-4  # m/s


def test_the_free_interpolant_is_within_a_millimetre_of_fresh_integrations(almanac):
    propagator = Numerical(almanac, Forces(fields={"moon": field("grgm1200a", 50)}))
    path = propagator.propagate(start(), (T0, T0 + 2 * 86400.0))
    assert path.provenance["integrator"] == "RKN12(10)"
    t = np.random.default_rng(2).uniform(*path.span, 200)
    nodes = path.t[np.searchsorted(path.t, t, side="right") - 1]
    misses = [
        np.linalg.norm(propagator.final(path.state(node), at).r - path.position(at))
        for node, at in zip(nodes, t, strict=True)
    ]
    assert max(misses) < 1e-3  # m: 0.13 mm met; the clock's grain is 0.2 mm of motion


def test_velocity_is_the_derivative_of_position(almanac):
    path = Numerical(almanac, Forces()).propagate(start(), (T0, T0 + 86400.0))
    t = np.linspace(T0 + 10.0, T0 + 86390.0, 200)
    h = 2.0
    near = (path.position(t + h) - path.position(t - h)) / (2 * h)
    far = (path.position(t + 2 * h) - path.position(t - 2 * h)) / (4 * h)
    assert np.abs((4 * near - far) / 3 - path.velocity(t)).max() < 1e-5  # m/s: h^4 and rounding


@pytest.mark.parametrize(
    ("forces", "integrator"),
    [
        ({}, "RKN12(10)"),
        ({"radiation": 0.01, "tides": True}, "RKN12(10)"),
        ({"relativity": True}, "DOP853"),
        ({"drag": 0.01, "atmosphere": "exponential"}, "DOP853"),
    ],
)
def test_forces_that_feel_velocity_take_the_general_method(almanac, forces, integrator):
    path = Numerical(almanac, Forces(**forces)).propagate(start(), (T0, T0 + 3600.0))
    assert path.provenance["integrator"] == integrator
