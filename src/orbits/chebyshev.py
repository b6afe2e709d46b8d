"""Chebyshev series in equal records, many quantities in one packed buffer.

Ephemerides, the Moon's libration angles and the Earth's pole all come in this one form, so
that one compiled function evaluates them inside the integrator as well as outside.

A packed set is a pair ``(buffer, table)``: ``buffer`` (m,) holds the coefficients, record by
record, component by component, lowest degree first; ``table`` (rows, 6) holds for each
quantity ``start`` (s), ``length`` (s) of a record, number of records, of components, of
coefficients, and the offset in the buffer. A row with no records is a quantity not held.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.range_max import RangeMax

START, LENGTH, RECORDS, COMPONENTS, COEFFICIENTS, OFFSET = range(6)


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """One quantity: ``coefficients`` (records, components, k) from ``start``, each ``length`` s."""

    start: float
    length: float
    coefficients: NDArray[np.float64]

    @property
    def stop(self) -> float:
        """End of the last record, s."""
        return self.start + self.length * len(self.coefficients)

    def over(self, t0: float, t1: float) -> "Series":
        """Return the records that cover [t0, t1]; the caller has checked that they exist."""
        first = max(0, int((t0 - self.start) // self.length))
        last = min(len(self.coefficients), int((t1 - self.start) // self.length) + 1)
        return Series(
            self.start + first * self.length,
            self.length,
            np.array(self.coefficients[first:last], dtype=np.float64),
        )


def pack(quantities: list[Series | None]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ``(buffer, table)`` with a row for each of ``quantities``, ``None`` for a gap."""
    table = np.zeros((len(quantities), 6))
    parts = []
    offset = 0
    for row, series in enumerate(quantities):
        if series is None:
            continue
        table[row] = (series.start, series.length, *series.coefficients.shape, offset)
        parts.append(np.ascontiguousarray(series.coefficients, dtype=np.float64).ravel())
        offset += series.coefficients.size
    return np.concatenate(parts) if parts else np.zeros(0), table


@compiled
def evaluate(buffer, table, row, t, out):
    """Write the components of quantity ``row`` at ``t`` into ``out``; no check of the span."""
    length = table[row, 1]
    elapsed = t - table[row, 0]
    record = min(max(int(elapsed // length), 0), int(table[row, 2]) - 1)
    x = 2.0 * (elapsed - record * length) / length - 1.0
    components = int(table[row, 3])
    k = int(table[row, 4])
    at = int(table[row, 5]) + record * components * k
    for c in range(components):
        b0 = 0.0
        b1 = 0.0
        for j in range(k - 1, 0, -1):
            b0, b1 = buffer[at + j] + 2.0 * x * b0 - b1, b0
        out[c] = buffer[at] + x * b0 - b1
        at += k


@compiled
def evaluate_rate(buffer, table, row, t, out):
    """Write the time derivatives (per s) of quantity ``row`` at ``t`` into ``out``."""
    length = table[row, 1]
    elapsed = t - table[row, 0]
    record = min(max(int(elapsed // length), 0), int(table[row, 2]) - 1)
    x = 2.0 * (elapsed - record * length) / length - 1.0
    components = int(table[row, 3])
    k = int(table[row, 4])
    at = int(table[row, 5]) + record * components * k
    for c in range(components):
        # d/dx sum c_j T_j = sum j c_j U_{j-1}, by Clenshaw for the second kind.
        b0 = 0.0
        b1 = 0.0
        for j in range(k - 1, 0, -1):
            b0, b1 = j * buffer[at + j] + 2.0 * x * b0 - b1, b0
        out[c] = 2.0 * b0 / length
        at += k


def record_bounds(series: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bounds on the norm of the first and second time derivative in each record.

    From |T_j'| <= j^2 and |T_j''| <= j^2 (j^2 - 1) / 3 on [-1, 1] (Markov brothers).
    """
    j = np.arange(series.coefficients.shape[2], dtype=np.float64)
    size = np.linalg.norm(series.coefficients, axis=1)
    scale = 2.0 / series.length
    return size @ j**2 * scale, size @ (j**2 * (j**2 - 1.0) / 3.0) * scale**2


@dataclass(frozen=True, eq=False, slots=True)
class Bounds:
    """Bounds on speed and acceleration of one quantity over any interval it covers."""

    start: float
    length: float
    speed: RangeMax
    acceleration: RangeMax

    @classmethod
    def of(cls, series: Series) -> "Bounds":
        """Return the bounds of ``series``."""
        speed, acceleration = record_bounds(series)
        return cls(series.start, series.length, RangeMax.of(speed), RangeMax.of(acceleration))

    def over(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the bounds over each interval [a, b]."""
        count = self.speed.levels.shape[1]
        first = np.clip((a - self.start) // self.length, 0, count - 1).astype(np.int64)
        last = np.clip((b - self.start) // self.length, 0, count - 1).astype(np.int64)
        return self.speed.over(first, last), self.acceleration.over(first, last)
