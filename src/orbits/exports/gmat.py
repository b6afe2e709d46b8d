"""GMAT scripts: the same spacecraft under the same forces, for a second tool to confirm.

The script sets GMAT's constants to those of this package, brings the gravity field along as a
``.cof`` file, and ends with the distance from this package's trajectory after one day, after
ten and at the end, in metres, as variables and in a report.

GMAT reads its ephemeris (DE405 unless told otherwise) in its MJ2000Eq axes, so the ICRF numbers
of this package are given in those axes: bodies and spacecraft then share one set of axes, as
they do here. Format: GMAT User Guide R2022a. [gmat2022]
"""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from orbits.bodies import body
from orbits.constants import ASTRONOMICAL_UNIT, DAY, SOLAR_PRESSURE, SPEED_OF_LIGHT
from orbits.errors import ExportError
from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Ephemeris
from orbits.time import TT_MINUS_TAI, duration, tdb_minus_tt

if TYPE_CHECKING:
    from orbits.forces.assembly import Forces
    from orbits.forces.gravity import Field
    from orbits.spacecraft import Spacecraft

_NAMES = {"moon": "Luna"}
_EPOCH = 2_451_545.0 - 2_430_000.0  # J2000 as GMAT's modified Julian date
CHECKS = (DAY, 10.0 * DAY)  # s after the start, beside the end
_JUMP = 1e-7  # m/s; a smaller step of the velocity at a join is none
_AXES = ("X", "Y", "Z", "VX", "VY", "VZ")


def write_gmat(
    path: str | Path,
    trajectory: Ephemeris,
    forces: "Forces",
    craft: "Spacecraft",
    *,
    comments: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Return the paths written: the script, and the gravity fields beside it.

    Steps of the velocity at joins become impulsive burns. Drag takes GMAT's MSISE90 and so
    agrees less well than the rest; tides are left out, and the script says so.

    Parameters
    ----------
    path : path
        Of the script.
    trajectory
        ICRF axes about a body; m, m/s, TDB s past J2000.
    forces : Forces
        What acts.
    craft : Spacecraft
    comments : lines of text

    Raises
    ------
    ExportError
        If the axes are not ICRF or the centre is no body.
    """
    center = trajectory.frame.center
    if trajectory.frame.axes != "ICRF" or center in ("ssb", "emb"):
        raise ExportError(
            f"a GMAT script of {craft.name} needs ICRF axes about a body, but it is in "
            f"{trajectory.frame.axes} about {center}; convert the trajectory first"
        )
    path = Path(path)
    fields = {
        name: path.with_name(f"{name}-{field.degree}x{field.degree}.cof")
        for name, field in forces.fields.items()
    }
    for name, field in forces.fields.items():
        write_text(fields[name], potential(field, name))
    sc = _identifier(craft.name)
    burns = _burns(trajectory)
    lines = [
        *(f"% {line}" for line in (*comments, *_remarks(forces))),
        "",
        *_solar_system(forces, center),
        "",
        *_spacecraft(sc, trajectory, craft, center),
        "",
        *_force_model(forces, fields, center),
        "",
        *(line for number in range(len(burns)) for line in _burn(number, center)),
        *_sequence(sc, trajectory, burns),
    ]
    write_text(path, "\n".join(lines) + "\n")
    return (path, *fields.values())


def potential(field: "Field", name: str) -> str:
    """Return a gravity field in the form of GMAT's ``.cof`` files, fully normalised."""
    degree = field.degree
    lines = [
        "COMMENT   1",
        f"{name}, {degree}x{degree}",
        f"POTFIELD{degree:3d}{degree:3d}  1 {field.gm:.14e} {field.radius:.14e} {1.0:.14e}",
    ]
    for n in range(2, degree + 1):
        for m in range(n + 1):
            sine = f"{field.s[n, m]:21.14e}" if m else ""
            lines.append(f"RECOEF  {n:3d}{m:3d}   {field.c[n, m]:21.14e}{sine}")
    return "\n".join([*lines, "END"]) + "\n"


def _gmat(name: str) -> str:
    return _NAMES.get(name, name.capitalize())


def _identifier(name: str) -> str:
    """Return a name as GMAT takes it: letters, digits and underscores, a letter first."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return plain if plain[:1].isalpha() else f"Sc_{plain}"


def _remarks(forces: "Forces") -> list[str]:
    remarks = [
        "Numbers of ICRF axes stand in MJ2000Eq, the axes in which GMAT reads its ephemeris.",
        "Ephemeris: GMAT's own; another one by SolarSystem.EphemerisSource and SPKFilename.",
    ]
    if forces.tides:
        remarks.append("Solid tides act on the trajectory and are not in this script.")
    if forces.drag:
        remarks.append("The air is MSISE90 here, and another model in the trajectory.")
    return remarks


def _solar_system(forces: "Forces", center: str) -> list[str]:
    """Return the constants of the bodies in use."""
    lit = ("sun", "earth", "moon") if forces.radiation else ()
    used = dict.fromkeys((center, *forces.third_bodies, *forces.fields, *lit))
    lines = []
    for name in used:
        lines.append(f"{_gmat(name)}.Mu = {forces.mu_of(name) / 1e9:.16g};")
        lines.append(f"{_gmat(name)}.EquatorialRadius = {body(name).radius / 1e3:.10g};")
    return lines


def _spacecraft(sc: str, trajectory: Ephemeris, craft: "Spacecraft", center: str) -> list[str]:
    t = trajectory.span[0]
    tai = t - float(tdb_minus_tt(t)) - TT_MINUS_TAI
    at = np.array([t])
    state = np.concatenate([trajectory.position(at)[0], trajectory.velocity(at)[0]]) / 1e3
    return [
        "Create CoordinateSystem Inertial;",
        f"Inertial.Origin = {_gmat(center)};",
        "Inertial.Axes = MJ2000Eq;",
        "",
        f"Create Spacecraft {sc};",
        f"{sc}.DateFormat = TAIModJulian;",
        f"{sc}.Epoch = '{_EPOCH + tai / DAY:.12f}';",
        f"{sc}.CoordinateSystem = Inertial;",
        f"{sc}.DisplayStateType = Cartesian;",
        *(f"{sc}.{axis} = {x:.17g};" for axis, x in zip(_AXES, state.tolist(), strict=True)),
        f"{sc}.DryMass = {craft.mass:.12g};",
        f"{sc}.Cr = {craft.reflectivity:.12g};",
        f"{sc}.SRPArea = {craft.radiation_area:.12g};",
        f"{sc}.Cd = {craft.drag_coefficient:.12g};",
        f"{sc}.DragArea = {craft.drag_area:.12g};",
    ]


def _force_model(forces: "Forces", fields: dict[str, Path], center: str) -> list[str]:
    points = [name for name in forces.third_bodies if name not in (center, *fields)]
    # Without a field, the centre is a point mass like the others.
    points = points if center in fields else [center, *points]
    lines = [
        "Create ForceModel Forces;",
        f"Forces.CentralBody = {_gmat(center)};",
        f"Forces.PrimaryBodies = {{{', '.join(_gmat(name) for name in fields)}}};",
        f"Forces.PointMasses = {{{', '.join(map(_gmat, points))}}};",
    ]
    for name, file in fields.items():
        degree, model = forces.fields[name].degree, f"Forces.GravityField.{_gmat(name)}"
        lines += [
            f"{model}.Degree = {degree};",
            f"{model}.Order = {degree};",
            f"{model}.PotentialFile = '{file.name}';",
        ]
    if forces.drag:
        lines.append("Forces.Drag.AtmosphereModel = MSISE90;")
    else:
        lines.append("Forces.Drag = None;")
    if forces.radiation:
        others = [_gmat(name) for name in forces.shadows if name != center]
        lines += [
            "Forces.SRP = On;",
            f"Forces.SRP.Flux = {SOLAR_PRESSURE * SPEED_OF_LIGHT:.10g};",
            f"Forces.SRP.Nominal_Sun = {ASTRONOMICAL_UNIT / 1e3:.10g};",
            f"Forces.SRP.ExtraShadowBodies = {{{', '.join(others)}}};",
        ]
    else:
        lines.append("Forces.SRP = Off;")
    lines += [
        f"Forces.RelativisticCorrection = {'On' if forces.relativity else 'Off'};",
        "",
        "Create Propagator Flight;",
        "Flight.FM = Forces;",
        "Flight.Type = PrinceDormand78;",
        "Flight.InitialStepSize = 60;",
        "Flight.Accuracy = 1e-13;",
        "Flight.MinStep = 0;",
        "Flight.MaxStep = 2700;",
    ]
    return lines


def _burns(trajectory: Ephemeris) -> list[tuple[float, np.ndarray]]:
    """Return the joins at which the velocity jumps, s, and by how much, m/s."""
    found = []
    for t in np.asarray(trajectory.joins, dtype=float).tolist():
        around = np.array([np.nextafter(t, -math.inf), t])
        before, after = trajectory.velocity(around)
        if np.linalg.norm(after - before) > _JUMP:
            found.append((t, after - before))
    return found


def _burn(number: int, center: str) -> list[str]:
    burn = f"Burn{number + 1}"
    return [
        f"Create ImpulsiveBurn {burn};",
        f"{burn}.CoordinateSystem = Local;",
        f"{burn}.Origin = {_gmat(center)};",
        f"{burn}.Axes = MJ2000Eq;",
        "",
    ]


def _sequence(
    sc: str, trajectory: Ephemeris, burns: list[tuple[float, np.ndarray]]
) -> list[str]:
    """Return what is flown: coasts, burns, and the distance from ours at each check."""
    start, stop = trajectory.span
    length = float(duration(start, stop))
    checks = [s for s in CHECKS if s < length - 1.0]
    marks: list[tuple[float, int, str]] = [(s, 1, f"MissAt{s / DAY:.0f}d") for s in checks]
    marks.append((length, 1, "MissAtEnd"))
    marks += [(float(duration(start, t)), 0, str(i)) for i, (t, _) in enumerate(burns)]
    variables = [mark for _, kind, mark in sorted(marks) if kind]
    lines = [
        f"Create Variable {' '.join(variables)};",
        "Create ReportFile Report;",
        f"Report.Filename = '{sc}-misses.txt';",
        "",
        "BeginMissionSequence;",
    ]
    flown = 0.0
    for s, kind, mark in sorted(marks):
        if s > flown:
            lines.append(f"Propagate Flight({sc}) {{{sc}.ElapsedSecs = {s - flown:.9f}}};")
            flown = s
        if kind:
            lines.append(_miss(sc, trajectory, start, s, mark))
        else:
            burn = f"Burn{int(mark) + 1}"
            change = burns[int(mark)][1] / 1e3
            lines += [f"{burn}.Element{i + 1} = {x:.17g};" for i, x in enumerate(change)]
            lines.append(f"Maneuver {burn}({sc});")
    lines.append(f"Report Report {' '.join(variables)};")
    return lines


def _miss(sc: str, trajectory: Ephemeris, start: float, s: float, mark: str) -> str:
    """Return the line that sets ``mark`` to the distance (m) from ours, ``s`` seconds on."""
    t = start + s
    t = min(t + s - float(duration(start, t)), trajectory.span[1])
    r = trajectory.position(np.array([t]))[0] / 1e3
    terms = " + ".join(
        f"({sc}.Inertial.{axis} - ({x:.12f}))^2"
        for axis, x in zip(_AXES[:3], r.tolist(), strict=True)
    )
    return f"{mark} = 1000*sqrt({terms});"
