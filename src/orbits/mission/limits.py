"""What physics and the data do not allow of a mission.

An orbit under the surface, a span beyond the ephemeris, a force without its numbers.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import cast

from astropy.time import Time
from astropy.units import Quantity

from orbits import units
from orbits.bodies import body
from orbits.mission.limits_models import (
    catalogued,
    mean_elements,
    sun_synchronous,
    without_forces,
)
from orbits.mission.locate import Path
from orbits.mission.problems import Problem, Source
from orbits.mission.quantities import written_instant
from orbits.mission.schema import Header
from orbits.mission.schema_catalogue import TwoLine
from orbits.mission.schema_sequence import LaunchOrbit
from orbits.mission.schema_spacecraft import (
    Cartesian,
    Dynamics,
    EphemerisFile,
    Frozen,
    Halo,
    Keplerian,
    Spacecraft,
)
from orbits.mission.schema_sun_synchronous import SunSynchronous
from orbits.time import from_t, leap_second_warning, to_t, utc_iso

ROOM = {"earth": 60.0, "moon": 60.0}  # s
ROOM_ELSEWHERE = 21_600.0  # s


def apsides(orbit: Keplerian) -> tuple[float, float]:
    """Return the radii of periapsis and apoapsis at the epoch, m.

    The second is infinite or negative for an open orbit: a (1 + e).
    """
    radius = body(orbit.center).radius
    if orbit.altitude is not None:
        circle = radius + _m(orbit.altitude)
        return circle, circle
    if orbit.semi_major_axis is not None:
        a, e = _m(orbit.semi_major_axis), float(orbit.eccentricity or 0.0)
        return a * (1.0 - e), a * (1.0 + e)
    near, far = (
        _m(from_center) if from_center is not None else radius + _m(from_surface)
        for from_center, from_surface in (
            (orbit.periapsis_radius, orbit.periapsis_altitude),
            (orbit.apoapsis_radius, orbit.apoapsis_altitude),
        )
    )
    return near, far


def _m(quantity: object) -> float:
    return float(units.si(quantity, "length"))


def periapsis_key(orbit: Keplerian) -> str:
    """Return the key that sets the size of an orbit at its periapsis."""
    keys = ("periapsis_radius", "periapsis_altitude", "semi_major_axis", "altitude")
    return next(key for key in keys if getattr(orbit, key) is not None)


@dataclass(frozen=True, slots=True)
class Around:
    """What the tables of a mission are checked against.

    Attributes
    ----------
    folder : Path
        Of the mission file.
    span : (float, float) or None, s
        Of the mission; None where it cannot be told.
    coverage : (float, float) or None, s
        Of the planetary ephemeris.
    """

    folder: FilePath
    span: tuple[float, float] | None
    coverage: tuple[float, float] | None


def check_spacecraft(
    name: str, spacecraft: Spacecraft, around: Around, source: Source
) -> list[Problem]:
    """Return what cannot be of one spacecraft."""
    path = ("spacecraft", name)
    here = (*path, "orbit")
    orbit = spacecraft.orbit
    problems: list[Problem] = []
    if isinstance(orbit, EphemerisFile):
        problems += _given(orbit, here, around, source)
    elif isinstance(orbit, TwoLine):
        problems += catalogued(orbit, here, around.folder, source)
    else:
        if isinstance(orbit, Keplerian | Cartesian):
            problems += _frames(orbit, here, source)
        problems += _epoch(orbit, here, around.coverage, source)
    if isinstance(orbit, Keplerian):
        problems += _shape(orbit, here, source)
        problems += mean_elements(orbit, here, source)
    elif isinstance(orbit, Frozen):
        problems += _frozen(orbit, here, source)
    elif isinstance(orbit, SunSynchronous):
        problems += sun_synchronous(spacecraft, here, source)
    elif isinstance(orbit, Cartesian):
        problems += _place(orbit, here, source)
    problems += _dynamics(spacecraft, path, source)
    mass, propellant = spacecraft.mass, spacecraft.propellant
    if mass is not None and propellant is not None and propellant >= mass:
        problems.append(
            source.problem(
                (*path, "propellant"),
                "not less than the mass",
                "mass is that of the whole spacecraft, with its propellant",
            )
        )
    return problems


def _given(
    orbit: EphemerisFile, path: Path, around: Around, source: Source
) -> Iterator[Problem]:
    from orbits.mission.beside import ephemeris_path

    try:
        held = ephemeris_path(orbit.file, around.folder)
    except ValueError as error:
        message, _, remedy = str(error).partition("; ")
        yield source.problem((*path, "file"), message, remedy or "correct it")
        return
    if around.span is None:
        return
    room = room_of(held.frame.center)
    need = (around.span[0] - room, around.span[1] + room)
    if held.span[0] > need[0] or held.span[1] < need[1]:
        yield source.problem(
            (*path, "file"),
            f"it holds {_instants(held.span)}",
            f"the mission, with {room:.0f} s for light on its way, needs {_instants(need)}",
        )


def _epoch(
    orbit: Keplerian | Cartesian | Frozen | Halo | LaunchOrbit | SunSynchronous,
    path: Path,
    coverage: tuple[float, float] | None,
    source: Source,
) -> Iterator[Problem]:
    if orbit.epoch is None or coverage is None:
        return
    t = float(to_t(orbit.epoch))
    if not coverage[0] <= t <= coverage[1]:
        yield source.problem(
            (*path, "epoch"),
            "outside the ephemeris",
            f"choose an instant within {_dates(coverage)}",
        )


def _frames(orbit: Keplerian | Cartesian, path: Path, source: Source) -> Iterator[Problem]:
    of_the_moon = ("moon-equator-of-epoch", "earth-orbit-plane-of-epoch")
    if orbit.frame in of_the_moon and orbit.center != "moon":
        yield source.problem(
            (*path, "frame"),
            f"a plane of the Moon for an orbit about {orbit.center}",
            'write "icrf", or "earth-equator-of-epoch" for an orbit of the Earth',
        )
    if orbit.frame == "body-fixed" and body(orbit.center).axes is None:
        yield source.problem(
            (*path, "frame"),
            f"the orientation of {orbit.center} is not known here",
            'give the state in "icrf"',
        )


def _shape(orbit: Keplerian, path: Path, source: Source) -> Iterator[Problem]:
    near, far = apsides(orbit)
    radius, key = body(orbit.center).radius, periapsis_key(orbit)
    if orbit.semi_major_axis is not None:
        e = float(orbit.eccentricity or 0.0)
        if e == 1.0:
            yield source.problem(
                (*path, "eccentricity"),
                "a parabola has no semi-major axis",
                "give an eccentricity below or above 1",
            )
            return
        if near <= 0.0:
            yield source.problem(
                (*path, "semi_major_axis"),
                f"the wrong sign for eccentricity {e:g}",
                "the semi-major axis is positive for e < 1 and negative for e > 1",
            )
            return
    elif far < near:
        yield source.problem(
            (*path, key),
            f"the periapsis radius {near / 1e3:.6g} km exceeds the apoapsis radius "
            f"{far / 1e3:.6g} km",
            "exchange the two",
        )
    if near < radius:
        yield source.problem(
            (*path, key),
            f"the periapsis lies {(radius - near) / 1e3:.6g} km under the surface of the "
            f"{orbit.center} (radius {radius / 1e3:.6g} km)",
            "raise it; radii are from the centre, altitudes from the surface",
        )
    elif orbit.min_altitude is not None and radius + _m(orbit.min_altitude) >= far > 0.0:
        yield source.problem(
            (*path, "min_altitude"),
            "not below the apoapsis",
            "min_altitude moves the periapsis, which stays below the apoapsis",
        )
    if orbit.min_altitude is not None and (orbit.altitude is not None or far <= 0.0):
        yield source.problem(
            (*path, "min_altitude"),
            "needs an ellipse with a periapsis to move",
            "give periapsis and apoapsis, or semi_major_axis and eccentricity below 1",
        )


def _frozen(orbit: Frozen, path: Path, source: Source) -> Iterator[Problem]:
    if _m(orbit.periapsis_altitude) >= _m(orbit.apoapsis_altitude):
        yield source.problem(
            (*path, "periapsis_altitude"),
            "not below the apoapsis",
            "a frozen ellipse needs a perilune well below its apolune",
        )


def _place(orbit: Cartesian, path: Path, source: Source) -> Iterator[Problem]:
    distance = math.dist([_m(x) for x in orbit.position], (0.0, 0.0, 0.0))
    radius = body(orbit.center).polar_radius
    if distance < radius:
        yield source.problem(
            (*path, "position"),
            f"{distance / 1e3:.6g} km from the centre of the {orbit.center}, under its surface "
            f"(radius {radius / 1e3:.6g} km)",
            "check the units, and that the position is from the centre",
        )


_FORCES = {"radiation": "radiation pressure", "drag": "drag"}
_NUMBERS = {
    "radiation": 'radiation = { area = "15 m2", cr = 1.3 }',
    "drag": 'drag = { area = "8 m2", cd = 2.2 }',
    "mass": 'mass = "1200 kg"',
}


def _dynamics(spacecraft: Spacecraft, path: Path, source: Source) -> Iterator[Problem]:
    dynamics: Dynamics = spacecraft.dynamics
    here = (*path, "dynamics")
    if isinstance(spacecraft.orbit, EphemerisFile):
        if "dynamics" in spacecraft.model_fields_set:
            yield source.problem(
                here,
                "forces beside an ephemeris file",
                "take this table away: nothing is propagated",
            )
        return
    if isinstance(spacecraft.orbit, TwoLine) or dynamics.model != "numerical":
        yield from without_forces(spacecraft, here, source)
        return
    for name, degree in dynamics.gravity.items():
        from orbits.forces.gravity import TABLES, read_table

        if name not in TABLES:
            yield source.problem(
                (*here, "gravity", name),
                f"no gravity field of {name} is shipped",
                f"fields are shipped for {', '.join(TABLES)}; without one it is a point mass",
            )
            continue
        highest = int(read_table(TABLES[name])["degree"])
        if degree > highest:
            yield source.problem(
                (*here, "gravity", name),
                f"degree {degree} is more than is shipped",
                f"the field of the {name} goes to degree {highest}",
            )
    for force, wanted in (("radiation", dynamics.radiation), ("drag", dynamics.drag != "none")):
        for key in (force, "mass") if wanted else ():
            if getattr(spacecraft, key) is None:
                yield source.problem(
                    (*here, force),
                    f"{_FORCES[force]} needs {'.'.join((*map(str, path), key))}",
                    f"add {_NUMBERS[key]}",
                )
    center = spacecraft.orbit.center
    if dynamics.tides and center not in ("earth", "moon"):
        yield source.problem(
            (*here, "tides"),
            f"no tides of {center} are known here",
            "solid tides are those of the Earth or of the Moon; take the key away",
        )


def check_span(header: Header, around: Around, source: Source) -> list[Problem]:
    """Return what cannot be of the mission's span."""
    start, stop = span_of(header)
    problems = []
    key = "stop" if header.stop is not None else "duration"
    if stop <= start:
        problems.append(
            source.problem(
                ("mission", key),
                "not after the start",
                f"start is {written_instant(header.start)}; choose a later stop",
            )
        )
    covered = around.coverage
    if covered is not None:
        for name, t in (("start", start), (key, stop)):
            if not covered[0] <= t <= covered[1]:
                problems.append(
                    source.problem(
                        ("mission", name),
                        f"beyond the ephemeris {header.ephemeris}",
                        f"it covers {_dates(covered)}",
                    )
                )
    late = leap_second_warning(stop) if header.start.scale == "utc" else None
    if late and not problems:
        problems.append(
            source.problem(
                ("mission", key),
                late,
                "UTC tags may later move by a second; give TAI, TT or TDB to be rid of this",
                severity="warning",
            )
        )
    return problems


def span_of(header: Header) -> tuple[float, float]:
    """Return start and stop of a mission, TDB seconds past J2000.

    A ``duration`` counts seconds of TAI, as a clock on board would.
    """
    start = float(to_t(header.start))
    if header.stop is not None:
        return start, float(to_t(header.stop))
    return start, float(to_t(cast(Time, header.start.tai) + cast(Quantity, header.duration)))


def room_of(center: str) -> float:
    """Return how far beyond the span a spacecraft about ``center`` must be known, s.

    Light is on its way: from the Moon for 1.3 s, from anywhere for less than 6 h.
    """
    return ROOM.get(center, ROOM_ELSEWHERE)


def _instants(span: tuple[float, float]) -> str:
    return f"{utc_iso(span[0])} to {utc_iso(span[1])}"


def _dates(span: tuple[float, float]) -> str:
    first, last = (from_t(t).isot[:10] for t in span)
    return f"{first} to {last} TDB"
