"""What a mission's numbers come to when a value of its file is taken through others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from orbits.plots.drawing import Words
from orbits.plots.layout import stack
from orbits.plots.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    RED,
    blank,
    heading,
    label,
    legend_below,
    pt,
    sheet,
    styled,
)  # fmt: skip

MOST = 4  # panels


@dataclass(frozen=True, slots=True)
class Response:
    """One number over the values of another.

    Attributes
    ----------
    name, unit : str
    x : (n,) array
        What is varied.
    y : (n,) array
        nan where the sample was not flown to its end.
    limit : float or None
        Of the requirement on it, in ``unit``.
    at_least : bool
        Which side of the limit is wanted.
    """

    name: str
    unit: str
    x: np.ndarray
    y: np.ndarray
    limit: float | None = None
    at_least: bool = True


@dataclass(frozen=True, slots=True)
class Varied:
    """What is varied: label of its axis, the file's own value, names for what is no number."""

    label: str
    nominal: float | None = None
    names: Sequence[str] = ()


@styled()
def response(found: Response, *, ax: Axes, nominal: float | None = None) -> Axes:
    """Draw a number over what is varied: PASS filled, FAIL hollow, not flown as crosses.

    Parameters
    ----------
    found : Response
    ax : Axes, optional
    nominal : float, optional
        What the file itself says, as an upright line.
    """
    known = np.isfinite(found.y)
    good = known.copy()
    if found.limit is not None:
        good &= (found.y >= found.limit) if found.at_least else (found.y <= found.limit)
        ax.axhline(found.limit, color=INK, lw=pt(1.1), ls=(0, (5, 2)), zorder=2, label="limit")
    if nominal is not None:
        ax.axvline(nominal, color=FAINT, lw=pt(1.1), ls=(0, (1, 1.5)), label="as in the file")
    ax.plot(found.x, found.y, color=BLUE, lw=pt(1.0), zorder=2.5)
    for mask, colour, fill, text in (
        (good, GREEN, GREEN, "holds"),
        (known & ~good, RED, "white", "fails"),
    ):
        if mask.any() and (found.limit is not None):
            ax.plot(
                found.x[mask], found.y[mask], "o", ms=pt(6), mec=colour, mfc=fill, zorder=3,
                mew=pt(1.5), label=text,
            )  # fmt: skip
    if not known.all():
        lost = found.x[~known]
        ax.plot(
            lost, np.full(len(lost), 0.05), "x", color=INK, ms=pt(6), mew=pt(1.5), zorder=3,
            transform=ax.get_xaxis_transform(), label="not flown to its end",
        )  # fmt: skip
    ax.margins(y=0.15)
    ax.set_title(label(found.name, found.unit) if found.unit else found.name)
    return ax


def sensitivity_figure(
    found: Sequence[Response], axis: Varied, preset: str, words: Words
) -> Figure:
    """Return the numbers over what is varied, one above the other."""
    figure, size = blank(preset), sheet(preset)
    heading(figure, preset, words.title, words.line)
    axes = stack(figure, size, [1.0] * len(found), 0.5 if preset == "slide" else 0.32)
    for k, (ax, one) in enumerate(zip(axes, found, strict=True)):
        response(one, nominal=axis.nominal, ax=ax)
        if axis.names:
            ax.set_xticks(range(len(axis.names)), axis.names)
        if k < len(axes) - 1:
            ax.tick_params(axis="x", labelbottom=False)
    axes[-1].set_xlabel(axis.label)
    legend_below(figure, axes, preset)
    return figure
