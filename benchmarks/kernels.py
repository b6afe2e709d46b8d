"""Files that the peers read, written from this package's own tables.

Ephemeris, orientation, gravity and constants are thus the same numbers for all, whatever the
format. Formats: NAIF "DAF", "PCK" and "Kernel" Required Reading; the binary of JPL's planetary
ephemerides; ICGEM's gfc; PDS' SHADR; IERS' finals2000A; USNO's tai-utc.dat.
"""

import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import erfa
import numpy as np
from jplephem.daf import DAF, FTPSTR

from orbits.almanac import Almanac
from orbits.bodies import BODIES
from orbits.chebyshev import Series
from orbits.chebyshev_fit import fitted
from orbits.constants import ASTRONOMICAL_UNIT, DAY, J2000_JD
from orbits.ephemeris import NAMES, de421_path, read_spk
from orbits.forces.gravity import Field, field
from orbits.librations import de421_librations
from orbits.time import iers_file

ARCSECOND = np.pi / 648_000.0
EARTH_RADII = (6378.137, 6356.7523142451793)  # km, WGS84
FIELDS = {"grgm1200a": 100, "egm96": 70}
MOON_PA = 31008  # NAIF's number of DE440's principal axes; peers know no other by name
_MONTHS = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)  # fmt: skip
ITRF = 3000  # NAIF's number of ITRF93, here with the axes of this package's ITRF


@dataclass(frozen=True)
class Kernels:
    """Where the files are, and the almanac that they were written from."""

    folder: Path
    almanac: Almanac

    def path(self, name: str) -> str:
        return str(self.folder / name)


def almanac(span: tuple[float, float]) -> Almanac:
    """Return the almanac (DE421) that every case uses."""
    return Almanac.load(*span, ephemeris="de421")


def write_all(folder: Path, span: tuple[float, float]) -> None:
    """Write every file into ``folder`` for the instants of ``span`` (s past J2000 TDB)."""
    sky = almanac(span)
    # brahe looks for its ephemeris by name in its cache; the content of this one is DE421.
    (folder / "brahe" / "naif").mkdir(parents=True)
    (folder / "brahe" / "naif" / "de440s.bsp").write_bytes(de421_path().read_bytes())
    write_orientation(folder / "moon_pa_de440.bpc", MOON_PA, de421_librations())
    write_orientation(folder / "earth.bpc", ITRF, earth_angles(sky))
    write_constants(folder)
    for name, degree in FIELDS.items():
        gravity = field(name, degree)
        write_gfc(folder / f"{name}.gfc", name, gravity)
        write_shadr(folder / f"{name}.tab", gravity)
    orekit = folder / "orekit"
    orekit.mkdir()
    write_jpl_binary(orekit / "lnxp2000.421", sky.span)
    write_leap_seconds(orekit / "tai-utc.dat")
    write_earth_orientation(orekit / "finals2000A.all", sky)
    for name in FIELDS:
        (orekit / f"{name}.gfc").write_bytes((folder / f"{name}.gfc").read_bytes())


# -- orientation --------------------------------------------------------------------------


def earth_angles(sky: Almanac) -> Series:
    """Return the 3-1-3 Euler angles (rad) from ICRF to ITRF, in records of two hours."""

    def angles(t: np.ndarray) -> np.ndarray:
        m = sky.rotation("ITRF", "ICRF", t)
        first = np.unwrap(np.arctan2(m[:, 2, 0], -m[:, 2, 1]))
        last = np.unwrap(np.arctan2(m[:, 0, 2], m[:, 1, 2]))
        tilt = np.arctan2(np.hypot(m[:, 2, 0], m[:, 2, 1]), m[:, 2, 2])
        return np.stack([first, tilt, last], axis=-1)

    # From midnight to midnight: UT1 and the pole are linear within a UTC day.
    midnights = sky.day_cuts(*sky.span)
    return fitted(angles, (float(midnights[0]), float(midnights[-1])), 7200.0, 14)


def write_orientation(path: Path, frame: int, angles: Series) -> None:
    """Write a binary PCK of one segment, type 2."""
    first = 2
    free = (first + 1) * 128 + 1
    head = b"".join(
        [
            b"DAF/PCK ",
            np.array([2, 5], "<i4").tobytes(),
            b"benchmark".ljust(60),
            np.array([first, first, free], "<i4").tobytes(),
            b"LTL-IEEE",
            bytes(603),
            FTPSTR,
            bytes(297),
        ]
    )
    out = BytesIO(head + bytes(1024) + b" " * 1024)
    count = len(angles.coefficients)
    middle = angles.start + angles.length * (np.arange(count)[:, None] + 0.5)
    half = np.full((count, 1), 0.5 * angles.length)
    rows = np.hstack([middle, half, angles.coefficients.reshape(count, -1)])
    directory = [angles.start, angles.length, rows.shape[1], count]
    summary = (angles.start, angles.stop, frame, 1, 2, 0, 0)
    DAF(out).add_array(b"orientation", summary, np.concatenate([rows.ravel(), directory]))
    data = out.getvalue()
    path.write_bytes(data.ljust(-(-len(data) // 1024) * 1024, b"\0"))


def write_earth_orientation(path: Path, sky: Almanac) -> None:
    """Write finals2000A rows with this package's UT1 - UTC and pole; dX, dY are zero.

    Bulletin A and B carry the same values, so that it does not matter which a reader takes.
    """
    daily = sky.earth.daily
    known = {int(float(line[7:15])): line for line in _finals()}
    rows = []
    for mjd, ut1, xp, yp in zip(
        daily.mjd, daily.ut1_minus_utc, daily.xp / ARCSECOND, daily.yp / ARCSECOND, strict=True
    ):
        head = known[int(mjd)][:16]
        rows.append(
            f"{head}I {xp:9.6f} 0.000010 {yp:9.6f} 0.000010  I{ut1:10.7f} 0.0000010  0.0000"
            f" 0.0000  I {0.0:9.3f}    0.010 {0.0:9.3f}    0.010{xp:10.6f}{yp:10.6f}{ut1:11.7f}"
            f"{0.0:10.3f}{0.0:10.3f}  \n"
        )
    path.write_text("".join(rows))


def _finals() -> list[str]:
    return iers_file("finals2000A.all").read_text().splitlines()


def write_leap_seconds(path: Path) -> None:
    """Write USNO's tai-utc.dat."""
    lines = [
        f" {year:4d} {_MONTHS[month - 1]}  1 =JD {sum(erfa.cal2jd(year, month, 1)):9.1f}"
        f"  TAI-UTC= {offset:10.7f} S + (MJD - 41317.0) X 0.0000000 S\n"
        for year, month, offset in erfa.leap_seconds.get()
        if year >= 1972
    ]
    path.write_text("".join(lines))


# -- constants and gravity ----------------------------------------------------------------


def write_constants(folder: Path) -> None:
    """Write gravitational parameters and radii as text kernels."""
    names = {10: "sun", 301: "moon", 399: "earth"}
    gm = [f"BODY{key}_GM = ( {BODIES[name].mu / 1e9!r} )" for key, name in names.items()]
    a, b = EARTH_RADII
    radii = [
        f"BODY10_RADII = ( {' '.join([repr(BODIES['sun'].radius / 1e3)] * 3)} )",
        f"BODY301_RADII = ( {' '.join([repr(BODIES['moon'].radius / 1e3)] * 3)} )",
        f"BODY399_RADII = ( {a!r} {a!r} {b!r} )",
    ]
    for name, lines in (("gm.tpc", gm), ("radii.tpc", radii)):
        text = "\n".join(["KPL/PCK", "\\begindata", *lines, "\\begintext", ""])
        (folder / name).write_text(text)


def _terms(gravity: Field):
    for n in range(2, gravity.degree + 1):
        for m in range(n + 1):
            yield n, m, gravity.c[n, m], gravity.s[n, m]


def write_gfc(path: Path, name: str, gravity: Field) -> None:
    """Write an ICGEM file; 17 digits, so that nothing is lost."""
    head = [
        "product_type gravity_field",
        f"modelname {name}",
        f"earth_gravity_constant {gravity.gm!r}",
        f"radius {gravity.radius!r}",
        f"max_degree {gravity.degree}",
        "errors no",
        "norm fully_normalized",
        "tide_system tide_free",
        "end_of_head =====",
        "gfc 0 0 1.0 0.0",
        "gfc 1 0 0.0 0.0",
        "gfc 1 1 0.0 0.0",
    ]
    rows = [f"gfc {n} {m} {c:.17e} {s:.17e}" for n, m, c, s in _terms(gravity)]
    path.write_text("\n".join([*head, *rows, ""]))


def write_shadr(path: Path, gravity: Field) -> None:
    """Write a PDS SHADR table."""
    size = gravity.degree
    head = f"{gravity.radius / 1e3!r}, {gravity.gm / 1e9!r}, 0.0, {size}, {size}, 1, 0.0, 0.0"
    rows = [f"{n}, {m}, {c:.17e}, {s:.17e}, 0.0, 0.0" for n, m, c, s in _terms(gravity)]
    path.write_text("\n".join([head, *rows, ""]))


# -- JPL's binary -------------------------------------------------------------------------

_ORDER = (
    "mercury", "venus", "emb", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto",
    "geocentric moon", "sun", "librations",
)  # fmt: skip
_GM = {
    "GM1": "mercury", "GM2": "venus", "GM4": "mars", "GM5": "jupiter", "GM6": "saturn",
    "GM7": "uranus", "GM8": "neptune", "GM9": "pluto", "GMS": "sun",
}  # fmt: skip


def write_jpl_binary(path: Path, span: tuple[float, float]) -> None:
    """Write DE421 over ``span`` as JPL's little-endian binary, as Orekit reads it."""
    series = dict(zip(NAMES, read_spk(de421_path()), strict=True))
    moon, earth = series["moon"], series["earth"]
    ratio = -float(moon.coefficients[0, 0, 0] / earth.coefficients[0, 0, 0])
    series["geocentric moon"] = Series(
        moon.start, moon.length, moon.coefficients - earth.coefficients
    )
    series["librations"] = de421_librations()
    block = 32 * DAY
    first = int((span[0] - moon.start) // block)
    count = int((span[1] - moon.start) // block) + 1 - first
    start = moon.start + first * block
    parts, pointers, at = [], [], 3
    for name in _ORDER:
        one = series[name]
        unit = 1.0 if name == "librations" else 1e3  # rad, km
        parts_of_block = round(block / one.length)
        low = round((start - one.start) / one.length)
        rows = one.coefficients[low : low + count * parts_of_block].reshape(count, -1) / unit
        pointers.append((at, one.coefficients.shape[2], parts_of_block))
        parts.append(rows)
        at += rows.shape[1]
    begin = J2000_JD + (start + block * np.arange(count)) / DAY
    body = np.column_stack([begin, begin + 32.0, *parts])
    path.write_bytes(_jpl_header(body.shape[1], begin, ratio, pointers) + body.tobytes())


def _jpl_header(size: int, begin: np.ndarray, ratio: float, pointers: list) -> bytes:
    """Return the two records before the data: layout, then constants."""
    unit = ASTRONOMICAL_UNIT**3 / DAY**2
    constants = {"DENUM": 421.0, "AU": ASTRONOMICAL_UNIT / 1e3, "EMRAT": ratio}
    constants["GMB"] = (BODIES["earth"].mu + BODIES["moon"].mu) / unit
    constants |= {key: BODIES[name].mu / unit for key, name in _GM.items()}
    head = bytearray(8 * size)
    for k in range(3):
        head[84 * k : 84 * k + 84] = b"JPL Planetary Ephemeris DE421/LE421".ljust(84)
    for k, name in enumerate(constants):
        head[252 + 6 * k : 258 + 6 * k] = name.encode().ljust(6)
    struct.pack_into("<3d", head, 2652, begin[0], begin[-1] + 32.0, 32.0)
    struct.pack_into("<i", head, 2676, len(constants))
    struct.pack_into("<2d", head, 2680, constants["AU"], ratio)
    bodies = [number for row in pointers[:11] for number in row]
    struct.pack_into("<36i", head, 2696, *bodies, pointers[11][0], 0, 0)  # no nutations
    struct.pack_into("<4i", head, 2840, 421, *pointers[11])
    values = np.zeros(size)
    values[: len(constants)] = list(constants.values())
    return bytes(head) + values.tobytes()
