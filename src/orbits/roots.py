"""Roots: the zeros of a function in many brackets at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from orbits.compiled import choose, compiled_formula


def bracketed_roots(
    function: Callable[[np.ndarray], np.ndarray],
    left: np.ndarray,
    right: np.ndarray,
    values: tuple[np.ndarray, np.ndarray],
    tolerance: float,
) -> tuple[np.ndarray, int]:
    """Return one root in each bracket, (n,) s, and the number of evaluations.

    Chandrupatla's choice between inverse quadratic interpolation and bisection, all open
    brackets at once, opened by the secant. A bracket is closed when it is no longer than
    ``tolerance`` (or four units in the last place of its times); the root returned is the
    secant's within it, so it is usually far better than that.

    Parameters
    ----------
    function : (n,) times -> (n,) values
    left, right : (n,) array, s
    values : two (n,) arrays
        The function at ``left`` and ``right``: one positive, the other zero or negative.
    tolerance : float, s

    Raises
    ------
    ValueError
        If the values at the ends of a bracket do not differ in sign.

    References
    ----------
    Chandrupatla (1997), Advances in Engineering Software 28, 145-149. [chandrupatla1997]
    """
    x1, f1 = np.array(left, dtype=float), np.array(values[0], dtype=float)
    x2, f2 = np.array(right, dtype=float), np.array(values[1], dtype=float)
    if ((f1 > 0) == (f2 > 0)).any():
        raise ValueError("a bracket needs one positive end and one that is not")
    roots = np.empty_like(x1)
    rows = np.arange(x1.size)
    step = np.asarray(f1 / (f1 - f2))
    x3, f3 = x2, f2
    evaluations = 0
    while True:
        width = np.abs(x2 - x1)
        limit = np.maximum(tolerance, 4 * np.spacing(np.maximum(np.abs(x1), np.abs(x2))))
        done = (width <= limit) | (f1 == 0) | (f2 == 0)
        if done.any():
            roots[rows[done]] = _secant(x1[done], x2[done], f1[done], f2[done])
            keep = ~done
            rows, step, width, limit = rows[keep], step[keep], width[keep], limit[keep]
            x1, f1, x2, f2, x3, f3 = (y[keep] for y in (x1, f1, x2, f2, x3, f3))
        if not rows.size:
            return roots, evaluations
        # Never nearer to an end than half the limit: the next step then lands across the root.
        edge = np.minimum(0.5 * limit / width, 0.5)
        x = x1 + np.clip(step, edge, 1 - edge) * (x2 - x1)
        f = np.asarray(function(x), dtype=float)
        evaluations += x.size
        same = (f > 0) == (f1 > 0)
        x3, f3 = np.where(same, x1, x2), np.where(same, f1, f2)
        x2, f2 = np.where(same, x2, x1), np.where(same, f2, f1)
        x1, f1 = x, f
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = next_step(x1, f1, x2, f2, x3, f3)


def _secant(x1: np.ndarray, x2: np.ndarray, f1: np.ndarray, f2: np.ndarray) -> np.ndarray:
    root = x1 + f1 / (f1 - f2) * (x2 - x1)
    return np.clip(root, np.minimum(x1, x2), np.maximum(x1, x2))


@compiled_formula
def next_step(x1, f1, x2, f2, x3, f3):
    """Return where to look next, as a fraction of the way from ``x1`` to ``x2``."""
    xi = (x1 - x2) / (x3 - x2)
    phi = (f1 - f2) / (f3 - f2)
    fit = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
    inverse = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (
        f3 - f2
    )
    return choose(fit & np.isfinite(inverse), inverse, 0.5)
