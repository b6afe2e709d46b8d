"""Paths in the turning axes of a body: polynomials that bound their own motion, cell by cell.

A point of the ground stands still in these axes, so that what thousands of points see of one
path is asked of one set of polynomials: no ephemeris and no rotation is evaluated per point.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.frames import Frame, Path, rotated, to_icrf
from orbits.geometry.signal import ROTATION
from orbits.propagators.fitted import ChebyshevPieces, fitted_trajectory
from orbits.trajectory import Trajectory, join

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

FIT = 1e-3  # m
_TURNED = 4e-12  # rad: librations and rotation angles are rounded, and so is what they turn
_LONGEST = 10_800.0  # s; pieces that do not follow the path are halved anyway
_STEPS = 8  # of a cell, at whose ends the path and its derivatives are evaluated


def fixed_path(
    path: Path, almanac: "Almanac", name: str, span: tuple[float, float]
) -> Trajectory:
    """Return ``path`` over ``span`` in the body-fixed axes of body ``name``, about its centre.

    Geometric: path and body at one instant. Chebyshev pieces within 1 mm of the path, or 1e-12
    of its distance where that is more (at 13 points of each), cut at its burns and at the days
    of the Earth orientation table.

    Raises
    ------
    ValueError
        If the orientation of the body is not known, or the path does not cover the span.
    DataError
        If the almanac does not cover it.
    """
    axes = body(name).axes
    if axes is None:
        raise ValueError(f"the orientation of {name} is not known here; use earth or moon")
    held = getattr(path, "span", span)
    if held[0] > span[0] or held[1] < span[1]:
        raise ValueError(
            f"the trajectory runs from t = {held[0]:.3f} to {held[1]:.3f} s past J2000 TDB and "
            f"does not cover {span[0]:.3f} to {span[1]:.3f}: propagate over a longer span"
        )

    def motion(t: Array) -> tuple[Array, Array]:
        turn = almanac.rotation(axes, "ICRF", t)
        r = rotated(turn, to_icrf(path, t, almanac, name))
        if path.frame.axes != "ICRF":
            return r, np.zeros_like(r)
        v = rotated(turn, path.velocity(t) + almanac.velocity(path.frame.center, name, t))
        # Good to 1e-6: it only moves r to the instant of which t is the nearest double.
        return r, v + ROTATION[axes] * np.column_stack([r[:, 1], -r[:, 0], np.zeros(len(r))])

    cuts = np.asarray(getattr(path, "joins", ()), dtype=np.float64)
    if "ITRF" in (axes, path.frame.axes):
        cuts = np.concatenate([cuts, almanac.day_cuts(*span)])
    inner = np.unique(cuts[(cuts > span[0]) & (cuts < span[1])])
    marks = [span[0], *inner.tolist(), span[1]]
    farthest = np.linalg.norm(motion(np.linspace(*span, 64))[0], axis=1).max()
    tolerance = max(FIT, _TURNED * float(farthest))
    parts = [
        fitted_trajectory(
            motion,
            (a, b),
            Frame(name, axes),
            longest=_LONGEST,
            tolerance=tolerance,
            consistent=False,
            provenance={"axes": axes, "tolerance": tolerance},
        )
        for a, b in pairwise(marks)
    ]
    return join(parts)


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """A path cut finely, with bounds on its motion over each cell.

    Attributes
    ----------
    nodes : (k + 1, 4) array, s and m
        Ends of the cells, and the path there.
    bounds : (k, 4) array, m/s, m/s2, a row and m
        Greatest speed and acceleration within a cell, its piece of ``pieces``, and a distance
        from the centre that it keeps.
    pieces : ChebyshevPieces
    allowance : float, m
        Error that a margin may have: both of its terms follow the fit, and rounding.
    """

    nodes: Array
    bounds: Array
    pieces: ChebyshevPieces
    allowance: float

    @classmethod
    def of(cls, fixed: Trajectory, cells: int = 4) -> "Cells":
        """Return ``cells`` equal cells of each piece of ``fixed``, a path of `fixed_path`.

        Each derivative is the greatest found at the ends of the steps of a cell, and half a
        step times a bound on the next derivative over the piece.
        """
        pieces = fixed.pieces
        if not isinstance(pieces, ChebyshevPieces):
            raise TypeError("cells are those of a path made by fixed_path")
        length = np.diff(pieces.edges)
        start = pieces.edges[:-1, None] + length[:, None] * (np.arange(cells) / cells)
        t = np.append(start.ravel(), pieces.edges[-1])
        nodes = np.column_stack([t, pieces.position(t)])
        first, second, third = (_derivative(pieces.coefficients, order) for order in (1, 2, 3))
        x = np.linspace(-1.0, 1.0, cells * _STEPS + 1)
        at = np.arange(cells)[:, None] * _STEPS + np.arange(_STEPS + 1)
        half = 1.0 / (cells * _STEPS)
        jerk = np.linalg.norm(third, axis=1).sum(axis=1)
        speed, acceleration = (
            _norms(series, x)[:, at].max(axis=2) for series in (first, second)
        )
        acceleration += half * jerk[:, None]
        speed += half * acceleration
        scale = (2.0 / length)[:, None]
        row = np.repeat(np.arange(len(length), dtype=np.float64), cells)
        fastest = speed * scale
        away = _norms(pieces.coefficients, x)[:, at]
        step = (length / (cells * _STEPS))[:, None]
        low = 0.5 * (away[:, :, 1:] + away[:, :, :-1]).min(axis=2) - 0.5 * fastest * step
        columns = (fastest.ravel(), (acceleration * scale**2).ravel(), row, low.ravel())
        allowance = 2.0 * fixed.provenance["tolerance"] + 1e-4
        return cls(nodes, np.column_stack(columns), pieces, allowance)


def _derivative(series: Array, order: int) -> Array:
    """Return the derivative of Chebyshev series (n, 3, k) with respect to their argument."""
    return np.asarray(chebyshev.chebder(series, order, axis=2), dtype=np.float64)


def _norms(series: Array, x: Array) -> Array:
    """Return the lengths of the vectors of series (n, 3, k) at ``x``; (n, m)."""
    basis = chebyshev.chebvander(x, series.shape[2] - 1)
    vectors = np.asarray(series @ basis.T, dtype=np.float64)
    return np.sqrt(np.einsum("ncm,ncm->nm", vectors, vectors))
