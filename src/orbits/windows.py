"""Windows: the intervals of a span in which something holds, with causes and a certificate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from orbits import notebook
from orbits.certificate import Certificate, joined
from orbits.intervals import checked_span, column, refuse, regular, shared_edges

if TYPE_CHECKING:
    from astropy.table import QTable

SPAN = "span"
"""The cause of an edge that is no event but the end of the analysis."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Windows:
    """The times within ``span`` at which a condition holds.

    A window holds from ``start`` up to, not including, ``stop``; only the last instant of the
    span belongs to a window that reaches it. Windows are in order, none is empty and none
    touches the next: two that meet are one, and a condition that holds for an instant, or
    fails for one, leaves no row (a certified search lists such an instant as undecided).
    So every instant of the span lies in exactly one row of ``windows`` or ``~windows``.

    Attributes
    ----------
    start, stop : (n,) array, s
        TDB seconds past J2000.
    span : (float, float), s
        What was analysed; nothing is known outside.
    start_cause, stop_cause : tuple of n str
        The constraint whose change made the edge, such as ``"occultation:moon"``. An edge on
        an end of the span always has the cause ``"span"``. One string stands for all rows.
    certificate : Certificate or None
        What is proven about the rows; None for windows that were given, not searched.

    Raises
    ------
    ValueError
        If the rows are out of order, empty, touching, not finite, or outside the span.
    """

    start: np.ndarray
    stop: np.ndarray
    span: tuple[float, float]
    start_cause: tuple[str, ...] = "given"  # type: ignore[assignment]
    stop_cause: tuple[str, ...] = "given"  # type: ignore[assignment]
    certificate: Certificate | None = None

    def __post_init__(self) -> None:
        t0, t1 = checked_span(self.span)
        start, stop = column(self.start), column(self.stop)
        if start.shape != stop.shape:
            raise ValueError(f"{start.size} starts do not pair with {stop.size} stops")
        refuse(~(start < stop), start, stop, "does not run forward")
        refuse(~(start[1:] > stop[:-1]), stop[:-1], start[1:], "is no gap; join the windows")
        refuse((start < t0) | (stop > t1), start, stop, f"leaves the span {t0:.6f} to {t1:.6f}")
        start.flags.writeable = stop.flags.writeable = False
        causes = []
        for cause, cut in (
            (self.start_cause, start[:1] == t0),
            (self.stop_cause, stop[-1:] == t1),
        ):
            names = (cause,) * start.size if isinstance(cause, str) else tuple(cause)
            if len(names) != start.size:
                raise ValueError(f"{len(names)} causes do not fit {start.size} windows")
            causes.append((names, bool(cut.any())))
        (first, cut_first), (last, cut_last) = causes
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "stop", stop)
        object.__setattr__(self, "span", (t0, t1))
        object.__setattr__(self, "start_cause", (SPAN, *first[1:]) if cut_first else first)
        object.__setattr__(self, "stop_cause", (*last[:-1], SPAN) if cut_last else last)

    @classmethod
    def whole(cls, span: tuple[float, float]) -> Windows:
        """Return one window that fills ``span``, s."""
        return cls(np.array([span[0]]), np.array([span[1]]), span)

    @classmethod
    def none(cls, span: tuple[float, float]) -> Windows:
        """Return no window in ``span``, s."""
        return cls(np.empty(0), np.empty(0), span)

    def __repr__(self) -> str:
        return (
            f"Windows({self.count} in {self.span[1] - self.span[0]:.3f} s, "
            f"total {self.total:.3f} s, {100 * self.availability:.4f} %)"
        )

    def __len__(self) -> int:
        return self.start.size

    def __iter__(self) -> Iterator[tuple[float, float]]:
        """Yield (start, stop), s, of each window."""
        return zip(self.start.tolist(), self.stop.tolist(), strict=True)

    def __eq__(self, other: object) -> bool:
        """Tell whether times, span and causes are the same; certificates may differ."""
        if not isinstance(other, Windows):
            return NotImplemented
        return (
            self.span == other.span
            and np.array_equal(self.start, other.start)
            and np.array_equal(self.stop, other.stop)
            and self.start_cause == other.start_cause
            and self.stop_cause == other.stop_cause
        )

    __hash__ = None  # type: ignore[assignment]

    # ---- algebra -------------------------------------------------------------------------

    def __and__(self, other: Windows) -> Windows:
        """Return when both hold; each edge keeps the cause of the window that made it.

        Where both have an edge at the same instant, the cause is the first of the two names
        in alphabetical order, so that the result does not depend on the order of operands.
        """
        if not isinstance(other, Windows):
            return NotImplemented
        _same_span(self, other)
        start, start_cause = shared_edges(
            (self.start, self.start_cause, self._holds(other.start, "right")),
            (other.start, other.start_cause, other._holds(self.start, "right")),
        )
        stop, stop_cause = shared_edges(
            (self.stop, self.stop_cause, self._holds(other.stop, "left")),
            (other.stop, other.stop_cause, other._holds(self.stop, "left")),
        )
        certificate = joined(self.certificate, other.certificate)
        return Windows(start, stop, self.span, start_cause, stop_cause, certificate)

    def __or__(self, other: Windows) -> Windows:
        """Return when at least one holds; causes as for ``&``."""
        if not isinstance(other, Windows):
            return NotImplemented
        return ~(~self & ~other)

    def __invert__(self) -> Windows:
        """Return the gaps: when it does not hold. What ends a window begins a gap."""
        t0, t1 = self.span
        start = np.concatenate(([t0], self.stop))
        stop = np.concatenate((self.start, [t1]))
        row = slice(int(stop[0] == t0), start.size - int(start[-1] == t1))
        begun, ended = (SPAN, *self.stop_cause)[row], (*self.start_cause, SPAN)[row]
        return Windows(start[row], stop[row], self.span, begun, ended, self.certificate)

    def _holds(self, t: np.ndarray, side: Any) -> np.ndarray:
        """Tell whether it holds just after ``t`` (side "right") or just before ("left")."""
        i = np.searchsorted(self.start, t, side) - 1
        if not self.start.size:
            return np.zeros(np.shape(t), dtype=bool)
        stop = self.stop[i]
        return (i >= 0) & ((t < stop) if side == "right" else (t <= stop))

    # ---- what the rows say ---------------------------------------------------------------

    @property
    def count(self) -> int:
        """The number of windows."""
        return self.start.size

    @property
    def durations(self) -> np.ndarray:
        """The length of each window; (n,), s."""
        return self.stop - self.start

    @property
    def total(self) -> float:
        """The time in windows, s."""
        return float(np.sum(self.durations))

    @property
    def availability(self) -> float:
        """The fraction of the span in windows, 0 to 1."""
        return self.total / (self.span[1] - self.span[0])

    @property
    def longest(self) -> float:
        """The length of the longest window, s; 0 without windows."""
        return float(np.max(self.durations, initial=0.0))

    @property
    def gaps(self) -> Windows:
        """The gaps, with those at the ends of the span as far as they were seen."""
        return ~self

    @property
    def longest_gap(self) -> float:
        """The length of the longest gap, s; gaps cut by the span count as far as seen."""
        return self.gaps.longest

    @property
    def time_average_gap(self) -> float:
        """The mean over the span of the length of the gap one is in, s (0 in a window)."""
        return float(np.sum(self.gaps.durations**2)) / (self.span[1] - self.span[0])

    @property
    def response_time(self) -> float:
        """The mean wait for the next window, s.

        A gap that the end of the span cuts counts as if a window followed there.
        """
        return self.time_average_gap / 2

    @property
    def start_truncated(self) -> np.ndarray:
        """Whether the span cut the start; (n,) bool."""
        return self.start == self.span[0]

    @property
    def stop_truncated(self) -> np.ndarray:
        """Whether the span cut the stop; (n,) bool."""
        return self.stop == self.span[1]

    def row_at(self, t: float | np.ndarray) -> Any:
        """Return the row of the window that holds at ``t``, s, or -1; an int or (n,) ints.

        Raises
        ------
        ValueError
            If a time lies outside the span, where nothing is known.
        """
        times = np.asarray(t, dtype=float)
        t0, t1 = self.span
        outside = ~((times >= t0) & (times <= t1))
        if outside.any():
            worst = float(np.atleast_1d(times)[np.atleast_1d(outside)][0])
            raise ValueError(
                f"{int(outside.sum())} of {times.size} times lie outside the span {t0:.3f} to "
                f"{t1:.3f} s past J2000 TDB, first {worst:.3f}; analyse a span that holds them"
            )
        inside = self._holds(times, "right") | ((times == t1) & self.stop_truncated.any())
        row = np.where(inside, np.searchsorted(self.start, times, "right") - 1, -1)
        return int(row) if row.ndim == 0 else row

    def contains(self, t: float | np.ndarray) -> Any:
        """Tell whether it holds at ``t``, s; bool or (n,) bool. Raises as `row_at`."""
        row = self.row_at(t)
        return row >= 0

    def totals(self, edges: np.ndarray) -> np.ndarray:
        """Return the time in windows between each two ``edges``; (k,) s for (k + 1,) edges, s.

        Raises
        ------
        ValueError
            If the edges do not increase or leave the span.
        """
        marks = np.asarray(edges, dtype=float)
        if marks.size < 2 or not np.all(np.diff(marks) > 0):
            raise ValueError("edges must be at least two increasing times")
        if marks[0] < self.span[0] or marks[-1] > self.span[1]:
            raise ValueError(
                f"edges {marks[0]:.3f} to {marks[-1]:.3f} leave the span {self.span[0]:.3f} to "
                f"{self.span[1]:.3f} s past J2000 TDB; use the days that lie wholly within it"
            )
        if not self.start.size:
            return np.zeros(marks.size - 1)
        t = np.stack((self.start, self.stop), axis=1).ravel()
        seen = np.cumsum(self.durations)
        before = np.stack((np.concatenate(([0.0], seen[:-1])), seen), axis=1).ravel()
        return np.diff(np.interp(marks, t, before))

    # ---- other windows from these --------------------------------------------------------

    def select(self, rows: Any) -> Windows:
        """Return the windows of ``rows``: a slice, (n,) bool or increasing indices."""
        index = np.arange(self.start.size)[rows]
        if index.size == self.start.size:
            return self
        start_cause = tuple(self.start_cause[i] for i in index)
        stop_cause = tuple(self.stop_cause[i] for i in index)
        start, stop = self.start[index], self.stop[index]
        return Windows(start, stop, self.span, start_cause, stop_cause, self.certificate)

    def at_least(self, duration: float) -> Windows:
        """Return the windows of ``duration``, s, or more."""
        return self.select(self.durations >= duration)

    def shorter_than(self, duration: float) -> Windows:
        """Return the windows shorter than ``duration``, s."""
        return self.select(self.durations < duration)

    @property
    def closed(self) -> Windows:
        """The windows that the span cut at neither end."""
        return self.select(~(self.start_truncated | self.stop_truncated))

    def clip(self, span: tuple[float, float]) -> Windows:
        """Return the windows within ``span``, s, a part of this span.

        Raises
        ------
        ValueError
            If ``span`` is not part of this span.
        """
        t0, t1 = checked_span(span)
        if t0 < self.span[0] or t1 > self.span[1]:
            raise ValueError(
                f"cannot clip {self.span[0]:.3f} to {self.span[1]:.3f} to the wider span "
                f"{t0:.3f} to {t1:.3f} s past J2000 TDB; analyse the wider span"
            )
        keep = self.select((self.stop > t0) & (self.start < t1))
        start, stop = np.maximum(keep.start, t0), np.minimum(keep.stop, t1)
        certificate = self.certificate and self.certificate.within((t0, t1))
        return Windows(start, stop, (t0, t1), keep.start_cause, keep.stop_cause, certificate)

    def retimed(self, tag: Callable[[np.ndarray], np.ndarray]) -> Windows:
        """Return the same windows with another time tag, such as sent for received.

        A window or gap that is not longer than the grain of ``t`` (0.1 us) may vanish.

        Parameters
        ----------
        tag : (n,) times -> (n,) times, s
            Increasing; also applied to the span and to the undecided intervals.
        """
        undecided = np.array(self.certificate.undecided if self.certificate else ()).reshape(
            -1, 2
        )
        t = np.concatenate((self.span, self.start, self.stop, undecided.ravel()))
        moved, n = np.asarray(tag(t), dtype=float), self.start.size
        span = (float(moved[0]), float(moved[1]))
        start = np.where(self.start_truncated, span[0], moved[2 : 2 + n])
        stop = np.where(self.stop_truncated, span[1], moved[2 + n : 2 + 2 * n])
        certificate = self.certificate
        if certificate is not None:
            pairs = moved[2 + 2 * n :].reshape(-1, 2).tolist()
            certificate = replace(certificate, undecided=tuple((a, b) for a, b in pairs))
        first, last = regular(start, stop)
        begun = tuple(self.start_cause[i] for i in first)
        ended = tuple(self.stop_cause[i] for i in last)
        return Windows(start[first], stop[last], span, begun, ended, certificate)

    def statement(self) -> str:
        """Return the certificate in words, with the span in UTC."""
        from orbits.time import utc_iso

        t0, t1 = self.span
        if self.certificate is None:
            return f"Windows given for {utc_iso(t0)} to {utc_iso(t1)}, not searched."
        return self.certificate.as_text(str(utc_iso(t0)), str(utc_iso(t1)))

    def _repr_html_(self) -> str:
        return notebook.of_windows(self)

    def to_table(self) -> QTable:
        """Return an astropy ``QTable``: one row a window, times in UTC, durations in s.

        Durations are differences of TDB, which differ from those of TAI by less than 4e-10
        of themselves; leap seconds do not enter.
        """
        from astropy.table import QTable

        from orbits.time import from_t

        columns = {
            "start": from_t(self.start).utc,
            "stop": from_t(self.stop).utc,
            "duration": self.durations,
            "start_cause": np.array(self.start_cause, dtype=str),
            "stop_cause": np.array(self.stop_cause, dtype=str),
            "start_truncated": self.start_truncated,
            "stop_truncated": self.stop_truncated,
        }
        return QTable(columns, units={"duration": "s"}, meta={"span_tdb_s": list(self.span)})


def intersection(windows: Iterable[Windows]) -> Windows:
    """Return when all of ``windows`` hold; at least one is needed."""
    return reduce(Windows.__and__, windows)


def union(windows: Iterable[Windows]) -> Windows:
    """Return when at least one of ``windows`` holds; at least one is needed."""
    return reduce(Windows.__or__, windows)


def _same_span(one: Windows, other: Windows) -> None:
    if one.span != other.span:
        raise ValueError(
            f"windows of the spans {one.span[0]:.6f} to {one.span[1]:.6f} and "
            f"{other.span[0]:.6f} to {other.span[1]:.6f} s past J2000 TDB do not combine; "
            "clip both to the part they share"
        )
