"""Where states must stand, so that a Hermite polynomial between them keeps to the path."""

import numpy as np
from numpy.typing import NDArray

from orbits import hermite
from orbits.errors import ExportError
from orbits.exports.ephemeris import Ephemeris

Array = NDArray[np.float64]

NODES = 4  # states of a polynomial: degree 7
TOLERANCE = 2e-4  # m
_LONGEST = 10_800.0  # s, first guess of the spacing
_SHORTEST = 0.1  # s; nodes that must stand closer hide a jump
_BETWEEN = np.array([0.13, 0.5, 0.87])  # parts of an interval where the error is measured
_TURN = 0.7  # rad of direction in one interval, at most


def nodes(
    trajectory: Ephemeris,
    leg: tuple[float, float],
    name: str,
    *,
    tolerance: float = TOLERANCE,
    turn: float = _TURN,
) -> tuple[Array, float]:
    """Return times (n,) whose states carry a leg to ``tolerance`` m, and the error, m.

    Intervals are halved until the polynomial through the four nearest states is within
    ``tolerance`` of the path and its direction from the centre turns by ``turn`` (rad) or less;
    no interval is more than twice its neighbour.

    Raises
    ------
    ExportError
        If nodes 0.1 s apart still miss the tolerance (a jump in the trajectory).
    """
    t0, t1 = leg
    t = np.linspace(t0, t1, max(NODES, int(np.ceil((t1 - t0) / _LONGEST)) + 1))
    while True:
        errors, turns = _intervals(trajectory, t)
        step = np.diff(t)
        wide = (errors > tolerance) | (turns > turn)
        neighbour = np.minimum(np.append(step[1:], np.inf), np.append(np.inf, step[:-1]))
        split = wide | (step > 2.01 * neighbour)
        if not split.any():
            return t, float(np.max(errors))
        if np.min(step[split]) < _SHORTEST:
            raise ExportError(
                f"states {np.min(step):.2g} s apart leave {name} {np.max(errors):.3g} m off, "
                f"more than {tolerance:g} m; the trajectory jumps where it names no join: "
                "repair it, or give a larger tolerance"
            )
        t = np.sort(np.concatenate([t, t[:-1][split] + 0.5 * step[split]]))


def _intervals(trajectory: Ephemeris, t: Array) -> tuple[Array, Array]:
    """Return for each interval the error of interpolation, m, and its turn, rad."""
    first = hermite.windows_around(len(t), NODES)
    window = first[:, None] + np.arange(NODES)
    origin = t[first][:, None]
    r, v = trajectory.position(t), trajectory.velocity(t)
    z, coefficients = hermite.newton(t[window] - origin, r[window], v[window])
    between = t[:-1, None] + np.diff(t)[:, None] * _BETWEEN
    here, rate = hermite.evaluate(z, coefficients, between - origin)
    there = trajectory.position(between.ravel()).reshape(here.shape)
    errors = np.max(np.linalg.norm(here - there, axis=2), axis=1)
    turning = np.linalg.norm(np.cross(there, rate), axis=2) / np.sum(there**2, axis=2)
    return errors, np.max(turning, axis=1) * np.diff(t)
