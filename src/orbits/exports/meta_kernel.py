"""SPICE meta-kernels: the list that loads the SPK files of a mission, with their names.

Format: NAIF, "Kernel Required Reading". [naif2022]
"""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from orbits.errors import ExportError
from orbits.exports.atomic import write_text

_WIDTH = 78  # characters of a line that SPICE reads whole


def write_meta_kernel(
    path: str | Path,
    kernels: Mapping[str, tuple[str, int]],
    *,
    title: str,
    comments: Sequence[str] = (),
) -> None:
    """Write to ``path`` a meta-kernel that loads ``kernels`` from the folder it is loaded in.

    Parameters
    ----------
    kernels
        By name of the spacecraft: file beside the meta-kernel, NAIF identifier.
    title : str
    comments : lines of ASCII text
        Provenance.

    Raises
    ------
    ExportError
        If a text is not ASCII.
    """
    for text in (title, *comments, *kernels):
        if not text.isascii():
            raise ExportError(f"texts of a meta-kernel are ASCII, got {text!r}")
    said = [line for text in (title, *comments) for line in textwrap.wrap(text, _WIDTH)]
    lines = [
        "KPL/MK",
        "",
        *said,
        "",
        "Load it from its own folder. Positions are relative to the centre of each SPK, in",
        "J2000 axes (those of the ICRF). For any other observer load a planetary SPK too, and",
        "for UTC a leap-second kernel.",
        "",
        "\\begindata",
        "",
        "PATH_VALUES = ( '.' )",
        "PATH_SYMBOLS = ( 'HERE' )",
        "KERNELS_TO_LOAD = (",
        *(f"    '$HERE/{file}'" for file, _ in kernels.values()),
        ")",
    ]
    for name, (_, number) in kernels.items():
        lines += [f"NAIF_BODY_NAME += ( '{name.upper()}' )", f"NAIF_BODY_CODE += ( {number} )"]
    write_text(path, "\n".join([*lines, "", "\\begintext", ""]))
