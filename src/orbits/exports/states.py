"""A trajectory as a table of states: CSV, ECSV, JSON; the columns of Parquet.

Rows stand every minute, and on either side of a jump of the velocity. Positions are in km,
velocities in km/s, in the frame of the path, which the column names name; velocities are the
time derivatives of the coordinates beside them. Instants are UTC to a nanosecond.
"""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits.exports.ephemeris import Ephemeris, legs
from orbits.time import utc_iso

Array = NDArray[np.float64]

STEP = 60.0  # s between the rows
_DIGITS = 9  # of a nanosecond; of km, and three more of km/s


def times(path: Ephemeris) -> Array:
    """Return the instants of the rows (n,), s."""
    return np.concatenate([np.append(np.arange(a, b - 1e-3, STEP), b) for a, b in legs(path)])


def columns(path: Ephemeris) -> list[str]:
    """Return the names of the columns, such as ``x_moon_icrf_km``."""
    where = f"{path.frame.center}_{path.frame.axes.lower()}"
    return [
        "time_utc",
        *(f"{c}_{where}_km" for c in "xyz"),
        *(f"v{c}_{where}_km_s" for c in "xyz"),
    ]


def _rows(path: Ephemeris) -> list[list[str]]:
    t = times(path)
    r, v = path.position(t) / 1e3, path.velocity(t) / 1e3
    return [
        [instant, *(f"{x:.9f}" for x in position), *(f"{x:.12f}" for x in velocity)]
        for instant, position, velocity in zip(utc_iso(t, _DIGITS), r, v, strict=True)
    ]


def _table(path: Ephemeris) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns(path))
    writer.writerows(_rows(path))
    return out.getvalue()


def states_csv(path: Ephemeris) -> str:
    """Return states as CSV, without comments."""
    return _table(path)


def states_ecsv(path: Ephemeris, meta: Mapping[str, str]) -> str:
    """Return states as ECSV, which astropy reads with units, UTC instants and ``meta``.

    References
    ----------
    Astropy Proposal for Enhancement 6. [ape006]
    """
    units = ["", "km", "km", "km", "km / s", "km / s", "km / s"]
    lines = ["%ECSV 1.0", "---", "datatype:"]
    for name, unit in zip(columns(path), units, strict=True):
        words = f"unit: {unit}, datatype: float64" if unit else "datatype: string"
        lines.append(f"- {{name: {name}, {words}}}")
    lines += ["delimiter: ','", "meta: !!omap"]
    lines += [f"- {name}: {json.dumps(text)}" for name, text in meta.items()]
    lines += [
        "- __serialized_columns__:",
        "    time_utc:",
        "      __class__: astropy.time.core.Time",
        "      format: isot",
        f"      precision: {_DIGITS}",
        "      scale: utc",
        "      value: !astropy.table.SerializedColumn {name: time_utc}",
        "schema: astropy-2.0",
    ]
    # A trailing Z is of ISO 8601 and not of astropy's "isot".
    head = "".join(f"# {line}\n" for line in lines)
    return head + _table(path).replace("Z,", ",")


def states_document(path: Ephemeris, provenance: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the document ``orbits.states/1``: one list a column."""
    t = times(path)
    numbers = np.hstack([path.position(t), path.velocity(t)]).T / 1e3
    keys = ("x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")
    return {
        "schema": "orbits.states/1",
        "provenance": provenance,
        "spacecraft": name,
        "center": path.frame.center,
        "axes": path.frame.axes,
        "time_utc": utc_iso(t, _DIGITS),
        **{
            key: np.round(column, 9 if key[0] != "v" else 12).tolist()
            for key, column in zip(keys, numbers, strict=True)
        },
    }
