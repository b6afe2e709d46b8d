"""Orbits of a mission that closed theories fly: two bodies, mean elements, the catalogue."""

import numpy as np
import pytest

from kepler_path import KeplerPath
from orbits.bodies import EARTH
from orbits.elements import Elements, cartesian_to_keplerian, period
from orbits.errors import MissionError
from orbits.exports.spk import write_spk
from orbits.frames import GCRF, rotation_of_epoch
from orbits.mission.build import build
from orbits.mission.load import load
from orbits.propagators.element_sets import tle
from orbits.propagators.kepler import propagate_kepler
from orbits.propagators.secular import mean_to_osculating
from orbits.propagators.sgp4 import teme

ONE = "1 48274U 21035A   24134.15711351  .00053583  00000-0  55071-3 0  9999"
TWO = "2 48274  41.4683 297.0973 0003518 330.7772  29.2870 15.64019374173612"
HEAD = """
schema = 1
[mission]
name = "closed"
start = "2024-05-14T00:00:00 UTC"
duration = "6 h"
"""
ORBIT = """
[spacecraft.x.orbit]
kind = "keplerian"
center = "earth"
frame = "earth-equator-of-epoch"
semi_major_axis = "7000 km"
eccentricity = 0.01
inclination = "98 deg"
raan = "10 deg"
argp = "90 deg"
true_anomaly = "0 deg"
"""
LINES = f"""
[spacecraft.x.orbit]
kind = "tle"
lines = ["{ONE}", "{TWO}"]
"""


@pytest.fixture
def mission(tmp_path):
    def read(*tables):
        path = tmp_path / "x.toml"
        path.write_text(HEAD + "\n".join(tables), encoding="utf-8")
        return build(load(path), tmp_path)

    return read


def model(name):
    return f'[spacecraft.x.dynamics]\nmodel = "{name}"\n'


def test_kepler_flies_an_ellipse(mission):
    built = mission(ORBIT, model("kepler"))
    craft = built.craft["x"]
    path = craft.fly()
    assert path.provenance["propagator"] == "two-body"
    assert path.span[0] < built.span[0] < built.span[1] < path.span[1]
    t = np.linspace(*path.span, 300)
    r, _ = propagate_kepler(craft.start.r, craft.start.v, t - craft.start.t, EARTH.mu)
    assert np.linalg.norm(path.position(t) - r, axis=1).max() < 2e-3  # m, the fit


def test_j2_turns_the_node_as_it_should(mission):
    built = mission(ORBIT, model("j2"))
    path = built.craft["x"].fly()
    assert "Brouwer" in path.provenance["theory"]
    turn = rotation_of_epoch("earth-equator-of-epoch", built.span[0], built.almanac)
    days = 3 * period(7e6, EARTH.mu)
    t = built.span[0] + np.array([0.0, days])
    states = path.position(t) @ turn.T, path.velocity(t) @ turn.T
    found = cartesian_to_keplerian(*states, EARTH.mu)
    rate = np.diff(found.raan)[0] / days
    assert np.degrees(rate) * 86400.0 == pytest.approx(1.0, abs=0.05)  # deg/day: near the Sun's


def test_mean_elements_are_turned_into_osculating_ones(mission):
    built = mission(ORBIT + 'elements = "mean"\n', model("kepler"))
    start = built.craft["x"].start
    turn = rotation_of_epoch("earth-equator-of-epoch", start.t, built.almanac)
    found = cartesian_to_keplerian(turn @ start.r, turn @ start.v, EARTH.mu)
    asked = mean_to_osculating(
        Elements(7e6, 0.01, np.radians(98), np.radians(10), np.radians(90), 0.0)
    )
    assert found.semi_major_axis == pytest.approx(asked.semi_major_axis, abs=1e-3)  # m
    assert abs(found.semi_major_axis - 7e6) > 5e3  # m: what the word is for
    assert found.inclination == pytest.approx(asked.inclination, abs=1e-10)


def test_two_lines_fly_by_sgp4(mission):
    built = mission(LINES)
    path = built.craft["x"].fly()
    assert built.mission.spacecraft["x"].dynamics.model == "sgp4"
    assert path.frame == GCRF
    t = np.linspace(*built.span, 50)
    turned = np.einsum(
        "nij,nj->ni", built.almanac.rotation("TEME", "ICRF", t), path.position(t)
    )
    assert np.abs(turned - teme(tle(ONE, TWO), t)[0]).max() < 2e-3  # m, the fit


def test_two_lines_may_stand_in_a_file(mission, tmp_path):
    (tmp_path / "x.tle").write_text(f"STATION\n{ONE}\n{TWO}\n")
    held = mission('[spacecraft.x.orbit]\nkind = "tle"\nfile = "x.tle"\n', model("sgp4"))
    there = mission(LINES)
    t = held.span[0]
    np.testing.assert_array_equal(
        held.craft["x"].fly().position(t), there.craft["x"].fly().position(t)
    )


def test_a_kernel_is_an_ephemeris_file(mission, tmp_path):
    start = mission(LINES).span[0]
    path = KeplerPath(span=(start - 3600.0, start + 86400.0))
    write_spk(tmp_path / "x.bsp", path, target_id=-5, name="x")
    built = mission('[spacecraft.x.orbit]\nkind = "ephemeris"\nfile = "x.bsp"\n')
    flown = built.craft["x"].fly()
    assert flown.frame.center == "moon"
    t = np.linspace(*built.span, 100)
    assert np.abs(flown.position(t) - path.position(t)).max() < 0.01  # m, the file's 5 mm


FAULTS = {
    "a checksum": (LINES.replace("173612", "173613"), "the checksum is '3'"),
    "lines and a file": (LINES + 'file = "x.tle"\n', "the elements are given twice"),
    "no lines": ('[spacecraft.x.orbit]\nkind = "tle"\n', "there are no elements"),
    "no file": (
        '[spacecraft.x.orbit]\nkind = "tle"\nfile = "y.tle"\n', "there is no file y.tle",
    ),
    "forces for sgp4": (
        LINES + "[spacecraft.x.dynamics]\nrelativity = true\n", "sgp4 takes no relativity",
    ),
    "another model": (LINES + model("j2"), "j2 does not fly an orbit of kind tle"),
    "sgp4 for elements": (ORBIT + model("sgp4"), "sgp4 does not fly an orbit of kind kep"),
    "forces for kepler": (
        ORBIT + model("kepler") + 'third_bodies = ["sun"]\n', "kepler takes no third_bodies",
    ),
    "j2 of the Sun": (
        ORBIT.replace('"earth"', '"sun"').replace("7000 km", "1 au")
        .replace("earth-equator-of-epoch", "icrf") + model("j2"),
        "no zonal harmonics of sun are shipped",
    ),
    "mean elements of another plane": (
        ORBIT.replace("earth-equator-of-epoch", "icrf") + 'elements = "mean"\n',
        "mean elements refer to the equator",
    ),
    "min_altitude": (
        ORBIT + 'min_altitude = "200 km"\n' + model("kepler"), "min_altitude does not go with",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_what_does_not_go_together_is_a_fault_of_the_file(mission, case):
    text, message = FAULTS[case]
    with pytest.raises(MissionError) as caught:
        mission(text)
    assert any(message in problem.message for problem in caught.value.problems)
    assert len(caught.value.problems) == 1
