"""The Moon in pictures: a shaded disc, its named features, the ground track of a path."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Circle
from matplotlib.patheffects import withStroke

from orbits.constants import MOON_RADIUS
from orbits.plots.style import BODY_COLOURS, INK, OTHER, pt

Degrees = np.ndarray
_RIM: Final = "#B4B2AC"


@dataclass(frozen=True, slots=True)
class Feature:
    """A named feature, taken as an ellipse on the sphere.

    Attributes
    ----------
    name, kind : str
        ``kind`` is basin, crater or mare.
    latitude_deg, longitude_deg : float
        Centre, mean-Earth axes, east positive.
    major_km, minor_km : float
        Full axes.
    azimuth_deg : float
        Of the major axis, clockwise from north.
    label : str
        Where maps write the name: ``above``, ``below``, ``inside`` or ``no``.
    """

    name: str
    kind: str
    latitude_deg: float
    longitude_deg: float
    major_km: float
    minor_km: float
    azimuth_deg: float
    label: str


@cache
def features() -> tuple[Feature, ...]:
    """Return the features that maps of the Moon show.

    References
    ----------
    IAU Gazetteer of Planetary Nomenclature; South Pole-Aitken: Garrick-Bethell and Zuber
    (2009), Icarus 204, 399. [garrickbethell2009]
    """
    text = files("orbits.data").joinpath("moon_features.csv").read_text("utf-8")
    return tuple(
        Feature(
            row["name"], row["kind"], float(row["latitude_deg"]), float(row["longitude_deg"]),
            float(row["major_km"]), float(row["minor_km"]), float(row["azimuth_deg"]),
            row["label"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


def within(feature: Feature, latitude_deg: Degrees, longitude_deg: Degrees) -> np.ndarray:
    """Return how far points lie out of ``feature``: 0 at its centre, 1 on its rim.

    The distance is that on the sphere, divided by the ellipse's radius in that direction.
    """
    lat, lon = np.radians(latitude_deg), np.radians(longitude_deg - feature.longitude_deg)
    lat0 = np.radians(feature.latitude_deg)
    east = np.cos(lat) * np.sin(lon)
    north = np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(lon)
    up = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(lon)
    distance_km = np.arctan2(np.hypot(east, north), up) * MOON_RADIUS / 1e3
    angle = np.arctan2(east, north) - np.radians(feature.azimuth_deg)
    return (
        2
        * distance_km
        * np.hypot(np.cos(angle) / feature.major_km, np.sin(angle) / feature.minor_km)
    )


def outline(feature: Feature, count: int = 72) -> tuple[Degrees, Degrees]:
    """Return latitudes and longitudes of the rim of ``feature``, which must not hold a pole."""
    azimuth = np.linspace(0.0, 2.0 * np.pi, count)
    angle = azimuth - np.radians(feature.azimuth_deg)
    reach_km = 0.5 / np.hypot(
        np.cos(angle) / feature.major_km, np.sin(angle) / feature.minor_km
    )
    arc, lat0 = 1e3 * reach_km / MOON_RADIUS, np.radians(feature.latitude_deg)
    up = np.sin(lat0) * np.cos(arc) + np.cos(lat0) * np.sin(arc) * np.cos(azimuth)
    east = np.sin(arc) * np.sin(azimuth)
    north = np.cos(lat0) * np.cos(arc) - np.sin(lat0) * np.sin(arc) * np.cos(azimuth)
    longitude_deg = feature.longitude_deg + np.degrees(np.arctan2(east, north))
    return np.degrees(np.arcsin(up)), longitude_deg


def unrolled(longitude_deg: Degrees, center_deg: float = 180.0) -> Degrees:
    """Return longitudes within 180 degrees of ``center_deg``."""
    return (longitude_deg - center_deg + 180.0) % 360.0 - 180.0 + center_deg


def opened(
    longitude_deg: Degrees, latitude_deg: Degrees, center_deg: float = 180.0
) -> tuple[Degrees, Degrees]:
    """Return a track with a gap (nan) wherever it leaves one side of the map for the other.

    The two ends are drawn out to the edge, at the latitude where the track crosses it.
    """
    jump = np.flatnonzero(np.abs(np.diff(longitude_deg)) > 180.0)
    if not len(jump):
        return longitude_deg, latitude_deg
    east = longitude_deg[jump] > longitude_deg[jump + 1]
    low, high = center_deg - 180.0, center_deg + 180.0
    leave, enter = np.where(east, high, low), np.where(east, low, high)
    before = np.abs(leave - longitude_deg[jump])
    after = np.abs(longitude_deg[jump + 1] - enter)
    share = before / np.where(before + after > 0, before + after, 1.0)
    edge = latitude_deg[jump] + share * (latitude_deg[jump + 1] - latitude_deg[jump])
    at = np.repeat(jump + 1, 3)
    gap = np.full(len(jump), np.nan)
    return (
        np.insert(longitude_deg, at, np.column_stack([leave, gap, enter]).ravel()),
        np.insert(latitude_deg, at, np.column_stack([edge, gap, edge]).ravel()),
    )


def map_of_moon(ax: Axes, *, center_deg: float = 180.0, size: float = 10.0) -> None:
    """Draw an equirectangular map of the Moon: graticule, maria, basins, names.

    Parameters
    ----------
    ax : Axes
    center_deg : float
        Longitude of the middle of the map; 180 shows the far side whole.
    size : float
        Of the names, points.
    """
    left = center_deg - 180.0
    lon, lat = np.meshgrid(np.linspace(left, left + 360.0, 181), np.linspace(-90.0, 90.0, 91))
    ax.set_facecolor("#F4F4F2")
    rims: list[np.ndarray] = []
    faces: list[str] = []
    for feature in features():
        if feature.label != "no":
            _name(ax, feature, center_deg, size)
        if feature.kind == "basin":  # it holds the pole
            out, edge = within(feature, lat, lon), {"colors": _RIM, "linewidths": pt(0.7)}
            ax.contourf(lon, lat, out, levels=[-1.0, 1.0], colors=["#E9E7E1"], zorder=0.5)
            ax.contour(lon, lat, out, levels=[1.0], linestyles="--", zorder=0.6, **edge)
            continue
        y, x = outline(feature)
        rims += [np.column_stack([x + turn, y]) for turn in (-360.0, 0.0, 360.0)]
        faces += ["#D9D9D6" if feature.kind == "mare" else "none"] * 3
    ax.add_collection(
        PolyCollection(rims, facecolors=faces, edgecolors=_RIM, linewidths=pt(0.7), zorder=0.6)
    )
    longitudes = np.arange(left, left + 361.0, 30.0)
    ax.set(xlim=(left, left + 360.0), ylim=(-90.0, 90.0), aspect="equal")
    ax.set_xticks(longitudes, [east_text(x) for x in longitudes])
    ax.set_yticks(
        np.arange(-90, 91, 30), ["90° S", "60° S", "30° S", "0°", "30° N", "60° N", "90° N"]
    )
    for limb in (90.0, 270.0):
        ax.axvline(
            float(unrolled(np.array(limb), center_deg)),
            color="#8A8A8A",
            lw=pt(0.8),
            ls=(0, (2, 2)),
            zorder=0.7,
        )


def east_text(longitude_deg: float) -> str:
    """Return "150° E"; 0° and 180° have no side."""
    x = longitude_deg % 360.0
    return (
        "0°"
        if x == 0
        else "180°"
        if x == 180
        else f"{x:.0f}° E"
        if x < 180
        else f"{360 - x:.0f}° W"
    )


def _name(ax: Axes, feature: Feature, center_deg: float, size: float) -> None:
    x = float(unrolled(np.array(feature.longitude_deg), center_deg))
    y = feature.latitude_deg
    if feature.label != "inside":
        sign = 1.0 if feature.label == "above" else -1.0
        y += sign * (np.degrees(0.5e3 * feature.minor_km / MOON_RADIUS) + 3.0)
    if feature.kind == "basin":  # a basin over the pole has its name well inside the map
        y = max(y, -77.0)
    ax.text(
        x, y, feature.name.removeprefix("Mare "), fontsize=0.72 * size, color="#5F5C55",
        ha="center", va="center", style="italic", zorder=4,
        path_effects=[withStroke(linewidth=pt(2.2), foreground="#F4F4F2")],
    )  # fmt: skip


def disc(
    ax: Axes, radius: float, *, name: str = "moon", center: tuple[float, float] = (0.0, 0.0)
) -> None:
    """Draw a body to scale as a shaded disc: lit from the upper left, for the eye alone."""
    x, y = center
    n = 160
    v, u = np.mgrid[-1 : 1 : n * 1j, -1 : 1 : n * 1j]
    z = np.sqrt(np.clip(1.0 - u**2 - v**2, 0.0, 1.0))
    light = np.clip(0.62 + 0.45 * (-0.42 * u + 0.5 * v + 0.76 * z), 0.0, 1.08)
    rgb = np.array([int(BODY_COLOURS.get(name, OTHER)[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    image = np.ones((n, n, 4))
    image[..., :3] = np.clip(light[..., None] * rgb, 0.0, 1.0)
    left, right, low, high = *ax.get_xlim(), *ax.get_ylim()
    picture = ax.imshow(
        image, extent=(x - radius, x + radius, y - radius, y + radius), origin="lower",
        interpolation="bilinear", zorder=2.0, aspect=ax.get_aspect(),
    )  # fmt: skip
    ax.set(xlim=(left, right), ylim=(low, high))
    edge = Circle((x, y), radius, fc="none", ec="#707070", lw=pt(0.6), zorder=2.1)
    ax.add_patch(edge)
    picture.set_clip_path(edge)


def graticule(ax: Axes, radius: float, view: np.ndarray, step_deg: float = 30.0) -> None:
    """Draw the visible parallels and meridians of a sphere on its disc.

    Parameters
    ----------
    ax : Axes
    radius : float
        In the units of the axes.
    view : (3, 3) array
        Rows: right, up and towards the viewer, in the axes whose z is the pole.
    step_deg : float
    """
    lines = []
    fine = np.radians(np.linspace(-180.0, 180.0, 121))
    for latitude in np.radians(np.arange(-90 + step_deg, 90, step_deg)):
        c, s = np.cos(latitude), np.sin(latitude)
        lines.append(np.column_stack([c * np.cos(fine), c * np.sin(fine), np.full(121, s)]))
    arc = fine / 2
    for longitude in np.radians(np.arange(0, 360, step_deg)):
        c, s = np.cos(longitude), np.sin(longitude)
        lines.append(np.column_stack([np.cos(arc) * c, np.cos(arc) * s, np.sin(arc)]))
    drawn = []
    for line in lines:
        seen = line @ view.T
        shown = np.where((seen[:, 2] >= 0)[:, None], seen[:, :2] * radius, np.nan)
        drawn.append(shown)
    ax.add_collection(
        LineCollection(drawn, colors=INK, linewidths=pt(0.35), alpha=0.35, zorder=2.2)
    )
