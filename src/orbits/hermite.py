"""Hermite interpolation through states, many windows of nodes at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def windows_around(count: int, nodes: int) -> NDArray[np.int64]:
    """Return for each interval between ``count`` times the first of the ``nodes`` around it.

    The interval lies in the middle of its nodes, except near the ends; (count - 1,).
    """
    return np.clip(np.arange(count - 1) - (nodes // 2 - 1), 0, count - nodes)


def newton(t: Array, r: Array, v: Array) -> tuple[Array, Array]:
    """Return the doubled times and Newton coefficients of polynomials through states.

    Each window of k nodes gives the polynomial of degree 2k - 1 that has the positions and
    velocities of its nodes.

    Parameters
    ----------
    t : (m, k) array, s
        Times of the nodes of each of m windows, preferably from a nearby origin.
    r, v : (m, k, d) arrays
        Values and their time derivatives.

    Returns
    -------
    (m, 2k) and (m, 2k, d) arrays
        For ``evaluate``.
    """
    z = np.repeat(t, 2, axis=1)
    table = np.repeat(r, 2, axis=1)
    coefficients = [table[:, 0]]
    for order in range(1, z.shape[1]):
        gap = (z[:, order:] - z[:, :-order])[..., None]
        rise = table[:, 1:] - table[:, :-1]
        if order == 1:
            table = np.empty_like(rise)
            table[:, ::2] = v
            table[:, 1::2] = rise[:, 1::2] / gap[:, 1::2]
        else:
            table = rise / gap
        coefficients.append(table[:, 0])
    return z, np.stack(coefficients, axis=1)


def evaluate(z: Array, coefficients: Array, t: Array) -> tuple[Array, Array]:
    """Return values and time derivatives at ``t`` (m, p) of Newton forms; two (m, p, d)."""
    value = np.zeros((*t.shape, coefficients.shape[-1]))
    rate = np.zeros_like(value)
    for j in range(z.shape[1] - 1, -1, -1):
        step = (t - z[:, j, None])[..., None]
        rate = rate * step + value
        value = value * step + coefficients[:, None, j]
    return value, rate
