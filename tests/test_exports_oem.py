"""OEM: what is written is read back by the `oem` package, to a millimetre."""

import re

import numpy as np
import pytest

from kepler_path import JumpingPath, KeplerPath
from orbits.errors import ExportError
from orbits.exports.oem import write_oem
from orbits.time import from_t

PATH = KeplerPath()
WORDS = {"name": "queqiao-2", "object_id": "2024-051A"}


@pytest.fixture(scope="module", params=["TDB", "UTC"])
def message(request, tmp_path_factory):
    oem = pytest.importorskip("oem", reason="needs the extra test")
    path = tmp_path_factory.mktemp("oem") / "queqiao-2.oem"
    error = write_oem(path, PATH, **WORDS, scale=request.param, comments=("orbits 0.1.0",))
    return oem.OrbitEphemerisMessage.open(str(path)), error, request.param


def test_the_oem_package_interpolates_the_path_to_a_millimetre(message):
    read, error, scale = message
    t = np.random.default_rng(3).uniform(*PATH.span, 300)
    instants = getattr(from_t(t), scale.lower())
    states = [read(instant) for instant in instants]
    r = np.array([state.position for state in states]) * 1e3
    v = np.array([state.velocity for state in states]) * 1e3
    assert error < 2e-4  # m, the default tolerance of the writer
    assert np.max(np.linalg.norm(r - PATH.position(t), axis=1)) < 1e-3  # m, the promise
    assert np.max(np.linalg.norm(v - PATH.velocity(t), axis=1)) < 1e-5  # m/s, d/dt of 0.2 mm


def test_the_metadata_name_centre_axes_scale_and_interpolation(message):
    read, _, scale = message
    (segment,) = read.segments
    metadata = segment.metadata
    assert metadata["CENTER_NAME"] == "MOON"
    assert metadata["REF_FRAME"] == "ICRF"
    assert metadata["TIME_SYSTEM"] == scale
    assert (metadata["INTERPOLATION"], metadata["INTERPOLATION_DEGREE"]) == ("HERMITE", 7)
    length = (metadata["STOP_TIME"] - metadata["START_TIME"]).sec
    assert length == pytest.approx(
        PATH.span[1] - PATH.span[0], abs=2e-3
    )  # TDB - TT moves 1.7 ms


def test_a_short_circular_piece_has_the_four_states_of_its_polynomial(tmp_path):
    short = KeplerPath(apolune=1_937_400.0, span=(0.0, 60.0))
    path = tmp_path / "x.oem"
    write_oem(path, short, **WORDS)
    states = re.findall(r"^20\d\d-.*$", path.read_text(), flags=re.M)
    assert len(states) == 4
    assert states[0].startswith("2000-01-01T12:00:00.000000000 ")


def test_source_date_epoch_makes_two_writings_equal(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717113600")
    for name in ("a.oem", "b.oem"):
        write_oem(tmp_path / name, PATH, **WORDS)
    text = (tmp_path / "a.oem").read_text()
    assert text == (tmp_path / "b.oem").read_text()
    assert "CREATION_DATE = 2024-05-31T00:00:00\n" in text


def test_other_axes_are_refused(tmp_path):
    with pytest.raises(ExportError, match="needs ICRF axes, but it is in TEME"):
        write_oem(tmp_path / "x.oem", KeplerPath(axes="TEME"), **WORDS)
    assert not list(tmp_path.iterdir())


def test_a_jump_is_refused_with_its_size(tmp_path):
    with pytest.raises(ExportError, match="the trajectory jumps"):
        write_oem(tmp_path / "x.oem", JumpingPath(), **WORDS)
    assert not list(tmp_path.iterdir())


def test_a_comment_cannot_break_the_file(tmp_path):
    with pytest.raises(ExportError, match="ASCII lines"):
        write_oem(tmp_path / "x.oem", PATH, **WORDS, comments=("a\nMETA_START",))


def test_a_new_segment_begins_where_a_join_is_named(tmp_path):
    oem = pytest.importorskip("oem", reason="needs the extra test")
    seam = PATH.span[0] + 90_000.0
    path = JumpingPath(joins=(seam,))
    write_oem(tmp_path / "x.oem", path, **WORDS)
    read = oem.OrbitEphemerisMessage.open(str(tmp_path / "x.oem"))
    assert len(read.segments) == 2
    t = np.array([seam - 30.0, seam + 30.0])
    r = np.array([read(from_t(at)).position for at in t]) * 1e3
    assert np.max(np.linalg.norm(r - path.position(t), axis=1)) < 1e-3  # m, the promise
