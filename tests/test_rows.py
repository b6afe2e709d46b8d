"""Rows: extremes refined within windows, and the columns of legs and chains."""

import numpy as np
import pytest

from orbits.events import windows
from orbits.geometry.eclipse import events
from orbits.geometry.relay import Chain, Link
from orbits.geometry.rows import (
    chain_rows,
    eclipse_rows,
    extremes,
    leg_rows,
    sample_times,
)
from orbits.geometry.visibility import Node
from orbits.windows import Windows
from relay_case import DAY, START, almanac, lander, relay, station

WEEK = (START, START + 7 * DAY)
Q = Node("queqiao-2", relay())


@pytest.fixture(scope="module")
def chain():
    stations = tuple(Node(n, station(n)) for n in ("kashi", "neuquen"))
    surface = Link("surface", (Node("change-6", lander()),), (Q,))
    return Chain("far", (surface, Link("trunk", (Q,), stations)))


@pytest.fixture(scope="module")
def result(chain):
    return chain.solve(almanac(), WEEK)


@pytest.fixture(scope="module")
def dark():
    return windows(events(relay(), "moon", almanac(), WEEK)[1], WEEK)


def test_an_extreme_is_the_root_of_the_derivative_not_a_sample():
    given = Windows(np.array([0.0, 5000.0]), np.array([4000.0, 9000.0]), (0.0, 1e4))
    rate, phase = 2 * np.pi / 7000.0, 1234.5

    def wave(t):
        return np.sin(rate * (t - phase))

    t = sample_times(given)
    top, when = extremes(wave, given.start, given.stop, (t, wave(t)), 1.0)
    low, then = extremes(wave, given.start, given.stop, (t, wave(t)), -1.0)
    assert top[0] == pytest.approx(1.0, abs=1e-12)
    assert when[0] == pytest.approx(phase + 1750.0, abs=1e-3)  # s, asked of the root
    assert low[1] == pytest.approx(-1.0, abs=1e-12)
    assert then[1] == pytest.approx(phase + 5250.0, abs=1e-3)
    assert (top[1], when[1]) == (wave(9000.0), 9000.0)  # rising up to the end
    assert (low[0], then[0]) == (wave(0.0), 0.0)


def test_every_window_is_sampled_at_both_ends_and_in_order():
    given = Windows(np.array([0.0, 10.0, 50.0]), np.array([1e-3, 20.0, 1e5]), (0.0, 2e5))
    t = sample_times(given)
    assert np.all(np.diff(t) > 0.0)
    assert np.isin(given.start, t).all()
    assert np.isin(given.stop, t).all()
    assert np.max(np.diff(t[t >= 50.0])) <= 900.0


def test_leg_rows_hold_the_extremes_of_a_fine_sampling(result, dark):
    key = ("trunk", "queqiao-2", "kashi")
    leg, found = result.legs[key], result.leg_windows[key].clip(WEEK)
    rows = leg_rows("link.trunk.queqiao-2.kashi", leg, found, dark)
    assert len(rows) == found.count
    for row in rows:
        t = np.linspace(row.start, row.stop, 4000)
        azimuth, elevation, _ = leg.azimuth_elevation(t)
        apart = leg.range(t)
        # Samples 10 s apart miss an extreme by A h^2/8: 40 m, and 6e-8 rad.
        assert row.max_elevation >= elevation.max() - 1e-12
        assert row.max_elevation == pytest.approx(elevation.max(), abs=1e-6)
        assert row.min_range <= apart.min() + 1e-6
        assert row.min_range == pytest.approx(apart.min(), abs=50.0)
        assert row.max_range == pytest.approx(apart.max(), abs=50.0)
        assert row.min_sun_angle == pytest.approx(leg.sun_angle(t).min(), abs=1e-6)
        assert (row.azimuth_start, row.azimuth_stop) == (azimuth[0], azimuth[-1])
        assert row.light_time_start == pytest.approx(apart[0] / 299_792_458.0, abs=1e-12)
        assert row.start_sent == row.start - row.light_time_start
        assert row.kind == "leg"
        assert (row.transmitter, row.receiver, row.via) == ("queqiao-2", "kashi", "")
        assert row.edge_tolerance == 1e-3
        assert 0.0 <= row.sunlit_fraction <= 1.0
        assert row.max_elevation_t == pytest.approx(t[np.argmax(elevation)], abs=20.0)


def test_chain_rows_join_what_each_carrier_sees(chain, result):
    rows = chain_rows("chain.far", chain, result)
    assert [row.start for row in rows] == result.windows.start.tolist()
    horizon = result.legs["surface", "change-6", "queqiao-2"].horizon()
    for row in rows:
        assert row.kind == "chain"
        assert row.transmitter == "change-6"
        assert row.via == "queqiao-2"
        assert set(row.receiver.split(" + ")) <= {"kashi", "neuquen"}
        assert 3.4e8 < row.min_range < row.max_range < 4.4e8  # m, Moon to Earth
        assert 1.1 < row.light_time_start < 1.5  # s
        way = ("change-6", "queqiao-2", row.receiver.split(" + ")[0])
        sent, relayed, _ = chain.times(way, np.array([row.start]), result.legs)
        assert row.start_sent == pytest.approx(sent[0], abs=1e-6)
        assert row.azimuth_start == pytest.approx(horizon.angles(relayed)[0][0], abs=1e-9)
        t = np.linspace(row.start, row.stop, 2000) - 1.25
        # The lander's elevation is within 1e-6 rad whichever station hears it.
        assert row.max_elevation == pytest.approx(horizon.elevation(t).max(), abs=2e-5)


def test_sunlight_is_the_part_outside_the_dark(chain, result):
    half = Windows(np.array([WEEK[0]]), np.array([WEEK[0] + 3.5 * DAY]), WEEK)
    rows = chain_rows("chain.far", chain, result, half)
    lit = sum(row.sunlit_fraction * (row.stop - row.start) for row in rows)
    assert lit == pytest.approx((result.windows & ~half).total, abs=1e-6)  # s


def test_no_windows_give_no_rows(chain, result):
    leg = result.legs["surface", "change-6", "queqiao-2"]
    assert leg_rows("x", leg, Windows.none(WEEK)) == []
    assert eclipse_rows("x", "queqiao-2", Windows.none(WEEK)) == []


def test_eclipse_rows_hold_edges_and_causes():
    span = (START, START + 30 * DAY)
    found = windows(events(relay(300.0), "moon", almanac(), span)[0], span)
    rows = eclipse_rows("eclipse.queqiao-2.moon.umbra", "queqiao-2", found)
    assert [(row.start, row.stop) for row in rows] == list(found)
    assert {row.start_cause for row in rows} == {"umbra:moon"}
    assert rows[0].kind == "eclipse"
    assert rows[0].max_elevation is None
