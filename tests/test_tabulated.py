"""Tables of states: exact at the nodes, as good as their polynomial between, or refused."""

import numpy as np
import pytest

from kepler_path import JumpingPath, KeplerPath
from orbits.errors import DataError
from orbits.exports.oem import write_oem
from orbits.exports.states import states_csv
from orbits.frames import Frame
from orbits.propagators.tabulated import of_states, read_oem, read_states

MOON = Frame("moon", "ICRF")
PATH = KeplerPath()
HEAD = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2024-05-31T00:00:00
ORIGINATOR = X
META_START
OBJECT_NAME = x
OBJECT_ID = x
CENTER_NAME = MOON
REF_FRAME = ICRF
TIME_SYSTEM = UTC
START_TIME = 2024-05-31T00:00:00
STOP_TIME = 2024-05-31T00:04:00
META_STOP
"""
ROW = "2024-152T00:0{minute}:00.000 {x}.0 2000.0 0.0 0.1 0.0 1.0\n"
TABLE = "".join(ROW.format(minute=k, x=6 * k) for k in range(5))


@pytest.fixture
def oem(tmp_path):
    def write(text):
        path = tmp_path / "x.oem"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("scale", ["UTC", "TDB"])
def test_what_we_write_is_read_back_to_a_millimetre(tmp_path, scale):
    write_oem(tmp_path / "x.oem", PATH, name="x", object_id="x", scale=scale)
    read = read_oem(tmp_path / "x.oem")
    assert read.frame == MOON
    assert read.span == pytest.approx(PATH.span, abs=2e-7)  # s, the grain of t
    t = np.random.default_rng(5).uniform(*read.span, 2000)
    far = np.linalg.norm(read.position(t) - PATH.position(t), axis=1)
    drift = np.linalg.norm(read.velocity(t) - PATH.velocity(t), axis=1)
    assert np.max(far) < 1e-3  # m: 0.2 mm of the writer, 0.3 mm of the grain of t
    assert np.max(drift) < 2e-5  # m/s: the derivative of that polynomial


def test_the_nodes_are_met_and_the_bounds_hold():
    t = np.linspace(*PATH.span, 3000)
    read = of_states(t, PATH.position(t), PATH.velocity(t), MOON, "test")
    assert np.max(np.abs(read.position(t) - PATH.position(t))) < 1e-8  # m, rounding of 2e7 m
    speed, acceleration = read.bounds(t[:-1], t[1:])
    between = 0.5 * (t[1:] + t[:-1])
    assert np.all(np.linalg.norm(read.velocity(between), axis=1) <= speed)
    h = 1.0
    force = (read.velocity(between + h) - read.velocity(between - h)) / (2 * h)
    assert np.all(np.linalg.norm(force, axis=1) <= acceleration)


def test_segments_join_with_a_seam(tmp_path):
    seam = PATH.span[0] + 90_000.0
    path = JumpingPath(joins=(seam,))
    write_oem(tmp_path / "x.oem", path, name="x", object_id="x")
    read = read_oem(tmp_path / "x.oem")
    assert read.joins == pytest.approx([seam], abs=1e-6)  # s, the seam's own tolerance
    t = seam + np.array([-30.0, 30.0])
    assert np.max(np.abs(read.position(t) - path.position(t))) < 1e-3  # m, as above


def test_days_of_a_year_read_and_eme2000_is_turned_by_the_frame_bias(oem):
    icrf = read_oem(oem(HEAD + TABLE))
    turned = read_oem(oem(HEAD.replace("ICRF", "EME2000") + TABLE))
    assert icrf.span[1] - icrf.span[0] == pytest.approx(240.0, abs=1e-6)  # s, the grain of t
    angle = np.linalg.norm(icrf.r - turned.r, axis=1) / np.linalg.norm(icrf.r, axis=1)
    # a vector along y turns by eta0 = -6.8192 and dalpha0 = -14.6 mas (IERS 2010, sec. 5.4.4)
    assert np.degrees(angle[0]) * 3600e3 == pytest.approx(
        16.11, abs=0.02
    )  # mas, their last digit
    assert icrf.frame == turned.frame == MOON


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello\n", "x.oem:1: an OEM file begins with CCSDS_OEM_VERS"),
        ("", "x.oem:1: an OEM file begins with CCSDS_OEM_VERS"),
        ("CCSDS_OEM_VERS = 2.0\n", "holds no segment"),
        (HEAD.replace("ICRF", "MARS_FIXED") + TABLE, "REF_FRAME = MARS_FIXED is not known"),
        (HEAD.replace("= MOON", "= CERES") + TABLE, "CENTER_NAME = CERES is not known"),
        (HEAD.replace("= UTC", "= GPS") + TABLE, "TIME_SYSTEM = GPS is not known"),
        (HEAD.replace("TIME_SYSTEM = UTC\n", "") + TABLE, "the metadata lack TIME_SYSTEM"),
        (HEAD.replace("OBJECT_ID = x", "OBJECT_ID") + TABLE, "x.oem:6: expected KEYWORD"),
        (HEAD + TABLE.replace("12.0", "nan"), "x.oem:15: a state is an instant and 6 or 9"),
        (HEAD + TABLE.replace("12.0", "x"), "x.oem:15: could not convert"),
        (HEAD + TABLE.replace(" 1.0\n", "\n"), "x.oem:13: a state is an instant and 6 or 9"),
        (HEAD + TABLE.replace("00:03", "00:01"), "times must ascend; state 4"),
        (HEAD + ROW.format(minute=0, x=1), "at least 4 states, got 1"),
        (HEAD + TABLE.replace("T00:02", "T25:02"), "past the end of its hour or day"),
        (HEAD + TABLE + HEAD[HEAD.index("META_START") :] + TABLE, "they must meet"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(oem, text, says):
    with pytest.raises(DataError) as caught:
        read_oem(oem(text))
    assert says in str(caught.value)


def test_a_binary_file_is_refused(tmp_path):
    (tmp_path / "x.oem").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"x\.oem cannot be read as an OEM text"):
        read_oem(tmp_path / "x.oem")


# -- CSV ----------------------------------------------------------------------------------

COLUMNS = "time_tdb,x_moon_icrf_km,y_moon_icrf_km,z_moon_icrf_km,vx_moon_icrf_km_s,"
COLUMNS += "vy_moon_icrf_km_s,vz_moon_icrf_km_s\n"
LINE = "2024-05-31T00:0{minute}:00,{x}.0,2000.0,0.0,0.1,0.0,1.0\n"
LINES = "".join(LINE.format(minute=k, x=6 * k) for k in range(5))


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "x.csv"
        path.write_text(text)
        return path

    return write


def test_our_table_of_minutes_reads_back_to_a_millimetre(table):
    seam = PATH.span[0] + 90_000.0
    path = JumpingPath(joins=(seam,))
    read = read_states(table(states_csv(path)))
    assert read.frame == MOON
    assert read.joins == pytest.approx([seam], abs=1e-6)  # s, the seam's own tolerance
    t = np.random.default_rng(5).uniform(*read.span, 2000)
    far = np.linalg.norm(read.position(t) - path.position(t), axis=1)
    assert np.max(far) < 2e-3  # m: two grains of t (0.12 us) at 2 km/s, and a minute's Hermite


def test_metres_other_columns_and_another_order_are_read(table):
    plain = read_states(table(COLUMNS + LINES))
    head = COLUMNS.replace("_km_s", "_m_s").replace("_km", "_m").replace("\n", ",mass_kg\n")
    metres = "".join(
        ",".join([row[0], *(f"{1e3 * float(x):.1f}" for x in row[1:]), "7"]) + "\n"
        for row in (line.split(",") for line in LINES.splitlines())
    )
    read = read_states(table(head + metres))
    assert np.max(np.abs(read.r - plain.r)) < 1e-9  # m, rounding


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "x.csv:1: one column must be the instant"),
        (
            COLUMNS.replace("time_tdb", "when") + LINES,
            "x.csv:1: one column must be the instant",
        ),
        (COLUMNS.replace("vz_moon", "vz_earth") + LINES, "of one centre and axes"),
        (COLUMNS.replace("vz_moon_icrf_km_s", "w") + LINES, "vz missing"),
        (COLUMNS.replace("moon", "ceres") + LINES, "CENTER_NAME = CERES is not known"),
        (COLUMNS + LINES.replace("12.0", "nan"), "x.csv:4: a state is"),
        (COLUMNS + LINES.replace("12.0", "x"), "x.csv:4: could not convert"),
        (COLUMNS + LINES.replace("T00:02", "T25:02"), "x.csv:4: "),
        (COLUMNS + LINES.replace("T00:03", "T00:01"), "times must ascend; state 4"),
        (COLUMNS + LINES.replace(",1.0\n", "\n"), "x.csv:2: 6 columns, at least 7 needed"),
        (COLUMNS, "at least 4 states, got 0"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_place(table, text, says):
    with pytest.raises(DataError) as caught:
        read_states(table(text))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<oem><body>", "not well-formed XML"),
        ("<opm><body/></opm>", "an OEM in XML has an element oem, this is <opm>"),
        ('<!DOCTYPE oem [<!ENTITY a "b">]><oem/>', "declares no document type"),
        ("<oem><body/></oem>", "holds no segment"),
        (
            "<oem><segment><metadata/><data><stateVector><EPOCH>x</EPOCH></stateVector></data>"
            "</segment></oem>",
            "x.oem: state 1 lacks X, Y, Z, X_DOT, Y_DOT, Z_DOT",
        ),
    ],
)
def test_xml_that_is_no_oem_is_refused(oem, text, says):
    with pytest.raises(DataError) as caught:
        read_oem(oem(text))
    assert says in str(caught.value)
