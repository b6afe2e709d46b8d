"""Keeping a lunar ellipse: burns at apolune that raise a low perilune, or turn it back.

The burns are impulses: along the velocity for the perilune, along the radius for its argument
(the shape stays, there). Navigation gives the state with errors, the engine delivers the burn
with an error of size, and the orbit flies on.
Source: Gauss's equations, Vallado (2013), sec. 9.3. [vallado2013]
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.design.frozen import YEAR, orbit_plane
from orbits.elements import cartesian_to_keplerian
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
    argument : float, rad
        Where the perilune is to stand in the plane of the Earth's orbit of date.
    argument_limit : float, rad
        Farther from it the line of apsides is turned back.
    sigma_position, sigma_velocity : float, m and m/s
        Errors of the state known at apolune, 1 sigma an axis.
    execution_error : float
        Of the size of a burn, 1 sigma.
    """

    floor: float = 100e3
    rise: float = 100e3
    argument: float = 0.5 * np.pi
    argument_limit: float = np.inf
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
    burns : (n, 3) array, m/s
        Burns, ICRF axes.
    lowest : float, m
        Altitude of the lowest perilune flown.
    """

    trajectory: Trajectory
    t: Array
    delta_v: Array
    burns: Array
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
    progress: Callable[[float], None] | None = None,
) -> Keeping:
    """Return the flight about the Moon from ``start`` to ``stop`` s.

    Revolution by revolution: the next perilune is predicted at apolune; if it falls below the
    floor, a burn there raises it by ``rise``; if it stands too far from its argument, a burn
    turns it back.

    Raises
    ------
    PropagationError
        If the surface is met between two apolunes, or the orbit is not closed.
    """
    open_end = replace(propagator, surfaces=False)
    random = random or np.random.default_rng(0)
    parts, when, done = [], [], []
    now = start
    if not _at_apolune(start):
        first = min(_next_apolune(open_end, start, 0.0), stop)
        parts.append(propagator.propagate(start, (start.t, first)))
        now = parts[0].state(first)
    while now.t < stop:
        known = _measured(now, rule, random)
        push = _decided(open_end, known, rule)
        if np.any(push):
            push *= 1.0 + rule.execution_error * random.standard_normal()
            now = State(now.t, now.r, now.v + push, now.frame, now.mass)
            when.append(now.t)
            done.append(push)
        part = propagator.propagate(now, (now.t, min(_next_apolune(open_end, now), stop)))
        parts.append(part)
        now = part.state(part.span[1])
        if progress is not None:
            progress((now.t - start.t) / (stop - start.t))
    path = join(parts)
    path = replace(path, joins=np.array([t for t in when if t > path.span[0]]))
    lowest = float(apses(path).periapsis_radius.min()) - body("moon").radius
    burns = np.array(done).reshape(-1, 3)
    return Keeping(path, np.array(when), np.linalg.norm(burns, axis=1), burns, lowest)


def keep_perilune_often(
    propagator: Numerical,
    start: State,
    stop: float,
    rule: PeriluneRule,
    *,
    samples: int = 20,
    seed: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Keeping]:
    """Return flights with independent errors; raises as ``keep_perilune``."""
    tell = progress or (lambda _: None)
    kept = []
    for number, random in enumerate(np.random.default_rng(seed).spawn(samples)):
        kept.append(keep_perilune(propagator, start, stop, rule, random=random))
        tell((number + 1) / samples)
    return kept


def _at_apolune(state: State) -> bool:
    """Return whether the motion is square to the radius, outside the circle of its energy."""
    across = abs(state.r @ state.v) < 1e-3 * np.linalg.norm(state.r) * np.linalg.norm(state.v)
    return bool(across and state.v @ state.v < body("moon").mu / np.linalg.norm(state.r))


def _decided(propagator: Numerical, known: State, rule: PeriluneRule) -> Array:
    """Return the burn (3,) that the state known at apolune asks for; zeros for none."""
    push = np.zeros(3)
    off = _off_argument(propagator, known, rule)
    if abs(off) > rule.argument_limit:
        push += _turn(propagator, known, rule, off)
        known = replace(known, v=known.v + push)
    if _next_perilune(propagator, known) < rule.floor:
        push += _rise(propagator, known, rule.rise)
    return push


def _off_argument(propagator: Numerical, state: State, rule: PeriluneRule) -> float:
    """Return how far the perilune stands from where the rule wants it, rad."""
    turn = orbit_plane(state.t, propagator.almanac)
    found = cartesian_to_keplerian(
        turn @ state.r, turn @ state.v, propagator.forces.mu_of("moon")
    )
    return float(np.angle(np.exp(1j * (np.asarray(found.argp) - rule.argument))))


def _turn(propagator: Numerical, state: State, rule: PeriluneRule, off: float) -> Array:
    """Return the burn along the radius that turns the perilune back by ``off`` rad.

    At apolune d(argp) = sqrt(1 - e^2)/(n a e) dv, then by secants.
    """
    up = state.r / np.linalg.norm(state.r)
    mu = propagator.forces.mu_of("moon")
    far = float(np.linalg.norm(state.r))
    axis = 1.0 / (2.0 / far - state.v @ state.v / mu)
    e = far / axis - 1.0
    size = -off * np.sqrt(mu / axis) * e / np.sqrt(1.0 - e * e)
    for _ in range(4):
        left = _off_argument(propagator, replace(state, v=state.v + size * up), rule)
        if left == off:
            break
        size *= off / (off - left)
    return size * up


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


def _next_apolune(propagator: Numerical, state: State, after: float = 0.5) -> float:
    """Return the first apolune more than ``after`` revolutions ahead, s; inf: none known."""
    period = _period(state, propagator.forces.mu_of("moon"))
    found = apses(_ahead(propagator, state, 1.4 * period)).apoapsis
    found = found[found > state.t + after * period]
    return float(found[0]) if len(found) else np.inf


def _next_perilune(propagator: Numerical, state: State) -> float:
    """Return the altitude of the next perilune, m; inf: none within the almanac."""
    period = _period(state, propagator.forces.mu_of("moon"))
    found = apses(_ahead(propagator, state, 0.8 * period)).periapsis_radius
    return float(found[0]) - body("moon").radius if len(found) else np.inf


def _ahead(propagator: Numerical, state: State, time: float) -> Trajectory:
    end = min(state.t + time, propagator.almanac.span[1])
    return propagator.propagate(state, (state.t, end))


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
