"""Keeping a halo: small burns at equal intervals that cancel what would grow.

Two controllers. "x-axis-crossing": the smallest burn after which the spacecraft crosses the
plane of symmetry, two crossings ahead, with the reference's speed along x. "target-point": the
burn that weighs its own size against the departures at points ahead. Both are linear, with the
transition matrices of the reference orbit; the flight itself is not.
Sources: Howell and Pernicka (1993) for target points; Guzzetti and others (2017) for crossings.
[howell1993] [guzzetti2017]
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orbits.constants import DAY
from orbits.design.frozen import YEAR
from orbits.design.real_sky import RealOrbit
from orbits.errors import PropagationError
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State

Array = NDArray[np.float64]

STRATEGIES = ("x-axis-crossing", "target-point")
LOST = 3e6  # m: farther from the reference a linear controller has nothing to say
_COARSE = 1e-9  # tolerance of the flights: metres in a week, beside errors of kilometres
_TARGETS = (0.9, 1.4, 1.9)  # revolutions ahead
_POINT_WEIGHT = 1e-12  # (m/s)2 per m2: a millimetre per second against a kilometre


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
    controls = [_gains(reference, propagator, float(when), rule) for when in t[:-1]]
    random = np.random.default_rng(seed)
    sigma = np.repeat([rule.sigma_position, rule.sigma_velocity], 3)
    away = sigma * random.standard_normal((samples, 6))
    sizes = np.full((samples, len(t) - 1), np.nan)
    departures, lost = sizes.copy(), np.full(samples, np.nan)
    flight = replace(propagator, tolerance=_COARSE, surfaces=False)
    for k, gain in enumerate(controls):
        here = np.concatenate([path.position(t[k]), path.velocity(t[k])])
        flying = np.flatnonzero(np.isnan(lost))
        departures[flying, k] = np.linalg.norm(away[flying, :3], axis=1)
        known = away[flying] + sigma * random.standard_normal((len(flying), 6))
        push = known @ gain.T
        sizes[flying, k] = np.linalg.norm(push, axis=1)
        error = rule.execution_error * sizes[flying, k][:, None]
        push += error * random.standard_normal(push.shape)
        starts = here + away[flying]
        starts[:, 3:] += push
        frame = path.frame
        ends = flight.finals([State(t[k], s[:3], s[3:], frame) for s in starts], t[k + 1])
        there = path.position(t[k + 1]), path.velocity(t[k + 1])
        for row, end in zip(flying, ends, strict=True):
            if isinstance(end, PropagationError):
                lost[row] = t[k + 1]
                continue
            away[row] = np.concatenate([end.r - there[0], end.v - there[1]])
            if np.linalg.norm(away[row, :3]) > LOST:
                lost[row] = t[k + 1]
    return HaloKeeping(t[:-1], sizes, departures, lost, rule.every)


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


def _gains(reference: RealOrbit, propagator: Numerical, t: float, rule: HaloRule) -> Array:
    """Return the matrix (3, 6) from the departure to the burn at ``t``."""
    path = reference.trajectory
    period, start = reference.period, path.state(t)
    if rule.strategy == "target-point":
        total, mixed = np.eye(3), np.zeros((3, 6))
        for ahead in _TARGETS:
            phi = propagator.variations(start, t + ahead * period).stm
            total += _POINT_WEIGHT * phi[:3, 3:].T @ phi[:3, 3:]
            mixed += _POINT_WEIGHT * phi[:3, 3:].T @ phi[:3]
        return np.asarray(-np.linalg.solve(total, mixed), dtype=np.float64)
    row = _crossing_row(reference, propagator, start, t + 1.15 * period, t + 1.9 * period)
    return -np.outer(row[3:], row) / (row[3:] @ row[3:])


def _crossing_row(
    reference: RealOrbit, propagator: Numerical, start: State, early: float, late: float
) -> Array:
    """Return the partials (6,) of the speed along x at the first crossing after ``early``."""
    path, almanac = reference.trajectory, propagator.almanac
    t = np.linspace(early, late, 400)
    turn = almanac.rotation("EARTH_MOON_ROTATING", "ICRF", t)
    rate = almanac.rotation_rate("EARTH_MOON_ROTATING", "ICRF", t)
    y = np.einsum("kj,kj->k", turn[:, 1], path.position(t))
    k = int(np.flatnonzero(y[:-1] * y[1:] <= 0.0)[0])
    phi = propagator.variations(start, float(t[k])).stm
    h = t[1] - t[0]
    speed = np.einsum("kij,kj->ki", rate, path.position(t)) + np.einsum(
        "kij,kj->ki", turn, path.velocity(t)
    )
    pull = (speed[k + 1] - speed[k - 1]) / (2.0 * h)
    to_x = np.concatenate([rate[k, 0], turn[k, 0]]) @ phi
    to_y = np.concatenate([turn[k, 1], np.zeros(3)]) @ phi
    return to_x - pull[0] / speed[k, 1] * to_y
