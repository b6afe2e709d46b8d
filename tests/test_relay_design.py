"""The designer of relay orbits, on the site of Chang'e-6."""

import numpy as np
import pytest

import relay_case as case
from orbits.almanac import Almanac
from orbits.design.relay import Ellipse, Figures, HaloChoice, Scene, dominates
from orbits.design.trade import front, random_design, search
from orbits.errors import ConvergenceError


@pytest.fixture(scope="module")
def scene():
    almanac = Almanac.load(case.START - 100.0, case.STOP + 30 * case.DAY)
    stations = [case.station(name) for name in case.STATIONS]
    seen = tuple(s.with_horizon(np.radians(5.0), None) for s in stations)
    return Scene(almanac, case.SPAN, case.lander(), seen)


@pytest.fixture(scope="module")
def found(scene):
    return search(scene, require=lambda figures: figures.availability > 0.5)


def test_the_flown_ellipse_has_the_availability_of_its_mission(scene):
    figures = scene.judged(case.relay(), 0.0, 0.0)
    # The certified month has 74.62 %; the grid knows an edge to one step of five minutes.
    assert figures.availability == pytest.approx(0.7462, abs=2e-3)
    assert figures.slant_range < 19e6


def test_both_branches_are_on_the_front(found):
    kinds = {type(point.design) for point in found}
    assert kinds == {Ellipse, HaloChoice}
    assert all(point.figures.availability > 0.5 for point in found)
    assert len(found) >= 5


@pytest.mark.parametrize(
    "seed",
    [2024, pytest.param(7, marks=pytest.mark.slow), pytest.param(99, marks=pytest.mark.slow)],
)
def test_no_random_design_dominates_the_front(scene, found, seed):
    random = np.random.default_rng(seed)
    tried = [scene.figures(random_design(random)) for _ in range(500)]
    flying = [figures for figures in tried if figures is not None]
    assert len(flying) > 300
    beaten = [p for p in found if any(dominates(f, p.figures) for f in flying)]
    assert beaten == []


def test_a_halo_is_open_nearly_always_and_far_away(scene):
    figures = scene.figures(HaloChoice(13e6, "L2", "southern", 0.0))
    assert figures.availability > 0.99
    assert figures.slant_range > 60e6


def test_a_design_that_meets_the_moon_has_no_figures(scene):
    low = Ellipse(12e6, 1e3, "south", retrograde=False, raan=0.0, mean_anomaly=np.pi)
    assert scene.figures(low) is None


def test_what_nobody_can_meet_is_refused(scene):
    with pytest.raises(ConvergenceError, match="ask for less"):
        search(scene, tries=8, require=lambda figures: figures.availability > 1.0)


def test_dominance_needs_one_figure_better_and_none_worse():
    base = Figures(0.7, 100.0, 10.0, 1e7, 200.0, 5.0)
    better = Figures(0.8, 100.0, 10.0, 1e7, 200.0, 5.0)
    mixed = Figures(0.9, 200.0, 10.0, 1e7, 200.0, 5.0)
    assert dominates(better, base)
    assert not dominates(base, base)
    assert not dominates(mixed, base)
    assert not dominates(base, mixed)


def test_the_front_of_two_equal_points_keeps_them():
    point = type("P", (), {"figures": Figures(0.7, 1.0, 1.0, 1.0, 1.0, 1.0)})
    assert len(front([point, point])) == 2
