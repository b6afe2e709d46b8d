"""The integrator's interpolants joined into one continuous function with proven bounds."""

from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.propagators.contact import TERMS, dense_state
from orbits.range_max import RangeMax


@compiled
def evaluate_steps(edges, start, length, f, t, first, out):
    """Write components ``first`` onwards of the state at each ``t`` into ``out`` (n, 3)."""
    state = np.empty(first + 3)
    for i in range(len(t)):
        step = min(max(np.searchsorted(edges, t[i], side="right") - 1, 0), len(start) - 1)
        dense_state(f[step], (t[i] - start[step]) / length[step], state)
        for c in range(3):
            out[i, c] = state[first + c]


_DEGREE = TERMS - 1
# From powers to Bernstein coefficients of the same degree.
_BERNSTEIN = np.array(
    [[comb(i, k) / comb(_DEGREE, k) for k in range(TERMS)] for i in range(TERMS)]
)


@dataclass(frozen=True, eq=False)
class Interpolant:
    """The dense output of an integrator over consecutive steps.

    Attributes
    ----------
    edges : (n + 1,) array, s
        Ends of the parts in use of the steps, ascending.
    start, length : (n,) arrays, s
        Where each step began and its signed length (negative when integrated backwards).
    f : (n, TERMS, 6) array, m and m/s
        Polynomials in the fraction of the step (see ``contact.dense_state``).
    """

    edges: NDArray[np.float64]
    start: NDArray[np.float64]
    length: NDArray[np.float64]
    f: NDArray[np.float64]

    @classmethod
    def of_steps(cls, t: NDArray[np.float64], f: NDArray[np.float64]) -> "Interpolant":
        """Return the interpolant of steps between the nodes ``t`` (n + 1,), either way."""
        start, length = t[:-1], np.diff(t)
        if t[-1] >= t[0]:
            parts = (t, start, length, f)
        else:
            parts = (t[::-1], start[::-1], length[::-1], f[::-1])
        return cls(*(np.ascontiguousarray(part) for part in parts))

    def joined(self, later: "Interpolant") -> "Interpolant":
        """Return this one continued by ``later``, which begins where it ends."""
        return Interpolant(
            np.concatenate([self.edges, later.edges[1:]]),
            np.concatenate([self.start, later.start]),
            np.concatenate([self.length, later.length]),
            np.concatenate([self.f, later.f]),
        )

    def until(self, t: float) -> "Interpolant":
        """Return this one ended at ``t``: the last step is kept whole, and used in part."""
        last = int(np.searchsorted(self.edges, t, side="left"))
        edges = self.edges[: last + 1].copy()
        edges[-1] = t
        return Interpolant(edges, self.start[:last], self.length[:last], self.f[:last])

    def position(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions (n, 3), m; ``t`` lies within the edges."""
        return self._components(t, 0)

    def velocity(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return velocities (n, 3), m/s: the interpolant of the integrated velocity."""
        return self._components(t, 3)

    def _components(self, t: NDArray[np.float64], first: int) -> NDArray[np.float64]:
        out = np.empty((len(t), 3))
        evaluate_steps(self.edges, self.start, self.length, self.f, t, first, out)
        return out

    def bounds(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on the speed and acceleration of ``position`` over each [a, b]."""
        first, last = self._steps_of(a, b)
        speed, acceleration, _ = self._step_bounds
        return speed.over(first, last), acceleration.over(first, last)

    @property
    def greatest(self) -> tuple[RangeMax, RangeMax]:
        """Bounds on speed and acceleration by step, for compiled functions."""
        return self._step_bounds[:2]

    def jerk(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a bound on the second derivative of ``velocity`` over each [a, b], m/s3."""
        return self._step_bounds[2].over(*self._steps_of(a, b))

    def _steps_of(self, a: NDArray[np.float64], b: NDArray[np.float64]):
        n = len(self.start)
        first = np.clip(np.searchsorted(self.edges, a, side="right") - 1, 0, n - 1)
        last = np.clip(np.searchsorted(self.edges, b, side="left") - 1, first, n - 1)
        return first, last

    @cached_property
    def _step_bounds(self) -> tuple[RangeMax, RangeMax, RangeMax]:
        # A polynomial lies in the hull of its Bernstein coefficients; so do its derivatives.
        # Without the constant term, and its rounding: only differences are wanted.
        control = np.einsum("ij,njc->nic", _BERNSTEIN[:, 1:], self.f[:, 1:])
        h = np.abs(self.length)
        once = [_longest(np.diff(control[:, :, k : k + 3], axis=1)) for k in (0, 3)]
        twice = [_longest(np.diff(control[:, :, k : k + 3], n=2, axis=1)) for k in (0, 3)]
        n, m = _DEGREE, _DEGREE * (_DEGREE - 1)
        speed, jerk = n * once[0] / h, m * twice[1] / h**2
        # In a short step (one that lands on a shadow's edge) differences of position are
        # rounding; those of velocity are not, and differ from them by less than 1 %.
        acceleration = np.where(h > _SHORT, m * twice[0] / h**2, 1.01 * n * once[1] / h)
        around = np.concatenate([[0.0], np.where(h > _SHORT, jerk, 0.0), [0.0]])
        near = np.maximum(
            np.maximum(around[:-2], around[2:]), around.max() * (h.max() <= _SHORT)
        )
        jerk = np.where(h > _SHORT, jerk, np.where(near > 0.0, near, jerk))
        return RangeMax.of(speed), RangeMax.of(acceleration), RangeMax.of(jerk)


def _longest(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the greatest length of (n, k, 3) vectors over k; (n,)."""
    return np.linalg.norm(vectors, axis=2).max(axis=1)


_SHORT = 10.0  # s
