"""Where the panels of a figure stand, in inches, so that no text meets another."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orbits.plots.style import Sheet


def panel(
    figure: Figure, left: float, bottom: float, width: float, height: float, **kw: str
) -> Axes:
    """Return new axes at a place in inches from the lower left corner."""
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, bottom / h, width / w, height / h), **kw)  # type: ignore[arg-type]


def stack(
    figure: Figure, size: Sheet, shares: Sequence[float], gap: float, right: float = 0.0
) -> list[Axes]:
    """Return panels one above the other, first on top, heights in proportion to ``shares``.

    Parameters
    ----------
    figure : Figure
    size : Sheet
        Its margins are kept.
    shares : sequence of float
    gap : float, inches
        Between panels.
    right : float, inches
        More room at the right, for a second scale.
    """
    width, height = figure.get_size_inches()
    room = height - size.top - size.bottom - gap * (len(shares) - 1)
    made, top = [], height - size.top
    for share in shares:
        tall = room * share / sum(shares)
        made.append(
            panel(figure, size.left, top - tall, width - size.left - size.right - right, tall)
        )
        top -= tall + gap
    return made


def to_scale(
    figure: Figure, size: Sheet, ranges: Sequence[tuple[float, float]], gap: float,
    top: float, bottom: float,
) -> list[Axes]:  # fmt: skip
    """Return panels side by side, all at one scale, centred between ``top`` and ``bottom``.

    Parameters
    ----------
    figure : Figure
    size : Sheet
        Its left and right margins are kept.
    ranges : sequence of (float, float)
        Width and height of each panel in the units of the drawing.
    gap : float, inches
        Between panels: room for labels.
    top, bottom : float, inches
        From the lower edge of the figure.
    """
    width = figure.get_figwidth() - size.left - size.right - gap * (len(ranges) - 1)
    scale = min(width / sum(w for w, _ in ranges), (top - bottom) / max(h for _, h in ranges))
    spare = width - scale * sum(w for w, _ in ranges)
    gap += spare / (len(ranges) + 1)
    left, made = size.left + spare / (len(ranges) + 1), []
    middle = 0.5 * (top + bottom)
    for w, h in ranges:
        made.append(panel(figure, left, middle - 0.5 * scale * h, scale * w, scale * h))
        left += scale * w + gap
    return made


def align(axes: Sequence[Axes], size: Sheet) -> None:
    """Put the labels of upright axes that stand above each other in one line."""
    for ax in axes:
        inches = ax.get_position().width * ax.figure.get_figwidth()  # type: ignore[union-attr]
        ax.yaxis.set_label_coords(-0.7 * size.left / inches, 0.5)
