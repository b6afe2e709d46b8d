"""CZML: spacecraft, sites and open links in motion, for Cesium.

Cesium knows the Earth's inertial and fixed axes. Spacecraft stand in ``INERTIAL`` (ICRF) axes
about the Earth's centre whatever they orbit: about the Moon its place is added, and the Moon
is there as an object of its own.

Format: AnalyticalGraphicsInc, "CZML Guide". [czml2023]
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Ephemeris, legs
from orbits.exports.nodes import NODES, nodes
from orbits.frames import GCRF, Frame, to_icrf
from orbits.sites import Site
from orbits.time import duration, parse_t, utc_iso

if TYPE_CHECKING:
    from orbits.almanac import Almanac
    from orbits.windows import Windows

Array = NDArray[np.float64]
Packet = dict[str, Any]
Span = tuple[float, float]

TOLERANCE = 0.1  # m: a scene; the file stays small
_STEP = 3600.0  # s between the places of a site that is not on the Earth
_SPEED = 600.0  # seconds of the scene in one of the clock
# Okabe and Ito's colours, as RGBA.
_COLOURS = ([230, 159, 0], [86, 180, 233], [0, 158, 115], [204, 121, 167], [213, 94, 0])
_SITE, _LINK, _MOON = [240, 228, 66], [0, 158, 115], [160, 160, 160]


@dataclass(frozen=True, eq=False, slots=True)
class _Geocentric:
    """A path in ICRF axes, moved to the Earth's centre."""

    path: Ephemeris
    almanac: "Almanac"

    @property
    def frame(self) -> Frame:
        return GCRF

    @property
    def span(self) -> Span:
        return self.path.span

    @property
    def joins(self) -> Array:
        return self.path.joins

    def position(self, t: Array) -> Array:
        center = self.path.frame.center
        return self.path.position(t) + self.almanac.position(center, "earth", t)

    def velocity(self, t: Array) -> Array:
        center = self.path.frame.center
        return self.path.velocity(t) + self.almanac.velocity(center, "earth", t)


@dataclass(frozen=True, eq=False, slots=True)
class _Body:
    """A body's own centre over a span, as a path."""

    name: str
    span: Span

    @property
    def joins(self) -> Array:
        return np.empty(0)

    @property
    def frame(self) -> Frame:
        return Frame(self.name, "ICRF")

    def position(self, t: Array) -> Array:
        return np.zeros((len(t), 3))

    velocity = position


def write_czml(
    path: str | Path,
    trajectories: Mapping[str, Ephemeris],
    sites: Mapping[str, Site],
    links: "Mapping[str, tuple[str, str, Windows]]",
    almanac: "Almanac",
    *,
    name: str,
    comments: tuple[str, ...] = (),
) -> None:
    """Write a scene to ``path``: where everything is, and when each link is open.

    Parameters
    ----------
    trajectories
        Spacecraft by name, of one span; m, m/s, TDB s past J2000.
    sites
        By name. A site of the Earth has geodetic coordinates, any other an inertial place.
    links
        By key: names of two ends, and the windows in which a line joins them.
    almanac : Almanac
        Moves paths to the Earth's centre.
    name : str
    comments : lines of text
        Provenance, in the description of the document.

    Raises
    ------
    ExportError
        If a trajectory jumps where it names no join.
    """
    span = next((p.span for p in trajectories.values()), None)
    span = span or next((windows.span for *_, windows in links.values()), None) or almanac.span
    about = {p.frame.center for p in trajectories.values()} | {s.body for s in sites.values()}
    packets = [_document(name, comments, span)]
    if "moon" in about:
        packets.append(_moon(span, almanac))
    for number, (key, trajectory) in enumerate(trajectories.items()):
        packets.append(_craft(key, trajectory, almanac, _COLOURS[number % len(_COLOURS)]))
    packets += [_site(key, one, span, almanac) for key, one in sites.items()]
    packets += [_link(key, *ends) for key, ends in links.items()]
    write_text(path, json.dumps(packets, allow_nan=False, ensure_ascii=False, indent=1) + "\n")


def _document(name: str, comments: tuple[str, ...], span: Span) -> Packet:
    said = (
        "Positions are in the Earth's inertial (ICRF) axes about its centre, in metres; times "
        "are seconds of TAI from a UTC epoch."
    )
    return {
        "id": "document",
        "name": name,
        "version": "1.0",
        "description": "\n".join([said, *comments]),
        "clock": {
            "interval": _interval(*span),
            "currentTime": utc_iso(span[0]),
            "multiplier": _SPEED,
            "range": "LOOP_STOP",
            "step": "SYSTEM_CLOCK_MULTIPLIER",
        },
    }


def _interval(start: float, stop: float) -> str:
    return f"{utc_iso(start)}/{utc_iso(stop)}"


def _color(rgb: list[int], alpha: int = 255) -> Packet:
    return {"rgba": [*rgb, alpha]}


def _label(text: str, rgb: list[int]) -> Packet:
    return {
        "text": text,
        "font": "12px sans-serif",
        "fillColor": _color(rgb),
        "pixelOffset": {"cartesian2": [10, 0]},
        "horizontalOrigin": "LEFT",
    }


def _moving(trajectory: Ephemeris, name: str) -> list[Packet]:
    """Return positions with velocities, one interval between two jumps of the velocity."""
    found = []
    for leg in legs(trajectory):
        t, _ = nodes(trajectory, leg, name, tolerance=TOLERANCE)
        epoch = str(utc_iso(leg[0]))
        rows = np.column_stack(
            [
                np.round(duration(parse_t(epoch), t), 6),
                np.round(trajectory.position(t), 3),
                np.round(trajectory.velocity(t), 6),
            ]
        )
        found.append(
            {
                "interval": _interval(*leg),
                "referenceFrame": "INERTIAL",
                "interpolationAlgorithm": "HERMITE",
                "interpolationDegree": 2 * NODES - 1,
                "epoch": epoch,
                "cartesianVelocity": rows.ravel().tolist(),
            }
        )
    return found


def _craft(name: str, trajectory: Ephemeris, almanac: "Almanac", rgb: list[int]) -> Packet:
    moved = trajectory
    if trajectory.frame.center != "earth":
        moved = _Geocentric(trajectory, almanac)
    return {
        "id": name,
        "name": name,
        "availability": _interval(*trajectory.span),
        "description": f"given about the {trajectory.frame.center}, shown about the Earth",
        "position": _moving(moved, name),
        "point": {"pixelSize": 8, "color": _color(rgb)},
        "label": _label(name, rgb),
        "path": {
            "material": {"solidColor": {"color": _color(rgb, 160)}},
            "width": 1.5,
            "resolution": 600,
        },
    }


def _moon(span: Span, almanac: "Almanac") -> Packet:
    size = body("moon").radius
    return {
        "id": "body:moon",
        "name": "Moon",
        "availability": _interval(*span),
        "position": _moving(_Geocentric(_Body("moon", span), almanac), "moon"),
        "ellipsoid": {
            "radii": {"cartesian": [size, size, size]},
            "material": {"solidColor": {"color": _color(_MOON)}},
        },
        "label": _label("Moon", _MOON),
    }


def _site(name: str, site: Site, span: Span, almanac: "Almanac") -> Packet:
    if site.body == "earth":
        where: Packet = {
            "cartographicDegrees": [
                *np.degrees(np.array([site.longitude, site.latitude], dtype=float)).tolist(),
                site.height,
            ]
        }
    else:
        t = np.linspace(*span, max(8, int(np.ceil((span[1] - span[0]) / _STEP)) + 1))
        epoch = str(utc_iso(span[0]))
        seconds = np.round(duration(parse_t(epoch), t), 6)
        rows = np.column_stack([seconds, np.round(to_icrf(site, t, almanac, "earth"), 3)])
        where = {
            "referenceFrame": "INERTIAL",
            "interpolationAlgorithm": "LAGRANGE",
            "interpolationDegree": 5,
            "epoch": epoch,
            "cartesian": rows.ravel().tolist(),
        }
    return {
        "id": name,
        "name": name,
        "position": where,
        "point": {"pixelSize": 6, "color": _color(_SITE)},
        "label": _label(name, _SITE),
    }


def _link(key: str, start: str, end: str, windows: "Windows") -> Packet:
    """Return a line between two objects, shown while the link is open."""
    rows = [(a, b, True) for a, b in zip(windows.start, windows.stop, strict=True)]
    closed = ~windows
    rows += [(a, b, False) for a, b in zip(closed.start, closed.stop, strict=True)]
    return {
        "id": key,
        "name": key,
        "polyline": {
            "positions": {"references": [f"{_escaped(x)}#position" for x in (start, end)]},
            "show": [
                {"interval": _interval(a, b), "boolean": held} for a, b, held in sorted(rows)
            ],
            "arcType": "NONE",
            "width": 1.5,
            "material": {"solidColor": {"color": _color(_LINK)}},
        },
    }


def _escaped(name: str) -> str:
    """Return a name as it stands in a reference, where some characters divide."""
    return name.replace("\\", "\\\\").replace("#", "\\#").replace(".", "\\.")
