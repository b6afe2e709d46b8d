"""``orbits propagate``: one trajectory into one file."""

from pathlib import Path
from typing import Annotated

import typer

from orbits.cli.answer import UsageError, answered, say
from orbits.cli.options import Force, MissionFile

SUFFIXES = (".oem", ".bsp", ".csv")


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
    part = Part(flight.trajectories[name], flight.model.span)
    error = export(part, craft, source, out)
    if error is None:
        say(f"{out}: states every minute")
    else:
        say(f"{out}: interpolation within {error * 1e3:.3f} mm of the trajectory")
