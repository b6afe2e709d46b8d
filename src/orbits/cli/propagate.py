"""``orbits propagate``: one trajectory into one file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbits.cli.answer import UsageError, answered, say
from orbits.cli.options import Force, MissionFile

if TYPE_CHECKING:
    from orbits.frames import Frame


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


def _checked(out: Path, frame: str | None, center: str | None, *, force: bool) -> str:
    """Return the format of ``out``, once every slip of the command line has been said."""
    from orbits.exports.formats import STATES, SUFFIXES, format_of

    kind = format_of(out)
    if kind is None:
        known = ", ".join([*SUFFIXES.values(), *STATES.values()])
        raise UsageError(f"{out}: the suffix must be one of {known}")
    if out.exists() and not force:
        raise UsageError(f"{out} is there; replace it with --force, or give another name")
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent}; make it first")
    if frame is None and center is not None:
        raise UsageError("--center is that of a --frame: name its axes too")
    if frame is not None and kind not in (*STATES, "parquet"):
        raise UsageError(
            f"--frame: {out.suffix} files are written in ICRF axes about the orbit's centre; "
            "give the path the suffix .csv"
        )
    if frame is not None:
        _frame(frame, center, "moon")  # slips are said before anything is computed
    return kind


@answered
def propagate(
    file: MissionFile,
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="PATH",
            help="The suffix is the format: .oem .opm .omm (and .oem.xml ...) .bsp .e .script "
            ".csv .ecsv .json .parquet.",
        ),
    ],
    spacecraft: Annotated[
        str | None,
        typer.Option("--spacecraft", metavar="NAME", help="Needed where there are many."),
    ] = None,
    frame: Annotated[
        str | None,
        typer.Option(
            "--frame",
            metavar="AXES",
            help="Of a table: icrf, moon-me, earth-moon-pulsating ...",
        ),
    ] = None,
    center: Annotated[
        str | None, typer.Option("--center", metavar="BODY", help="Of --frame; emb, moon ...")
    ] = None,
    spk_type: Annotated[
        int, typer.Option("--spk-type", metavar="N", help="2, 3 or 13 (SPICE alone).")
    ] = 2,
    force: Force = False,
) -> None:
    """Write a spacecraft's trajectory in the format that the suffix of the path names."""
    from orbits.cli.progress import progress
    from orbits.exports.ephemeris import Part
    from orbits.exports.formats import STATES, Subject, write_trajectory
    from orbits.mission.flight import fly
    from orbits.mission.load import read
    from orbits.mission.provenance import provenance
    from orbits.mission.run import data_of

    kind = _checked(out, frame, center, force=force)
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
    model, path = flight.model, flight.trajectories[name]
    if frame is not None:
        path = path.seen_in(_frame(frame, center, path.frame.center), model.almanac)
    subject = Subject(
        model.craft[name].spacecraft,
        Part(path, model.span),
        reading.mission.spacecraft[name],
        model.almanac,
        source,
        file.parent,
    )
    error = write_trajectory(subject, out, spk_type=spk_type)
    if error is not None:
        say(f"{out}: interpolation within {error * 1e3:.3f} mm of the trajectory")
    elif kind in (*STATES, "parquet"):
        say(f"{out}: states every minute")
    else:
        say(f"{out}: written")
