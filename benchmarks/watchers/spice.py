"""SPICE: gfposc for elevations, then gfoclt within them; the longest steps that miss nothing.

A step must be shorter than the shortest window and gap, which SPICE leaves to its user to know;
here it is told nine tenths of what this package's certified search found, at most an hour.
``gfstol`` sets the same tolerance of an edge as here, 1 ms.
"""

from importlib.metadata import version as installed

import numpy as np
import spiceypy as spice
from scenes import MIN_ELEVATION, RELAY, STATIONS
from spiceypy.utils.support_types import SpiceCell

from orbits.bodies import EARTH
from orbits.ephemeris import de421_path
from watchers import here

NAME = "SPICE gfposc, gfoclt"
LONGEST = 3600.0  # s
FIXED = {"earth": "ITRF93", "moon": "MOON_ME_DE421"}
NAIF = {"earth": 399, "moon": 301}
SETTINGS = {
    # of light time: direction at a receiver, at a sender, occultation
    "geometric": ("NONE", "NONE", "NONE"),
    "apparent": ("CN+S", "XCN+S", "CN"),
}


def version() -> str:
    return f"{installed('spiceypy')} ({spice.tkvrsn('TOOLKIT')})"


def furnish(scene):
    import lunarsky

    spice.kclear()
    folder = str(lunarsky.__path__[0])
    for path in (
        scene.kernels.path("earth.bpc"),
        str(de421_path()),
        str(scene.spk),
        f"{folder}/data/pck/moon_pa_de421_1900-2050.bpc",
        f"{folder}/data/fk/satellites/moon_080317.tf",
        f"{folder}/data/fk/satellites/moon_assoc_me.tf",
    ):
        spice.furnsh(path)
    spice.pdpool("BODY399_RADII", [EARTH.radius / 1e3] * 2 + [EARTH.polar_radius / 1e3])
    spice.pdpool("BODY301_RADII", [1737.4] * 3)
    sites = scene.geometric.model.sites
    return {name: add_site(scene, sites[name], k) for k, name in enumerate(sites)}


def add_site(scene, site, k):
    code = NAIF[site.body] * 1000 + 900 + k
    path = scene.folder / f"{code}.bsp"
    path.unlink(missing_ok=True)
    handle = spice.spkopn(str(path), "site", 0)
    t0, t1 = scene.span[0] - 86400.0, scene.span[1] + 86400.0
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
    spice.pdpool(f"TKFRAME_{frame}_MATRIX", list(site.axes.ravel()))
    return code


def elevation(code, correction, within, step):
    found = SpiceCell.double(4000)
    spice.gfposc(
        str(RELAY), f"TOPO{code}", correction, str(code), "LATITUDINAL", "LATITUDE", ">",
        MIN_ELEVATION, 0.0, step, 20_000, within, found,
    )  # fmt: skip
    return found


def clear(target, observer, correction, within, step):
    hidden = SpiceCell.double(4000)
    spice.gfoclt(
        "ANY", "301", "ELLIPSOID", FIXED["moon"], str(target), "POINT", " ",
        correction, str(observer), step, within, hidden,
    )  # fmt: skip
    return spice.wndifd(within, hidden)


def edges(cell):
    pairs = [spice.wnfetd(cell, i) for i in range(spice.wncard(cell))]
    rows = np.array([(a, b) for a, b in pairs if b > a]).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def chain(scene, light_time):
    codes = furnish(scene)
    seen, sent, line = SETTINGS[light_time]
    span = SpiceCell.double(2)
    spice.wninsd(*scene.span, span)
    spice.gfstol(1e-3)
    least = here.shortest(scene, light_time)
    steps = {kind: min(0.9 * value, LONGEST) for kind, value in least.items()}

    def run():
        up = elevation(codes["change-6"], sent, span, steps["elevation"])
        found = {"surface": edges(up)}  # timed at the lander, which sends; see windows.py
        for name in STATIONS:
            above = elevation(codes[name], seen, span, steps["elevation"])
            hidden = steps["occultation"]
            found[name] = edges(clear(RELAY, codes[name], line, above, hidden))
        return found

    run.words = f"steps {steps['elevation']:.0f} s and {steps['occultation']:.0f} s"
    return run


def passes(scene):  # noqa: ARG001
    return None
