"""Windows of two runs matched with each other: which moved, which are new, which are gone."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orbits.errors import OrbitsWarning
from orbits.time import duration, parse_t

Document = dict[str, Any]
Span = tuple[float, float]

_GRAIN = 1e-3  # s, of the instants in the documents


@dataclass(frozen=True, slots=True)
class Moved:
    """A window of either run that is one and the same.

    Attributes
    ----------
    before, after : dict
        The rows of the documents.
    start_shift, stop_shift : float or None, s
        Later is positive; None for an edge that the span cut in either run.
    """

    before: Document
    after: Document
    start_shift: float | None
    stop_shift: float | None

    @property
    def new_causes(self) -> bool:
        """Whether an edge has another cause than before."""
        return any(self.before[k] != self.after[k] for k in ("start_cause", "stop_cause"))


@dataclass(frozen=True, slots=True)
class WindowChange:
    """What became of the windows of one key, such as "chain.far-side-relay".

    Attributes
    ----------
    name : str
    before, after : dict or None
        Rows of the summaries: count, total, availability; None where there was none.
    unmoved : int
        Windows with the same edges.
    moved : tuple of Moved
    appeared, vanished : tuple of dict
        Rows of windows that meet none of the other run within the span of both.
    """

    name: str
    before: Document | None
    after: Document | None
    unmoved: int
    moved: tuple[Moved, ...]
    appeared: tuple[Document, ...]
    vanished: tuple[Document, ...]

    @property
    def same(self) -> bool:
        """Whether all windows are the same."""
        return not (self.moved or self.appeared or self.vanished) and self.before == self.after


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row with its edges, s TDB past J2000."""

    row: Document
    start: float
    stop: float


def window_changes(before: Document | None, after: Document | None) -> tuple[WindowChange, ...]:
    """Return what changed in the windows of each key, in the order of the later document.

    Windows that overlap are the same window; where several do, those that share most time.
    A window is moved if an edge is, by more than the tolerances of both edges and the
    millisecond of the documents, or if an edge has another cause. Nothing is returned where
    either document is missing.
    """
    if before is None or after is None:
        return ()
    with warnings.catch_warnings():
        # Of leap seconds not known yet the runs have warned already.
        warnings.simplefilter("ignore", OrbitsWarning)
        span = _common(before, after)
        rows = [_by_name(document["windows"]) for document in (before, after)]
    summaries = [document["summary"] for document in (before, after)]
    names = dict.fromkeys([*summaries[1], *summaries[0]])
    found = [
        _matched(
            name, (summaries[0].get(name), summaries[1].get(name)),
            rows[0].get(name, []), rows[1].get(name, []), span,
        )
        for name in names
    ]  # fmt: skip
    return tuple(one for one in found if not one.same)


def _common(before: Document, after: Document) -> Span:
    spans = [
        (parse_t(one["span"]["start_utc"]), parse_t(one["span"]["stop_utc"]))
        for one in (before, after)
    ]
    return max(a for a, _ in spans), min(b for _, b in spans)


def _by_name(rows: Sequence[Document]) -> dict[str, list[_Placed]]:
    found: dict[str, list[_Placed]] = {}
    for row in rows:
        ends = parse_t(row["start_utc"]), parse_t(row["stop_utc"])
        found.setdefault(row["name"], []).append(_Placed(row, *ends))
    return found


def _matched(
    name: str,
    summaries: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
    before: list[_Placed],
    after: list[_Placed],
    span: Span,
) -> WindowChange:
    shared = sorted(_overlaps(before, after), key=lambda one: (-one[0], one[1], one[2]))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in shared:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    moved, unmoved = [], 0
    for i, j in sorted(pairs.items()):
        one = _shifted(before[i], after[j])
        if one is None:
            unmoved += 1
        else:
            moved.append(one)
    gone = [row for i, row in enumerate(before) if i not in pairs]
    new = [row for j, row in enumerate(after) if j not in taken]
    first, last = (None if one is None else dict(one) for one in summaries)
    return WindowChange(
        name, first, last, unmoved, tuple(moved), _inside(new, span), _inside(gone, span)
    )


def _overlaps(before: list[_Placed], after: list[_Placed]) -> list[tuple[float, int, int]]:
    """Return the shared time, s, of every two windows that share some; rows are in order."""
    found, first = [], 0
    for i, one in enumerate(before):
        while first < len(after) and after[first].stop <= one.start:
            first += 1
        for j in range(first, len(after)):
            if after[j].start >= one.stop:
                break
            shared = min(one.stop, after[j].stop) - max(one.start, after[j].start)
            found.append((shared, i, j))
    return found


def _shifted(before: _Placed, after: _Placed) -> Moved | None:
    """Return how two windows differ; None where their edges are the same."""
    shifts = []
    for end in ("start", "stop"):
        cut = any(one.row[f"{end}_truncated"] for one in (before, after))
        a, b = getattr(before, end), getattr(after, end)
        shifts.append(None if cut and a != b else round(float(duration(a, b)), 3))
    grain = _GRAIN + sum(one.row.get("edge_tolerance_s") or 0.0 for one in (before, after))
    moved = Moved(before.row, after.row, *shifts)
    if not moved.new_causes and all(one is not None and abs(one) <= grain for one in shifts):
        return None
    return moved


def _inside(rows: list[_Placed], span: Span) -> tuple[Document, ...]:
    return tuple(one.row for one in rows if one.stop > span[0] and one.start < span[1])
