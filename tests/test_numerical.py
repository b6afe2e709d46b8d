"""What the numerical propagator promises: laws, the way back, surfaces, clear refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbits.almanac import Almanac
from orbits.bodies import EARTH, MOON
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.errors import DataError, PropagationError
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State, join

T0 = parse_t("2024-05-31T00:00:00 TDB")
DAY = 86400.0
LUNAR = Frame("moon", "ICRF")
TWO_BODY = Forces(third_bodies=())


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0 - 5 * DAY, T0 + 40 * DAY)


def lunar_state(a=3.0e6, e=0.2, nu=0.3, center="moon"):
    mu = MOON.mu if center == "moon" else EARTH.mu
    r, v = keplerian_to_cartesian(Elements(a, e, 1.1, 0.4, 0.7, nu), mu)
    return State(T0, r, v, Frame(center, "ICRF"))


def energy(state, mu):
    return 0.5 * state.v @ state.v - mu / np.linalg.norm(state.r)


orbits = st.tuples(
    st.sampled_from(["moon", "earth"]),
    st.floats(1.2, 8.0),
    st.floats(0.0, 2.0).filter(lambda e: abs(e - 1.0) > 0.05),
    st.floats(-1.0, 1.0),
)


def drawn(orbit):
    """Return the state of a drawn orbit: periapsis in body radii, eccentricity, anomaly."""
    center, periapsis, e, nu = orbit
    radius = MOON.radius if center == "moon" else EARTH.radius
    return lunar_state(periapsis * radius / (1.0 - e), e, nu, center)


@settings(max_examples=40, deadline=None)
@given(orbits)
def test_two_bodies_keep_energy_and_angular_momentum(almanac, orbit):
    start = drawn(orbit)
    mu = MOON.mu if start.frame.center == "moon" else EARTH.mu
    end = Numerical(almanac, TWO_BODY).final(start, T0 + 0.7 * DAY)
    scale = 0.5 * start.v @ start.v + mu / np.linalg.norm(start.r)
    # 1e-12 a step, some hundred steps; kinetic plus potential energy as the unit.
    assert abs(energy(end, mu) - energy(start, mu)) < 1e-10 * scale
    before, after = np.cross(start.r, start.v), np.cross(end.r, end.v)
    assert np.linalg.norm(after - before) < 1e-10 * np.linalg.norm(before)


@settings(max_examples=25, deadline=None)
@given(orbits)
def test_forward_and_back_returns_to_the_start(almanac, orbit):
    start = drawn(orbit)
    run = Numerical(almanac, Forces())
    there = run.final(start, T0 + 0.5 * DAY)
    back = run.final(there, T0)
    # 0.1 mm or 1e-10 of the way: 1e-12 a step, some hundred steps each way.
    assert np.linalg.norm(back.r - start.r) < 1e-4 + 1e-10 * np.linalg.norm(there.r)


def test_forward_and_back_through_shadows_returns_within_centimetres(almanac):
    run = Numerical(almanac, Forces(radiation=0.02))
    start = lunar_state(2.0 * MOON.radius, 0.0)
    back = run.final(run.final(start, T0 + 0.5 * DAY), T0)
    # Steps end at the edges of the shadow; a kink of 9e-8 m/s2 inside one would cost 4 mm.
    assert np.linalg.norm(back.r - start.r) < 1e-3


def test_propagating_both_ways_from_the_middle_is_one_continuous_path(almanac):
    start = lunar_state()
    path = Numerical(almanac, Forces()).propagate(start, (T0 - DAY, T0 + DAY))
    assert path.span[0] == pytest.approx(T0 - DAY, abs=1e-6)
    assert path.span[1] == pytest.approx(T0 + DAY, abs=1e-6)
    assert np.linalg.norm(path.position(T0) - start.r) < 1e-6  # m
    h = 1.0
    t = np.linspace(T0 - 0.99 * DAY, T0 + 0.99 * DAY, 300)
    slope = (path.position(t + h) - path.position(t - h)) / (2 * h)
    # Central difference over 2 s: |r'''| h^2 / 6 is below 1 mm/s in this orbit.
    assert np.abs(slope - path.velocity(t)).max() < 2e-3


def test_the_bounds_hold_on_every_interval(almanac):
    path = Numerical(almanac, Forces()).propagate(lunar_state(e=0.3), (T0, T0 + DAY))
    rng = np.random.default_rng(3)
    a = rng.uniform(T0, T0 + DAY - 4000.0, 200)
    b = a + rng.uniform(1.0, 4000.0, 200)
    speed, acceleration = path.bounds(a, b)
    for i in range(200):
        t = np.linspace(a[i], b[i], 60)
        v = path.velocity(t)
        assert np.linalg.norm(v, axis=1).max() <= speed[i] * (1 + 1e-9)
        rate = np.linalg.norm(np.diff(v, axis=0), axis=1) / np.diff(t)
        assert rate.max() <= acceleration[i] * (1 + 1e-6)
    # A bound is of use only when it is near: at most twice what is met over short intervals.
    short = path.bounds(a, a + 10.0)[0] / np.linalg.norm(path.velocity(a), axis=1)
    assert short.max() < 2.0


def test_a_trajectory_never_answers_outside_its_span(almanac):
    path = Numerical(almanac, Forces()).propagate(lunar_state(), (T0, T0 + 1000.0))
    with pytest.raises(ValueError, match=r"1 of 2 times lie outside.*longer span"):
        path.position([T0 + 500.0, T0 + 1000.1])


def test_an_impact_names_time_place_and_body(almanac):
    falling = State(T0, [2.5e6, 0.0, 0.0], [-300.0, 200.0, 0.0], LUNAR)
    with pytest.raises(
        PropagationError, match=r"meets the surface of the moon at 2024-05-3"
    ) as info:
        Numerical(almanac, Forces()).propagate(falling, (T0, T0 + DAY))
    assert info.value.kind == "impact"
    assert info.value.body == "moon"
    assert np.linalg.norm(info.value.r) == pytest.approx(MOON.radius, abs=1e-3)  # m


def test_a_perilune_dip_between_two_steps_is_an_impact(almanac):
    # Perilune 20 m under the surface, met for seconds only, far from any node.
    a, e = (
        0.5 * (MOON.radius - 20.0 + 2.5e6),
        (2.5e6 - MOON.radius + 20.0) / (2.5e6 + MOON.radius - 20.0),
    )
    start = lunar_state(a, e, np.pi)
    with pytest.raises(PropagationError) as info:
        Numerical(almanac, TWO_BODY, tolerance=1e-8).final(start, T0 + DAY)
    assert info.value.kind == "impact"
    skimming = lunar_state(a + 30.0, e, np.pi)
    Numerical(almanac, TWO_BODY, tolerance=1e-8).final(skimming, T0 + DAY)


def test_another_bodys_surface_stops_the_flight_too(almanac):
    moon = almanac.position("moon", "earth", T0)
    away = moon * (1.0 - 1.0e7 / np.linalg.norm(moon))
    towards = almanac.velocity("moon", "earth", T0) + moon / np.linalg.norm(moon) * 2000.0
    start = State(T0, away, towards, Frame("earth", "ICRF"))
    with pytest.raises(PropagationError, match="surface of the moon"):
        Numerical(almanac, Forces()).propagate(start, (T0, T0 + DAY))


def test_a_start_under_the_surface_is_refused_with_the_depth(almanac):
    with pytest.raises(PropagationError, match=r"737\.400 km below the surface of the moon"):
        Numerical(almanac, Forces()).final(
            State(T0, [1.0e6, 0, 0], [0, 1e3, 0], LUNAR), T0 + 60
        )


def test_leaving_the_almanac_is_refused_with_its_span(almanac):
    with pytest.raises(DataError, match=r"almanac covers .* longer span"):
        Numerical(almanac, Forces()).final(lunar_state(), T0 + 400 * DAY)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_state_that_is_not_finite_is_refused(bad):
    with pytest.raises(ValueError, match="three finite numbers"):
        State(T0, [bad, 0.0, 0.0], [0.0, 1.0, 0.0], LUNAR)


@pytest.mark.parametrize("tolerance", [0.0, 1.0, -1e-12, np.nan])
def test_a_tolerance_out_of_range_is_refused(almanac, tolerance):
    with pytest.raises(ValueError, match="1e-15 to 1e-3"):
        Numerical(almanac, Forces(), tolerance)


def test_radiation_and_gravity_of_a_field_act_as_published_sizes(almanac):
    start = lunar_state()
    plain = Numerical(almanac, Forces()).final(start, T0 + 2 * DAY)
    lit = Numerical(almanac, Forces(radiation=1.3 * 15.0 / 1200.0)).final(start, T0 + 2 * DAY)
    moved = np.linalg.norm(lit.r - plain.r)
    # 4.5e-6 N/m2 x 0.016 m2/kg = 7e-8 m/s2; freely for 2 days that would be 1.1 km.
    assert 1.0 < moved < 5e3


def test_many_chunks_of_steps_equal_one_arc(almanac, monkeypatch):
    from orbits.propagators import numerical

    whole = Numerical(almanac, Forces()).propagate(lunar_state(), (T0, T0 + DAY))
    monkeypatch.setattr(numerical, "_CHUNK", 17)
    seen = []
    parts = Numerical(almanac, Forces()).propagate(
        lunar_state(), (T0, T0 + DAY), progress=seen.append
    )
    assert len(seen) > 3
    assert seen[-1] == pytest.approx(1.0)
    assert np.array_equal(whole.t, parts.t)
    # The last step of a chunk hands its slope over by computing it again: equal to rounding.
    assert np.abs(whole.r - parts.r).max() < 1e-6


def test_joined_arcs_keep_the_seam_and_refuse_a_gap(almanac):
    run = Numerical(almanac, Forces())
    first = run.propagate(lunar_state(), (T0, T0 + 1e4))
    end = first.state(first.span[1])
    kicked = State(end.t, end.r, end.v + np.array([10.0, 0.0, 0.0]), end.frame)
    second = run.propagate(kicked, (end.t, end.t + 1e4))
    path = join([first, second])
    assert path.joins.tolist() == [end.t]
    assert path.span == (first.span[0], second.span[1])
    assert np.linalg.norm(
        path.velocity(end.t + 1e-3) - path.velocity(end.t - 1e-3)
    ) == pytest.approx(10.0, abs=0.01)
    with pytest.raises(ValueError, match="a part begins"):
        join([first, run.propagate(kicked, (end.t + 10.0, end.t + 1e4))])


def test_the_field_of_a_third_body_is_tidal():
    """Harmonics of a distant body act as the difference from their pull on the centre."""
    almanac = Almanac.load(T0, T0 + 3 * DAY)
    start = lunar_state(6.0e6, 0.1)
    plain = Numerical(almanac, Forces()).final(start, T0 + 2 * DAY)
    oblate = Forces(fields={"earth": field("egm96", 4)}, mu={"earth": EARTH.mu})
    with_j2 = Numerical(almanac, oblate).final(start, T0 + 2 * DAY)
    # Earth's J2 at the Moon is 5e-10 m/s2 and nearly uniform: unreduced it would move the
    # orbit by metres in two days, its tide (a 1/60 of it) by centimetres.
    assert 1e-4 < np.linalg.norm(with_j2.r - plain.r) < 0.5
