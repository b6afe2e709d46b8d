"""brahe: RKN12(10), whose step is limited to 900 s unless the limit is lifted, as here.

A Nystrom method knows no velocity within a step; for drag its RKF7(8) takes the place.
"""

import os

os.environ["BRAHE_NETWORK_MODE"] = "offline"

from importlib.metadata import version as installed

import brahe as bh
import numpy as np
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

NAME = "brahe, step limit lifted"
METHOD = bh.IntegrationMethod.RKN1210
LIMIT = 864_000.0  # s
LADDER = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14)
_NAIF = {"moon": 301, "earth": 399, "sun": 10}


def version() -> str:
    return installed("brahe")


def refusal(case: Case) -> str | None:  # noqa: ARG001
    return None


def _load(kernels: Kernels) -> None:
    if bh.loaded_spice_kernels():
        return
    os.environ["BRAHE_CACHE"] = kernels.path("brahe")
    bh.load_spice_kernel("de440s")
    bh.load_spice_kernel(kernels.path("moon_pa_de440.bpc"))
    provider = bh.FileEOPProvider.from_standard_file(
        kernels.path("orekit/finals2000A.all"), True, "Hold"
    )
    bh.set_global_eop_provider(provider)


def forces(case: Case, kernels: Kernels) -> bh.ForceModelConfig:
    if case.field:
        name, degree = case.field
        source = bh.GravityModelType.from_file(kernels.path(f"{name}.gfc"))
        gravity = bh.GravityConfiguration.spherical_harmonic(
            degree, degree, source, parallel=bh.ParallelMode.Never
        )
    else:
        gravity = bh.GravityConfiguration.point_mass()
    others = [
        bh.ThirdBody.Custom(name, _NAIF[name], BODIES[name].mu) for name in case.third_bodies
    ]
    value = bh.ParameterSource.value
    drag = bh.DragConfiguration(
        bh.AtmosphericModel.exponential(SCALE_HEIGHT, BASE_DENSITY, BASE_HEIGHT),
        value(AREA),
        value(CD),
    )
    light = bh.SolarRadiationPressureConfiguration(
        value(AREA), value(CR), bh.EclipseModel.CONICAL
    )
    # The centre with the gravitational parameter of the case. Without a body-fixed frame brahe
    # does not turn one at every stage, which point masses do not need.
    axes = {"moon": bh.CelestialFrame.LFPA, "earth": bh.CelestialFrame.ITRF}
    fixed = axes[case.center] if case.field else None
    body = BODIES[case.center]
    center = bh.CentralBody.Custom(body.name, body.naif_id, case.mu, body.radius, None, fixed)
    if case.drag:
        center = bh.CentralBody.Earth  # only this has an atmosphere; its GM is the field's
    return bh.ForceModelConfig.for_body(
        center,
        gravity,
        drag=drag if case.drag else None,
        srp=light if case.radiation else None,
        third_body=others,
        mass=value(MASS) if case.drag or case.radiation else None,
    )


def prepare(case: Case, tolerance: float, kernels: Kernels, cores: int):
    method = bh.IntegrationMethod.RKF78 if case.drag else METHOD
    return prepare_with(method, LIMIT, case, tolerance, kernels, cores)


def prepare_with(method, limit, case, tolerance, kernels, cores):
    """Prepare with another method or step limit; ``limit`` in s."""
    _load(kernels)
    bh.set_num_threads(cores)
    # Metres and metres a second share one absolute tolerance.
    steps = bh.IntegratorConfig(abs_tol=1e3 * tolerance, rel_tol=tolerance, max_step=limit)
    config = bh.NumericalPropagationConfig(method, steps, bh.VariationalConfig())
    model = forces(case, kernels)
    start = bh.Epoch.from_datetime(*case.day, 0, 0, 0.0, 0.0, bh.TimeSystem.TDB)
    stop = start + case.duration

    def propagator(state):
        one = bh.NumericalOrbitPropagator(start, state, config, model)
        one.set_trajectory_mode(bh.TrajectoryMode.DISABLED)
        return one

    def run() -> np.ndarray:
        flights = [propagator(state) for state in case.states]
        if len(flights) == 1:
            flights[0].propagate_to(stop)
        else:
            bh.par_propagate_to(flights, stop)
        return np.array([flight.current_state()[:3] for flight in flights])

    return run
