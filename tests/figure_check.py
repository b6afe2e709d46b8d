"""What can be wrong with any figure: texts that meet, leave it, or are too faint."""

from itertools import combinations

from matplotlib.axis import Axis
from matplotlib.colors import to_rgb
from matplotlib.text import Text


def texts(figure):
    """Return every text that is drawn; labels of ticks outside the axes are not."""
    figure.canvas.draw()
    ticks, shown = set(), []
    for axis in figure.findobj(Axis):
        low, high = sorted(axis.get_view_interval())
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            for text in (tick.label1, tick.label2):
                ticks.add(text)
                if text.get_visible() and low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    shown.append(text)
    shown += [text for text in figure.findobj(Text) if text not in ticks]
    return [text for text in shown if text.get_visible() and text.get_text().strip()]


def contrast(text):
    """Return the ratio of luminances of a text and white paper, as WCAG 2 defines it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
             for c in to_rgb(text.get_color())]  # fmt: skip
    red, green, blue = parts
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def faults(figure):
    """Return what is wrong with a figure, in words; empty where nothing is."""
    said = [(text, text.get_window_extent()) for text in texts(figure)]
    width, height = figure.bbox.size
    found = []
    for text, box in said:
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height:
            found.append(f"{text.get_text()!r} leaves the figure")
        if contrast(text) < 4.5:  # WCAG 2.2, 1.4.3: the least for text of any size
            found.append(f"{text.get_text()!r} is too faint: {contrast(text):.1f} to 1")
        if text.get_fontsize() < 5.0:
            found.append(f"{text.get_text()!r} is too small: {text.get_fontsize():.1f} pt")
    for (one, a), (other, b) in combinations(said, 2):
        # A pixel of touching boxes is no overlap of ink.
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1:
            found.append(f"{one.get_text()!r} covers {other.get_text()!r}")
    for legend in figure.legends:
        box = legend.get_window_extent()
        found += [
            "the legend lies on the data"
            for ax in figure.axes
            if box.overlaps(ax.get_window_extent())
        ]
        if box.x1 > width:
            found.append("the legend leaves the figure")
    return found
