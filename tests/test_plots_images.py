"""Figures beside pictures of them that were looked at.

``python tests/test_plots_images.py`` draws tests/baseline anew: look at every picture before it
is committed. Letters are left out, as their edges depend on the version of FreeType; that texts
are right and in place is for test_plots.py.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text

import orbits
from conftest import ROOT
from figure_check import faults
from orbits.geometry.grid import Grid
from orbits.mission.load import read
from orbits.plots import KINDS, figures
from orbits.plots.coverage import coverage_figure
from orbits.plots.drawing import Words
from orbits.plots.sensitivity import Response, Varied, sensitivity_figure
from orbits.plots.style import style
from orbits.plots.sunlight import eclipses_figure
from orbits.windows import Windows

BASELINE = Path(__file__).with_name("baseline")
DPI = 45  # enough to see a line, small enough to keep in the project
# Root mean square of differences of 0 to 255. Without letters versions of matplotlib differ at
# the soft edges of lines alone, below 1; a line less is 10 to 50 (see the last test).
TOLERANCE = 3.0
WORDS = Words("Title", "line", "alt.")
SPAN = (770_342_469.184, 770_342_469.184 + 10 * 86_400.0)


def sensitivity(preset):
    x = np.linspace(0.0, 330.0, 12)
    share = 70.0 + 20.0 * np.cos(np.radians(x))
    share[[2, 8]] = np.nan
    found = [
        Response("Availability", "%", x, share, 65.0),
        Response("Longest gap", "h", x, 100.0 - share, 40.0, at_least=False),
    ]
    return sensitivity_figure(found, Varied("raan [deg]", 180.0), preset, WORDS)


def eclipses(preset):
    start = SPAN[0] + 86_400.0 * np.arange(1, 9)
    umbra = Windows(start, start + 1800.0 + 120.0 * np.arange(8), SPAN)
    penumbra = Windows(start - 300.0, umbra.stop + 300.0, SPAN)
    rows = [("umbra of the Moon", umbra), ("penumbra of the Moon", penumbra)]
    return eclipses_figure(
        rows, np.array(SPAN[0]) + 86_400.0 * np.arange(11), SPAN, preset, WORDS
    )


def coverage(preset):
    grid = Grid.region("moon", np.radians((-90.0, 90.0)), np.radians((90.0, 270.0)), 0.1)
    share = 0.5 - 0.4 * np.sin(grid.latitude)
    said = SimpleNamespace(availability=share, longest_gap=36_000.0 / share)
    counted = np.ones(share.size, dtype=bool)
    found = SimpleNamespace(grid=grid, figures=lambda: said, counted=counted)
    return coverage_figure(found, [], preset, WORDS)


def drawings():
    """Return a figure of every kind: of two missions, and of values given here."""
    found = {}
    for name, kinds in (
        ("change6-relay", set(KINDS) - {"margin"}),
        ("queqiao2-links", {"margin"}),
    ):
        said = read(ROOT / "missions" / f"{name}.toml")
        offered = figures(orbits.run(said.mission, text=said.text))
        found |= {d.kind.name: d for d in offered.values() if d.kind.name in kinds}
    return found | {"sensitivity": sensitivity, "eclipses": eclipses, "coverage": coverage}


@pytest.fixture(scope="module")
def drawn():
    return drawings()


def store(draw, path):
    """Write a figure without its letters."""
    with style("slide"):
        figure = draw("slide")
        for text in figure.findobj(Text):
            text.set_visible(False)
        figure.savefig(path, format="png", dpi=DPI, metadata={"Software": None})
    return path


PICTURED = sorted(path.stem for path in BASELINE.glob("*.png"))


def test_the_pictures_are_of_kinds_that_there_are_and_small():
    assert len(PICTURED) >= 17
    assert set(PICTURED) <= set(KINDS)
    assert sum(path.stat().st_size for path in BASELINE.glob("*.png")) < 1_000_000


@pytest.mark.parametrize("kind", PICTURED)
def test_a_figure_looks_as_it_did_when_it_was_looked_at(drawn, kind, tmp_path):
    # regression: our own pictures
    made = store(drawn[kind], tmp_path / f"{kind}.png")
    expected = tmp_path / f"{kind}-looked-at.png"  # compare_images writes beside it
    expected.write_bytes((BASELINE / f"{kind}.png").read_bytes())
    assert compare_images(str(expected), str(made), TOLERANCE) is None


@pytest.mark.parametrize("preset", ["slide", "paper"])
@pytest.mark.parametrize("kind", ["sensitivity", "eclipses", "margin"])
def test_texts_keep_apart_in_these_too(drawn, kind, preset):
    with style(preset):
        assert faults(drawn[kind](preset)) == []


@pytest.mark.parametrize("kind", ["motion", "margin", "sun-angle", "beta"])
def test_a_missing_line_is_seen(drawn, kind, tmp_path):
    def without(preset):
        figure = drawn[kind](preset)
        max(figure.axes[0].lines, key=lambda line: len(line.get_xdata())).remove()
        return figure

    made, less = store(drawn[kind], tmp_path / "a.png"), store(without, tmp_path / "b.png")
    assert compare_images(str(made), str(less), TOLERANCE) is not None


if __name__ == "__main__":
    BASELINE.mkdir(exist_ok=True)
    for kind, draw in drawings().items():
        print(store(draw, BASELINE / f"{kind}.png"))
