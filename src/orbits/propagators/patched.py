"""One flight about two centres: Earth and Moon, changed where the Moon's pull takes over.

The centre of integration only decides what is subtracted: near the Moon, the Moon's orbit is
better left out of the sums. The state is carried over at the change, so nothing is patched in
the sense of patched conics.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import Almanac
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical, Progress
from orbits.propagators.stops import Stop, coast_at_most
from orbits.trajectory import Pieces, State, Trajectory

Array = NDArray[np.float64]

MOON_SPHERE = 6.62e7  # m: 384,400 km (m/M)^(2/5), Laplace's sphere of influence


@dataclass(frozen=True, eq=False)
class Patched:
    """Piecess about several centres as one function about one of them.

    Attributes
    ----------
    center : str
        About which the answers are given.
    parts : tuple of (str, Pieces)
        Consecutive, each with the centre that it was integrated about.
    almanac : Almanac
    """

    center: str
    parts: tuple[tuple[str, Pieces], ...]
    almanac: Almanac

    @property
    def edges(self) -> Array:
        """Ends of the steps, ascending."""
        first, *rest = (part.edges for _, part in self.parts)
        return np.concatenate([first, *(edges[1:] for edges in rest)])

    def joined(self, later: "Patched | Pieces") -> "Patched":
        """Return this one continued by ``later``, which begins where it ends."""
        more = later.parts if isinstance(later, Patched) else ((self.center, later),)
        return Patched(self.center, (*self.parts, *more), self.almanac)

    def position(self, t: Array) -> Array:
        """Return positions (n, 3), m."""
        return self._sum(t, "position")

    def velocity(self, t: Array) -> Array:
        """Return velocities (n, 3), m/s."""
        return self._sum(t, "velocity")

    def _sum(self, t: Array, what: str) -> Array:
        out = np.empty((len(t), 3))
        which = self._part_of(t)
        for k, (center, part) in enumerate(self.parts):
            here = np.ascontiguousarray(t[which == k])
            if len(here):
                out[which == k] = getattr(part, what)(here)
                out[which == k] += getattr(self.almanac, what)(center, self.center, here)
        return out

    def _part_of(self, t: Array) -> NDArray[np.int64]:
        seams = np.array([part.edges[0] for _, part in self.parts[1:]])
        return np.searchsorted(seams, t, side="right")

    def bounds(self, a: Array, b: Array) -> tuple[Array, Array]:
        """Return bounds on the speed and acceleration of ``position`` over each [a, b]."""
        speed, acceleration = np.zeros_like(a), np.zeros_like(a)
        first, last = self._part_of(a), self._part_of(b)
        for k, (center, part) in enumerate(self.parts):
            in_it = (first <= k) & (k <= last)
            low = np.maximum(a[in_it], part.edges[0])
            high = np.minimum(b[in_it], part.edges[-1])
            own = part.bounds(low, high)
            carried = self.almanac.bounds(center, self.center, low, high)
            speed[in_it] = np.maximum(speed[in_it], own[0] + carried[0])
            acceleration[in_it] = np.maximum(acceleration[in_it], own[1] + carried[1])
        return speed, acceleration


def fly(
    propagator: Numerical,
    state: State,
    span: tuple[float, float],
    *,
    sphere: float = MOON_SPHERE,
    progress: Progress | None = None,
) -> Trajectory:
    """Return the coast over ``span`` integrated about the Moon within ``sphere`` m of it.

    Elsewhere about the Earth. Answers are about the centre of ``state``'s frame.

    Raises
    ------
    ValueError
        If ``state`` is not at the start of ``span``.
    PropagationError
        As for ``Numerical.propagate``.
    """
    if state.t != span[0]:
        raise ValueError(f"the flight starts at t = {state.t}, not at {span[0]} s")
    almanac = propagator.almanac
    apart = np.linalg.norm(state.about("moon", almanac).r)
    center = "moon" if apart < sphere else "earth"
    parts: list[tuple[str, Pieces]] = []
    counts: list[dict] = []
    now = state
    while now.t < span[1]:
        stop = Stop("distance", "moon", sphere, rising=center == "moon")
        path, met = coast_at_most(
            propagator, now.about(center, almanac), [stop], span[1], progress=progress
        )
        parts.append((center, path.pieces))
        counts.append(path.provenance)
        now = path.state(path.span[1])
        if met is not None:
            center = "earth" if center == "moon" else "moon"
    pieces = Patched(state.frame.center, tuple(parts), almanac)
    provenance = counts[0] | {"centers": [center for center, _ in parts]}
    masses = np.zeros((0, 2))
    if state.mass is not None:
        masses = np.array([[span[0], state.mass], [span[1], state.mass]])
    frame = Frame(state.frame.center, "ICRF")
    return Trajectory(frame, pieces, np.zeros(0), provenance, masses)
