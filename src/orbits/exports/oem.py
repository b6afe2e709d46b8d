"""CCSDS OEM files: states between which a Hermite polynomial keeps to 0.2 mm of the path.

Format: CCSDS 502.0-B-3, "Orbit Data Messages", section 5, keyword notation. [ccsds502]
"""

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from orbits import hermite
from orbits.errors import ExportError
from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Ephemeris, legs
from orbits.mission.provenance import created_utc
from orbits.time import utc_iso

Array = NDArray[np.float64]

_J2000 = np.datetime64("2000-01-01T12:00:00", "ns")  # TDB
NODES = 4  # states of a polynomial: degree 7
_LONGEST = 10_800.0  # s, first guess of the spacing
_SHORTEST = 0.1  # s; nodes that must stand closer hide a jump
_BETWEEN = np.array([0.13, 0.5, 0.87])  # parts of an interval where the error is measured
_TURN = 0.7  # rad of direction in one interval, at most
_CENTERS = {"ssb": "SOLAR SYSTEM BARYCENTER", "emb": "EARTH BARYCENTER"}


def write_oem(
    path: str | Path,
    trajectory: Ephemeris,
    *,
    name: str,
    object_id: str,
    scale: Literal["TDB", "UTC"] = "TDB",
    comments: tuple[str, ...] = (),
    tolerance: float = 2e-4,
) -> float:
    """Return the largest error, m, of interpolating the OEM written to ``path``.

    The file names HERMITE of degree 7. Nodes stand as close as that needs: intervals are
    halved until the polynomial through the four nearest states is within ``tolerance`` of
    the trajectory, and no interval is more than twice its neighbour. Where the velocity
    jumps, a new segment begins.

    Parameters
    ----------
    trajectory
        ICRF axes about a body; m, m/s, TDB s past J2000.
    name, object_id : str
        OBJECT_NAME and OBJECT_ID (international designator where there is one).
    scale : "TDB" or "UTC"
        TIME_SYSTEM of the file.
    comments : lines of ASCII text
        Provenance, in the header.
    tolerance : float, m

    Raises
    ------
    ExportError
        If the axes are not ICRF, a text is not ASCII, or nodes 0.1 s apart still miss the
        tolerance (a jump in the trajectory).

    References
    ----------
    CCSDS 502.0-B-3, sec. 5.2. [ccsds502]
    """
    if scale not in ("TDB", "UTC"):
        raise ValueError(f"scale must be TDB or UTC, got {scale!r}")
    if trajectory.frame.axes != "ICRF":
        raise ExportError(
            f"an OEM of {name} needs ICRF axes, but it is in {trajectory.frame.axes}; "
            "convert the trajectory first"
        )
    for text in (name, object_id, *comments):
        if not text.isascii() or "\n" in text:
            raise ExportError(f"names and comments of an OEM are ASCII lines, got {text!r}")
    center = trajectory.frame.center
    metadata = [
        f"OBJECT_NAME = {name}",
        f"OBJECT_ID = {object_id}",
        f"CENTER_NAME = {_CENTERS.get(center, center.upper())}",
        "REF_FRAME = ICRF",
        f"TIME_SYSTEM = {scale}",
    ]
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        *(f"COMMENT {line}" for line in comments),
        f"CREATION_DATE = {created_utc().removesuffix('Z')}",
        "ORIGINATOR = ORBITS",
    ]
    errors = []
    for leg in legs(trajectory):
        t, error = nodes(trajectory, leg, tolerance, name)
        lines += ["", *_segment(trajectory, t, metadata, scale)]
        errors.append(error)
    write_text(path, "\n".join(lines) + "\n")
    return max(errors)


def _segment(trajectory: Ephemeris, t: Array, metadata: list[str], scale: str) -> list[str]:
    """Return the lines of one segment with the states at ``t``."""
    instants = _texts(t, scale)
    states = np.hstack([trajectory.position(t), trajectory.velocity(t)]) / 1e3  # km, km/s
    return [
        "META_START",
        *metadata,
        f"START_TIME = {instants[0]}",
        f"STOP_TIME = {instants[-1]}",
        "INTERPOLATION = HERMITE",
        f"INTERPOLATION_DEGREE = {2 * NODES - 1}",
        "META_STOP",
        "",
        *(
            f"{instant} {x:.9f} {y:.9f} {z:.9f} {vx:.12f} {vy:.12f} {vz:.12f}"
            for instant, (x, y, z, vx, vy, vz) in zip(instants, states.tolist(), strict=True)
        ),
    ]


def nodes(
    trajectory: Ephemeris, leg: tuple[float, float], tolerance: float, name: str
) -> tuple[Array, float]:
    """Return times (n,) whose states carry a leg to ``tolerance`` m, and the error, m."""
    t0, t1 = leg
    t = np.linspace(t0, t1, max(NODES, int(np.ceil((t1 - t0) / _LONGEST)) + 1))
    while True:
        errors, turns = _intervals(trajectory, t)
        step = np.diff(t)
        wide = (errors > tolerance) | (turns > _TURN)
        neighbour = np.minimum(np.append(step[1:], np.inf), np.append(np.inf, step[:-1]))
        split = wide | (step > 2.01 * neighbour)
        if not split.any():
            return t, float(np.max(errors))
        if np.min(step[split]) < _SHORTEST:
            raise ExportError(
                f"states {np.min(step):.2g} s apart leave {name} {np.max(errors):.3g} m off, "
                f"more than {tolerance:g} m; the trajectory jumps where it names no join: "
                "repair it, or give a larger tolerance"
            )
        t = np.sort(np.concatenate([t, t[:-1][split] + 0.5 * step[split]]))


def _intervals(trajectory: Ephemeris, t: Array) -> tuple[Array, Array]:
    """Return for each interval the error of interpolation, m, and its turn, rad."""
    first = hermite.windows_around(len(t), NODES)
    window = first[:, None] + np.arange(NODES)
    origin = t[first][:, None]
    r, v = trajectory.position(t), trajectory.velocity(t)
    z, coefficients = hermite.newton(t[window] - origin, r[window], v[window])
    between = t[:-1, None] + np.diff(t)[:, None] * _BETWEEN
    here, rate = hermite.evaluate(z, coefficients, between - origin)
    there = trajectory.position(between.ravel()).reshape(here.shape)
    errors = np.max(np.linalg.norm(here - there, axis=2), axis=1)
    turning = np.linalg.norm(np.cross(there, rate), axis=2) / np.sum(there**2, axis=2)
    return errors, np.max(turning, axis=1) * np.diff(t)


def _texts(t: Array, scale: str) -> list[str]:
    """Return ISO 8601 texts to a nanosecond in ``scale``, without a zone as the format asks."""
    if scale == "UTC":
        return [text.removesuffix("Z") for text in utc_iso(t, digits=9)]
    nanoseconds = np.rint(t * 1e9).astype("timedelta64[ns]")
    return np.datetime_as_string(_J2000 + nanoseconds).tolist()
