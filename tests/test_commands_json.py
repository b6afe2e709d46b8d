"""What the commands print with --json and write to disk: one document, under its schema."""

import csv
import json

import pytest
from astropy.table import QTable
from jsonschema import Draft202012Validator

from conftest import ROOT
from orbits.cli import main
from orbits.time import parse_t, utc_iso

MISSION = str(ROOT / "missions" / "change6-relay.toml")


def check(text):
    """The document in ``text``, which must hold nothing else, held to its schema."""
    document = json.loads(text)
    name = document["schema"].removeprefix("orbits.").removesuffix("/1")
    schema = json.loads((ROOT / "schemas" / f"{name}-1.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    return document


@pytest.fixture
def orbits(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--json"])
        return ended.value.code, check(capsys.readouterr().out)

    return run


def test_windows_carry_a_certificate_and_causes(orbits):
    code, document = orbits("windows", MISSION)
    assert code == 0
    assert document["certificate"]["certified"] is True
    assert document["certificate"]["undecided"] == []
    chain = [row for row in document["windows"] if row["name"] == "chain.far-side-relay"]
    assert {row["stop_cause"] for row in chain} > {"surface/elevation:change-6"}
    assert len(chain) == document["summary"]["chain.far-side-relay"]["count"]
    carried = sum(row["duration_s"] for row in document["carried"])
    total = document["summary"]["chain.far-side-relay"]["total_s"]
    assert carried == pytest.approx(total, abs=0.1)  # s: a millisecond for each of the rows


def test_windows_of_one_chain_hold_its_links_and_no_eclipses(orbits):
    code, document = orbits("windows", MISSION, "--chain", "far-side-relay")
    assert code == 0
    assert {name.split(".")[0] for name in document["summary"]} == {"chain", "link"}


def test_windows_and_gaps_of_the_chain_fill_the_span(orbits):
    _, document = orbits("windows", MISSION)
    rows = [
        (row["start_utc"], row["stop_utc"])
        for row in (*document["windows"], *document["gaps"])
        if row["name"] == "chain.far-side-relay"
    ]
    edges = [document["span"]["start_utc"], *(e for row in sorted(rows) for e in row)]
    edges.append(document["span"]["stop_utc"])
    assert edges[::2] == edges[1::2]


def test_why_is_open_in_a_window_and_names_what_blocks_in_a_gap(orbits):
    _, document = orbits("windows", MISSION)
    relay = "chain.far-side-relay"
    window = next(row for row in document["windows"] if row["name"] == relay)
    gap = next(row for row in document["gaps"] if row["name"] == relay)
    words = ("why", MISSION, "--chain", "far-side-relay", "--at")
    code, inside = orbits(*words, window["start_utc"])
    assert (code, inside["open"], inside["blocking"]) == (0, True, [])
    code, outside = orbits(*words, utc_iso(parse_t(gap["start_utc"]) + 10.0))
    assert (code, outside["open"]) == (0, False)
    names = {(row["link"], row["name"], row["node"]) for row in outside["blocking"]}
    assert ("surface", "elevation", "change-6") in names
    assert all(len(path["constraints"]) >= 4 for path in outside["paths"])


def test_check_prints_the_inclination_in_three_planes(orbits):
    code, document = orbits("check", MISSION)
    assert code == 0
    (file,) = document["files"]
    planes = file["derived"]["spacecraft"]["queqiao-2"]["planes"]
    assert planes["moon-equator-of-epoch"]["inclination_deg"] == 119.249
    assert set(planes) == {"moon-equator-of-epoch", "earth-orbit-plane-of-epoch", "icrf"}


def test_a_faulty_file_gives_one_error_document(orbits, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("schema = 1\n[mission]\nname = 3\nnmae = 4\n")
    code, document = orbits("run", str(bad), "-o", str(tmp_path / "out"))
    assert (code, document["code"], document["kind"]) == (3, 3, "mission")
    errors = [row for row in document["problems"] if row["severity"] == "error"]
    assert len(errors) >= 2
    place = ("file", "line", "column", "path", "help")
    assert [document[key] for key in place] == [errors[0][key] for key in place]
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The same run twice, with a fixed date."""
    place = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1717113600")
        for name in ("a", "b"):
            with pytest.raises(SystemExit) as ended:
                main(["run", MISSION, "-o", str(place / name), "--no-plots"])
            assert ended.value.code == 0
    return place / "a", place / "b"


def test_two_runs_are_equal_byte_by_byte(folders):
    one, two = (
        {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        for folder in folders
    )
    assert list(one) == list(two)
    assert [name for name in one if one[name].read_bytes() != two[name].read_bytes()] == []


def test_a_run_writes_the_files_that_its_summary_lists(folders):
    folder = folders[0]
    summary = check((folder / "summary.json").read_text("utf-8"))
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert sorted(summary["files"]) == files
    assert {"windows.csv", "windows.ecsv", "windows.json", "provenance.json"} < set(files)
    assert "trajectories/queqiao-2.oem" in files
    assert all(row["verdict"] == "PASS" for row in summary["requirements"])


def test_csv_ecsv_and_json_of_a_run_hold_the_same_rows(folders):
    folder = folders[0]
    document = check((folder / "windows.json").read_text("utf-8"))
    rows = document["windows"] + document["gaps"]
    with (folder / "windows.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    table = QTable.read(folder / "windows.ecsv", format="ascii.ecsv")
    assert len(rows) == len(cells) == len(table)
    assert [row["id"] for row in rows] == [row["id"] for row in cells] == table["id"].tolist()
    lengths = [row["duration_s"] for row in rows]
    assert table["duration_s"].to_value("s").tolist() == lengths
    # durations have a millisecond, and so have the edges
    instants = (table["stop_utc"] - table["start_utc"]).to_value("s")
    assert instants == pytest.approx(lengths, abs=1.1e-3)


def test_no_file_of_a_run_names_a_folder_of_this_machine(folders):
    for path in folders[0].rglob("*.json"):
        text = path.read_text("utf-8")
        assert str(ROOT) not in text
        assert str(folders[0].parent) not in text
