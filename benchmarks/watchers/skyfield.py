"""Skyfield: find_discrete on the elevation, every step evaluated; one edge at a time after."""

from importlib.metadata import version as installed

import numpy as np
from scenes import MIN_ELEVATION, STATIONS
from skyfield.api import load, wgs84
from skyfield.jpllib import SpiceKernel
from skyfield.searchlib import find_discrete

from orbits.ephemeris import de421_path
from orbits.time import from_t

NAME = "Skyfield find_discrete"
STEP = 1.0 / 24.0  # day


def version() -> str:
    return installed("skyfield")


def chain(scene, light_time):
    if light_time != "geometric":
        return None
    clock = load.timescale(builtin=True)
    bodies, craft = SpiceKernel(str(de421_path())), SpiceKernel(str(scene.spk))
    relay = bodies["moon"] + craft.segments[0]
    sites = scene.geometric.model.sites
    t0, t1 = (clock.tdb_jd(from_t(t).jd) for t in scene.span)
    limit = np.degrees(MIN_ELEVATION)

    def run():
        found = {}
        for name in STATIONS:
            site = sites[name]
            place = wgs84.latlon(
                np.degrees(site.latitude), np.degrees(site.longitude), site.height
            )
            line = relay - (bodies["earth"] + place)

            def above(t, line=line):
                return line.at(t).altaz()[0].degrees > limit

            above.step_days = STEP
            t, holds = find_discrete(t0, t1, above, epsilon=1e-3 / 86400.0)
            s = (t.tdb - 2451545.0) * 86400.0
            found[name] = spanned(s, holds == 1, scene.span)
        return found

    run.words = "elevations alone"
    return run


def spanned(t, rises, span):
    """Return starts and stops of what rises and sets at ``t``, with the ends of the span."""
    start, stop = t[rises], t[~rises]
    if len(stop) and (not len(start) or stop[0] < start[0]):
        start = np.concatenate(([span[0]], start))
    if len(start) > len(stop):
        stop = np.concatenate((stop, [span[1]]))
    return start, stop
