"""Contact plan: who talks to which station when each can serve only one.

What is visible is given as windows by (station, spacecraft). A plan gives every station at
most one spacecraft at a time and every spacecraft at most one station. Two rules:

``most-time``
    Between any two neighbouring edges of the windows, the greatest weight of spacecraft that
    can be served (an assignment problem, solved exactly); of equal answers the one that keeps
    the pairs of before, then the one whose windows stay open longest. Without times to turn
    and least durations no plan serves more weighted time.
``longest-first``
    The longest window first, as much of it as is still free; an ordinary greedy plan.

Contacts that come out too short are struck out and the plan is made again without them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from orbits.windows import Windows

Array = NDArray[np.float64]
Pair = tuple[str, str]
"""Station and spacecraft."""
Visible = Mapping[Pair, Windows]

MOST_TIME, LONGEST_FIRST = "most-time", "longest-first"
_STAY, _LASTING = 1e-4, 1e-7  # of the smallest weight: ties only


class Contact(NamedTuple):
    """One contact, s, of a station with a spacecraft."""

    start: float
    stop: float
    station: str
    spacecraft: str


@dataclass(frozen=True, slots=True)
class Turnover:
    """What a plan has to leave room for; s.

    Attributes
    ----------
    min_contact : float
        Shorter contacts are not worth their while.
    station_gap : float
        Between two contacts of one station with different spacecraft: to turn the antenna.
    spacecraft_gap : float
        Between two contacts of one spacecraft with different stations: to hand over.
    """

    min_contact: float = 0.0
    station_gap: float = 0.0
    spacecraft_gap: float = 0.0

    def __post_init__(self) -> None:
        for name in ("min_contact", "station_gap", "spacecraft_gap"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0.0):
                raise ValueError(f"{name} must be a time of 0 s or more, got {value}")


@dataclass(frozen=True, eq=False, slots=True)
class ContactPlan:
    """Contacts in order of their start.

    Attributes
    ----------
    contacts : tuple of Contact
    span : (float, float), s
    rule : str
        "most-time" or "longest-first".
    turnover : Turnover
    bound : float, s
        Time that spacecraft could be served in all, were turning immediate and short
        contacts welcome: no plan has more.
    """

    contacts: tuple[Contact, ...]
    span: tuple[float, float]
    rule: str
    turnover: Turnover
    bound: float

    @property
    def total(self) -> float:
        """The time of all contacts together, s."""
        return float(sum(contact.stop - contact.start for contact in self.contacts))

    def windows(self, *, station: str | None = None, spacecraft: str | None = None) -> Windows:
        """Return the contacts of a station, of a spacecraft, or of both, as windows.

        Contacts that follow each other at once are one window.
        """
        rows = [
            contact
            for contact in self.contacts
            if station in (None, contact.station) and spacecraft in (None, contact.spacecraft)
        ]
        found = Windows.none(self.span)
        for name in dict.fromkeys((row.station, row.spacecraft) for row in rows):
            here = [row for row in rows if (row.station, row.spacecraft) == name]
            found = found | Windows(
                np.array([row.start for row in here]),
                np.array([row.stop for row in here]),
                self.span,
                ("plan",) * len(here),
                ("plan",) * len(here),
            )
        return found


def contact_plan(
    visible: Visible,
    turnover: Turnover | None = None,
    *,
    rule: str = MOST_TIME,
    priority: Mapping[str, float] | None = None,
) -> ContactPlan:
    """Return a plan in which stations and spacecraft have one contact at a time.

    Parameters
    ----------
    visible : mapping of (station, spacecraft) to Windows
        Over one span.
    turnover : Turnover, optional
        Least duration and times to turn; by default none.
    rule : str
        "most-time" or "longest-first".
    priority : mapping of spacecraft to float, optional
        Weight of its time; 1 where not given.

    Raises
    ------
    ValueError
        If nothing is visible at all, spans differ, or a weight or the rule is out of order.
    """
    turnover, given = turnover or Turnover(), dict(priority or {})
    if not visible:
        raise ValueError("a contact plan needs the windows of at least one pair")
    spans = {windows.span for windows in visible.values()}
    if len(spans) > 1:
        raise ValueError(f"the windows have {len(spans)} different spans; clip them to one")
    if rule not in (MOST_TIME, LONGEST_FIRST):
        raise ValueError(f"the rule is {MOST_TIME} or {LONGEST_FIRST}, got {rule!r}")
    for name, weight in given.items():
        if not (np.isfinite(weight) and weight > 0.0):
            raise ValueError(f"the priority of {name} must be above zero, got {weight}")
    span, held = spans.pop(), dict(visible)
    bound = float(sum(c.stop - c.start for c in _most_time(held, {})))
    while True:
        raw = _most_time(held, given) if rule == MOST_TIME else _longest_first(held, turnover)
        kept, short = _turned(raw, turnover)
        if not short:
            return ContactPlan(tuple(kept), span, rule, turnover, bound)
        for contact in short:
            pair = contact.station, contact.spacecraft
            # The whole stretch is struck out, not only what was left of it.
            stretch = Windows(np.array([contact.start]), np.array([contact.stop]), span)
            held[pair] = held[pair] & ~stretch


def _turned(raw: list[Contact], turnover: Turnover) -> tuple[list[Contact], list[Contact]]:
    """Return contacts cut so that there is time to turn, and those that are then too short."""
    last_of_station: dict[str, Contact] = {}
    last_of_craft: dict[str, Contact] = {}
    kept, short = [], []
    for contact in sorted(raw):
        start = contact.start
        before = last_of_station.get(contact.station)
        if before is not None and before.spacecraft != contact.spacecraft:
            start = max(start, before.stop + turnover.station_gap)
        before = last_of_craft.get(contact.spacecraft)
        if before is not None and before.station != contact.station:
            start = max(start, before.stop + turnover.spacecraft_gap)
        if contact.stop - start < turnover.min_contact or contact.stop <= start:
            short.append(contact)
            continue
        cut = contact._replace(start=start)
        kept.append(cut)
        last_of_station[contact.station] = last_of_craft[contact.spacecraft] = cut
    return kept, short


def _most_time(visible: Visible, priority: Mapping[str, float]) -> list[Contact]:
    """Return the contacts of the greatest weight in every stretch, pairs kept where equal."""
    pairs = [pair for pair, windows in visible.items() if windows.count]
    if not pairs:
        return []
    stations = sorted({station for station, _ in pairs})
    crafts = sorted({craft for _, craft in pairs})
    edges = np.unique(np.concatenate([
        np.concatenate([visible[pair].start, visible[pair].stop]) for pair in pairs
    ]))  # fmt: skip
    middle = 0.5 * (edges[1:] + edges[:-1])
    place = [(stations.index(s), crafts.index(c)) for s, c in pairs]
    weight = np.array([priority.get(craft, 1.0) for craft in crafts])
    scale, length = weight.min(), edges[-1] - edges[0]
    rows = [visible[pair].row_at(middle) for pair in pairs]
    until = [np.append(visible[pair].stop, np.nan) for pair in pairs]
    running: dict[Pair, Contact] = {}
    done: list[Contact] = []
    for k in range(middle.size):
        score = np.zeros((len(stations), len(crafts)))
        for (i, j), pair, row, stop in zip(place, pairs, rows, until, strict=True):
            if row[k] >= 0:
                stay = _STAY if pair in running else 0.0
                lasting = _LASTING * (stop[row[k]] - edges[k]) / length
                score[i, j] = weight[j] + scale * (stay + lasting)
        one, other = linear_sum_assignment(score, maximize=True)
        served = {
            (stations[i], crafts[j])
            for i, j in zip(one.tolist(), other.tolist(), strict=True)
            if score[i, j] > 0.0
        }
        for pair in [pair for pair in running if pair not in served]:
            done.append(running.pop(pair))
        for pair in sorted(served):
            begun = running.get(pair, Contact(float(edges[k]), 0.0, *pair))
            running[pair] = begun._replace(stop=float(edges[k + 1]))
    return sorted([*done, *running.values()])


def _longest_first(visible: Visible, turnover: Turnover) -> list[Contact]:
    """Return contacts placed one after the other, the longest window first."""
    rows = sorted(
        (Contact(start, stop, *pair) for pair, held in visible.items() for start, stop in held),
        key=lambda row: (row.start - row.stop, row),
    )
    placed: list[Contact] = []
    for row in rows:
        free = [(row.start, row.stop)]
        for other in placed:
            if other.station == row.station and other.spacecraft != row.spacecraft:
                room = turnover.station_gap
            elif other.spacecraft == row.spacecraft and other.station != row.station:
                room = turnover.spacecraft_gap
            else:
                continue
            free = _without(free, other.start - room, other.stop + room)
        placed += [
            row._replace(start=start, stop=stop)
            for start, stop in free
            if stop - start >= turnover.min_contact and stop > start
        ]
    return sorted(placed)


def _without(free: list[tuple[float, float]], start: float, stop: float):
    """Return the intervals ``free`` less [start, stop]."""
    out = []
    for a, b in free:
        if a < min(b, start):
            out.append((a, min(b, start)))
        if max(a, stop) < b:
            out.append((max(a, stop), b))
    return out


def days(windows: Mapping[str, Windows], edges: Array) -> dict[str, Array]:
    """Return the time in windows of each name in each day; (k,) s for (k + 1,) ``edges``.

    Raises
    ------
    ValueError
        If the edges do not increase or leave the span of the windows.
    """
    return {name: held.totals(edges) for name, held in windows.items()}
