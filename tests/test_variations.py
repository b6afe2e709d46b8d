"""State-transition matrix and sensitivities: differences, Liouville, composition."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.bodies import EARTH, MOON
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

T0 = parse_t("2024-05-31T00:00:00 TDB")
MOON_FORCES = Forces(fields={"moon": field("grgm1200a", 30)}, radiation=0.02, relativity=True)
EARTH_FORCES = Forces(fields={"earth": field("egm96", 20)}, tides=True)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0, T0 + 10 * 86400.0)


def start_of(center, a, e):
    mu = MOON.mu if center == "moon" else EARTH.mu
    r, v = keplerian_to_cartesian(Elements(a, e, 1.1, 0.4, 0.7, 0.3), mu)
    return State(T0, r, v, Frame(center, "ICRF")), 2 * np.pi * np.sqrt(a**3 / mu)


def by_differences(run, start, t, scale):
    """Return the STM by central differences with Richardson extrapolation, scaled units."""
    columns = []
    for j in range(6):
        rows = []
        for step in (2e-5, 1e-5):
            move = np.zeros(6)
            move[j] = step * scale[j]
            ends = [
                run.final(
                    State(
                        T0, start.r + sign * move[:3], start.v + sign * move[3:], start.frame
                    ),
                    t,
                )
                for sign in (1.0, -1.0)
            ]
            high, low = (np.concatenate([end.r, end.v]) / scale for end in ends)
            rows.append((high - low) / (2 * step))
        columns.append((4 * rows[1] - rows[0]) / 3)
    return np.array(columns).T


@pytest.mark.parametrize(
    ("center", "a", "e", "forces"),
    [
        ("moon", 4.0e6, 0.3, Forces()),
        ("moon", 4.0e6, 0.3, MOON_FORCES),
        ("earth", 9.0e6, 0.1, EARTH_FORCES),
    ],
)
def test_the_matrix_equals_central_differences_over_a_revolution(almanac, center, a, e, forces):
    start, period = start_of(center, a, e)
    run = Numerical(almanac, forces, 1e-13)
    scale = np.repeat([a, a * 2 * np.pi / period], 3)
    stm = run.variations(start, T0 + period).stm * scale[None, :] / scale[:, None]
    expected = by_differences(run, start, T0 + period, scale)
    # 1e-6 of the greatest entry, asked for; differences over 1e-5 keep 1e-8.
    assert np.abs(stm - expected).max() < 1e-6 * np.abs(expected).max()


@pytest.mark.parametrize(
    ("center", "a", "forces"), [("moon", 4.0e6, MOON_FORCES), ("earth", 9.0e6, EARTH_FORCES)]
)
def test_conservative_forces_keep_the_volume_of_phase_space(almanac, center, a, forces):
    start, period = start_of(center, a, 0.2)
    conservative = Forces(forces.third_bodies, forces.fields)
    stm = Numerical(almanac, conservative).variations(start, T0 + 2 * period).stm
    assert np.linalg.det(stm) == pytest.approx(1.0, abs=1e-9)  # asked for


def test_matrices_of_two_arcs_multiply(almanac):
    start, period = start_of("moon", 4.0e6, 0.3)
    run = Numerical(almanac, MOON_FORCES, 1e-13)
    middle = run.final(start, T0 + 0.4 * period)
    parts = run.variations(middle, T0 + period).stm @ run.variations(start, middle.t).stm
    whole = run.variations(start, T0 + period).stm
    scale = np.repeat([1.0, period], 3)
    difference = (parts - whole) * scale[:, None] / scale[None, :]
    assert (
        np.abs(difference).max() < 1e-7 * np.abs(whole * scale[:, None] / scale[None, :]).max()
    )


def test_sensitivities_equal_differences(almanac):
    start, period = start_of("moon", 4.0e6, 0.3)
    found = Numerical(almanac, Forces(radiation=0.02), 1e-13).variations(
        start, T0 + period, ("radiation", "mu")
    )
    for column, name, value in ((0, "radiation", 0.02), (1, "mu", MOON.mu)):
        share = 0.05 if name == "radiation" else 1e-6
        ends = []
        for factor in (1.0 + share, 1.0 - share):
            forces = (
                Forces(radiation=value * factor)
                if name == "radiation"
                else Forces(radiation=0.02, mu={"moon": value * factor})
            )
            end = Numerical(almanac, forces, 1e-13).final(start, T0 + period)
            ends.append(np.concatenate([end.r, end.v]))
        expected = (ends[0] - ends[1]) / (2 * share * value)
        miss = np.abs(found.by_parameter[-1, :, column] - expected) / np.abs(expected).max()
        # The shadow's edges move with the parameter; that second-order effect is 1e-5 of it.
        assert miss.max() < 2e-5


def test_a_parameter_that_is_zero_or_unknown_is_refused(almanac):
    start, period = start_of("moon", 4.0e6, 0.3)
    run = Numerical(almanac, Forces())
    with pytest.raises(ValueError, match="'radiation' is zero"):
        run.variations(start, T0 + period, ("radiation",))
    with pytest.raises(ValueError, match="known ones are mu, radiation, drag, thrust"):
        run.variations(start, T0 + period, ("albedo",))


def test_many_at_once_equal_one_at_a_time(almanac):
    start, _ = start_of("moon", 4.0e6, 0.3)
    rng = np.random.default_rng(1)
    states = [
        State(T0, start.r + rng.normal(0, 1e3, 3), start.v + rng.normal(0, 1.0, 3), start.frame)
        for _ in range(24)
    ]
    states.append(State(T0, [1.8e6, 0, 0], [-500.0, 100.0, 0.0], start.frame))
    run = Numerical(almanac, MOON_FORCES)
    many = run.finals(states, T0 + 43200.0, workers=2)
    for state, end in zip(states[:-1], many[:-1], strict=True):
        alone = run.final(state, T0 + 43200.0)
        assert np.array_equal(alone.r, end.r)
        assert np.array_equal(alone.v, end.v)
    assert many[-1].kind == "impact"
