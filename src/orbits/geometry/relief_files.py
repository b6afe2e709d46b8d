"""Relief from files: a table of heights as CSV or npz, or a raster such as LOLA's GeoTIFF.

A CSV file states its body and frame in its first lines and then one point a row, in any order,
the points of an even grid of latitude and longitude, none missing:

    # body: moon
    # frame: MOON_ME
    # source: LOLA LDEM_16
    latitude_deg,longitude_deg,height_m
    -42.0,205.0,-5230.0

Heights are above the sphere of 1737.4 km on the Moon and above WGS84 on the Earth (frame
ITRF). An npz file holds ``body``, ``frame``, ``height_m`` (m, k), nan where it is not known,
and ``latitude_deg`` (m,) with ``longitude_deg`` (k,), or ``projection``, ``y_m`` and ``x_m``
of a polar stereographic plane; ``source`` is optional.
"""

import importlib
import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.errors import DataError
from orbits.geometry.relief import PROJECTIONS, Relief

Array = NDArray[np.float64]

HEADER = "latitude_deg,longitude_deg,height_m"
RASTERS = (".tif", ".tiff", ".img", ".jp2", ".lbl", ".vrt")
_MOST = 400_000_000  # heights


def read_relief(
    path: str | Path, *, around: tuple[float, float, float] | None = None
) -> Relief:
    """Return the relief of a file, by its suffix: .csv, .npz, or a raster that GDAL reads.

    Parameters
    ----------
    around : (latitude, longitude, distance), rad, rad, m, optional
        Of a raster, read only what lies within ``distance`` of a place, and a little more.

    Raises
    ------
    ValueError
        With file and line (of a CSV file) where it is no such grid.
    DataError
        If there is no such file, or the package that reads it is missing.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"there is no relief {path}; check the name")
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _read_csv(path)
    if suffix == ".npz":
        return _read_npz(path)
    if suffix in RASTERS:
        return _read_raster(path, around)
    raise ValueError(f"{path}: a relief is a .csv, .npz or one of {', '.join(RASTERS)} file")


def _check_frame(where: str, facts: dict[str, str]) -> str:
    """Return the body that ``facts`` name, if the frame is its own."""
    name = facts.get("body", "")
    if name not in ("earth", "moon"):
        raise ValueError(f"{where}: write '# body: moon' or '# body: earth' first")
    axes = body(name).axes
    if facts.get("frame") != axes:
        raise ValueError(
            f"{where}: the frame of {name} is {axes}, the file says {facts.get('frame')!r}"
        )
    return name


def _read_csv(path: Path) -> Relief:
    facts: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}:1: no text: {error.reason}; write a CSV file") from None
    first = 0
    while first < len(lines) and lines[first].startswith("#"):
        key, _, value = lines[first][1:].partition(":")
        facts[key.strip()] = value.strip()
        first += 1
    if first == len(lines) or lines[first].replace(" ", "") != HEADER:
        raise ValueError(f"{path}:{first + 1}: this line must be {HEADER}")
    name = _check_frame(f"{path}:1", facts)
    rows = [(k, line) for k, line in enumerate(lines[first + 1 :], first + 2) if line.strip()]
    table = np.array([_row(f"{path}:{k}", line) for k, line in rows]).reshape(-1, 3)
    latitude, i = np.unique(table[:, 0], return_inverse=True)
    longitude, j = np.unique(table[:, 1], return_inverse=True)
    height = np.full((latitude.size, longitude.size), np.nan)
    seen = np.zeros(height.shape, dtype=np.int64)
    np.add.at(seen, (i, j), 1)
    if seen.size == 0 or not np.all(seen == 1):
        twice = np.flatnonzero(seen[i, j] > 1)
        where = f"{path}:{rows[twice[-1]][0]}" if twice.size else f"{path}:{len(lines)}"
        what = "a point stands here twice" if twice.size else "points of the grid are missing"
        raise ValueError(
            f"{where}: {what}; {latitude.size} latitudes and {longitude.size} longitudes need "
            f"{height.size} rows, one for each pair, and there are {len(rows)}"
        )
    height[i, j] = table[:, 2]
    return _made(path, name, np.radians(longitude), np.radians(latitude), height, facts)


def _row(where: str, line: str) -> tuple[float, float, float]:
    try:
        latitude, longitude, height = (float(cell) for cell in line.split(","))
    except ValueError:
        raise ValueError(f"{where}: {line!r} is not three numbers") from None
    if not -90.0 <= latitude <= 90.0:
        raise ValueError(f"{where}: latitude {latitude:g} lies outside -90 to 90")
    if not -360.0 <= longitude <= 360.0:
        raise ValueError(f"{where}: longitude {longitude:g} lies outside -360 to 360")
    if not math.isfinite(height):
        raise ValueError(f"{where}: height {height} is not a finite number of metres")
    return latitude, longitude, height


def _made(
    path: Path, name: str, x: Array, y: Array, height: Array, facts: dict[str, str]
) -> Relief:
    """Return the relief, errors of its values with the file's name."""
    projection = facts.get("projection", PROJECTIONS[0])
    try:
        return Relief(name, x, y, height, projection, facts.get("source", path.name))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _read_npz(path: Path) -> Relief:
    try:
        with np.load(path, allow_pickle=False) as file:
            held: dict[str, Any] = {name: file[name] for name in file.files}
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ValueError(f"{path}: no npz file of plain arrays: {error}") from None
    facts = {k: str(held[k]) for k in ("body", "frame", "projection", "source") if k in held}
    name = _check_frame(str(path), facts)
    flat = facts.get("projection", PROJECTIONS[0]) == PROJECTIONS[0]
    keys = ("longitude_deg", "latitude_deg") if flat else ("x_m", "y_m")
    missing = [key for key in (*keys, "height_m") if key not in held]
    if missing:
        raise ValueError(f"{path}: the arrays {', '.join(missing)} are missing")
    x, y = (np.asarray(held[key], dtype=np.float64) for key in keys)
    if flat:
        x, y = np.radians(x), np.radians(y)
    return _made(path, name, x, y, np.asarray(held["height_m"], dtype=np.float64), facts)


# -- rasters ------------------------------------------------------------------------------


def _read_raster(path: Path, around: tuple[float, float, float] | None) -> Relief:
    """Return the relief of a raster in geographic, equirectangular or polar coordinates."""
    try:
        rasterio = importlib.import_module("rasterio")
    except ImportError:
        raise DataError(
            f"reading {path.name} needs the package rasterio: pip install 'orbits[terrain]'"
        ) from None
    try:
        raster = rasterio.open(path)
    except OSError as error:
        raise ValueError(f"{path}: GDAL does not read this file: {error}") from None
    with raster:
        name, projection, scale, shift = _plane(path, raster.crs)
        turn = raster.transform
        if turn.b or turn.d or turn.a <= 0.0 or turn.e >= 0.0:
            raise ValueError(f"{path}: the raster is turned; warp it so that north is up")
        x = scale * (turn.c + turn.a * (np.arange(raster.width) + 0.5)) + shift
        y = scale * (turn.f + turn.e * (np.arange(raster.height) + 0.5))
        columns, rows = _part(name, projection, x, y, around)
        if columns.size < 2 or rows.size < 2:
            raise ValueError(f"{path}: the raster does not reach the place asked for")
        if columns.size * rows.size > _MOST:
            raise ValueError(
                f"{path}: {columns.size * rows.size:,} heights are too many at once; read what "
                "lies around a place"
            )
        window = ((rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1))
        band = raster.read(1, window=window, masked=True).astype(np.float64)
        height = band.filled(np.nan) * raster.scales[0] + raster.offsets[0]
    facts = {"projection": projection}
    return _made(path, name, x[columns], y[rows][::-1], height[::-1], facts)


def _plane(path: Path, crs: Any) -> tuple[str, str, float, float]:
    """Return body, projection, and scale and shift that bring coordinates to rad or m."""
    facts: dict[str, Any] = crs.to_dict() if crs is not None else {}
    kind = facts.get("proj")
    radius = float(facts.get("R", facts.get("a", 0.0)))
    wgs84 = facts.get("datum") == "WGS84" or facts.get("ellps") == "WGS84"
    name = "earth" if wgs84 else "moon" if abs(radius - body("moon").radius) < 1.0 else ""
    if name and kind == "longlat":
        return name, PROJECTIONS[0], math.pi / 180.0, 0.0
    plain = not facts.get("x_0") and not facts.get("y_0")
    if name == "moon" and plain and facts.get("units", "m") == "m":
        if kind == "eqc" and not facts.get("lat_ts") and not facts.get("lat_0"):
            return name, PROJECTIONS[0], 1.0 / radius, math.radians(facts.get("lon_0", 0.0))
        pole = float(facts.get("lat_0", 0.0))
        level = abs(float(facts.get("lat_ts", pole))) == 90.0 and facts.get("k", 1.0) == 1.0
        if kind == "stere" and abs(pole) == 90.0 and level and not facts.get("lon_0"):
            return name, PROJECTIONS[1 if pole > 0.0 else 2], 1.0, 0.0
    raise ValueError(
        f"{path}: coordinates {crs or 'not given'} are not read; warp the raster to latitude "
        "and longitude of WGS84 or of the Moon's sphere of 1737.4 km, or to its polar "
        "stereographic plane"
    )


def _part(
    name: str, projection: str, x: Array, y: Array, around: tuple[float, float, float] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the columns and rows within a distance of a place, or all of them."""
    if around is None:
        return np.arange(x.size), np.arange(y.size)
    latitude, longitude, distance = around
    radius = body(name).radius
    if projection == PROJECTIONS[0]:
        reach = 1.05 * distance / radius
        highest = min(abs(latitude) + reach, 0.5 * math.pi)
        wide = reach / max(math.cos(highest), 1e-9)
        apart = np.abs((x - longitude + math.pi) % (2.0 * math.pi) - math.pi)
        columns = np.flatnonzero(apart <= wide)
        if columns.size and columns[-1] - columns[0] + 1 > columns.size:
            columns = np.arange(x.size)  # the place lies at the seam of the raster
        return columns, np.flatnonzero(np.abs(y - latitude) <= reach)
    side = 1.0 if projection == PROJECTIONS[1] else -1.0
    away = 2.0 * radius * math.tan(0.25 * math.pi - 0.5 * side * latitude)
    center = away * math.sin(longitude), -side * away * math.cos(longitude)
    stretch = 1.05 * (1.0 + (away / (2.0 * radius)) ** 2) * distance
    return (
        np.flatnonzero(np.abs(x - center[0]) <= stretch),
        np.flatnonzero(np.abs(y - center[1]) <= stretch),
    )
