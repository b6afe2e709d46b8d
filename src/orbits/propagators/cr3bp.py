"""The circular restricted three-body problem, in its own units: here alone nothing is in SI.

Length: the distance of the two bodies; time: the inverse of their mean motion. Axes turn with
the bodies: origin at the barycentre, x from the larger body to the smaller, z along their
angular momentum; the larger stands at -mu, the smaller at 1 - mu.
Sources: Szebehely (1967), Theory of Orbits, ch. 1 and 10; for the units of Earth and Moon,
JPL's catalogue of periodic orbits. [szebehely1967] [jpl2023]
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.bodies import body
from orbits.compiled import compiled
from orbits.errors import PropagationError
from orbits.propagators.tableau import ERROR_3, ERROR_5, WEIGHTS

Array = NDArray[np.float64]

_DONE, _FLOOR, _LOST, _NEVER = range(4)
_NEWTON = 8


@dataclass(frozen=True, slots=True)
class System:
    """Two bodies on circles about each other.

    Attributes
    ----------
    name, primary, secondary : str
    mu : float
        Share of the smaller body in the mass of both.
    length : float, m
        Unit of length.
    time : float, s
        Unit of time.
    """

    name: str
    primary: str
    secondary: str
    mu: float
    length: float
    time: float

    @classmethod
    def of(cls, primary: str, secondary: str, length: float) -> "System":
        """Return the system of two bodies ``length`` m apart, with this package's masses."""
        total = body(primary).mu + body(secondary).mu
        share = body(secondary).mu / total
        time = float(np.sqrt(length**3 / total))
        return cls(f"{primary}-{secondary}", primary, secondary, share, length, time)

    def libration_point(self, name: str) -> Array:
        """Return L1 to L5 (3,)."""
        if name in ("L4", "L5"):
            return np.array([0.5 - self.mu, np.sqrt(0.75) * (1 if name == "L4" else -1), 0.0])
        near, far = -self.mu, 1.0 - self.mu
        if name == "L1":
            low, high = near + 1e-6, far - 1e-6
        elif name == "L2":
            low, high = far + 1e-6, far + 2.0
        elif name == "L3":
            low, high = near - 2.0, near - 1e-6
        else:
            raise ValueError(f"unknown libration point {name!r}; choose from L1 to L5")
        for _ in range(80):
            x = 0.5 * (low + high)
            pull = x - (1.0 - self.mu) * (x + self.mu) / abs(x + self.mu) ** 3
            pull -= self.mu * (x - far) / abs(x - far) ** 3
            low, high = (low, x) if pull > 0.0 else (x, high)
        return np.array([0.5 * (low + high), 0.0, 0.0])


# Mass ratio and units of the JPL catalogue of periodic orbits.
SYSTEMS = {
    "earth-moon": System(
        "earth-moon", "earth", "moon", 0.01215058560962404, 389703264.829278, 382981.289129055
    ),
    "sun-earth": System(
        "sun-earth", "sun", "earth", 3.054200000000000e-6, 149597870700.0, 5022635.0
    ),
}


@compiled
def _slope(mu, y, k):
    """Write dy/dt of a state, and of its transition matrix where ``y`` has 42 numbers."""
    x1, x2 = y[0] + mu, y[0] - 1.0 + mu
    s = y[1] * y[1] + y[2] * y[2]
    r1, r2 = x1 * x1 + s, x2 * x2 + s
    a, b = (1.0 - mu) / (r1 * np.sqrt(r1)), mu / (r2 * np.sqrt(r2))
    k[0], k[1], k[2] = y[3], y[4], y[5]
    k[3] = y[0] + 2.0 * y[4] - a * x1 - b * x2
    k[4] = y[1] - 2.0 * y[3] - (a + b) * y[1]
    k[5] = -(a + b) * y[2]
    if len(y) == 6:
        return
    p, q = 3.0 * a / r1, 3.0 * b / r2
    xx = 1.0 - a - b + p * x1 * x1 + q * x2 * x2
    yy = 1.0 - a - b + (p + q) * y[1] * y[1]
    zz = -a - b + (p + q) * y[2] * y[2]
    mixed = p * x1 + q * x2
    xy, xz, yz = mixed * y[1], mixed * y[2], (p + q) * y[1] * y[2]
    for j in range(6):
        f, g, h = y[6 + j], y[12 + j], y[18 + j]
        u, v = y[24 + j], y[30 + j]
        k[6 + j], k[12 + j], k[18 + j] = u, v, y[36 + j]
        k[24 + j] = xx * f + xy * g + xz * h + 2.0 * v
        k[30 + j] = xy * f + yy * g + yz * h - 2.0 * u
        k[36 + j] = xz * f + yz * g + zz * h


@compiled
def _attempt(mu, y, h, tolerance, k, end):
    """Write the end of one step into ``end`` and return its error; ``k[0]`` is the slope."""
    for stage in range(1, 13):
        end[:] = y
        for j in range(stage):
            w = h * WEIGHTS[stage, j]
            if w != 0.0:
                for c in range(len(y)):
                    end[c] += w * k[j, c]
        _slope(mu, end, k[stage])
    fifth = third = 0.0
    for c in range(6):
        e5 = e3 = 0.0
        for j in range(12):
            e5 += ERROR_5[j] * k[j, c]
            e3 += ERROR_3[j] * k[j, c]
        scale = tolerance * (1e-2 + max(abs(y[c]), abs(end[c])))
        fifth += (e5 / scale) ** 2
        third += (e3 / scale) ** 2
    if fifth == 0.0 and third == 0.0:
        return 0.0
    return abs(h) * fifth / np.sqrt((fifth + 0.01 * third) * 6.0)


@compiled
def advance(mu, y, dt, tolerance, plane, times):
    """Advance ``y`` (6 or 42) in place by ``dt``, or to a plane.

    Parameters
    ----------
    plane : int
        Component of the state whose next change of sign ends the way (0, 1, 2), or -1.
    times : (2,) array
        Receives the time passed and the number of steps.

    Returns
    -------
    int
        0 done, 1 step too small (a collision), 2 not finite, 3 the plane was never met.
    """
    n = len(y)
    k, end = np.empty((13, n)), np.empty(n)
    sign = 1.0 if dt > 0.0 else -1.0
    h, now = sign * min(0.01, abs(dt)), 0.0
    _slope(mu, y, k[0])
    times[1] = 0.0
    while sign * (dt - now) > 0.0:
        h = sign * min(abs(h), abs(dt - now))
        error = _attempt(mu, y, h, tolerance, k, end)
        if not np.isfinite(error):
            return _LOST
        if error > 1.0:
            h *= max(0.333, 0.9 * error ** (-0.125))
            if abs(h) < 1e-12:
                return _FLOOR
            continue
        times[1] += 1.0
        if plane >= 0 and now != 0.0 and y[plane] * end[plane] <= 0.0:
            times[0] = now + _to_plane(mu, y, h, plane, k, end)
            return _DONE
        now = dt if h == dt - now else now + h
        y[:] = end
        k[0, :] = k[12]
        h *= min(6.0, 0.9 * max(error, 1e-10) ** (-0.125))
    times[0] = now
    return _DONE if plane < 0 else _NEVER


@compiled
def _to_plane(mu, y, h, plane, k, end):
    """Step from ``y`` onto the plane, within one step; return the time it takes."""
    part = h * y[plane] / (y[plane] - end[plane])
    for _ in range(_NEWTON):
        _attempt(mu, y, part, 1.0, k, end)
        part -= end[plane] / end[3 + plane]
    _attempt(mu, y, part, 1.0, k, end)
    y[:] = end
    return part


def jacobi(state: ArrayLike, mu: float) -> float | Array:
    """Return the Jacobi constant of states (..., 6): x2 + y2 + 2 (1-mu)/r1 + 2 mu/r2 - v2."""
    x, y, z, *v = np.moveaxis(np.asarray(state, dtype=np.float64), -1, 0)
    r1 = np.sqrt((x + mu) ** 2 + y**2 + z**2)
    r2 = np.sqrt((x - 1.0 + mu) ** 2 + y**2 + z**2)
    return x**2 + y**2 + 2.0 * (1.0 - mu) / r1 + 2.0 * mu / r2 - sum(c**2 for c in v)


def flow(
    state: ArrayLike, dt: float, mu: float, *, tolerance: float = 1e-14
) -> tuple[Array, Array]:
    """Return the state after ``dt`` (6,) and the transition matrix (6, 6).

    Raises
    ------
    PropagationError
        At a collision.
    """
    y = np.concatenate([np.asarray(state, dtype=np.float64), np.eye(6).ravel()])
    _go(y, dt, mu, tolerance, -1)
    return y[:6].copy(), y[6:].reshape(6, 6).copy()


def states(state: ArrayLike, t: ArrayLike, mu: float, *, tolerance: float = 1e-14) -> Array:
    """Return the states (n, 6) at ascending or descending times ``t`` after ``state``."""
    y = np.array(state, dtype=np.float64)
    found, now = [], 0.0
    for when in np.asarray(t, dtype=np.float64):
        if when != now:
            _go(y, when - now, mu, tolerance, -1)
            now = when
        found.append(y.copy())
    return np.array(found)


def crossing(
    state: ArrayLike, plane: int, mu: float, *, longest: float = 50.0, tolerance: float = 1e-14
) -> tuple[Array, float]:
    """Return the state (6,) at the next crossing of ``plane`` (0 x, 1 y, 2 z) and its time.

    Negative ``longest`` goes back in time. A start on the plane does not count.
    """
    y = np.array(state, dtype=np.float64)
    return y, _go(y, longest, mu, tolerance, plane)


def _go(y: Array, dt: float, mu: float, tolerance: float, plane: int) -> float:
    times = np.zeros(2)
    status = advance(mu, y, float(dt), tolerance, plane, times)
    if status != _DONE:
        reason = {
            _FLOOR: "the step fell below 1e-12 of the time unit: a collision",
            _LOST: "the state is no longer finite: a collision",
            _NEVER: f"the plane was not met within {dt:g} time units",
        }[status]
        raise PropagationError(f"{reason}; start elsewhere", kind="cr3bp")
    return float(times[0])
