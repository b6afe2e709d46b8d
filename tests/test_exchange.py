"""A whole mission in every format: written, equal byte by byte, flown from its own files."""

import json
import shutil

import numpy as np
import pytest
from typer.testing import CliRunner

from orbits.cli.app import app
from orbits.cli.exchange import FORMATS, write_exchange
from orbits.exports.formats import format_of
from orbits.mission.load import read
from orbits.mission.run import run

INVOKE = CliRunner().invoke
DAYS = ('stop = "2024-06-30T00:00:00 UTC"', 'stop = "2024-06-02T00:00:00 UTC"')


@pytest.fixture(scope="module")
def relay(root, tmp_path_factory):
    """The relay mission, two days of it."""
    folder = tmp_path_factory.mktemp("relay")
    text = (root / "missions" / "change6-relay.toml").read_text()
    assert DAYS[0] in text
    (folder / "relay.toml").write_text(text.replace(*DAYS))
    return folder / "relay.toml"


def outcome_of(file):
    reading = read(file)
    return run(reading.mission, folder=file.parent, text=reading.text)


@pytest.fixture(scope="module")
def outcome(relay):
    return outcome_of(relay)


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_are_equal_byte_by_byte(relay, outcome, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717113600")
    written = {}
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        again = outcome_of(relay)
        write_exchange(again, tmp_path / name, FORMATS, home=relay.parent)
        written[name] = content(tmp_path / name)
    assert written["a"].keys() == written["b"].keys()
    for name, data in written["a"].items():
        assert data == written["b"][name], name
    assert len(written["a"]) > 15


def test_every_format_leaves_its_files_and_says_how_close_they_are(relay, outcome, tmp_path):
    done = write_exchange(outcome, tmp_path, FORMATS, home=relay.parent)
    assert sorted(done.files) == sorted(content(tmp_path))
    suffixes = {format_of(tmp_path / name) for name in done.files}
    assert suffixes >= {"oem", "oem-xml", "opm", "opm-xml", "spk", "stk", "gmat", "parquet"}
    assert {"scene.czml", "calendars/chain.far-side-relay.ics"} <= set(done.files)
    assert {"trajectories/mission.tm", "intervals/link.trunk.int"} <= set(done.files)
    assert all(error < 5e-3 for error in done.errors.values())  # m, the largest tolerance
    assert [line.split()[0] for line in done.left_out] == [
        "trajectories/queqiao-2.omm.xml",
        "trajectories/queqiao-2.omm",
    ]
    assert "SGP4 is for orbits of the Earth, not of the moon" in done.left_out[0]


def test_provenance_stands_in_every_file(relay, outcome, tmp_path):
    write_exchange(outcome, tmp_path, FORMATS, home=relay.parent)
    sha = outcome.provenance["mission_sha256"].encode()
    for name, data in content(tmp_path).items():
        # Calendars fold their lines at 75 octets.
        plain = data.replace(b"\r\n ", b"").replace(b"\n", b"")
        assert sha in plain or name.endswith(".cof"), name


def test_the_command_names_what_it_wrote(relay, tmp_path):
    words = ["export", str(relay), "--format", "oem,spk", "--spk-type", "13"]
    told = INVOKE(app, [*words, "-o", str(tmp_path / "out")])
    assert told.exit_code == 0, told.output
    assert told.stdout.split() == [
        "trajectories/mission.tm",
        "trajectories/queqiao-2.bsp",
        "trajectories/queqiao-2.oem",
    ]
    assert "interpolation within" in told.stderr
    told = INVOKE(app, ["export", str(relay), "--format", "oem,dxf"])
    assert told.exit_code == 2
    assert "dxf is not known; one of all, oem-xml" in told.stderr
    told = INVOKE(app, ["export", str(relay), "--format", "spk", "--spk-type", "9"])
    assert told.exit_code == 2


def test_a_mission_chooses_its_formats(relay, tmp_path):
    text = (
        relay.read_text() + '\n[output]\nformats = ["json", "stk", "ics"]\nfigures = "none"\n'
    )
    (tmp_path / "m.toml").write_text(text)
    told = INVOKE(app, ["run", str(tmp_path / "m.toml"), "-o", str(tmp_path / "out")])
    assert told.exit_code in (0, 1), told.output
    files = json.loads((tmp_path / "out" / "summary.json").read_text())["files"]
    assert "trajectories/queqiao-2.e" in files
    assert "calendars/chain.far-side-relay.ics" in files
    assert not any(name.endswith((".oem", ".csv")) for name in files)
    for name in files:
        assert (tmp_path / "out" / name).is_file()


@pytest.mark.parametrize("suffix", [".oem", ".oem.xml", ".bsp", ".csv"])
def test_windows_from_an_exported_file_are_those_of_the_mission(
    relay, outcome, tmp_path, suffix
):
    """Everything but propagation works from an ephemeris file alone."""
    # The file must reach as far as light does: a longer mission is exported.
    longer = tmp_path / "longer.toml"
    text = relay.read_text()
    longer.write_text(
        text.replace('start = "2024-05-31T00:00:00', 'start = "2024-05-30T23:55:00').replace(
            'stop = "2024-06-02T00:00:00', 'stop = "2024-06-02T00:05:00'
        )
    )
    path = tmp_path / f"relay{suffix}"
    told = INVOKE(app, ["propagate", str(longer), "-o", str(path)])
    assert told.exit_code == 0, told.output
    head, _, rest = text.partition("[spacecraft.queqiao-2.orbit]")
    tail = rest[rest.index("# The landing site") :]
    only = tmp_path / "only.toml"
    only.write_text(
        f'{head}[spacecraft.queqiao-2.orbit]\nkind = "ephemeris"\nfile = "{path.name}"\n{tail}'
    )
    longer.unlink()
    found = outcome_of(only)
    assert set(found.windows) == set(outcome.windows)
    for key, held in outcome.windows.items():
        there = found.windows[key]
        assert there.count == held.count, key
        # s: 5 mm of an SPK, 2 mm of a table of minutes, at 0.2 km/s across a horizon
        assert np.max(np.abs(there.start - held.start), initial=0.0) < 2e-3, key
        assert np.max(np.abs(there.stop - held.stop), initial=0.0) < 2e-3, key


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("csv", "id,kind,name,"),
        ("ecsv", "# %ECSV 1.0"),
        ("int", "stk.v.12.0"),
        ("ics", "BEGIN:VCALENDAR"),
        ("json", "{"),
    ],
)
def test_windows_are_printed_in_the_format_asked_for(relay, form, begins):
    told = INVOKE(app, ["windows", str(relay), "--format", form])
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(begins)


def test_a_format_of_windows_that_is_not_known_is_refused(relay):
    told = INVOKE(app, ["windows", str(relay), "--format", "xls"])
    assert told.exit_code == 2
    assert "'xls' is not known; one of csv, ecsv, json, int, ics" in told.stderr


@pytest.mark.slow
def test_every_bundled_mission_is_written_in_each_format(root, tmp_path):
    for file in sorted((root / "missions").glob("*.toml")):
        folder = tmp_path / file.stem
        folder.mkdir()
        done = write_exchange(outcome_of(file), folder, FORMATS, home=file.parent)
        assert sorted(done.files) == sorted(content(folder)), file.stem
        # Only what a format cannot hold is left out, and its reason is said.
        for line in done.left_out:
            assert "SGP4" in line or "no windows" in line or "needs a number" in line, line
        shutil.rmtree(folder)
