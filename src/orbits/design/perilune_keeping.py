"""Keeping a lunar ellipse above the surface: raise the next perilune at apolune when it is low.

The burns are impulses along the velocity at apolune. Navigation gives the state there with
errors, the engine delivers the burn with an error of size, and the orbit flies on.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.design.frozen import YEAR
from orbits.errors import PropagationError
from orbits.geometry.apses import apses
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State, Trajectory, join

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PeriluneRule:
    """When to raise the perilune, by how much, and how well it is done.

    Attributes
    ----------
    floor : float, m
        A perilune predicted below this altitude is raised.
    rise : float, m
        By so much.
    sigma_position, sigma_velocity : float, m and m/s
        Errors of the state known at apolune, 1 sigma an axis.
    execution_error : float
        Of the size of a burn, 1 sigma.
    """

    floor: float = 100e3
    rise: float = 100e3
    sigma_position: float = 0.0
    sigma_velocity: float = 0.0
    execution_error: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Keeping:
    """A kept orbit.

    Attributes
    ----------
    trajectory : Trajectory
        With a join at each burn.
    t : (n,) array, s
        When it burned.
    delta_v : (n,) array, m/s
        Sizes of the burns.
    lowest : float, m
        Altitude of the lowest perilune flown.
    """

    trajectory: Trajectory
    t: Array
    delta_v: Array
    lowest: float

    @property
    def yearly_delta_v(self) -> float:
        """Delta-v a year, m/s."""
        first, last = self.trajectory.span
        return float(self.delta_v.sum() * YEAR / (last - first))


def keep_perilune(
    propagator: Numerical,
    start: State,
    stop: float,
    rule: PeriluneRule,
    *,
    random: np.random.Generator | None = None,
) -> Keeping:
    """Return the flight from ``start``, near an apolune of the Moon, to ``stop`` s.

    Revolution by revolution: the next perilune is predicted at apolune; if it falls below the
    floor, a burn there raises it by ``rise``.

    Raises
    ------
    PropagationError
        If the surface is met between two apolunes.
    """
    open_end = replace(propagator, surfaces=False)
    random = random or np.random.default_rng(0)
    now, parts, when, sizes = start, [], [], []
    while now.t < stop:
        if _next_perilune(open_end, _measured(now, rule, random)) < rule.floor:
            push = _rise(open_end, _measured(now, rule, random), rule.rise)
            done = push * (1.0 + rule.execution_error * random.standard_normal())
            now = State(now.t, now.r, now.v + done, now.frame, now.mass)
            when.append(now.t)
            sizes.append(float(np.linalg.norm(done)))
        part = propagator.propagate(now, (now.t, min(_next_apolune(open_end, now), stop)))
        parts.append(part)
        now = part.state(part.span[1])
    path = join(parts)
    path = replace(path, joins=np.array([t for t in when if t > path.span[0]]))
    lowest = float(apses(path).periapsis_radius.min()) - body("moon").radius
    return Keeping(path, np.array(when), np.array(sizes), lowest)


def _measured(state: State, rule: PeriluneRule, random: np.random.Generator) -> State:
    r = state.r + rule.sigma_position * random.standard_normal(3)
    v = state.v + rule.sigma_velocity * random.standard_normal(3)
    return State(state.t, r, v, state.frame, state.mass)


def _period(state: State, mu: float) -> float:
    energy = 0.5 * state.v @ state.v - mu / np.linalg.norm(state.r)
    if energy >= 0.0:
        raise PropagationError(
            "the orbit is no longer closed about the Moon: start lower", t=state.t, body="moon"
        )
    return float(2.0 * np.pi * np.sqrt((-0.5 * mu / energy) ** 3 / mu))


def _next_apolune(propagator: Numerical, state: State) -> float:
    period = _period(state, propagator.forces.mu_of("moon"))
    path = propagator.propagate(state, (state.t, state.t + 1.4 * period))
    after = apses(path).apoapsis
    return float(after[after > state.t + 0.5 * period][0])


def _next_perilune(propagator: Numerical, state: State) -> float:
    period = _period(state, propagator.forces.mu_of("moon"))
    path = propagator.propagate(state, (state.t, state.t + 0.8 * period))
    return float(apses(path).periapsis_radius[0]) - body("moon").radius


def _rise(propagator: Numerical, state: State, rise: float) -> Array:
    """Return the burn along the velocity that raises the next perilune by ``rise`` m."""
    along = state.v / np.linalg.norm(state.v)
    before = _next_perilune(propagator, state)
    size = rise * propagator.forces.mu_of("moon") / (2.0 * np.linalg.norm(state.r) ** 3)
    size = size / np.linalg.norm(state.v) * 2.0
    for _ in range(4):
        pushed = State(state.t, state.r, state.v + size * along, state.frame, state.mass)
        size *= rise / (_next_perilune(propagator, pushed) - before)
    return size * along
