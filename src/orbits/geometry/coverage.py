"""Coverage: what a grid of points sees of one or many spacecraft, and its figures of merit.

A gap is a stretch of the span without a window. The span may cut the first and the last gap of
a point short, so every figure of gaps names its rule: ``"all gaps"`` counts them as far as
they were seen, as if a window bounded the span (STK: End Gaps, Include); ``"closed gaps only"``
leaves them out, and the figures are of the rest of the span (Ignore).

With the gaps g, the span T, and the figures of STK in brackets [agi2023]:

    availability        time in windows / T                  (Coverage Time, Percent)
    count               number of windows                    (Number of Accesses, of the union)
    mean_gap            mean g; T without a window           (Revisit Time, Average)
    longest_gap         greatest g                           (Revisit Time, Maximum)
    time_average_gap    sum g^2 / T                          (Time Average Gap)
    response_time       sum g^2 / 2T                         (Response Time, Average)
    mean_in_view        mean number that see the point       (N Asset Coverage, Average)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.certificate import Certificate
from orbits.compiled import compiled
from orbits.frames import Path
from orbits.geometry.access import Accesses, Rules, each_access, point_rows
from orbits.geometry.fixed import Cells, fixed_path
from orbits.geometry.grid import Grid
from orbits.intervals import checked_span, longest, merged
from orbits.windows import Windows

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

ALL, CLOSED = "all gaps", "closed gaps only"
RULES = (ALL, CLOSED)
_CELLS = 2  # of a piece of the path


class Figures(NamedTuple):
    """Figures of merit of each point; (n,) each, times in s.

    Where no gap is counted, ``mean_gap``, ``longest_gap`` and ``time_average_gap`` are 0 for
    a point that is always covered, and nan for one whose only gaps are those left out.

    Attributes
    ----------
    availability : 0 to 1
    count : number
    total, longest : s
        Time in windows, and the longest window.
    gaps : number
    longest_gap, mean_gap, time_average_gap, response_time : s
    mean_in_view, most_in_view, least_in_view : number
        Of spacecraft that see the point at once.
    """

    availability: Array
    count: NDArray[np.int64]
    total: Array
    longest: Array
    gaps: NDArray[np.int64]
    longest_gap: Array
    mean_gap: Array
    time_average_gap: Array
    response_time: Array
    mean_in_view: Array
    most_in_view: NDArray[np.int64]
    least_in_view: NDArray[np.int64]


@compiled
def _overlaid(start, stop, first, fold, span):
    """Return windows (w, 2) in which at least ``fold`` see a point, and three tables by point.

    ``first`` (k, n + 1) holds the rows of each point in ``start`` and ``stop`` for each of k
    spacecraft. Tables: number of windows, most and least in view.
    """
    many, n = first.shape[0], first.shape[1] - 1
    counts = np.zeros((n, 3), dtype=np.int64)
    out = np.empty((len(start) + n, 2))
    used = 0
    for i in range(n):
        size = 0
        for k in range(many):
            size += first[k, i + 1] - first[k, i]
        begin, end = np.empty(size), np.empty(size)
        at = 0
        for k in range(many):
            for row in range(first[k, i], first[k, i + 1]):
                begin[at], end[at] = start[row], stop[row]
                at += 1
        begin.sort()
        end.sort()
        now, most, least, a, b, opened = 0, 0, many, 0, 0, span[0]
        before = used
        while a < size or b < size:
            t = begin[a] if a < size and begin[a] <= end[b] else end[b]
            was = now
            while a < size and begin[a] == t:
                now += 1
                a += 1
            while b < size and end[b] == t:
                now -= 1
                b += 1
            if t > span[0]:
                least = min(least, was)
            most = max(most, now)
            if was < fold <= now:
                opened = t
            elif now < fold <= was:
                out[used, 0], out[used, 1] = opened, t
                used += 1
        if size == 0 or end[size - 1] < span[1]:
            least = 0
        counts[i, 0], counts[i, 1], counts[i, 2] = used - before, most, least
    return out[:used], counts


@compiled
def _gap_sums(start, stop, first, span, closed):
    """Return number, sum, sum of squares and greatest of the gaps, and the time looked at."""
    n = len(first) - 1
    out = np.zeros((n, 5))
    for i in range(n):
        a, b = first[i], first[i + 1]
        out[i, 4] = span[1] - span[0]
        for row in range(a, b + 1):
            begin = span[0] if row == a else stop[row - 1]
            end = span[1] if row == b else start[row]
            gap = end - begin
            if gap <= 0.0:
                continue
            if closed and row in (a, b):
                out[i, 4] -= gap
                continue
            out[i, 0] += 1.0
            out[i, 1] += gap
            out[i, 2] += gap * gap
            out[i, 3] = max(out[i, 3], gap)
    return out


@dataclass(frozen=True, eq=False, slots=True)
class Coverage:
    """When each point of a grid is seen by at least ``fold`` of the spacecraft.

    Attributes
    ----------
    grid : Grid
    span : (float, float), s
    rules : Rules
    fold : int
        How many spacecraft must see a point at once.
    parts : dict of Accesses
        What each spacecraft by itself sees.
    start, stop : (w,) arrays, s
        The windows of the points, one point after the other.
    first : (n + 1,) array
        Point i has the rows first[i] to first[i + 1].
    most, least : (n,) arrays
        Greatest and smallest number in view at once.
    certificate : Certificate
        Of all points together.
    where : (n,) array of bool, or None
        The points that count in means and maps, such as those of the ocean; None: all.
    """

    grid: Grid
    span: tuple[float, float]
    rules: Rules
    fold: int
    parts: dict[str, Accesses]
    start: Array
    stop: Array
    first: NDArray[np.int64]
    most: NDArray[np.int64]
    least: NDArray[np.int64]
    certificate: Certificate
    where: NDArray[np.bool_] | None = None

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which points count; (n,)."""
        return np.ones(self.grid.area.size, dtype=bool) if self.where is None else self.where

    def mean(self, values: Array) -> float:
        """Return the mean of one value a point over the area that counts."""
        return float(np.average(values[self.counted], weights=self.grid.area[self.counted]))

    def at_least(self, fold: int) -> "Coverage":
        """Return when at least ``fold`` spacecraft see each point at once."""
        found = _folded(self.grid, self.span, self.rules, fold, self.parts, self.certificate)
        return replace(found, where=self.where)

    def windows(self, point: int) -> Windows:
        """Return the windows of one point; its causes are all ``"access"``."""
        rows = slice(self.first[point], self.first[point + 1])
        doubts = [part.undecided for part in self.parts.values()]
        undecided = merged(
            tuple((a, b) for part in doubts for i, a, b in part.tolist() if i == point)
        )
        certificate = replace(self.certificate, undecided=undecided)
        causes = ("access",) * (rows.stop - rows.start)
        return Windows(
            self.start[rows], self.stop[rows], self.span, causes, causes, certificate
        )

    def figures(self, rule: str = ALL) -> Figures:
        """Return the figures of merit of each point, gaps counted by ``rule``.

        Raises
        ------
        ValueError
            If the rule is neither "all gaps" nor "closed gaps only".
        """
        if rule not in RULES:
            raise ValueError(f"gaps are counted by one of {', '.join(RULES)}; got {rule!r}")
        durations = self.stop - self.start
        total, longest_one = _by_point(durations, self.first)
        number, length, squares, greatest, seen = _gap_sums(
            self.start, self.stop, self.first, np.array(self.span), rule == CLOSED
        ).T
        span = self.span[1] - self.span[0]
        none = number == 0
        blank = np.where(none & (total < span), np.nan, 0.0)  # only gaps that are left out
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(none, blank, length / number)
            average = np.where(none, blank, squares / seen)
        view = sum(_by_point(p.stop - p.start, p.first)[0] for p in self.parts.values()) / span
        return Figures(
            total / span,
            np.diff(self.first),
            total,
            longest_one,
            number.astype(np.int64),
            np.where(none, blank, greatest),
            mean,
            average,
            0.5 * average,
            np.asarray(view, dtype=np.float64),
            self.most,
            self.least,
        )

    def covered(self, t: ArrayLike) -> Array:
        """Return the share of the grid's area that is covered at ``t``, s; (n,), 0 to 1.

        Raises
        ------
        ValueError
            If a time lies outside the span.
        """
        times = np.asarray(t, dtype=np.float64)
        if not np.all((times >= self.span[0]) & (times <= self.span[1])):
            raise ValueError(
                f"coverage is known from {self.span[0]:.3f} to {self.span[1]:.3f} s past J2000 "
                "TDB only; analyse a span that holds the times"
            )
        area = np.repeat(self.grid.area / self.grid.area.sum(), np.diff(self.first))
        held = np.zeros(times.shape)
        for edges, sign in ((self.start, 1.0), (self.stop, -1.0)):
            order = np.argsort(edges)
            sums = np.concatenate([[0.0], np.cumsum(area[order])])
            side = np.searchsorted(edges[order], times, "right")
            if sign < 0.0:  # the last instant belongs to a window that reaches it
                side = np.where(
                    times == self.span[1], np.searchsorted(edges[order], times, "left"), side
                )
            held = held + sign * sums[side]
        return np.clip(held, 0.0, 1.0)


def _by_point(durations: Array, first: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the sum and the greatest of the rows of each point; (n,) each, 0 for none."""
    sums = np.concatenate([[0.0], np.cumsum(durations)])
    greatest = np.zeros(first.size - 1)
    point = np.repeat(np.arange(first.size - 1), np.diff(first))
    np.maximum.at(greatest, point, durations)
    return sums[first[1:]] - sums[first[:-1]], greatest


def coverage(
    grid: Grid,
    paths: Mapping[str, Path],
    almanac: "Almanac",
    span: tuple[float, float],
    rules: Rules | None = None,
    *,
    resolution: float = 10.0,
    tolerance: float = 1e-3,
) -> Coverage:
    """Return when each point of ``grid`` is seen by any of ``paths`` within ``span``.

    Geometric: no light time (edges move by up to the light time, 0.06 s from 18,000 km), no
    refraction, no terrain, and nothing but the body of the grid in the way.

    Parameters
    ----------
    paths : mapping of name to Path
    span : (float, float), s
        TDB seconds past J2000.
    rules : Rules, optional
        By default elevation 0 and no more.
    resolution, tolerance : float, s
        As in ``events.windows``.

    Raises
    ------
    ValueError
        If there is no path, or one does not cover the span.
    DataError
        If the almanac does not cover it.
    """
    span, rules = checked_span(span), rules or Rules()
    if not paths:
        raise ValueError("coverage needs at least one spacecraft")
    lowest = np.full(grid.area.size, rules.min_elevation)
    points = point_rows(grid.vector, grid.up, lowest)

    def cells_of(path: Path) -> Cells:
        return Cells.of(fixed_path(path, almanac, grid.body, span), _CELLS)

    parts = each_access(
        points,
        {name: partial(cells_of, path) for name, path in paths.items()},
        rules,
        resolution=resolution,
        tolerance=tolerance,
    )
    return _folded(
        grid, span, rules, 1, parts, _certificate(grid, parts, resolution, tolerance)
    )


def _certificate(
    grid: Grid, parts: Mapping[str, Accesses], resolution: float, tolerance: float
) -> Certificate:
    """Return what is proven of all points; its resolution is that of the worst point."""
    doubts = np.concatenate([part.undecided for part in parts.values()])
    worst = resolution
    for point in np.unique(doubts[:, 0]):
        rows = doubts[doubts[:, 0] == point, 1:].tolist()
        worst = max(worst, longest(merged(tuple((a, b) for a, b in rows))))
    return Certificate(
        worst,
        tolerance,
        sum(part.evaluations for part in parts.values()),
        undecided=merged(tuple((a, b) for _, a, b in doubts.tolist())),
        notes={
            "trajectory": "fitted in the axes of the body",
            "light_time": "geometric",
            "refraction": "none",
            "terrain": "none",
            f"{grid.body}_shape": "WGS84" if grid.body == "earth" else "sphere of 1737.4 km",
        },
        allowance=max(part.allowance for part in parts.values()),
    )


def _folded(
    grid: Grid,
    span: tuple[float, float],
    rules: Rules,
    fold: int,
    parts: dict[str, Accesses],
    certificate: Certificate,
) -> Coverage:
    if not 1 <= fold <= len(parts):
        raise ValueError(f"fold must lie within 1 to {len(parts)} spacecraft, got {fold}")
    sizes = np.cumsum([0, *(part.start.size for part in parts.values())])
    first = np.stack(
        [part.first + shift for part, shift in zip(parts.values(), sizes, strict=False)]
    )
    rows, counts = _overlaid(
        np.concatenate([part.start for part in parts.values()]),
        np.concatenate([part.stop for part in parts.values()]),
        first,
        fold,
        np.array(span),
    )
    return Coverage(
        grid,
        span,
        rules,
        fold,
        parts,
        np.ascontiguousarray(rows[:, 0]),
        np.ascontiguousarray(rows[:, 1]),
        np.concatenate([[0], np.cumsum(counts[:, 0])]),
        counts[:, 1],
        counts[:, 2],
        certificate,
    )
