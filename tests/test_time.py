"""Time: scales, leap seconds, words."""

import datetime
import sys

import numpy as np
import pytest
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from orbits import time as instants
from orbits.errors import OrbitsWarning
from orbits.time import from_t, parse, parse_t, to_t, utc_iso

YEARS_1972_2027 = st.floats(-883_612_800.0, 867_000_000.0)
GRAIN = 2.5e-7  # s: two grains of t in this century


def test_t_is_zero_at_noon_of_the_first_of_january_2000_tdb():
    assert to_t(Time(2451545.0, format="jd", scale="tdb")) == 0.0
    assert parse_t("2000-01-01T12:00:00 TDB") == 0.0


def test_terrestrial_time_runs_32_184_s_ahead_of_atomic_time():
    assert parse_t("2024-05-31T00:00:32.184 TT") == parse_t("2024-05-31T00:00:00 TAI")


def test_utc_is_37_s_behind_atomic_time_since_2017():
    assert parse_t("2024-05-31T00:00:37 TAI") == parse_t("2024-05-31T00:00:00 UTC")


@pytest.mark.parametrize("scale", ["utc", "tai", "tt", "tdb"])
def test_t_agrees_with_astropy(scale):
    time = Time(
        ["1975-03-01T06:00:00", "1999-12-31T23:59:59.9", "2016-12-31T23:59:59", "2024-05-31"],
        scale=scale,
    )
    expected = (time.tdb.jd1 - 2451545.0) * 86400.0 + time.tdb.jd2 * 86400.0
    np.testing.assert_allclose(to_t(time), expected, rtol=0, atol=GRAIN)


@given(st.lists(YEARS_1972_2027, min_size=1, max_size=80))
def test_t_survives_astropy_and_back(values):
    t = np.array(values)
    assert np.all(np.abs(to_t(from_t(t)) - t) <= GRAIN)  # s: one grain of t, kept by Time


@given(YEARS_1972_2027)
def test_t_survives_words_and_back(t):
    assert abs(parse_t(utc_iso(t, 6)) - t) <= 0.5e-6 + GRAIN  # s: rounded to the microsecond
    assert abs(to_t(parse(utc_iso(t, 6))) - t) <= 0.5e-6 + GRAIN  # s


@given(st.lists(YEARS_1972_2027, min_size=40, max_size=60))
def test_many_instants_read_as_each_alone(values):
    assert utc_iso(np.array(values), 6) == [utc_iso(t, 6) for t in values]


def test_the_difference_of_tdb_and_tt_is_linear_between_its_values_within_5_ns():
    t = np.linspace(7.70e8, 7.73e8, 3000)
    direct = np.array([float(instants.tdb_minus_tt(x)) for x in t[::50]])
    np.testing.assert_allclose(instants.tdb_minus_tt(t)[::50], direct, rtol=0, atol=5e-9)


def test_a_leap_second_reads_and_writes():
    before, within, after = (
        parse_t(f"{text} UTC")
        for text in ("2016-12-31T23:59:59", "2016-12-31T23:59:60", "2017-01-01T00:00:00")
    )
    assert within - before == pytest.approx(1.0, abs=GRAIN)
    assert after - within == pytest.approx(1.0, abs=GRAIN)
    assert utc_iso(within) == "2016-12-31T23:59:60.000Z"
    assert utc_iso(within + 0.75, 2) == "2016-12-31T23:59:60.75Z"
    assert utc_iso(within + 0.9996) == "2017-01-01T00:00:00.000Z"
    assert parse("2016-12-31T23:59:60 UTC").isot == "2016-12-31T23:59:60.000"


def test_a_day_with_a_leap_second_lasts_86401_s():
    edges = instants.utc_midnight(np.array([57753, 57754, 57755]))
    assert np.diff(edges) == pytest.approx(
        [86401.0, 86400.0], abs=1e-4
    )  # TDB - TAI: 30 us a day
    assert instants.duration(edges[:-1], edges[1:]) == pytest.approx(
        [86401.0, 86400.0], abs=GRAIN
    )


def test_the_leap_second_belongs_to_the_day_it_ends():
    t = parse_t("2016-12-31T23:59:60.5 UTC")
    assert instants.utc_mjd(t) == 57753
    assert instants.utc_mjd(t + 0.5) == 57754


def test_midnights_inside_a_span():
    t0, t1 = parse_t("2024-05-31T12:00:00 UTC"), parse_t("2024-06-02T00:00:00 UTC")
    inside = instants.utc_midnights(t0, t1)
    assert utc_iso(inside) == ["2024-06-01T00:00:00.000Z"]
    assert utc_iso(instants.utc_midnights(t0, t1 + 1e-3))[-1] == "2024-06-02T00:00:00.000Z"


def test_datetimes_for_the_axis_of_a_plot():
    t = np.array([parse_t("2024-05-31T01:02:03.004 UTC")])
    assert instants.utc_datetime64(t)[0] == np.datetime64("2024-05-31T01:02:03.004")


def test_seconds_may_be_left_out_and_z_is_utc():
    assert parse_t("2024-05-31 UTC") == parse_t("2024-05-31T00:00Z")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2024-05-31T00:00:00", "no time scale; write for example '2024-05-31T00:00:00 UTC'"),
        ("2024-05-31T00:00:00 GPS", "unknown time scale 'GPS'; use UTC, TAI, TT, TDB"),
        ("31 May 2024 UTC", "is not an instant"),
        ("2024-02-30 UTC", "is not a date"),
        ("2024-05-31T24:00:00 UTC", "past the end of its hour or day"),
        ("2024-05-31T23:59:60 UTC", "that day has no leap second"),
        ("2016-12-31T23:59:60 TAI", "past the end of its day"),
        ("2016-12-31T23:58:60 UTC", "past the end of its day"),
        ("1969-07-20 UTC", "UTC before 1972-01-01 is not kept"),
        (20240531, "is not an instant"),
    ],
)
def test_words_that_are_no_instant_say_what_to_write(text, message):
    with pytest.raises(ValueError, match=message):
        parse(text)
    with pytest.raises(ValueError, match=message):
        parse_t(text)


def test_a_bare_number_is_no_instant_at_the_edge():
    with pytest.raises(TypeError, match="must be an astropy Time, got 5"):
        to_t(5.0)


def test_a_scale_of_its_own_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"convert first, for example time\.tt"):
        to_t(Time(2451545.0, format="jd", scale="tcb"))


def test_utc_past_the_announced_leap_seconds_warns():
    year = instants.leap_seconds().expires.year + 1
    with pytest.warns(OrbitsWarning, match="leap seconds are announced until"):
        t = parse_t(f"{year}-07-01T00:00:00 UTC")
    with pytest.warns(OrbitsWarning, match="assumes that none is added"):
        parse(f"{year}-07-01T00:00:00 UTC")
    assert utc_iso(t) == f"{year}-07-01T00:00:00.000Z"


def test_other_scales_need_no_leap_seconds():
    year = instants.leap_seconds().expires.year + 20
    assert parse_t(f"{year}-07-01 TDB") > 0.0


def test_the_leap_seconds_are_those_of_the_installed_table():
    table = instants.leap_seconds()
    assert table.offset[-1] >= 37
    assert table.expires > datetime.date(2024, 6, 30)


def test_words_are_read_without_loading_astropy(tmp_path):
    import subprocess

    code = (
        "import sys; from orbits.time import parse_t, utc_iso;"
        "print(utc_iso(parse_t('2024-05-31T00:00:00 UTC')), 'astropy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["2024-05-31T00:00:00.000Z", "False"]
