"""``orbits run``: everything that a mission file declares, into one folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbits.cli.answer import Exit, answered, give, give_json, say
from orbits.cli.options import AsJson, Force, MissionFile

if TYPE_CHECKING:
    pass


@answered
def run(
    file: MissionFile,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Default: out/ and the file's stem."),
    ] = None,
    plots: Annotated[bool, typer.Option("--plots/--no-plots", help="Draw figures.")] = True,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Propagate, find windows and eclipses, judge requirements, draw, export."""
    from orbits.cli.documents import run_document
    from orbits.cli.folder import check_place, written_whole
    from orbits.cli.progress import progress
    from orbits.cli.summary import summary
    from orbits.cli.sweep import carried_text, of_file, table_text
    from orbits.cli.write import write_run
    from orbits.exports.documents import json_text
    from orbits.mission.load import read
    from orbits.mission.run import run as run_mission

    reading = read(file)
    place = check_place(out or Path("out") / file.stem, file, force=force)
    with progress() as show:
        outcome = run_mission(
            reading.mission, folder=file.parent, text=reading.text, progress=show
        )
        warnings = [*map(_one_line, reading.warnings), *outcome.warnings]
        varied = of_file(reading, file.parent, show)
        with written_whole(place) as folder:
            files = write_run(
                outcome, folder, home=file.parent, samples=varied, plots=plots, progress=show
            )
            if varied:
                text = table_text(reading.mission.analysis.vary, varied)
                (folder / "sweep.csv").write_text(text, encoding="utf-8", newline="")
                files = sorted([*files, "sweep.csv"])
            document = run_document(outcome, files, warnings, varied)
            (folder / "summary.json").write_text(json_text(document), encoding="utf-8")
    for problem in reading.warnings:
        say(str(problem))
    for warning in outcome.warnings:
        say(f"warning: {warning}")
    if as_json:
        give_json(document)
    else:
        give("\n".join([summary(outcome), *carried_text(varied)]))
    shown = out or Path("out") / file.stem
    say(f"{len(files)} files in {shown}")
    return Exit.DONE if outcome.holds else Exit.REQUIREMENT_FAILED


def _one_line(problem: object) -> str:
    path, message, remedy = (getattr(problem, key) for key in ("path", "message", "help"))
    return f"{path}: {message}; {remedy}"
