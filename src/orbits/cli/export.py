"""``orbits export``: a mission in the formats of other tools."""

from pathlib import Path
from typing import Annotated

import typer

from orbits.cli.answer import UsageError, answered, give, say
from orbits.cli.options import Force, MissionFile

ALL = "all"


@answered
def export(
    file: MissionFile,
    formats: Annotated[
        str,
        typer.Option("--format", metavar="LIST", help="Such as oem,spk,stk; or all."),
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Default: out/<file>-exchange."),
    ] = None,
    spk_type: Annotated[
        int, typer.Option("--spk-type", metavar="N", help="2, 3 or 13 (SPICE alone).")
    ] = 2,
    force: Force = False,
) -> None:
    """Write trajectories, windows and a scene in exchange formats; name each file."""
    from orbits.cli.exchange import FORMATS, write_exchange
    from orbits.cli.folder import check_place, written_whole
    from orbits.cli.progress import progress
    from orbits.exports.formats import SPK_TYPES
    from orbits.mission.load import read
    from orbits.mission.run import run

    asked = tuple(dict.fromkeys(word.strip() for word in formats.split(",")))
    asked = FORMATS if asked == (ALL,) else asked
    unknown = [word for word in asked if word not in FORMATS]
    if unknown:
        raise UsageError(
            f"--format: {', '.join(unknown)} is not known; one of {ALL}, {', '.join(FORMATS)}"
        )
    if spk_type not in SPK_TYPES:
        raise UsageError(f"--spk-type {spk_type} is not written; one of 2, 3, 13")
    reading = read(file)
    place = check_place(out or Path("out") / f"{file.stem}-exchange", file, force=force)
    for problem in reading.warnings:
        say(str(problem))
    with progress() as show:
        outcome = run(reading.mission, folder=file.parent, text=reading.text, progress=show)
        with written_whole(place) as folder:
            done = write_exchange(outcome, folder, asked, home=file.parent, spk_type=spk_type)
    for warning in (*outcome.warnings, *done.left_out):
        say(f"warning: {warning}")
    for name in sorted(done.files):
        give(name)
    for name, error in sorted(done.errors.items()):
        say(f"{name}: interpolation within {error * 1e3:.3f} mm of the trajectory")
