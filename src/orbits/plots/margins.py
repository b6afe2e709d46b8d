"""The radio of a link against time: margin in its windows, and the rate that it allows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from orbits.plots.drawing import Words
from orbits.plots.layout import align, stack
from orbits.plots.style import (
    COLOURS,
    INK,
    LINES,
    blank,
    dates,
    heading,
    label,
    legend_below,
    placed,
    pt,
    sheet,
    styled,
    utc_axis,
)  # fmt: skip

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Radio:
    """What a leg with a radio can do while it is open.

    Attributes
    ----------
    name : str
    t : (n,) array, s TDB past J2000
    margin : (n,) array, dB
        Over the required Eb/N0 at the lowest rate; nan while it is closed.
    rate : (n,) array, bit/s
        In use; nan while it is closed.
    """

    name: str
    t: np.ndarray
    margin: np.ndarray
    rate: np.ndarray


@styled()
def link_margin(
    radios: Sequence[Radio], reserve: float, span: Span, *, ax: Axes, place: str = "alone"
) -> Axes:
    """Draw the margin of each leg at the lowest rate, with the reserve that it must keep.

    Parameters
    ----------
    radios : sequence of Radio
    reserve : float, dB
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    place : str
        In a stack of panels, see `utc_axis`.
    """
    for k, radio in enumerate(radios):
        ax.plot(
            dates(radio.t), radio.margin, color=COLOURS[k % len(COLOURS)],
            ls=LINES[k % len(LINES)], lw=pt(1.5), zorder=3, label=radio.name,
        )  # fmt: skip
    ax.axhline(
        reserve, color=INK, lw=pt(1.0), ls=(0, (1, 1.5)), zorder=2, label="reserve to be kept"
    )
    ax.set_ylabel(label("Margin, lowest rate", "dB"))
    utc_axis(ax, span, place)
    return ax


@styled()
def link_rate(
    radios: Sequence[Radio], rates: Sequence[float], span: Span, *, ax: Axes,
    place: str = "alone",
) -> Axes:  # fmt: skip
    """Draw the rate in use against time; the ladder ``rates``, bit/s, is the scale."""
    for k, radio in enumerate(radios):
        ax.plot(
            dates(radio.t), np.where(radio.rate > 0.0, radio.rate, np.nan),
            color=COLOURS[k % len(COLOURS)], ls=LINES[k % len(LINES)], lw=pt(1.5), zorder=3,
        )  # fmt: skip
    ax.set_yscale("log")
    ax.set_yticks(rates)
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / 1e6:g}"))
    ax.set_ylim(rates[0] / 1.5, rates[-1] * 1.5)
    ax.set_ylabel(label("Rate", "Mbit/s"))
    utc_axis(ax, span, place)
    return ax


def margin_figure(
    radios: Sequence[Radio], reserve: float, rates: Sequence[float], span: Span,
    preset: str, words: Words,
) -> Figure:  # fmt: skip
    """Return margin and rate of the legs of a link."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    axes = stack(figure, size, [1.0, 1.0], 0.3 if preset == "slide" else 0.2)
    link_margin(radios, reserve, span, place=placed(0, 2), ax=axes[0])
    link_rate(radios, rates, span, place=placed(1, 2), ax=axes[1])
    align(axes, size)
    legend_below(figure, axes, preset)
    return figure
