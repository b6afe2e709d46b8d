"""Whole figures: panels, heading, legend and footer, at the size of a preset."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from orbits.geometry.apses import Apses
from orbits.plots.contacts import Band, Row, contacts
from orbits.plots.drawing import Words
from orbits.plots.ground_track import ground_track
from orbits.plots.layout import panel, stack, to_scale
from orbits.plots.orbit import VIEWS, Scene, orbit_view
from orbits.plots.rotating import rotating_frame, rotating_points
from orbits.plots.series import Ranging, apsis_altitudes, distance, light_time_axis
from orbits.plots.sky import Pass, elevation, sky
from orbits.plots.style import (
    COLOURS,
    LINES,
    SCALE,
    blank,
    elapsed,
    heading,
    label,
    legend_below,
    placed,
    sheet,
)  # fmt: skip

Span = tuple[float, float]


def orbit_figure(path: Any, almanac: Any, span: Span, preset: str, words: Words) -> Figure:
    """Return the three views of a trajectory about its centre."""
    size, slide = sheet(preset), preset == "slide"
    scene = Scene.of(path, almanac, span)
    ranges = [tuple(np.ptp(scene.extent(view) / SCALE, axis=1)) for view in VIEWS]
    gap = 1.0 if slide else 0.55
    wide = size.width - size.left - size.right - 2 * gap
    tall = wide * max(h for _, h in ranges) / sum(w for w, _ in ranges)
    figure = blank(preset, None if slide else min(size.height, size.top + tall + size.bottom))
    heading(figure, preset, words.title, words.line)
    top = figure.get_figheight() - size.top + 0.25 * slide
    panels = to_scale(figure, size, ranges, gap, top, size.bottom)
    for view, ax in zip(VIEWS, panels, strict=True):
        orbit_view(path, almanac, span, view=view, scene=scene, ax=ax)
    legend_below(figure, panels, preset)
    return figure


def rotating_figure(path: Any, almanac: Any, span: Span, preset: str, words: Words) -> Figure:
    """Return two projections of the rotating frame, and the same two close to the Moon."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    points = rotating_points(path, almanac, span)
    width, height = figure.get_size_inches()
    slide = preset == "slide"
    across, low, mid, thin = (1.0, 0.78, 0.72, 0.16) if slide else (0.6, 0.62, 0.5, 0.12)
    room = height - size.top - low - mid - thin + 0.25 * slide
    strip, close = 0.22 * room, 0.56 * room
    wide = width - size.left - size.right
    half = 0.5 * (wide - across)
    base = low + close + mid
    panels = [
        (panel(figure, size.left, base + strip + thin, wide, strip), "xy", True),
        (panel(figure, size.left, base, wide, strip), "xz", True),
        (panel(figure, size.left, low, half, close), "xy", False),
        (panel(figure, size.left + half + across, low, half, close), "xz", False),
    ]
    for ax, plane, whole in panels:
        rotating_frame(path, almanac, span, plane=plane, whole=whole, points=points, ax=ax)
    panels[0][0].tick_params(axis="x", labelbottom=False)
    panels[0][0].set_xlabel("")
    return figure


def contacts_figure(
    rows: Sequence[Row], bands: Sequence[Band], span: Span, preset: str, words: Words
) -> Figure:
    """Return the contact chart of a chain."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    width, height = figure.get_size_inches()
    left = 0.16 + 0.0088 * size.font * max(len(row.name) for row in rows)
    right = 0.115 * size.font
    ax = panel(figure, left, size.bottom, width - left - right, height - size.top - size.bottom)
    contacts(rows, span, bands=bands, ax=ax)
    legend_below(figure, [ax], preset)
    return figure


def elevation_figure(
    tracks: Sequence[tuple[str, Sequence[Pass]]],
    span: Span,
    preset: str,
    words: Words,
) -> Figure:
    """Return elevation against time, one panel for each site."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    slide = preset == "slide"
    panels = stack(figure, size, [1.0] * len(tracks), 0.3 if slide else 0.2)
    colours = cycle(COLOURS)
    for k, (ax, (site, passes)) in enumerate(zip(panels, tracks, strict=True)):
        for j, track in enumerate(passes):
            line, place = LINES[j % len(LINES)], placed(k, len(tracks))
            elevation(track, span, colour=next(colours), line=line, place=place, ax=ax)
        ax.set_ylabel("")
        ax.text(
            0.006, 0.94, site, transform=ax.transAxes, va="top", weight="bold", zorder=6,
            bbox={"fc": "white", "ec": "none", "alpha": 0.85, "pad": 1.5},
        )  # fmt: skip
    figure.supylabel("Elevation [deg]", x=0.012, fontsize=size.font)
    legend_below(figure, panels, preset)
    return figure


def sky_figure(
    track: Pass, mask: tuple[np.ndarray, np.ndarray] | None, preset: str, words: Words
) -> Figure:
    """Return the sky of a site with the colour bar of its days."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    width, height = figure.get_size_inches()
    across = height - size.top - size.bottom - 0.006 * size.font
    bottom = size.bottom + 0.012 * size.font
    ax = panel(figure, 0.5 * (width - across), bottom, across, across, projection="polar")
    sky(track, mask=mask, ax=ax)
    bar = panel(
        figure,
        0.5 * (width + across) + 0.09 * size.font,
        bottom + 0.2 * across,
        0.014 * size.font,
        0.6 * across,
    )
    unit, _ = elapsed(float(track.t[-1] - track.t[0]) / 86400.0)
    figure.colorbar(ax.collections[-1], cax=bar, label=label("Link open: elapsed", unit))
    legend_below(figure, [ax], preset)
    return figure


def ground_track_figure(
    path: Any, almanac: Any, span: Span, sites: Sequence[Any], windows: Any, preset: str,
    words: Words,
) -> Figure:  # fmt: skip
    """Return the ground track on the body at the centre."""
    size, slide = sheet(preset), preset == "slide"
    wide = size.width - size.left - size.right
    tall = min(size.height - size.top - size.bottom + 0.35 * slide, 0.5 * wide)
    figure = blank(preset, None if slide else tall + size.top + size.bottom)
    heading(figure, preset, words.title, words.line)
    width = size.width
    ax = panel(figure, 0.5 * (width - 2 * tall) + 0.02 * size.font, size.bottom, 2 * tall, tall)
    center = path.frame.center
    ground_track(path, almanac, span, name=center, sites=sites, windows=windows, ax=ax)
    legend_below(figure, [ax], preset)
    return figure


def range_figure(
    panels: Sequence[Sequence[Ranging]], span: Span, preset: str, words: Words
) -> Figure:
    """Return range and light time: a panel for each link, a line for each of its legs."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    gap = 0.45 if preset == "slide" else 0.3
    axes = stack(figure, size, [1.0] * len(panels), gap, right=0.075 * size.font)
    colours = cycle(COLOURS)
    for k, (ax, legs) in enumerate(zip(axes, panels, strict=True)):
        for j, leg in enumerate(legs):
            line, place = LINES[j % len(LINES)], placed(k, len(panels))
            distance(
                leg, span, colour=next(colours), line=line, closed=len(legs) == 1, place=place,
                ax=ax,
            )  # fmt: skip
        longest = max(float(np.max(leg.length)) for leg in legs)
        light_time_axis(ax, milliseconds=longest < 1e8)
    legend_below(figure, axes, preset)
    return figure


def apses_figure(passages: Apses, center: str, span: Span, preset: str, words: Words) -> Figure:
    """Return the altitudes of periapsis and apoapsis over the span."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    low, high = stack(figure, size, [1.0, 1.0], 0.3 if preset == "slide" else 0.2)
    apsis_altitudes(passages, center, span, which="periapsis", place="first", ax=low)
    apsis_altitudes(passages, center, span, which="apoapsis", place="last", ax=high)
    return figure
