"""Coverage in pictures: figures of merit on rectangular and polar maps."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from orbits.plots.drawing import Words
from orbits.plots.layout import panel
from orbits.plots.maps import Chart, cells, landmarks, polar, rectangular
from orbits.plots.style import RED, blank, heading, label, pt, sheet, styled


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure of merit as a map shows it.

    Attributes
    ----------
    name : str
        Of `geometry.coverage.Figures`.
    words, unit : str
    scale : float
        From SI to ``unit``.
    cmap : str
    """

    name: str
    words: str
    unit: str
    scale: float
    cmap: str = "cividis"


SHOWN: Final = {
    row.name: row
    for row in (
        Shown("availability", "Covered", "%", 100.0),
        Shown("longest_gap", "Longest gap", "h", 1.0 / 3600.0, "cividis_r"),
        Shown("mean_gap", "Mean gap", "h", 1.0 / 3600.0, "cividis_r"),
        Shown("response_time", "Mean response time", "h", 1.0 / 3600.0, "cividis_r"),
        Shown("count", "Windows", "number", 1.0),
        Shown("mean_in_view", "Mean number in view", "number", 1.0),
    )
}


def chart_of(grid: Any, *, pole: float = 0.0) -> Chart:
    """Return the chart of a grid: a rectangle about its middle, or a pole that it reaches."""
    west, east = np.degrees(grid.meridians[[0, -1]])
    middle = 0.5 * (west + east) if east - west < 359.0 else 180.0 * (grid.body == "moon")
    if not pole:
        return Chart(grid.body, float(middle))
    ends = np.degrees(grid.parallels[[0, -1]])
    edge = 90.0 + ends[1] if pole < 0.0 else 90.0 - ends[0]
    return Chart(grid.body, float(middle), pole, float(min(edge, 40.0)))


def poles(grid: Any) -> tuple[float, ...]:
    """Return the poles that a grid holds all round, -1 and 1, to within a cell."""
    if np.ptp(grid.meridians) < 2.0 * np.pi - 1e-6:
        return ()
    ends = np.degrees(grid.parallels[[0, -1]])
    return tuple(p for p, end in ((-1.0, -ends[0]), (1.0, ends[1])) if end > 89.9)


@styled()
def coverage_map(
    coverage: Any, name: str = "availability", *, ax: Axes, chart: Chart | None = None,
    sites: Any = (), bar: bool = True, limits: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw a figure of merit of a coverage on a map.

    Parameters
    ----------
    coverage : Coverage
    name : str
        One of ``SHOWN``. Gaps are counted as far as they were seen.
    ax : Axes, optional
    chart : Chart, optional
        By default a rectangle with the grid's own middle.
    sites : sequence of Site
        Those on the body are marked and named.
    bar : bool
        Whether to add a colour bar to the figure.
    limits : (float, float), optional
        Of the colours, in the unit shown; by default the least and greatest value.

    Returns
    -------
    Axes
        With the mesh as its first collection.

    Raises
    ------
    ValueError
        If the name is not one of ``SHOWN``.
    """
    if name not in SHOWN:
        raise ValueError(f"no map of {name!r}; there are those of {', '.join(SHOWN)}")
    shown, grid = SHOWN[name], coverage.grid
    chart = chart or chart_of(grid)
    size = float(ax.xaxis.get_label().get_fontsize())
    values = shown.scale * getattr(coverage.figures(), name)
    values = np.where(coverage.counted, values, np.nan).reshape(grid.shape)
    parallels, meridians = np.degrees(grid.parallels), np.degrees(grid.meridians)
    if chart.pole:
        polar(ax, chart, size)
    else:
        half = 0.5 * float(np.ptp(meridians))
        wide = (chart.center_deg - half, chart.center_deg + half)
        rectangular(ax, chart, wide, tuple(parallels[[0, -1]]))
    norm = Normalize(*limits) if limits else _norm(_seen(values, chart, parallels), shown)
    mesh = cells(ax, chart, parallels, meridians, values, cmap=shown.cmap, norm=norm)
    landmarks(ax, chart, size)
    _sites(ax, chart, sites, grid.body, size)
    if bar:
        words = label(shown.words, shown.unit)
        ax.figure.colorbar(mesh, ax=ax, label=words, shrink=0.8, pad=0.03)  # type: ignore
    return ax


def _seen(values: np.ndarray, chart: Chart, parallels_deg: np.ndarray) -> np.ndarray:
    """Return the rows of ``values`` that the chart shows."""
    if not chart.pole:
        return values
    middle = 0.5 * (parallels_deg[1:] + parallels_deg[:-1])
    return values[90.0 - chart.pole * middle < chart.edge_deg]


def _norm(values: np.ndarray, shown: Shown) -> Normalize:
    """Return the range of colours: logarithmic for times that spread more than 20 times."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if shown.unit == "h" and low > 0.0 and high > 20.0 * low:
        return LogNorm(low, high)
    return Normalize(low, high) if high > low else Normalize(low - 0.5, high + 0.5)


def _sites(ax: Axes, chart: Chart, sites: Any, name: str, size: float) -> None:
    for site in sites:
        if site.body != name:
            continue
        x, y = (
            float(v) for v in chart.place(np.degrees(site.latitude), np.degrees(site.longitude))
        )
        if chart.pole and np.hypot(x, y) > chart.reach:
            continue
        ax.plot(x, y, "*", ms=1.25 * size, mfc=RED, mec="white", mew=pt(0.8), zorder=6)
        ax.annotate(
            site.name, (x, y), xytext=(0.8 * size, 0), textcoords="offset points", va="center",
            weight="bold", fontsize=0.85 * size, zorder=6,
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1.5},
        )  # fmt: skip


def coverage_figure(
    coverage: Any, sites: Any, preset: str, words: Words, *, pole: float = 0.0
) -> Figure:
    """Return two maps, of the share covered and of the longest gap, with their colour bars.

    Side by side; on paper wide maps stand one above the other.
    """
    size, slide, grid = sheet(preset), preset == "slide", coverage.grid
    chart = chart_of(grid, pole=pole)
    ratio = 1.0 if pole else float(np.ptp(grid.parallels) / np.ptp(grid.meridians))
    left = 0.25 if pole else size.left
    beside, below = 0.12 * size.font, 0.06 * size.font  # inches: colour bar, labels
    stacked = not slide and ratio < 0.75
    columns = 1 if stacked else 2
    wide = (size.width - left) / columns - beside
    if slide:
        wide = min(wide, (size.height - size.top - size.bottom + 0.25) / ratio)
    high = wide * ratio
    rows = 2 if stacked else 1
    figure = blank(preset, None if slide else size.top + rows * (high + below) + 0.4)
    heading(figure, preset, words.title, words.line)
    top = figure.get_figheight() - size.top
    if slide:
        room = size.height - size.top - size.bottom + 0.25
        top -= 0.5 * (room - high)
    for k, name in enumerate(("availability", "longest_gap")):
        x = left + (0.0 if stacked else k * (wide + beside))
        y = top - high - (k * (high + below) if stacked else 0.0)
        ax = panel(figure, x, y, wide, high)
        coverage_map(coverage, name, ax=ax, chart=chart, sites=sites, bar=False)
        if k and not pole and not stacked:
            ax.set_ylabel("")
            ax.tick_params(axis="y", labelleft=False)
        if stacked and not k:
            ax.set_xlabel("")
        _bar(figure, ax, (x + wide, y, high), SHOWN[name], size.font)
    return figure


def _bar(
    figure: Figure, ax: Axes, place: tuple[float, float, float], shown: Shown, font: float
) -> None:
    """Draw the colour bar of a map at its right: ``place`` is x, y, height in inches."""
    x, y, high = place
    strip = panel(figure, x + 0.01 * font, y + 0.1 * high, 0.016 * font, 0.8 * high)
    mesh = ax.collections[0]
    figure.colorbar(mesh, cax=strip, label=label(shown.words, shown.unit), format="%g")
    if isinstance(mesh.norm, LogNorm):
        strip.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    strip.yaxis.set_minor_formatter(NullFormatter())
