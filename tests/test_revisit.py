"""Revisit of a swath of 950 km: against brute force, and as requirements of a mission."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from conftest import ROOT
from orbits.almanac import Almanac
from orbits.constants import DAY, WGS84_A
from orbits.design.full_model import earth_model, node_of, start_of
from orbits.design.sun_synchronous import by_axis
from orbits.errors import MissionError
from orbits.geometry.access import Rules
from orbits.geometry.coverage import coverage
from orbits.geometry.fixed import fixed_path
from orbits.geometry.grid import Grid
from orbits.geometry.ocean import on_land
from orbits.geometry.revisit import bands, first_seen, share_seen, share_within, time_to_full
from orbits.mission.load import from_dict
from orbits.time import parse_t

START = parse_t("2025-02-04T00:00:00 UTC")
SPAN = (START, START + 4.0 * DAY)
HALF = 475e3 / WGS84_A  # rad: half of 950 km
STEP = 4.0  # s, of the brute force


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(*SPAN)


@pytest.fixture(scope="module")
def path(almanac):
    orbit = by_axis(WGS84_A + 647.5e3)
    start = start_of(START, orbit, node_of(START, 1.5 * np.pi, almanac), 0.0, almanac)
    return earth_model(almanac, 8).propagate(start, SPAN)


@pytest.fixture(scope="module")
def found(path, almanac):
    grid = Grid.whole("earth", np.radians(15.0))
    return coverage(grid, {"hy-4a": path}, almanac, SPAN, Rules(swath=HALF))


@pytest.fixture(scope="module")
def seen(path, almanac, found):
    """Whether each point is seen at each of many instants: the brute force, (n, k)."""
    t = np.arange(SPAN[0], SPAN[1], STEP)
    fixed = fixed_path(path, almanac, "earth", SPAN).position(t)
    below = fixed / np.linalg.norm(fixed, axis=1)[:, None]
    points = found.grid.vector / np.linalg.norm(found.grid.vector, axis=1)[:, None]
    return points @ below.T >= np.cos(HALF)


def test_every_pass_of_the_swath_is_that_of_brute_force(found, seen):
    edges = np.diff(np.pad(seen.astype(int), ((0, 0), (1, 1))), axis=1)
    assert np.count_nonzero(edges == 1, axis=1).sum() == found.start.size
    share = seen.mean(axis=1)
    # of the span: each pass is cut at its two edges to the step
    bound = 2.0 * STEP * np.diff(found.first) / (SPAN[1] - SPAN[0]) + 1e-9
    assert np.all(np.abs(share - found.figures().availability) <= bound)


def test_revisit_and_days_to_full_coverage_are_those_of_brute_force(found, seen):
    figures, first = found.figures(), first_seen(found)
    for point, row in enumerate(seen):
        at = np.flatnonzero(row) * STEP
        if not at.size:
            assert first[point] == np.inf
            continue
        assert first[point] == pytest.approx(at[0], abs=STEP)  # s
        gaps = np.diff(np.concatenate([[0.0], at, [SPAN[1] - SPAN[0]]]))
        assert figures.longest_gap[point] == pytest.approx(gaps.max(), abs=2.0 * STEP)
    assert time_to_full(found) == first.max()
    assert share_seen(found) == 1.0


def test_the_poles_are_out_of_reach(path, almanac):
    # deg: the track turns at 82, the swath adds 4.3
    cap = Grid.cap("earth", np.radians(87.0), np.radians(10.0))
    found = coverage(cap, {"hy-4a": path}, almanac, SPAN, Rules(swath=HALF))
    assert time_to_full(found) == np.inf
    assert share_seen(found) == 0.0
    assert share_within(found, DAY) == 0.0


@pytest.mark.parametrize("period", [0.5, 1.0, 2.0, 3.0])
def test_the_share_in_any_period_is_the_least_of_brute_force(found, seen, period):
    length = round(period * DAY / STEP)
    sums = np.cumsum(np.pad(seen, ((0, 0), (1, 0))), axis=1)
    begins = np.arange(0, seen.shape[1] - length, 15)  # each minute
    area = found.grid.area / found.grid.area.sum()
    shares = area @ (sums[:, begins + length] > sums[:, begins])
    exact = share_within(found, period * DAY)
    # Periods begin at any instant in the exact count and each minute in this one.
    assert exact <= shares.min() + 1e-9
    assert exact == pytest.approx(shares.min(), abs=2.0 * area.max())


def test_a_period_longer_than_the_span_is_refused(found):
    with pytest.raises(ValueError, match="does not fit"):
        share_within(found, 5.0 * DAY)


def test_points_that_do_not_count_leave_the_means(found):
    ocean = replace(found, where=~on_land(found.grid.latitude, found.grid.longitude))
    assert 0.6 < ocean.counted.mean() < 0.8  # of a grid of equal angles
    values = np.where(ocean.counted, 1.0, 100.0)
    assert ocean.mean(values) == pytest.approx(1.0)
    assert found.mean(values) > 10.0


def test_gaps_shrink_towards_the_poles(found):
    rows = bands(found, np.radians(15.0))
    assert sum(row.area for row in rows) == pytest.approx(found.grid.area.sum())
    north = {round(np.degrees(row.south)): row.mean_gap for row in rows}
    assert north[0] > north[30] > north[60]
    assert rows[-1].seen == 1.0  # the point at 82.5 deg
    assert rows[-1].longest_gap < 0.5 * max(row.longest_gap for row in rows)


# -- in a mission -------------------------------------------------------------------------


def said():
    return tomllib.loads((ROOT / "missions" / "haiyang4a.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("table", "edit", "message"),
    [
        ("coverage", {"within": "20 day"}, "longer than the mission"),
        ("coverage", {"body": "moon"}, "the moon has no ocean"),
        ("orbit", {"altitude": "6000 km"}, "no orbit is sun-synchronous"),
        ("orbit", {"altitude": "90 km"}, "in the atmosphere"),
        ("orbit", {"repeat": [143, 10]}, "the size of the orbit is given by altitude and rep"),
        ("orbit", {"ltan": "25:00"}, "no local time"),
        ("orbit", {"ltdn": "06:00"}, "the local time of the node is given by ltan and ltdn"),
        ("orbit", {"argp": "90 deg"}, "a frozen orbit has its own argp"),
        ("orbit", {"frozen": False}, "without a shape"),
        ("dynamics", {"gravity": {}}, "without the Earth's gravity field"),
    ],
)
def test_faults_of_the_salinity_mission_are_told(table, edit, message):
    mission = said()
    craft = mission["spacecraft"]["haiyang-4a"]
    tables = {
        "coverage": mission["analysis"]["coverage"]["ocean"],
        "orbit": craft["orbit"],
        "dynamics": craft["dynamics"],
    }
    tables[table].update(edit)
    with pytest.raises(MissionError) as failed:
        from_dict(mission, ROOT / "missions")
    assert message in str(failed.value)
