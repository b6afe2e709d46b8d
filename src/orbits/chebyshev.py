"""Chebyshev series in equal records, many quantities in one packed buffer.

Ephemerides, the Moon's libration angles and the Earth's pole all come in this one form, so
that one compiled function evaluates them inside the integrator as well as outside.

A packed set is a pair ``(buffer, table)``: ``buffer`` (m,) holds the coefficients, record by
record, component by component, lowest degree first; ``table`` (rows, 6) holds for each
quantity ``start`` (s), ``length`` (s) of a record, number of records, of components, of
coefficients, and the offset in the buffer. What is evaluated here has three components. A row
with no records is a quantity not held.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.lanes import alike, first, pick, spread, times_plus, whole, within
from orbits.range_max import RangeMax

START, LENGTH, RECORDS, COMPONENTS, COEFFICIENTS, OFFSET = range(6)


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """One quantity: ``coefficients`` (records, components, k), each record ``length`` s."""

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
def _locate(table, row, t):
    """Return the offset of the record at ``t``, the argument in [-1, 1], and its rate."""
    length = table[row, LENGTH]
    place = (t - table[row, START]) / length
    record = min(max(int(place), 0), int(table[row, RECORDS]) - 1)
    x = 2.0 * ((t - table[row, START]) - record * length) / length - 1.0
    width = int(table[row, COMPONENTS]) * int(table[row, COEFFICIENTS])
    return int(table[row, OFFSET]) + record * width, x, 2.0 / length


def bends(
    buffer: NDArray[np.float64], table: NDArray[np.float64], row: int, t: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the second time derivatives (per s2) of quantity ``row`` at each ``t``; (n, 3)."""
    start, length, records, components, k, offset = table[row]
    which = np.clip(((t - start) / length).astype(np.int64), 0, int(records) - 1)
    held = buffer[int(offset) :][: int(records * components * k)]
    rows = held.reshape(int(records), int(components), int(k))
    twice = np.polynomial.chebyshev.chebder(rows, 2, axis=2)
    x = 2.0 * ((t - start) - which * length) / length - 1.0
    basis = np.polynomial.chebyshev.chebvander(x, twice.shape[2] - 1)
    return np.einsum("nck,nk->nc", twice[which], basis) * (2.0 / length) ** 2


@compiled
def evaluate(buffer, table, row, t, out):
    """Write the three components of quantity ``row`` at ``t`` into ``out``; span unchecked.

    The polynomials are built upwards, once for the three components.
    """
    at, x, _ = _locate(table, row, t)
    k = int(table[row, COEFFICIENTS])
    before, value = 1.0, x
    a, b, c = buffer[at], buffer[at + k], buffer[at + 2 * k]
    for j in range(1, k):
        a += buffer[at + j] * value
        b += buffer[at + k + j] * value
        c += buffer[at + 2 * k + j] * value
        before, value = value, 2.0 * x * value - before
    out[0] = a
    out[1] = b
    out[2] = c


@compiled
def evaluate_lanes(buffer, table, row, t):
    """Return the three components of quantity ``row`` at eight instants ``t`` in lanes."""
    start, length = table[row, START], table[row, LENGTH]
    since = t - start
    record = within(whole(since / length), 0.0, table[row, RECORDS] - 1.0)
    x = 2.0 * (since - record * length) / length - 1.0
    k = int(table[row, COEFFICIENTS])
    offset = record * (table[row, COMPONENTS] * k)
    at = int(table[row, OFFSET])
    before, value = spread(1.0), x
    if alike(record):
        at += int(first(offset))
        a, b, c = spread(buffer[at]), spread(buffer[at + k]), spread(buffer[at + 2 * k])
        for j in range(at + 1, at + k):
            a = times_plus(buffer[j], value, a)
            b = times_plus(buffer[j + k], value, b)
            c = times_plus(buffer[j + 2 * k], value, c)
            before, value = value, times_plus(2.0 * x, value, -before)
        return a, b, c
    a, b = pick(buffer, offset, at), pick(buffer, offset, at + k)
    c = pick(buffer, offset, at + 2 * k)
    for j in range(at + 1, at + k):
        a = times_plus(pick(buffer, offset, j), value, a)
        b = times_plus(pick(buffer, offset, j + k), value, b)
        c = times_plus(pick(buffer, offset, j + 2 * k), value, c)
        before, value = value, times_plus(2.0 * x, value, -before)
    return a, b, c


@compiled
def evaluate_rate(buffer, table, row, t, out):
    """Write the time derivatives (per s) of the three components at ``t`` into ``out``.

    From T_j' = j U_{j-1}, polynomials of the second kind.
    """
    at, x, rate = _locate(table, row, t)
    k = int(table[row, COEFFICIENTS])
    before, value = 0.0, 1.0
    a = b = c = 0.0
    for j in range(1, k):
        a += j * buffer[at + j] * value
        b += j * buffer[at + k + j] * value
        c += j * buffer[at + 2 * k + j] * value
        before, value = value, 2.0 * x * value - before
    out[0] = a * rate
    out[1] = b * rate
    out[2] = c * rate


CELLS = 4  # cells of a record that get bounds of their own
_STEPS = 8  # steps of a cell at whose ends the derivatives are evaluated


def cell_bounds(series: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bounds on the norm of the first and second time derivative in each cell.

    Largest value at the ends of the cell's steps, and half a step times a bound on the next
    derivative over the record; at the top |T_j'''| <= j^2 (j^2 - 1) (j^2 - 4) / 15 on [-1, 1]
    (Markov brothers).
    """
    j = np.arange(series.coefficients.shape[2], dtype=np.float64)
    step = 2.0 / (CELLS * _STEPS)
    x = np.linspace(-1.0, 1.0, CELLS * _STEPS + 1)
    size = np.linalg.norm(series.coefficients, axis=1)
    third = size @ (j**2 * (j**2 - 1.0) * (j**2 - 4.0) / 15.0)
    first, second = (
        np.linalg.norm(series.coefficients @ basis, axis=1) for basis in _derivatives(len(j), x)
    )
    at = np.arange(CELLS)[:, np.newaxis] * _STEPS + np.arange(_STEPS + 1)
    acceleration = second[:, at].max(axis=2) + 0.5 * step * third[:, np.newaxis]
    speed = first[:, at].max(axis=2) + 0.5 * step * acceleration
    scale = 2.0 / series.length
    return speed.ravel() * scale, acceleration.ravel() * scale**2


def _derivatives(count: int, x: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the first and second derivatives of T_0 .. T_(count - 1) at ``x``; (count, n)."""
    chebyshev = np.polynomial.chebyshev
    one = np.eye(count)
    orders = (chebyshev.chebder(one, order, axis=0) for order in (1, 2))
    return [np.asarray(chebyshev.chebval(x, order), dtype=np.float64) for order in orders]


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
        speed, acceleration = cell_bounds(series)
        length = series.length / CELLS
        return cls(series.start, length, RangeMax.of(speed), RangeMax.of(acceleration))

    def over(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the bounds over each interval [a, b]."""
        count = self.speed.levels.shape[1]
        first = np.clip((a - self.start) // self.length, 0, count - 1).astype(np.int64)
        last = np.clip((b - self.start) // self.length, 0, count - 1).astype(np.int64)
        return self.speed.over(first, last), self.acceleration.over(first, last)
