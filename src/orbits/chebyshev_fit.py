"""Chebyshev records fitted to a function, and bounds on what they hold."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from orbits.chebyshev import Series


def fitted(
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    span: tuple[float, float],
    length: float,
    size: int,
) -> Series:
    """Return Chebyshev records of ``function`` ((n,) s -> (n, components)) that cover ``span``.

    Interpolation at the ``size`` zeros of the Chebyshev polynomial in each record.
    """
    count = max(1, int(np.ceil((span[1] - span[0]) / length)))
    k = np.arange(size)
    angle = (k[::-1] + 0.5) * np.pi / size
    t = span[0] + length * (np.arange(count)[:, np.newaxis] + 0.5 + 0.5 * np.cos(angle))
    values = function(t.ravel()).reshape(count, size, -1)
    basis = np.cos(np.outer(k, angle)) * (2.0 / size)
    basis[0] *= 0.5
    return Series(span[0], length, np.einsum("kj,njc->nck", basis, values))


def derivative_bounds(series: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return bounds on the first and second derivative of each component over all records."""
    j = np.arange(series.coefficients.shape[2], dtype=np.float64)
    size, scale = np.abs(series.coefficients), 2.0 / series.length
    first = (size @ j**2).max(axis=0) * scale
    return first, (size @ (j**2 * (j**2 - 1.0) / 3.0)).max(axis=0) * scale**2
