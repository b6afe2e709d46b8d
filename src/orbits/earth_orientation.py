"""Measured Earth orientation: UT1 and polar motion by UTC day, from the IERS table.

The table is ``finals2000A.all`` as the package ``astropy-iers-data`` ships it: Bulletin B
where it is given, otherwise Bulletin A, then predictions for about a year. Past its end the
last UT1 - UTC and pole are held, and ``DailyOrientation.held_from`` says so.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.errors import DataError
from orbits.time import iers_file

ARCSECOND = np.pi / 648_000.0  # rad
_LINE = 188  # bytes of a row with its line end
_MJD, _POLE_FLAG = slice(7, 15), slice(16, 17)
_A = (slice(58, 68), slice(18, 27), slice(37, 46))  # UT1 - UTC, xp, yp of Bulletin A
_B = (slice(154, 165), slice(134, 144), slice(144, 154))  # the same of Bulletin B


class IersTable(NamedTuple):
    """Where the table is and which UTC days (MJD) it has values for."""

    path: Path
    first: int
    last_measured: int
    last: int


class DailyOrientation(NamedTuple):
    """Values at the UTC midnights ``mjd`` (n,); held after MJD ``held_from``, if any."""

    mjd: NDArray[np.int64]
    ut1_minus_utc: NDArray[np.float64]  # s
    xp: NDArray[np.float64]  # rad
    yp: NDArray[np.float64]  # rad
    held_from: int | None


def _rows(path: Path, first: int, count: int) -> list[str]:
    with path.open("rb") as file:
        file.seek(first * _LINE)
        block = file.read(count * _LINE).decode("ascii")
    return [block[k : k + _LINE] for k in range(0, len(block), _LINE)]


@cache
def iers_table() -> IersTable:
    """Return the extent of the installed table."""
    path = iers_file("finals2000A.all")
    size = path.stat().st_size
    count = size // _LINE
    first = _number(_rows(path, 0, 1)[0][_MJD])
    tail = _rows(path, max(0, count - 800), 800)
    last_row = _number(tail[-1][_MJD])
    if first is None or last_row is None or size % _LINE or last_row - first != count - 1:
        raise DataError(f"{path.name} is not the fixed-width table expected; reinstall it")
    valid = [row for row in tail if row[_A[0]].strip() and row[_POLE_FLAG].strip()]
    measured = [row for row in valid if row[_POLE_FLAG] == "I"]
    if not measured:
        raise DataError(f"{path.name} ends with more than two years of predictions; update it")
    return IersTable(
        path, int(first), int(float(measured[-1][_MJD])), int(float(valid[-1][_MJD]))
    )


def _number(text: str) -> float | None:
    return float(text) if text.strip() else None


def _values(row: str) -> tuple[float, float, float]:
    """Return UT1 - UTC, xp, yp of a row: Bulletin B where it has them (as astropy does)."""
    a, b = [[_number(row[at]) for at in columns] for columns in (_A, _B)]
    ut1 = a[0] if b[0] is None else b[0]
    pole = a[1:] if b[1] is None or b[2] is None else b[1:]
    if ut1 is None or pole[0] is None or pole[1] is None:
        raise DataError(f"the Earth orientation table has a hole at MJD {row[_MJD].strip()}")
    return ut1, pole[0], pole[1]


def daily_orientation(first: int, last: int) -> DailyOrientation:
    """Return the values at the UTC midnights MJD ``first`` to ``last``, both included.

    Raises
    ------
    DataError
        If ``first`` is before the table begins, or the table is damaged.
    """
    table = iers_table()
    if first < table.first:
        raise DataError(
            f"the Earth orientation table {table.path.name} begins at MJD {table.first} "
            f"(1973-01-02), MJD {first} was asked for: choose a later span"
        )
    mjd = np.arange(first, last + 1)
    known = np.minimum(mjd, table.last)
    start = int(known[0])
    rows = _rows(table.path, start - table.first, int(known[-1]) - start + 1)
    values = np.array([_values(row) for row in rows])[known - start]
    return DailyOrientation(
        mjd,
        values[:, 0],
        values[:, 1] * ARCSECOND,
        values[:, 2] * ARCSECOND,
        table.last if last > table.last else None,
    )
