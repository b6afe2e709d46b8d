"""Station workload: hours a day that each station carries."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from orbits.plots.drawing import Words
from orbits.plots.layout import stack
from orbits.plots.style import (
    COLOURS,
    HATCHES,
    INK,
    blank,
    dates,
    heading,
    label,
    legend_below,
    pt,
    sheet,
    styled,
)  # fmt: skip


@styled()
def workload(
    carried: Mapping[str, np.ndarray], edges: np.ndarray, *, ax: Axes,
    visible: np.ndarray | None = None,
) -> Axes:  # fmt: skip
    """Draw the hours of each day that each station carries, one on top of the other.

    Parameters
    ----------
    carried : mapping of station to (k,) array, s
    edges : (k + 1,) array, s TDB past J2000
        Of the days.
    ax : Axes, optional
    visible : (k,) array, s, optional
        Hours in which any could carry, drawn as a step.
    """
    x = dates(edges)
    width = np.diff(x)
    base = np.zeros(width.size)
    for k, (name, seconds) in enumerate(carried.items()):
        hours = np.asarray(seconds) / 3600.0
        ax.bar(
            x[:-1], hours, width, base, align="edge", color=COLOURS[k % len(COLOURS)],
            hatch=HATCHES[(k + k // 7) % len(HATCHES)], edgecolor=INK, linewidth=pt(0.5),
            label=name, zorder=2,
        )  # fmt: skip
        base += hours
    if visible is not None:
        ax.stairs(visible / 3600.0, x, color=INK, lw=pt(1.2), ls=(0, (4, 2)), label="visible")
    ax.set(xlim=(x[0], x[-1]), ylim=(0.0, 24.0))
    ax.set_yticks(np.arange(0, 25, 3))
    ax.set_ylabel(label("Carried", "h per UTC day"))
    locator = AutoDateLocator(minticks=4, maxticks=11)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.set_xlabel("UTC")
    return ax


def workload_figure(
    carried: Mapping[str, np.ndarray], edges: np.ndarray, preset: str, words: Words
) -> Figure:
    """Return the workload of the stations of a chain."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    (ax,) = stack(figure, size, [1.0], 0.0)
    workload(carried, edges, ax=ax)
    legend_below(figure, [ax], preset)
    return figure
