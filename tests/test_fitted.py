"""Fitted trajectories: as near as asked, smooth at the seams, bounded by their coefficients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kepler_path import JumpingPath, KeplerPath
from orbits.errors import ConvergenceError
from orbits.frames import Frame
from orbits.propagators.fitted import ChebyshevPieces, fitted_trajectory
from orbits.trajectory import Trajectory, join

MOON = Frame("moon", "ICRF")
PATH = KeplerPath()
GRAIN = 1.2e-7  # s, of t in this century


def fit(path=PATH, span=PATH.span, **options):
    return fitted_trajectory(
        path.state, span, MOON, longest=2e4, provenance={"by": "test"}, **options
    )


@pytest.mark.parametrize("consistent", [True, False])
@pytest.mark.parametrize("tolerance", [10.0, 1e-3, 1e-6])
def test_the_fit_is_as_near_as_asked_between_the_points_it_was_checked_at(
    tolerance, consistent
):
    trajectory = fit(tolerance=tolerance, consistent=consistent)
    t = np.random.default_rng(1).uniform(*PATH.span, 20_000)
    misses = np.linalg.norm(trajectory.position(t) - PATH.position(t), axis=1)
    # 13 check points a piece against 2e4 at random; 16 units in the last place of 1.8e7 m.
    assert misses.max() < 1.2 * tolerance + 7e-8
    drifts = np.linalg.norm(trajectory.velocity(t) - PATH.velocity(t), axis=1)
    assert drifts.max() < 0.05 * tolerance + 1e-8  # per s; pieces last 1,000 s and more


def test_velocities_that_are_no_derivatives_are_not_used():
    biased = PATH.state
    trajectory = fitted_trajectory(
        lambda t: (biased(t)[0], biased(t)[1] + 1.0),
        PATH.span,
        MOON,
        longest=2e4,
        consistent=False,
        provenance={},
    )
    t = np.linspace(*PATH.span, 5000)
    drifts = np.linalg.norm(trajectory.velocity(t) - PATH.velocity(t), axis=1)
    # 1 m/s too much times the grain of t is what the nodes move by: 0.1 um.
    assert drifts.max() < 1e-4


@pytest.mark.parametrize("consistent", [True, False])
def test_pieces_meet_with_their_slopes(consistent):
    pieces = fit(consistent=consistent).pieces
    left, right = pieces.coefficients[:-1], pieces.coefficients[1:]
    k = np.arange(left.shape[2])
    ends = left.sum(axis=2) - (right * (-1.0) ** k).sum(axis=2)
    assert np.abs(ends).max() < 2e-7  # m, rounding of 1.8e7 m in 16 terms
    rate = 2.0 / np.diff(pieces.edges)[:, None]
    slopes = (left * k**2).sum(axis=2) * rate[:-1]
    slopes -= (right * -((-1.0) ** k) * k**2).sum(axis=2) * rate[1:]
    assert np.abs(slopes).max() < 1e-8  # m/s


def test_bounds_hold_and_are_tight():
    trajectory = fit()
    rng = np.random.default_rng(2)
    a = rng.uniform(*PATH.span, 300)
    b = np.minimum(a + rng.exponential(3e4, 300), PATH.span[1])
    speed, acceleration = trajectory.bounds(a, b)
    t = np.linspace(a, b, 400)
    v = np.linalg.norm(trajectory.velocity(t.ravel()), axis=1).reshape(t.shape)
    r = np.linalg.norm(trajectory.position(t.ravel()), axis=1).reshape(t.shape)
    assert np.all(v.max(axis=0) <= speed * (1 + 1e-12))
    pull = 4.902800118457549e12 / r.min(axis=0) ** 2
    assert np.all(pull <= acceleration * 1.001)  # a fit to 1 mm has its accelerations to 1e-4
    whole = trajectory.bounds(trajectory.t[:-1], trajectory.t[1:])
    assert np.median(whole[1]) < 1.1 * np.median(4.9028e12 / _nearest(trajectory) ** 2)


def _nearest(trajectory):
    t = np.linspace(trajectory.t[:-1], trajectory.t[1:], 50)
    r = np.linalg.norm(trajectory.position(t.ravel()), axis=1)
    return r.reshape(t.shape).min(axis=0)


def test_the_bound_on_the_third_derivative_holds():
    trajectory = fit()
    t = trajectory.t
    a, b = t[:-3], t[3:]
    jerk = trajectory.pieces.jerk(a, b)
    place = np.linspace(a, b, 300)[1:-1]
    h = 1.0  # s
    rates = [trajectory.velocity((place + k * h).ravel()) for k in (-1, 0, 1)]
    size = np.linalg.norm(rates[0] - 2.0 * rates[1] + rates[2], axis=1).reshape(place.shape)
    assert np.all(
        size.max(axis=0) <= jerk * (1 + 1e-4) + 1e-11
    )  # differences of rounded speeds
    assert np.median(size.max(axis=0) / jerk) > 0.5


@pytest.mark.parametrize("share", [1e-6, 0.1, 0.7, 1.0])
def test_pieces_cut_short_are_the_same_up_to_the_cut(share):
    pieces = fit().pieces
    for end in (pieces.edges[5], pieces.edges[5] + share * (pieces.edges[6] - pieces.edges[5])):
        cut = pieces.until(end)
        assert cut.edges[-1] == end
        t = np.linspace(cut.edges[0], end, 500)
        assert np.abs(cut.position(t) - pieces.position(t)).max() < 1e-7  # m, rounding
    assert len(pieces.until(pieces.edges[5]).coefficients) == 5


def test_the_middle_of_pieces_is_the_same_motion():
    pieces = fit().pieces
    start, stop = pieces.edges[3] + 17.0, pieces.edges[9] - 5.0
    for a, b in ((start, stop), (start, start + 1.0), (pieces.edges[0], pieces.edges[-1])):
        part = pieces.between(a, b)
        assert (part.edges[0], part.edges[-1]) == (a, b)
        t = np.linspace(a, b, 500)
        assert np.abs(part.position(t) - pieces.position(t)).max() < 1e-7  # m, rounding


def test_a_kink_is_kept_where_a_cut_is_named():
    kink = PATH.span[0] + 1.234e5

    def motion(t):
        late = np.maximum(t - kink, 0.0)[:, None]
        r, v = PATH.state(t)
        return r + 0.3 * late, v + 0.3 * (late > 0.0)

    trajectory = fitted_trajectory(
        motion, PATH.span, MOON, longest=2e4, consistent=False, cuts=[kink, 0.0], provenance={}
    )
    assert list(trajectory.joins) == [kink]
    t = np.linspace(*PATH.span, 9999)
    assert np.abs(trajectory.position(t) - motion(t)[0]).max() < 1.2e-3  # m
    jump = trajectory.velocity(kink) - trajectory.velocity(np.nextafter(kink, 0.0))
    np.testing.assert_allclose(jump, 0.3, atol=1e-4)  # m/s


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.floats(1e2, 1e11), st.floats(1e3, 1e7))
def test_a_circle_of_any_size_and_speed_is_followed(turns, radius, period):
    def circle(t):
        angle = 2.0 * np.pi * t / period
        r = radius * np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=1)
        return r, 2.0 * np.pi / period * np.stack([-r[:, 1], r[:, 0], r[:, 2]], axis=1)

    span = (-0.3 * period, (turns - 0.3) * period)
    trajectory = fitted_trajectory(circle, span, MOON, longest=period / 3, provenance={})
    t = np.random.default_rng(0).uniform(*span, 500)
    misses = np.linalg.norm(trajectory.position(t) - circle(t)[0], axis=1)
    # The fit, its rounding, and that of sine and cosine over up to 30 rad.
    assert misses.max() < 1.2e-3 + 6e-15 * radius


def test_a_motion_that_jumps_is_refused_with_the_place():
    path = JumpingPath()

    def motion(t):
        return path.position(t), path.velocity(t)

    with pytest.raises(ConvergenceError, match="jumps, or is uncertain") as caught:
        fitted_trajectory(motion, path.span, MOON, longest=2e4, provenance={})
    assert caught.value.last[0] == pytest.approx(path.span[0] + 90_000.0, abs=2e-3)
    assert caught.value.residual > 100.0  # of 1 km


def test_a_motion_that_is_not_finite_is_refused():
    def broken(t):
        r, v = PATH.state(t)
        return np.where(t[:, None] > PATH.span[0] + 5e5, np.nan, r), v

    with pytest.raises(ValueError, match="not finite at t = 7708"):
        fitted_trajectory(broken, PATH.span, MOON, longest=2e4, provenance={})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"span": (5.0, 5.0)}, "must run forward"),
        ({"tolerance": 0.0}, "must be > 0"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fit(**options)


def test_two_fits_of_unequal_degree_join():
    first, last = PATH.span
    middle = first + 4.0 * 86400.0
    late = fit(span=(middle, last))
    early = fit(span=(first, middle))
    low = ChebyshevPieces(np.array([first - 10.0, first]), np.ones((1, 3, 3)))
    both = join([Trajectory(MOON, low, np.empty(0), {}), early, late])
    assert both.span == (first - 10.0, last)
    assert list(both.joins) == [first, middle]
    t = np.linspace(first, last, 999)
    assert np.abs(both.position(t) - PATH.position(t)).max() < 1e-3  # m
    np.testing.assert_array_equal(both.position(first - 10.0), [1.0, 1.0, 1.0])  # 1 - 1 + 1
