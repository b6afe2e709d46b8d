"""Short-period motion under zonal harmonics: the generating function of first order.

W(r, v) is the integral of (V - its average over a revolution) along the Kepler orbit, for the
potential V of J2, J3 ... of an axisymmetric body. It depends on the state through h, r,
r.v, z and v_z alone, and is smooth there: neither circular nor equatorial nor retrograde
orbits need a case of their own, nor does the critical inclination (argp is not averaged over).

What the periodic terms do to a state is the motion of r' = dW/dv, v' = -dW/dr through one
unit. The implicit midpoint rule takes it in one step that is exactly undone by the step back.

Sources: Brouwer (1959), AJ 64, 378, for W of J2; Hori (1966), PASJ 18, 287, for the
transformation; Lyddane (1963), AJ 68, 555, for why the elements are left alone.
[brouwer1959] [hori1966] [lyddane1963]
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.errors import ConvergenceError
from orbits.forces.gravity import TABLES, field

Array = NDArray[np.float64]

DEGREE = 5
_STEPS = 60
_SETTLED = 4.0 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False, slots=True)
class Zonals:
    """The zonal harmonics of a body.

    Attributes
    ----------
    mu : float, m3/s2
    radius : float, m
        Reference radius of the coefficients.
    j : (k,) array
        J2, J3 ... , not normalised, positive J2 for a flattened body.
    source : str
    """

    mu: float
    radius: float
    j: Array
    source: str


@cache
def zonals(body: str, degree: int = DEGREE) -> Zonals:
    """Return the zonal harmonics of "earth" or "moon" to ``degree``, from the shipped field."""
    if body not in TABLES:
        raise ValueError(f"no zonal harmonics for {body!r}; there are {', '.join(TABLES)}")
    whole = field(TABLES[body], degree, truncation=0.0)
    n = np.arange(2, degree + 1)
    j = -np.sqrt(2.0 * n + 1.0) * whole.c[n, 0]
    return Zonals(whole.gm, whole.radius, j, f"{TABLES[body]}, J2 to J{degree}")


@cache
def _nodes(degree: int) -> Array:
    """Return cosine, sine and weight (k, 3) of angles ahead, enough for zonals of ``degree``.

    The weights give the integral, without a mean, of a function with harmonics up to
    2 degree - 1.
    """
    count = 4 * degree - 1
    angle = 2.0 * np.pi * np.arange(count) / count
    harmonic = np.arange(1, 2 * degree)
    weight = -2.0 / count * (np.sin(np.outer(angle, harmonic)) / harmonic).sum(axis=1)
    return np.stack([np.cos(angle), np.sin(angle), weight], axis=1)


@compiled
def _sums(scaled, nodes, a, b, north, rise, ahead, out):
    """Write sums over the orbit into ``out`` (6,).

    Along it, an angle d ahead, p / r = 1 + a cos d - b sin d and the sine of the latitude is
    north cos d + rise sin d. ``scaled`` holds the factor of each degree, ``ahead`` is f - l.
    Sums: h dW/dh at the rest held, the mean over the angle, dW by a, b, north and rise.
    """
    count = len(nodes)
    out[:] = 0.0
    for k in range(count):
        c, s = nodes[k, 0], nodes[k, 1]
        weight = nodes[k, 2] + ahead / count
        u, x = 1.0 + a * c - b * s, north * c + rise * s
        lower = 1.0  # u^(n - 2)
        before, p, before_slope, slope = 1.0, x, 0.0, 1.0
        for i in range(len(scaled)):
            n = i + 2
            after = ((2 * n - 1) * x * p - (n - 1) * before) / n
            after_slope = before_slope + (2 * n - 1) * p
            before, p, before_slope, slope = p, after, slope, after_slope
            value = scaled[i] * lower * u * p
            by_u, by_x = scaled[i] * (n - 1) * lower * p, scaled[i] * lower * u * slope
            out[0] += (1 - 2 * n) * weight * value
            out[1] += value / count
            out[2] += weight * by_u * c
            out[3] -= weight * by_u * s
            out[4] += weight * by_x * c
            out[5] += weight * by_x * s
            lower *= u


@compiled
def _slopes(mu, radius, j, nodes, state, sums, scaled, out):
    """Write dW/dr, dW/dv at ``state`` (6,) into ``out`` (6,)."""
    x, v = state[:3], state[3:]
    r = np.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2)
    sigma = x[0] * v[0] + x[1] * v[1] + x[2] * v[2]
    hx, hy = x[1] * v[2] - x[2] * v[1], x[2] * v[0] - x[0] * v[2]
    hz = x[0] * v[1] - x[1] * v[0]
    h = np.sqrt(hx * hx + hy * hy + hz * hz)
    hx, hy, hz = hx / h, hy / h, hz / h
    z, vz = x[2], v[2]
    a, b = h * h / (mu * r) - 1.0, sigma * h / (mu * r)  # e cos f, e sin f
    north, rise = z / r, (vz * r - z * sigma / r) / h
    eta = np.sqrt(1.0 - a * a - b * b)
    deep = 1.0 + eta + a
    y = b / deep
    ahead = 2.0 * np.arctan(y) + eta * b / (1.0 + a)
    scale = 2.0 / (1.0 + y * y)
    ahead_a = -scale * b * (1.0 - a / eta) / (deep * deep)
    ahead_a -= a / eta * b / (1.0 + a) + eta * b / (1.0 + a) ** 2
    ahead_b = scale * (1.0 / deep + b * b / (eta * deep * deep))
    ahead_b += (eta - b * b / eta) / (1.0 + a)
    for i in range(len(j)):
        scaled[i] = mu * j[i] / h * radius * (radius * mu / (h * h)) ** (i + 1)
    _sums(scaled, nodes, a, b, north, rise, ahead, sums)
    w_a, w_b = sums[2] + sums[1] * ahead_a, sums[3] + sums[1] * ahead_b
    w_n, w_t = sums[4], sums[5]
    w_h = (sums[0] - w_t * rise) / h + w_a * 2.0 * h / (mu * r) + w_b * sigma / (mu * r)
    w_r = -w_a * h * h / (mu * r * r) - w_b * b / r - w_n * z / (r * r)
    w_r += w_t * (vz + z * sigma / (r * r)) / h
    w_sigma = w_b * h / (mu * r) - w_t * z / (r * h)
    out[0] = w_h * (v[1] * hz - v[2] * hy) + w_r * x[0] / r + w_sigma * v[0]
    out[1] = w_h * (v[2] * hx - v[0] * hz) + w_r * x[1] / r + w_sigma * v[1]
    out[2] = w_h * (v[0] * hy - v[1] * hx) + w_r * x[2] / r + w_sigma * v[2]
    out[2] += w_n / r - w_t * sigma / (r * h)
    out[3] = w_h * (hy * x[2] - hz * x[1]) + w_sigma * x[0]
    out[4] = w_h * (hz * x[0] - hx * x[2]) + w_sigma * x[1]
    out[5] = w_h * (hx * x[1] - hy * x[0]) + w_sigma * x[2] + w_t * r / h


@compiled
def _shift(mu, radius, j, nodes, states, sign, out):
    """Write ``states`` (n, 6) moved along the flow of W by ``sign``; return how many failed."""
    sums, scaled, slopes = np.empty(6), np.empty(len(j)), np.empty(6)
    middle, change = np.empty(6), np.empty(6)
    failed = 0
    for i in range(len(states)):
        change[:] = 0.0
        settled = False
        for _ in range(_STEPS):
            for c in range(6):
                middle[c] = states[i, c] + 0.5 * change[c]
            _slopes(mu, radius, j, nodes, middle, sums, scaled, slopes)
            far = fast = moved = shaken = 0.0
            for c in range(3):
                dr, dv = sign * slopes[c + 3], -sign * slopes[c]
                moved += (dr - change[c]) ** 2
                shaken += (dv - change[c + 3]) ** 2
                far += states[i, c] ** 2
                fast += states[i, c + 3] ** 2
                change[c], change[c + 3] = dr, dv
            if moved <= _SETTLED**2 * far and shaken <= _SETTLED**2 * fast:
                settled = True
                break
        if not settled:
            failed += 1
        for c in range(6):
            out[i, c] = states[i, c] + change[c]
    return failed


def shifted(harmonics: Zonals, states: Array, sign: float) -> Array:
    """Return ``states`` (n, 6), m and m/s, with the periodic terms added (1) or taken out (-1).

    In axes whose z is the pole of the body. First order: neglects the squares of J2 in the
    periodic terms, about 10 m in a low orbit of the Earth.

    Raises
    ------
    ConvergenceError
        If the terms are too large for their theory, as far below the surface.
    """
    out = np.empty_like(states)
    j = np.ascontiguousarray(harmonics.j, dtype=np.float64)
    nodes = _nodes(len(j) + 1)
    states = np.ascontiguousarray(states)
    failed = _shift(harmonics.mu, harmonics.radius, j, nodes, states, float(sign), out)
    if failed:
        raise ConvergenceError(
            f"the periodic terms of {failed} of {len(states)} states did not settle in "
            f"{_STEPS} steps: the theory holds for ellipses outside the body",
            iterations=_STEPS,
        )
    return out


def potential(harmonics: Zonals, r: Array) -> float:
    """Return the potential energy per mass at ``r`` (3,), m, with the zonals; m2/s2."""
    radius = float(np.linalg.norm(r))
    x = r[2] / radius
    before, p = 1.0, x
    total = 1.0
    for n, j in enumerate(harmonics.j, start=2):
        before, p = p, ((2 * n - 1) * x * p - (n - 1) * before) / n
        total -= j * (harmonics.radius / radius) ** n * p
    return float(-harmonics.mu / radius * total)
