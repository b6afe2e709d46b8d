"""The sky of a site: elevation against time, and the track in azimuth and elevation."""

from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from orbits.plots.sampling import pieces, stretches
from orbits.plots.style import (
    BLUE,
    FAINT,
    INK,
    SHADE,
    dates,
    elapsed,
    label,
    pt,
    styled,
    utc_axis,
)

Horizon = Any  # azimuths (n,), rad -> lowest open elevation (n,), rad


@dataclass(frozen=True, slots=True)
class Pass:
    """How another node moves over the sky of a site.

    Attributes
    ----------
    t : (n,) array, s TDB past J2000
    azimuth, elevation : (n,) arrays, rad
        Azimuth from north through east.
    horizon : (n,) array, rad
        The lowest elevation that is open, at ``azimuth``.
    windows : Windows
        When the link is open.
    name : str
    """

    t: np.ndarray
    azimuth: np.ndarray
    elevation: np.ndarray
    horizon: np.ndarray
    windows: Any
    name: str


@styled()
def elevation(
    track: Pass, span: tuple[float, float], *, ax: Axes, colour: str = BLUE, line: Any = "-",
    place: str = "alone",
) -> Axes:  # fmt: skip
    """Draw elevation against time, strong where the link is open, over the site's mask.

    Parameters
    ----------
    track : Pass
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    colour, line : colour and line style
    place : str
        In a stack of panels, see `utc_axis`.

    Returns
    -------
    Axes
        Degrees against UTC.
    """
    x, up = dates(track.t), np.degrees(track.elevation)
    near = np.where(up > -30.0, up, np.nan)  # the rest lies below the picture
    ax.plot(x, near, color="#B5B5B5", lw=pt(0.8), zorder=2, label="link closed")
    open_t, open_up = stretches(track.t, up, track.windows)
    ax.plot(
        dates(open_t),
        open_up,
        color=colour,
        lw=pt(1.6),
        ls=line,
        zorder=3,
        label=f"link to {track.name} open",
    )
    mask = np.degrees(track.horizon)
    ax.fill_between(x, -95.0, mask, color=SHADE, lw=0, zorder=0.5)
    ax.plot(
        x,
        mask,
        color=INK,
        lw=pt(0.9),
        ls=(0, (4, 2)),
        zorder=2.5,
        label="lowest elevation allowed",
    )
    ax.set_ylim(-12.0, 93.0)
    tall = ax.get_position().height * ax.figure.get_figheight() * 72.0  # type: ignore
    step = 30 if tall > 5.0 * matplotlib.rcParams["font.size"] else 45
    ax.set_yticks(range(0, 91, step))
    ax.set_ylabel(label("Elevation", "deg"))
    utc_axis(ax, span, place)
    return ax


@styled("polar")
def sky(track: Pass, *, ax: Axes, mask: tuple[np.ndarray, np.ndarray] | None = None) -> Axes:
    """Draw the track over the sky of a site: north up, east right, zenith in the middle.

    Parameters
    ----------
    track : Pass
        What is below 0 degrees is left out. Colour runs with time (cividis).
    ax : Axes, optional
        Polar. The last collection has the coloured lines; their values are in `elapsed` units.
    mask : (azimuth, elevation), rad
        The site's horizon; the lowest elevation of ``track`` where it is not given.

    Returns
    -------
    Axes
        Azimuth from north, radius 90 degrees less elevation.
    """
    around = np.linspace(0.0, 2 * np.pi, 361)
    if mask is None:
        mask = (around, np.full(361, float(np.min(track.horizon))))
    floor = np.interp(around, *mask, period=2 * np.pi)
    ax.set_theta_zero_location("N")  # type: ignore[attr-defined]
    ax.set_theta_direction(-1)  # type: ignore[attr-defined]
    ax.fill_between(
        around, 90.0, 90.0 - np.degrees(floor), facecolor=SHADE, edgecolor="#BBBBBB",
        hatch="////", lw=0, zorder=0.5, label="below the site's mask",
    )  # fmt: skip
    ax.plot(around, 90.0 - np.degrees(floor), color=INK, lw=pt(0.9), ls=(0, (4, 2)), zorder=2.5)
    points = np.column_stack([track.azimuth, 90.0 - np.degrees(track.elevation)])
    middle = 0.5 * (track.t[1:] + track.t[:-1])
    above = (points[1:, 1] < 90.0) & (points[:-1, 1] < 90.0)
    open_ = above & track.windows.contains(middle)
    closed = [_unwound(part) for part in pieces(points, above & ~open_)]
    ax.add_collection(
        LineCollection(
            closed, colors="#A9A9A9", linewidths=pt(0.7), zorder=2, label="link closed"
        )
    )
    days = (track.t - track.t[0]) / 86400.0
    lines, colours = _coloured(points, open_, days * elapsed(float(days[-1]))[1])
    coloured = LineCollection(lines, cmap="cividis", linewidths=pt(1.1), zorder=3)
    coloured.set_array(colours)
    ax.add_collection(coloured)
    ax.set_ylim(0.0, 90.0)
    ax.set_yticks([0, 30, 60, 90], ["90°", "60°", "30°", ""])
    ax.set_rlabel_position(112.0)  # type: ignore[attr-defined]
    ax.set_xticks(np.radians(np.arange(0, 360, 30)), _compass())
    ax.tick_params(axis="y", labelcolor=FAINT)
    return ax


def _compass() -> list[str]:
    names = {0: "N", 90: "E", 180: "S", 270: "W"}
    return [names.get(k, f"{k}°") for k in range(0, 360, 30)]


def _coloured(
    points: np.ndarray, holds: np.ndarray, values: np.ndarray, length: int = 40
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the stretches along which ``holds`` is true, cut into short lines with a value."""
    lines: list[np.ndarray] = []
    colours: list[float] = []
    for part in pieces(np.column_stack([points, values]), holds):
        cuts = np.arange(0, len(part) - 1, length)
        for a, b in zip(cuts, [*cuts[1:], len(part) - 1], strict=True):
            lines.append(_unwound(part[a : b + 1, :2]))
            colours.append(float(part[a, 2]))
    return lines, np.array(colours)


def _unwound(points: np.ndarray) -> np.ndarray:
    """Return points whose azimuth does not jump through north."""
    return np.column_stack([np.unwrap(points[:, 0]), points[:, 1]])
