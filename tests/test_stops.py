"""Stops: each condition holds where the coast ends, and the first one is taken."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.bodies import MOON
from orbits.elements import Elements, cartesian_to_keplerian, keplerian_to_cartesian
from orbits.errors import PropagationError
from orbits.forces.assembly import Forces
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.propagators.stops import Stop, coast
from orbits.time import parse_t
from orbits.trajectory import State

T0 = parse_t("2024-05-31T00:00:00 TDB")
A, E = 6.0e6, 0.5
PERIOD = 2 * np.pi * np.sqrt(A**3 / MOON.mu)


@pytest.fixture(scope="module")
def run():
    return Numerical(Almanac.load(T0, T0 + 20 * 86400.0), Forces(third_bodies=()))


def start(nu=0.5, inclination=1.1, argp=0.7):
    r, v = keplerian_to_cartesian(Elements(A, E, inclination, 0.4, argp, nu), MOON.mu)
    return State(T0, r, v, Frame("moon", "ICRF"))


def anomaly_at_end(path):
    end = path.state(path.span[1])
    return float(cartesian_to_keplerian(end.r, end.v, MOON.mu).true_anomaly)


@pytest.mark.parametrize(
    ("stop", "anomaly"),
    [
        (Stop("apoapsis", "moon"), np.pi),
        (Stop("periapsis", "moon"), 0.0),
        (Stop("true anomaly", "moon", 2.5), 2.5),
        (Stop("ascending node", "moon"), 2 * np.pi - 0.7),
        (Stop("descending node", "moon"), np.pi - 0.7),
    ],
)
def test_a_coast_ends_at_the_anomaly_of_theory(run, stop, anomaly):
    end = anomaly_at_end(coast(run, start(), stop, T0 + 2 * PERIOD))
    # 1e-6 rad: 1 us of edge tolerance at 1e-4 rad/s, times the rounding of the elements.
    assert np.angle(np.exp(1j * (end - anomaly))) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("rising", "sign"), [(True, 1.0), (False, -1.0), (None, 1.0)])
def test_altitude_is_met_in_the_direction_asked_for(run, rising, sign):
    path = coast(run, start(), Stop("altitude", "moon", 3.0e6, rising), T0 + 2 * PERIOD)
    end = path.state(path.span[1])
    assert np.linalg.norm(end.r) - MOON.radius == pytest.approx(3.0e6, abs=0.01)  # m
    assert np.sign(end.r @ end.v) == sign


def test_distance_from_another_body():
    almanac = Almanac.load(T0, T0 + 20 * 86400.0)
    run = Numerical(almanac, Forces())
    moon, drift = almanac.position("moon", "earth", T0), almanac.velocity("moon", "earth", T0)
    away = moon * (1.0 - 1.5e8 / np.linalg.norm(moon))
    state = State(T0, away, drift + moon / np.linalg.norm(moon) * 900.0, Frame("earth", "ICRF"))
    path = coast(run, state, Stop("distance", "moon", 6.6e7, False), T0 + 5 * 86400.0)
    gap = path.position(path.span[1]) - almanac.position("moon", "earth", path.span[1])
    assert np.linalg.norm(gap) == pytest.approx(6.6e7, abs=0.01)  # m
    near = coast(run, state, Stop("periapsis", "moon"), T0 + 5 * 86400.0)
    t = near.span[1]
    r = near.position(t) - almanac.position("moon", "earth", t)
    v = near.velocity(t) - almanac.velocity("moon", "earth", t)
    # cosine of the angle between r and v: 1 us of the edge turns it by 1e-10.
    assert abs(r @ v) / (np.linalg.norm(r) * np.linalg.norm(v)) < 1e-8


def test_starting_on_the_condition_takes_the_next_one(run):
    at_apoapsis = start(nu=np.pi)
    path = coast(run, at_apoapsis, Stop("apoapsis", "moon"), T0 + 3 * PERIOD)
    assert path.span[1] - path.span[0] == pytest.approx(PERIOD, abs=1e-3)  # s


def test_the_coast_is_one_smooth_path(run):
    path = coast(run, start(), Stop("apoapsis", "moon"), T0 + 2 * PERIOD)
    assert len(path.joins) == 0
    whole = run.propagate(start(), path.span)
    t = np.linspace(*path.span, 50)
    assert np.abs(path.position(t) - whole.position(t)).max() < 1e-3  # m: other steps


def test_a_condition_that_is_not_met_says_so(run):
    with pytest.raises(
        PropagationError, match=r"no altitude of moon between .* allow more time"
    ):
        coast(run, start(), Stop("altitude", "moon", 9.0e7), T0 + PERIOD)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: Stop("perigee", "earth"), "choose from periapsis"),
        (lambda: Stop("distance", "moon", -1.0), "above zero"),
        (lambda: Stop("altitude", "moon", float("nan")), "must be finite"),
        (lambda: Stop("periapsis", "vulcan"), "unknown body"),
    ],
)
def test_impossible_stops_are_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()
