"""Missions that ask for a frozen ellipse or a halo by name."""

import tomllib

import numpy as np
import pytest

from conftest import ROOT
from orbits.design.real_sky import JUMP, SPEED_JUMP
from orbits.errors import MissionError
from orbits.mission.build import build
from orbits.mission.load import from_dict

FOLDER = ROOT / "missions"


def said(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def test_a_halo_is_built_over_the_mission_and_its_room():
    model = build(from_dict(said("change6-by-halo"), FOLDER), FOLDER)
    craft = model.craft["queqiao-1"]
    path = craft.fly()
    assert path.span[0] < model.span[0]
    assert path.span[1] > model.span[1]
    halo = path.provenance["halo"]
    assert halo["position_jump"] < JUMP
    assert halo["velocity_jump"] < SPEED_JUMP
    assert halo["az"] == pytest.approx(13e6, abs=1.0)  # m, as asked


def test_the_place_in_the_halo_is_that_of_the_phase_at_its_epoch():
    halves = []
    for phase in (0.0, 0.5):
        mission = said("change6-by-halo")
        mission["spacecraft"]["queqiao-1"]["orbit"]["phase"] = phase
        model = build(from_dict(mission, FOLDER), FOLDER)
        path = model.craft["queqiao-1"].fly()
        halves.append(np.linalg.norm(path.position(model.span[0])))
    assert halves[0] > 65e6  # m: the far crossing
    assert halves[1] < 55e6  # m: the near one


def test_the_lowest_perilune_of_a_frozen_mission_is_the_one_asked():
    mission = said("change6-relay-concept")
    mission["spacecraft"]["queqiao-2"]["dynamics"]["gravity"]["moon"] = 8
    model = build(from_dict(mission, FOLDER), FOLDER)
    path = model.craft["queqiao-2"].fly()
    r = np.linalg.norm(path.position(np.linspace(*model.span, 20000)), axis=1)
    assert r.min() > 1737.4e3 + 299e3  # m: the lowest of the year


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"period": "14 day"}, "the halo is given by az and period"),
        ({"az": None}, "the halo is given by no key"),
        ({"phase": 2.0}, "phase"),
        ({"point": "L4"}, "L4"),
        ({"width": "1 km"}, "width"),
    ],
)
def test_faults_of_a_halo_are_told(edit, message):
    mission = said("change6-by-halo")
    orbit = mission["spacecraft"]["queqiao-1"]["orbit"]
    orbit.update(edit)
    for key in [key for key, value in edit.items() if value is None]:
        del orbit[key]
    with pytest.raises(MissionError) as failed:
        from_dict(mission, FOLDER)
    assert message in str(failed.value)


def test_a_frozen_orbit_upside_down_is_told():
    mission = said("change6-relay-concept")
    mission["spacecraft"]["queqiao-2"]["orbit"]["periapsis_altitude"] = "9000 km"
    with pytest.raises(MissionError, match="not below the apoapsis"):
        from_dict(mission, FOLDER)
