"""Burns: the rocket equation, directions in the orbit, mass along the way, clear refusals."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.bodies import MOON
from orbits.elements import Elements, cartesian_to_keplerian, keplerian_to_cartesian
from orbits.forces.assembly import Forces
from orbits.forces.thrust import Impulse, Thrust
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State, join

T0 = parse_t("2024-05-31T00:00:00 TDB")
LUNAR = Frame("moon", "ICRF")


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0, T0 + 5 * 86400.0)


def circular(mass=8000.0, radius=1.9374e6):
    r, v = keplerian_to_cartesian(Elements(radius, 0.0, 1.1, 0.4, 0.0, 0.3), MOON.mu)
    return State(T0, r, v, LUNAR, mass)


def test_free_space_thrust_obeys_the_rocket_equation(almanac):
    far = State(T0, [6e8, 0, 0], [0, 10.0, 0], LUNAR, 8000.0)
    run = Numerical(almanac, Forces(third_bodies=(), mu={"moon": 1.0}))
    engine = Thrust(3000.0, 310.0, "inertial", (0.0, 0.0, 2.0))
    path = run.burn(far, engine, 1000.0)
    after = path.state(path.span[1])
    expected = 310.0 * 9.80665 * np.log(8000.0 / after.mass)
    assert after.mass == pytest.approx(8000.0 - 3000.0 / (310.0 * 9.80665) * 1000.0, rel=1e-14)
    assert after.v[2] == pytest.approx(expected, rel=1e-11)
    assert np.abs(after.v[:2] - far.v[:2]).max() < 1e-9  # m/s: the pull of 1 m3/s2 at 6e8 m


@pytest.mark.parametrize(
    ("triad", "direction", "what"),
    [
        ("vnb", (1, 0, 0), "energy grows"),
        ("vnb", (-1, 0, 0), "energy falls"),
        ("rtn", (0, 1, 0), "energy grows"),
        ("rtn", (0, 0, 1), "plane turns"),
        ("vnb", (0, 1, 0), "plane turns"),
    ],
)
def test_directions_turn_with_the_orbit(almanac, triad, direction, what):
    start = circular()
    run = Numerical(almanac, Forces(third_bodies=()))
    end = run.burn(start, Thrust(300.0, 310.0, triad, direction), 600.0)
    after = end.state(end.span[1])
    before = cartesian_to_keplerian(start.r, start.v, MOON.mu)
    now = cartesian_to_keplerian(after.r, after.v, MOON.mu)
    growth = float(now.semi_major_axis) - float(before.semi_major_axis)
    if what == "plane turns":
        normal = np.cross(after.r, after.v) / np.linalg.norm(np.cross(after.r, after.v))
        first = np.cross(start.r, start.v) / np.linalg.norm(np.cross(start.r, start.v))
        assert np.linalg.norm(normal - first) > 0.01
        assert abs(growth) < 1e3
    else:
        radius, dv = 1.9374e6, 310.0 * 9.80665 * np.log(8000.0 / after.mass)
        speed = np.sqrt(MOON.mu / radius) + (dv if what == "energy grows" else -dv)
        expected = 1.0 / (2.0 / radius - speed**2 / MOON.mu) - radius
        # 1 %: what a burn of ten minutes loses against the same impulse at one place.
        assert growth == pytest.approx(expected, rel=0.01)


def test_a_short_burn_equals_its_impulse(almanac):
    start = circular()
    run = Numerical(almanac, Forces())
    burn = run.burn(start, Thrust(3e5, 310.0, "rtn", (1.0, 2.0, 3.0)), 0.1)
    coast = run.final(start, T0 + 0.1)
    finite = burn.state(burn.span[1])
    dv = 310.0 * 9.80665 * np.log(8000.0 / finite.mass)
    direction = np.array([1.0, 2.0, 3.0]) / np.sqrt(14.0)
    sudden = Impulse(tuple(dv * direction), "rtn", 310.0).of(start)
    assert finite.mass == pytest.approx(sudden.mass, rel=1e-12)
    # The burn itself turns the triad, by 2 mrad: half of it, on 3.8 m/s, is 4 mm/s.
    assert np.linalg.norm((finite.v - coast.v) - (sudden.v - start.v)) < 0.01


def test_mass_runs_through_coast_burn_and_coast(almanac):
    run = Numerical(almanac, Forces(radiation=0.02, mass=8000.0))
    first = run.propagate(circular(), (T0, T0 + 1000.0))
    second = run.burn(first.state(T0 + 1000.0), Thrust(3000.0, 310.0, "vnb", (1, 0, 0)), 100.0)
    third = run.propagate(second.state(T0 + 1100.0), (T0 + 1100.0, T0 + 2000.0))
    path = join([first, second, third])
    burnt = 3000.0 / (310.0 * 9.80665) * 100.0
    assert path.mass([T0, T0 + 999.0, T0 + 1050.0, T0 + 1500.0]) == pytest.approx(
        [8000.0, 8000.0, 8000.0 - burnt / 2, 8000.0 - burnt], rel=1e-12
    )
    assert path.joins.tolist() == [T0 + 1000.0, T0 + 1100.0]


def test_a_lighter_spacecraft_feels_more_radiation(almanac):
    run = Numerical(almanac, Forces(radiation=0.02, mass=8000.0))
    plain = Numerical(almanac, Forces()).final(circular(radius=2e7), T0 + 86400.0)
    heavy, light = (
        np.linalg.norm(run.final(circular(mass, 2e7), T0 + 86400.0).r - plain.r)
        for mass in (8000.0, 4000.0)
    )
    assert light == pytest.approx(2.0 * heavy, rel=1e-3)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: Thrust(0.0, 310.0, "vnb", (1, 0, 0)), "thrust must be above zero, got 0.0 N"),
        (lambda: Thrust(1.0, -1.0, "vnb", (1, 0, 0)), "impulse must be above zero, got -1.0 s"),
        (lambda: Thrust(1.0, 310.0, "lvlh", (1, 0, 0)), "choose from inertial, rtn, vnb"),
        (lambda: Thrust(1.0, 310.0, "vnb", (0, 0, 0)), "a vector other than zero"),
        (lambda: circular(mass=-5.0), "mass must be above zero, got -5.0 kg"),
        (lambda: circular(mass=float("nan")), "mass must be above zero"),
    ],
)
def test_impossible_numbers_are_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_a_burn_without_mass_or_beyond_it_is_refused(almanac):
    run = Numerical(almanac, Forces())
    engine = Thrust(3000.0, 310.0, "vnb", (1, 0, 0))
    with pytest.raises(ValueError, match="needs a state with a mass"):
        run.burn(State(T0, circular().r, circular().v, LUNAR), engine, 10.0)
    with pytest.raises(ValueError, match=r"uses 9868.2 kg of 8000.0 kg.*shorter than 8106.8 s"):
        run.burn(circular(), engine, 1e4)
