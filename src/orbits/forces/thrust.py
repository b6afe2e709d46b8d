"""Constant thrust in a direction fixed in space or in the orbit, with the mass it uses up."""

from dataclasses import dataclass

import numpy as np

from orbits.compiled import compiled
from orbits.constants import STANDARD_GRAVITY
from orbits.trajectory import State

# RTN: radial, transverse, normal. VNB: velocity, normal, binormal (velocity x normal).
INERTIAL, RTN, VNB = 1, 2, 3
TRIADS = {"inertial": INERTIAL, "rtn": RTN, "vnb": VNB}


@dataclass(frozen=True, slots=True)
class Thrust:
    """A burn at constant thrust.

    Attributes
    ----------
    force : float, N
    isp : float, s
        Specific impulse (at standard gravity).
    triad : str
        "inertial" (ICRF axes), "rtn" or "vnb", about the centre of integration.
    direction : (3,) tuple
        In that triad; any length but zero.
    """

    force: float
    isp: float
    triad: str
    direction: tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.triad not in TRIADS:
            raise ValueError(f"unknown triad {self.triad!r}; choose from {', '.join(TRIADS)}")
        if not (np.isfinite(self.force) and self.force > 0.0):
            raise ValueError(f"thrust must be above zero, got {self.force} N")
        if not (np.isfinite(self.isp) and self.isp > 0.0):
            raise ValueError(f"specific impulse must be above zero, got {self.isp} s")
        if not (np.all(np.isfinite(self.direction)) and np.any(self.direction)):
            raise ValueError(
                f"direction must be a vector other than zero, got {self.direction}"
            )

    @property
    def flow(self) -> float:
        """Propellant used per second, kg/s."""
        return self.force / (self.isp * STANDARD_GRAVITY)

    @property
    def unit(self) -> tuple[float, float, float]:
        """Unit vector along ``direction``."""
        x, y, z = np.asarray(self.direction) / np.linalg.norm(self.direction)
        return float(x), float(y), float(z)


@dataclass(frozen=True, slots=True)
class Impulse:
    """A sudden change of velocity.

    Attributes
    ----------
    delta_v : (3,) tuple, m/s
    triad : str
        "inertial" (ICRF axes), "rtn" or "vnb", about the centre of the state's frame.
    isp : float, s, or None
        Specific impulse, where the mass is to follow the rocket equation.
    """

    delta_v: tuple[float, float, float]
    triad: str = "inertial"
    isp: float | None = None

    def __post_init__(self) -> None:
        if self.triad not in TRIADS:
            raise ValueError(f"unknown triad {self.triad!r}; choose from {', '.join(TRIADS)}")
        if not np.all(np.isfinite(self.delta_v)):
            raise ValueError(f"delta-v must be finite, got {self.delta_v} m/s")

    def of(self, state: State) -> State:
        """Return ``state`` just after the impulse."""
        kick = np.zeros(3)
        y = np.concatenate([state.r, state.v])
        triad_vector(TRIADS[self.triad], y, *(float(x) for x in self.delta_v), kick)
        mass = state.mass
        if mass is not None and self.isp is not None:
            mass *= float(np.exp(-np.linalg.norm(kick) / (self.isp * STANDARD_GRAVITY)))
        return State(state.t, state.r, state.v + kick, state.frame, mass)


@compiled
def triad_vector(triad, y, d0, d1, d2, out):
    """Write the components (d0, d1, d2) in ``triad`` at state ``y`` as an ICRF vector."""
    if triad == 1:
        out[0], out[1], out[2] = d0, d1, d2
        return
    x, w = y[:3], y[3:6]
    nx = x[1] * w[2] - x[2] * w[1]
    ny = x[2] * w[0] - x[0] * w[2]
    nz = x[0] * w[1] - x[1] * w[0]
    n = np.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / n, ny / n, nz / n
    a = x if triad == 2 else w
    s = np.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])
    ax, ay, az = a[0] / s, a[1] / s, a[2] / s
    if triad == 2:  # T = N x R; components R, T, N
        tx, ty, tz = ny * az - nz * ay, nz * ax - nx * az, nx * ay - ny * ax
        out[0] = d0 * ax + d1 * tx + d2 * nx
        out[1] = d0 * ay + d1 * ty + d2 * ny
        out[2] = d0 * az + d1 * tz + d2 * nz
    else:  # B = V x N; components V, N, B
        bx, by, bz = ay * nz - az * ny, az * nx - ax * nz, ax * ny - ay * nx
        out[0] = d0 * ax + d1 * nx + d2 * bx
        out[1] = d0 * ay + d1 * ny + d2 * by
        out[2] = d0 * az + d1 * nz + d2 * bz
