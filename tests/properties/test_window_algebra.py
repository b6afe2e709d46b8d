"""Laws of the algebra of windows, against sets of whole seconds and at random edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orbits.windows import SPAN, Windows, intersection, union

CELLS = 24
EVERY = settings(max_examples=200, deadline=None)


def of_cells(cells: np.ndarray, name: str) -> Windows:
    """Windows over the true cells [i, i + 1); each edge's cause is its name and its time."""
    marks = np.diff(np.concatenate(([0], cells.astype(int), [0])))
    start, stop = np.flatnonzero(marks == 1), np.flatnonzero(marks == -1)
    begun, ended = ([f"{name}:{t}" for t in edges] for edges in (start, stop))
    return Windows(start, stop, (0, cells.size), begun, ended)


def cells_of(windows: Windows) -> np.ndarray:
    return windows.contains(np.arange(CELLS) + 0.5)


def cell_sets(name: str):
    return st.lists(st.booleans(), min_size=CELLS, max_size=CELLS).map(
        lambda cells: of_cells(np.array(cells), name)
    )


@st.composite
def random_sets(draw, name: str):
    """Windows with edges anywhere in (0, 1000) s."""
    ticks = draw(st.lists(st.integers(1, 1023999), max_size=16, unique=True).map(sorted))
    edges = [tick / 1024.0 for tick in ticks[: len(ticks) // 2 * 2]]  # exact in binary
    begun, ended = ([f"{name}:{i}" for i in range(len(edges) // 2)] for _ in "ab")
    return Windows(edges[::2], edges[1::2], (0.0, 1000.0), begun, ended)


pairs = st.one_of(
    st.tuples(cell_sets("a"), cell_sets("b")), st.tuples(random_sets("a"), random_sets("b"))
)
triples = st.one_of(
    st.tuples(cell_sets("a"), cell_sets("b"), cell_sets("c")),
    st.tuples(random_sets("a"), random_sets("b"), random_sets("c")),
)


def times(windows: Windows) -> list[tuple[float, float]]:
    return list(windows)


@EVERY
@given(cell_sets("a"), cell_sets("b"))
def test_the_algebra_is_that_of_sets_of_instants(a, b):
    assert np.array_equal(cells_of(a & b), cells_of(a) & cells_of(b))
    assert np.array_equal(cells_of(a | b), cells_of(a) | cells_of(b))
    assert np.array_equal(cells_of(~a), ~cells_of(a))


@EVERY
@given(pairs)
def test_de_morgan_holds_for_times_and_causes(pair):
    a, b = pair
    assert ~(a & b) == ~a | ~b
    assert ~(a | b) == ~a & ~b


@EVERY
@given(pairs)
def test_the_complement_of_the_complement_is_the_set_with_its_causes(pair):
    for windows in pair:
        assert ~~windows == windows


@EVERY
@given(pairs)
def test_a_set_meets_and_joins_itself_and_its_complement(pair):
    for a in pair:
        whole, none = Windows.whole(a.span), Windows.none(a.span)
        assert a & a == a
        assert a | a == a
        assert a & ~a == none
        assert a | ~a == whole
        assert a & whole == a
        assert a | none == a
        assert a & none == none
        assert a | whole == whole


@EVERY
@given(triples)
def test_order_and_brackets_do_not_matter_for_times_or_causes(triple):
    a, b, c = triple
    assert a & b == b & a
    assert a | b == b | a
    assert (a & b) & c == a & (b & c) == intersection([c, b, a])
    assert (a | b) | c == a | (b | c) == union([c, b, a])


@EVERY
@given(triples)
def test_meeting_distributes_over_joining(triple):
    a, b, c = triple
    assert times(a & (b | c)) == times((a & b) | (a & c))
    assert times(a | (b & c)) == times((a | b) & (a | c))
    assert times(a | (a & b)) == times(a)


@EVERY
@given(pairs)
def test_measure_adds_up(pair):
    a, b = pair
    length = a.span[1] - a.span[0]
    tolerance = 1e-12 * length * CELLS  # s; rounding of a sum of at most CELLS terms
    assert (a & b).total + (a | b).total == pytest.approx(a.total + b.total, abs=tolerance)
    assert a.total + (~a).total == pytest.approx(length, abs=tolerance)
    marks = np.linspace(*a.span, 8)
    assert np.sum(a.totals(marks)) == pytest.approx(a.total, abs=tolerance)
    for k in range(7):
        part = a.clip((marks[k], marks[k + 1]))
        assert a.totals(marks)[k] == pytest.approx(part.total, abs=tolerance)


@EVERY
@given(pairs)
def test_every_edge_keeps_the_cause_of_the_edge_that_made_it(pair):
    a, b = pair
    t0, t1 = a.span
    starts = [dict(zip(w.start.tolist(), w.start_cause, strict=True)) for w in pair]
    stops = [dict(zip(w.stop.tolist(), w.stop_cause, strict=True)) for w in pair]
    for both in (a & b, a | b):
        for t, cause in zip(both.start.tolist(), both.start_cause, strict=True):
            made = [causes[t] for causes in starts if t in causes]
            assert cause == (SPAN if t == t0 else min(made))
        for t, cause in zip(both.stop.tolist(), both.stop_cause, strict=True):
            made = [causes[t] for causes in stops if t in causes]
            assert cause == (SPAN if t == t1 else min(made))


@EVERY
@given(pairs)
def test_a_gap_begins_and_ends_with_the_causes_of_its_neighbours(pair):
    for a in pair:
        gaps = a.gaps
        inner = gaps.select(~gaps.start_truncated).start_cause
        assert inner == a.select(~a.stop_truncated).stop_cause
        inner = gaps.select(~gaps.stop_truncated).stop_cause
        assert inner == a.select(~a.start_truncated).start_cause


@EVERY
@given(pairs, st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_every_instant_of_the_span_lies_in_exactly_one_row(pair, fractions):
    for a in pair:
        t = a.span[0] + np.array([0.0, *fractions, 1.0]) * (a.span[1] - a.span[0])
        t = np.concatenate((t, a.start, a.stop))
        assert np.array_equal(a.contains(t), ~(~a).contains(t))
        rows = a.row_at(a.start)
        assert np.array_equal(rows, np.arange(a.count))


@EVERY
@given(pairs, st.floats(0.001, 400.0))
def test_windows_part_by_length_without_loss(pair, duration):
    for a in pair:
        long, short = a.at_least(duration), a.shorter_than(duration)
        assert long | short == a
        assert (long & short).count == 0


@EVERY
@given(pairs)
def test_another_time_tag_and_back_changes_nothing(pair):
    for a in pair:
        there = a.retimed(lambda t: 8.0 * t + 64.0)  # powers of two: exact
        assert there.total == pytest.approx(8.0 * a.total, rel=1e-12)  # rounding of the sum
        assert there.retimed(lambda t: (t - 64.0) / 8.0) == a
