"""The ground track of a path on the Moon, far side in the middle."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from orbits.geometry import ground_track as track
from orbits.plots.moon import map_of_moon, opened, unrolled
from orbits.plots.sampling import instants, pieces
from orbits.plots.style import BLUE, ORANGE, RED, label, pt, styled


@styled()
def ground_track(
    path: Any, almanac: Any, span: tuple[float, float], *, ax: Axes, sites: Sequence[Any] = (),
    windows: Any = None, center_deg: float = 180.0,
) -> Axes:  # fmt: skip
    """Draw the points of the Moon right under a path.

    Parameters
    ----------
    path : Trajectory
        About any body the almanac knows.
    almanac : Almanac
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    sites : sequence of Site
        Those on the Moon are marked and named.
    windows : Windows, optional
        The track is strong inside them and dashed outside.
    center_deg : float
        Longitude of the middle of the map; 180 shows the far side whole.

    Returns
    -------
    Axes
        Degrees, mean-Earth axes, east positive; equirectangular.
    """
    size = float(ax.xaxis.get_label().get_fontsize())
    map_of_moon(ax, center_deg=center_deg, size=size)
    t = instants(path, span)
    if windows is not None:
        edges = np.concatenate([windows.start, windows.stop])
        t = np.union1d(t, edges[(edges > span[0]) & (edges < span[1])])
    below = track.ground_track(path, almanac, t, "moon")
    longitude = unrolled(np.degrees(below.longitude), center_deg)
    points = np.column_stack([longitude, np.degrees(below.latitude)])
    holds = np.ones(len(t) - 1, bool)
    if windows is not None:
        holds = windows.contains(np.clip(0.5 * (t[1:] + t[:-1]), *windows.span))
        line = {"color": ORANGE, "lw": pt(0.7), "ls": (0, (4, 2)), "label": "link closed"}
        ax.plot(*_drawn(points, ~holds, center_deg), zorder=3, **line)
    text = "link open" if windows is not None else "ground track"
    ax.plot(*_drawn(points, holds, center_deg), color=BLUE, lw=pt(1.0), zorder=3, label=text)
    for site in sites:
        x = float(unrolled(np.degrees(site.longitude), center_deg))
        y = float(np.degrees(site.latitude))
        ax.plot(
            x, y, "*", ms=1.25 * size, mfc=RED, mec="white", mew=pt(0.8), zorder=6, label="site"
        )
        ax.annotate(
            site.name, (x, y), xytext=(0.8 * size, 0), textcoords="offset points", va="center",
            weight="bold", fontsize=0.9 * size, zorder=6,
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1.5},
        )  # fmt: skip
    ax.set(xlabel=label("Longitude", "deg, mean Earth"), ylabel=label("Latitude", "deg"))
    return ax


def _drawn(points: np.ndarray, holds: np.ndarray, center_deg: float) -> np.ndarray:
    """Return longitudes and latitudes (2, k), nan where the line breaks."""
    lines = [np.full((2, 1), np.nan)]
    for part in pieces(points, holds):
        lines += [np.array(opened(part[:, 0], part[:, 1], center_deg)), lines[0]]
    return np.hstack(lines)
