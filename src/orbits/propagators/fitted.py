"""Trajectories of any function of time, as Chebyshev pieces of adaptive length.

Analytic theories and tables become trajectories like those of the integrator: polynomials
whose velocity is the derivative of their position and whose coefficients bound both, so that
the certified search for windows works on them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike, NDArray

from orbits.compiled import compiled
from orbits.errors import ConvergenceError
from orbits.frames import Frame
from orbits.range_max import RangeMax
from orbits.trajectory import Trajectory

Array = NDArray[np.float64]
Motion = Callable[[Array], tuple[Array, Array]]

TOLERANCE = 1e-3  # m
NODES = 14  # a piece has the positions at these many points and the slopes at its two ends
SHORTEST = 1e-3  # s; a function that needs shorter pieces jumps
ROUGH = 4  # halvings in a row that leave an error of under 1,000 tolerances standing: noise
_ROUNDING = 64.0 * float(np.finfo(np.float64).eps)

_ANGLES = np.pi * np.arange(NODES) / (NODES - 1)
_AT = -np.cos(_ANGLES)
_BETWEEN = -np.cos(0.5 * (_ANGLES[1:] + _ANGLES[:-1]))
_ENDS = np.array([-1.0, 1.0])


def _slopes_of_basis(x: Array, size: int) -> Array:
    """Return the derivatives (point, k) of the first ``size`` Chebyshev polynomials."""
    return chebyshev.chebvander(x, size - 1)[:, : size - 1] @ chebyshev.chebder(np.eye(size))


_VALUES_TO_SERIES = np.linalg.inv(chebyshev.chebvander(_AT, NODES - 1))
_TO_SERIES = np.linalg.inv(
    np.vstack([chebyshev.chebvander(_AT, NODES + 1), _slopes_of_basis(_ENDS, NODES + 2)])
)
_END_SLOPES = _slopes_of_basis(_ENDS, NODES) @ _VALUES_TO_SERIES
_CHECK = chebyshev.chebvander(_BETWEEN, NODES + 1)


@compiled
def evaluate_pieces(edges, coefficients, t, out):
    """Write the series (pieces, 3, k) at each ``t`` into ``out`` (n, 3)."""
    pieces, _, size = coefficients.shape
    for i in range(len(t)):
        k = min(max(np.searchsorted(edges, t[i], side="right") - 1, 0), pieces - 1)
        x = 2.0 * (t[i] - edges[k]) / (edges[k + 1] - edges[k]) - 1.0
        for c in range(3):
            # Clenshaw's sum.
            ahead = before = 0.0
            for j in range(size - 1, 0, -1):
                ahead, before = coefficients[k, c, j] + 2.0 * x * ahead - before, ahead
            out[i, c] = coefficients[k, c, 0] + x * ahead - before


@dataclass(frozen=True, eq=False)
class ChebyshevPieces:
    """Consecutive Chebyshev series, each over an interval of its own.

    Attributes
    ----------
    edges : (n + 1,) array, s
        Ends of the pieces, ascending.
    coefficients : (n, 3, k) array, m
        Lowest degree first, k >= 3.
    """

    edges: Array
    coefficients: Array

    def joined(self, later: "ChebyshevPieces") -> "ChebyshevPieces":
        """Return this one continued by ``later``, which begins where it ends."""
        size = max(self.coefficients.shape[2], later.coefficients.shape[2])
        both = [
            np.pad(c, ((0, 0), (0, 0), (0, size - c.shape[2])))
            for c in (self.coefficients, later.coefficients)
        ]
        edges = np.concatenate([self.edges, later.edges[1:]])
        return ChebyshevPieces(edges, np.concatenate(both))

    def until(self, t: float) -> "ChebyshevPieces":
        """Return this one up to ``t``, which lies after its first edge."""
        return self.between(float(self.edges[0]), t)

    def between(self, start: float, stop: float) -> "ChebyshevPieces":
        """Return this one from ``start`` to ``stop``, within its edges but for rounding."""
        inner = self.edges[1:-1]
        first = int(np.searchsorted(inner, start, side="right"))
        last = int(np.searchsorted(inner, stop, side="left"))
        edges = self.edges[first : last + 2].copy()
        coefficients = self.coefficients[first : last + 1].copy()
        for k, end in ((0, start), (-1, stop)):
            a, b = (edges[0], edges[1]) if k == 0 else (edges[-2], edges[-1])
            low, high = (end, b) if k == 0 else (a, end)
            coefficients[k] = _part(coefficients[k], (low - a) / (b - a), (high - a) / (b - a))
            edges[k] = end
        return ChebyshevPieces(edges, coefficients)

    def position(self, t: Array) -> Array:
        """Return positions (n, 3), m; ``t`` lies within the edges."""
        out = np.empty((len(t), 3))
        evaluate_pieces(self.edges, self.coefficients, t, out)
        return out

    def velocity(self, t: Array) -> Array:
        """Return velocities (n, 3), m/s: the derivative of ``position``."""
        out = np.empty((len(t), 3))
        evaluate_pieces(self.edges, self._rates, t, out)
        return out

    def bounds(self, a: Array, b: Array) -> tuple[Array, Array]:
        """Return bounds on the speed and acceleration of ``position`` over each [a, b]."""
        first, last = self._pieces_of(a, b)
        speed, acceleration, _ = self._piece_bounds
        return speed.over(first, last), acceleration.over(first, last)

    @property
    def greatest(self) -> tuple[RangeMax, RangeMax]:
        """Bounds on speed and acceleration by piece, for compiled functions."""
        return self._piece_bounds[:2]

    def jerk(self, a: Array, b: Array) -> Array:
        """Return a bound on the third derivative of ``position`` over each [a, b], m/s3."""
        return self._piece_bounds[2].over(*self._pieces_of(a, b))

    def _pieces_of(self, a: Array, b: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        n = len(self.coefficients)
        first = np.clip(np.searchsorted(self.edges, a, side="right") - 1, 0, n - 1)
        return first, np.clip(np.searchsorted(self.edges, b, side="left") - 1, first, n - 1)

    @cached_property
    def _rates(self) -> Array:
        return self._derivative(self.coefficients)

    def _derivative(self, series: Array) -> Array:
        scale = 2.0 / np.diff(self.edges)
        rates = chebyshev.chebder(series, axis=2) * scale[:, None, None]
        return np.ascontiguousarray(rates)

    @cached_property
    def _piece_bounds(self) -> tuple[RangeMax, RangeMax, RangeMax]:
        accelerations = self._derivative(self._rates)
        orders = (self._rates, accelerations, self._derivative(accelerations))
        speed, acceleration, jerk = (RangeMax.of(_greatest(series)) for series in orders)
        return speed, acceleration, jerk


def _part(series: Array, low: float, high: float) -> Array:
    """Return a series (3, k) over the part of its interval between two fractions of it."""
    if (low, high) == (0.0, 1.0):
        return series
    size = series.shape[1]
    x = chebyshev.chebpts1(size)
    values = chebyshev.chebvander(low * (1.0 - x) + high * (1.0 + x) - 1.0, size - 1)
    return series @ np.linalg.solve(chebyshev.chebvander(x, size - 1), values).T


def _greatest(series: Array) -> Array:
    """Return a bound on the norm of each series (n, 3, k) over [-1, 1]; (n,).

    The linear part is longest at an end; no polynomial of the rest exceeds 1.
    """
    size = np.linalg.norm(series, axis=1)
    if series.shape[2] < 2:
        return size[:, 0]
    ends = [np.linalg.norm(series[:, :, 0] + x * series[:, :, 1], axis=1) for x in _ENDS]
    return np.maximum(*ends) + size[:, 2:].sum(axis=1)


def fitted_trajectory(  # noqa: PLR0913 - one call says all of a fit
    motion: Motion,
    span: tuple[float, float],
    frame: Frame,
    *,
    longest: float,
    tolerance: float = TOLERANCE,
    consistent: bool = True,
    cuts: ArrayLike = (),
    provenance: dict[str, Any],
) -> Trajectory:
    """Return the trajectory of ``motion`` over ``span``, within ``tolerance`` of it.

    Pieces are halved until the polynomial of each, checked at 13 points between its 14 nodes,
    is as near as asked. They meet with their slopes. The fit of ``t`` itself takes account of
    the grain of the clock (0.12 us).

    Parameters
    ----------
    motion : (n,) times, s -> positions (n, 3), m, and velocities (n, 3), m/s
        Smooth inside the span.
    span : (float, float), s
    frame : Frame
    longest : float, s
        Length of the longest piece: a part of the shortest period of the motion.
    tolerance : float, m
        Raised to 64 units of the last place of the position where that is coarser.
    consistent : bool
        Whether the velocities are the derivatives of the positions. If not (theories with
        truncated periodic terms), the slopes come from the positions.
    cuts : (k,) times, s
        Where slopes or higher derivatives jump: no piece crosses them, and those inside the
        span become joins. With ``consistent`` the velocity must not jump there.
    provenance : dict
        What made the motion; the fit adds its own figures.

    Raises
    ------
    ValueError
        If the span does not run forward, or the motion is not finite somewhere.
    ConvergenceError
        If shorter pieces do not follow the motion better, because it jumps or is noisy.
    """
    first, last = span
    if not first < last:
        raise ValueError(f"span must run forward, got {first} to {last} s past J2000 TDB")
    if not (tolerance > 0.0 and longest > 0.0):
        raise ValueError(f"tolerance and longest must be > 0, got {tolerance} and {longest}")
    joins = np.unique(np.asarray(cuts, dtype=np.float64))
    joins = joins[(joins > first) & (joins < last)]
    start, stop = _first_pieces(np.array([first, *joins, last]), longest)
    before, stuck = np.full(start.size, np.inf), np.zeros(start.size, dtype=np.int64)
    done: list[tuple[Array, Array, Array, Array]] = []
    while start.size:
        values, slopes, between = _sampled(motion, start, stop, consistent=consistent)
        error = _error(_series(values, slopes, start, stop), between, tolerance)
        good = error <= 1.0
        done.append((start[good], stop[good], values[good], slopes[good]))
        start, stop = start[~good], stop[~good]
        error, before, stuck = error[~good], before[~good], stuck[~good]
        stuck = np.where((error > 0.75 * before) & (before < 1e3), stuck + 1, 0)
        if np.any((stop - start < SHORTEST) | (stuck >= ROUGH)):
            raise _rough(start, stop, error, tolerance)
        before, stuck = np.tile(error, 2), np.tile(stuck, 2)
        middle = start + 0.5 * (stop - start)
        start, stop = np.concatenate([start, middle]), np.concatenate([middle, stop])
    parts = [np.concatenate(part) for part in zip(*done, strict=True)]
    order = np.argsort(parts[0])
    start, stop, values, slopes = (part[order] for part in parts)
    if not consistent:
        left = np.flatnonzero(~np.isin(stop[:-1], joins))
        shared = 0.5 * (slopes[left, 1] + slopes[left + 1, 0])
        slopes[left, 1], slopes[left + 1, 0] = shared, shared
    edges = np.append(start, last)
    pieces = ChebyshevPieces(edges, _series(values, slopes, start, stop))
    figures = {"pieces": len(start), "fit_tolerance": tolerance}
    return Trajectory(frame, pieces, joins, {**provenance, **figures})


def _first_pieces(ends: Array, longest: float) -> tuple[Array, Array]:
    """Return starts and stops of equal pieces of at most ``longest`` between the ``ends``."""
    edges = [np.linspace(a, b, int(np.ceil((b - a) / longest)) + 1) for a, b in pairwise(ends)]
    return np.concatenate([e[:-1] for e in edges]), np.concatenate([e[1:] for e in edges])


def _sampled(motion: Motion, start: Array, stop: Array, *, consistent: bool):
    """Return values at the nodes (n, NODES, 3), end slopes (n, 2, 3), values between."""
    x = np.concatenate([_AT, _BETWEEN])
    place = (0.5 * (stop - start))[:, None] * (1.0 + x)
    place[:, NODES - 1] = stop - start
    t = start[:, None] + place
    r, v = (part.reshape(*t.shape, 3) for part in motion(t.ravel()))
    if not (np.all(np.isfinite(r)) and np.all(np.isfinite(v))):
        at = t[~np.all(np.isfinite(r) & np.isfinite(v), axis=2)]
        raise ValueError(f"the motion is not finite at t = {at[0]:.3f} s past J2000 TDB")
    # The clock holds no instant finer than its grain: carry the position to where it belongs.
    late = place - (t - start[:, None])
    r = r + v * late[..., None]
    values, between = r[:, :NODES], r[:, NODES:]
    if consistent:
        slopes = v[:, [0, NODES - 1]]
    else:
        half = (0.5 * (stop - start))[:, None, None]
        slopes = np.einsum("ij,njc->nic", _END_SLOPES, values) / half
    return values, slopes, between


def _series(values: Array, slopes: Array, start: Array, stop: Array) -> Array:
    half = (0.5 * (stop - start))[:, None, None]
    given = np.concatenate([values, slopes * half], axis=1)
    return np.einsum("kj,njc->nck", _TO_SERIES, given)


def _error(series: Array, between: Array, tolerance: float) -> Array:
    """Return the greatest error of each piece in units of what is allowed."""
    misses = np.einsum("pk,nck->npc", _CHECK, series) - between
    allowed = np.maximum(tolerance, _ROUNDING * np.linalg.norm(between, axis=2))
    return np.max(np.linalg.norm(misses, axis=2) / allowed, axis=1)


def _rough(start: Array, stop: Array, error: Array, tolerance: float) -> ConvergenceError:
    worst = int(np.argmin(stop - start))
    miss = float(error[worst]) * tolerance
    return ConvergenceError(
        f"the motion jumps, or is uncertain, by about {miss:.3g} m near t = "
        f"{start[worst]:.3f} s past J2000 TDB, so no polynomial follows it to {tolerance:g} m: "
        "end the span before, or loosen the tolerance",
        residual=miss,
        last=(float(start[worst]), float(stop[worst])),
    )
