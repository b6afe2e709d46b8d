"""States and windows as ECSV, JSON, Parquet and calendars, read by the libraries for them."""

import datetime
import json

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from jsonschema import Draft202012Validator

from kepler_path import JumpingPath, KeplerPath
from orbits.exports import parquet
from orbits.exports.ics import calendar_text
from orbits.exports.states import states_csv, states_document, states_ecsv, times
from orbits.exports.windows import window_records
from orbits.geometry.rows import plain_rows
from orbits.mission.provenance import provenance
from orbits.time import from_t, parse_t, to_t
from orbits.windows import Windows

PATH = KeplerPath(span=(770_342_469.184, 770_342_469.184 + 7_230.0))
SEAM = KeplerPath().span[0] + 90_000.0
META = {"mission": "x", "version": "0.1.0"}


def test_rows_stand_every_minute_at_the_end_and_on_both_sides_of_a_jump():
    t = times(PATH)
    assert len(t) == 122
    assert (t[0], t[-1]) == PATH.span
    t = times(JumpingPath(joins=(SEAM,)))
    assert np.count_nonzero(np.abs(t - SEAM) < 1e-6) == 2


def test_astropy_reads_the_ecsv_of_states_with_units_and_instants():
    table = QTable.read(states_ecsv(PATH, META), format="ascii.ecsv")
    assert table.meta["version"] == "0.1.0"
    assert table["time_utc"].scale == "utc"
    t = np.asarray(to_t(table["time_utc"]))
    assert np.max(np.abs(t - times(PATH))) < 2.4e-7  # s, two grains of t
    r = np.stack([table[f"{c}_moon_icrf_km"].to_value(u.m) for c in "xyz"], axis=1)
    assert np.max(np.linalg.norm(r - PATH.position(times(PATH)), axis=1)) < 2e-6  # m, digits


def test_csv_ecsv_and_json_hold_the_same_numbers():
    csv = [line.split(",") for line in states_csv(PATH).splitlines()]
    document = states_document(PATH, {}, "relay")
    assert (document["center"], document["axes"]) == ("moon", "ICRF")
    assert [row[0] for row in csv[1:]] == document["time_utc"]
    keys = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
    for k, key in enumerate(keys, start=1):
        assert [float(row[k]) for row in csv[1:]] == document[key]
    assert json.loads(json.dumps(document)) == document


def test_the_document_of_states_is_of_its_schema(root):
    schema = json.loads((root / "schemas" / "states-1.schema.json").read_text())
    document = states_document(PATH, provenance(None, None, {}), "relay")
    Draft202012Validator(schema).validate(document)


def test_pandas_reads_states_with_utc_to_a_nanosecond(tmp_path):
    pandas = pytest.importorskip("pandas")
    parquet.write_states(tmp_path / "x.parquet", PATH, META)
    frame = pandas.read_parquet(tmp_path / "x.parquet")
    assert str(frame["time_utc"].dtype) == "datetime64[ns, UTC]"
    theirs = from_t(times(PATH)).utc  # astropy's conversion
    theirs.precision = 9
    late = frame["time_utc"] - pandas.to_datetime(theirs.isot, utc=True)
    assert late.abs().max() <= pandas.Timedelta(130, "ns")  # the grain of t
    r = frame[[f"{c}_moon_icrf_km" for c in "xyz"]].to_numpy() * 1e3
    assert np.array_equal(r, PATH.position(times(PATH)) / 1e3 * 1e3)


@pytest.fixture
def held():
    span = (parse_t("2016-12-31T00:00:00 UTC"), parse_t("2017-01-02T00:00:00 UTC"))
    start = [
        span[0],
        parse_t("2016-12-31T23:59:58.25 UTC"),
        parse_t("2017-01-01T01:00:00.3 UTC"),
    ]
    stop = [
        parse_t("2016-12-31T02:00:00.75 UTC"),
        parse_t("2017-01-01T00:00:10.5 UTC"),
        parse_t("2017-01-01T01:00:00.6 UTC"),
    ]
    return Windows(np.array(start), np.array(stop), span, "elevation:x", "occultation:moon")


@pytest.fixture
def rows(held):
    return window_records(
        "chain.relay",
        plain_rows("chain", "chain.relay", ("lander", "station"), held),
        assumed=True,
    )


def test_pandas_reads_windows_with_nulls_and_utc(tmp_path, rows):
    pandas = pytest.importorskip("pandas")
    parquet.write_windows(tmp_path / "x.parquet", rows, META)
    frame = pandas.read_parquet(tmp_path / "x.parquet")
    assert str(frame["start_utc"].dtype) == "datetime64[ns, UTC]"
    assert frame["start_utc"][1] == pandas.Timestamp("2016-12-31T23:59:58.25Z")
    assert frame["stop_cause"].tolist() == ["occultation:moon"] * 3
    assert frame["max_range_km"].isna().all()
    # From TAI: the leap second of 2016 counts.
    assert frame["duration_s"].tolist() == [7200.75, 13.25, 0.3]
    pyarrow = pytest.importorskip("pyarrow.parquet")
    assert pyarrow.read_schema(tmp_path / "x.parquet").metadata[b"version"] == b"0.1.0"


def test_no_windows_are_a_table_with_no_rows(tmp_path):
    pandas = pytest.importorskip("pandas")
    parquet.write_windows(tmp_path / "x.parquet", [], META)
    assert len(pandas.read_parquet(tmp_path / "x.parquet")) == 0


def test_icalendar_reads_events_that_lie_inside_their_windows(held, rows, monkeypatch):
    icalendar = pytest.importorskip("icalendar")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1717113600")
    text = calendar_text(held, rows, title="Chang'e; <b>", comments=("orbits 0.1.0",))
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar["X-WR-CALNAME"] == "Chang'e; <b>"
    events = calendar.walk("VEVENT")
    utc = datetime.UTC
    ends = [(event.start, event.end) for event in events]
    assert ends == [
        (
            datetime.datetime(2016, 12, 31, tzinfo=utc),
            datetime.datetime(2016, 12, 31, 2, tzinfo=utc),
        ),
        (
            datetime.datetime(2016, 12, 31, 23, 59, 59, tzinfo=utc),
            datetime.datetime(2017, 1, 1, 0, 0, 10, tzinfo=utc),
        ),
        # Shorter than a second: an event without length.
        (datetime.datetime(2017, 1, 1, 1, 0, 1, tzinfo=utc),) * 2,
    ]
    assert len({str(event["UID"]) for event in events}) == 3
    assert events[1]["DTSTAMP"].dt == datetime.datetime(2024, 5, 31, tzinfo=utc)
    assert "2016-12-31T23:59:58.250Z (elevation:x)" in events[1]["DESCRIPTION"]
    assert "assumed" in events[0]["DESCRIPTION"]
    assert text.count("\r\n") == text.count("\n")  # RFC 5545, sec. 3.1


def test_the_same_windows_have_the_same_identifiers(held, rows):
    icalendar = pytest.importorskip("icalendar")
    first, second = (
        {
            str(event["UID"])
            for event in icalendar.Calendar.from_ical(
                calendar_text(held, rows, title="x")
            ).walk("VEVENT")
        }
        for _ in range(2)
    )
    assert first == second
