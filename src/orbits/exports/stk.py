"""STK files: ephemerides (``.e``) and interval lists (``.int``).

Format: Ansys, STK Help, "Ephemeris File Format (*.e)" and "Interval File Format (*.int)".
[stk2024]
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from orbits.errors import ExportError
from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Ephemeris, legs
from orbits.exports.nodes import NODES, nodes
from orbits.time import duration, parse_t, utc_iso

if TYPE_CHECKING:
    from orbits.windows import Windows

POINTS = 90  # a revolution, at least: what STK expects of an orbiting object
_VERSION = "stk.v.12.0"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def write_stk_ephemeris(
    path: str | Path, trajectory: Ephemeris, *, name: str, comments: tuple[str, ...] = ()
) -> float:
    """Return the largest error, m, of interpolating the ``.e`` file written to ``path``.

    Positions and velocities in m and m/s, ICRF axes about the centre, in SI seconds from the
    ScenarioEpoch (UTC, the start to a millisecond). Hermite through 4
    states, which stand as close as 0.2 mm asks for and at most 4 degrees of direction apart.
    Where the velocity jumps, a segment boundary stands, with a state on either side.

    Raises
    ------
    ExportError
        If the axes are not ICRF, the centre is no body, or the path jumps where it names no
        join.

    References
    ----------
    STK Help, "Ephemeris File Format (*.e)". [stk2024]
    """
    if trajectory.frame.axes != "ICRF" or trajectory.frame.center in ("ssb", "emb"):
        raise ExportError(
            f"an STK ephemeris of {name} needs ICRF axes about a body, but it is in "
            f"{trajectory.frame.axes} about {trajectory.frame.center}; convert it first"
        )
    parts, errors = [], []
    for leg in legs(trajectory):
        t, error = nodes(trajectory, leg, name, turn=2.0 * math.pi / POINTS)
        parts.append(t)
        errors.append(error)
    epoch = str(utc_iso(trajectory.span[0], 3))
    origin = parse_t(epoch)
    lines = [_VERSION, *(f"# {line}" for line in comments)]
    lines += [
        "BEGIN Ephemeris",
        f"NumberOfEphemerisPoints {sum(map(len, parts))}",
        f"ScenarioEpoch {_gregorian(epoch)}",
        "InterpolationMethod Hermite",
        f"InterpolationSamplesM1 {NODES - 1}",
        f"CentralBody {trajectory.frame.center.capitalize()}",
        "CoordinateSystem ICRF",
        "DistanceUnit Meters",
    ]
    if len(parts) > 1:
        seams = [f"{float(duration(origin, t[0])):.7f}" for t in parts[1:]]
        lines += ["BEGIN SegmentBoundaryTimes", *seams, "END SegmentBoundaryTimes"]
    lines.append("EphemerisTimePosVel")
    for t in parts:
        rows = np.column_stack(
            [duration(origin, t), trajectory.position(t), trajectory.velocity(t)]
        )
        lines += [
            f"{s:.7f} {x:.6f} {y:.6f} {z:.6f} {vx:.9f} {vy:.9f} {vz:.9f}"
            for s, x, y, z, vx, vy, vz in rows.tolist()
        ]
    write_text(path, "\n".join([*lines, "END Ephemeris"]) + "\n")
    return max(errors)


def intervals_text(windows: "Windows", *, comments: Sequence[str] = ()) -> str:
    """Return windows as an STK interval list: UTC to a millisecond.

    References
    ----------
    STK Help, "Interval File Format (*.int)". [stk2024]
    """
    starts, stops = (list(utc_iso(t, 3)) for t in (windows.start, windows.stop))
    lines = [
        _VERSION,
        *(f"# {line}" for line in comments),
        "BEGIN IntervalList",
        "DateUnitAbrv UTCG",
        "BEGIN Intervals",
        *(f'"{_gregorian(a)}" "{_gregorian(b)}"' for a, b in zip(starts, stops, strict=True)),
        "END Intervals",
        "END IntervalList",
    ]
    return "\n".join(lines) + "\n"


def _gregorian(iso: str) -> str:
    """Return UTC as STK writes it: ``31 May 2024 00:00:00.000``."""
    date, time = iso.removesuffix("Z").split("T")
    year, month, day = date.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year} {time}"
