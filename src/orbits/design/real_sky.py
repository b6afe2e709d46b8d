"""From the restricted problem to the real sky: periodic orbits by multiple shooting.

The orbit is laid out in the pulsating frame of Earth and Moon, revolution after revolution, the
angle that the bodies sweep its time (so the elliptic problem stands nearest to the circular
one), and cut into arcs. Newton's method moves the starts of all arcs at once, each step the
smallest one that closes the gaps to first order, until the arcs join under the forces of the
flight. Where they do not, shorter arcs are tried.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, make_interp_spline
from scipy.linalg import solveh_banded
from scipy.optimize import brentq

from orbits.almanac import Almanac
from orbits.design.periodic import PeriodicOrbit
from orbits.errors import ConvergenceError, DataError, PropagationError
from orbits.frames import Frame, rotated, synodic
from orbits.propagators.cr3bp import states
from orbits.propagators.numerical import Numerical
from orbits.time import utc_iso
from orbits.trajectory import State, Trajectory, join

Array = NDArray[np.float64]

JUMP, SPEED_JUMP = 1e-3, 1e-8  # m and m/s: what the arcs may miss each other by
_ARCS = (4, 8, 16)  # a revolution: the first that join
_ITERATIONS, _SETTLED = 20, 8
_ASTRAY = 0.5  # of the bodies' distance
_LOST = 1e7  # m: farther from the orbit it is another one
_REACH = 0.3  # of its distance from the smaller body: the farthest that a start moves at once


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
        Revolutions after which it is 10,000 km away, another orbit (inf: never).
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
    revolutions : int
    residuals : Residuals
    """

    orbit: PeriodicOrbit
    trajectory: Trajectory
    nodes: tuple[State, ...]
    revolutions: int
    residuals: Residuals

    @property
    def period(self) -> float:
        """Mean time of a revolution, s."""
        first, last = self.trajectory.span
        return (last - first) / self.revolutions


@dataclass(frozen=True, eq=False, slots=True)
class Layout:
    """Where and when the model orbit stands in the sky.

    Attributes
    ----------
    orbit : PeriodicOrbit
    epoch : float, s
    phase : float
        Share of a period since the crossing that the orbit starts from, at ``epoch``.
    angle : BSpline
        What the bodies have swept since ``epoch``, rad, over time; it runs to the end.
    almanac : Almanac
    """

    orbit: PeriodicOrbit
    epoch: float
    phase: float
    angle: BSpline
    almanac: Almanac

    @classmethod
    def of(
        cls,
        orbit: PeriodicOrbit,
        epoch: float,
        phase: float,
        revolutions: float,
        almanac: Almanac,
    ) -> "Layout":
        """Return the layout of so many revolutions from ``epoch``."""
        system = orbit.system
        # The bodies' rate swings by a ninth of itself over a revolution of theirs.
        last = epoch + 1.1 * revolutions * orbit.period * system.time + 86400.0
        last = max(min(last, almanac.span[1]), epoch + 1.0)
        t = np.linspace(epoch, last, 2 + int((last - epoch) / 3600.0))
        r = almanac.position(system.secondary, system.primary, t)
        v = almanac.velocity(system.secondary, system.primary, t)
        rate = np.linalg.norm(np.cross(r, v), axis=1) / np.einsum("ij,ij->i", r, r)
        angle = make_interp_spline(t, rate, k=5).antiderivative()
        return cls(orbit, epoch, phase, angle, almanac)

    def times(self, revolutions: int, arcs: int) -> Array:
        """Return the ends of so many arcs a revolution, s: equal in time.

        Raises
        ------
        DataError
            If the almanac ends before.
        """
        end, whole = float(self.angle.t[-1]), revolutions * self.orbit.period
        if float(self.angle(end)) < whole:
            raise DataError(
                f"the almanac ends on {utc_iso(end, 0)}, before {revolutions} revolutions from "
                f"{utc_iso(self.epoch, 0)}: load it for a longer span"
            )
        last = brentq(lambda t: float(self.angle(t)) - whole, self.epoch, end, xtol=1e-3)
        return np.linspace(self.epoch, float(np.asarray(last)), revolutions * arcs + 1)

    def states(self, t: Array) -> tuple[Array, Array]:
        """Return r and v (n, 3) about the smaller body, ICRF axes, m and m/s.

        Lengths are multiples of the bodies' distance of date; the axes turn as they do.
        """
        orbit, system = self.orbit, self.orbit.system
        around = _around(orbit, self.angle(t) + self.phase * orbit.period)
        rho = around[:, :3] - [1.0 - system.mu, 0.0, 0.0]
        turn, rate, distance, closing = synodic(
            system.primary, system.secondary, t, self.almanac
        )
        back, rate = np.swapaxes(turn, -1, -2), np.swapaxes(rate, -1, -2)
        swept = distance * self.angle(t, nu=1)
        r = distance[:, None] * rotated(back, rho)
        v = (
            closing[:, None] * rotated(back, rho)
            + distance[:, None] * rotated(rate, rho)
            + swept[:, None] * rotated(back, around[:, 3:])
        )
        return r, v


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
    layout = Layout.of(orbit, epoch, phase, revolutions, propagator.almanac)
    frame = Frame(orbit.system.secondary, "ICRF")
    t, y, iterations = _joined(propagator, layout, revolutions, frame)
    nodes = tuple(State(float(a), s[:3], s[3:], frame) for a, s in zip(t, y, strict=True))
    try:
        arcs = [propagator.propagate(a, (a.t, b.t)) for a, b in pairwise(nodes)]
    except PropagationError as error:
        raise ConvergenceError(
            f"the arcs join only through a surface: {error}; choose a member of the family "
            "that stays farther out, or another phase",
            iterations=iterations,
        ) from None
    path = join(arcs)
    path = replace(path, provenance={**path.provenance, "arcs": len(arcs)})
    period = (t[-1] - t[0]) / revolutions
    report = _residuals(layout, period, propagator, nodes, arcs, path, iterations)
    return RealOrbit(orbit, path, nodes, revolutions, report)


def _joined(
    propagator: Numerical, layout: Layout, revolutions: int, frame: Frame
) -> tuple[Array, Array, int]:
    """Return times and starts of arcs that join, and the iterations; the shortest last."""
    for number, arcs in enumerate(_ARCS):
        t = layout.times(revolutions, arcs)
        y = np.concatenate(layout.states(t), axis=1)
        try:
            y, iterations = _shoot(propagator, frame, t, y)
        except ConvergenceError:
            if number == len(_ARCS) - 1:
                raise
        except PropagationError as error:
            if number == len(_ARCS) - 1:
                raise ConvergenceError(
                    f"the arcs do not join, one of them fails: {error}; try another phase or "
                    "epoch, or a member of the family farther from the bodies",
                    last=y,
                ) from error
        else:
            return t, y, iterations
    raise AssertionError("no arcs")


def _shoot(propagator: Numerical, frame: Frame, t: Array, y: Array) -> tuple[Array, int]:
    """Return the starts of all arcs (n + 1, 6) so that they join; the end moves too.

    Each start is measured by its own distance from the smaller body and by the speed that
    belongs to it, so that those near the body move least.
    """
    count, mu = len(t) - 1, propagator.forces.mu_of(frame.center)
    open_end = replace(propagator, surfaces=False)  # on the way an arc may cross the ground
    near = np.linalg.norm(y[:, :3], axis=1)
    length = near.max()
    swift = np.sqrt(2.0 * mu / near)
    scale = np.repeat(np.stack([near, swift], axis=1), 3, axis=1)
    jump = np.inf
    for iteration in range(1, _ITERATIONS + 1):
        gaps, maps = np.empty((count, 6)), np.empty((count, 6, 6))
        for k in range(count):
            start = State(float(t[k]), y[k, :3], y[k, 3:], frame)
            moved = open_end.variations(start, float(t[k + 1]))
            gaps[k] = moved.y[-1] - y[k + 1]
            maps[k] = moved.stm * scale[k] / scale[k + 1][:, None]
        jump = float(np.linalg.norm(gaps[:, :3], axis=1).max())
        speed = float(np.linalg.norm(gaps[:, 3:], axis=1).max())
        # Newton settles below 0.1 mm; an arc that grazes a shadow may end a little worse.
        share = 0.2 if iteration <= _SETTLED else 0.9
        if jump < share * JUMP and speed < share * SPEED_JUMP:
            return y, iteration
        if jump > _ASTRAY * length:
            break  # the arcs no longer have anything to do with the orbit
        try:
            step = _smallest_step(maps, gaps / scale[1:])
        except np.linalg.LinAlgError:
            break  # an arc that grazes a body: its partials are beyond the digits
        y = y + min(1.0, _REACH / np.abs(step).max()) * step * scale
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


def _residuals(layout, period, propagator, nodes, arcs, path, iterations) -> Residuals:
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
    kept, lost = _single_arc(propagator, nodes[0], path, period)
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
    propagator, start: State, path: Trajectory, period: float
) -> tuple[float, float]:
    """Return for how many revolutions one arc keeps to ``path``, and when it is lost."""
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
    gone = np.flatnonzero(away > _LOST)
    return (
        float((t[within[0]] - first) / period)
        if len(within)
        else float((last - first) / period),
        float((t[gone[0]] - first) / period) if len(gone) else float("inf"),
    )
