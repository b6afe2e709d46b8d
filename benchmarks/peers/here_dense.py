"""This package with its continuous trajectory, the answer that its users get."""

import numpy as np
from cases import Case
from kernels import Kernels

from peers.here import LADDER, propagator, states, version

NAME = "orbits, trajectory"
__all__ = ["LADDER", "NAME", "prepare", "refusal", "version"]


def refusal(case: Case) -> str | None:
    return "timed with its end states" if case.samples else None


def prepare(case: Case, tolerance: float, kernels: Kernels, cores: int):  # noqa: ARG001
    run, start = propagator(case, tolerance, kernels), states(case)[0]
    span = (case.start, case.stop)
    return lambda: run.propagate(start, span).position(case.stop)[np.newaxis]
