"""How missions, trajectories and windows show themselves in a notebook: tables and figures.

HTML and SVG as text, without scripts and outside addresses; whatever comes from a mission
file is escaped. Colours are readable on light and on dark pages. Units of the edge: km, h, UTC.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import BODIES
from orbits.time import duration, utc_iso

Array = NDArray[np.float64]

ROWS = 20  # of windows that are listed
_POINTS = 1500  # of a drawn path
_BLUE, _GREEN, _GREY = "#0072b2", "#009e73", "#888888"  # Okabe and Ito
_WIDE, _HIGH, _SIDE, _EDGE = 640, 44, 300, 24  # pixels


def table(caption: str, rows: Iterable[Sequence[object]], head: Sequence[str] = ()) -> str:
    """Return an HTML table; a row's first cell is its heading. Every text is escaped."""
    lines = [f"<table><caption>{escape(caption)}</caption>"]
    if head:
        cells = "".join(f'<th scope="col">{escape(word)}</th>' for word in head)
        lines.append(f"<thead><tr>{cells}</tr></thead>")
    lines.append("<tbody>")
    for first, *others in rows:
        cells = "".join(f"<td>{escape(str(cell))}</td>" for cell in others)
        lines.append(f'<tr><th scope="row">{escape(str(first))}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody></table>"])


def _svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    said = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{said}" '
        f'font-family="sans-serif" font-size="11"><title>{said}</title>'
        + "".join(parts)
        + "</svg>"
    )


# -- windows ------------------------------------------------------------------------------


def of_windows(windows: Any) -> str:
    """Return windows as a bar over their span and a table of the first of them."""
    start, stop = np.asarray(windows.start), np.asarray(windows.stop)
    share = f"{100.0 * windows.availability:.3f} %"
    caption = f"{len(start)} windows, {windows.total / 3600.0:.3f} h, {share} of the span"
    rows: list[tuple[object, ...]] = [
        (number, utc_iso(a), utc_iso(b), f"{float(duration(a, b)) / 3600.0:.4f}", *causes)
        for number, (a, b, *causes) in enumerate(
            zip(
                start[:ROWS].tolist(), stop[:ROWS].tolist(),
                windows.start_cause[:ROWS], windows.stop_cause[:ROWS], strict=True,
            ),
            start=1,
        )
    ]  # fmt: skip
    if len(start) > ROWS:
        rows.append(("...", f"{len(start) - ROWS} more", "", "", "", ""))
    head = ("", "start UTC", "stop UTC", "hours", "opened by", "closed by")
    return f"<div>{_timeline(windows)}{table(caption, rows, head)}</div>"


def _timeline(windows: Any) -> str:
    t0, t1 = windows.span
    scale = (_WIDE - 2.0) / (t1 - t0)
    parts = [
        f'<rect x="1" y="2" width="{_WIDE - 2}" height="18" fill="none" stroke="{_GREY}"/>'
    ]
    for a, b in zip(np.asarray(windows.start), np.asarray(windows.stop), strict=True):
        wide = max((b - a) * scale, 0.5)
        parts.append(
            f'<rect x="{1.0 + (a - t0) * scale:.2f}" y="3" width="{wide:.2f}" height="16" '
            f'fill="{_GREEN}"/>'
        )
    for x, anchor, t in ((1, "start", t0), (_WIDE - 1, "end", t1)):
        parts.append(
            f'<text x="{x}" y="36" text-anchor="{anchor}" fill="{_GREY}">{utc_iso(t, 0)}</text>'
        )
    return _svg(_WIDE, _HIGH, "windows over their span", parts)


# -- states and trajectories --------------------------------------------------------------


def of_state(state: Any) -> str:
    """Return a state as a table: UTC, km and km/s in its frame."""
    rows = [
        ("time", utc_iso(state.t, 6), "UTC"),
        ("frame", f"{state.frame.axes} about {state.frame.center}", ""),
        *((name, f"{x / 1e3:.6f}", "km") for name, x in zip("xyz", state.r, strict=True)),
        *((f"v{c}", f"{x / 1e3:.9f}", "km/s") for c, x in zip("xyz", state.v, strict=True)),
    ]
    if state.mass is not None:
        rows.append(("mass", f"{state.mass:.3f}", "kg"))
    return table("State", rows)


def of_trajectory(trajectory: Any) -> str:
    """Return a trajectory as two views about its centre and a table of what it is."""
    t0, t1 = trajectory.span
    t = np.linspace(t0, t1, _POINTS)
    r = trajectory.position(t)
    distance = np.linalg.norm(np.vstack([r, trajectory.r]), axis=1) / 1e3
    frame = trajectory.frame
    rows = [
        ("span", f"{utc_iso(t0)} to {utc_iso(t1)}", "UTC"),
        ("frame", f"{frame.axes} about {frame.center}", ""),
        ("distance", f"{distance.min():.1f} to {distance.max():.1f}", "km"),
        ("pieces", len(trajectory.t) - 1, ""),
        ("jumps", len(trajectory.joins), ""),
        *(
            (key, value, "")
            for key, value in trajectory.provenance.items()
            if isinstance(value, str | int | float)
        ),
    ]
    body = BODIES.get(frame.center)
    size = body.radius if body is not None else 0.0
    return f"<div>{_views(r, size, frame.center)}{table('Trajectory', rows)}</div>"


def _views(r: Array, radius: float, center: str) -> str:
    """Return the path seen along -z and along +y, hidden parts dashed; equal scales."""
    reach = max(float(np.abs(r).max()), radius)
    scale = (0.5 * _SIDE - _EDGE) / reach
    parts = []
    for number, (across, up, towards, sign) in enumerate(((0, 1, 2, 1.0), (0, 2, 1, -1.0))):
        middle = _SIDE * (number + 0.5), 0.5 * _SIDE
        x = middle[0] + scale * r[:, across]
        y = middle[1] - scale * r[:, up]
        behind = (sign * r[:, towards] < 0.0) & (np.hypot(r[:, across], r[:, up]) < radius)
        parts.append(
            f'<circle cx="{middle[0]}" cy="{middle[1]}" r="{max(scale * radius, 1.0):.2f}" '
            f'fill="{_GREY}" fill-opacity="0.35"/>'
        )
        parts += _lines(x, y, behind)
        words = f"{'xyz'[across]}-{'xyz'[up]}, {center} in the middle"
        parts.append(
            f'<text x="{middle[0] - 0.5 * _SIDE + 6}" y="14" fill="{_GREY}">{words}</text>'
        )
    nice = 10.0 ** math.floor(math.log10(reach))
    wide = scale * nice
    parts.append(
        f'<path d="M6 {_SIDE - 10}h{wide:.2f}" stroke="{_GREY}" stroke-width="2"/>'
        f'<text x="{12 + wide:.2f}" y="{_SIDE - 6}" fill="{_GREY}">{nice / 1e3:g} km</text>'
    )
    return _svg(2 * _SIDE, _SIDE, f"two views of the path about the {center}", parts)


def _lines(x: Array, y: Array, behind: NDArray[np.bool_]) -> list[str]:
    """Return the runs of a path, each with the first point of the next."""
    edges = [0, *(np.flatnonzero(np.diff(behind)) + 1).tolist(), len(x)]
    found = []
    for first, last in pairwise(edges):
        points = " ".join(
            f"{a:.1f},{b:.1f}"
            for a, b in zip(x[first : last + 1], y[first : last + 1], strict=True)
        )
        dashes = ' stroke-dasharray="2 3"' if behind[first] else ""
        found.append(
            f'<polyline points="{points}" fill="none" stroke="{_BLUE}" stroke-width="0.7"'
            f"{dashes}/>"
        )
    return found


# -- missions -----------------------------------------------------------------------------


def of_mission(mission: Any) -> str:
    """Return what a mission holds, as tables."""
    said = mission.mission
    end = said.stop if said.stop is not None else said.duration
    rows = [
        ("summary", said.summary),
        ("start", _instant(said.start)),
        ("stop" if said.stop is not None else "duration", _instant(end)),
        ("ephemeris", said.ephemeris),
        ("links", ", ".join(mission.link)),
        ("chains", ", ".join(mission.chain)),
        ("sites", ", ".join(mission.site)),
        ("requirements", len(mission.requirement)),
        ("flown", len(mission.flown)),
    ]
    crafts: Mapping[str, Any] = mission.spacecraft
    flying = [
        (
            name,
            craft.orbit.kind,
            getattr(craft.orbit, "center", ""),
            craft.dynamics.model,
            ", ".join(craft.orbit.assumed),
        )
        for name, craft in crafts.items()
    ]
    parts = [table(said.name, rows)]
    if flying:
        head = ("spacecraft", "orbit", "centre", "model", "assumed")
        parts.append(table("Spacecraft", flying, head))
    return f"<div>{''.join(parts)}</div>"


def _instant(value: Any) -> str:
    scale = getattr(value, "scale", "")
    return f"{value.isot} {scale.upper()}" if scale else str(value)
