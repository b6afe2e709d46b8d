"""Two-body motion along any conic.

Universal variables in units of the starting radius, so that ellipse, parabola, hyperbola and
their limits are one case. The universal Kepler equation rises with the anomaly (its slope is
the radius), so it is solved inside a bracket that always holds the root.

Sources: Battin (1999), sec. 4.5-4.6; Vallado (2013), sec. 2.3. [battin1999] [vallado2013]
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.bodies import body
from orbits.compiled import compiled
from orbits.elements import cartesian_to_keplerian, true_to_mean
from orbits.errors import ConvergenceError
from orbits.propagators.fitted import TOLERANCE, fitted_trajectory
from orbits.trajectory import State, Trajectory

Array = NDArray[np.float64]

_EPSILON = float(np.finfo(np.float64).eps)
_TURN = 2.0 * np.pi
_FARTHEST = 600.0  # beyond this argument of sinh lies no double
_STEPS = 200


@compiled
def _universal(x, alpha, u):
    """Write the universal functions U0..U3 of anomaly ``x`` into ``u`` (4,).

    ``alpha`` is the starting radius over the semi-major axis. [battin1999, sec. 4.5]
    """
    z = alpha * x * x
    if abs(z) < 1.0:
        # 1/2 - z/24 + ... and 1/6 - z/120 + ..., to rounding.
        c2, c3 = 0.5, 1.0 / 6.0
        a, b = c2, c3
        for k in range(1, 10):
            a *= -z / ((2.0 * k + 1.0) * (2.0 * k + 2.0))
            b *= -z / ((2.0 * k + 2.0) * (2.0 * k + 3.0))
            c2 += a
            c3 += b
    elif z > 0.0:
        root = np.sqrt(z)
        half = np.sin(0.5 * root)
        c2 = 2.0 * half * half / z
        c3 = (root - np.sin(root)) / (root * z)
    else:
        root = np.sqrt(-z)
        half = np.sinh(0.5 * root)
        c2 = -2.0 * half * half / z
        c3 = (np.sinh(root) - root) / (-root * z)
    u[0] = 1.0 - z * c2
    u[1] = x * (1.0 - z * c3)
    u[2] = x * x * c2
    u[3] = x * x * x * c3


@compiled
def _bracket(sigma, alpha, tau, u):
    """Return two anomalies between which the universal Kepler equation has its root."""
    sign = 1.0 if tau > 0.0 else -1.0
    if alpha > 0.0:
        return 0.0, sign * _TURN / np.sqrt(alpha)
    ceiling = _FARTHEST / np.sqrt(-alpha) if alpha < 0.0 else 1e150
    low, high = 0.0, sign * min(abs(tau), 1.0)
    while True:
        _universal(high, alpha, u)
        reached = u[1] + sigma * u[2] + u[3]
        if sign * reached >= sign * tau or abs(high) >= ceiling:
            return low, high
        low, high = high, sign * min(2.0 * abs(high), ceiling)


@compiled
def _anomaly(sigma, alpha, tau, u):
    """Return the universal anomaly at time ``tau``, in units of the start; nan on failure."""
    low, high = _bracket(sigma, alpha, tau, u)
    x = tau if abs(tau) < abs(high) else 0.5 * (low + high)  # the slope at 0 is 1
    before = last = abs(high - low)
    for _ in range(_STEPS):
        _universal(x, alpha, u)
        value = u[1] + sigma * u[2] + u[3] - tau
        slope = u[0] + sigma * u[1] + u[2]
        if value == 0.0:
            return x
        if (value < 0.0) == (low < high):
            low = x
        else:
            high = x
        newton = x - value / slope if slope > 0.0 else np.inf
        inside = min(low, high) < newton < max(low, high)
        # A Newton step that leaves the bracket, or does not halve the one before last, is slow.
        if not inside or 2.0 * abs(newton - x) > before:
            newton = 0.5 * (low + high)
        before, last = last, abs(newton - x)
        settled = last <= 2.0 * _EPSILON * abs(x) or abs(high - low) <= 2.0 * _EPSILON * abs(x)
        x = newton
        if settled:
            _universal(x, alpha, u)
            return x
    return np.nan


@compiled
def _move(r, v, dt, mu, r_out, v_out):
    """Write the states ``dt`` later into ``r_out`` and ``v_out``; return how many failed."""
    u = np.empty(4)
    failed = 0
    for i in range(len(dt)):
        if dt[i] == 0.0:
            r_out[i], v_out[i] = r[i], v[i]
            continue
        radius = np.sqrt(r[i, 0] ** 2 + r[i, 1] ** 2 + r[i, 2] ** 2)
        unit = np.sqrt(radius / mu) * radius  # s
        speed = radius / unit
        sigma = (r[i, 0] * v[i, 0] + r[i, 1] * v[i, 1] + r[i, 2] * v[i, 2]) / (radius * speed)
        square = (v[i, 0] ** 2 + v[i, 1] ** 2 + v[i, 2] ** 2) / (speed * speed)
        alpha = 2.0 - square
        time = dt[i]
        period = _TURN / (alpha * np.sqrt(alpha)) * unit if alpha > 0.0 else np.inf
        if abs(time) > 0.5 * period:
            # In two parts, so that a turn more or less does not show in the last places.
            head = np.float64(np.float32(period))
            turns = np.round(time / period)
            time = (time - turns * head) - turns * (period - head)
        tau = time / unit
        x = _anomaly(sigma, alpha, tau, u) if tau != 0.0 else 0.0
        if tau == 0.0:
            u[0], u[1], u[2], u[3] = 1.0, 0.0, 0.0, 0.0
        if not np.isfinite(x):
            failed += 1
        away = u[0] + sigma * u[1] + u[2]
        f, g = 1.0 - u[2], u[1] + sigma * u[2]
        f_rate, g_rate = -u[1] / away, 1.0 - u[2] / away
        for c in range(3):
            r_out[i, c] = f * r[i, c] + g * unit * v[i, c]
            v_out[i, c] = f_rate / unit * r[i, c] + g_rate * v[i, c]
    return failed


def propagate_kepler(
    r: ArrayLike, v: ArrayLike, dt: ArrayLike, mu: float
) -> tuple[Array, Array]:
    """Return position (m) and velocity (m/s) a time ``dt`` later, in the axes given.

    Any conic, either way in time; ``dt`` = 0 gives the state back unchanged. A path along a
    line through the centre is followed as the limit of thin orbits.

    Parameters
    ----------
    r, v : (3,) or (n, 3) arrays, m and m/s
    dt : float or (n,) array, s
        One state with many times, many states with one time, or as many of both.
    mu : float, m3/s2

    Returns
    -------
    r, v : (3,) where state and time are single, else (n, 3)

    Raises
    ------
    ValueError
        If a number is not finite, a position is zero, or ``mu`` is not positive.
    ConvergenceError
        If the anomaly of a state does not settle to rounding.
    """
    r, v, dt = (np.asarray(x, dtype=np.float64) for x in (r, v, dt))
    shape = np.broadcast_shapes(r.shape, v.shape, (*dt.shape, 3))
    if not all(np.all(np.isfinite(x)) for x in (r, v, dt)):
        raise ValueError("position, velocity and time must be finite")
    if not (mu > 0.0 and np.isfinite(mu)):
        raise ValueError(f"mu must be > 0 m3/s2, got {mu}")
    if np.any(np.all(r == 0.0, axis=-1)):
        raise ValueError("a position is zero: there is no direction at the centre")
    r, v = (np.array(np.broadcast_to(x, shape)).reshape(-1, 3) for x in (r, v))
    times = np.array(np.broadcast_to(dt, shape[:-1])).reshape(-1)
    r_out, v_out = np.empty_like(r), np.empty_like(v)
    failed = _move(r, v, times, float(mu), r_out, v_out)
    if failed:
        raise ConvergenceError(
            f"the universal anomaly of {failed} of {len(times)} states did not settle: check "
            "that radius, speed and time are those of an orbit",
            iterations=_STEPS,
        )
    return r_out.reshape(shape), v_out.reshape(shape)


@dataclass(frozen=True, slots=True)
class Kepler:
    """A propagator: two-body motion about the centre of the state.

    Attributes
    ----------
    mu : float, m3/s2, or None
        Gravitational parameter; None takes the centre's own.
    tolerance : float, m
        Of the pieces that the trajectory is made of.
    """

    mu: float | None = None
    tolerance: float = TOLERANCE

    def propagate(self, state: State, span: tuple[float, float]) -> Trajectory:
        """Return the trajectory through ``state`` over ``span`` (s), in the state's frame.

        Neglects everything but the centre's point mass; surfaces do not stop it.

        Raises
        ------
        ValueError
            If the span does not run forward, or the axes are not inertial.
        ConvergenceError
            If the motion is too fast to be followed, as near the centre of a fall.
        """
        if state.frame.axes not in ("ICRF", "EME2000"):
            raise ValueError(f"two-body motion needs inertial axes, got {state.frame.axes}")
        mu = body(state.frame.center).mu if self.mu is None else self.mu
        radius = float(np.linalg.norm(state.r))
        alpha = 2.0 / radius - float(state.v @ state.v) / mu  # 1 / semi-major axis, 1/m
        period = _TURN / np.sqrt(mu * alpha) / alpha if alpha > 0.0 else np.inf
        base = _near_periapsis(state, mu)
        return fitted_trajectory(
            lambda t: propagate_kepler(base.r, base.v, t - base.t, mu),
            span,
            state.frame,
            longest=min(period, span[1] - span[0]) / 4.0,
            tolerance=self.tolerance,
            provenance={"propagator": "two-body", "mu": mu},
        )


def _near_periapsis(state: State, mu: float) -> State:
    """Return the state from which the orbit is best followed: as given, or at periapsis.

    Seen from far out, the rounding of the start differs from one instant to the next near the
    periapsis; from there it is the same everywhere.
    """
    h, radius = np.linalg.norm(np.cross(state.r, state.v)), np.linalg.norm(state.r)
    if h <= 1e-12 * radius * np.linalg.norm(state.v):
        return state  # along a line
    elements = cartesian_to_keplerian(state.r, state.v, mu)
    e, p = float(elements.eccentricity), float(elements.semi_latus_rectum)  # type: ignore[arg-type]
    if e < 1.0 and radius * (1.0 + e) < 2.0 * p:
        return state
    nu = np.remainder(float(elements.true_anomaly) + np.pi, _TURN) - np.pi  # type: ignore[arg-type]
    size = p if e == 1.0 else p / abs((1.0 - e) * (1.0 + e))
    rate = np.sqrt(mu / size) / size * (2.0 if e == 1.0 else 1.0)
    t = state.t - float(true_to_mean(nu, e)) / rate
    return State(t, *propagate_kepler(state.r, state.v, t - state.t, mu), state.frame)
