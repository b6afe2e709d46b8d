"""Intervals: ordered pairs of times, their union, and the edges that two sets share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def checked_span(span: Sequence[float]) -> tuple[float, float]:
    """Return ``span`` as two floats, s, or raise ``ValueError`` unless it runs forward."""
    t0, t1 = (float(t) for t in span)
    if not (np.isfinite(t0) and np.isfinite(t1) and t0 < t1):
        raise ValueError(f"span must run forward, got {t0} to {t1} s past J2000 TDB")
    return t0, t1


def column(times: Any) -> np.ndarray:
    """Return a private float64 column of finite times, s."""
    column = np.array(times, dtype=float).reshape(-1)
    if not np.isfinite(column).all():
        raise ValueError(f"{int((~np.isfinite(column)).sum())} edges are not finite times")
    return column


def refuse(wrong: np.ndarray, a: np.ndarray, b: np.ndarray, why: str) -> None:
    """Raise ``ValueError`` for the first row of (``a``, ``b``), s, that is ``wrong``."""
    if wrong.any():
        i = int(np.argmax(wrong))
        raise ValueError(f"row {i}: {a[i]:.6f} to {b[i]:.6f} s past J2000 TDB {why}")


def merged(
    intervals: tuple[tuple[float, float], ...],
) -> tuple[tuple[float, float], ...]:
    """Return ``intervals``, s, in order, those that overlap or touch as one."""
    if not intervals:
        return ()
    pairs = np.array(sorted(intervals), dtype=float)
    reach = np.maximum.accumulate(pairs[:, 1])
    first = np.concatenate(([True], pairs[1:, 0] > reach[:-1]))
    last = np.concatenate((first[1:], [True]))
    return tuple(zip(pairs[first, 0].tolist(), reach[last].tolist(), strict=True))


def regular(start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that begin and the rows that end an interval, two (k,) index arrays.

    Of ordered rows [start, stop), s, those of no length are left out and those that meet are
    joined: what rounding to the grain of ``t`` (0.1 us) may have made of them.
    """
    rows = np.flatnonzero(start < stop)
    apart = start[rows[1:]] > stop[rows[:-1]]
    edge = np.ones(min(rows.size, 1), dtype=bool)
    return rows[np.concatenate((edge, apart))], rows[np.concatenate((apart, edge))]


def longest(intervals: tuple[tuple[float, float], ...]) -> float:
    """Return the length of the longest of ``intervals``, s; 0 without any."""
    return max((b - a for a, b in intervals), default=0.0)


def shared_edges(one: tuple, other: tuple) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the edges of either that lie where the other holds, in order, with causes.

    ``one`` is (times, causes, whether it holds at the edges of the other), and ``other`` alike.
    """
    (t, cause, at_other), (s, other_cause, at_one) = one, other
    names = np.array(cause, dtype=object), np.array(other_cause, dtype=object)
    i = np.flatnonzero(at_one)
    j = np.flatnonzero(at_other)
    twins, of_one, of_other = np.intersect1d(
        t[i], s[j], assume_unique=True, return_indices=True
    )
    if twins.size:
        names[0][i[of_one]] = np.minimum(names[0][i[of_one]], names[1][j[of_other]])
        j = np.delete(j, of_other)
    times = np.concatenate((t[i], s[j]))
    order = np.argsort(times, kind="stable")
    causes = np.concatenate((names[0][i], names[1][j]))[order]
    return times[order], tuple(causes.tolist())
