"""Window tables: one row per window, the same names in CSV, ECSV and JSON.

Edge units begin here. A value that does not apply is empty (``null`` in JSON), never NaN.
"""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from orbits.time import duration, utc_iso
from orbits.windows import SPAN, Windows

if TYPE_CHECKING:
    from orbits.geometry.rows import WindowRow

Record = dict[str, Any]

# Name -> type of the column in ECSV, unit. Order is that of the files.
COLUMNS: dict[str, tuple[str, str | None]] = {
    "id": ("string", None),
    "kind": ("string", None),
    "name": ("string", None),
    "from": ("string", None),
    "to": ("string", None),
    "via": ("string", None),
    "start_utc": ("instant", None),
    "stop_utc": ("instant", None),
    "duration_s": ("float64", "s"),
    "start_cause": ("string", None),
    "stop_cause": ("string", None),
    "start_truncated": ("bool", None),
    "stop_truncated": ("bool", None),
    "start_sent_utc": ("instant", None),
    "stop_sent_utc": ("instant", None),
    "max_elevation_deg": ("float64", "deg"),
    "max_elevation_utc": ("instant", None),
    "azimuth_start_deg": ("float64", "deg"),
    "azimuth_stop_deg": ("float64", "deg"),
    "min_range_km": ("float64", "km"),
    "max_range_km": ("float64", "km"),
    "light_time_start_s": ("float64", "s"),
    "min_sun_angle_deg": ("float64", "deg"),
    "sunlit_fraction": ("float64", None),
    "assumed": ("bool", None),
    "edge_tolerance_s": ("float64", "s"),
    "start_error_s": ("float64", "s"),
    "stop_error_s": ("float64", "s"),
    "min_margin_db": ("float64", None),
    "min_rate_bit_s": ("float64", "bit / s"),
    "max_rate_bit_s": ("float64", "bit / s"),
    "volume_gbit": ("float64", "Gbit"),
}


def window_records(name: str, rows: "Iterable[WindowRow]", *, assumed: bool) -> list[Record]:
    """Return ``rows`` of the windows ``name`` (such as ``chain.far-side-relay``) as records.

    A record has the names of ``COLUMNS``; instants are UTC to a millisecond, durations come
    from TAI, so that leap seconds count.
    """
    return [_record(name, number, row, assumed) for number, row in enumerate(rows, start=1)]


def _record(name: str, number: int, row: "WindowRow", assumed: bool) -> Record:
    ends = _ends(row.start, row.stop, row.start_cause, row.stop_cause)
    ends["start_truncated"] = row.start_truncated
    ends["stop_truncated"] = row.stop_truncated
    return _ordered(
        {
            "id": f"{name}#{number}",
            "kind": row.kind,
            "name": name,
            "from": row.transmitter or None,
            "to": row.receiver or None,
            "via": row.via or None,
            **ends,
            "start_sent_utc": _instant(row.start_sent),
            "stop_sent_utc": _instant(row.stop_sent),
            "max_elevation_deg": _degrees(row.max_elevation),
            "max_elevation_utc": _instant(row.max_elevation_t),
            "azimuth_start_deg": _degrees(row.azimuth_start),
            "azimuth_stop_deg": _degrees(row.azimuth_stop),
            "min_range_km": _rounded(row.min_range, 1e-3, 6),
            "max_range_km": _rounded(row.max_range, 1e-3, 6),
            "light_time_start_s": _rounded(row.light_time_start, 1.0, 9),
            "min_sun_angle_deg": _degrees(row.min_sun_angle),
            "sunlit_fraction": _rounded(row.sunlit_fraction, 1.0, 6),
            "min_margin_db": _rounded(row.least_margin, 1.0, 3),
            "min_rate_bit_s": _rounded(row.lowest_rate, 1.0, 3),
            "max_rate_bit_s": _rounded(row.highest_rate, 1.0, 3),
            "volume_gbit": _rounded(row.volume, 1e-9, 9),
            "assumed": assumed,
            "edge_tolerance_s": row.edge_tolerance,
            "start_error_s": _rounded(row.start_error, 1.0, 4),
            "stop_error_s": _rounded(row.stop_error, 1.0, 4),
        }
    )


def gap_records(name: str, windows: Windows, *, assumed: bool) -> list[Record]:
    """Return the gaps of ``windows`` as records of kind ``gap``.

    Gaps cut by the span are rows too, marked as truncated: they count as far as seen.
    """
    tolerance = windows.certificate.tolerance if windows.certificate else None
    gaps = windows.gaps
    rows = zip(gaps.start.tolist(), gaps.stop.tolist(), gaps.start_cause, gaps.stop_cause)  # noqa: B905
    return [
        _ordered(
            {
                "id": f"{name}#gap-{number}",
                "kind": "gap",
                "name": name,
                **_ends(*row),
                "assumed": assumed,
                "edge_tolerance_s": tolerance,
            }
        )
        for number, row in enumerate(rows, start=1)
    ]


def _ends(start: float, stop: float, start_cause: str, stop_cause: str) -> Record:
    return {
        "start_utc": utc_iso(start),
        "stop_utc": utc_iso(stop),
        "duration_s": round(float(duration(start, stop)), 3),
        "start_cause": start_cause,
        "stop_cause": stop_cause,
        "start_truncated": start_cause == SPAN,
        "stop_truncated": stop_cause == SPAN,
    }


def _ordered(record: Record) -> Record:
    return {name: record.get(name) for name in COLUMNS}


def _instant(t: float | None) -> str | None:
    return None if t is None else str(utc_iso(t))


def _degrees(angle: float | None) -> float | None:
    return _rounded(angle, 180.0 / math.pi, 6)


def _rounded(value: float | None, factor: float, digits: int) -> float | None:
    return None if value is None else round(float(value) * factor, digits)


def csv_text(records: Sequence[Record]) -> str:
    """Return ``records`` as CSV: one line of names, LF, no comments, empty where absent."""
    return _table(records, {True: "true", False: "false"})


def ecsv_text(records: Sequence[Record], meta: Mapping[str, str]) -> str:
    """Return ``records`` as ECSV, which astropy reads with units, UTC instants and ``meta``.

    Parameters
    ----------
    records
        As for ``csv_text``.
    meta
        Texts of provenance, such as ``version`` and ``mission_sha256``.

    References
    ----------
    Astropy Proposal for Enhancement 6. [ape006]
    """
    lines = ["%ECSV 1.0", "---", "datatype:"]
    for name, (kind, unit) in COLUMNS.items():
        datatype = "string" if kind == "instant" else kind
        words = f"unit: {unit}, datatype: {datatype}" if unit else f"datatype: {datatype}"
        lines.append(f"- {{name: {name}, {words}}}")
    lines += ["delimiter: ','", "meta: !!omap"]
    lines += [f"- {name}: {json.dumps(text)}" for name, text in meta.items()]
    lines.append("- __serialized_columns__:")
    for name, (kind, unit) in COLUMNS.items():
        lines += _serialized(name, kind, unit)
    lines.append("schema: astropy-2.0")
    head = "".join(f"# {line}\n" for line in lines)
    return head + _table(records, {True: "True", False: "False"})


_ALWAYS = ("start_utc", "stop_utc", "duration_s")  # columns without a mask


def _serialized(name: str, kind: str, unit: str | None) -> list[str]:
    """Return the lines that tell astropy to make a Time or a Quantity of a column."""
    value = [f"      value: !astropy.table.SerializedColumn {{name: {name}}}"]
    masked = [
        "      value: !astropy.table.SerializedColumn",
        "        __class__: astropy.utils.masked.core.MaskedNDArray",
        f"        data: !astropy.table.SerializedColumn {{name: {name}}}",
    ]
    value = value if name in _ALWAYS else masked
    if kind == "instant":
        time = [f"    {name}:", "      __class__: astropy.time.core.Time"]
        return [*time, "      format: isot", "      precision: 3", "      scale: utc", *value]
    if unit:
        quantity = [f"    {name}:", "      __class__: astropy.units.quantity.Quantity"]
        return [*quantity, f"      unit: !astropy.units.Unit {{unit: {unit}}}", *value]
    return []


def _table(records: Sequence[Record], flags: Mapping[bool, str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        cells = [record[name] for name in COLUMNS]
        writer.writerow([flags[cell] if isinstance(cell, bool) else cell for cell in cells])
    return out.getvalue()
