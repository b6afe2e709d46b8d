"""Where each figure stands, and how all of them fit into one page."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from orbits.report.blocks import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

_ROOM = 6_000_000  # bytes of all images; a report stays below 12 MB with its tables
_NARROW = 800  # pixels; an image is not made smaller than this

# Kind of a figure -> section that shows it; another kind stands among the further figures.
_SECTIONS = {
    "orbit": "trajectory",
    "rotating-frame": "trajectory",
    "ground-track": "trajectory",
    "motion": "trajectory",
    "apsides": "trajectory",
    "contacts": "visibility",
    "workload": "visibility",
    "durations": "visibility",
    "elevation": "visibility",
    "range": "visibility",
    "margin": "visibility",
    "sky": "visibility",
    "beta": "eclipses",
    "eclipses": "eclipses",
    "sun-angle": "eclipses",
    "coverage": "coverage",
    "contact-plan": "service",
    "delta-v": "delta-v",
    "sensitivity": "sensitivity",
}


def by_section(pictures: Sequence[Picture]) -> dict[str, list[Picture]]:
    """Return the figures by the section that shows them, those of one kind together."""
    order = list(_SECTIONS)

    def place(one: Picture) -> int:
        return order.index(one.family) if one.family in order else len(order)

    found: dict[str, list[Picture]] = {}
    for one in sorted(fitted(pictures), key=place):
        found.setdefault(_SECTIONS.get(one.family, "further"), []).append(one)
    return found


def media(image: bytes) -> str:
    """Return the media type of an image: PNG, or SVG."""
    return "image/png" if image.startswith(b"\x89PNG") else "image/svg+xml"


def fitted(pictures: Sequence[Picture], room: int = _ROOM) -> list[Picture]:
    """Return the figures, the largest of them reduced until all together fit into ``room``.

    Colours go down to 256 first; then width and height to three quarters, as often as needed.
    """
    made = {one.name: one.image for one in pictures}
    for reduce in (_fewer_colours, *([_smaller] * 4)):
        for name in sorted(made, key=lambda one: -len(made[one])):
            if sum(map(len, made.values())) <= room:
                break
            if media(made[name]) == "image/png":
                made[name] = min(made[name], reduce(made[name]), key=len)
    return [replace(one, image=made[one.name]) for one in pictures]


def _fewer_colours(image: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(image)) as opened:
        return _stored(opened.convert("RGB"))


def _smaller(image: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(image)) as opened:
        width, height = (round(0.75 * x) for x in opened.size)
        if width < _NARROW:
            return image
        return _stored(opened.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))


def _stored(image: "Image") -> bytes:
    from PIL import Image

    out = io.BytesIO()
    few = image.quantize(256, dither=Image.Dither.NONE)
    few.save(out, format="PNG", optimize=True)
    return out.getvalue()
