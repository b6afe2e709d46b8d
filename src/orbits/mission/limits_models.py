"""What does not go with mean elements, element sets, and models that bring their own forces."""

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import cast

from orbits.errors import ConvergenceError
from orbits.mission.beside import element_set
from orbits.mission.locate import Path
from orbits.mission.problems import Problem, Source
from orbits.mission.schema_catalogue import TwoLine
from orbits.mission.schema_spacecraft import Cartesian, Keplerian, Spacecraft
from orbits.mission.schema_sun_synchronous import SunSynchronous

_LEAST_DEGREE = 4
_OBLATE = ("earth", "moon")  # bodies whose zonal harmonics are shipped


def catalogued(orbit: TwoLine, path: Path, folder: FilePath, source: Source) -> list[Problem]:
    """Return what is wrong with the file of an element set."""
    try:
        element_set(orbit, folder)
    except ValueError as error:
        message, _, remedy = str(error).partition("; ")
        return [source.problem((*path, "file"), message, remedy or "correct it")]
    return []


def mean_elements(orbit: Keplerian, path: Path, source: Source) -> Iterator[Problem]:
    """Yield what mean elements cannot be of."""
    if orbit.elements != "mean":
        return
    equator = f"{orbit.center}-equator-of-epoch"
    if orbit.center not in _OBLATE:
        yield source.problem(
            (*path, "elements"),
            f"no zonal harmonics of {orbit.center} are shipped",
            "mean elements are for orbits of the Earth or the Moon",
        )
    elif orbit.frame != equator:
        yield source.problem(
            (*path, "frame"),
            "mean elements refer to the equator",
            f'write frame = "{equator}"',
        )
    if orbit.eccentricity is not None and orbit.eccentricity >= 1.0:
        yield source.problem(
            (*path, "elements"), "a hyperbola has no mean elements", "give osculating ones"
        )
    if orbit.min_altitude is not None:
        yield source.problem(
            (*path, "min_altitude"),
            "moves an osculating periapsis",
            "take it away, or give osculating elements",
        )


def sun_synchronous(spacecraft: Spacecraft, path: Path, source: Source) -> Iterator[Problem]:
    """Yield why there is no such sun-synchronous orbit, or no field that would make it one."""
    from orbits.mission.designed import mean_orbit

    orbit = cast(SunSynchronous, spacecraft.orbit)
    sizes = ("altitude", "semi_major_axis", "repeat")
    size = next(key for key in sizes if getattr(orbit, key) is not None)
    try:
        mean_orbit(orbit)
    except (ValueError, ConvergenceError) as error:
        message, _, remedy = str(error).partition("; ")
        yield source.problem((*path, size), message, remedy or "choose another")
    if spacecraft.dynamics.gravity.get("earth", 0) < _LEAST_DEGREE:
        yield source.problem(
            (*path[:-1], "dynamics"),
            "a sun-synchronous orbit without the Earth's gravity field",
            f"write gravity = {{ earth = 36 }}, at least {_LEAST_DEGREE}",
        )


def without_forces(spacecraft: Spacecraft, here: Path, source: Source) -> Iterator[Problem]:
    """Yield what does not go with a model that has its forces in itself."""
    dynamics, orbit = spacecraft.dynamics, spacecraft.orbit
    model = dynamics.model
    if isinstance(orbit, TwoLine) != (model == "sgp4"):
        yield source.problem(
            (*here, "model"),
            f"{model} does not fly an orbit of kind {orbit.kind}",
            "sgp4 belongs to element sets of kind tle, and they to it",
        )
        return
    for key in sorted(dynamics.model_fields_set - {"model", "source", "assumed"}):
        default = type(dynamics).model_fields[key].get_default(call_default_factory=True)
        if getattr(dynamics, key) == default:
            continue  # a mission written out again states its defaults
        yield source.problem(
            (*here, key), f"{model} takes no {key}", "take it away, or use the numerical model"
        )
    if isinstance(orbit, TwoLine):
        return
    if not isinstance(orbit, Keplerian | Cartesian):
        yield source.problem(
            (*here, "model"),
            f"{model} does not fly an orbit of kind {orbit.kind}",
            "it is designed with the forces of the numerical model; take the key away",
        )
        return
    if model == "j2" and orbit.center not in _OBLATE:
        yield source.problem(
            (*here, "model"),
            f"no zonal harmonics of {orbit.center} are shipped",
            "j2 is for orbits of the Earth or the Moon; use kepler",
        )
    if isinstance(orbit, Keplerian) and orbit.min_altitude is not None:
        yield source.problem(
            (*here, "model"),
            f"min_altitude does not go with {model}",
            "take min_altitude away, or use the numerical model",
        )
