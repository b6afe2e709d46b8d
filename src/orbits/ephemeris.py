"""Sun, Moon and planets from a JPL ephemeris, over the span asked for.

Positions and velocities are in ICRF axes, m and m/s, with ``t`` in TDB seconds past J2000.
Planets beyond the Earth are their systems' barycentres. Earth and Moon are kept relative to
their own barycentre, so that lunar geometry loses nothing to the 1.5e11 m of the Sun.
"""

import hashlib
import importlib.util
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from jplephem.spk import SPK
from numpy.typing import ArrayLike, NDArray

from orbits.chebyshev import Bounds, Series, bends, evaluate, evaluate_rate, pack
from orbits.compiled import compiled
from orbits.errors import DataError
from orbits.time import tdb_date

# Rows of the packed table; the two after the bodies are filled by orientation.py.
NAMES = (
    "emb", "moon", "earth", "sun", "mercury", "venus", "mars", "jupiter", "saturn", "uranus",
    "neptune", "pluto",
)  # fmt: skip
EMB, MOON, EARTH, SUN = range(4)
ROW = {name: row for row, name in enumerate(NAMES)} | {"ssb": -1}

_PAIRS = (
    (0, 3), (3, 301), (3, 399), (0, 10), (0, 1), (0, 2), (0, 4), (0, 5), (0, 6), (0, 7), (0, 8),
    (0, 9),
)  # fmt: skip


def de421_path() -> Path:
    """Return where the package ``skyfield-data`` keeps DE421."""
    spec = importlib.util.find_spec("skyfield_data")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "data" / "de421.bsp"
        if path.exists():
            return path
    raise DataError("de421.bsp is missing; install it with: pip install skyfield-data")


@cache
def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_spk(path: Path) -> list[Series]:
    """Return the series of a JPL planetary kernel, m, in the order of ``NAMES``."""
    with path.open("rb") as file:
        spk = SPK(_daf(file))
        found = {(s.center, s.target): s for s in spk.segments}
        quantities = []
        for pair, name in zip(_PAIRS, NAMES, strict=True):
            if pair not in found:
                raise DataError(f"{path.name} holds no segment for {name} (NAIF {pair})")
            quantities.append(_series(found[pair]))
    return quantities


def _daf(file):
    from jplephem.daf import DAF

    return DAF(file)


def _series(segment) -> Series:
    start, length, size, count = segment.daf.map_array(segment.end_i - 3, segment.end_i)
    size, count = int(size), int(count)
    rows = segment.daf.map_array(segment.start_i, segment.end_i - 4).reshape(count, size)
    coefficients = rows[:, 2:].reshape(count, 3, (size - 2) // 3)
    return Series(float(start), float(length), coefficients * 1000.0)


def check_kernel(name: str, covered: tuple[float, float], span: tuple[float, float]) -> None:
    """Raise ``DataError`` unless a kernel that holds ``covered`` holds ``span``."""
    if not (covered[0] <= span[0] < span[1] <= covered[1]):
        raise DataError(
            f"{name} covers {tdb_date(covered[0])} to {tdb_date(covered[1])} TDB; "
            f"{tdb_date(span[0])} to {tdb_date(span[1])} was asked for: choose a span inside"
        )


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """A JPL ephemeris over ``span``; it refuses to answer outside.

    Attributes
    ----------
    name : str
        "DE421" or "DE440".
    span : (float, float), s
        What this value covers, TDB seconds past J2000.
    kernel_span : (float, float), s
        What the file itself covers.
    source : Path
    buffer, table : arrays
        The packed series (chebyshev.py), rows in the order of ``NAMES``.
    """

    name: str
    span: tuple[float, float]
    kernel_span: tuple[float, float]
    source: Path
    buffer: NDArray[np.float64] = field(repr=False)
    table: NDArray[np.float64] = field(repr=False)
    _bounds: tuple[Bounds, ...] = field(repr=False)

    @classmethod
    def of(
        cls,
        name: str,
        source: Path,
        quantities: list[Series],
        span: tuple[float, float],
        kernel_span: tuple[float, float] | None = None,
    ) -> "Ephemeris":
        """Return the ephemeris of ``quantities`` (order of ``NAMES``) cut to ``span``.

        ``kernel_span`` where ``quantities`` are not all that the file holds.
        """
        covered = kernel_span or (
            max(s.start for s in quantities),
            min(s.stop for s in quantities),
        )
        check_kernel(name, covered, span)
        cut = [series.over(*span) for series in quantities]
        buffer, table = pack(list(cut))
        bounds = tuple(Bounds.of(series) for series in cut)
        return cls(name, span, covered, source, buffer, table, bounds)

    def position(self, target: str, origin: str, t: ArrayLike) -> NDArray[np.float64]:
        """Return ``target`` from ``origin``, both at ``t``; (n, 3) or (3,), m."""
        return self._vectors(target, origin, t, rate=False)

    def velocity(self, target: str, origin: str, t: ArrayLike) -> NDArray[np.float64]:
        """Return the time derivative of ``position``; (n, 3) or (3,), m/s."""
        return self._vectors(target, origin, t, rate=True)

    def acceleration(self, target: str, origin: str, t: ArrayLike) -> NDArray[np.float64]:
        """Return the second time derivative of ``position``; (n, 3) or (3,), m/s2.

        It jumps by up to 2e-11 m/s2 where one record of the kernel meets the next.
        """
        times = np.asarray(t, dtype=np.float64)
        self.check(times)
        flat = times.reshape(-1)
        out = np.zeros((len(flat), 3))
        for sign, name in ((1.0, target), (-1.0, origin)):
            if name in ("earth", "moon"):
                out += sign * bends(self.buffer, self.table, EMB, flat)
            if name != "ssb":
                out += sign * bends(self.buffer, self.table, _row(name), flat)
        return out.reshape((*times.shape, 3))

    def _vectors(self, target: str, origin: str, t: ArrayLike, *, rate: bool):
        times = np.asarray(t, dtype=np.float64)
        self.check(times)
        flat = np.ascontiguousarray(times.reshape(-1))
        out = vectors(self.buffer, self.table, _row(target), _row(origin), flat, rate)
        return out.reshape((*times.shape, 3))

    def check(self, t: ArrayLike) -> None:
        """Raise ``DataError`` unless every ``t`` lies in ``span``."""
        times = np.asarray(t, dtype=np.float64)
        if times.size and not (
            self.span[0] <= float(times.min()) and float(times.max()) <= self.span[1]
        ):
            outside = ~((times >= self.span[0]) & (times <= self.span[1]))
            first = float(times[outside].flat[0])
            raise DataError(
                f"this almanac covers {tdb_date(self.span[0])} to {tdb_date(self.span[1])} "
                f"TDB; {int(outside.sum())} of {times.size} times lie outside, first "
                f"{tdb_date(first)}: load it for a longer span ({self.name} itself covers "
                f"{tdb_date(self.kernel_span[0])} to {tdb_date(self.kernel_span[1])})"
            )

    def bounds(
        self, target: str, origin: str, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on the speed and acceleration of ``position`` over each [a, b]."""
        speed, acceleration = np.zeros_like(a), np.zeros_like(a)
        for row in _rows_between(target, origin):
            v, acc = self._bounds[row].over(a, b)
            speed += v
            acceleration += acc
        return speed, acceleration


def _row(name: str) -> int:
    try:
        return ROW[name]
    except KeyError:
        raise ValueError(
            f"unknown body {name!r}; the known ones are {', '.join(ROW)}"
        ) from None


def _rows_between(target: str, origin: str) -> list[int]:
    if target == origin:
        return []
    inner = ("earth", "moon", "emb")
    rows = [_row(name) for name in (target, origin) if name not in ("ssb", "emb")]
    if (target in inner) != (origin in inner):
        rows.append(EMB)
    return rows


@compiled
def from_emb(buffer, table, row, t, rate, out):
    """Write body ``row`` (-1: the solar-system barycentre) relative to the EMB at ``t``."""
    if row == 0:
        out[0] = out[1] = out[2] = 0.0
        return
    if row in (1, 2):
        if rate:
            evaluate_rate(buffer, table, row, t, out)
        else:
            evaluate(buffer, table, row, t, out)
        return
    emb = np.empty(3)
    if rate:
        evaluate_rate(buffer, table, 0, t, emb)
    else:
        evaluate(buffer, table, 0, t, emb)
    if row < 0:
        out[0] = -emb[0]
        out[1] = -emb[1]
        out[2] = -emb[2]
        return
    if rate:
        evaluate_rate(buffer, table, row, t, out)
    else:
        evaluate(buffer, table, row, t, out)
    out[0] -= emb[0]
    out[1] -= emb[1]
    out[2] -= emb[2]


@compiled
def vectors(buffer, table, target, origin, t, rate):
    """Return ``target`` from ``origin`` at each ``t``; (n, 3)."""
    n = len(t)
    out = np.zeros((n, 3))
    if target == origin:
        return out
    away = np.empty(3)
    # Two bodies beyond the Earth-Moon system, or one of them and the barycentre of the solar
    # system, are subtracted directly: going through the EMB would only add rounding.
    direct = (target < 0 or target > 2 or target == 0) and (
        origin < 0 or origin > 2 or origin == 0
    )
    for i in range(n):
        for sign, row in ((1.0, target), (-1.0, origin)):
            if direct:
                if row < 0:
                    continue
                if rate:
                    evaluate_rate(buffer, table, row, t[i], away)
                else:
                    evaluate(buffer, table, row, t[i], away)
            else:
                from_emb(buffer, table, row, t[i], rate, away)
            for c in range(3):
                out[i, c] += sign * away[c]
    return out
