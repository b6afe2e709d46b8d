"""The models of the mission file: their JSON Schema, and a mission written out again."""

import datetime
import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from astropy.units import Quantity

from conftest import ROOT
from orbits.errors import MissionError, OrbitsWarning
from orbits.mission.load import from_dict, load, read
from orbits.mission.problems import count
from orbits.mission.schema import json_schema

BASE = Path(__file__).with_name("malformed") / "base.toml"
MISSIONS = sorted((ROOT / "missions").glob("*.toml"))


def edited(**changes):
    """The base mission with keys of the relay's orbit replaced; None takes one away."""
    data = tomllib.loads(BASE.read_text(encoding="utf-8"))
    orbit = data["spacecraft"]["relay"]["orbit"]
    for key, value in changes.items():
        orbit.pop(key, None)
        if value is not None:
            orbit[key] = value
    orbit["assumed"] = []
    return data


def test_the_schema_in_the_project_is_that_of_the_models():
    text = (ROOT / "schemas" / "mission-1.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == json_schema(), (
        "run: orbits schema > schemas/mission-1.schema.json"
    )


def test_the_schema_is_a_json_schema():
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", [BASE, *MISSIONS], ids=lambda p: p.stem)
def test_good_missions_satisfy_the_schema_as_their_editor_sees_it(path):
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), json_schema())


def test_the_schema_refuses_a_key_that_it_does_not_list():
    data = edited(inclinaton="3 deg")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema())


@pytest.mark.parametrize("path", [BASE, *MISSIONS], ids=lambda p: p.stem)
def test_a_mission_written_out_reads_back_as_the_same_mission(path):
    mission = load(path)
    written = mission.normalised()
    again = from_dict(json.loads(json.dumps(written)))
    assert again == mission
    assert again.normalised() == written


def test_defaults_are_written_out():
    written = load(BASE).normalised()
    assert written["mission"]["ephemeris"] == "de421"
    assert written["analysis"]["windows"] == {"resolution": "10 s", "edge_tolerance": "1 ms"}
    assert written["spacecraft"]["relay"]["dynamics"]["tolerance"] == 1e-12
    assert written["chain"]["relayed"]["light_time"] == "apparent"
    assert written["site"]["lander"]["height"] == "-5256 m"


def test_a_built_in_site_is_written_out_with_its_source_and_what_is_assumed():
    kashi = load(BASE).normalised()["site"]["kashi"]
    assert kashi["use"] == "kashi"
    assert kashi["latitude"] == "38.4214 deg"
    assert "height" in kashi["assumed"]
    assert kashi["source"]


def test_a_key_beside_use_replaces_the_built_in_value_and_its_assumption():
    data = edited()
    data["site"]["kashi"]["height"] = "1282 m"
    kashi = from_dict(data).site["kashi"]
    assert kashi.height == Quantity("1282 m")
    assert "height" not in kashi.assumed


def test_what_the_file_assumes_joins_what_the_built_in_site_assumes():
    data = edited()
    data["site"]["kashi"].update(min_elevation="7 deg", assumed=["min_elevation"])
    assert from_dict(data).site["kashi"].assumed == ("height", "min_elevation")


def test_a_quantity_keeps_the_unit_of_the_file():
    written = from_dict(edited(apoapsis_altitude="16000000 m")).normalised()
    assert written["spacecraft"]["relay"]["orbit"]["apoapsis_altitude"] == "16000000 m"


@pytest.mark.parametrize(
    "text",
    ["200 km", "0.1 mm", "1e-12 km", "123456789.123456789 m", "-5256 m", "3.086e13 km"],
)
def test_quantities_written_out_are_exact(text):
    from orbits.mission.quantities import written

    quantity = Quantity(text)
    assert Quantity(written(quantity)) == quantity


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2016-12-31T23:59:60 UTC", "2016-12-31T23:59:60 UTC"),
        ("2024-05-31T00:00:00.123456789 TAI", "2024-05-31T00:00:00.123456789 TAI"),
        ("2024-05-31 12:00 TDB", "2024-05-31T12:00:00 TDB"),
        ("2024-05-31T00:00:00Z", "2024-05-31T00:00:00 UTC"),
    ],
)
def test_instants_written_out_keep_scale_leap_second_and_nanosecond(text, written):
    data = edited(epoch=text)
    assert from_dict(data).normalised()["spacecraft"]["relay"]["orbit"]["epoch"] == written


def test_a_date_time_of_toml_with_an_offset_is_utc():
    zone = datetime.timezone(datetime.timedelta(hours=8))
    data = edited(epoch=datetime.datetime(2024, 6, 1, 8, 0, tzinfo=zone))
    epoch = from_dict(data).normalised()["spacecraft"]["relay"]["orbit"]["epoch"]
    assert epoch == "2024-06-01T00:00:00 UTC"


def test_a_mission_cannot_be_changed_after_reading():
    mission = load(BASE)
    with pytest.raises(ValueError, match="frozen"):
        mission.mission.name = "another"


def test_a_mask_file_becomes_its_corners_so_that_the_mission_is_whole():
    data = edited()
    data["site"]["lander"]["mask"] = "masks/ring.csv"
    mission = from_dict(data, BASE.parent)
    corners = mission.normalised()["site"]["lander"]["mask"]
    assert corners == [["0 deg", "5 deg"], ["90 deg", "7 deg"]]
    assert from_dict(mission.normalised()) == mission


def test_faults_of_data_without_a_file_name_their_path():
    with pytest.raises(MissionError, match=r"spacecraft\.relay\.orbit\.raan: a bare number"):
        from_dict(edited(raan=270))


# -- warnings -----------------------------------------------------------------------------


def test_a_station_with_its_sign_lost_is_warned_of_in_place(tmp_path):
    text = BASE.read_text(encoding="utf-8").replace(
        '[site.neuquen]\nuse = "neuquen"',
        '[site.neuquen]\nbody = "earth"\nlatitude = "-38.19 deg"\nlongitude = "70.15 deg"',
    )
    file = tmp_path / "mission.toml"
    file.write_text(text, encoding="utf-8")
    (warning,) = read(file).warnings
    assert warning.severity == "warning"
    assert warning.path == "site.neuquen.longitude"
    line = text.split("\n")[warning.line - 1]
    assert line[warning.column - 1 :] == '"70.15 deg"'
    assert "deg from the built-in site neuquen" in warning.message
    assert "check the signs" in warning.help
    with pytest.warns(OrbitsWarning, match="built-in site neuquen"):
        load(file)


def test_a_station_within_a_degree_of_its_namesake_is_not_warned_of():
    data = edited()
    data["site"]["kashi"]["latitude"] = "39.4 deg"
    assert from_dict(data).site["kashi"].latitude == Quantity("39.4 deg")


def test_a_minimum_elevation_beside_a_mask_is_warned_of(tmp_path):
    text = BASE.read_text(encoding="utf-8").replace(
        'min_elevation = "5 deg"', 'min_elevation = "5 deg"\nmask = "ring.csv"'
    )
    (tmp_path / "ring.csv").write_text("azimuth_deg,elevation_deg\n0,3\n")
    (tmp_path / "mission.toml").write_text(text, encoding="utf-8")
    (warning,) = read(tmp_path / "mission.toml").warnings
    assert "the mask replaces it" in warning.message


def test_utc_beyond_the_announced_leap_seconds_is_warned_of(tmp_path):
    text = BASE.read_text(encoding="utf-8").replace("2024-06", "2040-06")
    (tmp_path / "mission.toml").write_text(text, encoding="utf-8")
    (warning,) = read(tmp_path / "mission.toml").warnings
    assert warning.path == "mission.stop"
    assert "leap seconds are announced until" in warning.message


def test_errors_and_warnings_are_counted_in_words(tmp_path):
    text = BASE.read_text(encoding="utf-8").replace("2024-06", "2040-06")
    text = text.replace('raan = "270 deg"', "raan = 270").replace(
        'mass = "1200 kg"', "mass = 1"
    )
    (tmp_path / "mission.toml").write_text(text, encoding="utf-8")
    with pytest.raises(MissionError) as raised:
        read(tmp_path / "mission.toml")
    assert count(raised.value.problems) == "2 errors, 1 warning"
    assert str(raised.value).endswith("2 errors, 1 warning. Nothing was computed.")
