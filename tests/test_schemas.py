"""The JSON Schemas: valid, strict, up to date, and matched by the documents."""

import hashlib
import json
import platform
import runpy
import sys

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError

from conftest import ROOT
from orbits.certificate import Certificate
from orbits.exports.documents import (
    check_document,
    error_document,
    json_text,
    run_document,
    why_document,
    windows_document,
)
from orbits.exports.windows import gap_records
from orbits.geometry.relay import Carried, ChainResult
from orbits.mission.provenance import provenance
from orbits.windows import Windows

SCHEMAS = ROOT / "schemas"
GENERATED = runpy.run_path(str(ROOT / "scripts" / "make_document_schemas.py"))["schemas"]()
SPAN = (770_342_469.184, 770_342_469.184 + 86_400.0)
PROBLEM = {
    "severity": "error",
    "file": "x.toml",
    "line": 26,
    "column": 15,
    "path": "spacecraft.queqiao-2.orbit.inclination",
    "message": "a length, but an angle is needed",
    "help": 'write an angle with a unit, for example "62.4 deg"',
}
CONSTRAINT = {
    "link": "surface",
    "node": "change-6",
    "name": "elevation:change-6",
    "body": "moon",
    "margin": -3.2,
    "unit": "deg",
    "holds": False,
}


@pytest.fixture
def block(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717113600")
    data = {
        "ephemeris": {"name": "DE421", "sha256": "0" * 64},
        "earth_orientation": {"model": "IAU 2006/2000A"},
        "moon_orientation": "DE421",
        "trajectories": {"x": {"integrator": "DOP853", "tolerance": 1e-12, "steps": 9}},
    }
    return provenance(b"schema = 1\n", {"schema": 1}, data)


def windows(block):
    certificate = Certificate(
        10.0, 1e-3, 341, undecided=((SPAN[0] + 5.0, SPAN[0] + 6.0),), notes={"terrain": "none"}
    )
    start, stop = SPAN[0] + np.array([0.0, 5e4]), SPAN[0] + np.array([3e4, 7e4])
    held = Windows(start, stop, SPAN, "elevation:a", "occultation:moon", certificate)
    names = {"link.surface": held, "chain.relay": held}
    gaps = gap_records("chain.relay", held, assumed=False)
    ways = [("change-6", "queqiao-2", name) for name in ("jiamusi", "kashi")]
    plan = (
        Carried(SPAN[0], SPAN[0] + 2e4, ways[0]),
        Carried(SPAN[0] + 2e4, SPAN[0] + 3e4, ways[1]),
        Carried(SPAN[0] + 5e4, SPAN[0] + 7e4, ways[1]),
    )
    results = {"relay": ChainResult(held, {}, {}, {}, plan, 2)}
    return windows_document(block, names, gaps, gaps, span=SPAN, results=results)


def why(block):
    path = {"nodes": ["change-6", "queqiao-2"], "open": False, "constraints": [CONSTRAINT]}
    other = path | {"constraints": [CONSTRAINT | {"margin": -3.2000001}]}
    return why_document(block, chain="relay", t=SPAN[0], paths=[path, other])


def check(block):
    row = {"file": "x.toml", "problems": [PROBLEM], "derived": {}, "quantities": ["a.b"]}
    return check_document(block, [row | {"never_active": []}])


def run(block):
    row = {"name": "most of the day", "quantity": "chain.relay.availability", "unit": "%"}
    return run_document(
        block,
        quantities=[{"path": "a.b", "value": 80.1, "unit": "%", "assumed": True}],
        requirements=[
            row
            | {"value": 80.1, "limit": 60.0, "margin": 20.1, "verdict": "PASS", "assumed": True}
        ],
        flown=[
            row
            | {
                "planned": 22.2,
                "observed": 21.0,
                "difference": 1.2,
                "relation": "at least",
                "within": True,
            }
            | {"assumed": True}
        ],
        warnings=["Earth orientation is held past 2027-01-01"],
        files=["windows.csv"],
    )


def error(block):
    return error_document(block, 3, "mission", "2 errors", problems=[PROBLEM])


DOCUMENTS = {"windows": windows, "why": why, "check": check, "run": run, "error": error}


def schema(name):
    return json.loads((SCHEMAS / f"{name}-1.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_matches_its_schema(name, block):
    document = json.loads(json_text(DOCUMENTS[name](block)))
    assert document["schema"] == f"orbits.{name}/1"
    Draft202012Validator(schema(name)).validate(document)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_unknown_name_at_the_top_is_refused(name, block):
    document = DOCUMENTS[name](block) | {"host": "x"}
    with pytest.raises(ValidationError, match="'host' was unexpected"):
        Draft202012Validator(schema(name)).validate(document)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_missing_name_is_refused(name, block):
    document = DOCUMENTS[name](block)
    del document["provenance"]
    with pytest.raises(ValidationError, match="'provenance' is a required property"):
        Draft202012Validator(schema(name)).validate(document)


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda p: p.name)
def test_every_schema_is_valid_json_schema_2020_12(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(content)


@pytest.mark.parametrize("name", GENERATED)
def test_the_schemas_of_documents_are_those_that_the_script_writes(name):
    assert (SCHEMAS / name).read_text(encoding="utf-8") == GENERATED[name]


def test_the_certificate_counts_evaluations_of_legs_once(block):
    document = windows(block)
    assert document["certificate"]["evaluations"] == 341  # the chain searched nothing itself
    assert document["certificate"]["resolution_s"] == 10.0
    assert [row["name"] for row in document["certificate"]["undecided"]] == [
        "link.surface",
        "chain.relay",
    ]


def test_the_certificate_names_its_model_and_says_it_in_words(block):
    certificate = windows(block)["certificate"]
    assert certificate["trajectory"] == "x: DOP853 at 1e-12, 9 steps"
    assert certificate["ephemeris"] == "DE421"
    assert certificate["orientation"] == "Earth IAU 2006/2000A; Moon DE421"
    assert certificate["terrain"] == "none"
    assert certificate["refraction"] is None
    assert "with DE421, Earth IAU 2006/2000A; Moon DE421" in certificate["statement"]
    assert "between 2024-05-30T" in certificate["statement"]


def test_the_summary_has_percent_count_total_longest_gap_and_short(block):
    assert windows(block)["summary"]["chain.relay"] == {
        "availability_percent": pytest.approx(100 * 5e4 / 86_400, abs=1e-6),  # six digits kept
        "count": 2,
        "total_s": 50_000.0,
        "longest_s": 30_000.0,
        "longest_gap_s": 20_000.0,
        "short": 2,
    }


def test_who_carries_and_the_hand_over_within_a_window_are_listed(block):
    document = windows(block)
    assert [row["nodes"][-1] for row in document["carried"]] == ["jiamusi", "kashi", "kashi"]
    (handover,) = document["handovers"]  # the gap between the windows is none
    assert handover["after"] == ["change-6", "queqiao-2", "kashi"]
    assert handover["at_utc"] == document["carried"][1]["start_utc"]


def test_what_blocks_two_paths_is_listed_once(block):
    document = why(block)
    assert document["open"] is False
    assert document["blocking"] == [CONSTRAINT]


def test_an_error_repeats_the_place_of_the_first_problem(block):
    document = error(block)
    assert (document["line"], document["column"]) == (26, 15)
    assert document["help"] == PROBLEM["help"]


def test_provenance_names_the_mission_by_its_hash_and_no_path_or_host(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717113600")
    monkeypatch.setattr(platform, "node", lambda: "host-of-this-test")
    block = provenance(b"schema = 1\n", {"schema": 1}, {})
    assert block["mission_sha256"] == hashlib.sha256(b"schema = 1\n").hexdigest()
    assert block["created_utc"] == "2024-05-31T00:00:00Z"
    assert block["mission"] == {"schema": 1}
    text = json.dumps(block)
    assert "host-of-this-test" not in text
    assert sys.prefix not in text


def test_a_source_date_epoch_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ValueError, match="whole seconds since 1970, got 'yesterday'"):
        provenance(None, None, {})
