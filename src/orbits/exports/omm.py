"""CCSDS OMM files: the mean elements of SGP4, as catalogues publish them.

Format: CCSDS 502.0-B-3, "Orbit Data Messages", section 4; its XML: 505.0-B-3. [ccsds502]
[ccsds505]
"""

import math
from pathlib import Path
from typing import Literal

from orbits.exports.atomic import write_text
from orbits.exports.ndm import NOTATIONS, Block, Entry, Message, Segment, checked
from orbits.propagators.element_sets import ElementSet
from orbits.time import utc_iso

_PER_DAY = 1440.0 / (2.0 * math.pi)  # revolutions a day of one radian a minute


def write_omm(
    path: str | Path,
    elements: ElementSet,
    *,
    name: str,
    notation: Literal["kvn", "xml"] = "kvn",
    comments: tuple[str, ...] = (),
) -> None:
    """Write an element set to ``path``: TEME, UTC, theory SGP4, every number to its last digit.

    The epoch has microseconds, as readers of the format keep it.

    Parameters
    ----------
    elements : ElementSet
    name : str
        OBJECT_NAME where the element set has none.
    notation : "kvn" or "xml"
    comments : lines of ASCII text

    Raises
    ------
    ExportError
        If a text is not ASCII.

    References
    ----------
    CCSDS 502.0-B-3, sec. 4.2. [ccsds502]
    """
    checked(elements.name or name, comments, elements.international_id, kind="OMM")
    metadata: list[Entry] = [
        ("OBJECT_NAME", elements.name or name, None),
        ("OBJECT_ID", elements.international_id or "UNKNOWN", None),
        ("CENTER_NAME", "EARTH", None),
        ("REF_FRAME", "TEME", None),
        ("TIME_SYSTEM", "UTC", None),
        ("MEAN_ELEMENT_THEORY", "SGP4", None),
    ]
    blocks = [
        Block("meanElements", _mean(elements)),
        Block("tleParameters", _catalogue(elements.model)),
    ]
    message = Message("OMM", comments, [Segment(metadata, blocks)])
    write_text(path, NOTATIONS[notation](message))


def _mean(elements: ElementSet) -> list[Entry]:
    model = elements.model
    epoch = str(utc_iso(elements.epoch, 6)).removesuffix("Z")
    angles = (
        ("INCLINATION", model.inclo),
        ("RA_OF_ASC_NODE", model.nodeo),
        ("ARG_OF_PERICENTER", model.argpo),
        ("MEAN_ANOMALY", model.mo),
    )
    return [
        ("EPOCH", epoch, None),
        ("MEAN_MOTION", repr(model.no_kozai * _PER_DAY), "rev/day"),
        ("ECCENTRICITY", f"{model.ecco:.17f}", None),
        *((key, repr(math.degrees(angle)), "deg") for key, angle in angles),
    ]


def _catalogue(model) -> list[Entry]:
    rate = _PER_DAY * 1440.0
    return [
        ("EPHEMERIS_TYPE", "0", None),
        ("CLASSIFICATION_TYPE", model.classification.strip() or "U", None),
        ("NORAD_CAT_ID", str(model.satnum), None),
        ("ELEMENT_SET_NO", str(model.elnum), None),
        ("REV_AT_EPOCH", str(model.revnum), None),
        ("BSTAR", repr(model.bstar), "1/ER"),
        ("MEAN_MOTION_DOT", repr(model.ndot * rate), "rev/day**2"),
        ("MEAN_MOTION_DDOT", repr(model.nddot * rate * 1440.0), "rev/day**3"),
    ]
