"""Window tables: exact names, nulls for what is absent, read back by csv and astropy."""

import csv
import io
import json
import math

import numpy as np
import pytest
from astropy.table import QTable

from orbits.exports.documents import json_text
from orbits.exports.windows import COLUMNS, csv_text, ecsv_text, gap_records, window_records
from orbits.geometry.rows import WindowRow
from orbits.time import parse_t
from orbits.windows import Windows

START = parse_t("2016-12-31T23:59:50 UTC")  # ten seconds and a leap second before the new year
META = {"schema": "orbits.windows/1", "version": "0.1.0"}


ROW = WindowRow(
    kind="leg",
    name="link.surface",
    transmitter="change-6",
    receiver="queqiao-2",
    via="",
    start=START,
    stop=START + 20.5,
    start_cause="span",
    stop_cause="elevation:change-6",
    start_truncated=True,
    stop_truncated=False,
    max_elevation=math.pi / 6,
    max_elevation_t=START + 3.0,
    azimuth_stop=math.pi,
    min_range=1.5e7,
    max_range=1.6e7,
    light_time_start=0.05,
    start_sent=START - 0.05,
    sunlit_fraction=1.0,
    edge_tolerance=1e-3,
)


@pytest.fixture
def records():
    held = Windows(
        np.array([START]), np.array([START + 20.5]), (START, START + 100.0), "x", "elevation:a"
    )
    rows = window_records("link.surface", [ROW], assumed=True)
    return rows + gap_records("link.surface", held, assumed=True)


def test_the_columns_are_those_of_the_conventions():
    assert list(COLUMNS) == [
        "id", "kind", "name", "from", "to", "via", "start_utc", "stop_utc", "duration_s",
        "start_cause", "stop_cause", "start_truncated", "stop_truncated", "start_sent_utc",
        "stop_sent_utc", "max_elevation_deg", "max_elevation_utc", "azimuth_start_deg",
        "azimuth_stop_deg", "min_range_km", "max_range_km", "light_time_start_s",
        "min_sun_angle_deg", "sunlit_fraction", "assumed", "edge_tolerance_s",
        # beyond them: the edge budget, and what a radio carries
        "start_error_s", "stop_error_s", "min_margin_db", "min_rate_bit_s", "max_rate_bit_s",
        "volume_gbit",
    ]  # fmt: skip


def test_a_duration_counts_the_leap_second(records):
    window, gap = records
    assert (window["start_utc"], window["stop_utc"]) == (
        "2016-12-31T23:59:50.000Z",
        "2017-01-01T00:00:09.500Z",
    )
    assert window["duration_s"] == 20.5  # the clock moved 19.5 s
    assert gap["duration_s"] == 79.5


def test_units_change_at_the_edge(records):
    window = records[0]
    assert window["max_elevation_deg"] == 30.0
    assert window["azimuth_stop_deg"] == 180.0
    assert (window["min_range_km"], window["max_range_km"]) == (15_000.0, 16_000.0)


def test_a_gap_carries_the_causes_of_the_windows_around_it(records):
    gap = records[1]
    assert gap["kind"] == "gap"
    assert (gap["start_cause"], gap["stop_cause"]) == ("elevation:a", "span")
    assert (gap["start_truncated"], gap["stop_truncated"]) == (False, True)


def test_csv_has_lf_no_comments_and_empty_cells_for_what_is_absent(records):
    text = csv_text(records)
    assert "\r" not in text
    assert "#" not in text.splitlines()[0]
    window, gap = csv.DictReader(io.StringIO(text))
    assert window["azimuth_start_deg"] == ""
    assert window["start_truncated"] == "true"
    assert gap["max_elevation_deg"] == ""
    assert "nan" not in text.lower()


def test_tables_are_written_also_without_rows():
    assert csv_text([]) == ",".join(COLUMNS) + "\n"
    table = QTable.read(ecsv_text([], META), format="ascii.ecsv")
    assert table.colnames == list(COLUMNS)
    assert len(table) == 0


def test_astropy_reads_units_instants_and_meta_from_ecsv(records):
    table = QTable.read(ecsv_text(records, META), format="ascii.ecsv")
    assert dict(table.meta) == META
    assert table["start_utc"].scale == "utc"
    length = (table["stop_utc"] - table["start_utc"]).to_value("s")
    assert length == pytest.approx([20.5, 79.5], abs=1e-6)  # astropy counts the leap second too
    assert table["duration_s"].to_value("min") == pytest.approx([20.5 / 60, 79.5 / 60])
    assert table["max_elevation_deg"].mask.tolist() == [False, True]
    assert table["start_truncated"].tolist() == [True, False]


def test_every_format_has_the_same_names_and_values(records):
    from_json = json.loads(json_text({"windows": records}))["windows"]
    from_csv = list(csv.DictReader(io.StringIO(csv_text(records))))
    from_ecsv = QTable.read(ecsv_text(records, META), format="ascii.ecsv")
    for row, cells in zip(from_json, from_csv, strict=True):
        assert list(row) == list(cells) == from_ecsv.colnames
        for name, value in row.items():
            assert cells[name] == ("" if value is None else json.dumps(value).strip('"'))


def test_a_number_that_is_not_finite_is_refused_by_json():
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"x": float("nan")})
