"""Deviations: how far a spacecraft may be from its path, carried along it by its partials."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.geometry.displaced import local_axes
from orbits.propagators.variations import onwards, variations
from orbits.trajectory import Trajectory

Array = NDArray[np.float64]

_PSD = (
    1e-9  # of the largest eigenvalue: rounding of a written covariance may leave this below 0
)


def checked_covariance(covariance: ArrayLike) -> Array:
    """Return a covariance (6, 6) that is symmetric and has no negative variance.

    Raises
    ------
    ValueError
        If it is not finite, not symmetric, or has an eigenvalue clearly below zero.
    """
    p = np.array(covariance, dtype=np.float64)
    if p.shape != (6, 6) or not np.all(np.isfinite(p)):
        raise ValueError(f"a covariance is 6 by 6 finite numbers, got {p.shape}")
    # In units of its own standard deviations, so that metres and metres a second compare.
    size = np.sqrt(np.maximum(np.diag(p), 0.0))
    scale = np.where(size > 0.0, size, 1.0)
    unit = p / np.outer(scale, scale)
    if not np.allclose(unit, unit.T, rtol=0.0, atol=1e-9):
        raise ValueError("the covariance is not symmetric")
    lowest = float(np.linalg.eigvalsh(0.5 * (unit + unit.T))[0])
    if lowest < -_PSD * 6.0:
        raise ValueError(
            f"the covariance has a negative variance: its correlation matrix has the "
            f"eigenvalue {lowest:.3g}; check signs and order of its terms"
        )
    return 0.5 * (p + p.T)


@dataclass(frozen=True, eq=False)
class Deviation:
    """A covariance at one instant, and the partials that carry it along a path.

    Attributes
    ----------
    path : Trajectory
    t : float, s
        When ``covariance`` holds; within the path's span.
    covariance : (6, 6) array, m2, m2/s, m2/s2
        Of position and velocity in ICRF axes about the path's centre.
    model : (m, table)
        The forces (``Numerical.model``).
    """

    path: Trajectory
    t: float
    covariance: Array
    model: tuple[Array, Array]

    def __post_init__(self) -> None:
        first, last = self.path.span
        if not first <= self.t <= last:
            raise ValueError(
                f"the covariance of t = {self.t:.3f} s lies outside the path, {first:.3f} to "
                f"{last:.3f} s past J2000 TDB"
            )
        object.__setattr__(self, "covariance", checked_covariance(self.covariance))

    @classmethod
    def local(
        cls,
        path: Trajectory,
        t: float,
        covariance: ArrayLike,
        model: tuple[Array, Array],
    ) -> "Deviation":
        """Return the deviation of a covariance in radial, along-track, cross-track axes.

        The axes are those at ``t``, taken as at rest: velocities are inertial ones, resolved.
        """
        axes = local_axes(path.position(t), path.velocity(t))
        turn = np.zeros((6, 6))
        turn[:3, :3] = turn[3:, 3:] = axes
        return cls(path, t, turn.T @ checked_covariance(covariance) @ turn, model)

    @cached_property
    def _halves(self) -> tuple[tuple[Array, Array, Array], ...]:
        """Nodes, states and partials before ``t`` (going back) and after it."""
        nodes = self.path.t
        found = []
        for part in (nodes[nodes < self.t][::-1], nodes[nodes > self.t]):
            t = np.concatenate(([self.t], part))
            y = np.hstack([self.path.position(t), self.path.velocity(t)])
            held = variations(self.model, t, y)
            found.append((t, y, np.ascontiguousarray(held.phi)))
        return tuple(found)

    def partials(self, t: ArrayLike) -> Array:
        """Return the partials of the states at ``t`` by that of the covariance; (n, 6, 6)."""
        times = np.ascontiguousarray(t, dtype=np.float64).reshape(-1)
        out = np.empty((times.size, 6, 6))
        m, table = self.model[0].copy(), self.model[1]
        for side, (nodes, y, phi) in zip((-1.0, 1.0), self._halves, strict=True):
            mine = np.flatnonzero((times >= self.t) == (side > 0.0))
            if mine.size:
                at = np.ascontiguousarray(times[mine])
                row = np.searchsorted(side * nodes, side * at, side="right") - 1
                part = np.empty((mine.size, 6, 6))
                onwards(m, table, nodes, y, phi, at, row.astype(np.int64), part)
                out[mine] = part
        return out

    def covariances(self, t: ArrayLike) -> Array:
        """Return the covariance at each ``t``, in ICRF axes; (n, 6, 6)."""
        phi = self.partials(t)
        return phi @ self.covariance @ np.swapaxes(phi, 1, 2)

    def local_positions(self, t: ArrayLike) -> Array:
        """Return the covariance of position, radial, along and cross track; (n, 3, 3), m2."""
        times = np.asarray(t, dtype=np.float64).reshape(-1)
        axes = local_axes(self.path.position(times), self.path.velocity(times))
        return axes @ self.covariances(times)[:, :3, :3] @ np.swapaxes(axes, 1, 2)

    def samples(self, count: int, seed: int) -> Array:
        """Return states at ``t`` drawn from the covariance about the path's; (count, 6)."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        draws = np.random.default_rng(seed).standard_normal((count, 6))
        here = np.concatenate([self.path.position(self.t), self.path.velocity(self.t)])
        return here + draws @ root.T
