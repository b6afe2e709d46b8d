"""SPICE: gfposc for elevations, then gfoclt within them; the longest steps that miss nothing.

A step must be shorter than the shortest window and gap, which SPICE leaves to its user to know;
here it is told nine tenths of what this package's certified search found, at most an hour.
``gfstol`` sets the same tolerance of an edge as here, 1 ms.
"""

import sys
from importlib.metadata import version as installed
from pathlib import Path

import numpy as np
import spiceypy as spice
from scenes import MIN_ELEVATION, RELAY, STATIONS
from spiceypy.utils.support_types import SpiceCell

from orbits.bodies import EARTH
from orbits.ephemeris import de421_path
from orbits.geometry.signal import reception
from watchers import here

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from spice_judge import FIXED, NAIF, add_site

NAME = "SPICE gfposc, gfoclt"
LONGEST = 3600.0  # s
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
    return {
        name: add_site(scene.folder, site, NAIF[site.body] * 1000 + 900 + k, scene.span)
        for k, (name, site) in enumerate(sites.items())
    }


def elevation(target, code, correction, within, step, lowest=MIN_ELEVATION):
    found = SpiceCell.double(4000)
    spice.gfposc(
        str(target), f"TOPO{code}", correction, str(code), "LATITUDINAL", "LATITUDE", ">",
        lowest, 0.0, step, 20_000, within, found,
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


def confinement(span):
    cell = SpiceCell.double(2)
    spice.wninsd(*span, cell)
    return cell


def safe_steps(scene, light_time):
    """Return nine tenths of the shortest window or gap of each kind, s, at most an hour."""
    least = here.shortest(scene, light_time)
    return {kind: min(0.9 * value, LONGEST) for kind, value in least.items()}


def legs(scene, light_time, codes, steps):
    """Yield the windows of one leg after the other: name, (start, stop)."""
    seen, sent, line = SETTINGS[light_time]
    span = confinement(scene.span)
    # Timed at the lander, which sends; see `received`.
    up = elevation(RELAY, codes["change-6"], sent, span, steps["elevation"])
    yield "surface", edges(up)
    for name in STATIONS:
        above = elevation(RELAY, codes[name], seen, span, steps["elevation"])
        yield name, edges(clear(RELAY, codes[name], line, above, steps["occultation"]))


def received(scene, light_time):
    """Return what times the windows of the sending lander at reception, as ours are."""
    leg = getattr(scene, light_time).legs["link.surface"]
    nodes = leg.transmitter.path, leg.receiver.path

    def named(found):
        ends = tuple(reception(*nodes, leg.almanac, t, light_time) for t in found["surface"])
        return {**found, "surface": ends}

    return named


def asked(scene, light_time, steps):
    codes = furnish(scene)
    spice.gfstol(1e-3)

    def run():
        return dict(legs(scene, light_time, codes, steps))

    run.words = f"steps {steps['elevation']:.0f} s and {steps['occultation']:.0f} s"
    run.named = received(scene, light_time)
    return run


def chain(scene, light_time):
    return asked(scene, light_time, safe_steps(scene, light_time))


def far_side(scene):
    """Twelve points of the grid, at the step that is safe for them."""
    furnish(scene)
    spice.gfstol(1e-3)
    ours = here.far_side(scene)
    known = ours.named(ours())
    points = range(1350, scene.grid.area.size, 2700)
    least = min(
        float(np.min(np.concatenate([b - a, a[1:] - b[:-1]]), initial=np.inf))
        for a, b in (known[f"p{k}"] for k in points)
    )
    step = min(0.9 * least, LONGEST)
    codes = {k: add_site(scene.folder, scene.site(k), 301_800 + n, scene.span)
             for n, k in enumerate(points)}  # fmt: skip

    def run():
        within = confinement(scene.span)
        return {
            f"p{k}": edges(elevation(RELAY, code, "NONE", within, step, 0.0))
            for k, code in codes.items()
        }

    run.words = f"step {step:.0f} s"
    return run
