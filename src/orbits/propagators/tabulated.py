"""A trajectory given as a table of states, such as a CCSDS OEM file, made continuous."""

import datetime
import re
from dataclasses import dataclass, field
from pathlib import Path

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
_TO_ICRF = {"ICRF": np.eye(3), "GCRF": np.eye(3)} | dict.fromkeys(
    ("EME2000", "J2000"), FRAME_BIAS.T
)
_CENTERS = {"SOLAR SYSTEM BARYCENTER": "ssb", "EARTH BARYCENTER": "emb"} | {
    name.upper(): name for name in CENTERS
}
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
    """Return the trajectory that a CCSDS OEM file in keyword notation holds, in ICRF axes.

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
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read as an OEM text: {error}") from error
    if not lines or not lines[0].startswith("CCSDS_OEM_VERS"):
        raise DataError(f"{path.name}:1: an OEM file begins with CCSDS_OEM_VERS")
    parts: list[Trajectory] = []
    for segment in _segments(lines, path.name):
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
            try:
                state = [float(word) for word in numbers[:6]]
            except ValueError as error:
                raise DataError(f"{file}:{number}: {error}") from None
            if len(numbers) not in (6, 9) or not np.all(np.isfinite(state)):
                raise DataError(
                    f"{file}:{number}: a state is an instant and 6 or 9 finite numbers"
                )
            segments[-1].instants.append(instant)
            segments[-1].states.append(state)
    return segments


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


def calendar_date(text: str) -> str:
    """Return an instant with a calendar date, from one that may count the days of a year."""
    text = text.removesuffix("Z")
    day = _DAY_OF_YEAR.fullmatch(text)
    if day is None:
        return text
    date = datetime.datetime.strptime(day[1], "%Y-%j").date()
    return f"{date.isoformat()}{day[2]}"
