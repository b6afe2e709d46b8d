"""A trajectory from an SPK kernel: Chebyshev records as they are, states by Hermite pieces.

Types 2 and 3 (Chebyshev), 8 and 12 (states at equal steps), 9 and 13 (at any steps). Velocities
are the derivatives of positions: the velocity series of type 3 are not used, and the states of
types 8 and 9 are joined by Hermite polynomials through as many numbers as the Lagrange
polynomials that SPICE would take.

Format: NAIF, "SPK Required Reading" and "DAF Required Reading". [naif2022]
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from jplephem.daf import DAF
from numpy.typing import NDArray

from orbits.bodies import BODIES
from orbits.errors import DataError
from orbits.frames import Frame
from orbits.propagators.fitted import ChebyshevPieces
from orbits.propagators.tabulated import of_states
from orbits.trajectory import Trajectory, join

Array = NDArray[np.float64]

_CENTERS = {0: "ssb", 3: "emb"} | {body.naif_id: name for name, body in BODIES.items()}
_ICRF = 1  # SPICE's "J2000" axes are those of the ICRF
_SEAM = 1e-6  # s
_CHEBYSHEV, _EQUAL, _UNEQUAL = (2, 3), (8, 12), (9, 13)
_HERMITE = (12, 13)


@dataclass(frozen=True, eq=False, slots=True)
class _Segment:
    """One array of the file and its summary."""

    start: float
    stop: float
    target: int
    center: int
    axes: int
    kind: int
    words: Array


def read_spk(path: Path, target: int | None = None) -> Trajectory:
    """Return the trajectory that an SPK kernel holds for ``target``, in ICRF axes.

    Segments must follow each other without a gap or an overlap; each seam is a join.

    Parameters
    ----------
    path : Path
    target : int, optional
        NAIF identifier; may be left out where the kernel holds one spacecraft.

    Raises
    ------
    DataError
        If the file is no SPK, holds no or several such targets, leaves a gap, or has segments
        of another type, frame or centre than those known here.
    """
    segments = _segments(path)
    target = _target(segments, target, path.name)
    mine = sorted((s for s in segments if s.target == target), key=lambda s: s.start)
    parts: list[Trajectory] = []
    for segment in mine:
        parts.append(_trajectory(segment, path.name, parts[-1].span[1] if parts else None))
    return join(parts)


def _segments(path: Path) -> list[_Segment]:
    try:
        with path.open("rb") as file:
            daf = DAF(file)
            return [
                _Segment(t0, t1, target, center, axes, kind, np.array(daf.read_array(i, j)))
                for _, (t0, t1, target, center, axes, kind, i, j) in daf.summaries()
            ]
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} cannot be read as an SPK kernel: {error}") from error


def _target(segments: list[_Segment], target: int | None, file: str) -> int:
    held = sorted({s.target for s in segments})
    if target is not None:
        if target not in held:
            raise DataError(f"{file} holds no segment for {target}, only for {held}")
        return target
    craft = [x for x in held if x < 0] or held
    if len(craft) != 1:
        raise DataError(f"{file} holds {held}: name one of them as the target")
    return craft[0]


def _trajectory(segment: _Segment, file: str, begins: float | None) -> Trajectory:
    """Return the trajectory of a segment; ``begins`` is where the one before it ends, s."""
    if segment.axes != _ICRF:
        raise DataError(f"{file}: frame {segment.axes} is not known, only 1 (J2000, the ICRF)")
    if segment.center not in _CENTERS:
        raise DataError(f"{file}: centre {segment.center} is not known")
    frame = Frame(_CENTERS[segment.center], "ICRF")
    start = segment.start
    if begins is not None:
        if abs(start - begins) > _SEAM:
            raise DataError(
                f"{file}: a segment of {segment.target} begins {start - begins:.6f} s after "
                "the one before it ends; they must meet"
            )
        start = begins
    if segment.kind in _CHEBYSHEV:
        pieces = _chebyshev(segment)
        made = f"Chebyshev, type {segment.kind}"
    elif segment.kind in (*_EQUAL, *_UNEQUAL):
        t, states, nodes = _states(segment)
        try:
            table = of_states(t, states[:, :3], states[:, 3:], frame, file, nodes=nodes)
        except ValueError as error:
            raise DataError(f"{file}: segment of {segment.target}: {error}") from error
        pieces = cast(ChebyshevPieces, table.pieces)
        made = f"{table.provenance['interpolation']}, type {segment.kind}"
    else:
        raise DataError(
            f"{file}: segments of type {segment.kind} are not known, only 2, 3, 8, 9, 12 and 13"
        )
    first, last = pieces.edges[[0, -1]]
    if start < first - _SEAM or segment.stop > last + _SEAM:
        raise DataError(f"{file}: a segment of {segment.target} does not hold what it covers")
    pieces = pieces.between(start, segment.stop)
    provenance = {"source": file, "interpolation": made}
    return Trajectory(frame, pieces, np.empty(0), provenance)


def _chebyshev(segment: _Segment) -> ChebyshevPieces:
    """Return the records of type 2 or 3: middle, half length, x, y, z (and velocities)."""
    start, length, size, count = segment.words[-4:]
    records = segment.words[:-4].reshape(int(count), int(size))
    rows = 3 if segment.kind == 2 else 6
    series = 1e3 * records[:, 2:].reshape(int(count), rows, -1)[:, :3]
    missing = max(0, 3 - series.shape[2])
    edges = start + length * np.arange(count + 1.0)
    return ChebyshevPieces(edges, np.pad(series, ((0, 0), (0, 0), (0, missing))))


def _states(segment: _Segment) -> tuple[Array, Array, int]:
    """Return times (n,), states (n, 6) in m and m/s, and nodes of a polynomial."""
    words = segment.words
    count = int(words[-1])
    states = 1e3 * words[: 6 * count].reshape(count, 6)
    if segment.kind in _EQUAL:
        start, step, order = words[-4:-1]
        t = start + step * np.arange(count)
    else:
        order = words[-2]
        t = words[6 * count : 7 * count]
    # The file says the degree (Lagrange) or the states less one (Hermite).
    nodes = order + 1.0 if segment.kind in _HERMITE else 0.5 * (order + 1.0)
    return t, states, int(2 * np.ceil(0.5 * nodes))
