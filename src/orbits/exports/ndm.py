"""CCSDS orbit data messages: one content, in keyword notation (KVN) or as XML.

A message is a header and segments; a segment has metadata and blocks of data, whose entries are
(keyword, value, unit). Formats: CCSDS 502.0-B-3, "Orbit Data Messages"; 505.0-B-3, "XML
Specification for Navigation Data Messages". [ccsds502] [ccsds505]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from orbits.errors import ExportError
from orbits.exports.ephemeris import Ephemeris
from orbits.mission.provenance import created_utc
from orbits.time import utc_iso

Entry = tuple[str, str, str | None]  # keyword, value, unit

_J2000 = np.datetime64("2000-01-01T12:00:00", "ns")  # TDB
_CENTERS = {"ssb": "SOLAR SYSTEM BARYCENTER", "emb": "EARTH BARYCENTER"}
_XML_VERSION = "http://www.w3.org/2001/XMLSchema-instance"
_XML_SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-3.0.0-master-3.0.xsd"


@dataclass(frozen=True, slots=True)
class Block:
    """Data of one kind: the name of its XML element, and its entries."""

    element: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Segment:
    """Metadata, and the data they describe."""

    metadata: Sequence[Entry]
    blocks: Iterable[Block]


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its kind ("OEM", "OPM", "OMM"), comments of the header, segments."""

    kind: str
    comments: Sequence[str]
    segments: Sequence[Segment]
    version: str = "2.0"


def checked(name: str, comments: Iterable[str], *texts: str, kind: str) -> None:
    """Refuse texts that the notation cannot hold.

    Raises
    ------
    ExportError
        If one is not an ASCII line.
    """
    for text in (name, *comments, *texts):
        if not text.isascii() or "\n" in text or "\r" in text:
            raise ExportError(f"names and comments of an {kind} are ASCII lines, got {text!r}")


def identity(
    trajectory: Ephemeris, name: str, object_id: str, scale: str, kind: str
) -> list[Entry]:
    """Return the metadata that every message begins with.

    Raises
    ------
    ExportError
        If the axes are not those of the ICRF.
    """
    if trajectory.frame.axes != "ICRF":
        raise ExportError(
            f"an {kind} of {name} needs ICRF axes, but it is in {trajectory.frame.axes}; "
            "convert the trajectory first"
        )
    center = trajectory.frame.center
    return [
        ("OBJECT_NAME", name, None),
        ("OBJECT_ID", object_id, None),
        ("CENTER_NAME", _CENTERS.get(center, center.upper()), None),
        ("REF_FRAME", "ICRF", None),
        ("TIME_SYSTEM", scale, None),
    ]


def instants(t: np.ndarray, scale: str) -> list[str]:
    """Return ISO 8601 texts to a nanosecond in ``scale``, without a zone as the format asks."""
    if scale == "UTC":
        return [text.removesuffix("Z") for text in utc_iso(t, digits=9)]
    nanoseconds = np.rint(t * 1e9).astype("timedelta64[ns]")
    return np.datetime_as_string(_J2000 + nanoseconds).tolist()


def _header() -> list[Entry]:
    return [
        ("CREATION_DATE", created_utc().removesuffix("Z"), None),
        ("ORIGINATOR", "ORBITS", None),
    ]


# -- keyword notation ---------------------------------------------------------------------


def kvn(message: Message) -> str:
    """Return a message in keyword notation; an OEM has its states as lines of numbers."""
    lines = [f"CCSDS_{message.kind}_VERS = {message.version}"]
    lines += [f"COMMENT {line}" for line in message.comments]
    lines += _pairs(_header())
    for segment in message.segments:
        lines.append("")
        if message.kind == "OEM":
            lines += ["META_START", *_pairs(segment.metadata), "META_STOP", ""]
            lines += [
                " ".join(value for _, value, _ in block.entries) for block in segment.blocks
            ]
        else:
            lines += _pairs(segment.metadata)
            for block in segment.blocks:
                lines += ["", *_pairs(block.entries)]
    return "\n".join(lines) + "\n"


def _pairs(entries: Iterable[Entry]) -> list[str]:
    return [
        f"COMMENT {value}"
        if key == "COMMENT"
        else f"{key} = {value}{f' [{unit}]' if unit else ''}"
        for key, value, unit in entries
    ]


# -- XML ----------------------------------------------------------------------------------


def xml(message: Message) -> str:
    """Return a message as XML, elements without a namespace."""
    kind = message.kind.lower()
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{kind} xmlns:xsi="{_XML_VERSION}" xsi:noNamespaceSchemaLocation="{_XML_SCHEMA}" '
        f'id="CCSDS_{message.kind}_VERS" version="{message.version}">',
    ]
    comments: list[Entry] = [("COMMENT", line, None) for line in message.comments]
    lines += _element("header", [*comments, *_header()])
    lines.append("<body>")
    for segment in message.segments:
        lines += ["<segment>", *_element("metadata", segment.metadata), "<data>"]
        for block in segment.blocks:
            lines += _element(block.element, block.entries)
        lines += ["</data>", "</segment>"]
    return "\n".join([*lines, "</body>", f"</{kind}>"]) + "\n"


def _element(name: str, entries: Iterable[Entry]) -> list[str]:
    lines = [f"<{name}>"]
    for key, value, unit in entries:
        said = f' units="{unit}"' if unit else ""
        lines.append(f"<{key}{said}>{escape(value)}</{key}>")
    return [*lines, f"</{name}>"]


NOTATIONS = {"kvn": kvn, "xml": xml}
