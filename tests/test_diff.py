"""`orbits diff`: one changed value is found, with its consequences and nothing else."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from conftest import ROOT
from orbits.cli import main
from orbits.errors import DataError
from orbits.mission.changes import NumberChange, difference, of_documents, read_run
from orbits.mission.shifts import window_changes

BASE = Path(__file__).with_name("malformed") / "base.toml"
SCHEMA = json.loads((ROOT / "schemas" / "diff-1.schema.json").read_text(encoding="utf-8"))
SPAN = {"start_utc": "2024-06-01T00:00:00.000Z", "stop_utc": "2024-06-02T00:00:00.000Z"}


def ended(*words):
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return end.value.code


def flown(folder, name, *edits):
    text = BASE.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    assert ended("run", file, "-o", folder / name) == 0
    return folder / name


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def first(folder):
    return flown(folder, "first")


@pytest.fixture(scope="module")
def higher(folder):
    """The same mission with 6 degrees of elevation asked for at the lander."""
    return flown(folder, "higher", ('min_elevation = "5 deg"', 'min_elevation = "6 deg"'))


def test_a_run_does_not_differ_from_itself_nor_from_a_file_in_other_words(first, folder):
    other = flown(
        folder, "same", ('"300 km"', '"3e5 m"'), ("[site.kashi]", "# a remark\n[site.kashi]")
    )
    found = difference(read_run(first), read_run(other))
    assert found.same
    digests = {run.provenance["mission_sha256"] for run in (found.before, found.after)}
    assert len(digests) == 2


def test_one_changed_value_is_shown_with_exactly_its_consequences(first, higher):
    found = difference(read_run(first), read_run(higher))
    assert [(c.path, c.before, c.after) for c in found.inputs] == [
        ("site.lander.min_elevation", "5 deg", "6 deg")
    ]
    assert found.models == ()
    # The orbit, its eclipses and the link to the Earth do not know of the lander's horizon.
    changed = {q.path.rpartition(".")[0] for q in found.quantities}
    assert changed == {"chain.relayed", "link.surface"}
    assert {w.name.split(".")[0] for w in found.windows} == {"chain", "link"}
    assert not any(w.name.startswith("link.trunk") for w in found.windows)
    assert [row.name for row in found.requirements] == ["some relay"]
    assert [row.name for row in found.flown] == ["a claim"]
    assert found.broken == ()


def test_the_changes_are_the_differences_of_the_documents(first, higher):
    found = difference(read_run(first), read_run(higher))
    documents = [json.loads((run / "summary.json").read_text()) for run in (first, higher)]
    before, after = ({q["path"]: q["value"] for q in d["quantities"]} for d in documents)
    differing = {path for path in before if before[path] != after[path]}
    assert {q.path for q in found.quantities} == differing
    for row in found.quantities:
        assert row.change == after[row.path] - before[row.path]


def test_a_higher_horizon_opens_the_link_later_and_closes_it_earlier(first, higher):
    found = difference(read_run(first), read_run(higher))
    (surface,) = [one for one in found.windows if one.name == "link.surface"]
    assert surface.appeared == surface.vanished == ()
    assert surface.moved
    for pair in surface.moved:
        for end, sign in (("start", 1.0), ("stop", -1.0)):
            shift = getattr(pair, f"{end}_shift")
            if shift:
                assert sign * shift > 0.0
                assert pair.after[f"{end}_cause"] == "elevation:lander"
    shorter = sum((p.stop_shift or 0.0) - (p.start_shift or 0.0) for p in surface.moved)
    totals = surface.after["total_s"] - surface.before["total_s"]
    assert shorter == pytest.approx(totals, abs=0.01)  # s: a millisecond for each edge


def test_the_document_keeps_to_its_schema(first, higher, capsys):
    capsys.readouterr()
    assert ended("diff", first, higher, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["same"] is False
    assert document["inputs"][0]["path"] == "site.lander.min_elevation"


def test_the_text_names_the_input_and_the_shifts(first, higher, capsys):
    capsys.readouterr()
    assert ended("diff", first / "summary.json", higher / "windows.json") == 0
    text = capsys.readouterr().out
    assert "inputs: 1 changed" in text
    assert "site.lander.min_elevation  5 deg  6 deg" in text
    assert "link surface" in text
    assert "models" not in text


def test_a_requirement_that_breaks_ends_with_1(first, folder, capsys):
    worse = folder / "worse"
    shutil.copytree(first, worse)
    summary = json.loads((worse / "summary.json").read_text())
    summary["requirements"][0] |= {"value": 5.0, "margin": -5.0, "verdict": "FAIL"}
    (worse / "summary.json").write_text(json.dumps(summary))
    assert ended("diff", first, worse) == 1
    assert "PASS  FAIL" in capsys.readouterr().out
    assert ended("diff", worse, first) == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot read"),
        ("{", "is no JSON document"),
        ("[]", "not orbits.run/1 or orbits.windows/1"),
        ('{"schema": "orbits.check/1"}', "'orbits.check/1'"),
        ('{"schema": "orbits.run/1"}', "has no provenance"),
    ],
)
def test_what_is_no_run_is_refused_with_4(content, says, first, tmp_path, capsys):
    file = tmp_path / "x.json"
    if content is not None:
        file.write_text(content)
    assert ended("diff", first, file) == 4
    assert says in capsys.readouterr().err


def test_an_empty_folder_is_no_run(tmp_path):
    with pytest.raises(DataError, match=r"holds no summary\.json"):
        read_run(tmp_path)


def test_windows_of_another_run_beside_a_summary_are_left_out(first):
    run = read_run(first)
    windows = dict(run.windows, provenance=dict(run.provenance, created_utc="2020"))
    assert of_documents("x", run.summary, windows).windows is None


def test_instants_differ_by_seconds():
    row = NumberChange(
        "a", "2016-12-31T23:59:50.000Z", "2017-01-01T00:00:10.000Z", "UTC", False
    )
    assert row.change == 21.0  # a leap second lies between
    assert NumberChange("a", None, "2017-01-01T00:00:10.000Z", "UTC", False).change is None


# -- matching, on rows made by hand -------------------------------------------------------


def document(*hours, span=SPAN, cut=()):
    rows = [
        {
            "id": f"link.a#{n}",
            "name": "link.a",
            "start_utc": f"2024-06-01T{start}:00.000Z",
            "stop_utc": f"2024-06-01T{stop}:00.000Z",
            "duration_s": 60.0,
            "start_cause": "elevation:a",
            "stop_cause": "elevation:a",
            "start_truncated": n in cut,
            "stop_truncated": False,
            "edge_tolerance_s": 1e-3,
        }
        for n, (start, stop) in enumerate(hours, start=1)
    ]
    summary = {"count": len(rows), "total_s": 0.0, "availability_percent": 0.0}
    return {"span": span, "windows": rows, "summary": {"link.a": summary}}


def test_a_window_that_splits_stays_with_its_longer_part():
    (one,) = window_changes(
        document(("01:00", "03:00")), document(("01:00", "01:30"), ("01:40", "03:00"))
    )
    assert [(p.before["id"], p.after["id"]) for p in one.moved] == [("link.a#1", "link.a#2")]
    assert [row["id"] for row in one.appeared] == ["link.a#1"]
    assert one.moved[0].start_shift == 2400.0
    assert one.moved[0].stop_shift == 0.0


def test_windows_that_do_not_meet_are_gone_and_new():
    (one,) = window_changes(document(("01:00", "02:00")), document(("02:00", "03:00")))
    assert (len(one.vanished), len(one.appeared), one.moved) == (1, 1, ())


def test_edges_within_their_tolerances_are_the_same():
    after = document(("01:00", "02:00"))
    after["windows"][0]["stop_utc"] = "2024-06-01T02:00:00.003Z"
    assert window_changes(document(("01:00", "02:00")), after) == ()
    after["windows"][0]["stop_utc"] = "2024-06-01T02:00:00.004Z"  # 1 ms + 1 ms + 1 ms
    assert window_changes(document(("01:00", "02:00")), after)[0].moved[0].stop_shift == 0.004


def test_an_edge_that_the_span_cuts_has_no_shift():
    (one,) = window_changes(
        document(("01:00", "03:00")), document(("02:00", "03:00"), cut=(1,))
    )
    assert one.moved[0].start_shift is None


def test_windows_outside_the_common_span_are_not_called_gone():
    half = SPAN | {"stop_utc": "2024-06-01T12:00:00.000Z"}
    (one,) = window_changes(
        document(("01:00", "02:00"), ("20:00", "21:00")),
        document(("01:00", "02:00"), span=half),
    )
    assert (one.unmoved, one.vanished) == (1, ())
