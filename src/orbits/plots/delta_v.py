"""What manoeuvres cost, one after the other, up to their total."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orbits.plots.drawing import Words
from orbits.plots.layout import panel
from orbits.plots.style import BLUE, INK, blank, heading, label, pt, sheet, styled


@styled()
def delta_v(costs: Mapping[str, float], *, ax: Axes) -> Axes:
    """Draw manoeuvres as bars that begin where the one before ended, and their total.

    Parameters
    ----------
    costs : mapping of name to float, m/s
        In their order.
    ax : Axes, optional

    Returns
    -------
    Axes
        Metres a second to the right, the first manoeuvre on top.
    """
    size = np.array(list(costs.values()))
    start = np.concatenate([[0.0], np.cumsum(size)[:-1]])
    total = float(size.sum())
    y = -np.arange(len(size))
    ax.barh(y, size, 0.62, start, color=BLUE, ec=INK, lw=pt(0.6), zorder=2)
    ax.barh(
        -len(size), total, 0.62, color="#555555", ec=INK, lw=pt(0.6), hatch="////", zorder=2
    )
    for place, (value, end) in enumerate(
        [*zip(size, start + size, strict=True), (total, total)]
    ):
        ax.annotate(
            f"{value:,.1f}", (end, -place), xytext=(pt(5), 0), textcoords="offset points",
            va="center", fontsize="small", weight="bold" if place == len(size) else "normal",
        )  # fmt: skip
    ax.set_yticks(-np.arange(len(size) + 1), [*costs, "total"])
    ax.get_yticklabels()[-1].set_fontweight("bold")
    ax.set(xlim=(0.0, 1.12 * total or 1.0), ylim=(-len(size) - 0.6, 0.6))
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(label("Delta-v", "m/s"))
    return ax


def delta_v_figure(costs: Mapping[str, float], preset: str, words: Words) -> Figure:
    """Return the budget of a spacecraft's manoeuvres."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    width, height = figure.get_size_inches()
    left = 0.16 + 0.0088 * size.font * max(5, *map(len, costs))
    low = 0.75 * size.bottom
    tall = height - size.top - low + 0.021 * size.font  # no scale on top
    delta_v(costs, ax=panel(figure, left, low, width - left - size.right, tall))
    return figure
