"""Getting there: capture into an ellipse about the Moon, and the fly-by that leads to a halo.

All burns are impulses. The arrival from the Earth enters by its speed at infinity about the
Moon alone; its plane is free, so that the fly-by's burn is along the velocity.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from orbits.bodies import body
from orbits.design.real_sky import RealOrbit
from orbits.errors import ConvergenceError, PropagationError
from orbits.geometry.apses import apses
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State, Trajectory

Array = NDArray[np.float64]

ARRIVAL = 0.73e6  # m2/s2: square of the speed at infinity of a five-day way from the Earth


def periapsis_speed(near: float, far: float, mu: float) -> float:
    """Return the speed at periapsis of the ellipse between two radii, m/s."""
    return float(np.sqrt(2.0 * mu * far / (near * (near + far))))


def capture(near: float, far: float, *, arrival: float = ARRIVAL) -> float:
    """Return the burn at perilune, m/s, from an arrival into the ellipse of two radii (m).

    ``arrival`` is the square of the speed at infinity, m2/s2; impulsive.
    """
    mu = body("moon").mu
    return float(np.sqrt(arrival + 2.0 * mu / near)) - periapsis_speed(near, far, mu)


def lowering(near: float, far: float, lower: float) -> float:
    """Return the burn at perilune, m/s, that brings the apolune from ``far`` to ``lower``."""
    mu = body("moon").mu
    return periapsis_speed(near, far, mu) - periapsis_speed(near, lower, mu)


@dataclass(frozen=True, eq=False, slots=True)
class FlyByTransfer:
    """A way from a lunar fly-by to a halo.

    Attributes
    ----------
    trajectory : Trajectory
        From the fly-by to the insertion, about the Moon.
    fly_by, insertion : float, s
        Times of the two burns.
    fly_by_radius : float, m
    fly_by_delta_v, insertion_delta_v : float, m/s
    """

    trajectory: Trajectory
    fly_by: float
    insertion: float
    fly_by_radius: float
    fly_by_delta_v: float
    insertion_delta_v: float

    @property
    def delta_v(self) -> float:
        """Both burns, m/s."""
        return self.fly_by_delta_v + self.insertion_delta_v


def fly_by_transfer(
    halo: RealOrbit,
    propagator: Numerical,
    insertion: float,
    fly_by: float,
    radius: float,
    *,
    arrival: float = ARRIVAL,
) -> FlyByTransfer:
    """Return the cheapest way found from a fly-by of the Moon to ``halo`` at ``insertion``.

    Backwards from the halo: a coarse search over the burn there, then the smallest burn that
    puts the perilune at ``fly_by`` (s) and ``radius`` (m).

    Raises
    ------
    ValueError
        If the insertion is not a day or more after the fly-by.
    ConvergenceError
        If no start leads to that fly-by; give another insertion or another phase.
    """
    if not insertion - fly_by >= 86400.0:
        raise ValueError(
            f"the insertion is {(insertion - fly_by) / 86400.0:.2f} days after the fly-by: "
            "give it at least one"
        )
    back = replace(propagator, surfaces=False, tolerance=1e-10)
    state = halo.trajectory.state(insertion)
    found: list[tuple[float, Array]] = []
    for push in _pushes():
        miss = _miss(back, state, push, fly_by)
        if miss is not None:
            late, low = miss[0] / 86400.0, (miss[1] - radius) / 1e6
            size = float(np.linalg.norm(push))
            found.append((late**2 + (low / 5.0) ** 2 + size / 100.0, push))
    found.sort(key=lambda row: row[0])
    ways: list[tuple[float, Trajectory]] = []
    for _, push in found[:4]:
        settled = _settled(back, state, push, fly_by, radius)
        if settled is None:
            continue
        start = State(state.t, state.r, state.v - settled, state.frame)
        try:
            path = propagator.propagate(start, (fly_by, insertion))
        except PropagationError:  # it meets the Moon on the way: another start may not
            continue
        ways.append((float(np.linalg.norm(settled)), path))
    if not ways:
        raise ConvergenceError(
            "no way from that fly-by to the halo was found: try another insertion or phase",
            last=found[0][1] if found else None,
        )
    burn, path = min(ways, key=lambda way: way[0])
    leaving = path.state(fly_by)
    near = float(np.linalg.norm(leaving.r))
    arriving = float(np.sqrt(arrival + 2.0 * body("moon").mu / near))
    slowing = abs(arriving - float(np.linalg.norm(leaving.v)))
    return FlyByTransfer(path, fly_by, insertion, near, slowing, burn)


def _pushes() -> list[Array]:
    """Return burns at the halo: 48 directions, spread evenly, at four sizes (m/s)."""
    k = np.arange(48) + 0.5
    z = 1.0 - 2.0 * k / 48
    turn = np.pi * (1.0 + np.sqrt(5.0)) * k
    flat = np.sqrt(1.0 - z * z)
    directions = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
    return [size * d for size in (30.0, 60.0, 100.0, 160.0) for d in directions]


def _miss(propagator: Numerical, state: State, push: Array, fly_by: float):
    """Return how late (s) and how far from the Moon (m) the perilune before ``state`` is."""
    start = State(state.t, state.r, state.v - push, state.frame)
    room = 4.0 * 86400.0
    try:
        path = propagator.propagate(start, (fly_by - room, state.t))
    except PropagationError:
        return None
    passages = apses(path)
    near = np.abs(passages.periapsis - fly_by) < room
    if not near.any():
        return None
    radii = np.where(near, passages.periapsis_radius, np.inf)
    k = int(np.argmin(radii))
    return float(passages.periapsis[k] - fly_by), float(radii[k])


def _settled(
    propagator: Numerical, state: State, push: Array, fly_by: float, radius: float
) -> Array | None:
    """Return the smallest burn near ``push`` with its perilune at that time and radius."""

    def misses(x: Array) -> Array:
        found = _miss(propagator, state, x, fly_by)
        if found is None:
            return np.array([50.0, 50.0])
        return np.array([found[0] / 3600.0, np.log(found[1] / radius)])

    answer = minimize(
        lambda x: float(x @ x) / 1e4,
        push,
        method="SLSQP",
        constraints={"type": "eq", "fun": misses},
        options={"maxiter": 60, "eps": 1e-4, "ftol": 1e-8},
    )
    left = misses(answer.x)
    return answer.x if abs(left[0]) < 0.05 and abs(left[1]) < 0.01 else None
