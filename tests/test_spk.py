"""SPK kernels read back as they were written, and as SPICE reads them."""

import numpy as np
import pytest

from kepler_path import JumpingPath, KeplerPath
from orbits.ephemeris import de421_path
from orbits.errors import DataError
from orbits.exports.spk import write_spk
from orbits.frames import Frame
from orbits.propagators.spk import read_spk

PATH = KeplerPath()
CRAFT = -72


@pytest.mark.parametrize("kind", [2, 3])
def test_what_we_write_is_read_back(tmp_path, kind):
    error = write_spk(tmp_path / "x.bsp", PATH, target_id=CRAFT, name="x", kind=kind)
    path = read_spk(tmp_path / "x.bsp")
    assert path.frame == Frame("moon", "ICRF")
    assert path.span == pytest.approx(PATH.span, abs=2e-7)  # s, the grain of t
    t = np.random.default_rng(8).uniform(*path.span, 5000)
    misses = np.linalg.norm(path.position(t) - PATH.position(t), axis=1)
    assert misses.max() < 1.2 * error + 1e-3  # m: as fitted, and the grain of t at 2 km/s
    speed, acceleration = path.bounds(path.t[:-1], path.t[1:])
    middle = 0.5 * (path.t[:-1] + path.t[1:])
    assert np.all(np.linalg.norm(path.velocity(middle), axis=1) <= speed)
    assert np.all(acceleration < 1.5 * 4.9028e12 / PATH.perilune**2)


def test_segments_join_where_the_path_jumps(tmp_path):
    seam = PATH.span[0] + 90_000.0
    jumping = JumpingPath(joins=(seam,))
    write_spk(tmp_path / "x.bsp", jumping, target_id=CRAFT, name="x")
    path = read_spk(tmp_path / "x.bsp")
    assert path.joins == pytest.approx([seam], abs=1e-6)  # s
    t = seam + np.array([-30.0, 30.0])
    assert np.abs(path.position(t) - jumping.position(t)).max() < 0.01  # m, the file's 5 mm


def test_a_planetary_kernel_is_a_trajectory_too():
    spk = pytest.importorskip("jplephem.spk")
    path = read_spk(de421_path(), 301)
    assert path.frame == Frame("emb", "ICRF")
    t = np.array([0.0, 7.7e8, 9.1e8])
    with spk.SPK.open(de421_path()) as kernel:
        theirs = kernel[3, 301].compute(2451545.0, t / 86400.0).T * 1e3
    assert np.abs(path.position(t) - theirs).max() < 1e-3  # m: their clock has another grain


STEP = 120.0


@pytest.fixture
def spice():
    return pytest.importorskip("spiceypy", reason="spiceypy (extra `spice`) is not installed")


def written(spice, file, kind):
    """Write a day of PATH as an SPK of states and return its instants."""
    start = PATH.span[0] + 1000.0
    count = 721
    t = start + STEP * np.arange(count)
    if kind in (9, 13):
        t[1:-1] += 20.0 * np.sin(np.arange(1, count - 1))
    states = np.hstack([PATH.position(t), PATH.velocity(t)]) / 1e3
    handle = spice.spkopn(str(file), "x", 0)
    head = (handle, CRAFT, 301, "J2000", t[0], t[-1], "x")
    if kind == 8:
        spice.spkw08(*head, 7, count, states, t[0], STEP)
    elif kind == 9:
        spice.spkw09(*head, 7, count, states, t)
    elif kind == 12:
        spice.spkw12(*head, 7, count, states, t[0], STEP)
    else:
        spice.spkw13(*head, 7, count, states, t)
    spice.spkcls(handle)
    return t


@pytest.mark.parametrize("kind", [8, 9, 12, 13])
def test_states_are_joined_as_spice_joins_them(tmp_path, spice, kind):
    file = tmp_path / "x.bsp"
    nodes = written(spice, file, kind)
    path = read_spk(file)
    assert path.span == (nodes[0], nodes[-1])
    t = np.linspace(nodes[0], nodes[-1], 2000)
    spice.furnsh(str(file))
    try:
        theirs = np.array([spice.spkgeo(CRAFT, x, "J2000", 301)[0] for x in t]) * 1e3
    finally:
        spice.kclear()
    misses = np.linalg.norm(path.position(t) - theirs[:, :3], axis=1)
    # The same polynomial for Hermite windows, to the rounding of 2e7 m; Lagrange polynomials of
    # degree 7 through steps of up to 140 s are themselves some centimetres from the orbit.
    assert misses.max() < (1e-6 if kind in (12, 13) else 0.1)
    true = np.linalg.norm(path.position(t) - PATH.position(t), axis=1)
    assert true.max() < 1e-3


def test_what_is_no_kernel_or_holds_something_else_is_refused(tmp_path, spice):
    file = tmp_path / "x.bsp"
    with pytest.raises(DataError, match=r"x\.bsp cannot be read"):
        read_spk(file)
    file.write_text("hello")
    with pytest.raises(DataError, match=r"x\.bsp cannot be read"):
        read_spk(file)
    with pytest.raises(DataError, match="name one of them"):
        read_spk(de421_path())
    with pytest.raises(DataError, match="no segment for -5, only"):
        read_spk(de421_path(), -5)


def test_a_gap_between_segments_is_refused(tmp_path, spice):
    file = tmp_path / "x.bsp"
    handle = spice.spkopn(str(file), "x", 0)
    for start in (0.0, 5000.0):
        t = start + 100.0 * np.arange(11)
        states = np.hstack([PATH.position(t), PATH.velocity(t)]) / 1e3
        spice.spkw13(handle, CRAFT, 301, "J2000", t[0], t[-1], "x", 7, 11, states, t)
    spice.spkcls(handle)
    with pytest.raises(DataError, match=r"begins 4000\.0+ s after"):
        read_spk(file)


@pytest.mark.parametrize(
    ("center", "axes", "message"),
    [(-99, "J2000", "centre -99 is not known"), (301, "ECLIPJ2000", "frame 17 is not known")],
)
def test_other_centres_and_frames_are_refused(tmp_path, spice, center, axes, message):
    file = tmp_path / "x.bsp"
    t = 100.0 * np.arange(11)
    states = np.hstack([PATH.position(t), PATH.velocity(t)]) / 1e3
    handle = spice.spkopn(str(file), "x", 0)
    spice.spkw13(handle, CRAFT, center, axes, t[0], t[-1], "x", 7, 11, states, t)
    spice.spkcls(handle)
    with pytest.raises(DataError, match=message):
        read_spk(file)


def test_a_type_that_is_not_known_is_refused(tmp_path, spice):
    file = tmp_path / "x.bsp"
    handle = spice.spkopn(str(file), "x", 0)
    state = np.array([7000.0, 0.0, 0.0, 0.0, 7.5, 0.0])
    spice.spkw05(handle, CRAFT, 399, "J2000", 0.0, 10.0, "x", 398600.0, 1, [state], [5.0])
    spice.spkcls(handle)
    with pytest.raises(DataError, match="type 5 are not known"):
        read_spk(file)
