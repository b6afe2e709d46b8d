"""The trajectory formats by name and suffix, and one function that writes any of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from orbits import __version__
from orbits.errors import ConvergenceError, ExportError
from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Part

if TYPE_CHECKING:
    from orbits.almanac import Almanac
    from orbits.mission.schema_spacecraft import Spacecraft as Said
    from orbits.propagators.element_sets import ElementSet
    from orbits.spacecraft import Spacecraft

# By name in [output] formats. Those with more than one dot come first where suffixes are read.
SUFFIXES = {
    "oem-xml": ".oem.xml",
    "opm-xml": ".opm.xml",
    "omm-xml": ".omm.xml",
    "oem": ".oem",
    "opm": ".opm",
    "omm": ".omm",
    "spk": ".bsp",
    "stk": ".e",
    "gmat": ".script",
    "parquet": ".parquet",
}
STATES = {"csv": ".csv", "ecsv": ".ecsv", "json": ".json"}  # states, only by suffix
SPK_TYPES = (2, 3, 13)


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """A spacecraft whose trajectory is written.

    Attributes
    ----------
    craft : Spacecraft
    part : Part
        Its path, within the span of the mission.
    said : Spacecraft of the mission file
    almanac : Almanac
    provenance : dict
        The block of every document.
    folder : Path
        Where files that the mission names lie.
    """

    craft: "Spacecraft"
    part: Part
    said: "Said"
    almanac: "Almanac"
    provenance: dict[str, Any]
    folder: Path

    @property
    def object_id(self) -> str:
        """What CCSDS messages call OBJECT_ID: the catalogue number where there is one."""
        return str(self.craft.norad_id or self.craft.naif_id or self.craft.name)


def format_of(path: Path) -> str | None:
    """Return the name of the format that the suffixes of ``path`` stand for, or None."""
    named = path.name.lower()
    known = {**SUFFIXES, **STATES}
    return next((key for key, suffix in known.items() if named.endswith(suffix)), None)


def comments(provenance: dict[str, Any]) -> tuple[str, ...]:
    """Return the provenance as lines of ASCII text, for the comments of a file."""
    lines = [
        f"orbits {provenance['version']}",
        f"mission file sha256 {provenance['mission_sha256']}",
    ]
    ephemeris = provenance["data"].get("ephemeris")
    if ephemeris:
        lines.append(f"ephemeris {ephemeris['name']} sha256 {ephemeris['sha256']}")
    return tuple(lines)


def meta(provenance: dict[str, Any], mission: str) -> dict[str, str]:
    """Return the provenance as texts by name, for tables."""
    import json

    return {
        "mission": mission,
        "version": __version__,
        "mission_sha256": str(provenance["mission_sha256"]),
        "provenance": json.dumps(provenance["data"], sort_keys=True),
    }


def write_trajectory(subject: Subject, path: Path, *, spk_type: int = 2) -> float | None:
    """Return the largest error, m, of a trajectory written in the format of the suffix.

    None for the formats that are not meant for interpolation: single states, mean elements,
    scripts, and tables of states.

    Raises
    ------
    ExportError
        If the suffix is unknown, or the format cannot hold this trajectory.
    DataError
        If a format needs a package that is not installed.
    """
    kind = format_of(path)
    if kind is None:
        known = ", ".join([*SUFFIXES.values(), *STATES.values()])
        raise ExportError(f"{path.name}: the suffix must be one of {known}")
    if kind in ("oem", "oem-xml"):
        return _oem(subject, path, kind)
    if kind == "spk":
        return _spk(subject, path, spk_type)
    if kind == "stk":
        from orbits.exports.stk import write_stk_ephemeris

        said = comments(subject.provenance)
        return write_stk_ephemeris(path, subject.part, name=subject.craft.name, comments=said)
    if kind in ("opm", "opm-xml"):
        _opm(subject, path, kind)
    elif kind in ("omm", "omm-xml"):
        _omm(subject, path, kind)
    elif kind == "gmat":
        _gmat(subject, path)
    else:
        _states(subject, path, kind)
    return None


def _notation(kind: str) -> Any:
    return "xml" if kind.endswith("-xml") else "kvn"


def _oem(subject: Subject, path: Path, kind: str) -> float:
    from orbits.exports.oem import write_oem

    return write_oem(
        path,
        subject.part,
        name=subject.craft.name,
        object_id=subject.object_id,
        notation=_notation(kind),
        comments=comments(subject.provenance),
    )


def _spk(subject: Subject, path: Path, spk_type: int) -> float:
    from orbits.exports.spk import write_spk

    craft = subject.craft
    if craft.naif_id is None:
        raise ExportError(
            f"an SPK needs a number for {craft.name}: add norad_id or naif_id to its table"
        )
    if spk_type not in SPK_TYPES:
        raise ExportError(f"SPK type {spk_type} is not written; one of 2, 3, 13")
    return write_spk(
        path,
        subject.part,
        target_id=craft.naif_id,
        name=craft.name,
        kind=spk_type,  # type: ignore[arg-type]
        comments=comments(subject.provenance),
    )


def _opm(subject: Subject, path: Path, kind: str) -> None:
    from orbits.exports.opm import write_opm

    said = list(comments(subject.provenance))
    if subject.said.mass is None:
        said.append(f"the mass is not stated; {subject.craft.mass:g} kg stands in")
    if len(subject.part.joins):
        said.append("burns after the epoch are not in this message")
    write_opm(
        path,
        subject.part,
        subject.craft,
        mu=_forces(subject).mu_of(subject.part.frame.center),
        object_id=subject.object_id,
        notation=_notation(kind),
        comments=tuple(said),
    )


def _omm(subject: Subject, path: Path, kind: str) -> None:
    from orbits.exports.omm import write_omm

    elements, remark = _element_set(subject)
    said = comments(subject.provenance) + ((remark,) if remark else ())
    name = subject.craft.name
    write_omm(path, elements, name=name, notation=_notation(kind), comments=said)


def _element_set(subject: Subject) -> "tuple[ElementSet, str]":
    """Return the element set of the mission file, or one fitted to the path, and a remark."""
    from orbits.mission.beside import element_set
    from orbits.mission.schema_catalogue import TwoLine
    from orbits.propagators.sgp4_fit import fitted_elements

    if isinstance(subject.said.orbit, TwoLine):
        return element_set(subject.said.orbit, subject.folder), ""
    name = subject.craft.name
    try:
        fit = fitted_elements(
            subject.part.path,  # type: ignore[arg-type]
            subject.part.span,
            subject.almanac,
            norad_id=subject.craft.norad_id or 0,
            name=name,
            drag=subject.said.dynamics.drag != "none",
        )
    except (ValueError, ConvergenceError) as error:
        raise ExportError(f"an OMM of {name} cannot be written: {error}") from error
    hours = (fit.span[1] - fit.span[0]) / 3600.0
    return fit.elements, (
        f"SGP4 elements fitted to the first {hours:.1f} h of the trajectory: "
        f"{fit.rms:.0f} m root mean square, {fit.worst:.0f} m at most"
    )


def _forces(subject: Subject) -> Any:
    from orbits.mission.build import forces

    return forces(subject.said, subject.part.frame.center, subject.craft)


def _gmat(subject: Subject, path: Path) -> None:
    from orbits.exports.gmat import write_gmat

    said = list(comments(subject.provenance))
    if subject.said.orbit.kind in ("ephemeris", "tle") or (
        subject.said.dynamics.model != "numerical"
    ):
        said.append("the path is given by a file or a theory: these forces are not those of it")
    masses = np.asarray(getattr(subject.part.path, "masses", ()))
    if len(masses) and float(masses[:, 1].max()) > float(masses[:, 1].min()):
        said.append("Engines burn along the trajectory and not in this script.")
    write_gmat(path, subject.part, _forces(subject), subject.craft, comments=said)


def _states(subject: Subject, path: Path, kind: str) -> None:
    from orbits.exports import states
    from orbits.exports.documents import json_text

    name = subject.craft.name
    said = meta(subject.provenance, name)
    if kind == "parquet":
        from orbits.exports.parquet import write_states

        write_states(path, subject.part, said)
    elif kind == "json":
        document = states.states_document(subject.part, subject.provenance, name)
        write_text(path, json_text(document))
    elif kind == "ecsv":
        write_text(path, states.states_ecsv(subject.part, said))
    else:
        write_text(path, states.states_csv(subject.part))
