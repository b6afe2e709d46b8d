"""Solar flux and geomagnetic activity by day, as continuous functions of time.

The shipped table (data/README.md) holds measured days; outside it the values are held at
``OUTSIDE``, about the mean of a solar cycle. The model of the atmosphere takes one value a UTC
day, which would make the density jump at midnight; here each day's value stands at its noon and
is joined to the next by a monotone cubic, so that it never leaves the range of its neighbours.
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.time import tdb_date, utc_midnight


class Weather(NamedTuple):
    """What the density depends on besides place and time.

    Attributes
    ----------
    f107 : float
        Solar flux at 10.7 cm of the day before, as observed, 1e-22 W/(m2 Hz).
    f107_mean : float
        The same, mean of 81 days about the day.
    ap : float
        Daily planetary index of geomagnetic activity Ap, 2 nT.
    """

    f107: float
    f107_mean: float
    ap: float


OUTSIDE = Weather(150.0, 150.0, 15.0)


class Days(NamedTuple):
    """The values of UTC days ``mjd`` (n,): ``values`` (n, 3) in the order of ``Weather``."""

    mjd: NDArray[np.int64]
    values: NDArray[np.float64]


@cache
def measured() -> Days:
    """Return the days that the shipped table gives all three values for."""
    path = files("orbits") / "data" / "space_weather.csv"
    with path.open("r", encoding="ascii") as file:
        columns = next(file).strip().split(",")
        rows = [line.strip().split(",") for line in file]
    if columns != ["date", "f107", "f107_mean", "ap"]:
        raise ValueError(f"space_weather.csv has the columns {columns}")
    dates = np.array([row[0] for row in rows], dtype="datetime64[D]")
    mjd = (dates - np.datetime64("1858-11-17", "D")).astype(np.int64)
    values = np.array([row[1:] for row in rows], dtype=np.float64)
    # The flux that acts on a day is that of the day before.
    return Days(mjd[1:], np.column_stack([values[:-1, 0], values[1:, 1:]]))


def extent() -> tuple[str, str]:
    """Return the first and the last day of ``measured``."""
    first, last = (float(utc_midnight(int(mjd))) for mjd in measured().mjd[[0, -1]])
    return tdb_date(first), tdb_date(last)


def daily(first: int, last: int) -> Days:
    """Return the values of the UTC days from MJD ``first`` to ``last``."""
    table = measured()
    mjd = np.arange(first, last + 1)
    values = np.tile(np.array(OUTSIDE), (len(mjd), 1))
    known, _, at = np.intersect1d(mjd, table.mjd, return_indices=True)
    values[known - first] = table.values[at]
    return Days(mjd, values)


def indices(mjd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values (n, 3) at MJD (UTC, with its fraction; n,), continuous with their rate.

    Source of the joints: Fritsch and Butland (1984). [fritsch1984]
    """
    # Two days more, so that no joint depends on where the span ends.
    first, last = int(np.floor(mjd.min())) - 2, int(np.floor(mjd.max())) + 3
    y = daily(first, last).values
    step = np.diff(y, axis=0)
    before, after = step[:-1], step[1:]
    product, total = before * after, before + after
    rate = np.zeros_like(y)
    np.divide(2.0 * product, total, out=rate[1:-1], where=product > 0.0)
    place = mjd - (first + 0.5)
    i = place.astype(np.int64)
    x = (place - i)[:, np.newaxis]
    a, b, da, db = y[i], y[i + 1], rate[i], rate[i + 1]
    z = 1.0 - x
    return z * z * ((1.0 + 2.0 * x) * a + x * da) + x * x * ((1.0 + 2.0 * z) * b - z * db)


def outside_warning(first: int, last: int) -> str | None:
    """Return what to say where some of the days from MJD ``first`` to ``last`` are not held."""
    table = measured()
    if table.mjd[0] <= first and last <= table.mjd[-1]:
        return None
    first_date, last_date = extent()
    return (
        f"the table of space weather holds {first_date} to {last_date}; on other days the "
        f"density rests on F10.7 = {OUTSIDE.f107:g} and Ap = {OUTSIDE.ap:g} (at 400 km it "
        "varies by a factor of about 10 over a solar cycle)"
    )
