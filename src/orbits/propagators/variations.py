"""State-transition matrix and parameter sensitivities along a propagated arc, compiled.

The variational equations are integrated with the very steps and stages of the trajectory, so
that the result is the derivative of what the integrator computes. The pull of point masses is
differentiated in closed form; the gradient of every other force is a central difference over
5 m and 1 m/s, good to 1e-8 of that force, so that a new force brings its partials along.
Source: Montenbruck and Gill (2000), Satellite Orbits, sec. 7.2. [montenbruck2000]
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.compiled import compiled
from orbits.forces.model import (
    ACTING,
    COUNT,
    DRAG,
    MU,
    OTHERS,
    RADIATION,
    THRUST,
    acceleration,
    add_others,
    place_bodies,
    scratch,
)
from orbits.propagators.integrate import choose_degrees
from orbits.propagators.tableau import NODES, WEIGHTS

# By name, for callers.
PARAMETERS = {"mu": MU, "radiation": RADIATION, "drag": DRAG, "thrust": THRUST}
_METRES, _METRES_PER_SECOND, _SHARE = 5.0, 1.0, 1e-3


@compiled
def _point_mass_gradient(m, r, work, out):
    """Write the gradient (1/s2) of ``point_masses`` into ``out`` (3, 3)."""
    out[:, :] = 0.0
    for i in range(-1, int(m[COUNT])):
        mu = m[MU] if i < 0 else m[ACTING + 4 * i + 1]
        if mu == 0.0:
            continue
        x, y, z = r[0], r[1], r[2]
        if i >= 0:
            row = int(m[ACTING + 4 * i])
            x, y, z = x - work[row, 0], y - work[row, 1], z - work[row, 2]
        d2 = x * x + y * y + z * z
        k = mu / (d2 * np.sqrt(d2))
        d = (x, y, z)
        for a in range(3):
            for b in range(3):
                out[a, b] += 3.0 * k * d[a] * d[b] / d2
            out[a, a] -= k


@compiled
def gradient(t, y, m, table, degrees, work, out):
    """Write the partials of the acceleration by position and velocity into ``out`` (3, 6)."""
    place_bodies(m, table, t, work)
    _point_mass_gradient(m, y, work, out[:, :3])
    out[:, 3:] = 0.0
    if degrees[0] < 2 and degrees[1] < 2 and m[OTHERS] <= 0.0:
        return
    high, low, at = np.empty(3), np.empty(3), y.copy()
    for j in range(6 if m[OTHERS] > 0.0 else 3):
        step = _METRES if j < 3 else _METRES_PER_SECOND
        high[:] = 0.0
        low[:] = 0.0
        at[j] = y[j] + step
        add_others(t, at, m, table, degrees, work, high)
        at[j] = y[j] - step
        add_others(t, at, m, table, degrees, work, low)
        at[j] = y[j]
        for c in range(3):
            out[c, j] += (high[c] - low[c]) / (2.0 * step)


@compiled
def _by_parameter(t, y, m, table, degrees, work, place, out):
    """Write the partials of the acceleration by the number at ``place`` into ``out``."""
    value = m[place]
    step = _SHARE * abs(value)
    low = np.empty(3)
    m[place] = value + step
    acceleration(t, y, m, table, degrees, work, out)
    m[place] = value - step
    acceleration(t, y, m, table, degrees, work, low)
    m[place] = value
    for c in range(3):
        out[c] = (out[c] - low[c]) / (2.0 * step)


@compiled
def _rates(t, y, phi, m, table, degrees, work, places, k, slope):
    """Write dy/dt into ``k`` (6,) and d(phi)/dt into ``slope`` (6, n)."""
    part = np.empty((3, 6))
    force = np.empty(3)
    k[:3] = y[3:]
    acceleration(t, y, m, table, degrees, work, k[3:])
    gradient(t, y, m, table, degrees, work, part)
    for c in range(3):
        for n in range(phi.shape[1]):
            slope[c, n] = phi[c + 3, n]
            total = 0.0
            for j in range(6):
                total += part[c, j] * phi[j, n]
            slope[c + 3, n] = total
    for p in range(len(places)):
        _by_parameter(t, y, m, table, degrees, work, places[p], force)
        for c in range(3):
            slope[c + 3, 6 + p] += force[c]


@compiled
def transition(m, table, places, t, y, phi):
    """Fill ``phi`` (n + 1, 6, 6 + p) with the partials at the nodes ``t`` (n + 1,) of an arc.

    Parameters
    ----------
    m, table : arrays
        The force model; ``m`` is changed and put back.
    places : (p,) int array
        Places in ``m`` of the parameters.
    t, y : (n + 1,) and (n + 1, 6) arrays
        Nodes of the trajectory.
    phi : (n + 1, 6, 6 + p) array
        ``phi[0]`` holds the start, identity and zeros as a rule.
    """
    width = phi.shape[2]
    k = np.zeros((13, 6))
    slopes = np.zeros((13, 6, width))
    state, matrix = np.empty(6), np.empty((6, width))
    degrees, radii = np.zeros(2, np.int64), np.zeros(2)
    work = scratch(m)
    for i in range(len(t) - 1):
        h = t[i + 1] - t[i]
        choose_degrees(m, table, t[i], y[i], h, degrees, radii)
        for s in range(13):
            state[:] = y[i]
            matrix[:, :] = phi[i]
            for j in range(s):
                w = h * WEIGHTS[s, j]
                if w != 0.0:
                    for c in range(6):
                        state[c] += w * k[j, c]
                        for n in range(width):
                            matrix[c, n] += w * slopes[j, c, n]
            if s == 12:
                phi[i + 1] = matrix
            else:
                _rates(
                    t[i] + NODES[s] * h, state, matrix, m, table, degrees, work, places,
                    k[s], slopes[s],
                )  # fmt: skip


@compiled
def onwards(m, table, nodes, y, phi, t, row, out):
    """Fill ``out`` (n, 6, 6) with one step of the partials from node ``row[i]`` to ``t[i]``.

    ``nodes``, ``y`` and ``phi`` are those of ``transition``, without parameters.
    """
    none = np.zeros(0, np.int64)
    pair, state, two = np.empty(2), np.empty((2, 6)), np.empty((2, 6, 6))
    for i in range(len(t)):
        k = row[i]
        if t[i] == nodes[k]:
            out[i] = phi[k]
            continue
        pair[0], pair[1] = nodes[k], t[i]
        state[0] = y[k]
        two[0] = phi[k]
        transition(m, table, none, pair, state, two)
        out[i] = two[1]


def rates(
    model: tuple[NDArray[np.float64], NDArray[np.float64]],
    t: float,
    r: NDArray[np.float64],
    v: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return velocity and acceleration (6,) of a state under a force model, SI."""
    m, table = model
    y, out = np.concatenate([r, v]), np.concatenate([v, np.zeros(3)])
    degrees, radii = np.zeros(2, np.int64), np.zeros(2)
    choose_degrees(m, table, t, y, 1.0, degrees, radii)
    acceleration(t, y, m, table, degrees, scratch(m), out[3:])
    return out


@dataclass(frozen=True, eq=False, slots=True)
class Variations:
    """The partials of an arc's states by its start and by parameters.

    Attributes
    ----------
    t : (n,) array, s
        Ends of the integration steps.
    y : (n, 6) array, m and m/s
    phi : (n, 6, 6) array
        State-transition matrices from the start, SI.
    by_parameter : (n, 6, p) array
        Partials by each of ``parameters``, in the parameter's own unit (mu m3/s2, radiation
        and drag m2/kg, thrust N).
    parameters : tuple of str
    """

    t: NDArray[np.float64]
    y: NDArray[np.float64]
    phi: NDArray[np.float64]
    by_parameter: NDArray[np.float64]
    parameters: tuple[str, ...]

    @property
    def stm(self) -> NDArray[np.float64]:
        """The state-transition matrix over the whole arc (6, 6)."""
        return self.phi[-1]


def variations(
    model: tuple[NDArray[np.float64], NDArray[np.float64]],
    t: NDArray[np.float64],
    y: NDArray[np.float64],
    parameters: tuple[str, ...] = (),
) -> Variations:
    """Return the partials along the nodes of an arc (see ``Numerical.variations``)."""
    m, table = model
    for name in parameters:
        if name not in PARAMETERS:
            raise ValueError(
                f"unknown parameter {name!r}; the known ones are {', '.join(PARAMETERS)}"
            )
        if m[PARAMETERS[name]] == 0.0:
            raise ValueError(f"parameter {name!r} is zero in this model: give it a value first")
    places = np.array([PARAMETERS[name] for name in parameters], dtype=np.int64)
    phi = np.zeros((len(t), 6, 6 + len(parameters)))
    phi[0, :, :6] = np.eye(6)
    transition(m.copy(), table, places, t, y, phi)
    whole = np.ascontiguousarray(phi[:, :, :6])
    return Variations(t, y, whole, phi[:, :, 6:], tuple(parameters))
