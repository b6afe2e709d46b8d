"""``orbits design``: what the designers say on the command line."""

import json

import pytest
from jsonschema import Draft202012Validator

from conftest import ROOT
from orbits.cli import main


def checked(text):
    """The one document in ``text``, checked against its schema."""
    document = json.loads(text)
    name = document["schema"].removeprefix("orbits.").replace("/", "-")
    schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())
    Draft202012Validator(schema).validate(document)
    return document


@pytest.fixture
def command(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, talk = capsys.readouterr()
        return ended.value.code, out, talk

    return run


@pytest.mark.parametrize(
    "choice", [("--az", "13000 km"), ("--period", "14.8 day"), ("--jacobi", "3.05")]
)
def test_a_halo_is_one_document_with_its_units(command, choice):
    code, out, _ = command("design", "halo", *choice, "--json")
    found = checked(out)
    assert code == 0
    assert found["schema"] == "orbits.design-halo/1"
    wanted = {"--az": ("az_km", 13000.0), "--period": ("period_day", 14.8)}
    key, value = wanted.get(choice[0], ("jacobi", 3.05))
    assert found[key] == pytest.approx(value, rel=1e-9)  # the secant's
    assert found["length_unit_km"] == pytest.approx(389703.264829278)  # JPL's
    assert found["time_unit_s"] == pytest.approx(382981.289129055)  # JPL's
    assert found["period_s"] == pytest.approx(found["period_day"] * 86400)  # rounding
    assert len(found["state"]) == 6
    assert found["state"][2] < 0  # southern
    assert found["stability_index"] > 1


def test_a_halo_in_the_sky_is_one_document_too(command):
    words = ("--az", "13000 km", "--epoch", "2018-06-14T03:06:00 UTC", "--json")
    code, out, _ = command("design", "halo", *words)
    found = checked(out)["real_sky"]
    assert code == 0
    assert found["position_jump_m"] < 1e-3  # m: the issue's
    assert found["axis_distance_km"] > 9000  # km: the issue's


def test_text_prints_the_units_beside_the_period(command):
    code, out, _ = command("design", "halo", "--az", "13000 km")
    assert code == 0
    assert "15.0840 d" in out
    assert "389703.265 km" in out


def test_a_family_lists_its_members(command):
    code, out, _ = command("design", "family", "--family", "lyapunov", "--json")
    found = checked(out)
    assert code == 0
    assert len(found["members"]) >= 20
    assert all(row["az_km"] == 0 for row in found["members"])
    kinds = [row["kind"] for row in found["bifurcations"]]
    assert kinds == ["tangent", "tangent", "period-doubling"]
    assert found["bifurcations"][0]["jacobi"] == pytest.approx(3.1521, abs=1e-4)  # published


def test_an_amplitude_that_no_halo_has_ends_with_5_and_one_document(command):
    code, out, talk = command("design", "halo", "--az", "500000 km", "--json")
    assert code == 5
    assert json.loads(out)["kind"] == "convergence"
    assert "the family reaches from" in talk


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("halo",), "give one of"),
        (("halo", "--az", "1 km", "--period", "1 day"), "give one of"),
        (("halo", "--az", "13000"), "--az"),
        (("halo", "--az", "13000 km", "--system", "x"), "unknown 'x'"),
        (("family", "--point", "L7"), "choose from L1, L2"),
        (("frozen", "--apolune-over", "east"), "south or north"),
        (("frozen", "--epoch", "yesterday"), "--epoch"),
        (("frozen", "--perilune", "90000 km"), "inside the semi-major axis"),
    ],
)
def test_slips_are_usage_and_print_no_document(command, words, said):
    code, out, talk = command("design", *words, "--json")
    assert (code, out) == (2, "")
    assert said in talk


def test_a_frozen_orbit_is_designed_and_kept(command):
    code, out, _ = command(
        "design", "frozen", "--perilune", "100 km", "--degree", "8", "--keep", "--json"
    )
    found = checked(out)
    assert code == 0
    assert found["lowest_perilune_km"] == pytest.approx(100, abs=0.5)  # km: the solver's
    assert found["inclination_deg"] == pytest.approx(found["relation_inclination_deg"], abs=2)
    assert found["maintenance"]["delta_v_m_s_per_year"] < 40


def test_no_frozen_orbit_at_40_degrees_ends_with_5(command):
    code, _, talk = command("design", "frozen", "--inclination", "40 deg")
    assert code == 5
    assert "argument of perilune would drift" in talk
