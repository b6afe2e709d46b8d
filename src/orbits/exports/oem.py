"""CCSDS OEM files: states between which a Hermite polynomial keeps to 0.2 mm of the path.

Format: CCSDS 502.0-B-3, "Orbit Data Messages", section 5; its XML: 505.0-B-3. [ccsds502]
[ccsds505]
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Ephemeris, legs
from orbits.exports.ndm import (
    NOTATIONS,
    Block,
    Entry,
    Message,
    Segment,
    checked,
    identity,
    instants,
)
from orbits.exports.nodes import NODES, nodes

Array = NDArray[np.float64]

_AXES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_UNITS = ("km", "km", "km", "km/s", "km/s", "km/s")


def write_oem(
    path: str | Path,
    trajectory: Ephemeris,
    *,
    name: str,
    object_id: str,
    scale: Literal["TDB", "UTC"] = "TDB",
    notation: Literal["kvn", "xml"] = "kvn",
    comments: tuple[str, ...] = (),
) -> float:
    """Return the largest error, m, of interpolating the OEM written to ``path``.

    The file names HERMITE of degree 7. Nodes stand as close as that needs: see nodes.py. Where
    the velocity jumps, a new segment begins.

    Parameters
    ----------
    trajectory
        ICRF axes about a body; m, m/s, TDB s past J2000.
    name, object_id : str
        OBJECT_NAME and OBJECT_ID (international designator where there is one).
    scale : "TDB" or "UTC"
        TIME_SYSTEM of the file.
    notation : "kvn" or "xml"
    comments : lines of ASCII text
        Provenance, in the header.

    Raises
    ------
    ExportError
        If the axes are not ICRF, a text is not ASCII, or nodes 0.1 s apart still miss
        0.2 mm (a jump in the trajectory).

    References
    ----------
    CCSDS 502.0-B-3, sec. 5.2. [ccsds502]
    """
    if scale not in ("TDB", "UTC"):
        raise ValueError(f"scale must be TDB or UTC, got {scale!r}")
    metadata = identity(trajectory, name, object_id, scale, "OEM")
    checked(name, comments, object_id, kind="OEM")
    segments, errors = [], []
    for leg in legs(trajectory):
        t, error = nodes(trajectory, leg, name)
        segments.append(_segment(trajectory, t, metadata, scale))
        errors.append(error)
    write_text(path, NOTATIONS[notation](Message("OEM", comments, segments)))
    return max(errors)


def _segment(trajectory: Ephemeris, t: Array, metadata: list[Entry], scale: str) -> Segment:
    """Return one segment with the states at ``t``."""
    texts = instants(t, scale)
    span: list[Entry] = [
        ("START_TIME", texts[0], None),
        ("STOP_TIME", texts[-1], None),
        ("INTERPOLATION", "HERMITE", None),
        ("INTERPOLATION_DEGREE", str(2 * NODES - 1), None),
    ]
    return Segment([*metadata, *span], list(_states(trajectory, t, texts)))


def _states(trajectory: Ephemeris, t: Array, texts: list[str]) -> Iterator[Block]:
    states = np.hstack([trajectory.position(t), trajectory.velocity(t)]) / 1e3  # km, km/s
    for instant, state in zip(texts, states.tolist(), strict=True):
        numbers = [f"{x:.9f}" for x in state[:3]] + [f"{x:.12f}" for x in state[3:]]
        yield Block(
            "stateVector",
            [("EPOCH", instant, None), *zip(_AXES, numbers, _UNITS, strict=True)],
        )
