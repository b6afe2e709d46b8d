"""Element sets: every fault of the lines named, all notations of OMM alike, TEME turned."""

import json

import numpy as np
import pytest
from sgp4 import exporter
from skyfield.api import EarthSatellite, load

from orbits.almanac import Almanac
from orbits.errors import DataError
from orbits.frames import GCRF
from orbits.propagators.element_sets import read_omm, read_tle, tle
from orbits.propagators.sgp4 import Sgp4, teme
from orbits.time import from_t, parse_t, utc_iso

# The Chinese space station, 2024 (public catalogue).
NAME = "CSS (TIANHE)"
ONE = "1 48274U 21035A   24134.15711351  .00053583  00000-0  55071-3 0  9999"
TWO = "2 48274  41.4683 297.0973 0003518 330.7772  29.2870 15.64019374173612"
OTHER = (
    "1 48274U 21035A   24100.81744799  .00017308  00000-0  17358-3 0  9998",
    "2 48274  41.4672 140.8588 0008508 357.1074   2.9716 15.65067909168393",
)
DAY = 86400.0


@pytest.fixture(scope="module")
def station():
    return tle(ONE, TWO, NAME)


@pytest.fixture(scope="module")
def almanac(station):
    return Almanac.load(station.epoch - DAY, station.epoch + 10 * DAY)


def test_what_the_lines_say_is_what_is_read(station):
    assert (station.name, station.norad_id) == (NAME, 48274)
    assert station.international_id == "2021-035A"
    # Day 134.15711351 of 2024: 13 May, 0.15711351 of a day after midnight.
    assert utc_iso(station.epoch, 6) == "2024-05-13T03:46:14.607264Z"
    assert station.age(station.epoch + 3 * DAY) == 3 * DAY


def test_a_launch_of_the_last_century_is_of_the_last_century():
    found = tle(
        "1 00005U 58002B   00179.78495062  .00000023  00000-0  28098-4 0  4753",
        "2 00005  34.2682 348.7242 1859667 331.7664  19.3264 10.82419157413667",
    )
    assert found.international_id == "1958-002B"
    assert found.epoch == pytest.approx(parse_t("2000-06-27T18:50:19.733568 UTC"), abs=1e-6)


def change(line, column, text):
    """Return ``line`` with ``text`` from ``column`` on, and a checksum that fits."""
    line = line[: column - 1] + text + line[column - 1 + len(text) :]
    digits = sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10
    return line[:68] + str(digits)


@pytest.mark.parametrize(
    ("one", "two", "message"),
    [
        (ONE[:-1] + "3", TWO, "line 1, column 69: the checksum is '3', but its digits give 9"),
        (ONE, TWO.replace("41.4683", "41.4684"), "line 2, column 69: the checksum is '2'"),
        (TWO, ONE, "line 1 must begin with '1 ', it begins with '2 '; line 2 must begin with"),
        (ONE[:60], TWO, "line 1 has 60 characters, 69 are needed"),
        (ONE + "77", TWO, "line 1 has 71 characters"),
        (ONE, TWO[:-1] + "\N{DEGREE SIGN}", "line 2 has characters that are not ASCII"),
        (ONE, change(TWO, 8, "1"), "line 2, column 8: a blank is needed"),
        (ONE, change(TWO, 9, " 41.46x3"), "line 2, columns 9-16: inclination '41.46x3' is no"),
        (ONE, change(TWO, 27, "0003 18"), "line 2, columns 27-33: eccentricity"),
        (ONE, change(TWO, 9, "241.4683"), "inclination 241.468 lies outside 0 to 180 degrees"),
        (ONE, change(TWO, 53, "55.64019374"), "mean motion 55.6402 lies outside"),
        (change(ONE, 19, "24434.15711351"), TWO, "epoch 434.157 lies outside 1 to 367"),
        (change(ONE, 54, " 55071x3"), TWO, r"line 1, columns 54-61: drag term B\*"),
        (ONE, change(TWO, 3, "48275"), "of two objects, '48274' and '48275'"),
        ("", "", "line 1 must begin"),
    ],
)
def test_every_fault_of_the_lines_is_named(one, two, message):
    with pytest.raises(ValueError, match=message):
        tle(one, two)


def test_a_file_of_lines_is_read_whole(tmp_path):
    path = tmp_path / "catalogue.tle"
    path.write_text(f"# two epochs\n{NAME}\n{ONE}\n{TWO}\n\n0 AGAIN\n{OTHER[0]}\n{OTHER[1]}\n")
    first, second = read_tle(path)
    assert (first.name, second.name) == (NAME, "AGAIN")
    assert first.source == "TLE, catalogue.tle"
    assert second.epoch < first.epoch


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{ONE}\n", r"x.tle:1: line 2 must begin"),
        (f"{ONE}\n{TWO[:-1]}3\n{ONE[:-1]}1\n{TWO}\n", r"x.tle:1: line 2.*\nx.tle:3: line 1"),
        (f"{TWO}\n", "x.tle:1: a line 2 without its line 1"),
        ("nothing\n", "x.tle holds no two-line elements"),
    ],
)
def test_all_faults_of_a_file_are_named_with_their_lines(tmp_path, text, message):
    path = tmp_path / "x.tle"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_tle(path)


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path):
    path = tmp_path / "x.tle"
    with pytest.raises(DataError, match="cannot be read"):
        read_tle(path)
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(DataError, match="cannot be read"):
        read_tle(path)


# -- OMM ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fields(station):
    record = exporter.export_omm(station.model, NAME)
    return {key: str(value) for key, value in record.items()}


def kvn(record):
    units = {"INCLINATION": "[deg]", "MEAN_MOTION": "[rev/day]"}
    lines = [f"{key} = {value} {units.get(key, '')}" for key, value in record.items()]
    return "CCSDS_OMM_VERS = 2.0\nCOMMENT made = for a test\n" + "\n".join(lines) + "\n"


def xml(record):
    def inside(*keys):
        return "".join(f"<{k}>{record[k]}</{k}>" for k in keys if k in record)

    identity = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM")
    shape = ("EPOCH", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE")
    rest = [k for k in record if k not in (*identity, "MEAN_ELEMENT_THEORY", *shape)]
    mean = (*shape, "ARG_OF_PERICENTER", "MEAN_ANOMALY")
    rest = [k for k in rest if k not in mean]
    return (
        "<?xml version='1.0'?><ndm><omm><body><segment><metadata>"
        f"{inside(*identity, 'MEAN_ELEMENT_THEORY')}</metadata><data><meanElements>"
        f"{inside(*mean)}</meanElements><tleParameters>{inside(*rest)}</tleParameters>"
        "</data></segment></body></omm></ndm>"
    )


def comma(record):
    return ",".join(record) + "\n" + ",".join(record.values()) + "\n"


NOTATIONS = {
    "kvn": kvn, "xml": xml, "csv": comma,
    "json": json.dumps, "list": lambda x: json.dumps([x]),
}  # fmt: skip


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_notation_of_an_omm_gives_the_orbit_of_the_lines(
    tmp_path, station, fields, notation
):
    path = tmp_path / "x.omm"
    path.write_text(NOTATIONS[notation](fields))
    (found,) = read_omm(path)
    assert (found.name, found.norad_id, found.international_id) == (NAME, 48274, "2021-035A")
    assert found.epoch == pytest.approx(station.epoch, abs=2e-6)  # s, a microsecond is written
    t = station.epoch + np.linspace(0.0, DAY, 50)
    misses = np.abs(teme(found, t)[0] - teme(station, t)[0])
    assert misses.max() < 0.02  # m: half a microsecond at 8 km/s


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("MEAN_MOTION", None, "object 1 .* MEAN_MOTION is missing"),
        ("MEAN_ELEMENT_THEORY", "SGP4-XP", "is SGP4-XP, only SGP4 is known"),
        ("REF_FRAME", "ICRF", "REF_FRAME is ICRF, only TEME"),
        ("CENTER_NAME", "MOON", "CENTER_NAME is MOON"),
        ("EPOCH", "yesterday", "does not match format"),
        ("ECCENTRICITY", "small", "could not convert"),
    ],
)
def test_what_an_omm_lacks_is_named(tmp_path, fields, key, value, message):
    record = {**fields, "CENTER_NAME": "EARTH", "REF_FRAME": "TEME", key: value}
    path = tmp_path / "x.json"
    path.write_text(json.dumps({k: v for k, v in record.items() if v is not None}))
    with pytest.raises(DataError, match=message):
        read_omm(path)


def test_two_messages_in_one_file_are_two_objects(tmp_path, fields):
    path = tmp_path / "x.omm"
    path.write_text(kvn(fields) + kvn({**fields, "OBJECT_NAME": "TWIN"}))
    assert [x.name for x in read_omm(path)] == [NAME, "TWIN"]


@pytest.mark.parametrize("text", ["<a><b></a>", "[1, 2", "CCSDS_OMM_VERS = 2.0\n", "a,b\n", ""])
def test_a_file_that_is_no_omm_is_refused(tmp_path, text):
    path = tmp_path / "x.omm"
    path.write_text(text)
    with pytest.raises(DataError, match=r"x\.omm"):
        read_omm(path)


# -- motion -------------------------------------------------------------------------------


def test_many_objects_at_once_are_the_objects_one_by_one(station):
    sets = [station, tle(*OTHER), station]
    t = station.epoch + np.linspace(0.0, DAY, 7)
    r, v = teme(sets, t)
    assert r.shape == v.shape == (3, 7, 3)
    np.testing.assert_array_equal(r[0], teme(station, t)[0])
    # Another epoch counts its days in other fractions: 1e-10 s.
    np.testing.assert_allclose(r[1], teme(sets[1], t)[0], atol=1e-4)  # m
    np.testing.assert_array_equal(r[2], r[0])


def test_the_trajectory_is_the_model_turned_to_icrf(station, almanac):
    span = (station.epoch - 0.5 * DAY, station.epoch + 3 * DAY)
    path = Sgp4(almanac).propagate(station, span)
    t = np.random.default_rng(6).uniform(*span, 5000)
    r, v = teme(station, t)
    turn = almanac.rotation("ICRF", "TEME", t)
    misses = np.linalg.norm(path.position(t) - np.einsum("nij,nj->ni", turn, r), axis=1)
    assert misses.max() < 1.5e-3  # m, the fit
    drifts = np.linalg.norm(path.velocity(t) - np.einsum("nij,nj->ni", turn, v), axis=1)
    assert drifts.max() < 0.1  # m/s: periodic terms without their derivatives, as documented
    assert path.frame == GCRF
    assert path.provenance["epoch"] == "2024-05-13T03:46:14.607Z"
    assert path.provenance["age"] == pytest.approx([-0.5 * DAY, 3 * DAY])


def test_velocity_is_the_derivative_of_position(station, almanac):
    span = (station.epoch, station.epoch + 0.2 * DAY)
    path = Sgp4(almanac).propagate(station, span)
    t = np.linspace(span[0] + 20.0, span[1] - 20.0, 777)
    h = 8.0  # s; the error of the difference is h^4 of the fifth derivative, 2e-6 m/s
    near = (path.position(t + h) - path.position(t - h)) / (2.0 * h)
    far = (path.position(t + 2.0 * h) - path.position(t - 2.0 * h)) / (4.0 * h)
    assert (
        np.abs((4.0 * near - far) / 3.0 - path.velocity(t)).max() < 1e-4
    )  # m/s, the grain of t


def test_skyfield_sees_it_at_the_same_place(station, almanac):
    """Skyfield turns TEME to GCRS by sidereal time and a nutation of its own."""
    t = station.epoch + np.linspace(0.0, 2 * DAY, 9)
    path = Sgp4(almanac).propagate(station, (t[0], t[-1]))
    scale = load.timescale(builtin=True)
    when = scale.from_astropy(from_t(t))
    theirs = EarthSatellite(ONE, TWO, NAME, scale).at(when).position.m.T
    misses = np.linalg.norm(path.position(t) - theirs, axis=1)
    # 0.14 m measured: 4 mas between IAU 2000A with and without the observed pole, and in UT1.
    assert misses.max() < 0.3
