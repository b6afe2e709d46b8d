"""A trajectory given as a table of states, made continuous: CCSDS OEM files, CSV tables."""

import csv
import datetime
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from orbits import hermite
from orbits.almanac import FRAME_BIAS
from orbits.errors import DataError
from orbits.frames import CENTERS, Frame
from orbits.propagators.fitted import ChebyshevPieces
from orbits.time import SCALES, parse_t
from orbits.trajectory import Trajectory, join

Array = NDArray[np.float64]

_SEAM = 1e-6  # s; segments that meet may differ by their rounding (grain of t: 0.12 us)
NODES = 4  # states of a polynomial: degree 7
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_COLUMN = re.compile(r"(v?)([xyz])_(\w+?)_(icrf|gcrf|eme2000|j2000)_(km|km_s|m|m_s)")
_TO_ICRF = {"ICRF": np.eye(3), "GCRF": np.eye(3)} | dict.fromkeys(
    ("EME2000", "J2000"), FRAME_BIAS.T
)
_CENTERS = {"SOLAR SYSTEM BARYCENTER": "ssb", "EARTH BARYCENTER": "emb"} | {
    name.upper(): name for name in CENTERS
}
_TIMES = tuple(f"time_{scale.lower()}" for scale in SCALES)
_PAIR = re.compile(r"([A-Z_]+)\s*=\s*(.*?)\s*")
_DAY_OF_YEAR = re.compile(r"(\d{4}-\d{3})(T.*)")


@dataclass(eq=False)
class _Segment:
    """One segment as it is read."""

    metadata: dict[str, str] = field(default_factory=dict)
    instants: list[str] = field(default_factory=list)
    states: list[list[float]] = field(default_factory=list)


def of_states(
    t: Array, r: Array, v: Array, frame: Frame, source: str, *, nodes: int = NODES
) -> Trajectory:
    """Return the trajectory through states in ICRF axes, by Hermite polynomials.

    Each interval takes the polynomial through as many states on either side of it (at the
    ends, through the nearest). Positions and velocities at ``t`` are met exactly, velocities
    are the derivatives of positions, accelerations jump at ``t`` by the error of the table.

    Parameters
    ----------
    t : (n,) array, s
        TDB seconds past J2000, ascending, n >= ``nodes``.
    r, v : (n, 3) arrays, m and m/s
    frame : Frame
        With ICRF axes.
    source : str
        For the provenance.
    nodes : int
        Even; the degree is 2 ``nodes`` - 1.

    Raises
    ------
    ValueError
        If there are too few states, or times that do not ascend.
    """
    if len(t) < nodes:
        raise ValueError(f"a table needs at least {nodes} states, got {len(t)}")
    if not np.all(np.diff(t) > 0.0):
        late = int(np.flatnonzero(np.diff(t) <= 0.0)[0]) + 1
        raise ValueError(f"times must ascend; state {late + 1} is not after the one before it")
    window = hermite.windows_around(len(t), nodes)[:, None] + np.arange(nodes)
    z, newton = hermite.newton(t[window] - t[:-1, None], r[window], v[window])
    degree = 2 * nodes - 1
    x = -np.cos(np.pi * np.arange(degree + 1) / degree)
    values, _ = hermite.evaluate(z, newton, np.diff(t)[:, None] * (0.5 + 0.5 * x))
    to_series = np.linalg.inv(chebyshev.chebvander(x, degree))
    pieces = ChebyshevPieces(np.array(t), np.einsum("kj,njc->nck", to_series, values))
    interpolation = f"Hermite, degree {degree}"
    provenance = {"source": source, "states": len(t), "interpolation": interpolation}
    return Trajectory(frame, pieces, np.empty(0), provenance)


def read_oem(path: Path) -> Trajectory:
    """Return the trajectory that a CCSDS OEM file holds, KVN or XML, in ICRF axes.

    Segments must follow each other without a gap; each seam is a join. The interpolation
    that the file names is not used: see ``of_states``. Covariances are left to
    ``covariances.read_covariances``.

    Raises
    ------
    DataError
        If the file is not an OEM, or its axes (other than ICRF, GCRF, EME2000), centre or
        time scale are not known; with file and line.

    References
    ----------
    CCSDS 502.0-B-3, sec. 5.2. [ccsds502]
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read as an OEM text: {error}") from error
    lines = text.splitlines()
    if text.lstrip().startswith("<"):
        segments = _xml_segments(text, path.name)
    elif lines and lines[0].startswith("CCSDS_OEM_VERS"):
        segments = _segments(lines, path.name)
    else:
        raise DataError(f"{path.name}:1: an OEM file begins with CCSDS_OEM_VERS")
    parts: list[Trajectory] = []
    for segment in segments:
        parts.append(_trajectory(segment, path.name, parts[-1].span[1] if parts else None))
    if not parts:
        raise DataError(f"{path.name} holds no segment; an OEM has META_START ... META_STOP")
    return join(parts)


def _segments(lines: list[str], file: str) -> list[_Segment]:
    segments: list[_Segment] = []
    room = "header"
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line or line.startswith("COMMENT"):
            continue
        if line == "META_START":
            segments.append(_Segment())
            room = "metadata"
        elif line in ("META_STOP", "COVARIANCE_STOP"):
            room = "states"
        elif line == "COVARIANCE_START":
            room = "covariance"
        elif room == "metadata":
            pair = _PAIR.fullmatch(line)
            if pair is None:
                raise DataError(f"{file}:{number}: expected KEYWORD = value, got {line!r}")
            segments[-1].metadata[pair[1]] = pair[2]
        elif room == "states":
            instant, *numbers = line.split()
            # Accelerations, where they are given, are not used.
            words = numbers[:6] if len(numbers) == 9 else numbers
            segments[-1].instants.append(instant)
            segments[-1].states.append(_numbers(words, f"{file}:{number}"))
    return segments


def _xml_segments(text: str, file: str) -> list[_Segment]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DataError(f"{file}: an OEM declares no document type; take the declaration away")
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise DataError(f"{file}: not well-formed XML: {error}") from error
    found = [e for e in root.iter() if _tag(e) == "oem"]
    if not found:
        raise DataError(f"{file}: an OEM in XML has an element oem, this is <{_tag(root)}>")
    segments: list[_Segment] = []
    for element in (e for one in found for e in one.iter() if _tag(e) == "segment"):
        segment = _Segment()
        segments.append(segment)
        for part in element.iter():
            if _tag(part) == "metadata":
                segment.metadata |= {_tag(e): (e.text or "").strip() for e in part}
            elif _tag(part) == "stateVector":
                words = {_tag(e): (e.text or "").strip() for e in part}
                place = f"{file}: state {len(segment.states) + 1}"
                missing = [key for key in ("EPOCH", *_STATE) if key not in words]
                if missing:
                    raise DataError(f"{place} lacks {', '.join(missing)}")
                segment.instants.append(words["EPOCH"])
                segment.states.append(_numbers([words[key] for key in _STATE], place))
    return segments


def _tag(element: ElementTree.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _numbers(words: list[str], place: str) -> list[float]:
    """Return six finite numbers; ``DataError`` names the place."""
    try:
        state = [float(word) for word in words]
    except ValueError as error:
        raise DataError(f"{place}: {error}") from None
    if len(state) != 6 or not np.all(np.isfinite(state)):
        raise DataError(f"{place}: a state is an instant and 6 or 9 finite numbers")
    return state


def _trajectory(segment: _Segment, file: str, begins: float | None) -> Trajectory:
    """Return the trajectory of a segment; ``begins`` is where the one before it ends, s."""
    words = segment.metadata
    missing = [key for key in ("CENTER_NAME", "REF_FRAME", "TIME_SYSTEM") if key not in words]
    if missing:
        raise DataError(f"{file}: the metadata lack {', '.join(missing)}")
    center, axes, scale = words["CENTER_NAME"], words["REF_FRAME"], words["TIME_SYSTEM"]
    known = (("CENTER_NAME", center.upper(), _CENTERS), ("REF_FRAME", axes, _TO_ICRF))
    for key, value, table in (*known, ("TIME_SYSTEM", scale, SCALES)):
        if value not in table:
            raise DataError(f"{file}: {key} = {value} is not known; one of {', '.join(table)}")
    try:
        t = np.array([parse_t(f"{calendar_date(text)} {scale}") for text in segment.instants])
        if begins is not None and len(t):
            if abs(t[0] - begins) > _SEAM:
                raise DataError(
                    f"{file}: a segment begins {t[0] - begins:.6f} s after the one before it "
                    "ends; they must meet"
                )
            t[0] = begins
        states = 1e3 * np.array(segment.states).reshape(-1, 2, 3)  # km, km/s
        states = states @ _TO_ICRF[axes].T
        frame = Frame(_CENTERS[center.upper()], "ICRF")
        return of_states(t, states[:, 0], states[:, 1], frame, file)
    except ValueError as error:
        raise DataError(f"{file}: {error}") from error


def read_states(path: Path) -> Trajectory:
    """Return the trajectory of a CSV table of states, in ICRF axes, by ``of_states``.

    The first line names the columns: ``time_utc`` (or ``time_tai``, ``time_tt``,
    ``time_tdb``), and six such as ``x_moon_icrf_km`` and ``vx_moon_icrf_km_s`` (or ``_m``,
    ``_m_s``), which tell centre, axes and units; other columns are not read. Where two rows
    stand within a microsecond, the velocity may jump.

    Raises
    ------
    DataError
        If columns are missing, disagree or hold anything but instants and finite numbers;
        with file and line.
    """
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} cannot be read as a CSV table: {error}") from error
    scale, center, axes, places, factors = _columns(rows[0] if rows else [], path.name)
    words = {"CENTER_NAME": center, "REF_FRAME": axes, "TIME_SYSTEM": scale}
    segments, before = [_Segment(words)], -np.inf
    for number, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        place = f"{path.name}:{number}"
        if len(row) <= max(places):
            raise DataError(f"{place}: {len(row)} columns, at least {max(places) + 1} needed")
        state = np.array(_numbers([row[k] for k in places[1:]], place)) * factors
        try:
            t = parse_t(f"{calendar_date(row[places[0]])} {scale}")
        except ValueError as error:
            raise DataError(f"{place}: {error}") from None
        if abs(t - before) < _SEAM and segments[-1].states:
            segments.append(_Segment(words))
        segments[-1].instants.append(row[places[0]])
        segments[-1].states.append(state.tolist())
        before = t
    parts: list[Trajectory] = []
    for segment in segments:
        parts.append(_trajectory(segment, path.name, parts[-1].span[1] if parts else None))
    return join(parts)


def _columns(head: list[str], file: str) -> tuple[str, str, str, list[int], list[float]]:
    """Return scale, centre, axes, the places of instant and state, and factors to km."""
    times = [name for name in head if name.lower() in _TIMES]
    if len(times) != 1:
        raise DataError(
            f"{file}:1: one column must be the instant, {' or '.join(_TIMES)}; got {times}"
        )
    found = {}
    for place, name in enumerate(head):
        match = _COLUMN.fullmatch(name.strip().lower())
        if match:
            found[match[1] + match[2]] = (place, match[3], match[4], match[5])
    keys = ("x", "y", "z", "vx", "vy", "vz")
    missing = [key for key in keys if key not in found]
    where = {found[key][1:3] for key in keys if key in found}
    if missing or len(where) != 1:
        raise DataError(
            f"{file}:1: the columns of a state are x_CENTRE_AXES_km ... vz_CENTRE_AXES_km_s of "
            f"one centre and axes (icrf, eme2000); "
            + (f"{', '.join(missing)} missing" if missing else f"got {sorted(where)}")
        )
    center, axes = where.pop()
    factors = [1e-3 if found[key][3] in ("m", "m_s") else 1.0 for key in keys]
    places = [head.index(times[0]), *(found[key][0] for key in keys)]
    return times[0].lower()[5:].upper(), center, axes.upper(), places, factors


def calendar_date(text: str) -> str:
    """Return an instant with a calendar date, from one that may count the days of a year."""
    text = text.removesuffix("Z")
    day = _DAY_OF_YEAR.fullmatch(text)
    if day is None:
        return text
    date = datetime.datetime.strptime(day[1], "%Y-%j").date()
    return f"{date.isoformat()}{day[2]}"
