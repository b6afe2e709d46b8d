"""Latency: light time where the chain is open, and waiting where it is not."""

import numpy as np
import pytest

from orbits.constants import SPEED_OF_LIGHT
from orbits.geometry.contact_plan import Turnover, contact_plan
from orbits.geometry.latency import Latency, arrivals, latency
from orbits.geometry.relay import Chain, Link
from orbits.geometry.visibility import Limits, Node
from orbits.time import utc_midnights
from relay_case import SPAN, START, STATIONS, almanac, lander, relay, station

DAY = 86_400.0
WEEK = (START, START + 7 * DAY)


@pytest.fixture(scope="module")
def solved():
    ends = [Node(name, station(name)) for name in STATIONS]
    craft, site = Node("relay", relay()), Node("change-6", lander())
    links = (
        Link("surface", (site,), (craft,), Limits()),
        Link("trunk", (craft,), tuple(ends), Limits()),
    )
    chain = Chain("far-side", links)
    return chain, chain.solve(almanac(), WEEK)


def test_an_open_chain_takes_the_light_time_of_its_legs(solved):
    chain, result = solved
    start, stop = result.windows.start[1], result.windows.stop[1]
    made = np.linspace(start + 5.0, stop - 60.0, 50)
    found = arrivals(chain, result, made)
    took = found.t - made
    assert np.all((took > 1.1) & (took < 1.5))  # s: 356,000 to 407,000 km and up to 20,000
    for k in range(0, 50, 7):
        way = chain.ways[found.way[k]]
        at = chain.times(way, found.t[k : k + 1], result.legs)
        assert at[0][0] == pytest.approx(made[k], abs=2e-6)  # s: grain of t, five times


def test_a_message_made_in_a_gap_waits_for_the_relay(solved):
    chain, result = solved
    surface = result.leg_windows[next(key for key in result.legs if key[0] == "surface")]
    gap = surface.gaps
    row = int(np.argmax(gap.durations))
    middle = 0.5 * (gap.start[row] + gap.stop[row])
    arrived = arrivals(chain, result, [middle]).t[0]
    assert arrived > gap.stop[row]
    assert arrived - gap.stop[row] < 2.0 or not result.windows.contains(gap.stop[row] + 5.0)


def test_latency_is_that_of_messages_sent_every_minute(solved):
    chain, result = solved
    span = (WEEK[0], WEEK[1] - DAY)
    found = latency(chain, result, span)
    made = np.arange(*span, 60.0)
    took = arrivals(chain, result, made).t - made
    assert np.isfinite(took).all()
    assert found.lost == 0.0
    # a gap of L s has the mean wait L / 2; sampled each minute it is off by up to 30 s in L
    assert found.mean == pytest.approx(took.mean(), rel=5e-3)
    assert 0.0 <= found.longest - took.max() <= 60.0
    assert found.shortest == pytest.approx(took.min(), abs=1e-3)
    for limit in (2.0, 600.0, 3600.0, 7200.0):
        assert found.share(limit) == pytest.approx(np.mean(took <= limit), abs=2e-3)


def test_what_is_made_after_the_last_contact_is_lost_and_not_averaged():
    pieces = Latency(
        np.array([[0.0, 10.0], [10.0, 20.0], [20.0, 50.0]]),
        np.array([[10.0, 0.0], [2.0, 2.0], [np.inf, np.inf]]),
    )
    assert pieces.mean == pytest.approx(3.5)
    assert (pieces.longest, pieces.shortest, pieces.lost) == (10.0, 0.0, 30.0)
    assert pieces.share(2.0) == pytest.approx((2.0 + 10.0) / 50.0)
    assert pieces.share(1e9) == pytest.approx(20.0 / 50.0)


def test_light_time_alone_is_the_way_over_c(solved):
    chain, result = solved
    found = latency(chain, result, WEEK)
    shortest = min(
        float(leg.range(np.linspace(*held.span, 400)[1:-1]).min())
        for key, leg in result.legs.items()
        if key[0] == "trunk"
        for held in [result.leg_windows[key]]
    )
    assert found.shortest > shortest / SPEED_OF_LIGHT


@pytest.mark.parametrize(
    ("span", "step", "says"),
    [
        (WEEK, 0.0, "step must be above zero"),
        (SPAN, 600.0, "choose a span inside"),
    ],
)
def test_a_step_or_span_out_of_order_is_refused(solved, span, step, says):
    with pytest.raises(ValueError, match=says):
        latency(*solved, span, step=step)


def test_the_stations_of_the_relay_share_its_day(solved):
    """A hand-over plan of the flown chain: five minutes to turn, contacts of half an hour."""
    _, result = solved
    visible = {(way[-1], way[1]): held for way, held in result.carriers.items()}
    plan = contact_plan(visible, Turnover(1800.0, 300.0, 300.0))
    edges = utc_midnights(*WEEK)
    edges = np.clip(edges, *WEEK)
    hours = sum(plan.windows(station=name).totals(edges) for name in STATIONS) / 3600.0
    # what the chain itself has, less at most a few hand-overs of 5 min and short ends
    open_hours = result.windows.totals(edges) / 3600.0
    assert np.all(hours <= open_hours + 1e-9)
    assert np.all(open_hours - hours < 1.5)
    assert plan.bound == pytest.approx(result.windows.total, abs=1.0)
