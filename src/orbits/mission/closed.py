"""Paths of a mission that a closed theory gives: two bodies, zonals by mean elements, SGP4."""

from pathlib import Path

from orbits.almanac import Almanac
from orbits.mission.beside import element_set
from orbits.mission.schema_catalogue import TwoLine
from orbits.propagators.kepler import Kepler
from orbits.propagators.secular import Secular
from orbits.propagators.sgp4 import Sgp4
from orbits.trajectory import State, Trajectory


def closed_path(
    model: str, start: State, mu: float, almanac: Almanac, span: tuple[float, float]
) -> Trajectory:
    """Return the path of ``start`` over ``span`` (s) by the model "kepler" or "j2".

    ``mu`` (m3/s2) is that of the centre; the zonals of j2 bring their own.
    """
    if model == "kepler":
        return Kepler(mu).propagate(start, span)
    return Secular(almanac).propagate(start, span)


def catalogued_path(
    orbit: TwoLine, folder: Path, almanac: Almanac, span: tuple[float, float]
) -> Trajectory:
    """Return the path of an element set over ``span`` (s); geocentric, ICRF axes.

    Raises
    ------
    PropagationError
        If SGP4 fails in the span, as after the decay.
    ConvergenceError
        Where SGP4 itself jumps.
    """
    return Sgp4(almanac).propagate(element_set(orbit, folder), span)
