"""A trajectory about a body in three views, what the body hides dashed."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from orbits.bodies import MOON, Body, body
from orbits.frames import rotation_of_epoch
from orbits.geometry.apses import Apses, apses
from orbits.plots.moon import disc, graticule
from orbits.plots.sampling import Moving, Times, Vectors, behind, crossings, instants, pieces
from orbits.plots.style import BLUE, ORANGE, RED, SCALE, UNIT, label, pt, styled

# Rows: right, up and towards the viewer, in axes whose z is the pole of the equator.
VIEWS: Final = {
    "north": np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    "front": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    "side": np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
}
_SEEN: Final = {"north": ("x", "y", "+z"), "front": ("x", "z", "-y"), "side": ("y", "z", "+x")}
_DASH: Final = (0, (2.2, 1.6))
_CROWD: Final = 80  # passages beyond which those of later revolutions are a smear
_LATER: Final = ("#9DC3DE", "#5B87A6")  # seen, hidden


@dataclass(frozen=True, slots=True)
class Turned:
    """A path in axes turned by ``rotation`` (3, 3), the same at all times."""

    path: Moving
    rotation: np.ndarray

    def position(self, t: Times) -> Vectors:
        """Return (n, 3) m in the turned axes."""
        return self.path.position(t) @ self.rotation.T


@dataclass(frozen=True, slots=True)
class Scene:
    """What the three views of one path share.

    Attributes
    ----------
    path : Turned
        In the axes of the views.
    center : Body
    t : (n,) array, s TDB past J2000
        Where the path is sampled.
    passages : Apses
    first : float, s
        End of the first revolution.
    """

    path: Turned
    center: Body
    t: Times
    passages: Apses
    first: float

    @classmethod
    def of(cls, path: Any, almanac: Any, span: tuple[float, float]) -> "Scene":
        """Return the scene of a trajectory over ``span``, s TDB past J2000."""
        center = body(path.frame.center)
        turn = _axes(almanac, span[0]) if center is MOON else np.eye(3)
        t = instants(path, span)
        passages = apses(path, span)
        ends = [at[1] for at in (passages.periapsis, passages.apoapsis) if len(at) > 1]
        first = float(min(ends, default=span[1]))
        return cls(Turned(path, turn), center, np.union1d(t, [first]), passages, first)

    def extent(self, view: str, margin: float = 0.06) -> np.ndarray:
        """Return what a view must show: ((left, right), (low, high)), m.

        No side is shorter than 0.35 of the largest of all views, so that labels find room.
        """
        r = self.path.position(self.t)
        low = np.minimum(r.min(axis=0), -self.center.radius)
        high = np.maximum(r.max(axis=0), self.center.radius)
        half = np.maximum(0.5 * (high - low), 0.175 * (high - low).max())
        half, middle = half + margin * (high - low).max(), 0.5 * (low + high)
        turn = np.abs(VIEWS[view][:2])  # each row picks one axis
        center = VIEWS[view][:2] @ middle
        return np.column_stack([center - turn @ half, center + turn @ half])


def _axes(almanac: Any, t: float) -> np.ndarray:
    """Return rows x, y, z in ICRF: x towards the Earth, z the Moon's pole, both at ``t``."""
    z = rotation_of_epoch("moon-equator-of-epoch", t, almanac)[2]
    y = np.cross(z, almanac.position("earth", "moon", t))
    y /= np.linalg.norm(y)
    return np.array([np.cross(y, z), y, z])


def hidden_pieces(
    path: Moving, t: Times, view: np.ndarray, radius: float
) -> tuple[list[Vectors], list[Vectors]]:
    """Return the lines of ``path`` that are seen and those that the sphere hides, m.

    Parameters
    ----------
    path : Moving
        Positions from the centre of the sphere, in the axes that ``view`` refers to.
    t : (n,) array, s TDB past J2000
    view : (3, 3) array
        Rows: right, up and towards the viewer, who is far away.
    radius : float, m

    Returns
    -------
    seen, hidden : lists of (k, 2) arrays, m
        Cut where the path crosses the limb, to 1 s of its motion.
    """

    def clearance(at: Times) -> np.ndarray:
        return behind(path.position(at) @ view.T, radius)

    every = np.union1d(t, crossings(clearance, t))
    points = (path.position(every) @ view.T)[:, :2]
    clear = clearance(0.5 * (every[1:] + every[:-1])) > 0
    return pieces(points, clear), pieces(points, ~clear)


@styled()
def orbit_view(
    path: Any, almanac: Any, span: tuple[float, float], *, ax: Axes, view: str = "front",
    scene: Scene | None = None,
) -> Axes:  # fmt: skip
    """Draw a path about its centre as seen from far away; what the body hides is dashed.

    The axes are inertial: about the Moon, z is its north pole and x points to the Earth (along
    the equator) at the start of ``span``; about other bodies they are those of ICRF. The first
    revolution is drawn strong.

    Parameters
    ----------
    path : Trajectory
        In ICRF axes about the body that is drawn.
    almanac : Almanac
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    view : str
        ``north``, ``front`` or ``side``.
    scene : Scene, optional
        What the views of this path share, where it is already known.

    Returns
    -------
    Axes
        In thousands of kilometres.
    """
    shown = scene or Scene.of(path, almanac, span)
    (left, right), (low, high) = shown.extent(view) / SCALE
    ax.set(xlim=(left, right), ylim=(low, high), aspect="equal")
    radius = shown.center.radius
    disc(ax, radius / SCALE, name=shown.center.name)
    graticule(ax, radius / SCALE, VIEWS[view])
    later, first = shown.t[shown.t >= shown.first], shown.t[shown.t <= shown.first]
    if len(later) > 1:
        seen, hidden = hidden_pieces(shown.path, later, VIEWS[view], radius)
        ax.add_collection(_lines(seen, _LATER[0], 0.5, "-", 3.0, "later revolutions"))
        ax.add_collection(_lines(hidden, _LATER[1], 0.5, _DASH, 2.6, ""))
    seen, hidden = hidden_pieces(shown.path, first, VIEWS[view], radius)
    ax.add_collection(_lines(seen, BLUE, 1.8, "-", 4.0, "first revolution"))
    ax.add_collection(_lines(hidden, BLUE, 1.8, _DASH, 2.8, ""))
    ax.plot(
        [],
        [],
        ls=_DASH,
        color=BLUE,
        lw=pt(1.8),
        label=f"behind the {shown.center.name.title()}",
    )
    _marks(ax, shown, VIEWS[view])
    across, up, towards = _SEEN[view]
    ax.set(
        xlabel=label(across, UNIT),
        ylabel=label(up, UNIT),
        title="seen from " + towards.replace("-", "\N{MINUS SIGN}"),
    )
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    return ax


def _lines(
    lines: list[Vectors], colour: str, width: float, dash: Any, z: float, text: str
) -> LineCollection:
    return LineCollection(
        [line / SCALE for line in lines], colors=colour, linewidths=pt(width),
        linestyles=[dash], zorder=z, label=text or "_hidden", capstyle="butt",
    )  # fmt: skip


def _marks(ax: Axes, scene: Scene, view: np.ndarray) -> None:
    for at, marker, colour, text in (
        (scene.passages.periapsis, "^", RED, "periapsis"),
        (scene.passages.apoapsis, "v", ORANGE, "apoapsis"),
    ):
        if not len(at):
            continue
        seen = scene.path.position(at) @ view.T
        points, now = seen[:, :2] / SCALE, at <= scene.first
        hidden = behind(seen, scene.center.radius) < 0.0
        if len(at) < _CROWD:
            ax.plot(*points[~now].T, marker, ms=pt(2.2), mfc=colour, mec="none", zorder=4.5)
        for which, fill, rim, text_of in (
            (now & ~hidden, colour, "white", text),
            (now & hidden, "none", colour, f"{text}, hidden"),
        ):
            if which.any():
                ax.plot(
                    *points[which].T, marker, ms=pt(7), mfc=fill, mec=rim, mew=pt(0.8),
                    zorder=5, ls="none", label=text_of,
                )  # fmt: skip
