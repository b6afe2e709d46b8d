"""How a flight changes with its controls: the partials of a sequence, step by step.

Along the flight a variation has two parts: of the motion at a fixed time, and of the instant
at which the step ends. The first is the same about every centre, so it passes from the Earth's
field to the Moon's as it is; a coast carries it by the state-transition matrix, a stop turns it
into the second. Sources: Montenbruck and Gill (2000), sec. 7.2; Bryson and Ho (1975), sec. 2.7.
[montenbruck2000] [bryson1975]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orbits.design.sequence import Coast, Flown, Step, fly
from orbits.propagators.numerical import Numerical
from orbits.propagators.stops import Stop
from orbits.propagators.variations import rates
from orbits.trajectory import State

Array = NDArray[np.float64]

# Half steps of the differences over a burn, in m, m/s, kg, s: 1e-4 of an orbit, so that neither
# its curvature (1e-8) nor the integrator's tolerance (1e-12 of the radius) shows.
_LENGTH, _SPEED, _MASS, _TIME = 1e3, 1.0, 1.0, 10.0


@dataclass(frozen=True, eq=False, slots=True)
class Variation:
    """How the flight at one point changes with the controls.

    Attributes
    ----------
    state : (6, n) array
        Of position (m) and velocity (m/s) at a fixed time.
    time : (n,) array, s
        Of the instant of the point.
    mass : (n,) array, kg
    """

    state: Array
    time: Array
    mass: Array

    def total(self, rate: Array) -> Array:
        """Return the change of the state at the moving instant; ``rate`` (6,) is dy/dt."""
        return self.state + np.outer(rate, self.time)


def partials(
    propagator: Numerical,
    flown: Sequence[Flown],
    initial: Variation,
    controls: Sequence[tuple[str, str] | None],
) -> list[Variation]:
    """Return the variation at the end of every step.

    Parameters
    ----------
    initial : Variation
        At the start of the first step, a column a control.
    controls : sequence of (str, str) or None
        Step and field ("delta_v"; of a coast "duration", "at") that each column varies; None
        for one that acts on the start alone.
    """
    out: list[Variation] = []
    now = initial
    for done in flown:
        name = done.step.name
        fields = {k: c[1] for k, c in enumerate(controls) if c is not None and c[0] == name}
        if isinstance(done.step, Coast):
            now = _coast_partials(propagator, done, now, fields)
        else:
            now = _push_partials(propagator, done, now, fields)
        out.append(now)
    return out


def _coast_partials(
    propagator: Numerical, done: Flown, before: Variation, fields: dict[int, str]
) -> Variation:
    step, state = done.step, before.state
    assert isinstance(step, Coast)
    for part in done.parts:
        first, last = part.span
        state, begun = propagator.variations(part.state(first), last).stm @ state, state
    time = before.time.copy() if step.duration is not None else np.zeros_like(before.time)
    if step.until is not None:
        met, moved = done.end, state
        if step.early:
            first = done.parts[-1].span[0]
            met = propagator.final(done.end, done.end.t + step.early)
            start = done.parts[-1].state(first)
            moved = propagator.variations(start, met.t).stm @ begun
        gradient, speed = _slope(propagator, step.until, met)
        time = -(gradient @ moved) / speed
    for k in fields:
        time[k] += 1.0
    return Variation(state, time, before.mass)


def _slope(propagator: Numerical, stop: Stop, end: State) -> tuple[Array, float]:
    """Return the gradient of a stop's margin by the state (6,), and its rate along the path."""
    almanac = propagator.almanac
    relative = end.about(stop.body, almanac)
    y = np.concatenate([relative.r, relative.v])
    gradient = np.empty(6)
    for j in range(6):
        step = np.zeros(6)
        step[j] = _LENGTH if j < 3 else _SPEED
        high, low = (stop.margin(x[None, :3], x[None, 3:])[0] for x in (y + step, y - step))
        gradient[j] = (high - low) / (2.0 * step[j])
    # The rate of the relative state: the body falls too.
    own = _rates(propagator, end)
    h = 60.0
    if stop.body != end.frame.center:
        v = almanac.velocity(stop.body, end.frame.center, np.array([end.t - h, end.t + h]))
        fall = (v[1] - v[0]) / (2.0 * h)
        own = own - np.concatenate([0.5 * (v[0] + v[1]), fall])
    return gradient, float(gradient @ own)


def _push_partials(
    propagator: Numerical, done: Flown, before: Variation, fields: dict[int, str]
) -> Variation:
    """Carry a variation over an impulse or a burn, by central differences of it."""
    step, start = done.step, done.start
    heavy = start.mass or 0.0

    def ends(z: Array, changed: Step) -> Array:
        """Return state, mass and duration (8,) of ``changed`` from state, mass, instant."""
        state = State(z[7], z[:3], z[3:6], start.frame, z[6] if start.mass else None)
        (again,) = fly(propagator, state, [changed])
        end = again.end
        return np.concatenate([end.r, end.v, [end.mass or 0.0, end.t - state.t]])

    z = np.concatenate([start.r, start.v, [heavy, start.t]])
    total = before.total(_rates(propagator, start))
    change = np.vstack([total, before.mass, before.time])
    by_start = np.zeros((8, 8))
    for j, half in enumerate([_LENGTH] * 3 + [_SPEED] * 3 + [_MASS, _TIME]):
        if j == 6 and not start.mass:
            continue
        shift = np.zeros(8)
        shift[j] = half
        by_start[:, j] = (ends(z + shift, step) - ends(z - shift, step)) / (2.0 * half)
    after: Array = by_start @ change
    for k, field in fields.items():
        value = getattr(step, field)
        half = 1e-3 * max(1.0, abs(value))
        high = ends(z, replace(step, **{field: value + half}))
        low = ends(z, replace(step, **{field: value - half}))
        after[:, k] += (high - low) / (2.0 * half)
    time = before.time + after[7]
    rate = _rates(propagator, done.end)
    return Variation(after[:6] - rate[:, None] * time, time, after[6])


def _rates(propagator: Numerical, state: State) -> Array:
    """Return velocity and acceleration (6,) of a coasting state."""
    return rates(propagator.model(state.frame.center, state.mass), state.t, state.r, state.v)
