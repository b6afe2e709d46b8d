"""What atmospheres and drag promise: printed values, smoothness, the law of decay."""

import importlib.metadata

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.errors import DataError
from orbits.forces import space_weather
from orbits.forces.atmosphere import (
    EARTH_SPIN,
    HIGHEST,
    LOWEST,
    TERMS,
    add_drag,
    density,
    density_exponential,
    geodetic,
)
from orbits.forces.density import atmosphere, exponential, levels, nrlmsis
from orbits.forces.space_weather import OUTSIDE, Weather
from orbits.time import parse_t

T0 = parse_t("2024-05-31T00:00:00 TDB")
DAY = 86400.0
# Vallado (2013), table 8-4: base height and scale height (km), density (kg/m3).
PRINTED = [
    (0, 7.249, 1.225), (25, 6.349, 3.899e-2), (50, 8.382, 1.057e-3), (80, 5.799, 1.905e-5),
    (100, 5.877, 5.297e-7), (120, 9.473, 2.438e-8), (150, 22.523, 2.070e-9),
    (200, 37.105, 2.789e-10), (300, 53.628, 2.418e-11), (400, 58.515, 3.725e-12),
    (500, 63.822, 6.967e-13), (700, 88.667, 3.614e-14), (1000, 268.0, 3.019e-15),
]  # fmt: skip


def mjd(date):
    return int((np.datetime64(date) - np.datetime64("1858-11-17")).astype(int))


@pytest.fixture(scope="module")
def msis():
    return nrlmsis(mjd("2024-05-30"), mjd("2024-06-01")).numbers


def place(latitude, longitude, height):
    return erfa.gd2gc(1, longitude, latitude, height)


def log_density(m, t, r):
    return np.log(density(m, 0, t, *r, np.empty(TERMS)))


# -- heights ------------------------------------------------------------------------------


@given(
    st.floats(-np.pi / 2, np.pi / 2), st.floats(-3.1, 3.1), st.floats(-10e3, 5e7)
)  # poles and equator are among the first examples
def test_height_and_vertical_are_those_of_the_ellipsoid(latitude, longitude, height):
    found, *up = geodetic(*place(latitude, longitude, height))
    assert abs(found - height) < 1e-7  # m; 50 nm claimed, the rest is erfa's rounding
    expected = [
        np.cos(latitude) * np.cos(longitude),
        np.cos(latitude) * np.sin(longitude),
        np.sin(latitude),
    ]
    np.testing.assert_allclose(up, expected, rtol=0, atol=1e-11)  # rad, claimed


# -- exponential --------------------------------------------------------------------------


@pytest.mark.parametrize(("base", "scale", "printed"), PRINTED)
def test_the_exponential_table_gives_the_printed_values(base, scale, printed):
    m = exponential().numbers
    assert density_exponential(m, 0, base * 1e3) == pytest.approx(printed, rel=1e-12)
    # Half a scale height up, by the printed formula: its own last digit is worth 0.1 %.
    above = density_exponential(m, 0, (base + min(0.5 * scale, 4.9)) * 1e3)
    assert above == pytest.approx(printed * np.exp(-min(0.5, 4.9 / scale)), rel=1.5e-3)


def test_the_exponential_density_at_747_kilometres():
    # 3.614e-14 exp(-(747.2119 - 700) / 88.667), the worked example beside the table.
    found = density_exponential(exponential().numbers, 0, 747211.9)
    assert found == pytest.approx(2.1219e-14, rel=1e-4)  # the digits of the table


def test_the_exponential_density_is_continuous():
    m = exponential().numbers
    for height in range(25, 1001, 5):
        low, high = (density_exponential(m, 0, height * 1e3 + d) for d in (-1e-3, 1e-3))
        assert low == pytest.approx(high, rel=1e-6)  # 2 mm of the smallest scale, 5 km: 4e-7


# -- NRLMSIS ------------------------------------------------------------------------------


def slopes(m, t, r, along, step):
    """Return the slopes of the logarithm before and after, to second order."""
    f = [log_density(m, t + k * along[3], r + k * along[:3]) for k in (-2, -1, 0, 1, 2)]
    before = (3 * f[2] - 4 * f[1] + f[0]) / (2 * step)
    after = (-3 * f[2] + 4 * f[3] - f[4]) / (2 * step)
    return before, after


@pytest.mark.parametrize("height", [*levels()[[0, 3, 9, 15, 22, 27]], 350e3])
def test_the_gradient_is_continuous_in_height(msis, height):
    step = 1e-3 * (height - 70e3)
    up = np.array(geodetic(*place(0.6, 1.0, height))[1:])
    before, after = slopes(msis, T0, place(0.6, 1.0, height), np.append(up * step, 0.0), step)
    # Two cells with a jump in the slope of 1 % would differ by 0.01; the error of the
    # differences themselves is (step / cell)^2 = 1e-4, at the ends a little more.
    assert before == pytest.approx(after, rel=1e-3)


def test_the_gradient_is_continuous_in_time_and_over_midnight(msis):
    step = 10.0
    r = place(0.6, 1.0, 400e3)
    for hour in range(0, 48, 4):
        t = msis[1] + DAY + hour * 3600.0
        before, after = slopes(msis, t, r, np.array([0.0, 0.0, 0.0, step]), step)
        # Slopes are a tenth per hour, 3e-5 per s; the differences are good to 1e-9.
        assert abs(before - after) < 1e-8


def test_the_density_is_smooth_across_the_pole(msis):
    step = 1e3
    for longitude in (0.0, 0.7, 2.0, 4.0):
        along = step * np.array([np.cos(longitude), np.sin(longitude), 0.0, 0.0])
        before, after = slopes(msis, T0, place(np.pi / 2, 0.0, 400e3), along, step)
        # 1/m; slopes are some 1e-7, and the curvature of the Earth drops out.
        assert abs(before - after) < 1e-10


def test_day_is_denser_than_night_and_low_than_high(msis):
    t = parse_t("2024-05-31T12:00:00 UTC")
    noon = log_density(msis, t, place(0.2, np.radians(30.0), 400e3))  # local time 14 h
    night = log_density(msis, t, place(0.2, np.radians(-135.0), 400e3))  # 3 h
    assert 1.5 < np.exp(noon - night) < 6.0  # the diurnal bulge at 400 km
    column = [log_density(msis, t, place(0.2, 0.5, h)) for h in np.arange(95e3, 2e6, 5e3)]
    assert np.all(np.diff(column) < 0.0)


def test_the_logarithm_goes_on_linearly_beyond_the_ends(msis):
    for border, sign in ((LOWEST, -1.0), (HIGHEST, 1.0)):
        h = border + sign * np.array([0.0, 10e3, 20e3, 40e3])
        values = [log_density(msis, T0, place(0.6, 1.0, x)) for x in h]
        slope = np.diff(values) / np.diff(h)
        assert slope == pytest.approx(slope[0], rel=1e-8)  # a straight line
        assert slope[0] < 0.0


def test_more_sun_makes_the_air_denser():
    day = mjd("2024-06-21")
    t = parse_t("2024-06-21T12:00:00 UTC")
    r = place(0.3, 0.4, 400e3)
    quiet, busy = (
        log_density(nrlmsis(day, day, Weather(f, f, 10.0)).numbers, t, r) for f in (70, 230)
    )
    assert 6.0 < np.exp(busy - quiet) < 40.0  # minimum to maximum of a cycle at 400 km


def test_an_unknown_atmosphere_is_refused():
    with pytest.raises(ValueError, match="choose from exponential, nrlmsis"):
        atmosphere("jacchia", (T0, T0 + DAY))


def test_without_pymsis_nrlmsis_is_missing_data(monkeypatch):
    def absent(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    with pytest.raises(DataError, match="pip install pymsis"):
        nrlmsis(mjd("2024-02-01"), mjd("2024-02-02"))


# -- space weather ------------------------------------------------------------------------


def test_the_great_storm_of_may_2024_stands_in_the_table():
    days = space_weather.daily(mjd("2024-05-10"), mjd("2024-05-11"))
    # CelesTrak: flux of 9 and 10 May as observed, mean over 81 days, Ap of 10 and 11 May.
    np.testing.assert_array_equal(days.values[1], [223.4, 177.1, 271.0])
    assert days.values[0, 2] == 105.0


def test_indices_take_the_daily_value_at_noon_and_stay_between_neighbours():
    first, last = mjd("2024-05-08"), mjd("2024-05-14")
    days = space_weather.daily(first, last)
    joined = space_weather.continuous(first, last)
    np.testing.assert_allclose(joined(days.mjd + 0.5), days.values, rtol=1e-14)
    values = joined(np.linspace(first, last + 1, 1000))
    assert values[:, 2].min() >= 0.0
    assert 270.9 < values[:, 2].max() <= 271.0


def test_outside_the_table_a_stated_constant_holds():
    day = mjd("2027-01-01")
    np.testing.assert_array_equal(space_weather.daily(day, day).values, [OUTSIDE])
    assert space_weather.outside_warning(mjd("2023-01-01"), mjd("2026-02-23")) is None
    said = space_weather.outside_warning(mjd("2026-02-20"), day)
    assert "2022-12-29 to 2026-02-23" in said
    assert "F10.7 = 150 and Ap = 15" in said


# -- drag ---------------------------------------------------------------------------------


def test_drag_is_half_rho_against_the_velocity_in_the_turning_air():
    m = exponential().numbers
    r, v = np.array([6.7e6, 4e5, 9e5]), np.array([300.0, 6900.0, -3400.0])
    turn = np.ascontiguousarray(np.linalg.qr(np.arange(9.0).reshape(3, 3) + np.eye(3))[0])
    turn *= np.sign(np.linalg.det(turn))
    out = np.array([1.0, 2.0, 3.0])
    add_drag(m, 0, T0, 0.02, r, v, turn, np.empty(TERMS), out)
    wind = v - np.cross(EARTH_SPIN * turn[2], r)
    rho = density_exponential(m, 0, geodetic(*(turn @ r))[0])
    expected = np.array([1.0, 2.0, 3.0]) - 0.5 * rho * 0.02 * np.linalg.norm(wind) * wind
    np.testing.assert_allclose(out, expected, rtol=1e-14)
