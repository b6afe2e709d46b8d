"""Search: the instants that prove on which side of zero a margin is, and between which not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from orbits.compiled import compiled
from orbits.intervals import merged
from orbits.roots import bracketed_roots

if TYPE_CHECKING:
    from orbits.events import Event

DAY = 86400.0
_BATCH = 1 << 16  # margins and bounds are asked for at most so many rows at once


@compiled
def settled(at_a, at_b, swing, allowance):
    """Tell whether an interval holds no edge, or exactly one if the signs of its ends differ.

    With h = b - a, |m''| <= M and ``swing`` M h^2 / 2, the margin differs from its chord by at
    most M (t - a)(b - t) / 2, so it keeps its sign if (sqrt|m_a| + sqrt|m_b|)^2 > M h^2 / 2,
    which for equal ends is |m| > M h^2 / 8. Its slope differs from the chord's by at most
    M h / 2, so it is monotone if |m_b - m_a| > M h^2 / 2. Both are sharp: a parabola of
    curvature M meets them. ``allowance`` is the error that each margin may have.
    """
    low, high = abs(at_a) - allowance, abs(at_b) - allowance
    if low > 0.0 and high > 0.0 and (at_a > 0.0) == (at_b > 0.0):
        if 4.0 * min(low, high) > swing:
            return True
        both = np.sqrt(low) + np.sqrt(high)
        if both * both > swing:
            return True
    return abs(at_b - at_a) > swing + 2.0 * allowance


@compiled
def _settled(a, b, at_a, at_b, bound, allowance):
    out = np.empty(len(a), dtype=np.bool_)
    for i in range(len(a)):
        swing = 0.5 * bound[i] * (b[i] - a[i]) ** 2
        out[i] = settled(at_a[i], at_b[i], swing, allowance)
    return out


@compiled
def grown(table, rows):
    """Return ``table`` with room for at least ``rows`` rows."""
    if rows <= len(table):
        return table
    wide = np.empty((2 * rows, table.shape[1]))
    wide[: len(table)] = table
    return wide


class Nodes(NamedTuple):
    """A margin at increasing times, and where it is not settled between them.

    ``undecided`` holds intervals in order, s; between two neighbouring nodes of one domain
    that lie in none of them, the margin changes sign once if its signs there differ, and not
    at all if they agree. ``bounds`` counts the intervals whose bound was computed.
    """

    t: np.ndarray
    margin: np.ndarray
    undecided: tuple[tuple[float, float], ...]
    bounds: int


class Compiled(Protocol):
    """The margin of an event and its bound within one compiled search.

    What it answers is what ``Event.margin`` and ``Event.bound`` would have led to; None where
    it cannot tell, and they are asked instead.
    """

    def halve(
        self, a: np.ndarray, b: np.ndarray, shortest: float, allowance: float
    ) -> tuple[np.ndarray, np.ndarray, int] | None:
        """Return nodes (n, 2: t, m), open intervals (k, 4: t, t, m, m) and bounds counted."""
        ...

    def roots(self, brackets: np.ndarray, tolerance: float) -> tuple[np.ndarray, int] | None:
        """Return the root in each of ``brackets`` (n, 4: t, t, m, m) and the evaluations."""
        ...


class _Intervals(NamedTuple):
    """Intervals [a, b] with the margin at both ends and a bound on its second derivative."""

    a: np.ndarray
    b: np.ndarray
    at_a: np.ndarray
    at_b: np.ndarray
    bound: np.ndarray

    def where(self, mask: np.ndarray) -> _Intervals:
        return _Intervals(*(column[mask] for column in self))

    def halves(self, middle: np.ndarray, margin: np.ndarray) -> _Intervals:
        """Return both halves of each, in order, under the bound of the whole."""

        def pair(one: np.ndarray, two: np.ndarray) -> np.ndarray:
            return np.stack((one, two), axis=1).ravel()

        return _Intervals(
            pair(self.a, middle),
            pair(middle, self.b),
            pair(self.at_a, margin),
            pair(margin, self.at_b),
            np.repeat(self.bound, 2),
        )

    def settled(self, allowance: float) -> np.ndarray:
        """Tell which hold no edge, or exactly one if the signs differ; (n,) bool."""
        return _settled(self.a, self.b, self.at_a, self.at_b, self.bound, allowance)

    def hopeless(self, allowance: float) -> np.ndarray:
        """Tell which keep so near zero that no part of them could ever be settled."""
        end = np.maximum(np.abs(self.at_a), np.abs(self.at_b))
        return end + 0.125 * self.bound * (self.b - self.a) ** 2 <= allowance


def pieces(event: Event, start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the pieces from which a search starts; two (n,) arrays, s.

    The domains [start, stop] are cut at the event's cuts and then into equal parts of at
    most a day.
    """
    t0, t1 = np.array(start, dtype=float), np.array(stop, dtype=float)
    cuts = np.asarray(event.cuts, dtype=float)
    k = np.searchsorted(t0, cuts, "right") - 1
    cuts = cuts[(k >= 0) & (cuts > t0[k]) & (cuts < t1[k])]
    a, b = np.sort(np.concatenate((t0, cuts))), np.sort(np.concatenate((t1, cuts)))
    parts = np.ceil((b - a) / DAY).astype(int)
    first = np.repeat(np.cumsum(parts) - parts, parts)
    row = np.repeat(np.arange(a.size), parts)
    i = np.arange(row.size) - first
    left = a[row] + (b - a)[row] * (i / parts[row])
    right = np.append(left[1:], 0.0)
    ends = i + 1 == parts[row]
    right[ends] = b
    return left, right


def margins(event: Event, t: np.ndarray) -> np.ndarray:
    """Return the margin of ``event`` at ``t``, s; (n,), checked to be numbers.

    Raises
    ------
    ValueError
        If the margin is not finite or has another shape than ``t``.
    """
    m = _batched(event.margin, event.name, t)
    wrong = ~np.isfinite(m)
    if wrong.any():
        raise ValueError(
            f"margin of {event.name!r} is not finite at {int(wrong.sum())} of {t.size} times, "
            f"first at {t[wrong][0]:.6f} s past J2000 TDB"
        )
    return m


def _bounds(event: Event, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the bound over each [a, b]; (n,). Infinity stands for "none known here"."""
    if event.bound is None:
        raise ValueError(f"event {event.name!r} has no bound")
    bound = _batched(event.bound, event.name, a, b)
    wrong = ~(bound >= 0)
    if wrong.any():
        raise ValueError(
            f"bound of {event.name!r} is {bound[wrong][0]} between {a[wrong][0]:.6f} and "
            f"{b[wrong][0]:.6f} s past J2000 TDB; it must be zero or more (inf if unknown)"
        )
    return bound


def _batched(function: Callable[..., object], name: str, *columns: np.ndarray) -> np.ndarray:
    out = np.empty(columns[0].size)
    for i in range(0, out.size, _BATCH):
        rows = [column[i : i + _BATCH] for column in columns]
        answer = np.asarray(function(*rows), dtype=float)
        if answer.shape != rows[0].shape:
            raise ValueError(
                f"{name!r} answered {rows[0].size} rows with an array of shape {answer.shape}"
            )
        out[i : i + _BATCH] = answer
    return out


def certified_nodes(
    event: Event, start: np.ndarray, stop: np.ndarray, resolution: float
) -> Nodes:
    """Return nodes that prove the sign of the margin on the domains [start, stop], s.

    Pieces are halved until each is settled or shorter than an eighth of ``resolution``; where
    open pieces next to each other are then still longer together than ``resolution``, until
    they are shorter than a 64th.
    """
    a, b = pieces(event, start, stop)
    grain = 8 * np.spacing(max(abs(float(a[0])), abs(float(b[-1]))))
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    stuck: list[tuple[float, float]] = []
    bounds = 0
    for floor in (resolution / 8, resolution / 64):
        t, m, left, more = _halved(event, a, b, max(floor, grain))
        parts.append((t, m))
        bounds += more
        done, left = _parted(left, resolution)
        stuck += done
        a, b = left.a, left.b
        if not a.size:
            break
    stuck += _pairs(left)
    if len(parts) > 1:
        t, m = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        t, first = np.unique(t, return_index=True)
        m = m[first]
    return Nodes(t, m, merged(tuple(stuck)), bounds)


def _halved(
    event: Event, a: np.ndarray, b: np.ndarray, shortest: float
) -> tuple[np.ndarray, np.ndarray, _Intervals, int]:
    """Return times and margins in order, what stays open down to ``shortest``, and bounds."""
    found = None
    if event.compiled is not None:
        found = event.compiled.halve(a, b, shortest, event.allowance)
    if found is not None:
        nodes, left, bounds = found
        a, b, at_a, at_b = left.T
        none = np.full(len(left), np.inf)
        return nodes[:, 0], nodes[:, 1], _Intervals(a, b, at_a, at_b, none), bounds
    t, at = np.unique(np.concatenate((a, b)), return_inverse=True)
    m = margins(event, t)
    work = _Intervals(a, b, m[at[: a.size]], m[at[a.size :]], _bounds(event, a, b))
    bounds = a.size
    seen_t, seen_m, left = [t], [m], []
    work = work.where(~work.settled(event.allowance))
    while work.a.size:
        short = (work.b - work.a <= shortest) | work.hopeless(event.allowance)
        left.append(work.where(short))
        work = work.where(~short)
        middle = 0.5 * (work.a + work.b)
        m = margins(event, middle)
        seen_t.append(middle)
        seen_m.append(m)
        work = work.halves(middle, m)
        work = work.where(~work.settled(event.allowance))  # the parent's bound is free
        own = _bounds(event, work.a, work.b)
        bounds += own.size
        work = work._replace(bound=np.minimum(work.bound, own))
        work = work.where(~work.settled(event.allowance))
    t, m = np.concatenate(seen_t), np.concatenate(seen_m)
    order = np.argsort(t)
    every = _Intervals(*(np.concatenate(rows) for rows in zip(work, *left, strict=True)))
    return t[order], m[order], every.where(np.argsort(every.a)), bounds


def crossings(
    event: Event, a: np.ndarray, b: np.ndarray, at: tuple[np.ndarray, np.ndarray], grain: float
) -> tuple[np.ndarray, int]:
    """Return the root of the margin in each [a, b] within ``grain``, s, and evaluations.

    ``at`` holds the margins at both ends, which differ in sign.
    """
    if event.compiled is not None:
        found = event.compiled.roots(np.column_stack((a, b, *at)), grain)
        if found is not None:
            return found
    return bracketed_roots(lambda t: margins(event, t), a, b, at, grain)


def sampled_nodes(event: Event, start: np.ndarray, stop: np.ndarray, step: float) -> Nodes:
    """Return nodes at most ``step`` s apart on the domains; they prove nothing between."""
    a, b = pieces(event, start, stop)
    parts = np.ceil((b - a) / step).astype(int)
    row = np.repeat(np.arange(a.size), parts)
    i = np.arange(row.size) - np.repeat(np.cumsum(parts) - parts, parts)
    inner = a[row] + (b - a)[row] * (i / parts[row])
    t = np.unique(np.concatenate((inner, b)))
    return Nodes(t, margins(event, t), (), 0)


def _pairs(intervals: _Intervals) -> list[tuple[float, float]]:
    return list(zip(intervals.a.tolist(), intervals.b.tolist(), strict=True))


def _parted(
    every: _Intervals, resolution: float
) -> tuple[list[tuple[float, float]], _Intervals]:
    """Part open intervals into those in runs up to ``resolution`` long, and the others."""
    if not every.a.size:
        return [], every
    first = np.concatenate(([True], every.a[1:] != every.b[:-1]))
    run = np.cumsum(first) - 1
    last = np.concatenate((first[1:], [True]))
    long = (every.b[last] - every.a[first])[run] > resolution
    return _pairs(every.where(~long)), every.where(long)
