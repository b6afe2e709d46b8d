"""Event: a condition with a signed margin, and the windows in which it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from orbits.certificate import Certificate, joined
from orbits.intervals import checked_span, longest, merged, regular
from orbits.search import Compiled, Nodes, certified_nodes, crossings, sampled_nodes
from orbits.windows import Windows

Margin = Callable[[np.ndarray], np.ndarray]
Bound = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A condition that holds while its margin is positive.

    Attributes
    ----------
    name : str
        Becomes the cause of the edges, such as ``"elevation:change-6"``.
    margin : (n,) times, s -> (n,) values
        Signed and continuous; at zero the condition does not hold. Smooth but at ``cuts``.
    bound : (n,), (n,) times, s -> (n,) values, or None
        An upper bound on the size of the second derivative of the margin over each [a, b]
        without a cut inside, in units of the margin a second squared. Infinity where none is
        known; zero also where the margin is proven to keep its sign, by whatever means.
        Without a bound the margin is sampled and the windows are not certified.
    cuts : (k,) times, s
        Where the slope of the margin may jump: burns, force switches, mask corners, days of
        the Earth orientation table.
    allowance : float
        Error that each value of the margin may have by rounding and interpolation, in its
        own unit; for a margin in metres 0.1 mm.
    notes : mapping of str to str
        What the certificate says of the model, such as ``light_time`` and ``refraction``.
    compiled : Compiled or None
        The same margin and bound in a compiled search, which is much faster.
    """

    name: str
    margin: Margin
    bound: Bound | None = None
    cuts: np.ndarray = ()  # type: ignore[assignment]
    allowance: float = 1e-4
    notes: Mapping[str, str] = field(default_factory=dict)
    compiled: Compiled | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        cuts = np.unique(np.asarray(self.cuts, dtype=float))
        if not np.isfinite(cuts).all():
            raise ValueError(f"cuts of {self.name!r} must be finite times")
        if not 0 < self.allowance < np.inf:
            raise ValueError(
                f"allowance of {self.name!r} must be positive, got {self.allowance}"
            )
        object.__setattr__(self, "cuts", cuts)


def windows(
    event: Event,
    span: tuple[float, float],
    *,
    resolution: float = 10.0,
    tolerance: float = 1e-3,
    within: Windows | None = None,
) -> Windows:
    """Return when ``event`` holds in ``span``, and proof that nothing long was missed.

    With a bound on the second derivative of the margin, pieces of the span are halved until
    each provably holds no edge or just one; a bracketing solver finds that one. Pieces that
    stay open far below ``resolution`` are undecided and listed in the certificate. So are
    windows and gaps, of any length, in which the margin was nowhere further from zero than
    its allowance: they are not reported as rows. The shorter windows and gaps that are found
    on the way are reported too.

    Parameters
    ----------
    span : (float, float), s
        TDB seconds past J2000.
    resolution : float, s
        No window and no gap longer than this is missed.
    tolerance : float, s
        Bound on the error of an edge; usually far better.
    within : Windows, optional
        Look only where these hold, and return where both do: cheaper than ``&`` when
        ``event`` costs more. Edges that ``within`` makes keep its causes.

    Raises
    ------
    ValueError
        If the span does not run forward, ``resolution`` or ``tolerance`` is out of order, or
        the margin or bound is not a number.
    """
    span = checked_span(span)
    if not 0 < tolerance <= resolution < np.inf:
        raise ValueError(
            f"need 0 < tolerance <= resolution, got {tolerance} s and {resolution} s"
        )
    domain = Windows.whole(span) if within is None else within
    if domain.span != span:
        raise ValueError(f"windows to look within span {domain.span}, not {span}; clip them")
    certified = event.bound is not None
    if not domain.count:
        nodes = Nodes(np.empty(0), np.empty(0), (), 0)
    elif certified:
        nodes = certified_nodes(event, domain.start, domain.stop, resolution)
    else:
        nodes = sampled_nodes(event, domain.start, domain.stop, resolution / 2)
    edges, lefts, evaluations = _edges(event, domain, nodes, tolerance)
    found, unproven = _proven(event, domain, nodes, edges, lefts)
    undecided = merged((*nodes.undecided, *unproven))
    certificate = Certificate(
        max(resolution, longest(undecided)),
        tolerance,
        nodes.t.size + evaluations,
        nodes.bounds,
        undecided,
        certified,
        dict(event.notes) if certified else {**event.notes, "sampled": event.name},
    )
    start, stop = found
    names = _causes(event, domain, start, stop)
    return Windows(start, stop, span, *names, joined(domain.certificate, certificate))


def _edges(
    event: Event, domain: Windows, nodes: Nodes, tolerance: float
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the edges, s, the nodes before them, and the evaluations they cost."""
    holds = nodes.margin > 0
    home = np.searchsorted(domain.start, nodes.t, "right")
    left = np.flatnonzero((holds[1:] != holds[:-1]) & (home[1:] == home[:-1]))
    a, b = nodes.t[left], nodes.t[left + 1]
    values = nodes.margin[left], nodes.margin[left + 1]
    edges, evaluations = crossings(event, a, b, values, 0.25 * tolerance)
    return edges, left, evaluations


def _proven(
    event: Event, domain: Windows, nodes: Nodes, edges: np.ndarray, lefts: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[tuple[float, float], ...]]:
    """Return (start, stop) of windows that stand out of the allowance, and what does not.

    Edges cut the domains into stretches that hold and stretches that do not, in turn. One
    whose margin is nowhere further from zero than the allowance may be rounding: it takes the
    state of the stretch before it (or after, at the beginning) and is listed.
    """
    lo = np.sort(np.concatenate((domain.start, edges)), kind="stable")
    hi = np.sort(np.concatenate((domain.stop, edges)), kind="stable")
    home = np.searchsorted(domain.start, nodes.t, "right") - 1
    stretch = home + np.searchsorted(lefts, np.arange(nodes.t.size), "left")
    first = np.searchsorted(stretch, np.arange(lo.size))
    size = np.maximum.reduceat(np.abs(nodes.margin), first) if lo.size else np.empty(0)
    holds, where = nodes.margin[first] > 0, home[first]
    proven = size > event.allowance
    doubt = ~proven & (hi > lo)
    unproven = tuple(zip(lo[doubt].tolist(), hi[doubt].tolist(), strict=True))
    lo, holds, where = lo[proven], holds[proven], where[proven]
    opens = np.ones(lo.size, dtype=bool)
    opens[1:] = (where[1:] != where[:-1]) | (holds[1:] != holds[:-1])
    lo, holds, where = lo[opens], holds[opens], where[opens]
    leads = np.ones(lo.size, dtype=bool)
    leads[1:] = where[1:] != where[:-1]
    start = np.where(leads, domain.start[where], lo)
    stop = domain.stop[where]
    stop[:-1] = np.where(leads[1:], stop[:-1], lo[1:])
    start, stop = start[holds], stop[holds]
    first, last = regular(start, stop)
    return (start[first], stop[last]), unproven


def _causes(
    event: Event, domain: Windows, start: np.ndarray, stop: np.ndarray
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the causes of the edges: the event, or the domain where its own edge cuts."""
    k = np.searchsorted(domain.start, start, "right") - 1

    def named(cut: np.ndarray, causes: tuple[str, ...]) -> tuple[str, ...]:
        names = [event.name] * cut.size
        for i in np.flatnonzero(cut):
            names[i] = causes[k[i]]
        return tuple(names)

    begins = named(start == domain.start[k], domain.start_cause)
    return begins, named(stop == domain.stop[k], domain.stop_cause)
