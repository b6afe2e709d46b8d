"""Windows and their certificates: what a set of intervals promises."""

import pickle

import numpy as np
import pytest

from orbits.certificate import Certificate, joined
from orbits.time import parse_t
from orbits.windows import SPAN, Windows, intersection, union

DAY = (0.0, 86400.0)


def test_an_edge_on_the_end_of_the_span_is_cut_by_the_span():
    seen = Windows([0, 500], [100, 86400], DAY, ("rise", "rise"), ("set", "set"))
    assert seen.start_cause == (SPAN, "rise")
    assert seen.stop_cause == ("set", SPAN)
    assert seen.start_truncated.tolist() == [True, False]
    assert seen.stop_truncated.tolist() == [False, True]
    assert seen.closed.count == 0


@pytest.mark.parametrize(
    ("start", "stop", "message"),
    [
        ([10], [10], "row 0: 10.000000 to 10.000000 s past J2000 TDB does not run forward"),
        ([10, 20], [20, 30], "row 0: 20.000000 to 20.000000 .* is no gap; join the windows"),
        ([10, 15], [20, 30], "row 0: 20.000000 to 15.000000 .* is no gap"),
        ([30, 10], [40, 20], "is no gap"),
        ([-1], [5], "row 0: -1.000000 to 5.000000 .* leaves the span 0.000000 to 86400.000000"),
        ([1, 2], [3], "2 starts do not pair with 1 stops"),
        ([np.nan], [3], "1 edges are not finite times"),
    ],
)
def test_rows_that_are_no_windows_are_refused(start, stop, message):
    with pytest.raises(ValueError, match=message):
        Windows(start, stop, DAY)


def test_a_span_that_does_not_run_forward_is_refused():
    with pytest.raises(ValueError, match=r"span must run forward, got 5\.0 to 5\.0"):
        Windows.none((5.0, 5.0))


def test_causes_must_fit_the_rows():
    with pytest.raises(ValueError, match="2 causes do not fit 1 windows"):
        Windows([1], [2], DAY, ("a", "b"), "c")


def test_windows_of_different_spans_do_not_combine():
    with pytest.raises(ValueError, match="clip both to the part they share"):
        Windows.whole(DAY) & Windows.whole((0.0, 1000.0))


def test_touching_windows_of_two_sets_join_without_an_edge():
    one, other = Windows([10], [20], DAY, "a", "b"), Windows([20], [30], DAY, "c", "d")
    assert one | other == Windows([10], [30], DAY, "a", "d")
    assert (one & other).count == 0


def test_edges_at_one_instant_take_the_first_cause_of_the_alphabet():
    one, other = Windows([10], [20], DAY, "range", "b"), Windows([10], [30], DAY, "mask", "d")
    assert (one & other).start_cause == ("mask",)
    assert (other & one).start_cause == ("mask",)
    assert (one | other).start_cause == ("mask",)


def test_many_sets_combine_at_once():
    sets = [Windows([10 * k], [500 + k], DAY, f"a{k}", f"b{k}") for k in range(1, 4)]
    assert intersection(sets) == Windows([30], [501], DAY, "a3", "b1")
    assert union(sets) == Windows([10], [503], DAY, "a1", "b3")


def test_totals_gaps_and_waits_of_a_day_with_two_windows():
    seen = Windows([21600, 64800], [43200, 75600], DAY)  # 6 to 12 h and 18 to 21 h
    assert seen.count == len(seen) == 2
    assert list(seen) == [(21600.0, 43200.0), (64800.0, 75600.0)]
    assert seen.total == 9 * 3600
    assert seen.availability == 9 / 24
    assert seen.longest == 6 * 3600
    assert seen.longest_gap == 6 * 3600
    assert seen.gaps.count == 3
    assert seen.gaps.closed.total == 6 * 3600  # 12 to 18 h; the span cuts the two others
    # One is in a gap of g hours for g hours: (6^2 + 6^2 + 3^2) / 24 on average.
    assert seen.time_average_gap == pytest.approx(3600 * 81 / 24, rel=1e-15)  # rounding
    assert seen.response_time == pytest.approx(3600 * 81 / 48, rel=1e-15)  # rounding


def test_no_window_and_one_whole_window_are_complements():
    none, whole = Windows.none(DAY), Windows.whole(DAY)
    assert ~none == whole
    assert ~whole == none
    assert (none.total, none.longest, none.longest_gap) == (0.0, 0.0, 86400.0)
    assert (whole.availability, whole.longest_gap, whole.time_average_gap) == (1.0, 0.0, 0.0)
    assert whole.start_cause == whole.stop_cause == (SPAN,)
    assert none.totals(np.array([0.0, 3600.0, 7200.0])).tolist() == [0.0, 0.0]
    assert none.row_at(5.0) == -1


def test_a_window_holds_from_its_start_up_to_its_stop():
    seen = Windows([10, 50], [20, 86400], DAY)
    assert [seen.row_at(t) for t in (9.9, 10, 19.9, 20, 50, 86400)] == [-1, 0, 0, -1, 1, 1]
    assert seen.contains(10.0)
    assert not seen.contains(20.0)


def test_nothing_is_said_outside_the_span():
    with pytest.raises(
        ValueError, match=r"1 of 2 times lie outside the span .* first 86400\.5"
    ):
        Windows.whole(DAY).contains([5.0, 86400.5])
    with pytest.raises(ValueError, match="use the days that lie wholly within it"):
        Windows.whole(DAY).totals(np.array([-5.0, 5.0]))
    with pytest.raises(ValueError, match="increasing"):
        Windows.whole(DAY).totals(np.array([5.0, 5.0]))
    with pytest.raises(ValueError, match="analyse the wider span"):
        Windows.whole(DAY).clip((0.0, 86401.0))


def test_totals_of_each_hour():
    seen = Windows([1800, 9000], [7200, 9600], DAY)
    assert seen.totals(np.arange(0, 14401, 3600)).tolist() == [1800, 3600, 600, 0]


def test_clipping_marks_the_new_ends():
    seen = Windows([100, 500], [300, 900], DAY, "rise", "set")
    assert seen.clip((200.0, 600.0)) == Windows(
        [200, 500], [300, 600], (200, 600), "rise", "set"
    )
    assert seen.clip((300.0, 500.0)).count == 0  # it stops at 300 and starts at 500


def test_a_time_tag_may_make_rows_vanish_in_the_grain_of_t():
    start, stop = [1.0, 1.25, 3.0, 5.0], [1.125, 2.0, 3.0625, 6.0]
    seen = Windows(start, stop, DAY, tuple("abcd"), tuple("efgh"))
    coarse = seen.retimed(np.round)  # a grain of 1 s, where the true one is 0.1 us
    assert coarse == Windows([1, 5], [2, 6], DAY, ("b", "d"), ("f", "h"))
    met = Windows([1.0, 2.25], [2.0, 3.0], DAY, ("a", "b"), ("e", "f")).retimed(np.floor)
    assert met == Windows([1], [3], DAY, "a", "f")


def test_rows_are_frozen():
    seen = Windows([1.0], [2.0], DAY)
    with pytest.raises(ValueError, match="read-only"):
        seen.start[0] = 5.0


def test_windows_survive_pickling():
    proof = Certificate(10.0, 1e-3, 7, 3, ((1.0, 2.0),), True, {"light_time": "apparent"})
    seen = Windows([5.0], [6.0], DAY, "a", "b", proof)
    again = pickle.loads(pickle.dumps(seen))
    assert again == seen
    assert again.certificate == proof


def test_a_million_rows_combine_in_order():
    n = 1_000_000
    edges = np.arange(1, 2 * n + 1, dtype=float)
    span = (0.0, 2.0 * n + 1)
    one = Windows(edges[::2], edges[1::2], span, "a", "a")
    other = Windows(edges[::2] + 0.25, edges[1::2] + 0.5, span, "b", "b")
    assert (one & other).total == 0.75 * n
    assert (one | other).total == 1.5 * n
    assert set((one & other).start_cause) == {"b"}


def test_the_table_has_utc_and_its_durations_count_leap_seconds():
    second = parse_t("2016-12-31T23:59:59 UTC"), parse_t("2017-01-01T00:00:01 UTC")
    span = second[0] - 60, second[1] + 60
    table = Windows([second[0]], [second[1]], span, "rise", "set").to_table()
    assert table["start"].scale == "utc"
    assert table["start"].isot.tolist() == ["2016-12-31T23:59:59.000"]
    assert table["stop"].isot.tolist() == ["2017-01-01T00:00:01.000"]
    # 3 s, with the leap second; 0.3 us is a unit in the last place of t, twice.
    assert table["duration"].to_value("s") == pytest.approx([3.0], abs=3e-7)
    assert table["start_cause"].tolist() == ["rise"]
    assert table["stop_truncated"].tolist() == [False]
    assert table.meta["span_tdb_s"] == list(span)


def test_a_table_of_no_windows_has_its_columns():
    table = Windows.none(DAY).to_table()
    assert len(table) == 0
    assert {"start", "stop", "duration", "start_cause", "stop_truncated"} <= set(table.colnames)


def test_a_chain_inherits_the_undecided_intervals_of_its_legs():
    one = Certificate(
        10.0, 1e-3, 100, 40, ((5.0, 7.0), (50.0, 51.0)), True, {"terrain": "none"}
    )
    other = Certificate(5.0, 2e-3, 11, 2, ((6.0, 8.0),), True, {"refraction": "none"})
    a, b = (Windows([10.0], [20.0], DAY, certificate=proof) for proof in (one, other))
    for proof in ((a & b).certificate, (a | b).certificate):
        assert proof == Certificate(
            10.0,
            2e-3,
            111,
            42,
            ((5.0, 8.0), (50.0, 51.0)),
            True,
            {"terrain": "none", "refraction": "none"},
        )
    assert (a & ~a).certificate.undecided == one.undecided
    assert (a & Windows.whole(DAY)).certificate == one  # windows that are given need no proof


def test_undecided_intervals_that_meet_raise_the_resolution():
    one = Certificate(10.0, 1e-3, undecided=((0.0, 8.0),))
    other = Certificate(10.0, 1e-3, undecided=((8.0, 15.0),))
    assert joined(one, other) == Certificate(15.0, 1e-3, undecided=((0.0, 15.0),))


def test_one_sampled_leg_leaves_the_chain_uncertified():
    sampled = Certificate(10.0, 1e-3, certified=False, notes={"sampled": "mask:kashi"})
    chain = joined(Certificate(10.0, 1e-3), sampled)
    assert chain is not None
    assert not chain.certified
    assert "no bound is known for mask:kashi" in chain.as_text()


def test_notes_that_differ_are_both_kept():
    one = Certificate(1.0, 1e-3, notes={"light_time": "apparent"})
    other = Certificate(1.0, 1e-3, notes={"light_time": "geometric"})
    both = joined(joined(one, other), one)
    assert both is not None
    assert both.notes == {"light_time": "apparent; geometric"}


def test_a_certificate_takes_more_notes():
    proof = Certificate(10.0, 1e-3, notes={"light_time": "apparent", "terrain": "none"})
    more = proof.noted({"ephemeris": "DE421", "terrain": "mask"})
    assert more.notes == {"light_time": "apparent", "terrain": "mask", "ephemeris": "DE421"}
    assert "with DE421, light time apparent, terrain mask, every" in more.as_text()


def test_clipping_and_retiming_take_the_certificate_along():
    proof = Certificate(10.0, 1e-3, undecided=((100.0, 104.0), (500.0, 502.0)))
    seen = Windows([200.0], [300.0], DAY, certificate=proof)
    assert seen.clip((0.0, 102.0)).certificate.undecided == ((100.0, 102.0),)
    assert seen.retimed(lambda t: t + 8.0).certificate.undecided == (
        (108.0, 112.0),
        (508.0, 510.0),
    )


def test_the_certificate_reads_as_a_sentence():
    notes = {
        "trajectory": "within 2 mm of re-integration at 20 instants",
        "ephemeris": "DE421",
        "light_time": "apparent",
        "refraction": "none",
    }
    proof = Certificate(10.0, 1e-3, 480, 150, ((100.0, 104.0),), True, notes)
    span = (parse_t("2024-05-31T00:00:00 UTC"), parse_t("2024-06-30T00:00:00 UTC"))
    assert Windows.none(span).statement().endswith("2024-06-30T00:00:00.000Z, not searched.")
    assert Windows(span[:1], span[1:], span, certificate=proof).statement() == (
        "On this trajectory as interpolated (within 2 mm of re-integration at 20 instants), "
        "with DE421, light time apparent, refraction none, every window and gap longer than "
        "10 s between 2024-05-31T00:00:00.000Z and 2024-06-30T00:00:00.000Z is listed; "
        "evaluated in double precision with an allowance of 0.1 mm for rounding, not in "
        "interval arithmetic; undecided grazings: 1, listed; edge tolerance 1 ms refers to "
        "this model; errors of orbit, forces, Earth rotation and terrain are not included: "
        "see the edge budget."
    )
