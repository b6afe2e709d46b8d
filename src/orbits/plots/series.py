"""Quantities against time: range with light time, periapsis and apoapsis altitude."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from orbits.bodies import body
from orbits.constants import SPEED_OF_LIGHT
from orbits.geometry.apses import Apses
from orbits.plots.sampling import stretches
from orbits.plots.style import (
    BLUE,
    INK,
    ORANGE,
    RED,
    SCALE,
    UNIT,
    dates,
    label,
    pt,
    styled,
    utc_axis,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranging:
    """The range of a leg.

    Attributes
    ----------
    name : str
    t : (n,) array, s TDB past J2000
    length : (n,) array, m
    windows : Windows
        When the leg is open.
    """

    name: str
    t: np.ndarray
    length: np.ndarray
    windows: Any


@styled()
def distance(
    ranging: Ranging, span: tuple[float, float], *, ax: Axes, colour: str = BLUE,
    line: Any = "-", closed: bool = True, place: str = "alone",
) -> Axes:  # fmt: skip
    """Draw the range of a leg against time, strong while it is open.

    Parameters
    ----------
    ranging : Ranging
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    colour, line : colour and line style
    closed : bool
        Whether to draw it, thin, where the leg is closed as well.
    place : str
        In a stack of panels, see `utc_axis`.

    Returns
    -------
    Axes
        Thousands of kilometres against UTC; `light_time_axis` adds the right side.
    """
    y = ranging.length / SCALE
    if closed:
        ax.plot(dates(ranging.t), y, color="#B5B5B5", lw=pt(0.8), zorder=2, label="link closed")
    t, shown = stretches(ranging.t, y, ranging.windows)
    ax.plot(dates(t), shown, color=colour, ls=line, lw=pt(1.6), zorder=3, label=ranging.name)
    ax.set_ylabel(label("Range", UNIT))
    utc_axis(ax, span, place)
    return ax


def light_time_axis(ax: Axes, *, milliseconds: bool) -> None:
    """Give a range axis (10³ km) its one-way light time at the right."""
    factor = SCALE / SPEED_OF_LIGHT * (1e3 if milliseconds else 1.0)

    def there(x: Any) -> Any:
        return x * factor

    def back(x: Any) -> Any:
        return x / factor

    right = ax.secondary_yaxis("right", functions=(there, back))
    right.set_ylabel(label("Light time", "ms" if milliseconds else "s"))


@styled()
def apsis_altitudes(
    passages: Apses, center: str, span: tuple[float, float], *, ax: Axes,
    which: str = "periapsis", place: str = "alone",
) -> Axes:  # fmt: skip
    """Draw the altitude of each passage through an apsis, lowest and highest written out.

    Parameters
    ----------
    passages : Apses
    center : str
        Body; altitude is above its mean sphere.
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    which : str
        ``periapsis`` or ``apoapsis``.
    place : str
        In a stack of panels, see `utc_axis`.
    """
    low = which == "periapsis"
    t = passages.periapsis if low else passages.apoapsis
    radius = passages.periapsis_radius if low else passages.apoapsis_radius
    altitude_km = (radius - body(center).radius) / 1e3
    word = {"moon": ("Perilune", "Apolune"), "earth": ("Perigee", "Apogee")}.get(
        center, ("Periapsis", "Apoapsis")
    )[0 if low else 1]
    ax.set_ylabel(label(f"{word} altitude", "km"))
    utc_axis(ax, span, place)
    if not len(t):
        ax.text(
            0.5, 0.5, "no passage in the span", transform=ax.transAxes, ha="center", color=RED
        )
        return ax
    colour = BLUE if low else ORANGE
    x = dates(t)
    ax.plot(x, altitude_km, color=colour, lw=pt(1.0), ls="-" if low else (0, (6, 2)), zorder=2)
    ax.plot(
        x,
        altitude_km,
        "^" if low else "v",
        ms=max(pt(6), 4.2),
        mfc=colour,
        mec="white",
        zorder=3,
        clip_on=False,
    )
    spread = max(float(np.ptp(altitude_km)), 1.0)
    ax.set_ylim(altitude_km.min() - 0.28 * spread, altitude_km.max() + 0.28 * spread)
    marks = [(int(np.argmin(altitude_km)), "lowest", -9)]
    if len(t) > 1:
        marks.append((int(np.argmax(altitude_km)), "highest", 9))
    for k, text, offset in marks:
        edge = (x[k] - x[0]) / max(x[-1] - x[0], 1e-9)
        ax.annotate(
            f"{text} {altitude_km[k]:,.1f} km", (x[k], altitude_km[k]), xytext=(0, offset),
            textcoords="offset points", va="top" if offset < 0 else "bottom", color=INK,
            ha="left" if edge < 0.1 else "right" if edge > 0.9 else "center", fontsize="small",
        )  # fmt: skip
    ax.tick_params(axis="y", labelcolor=INK)
    ax.yaxis.get_major_formatter().set_useOffset(False)  # type: ignore[attr-defined]
    ax.yaxis.label.set_color(INK)
    return ax
