"""CCSDS OPM files: one state with its elements, and the spacecraft it belongs to.

Format: CCSDS 502.0-B-3, "Orbit Data Messages", section 3; its XML: 505.0-B-3. [ccsds502]
[ccsds505]
"""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from orbits.elements import cartesian_to_keplerian
from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Ephemeris
from orbits.exports.ndm import (
    NOTATIONS,
    Block,
    Entry,
    Message,
    Segment,
    checked,
    identity,
    instants,
)

if TYPE_CHECKING:
    from orbits.spacecraft import Spacecraft

_UNITS = (("X", "Y", "Z"), "km", 9), (("X_DOT", "Y_DOT", "Z_DOT"), "km/s", 12)


def write_opm(
    path: str | Path,
    trajectory: Ephemeris,
    craft: "Spacecraft",
    *,
    mu: float,
    object_id: str,
    notation: Literal["kvn", "xml"] = "kvn",
    comments: tuple[str, ...] = (),
) -> None:
    """Write the state at the start to ``path``, with its elements and the spacecraft.

    TDB, ICRF axes. Elements are left out for an orbit that is not closed; drag and radiation
    are there where the spacecraft has them.

    Parameters
    ----------
    trajectory
        ICRF axes about a body; m, m/s, TDB s past J2000.
    craft : Spacecraft
        Its name is OBJECT_NAME.
    mu : float, m3/s2
        Of the centre, for the elements.
    object_id : str
        International designator where there is one.
    notation : "kvn" or "xml"
    comments : lines of ASCII text

    Raises
    ------
    ExportError
        If the axes are not ICRF or a text is not ASCII.

    References
    ----------
    CCSDS 502.0-B-3, sec. 3.2. [ccsds502]
    """
    metadata = identity(trajectory, craft.name, object_id, "TDB", "OPM")
    checked(craft.name, comments, object_id, kind="OPM")
    # Many readers keep microseconds: the epoch is the first whole one of the span.
    at = np.array([math.ceil(trajectory.span[0] * 1e6) / 1e6])
    r, v = trajectory.position(at)[0], trajectory.velocity(at)[0]
    blocks = [Block("stateVector", _state(instants(at, "TDB")[0][:26], r, v))]
    elements = _elements(r, v, mu)
    if elements:
        blocks.append(Block("keplerianElements", elements))
    blocks.append(Block("spacecraftParameters", _body(craft)))
    message = Message("OPM", comments, [Segment(metadata, blocks)])
    write_text(path, NOTATIONS[notation](message))


def _state(epoch: str, r: np.ndarray, v: np.ndarray) -> list[Entry]:
    entries: list[Entry] = [("EPOCH", epoch, None)]
    for (keys, unit, digits), vector in zip(_UNITS, (r, v), strict=True):
        entries += [
            (key, f"{x / 1e3:.{digits}f}", unit) for key, x in zip(keys, vector, strict=True)
        ]
    return entries


def _elements(r: np.ndarray, v: np.ndarray, mu: float) -> list[Entry]:
    """Return the osculating elements of an ellipse; none for another conic."""
    found = np.array(cartesian_to_keplerian(r, v, mu)[:6], dtype=float)
    a, e, *angles = found.tolist()
    if not e < 1.0:
        return []
    keys = ("INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "TRUE_ANOMALY")
    return [
        ("SEMI_MAJOR_AXIS", f"{a / 1e3:.9f}", "km"),
        ("ECCENTRICITY", f"{e:.15f}", None),
        *(
            (key, f"{math.degrees(angle) % 360.0:.12f}", "deg")
            for key, angle in zip(keys, angles, strict=True)
        ),
        ("GM", f"{mu / 1e9:.9f}", "km**3/s**2"),
    ]


def _body(craft: "Spacecraft") -> list[Entry]:
    """Return mass, and area and coefficient of radiation and drag."""
    surfaces = (
        ("SOLAR_RAD", craft.radiation_area, craft.reflectivity),
        ("DRAG", craft.drag_area, craft.drag_coefficient),
    )
    entries: list[Entry] = [("MASS", f"{craft.mass:.9g}", "kg")]
    for name, area, coefficient in surfaces:
        if area > 0.0:
            entries.append((f"{name}_AREA", f"{area:.9g}", "m**2"))
            entries.append((f"{name}_COEFF", f"{coefficient:.9g}", None))
    return entries
