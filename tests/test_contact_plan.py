"""Contact plans: one spacecraft a station, one station a spacecraft, and time to turn."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.geometry.contact_plan import (
    LONGEST_FIRST,
    MOST_TIME,
    Contact,
    Turnover,
    contact_plan,
    days,
)
from orbits.windows import Windows

SPAN = (0.0, 1000.0)


def windows(*rows):
    return Windows(
        np.array([a for a, _ in rows], dtype=float),
        np.array([b for _, b in rows], dtype=float),
        SPAN,
    )


def cut(marks):
    """Return windows between every other of the distinct ``marks``."""
    marks = sorted(marks)[: len(marks) // 2 * 2]
    return windows(*zip(marks[::2], marks[1::2], strict=True))


visibility = st.dictionaries(
    st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz")),
    st.sets(st.integers(0, 1000), min_size=2, max_size=10).map(cut),
    min_size=1,
)
turnovers = st.builds(Turnover, *(st.sampled_from([0.0, 10.0, 60.0]) for _ in range(3)))  # s


@given(visibility, turnovers, st.sampled_from([MOST_TIME, LONGEST_FIRST]))
def test_a_plan_keeps_every_promise(visible, turnover, rule):
    plan = contact_plan(visible, turnover, rule=rule)
    for contact in plan.contacts:
        held = visible[contact.station, contact.spacecraft]
        row = held.row_at(0.5 * (contact.start + contact.stop))
        assert row >= 0
        assert held.start[row] <= contact.start < contact.stop <= held.stop[row]
        assert contact.stop - contact.start >= turnover.min_contact
    for one in plan.contacts:
        for two in plan.contacts:
            if one >= two:
                continue
            room = 0.0
            if one.station == two.station and one.spacecraft != two.spacecraft:
                room = turnover.station_gap
            elif one.spacecraft == two.spacecraft and one.station != two.station:
                room = turnover.spacecraft_gap
            elif one.station != two.station:
                continue
            assert two.start - one.stop >= room
    assert plan.total <= plan.bound + 1e-9


def most_at(visible, t):
    """Return how many spacecraft can be served at ``t``, by trying everything."""
    crafts, best = "xyz", 0
    for order in permutations([*"ABC", None, None, None], 3):
        served = sum(
            station is not None
            and (station, craft) in visible
            and bool(visible[station, craft].contains(t))
            for station, craft in zip(order, crafts, strict=True)
        )
        best = max(best, served)
    return best


@given(visibility)
def test_the_plan_of_most_time_serves_as_many_as_can_be_served_at_every_instant(visible):
    plan = contact_plan(visible)
    for t in np.arange(0.5, 1000.0, 37.0):
        served = sum(contact.start <= t < contact.stop for contact in plan.contacts)
        assert served == most_at(visible, t)
    assert plan.total == pytest.approx(plan.bound)


def test_a_contact_lasts_until_it_closes_and_then_goes_to_the_longest():
    visible = {
        ("kashi", "relay"): windows((0, 500)),
        ("jiamusi", "relay"): windows((100, 600)),
        ("neuquen", "relay"): windows((450, 1000)),
    }
    plan = contact_plan(visible)
    assert plan.contacts == (
        Contact(0.0, 500.0, "kashi", "relay"),
        Contact(500.0, 1000.0, "neuquen", "relay"),
    )
    assert list(plan.windows(spacecraft="relay")) == [(0.0, 1000.0)]
    assert list(plan.windows(station="jiamusi")) == []


def test_handing_over_takes_the_time_it_is_given():
    visible = {
        ("kashi", "relay"): windows((0, 500)),
        ("neuquen", "relay"): windows((450, 1000)),
    }
    plan = contact_plan(visible, Turnover(spacecraft_gap=60.0))
    assert plan.contacts[1] == Contact(560.0, 1000.0, "neuquen", "relay")
    assert plan.bound - plan.total == pytest.approx(60.0)


def test_a_contact_that_is_too_short_goes_to_another():
    visible = {
        ("A", "x"): windows((0, 300)),
        ("B", "x"): windows((200, 340)),
        ("C", "x"): windows((290, 600)),
    }
    plan = contact_plan(visible, Turnover(min_contact=100.0))
    assert [c.station for c in plan.contacts] == ["A", "C"]
    assert plan.total == 600.0


def test_priority_decides_who_gets_the_only_station():
    visible = {("A", "x"): windows((0, 500)), ("A", "y"): windows((100, 400))}
    assert contact_plan(visible).windows(spacecraft="y").total == 0.0
    favoured = contact_plan(visible, priority={"y": 2.0})
    assert list(favoured.windows(spacecraft="y")) == [(100.0, 400.0)]
    assert list(favoured.windows(spacecraft="x")) == [(0.0, 100.0), (400.0, 500.0)]


def test_the_longest_window_comes_first_where_that_is_the_rule():
    """The greedy plan serves 500 s of the 900 s that the assignment finds."""
    visible = {
        ("A", "x"): windows((0, 500)),
        ("A", "y"): windows((0, 400)),
        ("B", "x"): windows((0, 400)),
    }
    assert contact_plan(visible).total == 900.0
    assert contact_plan(visible, rule=LONGEST_FIRST).total == 500.0


def test_hours_of_each_day_add_up_to_the_total():
    plan = contact_plan({("A", "x"): windows((0, 300), (700, 1000))})
    found = days({"A": plan.windows(station="A")}, np.array([0.0, 250.0, 750.0, 1000.0]))
    assert found["A"].tolist() == [250.0, 100.0, 250.0]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: contact_plan({}), "at least one pair"),
        (lambda: contact_plan({("A", "x"): windows()}, rule="best"), "most-time or longest"),
        (lambda: contact_plan({("A", "x"): windows()}, priority={"x": 0.0}), "priority of x"),
        (lambda: Turnover(min_contact=-1.0), "min_contact must be"),
        (
            lambda: contact_plan({("A", "x"): windows(), ("B", "x"): Windows.none((0.0, 5.0))}),
            "2 different spans",
        ),
    ],
)
def test_a_plan_of_nothing_or_with_a_slip_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()
