"""Relay chains: end-to-end windows, carriers, hand-overs, and the month of the mission."""

import numpy as np
import pytest

from orbits.bodies import MOON
from orbits.geometry.occultation import Occultation
from orbits.geometry.relay import Chain, Link
from orbits.geometry.signal import Centre
from orbits.geometry.visibility import Limits, Node
from orbits.time import utc_midnights
from relay_case import DAY, SPAN, START, STATIONS, STOP, almanac, lander, relay, station

WEEK = (START, START + 7 * DAY)


def surface(min_elevation=5.0, relays=None):
    relays = relays or (Node("queqiao-2", relay()),)
    return Link("surface", (Node("change-6", lander(min_elevation)),), relays)


def trunk(stations=STATIONS, relays=None, limits=None):
    relays = relays or (Node("queqiao-2", relay()),)
    nodes = tuple(Node(name, station(name)) for name in stations)
    return Link("trunk", relays, nodes, limits or Limits())


@pytest.fixture(scope="module")
def chain():
    return Chain("far-side-relay", (surface(), trunk()))


@pytest.fixture(scope="module")
def result(chain):
    return chain.solve(almanac(), WEEK)


# -- the month -----------------------------------------------------------------------------


def line_of_sight(node, min_elevation, light_time="apparent"):
    """Return the surface leg with nothing asked of the Earth but that the Moon hides it not."""
    q = (Node("queqiao-2", relay(node)),)
    earth = (Node("earth", Centre("earth")),)
    links = surface(min_elevation, q), Link("trunk", q, earth)
    return Chain("line-of-sight", links, light_time)


@pytest.mark.parametrize("node", [180.0, 300.0])
def test_the_month_has_the_hours_that_were_measured_apart_from_this_project(node):
    """Node 180 or 300, started at apolune: 19.3-19.4 h a day at 0 deg, 18.0 h at 5 deg."""
    days = np.concatenate(([START], utc_midnights(*SPAN), [STOP]))
    low = line_of_sight(node, 0.0).solve(almanac(), SPAN).windows
    high = line_of_sight(node, 5.0).solve(almanac(), SPAN).windows
    assert 19.3 - 0.05 < low.total / 3600.0 / 30.0 < 19.4 + 0.05  # h, published to 0.1 h
    assert high.total / 3600.0 / 30.0 == pytest.approx(18.0, abs=0.05)  # h
    assert 22.1 - 0.05 < low.totals(days).max() / 3600.0 < 22.5 + 0.05  # h, the best day
    assert low.certificate.certified
    assert low.certificate.undecided == ()


@pytest.mark.parametrize("min_elevation", [0.0, 5.0])
def test_the_month_agrees_with_sampling(min_elevation):
    result = line_of_sight(180.0, min_elevation, "geometric").solve(almanac(), SPAN)
    t = np.arange(START + 10.0, STOP, 20.0)
    horizon = next(iter(result.legs.values())).horizon()
    moon = Occultation(relay(), Centre("earth"), MOON, almanac(), "geometric")
    seen = (horizon.elevation(t) > np.radians(min_elevation)) & (moon.margin(t) > 0.0)
    hours = np.count_nonzero(seen) * 20.0 / 3600.0 / 30.0
    # 56 edges, each within 10 s: 0.005 h a day at the worst; 0.02 h is asked for.
    assert result.windows.total / 3600.0 / 30.0 == pytest.approx(hours, abs=0.005)


# -- time tags -----------------------------------------------------------------------------


def test_each_leg_is_judged_when_the_signal_passes(chain, result):
    """An edge of the chain lies where the margin of its leg, at its own time, vanishes."""
    checked = set()
    for way, windows in result.carriers.items():
        for edges, causes in (
            (windows.start, windows.start_cause),
            (windows.stop, windows.stop_cause),
        ):
            for t, cause in zip(edges, causes, strict=True):
                if cause == "span":
                    continue
                link, _, name = cause.partition("/")
                i = [x.name for x in chain.links].index(link)
                key = chain.keys(way)[i]
                at = float(chain.times(way, np.array([t]), result.legs)[i + 1][0])
                event = next(
                    e for e in result.legs[key].events((at - 60.0, at + 60.0)) if e.name == name
                )
                before, after = event.margin(np.array([at - 2e-3, at + 2e-3]))
                assert (before > 0.0) != (after > 0.0)  # within the tolerance of 1 ms
                checked.add(cause)
    assert {"surface/elevation:change-6", "trunk/elevation:kashi"} <= checked
    assert "trunk/occultation:moon" in checked


def test_a_signal_leaves_earlier_than_it_arrives_by_all_light_times(chain, result):
    way = ("change-6", "queqiao-2", "kashi")
    t = np.linspace(*WEEK, 9)
    sent, relayed, received = chain.times(way, t, result.legs)
    assert np.array_equal(received, t)
    assert np.all((t - relayed > 1.1) & (t - relayed < 1.4))  # s, from lunar distance
    assert np.all((relayed - sent > 0.003) & (relayed - sent < 0.07))  # s, 1000 to 20000 km
    legs = result.legs
    assert relayed == pytest.approx(
        t - legs["trunk", "queqiao-2", "kashi"].delay(t), abs=1e-6
    )  # s, ten times the grain of t


def test_geometric_chains_have_one_time(chain):
    still = Chain("still", chain.links, "geometric")
    at = still.times(
        ("change-6", "queqiao-2", "kashi"), np.array([START]), still.legs(almanac())
    )
    assert at[0][0] == at[1][0] == at[2][0] == START


# -- groups, carriers, hand-overs ----------------------------------------------------------


def test_any_station_may_carry(result):
    assert list(result.carriers) == [("change-6", "queqiao-2", name) for name in STATIONS]
    every = None
    for carried in result.carriers.values():
        every = carried if every is None else every | carried
    assert np.array_equal(every.start, result.windows.start)
    assert np.array_equal(every.stop, result.windows.stop)
    assert result.windows.count == 7  # regression: one a revolution
    assert result.windows.stop_cause[0].startswith("surface/")
    assert result.windows.gaps.count >= 6
    for cause in (*result.windows.start_cause, *result.windows.stop_cause):
        assert cause == "span" or cause.split("/")[0] in ("surface", "trunk")


def test_the_plan_fills_the_windows_and_changes_only_when_it_must(result):
    assert sum(part.stop - part.start for part in result.plan) == pytest.approx(
        result.windows.total, abs=1e-6
    )
    for part in result.plan:
        carried = result.carriers[part.nodes]
        row = carried.row_at(part.start)
        assert carried.stop[row] == part.stop  # it stays until it closes
        others = [
            w.stop[w.row_at(part.start)]
            for w in result.carriers.values()
            if w.contains(part.start)
        ]
        assert part.stop == max(others)
    assert result.handovers
    for change in result.handovers:
        assert change.before != change.after
        assert result.windows.contains(change.t)


def test_the_same_member_serves_both_links():
    """Two relays in opposite phase: a way through one never borrows a leg of the other."""
    pair = Node("one", relay()), Node("two", relay(300.0))
    chain = Chain("pair", (surface(relays=pair), trunk(("kashi",), relays=pair)))
    assert chain.ways == (("change-6", "one", "kashi"), ("change-6", "two", "kashi"))
    both = chain.solve(almanac(), WEEK)
    for node in pair:
        alone = Chain("alone", (surface(relays=(node,)), trunk(("kashi",), relays=(node,))))
        windows = alone.solve(almanac(), WEEK).windows
        carried = both.carriers["change-6", node.name, "kashi"]
        assert np.array_equal(carried.start, windows.start)
        assert np.array_equal(carried.stop, windows.stop)
    assert both.windows.total > max(w.total for w in both.carriers.values())


def test_a_chain_down_to_the_lander_is_timed_at_the_lander():
    q = (Node("queqiao-2", relay()),)
    up = Link("up", (Node("kashi", station("kashi")),), q)
    down = Link("down", q, (Node("change-6", lander()),))
    chain = Chain("command", (up, down))
    result = chain.solve(almanac(), WEEK)
    way = ("kashi", "queqiao-2", "change-6")
    sent, relayed, received = chain.times(way, result.windows.start, result.legs)
    assert np.all(received - relayed < 0.07)
    assert np.all(relayed - sent > 1.1)
    back = Chain("data", (surface(), trunk(("kashi",)))).solve(almanac(), WEEK)
    # The same geometry both ways, but for 1.3 s of light time and what moves meanwhile.
    assert result.windows.count == back.windows.count
    assert np.max(np.abs(result.windows.start - back.windows.start)[1:]) < 10.0


def test_short_windows_are_left_out_and_counted(chain, result):
    limit = float(np.sort(result.windows.durations)[1]) + 1.0
    strict = Chain("strict", chain.links, min_duration=limit).solve(almanac(), WEEK)
    assert strict.short == 2
    assert strict.windows.count == result.windows.count - 2
    assert strict.windows.durations.min() >= limit
    for carried in strict.carriers.values():
        assert (carried & ~strict.windows).total == 0.0
    assert result.short == 0


def test_searched_legs_serve_again(chain, result):
    again = chain.solve(almanac(), WEEK, found=result.leg_windows)
    assert again.windows == result.windows
    assert all(again.leg_windows[k] is w for k, w in result.leg_windows.items())


def test_an_undecided_interval_of_a_leg_is_the_chains(chain, result):
    from dataclasses import replace

    found = dict(result.leg_windows)
    key = ("surface", "change-6", "queqiao-2")
    doubt = (START + 1000.0, START + 1003.0)
    certificate = replace(found[key].certificate, undecided=(doubt,))
    found[key] = replace(found[key], certificate=certificate)
    kept = chain.solve(almanac(), WEEK, found=found).windows.certificate.undecided
    assert len(kept) == 1
    assert kept[0][0] == pytest.approx(doubt[0] + 1.25, abs=0.1)  # s, at reception
    assert kept[0][1] - kept[0][0] == pytest.approx(3.0, abs=0.1)


# -- why -----------------------------------------------------------------------------------


def test_why_agrees_with_the_windows(chain, result):
    rng = np.random.default_rng(9)
    seen = set()
    for t in rng.uniform(*WEEK, 25):
        ways = chain.why(almanac(), t)
        assert [way.nodes for way in ways] == list(result.carriers)
        for way in ways:
            assert way.open == result.carriers[way.nodes].contains(t)
            assert way.open == all(c.holds for c in way.constraints)
            assert {c.link for c in way.constraints} == {"surface", "trunk"}
        assert any(way.open for way in ways) == result.windows.contains(t)
        seen |= {c.cause for way in ways for c in way.constraints if not c.holds}
    assert "elevation:change-6" in seen
    assert "elevation:neuquen" in seen


# -- what cannot be ------------------------------------------------------------------------


def test_links_that_do_not_meet_are_refused():
    with pytest.raises(ValueError, match="trunk does not start where link surface ends"):
        Chain("x", (surface(), trunk(relays=(Node("other", relay()),))))
    with pytest.raises(ValueError, match="has no links"):
        Chain("x", ())
    with pytest.raises(ValueError, match="min_duration"):
        Chain("x", (surface(),), min_duration=-1.0)


def test_a_trajectory_that_is_too_short_is_named_with_the_remedy(chain):
    span = (relay().span[0], relay().span[0] + DAY)
    with pytest.raises(
        ValueError, match=r"link trunk from queqiao-2 to jiamusi.* propagate so"
    ):
        chain.solve(almanac(), span)
