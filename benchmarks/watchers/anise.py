"""anise: report_event_arcs on the elevation from a location (elevations alone)."""

from importlib.metadata import version as installed

import numpy as np
from anise import Almanac, LocationDhallSet, LocationDhallSetEntry
from anise.analysis import Condition, Event, FrameSpec, ScalarExpr, StateSpec
from anise.astro import Frame, FrameUid, Location
from anise.constants import Frames
from anise.time import Epoch, Unit
from scenes import MIN_ELEVATION, RELAY, STATIONS

from orbits.ephemeris import de421_path

NAME = "anise report_event_arcs"
_MARGIN = 10.0  # s: it looks a step beyond the end, where the kernel ends


def version() -> str:
    return installed("anise")


def chain(scene, light_time):
    if light_time != "geometric":
        return None
    sites = scene.geometric.model.sites
    entries = []
    for k, name in enumerate(STATIONS):
        site = sites[name]
        place = Location(
            np.degrees(site.latitude), np.degrees(site.longitude), site.height / 1e3,
            FrameUid(399, 3000), [], True,
        )  # fmt: skip
        entries.append(LocationDhallSetEntry(place, k + 1, name))
    path = str(scene.folder / "stations.pca")
    LocationDhallSet(entries).to_dataset().save_as(path, True)
    sky = Almanac(str(de421_path())).load(str(scene.spk))
    for extra in (scene.kernels.path("earth.bpc"), constants(scene), path):
        sky = sky.load(extra)
    state = StateSpec(
        FrameSpec.Loaded(Frame(RELAY, 1)), FrameSpec.Loaded(Frames.EARTH_J2000), None
    )
    first = Epoch.init_from_et_seconds(scene.span[0])
    last = Epoch.init_from_et_seconds(scene.span[1] - _MARGIN)
    limit = float(np.degrees(MIN_ELEVATION))

    def run():
        found = {}
        for k, name in enumerate(STATIONS):
            seen = ScalarExpr.ElevationFromLocation(k + 1, None)
            event = Event(seen, Condition.GreaterThan(limit), Unit.Millisecond * 1, None)
            arcs = sky.report_event_arcs(state, event, first, last)
            start = np.array([a.start_epoch().to_et_seconds() for a in arcs])
            stop = np.array([a.end_epoch().to_et_seconds() for a in arcs])
            found[name] = start, stop
        return found

    run.words = "elevations alone"
    return run


def constants(scene) -> str:
    """Return a set of planetary constants with the Earth's shape, made from text kernels."""
    from anise.utils import convert_tpc

    path = scene.folder / "constants.pca"
    convert_tpc(scene.kernels.path("radii.tpc"), scene.kernels.path("gm.tpc"), str(path), True)
    return str(path)
