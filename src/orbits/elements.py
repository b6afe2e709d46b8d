"""Keplerian elements of any conic and the Cartesian state they stand for.

Everything is vectorised over leading axes: an element may be a float or an array (n,), a vector
(3,) or (n, 3). Angles in rad, lengths in m, ``mu`` in m3/s2.

References: Vallado (2013), sec. 2.2-2.6 and algorithms 9 and 10; Battin (1999), sec. 4.4.
[vallado2013] [battin1999]
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.errors import ConvergenceError

# Below this eccentricity (or sine of inclination) the direction of periapsis (or of the node)
# is rounding noise: it is set to zero, which moves the state by at most this fraction of r.
FLAT = 1e-14
EPSILON = float(np.finfo(np.float64).eps)


class Elements(NamedTuple):
    """Osculating Keplerian elements.

    Attributes
    ----------
    semi_major_axis : m
        Negative for a hyperbola, infinite for a parabola.
    eccentricity : -
    inclination, raan, argp, true_anomaly : rad
        Right ascension of the ascending node; argument of periapsis.
    semi_latus_rectum : m, optional
        Needed for a parabola, where the semi-major axis says nothing; otherwise not read.
    """

    semi_major_axis: ArrayLike
    eccentricity: ArrayLike
    inclination: ArrayLike
    raan: ArrayLike
    argp: ArrayLike
    true_anomaly: ArrayLike
    semi_latus_rectum: ArrayLike | None = None


def keplerian_to_cartesian(
    elements: Elements, mu: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return position (m) and velocity (m/s), (3,) or (n, 3), in the axes of the elements.

    Raises
    ------
    ValueError
        If semi-major axis and eccentricity contradict each other, a parabola has no
        semi-latus rectum, or the true anomaly lies past a hyperbola's asymptote.
    """
    a, e, i, raan, argp, nu = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in elements[:6])
    )
    p = _semi_latus_rectum(a, e, elements.semi_latus_rectum)
    if np.any(1.0 + e * np.cos(nu) <= 0.0):
        raise ValueError(
            "true anomaly lies past the asymptote, where 1 + e cos(nu) <= 0; "
            "keep it inside +-arccos(-1/e)"
        )
    r = p / (1.0 + e * np.cos(nu))
    speed = np.sqrt(mu / p)
    axis_p, axis_q = _perifocal_axes(i, raan, argp)
    position = _scaled(r * np.cos(nu), axis_p) + _scaled(r * np.sin(nu), axis_q)
    velocity = _scaled(-speed * np.sin(nu), axis_p) + _scaled(speed * (e + np.cos(nu)), axis_q)
    return position, velocity


def _semi_latus_rectum(a: NDArray, e: NDArray, given: ArrayLike | None) -> NDArray[np.float64]:
    parabola = e == 1.0
    opposed = ~parabola & (np.sign(a) * np.sign(1.0 - e) <= 0.0)
    bad = (e < 0.0) | np.isnan(e) | np.isnan(a) | (~parabola & np.isinf(a)) | opposed
    if np.any(bad):
        at = np.flatnonzero(bad)[0]
        raise ValueError(
            f"semi-major axis {a.flat[at]:.6g} m, eccentricity {e.flat[at]:.6g} is no conic; "
            "an ellipse needs a > 0 with 0 <= e < 1, a hyperbola a < 0 with e > 1"
        )
    if not np.any(parabola):
        return a * (1.0 - e) * (1.0 + e)
    p = np.broadcast_to(
        np.nan if given is None else np.asarray(given, dtype=np.float64), e.shape
    )
    if np.any(parabola & ~(p > 0.0)):
        raise ValueError(
            "a parabola needs its semi_latus_rectum (twice the periapsis radius), m"
        )
    with np.errstate(invalid="ignore"):
        return np.where(parabola, p, a * (1.0 - e) * (1.0 + e))


def _perifocal_axes(i: NDArray, raan: NDArray, argp: NDArray) -> tuple[NDArray, NDArray]:
    """Return the unit vectors towards periapsis and 90 deg ahead of it."""
    ci, si, co, so = np.cos(i), np.sin(i), np.cos(raan), np.sin(raan)
    cw, sw = np.cos(argp), np.sin(argp)
    axis_p = np.stack([co * cw - so * sw * ci, so * cw + co * sw * ci, sw * si], axis=-1)
    axis_q = np.stack([-co * sw - so * cw * ci, -so * sw + co * cw * ci, cw * si], axis=-1)
    return axis_p, axis_q


def _scaled(factor: NDArray, vector: NDArray) -> NDArray:
    return factor[..., np.newaxis] * vector


def _dot(x: NDArray, y: NDArray) -> NDArray[np.float64]:
    return np.einsum("...i,...i->...", x, y)


def cartesian_to_keplerian(r: ArrayLike, v: ArrayLike, mu: float) -> Elements:
    """Return the osculating elements of position ``r`` (m) and velocity ``v`` (m/s).

    Each field is a float for one state and an array (n,) for (n, 3); ``semi_latus_rectum`` is
    filled. Angles lie in [0, 2 pi), the true anomaly in (-pi, pi] for hyperbola and parabola.
    Where a direction is not defined it is zero and the next angle takes its place: for a
    circular orbit argp = 0 and the true anomaly counts from the node, for an equatorial one
    raan = 0 and argp counts from the x axis.

    Raises
    ------
    ValueError
        If position and velocity are parallel (rectilinear motion) or not finite.
    """
    r, v = np.asarray(r, dtype=np.float64), np.asarray(v, dtype=np.float64)
    h = np.cross(r, v)
    radius, momentum = np.linalg.norm(r, axis=-1), np.linalg.norm(h, axis=-1)
    if not np.all(momentum > 1e-12 * radius * np.linalg.norm(v, axis=-1)):
        raise ValueError(
            "position and velocity are parallel or not finite: no orbital plane, so no elements"
        )
    p = momentum**2 / mu
    eccentricity_vector = np.cross(v, h) / mu - r / radius[..., np.newaxis]
    e = np.linalg.norm(eccentricity_vector, axis=-1)
    e = np.where(e < FLAT, 0.0, e)
    pole = h / momentum[..., np.newaxis]
    sine = np.hypot(pole[..., 0], pole[..., 1])
    tilted = sine > FLAT
    inclination = np.arctan2(sine, pole[..., 2])
    raan = np.where(tilted, np.arctan2(pole[..., 0], -pole[..., 1]), 0.0)
    zero = np.zeros_like(raan)
    node = np.stack([np.cos(raan), np.sin(raan), zero], axis=-1)
    ahead = np.cross(pole, node)  # in the plane, 90 deg past the node
    argp = np.where(
        e > 0.0,
        np.arctan2(_dot(eccentricity_vector, ahead), _dot(eccentricity_vector, node)),
        0.0,
    )
    latitude = np.arctan2(_dot(r, ahead), _dot(r, node))  # argument of latitude
    nu = _wrapped(latitude - argp, open_conic=e >= 1.0)
    with np.errstate(divide="ignore"):
        # From p and e, not from the energy: near a parabola both lose the same digits, but
        # this one gives p, and with it the state, back.
        a = np.where(e == 1.0, np.inf, p / ((1.0 - e) * (1.0 + e)))
    values = (a, e, inclination, _wrapped(raan), _wrapped(argp), nu, p)
    return Elements(*(x if np.ndim(x) else float(x) for x in values))


def _wrapped(angle: NDArray, open_conic: NDArray | bool = False) -> NDArray[np.float64]:
    """Return ``angle`` in [0, 2 pi), or in (-pi, pi] where ``open_conic``."""
    turn = 2.0 * np.pi
    positive = np.mod(angle, turn)
    positive = np.where(positive >= turn, 0.0, positive)  # mod of a tiny negative rounds up
    return np.where(open_conic & (positive > np.pi), positive - turn, positive)


# -- anomalies ----------------------------------------------------------------------------


def true_to_mean(true_anomaly: ArrayLike, eccentricity: ArrayLike) -> NDArray[np.float64]:
    """Return the mean anomaly, rad.

    Within the turn of the true anomaly for an ellipse; n (t - t_periapsis) with
    n = sqrt(mu / |a|^3) for a hyperbola; for a parabola D + D^3/3, D = tan(nu / 2), which is
    2 sqrt(mu / p^3) (t - t_periapsis).
    """
    nu, e = np.broadcast_arrays(
        np.asarray(true_anomaly, dtype=np.float64), np.asarray(eccentricity, dtype=np.float64)
    )
    turns = np.where(e < 1.0, np.round(nu / (2.0 * np.pi)) * 2.0 * np.pi, 0.0)
    half = 0.5 * (nu - turns)
    ratio = np.sqrt(np.abs(1.0 - e) / (1.0 + e)) * np.tan(half)
    with np.errstate(invalid="ignore"):
        x = np.where(e < 1.0, 2.0 * np.arctan(ratio), 2.0 * np.arctanh(ratio))
        closed = turns + (1.0 - e) * np.sin(x) + _excess(x, -1.0)
        opened = (e - 1.0) * np.sinh(x) + _excess(x, 1.0)
    d = np.tan(half)
    return np.where(e < 1.0, closed, np.where(e > 1.0, opened, d + d**3 / 3.0))


def _excess(x: NDArray, sign: float) -> NDArray[np.float64]:
    """Return x - sin x (``sign`` -1) or sinh x - x (+1) without cancellation near zero."""
    series, term = np.zeros_like(x), x**3 / 6.0
    for k in range(5, 25, 2):
        series = series + term
        term = term * sign * x * x / (k * (k - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        far = x - np.sin(x) if sign < 0.0 else np.sinh(x) - x
    return np.where(np.abs(x) < 1.0, series, far)


def mean_to_true(mean_anomaly: ArrayLike, eccentricity: ArrayLike) -> NDArray[np.float64]:
    """Return the true anomaly, rad; the inverse of ``true_to_mean``.

    Kepler's equation by Newton's method, held inside a bracket that it cannot leave.

    Raises
    ------
    ConvergenceError
        If an anomaly does not settle to rounding in 100 steps.
    """
    m, e = np.broadcast_arrays(
        np.asarray(mean_anomaly, dtype=np.float64), np.asarray(eccentricity, dtype=np.float64)
    )
    shape, m, e = m.shape, m.ravel(), e.ravel()
    nu = np.empty_like(m)
    ellipse, hyperbola = e < 1.0, e > 1.0
    if ellipse.any():
        turns = np.round(m[ellipse] / (2.0 * np.pi)) * 2.0 * np.pi
        f = e[ellipse]
        half = 0.5 * _kepler_elliptic(m[ellipse] - turns, f)
        ahead = np.arctan2(np.sqrt(1.0 + f) * np.sin(half), np.sqrt(1.0 - f) * np.cos(half))
        nu[ellipse] = turns + 2.0 * ahead
    if hyperbola.any():
        x, f = _kepler_hyperbolic(m[hyperbola], e[hyperbola]), e[hyperbola]
        nu[hyperbola] = 2.0 * np.arctan(np.sqrt((f + 1.0) / (f - 1.0)) * np.tanh(0.5 * x))
    parabola = ~(ellipse | hyperbola)
    if parabola.any():  # Cardano's root of D + D^3/3 = M
        w = 1.5 * m[parabola]
        y = np.cbrt(np.abs(w) + np.sqrt(w * w + 1.0))
        nu[parabola] = 2.0 * np.arctan(np.copysign(y - 1.0 / y, w))
    return nu.reshape(shape)


def _kepler_elliptic(m: NDArray, e: NDArray) -> NDArray[np.float64]:
    """Return E of M = E - e sin E, for M in [-pi, pi]."""
    return _newton(
        lambda x: (1.0 - e) * np.sin(x) + _excess(x, -1.0) - m,
        lambda x: 1.0 - e * np.cos(x),
        m - e,
        m + e,
    )


def _kepler_hyperbolic(m: NDArray, e: NDArray) -> NDArray[np.float64]:
    """Return H of M = e sinh H - H."""
    # |H| <= arcsinh(|M| / (e - 1)), since sinh H >= H.
    far = np.arcsinh(np.abs(m) / (e - 1.0))
    near = np.arcsinh(np.abs(m) / e)  # and >= arcsinh(|M| / e)
    low, high = np.where(m >= 0.0, near, -far), np.where(m >= 0.0, far, -near)
    return _newton(
        lambda x: (e - 1.0) * np.sinh(x) + _excess(x, 1.0) - m,
        lambda x: e * np.cosh(x) - 1.0,
        low,
        high,
    )


def _newton(function, slope, low: NDArray, high: NDArray) -> NDArray[np.float64]:
    """Return the root of an increasing function between ``low`` and ``high``, all at once.

    It is found when the step or the bracket is rounding; every step makes the bracket smaller.
    """
    low, high = low.copy(), high.copy()
    x = 0.5 * (low + high)
    for _ in range(100):
        value = function(x)
        low, high = np.where(value <= 0.0, x, low), np.where(value >= 0.0, x, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x - value / slope(x)
        inside = (step > low) & (step < high)
        step = np.where(inside, step, 0.5 * (low + high))
        settled = (np.abs(step - x) <= 4.0 * EPSILON * np.abs(x)) | (
            high - low <= 4.0 * EPSILON * np.abs(x)
        )
        x = step
        if settled.all():
            return x
    residual = float(np.max(np.abs(function(x))))
    raise ConvergenceError(
        f"Kepler's equation did not settle in 100 steps; residual {residual:.3g} rad",
        iterations=100,
        residual=residual,
        last=x,
    )


def period(semi_major_axis: ArrayLike, mu: float) -> float | NDArray[np.float64]:
    """Return the period of an ellipse, s; ``ValueError`` if the axis is not positive."""
    a = np.asarray(semi_major_axis, dtype=np.float64)
    if not np.all((a > 0.0) & np.isfinite(a)):
        raise ValueError(f"only an ellipse has a period; its semi-major axis is > 0, got {a} m")
    return 2.0 * np.pi * np.sqrt(a / mu) * a
