"""Maps of coverage: projections, landmarks, cells where they belong, and texts that fit."""

import numpy as np
import pytest
from matplotlib.colors import LogNorm

import orbits
from conftest import ROOT
from figure_check import faults
from orbits.mission.load import read
from orbits.plots import coverage_map, figures, workload
from orbits.plots.coverage import chart_of, poles
from orbits.plots.maps import Chart, coastline, lines
from orbits.plots.sunlight import eclipse_durations
from orbits.windows import Windows
from test_coverage import given

MISSION = ROOT / "missions" / "change6-coverage.toml"
NAMES = ["coverage-far-side", "coverage-south-pole-south", "beta-queqiao-2"]


@pytest.fixture(scope="module")
def outcome():
    said = read(MISSION)
    return orbits.run(said.mission, text=said.text)


def test_the_coverage_mission_offers_maps(outcome):
    offered = list(figures(outcome))
    assert [name for name in offered if name.startswith(("coverage", "beta"))] == [
        "beta-queqiao-2", "coverage-far-side", "coverage-south-pole-south",
    ]  # fmt: skip


@pytest.mark.parametrize("preset", ["slide", "paper"])
@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_a_map_meets_another_or_leaves_the_figure(outcome, name, preset):
    figure = figures(outcome)[name](preset)
    assert faults(figure) == []


def test_a_polar_map_is_stereographic_and_has_east_at_the_right():
    for pole in (-1.0, 1.0):
        chart = Chart("moon", 0.0, pole, 30.0)
        x, y = chart.place(pole * np.array([90.0, 80.0, 80.0]), np.array([17.0, 90.0, 0.0]))
        radius = np.degrees(2.0 * np.tan(np.radians(5.0)))
        assert np.allclose(x, [0.0, radius, 0.0])
        assert np.allclose(y, [0.0, 0.0, -pole * radius])
    assert chart.reach == pytest.approx(np.degrees(2.0 * np.tan(np.radians(15.0))))


def test_a_grid_has_its_own_middle_in_the_middle(outcome):
    far, cap = (outcome.coverages[name].grid for name in ("far-side", "south-pole"))
    assert chart_of(far).center_deg == pytest.approx(180.0)
    assert (poles(far), poles(cap)) == ((), (-1.0,))
    assert chart_of(cap, pole=-1.0).edge_deg == pytest.approx(20.0)


def test_the_cells_have_the_values_of_the_points_under_them(outcome):
    found = outcome.coverages["far-side"]
    ax = coverage_map(found)
    mesh = ax.collections[0]
    shown = np.asarray(mesh.get_array()).reshape(found.grid.shape)
    assert np.allclose(shown.ravel(), 100.0 * found.figures().availability)
    assert ax.get_xlim() == pytest.approx((90.0, 270.0))
    gap = coverage_map(found, "longest_gap").collections[0]
    assert isinstance(gap.norm, LogNorm)  # 3 h to 15 d
    with pytest.raises(ValueError, match="there are those of availability"):
        coverage_map(found, "beauty")


def test_a_figure_of_one_value_is_drawn_too():
    norm = coverage_map(given([[]])).collections[0].norm
    assert (norm.vmin, norm.vmax) == (-0.5, 0.5)


def test_the_coast_is_whole_and_light():
    every = np.concatenate(coastline())
    assert 100 < len(coastline()) < 140
    assert len(every) < 6000
    assert np.abs(every[:, 0]).max() <= 180.0
    assert np.abs(every[:, 1]).max() <= 90.0
    africa = max(coastline(), key=len)
    assert len(africa) > 500
    for chart in (Chart("earth"), Chart("earth", 0.0, 1.0, 30.0), Chart("moon", 180.0)):
        for line in lines(chart):
            step = np.abs(np.diff(line, axis=0))
            assert np.nanmax(step, initial=0.0) < 60.0  # deg: no line runs across the map


def test_hours_of_a_day_stand_on_top_of_each_other():
    edges = 770_342_469.184 + 86_400.0 * np.arange(3)
    ax = workload(
        {"a": np.array([3600.0, 7200.0]), "b": np.array([7200.0, 0.0])}, edges,
        visible=np.array([86_400.0, 43_200.0]),
    )  # fmt: skip
    tops = [(round(p.get_y(), 6), round(p.get_height(), 6)) for p in ax.patches[:4]]
    assert tops == [(0.0, 1.0), (0.0, 2.0), (1.0, 2.0), (2.0, 0.0)]
    assert ax.get_ylim() == (0.0, 24.0)


def test_eclipses_are_drawn_with_the_battery_they_must_fit():
    span = (770_342_469.184, 770_342_469.184 + 10 * 86_400.0)
    start = span[0] + 86_400.0 * np.arange(1, 5)
    held = Windows(start, start + 1800.0, span)
    none = Windows.none(span)
    ax = eclipse_durations([("umbra", held), ("penumbra", none)], span, battery=3600.0)
    assert ax.get_ylim()[1] > 60.0
    assert [text for _, text in zip(*ax.get_legend_handles_labels(), strict=True)] == [
        "umbra", "battery",
    ]  # fmt: skip
    empty = eclipse_durations([("umbra", none)], span)
    assert "no eclipse in the span" in [text.get_text() for text in empty.texts]
