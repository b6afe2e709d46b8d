"""brahe as it comes for high precision: RKN12(10), steps of at most 900 s."""

from peers import brahe

NAME = "brahe, as it comes (steps to 900 s)"
LADDER = brahe.LADDER
version = brahe.version


def refusal(case):
    if case.samples or case.drag:
        return "see the run with the step limit lifted"
    return None


def prepare(case, tolerance, kernels, cores):
    return brahe.prepare_with(brahe.METHOD, 900.0, case, tolerance, kernels, cores)
