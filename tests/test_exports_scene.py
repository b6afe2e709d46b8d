"""CZML: the models of `czml3` take it, and Hermite through its rows gives the motion back."""

import json
from itertools import pairwise

import numpy as np
import pytest
from astropy import units as u

from kepler_path import JumpingPath, KeplerPath
from orbits import hermite
from orbits.almanac import Almanac
from orbits.exports.czml import write_czml
from orbits.frames import to_icrf
from orbits.sites import Site
from orbits.time import duration, parse_t
from orbits.windows import Windows

RELAY = KeplerPath(span=(770_342_469.184, 770_342_469.184 + 2 * 86_400.0))
LOW = KeplerPath(center="earth", perilune=8e6, apolune=1e7, span=RELAY.span)
SPAN = RELAY.span
LANDER = Site("lander", "moon", -41.6 * u.deg, 206.0 * u.deg, -5.0 * u.km)
STATION = Site("station.x", "earth", 46.5 * u.deg, 130.8 * u.deg, 200.0 * u.m)
OPEN = Windows(
    np.array([SPAN[0], SPAN[0] + 1e4]), np.array([SPAN[0] + 5e3, SPAN[0] + 2e4]), SPAN
)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(*SPAN)


@pytest.fixture
def packets(tmp_path, almanac):
    write_czml(
        tmp_path / "x.czml",
        {"relay": RELAY, "low": LOW},
        {"lander": LANDER, "station.x": STATION},
        {"link.trunk": ("relay", "station.x", OPEN)},
        almanac,
        name="<script>alert(1)</script>",
        comments=("orbits 0.1.0",),
    )
    return {packet["id"]: packet for packet in json.loads((tmp_path / "x.czml").read_text())}


def places(position, t):
    """Where Cesium puts an object at ``t``: Hermite of degree 7 through 4 of its rows."""
    rows = np.array(position["cartesianVelocity"]).reshape(-1, 7)
    s = duration(parse_t(position["epoch"].replace("Z", " UTC")), t)
    at = np.clip(np.searchsorted(rows[:, 0], s) - 2, 0, len(rows) - 4)[:, None] + np.arange(4)
    near = rows[at]
    z, newton = hermite.newton(near[:, :, 0] - near[:, :1, 0], near[:, :, 1:4], near[:, :, 4:])
    return hermite.evaluate(z, newton, (s - near[:, 0, 0])[:, None])[0][:, 0]


def test_czml3_takes_every_packet(packets):
    czml3 = pytest.importorskip("czml3", reason="needs the extra test")
    document = czml3.Document(
        packets=[czml3.Packet.model_validate(packet) for packet in packets.values()]
    )
    again = json.loads(document.to_json())
    assert again == list(packets.values())
    assert packets["document"]["version"] == "1.0"
    assert next(iter(packets)) == "document"  # the first packet of a stream, by the guide


@pytest.mark.parametrize("name", ["relay", "low"])
def test_motion_is_geocentric_and_inertial(packets, almanac, name):
    path = {"relay": RELAY, "low": LOW}[name]
    (position,) = packets[name]["position"]
    assert position["referenceFrame"] == "INERTIAL"
    assert (position["interpolationAlgorithm"], position["interpolationDegree"]) == (
        "HERMITE",
        7,
    )
    t = np.random.default_rng(1).uniform(*SPAN, 500)
    there = path.position(t) + almanac.position(path.center, "earth", t)
    assert np.max(np.linalg.norm(places(position, t) - there, axis=1)) < 0.11  # m, as stated


def test_the_moon_and_its_sites_are_there(packets, almanac):
    (position,) = packets["body:moon"]["position"]
    t = np.random.default_rng(2).uniform(*SPAN, 100)
    far = np.linalg.norm(places(position, t) - almanac.position("moon", "earth", t), axis=1)
    assert np.max(far) < 0.11  # m, as stated
    rows = np.array(packets["lander"]["position"]["cartesian"]).reshape(-1, 4)
    epoch = parse_t(packets["lander"]["position"]["epoch"].replace("Z", " UTC"))
    there = to_icrf(LANDER, epoch + rows[:, 0], almanac, "earth")
    assert np.max(np.linalg.norm(rows[:, 1:] - there, axis=1)) < 2.0  # m: TDB is not TAI, 2 ms
    assert packets["station.x"]["position"]["cartographicDegrees"] == pytest.approx(
        [130.8, 46.5, 200.0]
    )


def test_a_link_is_shown_while_it_is_open(packets):
    line = packets["link.trunk"]["polyline"]
    assert line["positions"]["references"] == ["relay#position", "station\\.x#position"]
    assert [row["boolean"] for row in line["show"]] == [True, False, True, False]
    ends = [row["interval"].split("/") for row in line["show"]]
    assert all(before[1] == after[0] for before, after in pairwise(ends))


def test_a_jump_begins_a_new_interval(tmp_path, almanac):
    seam = SPAN[0] + 90_000.0
    path = JumpingPath(joins=(seam,), span=SPAN)
    write_czml(tmp_path / "x.czml", {"relay": path}, {}, {}, almanac, name="x")
    packets = json.loads((tmp_path / "x.czml").read_text())
    before, after = packets[-1]["position"]
    assert before["interval"].split("/")[1] == after["interval"].split("/")[0]


def test_no_spacecraft_and_no_links_are_a_scene_of_sites(tmp_path, almanac):
    write_czml(tmp_path / "x.czml", {}, {"station.x": STATION}, {}, almanac, name="x")
    assert len(json.loads((tmp_path / "x.czml").read_text())) == 2
