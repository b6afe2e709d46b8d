"""Tables of states and windows as Parquet, with UTC to a nanosecond, through ``pyarrow``.

Provenance stands in the metadata of the file, as texts.
"""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from orbits.errors import DataError
from orbits.exports.atomic import write_bytes
from orbits.exports.ephemeris import Ephemeris
from orbits.exports.states import columns, times
from orbits.exports.windows import COLUMNS, Record
from orbits.time import utc_datetime64


def _pyarrow() -> Any:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise DataError(
            "a Parquet table needs the package pyarrow: pip install 'orbits[exchange]'"
        ) from None
    return pyarrow


def write_states(path: str | Path, trajectory: Ephemeris, meta: Mapping[str, str]) -> None:
    """Write states to ``path``: the columns of states.py, instants as UTC timestamps.

    A leap second reads as the second before it, as timestamps have none.

    Raises
    ------
    DataError
        If ``pyarrow`` is not installed.
    """
    arrow = _pyarrow()
    t = times(trajectory)
    numbers = np.hstack([trajectory.position(t), trajectory.velocity(t)]) / 1e3
    stamps = utc_datetime64(t, digits=9).astype(np.int64)
    arrays = [arrow.array(stamps, arrow.timestamp("ns", "UTC"))]
    arrays += [arrow.array(np.ascontiguousarray(column)) for column in numbers.T]
    _write(path, arrow, arrow.table(arrays, names=columns(trajectory)), meta)


def write_windows(path: str | Path, records: Sequence[Record], meta: Mapping[str, str]) -> None:
    """Write rows of windows.py to ``path``; absent values are null.

    Raises
    ------
    DataError
        If ``pyarrow`` is not installed.
    """
    arrow = _pyarrow()
    kinds = {"string": arrow.string(), "bool": arrow.bool_(), "float64": arrow.float64()}
    arrays = []
    for name, (kind, _) in COLUMNS.items():
        values = [record[name] for record in records]
        if kind == "instant":
            stamps = [None if x is None else _nanoseconds(x) for x in values]
            arrays.append(arrow.array(stamps, arrow.timestamp("ns", "UTC")))
        else:
            arrays.append(arrow.array(values, kinds[kind]))
    _write(path, arrow, arrow.table(arrays, names=list(COLUMNS)), meta)


def _nanoseconds(text: str) -> int:
    """Return UTC in words as nanoseconds since 1970; a leap second as the one before it."""
    plain = text.removesuffix("Z").replace(":60", ":59")
    return int(np.datetime64(plain, "ns").astype(np.int64))


def _write(path: str | Path, arrow: Any, table: Any, meta: Mapping[str, str]) -> None:
    out = io.BytesIO()
    arrow.parquet.write_table(table.replace_schema_metadata(dict(meta)), out)
    write_bytes(path, out.getvalue())
