"""Latency: how long a message takes through a chain whose relays store what they cannot send.

A message made at the first node leaves with the first open leg, waits at each node until the
next leg opens, and takes the light time of each. Queues, rates and processing are neglected:
what is ready goes at once. With every leg open it is the light time of the chain alone.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.geometry.relay import Chain, ChainResult
from orbits.geometry.signal import reception
from orbits.geometry.visibility import Leg
from orbits.windows import Windows

Array = NDArray[np.float64]

_BESIDE = 1e-3  # s, on either side of an instant at which the latency jumps


class Arrival(NamedTuple):
    """When messages arrive, s, and the row of ``Chain.ways`` that brings them; (n,) each.

    A message that does not arrive within the span of the windows has infinity and -1.
    """

    t: Array
    way: NDArray[np.int64]


def arrivals(chain: Chain, result: ChainResult, made: ArrayLike) -> Arrival:
    """Return when messages made at the first node at ``made`` (n,), s, reach the last.

    The earliest over all ways. Legs are those of ``result``; their windows are used whole,
    whatever ``min_duration`` the chain has.

    Raises
    ------
    ValueError
        If a message is made outside the span of the first leg's windows.
    """
    t = np.asarray(made, dtype=np.float64).reshape(-1)
    best, by = np.full(t.size, np.inf), np.full(t.size, -1)
    for row, way in enumerate(chain.ways):
        at = t
        for key in chain.keys(way):
            at = _over(result.legs[key], result.leg_windows[key], at)
        sooner = at < best
        best[sooner], by[sooner] = at[sooner], row
    return Arrival(best, by)


def _over(leg: Leg, windows: Windows, ready: Array) -> Array:
    """Return when what is ``ready`` (n,), s, at the transmitter is received; inf for never."""
    out = np.full(ready.size, np.inf)
    known = np.flatnonzero(np.isfinite(ready) & (ready <= windows.span[1]))
    if not known.size:
        return out
    t = reception(
        leg.transmitter.path, leg.receiver.path, leg.almanac, ready[known], leg.light_time
    )
    # A window that the span cut at its start was open before.
    t = np.where(t < windows.span[0], windows.span[0], t)
    row = np.searchsorted(windows.stop, t, "right")
    found = (row < windows.count) & (t <= windows.span[1])
    start = windows.start[row[found]]
    out[known[found]] = np.maximum(start, t[found])
    return out


@dataclass(frozen=True, eq=False, slots=True)
class Latency:
    """Latency against the time of making, between the instants at which it jumps or bends.

    Attributes
    ----------
    made : (n, 2) array, s
        The two ends of each piece, 1 ms inside the jumps.
    latency : (n, 2) array, s
        There; infinite where nothing arrives within the span. Linear between, to the
        curvature of the light time.
    """

    made: Array
    latency: Array

    @property
    def _weights(self) -> Array:
        return self.made[:, 1] - self.made[:, 0]

    @property
    def _arrived(self) -> NDArray[np.bool_]:
        return np.asarray(np.isfinite(self.latency).all(axis=1))

    @property
    def mean(self) -> float:
        """Mean over the time of making, of what arrives, s; nan where nothing does."""
        here = self._arrived
        if not here.any():
            return float("nan")
        return float(np.average(self.latency[here].mean(axis=1), weights=self._weights[here]))

    @property
    def shortest(self) -> float:
        """Least latency, s; infinite where nothing arrives."""
        return float(self.latency.min())

    @property
    def longest(self) -> float:
        """Greatest latency of what arrives, s; nan where nothing does."""
        here = self._arrived
        return float(self.latency[here].max()) if here.any() else float("nan")

    @property
    def lost(self) -> float:
        """For how long messages are made that do not arrive within the span, s."""
        return float(self._weights[~self._arrived].sum())

    def share(self, limit: float) -> float:
        """Return the share of all messages that arrive within ``limit``, s; 0 to 1."""
        low, high = self.latency.min(axis=1), self.latency.max(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(high > low, (limit - low) / (high - low), 1.0 * (low <= limit))
        part = np.where(np.isfinite(high), np.clip(part, 0.0, 1.0), 0.0)
        return float(np.average(part, weights=self._weights))


def latency(
    chain: Chain, result: ChainResult, span: tuple[float, float], *, step: float = 600.0
) -> Latency:
    """Return the latency of messages made within ``span``, s.

    Pieces end where a leg opens or closes for a message made then, and after at most
    ``step`` s.

    Raises
    ------
    ValueError
        If ``step`` is not positive, or the span leaves that of the result's windows.
    """
    if not step > 0.0:
        raise ValueError(f"step must be above zero, got {step} s")
    t0, t1 = span
    held = result.windows.span
    if not held[0] <= t0 < t1 <= held[1]:
        raise ValueError(
            f"latency is known from {held[0]:.3f} to {held[1]:.3f} s past J2000 TDB, not from "
            f"{t0:.3f} to {t1:.3f}; choose a span inside"
        )
    marks = [np.arange(t0, t1, step), np.array([t1])]
    for way in chain.ways:
        keys = chain.keys(way)
        for k, key in enumerate(keys):
            edges = np.concatenate(
                [result.leg_windows[key].start, result.leg_windows[key].stop]
            )
            for back in reversed(keys[: k + 1]):
                leg = result.legs[back]
                inside = (edges >= held[0]) & (edges <= held[1])
                edges = edges[inside] - leg.delay(edges[inside])
            marks.append(edges)
    every = np.unique(np.concatenate(marks))
    every = every[(every >= t0) & (every <= t1)]
    every = every[np.concatenate([[True], np.diff(every) > 4.0 * _BESIDE])]
    made = np.stack([every[:-1] + _BESIDE, every[1:] - _BESIDE], axis=1)
    arrived = arrivals(chain, result, made.ravel()).t.reshape(made.shape)
    return Latency(made, arrived - made)
