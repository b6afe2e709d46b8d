"""Every malformed mission file says where, what and the remedy; code 3; nothing is written.

Each case edits tests/malformed/base.toml, itself a good mission. ``@@`` marks the place that
must be reported; the mark itself is not part of the file.
"""

import shutil
from pathlib import Path

import pytest

from orbits.cli import main
from orbits.errors import MissionError
from orbits.mission.load import load, read

FOLDER = Path(__file__).with_name("malformed")
BASE = (FOLDER / "base.toml").read_text(encoding="utf-8")

# name: (text of the base, what replaces it, message, help)
CASES = {
    # -- TOML itself
    "a quantity without quotes": (
        'mass = "1200 kg"', "mass = 1200 @@kg", "expected newline", 'in quotes, for example',
    ),
    "a text that is not closed": (
        'name = "Far-side relay, short"', 'name = "Far-side@@', "illegal character",
        "close the quotes",
    ),
    "a key given twice": (
        'mass = "1200 kg"', 'mass = "1200 kg"\nmass = "1300 kg"@@', "overwrite", "stands once",
    ),
    "a table given twice": (
        "[site.neuquen]", "[site.kashi@@]", "twice", "take one of the two away",
    ),
    "a value that is no TOML": (
        "radiation = true", "radiation = @@yes", "invalid value", "put text in quotes",
    ),
    "an unknown escape": (
        'name = "some relay"', r'name = "some\q@@ relay"', "unescaped", "close the quotes",
    ),
    # -- keys
    "a misspelt key": (
        'inclination = "62.4 deg"', '@@inclinaton = "62.4 deg"', 'unknown key "inclinaton"',
        'did you mean "inclination"?',
    ),
    "a misspelt table": (
        "[link.trunk]", "[@@lnk.trunk]", 'unknown key "lnk"', 'did you mean "link"?',
    ),
    "a key that nothing resembles": (
        'center = "moon"', 'center = "moon"\n@@zzz = 3', 'unknown key "zzz"',
        "the keys here are",
    ),
    "a missing key": (
        'inclination = "62.4 deg"\n', "", 'the key "inclination" is missing',
        'add inclination = "62.4 deg"',
    ),
    "no plane for the inclination": (
        'frame = "moon-equator-of-epoch"\n', "", 'the key "frame" is missing',
        "the plane that the inclination refers to",
    ),
    "no kind of orbit": ('kind = "keplerian"\n', "", 'the key "kind" is missing', "keplerian"),
    "an unknown kind of orbit": (
        'kind = "keplerian"', 'kind = @@"kepler"', 'unknown kind "kepler"', '"keplerian"?',
    ),
    "another schema": ("schema = 1", "schema = @@2", "2 cannot stand here", "is 1"),
    "a name in capitals": (
        "[site.kashi]", "[site.@@Kashi]", '"Kashi" is not a name in lower-case-with-hyphens',
        '"kashi"',
    ),
    # -- quantities
    "another dimension": (
        'inclination = "62.4 deg"', 'inclination = @@"62.4 km"',
        "a length, but an angle is needed", 'for example "62.4 deg"',
    ),
    "a bare number": (
        'raan = "270 deg"', "raan = @@270", "a bare number, but an angle is needed",
        'needs a unit, for example "62.4 deg"',
    ),
    "a number in quotes": ('mass = "1200 kg"', 'mass = @@"1200"', "needs a unit", "1200 kg"),
    "an unknown unit": (
        'max_range = "25000 km"', 'max_range = @@"25000 kms"', "unknown unit 'kms'",
        "did you mean 'km'?",
    ),
    "a quantity that is no number": (
        'mass = "1200 kg"', 'mass = @@"heavy"', "is not a number with a unit", "1200 kg",
    ),
    "nan as a quantity": (
        'mass = "1200 kg"', 'mass = @@"nan kg"', "is not a number", "1200 kg",
    ),
    "infinity as a quantity": (
        'mass = "1200 kg"', 'mass = @@"1e999 kg"', "is not a finite number", "1200 kg",
    ),
    "nan as a number": (
        "cr = 1.3", "cr = @@nan", "nan is not a finite number", "from 0 to 2",
    ),
    "a negative mass": (
        'mass = "1200 kg"', 'mass = @@"-5 kg"', "out of range", "more than 0 kg",
    ),
    "a latitude beyond the pole": (
        'latitude = "-41.6385 deg"', 'latitude = @@"-91 deg"', "-91 deg is out of range",
        "at least -90 deg and at most 90 deg",
    ),
    "a height in kilometres taken for metres": (
        'height = "-5256 m"', 'height = @@"-5256 km"', "out of range", "at least -20 km",
    ),
    "a number in quotes where none belong": (
        "cr = 1.3", 'cr = @@"1.3"', "a string, but a number is needed", "without quotes",
    ),
    "a half degree of the field": (
        "moon = 20", "moon = @@20.5", "a number, but a whole number is needed",
        "without a point",
    ),
    "yes for true": (
        "radiation = true", 'radiation = @@"yes"', "a string, but true or false is needed",
        "write true or false",
    ),
    "a table where text belongs": (
        'height = "-5256 m"', 'height = @@{ value = 3 }', "a table, but a length is needed",
        "write a length with a unit",
    ),
    "a number where a table belongs": (
        "[link.trunk]\nfrom = \"relay\"\nto = \"ground\"", "[link]\ntrunk = @@3",
        "a number, but a table is needed", "write a [table]",
    ),
    # -- instants
    "an instant without a scale": (
        'start = "2024-06-01T00:00:00 UTC"', 'start = @@"2024-06-01T00:00:00"',
        "has no time scale", "2024-06-01T00:00:00 UTC",
    ),
    "a local date-time": (
        'start = "2024-06-01T00:00:00 UTC"', "start = @@2024-06-01T00:00:00",
        "an instant without a time scale", "write it with its scale",
    ),
    "a date alone": (
        'start = "2024-06-01T00:00:00 UTC"', "start = @@2024-06-01",
        "a date without quotes, but an instant is needed", "write it with its scale",
    ),
    "an unknown scale": (
        'start = "2024-06-01T00:00:00 UTC"', 'start = @@"2024-06-01T00:00:00 BJT"',
        "unknown time scale 'BJT'", "UTC, TAI, TT, TDB",
    ),
    "a day that is not in the calendar": (
        'start = "2024-06-01T00:00:00 UTC"', 'start = @@"2024-06-31T00:00:00 UTC"',
        "is not a date", "2024-05-31",
    ),
    "stop before start": (
        'stop = "2024-06-03T00:00:00 UTC"', 'stop = @@"2024-05-03T00:00:00 UTC"',
        "not after the start", "choose a later stop",
    ),
    "no end": (
        'stop = "2024-06-03T00:00:00 UTC"\n', "", "the end of the span is missing",
        'duration = "30 day"',
    ),
    "two ends": (
        'ephemeris = "de421"', 'ephemeris = "de421"\nduration = @@"2 day"',
        "given by both stop and duration", "give one of",
    ),
    "a span beyond the ephemeris": (
        'stop = "2024-06-03T00:00:00 UTC"', 'stop = @@"2060-06-03T00:00:00 UTC"',
        "beyond the ephemeris de421", "it covers 1899-",
    ),
    "an unknown ephemeris": (
        'ephemeris = "de421"', 'ephemeris = @@"de422"', '"de422" is not known here', '"de421"?',
    ),
    # -- orbits
    "an orbit under the surface": (
        'periapsis_altitude = "300 km"', 'periapsis_altitude = @@"-10 km"',
        "the periapsis lies 10 km under the surface of the moon", "radii are from the centre",
    ),
    "an altitude given as a radius": (
        'periapsis_altitude = "300 km"', 'periapsis_radius = @@"300 km"',
        "1437.4 km under the surface", "altitudes from the surface",
    ),
    "apsides exchanged": (
        'periapsis_altitude = "300 km"', 'periapsis_altitude = @@"17000 km"',
        "exceeds the apoapsis radius", "exchange the two",
    ),
    "no apoapsis": (
        'apoapsis_altitude = "16000 km"\n', "", "the size of the orbit is given by",
        "one periapsis and one apoapsis",
    ),
    "two places in the orbit": (
        'true_anomaly = "180 deg"', 'true_anomaly = "180 deg"\nmean_anomaly = @@"180 deg"',
        "true_anomaly and mean_anomaly", "give one of true_anomaly",
    ),
    "a plane of the Moon about the Earth": (
        'center = "moon"\nframe = "moon-equator-of-epoch"',
        'center = "earth"\nframe = @@"moon-equator-of-epoch"',
        "a plane of the Moon for an orbit about earth", "earth-equator-of-epoch",
    ),
    "a position inside the Moon": (
        BASE[BASE.index('kind = "keplerian"') : BASE.index('assumed = ["raan"]')],
        'kind = "cartesian"\ncenter = "moon"\nframe = "icrf"\n'
        'position = @@["1000 km", "0 km", "900 km"]\n'
        'velocity = ["0 km/s", "1 km/s", "0 km/s"]\nraan = "270 deg"\n',
        "1345.36 km from the centre of the moon", "check the units",
    ),
    "a position of two numbers": (
        BASE[BASE.index('kind = "keplerian"') : BASE.index('assumed = ["raan"]')],
        'kind = "cartesian"\ncenter = "moon"\nframe = "icrf"\n'
        'position = @@["1000 km", "0 km"]\nvelocity = ["0 km/s", "1 km/s", "0 km/s"]\n',
        "2 values, but more are needed", "all three components",
    ),
    "a lowest altitude above the orbit": (
        'apoapsis_altitude = "16000 km"',
        'apoapsis_altitude = "16000 km"\nmin_altitude = @@"17000 km"',
        "not below the apoapsis", "moves the periapsis",
    ),
    # -- dynamics
    "a field that is not shipped": (
        "gravity = { moon = 20 }", "gravity = { mars = @@20 }",
        "no gravity field of mars is shipped", "moon, earth",
    ),
    "a degree beyond the field": (
        "moon = 20", "moon = @@2000", "degree 2000 is more than is shipped", "to degree 150",
    ),
    "radiation pressure without an area": (
        'radiation = { area = "15 m2", cr = 1.3 }\n', "", "radiation pressure needs",
        "area",
    ),
    "drag without an area": (
        "radiation = true", 'radiation = true\ndrag = @@"nrlmsis"',
        "drag needs spacecraft.relay.drag", 'add drag = { area = "8 m2", cd = 2.2 }',
    ),
    "an atmosphere that is not known": (
        "radiation = true", 'radiation = true\ndrag = @@"nrlmsise"', "is not known here",
        'did you mean "nrlmsis"?',
    ),
    "relativity by its name": (
        "radiation = true", 'radiation = true\nrelativity = @@"schwarzschild"',
        "a string, but true or false is needed", "write true or false",
    ),
    "more propellant than mass": (
        'mass = "1200 kg"', 'mass = "1200 kg"\npropellant = @@"1300 kg"',
        "not less than the mass", "with its propellant",
    ),
    # -- names
    "a link to nobody": (
        'to = "relay"', 'to = @@"relais"', 'no site, spacecraft or group is called "relais"',
        'did you mean "relay"?',
    ),
    "a link to itself": (
        'to = "ground"', 'to = @@"relay"', '"relay" stands at both ends', "two different nodes",
    ),
    "a chain of an unknown link": (
        '"surface", "trunk"]', '"surface", @@"trunc"]', 'no link is called "trunc"',
        'did you mean "trunk"?',
    ),
    "a chain whose links do not join": (
        '["surface", "trunk"]', '["trunk", @@"surface"]', '"surface" begins at lander',
        "one's `to` is the next one's `from`",
    ),
    "a chain without links": (
        'links = ["surface", "trunk"]', "links = @@[]", "empty", "give at least one",
    ),
    "a group with a stranger": (
        'ground = ["kashi", "neuquen"]', 'ground = ["kashi", @@"neuken"]',
        'no site and no spacecraft is called "neuken"', 'did you mean "neuquen"?',
    ),
    "a group of sites and spacecraft": (
        'ground = ["kashi", "neuquen"]', 'ground = @@["kashi", "relay"]',
        "sites and spacecraft in one group", "make two groups",
    ),
    "a group that names a site twice": (
        'ground = ["kashi", "neuquen"]', 'ground = ["kashi", @@"kashi"]', "stands here twice",
        "take one away",
    ),
    "a name used twice": (
        "[group]\nground", "[group]\n@@kashi = [\"neuquen\"]\nground",
        '"kashi" is also the name of a site', "give it another name",
    ),
    "an unknown built-in site": (
        '[site.kashi]\nuse = "kashi"', '[site.kashi]\nuse = @@"kashgar"',
        'no built-in site is called "kashgar"', "kashi",
    ),
    "an eclipse of nobody": (
        'spacecraft = ["relay"]', 'spacecraft = [@@"really"]',
        'no spacecraft is called "really"', 'did you mean "relay"?',
    ),
    "an eclipse by the Sun": (
        'bodies = ["moon"]', 'bodies = [@@"sun"]', "the Sun does not eclipse itself",
        "cast the shadow",
    ),
    "an assumed key that is not there": (
        'assumed = ["raan"]', 'assumed = [@@"rann"]', 'this table has no key "rann"',
        'did you mean "raan"?',
    ),
    "a figure that does not exist": (
        'figures = "none"', 'figures = [@@"contracts"]', 'no figure is called "contracts"',
        'did you mean "contacts"?',
    ),
    # -- quantities of the outcome
    "a requirement on nothing": (
        'quantity = "chain.relayed.availability"', 'quantity = @@"chain.relayed.availible"',
        'no quantity is called "chain.relayed.availible"', 'did you mean "availability"?',
    ),
    "a requirement on an unknown chain": (
        'quantity = "chain.relayed.availability"', 'quantity = @@"chain.relay.availability"',
        "no quantity is called", '"chain.relayed.availability"?',
    ),
    "a limit of another dimension": (
        'at_least = "10 %"', 'at_least = @@"10 km"', "a length, but a ratio is needed", "60 %",
    ),
    "a requirement with two limits": (
        'at_least = "10 %"', 'at_least = "10 %"\nat_most = @@"20 %"', "one limit",
        "give one of",
    ),
    "a claim with no value": (
        'quantity = "chain.relayed.best_day"\nat_least = "21 h"\n',
        'quantity = "chain.relayed.best_day"\n', "a flown row has one claim",
        "give one of value",
    ),
    "an instant for a duration": (
        'at_least = "21 h"', "at_least = @@2024-06-01T00:00:00Z",
        "an instant, but a time is needed", "5 min",
    ),
    # -- masks
    "a mask outside the folder": (
        'min_elevation = "5 deg"', 'mask = @@"../secret.csv"',
        "../secret.csv lies outside the mission file's folder", "put the file there",
    ),
    "a mask at an absolute path": (
        'min_elevation = "5 deg"', 'mask = @@"/etc/passwd"',
        "lies outside the mission file's folder", "put the file there",
    ),
    "a mask that is missing": (
        'min_elevation = "5 deg"', 'mask = @@"masks/none.csv"',
        "there is no file masks/none.csv",
        "beside the mission file",
    ),
    "a mask out of order": (
        'min_elevation = "5 deg"', 'mask = @@"masks/disorder.csv"',
        "masks/disorder.csv:4: azimuth 45 does not increase", "sort the rows",
    ),
    "a mask without its header": (
        'min_elevation = "5 deg"', 'mask = @@"masks/header.csv"', "masks/header.csv:1:",
        "correct it",
    ),
}  # fmt: skip

# Cases without a mark are reported at the table, whose header stands here.
AT_TABLE = {
    "a missing key": ("[spacecraft.relay.orbit]", "orbit"),
    "no plane for the inclination": ("[spacecraft.relay.orbit]", "orbit"),
    "no kind of orbit": ("[spacecraft.relay.orbit]", "orbit"),
    "no end": ("[mission]", "mission"),
    "no apoapsis": ('periapsis_altitude = "300 km"', '"300 km"'),
    "radiation pressure without an area": ("radiation = true", "true"),
    "a claim with no value": ("[[flown]]", "flown"),
}


def malformed(folder, name):
    """Write a case and return its file with the line and column that are at fault."""
    old, new, *_ = CASES[name]
    assert BASE.count(old) == 1
    text = BASE.replace(old, new)
    if "@@" in text:
        before = text[: text.index("@@")]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        text = text.replace("@@", "")
    else:
        row, word = AT_TABLE[name]
        lines = text.split("\n")
        line = lines.index(row) + 1
        column = row.rindex(word) + 1
    shutil.copytree(FOLDER / "masks", folder / "masks")
    file = folder / "mission.toml"
    file.write_text(text, encoding="utf-8")
    return file, line, column


def test_the_mission_that_the_cases_edit_is_good():
    assert read(FOLDER / "base.toml").warnings == ()


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_shown_where_it_stands_with_its_remedy(name, tmp_path):
    file, line, column = malformed(tmp_path, name)
    with pytest.raises(MissionError) as raised:
        load(file)
    _, _, message, remedy = CASES[name]
    found = [
        p for p in raised.value.problems if message in p.message.lower() or message in p.message
    ]
    assert [(p.line, p.column) for p in found] == [(line, column)], str(raised.value)
    assert remedy in found[0].help
    shown = file.read_text(encoding="utf-8").split("\n")[line - 1]
    assert f"error: {file}:{line}:{column}" in str(raised.value)
    assert f"  {line} | {shown}\n" in str(raised.value)
    assert str(raised.value).endswith("Nothing was computed.")


@pytest.mark.parametrize("name", CASES)
def test_a_run_of_a_malformed_file_ends_with_3_and_writes_nothing(name, tmp_path, capsys):
    file, line, column = malformed(tmp_path, name)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SystemExit) as ended:
        main(["run", str(file), "-o", str(tmp_path / "out")])
    out, talk = capsys.readouterr()
    assert ended.value.code == 3
    assert out == ""
    assert f"{file}:{line}:{column}" in talk
    assert sorted(tmp_path.rglob("*")) == before


def test_all_faults_of_a_file_are_reported_at_once(tmp_path):
    names = ("a misspelt key", "a bare number", "a link to nobody", "stop before start")
    text = BASE
    for name in names:
        text = text.replace(*CASES[name][:2])
    file = tmp_path / "mission.toml"
    file.write_text(text.replace("@@", ""), encoding="utf-8")
    with pytest.raises(MissionError) as raised:
        load(file)
    found = " ".join(p.message for p in raised.value.problems)
    for name in names:
        assert CASES[name][2] in found
    assert len({p.line for p in raised.value.problems}) >= len(names)


# -- files that are no text ---------------------------------------------------------------


def failing(path):
    with pytest.raises(MissionError) as raised:
        load(path)
    (problem,) = raised.value.problems
    return problem


def test_an_empty_file_is_named_with_what_a_mission_begins_with(tmp_path):
    file = tmp_path / "empty.toml"
    file.write_text("# nothing\n")
    problem = failing(file)
    assert (problem.line, problem.column) == (1, 1)
    assert "empty" in problem.message
    assert "schema = 1" in problem.help


def test_a_binary_file_is_called_binary(tmp_path):
    file = tmp_path / "kernel.bsp"
    file.write_bytes(b"DAF/SPK \x02\x00\x00\x00\xff\xfe")
    problem = failing(file)
    assert "binary" in problem.message
    assert "text" in problem.help


def test_a_byte_that_is_not_utf8_is_shown_in_place(tmp_path):
    file = tmp_path / "latin1.toml"
    file.write_bytes('schema = 1\nname = "Neuquén"\n'.encode("latin-1"))
    problem = failing(file)
    assert (problem.line, problem.column) == (2, 14)
    assert "0xe9 is not UTF-8" in problem.message
    assert "save the file as UTF-8" in problem.help


def test_a_folder_is_no_mission_file(tmp_path):
    assert "a folder" in failing(tmp_path).message


def test_a_missing_file_ends_with_4_and_its_name(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["run", str(tmp_path / "none.toml")])
    assert ended.value.code == 4
    assert "none.toml" in capsys.readouterr().err


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert load(file) == load(FOLDER / "base.toml")
