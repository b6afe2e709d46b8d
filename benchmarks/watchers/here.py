"""orbits: the certified search of this package, edges within 1 ms."""

import numpy as np

from orbits import __version__
from orbits.geometry.access import Rules, accesses, point_rows
from orbits.geometry.fixed import Cells, fixed_path
from orbits.mission.flight import search_windows

NAME = "orbits"


def version() -> str:
    return __version__


def chain(scene, light_time):
    flight = getattr(scene, light_time)

    def run():
        found, _ = search_windows(flight)
        run.evaluations = {key: found[key].certificate.evaluations for key in flight.legs}
        return {key.split(".")[-1]: (found[key].start, found[key].stop) for key in flight.legs}

    return run


def elevations(scene, light_time):
    """Return when the relay stands above each station's horizon, whatever is in between."""
    found = {}
    for key, leg in getattr(scene, light_time).legs.items():
        name = key.split(".")[-1]
        if name != "surface":
            held = leg.constraint_windows(scene.span)[f"elevation:{name}"]
            found[name] = held.start, held.stop
    return found


def shortest(scene, light_time):
    """Return the shortest window or gap, s, of elevations and of occultations by the Moon."""
    least = {"elevation": np.inf, "occultation": np.inf}
    for leg in getattr(scene, light_time).legs.values():
        for cause, held in leg.constraint_windows(scene.span).items():
            kind = cause.split(":")[0]
            both = [held.closed.durations, held.gaps.closed.durations]
            least[kind] = min([least[kind], *(float(x.min(initial=np.inf)) for x in both)])
    return least


def passes(scene):
    sky = scene.kernels.almanac
    sites = scene.sites
    points = point_rows(
        np.array([s.vector for s in sites]),
        np.array([s.axes[2] for s in sites]),
        np.array([s.min_elevation for s in sites]),
    )

    def run():
        fixed = fixed_path(scene.path, sky, "earth", scene.span)
        found = accesses(points, Cells.of(fixed), Rules(), resolution=10.0, tolerance=1e-3)
        first = found.first
        return {
            site.name: (found.start[a:b], found.stop[a:b])
            for site, a, b in zip(sites, first[:-1], first[1:], strict=True)
        }

    return run
