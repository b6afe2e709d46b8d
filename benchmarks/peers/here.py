"""This package: end states only, as all peers here are timed."""

import numpy as np
from cases import AREA, CD, CR, MASS, Case
from kernels import Kernels

import orbits
from orbits.forces.gravity import field
from orbits.frames import Frame
from orbits.propagators.numerical import Forces, Numerical
from orbits.trajectory import State

NAME = "orbits"
LADDER = (1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 3e-14)


def version() -> str:
    return orbits.__version__


def refusal(case: Case) -> str | None:  # noqa: ARG001
    return None


def propagator(case: Case, tolerance: float, kernels: Kernels) -> Numerical:
    body = case.center
    return Numerical(
        kernels.almanac,
        Forces(
            third_bodies=case.third_bodies,
            fields={body: field(*case.field)} if case.field else {},
            radiation=CR * AREA / MASS if case.radiation else 0.0,
            shadows=("earth",),
            drag=CD * AREA / MASS if case.drag else 0.0,
            atmosphere="exponential",
        ),
        tolerance,
    )


def states(case: Case) -> list[State]:
    frame = Frame(case.center, "ICRF")
    return [State(case.start, s[:3], s[3:], frame) for s in case.states]


def prepare(case: Case, tolerance: float, kernels: Kernels, cores: int):
    run, starts = propagator(case, tolerance, kernels), states(case)
    if not case.samples:
        return lambda: run.final(starts[0], case.stop).r[np.newaxis]

    def ends() -> np.ndarray:
        found = run.finals(starts, case.stop, workers=cores)
        return np.concatenate([state.r for state in found]).reshape(-1, 3)

    return ends
