"""Maps of the Earth and the Moon: projections, landmarks, and the cells of a grid on them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke

from orbits.constants import MOON_RADIUS
from orbits.plots.moon import east_text, features, outline, unrolled
from orbits.plots.style import INK, label, pt

Degrees = np.ndarray
_LIGHT: Final = "#FFFFFF"
_AXES: Final = {"moon": "mean Earth", "earth": "WGS84"}
_SMALL: Final = 0.72  # of the type of the axes, for names of features


@cache
def coastline() -> tuple[Degrees, ...]:
    """Return the lines of the Earth's coast, each (n, 2): longitude and latitude, deg.

    Natural Earth, 1:110 million, public domain.
    """
    with (
        files("orbits.data").joinpath("coastline.npz").open("rb") as file,
        np.load(file) as held,
    ):
        points, first = held["points"] / 100.0, held["first"]
    return tuple(np.split(points, first[1:-1]))


@dataclass(frozen=True, slots=True)
class Chart:
    """How a map lays out latitude and longitude.

    Attributes
    ----------
    body : str
        "earth" or "moon".
    center_deg : float
        Longitude of the middle of a rectangular map.
    pole : float
        1 or -1 for a polar stereographic map of that pole, seen from above; 0 for a
        rectangular one.
    edge_deg : float
        Distance from the pole at which a polar map ends.
    """

    body: str
    center_deg: float = 0.0
    pole: float = 0.0
    edge_deg: float = 30.0

    def place(self, latitude_deg: Any, longitude_deg: Any) -> tuple[Degrees, Degrees]:
        """Return where places lie: degrees, or degrees from the pole along its plane.

        Polar maps have longitude 0 up for the south pole and down for the north pole, and 90
        degrees east to the right in both.
        """
        latitude, longitude = np.asarray(latitude_deg), np.asarray(longitude_deg)
        if not self.pole:
            return unrolled(longitude, self.center_deg), latitude
        away = np.degrees(2.0 * np.tan(np.radians(0.5 * (90.0 - self.pole * latitude))))
        angle = np.radians(longitude)
        return away * np.sin(angle), -self.pole * away * np.cos(angle)

    @property
    def reach(self) -> float:
        """Radius of a polar map in its own degrees."""
        return float(np.degrees(2.0 * np.tan(np.radians(0.5 * self.edge_deg))))


def lines(chart: Chart) -> list[Degrees]:
    """Return coasts, or rims of the Moon's features, on the chart; (n, 2) each, nan outside."""
    found = []
    if chart.body == "earth":
        rows = [(line[:, 1], line[:, 0]) for line in coastline()]
    else:
        rows = [outline(one) for one in features() if one.kind != "basin"]
    for latitude, longitude in rows:
        x, y = chart.place(latitude, longitude)
        shown = np.column_stack([x, y])
        if chart.pole:
            cut = np.flatnonzero(np.hypot(x, y) > chart.reach)
        else:
            cut = np.flatnonzero(np.abs(np.diff(x)) > 180.0) + 1
            shown = np.insert(shown, cut, np.nan, axis=0)
            found.append(shown)
            continue
        shown[cut] = np.nan
        found.append(shown)
    return found


def landmarks(ax: Axes, chart: Chart, size: float) -> None:
    """Draw thin coasts, or rims and names of the Moon's features, over what the map shows."""
    for width, colour, alpha in ((1.6, INK, 0.35), (0.7, _LIGHT, 0.9)):
        ax.add_collection(
            LineCollection(
                lines(chart), colors=colour, linewidths=pt(width), alpha=alpha, zorder=2.5
            ),
            autolim=False,
        )
    if chart.body == "moon":
        _names(ax, chart, _SMALL * size)


def _names(ax: Axes, chart: Chart, points: float) -> None:
    """Write the names of the Moon's features, the largest first, where none meets another."""
    low, high = ax.get_xlim()
    across = ax.get_position().width * ax.figure.get_figwidth()  # type: ignore[union-attr]
    unit = (high - low) / across / 72.0  # of the axes, a point of type
    taken: list[tuple[float, float, float, float]] = []
    for one in sorted(features(), key=lambda one: -one.major_km):
        if one.label == "no" or one.kind == "basin":
            continue
        text = one.name.removeprefix("Mare ")
        x, y = (float(v) for v in chart.place(one.latitude_deg, one.longitude_deg))
        half, tall = 0.3 * points * unit * len(text), 0.65 * points * unit
        if one.label != "inside":
            away = np.degrees(0.5e3 * one.minor_km / MOON_RADIUS) + tall
            y += away if one.label == "above" else -away
        box = (x - half, y - tall, x + half, y + tall)
        inside = np.hypot(x, y) < 0.9 * chart.reach if chart.pole else True
        clear = all(
            box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in taken
        )
        if inside and clear and low < box[0] and box[2] < high:
            taken.append(box)
            ax.text(
                x, y, text, fontsize=points, color=INK, ha="center", va="center",
                style="italic", zorder=4,
                path_effects=[withStroke(linewidth=pt(2.2), foreground="#FFFFFFB0")],
            )  # fmt: skip


def rectangular(ax: Axes, chart: Chart, longitude: tuple[float, float], latitude: Any) -> None:
    """Give ``ax`` the degrees of a rectangular map over a range of longitudes and latitudes."""
    ax.set(xlim=longitude, ylim=latitude, aspect="equal")
    inches = ax.get_position().width * ax.figure.get_figwidth()  # type: ignore[union-attr]
    ems = 72.0 * inches / float(ax.xaxis.get_label().get_fontsize())
    for axis, (low, high), most, text in (
        (ax.xaxis, longitude, min(ems / 4.5, 8.0), east_text),
        (ax.yaxis, latitude, 8.0, north_text),
    ):
        steps = (1, 2, 5, 10, 15, 30, 60, 90)
        step = next((s for s in steps if (high - low) / s <= most), steps[-1])
        ticks = np.arange(np.ceil(low / step) * step, high + 1e-9, step)
        axis.set_ticks(ticks, [text(x) for x in ticks])
    ax.set(
        xlabel=label("Longitude", f"deg, {_AXES[chart.body]}"), ylabel=label("Latitude", "deg")
    )
    ax.grid(color="#FFFFFF", alpha=0.25, lw=pt(0.6))
    ax.set_axisbelow(False)


def north_text(latitude_deg: float) -> str:
    """Return "30° N"."""
    if latitude_deg == 0:
        return "0°"
    return f"{abs(latitude_deg):g}° {'N' if latitude_deg > 0 else 'S'}"


def polar(ax: Axes, chart: Chart, size: float) -> None:
    """Give ``ax`` the rim, parallels and meridians of a polar map."""
    reach = chart.reach
    ax.set(xlim=(-1.26 * reach, 1.26 * reach), ylim=(-1.26 * reach, 1.26 * reach))
    ax.set_aspect("equal")
    ax.axis("off")
    step = next(s for s in (1, 2, 5, 10, 20) if chart.edge_deg / s <= 4 or s == 20)
    for away in np.arange(step, chart.edge_deg - 0.25 * step, step):
        x, y = chart.place(chart.pole * (90.0 - away), 90.0 + 45.0)
        radius = float(np.hypot(x, y))
        ax.add_patch(
            Circle((0, 0), radius, fc="none", ec="#FFFFFF", alpha=0.45, lw=pt(0.7), zorder=2)
        )
        ax.text(
            float(x), float(y), north_text(chart.pole * (90.0 - away)),
            fontsize=_SMALL * size, ha="center", va="center", zorder=4,
            path_effects=[withStroke(linewidth=pt(2.2), foreground="#FFFFFFB0")],
        )  # fmt: skip
    for longitude in range(0, 360, 30):
        near = chart.place(chart.pole * 90.0, longitude)
        far = chart.place(chart.pole * (90.0 - chart.edge_deg), longitude)
        ax.plot(
            [near[0], far[0]], [near[1], far[1]], color="#FFFFFF", alpha=0.3, lw=pt(0.6),
            zorder=2,
        )  # fmt: skip
        x, y = 1.03 * float(far[0]), 1.03 * float(far[1])
        side = "center" if abs(x) < 0.1 * reach else "left" if x > 0 else "right"
        level = "center" if abs(y) < 0.9 * reach else "bottom" if y > 0 else "top"
        ax.text(x, y, east_text(longitude), fontsize=0.85 * size, ha=side, va=level)
    ax.add_patch(Circle((0, 0), reach, fc="none", ec=INK, lw=pt(0.9), zorder=5))


Cells = Callable[..., Any]


def cells(
    ax: Axes, chart: Chart, parallels_deg: Degrees, meridians_deg: Degrees, values: np.ndarray,
    **colours: Any,
) -> Any:  # fmt: skip
    """Draw the cells of a grid on a chart and return what a colour bar needs.

    Parameters
    ----------
    parallels_deg, meridians_deg : (m + 1,) and (k + 1,) arrays
    values : (m, k) array
    colours : cmap, norm, vmin, vmax
    """
    # Cells are cut finely enough that their sides follow the map.
    fine = max(1, int(np.ceil(np.diff(meridians_deg).max() / 3.0))) if chart.pole else 1
    meridians = np.interp(
        np.arange((meridians_deg.size - 1) * fine + 1) / fine,
        np.arange(meridians_deg.size),
        meridians_deg,
    )
    shown = np.repeat(values, fine, axis=1)
    if chart.pole:
        x, y = chart.place(*np.meshgrid(parallels_deg, meridians, indexing="ij"))
        mesh = ax.pcolormesh(x, y, shown, zorder=1, edgecolors="face", lw=0.1, **colours)
        mesh.set_clip_path(Circle((0, 0), chart.reach, transform=ax.transData))
        return mesh
    left, right = ax.get_xlim()
    mesh = None
    for turn in (-360.0, 0.0, 360.0):
        x = meridians + turn
        if x[-1] > left and x[0] < right:
            mesh = ax.pcolormesh(x, parallels_deg, shown, zorder=1, **colours)
    ax.set_xlim(left, right)
    return mesh
