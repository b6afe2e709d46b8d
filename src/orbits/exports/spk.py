"""SPK files: Chebyshev series (types 2, 3) for all readers, Hermite states (13) for SPICE.

Format: NAIF, "SPK Required Reading" (types 2, 3 and 13) and "DAF Required Reading". [naif2022]
"""

import math
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from jplephem.daf import DAF, FTPSTR
from numpy.polynomial import chebyshev

from orbits.bodies import BODIES
from orbits.errors import ExportError
from orbits.exports.atomic import write_bytes
from orbits.exports.ephemeris import Ephemeris, legs
from orbits.exports.nodes import NODES, nodes

DEGREE = 15  # of the series: half-hour records carry the perilune of a 24 h lunar orbit
SHORTEST = 1.0  # s; a record that must be shorter than this hides a jump
_J2000 = 1  # frame code of SPICE; its "J2000" axes are those of the ICRF
_RECORD = 1024  # bytes
_CENTERS = {"ssb": 0, "emb": 3} | {name: body.naif_id for name, body in BODIES.items()}


@dataclass(frozen=True, slots=True)
class _Records:
    """Chebyshev series of equal length in time; ``values`` is (record, axis, coefficient)."""

    start: float
    length: float
    values: np.ndarray


def write_spk(
    path: str | Path,
    trajectory: Ephemeris,
    *,
    target_id: int,
    name: str,
    kind: Literal[2, 3, 13] = 2,
    comments: tuple[str, ...] = (),
    tolerance: float = 5e-3,
) -> float:
    """Return the largest position error, m, of the SPK file written to ``path``.

    Types 2 and 3: the trajectory is interpolated at Chebyshev points, ends included, so the
    series join without a step; where the velocity jumps, a new segment begins. Records of a
    segment are of one length, shortened until the error, measured at points between those of
    the fit, is within ``tolerance``. Type 13, which SPICE reads but Skyfield and jplephem do
    not: states as close as Hermite polynomials of degree 7 need to keep to ``tolerance``.

    Parameters
    ----------
    trajectory
        ICRF axes about a body that has a NAIF identifier; m, m/s, TDB s past J2000.
    target_id : int
        NAIF identifier of the spacecraft, negative by custom.
    name : str
        Name of the segment, ASCII, cut to 40 characters.
    kind : 2, 3 or 13
        2 holds positions and readers differentiate them; 3 holds velocities too; 13 states.
    comments : lines of ASCII text
        Provenance, for the comment area.
    tolerance : float, m

    Raises
    ------
    ExportError
        If the axes are not ICRF, the centre has no identifier, a text is not ASCII, or
        records of 1 s still miss the tolerance (a jump in the trajectory).

    References
    ----------
    SPK Required Reading, sec. "Type 2", "Type 3" and "Type 13". [naif2022]
    """
    if kind not in (2, 3, 13):
        raise ValueError(f"kind must be 2, 3 or 13, got {kind}")
    if trajectory.frame.axes != "ICRF":
        raise ExportError(
            f"an SPK of {name} needs ICRF axes, but it is in {trajectory.frame.axes}; "
            "convert the trajectory first"
        )
    center = trajectory.frame.center
    if center not in _CENTERS:
        raise ExportError(f"{center!r} has no NAIF identifier; one of {', '.join(_CENTERS)}")
    segments, errors = [], []
    for leg in legs(trajectory):
        make = _hermite if kind == 13 else _chebyshev
        words, error = make(trajectory, leg, tolerance, name, kind)
        summary = (*leg, target_id, _CENTERS[center], _J2000, kind)
        segments.append((summary, words))
        errors.append(error)
    write_bytes(path, _file(name, segments, comments))
    return max(errors)


def _chebyshev(
    trajectory: Ephemeris, leg: tuple[float, float], tolerance: float, name: str, kind: int
) -> tuple[np.ndarray, float]:
    """Return the words of a segment of type 2 or 3, and the error, m."""
    position, error = _fit(trajectory, leg, tolerance, name)
    blocks = position.values
    if kind == 3:
        velocity = _interpolate(trajectory.velocity, leg, len(blocks))
        blocks = np.concatenate([blocks, velocity], axis=1)
    return _segment(position, blocks), error


def _hermite(
    trajectory: Ephemeris, leg: tuple[float, float], tolerance: float, name: str, _: int
) -> tuple[np.ndarray, float]:
    """Return the words of a segment of type 13, and the error, m.

    States, their times, every hundredth time as a directory, states of a polynomial less one,
    count.
    """
    t, error = nodes(trajectory, leg, name, tolerance=tolerance)
    states = np.hstack([trajectory.position(t), trajectory.velocity(t)]) / 1e3  # SPK is in km
    directory = t[99:-1:100]
    return np.concatenate([states.ravel(), t, directory, [NODES - 1, len(t)]]), error


def _fit(
    trajectory: Ephemeris, leg: tuple[float, float], tolerance: float, name: str
) -> tuple[_Records, float]:
    t0, t1 = leg
    count = max(1, math.ceil((t1 - t0) / _first_length(trajectory, leg)))
    while (t1 - t0) / count >= SHORTEST or count == 1:
        length = (t1 - t0) / count
        values = _interpolate(trajectory.position, leg, count)
        between = _points(2 * DEGREE)[1::2]  # half way between the points of the fit
        t = _times(t0, length, count, between)
        there = trajectory.position(np.clip(t.ravel(), t0, t1)).reshape(*t.shape, 3)
        here = np.einsum("raj,pj->rpa", values, chebyshev.chebvander(between, DEGREE))
        error = float(np.max(np.linalg.norm(here - there, axis=-1)))
        if error <= tolerance:
            return _Records(t0, length, values), error
        count = math.ceil(1.5 * count)
    raise ExportError(
        f"records of {length:.3g} s leave {name} {error:.3g} m off, more than {tolerance:g} m; "
        "the trajectory jumps where it names no join: repair it, or give a larger tolerance"
    )


def _first_length(trajectory: Ephemeris, leg: tuple[float, float]) -> float:
    """Return the time in which the direction turns by four radians where it turns fastest."""
    t = np.linspace(*leg, 2001)
    r, v = trajectory.position(t), trajectory.velocity(t)
    turning = np.linalg.norm(np.cross(r, v), axis=1) / np.einsum("ij,ij->i", r, r)
    return 4.0 / max(float(np.max(turning)), 1.0 / (t[-1] - t[0]))


def _points(degree: int) -> np.ndarray:
    """Return the extrema of the Chebyshev polynomial of ``degree``, from -1 to 1."""
    return -np.cos(np.pi * np.arange(degree + 1) / degree)


def _times(start: float, length: float, count: int, s: np.ndarray) -> np.ndarray:
    """Return times (record, point) of the points ``s`` of [-1, 1] in each record."""
    middle = start + length * (np.arange(count) + 0.5)
    return middle[:, None] + 0.5 * length * s


def _interpolate(function, leg: tuple[float, float], count: int) -> np.ndarray:
    """Return the series (record, axis, coefficient) through the values at the extrema."""
    points = _points(DEGREE)
    t = _times(leg[0], (leg[1] - leg[0]) / count, count, points)
    values = function(np.clip(t.ravel(), *leg)).reshape(*t.shape, 3)
    inverse = np.linalg.inv(chebyshev.chebvander(points, DEGREE))
    return np.einsum("jp,rpa->raj", inverse, values)


def _segment(records: _Records, blocks: np.ndarray) -> np.ndarray:
    """Return the words of a segment: records, then start, length, record size and count."""
    count = len(blocks)
    middle = _times(records.start, records.length, count, np.zeros(1))
    half = np.full((count, 1), 0.5 * records.length)
    rows = np.hstack([middle, half, blocks.reshape(count, -1) / 1e3])  # SPK is in km
    directory = [records.start, records.length, rows.shape[1], count]
    return np.concatenate([rows.ravel(), directory])


def _file(
    name: str, segments: list[tuple[tuple, np.ndarray]], comments: tuple[str, ...]
) -> bytes:
    """Return the whole file: file record, comments, summaries, names, the words."""
    for text in (name, *comments):
        if not text.isascii():
            raise ExportError(f"names and comments of an SPK are ASCII, got {text!r}")
    area = "".join(f"{line}\0" for line in comments).encode() + b"\4"
    chunks = [area[i : i + 1000].ljust(_RECORD, b"\0") for i in range(0, len(area), 1000)]
    first = 2 + len(chunks)  # number of the summary record, counted from 1
    free = (first + 1) * _RECORD // 8 + 1
    head = b"".join(
        [
            b"DAF/SPK ",
            np.array([2, 6], "<i4").tobytes(),  # two doubles and six integers in a summary
            b"orbits".ljust(60),
            np.array([first, first, free], "<i4").tobytes(),
            b"LTL-IEEE",
            bytes(603),
            FTPSTR,
            bytes(297),
        ]
    )
    out = BytesIO(head + b"".join(chunks) + bytes(_RECORD) + b" " * _RECORD)
    daf = DAF(out)
    for summary, words in segments:
        daf.add_array(name.encode()[:40], (*summary, 0, 0), words)
    data = out.getvalue()
    return data.ljust(-(-len(data) // _RECORD) * _RECORD, b"\0")  # whole records, as SPICE asks
