"""Laws of motion over random orbits: no time, Jacobi's constant, the way back."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orbits.almanac import Almanac
from orbits.bodies import EARTH, MOON
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.errors import PropagationError
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import Frame
from orbits.propagators.cr3bp import jacobi, states
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

T0 = parse_t("2024-05-31T00:00:00 TDB")
DAY = 86400.0
MU = 0.0121505842699  # of the Earth-Moon system, to a few digits: the laws hold for any

FORCES = (
    Forces(),
    Forces(fields={"moon": field("grgm1200a", 8), "earth": field("egm96", 8)}),
    Forces(radiation=0.02, tides=True),
    Forces(relativity=True),
)
orbits = st.tuples(
    st.sampled_from([MOON, EARTH]),
    st.floats(1.2, 8.0),
    st.floats(0.0, 2.0).filter(lambda e: abs(e - 1.0) > 0.05),
    st.floats(-1.0, 1.0),
)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0 - DAY, T0 + DAY)


@settings(max_examples=40, deadline=None)
@given(orbits, st.sampled_from(FORCES), st.floats(-DAY, DAY))
def test_no_time_is_no_motion(almanac, orbit, forces, when):
    body, periapsis, e, nu = orbit
    a = periapsis * body.radius / (1.0 - e)
    r, v = keplerian_to_cartesian(Elements(a, e, 1.1, 0.4, 0.7, nu), body.mu)
    start = State(T0 + when, r, v, Frame(body.name.lower(), "ICRF"))
    run = Numerical(almanac, forces)
    for end in (run.final(start, start.t), *run.finals([start] * 3, start.t)):
        assert isinstance(end, State)
        assert np.array_equal(end.r, start.r)
        assert np.array_equal(end.v, start.v)
    with pytest.raises(ValueError, match="span must run forward"):
        run.propagate(start, (start.t, start.t))


places = st.tuples(*[st.floats(-1.5, 1.5)] * 3)
speeds = st.tuples(*[st.floats(-0.7, 0.7)] * 3)


@settings(max_examples=60, deadline=None)
@given(places, speeds, st.floats(-3.0, 3.0))
def test_three_bodies_keep_jacobis_constant_and_lead_back(place, speed, dt):
    start = np.array([*place, *speed])
    t = dt * np.linspace(0.0, 1.0, 1001)  # close enough to see how near the way passes
    try:
        way = states(start, t, MU)
    except PropagationError:  # a collision
        assume(False)
    near = min(np.linalg.norm(way[:, :3] - [x, 0, 0], axis=1).min() for x in (-MU, 1.0 - MU))
    assume(near > 0.05)
    constant = jacobi(start, MU)
    # 1e-14 a step, a thousand steps, relative to the speed, whose square is at most 40 there.
    assert np.abs(jacobi(way, MU) - constant).max() < 1e-10
    back = states(way[-1], [-t[-1]], MU)[0]
    # Errors grow by the flow's own stretching: about exp(3) a unit of time near the bodies.
    assert np.linalg.norm(back - start) < 1e-6
