"""The ground track of a path on the Moon, far side in the middle, or on the Earth."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from orbits.geometry import ground_track as track
from orbits.plots.labels import name_points
from orbits.plots.maps import Chart, lines, rectangular
from orbits.plots.moon import map_of_moon, opened, unrolled
from orbits.plots.sampling import instants, pieces
from orbits.plots.style import BLUE, ORANGE, RED, label, pt, styled


@styled()
def ground_track(
    path: Any, almanac: Any, span: tuple[float, float], *, ax: Axes, name: str = "moon",
    sites: Sequence[Any] = (), windows: Any = None,
) -> Axes:  # fmt: skip
    """Draw the points of a body right under a path.

    Parameters
    ----------
    path : Trajectory
        About any body the almanac knows.
    almanac : Almanac
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    name : str
        "moon", drawn about its far side, or "earth", about Greenwich.
    sites : sequence of Site
        Those on the body are marked and named.
    windows : Windows, optional
        The track is strong inside them and dashed outside.

    Returns
    -------
    Axes
        Degrees, east positive, equirectangular: mean-Earth axes on the Moon, geodetic
        latitude on the Earth.
    """
    center_deg = 180.0 if name == "moon" else 0.0
    size = float(ax.xaxis.get_label().get_fontsize())
    if name == "moon":
        map_of_moon(ax, center_deg=center_deg, size=size)
        ax.set(xlabel=label("Longitude", "deg, mean Earth"), ylabel=label("Latitude", "deg"))
    else:
        _map_of_earth(ax)
    t = instants(path, span)
    # Near the poles a track turns three times as fast as the path.
    t = np.interp(np.arange(3 * len(t) - 2) / 3.0, np.arange(len(t)), t)
    if windows is not None:
        edges = np.concatenate([windows.start, windows.stop])
        t = np.union1d(t, edges[(edges > span[0]) & (edges < span[1])])
    below = track.ground_track(path, almanac, t, name)
    longitude = unrolled(np.degrees(below.longitude), center_deg)
    points = np.column_stack([longitude, np.degrees(below.latitude)])
    holds = np.ones(len(t) - 1, bool)
    if windows is not None:
        holds = windows.contains(np.clip(0.5 * (t[1:] + t[:-1]), *windows.span))
        line = {"color": ORANGE, "lw": pt(0.7), "ls": (0, (4, 2)), "label": "link closed"}
        ax.plot(*_drawn(points, ~holds, center_deg), zorder=3, **line)
    text = "link open" if windows is not None else "ground track"
    ax.plot(*_drawn(points, holds, center_deg), color=BLUE, lw=pt(1.0), zorder=3, label=text)
    _sites(ax, [site for site in sites if site.body == name], center_deg, size)
    return ax


def _map_of_earth(ax: Axes) -> None:
    """Draw an equirectangular map of the Earth: graticule and coasts."""
    chart = Chart("earth")
    rectangular(ax, chart, (-180.0, 180.0), (-90.0, 90.0))
    ax.set_facecolor("#F4F4F2")
    ax.grid(color="#FFFFFF", alpha=1.0, lw=pt(0.7))
    ax.set_axisbelow(True)
    coast = LineCollection(lines(chart), colors="#9A978F", linewidths=pt(0.7), zorder=1.0)
    ax.add_collection(coast, autolim=False)


def _sites(ax: Axes, sites: Sequence[Any], center_deg: float, size: float) -> None:
    named = []
    for site in sites:
        x = float(unrolled(np.degrees(site.longitude), center_deg))
        y = float(np.degrees(site.latitude))
        ax.plot(
            x, y, "*", ms=1.25 * size, mfc=RED, mec="white", mew=pt(0.8), zorder=6, label="site"
        )
        named.append((site.name, x, y))
    stars = [line.get_window_extent() for line in ax.lines if line.get_label() == "site"]
    features = [text.get_window_extent() for text in ax.texts]
    name_points(ax, named, 0.9 * size, stars + features)


def _drawn(points: np.ndarray, holds: np.ndarray, center_deg: float) -> np.ndarray:
    """Return longitudes and latitudes (2, k), nan where the line breaks."""
    found = [np.full((2, 1), np.nan)]
    for part in pieces(points, holds):
        found += [np.array(opened(part[:, 0], part[:, 1], center_deg)), found[0]]
    return np.hstack(found)
