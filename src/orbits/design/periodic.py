"""Periodic orbits of the restricted three-body problem: corrected, continued, classified.

In the units of propagators/cr3bp.py, not SI. All orbits here cross the plane y = 0 at right
angles twice a period, so that (x, z, vy) at one crossing and the period say all: half a period
later y, vx and vz must vanish. Source: Howell (1984). [howell1984]
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.errors import ConvergenceError, PropagationError
from orbits.propagators.cr3bp import System, flow, jacobi, states

Array = NDArray[np.float64]

CLOSED = 1e-12  # of the three conditions after half a period
_CORRECTIONS = 25
_SAMPLES = 400


@dataclass(frozen=True, eq=False, slots=True)
class PeriodicOrbit:
    """A periodic orbit, by its state at a right-angled crossing of y = 0.

    Attributes
    ----------
    system : System
    state : (6,) array
    period : float
    """

    system: System
    state: Array
    period: float

    @property
    def unknowns(self) -> Array:
        """What the corrector moves: x, z, vy at the crossing, and the period (4,)."""
        return np.array([*self.state[[0, 2, 4]], self.period])

    @property
    def jacobi(self) -> float:
        """Jacobi constant."""
        return float(jacobi(self.state, self.system.mu))

    def other_crossing(self) -> Array:
        """Return the state (6,) half a period later."""
        return flow(self.state, 0.5 * self.period, self.system.mu)[0]

    def monodromy(self) -> Array:
        """Return the transition matrix over one period (6, 6)."""
        return flow(self.state, self.period, self.system.mu)[1]

    def stability_indices(self) -> Array:
        """Return (l + 1/l)/2 of the two pairs of multipliers that are not 1; (2,), complex.

        From the traces of the monodromy matrix and its square, so that neither pair is spoilt
        by the double multiplier 1. Real and within [-1, 1]: stable.
        """
        m = self.monodromy()
        half = 0.5 * (np.trace(m) - 2.0)
        squares = 0.25 * (np.trace(m @ m) + 2.0)
        apart = np.sqrt(complex(0.5 * squares - 0.25 * half**2))
        return np.array([0.5 * half + apart, 0.5 * half - apart])

    def stability_index(self) -> float:
        """Return (abs l + 1/abs l)/2 of the largest multiplier: 1 where stable."""
        largest = np.abs(np.linalg.eigvals(self.monodromy())).max()
        return float(0.5 * (largest + 1.0 / largest))

    def criticals(self) -> Array:
        """Return (s1 - 1)(s2 - 1), (s1 + 1)(s2 + 1) and (s1 - s2)^2 of the indices (3,), real.

        They vanish at a tangent bifurcation, at a doubling of the period, and where two pairs
        of multipliers meet.
        """
        one, two = self.stability_indices()
        both, product = (one + two).real, (one * two).real
        return np.array([product - both + 1.0, product + both + 1.0, both**2 - 4.0 * product])

    def samples(self, count: int = _SAMPLES) -> Array:
        """Return states (count + 1, 6) at equal steps of time over one period."""
        return states(self.state, np.linspace(0.0, self.period, count + 1), self.system.mu)

    def z_amplitude(self) -> float:
        """Return half of greatest z less smallest z."""
        z = self.samples()[:, 2]
        ends = self.state[2], self.other_crossing()[2]
        return float(0.5 * (max(z.max(), *ends) - min(z.min(), *ends)))

    def distances(self) -> tuple[float, float]:
        """Return the least and the greatest distance from the smaller body."""
        ends = np.stack([self.state, self.other_crossing()])
        r = np.concatenate([self.samples(), ends])[:, :3] - [1.0 - self.system.mu, 0.0, 0.0]
        d = np.linalg.norm(r, axis=1)
        return float(d.min()), float(d.max())


Constraint = Callable[
    [Array], tuple[float, Array]
]  # value that shall vanish, its gradient (4,)


def corrected(
    system: System, guess: Array, constraint: Constraint, *, planar: bool = False
) -> PeriodicOrbit:
    """Return the periodic orbit near ``guess`` (x, z, vy, period) that meets ``constraint``.

    Newton on the unknowns with the transition matrix over half a period.

    Raises
    ------
    ConvergenceError
        With the last residual, and what to change.
    """
    x = np.array(guess, dtype=np.float64)
    residual = np.inf
    for iteration in range(_CORRECTIONS):
        try:
            miss, slope = half_turn(system.mu, x)
        except PropagationError as error:
            raise ConvergenceError(
                f"the correction ran into a body: {error}", iterations=iteration, last=x
            ) from error
        value, gradient = constraint(x)
        miss, slope = np.append(miss, value), np.vstack([slope, gradient])
        last, residual = residual, float(np.abs(miss).max())
        if residual < CLOSED or (residual < 50.0 * CLOSED and residual >= last):
            state = np.array([x[0], 0.0, x[1], 0.0, x[2], 0.0])
            return PeriodicOrbit(system, state, float(x[3]))
        if planar:
            rows, columns = [0, 1, 3], [0, 2, 3]
            step = np.linalg.solve(slope[np.ix_(rows, columns)], -miss[rows])
            x[columns] += step
        else:
            x += np.linalg.solve(slope, -miss)
    raise ConvergenceError(
        f"no periodic orbit after {_CORRECTIONS} corrections, last residual {residual:.1e}: "
        "start nearer to a member of the family",
        iterations=_CORRECTIONS,
        residual=residual,
        last=x,
    )


def half_turn(mu: float, x: Array) -> tuple[Array, Array]:
    """Return y, vx, vz after half a period (3,), and their partials by the unknowns (3, 4)."""
    start = np.array([x[0], 0.0, x[1], 0.0, x[2], 0.0])
    end, phi = flow(start, 0.5 * x[3], mu)
    rate = _rate(end, mu)
    rows = [1, 3, 5]
    return end[rows], np.column_stack([phi[np.ix_(rows, [0, 2, 4])], 0.5 * rate[rows]])


def _rate(state: Array, mu: float) -> Array:
    x, y, z, vx, vy, vz = state
    r1 = ((x + mu) ** 2 + y * y + z * z) ** 1.5
    r2 = ((x - 1.0 + mu) ** 2 + y * y + z * z) ** 1.5
    pull = (1.0 - mu) / r1 + mu / r2
    ax = x + 2.0 * vy - (1.0 - mu) * (x + mu) / r1 - mu * (x - 1.0 + mu) / r2
    return np.array([vx, vy, vz, ax, y - 2.0 * vx - pull * y, -pull * z])


def holding(index: int, value: float) -> Constraint:
    """Return the constraint that unknown ``index`` (x, z, vy, period) equals ``value``."""
    gradient = np.eye(4)[index]
    return lambda x: (float(x[index] - value), gradient)


def continued(
    first: PeriodicOrbit,
    direction: Array,
    *,
    step: float = 0.01,
    longest: float = 0.04,
    planar: bool = False,
) -> Iterator[PeriodicOrbit]:
    """Yield ``first`` and the members after it along ``direction``, until none is found.

    Pseudo-arclength continuation; the step follows how easily the corrector settles, and a
    member that turns by more than 20 degrees from the one before is refused.
    """
    member = first
    yield member
    ahead = _tangent(first, np.asarray(direction, dtype=np.float64), planar=planar)
    while step > 1e-6:
        try:
            found = _next(member, ahead, step, planar=planar)
        except (ConvergenceError, np.linalg.LinAlgError):
            step *= 0.5
            continue
        moved = found.unknowns - member.unknowns
        turn = moved @ ahead / np.linalg.norm(moved)
        if turn < 0.94 or np.linalg.norm(moved) > 2.0 * step:
            step *= 0.5
            continue
        ahead = _tangent(found, ahead, planar=planar)
        member = found
        yield member
        step = min(longest, step * (1.4 if turn > 0.995 else 0.8))


def _next(member: PeriodicOrbit, ahead: Array, step: float, *, planar: bool) -> PeriodicOrbit:
    guess = member.unknowns + step * ahead
    return corrected(
        member.system,
        guess,
        lambda x: (float(ahead @ (x - guess)), ahead),
        planar=planar,
    )


def _tangent(member: PeriodicOrbit, ahead: Array, *, planar: bool) -> Array:
    _, slope = half_turn(member.system.mu, member.unknowns)
    if planar:
        null = np.linalg.svd(slope[np.ix_([0, 1], [0, 2, 3])])[2][-1]
        null = np.array([null[0], 0.0, null[1], null[2]])
    else:
        null = np.linalg.svd(slope)[2][-1]
    return null if null @ ahead > 0.0 else -null


def member_where(
    family: Sequence[PeriodicOrbit],
    value_of: Callable[[PeriodicOrbit], float],
    wanted: float,
    *,
    planar: bool = False,
) -> list[PeriodicOrbit]:
    """Return every member of a traced family whose ``value_of`` equals ``wanted``.

    Each change of sign between neighbours is closed by a secant along the chord, each guess
    corrected onto the family.
    """
    values = np.array([value_of(member) for member in family]) - wanted
    found = []
    for k in np.flatnonzero(values[:-1] * values[1:] <= 0.0).tolist():
        found.append(between(family[k], family[k + 1], value_of, wanted, planar))
    return found


def between(
    a: PeriodicOrbit,
    b: PeriodicOrbit,
    value_of: Callable[[PeriodicOrbit], float],
    wanted: float,
    planar: bool,
) -> PeriodicOrbit:
    """Return the member between two neighbours whose ``value_of`` equals ``wanted``."""
    chord = b.unknowns - a.unknowns
    length = float(np.linalg.norm(chord))
    along = chord / length

    def at(s: float) -> PeriodicOrbit:
        guess = a.unknowns + s * along
        return corrected(
            a.system, guess, lambda x: (float(along @ (x - guess)), along), planar=planar
        )

    low, high = 0.0, length
    at_low, at_high = value_of(a) - wanted, value_of(b) - wanted
    scale = max(abs(wanted), 1e-3)
    member, side = a, 0
    for _ in range(60):
        s = (low * at_high - high * at_low) / (at_high - at_low)
        member = at(s)
        value = value_of(member) - wanted
        if abs(value) < 1e-13 * scale or high - low < 1e-15:
            break
        if value * at_high > 0.0:
            high, at_high = s, value
            at_low, side = (0.5 * at_low, 1) if side == 1 else (at_low, 1)
        else:
            low, at_low = s, value
            at_high, side = (0.5 * at_high, -1) if side == -1 else (at_high, -1)
    return member


def manifold(
    orbit: PeriodicOrbit, *, stable: bool, count: int, duration: float, offset: float = 1e-6
) -> list[Array]:
    """Return ``2 count`` arcs (n, 6) of the stable or unstable manifold, both sides.

    Parameters
    ----------
    count : int
        Starts spread equally over the period.
    duration : float
        How long each arc runs (backwards for the stable manifold).
    offset : float
        Distance of the starts from the orbit along the eigenvector of the monodromy matrix.

    Raises
    ------
    ConvergenceError
        If the orbit is stable: it has no such manifold.
    """
    values, vectors = np.linalg.eig(orbit.monodromy())
    k = int(np.argmin(np.abs(values)) if stable else np.argmax(np.abs(values)))
    if abs(values[k].imag) > 1e-6 or abs(abs(values[k]) - 1.0) < 1e-3:
        raise ConvergenceError(
            f"the largest multiplier is {abs(values[k]):.4f}: the orbit is stable and has no "
            "manifold; choose another member",
            residual=float(abs(values[k])),
        )
    mu, arcs = orbit.system.mu, []
    times = np.linspace(0.0, -duration if stable else duration, 200)
    for t in orbit.period * np.arange(count) / count:
        here, phi = flow(orbit.state, t, mu) if t else (orbit.state, np.eye(6))
        direction = phi @ np.real(vectors[:, k])
        direction /= np.linalg.norm(direction[:3])
        arcs += [states(here + sign * offset * direction, times, mu) for sign in (1.0, -1.0)]
    return arcs
