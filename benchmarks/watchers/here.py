"""orbits: the certified search of this package, edges within 1 ms."""

from functools import partial

import numpy as np

from orbits import __version__
from orbits.geometry.access import Rules, accesses, each_access, point_rows
from orbits.geometry.coverage import coverage
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

    run.words = ""
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


def _points(sites):
    return point_rows(
        np.array([s.vector for s in sites]),
        np.array([s.axes[2] for s in sites]),
        np.array([s.min_elevation for s in sites]),
    )


def _rows(found, names, prefix=""):
    """Return windows by name, those of each point in turn."""
    return {
        prefix + name: (found.start[a:b], found.stop[a:b])
        for name, a, b in zip(names, found.first[:-1], found.first[1:], strict=True)
    }


def passes(scene):
    sky, points = scene.kernels.almanac, _points(scene.sites)

    def run():
        cells = Cells.of(fixed_path(scene.path, sky, "earth", scene.span))
        found = accesses(points, cells, Rules(), resolution=10.0, tolerance=1e-3)
        return _rows(found, [site.name for site in scene.sites])

    run.words = ""
    return run


def far_side(scene):
    flight, grid = scene.geometric, scene.grid
    relay = {"relay": flight.trajectories["queqiao-2"]}

    def run():
        return coverage(grid, relay, flight.model.almanac, scene.span)

    def named(seen):
        return _rows(seen, [f"p{k}" for k in range(grid.area.size)])

    run.words, run.named = "", named
    return run


def constellation(scene):
    sky, points = scene.kernels.almanac, _points(scene.sites)
    names = [site.name for site in scene.sites]

    def cells_of(path):
        return Cells.of(fixed_path(path, sky, "earth", scene.span))

    paths = scene.paths

    def run():
        makers = {name: partial(cells_of, path) for name, path in paths.items()}
        return each_access(points, makers, Rules(), resolution=10.0, tolerance=1e-3)

    def named(seen):
        return {
            name: rows
            for craft, found in seen.items()
            for name, rows in _rows(found, names, f"{craft}/").items()
        }

    run.words, run.named = "", named
    return run
