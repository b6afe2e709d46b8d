"""What the trajectory formats ask of a path: any time of its span, in ICRF axes."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np


class _Frame(Protocol):
    @property
    def center(self) -> str: ...
    @property
    def axes(self) -> str: ...


class Ephemeris(Protocol):
    """A path in ICRF axes about a body that can be asked at any time of its span."""

    @property
    def frame(self) -> _Frame:
        """Centre and axes."""
        ...

    @property
    def span(self) -> tuple[float, float]:
        """First and last time, TDB s past J2000."""
        ...

    @property
    def joins(self) -> np.ndarray:
        """Instants inside the span at which the velocity jumps, s."""
        ...

    def position(self, t: np.ndarray) -> np.ndarray:
        """Return (n, 3) positions, m."""
        ...

    def velocity(self, t: np.ndarray) -> np.ndarray:
        """Return (n, 3) velocities, m/s."""
        ...


def legs(trajectory: Ephemeris) -> list[tuple[float, float]]:
    """Return the parts of the span, s, in which the velocity is continuous.

    A leg that ends where the next begins ends just before, by the grain of ``t`` (0.12 us in
    2024), so that its last velocity is its own.
    """
    t0, t1 = trajectory.span
    bounds = list(pairwise([t0, *np.asarray(trajectory.joins, dtype=float).tolist(), t1]))
    return [(a, float(np.nextafter(b, a)) if b < t1 else b) for a, b in bounds]


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The part of a path within ``span``, s, for files that are to hold no more."""

    path: Ephemeris
    span: tuple[float, float]

    @property
    def frame(self) -> _Frame:
        """Centre and axes of the path."""
        return self.path.frame

    @property
    def joins(self) -> np.ndarray:
        """Instants inside the span at which the velocity jumps, s."""
        joins = np.asarray(self.path.joins, dtype=float)
        return joins[(joins > self.span[0]) & (joins < self.span[1])]

    def position(self, t: np.ndarray) -> np.ndarray:
        """Return (n, 3) positions, m."""
        return self.path.position(t)

    def velocity(self, t: np.ndarray) -> np.ndarray:
        """Return (n, 3) velocities, m/s."""
        return self.path.velocity(t)
