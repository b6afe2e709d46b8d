"""The look of the figures: colours, sheets, the UTC axis, the footer."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any, Final

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from orbits.time import utc_datetime64

# Okabe and Ito (2008), "Color universal design".
BLUE: Final = "#0072B2"
ORANGE: Final = "#E69F00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
SKY: Final = "#56B4E9"
RED: Final = "#D55E00"
BLACK: Final = "#000000"
YELLOW: Final = "#F0E442"

# A nth object of a figure is told apart by colour and by line style or hatch.
COLOURS: Final = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED, BLACK)
LINES: Final = ("-", (0, (6, 2)), (0, (4, 1.5, 1, 1.5)), (0, (1, 1.2)), (0, (8, 2, 2, 2)))
HATCHES: Final = ("", "////", "....", "\\\\\\\\", "xxxx", "++++", "----")

BODY_COLOURS: dict[str, str] = {  # change an entry to redraw a body in another colour
    "sun": YELLOW,
    "earth": "#B9D6EA",
    "moon": "#C8C8C8",
}
OTHER: Final = "#C9A27E"  # a body without an entry
INK: Final = "#222222"
FAINT: Final = "#6B6B6B"  # 5.3 to 1 on white
SHADE: Final = "#E9E9E9"
SCALE: Final = 1e6  # m: lengths are drawn in thousands of kilometres
UNIT: Final = "10³ km"


Drawing = Callable[..., Axes]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size of figure: inches, points, and the margins that its text needs (inches)."""

    width: float
    height: float
    font: float
    top: float
    bottom: float
    left: float
    right: float
    dpi: int


# Top, bottom, left, right, inches. Size, type and resolution stand in PRESET.mplstyle.
MARGINS: Final = {"slide": (1.36, 1.05, 1.0, 0.45), "paper": (0.92, 0.75, 0.66, 0.25)}


@cache
def sheet(preset: str) -> Sheet:
    """Return the sheet called ``preset``; ``ValueError`` lists the known ones."""
    if preset not in MARGINS:
        known = ", ".join(MARGINS)
        raise ValueError(f"unknown preset {preset!r}; the known ones are {known}")
    said = _parameters(preset)
    width, height = said["figure.figsize"]
    font, dpi = said["font.size"], int(said["figure.dpi"])
    return Sheet(width, height, font, *MARGINS[preset], dpi)


@cache
def _parameters(name: str) -> dict[Any, Any]:
    """Return the contents of NAME.mplstyle, which `matplotlib.style.use` reads as well."""
    path = Path(__file__).with_name(f"{name}.mplstyle")
    return dict(matplotlib.rc_params_from_file(path, use_default_template=False))


@contextmanager
def style(preset: str) -> Iterator[None]:
    """Draw in the style of the package, at the size of type of ``preset``."""
    sheet(preset)  # says what is known where it is not
    with matplotlib.rc_context({**_parameters("orbits"), **_parameters(preset)}):
        yield


def styled(projection: str | None = None) -> Callable[[Drawing], Drawing]:
    """Let ``draw(..., ax)`` be called with ``ax=None``: it then makes a figure of its own."""

    def decorate(draw: Drawing) -> Drawing:
        @wraps(draw)
        def drawn(*args: Any, ax: Axes | None = None, **keywords: Any) -> Axes:
            if ax is not None:
                return draw(*args, ax=ax, **keywords)
            with style("slide"):
                place = (0.09, 0.14, 0.66, 0.74)
                made = blank("slide").add_axes(place, projection=projection)  # type: ignore
                draw(*args, ax=made, **keywords)
                if made.get_legend_handles_labels()[0]:
                    made.legend(loc="upper left", bbox_to_anchor=(1.1, 1.0))
                return made

        return drawn

    return decorate


def blank(preset: str, height: float | None = None) -> Figure:
    """Return an empty figure of the preset's size with its own raster canvas."""
    size = sheet(preset)
    figure = Figure(figsize=(size.width, height or size.height), dpi=size.dpi)
    FigureCanvasAgg(figure)
    return figure


def heading(figure: Figure, preset: str, title: str, line: str = "") -> None:
    """Write the title and, under it, one line that says what is seen, small enough to fit."""
    size = sheet(preset)
    width, height = figure.get_size_inches()
    left = 0.03 * size.font
    room = 72.0 * (width - 2 * left)
    for text, down, most, shade, weight in (
        (title, 0.022, 1.45, INK, "bold"),
        (line, 0.049, 0.95, "#555555", "normal"),
    ):
        points = min(most * size.font, room / (0.58 * max(len(text), 1)))
        figure.text(
            left / width, 1 - down * size.font / height, text, fontsize=points, weight=weight,
            color=shade, va="top",
        )  # fmt: skip


def footer(figure: Figure, text: str) -> None:
    """Write the provenance at the foot of the figure in 6 pt."""
    figure.text(
        0.1 / figure.get_figwidth(), 0.07 / figure.get_figheight(), text, fontsize=6,
        color=FAINT, va="bottom",
    )  # fmt: skip


def legend_below(figure: Figure, axes: Iterable[Axes], preset: str) -> None:
    """Put one legend for all ``axes`` between the lowest axis and the footer.

    Where it needs more than one row the panels give way.
    """
    handles: dict[str, Any] = {}
    for ax in axes:
        for handle, text in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(text, handle)
    if not handles:
        return
    size = sheet(preset)
    room = (size.width - size.left - 0.1) * 72.0 / (0.9 * size.font)  # ems
    widths = [0.56 * len(text) + 5.0 for text in handles]  # ems: text, handle, gap
    rows = next(k for k in range(1, len(widths) + 1) if _fits(widths, k, room, k > 3))
    columns = -(-len(widths) // rows)
    extra = (rows - 1) * 1.45 * 0.9 * size.font / 72.0  # inches above one row
    if extra:
        _raise(figure, extra, size.bottom)
    figure.legend(
        list(handles.values()), list(handles), loc="lower left", ncols=columns,
        bbox_to_anchor=(size.left / size.width, 0.23 / figure.get_figheight()),
        fontsize=min(0.9, 0.9 * room / _ems(widths, rows)) * size.font, handlelength=2.6,
        columnspacing=1.4,
    )  # fmt: skip


def _ems(widths: list[float], rows: int) -> float:
    """Return the width of a legend whose entries run down its columns, sizes of type."""
    return sum(max(widths[k : k + rows]) for k in range(0, len(widths), rows))


def _fits(widths: list[float], rows: int, room: float, tight: bool) -> bool:
    """Tell whether so many rows fit at full size, or nearly so where they are ``tight``."""
    return rows == len(widths) or _ems(widths, rows) <= (1.25 if tight else 1.1) * room


def _raise(figure: Figure, extra: float, bottom: float) -> None:
    """Move the feet of all axes up by ``extra`` inches, their tops staying where they are."""
    height = figure.get_figheight()
    top = max(ax.get_position().y1 for ax in figure.axes) * height
    share = (top - bottom - extra) / (top - bottom)
    for ax in figure.axes:
        box = ax.get_position()
        low, high = (top - (top - y * height) * share for y in (box.y0, box.y1))
        ax.set_position((box.x0, low / height, box.width, (high - low) / height))


def pt(points: float) -> float:
    """Return a line width or marker size that keeps its ratio to the type, given at 12 pt."""
    return points * matplotlib.rcParams["font.size"] / 12.0


def label(name: str, unit: str) -> str:
    """Return the label of an axis: ``Altitude [km]``."""
    return f"{name} [{unit}]"


def dates(t: Any) -> np.ndarray:
    """Return the abscissae (days, matplotlib's dates, UTC) of ``t``, s TDB past J2000."""
    return date2num(utc_datetime64(t))


def utc_axis(ax: Axes, span: tuple[float, float], place: str = "alone") -> None:
    """Give ``ax`` the UTC dates of ``span``, s TDB past J2000, and the elapsed days on top.

    ``place`` in a stack of panels: ``alone`` has both, ``first`` the days on top, ``last`` the
    dates below, ``middle`` the ticks alone.
    """
    first, last = dates(np.array(span))
    ax.set_xlim(first, last)
    locator = AutoDateLocator(minticks=4, maxticks=11)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    if place in ("alone", "last"):
        ax.set_xlabel("UTC")
    else:
        ax.tick_params(axis="x", labelbottom=False)
        ax.xaxis.get_offset_text().set_visible(False)
    if place in ("alone", "first") and not ax.child_axes:
        unit, per_day = elapsed(last - first)

        def there(x: Any) -> Any:
            return (x - first) * per_day

        def back(x: Any) -> Any:
            return x / per_day + first

        top = ax.secondary_xaxis("top", functions=(there, back))
        top.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
        top.set_xlabel(label("Elapsed", unit))


def elapsed(days: float) -> tuple[str, float]:
    """Return the unit of time elapsed in a span of so many days, and how many make a day."""
    return ("min", 1440.0) if days < 0.11 else ("h", 24.0) if days < 3.0 else ("day", 1.0)


def placed(k: int, count: int) -> str:
    """Return the place of panel ``k`` of ``count`` in a stack, as `utc_axis` calls it."""
    if count == 1:
        return "alone"
    return "first" if k == 0 else "last" if k == count - 1 else "middle"
