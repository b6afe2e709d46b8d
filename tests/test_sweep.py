"""Sweeps: keys and values, rows that outlive an interruption, verdicts over assumed values."""

import csv
import json
import tomllib
from pathlib import Path

import pytest

from orbits.cli import main
from orbits.mission.load import from_dict
from orbits.mission.sweep import (
    Axis,
    Sample,
    axes,
    axis,
    between,
    carried,
    grid,
    replaced,
    sample,
)

BASE = Path(__file__).with_name("malformed") / "base.toml"
KEY = "spacecraft.relay.orbit.raan"


def orbits(*words):
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    return ended.value.code


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (f"{KEY}=0 deg:330 deg:12", tuple(f"{x} deg" for x in range(0, 360, 30))),
        (f"{KEY}=0 deg:1:3", ("0 deg", "0.5 deg", "1 deg")),
        ("a.b=2:50:3", (2, 26, 50)),
        ("a.b=0.1:0.3:2", (0.1, 0.3)),
        ("a.b=1 km, 2 m,x", ("1 km", "2 m", "x")),
        ("a.b=0.5,3", (0.5, 3)),
        (
            "a.b=2024-05-31T00:00:00 UTC",  # colons, but no range
            None,
        ),
    ],
)
def test_an_axis_is_read_as_a_range_or_a_list(text, values):
    if values is None:
        with pytest.raises(ValueError, match="is no number of values"):
            axis(text)
        return
    found = axis(text)
    assert found.key == text.partition("=")[0]
    assert found.values == values


@pytest.mark.parametrize("text", ["raan", "=1:2:3", "raan=", "raan=1 deg:2 km:3", "raan=a:b:3"])
def test_an_axis_that_is_none_is_refused_with_what_to_write(text):
    with pytest.raises(ValueError, match="raan=0 deg:330 deg:12"):
        axis(text) if "deg:2 km" not in text else between("1 x", "y", 3)
    if "2 km" in text:
        with pytest.raises(ValueError, match="differ in their unit"):
            axis(text)


def test_every_combination_is_flown_the_last_axis_fastest():
    found = (Axis("a", (1, 2)), Axis("b", ("x", "y", "z")))
    assert grid(found)[:4] == [(1, "x"), (1, "y"), (1, "z"), (2, "x")]
    assert len(grid(found)) == 6


def test_values_replace_those_of_the_file_and_nothing_else():
    data = tomllib.loads(BASE.read_text(encoding="utf-8"))
    found = (Axis(KEY, ("10 deg",)), Axis("requirement.0.at_least", ("20 %",)))
    other = replaced(data, found, ("10 deg", "20 %"))
    assert other["spacecraft"]["relay"]["orbit"]["raan"] == "10 deg"
    assert other["requirement"][0]["at_least"] == "20 %"
    assert data["spacecraft"]["relay"]["orbit"]["raan"] == "270 deg"  # the file's own
    with pytest.raises(ValueError, match="there is no 'rely' in this file; known here: relay"):
        replaced(data, (Axis("spacecraft.rely.orbit.raan", (1,)),), (1,))
    with pytest.raises(ValueError, match="there is no '7'"):
        replaced(data, (Axis("requirement.7.at_least", (1,)),), (1,))
    with pytest.raises(ValueError, match="leads into a value"):
        replaced(data, (Axis("mission.name.x", (1,)),), (1,))


def test_axes_of_the_file_are_those_of_the_command_line():
    data = tomllib.loads(BASE.read_text(encoding="utf-8"))
    data["analysis"]["vary"] = [
        {"key": KEY, "start": "0 deg", "stop": "270 deg", "count": 4},
        {"key": "spacecraft.relay.dynamics.gravity.moon", "values": ["10", "20"]},
    ]
    found = axes(from_dict(data).analysis.vary)
    assert found[0] == axis(f"{KEY}=0 deg:270 deg:4")
    assert found[1].values == (10, 20)


def rows(verdicts):
    return [
        Sample(k, (f"{k} deg",), "done" if v else "impact", "", {}, {"x": v} if v else {})
        for k, v in enumerate(verdicts, 1)
    ]


@pytest.mark.parametrize(
    ("verdicts", "holds", "text"),
    [
        (("PASS", "PASS"), "all", "PASS for all 2"),
        (("PASS", None, "FAIL"), "some", "PASS for some (1 of 2): 1 deg"),
        (("FAIL", "FAIL"), "none", "PASS for none of 2"),
    ],
)
def test_a_verdict_says_for_which_values_it_holds(verdicts, holds, text):
    (one,) = carried(rows(verdicts))
    assert one.holds == holds
    assert one.text == text


def test_an_impact_is_a_row_with_its_time_and_place():
    data = tomllib.loads(BASE.read_text(encoding="utf-8"))
    low = (Axis("spacecraft.relay.orbit.periapsis_altitude", ("2 km",)),)
    row = sample(data, low, 1, BASE.parent)
    assert row.status == "impact"
    assert row.note.startswith("moon at latitude ")
    assert "2024-06-0" in row.note
    assert row.quantities == row.verdicts == {}
    wrong = sample(data, (Axis(KEY, ("10 km",)),), 1, BASE.parent)
    assert wrong.status == "invalid"
    assert "an angle is needed" in wrong.note


def test_a_sweep_goes_on_where_it_was_left(tmp_path, capsys):
    out = tmp_path / "sweep"
    words = ("sweep", BASE, "--vary", f"{KEY}=0 deg:270 deg:4", "-o", out, "--workers", 1)
    code = orbits(*words)
    capsys.readouterr()
    assert code in (0, 1)
    lines = (out / "rows.jsonl").read_text().splitlines()
    assert len(lines) == 4
    table = list(csv.DictReader((out / "sweep.csv").read_text().splitlines()))
    assert [row["number"] for row in table] == ["1", "2", "3", "4"]
    assert {row["status"] for row in table} <= {"done", "impact"}
    # An interruption in the middle of a row: what was whole stays, the rest is flown again.
    (out / "rows.jsonl").write_text("\n".join([*lines[:2], lines[2][:40]]) + "\n")
    assert orbits(*words) == code
    assert "2 of 4 samples were there already" in capsys.readouterr().err
    again = [json.loads(line) for line in (out / "rows.jsonl").read_text().splitlines()]
    assert sorted(again, key=lambda r: r["number"]) == [json.loads(line) for line in lines]
    assert json.loads((out / "sweep.json").read_text())["samples"] == 4
    # Another sweep does not fall into the same folder.
    other = ("sweep", BASE, "--vary", f"{KEY}=0 deg:90 deg:2", "-o", out)
    assert orbits(*other) == 2
    assert "another file or of other values" in capsys.readouterr().err


@pytest.mark.enable_socket
def test_a_cluster_flies_the_same_samples(tmp_path, capsys):
    """In-process workers: the same table as without them, and resumed like any other."""
    distributed = pytest.importorskip("distributed", reason="needs the extra cluster")
    words = ("sweep", BASE, "--vary", f"{KEY}=0 deg:270 deg:4")
    plain = orbits(*words, "-o", tmp_path / "plain", "--workers", 1)
    options = {"processes": False, "protocol": "inproc://", "dashboard_address": None}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, **options) as cluster:
        out = (tmp_path / "cluster", "--scheduler", cluster.scheduler_address)
        assert orbits(*words, "-o", *out) == plain
        lines = (out[0] / "rows.jsonl").read_text().splitlines()
        (out[0] / "rows.jsonl").write_text("\n".join(lines[:3]) + "\n")
        capsys.readouterr()
        assert orbits(*words, "-o", *out) == plain
    assert "3 of 4 samples were there already" in capsys.readouterr().err
    tables = [(tmp_path / name / "sweep.csv").read_text() for name in ("plain", "cluster")]
    assert tables[0] == tables[1]


@pytest.mark.enable_socket
def test_a_scheduler_that_is_not_there_is_named(tmp_path, capsys, monkeypatch):
    pytest.importorskip("distributed", reason="needs the extra cluster")
    monkeypatch.setattr("orbits.cli.cluster._PATIENCE", 0.5)
    words = ("sweep", BASE, "--vary", f"{KEY}=0 deg:270 deg:4", "-o", tmp_path / "out")
    assert orbits(*words, "--scheduler", "tcp://127.0.0.1:9") == 4
    assert "no scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert orbits(*words, "--scheduler", "nowhere", "--workers", 2) == 2


def test_what_cannot_be_swept_is_a_slip_of_usage(tmp_path, capsys):
    out = tmp_path / "sweep"
    assert orbits("sweep", BASE, "-o", out) == 2
    assert "nothing is varied" in capsys.readouterr().err
    assert orbits("sweep", BASE, "--vary", "x.y=1:2:3", "-o", out) == 2
    assert "there is no 'x'" in capsys.readouterr().err
    assert not out.exists()


def test_a_run_carries_the_values_that_its_file_varies_into_the_verdicts(tmp_path, capsys):
    text = BASE.read_text(encoding="utf-8")
    vary = f'[[analysis.vary]]\nkey = "{KEY}"\nvalues = ["270 deg", "90 deg"]\n\n'
    file = tmp_path / "varied.toml"
    file.write_text(text.replace("[[requirement]]", vary + "[[requirement]]"), encoding="utf-8")
    assert orbits("run", file, "--no-plots", "-o", tmp_path / "out") == 0
    assert "some relay: PASS for all 2" in capsys.readouterr().out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    (row,) = summary["varied"]
    assert row["holds_for"] == "all"
    assert row["passed"] == [["270 deg"], ["90 deg"]]
    assert "sweep.csv" in summary["files"]
