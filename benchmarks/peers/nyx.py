"""nyx-space: Dormand-Prince 8(7)."""

from importlib.metadata import version as installed
from pathlib import Path

import numpy as np
from cases import (
    AREA,
    BASE_DENSITY,
    BASE_HEIGHT,
    CD,
    CR,
    FLUX,
    MASS,
    SCALE_HEIGHT,
    Case,
)
from kernels import Kernels
from nyx_space import DragData, Mass, Orbit, Spacecraft, SRPData
from nyx_space import mission_design as md
from nyx_space.anise import Almanac
from nyx_space.anise.constants import Frames
from nyx_space.anise.utils import convert_tpc
from nyx_space.time import Epoch, Unit

NAME = "nyx, DP8(7)"
LADDER = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13)
_CENTERS = {"moon": Frames.MOON_J2000, "earth": Frames.EARTH_J2000}
_FIXED = {"moon": Frames.MOON_PA_DE440_FRAME, "earth": Frames.EARTH_ITRF93}
_NAIF = {"moon": 301, "earth": 399, "sun": 10}


def version() -> str:
    return installed("nyx_space")


def refusal(case: Case) -> str | None:
    if case.samples and case.field:
        return "30 s a run: too slow to repeat"
    return None


def _almanac(kernels: Kernels) -> Almanac:
    constants = kernels.path("constants.pca")
    if not Path(constants).exists():
        convert_tpc(kernels.path("radii.tpc"), kernels.path("gm.tpc"), constants, False)
    almanac = Almanac(constants)
    for name in ("brahe/naif/de440s.bsp", "moon_pa_de440.bpc", "earth.bpc"):
        almanac = almanac.load(kernels.path(name))
    return almanac


def dynamics(case: Case, almanac: Almanac, kernels: Kernels) -> md.Dynamics:
    gravity = None
    if case.field:
        name, degree = case.field
        gravity = md.GravityFieldConfig(
            degree, degree, kernels.path(f"{name}.tab"), _FIXED[case.center].to_frameuid()
        )
    masses = md.PointMasses([_NAIF[name] for name in case.third_bodies])
    air = md.Drag(
        md.AtmDensity.Exponential(BASE_DENSITY, BASE_HEIGHT / 1e3, SCALE_HEIGHT / 1e3),
        almanac.frame_info(_FIXED["earth"]),
        estimate=False,
    )
    light = md.SolarPressure([Frames.EARTH_J2000], almanac, flux_w_m2=FLUX, estimate=False)
    return md.Dynamics(
        md.AccelModels(masses, gravity),
        md.ForceModels(light if case.radiation else None, air if case.drag else None),
    )


def prepare(case: Case, tolerance: float, kernels: Kernels, cores: int):  # noqa: ARG001
    almanac = _almanac(kernels)
    frame = almanac.frame_info(_CENTERS[case.center]).with_mu_km3_s2(case.mu / 1e9)
    epoch = Epoch.from_tdb_seconds(case.start)
    flights = [
        Spacecraft(
            Orbit.from_cartesian(*(state / 1e3), epoch, frame),
            Mass(MASS),
            SRPData(AREA, CR),
            DragData(AREA, CD),
        )
        for state in case.states
    ]
    propagator = md.Propagator(
        dynamics(case, almanac, kernels),
        almanac,
        md.IntegratorMethod.DormandPrince78,
        md.IntegratorOptions(Unit.Millisecond * 1, Unit.Day * 10, tolerance),
    )
    duration = Unit.Second * case.duration

    def run() -> np.ndarray:
        if len(flights) == 1:
            found = [propagator.for_duration(flights[0], duration, trajectory=False)]
        else:
            found = propagator.many_for_duration(flights, duration, trajectory=False)
        ends = [result.state.orbit for result in found]
        return np.array([(e.x_km, e.y_km, e.z_km) for e in ends]) * 1e3

    return run
