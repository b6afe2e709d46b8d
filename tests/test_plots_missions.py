"""Every figure of every bundled mission, in both presets: readable, and told in words."""

import re

import pytest

import orbits
from conftest import ROOT
from figure_check import faults
from orbits.mission.load import read
from orbits.plots import chosen, figures

MISSIONS = sorted((ROOT / "missions").glob("*.toml"))


@pytest.mark.slow  # every mission is flown; tests/test_plots.py and test_maps.py look at two
@pytest.mark.parametrize("path", MISSIONS, ids=lambda path: path.stem)
def test_every_figure_of_a_mission_can_be_read(path):
    said = read(path)
    outcome = orbits.run(said.mission, folder=path.parent, text=said.text)
    found, drawn = {}, chosen(figures(outcome), "all")
    assert drawn
    for name, drawing in drawn.items():
        assert re.search(r"\d", drawing.alt()), name
        for preset in ("slide", "paper"):
            if wrong := faults(drawing(preset)):
                found[name, preset] = wrong
    assert found == {}
