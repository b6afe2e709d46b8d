"""Names beside points, placed so that none covers another."""

from collections.abc import Iterable
from typing import Final

from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

# Where a name may stand: its direction from the point, in sizes of type, and its alignment.
_PLACES: Final = tuple(
    (x * reach, y * reach, across, up)
    for reach in (1.0, 2.2, 3.4)
    for x, y, across, up in (
        (0.8, 0.0, "left", "center"),
        (-0.8, 0.0, "right", "center"),
        (0.0, 0.8, "center", "bottom"),
        (0.0, -0.8, "center", "top"),
        (0.6, 0.6, "left", "bottom"),
        (-0.6, 0.6, "right", "bottom"),
        (0.6, -0.6, "left", "top"),
        (-0.6, -0.6, "right", "top"),
    )
)


def name_points(
    ax: Axes, points: Iterable[tuple[str, float, float]], size: float, taken: list[Bbox]
) -> None:
    """Write names beside points, each at the first place that is free and inside the axes.

    Where no place is free the one that covers the least of the others is taken.

    Parameters
    ----------
    ax : Axes
        Its limits and its place on the figure must be final.
    points : iterable of (name, x, y)
        In data coordinates.
    size : float, points
        Of the type.
    taken : list of Bbox, pixels
        What must not be covered; the names are added to it.
    """
    frame, back = (
        ax.get_window_extent(),
        {"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1.2},
    )
    for name, x, y in points:
        text = ax.annotate(
            name, (x, y), xytext=(0, 0), textcoords="offset points", weight="bold",
            fontsize=size, zorder=6, bbox=back,
        )  # fmt: skip
        tried = []
        for dx, dy, across, up in _PLACES:
            text.set(position=(dx * size, dy * size), ha=across, va=up)
            box = text.get_window_extent()
            outside = not (
                frame.x0 <= box.x0 and box.x1 <= frame.x1
                and frame.y0 <= box.y0 and box.y1 <= frame.y1
            )  # fmt: skip
            covered = sum(_shared(box, other) for other in taken)
            covered += 10.0 * box.width * box.height if outside else 0.0
            tried.append((covered, dx, dy, across, up, box))
            if covered == 0.0:
                break
        _, dx, dy, across, up, box = min(tried, key=lambda one: one[0])
        text.set(position=(dx * size, dy * size), ha=across, va=up)
        taken.append(box)


def _shared(one: Bbox, other: Bbox) -> float:
    """Return the area, square pixels, that two boxes share."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    tall = min(one.y1, other.y1) - max(one.y0, other.y0)
    return wide * tall if wide > 0.0 and tall > 0.0 else 0.0
