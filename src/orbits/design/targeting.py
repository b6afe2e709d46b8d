"""Targeting: controls are varied until goals are met, by Newton's method.

Each iteration flies the sequence once and differentiates it by state-transition matrices
(design/sequence_partials.py). With as many controls as goals the step is Newton's; with more it
is the shortest one in units of the controls' scales; with fewer, the least squares. A step that
makes things worse is shortened, a control at its bound is held there and said so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from orbits.design.goals import ANGLES, quantity
from orbits.design.sequence import Flown, Step, fly
from orbits.design.sequence_partials import Variation, partials
from orbits.errors import ConvergenceError, OrbitsError
from orbits.propagators.numerical import Numerical
from orbits.propagators.variations import rates
from orbits.trajectory import State

Array = NDArray[np.float64]

_ITERATIONS, _HALVINGS = 30, 10
_LENGTH, _SPEED, _TIME = 100.0, 1e-2, 10.0  # m, m/s, s: half steps of a goal's differences


@dataclass(frozen=True, slots=True)
class Control:
    """A number that may be varied.

    Attributes
    ----------
    name : str
        "STEP.FIELD" of the sequence, or a name that the start knows.
    value : float
        First guess, SI.
    scale : float
        A change of like weight in all controls.
    low, high : float
        Bounds.
    """

    name: str
    value: float
    scale: float
    low: float = -np.inf
    high: float = np.inf

    def __post_init__(self) -> None:
        if not self.scale > 0.0:
            raise ValueError(f"control {self.name!r}: scale must be > 0, got {self.scale}")
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"control {self.name!r} starts at {self.value:.9g}, outside its bounds "
                f"{self.low:.9g} to {self.high:.9g}"
            )


@dataclass(frozen=True, slots=True)
class Goal:
    """A number that the flight shall reach at the end of a step.

    Attributes
    ----------
    step, quantity, body : str
        As of `goals.QUANTITIES`, about the body.
    value, tolerance : float
        SI.
    since : str or None
        For "time": counted from the end of this step instead of J2000.
    """

    step: str
    quantity: str
    body: str
    value: float
    tolerance: float
    since: str | None = None

    @property
    def name(self) -> str:
        """The goal as a mission file writes it."""
        return f"{self.step}.{self.quantity}"


class TargetingError(ConvergenceError):
    """Goals that were not met; ``misses`` holds each with its shortfall, SI."""

    def __init__(self, message: str, *, misses: dict[str, float], **facts) -> None:
        super().__init__(message, **facts)
        self.misses = misses


@dataclass(frozen=True, eq=False, slots=True)
class Targeted:
    """A flight that meets its goals.

    Attributes
    ----------
    values : dict
        Controls by name, SI.
    flown : tuple of Flown
    residuals : dict
        What each goal is missed by, SI.
    iterations : int
    at_bounds : tuple of str
        Controls that ended on a bound.
    """

    values: dict[str, float]
    flown: tuple[Flown, ...]
    residuals: dict[str, float]
    iterations: int
    at_bounds: tuple[str, ...] = field(default=())

    def step(self, name: str) -> Flown:
        """Return one step as flown."""
        return next(done for done in self.flown if done.step.name == name)


Start = Callable[[dict[str, float]], State]
Steps = Callable[[dict[str, float]], Sequence[Step]]


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """What is varied, what is flown, what is wanted.

    Attributes
    ----------
    propagator : Numerical
    start : callable
        From the controls by name to the first state.
    steps : callable
        From the controls by name to the steps; a control named "STEP.FIELD" must be that field
        of the step, any other is the start's own.
    controls : tuple of Control
    goals : tuple of Goal
    """

    propagator: Numerical
    start: Start
    steps: Steps
    controls: tuple[Control, ...]
    goals: tuple[Goal, ...]

    def values(self, x: Array) -> dict[str, float]:
        """Return the controls by name."""
        return {c.name: float(v) for c, v in zip(self.controls, x, strict=True)}

    def fly(self, x: Array) -> tuple[Flown, ...]:
        """Return the sequence as flown with the controls ``x``."""
        values = self.values(x)
        return fly(self.propagator, self.start(values), self.steps(values))

    def misses(self, flown: Sequence[Flown]) -> Array:
        """Return value less target of every goal, (n,), SI."""
        ends = {done.step.name: done.end for done in flown}
        out = np.empty(len(self.goals))
        for i, goal in enumerate(self.goals):
            out[i] = self._value(goal, ends[goal.step]) - goal.value
            if goal.since is not None:
                out[i] -= ends[goal.since].t
            if goal.quantity in ANGLES:
                out[i] = np.remainder(out[i] + np.pi, 2.0 * np.pi) - np.pi
        return out

    def _value(self, goal: Goal, state: State) -> float:
        return quantity(goal.quantity, state, goal.body, self.propagator.almanac)

    def jacobian(self, x: Array, flown: Sequence[Flown]) -> Array:
        """Return the partials of the goals by the controls (n, m), SI."""
        ways = self.variations(x, flown)
        by_step = {d.step.name: (d.end, way) for d, way in zip(flown, ways, strict=True)}
        out = np.empty((len(self.goals), len(x)))
        for i, goal in enumerate(self.goals):
            end, way = by_step[goal.step]
            out[i] = self._gradient(goal, end) @ np.vstack([self.total(end, way), way.time])
            if goal.since is not None:
                out[i] -= by_step[goal.since][1].time
        return out

    def variations(self, x: Array, flown: Sequence[Flown]) -> list[Variation]:
        """Return how the end of every step changes with the controls, a column each."""
        fields = [_field_of(c.name, flown) for c in self.controls]
        return partials(self.propagator, flown, self._initial(x, flown[0], fields), fields)

    def total(self, end: State, way: Variation) -> Array:
        """Return the partials (6, n) of a step's last state, at its moving instant."""
        return way.total(rates(self._model(end), end.t, end.r, end.v))

    def _model(self, state: State):
        return self.propagator.model(state.frame.center, state.mass)

    def _gradient(self, goal: Goal, end: State) -> Array:
        """Return the partials of one goal by the state and the instant it is taken at (7,)."""
        y = np.concatenate([end.r, end.v, [end.t]])
        out = np.empty(7)
        for j, half in enumerate([_LENGTH] * 3 + [_SPEED] * 3 + [_TIME]):
            found = []
            for sign in (1.0, -1.0):
                z = y.copy()
                z[j] += sign * half
                found.append(self._value(goal, State(z[6], z[:3], z[3:6], end.frame, end.mass)))
            change = found[0] - found[1]
            if goal.quantity in ANGLES:
                change = np.remainder(change + np.pi, 2.0 * np.pi) - np.pi
            out[j] = change / (2.0 * half)
        return out

    def _initial(self, x: Array, first: Flown, fields: list) -> Variation:
        """Return how the first state changes with the controls that are the start's own."""
        n = len(x)
        total, time, mass = np.zeros((6, n)), np.zeros(n), np.zeros(n)
        almanac, center = self.propagator.almanac, first.start.frame.center
        for k, control in enumerate(self.controls):
            if fields[k] is not None:
                continue
            half = 1e-2 * control.scale
            ends = []
            for sign in (1.0, -1.0):
                z = x.copy()
                z[k] += sign * half
                ends.append(self.start(self.values(z)))
            a, b = ends
            time[k] = (a.t - b.t) / (2.0 * half)
            a, b = a.about(center, almanac), b.about(center, almanac)
            total[:3, k], total[3:, k] = (a.r - b.r) / (2.0 * half), (a.v - b.v) / (2.0 * half)
            if a.mass is not None and b.mass is not None:
                mass[k] = (a.mass - b.mass) / (2.0 * half)
        rate = rates(self._model(first.start), first.start.t, first.start.r, first.start.v)
        return Variation(total - np.outer(rate, time), time, mass)


def _field_of(name: str, flown: Sequence[Flown]) -> tuple[str, str] | None:
    step, _, field_name = name.partition(".")
    if field_name and any(done.step.name == step for done in flown):
        return step, field_name
    return None


def solve(problem: Problem, *, iterations: int = _ITERATIONS) -> Targeted:
    """Return the flight whose goals are met within their tolerances.

    Raises
    ------
    TargetingError
        If they are not after ``iterations``: it says which, by how much, and what to change.
    """
    scale = np.array([c.scale for c in problem.controls])
    low, high = (np.array([getattr(c, k) for c in problem.controls]) for k in ("low", "high"))
    allowed = np.array([g.tolerance for g in problem.goals])
    x = np.array([c.value for c in problem.controls])
    flown = problem.fly(x)
    miss = problem.misses(flown)
    for count in range(iterations + 1):
        if np.all(np.abs(miss) <= allowed):
            return _targeted(problem, x, flown, miss, count)
        if count == iterations:
            break
        step = _step(problem.jacobian(x, flown), miss, x, scale, (low, high), allowed)
        found = _shortened(problem, x, step, miss, (low, high), allowed)
        if found is None:
            break
        x, flown, miss = found
    raise _failure(problem, x, miss, allowed, count)


def _step(
    jacobian: Array, miss: Array, x: Array, scale: Array, bounds, allowed: Array
) -> Array:
    """Return the step of the controls, those that would leave their bounds held there."""
    free = np.ones(len(x), dtype=bool)
    step = np.zeros(len(x))
    left = miss.copy()
    for _ in range(len(x)):
        matrix = jacobian[:, free] * scale[free] / allowed[:, None]
        move = np.linalg.lstsq(matrix, -left / allowed, rcond=1e-13)[0]
        step[free] = move * scale[free]
        out = free & ((x + step < bounds[0]) | (x + step > bounds[1]))
        if not out.any():
            break
        step[out] = np.clip(x + step, *bounds)[out] - x[out]
        free &= ~out
        left = miss + jacobian[:, ~free] @ step[~free]
        if not free.any():
            break
    return step


def _shortened(problem: Problem, x: Array, step: Array, miss: Array, bounds, allowed: Array):
    """Return controls, flight and misses after as much of ``step`` as makes things better."""
    size = float(np.linalg.norm(miss / allowed))
    part = 1.0
    for _ in range(_HALVINGS):
        trial = np.clip(x + part * step, *bounds)
        part *= 0.5
        try:
            flown = problem.fly(trial)
            found = problem.misses(flown)
        except (OrbitsError, ValueError):  # too long a step leaves the field of the goals
            continue
        if np.linalg.norm(found / allowed) < size:
            return trial, flown, found
    return None


def _targeted(problem: Problem, x: Array, flown, miss: Array, count: int) -> Targeted:
    at_bounds = tuple(
        c.name for c, v in zip(problem.controls, x, strict=True) if v in (c.low, c.high)
    )
    residuals = {g.name: float(m) for g, m in zip(problem.goals, miss, strict=True)}
    return Targeted(problem.values(x), flown, residuals, count, at_bounds)


def _failure(problem: Problem, x: Array, miss: Array, allowed: Array, count: int):
    bad = {
        g.name: float(m)
        for g, m, a in zip(problem.goals, miss, allowed, strict=True)
        if abs(m) > a
    }
    told = "; ".join(
        f"{g.name} is {m:+.6g} from {g.value:.9g} (allowed {g.tolerance:.3g}, SI)"
        for g, m in zip(problem.goals, miss, strict=True)
        if g.name in bad
    )
    held = [c.name for c, v in zip(problem.controls, x, strict=True) if v in (c.low, c.high)]
    advice = (
        f"widen the bounds of {', '.join(held)}"
        if held
        else "start nearer to the answer, vary one more control, or ask for less"
    )
    return TargetingError(
        f"the goals are not met after {count} iterations: {told}; {advice}",
        misses=bad,
        iterations=count,
        residual=float(np.max(np.abs(miss / allowed))),
        last=problem.values(x),
    )
