"""The Sun and an orbit: beta angle, and the eclipses that follow from it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orbits.geometry.sun import beta_angle
from orbits.plots.drawing import Words
from orbits.plots.layout import align, stack
from orbits.plots.style import (
    BLUE,
    COLOURS,
    FAINT,
    INK,
    LINES,
    RED,
    SHADE,
    blank,
    dates,
    heading,
    label,
    legend_below,
    placed,
    pt,
    sheet,
    styled,
    utc_axis,
)  # fmt: skip

Span = tuple[float, float]
_MARKS = ("o", "s", "^", "D", "v")
_CROWD = 80  # eclipses beyond which each is a dot


@styled()
def beta(path: Any, almanac: Any, span: Span, *, ax: Axes, place: str = "alone") -> Axes:
    """Draw the angle of the Sun above the orbit plane of ``path`` against time.

    Parameters
    ----------
    path : Trajectory
    almanac : Almanac
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    place : str
        In a stack of panels, see `utc_axis`.
    """
    t = np.linspace(*span, 1000)
    ax.axhline(0.0, color=FAINT, lw=pt(0.8), zorder=1.5)
    angle = np.degrees(beta_angle(path, almanac, t))
    ax.plot(dates(t), angle, color=BLUE, lw=pt(1.6), zorder=3)
    least, most = float(angle.min()), float(angle.max())
    room = 0.12 * max(most - least, 2.0)
    ax.set_ylim(least - room, most + room)
    ax.set_ylabel(label("Beta angle", "deg"))
    utc_axis(ax, span, place)
    return ax


@styled()
def eclipse_durations(
    eclipses: Sequence[tuple[str, Any]], span: Span, *, ax: Axes, place: str = "alone",
    battery: float | None = None,
) -> Axes:  # fmt: skip
    """Draw how long each eclipse lasts, at its middle.

    Parameters
    ----------
    eclipses : sequence of (name, Windows)
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    place : str
        In a stack of panels, see `utc_axis`.
    battery : float, s, optional
        Drawn as a limit.
    """
    most, crowd = 0.0, max((windows.count for _, windows in eclipses), default=0)
    for k, (name, windows) in enumerate(eclipses):
        if not windows.count:
            continue
        x = dates(0.5 * (windows.start + windows.stop))
        minutes = windows.durations / 60.0
        most = max(most, float(minutes.max()))
        colour = COLOURS[k % len(COLOURS)]
        if crowd < _CROWD:
            ax.vlines(x, 0.0, minutes, color=colour, lw=pt(1.0), zorder=2)
        size, rim = (pt(6), "white") if crowd < _CROWD else (pt(2.5), colour)
        ax.plot(
            x, minutes, _MARKS[k % len(_MARKS)], ms=size, mfc=colour, mec=rim, zorder=3,
            label=name,
        )  # fmt: skip
    if battery is not None:
        most = max(most, battery / 60.0)
        ax.axhline(battery / 60.0, color=INK, ls=(0, (6, 2)), lw=pt(1.2), label="battery")
    if most == 0.0:
        ax.text(0.5, 0.5, "no eclipse in the span", transform=ax.transAxes, ha="center")
    ax.set_ylim(0.0, 1.15 * most or 1.0)
    ax.set_ylabel(label("Eclipse", "min"))
    utc_axis(ax, span, place)
    return ax


def beta_figure(path: Any, almanac: Any, span: Span, preset: str, words: Words) -> Figure:
    """Return the beta angle over the span."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    (ax,) = stack(figure, size, [1.0], 0.0)
    beta(path, almanac, span, ax=ax)
    return figure


def eclipses_figure(
    eclipses: Sequence[tuple[str, Any]], edges: np.ndarray, span: Span, preset: str,
    words: Words, battery: float | None = None,
) -> Figure:  # fmt: skip
    """Return how long eclipses last and, with ``edges`` of days, how long each day is dark.

    ``battery``, s, is drawn as a limit.
    """
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    shares = [1.0, 1.0] if edges.size > 2 else [1.0]
    axes = stack(figure, size, shares, 0.3 if preset == "slide" else 0.2)
    place = placed(0, len(axes))
    eclipse_durations(eclipses, span, place=place, battery=battery, ax=axes[0])
    if len(axes) > 1:
        darkness(eclipses, edges, span, place="last", ax=axes[1])
    align(axes, size)
    legend_below(figure, axes, preset)
    return figure


@styled()
def darkness(
    eclipses: Sequence[tuple[str, Any]], edges: np.ndarray, span: Span, *, ax: Axes,
    place: str = "alone",
) -> Axes:  # fmt: skip
    """Draw the minutes of each day in shadow, a step for each kind of eclipse.

    Parameters
    ----------
    eclipses : sequence of (name, Windows)
    edges : (k + 1,) array, s TDB past J2000
        Of the days.
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    place : str
        In a stack of panels, see `utc_axis`.
    """
    for k, (_, windows) in enumerate(eclipses):
        minutes = windows.totals(edges) / 60.0
        line = {"color": COLOURS[k % len(COLOURS)], "ls": LINES[k % len(LINES)]}
        ax.stairs(minutes, dates(edges), lw=pt(1.5), zorder=3, **line)
    ax.set_ylim(bottom=0.0)
    ax.set_ylabel(label("Dark", "min per UTC day"))
    utc_axis(ax, span, place)
    return ax


@styled()
def sun_angle(
    t: np.ndarray, angle: np.ndarray, limit: float | None, span: Span, *, ax: Axes
) -> Axes:
    """Draw the angle between the Sun and a spacecraft as seen from the Earth's centre.

    Parameters
    ----------
    t : (n,) array, s TDB past J2000
    angle : (n,) array, rad
    limit : float, rad, optional
        What links must keep from the Sun.
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    """
    degrees = np.degrees(angle)
    ax.plot(dates(t), degrees, color=BLUE, lw=pt(1.6), zorder=3)
    if limit is not None:
        ax.axhspan(0.0, np.degrees(limit), fc=SHADE, ec="none", zorder=0.5)
        ax.axhline(
            np.degrees(limit), color=INK, lw=pt(1.0), ls=(0, (4, 2)), zorder=2,
            label="least angle that a link allows",
        )  # fmt: skip
    for k, low in ((int(np.argmin(degrees)), True), (int(np.argmax(degrees)), False)):
        edge = (t[k] - span[0]) / (span[1] - span[0])
        ax.plot(dates(t[k]), degrees[k], "v" if low else "^", color=RED, ms=pt(6), zorder=4)
        ax.annotate(
            f"{degrees[k]:.1f}\N{DEGREE SIGN}", (dates(t[k]), degrees[k]),
            xytext=(0, pt(-9.0 if low else 8.0)), textcoords="offset points",
            ha="left" if edge < 0.1 else "right" if edge > 0.9 else "center",
            va="top" if low else "bottom", fontsize="small",
        )  # fmt: skip
    ax.set_ylim(-16.0, 196.0)
    ax.set_yticks(np.arange(0, 181, 30))
    ax.set_ylabel(label("Sun - Earth - spacecraft", "deg"))
    utc_axis(ax, span)
    return ax


def sun_angle_figure(
    t: np.ndarray, angle: np.ndarray, limit: float | None, span: Span, preset: str,
    words: Words,
) -> Figure:  # fmt: skip
    """Return the angle between the Sun and a spacecraft."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    (ax,) = stack(figure, size, [1.0], 0.0)
    sun_angle(t, angle, limit, span, ax=ax)
    legend_below(figure, [ax], preset)
    return figure
