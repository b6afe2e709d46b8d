"""SPK: what is written is read back by jplephem, Skyfield and SPICE, to a millimetre."""

import numpy as np
import pytest
from jplephem.spk import SPK

from kepler_path import JumpingPath, KeplerPath
from orbits.errors import ExportError
from orbits.exports.meta_kernel import write_meta_kernel
from orbits.exports.spk import write_spk
from orbits.propagators.spk import read_spk

MILLIMETRE = 1e-3  # m; the grain of t near 2024, 0.12 us, is 0.3 mm at perilune
PATH = KeplerPath()
ID = -100_000 - 59_274


@pytest.fixture(scope="module", params=[2, 3])
def kernel(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("spk") / "queqiao-2.bsp"
    lines = ("orbits 0.1.0", "mission sha256 " + 64 * "0", *(f"line {i}" for i in range(200)))
    error = write_spk(
        path, PATH, target_id=ID, name="queqiao-2", kind=request.param, comments=lines
    )
    return path, error, request.param, lines


@pytest.fixture(scope="module")
def times():
    return np.random.default_rng(1).uniform(*PATH.span, 5000)


def test_the_reported_error_is_under_a_centimetre_and_true(kernel, times):
    path, error, _, _ = kernel
    assert 0.0 < error < 1e-2  # the design's bound
    with SPK.open(path) as spk:
        whole = np.floor(times / 86400.0)
        segment = spk.segments[0]
        r = segment.compute(2451545.0 + whole, (times - whole * 86400.0) / 86400.0)[:3].T * 1e3
    worst = np.max(np.linalg.norm(r - PATH.position(times), axis=1))
    assert worst < error + MILLIMETRE  # random times: the worst lies a little past the samples


def test_spice_gives_the_position_and_the_velocity_of_the_path(kernel, times):
    spice = pytest.importorskip("spiceypy", reason="needs the extra spice")
    path, error, kind, _ = kernel
    spice.kclear()
    spice.furnsh(str(path))
    states = np.array([spice.spkgeo(ID, t, "J2000", 301)[0] for t in times]) * 1e3
    start, stop = spice.spkcov(str(path), ID)
    spice.kclear()
    assert (start, stop) == PATH.span
    far = np.linalg.norm(states[:, :3] - PATH.position(times), axis=1)
    assert np.max(far) < error + MILLIMETRE  # as above
    drift = np.linalg.norm(states[:, 3:] - PATH.velocity(times), axis=1)
    assert np.max(drift) < {2: 1e-3, 3: 1e-5}[kind]  # m/s; type 2 differentiates its fit


def test_skyfield_reads_it_about_the_moon(kernel, times):
    from skyfield.api import load, load_file

    path, error, _, lines = kernel
    spk = load_file(str(path))
    segment = spk.segments[0]
    assert (segment.center, segment.target) == (301, ID)
    assert spk.comments() == "\n".join(lines) + "\n"
    whole = np.floor(times / 86400.0)
    instants = load.timescale(builtin=True).tdb_jd(
        2451545.0 + whole, (times - whole * 86400.0) / 86400.0
    )
    r = segment.at(instants).position.m.T
    spk.close()
    # the grain of au and days inside Skyfield stays under the bound of jplephem's reading
    assert np.max(np.linalg.norm(r - PATH.position(times), axis=1)) < error + MILLIMETRE


def test_both_ends_of_the_span_are_inside(kernel):
    path, _, _, _ = kernel
    with SPK.open(path) as spk:
        segment = spk.segments[0]
        for t in PATH.span:
            whole = np.floor(t / 86400.0)
            r = segment.compute(2451545.0 + whole, (t - whole * 86400.0) / 86400.0)[:3]
            end = PATH.position(np.array([t]))[0]
            assert np.linalg.norm(r * 1e3 - end) < MILLIMETRE  # ends are points of the fit


def test_two_writings_are_equal_byte_by_byte(tmp_path):
    for name in ("a.bsp", "b.bsp"):
        write_spk(tmp_path / name, PATH, target_id=ID, name="queqiao-2")
    assert (tmp_path / "a.bsp").read_bytes() == (tmp_path / "b.bsp").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.bsp", "b.bsp"]


def test_a_new_segment_begins_where_a_join_is_named(tmp_path):
    seam = PATH.span[0] + 90_000.0
    path = JumpingPath(joins=(seam,))
    error = write_spk(tmp_path / "x.bsp", path, target_id=ID, name="x", kind=3)
    assert error < 1e-2  # m, the design's bound
    with SPK.open(tmp_path / "x.bsp") as spk:
        before, after = spk.segments
        for segment, t in ((before, seam - 30.0), (after, seam + 30.0)):
            whole = np.floor(t / 86400.0)
            r = segment.compute(2451545.0 + whole, (t - whole * 86400.0) / 86400.0)[:3] * 1e3
            there = path.position(np.array([t]))[0]
            assert np.linalg.norm(r - there) < error + MILLIMETRE  # the grain of t


def test_other_axes_are_refused(tmp_path):
    with pytest.raises(ExportError, match="needs ICRF axes, but it is in MOON_ME"):
        write_spk(tmp_path / "x.bsp", KeplerPath(axes="MOON_ME"), target_id=ID, name="x")
    assert not list(tmp_path.iterdir())


def test_a_jump_is_refused_with_its_size(tmp_path):
    short = (PATH.span[0], PATH.span[0] + 1e5)
    with pytest.raises(ExportError, match="the trajectory jumps"):
        write_spk(tmp_path / "x.bsp", JumpingPath(span=short), target_id=ID, name="x")
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_not_ascii_is_refused(tmp_path):
    with pytest.raises(ExportError, match="ASCII, got '鹊桥'"):
        write_spk(tmp_path / "x.bsp", PATH, target_id=ID, name="鹊桥")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ExportError, match=r"cannot write .*No such file"):
        write_spk(tmp_path / "no" / "x.bsp", PATH, target_id=ID, name="x")


def test_spice_reads_type_13_to_a_millimetre_by_the_name_in_the_meta_kernel(tmp_path, times):
    spice = pytest.importorskip("spiceypy", reason="needs the extra spice")
    path = tmp_path / "queqiao-2.bsp"
    error = write_spk(path, PATH, target_id=ID, name="queqiao-2", kind=13, comments=("x",))
    assert error < 5e-3  # m, the default tolerance
    kernels = {"queqiao-2": (path.name, ID)}
    write_meta_kernel(tmp_path / "mission.tm", kernels, title="x" * 200, comments=("y",))
    monkey = pytest.MonkeyPatch()
    monkey.chdir(tmp_path)
    try:
        spice.kclear()
        spice.furnsh("mission.tm")
        states = np.array(
            [spice.spkezr("QUEQIAO-2", t, "J2000", "NONE", "MOON")[0] for t in times]
        )
        spice.kclear()
    finally:
        monkey.undo()
    far = np.linalg.norm(states[:, :3] * 1e3 - PATH.position(times), axis=1)
    assert np.max(far) < error + MILLIMETRE  # as above
    drift = np.linalg.norm(states[:, 3:] * 1e3 - PATH.velocity(times), axis=1)
    assert np.max(drift) < 1e-4  # m/s: the derivative of 5 mm between rows minutes apart
    back = read_spk(path)
    assert np.max(np.linalg.norm(back.position(times) - PATH.position(times), axis=1)) < 6e-3


def test_a_meta_kernel_has_short_ascii_lines(tmp_path):
    with pytest.raises(ExportError, match="ASCII, got '鹊桥'"):
        write_meta_kernel(tmp_path / "x.tm", {}, title="鹊桥")
    write_meta_kernel(tmp_path / "x.tm", {"a": ("a.bsp", -1)}, title="y " * 200)
    lines = (tmp_path / "x.tm").read_text().splitlines()
    assert lines[0] == "KPL/MK"
    assert max(map(len, lines)) <= 132  # the longest line that SPICE reads
