"""Motion of one spacecraft as seen from another: linear, about a circle or any ellipse.

The local frame is that of the target's orbit: x radial outwards, y along the motion, z along
the angular momentum (QSW, also called RTN; of LVLH frames with z down and y across, x here is
-z there, y is x, z is -y). It turns with the radius, and relative velocities are rates in it.

Sources: Clohessy and Wiltshire (1960); Yamanaka and Ankersen (2002), eqs. 79-88.
[clohessy1960] [yamanaka2002]
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.elements import cartesian_to_keplerian
from orbits.propagators.kepler import propagate_kepler

Array = NDArray[np.float64]

_DOWN = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]])  # of QSW, z down
_CONDITION = 1e10  # of the block that a rendezvous inverts


def local_axes(r: ArrayLike, v: ArrayLike) -> tuple[Array, Array]:
    """Return the local axes as rows (..., 3, 3) and their turning (..., 3) rad/s, inertial.

    ``r`` (m) and ``v`` (m/s) are the target's, in inertial axes. The rate is that of the
    radius in the plane of the motion; the turn of the plane by perturbations is neglected.
    """
    r, v = np.asarray(r, dtype=np.float64), np.asarray(v, dtype=np.float64)
    h = np.cross(r, v)
    x = r / np.linalg.norm(r, axis=-1, keepdims=True)
    z = h / np.linalg.norm(h, axis=-1, keepdims=True)
    rate = h / np.sum(r * r, axis=-1, keepdims=True)
    return np.stack([x, np.cross(z, x), z], axis=-2).astype(np.float64), rate


def to_relative(
    r: ArrayLike, v: ArrayLike, r_target: ArrayLike, v_target: ArrayLike
) -> tuple[Array, Array]:
    """Return position (m) and rate (m/s) in the target's local frame, without linearisation.

    All four arguments are (3,) or (n, 3) in the same inertial axes.
    """
    axes, spin = local_axes(r_target, v_target)
    away = np.asarray(r, dtype=np.float64) - np.asarray(r_target, dtype=np.float64)
    drift = np.asarray(v, dtype=np.float64) - np.asarray(v_target, dtype=np.float64)
    drift = drift - np.cross(spin, away)
    return (axes @ away[..., None])[..., 0], (axes @ drift[..., None])[..., 0]


def from_relative(
    position: ArrayLike, rate: ArrayLike, r_target: ArrayLike, v_target: ArrayLike
) -> tuple[Array, Array]:
    """Return inertial position (m) and velocity (m/s): the inverse of `to_relative`."""
    axes, spin = local_axes(r_target, v_target)
    back = np.swapaxes(axes, -1, -2)
    away = (back @ np.asarray(position, dtype=np.float64)[..., None])[..., 0]
    drift = (back @ np.asarray(rate, dtype=np.float64)[..., None])[..., 0]
    return np.asarray(r_target) + away, np.asarray(v_target) + drift + np.cross(spin, away)


def clohessy_wiltshire(mean_motion: float, dt: float) -> Array:
    """Return the state-transition matrix (6, 6) about a circular orbit.

    Neglects the target's eccentricity (the error grows by about e times the separation an
    orbit), squares of the separation over the radius, and every perturbation.

    Parameters
    ----------
    mean_motion : float, rad/s
        Of the target, above 0.
    dt : float, s
        Either way in time.

    Returns
    -------
    (6, 6) array
        Of position (m) and rate (m/s) in the local frame. [clohessy1960]
    """
    if not (np.isfinite(mean_motion) and mean_motion > 0.0):
        raise ValueError(f"mean_motion must be > 0 rad/s, got {mean_motion}")
    n, angle = mean_motion, mean_motion * dt
    s, c = np.sin(angle), np.cos(angle)
    fall = 2.0 * np.sin(0.5 * angle) ** 2  # 1 - cos
    return np.array(
        [
            [1.0 + 3.0 * fall, 0.0, 0.0, s / n, 2.0 * fall / n, 0.0],
            [6.0 * (s - angle), 1.0, 0.0, -2.0 * fall / n, (4.0 * s - 3.0 * angle) / n, 0.0],
            [0.0, 0.0, c, 0.0, 0.0, s / n],
            [3.0 * n * s, 0.0, 0.0, c, 2.0 * s, 0.0],
            [-6.0 * n * fall, 0.0, 0.0, -2.0 * s, 4.0 * c - 3.0, 0.0],
            [0.0, 0.0, -n * s, 0.0, 0.0, c],
        ]
    )


def yamanaka_ankersen(r: ArrayLike, v: ArrayLike, mu: float, dt: float) -> Array:
    """Return the state-transition matrix (6, 6) about any elliptic orbit.

    Neglects squares of the separation over the radius, and every perturbation.

    Parameters
    ----------
    r, v : (3,) arrays, m and m/s
        Of the target at the start, inertial.
    mu : float, m3/s2
    dt : float, s
        Either way in time.

    Returns
    -------
    (6, 6) array
        Of position (m) and rate (m/s), from the local frame of the start to that of the end.
        [yamanaka2002, eqs. 79-88]

    Raises
    ------
    ValueError
        If the target's orbit is not an ellipse.
    """
    r, v = np.asarray(r, dtype=np.float64), np.asarray(v, dtype=np.float64)
    elements = cartesian_to_keplerian(r, v, mu)
    e = float(elements.eccentricity)  # type: ignore[arg-type]
    if not e < 1.0:
        raise ValueError(f"the target's eccentricity must be < 1, got {e:.6g}")
    p = float(elements.semi_latus_rectum)  # type: ignore[arg-type]
    r_end, v_end = propagate_kepler(r, v, dt, mu)
    end = cartesian_to_keplerian(r_end, v_end, mu)
    start_angle, end_angle = float(elements.true_anomaly), float(end.true_anomaly)  # type: ignore[arg-type]
    rate = np.sqrt(mu / p) / p  # k^2 of the source, rad/s
    start = _scaled(start_angle, e, rate) @ _blocks()
    stop = np.linalg.inv(_blocks()) @ np.linalg.inv(_scaled(end_angle, e, rate))
    # At the start J of the source is 0: the inverse is that of its eq. 82, by elimination.
    plane = _in_plane(end_angle, e, rate * dt) @ np.linalg.inv(_in_plane(start_angle, e, 0.0))
    turn = end_angle - start_angle
    out = np.zeros((6, 6))
    chosen = np.ix_([0, 2, 3, 5], [0, 2, 3, 5])
    out[chosen] = plane
    out[np.ix_([1, 4], [1, 4])] = [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    return stop @ out @ start


def _blocks() -> Array:
    """Return the matrix that takes QSW position and rate to those of the frame with z down."""
    out = np.zeros((6, 6))
    out[:3, :3] = out[3:, 3:] = _DOWN
    return out


def _scaled(angle: float, e: float, rate: float) -> Array:
    """Return the matrix to Yamanaka's variables: times rho, derivatives by true anomaly."""
    rho = 1.0 + e * np.cos(angle)
    out = np.zeros((6, 6))
    out[:3, :3] = rho * np.eye(3)
    out[3:, :3] = -e * np.sin(angle) * np.eye(3)
    out[3:, 3:] = np.eye(3) / (rate * rho)
    return out


def _in_plane(angle: float, e: float, j: float) -> Array:
    """Return the fundamental matrix of x, z and their derivatives. [yamanaka2002, eq. 84]."""
    rho = 1.0 + e * np.cos(angle)
    s, c = rho * np.sin(angle), rho * np.cos(angle)
    s_rate = np.cos(angle) + e * np.cos(2.0 * angle)
    c_rate = -(np.sin(angle) + e * np.sin(2.0 * angle))
    return np.array(
        [
            [1.0, -c * (1.0 + 1.0 / rho), s * (1.0 + 1.0 / rho), 3.0 * rho * rho * j],
            [0.0, s, c, 2.0 - 3.0 * e * s * j],
            [0.0, 2.0 * s, 2.0 * c - e, 3.0 * (1.0 - 2.0 * e * s * j)],
            [0.0, s_rate, c_rate, -3.0 * e * (s_rate * j + s / (rho * rho))],
        ]
    )


def two_impulses(transition: ArrayLike, position: ArrayLike, rate: ArrayLike) -> Array:
    """Return the two burns (2, 3) m/s that end a state at rest at the origin of the frame.

    Parameters
    ----------
    transition : (6, 6) array
        State-transition matrix of the flight, as of `clohessy_wiltshire`.
    position, rate : (3,) arrays, m and m/s
        At the start, in the local frame. Another end than the origin is reached by shifting it.

    Raises
    ------
    ValueError
        If no burn reaches the origin in this time, as after half an orbit across the plane.
    """
    phi = np.asarray(transition, dtype=np.float64)
    position, rate = np.asarray(position, dtype=np.float64), np.asarray(rate, dtype=np.float64)
    block = phi[:3, 3:]
    if np.linalg.cond(block) > _CONDITION:
        raise ValueError(
            "no burn reaches the point in this time: the flight lasts a whole number of half "
            "orbits; make it a little longer or shorter"
        )
    after = -np.linalg.solve(block, phi[:3, :3] @ position)
    arrival = phi[3:, :3] @ position + phi[3:, 3:] @ after
    return np.array([after - rate, -arrival])
