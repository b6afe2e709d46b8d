"""The exchange files of a mission: trajectories, windows and scenes for other tools."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orbits.cli.documents import records, wanted_keys
from orbits.errors import ExportError
from orbits.exports.atomic import write_text
from orbits.exports.ephemeris import Part
from orbits.exports.formats import SUFFIXES, Subject, comments, meta, write_trajectory
from orbits.exports.windows import csv_text, ecsv_text

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

FORMATS = (*SUFFIXES, "czml", "ics")
WINDOW_FORMATS = ("csv", "ecsv", "json")  # tables of windows, written by every run
CHAIN_TEXTS = ("int", "ics")  # of one chain alone
META_KERNEL = "mission.tm"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was written: files relative to the folder, the largest errors (m), what was not."""

    files: list[str] = field(default_factory=list)
    errors: dict[str, float] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def subjects(outcome: "Outcome", home: Path) -> dict[str, Subject]:
    """Return every spacecraft of an outcome as something to write; ``home`` is its folder."""
    return {
        name: Subject(
            outcome.spacecraft[name],
            Part(path, outcome.span),
            outcome.mission.spacecraft[name],
            outcome.almanac,
            outcome.provenance,
            home,
        )
        for name, path in outcome.trajectories.items()
    }


def write_exchange(
    outcome: "Outcome",
    folder: Path,
    formats: tuple[str, ...],
    *,
    home: Path,
    spk_type: int = 2,
) -> Exchange:
    """Return what was written below ``folder`` in those of ``formats`` that are of FORMATS.

    A spacecraft that a format cannot hold (an OMM of a lunar orbit) is left out, and named.

    Parameters
    ----------
    outcome : Outcome
    folder : Path
    formats : names
    home : Path
        Folder of the mission file.
    spk_type : 2, 3 or 13
    """
    done = Exchange()
    for name, subject in subjects(outcome, home).items():
        for key in (key for key in SUFFIXES if key in formats):
            place = folder / ("gmat" if key == "gmat" else "trajectories")
            place.mkdir(exist_ok=True)
            _one(subject, place / f"{name}{SUFFIXES[key]}", spk_type, done)
    if "gmat" in formats:
        done.files.extend(f"gmat/{path.name}" for path in (folder / "gmat").glob("*.cof"))
    if "spk" in formats:
        _meta_kernel(outcome, folder, done)
    for key, write in (("parquet", _windows), ("stk", _intervals), ("ics", _calendars)):
        if key in formats:
            write(outcome, folder, done)
    if "czml" in formats:
        _scene(outcome, folder, done)
    return done


def _one(subject: Subject, path: Path, spk_type: int, done: Exchange) -> None:
    named = f"{path.parent.name}/{path.name}"
    try:
        error = write_trajectory(subject, path, spk_type=spk_type)
    except ExportError as cause:
        done.left_out.append(f"{named} is not written: {cause}")
        return
    done.files.append(named)
    if error is not None:
        done.errors[named] = error


def _meta_kernel(outcome: "Outcome", folder: Path, done: Exchange) -> None:
    from orbits.exports.meta_kernel import write_meta_kernel

    kernels = {
        name: (f"{name}.bsp", number)
        for name, craft in outcome.spacecraft.items()
        if (number := craft.naif_id) is not None and f"trajectories/{name}.bsp" in done.files
    }
    if kernels:
        said = comments(outcome.provenance)
        title = outcome.mission.mission.name.encode("ascii", "replace").decode()
        path = folder / "trajectories" / META_KERNEL
        write_meta_kernel(path, kernels, title=title, comments=said)
        done.files.append(f"trajectories/{META_KERNEL}")


def _windows(outcome: "Outcome", folder: Path, done: Exchange) -> None:
    from orbits.exports.parquet import write_windows

    rows, gaps = records(outcome, list(outcome.windows))
    said = meta(outcome.provenance, outcome.mission.mission.name)
    write_windows(folder / "windows.parquet", [*rows, *gaps], said)
    done.files.append("windows.parquet")


def _whole(outcome: "Outcome") -> list[str]:
    """Return the keys of links, chains and eclipses, without the members of groups."""
    return [key for key in outcome.windows if key.startswith("eclipse.") or key.count(".") == 1]


def _intervals(outcome: "Outcome", folder: Path, done: Exchange) -> None:
    from orbits.exports.stk import intervals_text

    said = comments(outcome.provenance)
    if not outcome.windows:
        done.left_out.append("intervals are not written: the mission has no windows")
    for key in _whole(outcome):
        (folder / "intervals").mkdir(exist_ok=True)
        text = intervals_text(outcome.windows[key], comments=(key, *said))
        write_text(folder / "intervals" / f"{key}.int", text)
        done.files.append(f"intervals/{key}.int")


def _calendars(outcome: "Outcome", folder: Path, done: Exchange) -> None:
    """Write one calendar a chain; of the links where there is no chain."""
    found = _whole(outcome)
    chains = [key for key in found if key.startswith("chain.")]
    keys = chains or [key for key in found if key.startswith("link.")]
    if not keys:
        done.left_out.append("calendars are not written: the mission has no windows of links")
    for key in keys:
        (folder / "calendars").mkdir(exist_ok=True)
        write_text(folder / "calendars" / f"{key}.ics", calendar_of(outcome, key))
        done.files.append(f"calendars/{key}.ics")


def calendar_of(outcome: "Outcome", key: str) -> str:
    """Return the windows of ``key`` as a calendar."""
    from orbits.exports.ics import calendar_text

    rows, _ = records(outcome, [key])
    return calendar_text(
        outcome.windows[key],
        rows,
        title=f"{outcome.mission.mission.name}: {key}",
        comments=comments(outcome.provenance),
    )


def windows_as(outcome: "Outcome", form: str, chain: str | None) -> str:
    """Return the windows of all, or of one chain and its links, as text in a format.

    ``form`` is csv or ecsv, or one of CHAIN_TEXTS, which hold the windows of the chain alone.
    """
    if form in CHAIN_TEXTS:
        key = f"chain.{chain}"
        if form == "ics":
            return calendar_of(outcome, key)
        from orbits.exports.stk import intervals_text

        said = (key, *comments(outcome.provenance))
        return intervals_text(outcome.windows[key], comments=said)
    rows, gaps = records(outcome, wanted_keys(outcome, chain))
    if form == "csv":
        return csv_text([*rows, *gaps])
    return ecsv_text([*rows, *gaps], meta(outcome.provenance, outcome.mission.mission.name))


def _scene(outcome: "Outcome", folder: Path, done: Exchange) -> None:
    from orbits.exports.czml import write_czml

    links = {
        key: (leg.transmitter.name, leg.receiver.name, outcome.windows[key])
        for key, leg in outcome.legs.items()
    }
    write_czml(
        folder / "scene.czml",
        {name: Part(path, outcome.span) for name, path in outcome.trajectories.items()},
        outcome.sites,
        links,
        outcome.almanac,
        name=outcome.mission.mission.name,
        comments=comments(outcome.provenance),
    )
    done.files.append("scene.czml")
