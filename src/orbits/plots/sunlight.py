"""The Sun and an orbit: beta angle, and the eclipses that follow from it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orbits.geometry.sun import beta_angle
from orbits.plots.drawing import Words
from orbits.plots.layout import stack
from orbits.plots.style import (
    BLUE,
    COLOURS,
    FAINT,
    INK,
    blank,
    dates,
    heading,
    label,
    legend_below,
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


def beta_figure(
    path: Any, almanac: Any, span: Span, eclipses: Sequence[tuple[str, Any]], preset: str,
    words: Words,
) -> Figure:  # fmt: skip
    """Return the beta angle over the span and, where they are known, the eclipses under it."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    if not eclipses:
        (ax,) = stack(figure, size, [1.0], 0.0)
        beta(path, almanac, span, ax=ax)
        return figure
    top, low = stack(figure, size, [1.0, 1.0], 0.3 if preset == "slide" else 0.2)
    beta(path, almanac, span, ax=top, place="first")
    eclipse_durations(eclipses, span, ax=low, place="last")
    legend_below(figure, [low], preset)
    return figure
