"""Flights in lanes: each ends as it does alone, to the last bit, however it ends."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.errors import PropagationError
from orbits.forces.assembly import Forces
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

T0 = parse_t("2024-05-01T00:00:00 TDB")
DAY = 86400.0


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0 - 12 * DAY, T0 + 12 * DAY)


def flights(center: str, radius: float, speed: float, spread: float) -> list[State]:
    """Return 37 states: ellipses, hyperbolas, falls; from instants of their own."""
    rng = np.random.default_rng(37)
    states = []
    for i in range(37):
        r = radius * rng.uniform(1.05, 12.0) * direction(rng)
        v = speed * np.sqrt(radius / np.linalg.norm(r)) * rng.uniform(0.1, 1.6) * direction(rng)
        states.append(State(T0 + spread * rng.uniform() * (i % 5), r, v, Frame(center, "ICRF")))
    return states


def direction(rng: np.random.Generator) -> np.ndarray:
    d = rng.normal(size=3)
    return d / np.linalg.norm(d)


@pytest.mark.parametrize("end", [T0 + 10 * DAY, T0 - 10 * DAY, T0])
@pytest.mark.parametrize(
    ("center", "radius", "speed"), [("moon", 1737.4e3, 1680.0), ("earth", 6378.1e3, 7905.0)]
)
def test_a_lane_gives_what_one_flight_gives_to_the_last_bit(
    almanac, center, radius, speed, end
):
    run = Numerical(almanac, Forces())
    states = flights(center, radius, speed, DAY)
    struck = 0
    for state, found in zip(states, run.finals(states, end, workers=2), strict=True):
        if isinstance(found, State):
            alone = run.final(state, end)
            assert np.array_equal(alone.v, found.v)
        else:
            struck += 1
            with pytest.raises(PropagationError) as caught:
                run.final(state, end)
            alone = caught.value
            assert (found.kind, found.body) == (alone.kind, alone.body)
        assert found.t == alone.t
        assert np.array_equal(alone.r, found.r)
    assert 3 < struck < 30  # both ways out were taken


def test_a_start_below_the_surface_refuses_the_batch(almanac):
    states = flights("moon", 1737.4e3, 1680.0, 0.0)
    states[5] = State(T0, [1e6, 0.0, 0.0], [0.0, 0.0, 0.0], Frame("moon", "ICRF"))
    with pytest.raises(PropagationError, match="below the surface of the moon"):
        Numerical(almanac, Forces()).finals(states, T0 + DAY)


def test_many_states_are_as_if_made_one_by_one():
    rows, frame = np.arange(18.0).reshape(3, 6), Frame("moon", "ICRF")
    for row, state in zip(rows, State.many(T0, rows, frame, 5.0), strict=True):
        assert (state.t, state.frame, state.mass) == (T0, frame, 5.0)
        assert np.array_equal([*state.r, *state.v], row)
        with pytest.raises(ValueError, match="read-only"):
            state.r[0] = 1.0
    assert State.many(T0, rows[:0], frame) == []
    rows[1, 2] = np.inf
    with pytest.raises(ValueError, match="finite"):
        State.many(T0, rows, frame)
