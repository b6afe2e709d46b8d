"""Instants: TDB seconds past J2000 inside, ``astropy.time.Time`` and UTC text at the edge.

The only module that knows time scales. Leap seconds come from the table that ships with
``astropy-iers-data``; nothing is ever downloaded. TDB - TT is Fairhead & Bretagnon's series
at the geocentre (erfa ``dtdb``) [fairhead1990]; between its values every 6 h it is taken as
linear, which costs 4 ns. Instants of UTC before 1972, when its second was not the SI second,
are refused.
"""

import datetime
import importlib.util
import math
import re
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.constants import DAY, J2000_JD
from orbits.errors import DataError, OrbitsWarning

if TYPE_CHECKING:
    from astropy.time import Time

SCALES = ("UTC", "TAI", "TT", "TDB")
TT_MINUS_TAI = 32.184  # s, exact (IAU 1991)
J2000_MJD = 51544.5
_NODE = 21_600.0  # s between the values of TDB - TT
_EPOCH = datetime.date(1858, 11, 17).toordinal()  # MJD 0
_NOON = np.datetime64("2000-01-01T12:00:00")

_TEXT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?)?"
    r"\s*(?P<scale>[A-Za-z][A-Za-z0-9]*)?"
)


class LeapSeconds(NamedTuple):
    """TAI - UTC (``offset``, s) from each UTC midnight ``mjd`` on; known until ``expires``."""

    mjd: NDArray[np.int64]
    offset: NDArray[np.int64]
    expires: datetime.date


def iers_file(name: str) -> Path:
    """Return the path of a file that the package ``astropy-iers-data`` ships."""
    spec = importlib.util.find_spec("astropy_iers_data")
    path = Path(spec.origin).parent / "data" / name if spec and spec.origin else None
    if path is None or not path.exists():
        raise DataError(f"{name} is missing; install it with: pip install astropy-iers-data")
    return path


@cache
def leap_seconds() -> LeapSeconds:
    """Return the table of leap seconds, from 1972 on."""
    text = iers_file("Leap_Second.dat").read_text(encoding="ascii")
    expires = re.search(r"expires on (\d+ \w+ \d+)", text)
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    if expires is None or not rows:
        raise DataError("Leap_Second.dat is damaged; reinstall astropy-iers-data")
    return LeapSeconds(
        np.array([int(float(row[0])) for row in rows]),
        np.array([int(row[4]) for row in rows]),
        datetime.datetime.strptime(expires[1], "%d %B %Y").date(),
    )


def leap_second_warning(t: float) -> str | None:
    """Return what a reader must know of UTC at ``t``, or ``None``."""
    expires = leap_seconds().expires
    if t < (expires.toordinal() - _EPOCH - J2000_MJD) * DAY:
        return None
    return (
        f"leap seconds are announced until {expires} only; "
        "UTC after that date assumes that none is added"
    )


# -- TDB, TT, TAI -------------------------------------------------------------------------


def tdb_minus_tt(t: ArrayLike) -> NDArray[np.float64]:
    """Return TDB - TT at ``t`` (TDB or TT seconds past J2000), s; same shape as ``t``."""
    times = np.asarray(t, dtype=np.float64)
    cell = np.floor(times / _NODE)
    first, last = (cell.min(), cell.max() + 1.0) if times.size else (0.0, 0.0)
    if last - first + 1.0 >= times.size:
        return np.asarray(erfa.dtdb(J2000_JD, times / DAY, 0.0, 0.0, 0.0, 0.0))
    nodes = np.arange(first, last + 1.0) * _NODE
    values = erfa.dtdb(J2000_JD, nodes / DAY, 0.0, 0.0, 0.0, 0.0)
    return np.interp(times, nodes, values)


def _tai(t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return TAI seconds past 2000-01-01T12:00:00 TAI."""
    return t - tdb_minus_tt(t) - TT_MINUS_TAI


def duration(start: ArrayLike, stop: ArrayLike) -> NDArray[np.float64]:
    """Return the TAI seconds that pass from ``start`` to ``stop`` (both ``t``)."""
    a, b = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
    return (b - a) - (tdb_minus_tt(b) - tdb_minus_tt(a))


def _from_scale(days: ArrayLike, seconds: ArrayLike, scale: str) -> NDArray[np.float64]:
    """Return ``t`` of ``seconds`` past the midnight that starts MJD ``days`` in ``scale``."""
    whole = (np.asarray(days, dtype=np.float64) - J2000_MJD) * DAY
    if scale == "UTC":
        table = leap_seconds()
        at = np.searchsorted(table.mjd, days, side="right") - 1
        if np.any(at < 0):
            raise ValueError("UTC before 1972-01-01 is not kept; give the instant in TAI or TT")
        whole = whole + table.offset[at]
    whole = whole + {"UTC": TT_MINUS_TAI, "TAI": TT_MINUS_TAI}.get(scale, 0.0)
    # One rounding of the sum: the correction of at most 2 ms is added to the seconds first.
    late = np.asarray(seconds, dtype=np.float64)
    if scale != "TDB":
        late = late + tdb_minus_tt(whole + late)
    return whole + late


def _day_length(days: ArrayLike) -> NDArray[np.float64]:
    """Return the length of the UTC days that start at MJD ``days``, s."""
    return np.where(np.isin(np.asarray(days) + 1, leap_seconds().mjd[1:]), DAY + 1.0, DAY)


# -- astropy.time.Time --------------------------------------------------------------------


def to_t(time: "Time") -> float | NDArray[np.float64]:
    """Return an ``astropy.time.Time`` as TDB seconds past J2000, a float for a scalar.

    Geocentric: a ``location`` (up to 2 us in TDB) is ignored. The grain of the answer is
    0.12 us in this century.

    Raises
    ------
    TypeError
        If ``time`` is not a ``Time``.
    ValueError
        If its scale is not UTC, TAI, TT or TDB, or it is UTC before 1972.

    Warns
    -----
    OrbitsWarning
        For UTC later than the announced leap seconds.
    """
    try:
        scale, parts = time.scale.upper(), (time.jd1, time.jd2)
    except AttributeError:
        raise TypeError(
            f"an instant must be an astropy Time, got {time!r}; "
            "write for example Time('2024-05-31T00:00:00', scale='utc')"
        ) from None
    if scale not in SCALES:
        raise ValueError(
            f"time scale {time.scale!r} is not used here; convert first, for example time.tt "
            f"(known: {', '.join(SCALES)})"
        )
    jd1, jd2 = (np.asarray(part, dtype=np.float64) for part in parts)
    mjd = jd1 - 2_400_000.5
    days = np.floor(mjd + jd2)
    fraction = (mjd - days) + jd2
    length = _day_length(days) if scale == "UTC" else DAY
    t = _from_scale(days, fraction * length, scale)
    if scale == "UTC" and t.size:
        _warn(float(np.max(t)))
    return float(t) if t.ndim == 0 else t


def from_t(t: ArrayLike) -> "Time":
    """Return TDB seconds past J2000 as an ``astropy.time.Time`` of scale TDB."""
    from astropy.time import Time

    times = np.asarray(t, dtype=np.float64)
    days = np.round(times / DAY)
    time = Time(J2000_JD + days, (times - days * DAY) / DAY, format="jd", scale="tdb")
    time.format = "isot"
    return cast("Time", time)


def _warn(t: float) -> None:
    message = leap_second_warning(t)
    if message:
        warnings.warn(message, OrbitsWarning, stacklevel=3)


# -- text ---------------------------------------------------------------------------------


def _calendar(text: str) -> tuple[int, float, str]:
    """Return MJD, seconds of the day and scale of an instant in words."""
    match = _TEXT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(
            f"{text!r} is not an instant; write for example '2024-05-31T00:00:00 UTC'"
        )
    scale = (match["scale"] or "").upper()
    scale = "UTC" if scale == "Z" else scale
    if not scale:
        raise ValueError(
            f"{text!r} has no time scale; write for example '{text.strip()} UTC' "
            f"(known: {', '.join(SCALES)})"
        )
    if scale not in SCALES:
        raise ValueError(f"{text!r}: unknown time scale {scale!r}; use {', '.join(SCALES)}")
    try:
        mjd = datetime.date.fromisoformat(match["date"]).toordinal() - _EPOCH
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date: {error}") from None
    hour, minute = int(match["hour"] or 0), int(match["minute"] or 0)
    second = float(match["second"] or 0.0)
    last = scale == "UTC" and (hour, minute) == (23, 59) and float(_day_length(mjd)) > DAY
    if hour > 23 or minute > 59 or second >= (61.0 if last else 60.0):
        raise ValueError(
            f"{text!r} is past the end of its "
            + ("day; that day has no leap second" if second >= 60.0 else "hour or day")
        )
    return mjd, 3600.0 * hour + 60.0 * minute + second, scale


def parse_t(text: str) -> float:
    """Return ``t`` of an instant in words, as ``parse`` reads it, without loading astropy."""
    t = float(_from_scale(*_calendar(text)))
    if not text.rstrip().upper().endswith(("TAI", "TT", "TDB")):
        _warn(t)
    return t


def parse(text: str) -> "Time":
    """Return the instant that ``text`` names, such as ``"2024-05-31T00:00:00 UTC"``.

    The scale (UTC, TAI, TT, TDB; ``Z`` is UTC) is required; the time of day may be left out.
    Leap seconds read: ``"2016-12-31T23:59:60 UTC"``.

    Raises
    ------
    ValueError
        If the text is not an instant or names no scale; the message shows the fix.
    """
    from astropy.time import Time

    mjd, seconds, scale = _calendar(text)
    if scale == "UTC":
        _warn(float(_from_scale(mjd, seconds, scale)))
    length = float(_day_length(mjd)) if scale == "UTC" else DAY
    time = Time(2_400_000.5 + mjd, seconds / length, format="jd", scale=scale.lower())
    time.format = "isot"
    return cast("Time", time)


def _utc_ticks(t: NDArray[np.float64], digits: int) -> tuple[NDArray, NDArray]:
    """Return UTC in units of 10**-digits s past 2000-01-01T12:00 and where a leap second runs.

    Within a leap second the count stays one second behind, so that it reads 23:59:59.
    """
    unit = 10**digits
    table = leap_seconds()
    ticks = np.rint(_tai(t) * unit).astype(np.int64)
    midnight = (2 * table.mjd - round(2 * J2000_MJD)) * round(DAY / 2) * unit
    at = np.searchsorted(midnight + table.offset * unit, ticks, side="right") - 1
    if np.any(at < 0):
        raise ValueError("UTC before 1972-01-01 is not kept; write such an instant in TDB")
    ticks = ticks - table.offset[at] * unit
    following = np.append(midnight[1:], np.iinfo(np.int64).max)
    leap = ticks >= following[at]
    return ticks - leap * unit, leap


def utc_datetime64(t: ArrayLike, digits: Literal[3, 9] = 3) -> NDArray[np.datetime64]:
    """Return UTC at ``t`` as ``datetime64[ms]`` (or, with 9 digits, ``[ns]``).

    A leap second reads as the one before it.
    """
    unit = {3: "ms", 9: "ns"}[digits]
    ticks, _ = _utc_ticks(np.asarray(t, dtype=np.float64), digits)
    return _NOON.astype(f"datetime64[{unit}]") + ticks.astype(f"timedelta64[{unit}]")


def utc_iso(t: ArrayLike, digits: int = 3) -> str | list[str]:
    """Return UTC at ``t``, as ``2024-05-31T00:00:00.000Z``; a list for an array.

    ``digits`` (0 to 9) of the second, rounded to the nearest.
    """
    times = np.asarray(t, dtype=np.float64)
    ticks, leap = _utc_ticks(times.reshape(-1), digits)
    unit = {0: "s", 1: "ms", 2: "us", 3: "ns"}[(digits + 2) // 3]
    ticks = ticks * 10 ** (-digits % 3)
    stamps = _NOON.astype(f"datetime64[{unit}]") + ticks.astype(f"timedelta64[{unit}]")
    length = 19 + (digits + 1 if digits else 0)
    texts = [text[:length] + "Z" for text in np.datetime_as_string(stamps).tolist()]
    for i in np.flatnonzero(leap):
        texts[i] = texts[i][:17] + "60" + texts[i][19:]
    return texts[0] if times.ndim == 0 else texts


def tdb_date(t: float) -> str:
    """Return the calendar date of ``t`` in TDB, for messages."""
    if not math.isfinite(t):
        return str(t)
    return str(_NOON + np.timedelta64(round(float(t)), "s"))[:10]


# -- days ---------------------------------------------------------------------------------


def utc_mjd(t: ArrayLike) -> NDArray[np.int64]:
    """Return the Modified Julian Date of the UTC day that ``t`` falls in; same shape."""
    ticks, _ = _utc_ticks(np.asarray(t, dtype=np.float64), 6)
    return (ticks + round(DAY / 2) * 10**6) // (round(DAY) * 10**6) + int(J2000_MJD)


def utc_midnight(mjd: ArrayLike) -> NDArray[np.float64]:
    """Return ``t`` of the UTC midnights that start the days ``mjd`` (whole numbers)."""
    return _from_scale(np.asarray(mjd, dtype=np.int64), 0.0, "UTC")


def utc_midnights(t0: float, t1: float) -> NDArray[np.float64]:
    """Return ``t`` of every UTC midnight strictly inside (t0, t1); (k,)."""
    first, last = utc_mjd(np.array([t0, t1]))
    t = utc_midnight(np.arange(first, last + 1))
    return t[(t > t0) & (t < t1)]
