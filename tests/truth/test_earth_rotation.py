"""Earth rotation against astropy (IAU 2006/2000A through ERFA) with the same IERS table."""

import astropy_iers_data
import erfa
import numpy as np
import pytest
from astropy.coordinates.builtin_frames.intermediate_rotation_transforms import (
    cirs_to_itrs_mat,
    gcrs_to_cirs_mat,
    teme_to_itrs_mat,
)
from astropy.time import Time
from astropy.utils import iers

from orbits.almanac import Almanac
from orbits.frames import rotation_of_epoch
from orbits.time import from_t, parse_t, to_t

# rad; measured 1.1e-11: a grain of t (0.12 us) turns the Earth by 0.9e-11.
TOLERANCE = 5e-11


@pytest.fixture(scope="module")
def table():
    table = iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(table):
        yield table


def _times(start: str, days: float) -> tuple[Almanac, np.ndarray, Time]:
    t0 = parse_t(start)
    almanac = Almanac.load(t0, t0 + days * 86400.0, moon="iau")
    t = t0 + np.linspace(0.0, days * 86400.0, 997)
    return almanac, t, from_t(t).utc


@pytest.mark.parametrize(
    ("start", "days"),
    [
        ("1984-02-01T00:00:00 UTC", 10.0),
        ("2016-12-30T12:00:00 UTC", 3.0),  # over a leap second
        ("2024-05-31T00:00:00 UTC", 30.0),
        ("2026-06-01T00:00:00 UTC", 300.0),  # into the predictions
    ],
)
def test_icrf_to_itrf_is_that_of_astropy(table, start, days):
    almanac, t, time = _times(start, days)
    expected = cirs_to_itrs_mat(time) @ gcrs_to_cirs_mat(time)
    found = almanac.rotation("ITRF", "ICRF", t)
    assert np.abs(found - expected).max() < TOLERANCE


def test_teme_is_that_of_astropy(table):
    almanac, t, time = _times("2024-05-31T00:00:00 UTC", 5.0)
    expected = np.swapaxes(teme_to_itrs_mat(time), -1, -2)
    expected = expected @ cirs_to_itrs_mat(time) @ gcrs_to_cirs_mat(time)
    assert np.abs(almanac.rotation("TEME", "ICRF", t) - expected).max() < TOLERANCE


def test_ut1_and_pole_are_read_as_astropy_reads_them(table):
    almanac, _, _ = _times("2024-05-31T00:00:00 UTC", 30.0)
    daily = almanac.earth.daily
    midnight = Time(2400000.5 + daily.mjd, format="jd", scale="utc")
    ut1 = table.ut1_utc(midnight).to_value("s")
    np.testing.assert_allclose(daily.ut1_minus_utc, ut1, rtol=0, atol=1e-12)
    xp, yp = (pole.to_value("rad") for pole in table.pm_xy(midnight))
    np.testing.assert_allclose(daily.xp, xp, rtol=0, atol=1e-18)
    np.testing.assert_allclose(daily.yp, yp, rtol=0, atol=1e-18)


def test_the_true_equator_and_equinox_of_an_epoch_are_those_of_erfa():
    time = Time("2024-05-31T00:00:00", scale="utc")
    t = to_t(time)
    almanac = Almanac.load(t, t + 1.0)
    expected = erfa.pnm06a(time.tt.jd1, time.tt.jd2)
    found = rotation_of_epoch("earth-equator-of-epoch", t, almanac)
    assert np.abs(found - expected).max() < 1e-15
