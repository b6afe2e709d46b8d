"""Events and the search for their windows, on margins whose edges are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from orbits.events import Event, windows
from orbits.roots import bracketed_roots
from orbits.windows import SPAN, Windows

T0 = 7.7e8  # s past J2000: May 2024
DAY = 86400.0
RATE = 2 * np.pi / DAY


class Counted:
    """A margin that remembers how many rows it was asked for."""

    def __init__(self, function):
        self.function = function
        self.rows = 0

    def __call__(self, *columns):
        self.rows += columns[0].size
        return self.function(*columns)


def wave(level: float, size: float = 1e7) -> Event:
    """Return size (sin(one turn a day from T0) - level), m."""
    return Event(
        "wave",
        lambda t: size * (np.sin(RATE * (t - T0)) - level),
        lambda a, b: np.full(a.size, size * RATE**2),
    )


def parabola(height: float, centre: float = T0 + 0.4 * DAY) -> Event:
    """Return height - (t - centre)^2 / 2, m: positive for 2 sqrt(2 height) s."""
    return Event(
        "pass",
        lambda t: height - 0.5 * (t - centre) ** 2,
        lambda a, b: np.ones(a.size),
    )


def constant(value: float) -> Event:
    return Event("constant", lambda t: np.full(t.size, value), lambda a, b: np.zeros(a.size))


# ---- the traps: windows at the ends of the span, passes of no length, high eccentricity ----


def test_a_window_already_open_at_the_start_is_cut_by_the_span():
    found = windows(wave(0.0), (T0 + 0.25 * DAY, T0 + 0.9 * DAY))
    assert found.start.tolist() == [T0 + 0.25 * DAY]
    assert found.stop == pytest.approx([T0 + 0.5 * DAY], abs=1e-3)  # s; edge tolerance
    assert (found.start_cause, found.stop_cause) == ((SPAN,), ("wave",))
    assert found.start_truncated.all()


def test_a_window_still_open_at_the_stop_is_cut_by_the_span():
    found = windows(wave(0.0), (T0 + 0.75 * DAY, T0 + 1.25 * DAY))
    assert found.start == pytest.approx([T0 + DAY], abs=1e-3)  # s; edge tolerance
    assert (found.start_cause, found.stop_cause) == (("wave",), (SPAN,))
    assert found.stop_truncated.all()


def test_a_pass_without_culmination_in_the_span_is_found():
    # The margin only falls here: its greatest value is at T0 + 0.25 days, before the span.
    found = windows(wave(0.5), (T0 + 0.3 * DAY, T0 + 0.7 * DAY))
    assert found.start_cause == (SPAN,)
    assert found.stop == pytest.approx([T0 + DAY * 150 / 360], abs=1e-3)  # s; edge tolerance


def test_a_tangent_pass_of_no_length_is_listed_as_undecided_and_not_as_a_window():
    event = parabola(0.0)
    for sign in (1.0, -1.0):
        touching = Event("pass", lambda t, s=sign: s * event.margin(t), event.bound)
        found = windows(touching, (T0, T0 + DAY))
        assert found.count == (0 if sign > 0 else 1)
        assert found.durations.tolist() == ([] if sign > 0 else [DAY])
        ((a, b),) = found.certificate.undecided
        assert a < T0 + 0.4 * DAY < b
        assert b - a < found.certificate.resolution == 10.0


def test_passes_of_a_highly_eccentric_orbit_are_those_of_kepler():
    # 200 x 16,000 km about the Moon; the margin is 1,000 km less the altitude, so that the
    # windows are short and at the fast end, where sampling loses them.
    mu, low, high = 4.902800118e12, 1937.4e3, 17737.4e3
    a, e = 0.5 * (low + high), (high - low) / (high + low)
    motion = np.sqrt(mu / a**3)

    def radius(t):
        mean = motion * (t - T0)
        anomaly = mean + e * np.sin(mean)
        for _ in range(60):
            step = (anomaly - e * np.sin(anomaly) - mean) / (1 - e * np.cos(anomaly))
            anomaly = anomaly - step
        return a * (1 - e * np.cos(anomaly))

    # r'' = mu (p / r^3 - 1 / r^2) is greatest at the periapsis: mu e / low^2.
    event = Event(
        "low",
        lambda t: 2737.4e3 - radius(t),
        lambda lo, hi: np.full(lo.size, mu * e / low**2),
    )
    found = windows(event, (T0 + 3600.0, T0 + 10 * DAY))
    anomaly = brentq(lambda x: a * (1 - e * np.cos(x)) - 2737.4e3, 0.0, 1.0, xtol=1e-15)
    half = (anomaly - e * np.sin(anomaly)) / motion
    passes = T0 + 2 * np.pi / motion * np.arange(1, 10)
    assert found.count == 9
    assert found.start == pytest.approx(passes - half, abs=1e-5)  # s; rounding of r, 1 nm/um
    assert found.stop == pytest.approx(passes + half, abs=1e-5)  # s; the same
    assert found.certificate.undecided == ()
    assert found.certificate.evaluations < 10 * DAY / 300.0  # a fifth of sampling every minute


def test_a_condition_that_always_holds_fills_the_span():
    found = windows(constant(5.0), (T0, T0 + 30 * DAY))
    assert found == Windows.whole((T0, T0 + 30 * DAY))
    assert found.certificate.evaluations == 31  # the ends of the days


def test_a_condition_that_never_holds_gives_no_window_but_a_certificate():
    found = windows(constant(-5.0), (T0, T0 + 30 * DAY))
    assert found == Windows.none((T0, T0 + 30 * DAY))
    assert found.longest_gap == 30 * DAY
    assert found.certificate.certified
    assert found.certificate.resolution == 10.0


# ---- edges ---------------------------------------------------------------------------------


@pytest.mark.parametrize("tolerance", [1.0, 1e-3, 1e-5])
@pytest.mark.parametrize("level", [0.0, 0.5, -0.9, 0.99999])
def test_edges_lie_within_the_tolerance_of_the_known_roots(level, tolerance):
    found = windows(wave(level), (T0 + 0.26 * DAY, T0 + 30.26 * DAY), tolerance=tolerance)
    rise = np.arcsin(level) / RATE
    start = T0 + rise + DAY * np.arange(1, 31)
    stop = T0 + 0.5 * DAY - rise + DAY * np.arange(31)
    stop = stop[(stop > found.span[0]) & (stop < found.span[1])]
    assert found.start[~found.start_truncated] == pytest.approx(start, abs=tolerance)
    assert found.stop[~found.stop_truncated] == pytest.approx(stop, abs=tolerance)


def test_a_millisecond_asked_for_gives_a_microsecond():
    found = windows(wave(0.3), (T0 + 0.6 * DAY, T0 + 30.6 * DAY))
    start = T0 + np.arcsin(0.3) / RATE + DAY * np.arange(1, 31)
    # Regression: the secant within a bracket of 0.25 ms; 0.12 us is the grain of t here.
    assert found.start == pytest.approx(start, abs=1e-6)


def test_a_pass_is_found_whatever_its_length_above_the_resolution():
    span = (T0, T0 + DAY)
    for length in (10.1, 60.0, 3000.0, 40000.0):
        found = windows(parabola(length**2 / 8), span)
        assert found.durations == pytest.approx([length], abs=2e-3)  # s; tolerance, two edges


def test_a_pass_within_the_allowance_is_not_reported_but_listed():
    # 0.05 mm high for 20 ms: it may be rounding of the margin.
    for centre in (T0 + 0.4 * DAY, T0 + 0.5 * DAY):  # the search looks at the second itself
        found = windows(parabola(5e-5, centre), (T0, T0 + DAY))
        assert found.count == 0
        ((a, b),) = found.certificate.undecided
        assert a < centre < b


@pytest.mark.parametrize(("slack", "known"), [(1e4, True), (1e5, False)])
def test_a_loose_bound_is_halved_further_until_the_resolution_holds(slack, known):
    tight = parabola(0.0)
    event = Event("pass", tight.margin, lambda a, b: slack * np.ones(a.size))
    proof = windows(event, (T0, T0 + DAY)).certificate
    ((a, b),) = proof.undecided
    assert a < T0 + 0.4 * DAY < b
    assert proof.resolution == (10.0 if known else b - a)
    assert known == (b - a <= 10.0)


def test_a_margin_within_its_allowance_for_hours_is_undecided_for_hours():
    span = (T0, T0 + DAY)
    found = windows(constant(2e-5), span)
    assert found.certificate.undecided == (span,)
    assert found.certificate.resolution == DAY
    assert found.certificate.evaluations == 2
    assert f"longer than {DAY:g} s" in found.certificate.as_text()


def test_a_kink_at_a_cut_needs_no_bound():
    # |t - c|, whose slope jumps at a cut and nowhere else: the second derivative is zero.
    corner = T0 + 5000.0
    event = Event(
        "mask:kashi",
        lambda t: np.abs(t - corner) - 20.0,
        lambda a, b: np.zeros(a.size),
        cuts=[corner, T0 - 10.0, T0 + 5 * DAY],
    )
    found = windows(event, (T0, T0 + DAY))
    assert found.stop[0] == pytest.approx(corner - 20.0, abs=1e-3)  # s; edge tolerance
    assert found.start[1] == pytest.approx(corner + 20.0, abs=1e-3)  # s; edge tolerance
    assert found.gaps.start_cause == ("mask:kashi",)
    assert found.certificate.evaluations < 10


def test_an_infinite_bound_is_halved_away():
    # No bound is known over intervals longer than two hours.
    base = wave(0.5)
    assert base.bound is not None
    event = Event(
        "wave", base.margin, lambda a, b: np.where(b - a > 7200.0, np.inf, base.bound(a, b))
    )
    span = (T0 + 0.6 * DAY, T0 + 10.6 * DAY)
    found = windows(event, span)
    assert found.start == pytest.approx(windows(base, span).start, abs=1e-3)  # s; tolerance
    assert found.certificate.certified


# ---- costs and certificates ----------------------------------------------------------------


@pytest.mark.parametrize("bounded", [True, False])
def test_every_evaluation_is_counted(bounded):
    base = wave(0.7)
    margin, bound = Counted(base.margin), Counted(base.bound)
    event = Event("wave", margin, bound if bounded else None)
    found = windows(event, (T0, T0 + 3 * DAY))
    assert found.certificate.evaluations == margin.rows
    assert found.certificate.bounds == bound.rows
    assert bounded == (bound.rows > 0)


def test_a_month_of_daily_windows_costs_a_few_hundred_evaluations():
    # Sampling every 600 s takes 4,320 and proves nothing. Regression: 481, 541 and 961.
    costs = [
        windows(wave(level), (T0, T0 + 30 * DAY)).certificate.evaluations
        for level in (0.3, 0.9, 0.99999)
    ]
    assert max(costs) < 1000


def test_a_margin_without_a_bound_is_sampled_and_not_certified():
    base = wave(0.5)
    event = Event("wave", base.margin, notes={"light_time": "apparent"})
    span = (T0 + 0.6 * DAY, T0 + 3.6 * DAY)
    found = windows(event, span, resolution=60.0)
    assert found.start == pytest.approx(windows(base, span).start, abs=1e-3)  # s; tolerance
    proof = found.certificate
    assert not proof.certified
    assert proof.notes == {"light_time": "apparent", "sampled": "wave"}
    assert proof.evaluations > 3 * DAY / 30.0
    assert "samples 30 s apart and none is certified" in proof.as_text()


def test_notes_of_the_model_reach_the_certificate():
    base = wave(0.5)
    event = Event("wave", base.margin, base.bound, notes={"refraction": "none"})
    assert windows(event, (T0, T0 + DAY)).certificate.notes == {"refraction": "none"}


# ---- search within other windows -----------------------------------------------------------


def test_a_search_within_windows_gives_what_both_give():
    span = (T0, T0 + 10 * DAY)
    first = windows(wave(-0.2), span)
    rate = 2 * np.pi / 31000.0
    margin = Counted(lambda t: 1e6 * np.cos(rate * (t - T0)))
    second = Event("fast", margin, lambda a, b: np.full(a.size, 1e6 * rate**2))
    both = windows(second, span, within=first)
    cost = margin.rows
    alone = windows(second, span) & first
    assert both.count == alone.count > 5
    assert both.start == pytest.approx(alone.start, abs=1e-3)  # s; edge tolerance
    assert both.stop == pytest.approx(alone.stop, abs=1e-3)  # s; edge tolerance
    assert (both.start_cause, both.stop_cause) == (alone.start_cause, alone.stop_cause)
    assert set(both.start_cause) == {SPAN, "wave", "fast"}
    assert both.certificate.evaluations == first.certificate.evaluations + cost
    assert cost < margin.rows - cost


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 863), min_size=2, max_size=20, unique=True).map(sorted),
    st.floats(5000.0, 50000.0),
    st.floats(-0.99, 0.99),
)
def test_a_search_within_any_windows_gives_what_both_give(ticks, period, level):
    edges = T0 + 1000.0 * np.array(ticks[: len(ticks) // 2 * 2])
    span, rate = (T0, T0 + 10 * DAY), 2 * np.pi / period
    given_ = Windows(edges[::2], edges[1::2], span, "rise", "set")
    asked = []

    def margin(t):
        asked.append(t)
        return 1e6 * (np.cos(rate * (t - T0)) - level)

    event = Event("fast", margin, lambda a, b: np.full(a.size, 1e6 * rate**2))
    both = windows(event, span, within=given_)
    t = np.concatenate(asked)
    assert np.all(given_.contains(t) | np.isin(t, given_.stop))
    alone = windows(event, span) & given_
    assert both.count == alone.count
    assert both.start == pytest.approx(alone.start, abs=1e-3)  # s; edge tolerance
    assert both.stop == pytest.approx(alone.stop, abs=1e-3)  # s; edge tolerance
    assert (both.start_cause, both.stop_cause) == (alone.start_cause, alone.stop_cause)


def test_a_search_within_no_windows_asks_nothing():
    margin = Counted(wave(0.0).margin)
    event = Event("wave", margin, wave(0.0).bound)
    found = windows(event, (T0, T0 + DAY), within=Windows.none((T0, T0 + DAY)))
    assert found == Windows.none((T0, T0 + DAY))
    assert margin.rows == 0


def test_windows_to_search_within_must_have_the_same_span():
    with pytest.raises(ValueError, match="clip them"):
        windows(wave(0.0), (T0, T0 + DAY), within=Windows.none((T0, T0 + 2 * DAY)))


# ---- refusals ------------------------------------------------------------------------------


def test_a_margin_that_is_no_number_is_refused_with_its_time():
    event = Event("gone", lambda t: np.where(t > T0 + 1e5, np.nan, 1.0), lambda a, b: 0 * a)
    with pytest.raises(ValueError, match=r"margin of 'gone' is not finite at 1 of 3 times"):
        windows(event, (T0, T0 + 2 * DAY))


def test_a_bound_that_is_no_bound_is_refused():
    for value in (np.nan, -1.0):
        event = Event("bad", wave(0.0).margin, lambda a, b, v=value: np.full(a.size, v))
        with pytest.raises(ValueError, match=r"bound of 'bad' is .* zero or more"):
            windows(event, (T0, T0 + DAY))


def test_a_margin_of_another_shape_is_refused():
    event = Event("flat", lambda t: 1.0, lambda a, b: 0 * a)
    with pytest.raises(ValueError, match="'flat' answered 2 rows with an array of shape"):
        windows(event, (T0, T0 + DAY))


@pytest.mark.parametrize(
    ("resolution", "tolerance"), [(0.0, 0.0), (1e-3, 1.0), (np.inf, 1.0), (10.0, -1.0)]
)
def test_resolution_and_tolerance_out_of_order_are_refused(resolution, tolerance):
    with pytest.raises(ValueError, match="need 0 < tolerance <= resolution"):
        windows(wave(0.0), (T0, T0 + DAY), resolution=resolution, tolerance=tolerance)


def test_an_allowance_or_a_cut_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"allowance of 'x' must be positive, got 0\.0"):
        Event("x", wave(0.0).margin, allowance=0.0)
    with pytest.raises(ValueError, match="cuts of 'x' must be finite times"):
        Event("x", wave(0.0).margin, cuts=[np.nan])


# ---- roots ---------------------------------------------------------------------------------


def test_roots_of_many_brackets_are_found_at_once():
    shift = np.linspace(0.1, 0.9, 500)
    calls = []

    def cubic(x):
        calls.append(x.size)
        home = np.searchsorted(edges, x, "right") - 1
        u = x - edges[home]
        return (u - shift[home]) ** 3 + 1e-3 * (u - shift[home])

    edges = np.arange(501.0)
    ends = cubic(edges[:-1]), cubic(np.nextafter(edges[1:], 0.0))
    calls.clear()
    roots, evaluations = bracketed_roots(cubic, edges[:-1], edges[1:], ends, 1e-9)
    assert roots == pytest.approx(edges[:-1] + shift, abs=1e-9)  # the tolerance asked for
    assert evaluations == sum(calls) < 500 * 25
    assert len(calls) < 40


def test_a_flat_root_closes_too():
    roots, evaluations = bracketed_roots(
        lambda x: (x - 0.3) ** 15,
        np.array([-1.0]),
        np.array([1e4]),
        (np.array([-1.3]) ** 15, np.array([9999.7]) ** 15),
        1e-6,
    )
    assert roots == pytest.approx([0.3], abs=1e-6)  # the tolerance asked for
    assert evaluations < 100


def test_a_function_that_only_creeps_closes_too():
    values = [1.0]

    def creeping(x):
        assert len(values) < 200
        values.append(0.5 * values[-1])  # never changes sign but at the right end
        return np.full(x.size, values[-1])

    ends = np.array([0.0]), np.array([1e5])
    roots, evaluations = bracketed_roots(
        creeping, *ends, (np.array([1.0]), np.array([-1e5])), 1e-6
    )
    assert roots == pytest.approx(ends[1], abs=1e-6)  # the tolerance asked for
    assert evaluations < 60  # bisection alone needs 37


def test_a_root_at_the_end_of_a_bracket_is_that_end():
    ends = np.array([-2.0]), np.array([0.0])
    values = np.array([5.0]), np.array([0.0])
    roots, evaluations = bracketed_roots(np.sin, *ends, values, 1e-9)
    assert (roots.tolist(), evaluations) == ([0.0], 0)


def test_a_bracket_without_a_sign_change_is_refused():
    one = np.array([1.0])
    with pytest.raises(ValueError, match="one positive end and one that is not"):
        bracketed_roots(np.sin, one, 2 * one, (one, one), 1e-9)
