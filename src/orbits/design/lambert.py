"""Lambert's problem: the conics that join two positions in a given time.

In Lancaster's and Blanchard's variables every conic, every number of revolutions and both
branches are one curve T(x) with one parameter lambda; x > 1 is a hyperbola, x = 1 the parabola.
On each stretch where T is monotone its root is found by Newton's step on log T inside a bracket
that always holds it, so that no case is left to a lucky first guess.

Sources: Lancaster and Blanchard (1969); Izzo (2015), eqs. 8-25. [lancaster1969] [izzo2015]
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.compiled import compiled
from orbits.errors import ConvergenceError

Array = NDArray[np.float64]
Branch = Literal["short-period", "long-period"]

_EPSILON = float(np.finfo(np.float64).eps)
_STEPS = 200
_NEAR_PARABOLA = (
    0.2  # of |x - 1|: there the closed form loses digits, and the series has 40 terms
)
_FASTEST = 1e9  # of x: a flight that is a straight line to rounding
_TURN = 2.0 * np.pi
_IN_LINE = 1e-13  # rad of a turn of half or of none: no plane follows from the positions


class NoTransferError(ConvergenceError):
    """No conic makes so many revolutions in the time; ``shortest`` (s) is the least."""

    def __init__(self, message: str, *, shortest: float) -> None:
        super().__init__(message)
        self.shortest = shortest


@dataclass(frozen=True, slots=True)
class Transfer:
    """One solution of Lambert's problem.

    Attributes
    ----------
    v1, v2 : (3,) arrays, m/s
        Velocities at departure and arrival, in the axes of the positions.
    revolutions : int
        Complete revolutions on the way.
    branch : "short-period" or "long-period"
        Which of the two conics of so many revolutions (of none there is one, "short-period").
    semi_major_axis : float, m
        Negative for a hyperbola.
    """

    v1: Array
    v2: Array
    revolutions: int
    branch: Branch
    semi_major_axis: float


@compiled
def _time(x, lam, chord, revolutions):
    """Return the time T(x), without unit; ``chord`` is 1 - lambda^2.

    [izzo2015, eqs. 18, 20]
    """
    y = np.sqrt(chord + lam * lam * x * x)
    left = (1.0 - x) * (1.0 + x)
    if revolutions == 0 and abs(x - 1.0) < _NEAR_PARABOLA:
        eta = y - lam * x
        z = 0.5 * (1.0 - lam - x * eta)
        term, total = 1.0, 1.0
        for k in range(_STEPS):
            term *= (3.0 + k) * (1.0 + k) / ((2.5 + k) * (1.0 + k)) * z
            total += term
            if abs(term) <= 0.1 * _EPSILON * total:
                break
        if abs(z) < 0.9:
            return 0.5 * eta * (eta * eta * 4.0 / 3.0 * total + 4.0 * lam)
    root = np.sqrt(abs(left))
    along = (y - lam * x) * root
    if left > 0.0:
        psi = np.arctan2(along, x * y + lam * left) + np.pi * revolutions
    else:
        psi = np.arcsinh(along)
    return (psi / root - x + lam * y) / left


@compiled
def _slope(x, lam, chord, time):
    """Return dT/dx at x.

    [izzo2015, eq. 22]
    """
    y = np.sqrt(chord + lam * lam * x * x)
    if abs(x - 1.0) < 1e-6:
        return 0.4 * (lam**5 - 1.0)
    return (3.0 * time * x - 2.0 + 2.0 * lam**3 * x / y) / ((1.0 - x) * (1.0 + x))


@compiled
def _root(a, b, rising, wanted, lam, chord, revolutions):
    """Return x in (a, b), where T rises or falls, with T(x) = wanted; nan if unsettled."""
    x = 0.5 * (a + b)
    before = last = b - a
    for _ in range(_STEPS):
        time = _time(x, lam, chord, revolutions)
        if (time > wanted) != rising:
            a = x
        else:
            b = x
        slope = _slope(x, lam, chord, time)
        following = x - time * np.log(time / wanted) / slope if slope != 0.0 else np.inf
        # A Newton step that leaves the bracket, or does not halve the one before last, is slow.
        if not a < following < b or 2.0 * abs(following - x) > before:
            following = 0.5 * (a + b)
        before, last = last, abs(following - x)
        x = following
        if last <= _EPSILON * abs(x) or b - a <= 2.0 * _EPSILON * (1.0 + abs(x)):
            return x
    return np.nan


@compiled
def _least(lam, chord, revolutions):
    """Return where T of so many revolutions (at least one) is least: x in (0, 1)."""
    a, b = 0.0, 1.0
    while b - a > 4.0 * _EPSILON:
        x = 0.5 * (a + b)
        if _slope(x, lam, chord, _time(x, lam, chord, revolutions)) < 0.0:
            a = x
        else:
            b = x
    return 0.5 * (a + b)


@compiled
def _solve(wanted, lam, chord, revolutions):
    """Return x of the short-period and the long-period conic; nan where there is none.

    The period grows with abs(x). Without a complete revolution there is one conic, given first.
    """
    low = 0.5
    while _time(low - 1.0, lam, chord, revolutions) < wanted and low > _EPSILON:
        low *= 0.25
    if revolutions == 0:
        high = 1.0
        while _time(high, lam, chord, 0) > wanted and high < _FASTEST:
            high *= 2.0
        return _root(low - 1.0, high, False, wanted, lam, chord, 0), np.nan
    least = _least(lam, chord, revolutions)
    if _time(least, lam, chord, revolutions) > wanted:
        return np.nan, np.nan
    high = 0.5
    while _time(1.0 - high, lam, chord, revolutions) < wanted and high > _EPSILON:
        high *= 0.25
    left = _root(min(low - 1.0, least), least, False, wanted, lam, chord, revolutions)
    right = _root(least, max(1.0 - high, least), True, wanted, lam, chord, revolutions)
    return (left, right) if abs(left) < abs(right) else (right, left)


@compiled
def _joined(r1, r2, tof, mu, pole, revolutions, out):
    """Write v1, v2 of both conics and their semi-major axes into ``out`` (2, 7).

    ``pole`` (3,) is the side on which the angular momentum lies; of opposite positions it is
    the plane's own pole. Return the shortest time (s) of so many revolutions where none was
    found, -1 where no plane follows, else 0.
    """
    out[:] = np.nan
    n1 = np.sqrt(r1[0] ** 2 + r1[1] ** 2 + r1[2] ** 2)
    n2 = np.sqrt(r2[0] ** 2 + r2[1] ** 2 + r2[2] ** 2)
    normal = np.empty(3)
    for c in range(3):
        d, e = (c + 1) % 3, (c + 2) % 3
        normal[c] = (r1[d] * r2[e] - r1[e] * r2[d]) / (n1 * n2)
    sine = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
    cosine = (r1[0] * r2[0] + r1[1] * r2[1] + r1[2] * r2[2]) / (n1 * n2)
    side = normal[0] * pole[0] + normal[1] * pole[1] + normal[2] * pole[2]
    angle = np.arctan2(sine, cosine)
    if sine <= _IN_LINE:
        # The pole names the plane, if it is across the line of the positions.
        along = (r1[0] * pole[0] + r1[1] * pole[1] + r1[2] * pole[2]) / n1
        if cosine > 0.0 or abs(along) > 1e-6:
            return -1.0
        normal[:] = pole
    else:
        turn = 1.0 if side >= 0.0 else -1.0
        normal *= turn / sine
        angle = angle if turn > 0.0 else _TURN - angle
    # Near a half turn the rounding of the product leans towards the positions: stand it up.
    lean = (normal[0] * r1[0] + normal[1] * r1[1] + normal[2] * r1[2]) / (n1 * n1)
    normal -= lean * r1
    normal /= np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
    half = 0.5 * angle
    c = np.sqrt((n1 - n2) ** 2 + 4.0 * n1 * n2 * np.sin(half) ** 2)
    s = 0.5 * (n1 + n2 + c)
    lam, chord = np.sqrt(n1 * n2) * np.cos(half) / s, c / s
    unit = np.sqrt(0.5 * s / mu) * s  # s: T = tof / unit
    gamma, rho = np.sqrt(0.5 * mu * s), (n1 - n2) / c
    sigma = 2.0 * np.sqrt(n1 * n2) * np.sin(half) / c
    roots = _solve(tof / unit, lam, chord, revolutions)
    for k in range(2):
        x = roots[k]
        y = np.sqrt(chord + lam * lam * x * x)
        minus, plus = lam * y - x, lam * y + x
        across = chord / (y - lam * x) if lam * x < 0.0 else y + lam * x
        out[k, 6] = 0.5 * s / ((1.0 - x) * (1.0 + x))
        for j in range(3):
            d, e = (j + 1) % 3, (j + 2) % 3
            t1 = (normal[d] * r1[e] - normal[e] * r1[d]) / n1
            t2 = (normal[d] * r2[e] - normal[e] * r2[d]) / n2
            out[k, j] = gamma * ((minus - rho * plus) * r1[j] / n1 + sigma * across * t1) / n1
            out[k, 3 + j] = (
                gamma * (-(minus + rho * plus) * r2[j] / n2 + sigma * across * t2) / n2
            )
    if revolutions > 0 and not np.isfinite(roots[0]):
        return _time(_least(lam, chord, revolutions), lam, chord, revolutions) * unit
    return 0.0


def lambert(
    r1: ArrayLike,
    r2: ArrayLike,
    tof: float,
    mu: float,
    *,
    revolutions: int = 0,
    pole: ArrayLike = (0.0, 0.0, 1.0),
) -> tuple[Transfer, ...]:
    """Return the conics from ``r1`` to ``r2`` in ``tof``: one, or both branches.

    Two-body motion; the positions' axes are inertial.

    Parameters
    ----------
    r1, r2 : (3,) arrays, m
    tof : float, s
        Time of flight, above 0.
    mu : float, m3/s2
    revolutions : int
        Complete revolutions on the way. With one or more there are two conics, that of the
        shorter period first.
    pole : (3,) array
        The side on which the angular momentum lies: +z is prograde, -z retrograde. Where the
        positions are opposite to each other it is the pole of the plane, and must be across
        them.

    Raises
    ------
    ValueError
        If a number is not finite, a position or ``tof`` or ``mu`` is not positive, or no plane
        follows: positions in one direction, or opposite ones without a pole across them.
    NoTransferError
        If no conic makes so many revolutions in the time; it holds the shortest time.
    """
    r1, r2, pole = (np.ascontiguousarray(x, dtype=np.float64) for x in (r1, r2, pole))
    _check(r1, r2, pole, tof, mu, revolutions)
    pole = pole / np.linalg.norm(pole)
    out = np.empty((2, 7))
    code = _joined(r1, r2, float(tof), float(mu), pole, revolutions, out)
    if code < 0.0:
        angle = "in one direction" if r1 @ r2 > 0.0 else "opposite to each other"
        raise ValueError(
            f"the positions lie {angle}, so that they span no plane: move one of them, or, for "
            "opposite ones, give the plane's own `pole`, across both"
        )
    if code > 0.0:
        raise NoTransferError(
            f"no conic makes {revolutions} revolutions in {tof:.6g} s between these positions: "
            f"the shortest takes {code:.6g} s; give more time or fewer revolutions",
            shortest=code,
        )
    if not np.all(np.isfinite(out[0])):
        raise ConvergenceError(
            f"the conic of {tof:.6g} s did not settle: check that positions, time and mu are "
            "in m, s and m3/s2",
            iterations=_STEPS,
        )
    names: tuple[Branch, Branch] = ("short-period", "long-period")
    return tuple(
        Transfer(row[:3].copy(), row[3:6].copy(), revolutions, name, float(row[6]))
        for row, name in zip(out, names, strict=True)
        if np.isfinite(row[6])
    )


def _check(r1: Array, r2: Array, pole: Array, tof: float, mu: float, revolutions: int) -> None:
    if not all(x.shape == (3,) and np.all(np.isfinite(x)) for x in (r1, r2, pole)):
        raise ValueError("r1, r2 and pole must be three finite numbers each")
    if not (np.any(r1) and np.any(r2) and np.any(pole)):
        raise ValueError(
            "r1, r2 and pole must not be zero: there is no direction at the centre"
        )
    for name, value, unit in (("tof", tof, "s"), ("mu", mu, "m3/s2")):
        if not (np.isfinite(value) and value > 0.0):
            raise ValueError(f"{name} must be > 0 {unit}, got {value}")
    if revolutions < 0:
        raise ValueError(f"revolutions must be >= 0, got {revolutions}")


@compiled
def _grid(r1, r2, tof, mu, pole, v1, v2):
    """Write the prograde conics of every pair; nan where no plane follows."""
    out = np.empty((2, 7))
    for i in range(len(r1)):
        for j in range(len(r2)):
            v1[i, j], v2[i, j] = np.nan, np.nan
            if tof[i, j] > 0.0 and _joined(r1[i], r2[j], tof[i, j], mu, pole, 0, out) == 0.0:
                v1[i, j], v2[i, j] = out[0, :3], out[0, 3:6]


def lambert_grid(
    r1: Array, r2: Array, tof: Array, mu: float, pole: ArrayLike = (0.0, 0.0, 1.0)
) -> tuple[Array, Array]:
    """Return v1, v2 (n, m, 3) m/s of the conics from each ``r1`` to each ``r2``.

    Of less than one revolution, as `lambert` gives them; ``r1`` is (n, 3) and ``r2`` (m, 3)
    m, ``tof`` (n, m) s. Entries are nan where ``tof`` is not positive or no plane follows.
    """
    pole = np.array(pole, dtype=np.float64)
    r1, r2, tof = (np.ascontiguousarray(x, dtype=np.float64) for x in (r1, r2, tof))
    v1, v2 = (np.empty((len(r1), len(r2), 3)) for _ in range(2))
    _grid(r1, r2, tof, float(mu), pole / np.linalg.norm(pole), v1, v2)
    return v1, v2
