"""Relay chains: links joined in order, and the windows in which any carrier closes them.

A chain carries a signal from its first node to its last and is timed at reception there. The
leg before is timed at reception at its own receiver, earlier by the light time of the last
leg, and so on; edges are carried forward from leg to leg by the light time at each edge.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.geometry.signal import APPARENT, check_setting, reception
from orbits.geometry.visibility import ConstraintMargin, Leg, Limits, Node, each_windows
from orbits.windows import SPAN, Windows, intersection, union

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]
LegKey = tuple[str, str, str]
"""Name of the link, of the transmitter, of the receiver."""


@dataclass(frozen=True, eq=False, slots=True)
class Link:
    """Who may talk to whom: any of ``transmitters`` to any of ``receivers``."""

    name: str
    transmitters: tuple[Node, ...]
    receivers: tuple[Node, ...]
    limits: Limits = field(default_factory=Limits)

    def legs(self, almanac: "Almanac", light_time: str = APPARENT) -> dict[LegKey, Leg]:
        """Return a leg for each pair of members, without that of a node to itself."""
        return {
            (self.name, tx.name, rx.name): Leg(tx, rx, almanac, light_time, self.limits)
            for tx, rx in product(self.transmitters, self.receivers)
            if tx.name != rx.name
        }


class Carried(NamedTuple):
    """A stretch of a chain window, s, and the nodes that carry it."""

    start: float
    stop: float
    nodes: tuple[str, ...]


class Handover(NamedTuple):
    """An instant, s, at which one carrier takes over from another within a chain window."""

    t: float
    before: tuple[str, ...]
    after: tuple[str, ...]


class PathMargins(NamedTuple):
    """Every constraint along one way through a chain, for a signal received at one instant."""

    nodes: tuple[str, ...]
    open: bool
    constraints: tuple[ConstraintMargin, ...]


@dataclass(frozen=True, eq=False, slots=True)
class ChainResult:
    """When a chain is closed, and by whom.

    Attributes
    ----------
    windows : Windows
        Of the chain, at reception at its last node; causes read "surface/elevation:change-6".
    carriers : dict of tuple of str to Windows
        The part of ``windows`` that each way through the chain could carry.
    legs, leg_windows : dict
        By (link, transmitter, receiver); windows at reception at the leg's receiver, over a
        span that may begin before the chain's by the light time that follows.
    plan : tuple of Carried
        Who carries: the carrier in use stays until it closes, then the one takes over that
        will stay open longest; first in the order of the file where two are equal.
    short : int
        Windows left out because they are shorter than the chain's ``min_duration``.
    """

    windows: Windows
    carriers: dict[tuple[str, ...], Windows]
    legs: dict[LegKey, Leg]
    leg_windows: dict[LegKey, Windows]
    plan: tuple[Carried, ...]
    short: int

    @property
    def handovers(self) -> tuple[Handover, ...]:
        """Changes of carrier within a window, in time order."""
        return tuple(
            Handover(b.start, a.nodes, b.nodes)
            for a, b in pairwise(self.plan)
            if a.stop == b.start
        )


@dataclass(frozen=True, eq=False, slots=True)
class Chain:
    """Links in order, each one's receivers being the next one's transmitters.

    Attributes
    ----------
    name : str
    links : tuple of Link
    light_time : str
        "geometric", "light-time" or "apparent".
    min_duration : float, s
        Shorter windows are left out.

    Raises
    ------
    ValueError
        If there is no link, or two neighbours share no node.
    """

    name: str
    links: tuple[Link, ...]
    light_time: str = APPARENT
    min_duration: float = 0.0

    def __post_init__(self) -> None:
        check_setting(self.light_time)
        if not self.links:
            raise ValueError(f"chain {self.name} has no links; name at least one")
        if not self.min_duration >= 0.0:
            raise ValueError(f"min_duration of chain {self.name} is negative")
        for one, two in pairwise(self.links):
            if not {n.name for n in one.receivers} & {n.name for n in two.transmitters}:
                raise ValueError(
                    f"chain {self.name}: link {two.name} does not start where link {one.name} "
                    f"ends; one of {', '.join(n.name for n in one.receivers)} must be among "
                    f"{', '.join(n.name for n in two.transmitters)}"
                )

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The names of the nodes of each way through the chain, in the order of the file."""
        found = [(node.name,) for node in self.links[0].transmitters]
        for link in self.links:
            starts = {node.name for node in link.transmitters}
            found = [
                (*way, node.name)
                for way in found
                if way[-1] in starts
                for node in link.receivers
                if node.name not in way
            ]
        return tuple(found)

    def legs(self, almanac: "Almanac") -> dict[LegKey, Leg]:
        """Return the legs that some way through the chain uses."""
        every: dict[LegKey, Leg] = {}
        for link in self.links:
            every |= link.legs(almanac, self.light_time)
        used = dict.fromkeys(key for way in self.ways for key in self.keys(way))
        return {key: every[key] for key in used}

    def keys(self, way: tuple[str, ...]) -> tuple[LegKey, ...]:
        """Return the keys of the legs along ``way``."""
        return tuple(
            (link.name, *ends) for link, ends in zip(self.links, pairwise(way), strict=True)
        )

    def times(
        self, way: tuple[str, ...], t: Array, legs: Mapping[LegKey, Leg]
    ) -> tuple[Array, ...]:
        """Return when a signal received at the end at ``t`` is at each node; (n,) s each."""
        at = [np.asarray(t, dtype=np.float64)]
        for key in reversed(self.keys(way)):
            at.insert(0, at[0] - legs[key].delay(at[0]))
        return tuple(at)

    def solve(
        self,
        almanac: "Almanac",
        span: tuple[float, float],
        *,
        resolution: float = 10.0,
        tolerance: float = 1e-3,
        found: Mapping[LegKey, Windows] | None = None,
    ) -> ChainResult:
        """Return when the chain is closed within ``span``, and who carries it.

        Parameters
        ----------
        span : (float, float), s
            Of reception at the last node.
        resolution, tolerance : float, s
            As in ``events.windows``, for each leg.
        found : mapping, optional
            Windows of legs already searched at these settings; used where their span reaches.

        Raises
        ------
        ValueError
            If a trajectory does not cover ``span`` and the light time before it.
        """
        legs, known = self.legs(almanac), dict(found or {})
        begin = self._beginnings(legs, span)
        missing = {}
        for key, leg in legs.items():
            need, have = (begin[key], span[1]), known.get(key)
            if have is None or have.span[0] > need[0] or have.span[1] < need[1]:
                _check_cover(key, leg, need)
                missing[key] = leg, need
        searched = each_windows(missing.values(), resolution=resolution, tolerance=tolerance)
        known |= dict(zip(missing, searched, strict=True))
        leg_windows = {key: known[key] for key in legs}
        ways = {way: self._way(way, span, legs, leg_windows) for way in self.ways}
        every = union(ways.values()) if ways else Windows.none(span)
        kept = every.at_least(self.min_duration)
        carriers = {way: windows & kept for way, windows in ways.items()}
        plan = _plan(kept, carriers)
        return ChainResult(kept, carriers, legs, leg_windows, plan, every.count - kept.count)

    def _beginnings(
        self, legs: Mapping[LegKey, Leg], span: tuple[float, float]
    ) -> dict[LegKey, float]:
        """Return from when on each leg's windows are needed, in its own reception time; s."""
        begin: dict[LegKey, float] = {}
        for way in self.ways:
            late = span[0]
            for key in reversed(self.keys(way)):
                begin[key] = min(begin.get(key, np.inf), late)
                _check_cover(key, legs[key], (late, span[1]))
                late -= float(legs[key].delay(np.array([late]))[0])
        return begin

    def _way(
        self,
        way: tuple[str, ...],
        span: tuple[float, float],
        legs: Mapping[LegKey, Leg],
        leg_windows: Mapping[LegKey, Windows],
    ) -> Windows:
        """Return when every leg of ``way`` holds for the same signal, at its last reception."""
        keys = self.keys(way)
        ends = np.stack(self.times(way, np.array(span), legs))[1:]  # at each leg's receiver
        parts = []
        for i, key in enumerate(keys):
            after = [legs[k] for k in keys[i + 1 :]]

            def arrival(t: Array, after: list[Leg] = after) -> Array:
                for leg in after:
                    nodes = leg.transmitter.path, leg.receiver.path
                    t = reception(*nodes, leg.almanac, t, leg.light_time)
                return t

            windows = leg_windows[key].clip((float(ends[i, 0]), float(ends[i, 1])))
            if after:
                windows = snapped(windows.retimed(arrival), span)
            parts.append(_labelled(windows, key[0]))
        return intersection(parts)

    def why(self, almanac: "Almanac", t: float) -> tuple[PathMargins, ...]:
        """Return the margins along each way, for a signal received at the end at ``t``."""
        legs = self.legs(almanac)
        out = []
        for way in self.ways:
            at = self.times(way, np.array([float(t)]), legs)
            found = tuple(
                replace(margin, link=key[0])
                for key, received in zip(self.keys(way), at[1:], strict=True)
                for margin in legs[key].margins(float(received[0]))
            )
            out.append(PathMargins(way, all(margin.holds for margin in found), found))
        return tuple(out)


def _check_cover(key: LegKey, leg: Leg, need: tuple[float, float]) -> None:
    t0, t1 = leg.usable_span(need)
    late, early = t0 - need[0], need[1] - t1
    if late > 0.0 or early > 0.0:
        raise ValueError(
            f"link {key[0]} from {key[1]} to {key[2]}: the trajectories do not cover the span "
            f"and the light time before it; {late:.3f} s are missing at its start and "
            f"{early:.3f} s at its end: propagate so much further, or shorten the span"
        )


def snapped(windows: Windows, span: tuple[float, float]) -> Windows:
    """Return ``windows`` over ``span``, from which theirs differs by the grain of t only."""
    start = np.where(windows.start_truncated, span[0], np.clip(windows.start, *span))
    stop = np.where(windows.stop_truncated, span[1], np.clip(windows.stop, *span))
    kept = windows.select(start < stop)
    return replace(kept, start=start[start < stop], stop=stop[start < stop], span=span)


def _labelled(windows: Windows, link: str) -> Windows:
    """Return ``windows`` with the link's name before each cause."""

    def named(causes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cause if cause == SPAN else f"{link}/{cause}" for cause in causes)

    return replace(
        windows, start_cause=named(windows.start_cause), stop_cause=named(windows.stop_cause)
    )


def _plan(windows: Windows, carriers: Mapping[tuple[str, ...], Windows]) -> tuple[Carried, ...]:
    """Return who carries each stretch of ``windows``; see ``ChainResult.plan``."""
    rows = [(way, w.start.tolist(), w.stop.tolist()) for way, w in carriers.items()]
    plan = []
    for start, stop in windows:
        t = start
        while t < stop:
            until, best = t, ()
            for way, starts, stops in rows:
                i = bisect_right(starts, t) - 1
                if i >= 0 and stops[i] > until:
                    until, best = stops[i], way
            plan.append(Carried(t, until, best))
            t = until
    return tuple(plan)
