"""Orientation: Earth and Moon rotations, their bounds, their tables and what is held."""

import hashlib
import importlib.metadata
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits import earth_orientation as tables
from orbits.earth_orientation import daily_orientation, iers_table
from orbits.errors import DataError
from orbits.librations import de421_librations, iau_librations, iau_moon_matrix, me_from_pa
from orbits.orientation import earth_orientation, moon_orientation
from orbits.time import parse_t, utc_midnight

T0 = parse_t("2024-05-31T00:00:00 UTC")
DAY = 86400.0
SPAN = (T0, T0 + 30 * DAY)
MOON_RADIUS = 1_737_400.0
INSIDE = st.floats(*SPAN)


@pytest.fixture(scope="module")
def earth():
    return earth_orientation(SPAN)


@pytest.fixture(scope="module")
def moon():
    return moon_orientation("DE421", de421_librations(), SPAN)


def _turned(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the vector (n, 3), rad, of the small rotation from ``b`` to ``a``."""
    d = a @ np.swapaxes(b, -1, -2)
    return np.stack([d[..., 1, 2], d[..., 2, 0], d[..., 0, 1]], axis=-1)


@given(INSIDE)
def test_rotations_are_rotations(earth, moon, t):
    for matrix in (earth.matrix(t), moon.principal(t), moon.mean(t), earth.teme(t)):
        assert np.abs(matrix @ matrix.T - np.eye(3)).max() < 4e-15  # rounding of nine products
        assert np.linalg.det(matrix) == pytest.approx(1.0, abs=1e-14)


def test_many_instants_are_the_instants_one_by_one(earth, moon):
    t = np.linspace(*SPAN, 7)
    for turn in (earth.matrix, earth.teme, moon.principal, moon.mean):
        together = turn(t)
        assert together.shape == (7, 3, 3)
        for k, instant in enumerate(t):
            assert np.abs(together[k] - turn(float(instant))).max() < 1e-15


def test_the_earth_turns_no_faster_than_its_bound(earth):
    t = np.linspace(*SPAN, 4000)[:-1]
    rate = np.linalg.norm(_turned(earth.matrix(t + 60.0), earth.matrix(t)), axis=1) / 60.0
    assert rate.max() <= earth.spin
    assert earth.spin < 7.2922e-5  # rad/s: nominal 7.292115e-5, so the bound is not idle


def test_the_moon_turns_no_faster_than_its_bound(moon):
    t = np.linspace(SPAN[0], SPAN[1] - 3600.0, 4000)
    turn = _turned(moon.principal(t + 3600.0), moon.principal(t)) / 3600.0
    # The sine of an hour's turn of 0.01 rad falls 2e-5 of itself short of the rate.
    assert np.linalg.norm(turn, axis=1).max() <= moon.spin
    assert moon.spin < 2.7e-6  # rad/s: nominal 2.6617e-6
    change = np.linalg.norm(np.diff(turn, axis=0), axis=1) / (t[1] - t[0])
    assert change.max() <= moon.spin_rate
    assert moon.spin_rate < 1e-12


def test_the_earth_does_not_jump_at_midnight_nor_at_a_leap_second():
    end = parse_t("2017-01-01T00:00:00 UTC")
    earth = earth_orientation((end - 3 * DAY, end + 3 * DAY))
    for t in earth.midnights[1:-1]:
        step = _turned(earth.matrix(t + 1e-3), earth.matrix(t - 1e-3))
        assert np.linalg.norm(step) == pytest.approx(
            2e-3 * 7.292115e-5, abs=2e-11
        )  # grain of t


def test_the_earth_turns_once_in_a_sidereal_day(earth):
    later = earth.matrix(T0 + DAY + 86164.0905) @ earth.matrix(T0 + DAY).T
    angle = np.arctan2(later[0, 1], later[0, 0])
    assert abs(angle) < 1e-6  # rad: precession of a day 6e-7, length of day 1e-7


def test_coverage_is_kept(earth, moon):
    for turn, name in ((earth.matrix, "Earth"), (moon.principal, "Moon")):
        with pytest.raises(
            DataError, match=rf"{name}'s orientation covers 2024-05-31 to 2024-06"
        ):
            turn(SPAN[1] + 1.0)
        with pytest.raises(DataError, match="1 of 2 times lie outside, first 2024-05-30"):
            turn([SPAN[0] - 10 * 3600.0, SPAN[0]])


# -- Earth orientation parameters ----------------------------------------------------------


def test_values_past_the_table_are_held_and_said_so():
    last = iers_table().last
    daily = daily_orientation(last - 1, last + 5)
    assert daily.held_from == last
    assert np.all(daily.ut1_minus_utc[1:] == daily.ut1_minus_utc[1])
    assert np.all(daily.xp[1:] == daily.xp[1])
    assert daily.ut1_minus_utc[0] != daily.ut1_minus_utc[1]
    end = float(utc_midnight(last))
    earth = earth_orientation((end - DAY, end + 40 * DAY))
    assert "are held after that" in earth.warnings[0]
    assert earth_orientation((end - 3 * DAY, end - DAY)).warnings == ()


def test_a_span_before_the_table_names_its_begin():
    t = parse_t("1972-06-01 UTC")
    with pytest.raises(DataError, match=r"begins at MJD 41684 \(1973-01-02\)"):
        earth_orientation((t, t + DAY))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-50], "is not the fixed-width table expected"),
        (lambda data: data.replace(b" I ", b" P "), "ends with more than two years"),
        (lambda data: data[188 * 10 :], None),
    ],
)
def test_a_damaged_table_is_refused(tmp_path, monkeypatch, damage, message):
    path = tmp_path / "finals2000A.all"
    path.write_bytes(damage(iers_table().path.read_bytes()))
    monkeypatch.setattr(tables, "iers_file", lambda name: path)
    iers_table.cache_clear()
    try:
        if message is None:  # rows cut away at the front leave a table that begins later
            assert iers_table().first == 41694
        else:
            with pytest.raises(DataError, match=message):
                iers_table()
    finally:
        iers_table.cache_clear()


def test_a_hole_in_the_table_is_named(tmp_path, monkeypatch):
    table = iers_table()
    data = bytearray(table.path.read_bytes())
    at = (60000 - table.first) * 188
    data[at + 16 : at + 187] = b" " * 171
    path = tmp_path / "finals2000A.all"
    path.write_bytes(bytes(data))
    monkeypatch.setattr(tables, "iers_table", lambda: table._replace(path=path))
    with pytest.raises(DataError, match="has a hole at MJD 60000"):
        daily_orientation(59990, 60010)


# -- Moon ----------------------------------------------------------------------------------


def test_the_table_is_the_binary_pck_of_jpl():
    from jplephem.pck import PCK

    name = "lunarsky/data/pck/moon_pa_de421_1900-2050.bpc"
    pck = PCK.open(str(importlib.metadata.distribution("lunarsky").locate_file(name)))
    moon = moon_orientation("DE421", de421_librations(), SPAN)
    t = np.linspace(*SPAN, 500)
    first, second, third = pck.segments[0].compute(2451545.0, t / DAY, derivative=False)
    pck.close()
    c, s = np.cos, np.sin
    assert np.abs(moon.principal(t)[:, 2, 2] - c(second)).max() < 1e-15
    expected = c(third) * c(first) - s(third) * c(second) * s(first)
    # rad: the third angle is 4600 rad here, whose last place is 0.9e-12.
    assert np.abs(moon.principal(t)[:, 0, 0] - expected).max() < 4e-12


def test_mean_earth_and_principal_axes_are_875_m_apart(moon):
    off = _turned(moon.mean(T0), moon.principal(T0))
    assert np.linalg.norm(off) * MOON_RADIUS == pytest.approx(875.0, abs=1.0)  # m, DATA


def test_the_mean_earth_axes_are_those_of_the_frame_kernel():
    """moon_080317.tf: ME = R1(-0.30) R2(-78.56) R3(-67.92) PA, arcsec; here to first order."""
    a = np.array([0.30, 78.56, 67.92]) * np.pi / 648000.0
    small = np.array([[1.0, -a[2], a[1]], [a[2], 1.0, -a[0]], [-a[1], a[0], 1.0]])
    assert np.abs(me_from_pa("DE421") - small).max() < 2e-7  # rad: squares of 4e-4


def test_the_iau_series_is_within_150_m_of_de421():
    t = np.linspace(7.5e8, 9.4e8, 3000)  # six years
    moon = moon_orientation("DE421", de421_librations(), (7.5e8, 9.4e8))
    off = np.linalg.norm(_turned(iau_moon_matrix(t), moon.mean(t)), axis=1) * MOON_RADIUS
    assert 50.0 < off.max() < 150.0  # m; 143 m over 2024-2034 measured apart from this project


def test_the_packed_iau_series_is_the_series():
    moon = moon_orientation("IAU", iau_librations(SPAN), SPAN)
    t = np.linspace(*SPAN, 2000)
    assert np.abs(moon.mean(t) - iau_moon_matrix(t)).max() < 2e-11  # rad: degree 11 in 4 days


# -- the files ------------------------------------------------------------------------------


def test_every_table_has_its_checksum(root):
    data = root / "src" / "orbits" / "data"
    listed = tomllib.loads((data / "checksums.toml").read_text())
    present = {
        path.relative_to(data).as_posix()
        for path in data.rglob("*")
        if path.is_file()
        and path.suffix not in {".py", ".md"}
        and path.name != "checksums.toml"
        and "__pycache__" not in path.parts
    }
    assert set(listed) == present, "run scripts/make_checksums.py"
    for name, digest in listed.items():
        assert hashlib.sha256((data / name).read_bytes()).hexdigest() == digest, name
