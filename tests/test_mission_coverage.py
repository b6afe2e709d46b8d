"""Coverage in a mission file: what it may say, what is refused, and what a run states of it."""

import csv
import tomllib
from pathlib import Path

import numpy as np
import pytest

from conftest import ROOT
from orbits.cli import main
from orbits.errors import MissionError
from orbits.exports.coverage import COLUMNS, coverage_csv
from orbits.mission import paths
from orbits.mission.coverage import grid, rules
from orbits.mission.load import from_dict, load, read
from orbits.mission.run import run
from orbits.mission.schema import Mission

BASE = (Path(__file__).with_name("malformed") / "base.toml").read_text(encoding="utf-8")
MISSION = ROOT / "missions" / "change6-coverage.toml"
TABLE = """
[analysis.coverage.far-side]
body = "moon"
region = { latitude = ["-90 deg", "90 deg"], longitude = ["90 deg", "270 deg"] }
grid = "30 deg"
by = ["relay"]
min_elevation = "5 deg"
sensor_half_angle = "20 deg"
swath = "1000 km"
max_range = "15000 km"
in_view = 1
gaps = "closed gaps only"
"""

# What replaces which text of TABLE; ``@@`` marks the place that must be reported.
CASES = {
    "a grid of zero size": (
        'grid = "30 deg"', 'grid = @@"0 deg"', "0 deg is out of range", "more than 0 deg",
    ),
    "a grid of lengths": (
        'grid = "30 deg"', 'grid = @@"30 km"', "a length, but an angle is needed", "deg",
    ),
    "no grid": ('grid = "30 deg"\n', "", 'the key "grid" is missing', "add grid"),
    "too many cells": (
        'grid = "30 deg"', 'grid = @@"0.05 deg"', "12,960,000 cells", "take larger ones",
    ),
    "an empty region": (
        'longitude = ["90 deg", "270 deg"]', 'longitude = @@["170 deg", "-170 deg"]',
        "a region without longitudes", 'from "170 deg" to "190 deg"',
    ),
    "more than a turn": (
        'longitude = ["90 deg", "270 deg"]', 'longitude = @@["-180 deg", "270 deg"]',
        "more than a whole turn", "360 deg at most",
    ),
    "a latitude beyond the pole": (
        'latitude = ["-90 deg"', 'latitude = [@@"-91 deg"', "-91 deg is out of range",
        "-90 deg",
    ),
    "a body without axes": (
        'body = "moon"', 'body = @@"mars"', "mars", "moon",
    ),
    "a spacecraft that is not there": (
        'by = ["relay"]', 'by = [@@"rely"]',
        'no spacecraft and no group of them is called "rely"', 'did you mean "relay"?',
    ),
    "a site that covers": (
        'by = ["relay"]', 'by = [@@"kashi"]', 'is called "kashi"', "spacecraft",
    ),
    "nobody who covers": ('by = ["relay"]', "by = @@[]", "", ""),
    "a negative swath": (
        'swath = "1000 km"', 'swath = @@"-5 km"', "-5 km is out of range", "more than 0 km",
    ),
    "more in view than there are": (
        "in_view = 1", "in_view = @@3", "3 in view of 1 in all", "at most 1",
    ),
    "an unknown rule of gaps": (
        'gaps = "closed gaps only"', 'gaps = @@"edge gaps"', "edge gaps", "all gaps",
    ),
    "a misspelt key": (
        "min_elevation", "@@min_elevaton", 'unknown key "min_elevaton"', '"min_elevation"?',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_fault_of_a_coverage_is_shown_in_its_place(name, tmp_path):
    old, new, message, advice = CASES[name]
    assert old in TABLE
    text = BASE + TABLE.replace(old, new, 1)
    path = tmp_path / "mission.toml"
    path.write_text(text.replace("@@", ""), encoding="utf-8")
    with pytest.raises(MissionError) as caught:
        read(path)
    if "@@" in text:
        before = text[: text.index("@@")]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        (problem,) = [p for p in caught.value.problems if p.line == line]
        assert problem.column == column
    else:
        (problem,) = caught.value.problems
    assert message in problem.message
    assert advice in problem.help


def test_the_keys_become_the_rules_of_the_search():
    said = from_dict(tomllib.loads(BASE + TABLE)).analysis.coverage["far-side"]
    found, cells = rules(said), grid(said)
    assert cells.shape == (6, 6)
    assert np.degrees(found.min_elevation) == pytest.approx(5.0)
    assert np.degrees(found.cone) == pytest.approx(20.0)
    assert found.swath == pytest.approx(500.0 / 1737.4)
    assert found.max_range == 15e6


def test_a_group_of_spacecraft_covers_and_is_counted_once():
    data = tomllib.loads(BASE + TABLE)
    second = dict(data["spacecraft"]["relay"], norad_id=1)
    second["orbit"] = dict(second["orbit"], true_anomaly="0 deg")
    data["spacecraft"]["other"] = second
    data["group"] = {**data.get("group", {}), "relays": ["relay", "other"]}
    table = data["analysis"]["coverage"]["far-side"]
    for key in ("sensor_half_angle", "swath", "max_range"):
        del table[key]
    table |= {"by": ["relays", "relay"], "gaps": "all gaps", "grid": "45 deg"}
    data["analysis"]["coverage"]["both"] = dict(table, in_view=2)
    outcome = run(from_dict(data))
    one, both = (outcome.coverages[name] for name in ("far-side", "both"))
    assert list(one.parts) == ["relay", "other"]
    assert both.fold == 2
    assert np.all(both.figures().availability <= one.figures().availability)
    values = {k: q.value for k, q in outcome.quantities.items() if k.startswith("coverage.")}
    assert set(values) == {
        f"coverage.{name}.{key}" for name in ("far-side", "both") for key in paths.COVERAGE
    }
    figures = one.figures()
    assert values["coverage.far-side.min_percent"] == 100.0 * figures.availability.min()
    assert values["coverage.far-side.longest_gap"] == figures.longest_gap.max()
    weights = np.cos(one.grid.latitude)
    assert values["coverage.far-side.mean_percent"] == pytest.approx(
        100.0 * np.average(figures.availability, weights=weights), rel=1e-6
    )
    for key in ("mean_gap", "response_time", "time_average_gap", "mean_in_view"):
        assert values[f"coverage.far-side.{key}"] == pytest.approx(
            np.average(getattr(figures, key), weights=weights), rel=1e-6
        )
    assert values["coverage.both.max_in_view"] == figures.most_in_view.max()
    assert values["coverage.both.min_in_view"] == figures.least_in_view.min()
    assert outcome.quantities["coverage.far-side.min_percent"].assumed  # the node is


@pytest.fixture(scope="module")
def outcome():
    return run(load(MISSION))


def test_the_table_of_a_coverage_has_a_row_for_each_point(outcome):
    found = outcome.coverages["far-side"]
    rows = list(csv.DictReader(coverage_csv(found).splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 8100
    figures = found.figures()
    k = 4321
    assert float(rows[k]["latitude_deg"]) == pytest.approx(np.degrees(found.grid.latitude[k]))
    assert float(rows[k]["percent"]) == pytest.approx(100 * figures.availability[k], abs=1e-6)
    assert float(rows[k]["longest_gap_s"]) == pytest.approx(figures.longest_gap[k], abs=1e-3)
    assert min(float(row["longitude_deg"]) for row in rows) >= -180.0
    area = sum(float(row["area_km2"]) for row in rows)
    assert area == pytest.approx(2 * np.pi * 1737.4**2, rel=1e-5)  # six digits


def test_a_gap_that_is_not_closed_leaves_its_cell_empty():
    from test_coverage import given

    rows = list(csv.DictReader(coverage_csv(given([[(20, 30)]])).splitlines()))
    assert rows[0]["longest_gap_s"] == "70.000"
    assert rows[0]["revisit_s"] == ""
    assert rows[1]["mean_gap_s"] == "100.000"


def test_the_far_side_and_the_south_pole_are_covered_as_published(outcome):
    stated = outcome.quantities
    # regression: our own numbers of version 0.1, to the digits given
    assert stated["coverage.far-side.mean_percent"].value == pytest.approx(37.24, abs=0.01)
    assert stated["coverage.south-pole.min_percent"].value == pytest.approx(88.10, abs=0.01)
    assert outcome.comparisons[0].within  # published: at least two thirds


def test_a_run_writes_the_coverage_and_says_it(tmp_path, capsys):
    text = BASE + TABLE
    path = tmp_path / "mission.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["run", str(path), "-o", str(tmp_path / "out"), "--no-plots"])
    said = capsys.readouterr()
    assert ended.value.code == 0, said.err
    assert "coverage far-side: 36 points" in said.out
    assert (tmp_path / "out" / "coverage" / "far-side.csv").exists()
    assert '"coverage/far-side.csv"' in (tmp_path / "out" / "summary.json").read_text("utf-8")
    with pytest.raises(SystemExit):
        main(["check", str(path)])
    assert "coverage.far-side.longest_gap" in capsys.readouterr().out


def test_a_mission_without_coverage_has_none():
    assert Mission.model_fields["analysis"].default_factory().coverage == {}
