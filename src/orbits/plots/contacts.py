"""The contact chart: a row for each leg and chain, eclipses as bands, cut ends open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.dates import DayLocator
from matplotlib.transforms import blended_transform_factory

from orbits.plots.style import COLOURS, FAINT, INK, RED, dates, pt, styled, utc_axis


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the chart.

    Attributes
    ----------
    name : str
        Written at its left.
    windows : Windows
    colour, hatch : str
    strong : bool
        A chain: taller, dark, its name in bold.
    carried : sequence of (start, stop, colour)
        Stretches, s TDB past J2000, drawn along the foot of the row: who carries a chain, each
        colour in a lane of its own.
    errors : sequence of float or None
        For each window the greater error of its edges, s: a bar on top of it, from 0.01 s (no
        height) to 1,000 s (full), a factor of ten being as much everywhere. Empty: no bars.
    """

    name: str
    windows: Any
    colour: str
    hatch: str = ""
    strong: bool = False
    carried: Sequence[tuple[float, float, str]] = ()
    errors: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """Eclipses drawn behind all rows: ``umbra`` dark, penumbra light."""

    name: str
    windows: Any
    umbra: bool


@styled()
def contacts(
    rows: Sequence[Row], span: tuple[float, float], *, ax: Axes, bands: Sequence[Band] = ()
) -> Axes:
    """Draw when each leg and chain is open, first row on top.

    An edge that the analysis span cut is drawn without its end line and with an arrow head
    that points on; the share of the span and the number of windows stand at the right.

    Parameters
    ----------
    rows : sequence of Row
    span : (float, float), s TDB past J2000
    ax : Axes, optional
    bands : sequence of Band

    Returns
    -------
    Axes
    """
    for band in bands:
        _band(ax, band)
    for place, row in enumerate(rows):
        _row(ax, row, -place)
    side = blended_transform_factory(ax.transAxes, ax.transData)
    for place, row in enumerate(rows):
        ax.text(
            1.02, -place, f"{100 * row.windows.availability:.1f} %  ·  {row.windows.count}",
            transform=side, va="center", ha="left", weight="bold" if row.strong else "normal",
            color=INK, fontsize="small",
        )  # fmt: skip
    ax.text(
        1.02,
        0.5,
        "open  ·  windows",
        transform=side,
        va="center",
        color=FAINT,
        fontsize="x-small",
    )
    ax.set_yticks([-k for k in range(len(rows))], [row.name for row in rows])
    for text, row in zip(ax.get_yticklabels(), rows, strict=True):
        text.set_fontweight("bold" if row.strong else "normal")
    ax.set_ylim(-len(rows) + 0.4, 0.66)
    ax.grid(visible=False)
    ax.tick_params(axis="y", length=0, pad=9)
    ax.xaxis.set_minor_locator(DayLocator())
    utc_axis(ax, span)
    return ax


def _band(ax: Axes, band: Band) -> None:
    if not band.windows.count:
        return
    start, stop = dates(band.windows.start), dates(band.windows.stop)
    ax.add_collection(
        PolyCollection(
            _boxes(start, stop, np.zeros(len(start)), np.ones(len(start))),
            facecolors="#8C8C8C" if band.umbra else "#C9C9C9", edgecolors="none", zorder=0.6,
            transform=ax.get_xaxis_transform(), label=band.name,
        ),
        autolim=False,
    )  # fmt: skip


def _boxes(x0: np.ndarray, x1: np.ndarray, y0: np.ndarray, y1: np.ndarray) -> list[np.ndarray]:
    """Return the corners of upright boxes, (4, 2) each."""
    across, up = np.stack([x0, x1, x1, x0], axis=1), np.stack([y0, y0, y1, y1], axis=1)
    return list(np.stack([across, up], axis=2))


def _row(ax: Axes, row: Row, y: float) -> None:
    windows = row.windows
    if not windows.count:
        ax.text(
            0.5, y, "never open", color=RED,
            transform=blended_transform_factory(ax.transAxes, ax.transData), ha="center",
            va="center",
        )  # fmt: skip
        return
    half = 0.38 if row.strong else 0.27
    start, stop = dates(windows.start), dates(windows.stop)
    low, high = np.full(len(start), y - half), np.full(len(start), y + half)
    ax.add_collection(
        PolyCollection(
            _boxes(start, stop, low, high),
            facecolors=row.colour,
            edgecolors="#00000066",
            linewidths=0.0,
            hatch=row.hatch or None,
            zorder=2,
        )
    )
    cut_start, cut_stop = (
        np.asarray(windows.start_truncated),
        np.asarray(windows.stop_truncated),
    )
    ends = [np.column_stack([[x, x], [y - half, y + half]]) for x in start[~cut_start]]
    ends += [np.column_stack([[x, x], [y - half, y + half]]) for x in stop[~cut_stop]]
    sides = [
        np.column_stack([[a, b], [y + s * half] * 2])
        for a, b in zip(start, stop, strict=True)
        for s in (-1, 1)
    ]
    ax.add_collection(LineCollection(ends + sides, colors=INK, linewidths=pt(0.5), zorder=2.5))
    for x, marker in (
        *((x, "<") for x in start[cut_start]),
        *((x, ">") for x in stop[cut_stop]),
    ):
        ax.plot(
            x, y, marker, ms=pt(7), mfc="white", mec=INK, mew=pt(0.8), clip_on=False, zorder=4,
            label="cut by the span",
        )  # fmt: skip
    if row.errors:
        _errors(ax, row, y + half)
    if row.carried:
        _strip(ax, row, y - half, 0.8 * half)


def _strip(ax: Axes, row: Row, foot: float, tall: float) -> None:
    """Draw who carries a chain: a lane for each carrier, in the order of the rows above."""
    first, last, colours = zip(*row.carried, strict=True)
    lanes = sorted(set(colours), key=lambda c: -COLOURS.index(c) if c in COLOURS else -99)
    low = foot + tall / len(lanes) * np.array([lanes.index(colour) for colour in colours])
    boxes = _boxes(dates(first), dates(last), low, low + tall / len(lanes))
    floor = np.full(row.windows.count, foot)
    every = _boxes(dates(row.windows.start), dates(row.windows.stop), floor, floor + tall)
    ground = PolyCollection(every, facecolors="white", edgecolors=INK, linewidths=pt(0.3))
    strip = PolyCollection(boxes, facecolors=colours, edgecolors=INK, linewidths=pt(0.3))
    ground.set_zorder(2.9)
    strip.set_zorder(3)
    ax.add_collection(ground)
    ax.add_collection(strip)


_LEAST, _MOST, _TALL = 0.01, 1000.0, 0.2  # s, s, and rows


def _errors(ax: Axes, row: Row, base: float) -> None:
    """Draw a bar on top of each window: how far its edges may be off."""
    middle = dates(0.5 * (row.windows.start + row.windows.stop))
    size = [np.nan if error is None else error for error in row.errors]
    decades = np.log10(np.clip(size, _LEAST, _MOST) / _LEAST) / np.log10(_MOST / _LEAST)
    bars = [
        np.array([[x, base], [x, base + _TALL * tall]])
        for x, tall in zip(middle, decades, strict=True)
        if np.isfinite(tall)
    ]
    ax.add_collection(
        LineCollection(
            bars, colors=RED, linewidths=pt(3.0), zorder=3.5, capstyle="butt",
            label="edge error, 0.01 s to 1,000 s by decades",
        ),
        autolim=False,
    )  # fmt: skip
