"""How a spacecraft moves about its centre: altitude, range or speed, true anomaly."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orbits.bodies import body
from orbits.elements import cartesian_to_keplerian
from orbits.plots.drawing import Words
from orbits.plots.layout import align, stack
from orbits.plots.sampling import instants
from orbits.plots.style import (
    BLUE,
    SCALE,
    UNIT,
    blank,
    dates,
    heading,
    label,
    placed,
    pt,
    sheet,
    styled,
    utc_axis,
)  # fmt: skip

Span = tuple[float, float]
_HIGH: Final = 1e7  # m: from here on heights are written in thousands of kilometres


@dataclass(frozen=True, slots=True)
class Curve:
    """A quantity against time; ``values`` in ``unit``, nan where the line breaks."""

    name: str
    unit: str
    t: np.ndarray
    values: np.ndarray


def motion(path: Any, almanac: Any, span: Span) -> list[Curve]:
    """Return altitude, range from the Earth (about it: speed), and true anomaly.

    Altitude is above the mean sphere of the centre. The anomaly is that of the osculating
    conic about the centre, and is left out where it is open at some time, as for halos.

    Parameters
    ----------
    path : Trajectory
        In ICRF axes.
    almanac : Almanac
    span : (float, float), s TDB past J2000
    """
    center = body(path.frame.center)
    t = instants(path, span)
    r, v = path.position(t), path.velocity(t)
    radius = np.linalg.norm(r, axis=1)
    altitude = radius - center.radius
    unit, scale = (UNIT, SCALE) if altitude.max() > _HIGH else ("km", 1e3)
    curves = [Curve("Altitude", unit, t, altitude / scale)]
    if center.name == "earth":
        curves.append(Curve("Speed", "km/s", t, np.linalg.norm(v, axis=1) / 1e3))
    else:
        away = r + almanac.position(center.name, "earth", t)
        curves.append(Curve("From Earth", UNIT, t, np.linalg.norm(away, axis=1) / SCALE))
    elements = cartesian_to_keplerian(r, v, center.mu)
    if np.all(np.asarray(elements.eccentricity) < 1.0):
        nu = np.degrees(np.asarray(elements.true_anomaly)) % 360.0
        at = np.flatnonzero(np.abs(np.diff(nu)) > 180.0) + 1
        curves.append(
            Curve("True anomaly", "deg", np.insert(t, at, t[at]), np.insert(nu, at, np.nan))
        )
    return curves


@styled()
def against_time(curve: Curve, span: Span, *, ax: Axes, place: str = "alone") -> Axes:
    """Draw a quantity against time.

    Parameters
    ----------
    curve : Curve
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    place : str
        In a stack of panels, see `utc_axis`.
    """
    ax.plot(dates(curve.t), curve.values, color=BLUE, lw=pt(1.2), zorder=3)
    if curve.unit == "deg":
        ax.set_ylim(0.0, 360.0)
        ax.set_yticks([0, 90, 180, 270, 360])
    ax.set_ylabel(label(curve.name, curve.unit))
    utc_axis(ax, span, place)
    return ax


def motion_figure(curves: list[Curve], span: Span, preset: str, words: Words) -> Figure:
    """Return the quantities of a motion, one above the other."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    axes = stack(figure, size, [1.0] * len(curves), 0.3 if preset == "slide" else 0.2)
    for k, (ax, curve) in enumerate(zip(axes, curves, strict=True)):
        against_time(curve, span, place=placed(k, len(curves)), ax=ax)
    align(axes, size)
    return figure
