"""Displaced paths: where a spacecraft would be if it were off by so much along its own axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.frames import Frame, Path

Array = NDArray[np.float64]

AXES = ("radial", "along track", "cross track")


def local_axes(r: Array, v: Array) -> Array:
    """Return the rows radial, along track, cross track for states (n, 3) about a centre.

    Radial points away from the centre, cross track along the angular momentum, and along
    track completes the two: it is the velocity's part across the radius.
    """
    radial = r / np.linalg.norm(r, axis=-1, keepdims=True)
    cross = np.cross(r, v)
    cross = cross / np.linalg.norm(cross, axis=-1, keepdims=True)
    return np.stack([radial, np.cross(cross, radial), cross], axis=-2)


@dataclass(frozen=True, eq=False, slots=True)
class Displaced:
    """A path moved along its radial, along-track and cross-track axes.

    It is for asking margins at instants: how it moves between them is not bounded, so that a
    search with it is not certified.

    Attributes
    ----------
    path : Path
        In inertial axes.
    offset : (3,) or (k, 3) array, m
        Radial, along track, cross track; by instant where it has rows.
    knots : (k,) array, s
        The instants of the rows, ascending; between them the offset is linear.
    """

    path: Path
    offset: Array
    knots: Array | None = None

    @property
    def frame(self) -> Frame:
        """That of the path."""
        return self.path.frame

    @property
    def span(self) -> tuple[float, float]:
        """That of the path; without end where it has none."""
        return getattr(self.path, "span", (-np.inf, np.inf))

    def position(self, t: ArrayLike) -> Array:
        """Return the moved positions; (n, 3) or (3,), m."""
        r = self.path.position(t)
        axes = local_axes(r, self.path.velocity(t))
        return r + np.einsum("...i,...ij->...j", self._offsets(t), axes)

    def velocity(self, t: ArrayLike) -> Array:
        """Return the velocity of the path itself, m/s: the offset moves far slower."""
        return self.path.velocity(t)

    def bounds(self, a: Array, b: Array) -> tuple[Array, Array]:  # noqa: ARG002
        """Return infinity: nothing is known between instants."""
        return np.full_like(a, np.inf), np.full_like(a, np.inf)

    def _offsets(self, t: ArrayLike) -> Array:
        if self.knots is None:
            return np.asarray(self.offset, dtype=np.float64)
        times = np.asarray(t, dtype=np.float64)
        columns = [np.interp(times, self.knots, column) for column in np.transpose(self.offset)]
        return np.asarray(np.stack(columns, axis=-1), dtype=np.float64)
