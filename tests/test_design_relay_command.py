"""``orbits design relay``: the front as a table, a document, and a mission that runs."""

import pytest

import orbits
from orbits.cli import main
from test_design_command import checked

SITE = "-41.6385 deg, 206.0148 deg, -5256 m"


@pytest.fixture
def command(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, talk = capsys.readouterr()
        return ended.value.code, out, talk

    return run


def test_a_point_of_the_front_becomes_a_mission_that_runs(command, tmp_path):
    file = tmp_path / "relay.toml"
    words = ["design", "relay", "--site", SITE, "--require", "availability >= 50 %"]
    words += ["--days", "10", "--tries", "80", "--point", "2", "-o", file, "--json"]
    code, out, _ = command(*words)
    assert code == 0
    found = checked(out)
    assert found["schema"] == "orbits.design-relay/1"
    assert all(row["availability_percent"] >= 50 for row in found["points"])
    chosen = found["points"][1]
    outcome = orbits.run(orbits.load(file))
    whole = outcome.windows["chain.relay-chain"].availability * 100
    # Five minutes an edge, light time, and the field of degree 8 against 50.
    assert whole == pytest.approx(chosen["availability_percent"], abs=1.5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--site", "somewhere"), "--site"),
        (("--site", SITE, "--require", "beauty >= 3"), "--require"),
        (("--site", SITE, "--require", "availability >= 3 km"), "needs percent"),
        (("--site", SITE, "--stations", "atlantis"), "unknown atlantis"),
    ],
)
def test_slips_are_usage(command, words, said):
    code, out, talk = command("design", "relay", *words, "--json")
    assert (code, out) == (2, "")
    assert said in talk
