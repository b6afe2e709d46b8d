"""Sequences and targeting: the partials against differences, goals met, failures explained."""

import numpy as np
import pytest

from orbits import time as instants
from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.design.goals import ANGLES, QUANTITIES, Sight, aim, quantity
from orbits.design.sequence import Burn, Coast, Kick, fly
from orbits.design.targeting import Control, Goal, Problem, TargetingError, solve
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.errors import PropagationError
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.forces.thrust import Thrust
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.propagators.stops import Stop
from orbits.trajectory import State

START = instants.parse_t("2024-05-03T10:00:00 UTC")


@pytest.fixture(scope="module")
def propagator():
    almanac = Almanac.load(START - 86400.0, START + 20 * 86400.0)
    forces = Forces(fields={"earth": field("egm96", 4)}, fall="ephemeris")
    return Numerical(almanac, forces, tolerance=1e-12, surfaces=False)


def _state(r, v, center="earth", mass=None, t=START):
    return State(t, r, v, Frame(center, "ICRF"), mass)


def _low_orbit(mass=None):
    r, v = keplerian_to_cartesian(Elements(6.6e6, 1e-3, 0.4, 1.0, 0.5, 0.2), body("earth").mu)
    return _state(r, v, mass=mass)


def _problem(propagator, goals):
    """Kick, half a day out, finite burn, coast to the next apogee: every kind of step."""
    thrust = Thrust(3000.0, 310.0, "vnb", (1.0, 0.1, 0.2))

    def steps(x):
        return (
            Kick("up", x["up.delta_v"], "earth", (1.0, 0.05, 0.1), isp=320.0),
            Coast("out", duration=x["out.duration"]),
            Burn("push", thrust, x["push.delta_v"], "earth"),
            Coast("on", Stop("apoapsis", "earth"), at_most=10 * 86400.0, early=200.0),
            Kick("aside", x["aside.delta_v"], "earth", (0.0, 1.0, 0.0), "rtn"),
            Coast("end", at=START + 3.5 * 86400.0),
        )

    start = _low_orbit(mass=8000.0)
    controls = (
        Control("late", 0.0, 60.0),
        Control("up.delta_v", 2500.0, 1.0),
        Control("out.duration", 20000.0, 10.0),
        Control("push.delta_v", 115.0, 1.0),
        Control("aside.delta_v", 20.0, 1.0),
    )

    def begin(x):
        return propagator.final(start, START + x["late"]) if x["late"] else start

    return Problem(propagator, begin, steps, controls, goals)


def test_partials_are_those_of_differences(propagator):
    """At the end of every kind of step, for every kind of control."""
    problem = _problem(propagator, ())
    x = np.array([c.value for c in problem.controls])
    flown = problem.fly(x)
    ways = problem.variations(x, flown)
    for k, half in enumerate([1.0, 0.01, 5.0, 0.1, 0.1]):
        shift = np.zeros(len(x))
        shift[k] = half
        pairs = zip(flown, ways, problem.fly(x + shift), problem.fly(x - shift), strict=True)
        for done, way, a, b in pairs:
            theirs = [(getattr(a.end, q) - getattr(b.end, q)) / (2.0 * half) for q in "rvt"]
            ours = problem.total(done.end, way)[:, k]
            for mine, other in ((ours[:3], theirs[0]), (ours[3:], theirs[1])):
                # 3e-5: the integrators' tolerance in differences over a burn, grown in 3 days.
                assert np.linalg.norm(mine - other) <= 3e-5 * np.linalg.norm(other) + 1e-9
            assert way.time[k] == pytest.approx(theirs[2], abs=1e-5 * abs(theirs[2]) + 1e-5)


def test_a_coast_passes_from_the_earth_to_the_moon(propagator):
    """The same end as one arc about the Earth: the centre is a matter of sums alone."""
    almanac = propagator.almanac
    start = _state([8e7, 1e7, 5e6], [-1100.0, 0.0, 100.0], "moon").about("earth", almanac)
    (flown,) = fly(propagator, start, [Coast("in", until=Stop("distance", "moon", 2e7, False))])
    assert [p.frame.center for p in flown.parts] == ["earth", "moon"]
    whole = propagator.final(start, flown.end.t).about("moon", almanac)
    # 1 m after 80,000 km: rounding of the two ways of summing (docs/decisions, on the fall).
    assert np.linalg.norm(whole.r - flown.end.r) < 1.0
    path = flown.trajectory("earth", propagator)
    np.testing.assert_allclose(path.position(flown.end.t), flown.end.about("earth", almanac).r)


def test_hohmann_by_targeting(propagator):
    """Two impulses of a Hohmann transfer, found from a poor guess, against the formula."""
    mu = body("earth").mu
    alone = Numerical(propagator.almanac, Forces(third_bodies=()), tolerance=1e-12)
    r1, r2 = 7.0e6, 4.2e7
    start = _state([r1, 0.0, 0.0], [0.0, np.sqrt(mu / r1), 0.0])

    def steps(x):
        return (
            Kick("first", x["first.delta_v"], "earth"),
            Coast("up", until=Stop("apoapsis", "earth")),
            Kick("second", x["second.delta_v"], "earth"),
        )

    controls = (Control("first.delta_v", 1800.0, 10.0), Control("second.delta_v", 900.0, 10.0))
    # Not the eccentricity: it is a cone, whose slope jumps at 0.
    goals = (
        Goal("up", "radius", "earth", r2, 1e-3),
        Goal("second", "semi_major_axis", "earth", r2, 1e-3),
    )
    found = solve(Problem(alone, lambda x: start, steps, controls, goals))
    a = 0.5 * (r1 + r2)
    first = np.sqrt(mu * (2.0 / r1 - 1.0 / a)) - np.sqrt(mu / r1)
    second = np.sqrt(mu / r2) - np.sqrt(mu * (2.0 / r2 - 1.0 / a))
    assert found.values["first.delta_v"] == pytest.approx(
        first, abs=1e-6
    )  # the tolerance, 1 mm
    assert found.values["second.delta_v"] == pytest.approx(second, abs=1e-6)
    assert found.iterations <= 8
    assert max(abs(m) for m in found.residuals.values()) <= 1e-3
    assert found.at_bounds == ()


def test_a_bound_is_held_and_told(propagator):
    start = _low_orbit()

    def steps(x):
        return (
            Kick("up", x["up.delta_v"], "earth"),
            Coast("out", until=Stop("apoapsis", "earth")),
        )

    controls = (Control("up.delta_v", 100.0, 1.0, high=500.0),)
    goals = (Goal("out", "radius", "earth", 4.2e7, 1e3),)
    with pytest.raises(TargetingError) as error:
        solve(Problem(propagator, lambda x: start, steps, controls, goals))
    assert "out.radius is -" in str(error.value)
    assert "widen the bounds of up.delta_v" in str(error.value)
    assert error.value.misses["out.radius"] < -1e7
    assert error.value.last == {"up.delta_v": 500.0}


def test_failures_say_what_to_do(propagator):
    start = _low_orbit()
    with pytest.raises(PropagationError, match=r"'wait': no distance of moon within 1 days"):
        fly(propagator, start, [Coast("wait", Stop("distance", "moon", 1e7), at_most=86400.0)])
    with pytest.raises(ValueError, match=r"before it begins at .*arrival before departure"):
        fly(propagator, start, [Coast("back", at=START - 10.0)])
    with pytest.raises(ValueError, match="needs one of until, duration and at; it has 0"):
        Coast("nothing")
    with pytest.raises(ValueError, match="two steps are called 'a'"):
        fly(propagator, start, [Coast("a", duration=1.0), Coast("a", duration=1.0)])
    with pytest.raises(ValueError, match=r"outside its bounds 0 to 1$"):
        Control("x", 2.0, 1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="unknown quantity 'height'"):
        quantity("height", start, "earth", propagator.almanac)
    with pytest.raises(ValueError, match="the orbit is closed"):
        quantity("b_t", start, "earth", propagator.almanac)


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("inclination", [0.5, 1.6, 2.4])
def test_the_aim_in_the_b_plane_is_the_orbit_wanted(side, inclination):
    """A hyperbola laid through the aimed point has that periapsis, inclination and side."""
    moon = body("moon")
    s = np.array([0.8, -0.5, 0.2])
    s /= np.linalg.norm(s)
    speed, periapsis = 900.0, 1.9374e6
    b_t, b_r = aim(s, speed, moon.mu, periapsis, inclination, side)
    t = np.cross(s, [0.0, 0.0, 1.0])
    t /= np.linalg.norm(t)
    # Far out on the asymptote.
    r = -s * 1e14 + b_t * t + b_r * np.cross(s, t)
    v = s * np.sqrt(speed**2 + 2.0 * moon.mu / np.linalg.norm(r))
    sight = Sight(0.0, r, v, moon.mu, moon.radius, None)
    # 1e-5: the asymptote is reached at infinity, the state stands at 1e14 m.
    assert QUANTITIES["periapsis_radius"](sight) == pytest.approx(periapsis, rel=1e-5)
    assert QUANTITIES["inclination"](sight) == pytest.approx(inclination, abs=1e-5)
    assert QUANTITIES["b_t"](sight) == pytest.approx(b_t, rel=1e-5)
    assert QUANTITIES["b_r"](sight) == pytest.approx(b_r, rel=1e-5)
    np.testing.assert_allclose(sight.asymptote, s, atol=1e-5)
    assert np.sign(b_r) == side


def test_an_inclination_below_the_asymptote_is_refused():
    with pytest.raises(ValueError, match=r"choose 11\.969 to 168\.031 deg"):
        aim(np.array([0.8, -0.5, 0.2]) / np.sqrt(0.93), 900.0, 4.9e12, 1.9e6, 0.1, 1)


def test_quantities_are_the_elements():
    """Against the conversion that is tested elsewhere; rounding."""
    mu = body("earth").mu
    r, v = keplerian_to_cartesian(Elements(9e6, 0.2, 0.7, 4.0, 2.5, 1.0), mu)
    sight = Sight(5.0, r, v, mu, 6378137.0, 100.0)
    expected = {
        "semi_major_axis": 9e6,
        "eccentricity": 0.2,
        "inclination": 0.7,
        "raan": 4.0,
        "argp": 2.5,
        "periapsis_radius": 7.2e6,
        "apoapsis_altitude": 10.8e6 - 6378137.0,
        "c3": -mu / 9e6,
        "mass": 100.0,
    }
    for name, value in expected.items():
        assert QUANTITIES[name](sight) == pytest.approx(value, rel=1e-12), name
    assert set(expected) < set(QUANTITIES)
    assert set(QUANTITIES) > ANGLES
    mean = 1.0 / np.sqrt(mu / 9e6**3)
    eccentric = 2.0 * np.arctan(np.sqrt(0.8 / 1.2) * np.tan(0.5))
    since = mean * (eccentric - 0.2 * np.sin(eccentric))
    assert QUANTITIES["periapsis_time"](sight) == pytest.approx(5.0 - since, abs=1e-8)
