"""From the restricted problem to the real sky: periodic orbits by multiple shooting.

The orbit is laid out in the pulsating frame of Earth and Moon, revolution after revolution, and
cut into arcs. Newton's method then moves the starts of all arcs at once, each step the smallest
one that closes the gaps to first order, until the arcs join under the forces of the flight.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from orbits.almanac import Almanac
from orbits.design.periodic import PeriodicOrbit
from orbits.errors import ConvergenceError, PropagationError
from orbits.frames import Frame, rotated, synodic
from orbits.propagators.cr3bp import System, states
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State, Trajectory, join

Array = NDArray[np.float64]

JUMP, SPEED_JUMP = 1e-3, 1e-8  # m and m/s: what the arcs may miss each other by
_ARCS = 4  # a revolution
_ITERATIONS, _SETTLED = 25, 8


@dataclass(frozen=True, eq=False, slots=True)
class Residuals:
    """How well the arcs of an orbit in the real sky join, and how far it is from the model.

    Attributes
    ----------
    iterations : int
    position_jump, velocity_jump : float, m and m/s
        The greatest between two arcs.
    tolerance : float
        Relative, of one integration step.
    model_distance : float, m
        The greatest from the orbit of the restricted problem, in the pulsating frame.
    range : (float, float), m
        Least and greatest distance from the smaller body.
    axis_distance : float, m
        Least distance from the line through both bodies.
    single_arc : float
        Revolutions for which one arc from the first state stays within ``single_limit``.
    single_lost : float
        Revolutions after which it is a quarter of the bodies' distance away (inf: never).
    single_limit : float, m
    """

    iterations: int
    position_jump: float
    velocity_jump: float
    tolerance: float
    model_distance: float
    range: tuple[float, float]
    axis_distance: float
    single_arc: float
    single_lost: float
    single_limit: float = 1e4


@dataclass(frozen=True, eq=False, slots=True)
class RealOrbit:
    """A periodic orbit of the restricted problem as the real sky has it.

    Attributes
    ----------
    orbit : PeriodicOrbit
    trajectory : Trajectory
        With a join at each seam of two arcs.
    nodes : tuple of State
        Starts of the arcs, and the end.
    residuals : Residuals
    """

    orbit: PeriodicOrbit
    trajectory: Trajectory
    nodes: tuple[State, ...]
    residuals: Residuals

    @property
    def period(self) -> float:
        """Mean time of a revolution, s."""
        first, last = self.trajectory.span
        return (last - first) / (len(self.nodes) - 1) * _ARCS


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """Where and when the model orbit stands in the sky.

    Attributes
    ----------
    orbit : PeriodicOrbit
    epoch : float, s
    phase : float
        Share of a period since the crossing that the orbit starts from, at ``epoch``.
    time : float, s
        Unit of time: the inverse of the bodies' mean motion over the span (the catalogue's
        own unit belongs to a month of 27.85 days).
    almanac : Almanac
    """

    orbit: PeriodicOrbit
    epoch: float
    phase: float
    time: float
    almanac: Almanac

    @property
    def period(self) -> float:
        """Of the orbit in the sky, s."""
        return self.orbit.period * self.time

    def states(self, t: Array) -> tuple[Array, Array]:
        """Return r and v (n, 3) about the smaller body, ICRF axes, m and m/s.

        Lengths are multiples of the bodies' distance of date; the axes turn as they do.
        """
        orbit, system = self.orbit, self.orbit.system
        around = _around(orbit, (t - self.epoch) / self.time + self.phase * orbit.period)
        rho = around[:, :3] - [1.0 - system.mu, 0.0, 0.0]
        turn, rate, distance, closing = synodic(
            system.primary, system.secondary, t, self.almanac
        )
        back, rate = np.swapaxes(turn, -1, -2), np.swapaxes(rate, -1, -2)
        r = distance[:, None] * rotated(back, rho)
        v = (
            closing[:, None] * rotated(back, rho)
            + distance[:, None] * rotated(rate, rho)
            + distance[:, None] / self.time * rotated(back, around[:, 3:])
        )
        return r, v


def mean_time_unit(system: System, span: tuple[float, float], almanac: Almanac) -> float:
    """Return the inverse of the mean motion of the bodies over ``span``, s."""
    t = np.arange(*span, 2.0 * 86400.0)
    r = almanac.position(system.secondary, system.primary, t)
    r /= np.linalg.norm(r, axis=1)[:, None]
    angle = np.arccos(np.clip(np.einsum("ij,ij->i", r[1:], r[:-1]), -1.0, 1.0)).sum()
    return float((t[-1] - t[0]) / angle)


def _around(orbit: PeriodicOrbit, tau: Array) -> Array:
    """Return model states at any times, integrated from the crossing before each."""
    share = np.mod(tau, orbit.period)
    order = np.argsort(share)
    out = np.empty((len(tau), 6))
    out[order] = states(orbit.state, share[order], orbit.system.mu)
    return out


def in_the_real_sky(
    orbit: PeriodicOrbit,
    propagator: Numerical,
    epoch: float,
    *,
    revolutions: int = 12,
    phase: float = 0.0,
) -> RealOrbit:
    """Return ``orbit`` from ``epoch`` for so many revolutions under the propagator's forces.

    Parameters
    ----------
    epoch : float, s
        TDB seconds past J2000.
    phase : float
        Share of a period since the model's crossing of the plane y = 0 at ``orbit.state``.

    Raises
    ------
    ConvergenceError
        With the last jump, and what to change.
    DataError
        If the almanac does not cover the revolutions.
    """
    system, almanac, count = orbit.system, propagator.almanac, revolutions * _ARCS
    rough = (epoch, epoch + revolutions * orbit.period * system.time)
    unit = mean_time_unit(system, rough, almanac)
    layout = Layout(orbit, epoch, phase, unit, almanac)
    t = epoch + layout.period * np.arange(count + 1) / _ARCS
    y = np.concatenate(layout.states(t), axis=1)
    frame = Frame(orbit.system.secondary, "ICRF")
    scale = np.repeat([orbit.system.length, orbit.system.length / unit], 3)
    try:
        y, iterations = _shoot(propagator, frame, t, y, scale)
    except PropagationError as error:
        raise ConvergenceError(
            f"the arcs do not join, one of them fails: {error}; try another phase or epoch, or "
            "a member of the family farther from the bodies",
            last=y,
        ) from error
    nodes = tuple(State(float(a), s[:3], s[3:], frame) for a, s in zip(t, y, strict=True))
    arcs = [propagator.propagate(a, (a.t, b.t)) for a, b in pairwise(nodes)]
    path = join(arcs)
    path = replace(path, provenance={**path.provenance, "arcs": len(arcs)})
    report = _residuals(layout, propagator, nodes, arcs, path, iterations)
    return RealOrbit(orbit, path, nodes, report)


def _shoot(
    propagator: Numerical, frame: Frame, t: Array, y: Array, scale: Array
) -> tuple[Array, int]:
    """Return the starts of all arcs (n + 1, 6) so that they join; the end moves too."""
    count = len(t) - 1
    open_end = replace(propagator, surfaces=False)  # on the way an arc may cross the ground
    jump = np.inf
    for iteration in range(1, _ITERATIONS + 1):
        gaps, maps = np.empty((count, 6)), np.empty((count, 6, 6))
        for k in range(count):
            start = State(float(t[k]), y[k, :3], y[k, 3:], frame)
            moved = open_end.variations(start, float(t[k + 1]))
            gaps[k] = (moved.y[-1] - y[k + 1]) / scale
            maps[k] = moved.stm * scale / scale[:, None]
        jump = float(np.linalg.norm(gaps[:, :3] * scale[:3], axis=1).max())
        speed = float(np.linalg.norm(gaps[:, 3:] * scale[3:], axis=1).max())
        # Newton settles below 0.1 mm; an arc that grazes a shadow may end a little worse.
        share = 0.2 if iteration <= _SETTLED else 0.9
        if jump < share * JUMP and speed < share * SPEED_JUMP:
            return y, iteration
        y = y + _smallest_step(maps, gaps) * scale
    raise ConvergenceError(
        f"the arcs do not join: after {iteration} corrections the greatest jump is "
        f"{jump:.3g} m; try another phase or epoch, fewer revolutions, or a member of the "
        "family farther from the bodies",
        iterations=iteration,
        residual=jump,
        last=y,
    )


def _smallest_step(maps: Array, gaps: Array) -> Array:
    """Return the smallest change (n + 1, 6) of all starts that closes the gaps (n, 6).

    With A the map of changes to gaps, A' (A A')^-1 (-gaps); A A' is block tridiagonal.
    """
    count = len(maps)
    band = np.zeros((12, 6 * count))  # upper form of solveh_banded
    for k in range(count):
        block = maps[k] @ maps[k].T + np.eye(6)
        for i in range(6):
            for j in range(i, 6):
                band[11 + i - j, 6 * k + j] = block[i, j]
        if k + 1 < count:
            beside = -maps[k + 1].T  # row block k, column block k + 1
            for i in range(6):
                for j in range(6):
                    band[11 + i - (6 + j), 6 * (k + 1) + j] = beside[i, j]
    force = solveh_banded(band, -gaps.ravel()).reshape(count, 6)
    step = np.zeros((count + 1, 6))
    step[:-1] += np.einsum("kji,kj->ki", maps, force)
    step[1:] -= force
    return step


def _residuals(layout, propagator, nodes, arcs, path, iterations) -> Residuals:
    jumps = [
        (a.position(a.span[1]) - b.r, a.velocity(a.span[1]) - b.v)
        for a, b in zip(arcs, nodes[1:], strict=True)
    ]
    almanac, system = propagator.almanac, layout.orbit.system
    first, last = path.span
    t = np.linspace(first, last, 40 * len(arcs))
    r = path.position(t)
    model, _ = layout.states(t)
    line = almanac.position(system.secondary, system.primary, t)
    line /= np.linalg.norm(line, axis=1)[:, None]
    beside = np.linalg.norm(np.cross(r, line), axis=1)
    distance = np.linalg.norm(r, axis=1)
    kept, lost = _single_arc(propagator, nodes[0], path, layout)
    return Residuals(
        iterations,
        max(float(np.linalg.norm(dr)) for dr, _ in jumps),
        max(float(np.linalg.norm(dv)) for _, dv in jumps),
        propagator.tolerance,
        float(np.linalg.norm(r - model, axis=1).max()),
        (float(distance.min()), float(distance.max())),
        float(beside.min()),
        kept,
        lost,
    )


def _single_arc(
    propagator, start: State, path: Trajectory, layout: Layout
) -> tuple[float, float]:
    """Return for how many revolutions one arc keeps to ``path``, and when it is lost."""
    period = layout.period
    first, last = path.span
    last = min(last, first + 8.0 * period)
    try:
        alone = replace(propagator, surfaces=False).propagate(start, (first, last))
    except PropagationError as error:
        last = float(error.t or first)
        alone = replace(propagator, surfaces=False).propagate(start, (first, last - 60.0))
    t = np.linspace(first, alone.span[1], 800)
    away = np.linalg.norm(alone.position(t) - path.position(t), axis=1)
    within = np.flatnonzero(away > 1e4)
    gone = np.flatnonzero(away > 0.25 * layout.orbit.system.length)
    return (
        float((t[within[0]] - first) / period)
        if len(within)
        else float((last - first) / period),
        float((t[gone[0]] - first) / period) if len(gone) else float("inf"),
    )
