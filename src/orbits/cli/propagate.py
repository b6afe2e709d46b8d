"""``orbits propagate``: one trajectory into one file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbits.cli.answer import UsageError, answered, say
from orbits.cli.options import Force, MissionFile

if TYPE_CHECKING:
    from orbits.frames import Frame

SUFFIXES = (".oem", ".bsp", ".csv")


def _frame(name: str, center: str | None, home: str) -> "Frame":
    """Return the frame of axes named as on the command line, about ``center`` or their own.

    Axes that belong to no body are about ``home``.
    """
    from orbits.frames import AXES, CENTERS, Frame

    axes = name.upper().replace("-", "_")
    if axes not in AXES:
        known = ", ".join(word.lower().replace("_", "-") for word in AXES)
        raise UsageError(f"--frame: unknown {name!r}; choose from {known}")
    if center is not None and center not in CENTERS:
        raise UsageError(f"--center: unknown {center!r}; choose from {', '.join(CENTERS)}")
    own = {"EARTH_MOON": "emb", "MOON": "moon", "ITRF": "earth", "TEME": "earth"}
    by_axes = next((own[key] for key in own if axes.startswith(key)), home)
    return Frame(center or by_axes, axes)


@answered
def propagate(
    file: MissionFile,
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="PATH", help="A name in .oem, .bsp (SPK) or .csv."),
    ],
    spacecraft: Annotated[
        str | None,
        typer.Option("--spacecraft", metavar="NAME", help="Needed where there are many."),
    ] = None,
    frame: Annotated[
        str | None,
        typer.Option(
            "--frame", metavar="AXES", help="Of a .csv: icrf, moon-me, earth-moon-pulsating ..."
        ),
    ] = None,
    center: Annotated[
        str | None, typer.Option("--center", metavar="BODY", help="Of --frame; emb, moon ...")
    ] = None,
    force: Force = False,
) -> None:
    """Write a spacecraft's trajectory as OEM, SPK or CSV, by the suffix of the path."""
    from orbits.cli.progress import progress
    from orbits.cli.write import export
    from orbits.exports.ephemeris import Part
    from orbits.mission.flight import fly
    from orbits.mission.load import read
    from orbits.mission.provenance import provenance
    from orbits.mission.run import data_of

    if out.suffix not in SUFFIXES:
        raise UsageError(f"{out}: the suffix must be one of {', '.join(SUFFIXES)}")
    if out.exists() and not force:
        raise UsageError(f"{out} is there; replace it with --force, or give another name")
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent}; make it first")
    if frame is None and center is not None:
        raise UsageError("--center is that of a --frame: name its axes too")
    if frame is not None and out.suffix != ".csv":
        raise UsageError(
            f"--frame: {out.suffix} files are written in ICRF axes about the orbit's centre; "
            "give the path the suffix .csv"
        )
    if frame is not None:
        _frame(frame, center, "moon")  # slips are said before anything is computed
    reading = read(file)
    for problem in reading.warnings:
        say(str(problem))
    known = reading.mission.spacecraft
    name = spacecraft or (next(iter(known)) if len(known) == 1 else "")
    if name not in known:
        raise UsageError(
            f"name one with --spacecraft: {', '.join(known) or 'the file has none'}"
        )
    with progress() as show:
        flight = fly(reading.mission, folder=file.parent, progress=show)
    source = provenance(reading.text, reading.mission.normalised(), data_of(flight))
    craft = flight.model.craft[name].spacecraft
    path = flight.trajectories[name]
    if frame is not None:
        asked = _frame(frame, center, path.frame.center)
        path = path.seen_in(asked, flight.model.almanac)
    error = export(Part(path, flight.model.span), craft, source, out)
    if error is None:
        say(f"{out}: states every minute")
    else:
        say(f"{out}: interpolation within {error * 1e3:.3f} mm of the trajectory")
