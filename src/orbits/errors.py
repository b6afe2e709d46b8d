"""The five kinds of failure, each with the facts as attributes."""

from collections.abc import Iterable


class OrbitsError(Exception):
    """Root of every failure that is not a caller's slip (those are ``ValueError``)."""


class MissionError(OrbitsError):
    """A mission file cannot be used; ``problems`` holds every fault found in it."""

    def __init__(self, message: str, problems: tuple = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class DataError(OrbitsError):
    """A kernel or table is missing, damaged, or does not cover the times asked for."""


class PropagationError(OrbitsError):
    """A propagation did not arrive; ``t`` (s), ``r`` (m) and ``body`` say where it ended."""

    def __init__(
        self,
        message: str,
        *,
        kind: str = "",
        t: float | None = None,
        r: Iterable[float] | None = None,
        body: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.t = t
        self.r = None if r is None else tuple(float(x) for x in r)
        self.body = body


class ConvergenceError(OrbitsError):
    """A solver did not settle; ``iterations``, ``residual`` and ``last`` say how far it got."""

    def __init__(
        self,
        message: str,
        *,
        iterations: int | None = None,
        residual: float | None = None,
        last: object = None,
    ) -> None:
        super().__init__(message)
        self.iterations = iterations
        self.residual = residual
        self.last = last


class ExportError(OrbitsError):
    """A result cannot be written in the format asked for."""


class OrbitsWarning(UserWarning):
    """Something that a reader of the result must know."""
