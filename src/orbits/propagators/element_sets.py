"""Element sets of the catalogue: two-line elements and OMM files, read and checked.

Sources: Hoots and Roehrich (1980), Spacetrack report no. 3, for the two lines; CCSDS
502.0-B-3, sec. 4, for the OMM. [hoots1980] [ccsds502]
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import Satrec
from sgp4.omm import initialize, parse_xml

from orbits.constants import DAY
from orbits.errors import DataError
from orbits.time import tdb_minus_tt, utc_midnight

Array = NDArray[np.float64]

_LENGTH = 69  # characters of a line
_MJD = 2_400_000.5
# The fields that are read: line, first and last column, a number, and what it is.
_FIELDS = (
    (1, 19, 32, "epoch"),
    (1, 34, 43, "half the first derivative of the mean motion"),
    (2, 9, 16, "inclination"),
    (2, 18, 25, "right ascension of the node"),
    (2, 27, 33, "eccentricity"),
    (2, 35, 42, "argument of perigee"),
    (2, 44, 51, "mean anomaly"),
    (2, 53, 63, "mean motion"),
)
_EXPONENTS = ((45, 52, "a sixth of the second derivative"), (54, 61, "drag term B*"))
_EXPONENT = re.compile(r"[ +-]\d{5}[+-]\d")
_BLANKS = {1: (2, 9, 18, 33, 44, 53, 62, 64), 2: (2, 8, 17, 26, 34, 43, 52)}


@dataclass(frozen=True, eq=False, slots=True)
class ElementSet:
    """Mean elements of one object at one instant, for SGP4 alone.

    Attributes
    ----------
    name : str
    norad_id : int
    international_id : str
        Launch year, number and piece, as ``1998-067A``; empty where not given.
    epoch : float, s
        TDB seconds past J2000.
    model : Satrec
        The library's record.
    source : str
        "TLE" or "OMM", and the file.
    """

    name: str
    norad_id: int
    international_id: str
    epoch: float
    model: Any
    source: str

    @classmethod
    def of(cls, model: Any, name: str, source: str) -> "ElementSet":
        """Return the element set of a record of the ``sgp4`` library."""
        launch = model.intldesg.strip()
        if launch:
            century = "19" if int(launch[:2]) >= 57 else "20"  # Sputnik flew in 1957
            launch = f"{century}{launch[:2]}-{launch[2:]}"
        days = model.jdsatepoch - _MJD
        midnight = float(utc_midnight(round(np.floor(days))))
        late = (days - np.floor(days) + model.jdsatepochF) * DAY
        epoch = midnight + late + float(tdb_minus_tt(midnight + late) - tdb_minus_tt(midnight))
        return cls(name.strip(), int(model.satnum), launch, epoch, model, source)

    def age(self, t: ArrayLike) -> Array:
        """Return the time since the epoch at ``t``, s: SGP4 loses 1 to 3 km a day of it."""
        return np.asarray(t, dtype=np.float64) - self.epoch


# -- two-line elements --------------------------------------------------------------------


def tle(line1: str, line2: str, name: str = "", source: str = "TLE") -> ElementSet:
    """Return the element set of two lines.

    Raises
    ------
    ValueError
        With every fault of the lines: length, line number, checksum, columns, ranges.
    """
    faults = [*_line_faults(line1, 1), *_line_faults(line2, 2)]
    if not faults:
        faults = _value_faults(line1, line2)
    if faults:
        raise ValueError("; ".join(faults))
    return ElementSet.of(Satrec.twoline2rv(line1.rstrip(), line2.rstrip()), name, source)


def _line_faults(text: str, number: int) -> list[str]:
    line, head = text.rstrip(), f"line {number}"
    if not line.isascii():
        return [f"{head} has characters that are not ASCII"]
    if not line.startswith(f"{number} "):
        return [f"{head} must begin with '{number} ', it begins with {line[:2]!r}"]
    if len(line) != _LENGTH:
        return [f"{head} has {len(line)} characters, {_LENGTH} are needed"]
    faults = []
    digits = sum(int(c) if c.isdigit() else c == "-" for c in line[:-1]) % 10
    if line[-1] != str(digits):
        faults.append(
            f"{head}, column 69: the checksum is {line[-1]!r}, but its digits give {digits}: "
            "a digit is wrong, take the line anew"
        )
    filled = [column for column in _BLANKS[number] if line[column - 1] != " "]
    faults += [f"{head}, column {column}: a blank is needed" for column in filled]
    return faults


def _value_faults(line1: str, line2: str) -> list[str]:
    lines, values, faults = {1: line1, 2: line2}, {}, []
    for number, first, last, what in _FIELDS:
        text = lines[number][first - 1 : last].strip()
        try:
            values[what] = float("0." + text if what == "eccentricity" else text)
        except ValueError:
            faults.append(
                f"line {number}, columns {first}-{last}: {what} {text!r} is no number"
            )
    for first, last, what in _EXPONENTS:
        text = line1[first - 1 : last]
        if not _EXPONENT.fullmatch(text):
            faults.append(
                f"line 1, columns {first}-{last}: {what} {text!r} is not of the form ' 12345-3'"
            )
    if line1[2:7] != line2[2:7]:
        faults.append(f"the lines are of two objects, {line1[2:7]!r} and {line2[2:7]!r}")
    if faults:
        return faults
    ranges = (
        ("epoch", np.mod(values["epoch"], 1000.0), 1.0, 367.0, "a day of the year"),
        ("inclination", values["inclination"], 0.0, 180.0, "degrees"),
        ("mean motion", values["mean motion"], 1e-6, 20.0, "revolutions a day"),
    )
    return [
        f"{what} {value:g} lies outside {low:g} to {high:g} {unit}"
        for what, value, low, high, unit in ranges
        if not low <= value <= high
    ]


def read_tle(path: Path) -> tuple[ElementSet, ...]:
    """Return the element sets of a file of two-line elements, with or without name lines.

    Lines that begin with # are comments.

    Raises
    ------
    DataError
        With every fault of the file, each with its line.
    """
    lines = list(enumerate(_text(path).splitlines(), start=1))
    lines = [(k, line) for k, line in lines if line.strip() and not line.startswith("#")]
    found, faults, name, k = [], [], "", 0
    while k < len(lines):
        number, line = lines[k]
        if not line.startswith("1 "):
            if line.startswith("2 ") and len(line.rstrip()) == _LENGTH:
                faults.append(f"{path.name}:{number}: a line 2 without its line 1")
            name, k = line.strip().removeprefix("0 "), k + 1
            continue
        second = lines[k + 1][1] if k + 1 < len(lines) else ""
        try:
            found.append(tle(line, second, name, f"TLE, {path.name}"))
        except ValueError as error:
            faults.append(f"{path.name}:{number}: {error}")
        name, k = "", k + 2
    if faults:
        raise DataError("\n".join(faults))
    if not found:
        raise DataError(f"{path.name} holds no two-line elements")
    return tuple(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read as text: {error}") from error


# -- OMM ----------------------------------------------------------------------------------

_NEEDED = (
    "EPOCH", "MEAN_MOTION", "ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER", "MEAN_ANOMALY", "NORAD_CAT_ID", "BSTAR",
)  # fmt: skip
_ASSUMED = {
    "CLASSIFICATION_TYPE": "U", "OBJECT_ID": "", "EPHEMERIS_TYPE": "0", "ELEMENT_SET_NO": "0",
    "REV_AT_EPOCH": "0", "MEAN_MOTION_DOT": "0", "MEAN_MOTION_DDOT": "0",
}  # fmt: skip
_FIXED = {
    "CENTER_NAME": "EARTH", "REF_FRAME": "TEME", "TIME_SYSTEM": "UTC",
    "MEAN_ELEMENT_THEORY": "SGP4",
}  # fmt: skip


def read_omm(path: Path) -> tuple[ElementSet, ...]:
    """Return the element sets of an OMM file: keyword, XML, JSON or CSV notation.

    Raises
    ------
    DataError
        With every fault of the file: keywords that are missing or cannot be read, another
        theory than SGP4, another frame than TEME.
    """
    text = _text(path)
    try:
        records = list(_records(text))
    except (ElementTree.ParseError, json.JSONDecodeError, AttributeError) as error:
        raise DataError(f"{path.name} cannot be read as an OMM: {error}") from error
    found, faults = [], []
    for place, record in enumerate(records, start=1):
        fields = {key: value for key, value in record.items() if value not in (None, "")}
        head = f"{path.name}: object {place} ({fields.get('OBJECT_NAME', 'unnamed')})"
        wrong = [f"{key} is missing" for key in _NEEDED if key not in fields]
        wrong += [
            f"{key} is {fields[key]}, only {value} is known"
            for key, value in _FIXED.items()
            if str(fields.get(key, value)).upper() not in (value, "SGP/SGP4")
        ]
        model = Satrec()
        if not wrong:
            fields = {**_ASSUMED, **fields, "EPOCH": _microseconds(str(fields["EPOCH"]))}
            try:
                initialize(model, fields)
            except (ValueError, TypeError) as error:
                wrong.append(str(error))
        if wrong:
            faults.append(f"{head}: {'; '.join(wrong)}")
            continue
        found.append(
            ElementSet.of(model, str(fields.get("OBJECT_NAME", "")), f"OMM, {path.name}")
        )
    if faults:
        raise DataError("\n".join(faults))
    if not found:
        raise DataError(f"{path.name} holds no OMM")
    return tuple(found)


def _records(text: str) -> Iterator[dict[str, Any]]:
    """Yield the keywords of each object in ``text``, whatever its notation."""
    start = text.lstrip()[:1]
    if start == "<":
        yield from parse_xml(io.StringIO(text))
    elif start in ("[", "{"):
        data = json.loads(text)
        yield from data if isinstance(data, list) else [data]
    elif "=" not in text.split("\n", 1)[0]:
        yield from csv.DictReader(io.StringIO(text))
    else:
        record: dict[str, Any] = {}
        for line in text.splitlines():
            key, equals, value = line.partition("=")
            if not equals or line.startswith("COMMENT"):
                continue
            if key.strip() == "CCSDS_OMM_VERS" and record:
                yield record
                record = {}
            record[key.strip()] = re.sub(r"\[.*?\]", "", value).strip()
        yield record


def _microseconds(epoch: str) -> str:
    """Return an epoch with six decimals, as the library reads it."""
    whole, _, fraction = epoch.strip().removesuffix("Z").partition(".")
    return f"{whole}.{fraction[:6]:0<6}"
