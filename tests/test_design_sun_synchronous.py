"""``orbits design sun-synchronous``: one document, its text, its refusals, its mission file."""

import json

import pytest

from orbits.cli import main
from orbits.mission.load import read

SETS = """HAIYANG 4A
1 61936U 24208A   25034.48637846  .00001460  00000-0  23331-3 0  9997
2 61936  98.0073  43.9898 0001635  74.1701 285.9687 14.73318719 12013
HAIYANG 4A
1 61936U 24208A   25062.46786911  .00001329  00000-0  21323-3 0  9997
2 61936  98.0082  71.5940 0001396  97.4622 262.6744 14.73298453 16137
"""


@pytest.fixture
def command(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(["design", "sun-synchronous", *[str(word) for word in words]])
        out, talk = capsys.readouterr()
        return ended.value.code, out, talk

    return run


def test_a_cycle_is_answered_with_names_that_carry_their_unit(command):
    words = ("--repeat", "143/10", "--ltdn", "10:30", "--span", "10 day", "--json")
    code, out, _ = command(*words)
    found = json.loads(out)
    assert code == 0
    assert found["schema"] == "orbits.design-sun-synchronous/1"
    assert (found["revolutions"], found["days"]) == (143, 10)
    assert found["semi_major_axis_km"] == pytest.approx(7164.273, abs=0.05)  # Sentinel-2A, 2023
    assert found["inclination_deg"] == pytest.approx(98.568, abs=0.01)
    assert found["ltan"] == "22:30:00"
    assert found["theory"]["first_order_inclination_deg"] < 98.55  # J2 alone misses by 0.022
    model = found["full_model"]
    assert model["node_rate_deg_day"] == pytest.approx(0.98565, abs=0.0005)  # acceptance
    assert model["nodes_off_grid_km"] < 1.0
    assert model["nodes_off_grid_from_osculating_km"] > 100.0  # in ten days already
    heights = found["altitudes"]
    assert heights["a_minus_6371_km"] - heights["a_minus_6378_137_km"] == pytest.approx(7.137)
    assert found["maintenance"]["track"] is None  # no drag was given


def test_a_satellite_of_the_catalogue_is_set_beside_its_design(command, tmp_path):
    file = tmp_path / "hy-4a.tle"
    file.write_text(SETS)
    code, out, _ = command("--elements", file, "--theory", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["inclination_deg"] == pytest.approx(98.0077, abs=0.012)  # acceptance
    first, second = found["catalogue"]
    assert first["ltan"][:5] == "18:00"
    assert [near["revolutions"] for near in first["near_repeats"]] == [162, 265, 427]
    assert (first["drifting"], second["drifting"]) == (False, False)
    assert found["full_model"] is None
    code, out, _ = command("--elements", file, "--theory")
    assert "162/11" in out
    assert "mean a - 6378.137 km" in out
    assert "kept" in out


def test_upkeep_is_told_where_the_drag_is_given(command):
    code, out, _ = command("--altitude", "500 km", "--ltan", "18:00", "--theory",
                           "--drag", "0.01", "--json")  # fmt: skip
    kept = json.loads(out)["maintenance"]
    assert code == 0
    yearly = [row["delta_v_m_s_per_year"] for row in kept["track"]]
    assert yearly == sorted(yearly)  # from solar minimum to maximum
    assert yearly[0] < kept["cycle_mean_delta_v_m_s_per_year"] < yearly[2]
    assert kept["inclination"]["delta_v_m_s_per_year"] < 1.0  # dawn-dusk: the Sun does not tilt


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--ltan", "18:00"), 2, "give one of"),
        (("--altitude", "500 km"), 2, "--ltan or --ltdn"),
        (("--altitude", "500 km", "--ltan", "6pm"), 2, "local time"),
        (("--repeat", "143:10", "--ltan", "18:00"), 2, "not N/D"),
        (("--repeat", "286/20", "--ltan", "18:00"), 2, "143/10"),
        (("--elements", "none.tle"), 2, "no file"),
        (("--altitude", "6000 km", "--ltan", "18:00"), 5, "slower than the mean Sun"),
        (("--altitude", "100 km", "--ltan", "18:00"), 5, "in the atmosphere"),
        (("--repeat", "17/1", "--ltan", "18:00"), 5, "in the atmosphere"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(command, words, code, said):
    ended, _, talk = command(*words)
    assert ended == code
    assert said in talk


def test_the_mission_file_written_asks_for_the_same_orbit(command, tmp_path):
    file = tmp_path / "satellite.toml"
    words = ("--repeat", "143/10", "--ltdn", "10:30", "--node-longitude", "10 deg", "--theory")
    assert command(*words, "--write", file)[0] == 0
    orbit = read(file).mission.spacecraft["satellite"].orbit
    assert (orbit.repeat, orbit.ltan, orbit.frozen) == ((143, 10), "22:30:00", True)
    assert orbit.node_longitude.to_value("deg") == 10.0
    assert command(*words, "--write", file)[0] == 2  # it is not replaced without --force
