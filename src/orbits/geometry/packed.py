"""Packed: the ends of a leg and the almanac as plain arrays, which a compiled function takes.

An end is a point that stands still in the axes of a body, the centre of a body, or a
trajectory in ICRF axes by polynomials. Other paths are not packed: numpy asks them itself.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import intrinsic
from numba.np.numpy_support import carray
from numpy.typing import NDArray

from orbits.chebyshev import evaluate, evaluate_rate
from orbits.compiled import compiled
from orbits.ephemeris import EMB, ROW, from_emb
from orbits.frames import Path
from orbits.geometry.signal import ROTATION, Centre
from orbits.geometry.sweep import series_at
from orbits.orientation import earth_matrix, moon_matrix
from orbits.propagators.contact import dense_state
from orbits.propagators.fitted import ChebyshevPieces
from orbits.propagators.interpolant import Interpolant
from orbits.sites import Site
from orbits.trajectory import Trajectory

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]
_intrinsic: Any = intrinsic  # its callers do not pass the typing context that it takes

STILL, POWERS, SERIES = range(3)
ICRF, ITRF, MOON_PA, MOON_ME = range(4)
AXES = {"ICRF": ICRF, "ITRF": ITRF, "MOON_PA": MOON_PA, "MOON_ME": MOON_ME}


# An array that Python keeps alive while a compiled function reads it: address and shape.
HELD = np.dtype([("at", "i8"), ("shape", "i8", (3,))])

# An almanac: ephemeris and orientations as chebyshev.py packs them, and its span, s.
SKY = np.dtype(
    [
        ("buffer", HELD),
        ("table", HELD),
        ("earth_buffer", HELD),
        ("earth_table", HELD),
        ("moon_buffer", HELD),
        ("moon_table", HELD),
        ("mean_earth", "f8", (3, 3)),
        ("span", "f8", (2,)),
    ]
)

END = np.dtype(
    [
        ("kind", "i8"),  # STILL, POWERS (an integrator's interpolant) or SERIES (Chebyshev)
        ("row", "i8"),  # of its centre in the ephemeris
        ("axes", "i8"),  # in which a still end stands; ICRF for the others
        ("rate", "f8"),  # rad/s, mean rotation of those axes
        ("vector", "f8", (3,)),  # m, of a still end
        ("motion", "f8", (2,)),  # m/s and m/s2: bounds on its inertial motion
        ("span", "f8", (2,)),  # s, over which the end is known
        ("edges", HELD),  # of the polynomials of a trajectory
        ("start", HELD),
        ("length", HELD),
        ("powers", HELD),
        ("series", HELD),
        ("speed", HELD),  # bounds on them, as range_max.RangeMax has them
        ("acceleration", HELD),
    ]
)


class Packed(NamedTuple):
    """A record for compiled functions, and the arrays that it points into."""

    record: NDArray[Any]
    arrays: tuple[Array, ...]


def _record(kind: np.dtype, values: dict[str, Any]) -> Packed:
    record, arrays = np.zeros((), kind), []
    for name, value in values.items():
        if kind[name] == HELD:
            array = np.ascontiguousarray(value, dtype=np.float64)
            shape = (*array.shape, 0, 0)[:3]
            record[name] = (array.ctypes.data, shape)
            arrays.append(array)
        else:
            record[name] = value
    return Packed(record, tuple(arrays))


def pack_sky(almanac: "Almanac") -> Packed:
    """Return ``almanac`` as a record ``SKY``."""
    bodies, earth, moon = almanac.ephemeris, almanac.earth, almanac.moon
    return _record(
        SKY,
        {
            "buffer": bodies.buffer,
            "table": bodies.table,
            "earth_buffer": earth.buffer,
            "earth_table": earth.table,
            "moon_buffer": moon.buffer,
            "moon_table": moon.table,
            "mean_earth": moon.mean_earth,
            "span": almanac.span,
        },
    )


def pack_end(path: Path, almanac: "Almanac") -> Packed | None:
    """Return ``path`` as a record ``END``, or None for a path of another kind."""
    known = {"row": ROW[path.frame.center], "span": (-np.inf, np.inf)}
    if type(path) is Centre:
        return _record(END, {"kind": STILL, **known})
    if type(path) is Site:
        axes, size = path.frame.axes, float(np.linalg.norm(path.vector))
        spin = almanac.spin(axes)
        motion = spin * size, (spin**2 + almanac.spin_rate(axes)) * size
        own = {"axes": AXES[axes], "rate": ROTATION[axes], "vector": path.vector}
        return _record(END, {"kind": STILL, **known, **own, "motion": motion})
    if type(path) is not Trajectory or path.frame.axes != "ICRF":
        return None
    pieces: Any = path.pieces
    known["span"] = path.span
    if type(pieces) is Interpolant:
        known |= {"kind": POWERS, "start": pieces.start, "length": pieces.length}
        known |= {"powers": pieces.f}
    elif type(pieces) is ChebyshevPieces:
        known |= {"kind": SERIES, "series": pieces.coefficients}
    else:
        return None
    speed, acceleration = (table.levels for table in pieces.greatest)
    known |= {"edges": pieces.edges, "speed": speed, "acceleration": acceleration}
    return _record(END, known)


# -- arrays -----------------------------------------------------------------------------------


@_intrinsic
def _pointer(_typing, address):
    """Return an integer as the address of numbers."""

    def code(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float64)(address), code


@compiled
def borrowed(array):
    """Return ``array`` (n, k) without a count of its users; its owner must outlive the answer.

    Counting them, for every row that is taken, costs more than the geometry does.
    """
    return carray(_pointer(array.ctypes.data), array.shape)


@compiled
def row_of(held):
    """Return a held array of one dimension."""
    return carray(_pointer(held.at), (held.shape[0],))


@compiled
def table_of(held):
    """Return a held array of two dimensions."""
    return carray(_pointer(held.at), (held.shape[0], held.shape[1]))


@compiled
def cube_of(held):
    """Return a held array of three dimensions."""
    return carray(_pointer(held.at), (held.shape[0], held.shape[1], held.shape[2]))


# -- where and how it moves -----------------------------------------------------------------


@compiled
def axes_matrix(axes, sky, t, out):
    """Write the rotation from ICRF to body-fixed ``axes`` at ``t`` into ``out`` (6, 3)[:3]."""
    if axes == ITRF:
        earth_matrix(row_of(sky.earth_buffer), table_of(sky.earth_table), t, out)
        return
    if axes == MOON_PA:
        moon_matrix(row_of(sky.moon_buffer), table_of(sky.moon_table), t, out)
        return
    moon_matrix(row_of(sky.moon_buffer), table_of(sky.moon_table), t, out[3:])
    mean = sky.mean_earth
    for i in range(3):
        for j in range(3):
            out[i, j] = mean[i, 0] * out[3, j] + mean[i, 1] * out[4, j] + mean[i, 2] * out[5, j]


@compiled
def body_at(sky, row, t, out):
    """Write body ``row`` from the barycentre of Earth and Moon at ``t`` into ``out``, m."""
    from_emb(row_of(sky.buffer), table_of(sky.table), row, t, False, out)


@compiled
def barycentre_at(sky, t, out):
    """Write the barycentre of Earth and Moon from that of the solar system at ``t``, m."""
    evaluate(row_of(sky.buffer), table_of(sky.table), EMB, t, out)


@compiled
def barycentric_velocity_at(sky, row, t, out, work):
    """Write the velocity of body ``row`` from the barycentre of the solar system, m/s."""
    buffer, table = row_of(sky.buffer), table_of(sky.table)
    from_emb(buffer, table, row, t, True, out)
    evaluate_rate(buffer, table, EMB, t, work)
    for k in range(3):
        out[k] += work[k]


@compiled
def place(end, sky, t, out, turn):
    """Write where ``end`` is at ``t`` from its own centre, ICRF axes, into ``out``; m.

    Not a number where end or almanac do not know. ``turn`` (6, 3) receives the rotation to the
    axes of a still end.
    """
    if not (end.span[0] <= t <= end.span[1] and sky.span[0] <= t <= sky.span[1]):
        out[0] = out[1] = out[2] = np.nan
        return
    if end.kind != STILL:
        edges = row_of(end.edges)
        piece = min(max(np.searchsorted(edges, t, side="right") - 1, 0), len(edges) - 2)
        if end.kind == POWERS:
            x = (t - row_of(end.start)[piece]) / row_of(end.length)[piece]
            dense_state(cube_of(end.powers)[piece], x, out)
        else:
            series_at(edges, cube_of(end.series), piece, t, out)
    else:
        x, y, z = end.vector[0], end.vector[1], end.vector[2]
        if end.axes == ICRF:
            out[0], out[1], out[2] = x, y, z
        else:
            axes_matrix(end.axes, sky, t, turn)
            for k in range(3):
                out[k] = turn[0, k] * x + turn[1, k] * y + turn[2, k] * z


@compiled
def _greatest(levels, first, last):
    """Return the greatest value of a run; the lookup of ``range_max.RangeMax``."""
    level, width = 0, 1
    while 2 * width <= last - first + 1:
        level, width = level + 1, 2 * width
    return max(levels[level, first], levels[level, last - width + 1])


@compiled
def motion_bounds(end, a, b):
    """Return bounds on speed and acceleration of ``end`` about its centre over [a, b]."""
    if end.kind == STILL:
        return end.motion[0], end.motion[1]
    first, last = min(max(a, end.span[0]), end.span[1]), min(max(b, end.span[0]), end.span[1])
    edges = row_of(end.edges)
    n = len(edges) - 1
    i = min(max(np.searchsorted(edges, first, side="right") - 1, 0), n - 1)
    j = min(max(np.searchsorted(edges, last, side="left") - 1, i), n - 1)
    return _greatest(table_of(end.speed), i, j), _greatest(table_of(end.acceleration), i, j)
