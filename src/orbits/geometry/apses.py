"""Where a trajectory is nearest to its centre and farthest from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.trajectory import Trajectory

Array = NDArray[np.float64]
_HALVINGS = 40  # of an integration step: below 1 us, where the radius is stationary


@dataclass(frozen=True, eq=False, slots=True)
class Apses:
    """Passages through the extremes of the distance from the centre.

    Attributes
    ----------
    periapsis, apoapsis : (n,) and (m,) arrays, s
        TDB seconds past J2000.
    periapsis_radius, apoapsis_radius : (n,) and (m,) arrays, m
    """

    periapsis: Array
    apoapsis: Array
    periapsis_radius: Array
    apoapsis_radius: Array


def apses(trajectory: Trajectory, span: tuple[float, float] | None = None) -> Apses:
    """Return the passages through periapsis and apoapsis within ``span`` (default: its own).

    The radial speed is looked at on the integrator's steps and halfway between them, and each
    change of its sign is located by bisection. Two changes within half a step are missed: a
    step of this integrator is a small part of a revolution.
    """
    t0, t1 = span or trajectory.span
    nodes = trajectory.t
    t = np.concatenate([[t0, t1], nodes, 0.5 * (nodes[1:] + nodes[:-1])])
    t = np.unique(t[(t >= t0) & (t <= t1)])
    outward = _radial(trajectory, t) > 0.0
    turns = np.flatnonzero(outward[1:] != outward[:-1])
    low, high, rising = t[turns].copy(), t[turns + 1].copy(), outward[turns + 1]
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        after = (_radial(trajectory, middle) > 0.0) == rising
        low, high = np.where(after, low, middle), np.where(after, middle, high)
    at = 0.5 * (low + high)
    radius = np.linalg.norm(trajectory.position(at), axis=1)
    return Apses(at[rising], at[~rising], radius[rising], radius[~rising])


def _radial(trajectory: Trajectory, t: Array) -> Array:
    return np.einsum("ij,ij->i", trajectory.position(t), trajectory.velocity(t))


def radius_range(
    trajectory: Trajectory, span: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Return the smallest and the greatest distance from the centre within ``span``, m."""
    found = apses(trajectory, span)
    ends = np.linalg.norm(trajectory.position(np.array(span or trajectory.span)), axis=1)
    radii = np.concatenate([found.periapsis_radius, found.apoapsis_radius, ends])
    return float(radii.min()), float(radii.max())
