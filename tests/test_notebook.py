"""What a notebook shows: well-formed, escaped, and true."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import orbits
from orbits.frames import MOON_ICRF
from orbits.mission.load import from_dict
from orbits.propagators.kepler import Kepler
from orbits.time import parse_t
from orbits.trajectory import State
from orbits.windows import Windows

START = parse_t("2024-05-31T00:00:00 UTC")
LOW = State(START, np.array([1.9e6, 0.0, 0.0]), np.array([0.0, 1150.0, 1150.0]), MOON_ICRF, 9.0)


def cells(html):
    """The rows of every table, and the whole as a tree: what is not well-formed fails."""
    tree = ElementTree.fromstring(f"<body>{html}</body>")
    rows = [["".join(cell.itertext()) for cell in row] for row in tree.iter("tr")]
    return tree, rows


def test_windows_are_a_bar_and_a_table_of_twenty_rows():
    edges = START + 3600.0 * np.arange(60.0)
    held = Windows(edges[::2], edges[1::2], (edges[0], edges[-1] + 3600.0), "elevation:<b>")
    tree, rows = cells(held._repr_html_())
    assert len(rows) == 1 + 20 + 1
    assert rows[1] == [
        "1", "2024-05-31T00:00:00.000Z", "2024-05-31T01:00:00.000Z", "1.0000", "span", "given",
    ]  # fmt: skip
    assert rows[2][4] == "elevation:<b>"
    assert rows[-1][1] == "10 more"
    assert "30 windows, 30.000 h, 50.000 % of the span" in held._repr_html_()
    bars = [e for e in tree.iter() if e.get("fill") == "#009e73"]
    assert len(bars) == 30
    wide = sum(float(bar.get("width")) for bar in bars)
    assert wide == pytest.approx(0.5 * 638.0, abs=0.2)  # pixels: half of the span is open


def test_no_windows_are_an_empty_bar():
    held = Windows(np.empty(0), np.empty(0), (START, START + 10.0))
    _, rows = cells(held._repr_html_())
    assert len(rows) == 1


def test_a_state_is_shown_in_kilometres():
    _, rows = cells(LOW._repr_html_())
    assert ["x", "1900.000000", "km"] in rows
    assert ["vy", "1.150000000", "km/s"] in rows
    assert ["mass", "9.000", "kg"] in rows


def test_a_trajectory_shows_its_hidden_parts_dashed():
    path = Kepler(4.9028e12).propagate(LOW, (START, START + 6000.0))
    tree, rows = cells(path._repr_html_())
    told = {row[0]: row[1] for row in rows}
    assert told["frame"] == "ICRF about moon"
    low, high = map(float, told["distance"].split(" to "))
    assert 1737.4 < low <= 1900.0 <= high
    lines = [e for e in tree.iter() if e.tag.endswith("polyline")]
    dashed = [e for e in lines if e.get("stroke-dasharray")]
    assert 0 < len(dashed) < len(lines)
    radius = max(float(e.get("r")) for e in tree.iter() if e.tag.endswith("circle"))
    for line in dashed:
        # Inside the disc of the body, but for the first point after it.
        points = np.array([p.split(",") for p in line.get("points").split()], dtype=float)[:-1]
        middle = 150.0 if points[:, 0].max() < 300.0 else 450.0
        assert np.all(np.hypot(points[:, 0] - middle, points[:, 1] - 150.0) < radius + 0.1)


def test_a_mission_named_like_a_script_shows_that_text(root):
    mission = orbits.load(root / "missions" / "change6-relay.toml")
    data = mission.normalised()
    data["mission"]["name"] = "<script>alert(1)</script>"
    html = from_dict(data)._repr_html_()
    assert "<script" not in html
    _, rows = cells(html)
    assert "<caption>&lt;script&gt;alert(1)&lt;/script&gt;</caption>" in html
    assert ["queqiao-2", "keplerian", "moon", "numerical"] in [row[:4] for row in rows]
    assert ["start", "2024-05-31T00:00:00.000 UTC"] in rows
    assert not re.search(r"https?://(?!www\.w3\.org)", html)
