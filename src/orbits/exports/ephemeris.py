"""What the trajectory formats ask of a path: any time of its span, in ICRF axes."""

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

    def position(self, t: np.ndarray) -> np.ndarray:
        """Return (n, 3) positions, m."""
        ...

    def velocity(self, t: np.ndarray) -> np.ndarray:
        """Return (n, 3) velocities, m/s."""
        ...
