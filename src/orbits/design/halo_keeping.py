"""Keeping a halo: small burns at equal intervals that cancel what would grow.

Two controllers. "x-axis-crossing": the smallest burn after which the spacecraft crosses the
plane of symmetry, at the next crossing but those within 0.4 of a revolution, with the
reference's speed along x; found by flying there. "target-point": the burn that weighs its own
size against the departures at points ahead, by the transition matrices of the reference.
Sources: Howell and Pernicka (1993) for target points; Guzzetti and others (2017) for crossings.
[howell1993] [guzzetti2017]
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import Almanac
from orbits.constants import DAY
from orbits.design.frozen import YEAR
from orbits.design.real_sky import RealOrbit
from orbits.errors import ConvergenceError, PropagationError
from orbits.frames import Frame, synodic
from orbits.propagators.numerical import Numerical
from orbits.time import utc_iso
from orbits.trajectory import State, Trajectory, join

Array = NDArray[np.float64]

STRATEGIES = ("x-axis-crossing", "target-point")
LOST = 1e7  # m: farther from the reference it is another orbit
_COARSE = 1e-9  # tolerance of the flights: metres in a week, beside errors of kilometres
_TARGETS = (0.9, 1.4, 1.9)  # revolutions ahead
_POINT_WEIGHT = 1e-12  # (m/s)2 per m2: a millimetre per second against a kilometre
_CROSSING = (0.4, 1.15)  # revolutions ahead in which the crossing is sought
_FLIGHTS = 2  # corrections of a burn by flying to the crossing


@dataclass(frozen=True, slots=True)
class HaloRule:
    """How a halo is kept.

    Attributes
    ----------
    every : float, s
        Between burns.
    sigma_position, sigma_velocity : float, m and m/s
        Errors of the orbit known at a burn, 1 sigma an axis.
    execution_error : float
        Of a burn, share of its size, 1 sigma an axis.
    strategy : str
        "x-axis-crossing" or "target-point".
    """

    every: float = 7.0 * DAY
    sigma_position: float = 1e3
    sigma_velocity: float = 3e-3
    execution_error: float = 0.02
    strategy: str = "target-point"

    @property
    def sigma(self) -> Array:
        """Errors of the state known, m and m/s (6,)."""
        return np.repeat([self.sigma_position, self.sigma_velocity], 3)

    def __post_init__(self) -> None:
        if self.strategy not in STRATEGIES:
            raise ValueError(
                f"unknown strategy {self.strategy!r}; choose from {', '.join(STRATEGIES)}"
            )
        if not self.every > 0.0:
            raise ValueError(f"the interval between burns must be above zero, got {self.every}")


@dataclass(frozen=True, eq=False, slots=True)
class HaloKeeping:
    """What a Monte Carlo of station-keeping found.

    Attributes
    ----------
    t : (k,) array, s
        Times of the burns.
    delta_v : (n, k) array, m/s
        Sizes of the burns of each sample; nan after it was lost.
    departure : (n, k) array, m
        Distance from the reference just before each burn; nan after it was lost.
    lost : (n,) array, s
        When a sample was lost (``LOST`` from the reference); nan where it was kept.
    every : float, s
    """

    t: Array
    delta_v: Array
    departure: Array
    lost: Array
    every: float

    @property
    def keeps(self) -> bool:
        """Whether every sample was kept to the end."""
        return bool(np.all(np.isnan(self.lost)))

    @property
    def yearly_delta_v(self) -> Array:
        """Delta-v a year of each sample that was kept (m,), m/s."""
        kept = np.isnan(self.lost)
        return self.delta_v[kept].sum(axis=1) * YEAR / (len(self.t) * self.every)

    def statement(self) -> str:
        """Return in words whether the orbit is kept, and at what cost."""
        days, lost = self.every / DAY, int(np.sum(~np.isnan(self.lost)))
        if lost:
            first = (np.nanmin(self.lost) - self.t[0]) / DAY
            return (
                f"a burn every {days:g} days loses the orbit: {lost} of {len(self.lost)} "
                f"samples go farther than {LOST / 1e3:g} km from it, the first after "
                f"{first:.0f} days; burn more often, or know the orbit better"
            )
        cost = self.yearly_delta_v
        return (
            f"{len(self.t)} burns, one every {days:g} days: {np.mean(cost):.2f} m/s a year "
            f"(95 % below {np.percentile(cost, 95):.2f} m/s)"
        )


def keep_halo(
    reference: RealOrbit,
    propagator: Numerical,
    rule: HaloRule,
    *,
    samples: int = 100,
    seed: int = 1,
) -> HaloKeeping:
    """Return a Monte Carlo of keeping ``reference``, but for its last two revolutions.

    The state is known anew at each burn, with independent errors.

    Raises
    ------
    ValueError
        If the reference is shorter than three revolutions.
    """
    path = reference.trajectory
    t = _burn_times(reference, rule)
    random = np.random.default_rng(seed)
    flight = replace(propagator, tolerance=_COARSE, surfaces=False)
    away = rule.sigma * random.standard_normal((samples, 6))
    sizes = np.full((samples, len(t) - 1), np.nan)
    departures, lost = sizes.copy(), np.full(samples, np.nan)
    for k in range(len(t) - 1):
        control = _control(reference, propagator, float(t[k]), rule)
        flying = np.flatnonzero(np.isnan(lost))
        departures[flying, k] = np.linalg.norm(away[flying, :3], axis=1)
        done = control.burns(away[flying], rule, flight, random)
        sizes[flying, k] = np.linalg.norm(done, axis=1)
        starts = control.here + away[flying]
        starts[:, 3:] += done
        ends = flight.finals(control.states(starts), t[k + 1])
        there = np.concatenate([path.position(t[k + 1]), path.velocity(t[k + 1])])
        for row, end in zip(flying, ends, strict=True):
            if isinstance(end, PropagationError):
                lost[row] = t[k + 1]
                continue
            away[row] = np.concatenate([end.r, end.v]) - there
            if np.linalg.norm(away[row, :3]) > LOST:
                lost[row] = t[k + 1]
    return HaloKeeping(t[:-1], sizes, departures, lost, rule.every)


@dataclass(frozen=True, eq=False, slots=True)
class KeptHalo:
    """One flight along a halo with its burns.

    Attributes
    ----------
    trajectory : Trajectory
        With a join at each burn.
    t : (k,) array, s
    delta_v : (k, 3) array, m/s
        Burns, ICRF axes.
    """

    trajectory: Trajectory
    t: Array
    delta_v: Array


def fly_halo(
    reference: RealOrbit, propagator: Numerical, rule: HaloRule, *, seed: int = 1
) -> KeptHalo:
    """Return one flight along ``reference`` under ``rule``, but for its last two revolutions.

    The first burn is an interval after the start; errors are drawn from ``seed``.

    Raises
    ------
    ConvergenceError
        If the orbit is lost.
    """
    path = reference.trajectory
    t = _burn_times(reference, rule)
    random = np.random.default_rng(seed)
    flight = replace(propagator, tolerance=_COARSE, surfaces=False)
    state = path.state(float(t[0]))
    error = rule.sigma * random.standard_normal(6)
    now = State(state.t, state.r + error[:3], state.v + error[3:], state.frame, state.mass)
    parts, burns = [], []
    for begin, end in pairwise(t):
        if parts:
            control = _control(reference, propagator, float(begin), rule)
            away = np.concatenate([now.r, now.v]) - control.here
            if np.linalg.norm(away[:3]) > LOST:
                raise ConvergenceError(
                    f"a burn every {rule.every / DAY:g} days loses the orbit at "
                    f"{utc_iso(now.t)}: burn more often, or know the orbit better",
                    iterations=len(burns),
                    residual=float(np.linalg.norm(away[:3])),
                    last=now,
                )
            done = control.burns(away[None], rule, flight, random)[0]
            now = State(now.t, now.r, now.v + done, now.frame, now.mass)
            burns.append(done)
        parts.append(propagator.propagate(now, (float(begin), float(end))))
        now = parts[-1].state(float(end))
    return KeptHalo(join(parts), t[1:-1], np.array(burns).reshape(-1, 3))


@dataclass(frozen=True, eq=False, slots=True)
class _Control:
    """What decides a burn at ``t``.

    Attributes
    ----------
    t : float, s
    frame : Frame
    here : (6,) array
        The reference.
    gain : (3, 6) array
        From the departure known to the burn, to first order.
    crossing : tuple or None
        Time of the crossing aimed at, the reference there (6,), the partials (6,) of the speed
        along x at the crossing by the departure there, and how a burn changes it by one (3,).
    """

    t: float
    frame: Frame
    here: Array
    gain: Array
    crossing: tuple[float, Array, Array, Array] | None

    def states(self, starts: Array) -> list[State]:
        """Return states (n, 6) at ``t`` as values."""
        return [State(self.t, s[:3], s[3:], self.frame) for s in starts]

    def burns(
        self, away: Array, rule: HaloRule, flight: Numerical, random: np.random.Generator
    ) -> Array:
        """Return the burns (n, 3) as done, from the departures (n, 6) as they are."""
        known = away + rule.sigma * random.standard_normal(away.shape)
        push = known @ self.gain.T
        if self.crossing is not None:
            self._flown(known, push, flight)
        size = np.linalg.norm(push, axis=1)[:, None]
        return push + rule.execution_error * size * random.standard_normal(push.shape)

    def _flown(self, known: Array, push: Array, flight: Numerical) -> None:
        """Correct burns (n, 3) in place by what flying to the crossing shows."""
        when, there, partials, unit = self.crossing or (0.0, known, known, known)
        for _ in range(_FLIGHTS):
            starts = self.here + known
            starts[:, 3:] += push
            for row, end in enumerate(flight.finals(self.states(starts), when)):
                if isinstance(end, PropagationError):
                    continue
                missed = np.concatenate([end.r, end.v]) - there
                if np.linalg.norm(missed[:3]) < LOST:  # else the partials say nothing
                    push[row] -= (partials @ missed) * unit


def _burn_times(reference: RealOrbit, rule: HaloRule) -> Array:
    first, last = reference.trajectory.span
    period = reference.period
    end = last - 2.0 * period
    if end - first < max(period, rule.every):
        raise ValueError(
            f"the reference of {(last - first) / DAY:.0f} days is too short: give it at least "
            "three revolutions"
        )
    count = int(np.ceil((end - first) / rule.every))
    return np.asarray(first + rule.every * np.arange(count), dtype=np.float64)


def _control(reference: RealOrbit, propagator: Numerical, t: float, rule: HaloRule) -> _Control:
    """Return what decides the burn at ``t``."""
    path, period = reference.trajectory, reference.period
    start = path.state(t)
    here = np.concatenate([start.r, start.v])
    if rule.strategy == "target-point":
        total, mixed = np.eye(3), np.zeros((3, 6))
        for ahead in _TARGETS:
            phi = propagator.variations(start, t + ahead * period).stm
            total += _POINT_WEIGHT * phi[:3, 3:].T @ phi[:3, 3:]
            mixed += _POINT_WEIGHT * phi[:3, 3:].T @ phi[:3]
        gain = np.asarray(-np.linalg.solve(total, mixed), dtype=np.float64)
        return _Control(t, path.frame, here, gain, None)
    early, late = (t + share * period for share in _CROSSING)
    when, partials = _next_crossing(reference, propagator.almanac, early, late)
    row = partials @ propagator.variations(start, when).stm
    unit = row[3:] / (row[3:] @ row[3:])
    there = np.concatenate([path.position(when), path.velocity(when)])
    crossing = (when, there, partials, unit)
    return _Control(t, path.frame, here, -np.outer(unit, row), crossing)


def _next_crossing(
    reference: RealOrbit, almanac: Almanac, early: float, late: float
) -> tuple[float, Array]:
    """Return the first crossing of y = 0 after ``early`` and the partials (6,) of vx there.

    Those of the speed along x at the crossing, by the departure at the reference's.
    """
    t = np.linspace(early, late, 800)
    seen = reference.trajectory.seen_in(Frame("moon", "EARTH_MOON_ROTATING"), almanac)
    r, v = seen.states(t)
    k = int(np.flatnonzero(r[:-1, 1] * r[1:, 1] <= 0.0)[0])
    turn = synodic("earth", "moon", t[k], almanac)
    pull = (v[k + 1, 0] - v[k - 1, 0]) / (t[k + 1] - t[k - 1])
    of_speed = np.concatenate([turn.rate[0], turn.matrix[0]])
    of_side = np.concatenate([turn.matrix[1], np.zeros(3)])
    return float(t[k]), of_speed - pull / v[k, 1] * of_side
