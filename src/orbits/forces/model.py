"""The one right-hand side: every force on a spacecraft about any centre, compiled once.

All vectors are in ICRF axes from the centre of integration, SI. A force model is a pair of
arrays ``(m, table)``: ``m`` holds every number, from a head of fixed places to the
coefficients of ephemeris, orientation and gravity; ``table`` is that of the packed Chebyshev
series in ``m`` (chebyshev.py). A force that is not wanted has a zero in the head, so that a new
mission changes numbers and never the compiled code; two arrays, because each array that passes
from one compiled function to the next costs time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.chebyshev import OFFSET, evaluate, evaluate_lanes, evaluate_rate
from orbits.compiled import compiled
from orbits.ephemeris import EARTH, MOON, NAMES, SUN
from orbits.forces.atmosphere import REACH, TERMS, add_drag
from orbits.forces.gravity import Field, harmonics, room
from orbits.forces.points import center_pull, dot, far, third_pull
from orbits.forces.radiation import pressure_scale, sunlit_fraction
from orbits.forces.relativity import add_schwarzschild
from orbits.forces.sky import moon_axes
from orbits.forces.thrust import triad_vector
from orbits.forces.tides import RADIUS, add_tide
from orbits.lanes import fetch, store
from orbits.orientation import earth_matrix

BODIES = len(NAMES)
# Places in the head of ``m``. MOON_FIELD, EARTH_FIELD and AIR hold where a field or the Earth's
# atmosphere is packed, 0 for none. RADIATION is Cr A / m and DRAG Cd A / m at the mass MASS of
# the instant T_REF, from which the mass falls by FLOW. FALL is the row of the table with the
# fall of the centre. OTHERS tells whether there is any force but the gravity of points and
# fields. Each body in use takes four numbers from ACTING on: its row, its gravitational
# parameter (0: it does not pull), whether it casts a shadow, and its radius.
(
    CENTER, MU, MOON_FIELD, EARTH_FIELD, EARTH_ROWS, AIR, RADIATION, DRAG, RELATIVITY,
    MOON_TIDE, EARTH_TIDE, FALL, THRUST, TRIAD, DIRECTION, _DIRECTION_1, _DIRECTION_2, MASS,
    FLOW, T_REF, OTHERS, COUNT, ACTING,
) = range(23)  # fmt: skip
_HEAD = ACTING + 4 * (BODIES + 1)
_MOON_TIDE_RADIUS, _EARTH_TIDE_RADIUS = RADIUS["moon"], RADIUS["earth"]
MOON_ROWS = BODIES  # rows of the table from which the Moon's orientation starts
# Rows of the work array past the bodies: orientation (3), centre, two scratch vectors, the
# phase of the shadow, one spare, then one for the harmonics.
_MATRIX, _BASE, _SUN = BODIES, BODIES + 3, BODIES + 4
_NEAR, PHASE, _ROWS = BODIES + 5, BODIES + 6, BODIES + 8
FACTS = 5  # numbers that ``pull_many`` asks of a body: place (3), 1/s2 and mu/s3
LIT, PARTIAL, DARK, UNKNOWN = 0.0, 1.0, 2.0, -1.0


@dataclass(frozen=True, slots=True)
class Acting:
    """A body that pulls from afar, casts a shadow, or both."""

    row: int
    mu: float
    shadow: bool
    radius: float


def pack_model(
    series: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
    head: dict[int, float],
    acting: list[Acting],
    fields: dict[int, Field],
    air: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the model ``(m, table)``.

    Parameters
    ----------
    series : list
        Packed (buffer, table) of the bodies from the centre and of the Moon's turns (sky.py),
        of the Earth's orientation, and, where
        it is wanted, the fall of the centre (forces/fall.py).
    head : dict
        Numbers by their place.
    acting : list of Acting
        The other bodies, and the centre with mu 0 where it casts a shadow.
    fields : dict
        Harmonics by row.
    air : array
        Numbers of the atmosphere (forces/density.py).
    """
    start = np.zeros(_HEAD)
    for place, value in head.items():
        start[place] = value
    start[EARTH_ROWS] = BODIES + len(series[1][1])
    if len(series) > 3:
        start[FALL] = sum(len(table) for _, table in series[:3])
    start[COUNT] = len(acting)
    others = [RADIATION, DRAG, RELATIVITY, MOON_TIDE, EARTH_TIDE, FALL, THRUST]
    start[OTHERS] = np.any(start[others] > 0.0)
    for i, other in enumerate(acting):
        at = ACTING + 4 * i
        start[at : at + 4] = other.row, other.mu, other.shadow, other.radius
    parts, tables, size = [start], [], _HEAD
    for buffer, table in series:
        moved = table.copy()
        moved[:, OFFSET] += size
        tables.append(moved)
        parts.append(buffer)
        size += len(buffer)
    for row, field in fields.items():
        start[MOON_FIELD if row == MOON else EARTH_FIELD] = size
        parts.append(field.packed())
        size += len(parts[-1])
    if air is not None:
        start[AIR] = size
        parts.append(air)
    return np.concatenate(parts), np.concatenate(tables)


@compiled
def scratch(m):
    """Return the work array that ``acceleration`` needs for the model ``m``."""
    width = 12
    for place in (MOON_FIELD, EARTH_FIELD):
        if m[place] > 0.0:
            width = max(width, 12 + room(int(m[int(m[place]) + 2])))
    if m[AIR] > 0.0:
        width = max(width, TERMS)
    return np.zeros((_ROWS + 1, width))


@compiled
def _add_field(m, table, row, degree, t, r, work, out):
    """Add the harmonics of body ``row``, less their pull on the centre of integration."""
    flat = work[_ROWS]  # nine numbers of the axes, then what the harmonics need
    if row == MOON:
        at = int(m[MOON_FIELD])
        moon_axes(m, table, MOON_ROWS, t, flat)
    else:
        at = int(m[EARTH_FIELD])
        matrix = work[_MATRIX : _MATRIX + 3]
        earth_matrix(m, table[int(m[EARTH_ROWS]) :], t, matrix)
        for c in range(9):
            flat[c] = matrix[c // 3, c % 3]
    x, y, z, sign = r[0], r[1], r[2], 1.0
    away = row != int(m[CENTER])
    # The centre falls in the field too; its fall is subtracted, as for point masses.
    for turn in range(2 if away and m[FALL] == 0.0 else 1):
        if turn == 1:
            x, y, z, sign = 0.0, 0.0, 0.0, -1.0
        if away:
            x, y, z = x - work[row, 0], y - work[row, 1], z - work[row, 2]
        gx, gy, gz = harmonics(
            m,
            at,
            degree,
            flat[0] * x + flat[1] * y + flat[2] * z,
            flat[3] * x + flat[4] * y + flat[5] * z,
            flat[6] * x + flat[7] * y + flat[8] * z,
            flat,
            12,
        )
        for c in range(3):
            out[c] += sign * (flat[c] * gx + flat[3 + c] * gy + flat[6 + c] * gz)


@compiled
def place_bodies(m, table, t, work):
    """Write the vectors from the centre of integration to the bodies in use into ``work``."""
    center = int(m[CENTER])
    for i in range(int(m[COUNT])):
        row = int(m[ACTING + 4 * i])
        if row != center:
            evaluate(m, table, row, t, work[row])


@compiled
def point_masses(m, r, work, out):
    """Write the pull (m/s2) of the centre and of the bodies placed in ``work`` into ``out``."""
    x, y, z = r[0], r[1], r[2]
    r2 = dot(x, y, z, x, y, z)
    ax, ay, az = center_pull(m[MU], x, y, z, r2)
    for i in range(int(m[COUNT])):
        mu = m[ACTING + 4 * i + 1]
        if mu == 0.0:
            continue
        row = int(m[ACTING + 4 * i])
        sx, sy, sz = work[row, 0], work[row, 1], work[row, 2]
        inverse, weight = far(mu, sx, sy, sz)
        bx, by, bz = third_pull(x, y, z, r2, sx, sy, sz, inverse, weight)
        ax, ay, az = ax + bx, ay + by, az + bz
    out[0], out[1], out[2] = ax, ay, az


@compiled
def place_many(m, table, t, sky, place, width):
    """Write what ``pull_many`` asks of the bodies at eight instants ``t`` (lanes) into ``sky``.

    Each of the FACTS of body i goes to ``place + (FACTS i + fact) width`` and the seven after.
    """
    center = int(m[CENTER])
    for i in range(int(m[COUNT])):
        row = int(m[ACTING + 4 * i])
        if row == center:
            continue
        x, y, z = evaluate_lanes(m, table, row, t)
        inverse, weight = far(m[ACTING + 4 * i + 1], x, y, z)
        at = place + FACTS * i * width
        store(sky, at, x)
        store(sky, at + width, y)
        store(sky, at + 2 * width, z)
        store(sky, at + 3 * width, inverse)
        store(sky, at + 4 * width, weight)


@compiled
def pull_many(m, x, y, z, sky, count, at):
    """Return the acceleration (m/s2) by point masses at (x, y, z), numbers or lanes.

    ``sky`` holds ``count`` instants of each fact, of which that ``at`` is meant.
    """
    r2 = dot(x, y, z, x, y, z)
    ax, ay, az = center_pull(m[MU], x, y, z, r2)
    for i in range(int(m[COUNT])):
        if m[ACTING + 4 * i + 1] == 0.0:
            continue
        k = FACTS * i * count + at
        sx, sy, sz = fetch(sky, k, x), fetch(sky, k + count, x), fetch(sky, k + 2 * count, x)
        inverse, weight = fetch(sky, k + 3 * count, x), fetch(sky, k + 4 * count, x)
        bx, by, bz = third_pull(x, y, z, r2, sx, sy, sz, inverse, weight)
        ax, ay, az = ax + bx, ay + by, az + bz
    return ax, ay, az


@compiled
def take_bodies(m, sky, count, at, work):
    """Write the bodies of instant ``at`` of ``sky`` into ``work``, as ``place_bodies``."""
    for i in range(int(m[COUNT])):
        row = int(m[ACTING + 4 * i])
        for c in range(3):
            work[row, c] = sky[(FACTS * i + c) * count + at]


@compiled
def add_others(t, y, m, table, degrees, work, out):
    """Add every force but the point masses (m/s2) at state ``y`` to ``out``.

    ``degrees`` (2,) are those of the Moon's and the Earth's field summed in this step; the
    bodies have been placed in ``work``.
    """
    if degrees[0] >= 2:
        _add_field(m, table, MOON, degrees[0], t, y, work, out)
    if degrees[1] >= 2:
        _add_field(m, table, EARTH, degrees[1], t, y, work, out)
    if m[DRAG] > 0.0:
        _add_drag(m, table, degrees, t, y, work, out)
    if m[RADIATION] > 0.0:
        _add_radiation(m, y, t, work, out)
    if m[FALL] > 0.0:
        evaluate(m, table, int(m[FALL]), t, work[_NEAR])
        for c in range(3):
            out[c] -= work[_NEAR, c]
    if m[RELATIVITY] > 0.0:
        r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
        add_schwarzschild(m[MU], y, r2, r2 * np.sqrt(r2), out)
    if m[MOON_TIDE] > 0.0:
        _add_tides(m, MOON, m[MOON_TIDE], y, work, out)
    if m[EARTH_TIDE] > 0.0:
        _add_tides(m, EARTH, m[EARTH_TIDE], y, work, out)
    if m[THRUST] > 0.0:
        push = work[_NEAR]
        d = m[DIRECTION : DIRECTION + 3]
        triad_vector(int(m[TRIAD]), y, d[0], d[1], d[2], push)
        k = m[THRUST] / (m[MASS] - m[FLOW] * (t - m[T_REF]))
        for c in range(3):
            out[c] += k * push[c]


@compiled
def acceleration(t, y, m, table, degrees, work, out):
    """Write the acceleration (m/s2) at state ``y`` (6,) and ``t`` into ``out`` (3,).

    ``work`` comes from ``scratch``; ``degrees`` as for ``add_others``.
    """
    place_bodies(m, table, t, work)
    point_masses(m, y, work, out)
    if degrees[0] >= 2 or degrees[1] >= 2 or m[OTHERS] > 0.0:
        add_others(t, y, m, table, degrees, work, out)


@compiled
def _add_drag(m, table, degrees, t, y, work, out):
    """Add the drag of the Earth's atmosphere; the Earth is the centre or has been placed."""
    center = int(m[CENTER])
    r, v, rate = work[_NEAR], work[_SUN], work[_BASE]
    for c in range(3):
        r[c] = y[c] - (0.0 if center == EARTH else work[EARTH, c])
        v[c] = y[c + 3]
    if r[0] * r[0] + r[1] * r[1] + r[2] * r[2] > REACH * REACH:
        return
    if center != EARTH:
        evaluate_rate(m, table, EARTH, t, rate)
        for c in range(3):
            v[c] -= rate[c]
    matrix = work[_MATRIX : _MATRIX + 3]
    if degrees[1] < 2:  # else the Earth's field has left it there
        earth_matrix(m, table[int(m[EARTH_ROWS]) :], t, matrix)
    drag = m[DRAG]
    if m[FLOW] > 0.0:
        drag *= m[MASS] / (m[MASS] - m[FLOW] * (t - m[T_REF]))
    add_drag(m, int(m[AIR]), t, drag, r, v, matrix, work[_ROWS], out)


@compiled
def _add_tides(m, row, k2, r, work, out):
    """Add the tides that Sun, Earth and Moon raise on the centre, body ``row``."""
    radius = _MOON_TIDE_RADIUS if row == MOON else _EARTH_TIDE_RADIUS
    for i in range(int(m[COUNT])):
        other = int(m[ACTING + 4 * i])
        if other in (SUN, EARTH, MOON) and other != row and m[ACTING + 4 * i + 1] > 0.0:
            add_tide(k2, radius, m[ACTING + 4 * i + 1], work[other], r, out)


@compiled
def sunlight(m, r, work):
    """Return the visible share of the Sun at ``r``; leave the way there in ``work[_SUN]``."""
    sun, body = work[_SUN], work[_NEAR]
    for c in range(3):
        sun[c] = work[SUN, c] - r[c]
    lit = 1.0
    for i in range(int(m[COUNT])):
        if m[ACTING + 4 * i + 2] > 0.0:
            row = int(m[ACTING + 4 * i])
            for c in range(3):
                body[c] = (0.0 if row == int(m[CENTER]) else work[row, c]) - r[c]
            lit *= sunlit_fraction(sun, body, m[ACTING + 4 * i + 3])
    return lit


@compiled
def phase_of(lit):
    """Return LIT, PARTIAL or DARK."""
    return LIT if lit >= 1.0 else (DARK if lit <= 0.0 else PARTIAL)


@compiled
def _add_radiation(m, r, t, work, out):
    lit = sunlight(m, r, work)
    work[PHASE, 0] = phase_of(lit)
    if lit > 0.0:
        sun = work[_SUN]
        k = -m[RADIATION] * lit * pressure_scale(sun)
        if m[FLOW] > 0.0:
            k *= m[MASS] / (m[MASS] - m[FLOW] * (t - m[T_REF]))
        for c in range(3):
            out[c] += k * sun[c]
