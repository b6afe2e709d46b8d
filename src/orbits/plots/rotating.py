"""A trajectory in the Earth-Moon rotating frame, with Earth, Moon, L1 and L2 to scale."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator
from scipy.optimize import brentq

from orbits.bodies import EARTH, MOON
from orbits.frames import Frame, Seen
from orbits.plots.moon import disc
from orbits.plots.sampling import Vectors, instants, split_behind
from orbits.plots.style import BLUE, BODY_COLOURS, INK, SCALE, UNIT, label, pt, styled

MOON_ROTATING = Frame("moon", "EARTH_MOON_ROTATING")


def libration_distances(mass_ratio: float) -> tuple[float, float]:
    """Return the distances of L1 and L2 from the smaller body, in units of the separation.

    Circular problem; ``mass_ratio`` is the smaller body's share of the mass. Szebehely (1967),
    Theory of Orbits, sec. 4.4. [szebehely1967]
    """
    mu = mass_ratio

    def inner(x: float) -> float:
        return (1 - mu) / (1 - x) ** 2 - mu / x**2 - (1 - mu - x)

    def outer(x: float) -> float:
        return (1 - mu) / (1 + x) ** 2 + mu / x**2 - (1 - mu + x)

    first, second = (
        float(np.asarray(brentq(f, 1e-3, 0.5, xtol=1e-14))) for f in (inner, outer)
    )
    return first, second


def rotating_points(
    path: Any, almanac: Any, span: tuple[float, float], frame: Frame = MOON_ROTATING
) -> Vectors:
    """Return positions of a trajectory in a frame that turns with the Moon, (n, 3) m.

    Parameters
    ----------
    path : Trajectory
    almanac : Almanac
    span : (float, float), s TDB past J2000
    frame : Frame
    """
    return Seen(path, frame, almanac).position(instants(path, span))


@styled()
def rotating_frame(
    path: Any, almanac: Any, span: tuple[float, float], *, ax: Axes, plane: str = "xy",
    whole: bool = True, points: Vectors | None = None,
) -> Axes:  # fmt: skip
    """Draw a path in the Earth-Moon rotating frame, centred on the Moon, in true distances.

    The x axis points from the Earth to the Moon, z along the angular momentum of the Moon's
    orbit, both of the instant. Nothing is scaled by the changing distance: the Earth and the
    libration points (those of the circular problem at that distance) move along x, and their
    bars show from where to where; discs and crosses stand at the mean. What the Moon hides is
    dashed.

    Parameters
    ----------
    path : Trajectory
        In ICRF axes.
    almanac : Almanac
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    plane : str
        ``xy`` or ``xz``.
    whole : bool
        Show Earth, L1 and L2 as well, not just the path with the Moon.
    points : (n, 3) array, m, optional
        What `rotating_points` returns, where it is already known.

    Returns
    -------
    Axes
        In thousands of kilometres.
    """
    r = rotating_points(path, almanac, span) if points is None else points
    apart = np.linalg.norm(almanac.position("earth", "moon", np.linspace(*span, 400)), axis=1)
    up = "xyz".index(plane[1])
    _frame(ax, r[:, [0, up]] / SCALE, apart / SCALE if whole else np.zeros(1))
    # Seen from +z or, as z is up, from -y.
    towards = r[:, 2] if up == 1 else -r[:, 1]
    view = np.column_stack([r[:, 0], r[:, up], towards])
    seen, hidden = split_behind(view, MOON.radius)
    width = pt(0.35 if whole else 0.7)
    for lines, dash, z in ((seen, "-", 3.0), (hidden, (0, (2.2, 1.6)), 2.6)):
        shown = [line / SCALE for line in lines]
        ax.add_collection(
            LineCollection(shown, colors=BLUE, linewidths=width, linestyles=[dash], zorder=z),
            autolim=False,
        )
    disc(ax, MOON.radius / SCALE)
    if whole:
        inner, outer = libration_distances(MOON.mu / (EARTH.mu + MOON.mu))
        for name, share in (("L1", -inner), ("L2", outer)):
            _swept(ax, share * apart / SCALE, name, "#999999")
            ax.plot(
                share * apart.mean() / SCALE,
                0.0,
                "x",
                color=INK,
                ms=pt(6),
                mew=pt(1.4),
                zorder=4,
            )
        _swept(ax, -apart / SCALE, "Earth", BODY_COLOURS["earth"], EARTH.radius / SCALE)
        disc(ax, EARTH.radius / SCALE, name="earth", center=(-apart.mean() / SCALE, 0.0))
    ax.set(xlabel=label("x", UNIT), ylabel=label(plane[1], UNIT))
    return ax


def _frame(ax: Axes, r: Vectors, apart: np.ndarray) -> None:
    """Set limits that fill the panel at equal scale and hold all that is drawn."""
    moon = MOON.radius / SCALE
    low = np.minimum(r.min(axis=0), [min(-1.02 * apart.max(), -moon), -moon])
    high = np.maximum(r.max(axis=0), [max(0.172 * apart.max(), moon), moon])
    box = ax.get_window_extent()
    need = 1.12 * (high - low) / (box.width, box.height)
    half = 0.5 * need.max() * np.array([box.width, box.height])
    middle = 0.5 * (low + high)
    if max(-low[1], high[1]) < 0.9 * half[1]:
        middle[1] = 0.0
    ax.set(
        xlim=(middle[0] - half[0], middle[0] + half[0]),
        ylim=(middle[1] - half[1], middle[1] + half[1]), aspect="equal",
    )  # fmt: skip
    ax.yaxis.set_major_locator(MaxNLocator(4 if apart.max() > 0 else 7, steps=[1, 2, 5, 10]))


def _swept(ax: Axes, x: np.ndarray, name: str, colour: str, radius: float = 0.0) -> None:
    """Show the stretch of the x axis that a body or point sweeps, and write its name."""
    ax.plot([x.min(), x.max()], [0, 0], color=colour, lw=pt(3), alpha=0.5, zorder=1.5)
    ax.annotate(
        name, (float(x.mean()), radius), xytext=(0, pt(3 if radius else 6)),
        textcoords="offset points", ha="center", va="bottom", color=INK, fontsize="small",
        zorder=5,
    )  # fmt: skip
