"""Mean elements under zonal harmonics: conversion, secular rates, and propagation for weeks.

The mean elements are those without the short-period terms of J2 to J5 (Brouwer's, before his
elimination of the argument of periapsis); their plane is the equator of the body. Long-period
motion, with J3 the drift of eccentricity about a frozen orbit, belongs to the mean elements
and follows from the averaged Hamiltonian, J2 to second order, so that there is no critical
inclination. The variables are Poincare's: circular and equatorial orbits are no special case,
and an orbit that goes backwards is taken in the mirror.

Sources: Brouwer (1959), AJ 64, 378, for the secular and long-period terms; Squire and Trapp
(1998), SIAM Rev. 40, 110, for derivatives by a complex step. [brouwer1959] [squire1998]
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import OdeSolution, solve_ivp

from orbits.almanac import Almanac
from orbits.elements import (
    Elements,
    cartesian_to_keplerian,
    keplerian_to_cartesian,
    mean_to_true,
    true_to_mean,
)
from orbits.errors import ConvergenceError
from orbits.frames import rotation_of_epoch
from orbits.propagators.fitted import TOLERANCE, fitted_trajectory
from orbits.propagators.zonal import Zonals, potential, shifted, zonals
from orbits.trajectory import State, Trajectory

Array = NDArray[np.float64]

THEORY = "Brouwer, short-period terms of first order, averaged motion with J2 to second order"
_STEP = 1e-40  # of complex differentiation: no rounding, so as small as doubles allow
_TURN = 2.0 * np.pi


def mean_to_osculating(elements: Elements, body: str | Zonals = "earth") -> Elements:
    """Return osculating elements of mean ones; plane of reference: the body's equator.

    The true anomaly of mean elements is that of the mean ellipse at its mean anomaly. Each
    field may be a float or an array (n,).

    Raises
    ------
    ValueError
        If an orbit is not an ellipse, or the body has no harmonics.
    ConvergenceError
        If the periodic terms are too large for their theory.
    """
    return _converted(elements, body, 1.0)


def osculating_to_mean(elements: Elements, body: str | Zonals = "earth") -> Elements:
    """Return mean elements of osculating ones; the inverse of ``mean_to_osculating``.

    Raises
    ------
    ValueError
        If an orbit is not an ellipse, or the body has no harmonics.
    ConvergenceError
        If the periodic terms are too large for their theory.
    """
    return _converted(elements, body, -1.0)


def _converted(elements: Elements, body: str | Zonals, sign: float) -> Elements:
    harmonics = zonals(body) if isinstance(body, str) else body
    e = np.asarray(elements.eccentricity, dtype=np.float64)
    if not np.all(e < 1.0):
        raise ValueError(
            f"mean elements are for ellipses; an eccentricity is {np.max(e):.6g}: give e < 1"
        )
    r, v = keplerian_to_cartesian(elements, harmonics.mu)
    states = np.concatenate([r, v], axis=-1)
    moved = shifted(harmonics, states.reshape(-1, 6), sign).reshape(states.shape)
    return cartesian_to_keplerian(moved[..., :3], moved[..., 3:], harmonics.mu)


class SecularRates(NamedTuple):
    """Rates of mean elements, rad/s; ``mean_anomaly`` includes the mean motion."""

    raan: float | Array
    argp: float | Array
    mean_anomaly: float | Array


def secular_rates(
    semi_major_axis: ArrayLike,
    eccentricity: ArrayLike,
    inclination: ArrayLike,
    body: str | Zonals = "earth",
) -> SecularRates:
    """Return the secular rates of mean elements under J2, its square, and J4.

    Averaged over the argument of periapsis. The mean semi-major axis is Brouwer's, whose
    unperturbed motion is sqrt(mu / a^3); Kozai's differs by a term of J2.

    Parameters
    ----------
    semi_major_axis : m
    eccentricity : below 1
    inclination : rad

    References
    ----------
    Brouwer (1959), AJ 64, 378: the secular Hamiltonian, here in L, G and H. [brouwer1959]
    """
    harmonics = zonals(body) if isinstance(body, str) else body
    a, e, i = np.broadcast_arrays(
        *(np.asarray(x, dtype=np.float64) for x in (semi_major_axis, eccentricity, inclination))
    )
    if not np.all((a > 0.0) & (e >= 0.0) & (e < 1.0)):
        raise ValueError("secular rates are for ellipses: give a > 0 m and 0 <= e < 1")
    j = np.zeros(3)
    j[: min(3, len(harmonics.j))] = harmonics.j[:3]
    size = harmonics.radius / a
    # In units of a and its mean motion L = 1.
    momentum = np.sqrt((1.0 - e) * (1.0 + e))
    at = np.stack([np.ones_like(a), momentum, momentum * np.cos(i)])
    stepped = at + 1j * _STEP * np.eye(3).reshape(3, 3, *(1,) * a.ndim)
    slopes = [_secular(x[0], x[1], x[2], size, j).imag / _STEP for x in stepped]
    n = np.sqrt(harmonics.mu / a) / a
    rates = (n * slopes[2], n * slopes[1], n * (1.0 + slopes[0]))
    return SecularRates(*(x if x.ndim else float(x) for x in rates))


def _secular(big_l, g, h, size, j):
    """Return the secular Hamiltonian less Kepler's: J2, its square, and J4, mu = 1."""
    c2 = (h / g) ** 2
    first = j[0] * size**2 / (4.0 * big_l**3 * g**3) * (1.0 - 3.0 * c2)
    shape = (2.5 - 1.5 * (g / big_l) ** 2) * (35.0 * c2**2 - 30.0 * c2 + 3.0)
    fourth = j[2] * size**4 * 3.0 / 64.0 * shape / (big_l**3 * g**7)
    return first + fourth + _second_order(big_l, g, c2, size, j[0])


def _second_order(big_l, g, c2, size, j2):
    """Return the secular term of J2 squared."""
    q = big_l / g
    shape = q**5 * (5.0 - 18.0 * c2 + 5.0 * c2**2) * 3.0 / 32.0
    shape = shape + q**6 * (1.0 - 3.0 * c2) ** 2 * 3.0 / 8.0
    shape = shape - q**7 * (1.0 - 2.0 * c2 - 7.0 * c2**2) * 15.0 / 32.0
    return -((0.5 * j2 * size**2) ** 2) / big_l**10 * shape


# -- averaged motion ----------------------------------------------------------------------


def _averaged(z, size, j):
    """Return the averaged Hamiltonian less Kepler's of L and Poincare's variables (5, ...).

    ``z``: L, then sqrt(2 (L - G)) (cos, -sin) of the longitude of periapsis, then
    sqrt(2 (G - H)) (cos, -sin) of the node. Units: mu = 1, lengths of ``size`` = R.
    """
    big_l, x1, y1, x2, y2 = z
    g = big_l - 0.5 * (x1 * x1 + y1 * y1)
    h = g - 0.5 * (x2 * x2 + y2 * y2)
    lean, tilt = np.sqrt(0.5 * (big_l + g)) / big_l, np.sqrt(0.5 * (g + h)) / g
    ex, ey = x1 * lean, -y1 * lean
    nx, ny = x2 * tilt, -y2 * tilt  # sine of the inclination, towards the node
    count = 2 * (len(j) + 1)
    w = _TURN * np.arange(count) / count
    c, s = np.cos(w).reshape(-1, *(1,) * np.ndim(g)), np.sin(w).reshape(-1, *(1,) * np.ndim(g))
    u, x = 1.0 + ex * c + ey * s, nx * s - ny * c  # p / r and sine of the latitude along w
    before, p, lower = 1.0, x, 1.0
    total = 0.0
    for n, j_n in enumerate(j, start=2):
        before, p = p, ((2 * n - 1) * x * p - (n - 1) * before) / n
        lower = lower * u
        total = total + j_n * size**n * g ** (1 - 2 * n) * (lower * p).mean(axis=0)
    c2 = (h / g) ** 2
    rise = ey * nx - ex * ny  # e sin i sin argp
    long = (ex * ex + ey * ey) * (1.0 - c2) - 2.0 * rise * rise
    long = -3.0 / 16.0 * (0.5 * j[0] * size**2) ** 2 / (big_l**3 * g**7) * (1 - 15 * c2) * long
    return total / big_l**3 + _second_order(big_l, g, c2, size, j[0]) + long


def _slopes(z, size, j) -> Array:
    """Return the derivatives of ``_averaged`` at ``z`` (5,)."""
    stepped = np.asarray(z)[:, None] + 1j * _STEP * np.eye(5)
    return _averaged(stepped, size, j).imag / _STEP


class MeanRates(NamedTuple):
    """Rates of mean elements at one place of their long-period motion; 1/s and rad/s.

    ``mean_anomaly`` includes the mean motion.
    """

    eccentricity: float
    inclination: float
    raan: float
    argp: float
    mean_anomaly: float


def mean_rates(elements: Elements, body: str | Zonals = "earth") -> MeanRates:
    """Return the rates of mean elements (floats) under every zonal of ``body``.

    The averaged Hamiltonian, J2 to second order, at the argument of periapsis given: with
    long-period terms, so that they vanish for eccentricity and argument of a frozen orbit. The
    anomaly of ``elements`` does not matter.

    Raises
    ------
    ValueError
        If the orbit is no ellipse, or is a circle, which has no argument of periapsis.
    """
    harmonics = zonals(body) if isinstance(body, str) else body
    a, e, i, raan, argp = (float(x) for x in elements[:5])  # type: ignore[arg-type]
    if not 0.0 < e < 1.0:
        raise ValueError(f"rates of the argument need 0 < e < 1, the eccentricity is {e}")
    n = np.sqrt(harmonics.mu / a) / a
    z, g = _poincare(e, i, raan, argp)
    slope = _slopes(np.array([1.0, *z]), harmonics.radius / a, harmonics.j)
    x1, y1, x2, y2 = z
    dx1, dy1, dx2, dy2 = -slope[2], slope[1], -slope[4], slope[3]
    late = -(x1 * dy1 - y1 * dx1) / (x1 * x1 + y1 * y1)
    node = -(x2 * dy2 - y2 * dx2) / (x2 * x2 + y2 * y2) if i > 0.0 else 0.0
    dg = -(x1 * dx1 + y1 * dy1)
    dcosine = (dg - (x2 * dx2 + y2 * dy2)) / g - np.cos(i) * dg / g
    di = -dcosine / np.sin(i) if i > 0.0 else 0.0
    rates = (-g / e * dg, di, node, late - node, 1.0 + slope[0] - late)
    return MeanRates(*(float(n * x) for x in rates))


def _poincare(e: float, i: float, raan: float, argp: float) -> tuple[Array, float]:
    """Return Poincare's variables (4,) of a mean orbit with L = 1, and G."""
    g = np.sqrt((1.0 - e) * (1.0 + e))
    lean, tilt = e * np.sqrt(2.0 / (1.0 + g)), 2.0 * np.sin(0.5 * i) * np.sqrt(g)
    late = raan + argp
    z = [lean * np.cos(late), -lean * np.sin(late), tilt * np.cos(raan), -tilt * np.sin(raan)]
    return np.array(z), float(g)


@dataclass(frozen=True, eq=False, slots=True)
class _MeanMotion:
    """The mean orbit of a state in equatorial axes, ready to be asked at any time."""

    harmonics: Zonals
    unit: float  # s, the mean motion's inverse
    semi_major_axis: float
    longitude: float
    solution: OdeSolution

    @classmethod
    def of(cls, state: Array, harmonics: Zonals, reach: tuple[float, float]) -> "_MeanMotion":
        """Return the mean motion of ``state`` (6,) between two times, s from it."""
        mean = shifted(harmonics, state[None, :], -1.0)[0]
        elements = cartesian_to_keplerian(mean[:3], mean[3:], harmonics.mu)
        a, e, i, raan, argp, nu = (float(x) for x in elements[:6])  # type: ignore[arg-type]
        size = harmonics.radius / a
        late = raan + argp
        start, _ = _poincare(e, i, raan, argp)
        kinetic = 0.5 * state[3:] @ state[3:] + potential(harmonics, state[:3])
        energy = kinetic * a / harmonics.mu
        # The mean motion belongs to the energy, which is known exactly: the periodic terms
        # give the semi-major axis to first order only.
        extra = energy - (-0.5 + float(_averaged(np.array([1.0, *start]), size, harmonics.j)))

        def rates(_, y):
            slope = _slopes(np.array([1.0, *y[:4]]), size, harmonics.j)
            return [-slope[2], slope[1], -slope[4], slope[3], slope[0] - 3.0 * extra]

        unit = np.sqrt(a / harmonics.mu) * a
        longitude = late + float(true_to_mean(nu, e))
        solution = _solved(rates, np.append(start, 0.0), (reach[0] / unit, reach[1] / unit))
        return cls(harmonics, float(unit), a, longitude, solution)

    def elements(self, dt: Array) -> Elements:
        """Return the mean elements ``dt`` (n,) s later."""
        tau = dt / self.unit
        x1, y1, x2, y2, drift = self.solution(tau)
        g = 1.0 - 0.5 * (x1 * x1 + y1 * y1)
        cosine = 1.0 - 0.5 * (x2 * x2 + y2 * y2) / g
        e = np.hypot(x1, y1) * np.sqrt(0.5 * (1.0 + g))
        i = np.arctan2(np.hypot(x2, y2) * np.sqrt(0.5 * (1.0 + cosine) / g), cosine)
        late, raan = np.arctan2(-y1, x1), np.arctan2(-y2, x2)
        mean = self.longitude - late + drift + tau
        a = np.full_like(tau, self.semi_major_axis)
        return Elements(a, e, i, raan, late - raan, mean_to_true(mean, e))

    def states(self, dt: Array) -> Array:
        """Return the osculating states (n, 6) ``dt`` (n,) s later, equatorial axes."""
        r, v = keplerian_to_cartesian(self.elements(dt), self.harmonics.mu)
        return shifted(self.harmonics, np.hstack([r, v]), 1.0)


def _solved(rates, start: Array, reach: tuple[float, float]) -> OdeSolution:
    """Return the solution of ``rates`` through ``start`` at 0, over ``reach``, either way."""
    times, pieces = [0.0], []
    for end in reach:
        if end == 0.0:
            continue
        found = solve_ivp(
            rates, (0.0, end), start, "DOP853", dense_output=True, rtol=1e-12, atol=1e-14
        )
        if not found.success:
            raise ConvergenceError(
                f"the averaged motion could not be followed: {found.message}"
            )
        steps = list(found.sol.ts[1:])
        if end < 0.0:
            times, pieces = [*steps[::-1], *times], [*found.sol.interpolants[::-1], *pieces]
        else:
            times, pieces = [*times, *steps], [*pieces, *found.sol.interpolants]
    return OdeSolution(times, pieces)


_MIRROR = np.array([1.0, -1.0, 1.0])


@dataclass(frozen=True, eq=False, slots=True)
class Secular:
    """A propagator: mean elements under zonal harmonics, with the short-period terms put back.

    Neglects everything but the point mass and the zonals: drag, Moon and Sun, tesserals (for
    the Moon as large a part as a tenth of J2), and the turning of the equator after the epoch.

    Attributes
    ----------
    almanac : Almanac
        Gives the pole.
    harmonics : Zonals or None
        None takes those of the centre (``zonal.zonals``).
    tolerance : float, m
        Of the pieces that the trajectory is made of, not of the theory.
    """

    almanac: Almanac
    harmonics: Zonals | None = None
    tolerance: float = TOLERANCE

    def propagate(self, state: State, span: tuple[float, float]) -> Trajectory:
        """Return the trajectory through the osculating ``state`` over ``span`` (s).

        It meets the position of ``state``; its velocity is the derivative of its position and
        differs from that of ``state`` by the second order of J2, millimetres a second.

        Raises
        ------
        ValueError
            If the axes are not ICRF, the centre has no harmonics, the orbit is no ellipse, or
            the span does not run forward.
        """
        if state.frame.axes != "ICRF":
            raise ValueError(f"a state in ICRF axes is needed, got {state.frame.axes}")
        center = state.frame.center
        harmonics = self.harmonics or zonals(center)
        alpha = 2.0 / np.linalg.norm(state.r) - state.v @ state.v / harmonics.mu
        if not alpha > 0.0:
            raise ValueError(
                "mean elements are for ellipses, and this state escapes: choose another one"
            )
        turn = rotation_of_epoch(f"{center}-equator-of-epoch", state.t, self.almanac)
        if (turn @ np.cross(state.r, state.v))[2] < 0.0:
            turn = _MIRROR[:, None] * turn
        reach = (min(span[0] - state.t, 0.0), max(span[1] - state.t, 0.0))
        start = np.concatenate([turn @ state.r, turn @ state.v])
        mean = _MeanMotion.of(start, harmonics, reach)

        def motion(t: Array) -> tuple[Array, Array]:
            states = mean.states(t - state.t)
            return states[:, :3] @ turn, states[:, 3:] @ turn

        return fitted_trajectory(
            motion,
            span,
            state.frame,
            longest=_TURN * mean.unit / 6.0,
            tolerance=self.tolerance,
            consistent=False,
            provenance={"propagator": "secular", "theory": THEORY, "field": harmonics.source},
        )
