"""Where to sample a path so that its picture is smooth, and where it is hidden."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

Times = np.ndarray
Vectors = np.ndarray


class Moving(Protocol):
    """Anything with a position: the part of a path that a picture needs."""

    def position(self, t: Times) -> Vectors:
        """Return (n, 3) m at ``t``, s TDB past J2000."""
        ...


def instants(path: Moving, span: tuple[float, float], count: int | None = None) -> Times:
    """Return instants within ``span`` spread by how much the path turns, s.

    Equal steps of the angle by which the motion turns, plus a tenth of uniform steps so that a
    straight path is drawn as well. A conic is then smooth at periapsis and apoapsis.

    Parameters
    ----------
    path : Moving
        The steps of its integrator, ``t``, are looked at where it has them.
    span : (float, float), s TDB past J2000
    count : int, optional
        By default 110 for each turn, at least 400 and at most 20,000.
    """
    steps = np.asarray(getattr(path, "t", ()))
    steps = steps[(steps > span[0]) & (steps < span[1])]
    halves = 0.5 * (steps[1:] + steps[:-1])
    t = np.unique(np.concatenate([np.linspace(*span, 4000), steps, halves]))
    step = np.diff(path.position(t), axis=0)
    length = np.linalg.norm(step, axis=1)
    unit = step / np.where(length > 0, length, 1.0)[:, None]
    cosine = np.clip(np.einsum("ij,ij->i", unit[1:], unit[:-1]), -1.0, 1.0)
    turned = np.concatenate([[0.0], np.arccos(cosine), [0.0]])
    turn = 0.5 * (turned[1:] + turned[:-1])
    total = float(turn.sum())
    along = np.cumsum(
        np.concatenate([[0.0], turn + 0.1 * (total or 1.0) * np.diff(t) / (t[-1] - t[0])])
    )
    if count is None:
        count = int(np.clip(110.0 * total / (2.0 * np.pi), 400, 20_000))
    return np.interp(np.linspace(0.0, along[-1], count), along, t)


def crossings(margin: Callable[[Times], np.ndarray], t: Times, tolerance: float = 1.0) -> Times:
    """Return where ``margin`` changes its sign between the instants ``t``, s.

    All brackets are halved at once until they are shorter than ``tolerance`` s; two changes
    within one step of ``t`` are not seen.
    """
    positive = margin(t) > 0
    at = np.flatnonzero(positive[1:] != positive[:-1])
    low, high, rising = t[at], t[at + 1], positive[at + 1]
    while len(at) and np.max(high - low) > tolerance:
        middle = 0.5 * (low + high)
        after = (margin(middle) > 0) == rising
        low, high = np.where(after, low, middle), np.where(after, middle, high)
    return 0.5 * (low + high)


def behind(points: Vectors, radius: float) -> np.ndarray:
    """Return a signed clearance of view points from the far side of a sphere; (n,), m.

    Parameters
    ----------
    points : (n, 3) array, m
        Right, up and towards the viewer, from the centre of the sphere; outside the sphere.
    radius : float, m

    Returns
    -------
    (n,) array, m
        Negative where the sphere hides the point from a viewer at infinity.
    """
    return np.maximum(np.hypot(points[:, 0], points[:, 1]) - radius, points[:, 2])


def split_behind(points: Vectors, radius: float) -> tuple[list[Vectors], list[Vectors]]:
    """Return the parts of a polyline that are seen, and those that a sphere hides.

    Parameters
    ----------
    points : (n, 3) array, m
        As for `behind`; straight in between.
    radius : float, m

    Returns
    -------
    seen, hidden : lists of (k, 2) arrays, m
        Cut where the line crosses the limb.
    """
    at = np.arange(len(points), dtype=float)

    def between(where: Times) -> Vectors:
        return np.column_stack([np.interp(where, at, column) for column in points.T])

    every = np.union1d(at, crossings(lambda x: behind(between(x), radius), at, 1e-4))
    clear = behind(between(0.5 * (every[1:] + every[:-1])), radius) > 0
    line = between(every)[:, :2]
    return pieces(line, clear), pieces(line, ~clear)


def pieces(points: Vectors, holds: np.ndarray) -> list[Vectors]:
    """Return the stretches of a line along which ``holds`` is true, as separate lines.

    ``holds`` (n - 1,) is about the segments between the ``points`` (n, k), not the points.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(int)))
    return [points[a : b + 1] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def stretches(t: Times, values: np.ndarray, windows: Any) -> tuple[Times, np.ndarray]:
    """Return the parts of a curve inside ``windows``, cut at their edges.

    Parameters
    ----------
    t : (n,) array, s
    values : (n,) array
        Linear between the instants.
    windows : Windows
        Of a span that may be a little shorter than ``t``.

    Returns
    -------
    t, values : arrays
        After each part a value of nan, so that one line draws them all.
    """
    edges = np.concatenate([windows.start, windows.stop])
    every = np.union1d(t, edges[(edges > t[0]) & (edges < t[-1])])
    middle = 0.5 * (every[1:] + every[:-1])
    known = (middle >= windows.span[0]) & (middle <= windows.span[1])
    holds = np.zeros(len(middle), bool)
    holds[known] = windows.contains(middle[known])
    curve = np.column_stack([every, np.interp(every, t, values)])
    parts = [np.vstack([part, [part[-1, 0], np.nan]]) for part in pieces(curve, holds)]
    line = np.vstack(parts) if parts else np.array([[t[0], np.nan]])
    return line[:, 0], line[:, 1]
