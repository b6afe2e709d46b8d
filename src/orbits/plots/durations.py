"""How long windows and gaps last: a histogram of each with its cumulative share."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from orbits.plots.drawing import Words
from orbits.plots.layout import panel
from orbits.plots.style import (
    INK,
    ORANGE,
    SKY,
    blank,
    heading,
    label,
    legend_below,
    pt,
    sheet,
    styled,
)  # fmt: skip

_STEPS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 180.0, 360.0, 720.0, 1440.0)  # min
_MOST = 24  # bars


def bins(longest: float) -> np.ndarray:
    """Return the edges of bars up to ``longest``, s: whole minutes, hours or days, s."""
    steps = 60.0 * np.array([*_STEPS, *(1440.0 * 2.0 ** np.arange(1, 12))])
    step = next((s for s in steps if longest <= _MOST * s), steps[-1])
    return step * np.arange(int(np.ceil(max(longest, step) / step)) + 1)


@styled()
def durations(
    seconds: np.ndarray, noun: str, *, ax: Axes, colour: str = SKY, hatch: str = ""
) -> Axes:
    """Draw how many windows or gaps last how long, and the share that lasts at most so long.

    Parameters
    ----------
    seconds : (n,) array, s
    noun : str
        What they are: "Windows".
    ax : Axes, optional
    colour, hatch : str

    Returns
    -------
    Axes
        Counts at the left, the cumulative share in percent at the right.
    """
    if not len(seconds):
        ax.text(0.5, 0.5, f"no {noun.lower()}", transform=ax.transAxes, ha="center")
        ax.set_axis_off()
        return ax
    edges = bins(float(seconds.max()))
    unit, scale = ("min", 60.0) if edges[-1] < 7200.0 else ("h", 3600.0)
    counts = np.histogram(seconds, edges)[0]
    ax.bar(
        edges[:-1] / scale, counts, np.diff(edges) / scale, align="edge", color=colour,
        edgecolor=INK, linewidth=pt(0.6), hatch=hatch or None, zorder=2, label=noun.lower(),
    )  # fmt: skip
    ax.set(xlim=(0.0, edges[-1] / scale), ylim=(0.0, 1.08 * counts.max()))
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    ax.set(xlabel=label("Duration", unit), ylabel=noun)
    share = ax.twinx()
    x = np.concatenate([[0.0], np.sort(seconds), edges[-1:]]) / scale
    y = 100.0 * np.concatenate([[0.0], np.arange(1, len(seconds) + 1), [len(seconds)]])
    share.step(
        x, y / len(seconds), where="post", color=INK, lw=pt(1.3), ls=(0, (5, 2)), zorder=4,
        label="last at most so long",
    )  # fmt: skip
    share.set_ylim(0.0, 108.0)
    share.set_yticks([0, 25, 50, 75, 100])
    share.grid(visible=False)
    share.set_ylabel(label("Cumulative", "%"))
    return ax


def durations_figure(
    windows: np.ndarray, gaps: np.ndarray, preset: str, words: Words
) -> Figure:
    """Return the histograms of windows and gaps, s, side by side."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    width, height = figure.get_size_inches()
    right = 0.065 * size.font
    between = size.left + right
    wide = 0.5 * (width - size.left - right - between)
    low = size.bottom + 0.01 * size.font
    tall = height - size.top - low + 0.021 * size.font  # no scale on top
    axes = [panel(figure, size.left + k * (wide + between), low, wide, tall) for k in range(2)]
    durations(windows, "Windows", colour=SKY, ax=axes[0])
    durations(gaps, "Gaps", colour=ORANGE, hatch="////", ax=axes[1])
    twins = [ax for ax in figure.axes if ax not in axes]
    legend_below(figure, [*axes, *twins], preset)
    return figure
