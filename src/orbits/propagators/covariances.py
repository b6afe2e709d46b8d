"""Covariances that a CCSDS OEM file carries beside its states."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import FRAME_BIAS
from orbits.errors import DataError
from orbits.propagators.tabulated import calendar_date
from orbits.time import SCALES, parse_t

Array = NDArray[np.float64]

_TO_ICRF = {"ICRF": np.eye(3), "GCRF": np.eye(3)} | dict.fromkeys(
    ("EME2000", "J2000"), FRAME_BIAS.T
)
_LOCAL = ("RTN", "RSW")


@dataclass(frozen=True, eq=False, slots=True)
class Covariance:
    """One covariance of a file.

    Attributes
    ----------
    t : float, s
        TDB seconds past J2000.
    axes : str
        "icrf", or "rtn": radial, along track, cross track.
    matrix : (6, 6) array, m2, m2/s, m2/s2
    """

    t: float
    axes: str
    matrix: Array


def read_covariances(path: Path) -> tuple[Covariance, ...]:
    """Return the covariances of an OEM file in keyword notation, in the order of the file.

    Raises
    ------
    DataError
        If the file cannot be read, or a covariance has another frame than ICRF, GCRF, EME2000,
        RTN (RSW), too few terms, or no epoch; with file and line.

    References
    ----------
    CCSDS 502.0-B-3, sec. 5.2.5. [ccsds502]
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read as an OEM text: {error}") from error
    words: dict[str, str] = {}
    found: list[Covariance] = []
    rows: list[list[float]] = []
    room = ""
    for number, raw in enumerate(lines, start=1):
        line, where = raw.strip(), f"{path.name}:{number}"
        if not line or line.startswith("COMMENT"):
            continue
        if line.endswith(("_START", "_STOP")):
            if rows:
                raise DataError(f"{where}: the covariance ends after {len(rows)} of 6 lines")
            if line == "META_START":
                words = {}
            elif line == "COVARIANCE_START":
                words = _of_segment(words)
            room = line.removesuffix("_START")
        elif room in ("META", "COVARIANCE") and "=" in line:
            key, _, value = line.partition("=")
            words[key.strip()] = value.strip()
        elif room == "COVARIANCE":
            rows.append(_numbers(line, len(rows) + 1, where))
            if len(rows) == 6:
                found.append(_covariance(rows, words, where))
                rows = []
                words = _of_segment(words)
    return tuple(found)


def _of_segment(words: dict[str, str]) -> dict[str, str]:
    return {key: words[key] for key in ("REF_FRAME", "TIME_SYSTEM") if key in words}


def _numbers(line: str, count: int, where: str) -> list[float]:
    try:
        row = [float(word) for word in line.split()]
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None
    if len(row) != count or not np.all(np.isfinite(row)):
        raise DataError(
            f"{where}: line {count} of a covariance holds {count} finite numbers, its lower "
            f"triangle; got {len(row)}"
        )
    return row


def _covariance(
    rows: Sequence[Sequence[float]], words: dict[str, str], where: str
) -> Covariance:
    scale, frame = words.get("TIME_SYSTEM", ""), words.get("COV_REF_FRAME")
    frame = frame or words.get("REF_FRAME", "")
    if scale not in SCALES:
        raise DataError(f"{where}: TIME_SYSTEM = {scale} is not known; {', '.join(SCALES)}")
    if "EPOCH" not in words:
        raise DataError(f"{where}: this covariance has no EPOCH")
    lower = np.zeros((6, 6))
    for i, row in enumerate(rows):
        lower[i, : i + 1] = row
    matrix = 1e6 * (lower + np.tril(lower, -1).T)  # km2 to m2, and with it the rates
    try:
        t = parse_t(f"{calendar_date(words['EPOCH'])} {scale}")
    except ValueError as error:
        raise DataError(f"{where}: {error}") from error
    if frame in _LOCAL:
        return Covariance(t, "rtn", matrix)
    if frame not in _TO_ICRF:
        known = ", ".join((*_TO_ICRF, *_LOCAL))
        raise DataError(f"{where}: covariances in {frame} are not known here; one of {known}")
    turn = np.kron(np.eye(2), _TO_ICRF[frame])
    return Covariance(t, "icrf", turn @ matrix @ turn.T)
