"""``orbits run``: everything that a mission file declares, into one folder."""

from pathlib import Path
from typing import Annotated

import typer

from orbits.cli.answer import Exit, answered, give, give_json, say
from orbits.cli.options import AsJson, Baseline, Force, LocalTime, MissionFile


@answered
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: MissionFile,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Default: out/ and the file's stem."),
    ] = None,
    plots: Annotated[bool, typer.Option("--plots/--no-plots", help="Draw figures.")] = True,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Write report.html.")
    ] = True,
    baseline: Baseline = None,
    local_time: LocalTime = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Propagate, find windows and eclipses, judge requirements, draw, report, export."""
    from orbits.cli.documents import run_document
    from orbits.cli.folder import check_place, written_whole
    from orbits.cli.progress import progress
    from orbits.cli.report import REPORT, pictures_of, report_text, wanted
    from orbits.cli.summary import summary
    from orbits.cli.sweep import carried_text, of_file, table_text
    from orbits.cli.write import drawings, write_run
    from orbits.exports.documents import json_text
    from orbits.mission.load import read
    from orbits.mission.run import run as run_mission

    words = f"orbits run {file.name}{'' if plots else ' --no-plots'}"
    asked = wanted(words, local_time, baseline)
    reading = read(file)
    report = report and reading.mission.output.report
    place = check_place(out or Path("out") / file.stem, file, force=force)
    with progress() as show:
        outcome = run_mission(
            reading.mission, folder=file.parent, text=reading.text, progress=show
        )
        warnings = [*map(_one_line, reading.warnings), *outcome.warnings]
        varied = of_file(reading, file.parent, show)
        drawn = drawings(outcome, varied, plots=plots)
        with written_whole(place) as folder:
            files = write_run(outcome, folder, home=file.parent, drawn=drawn, progress=show)
            if varied:
                text = table_text(reading.mission.analysis.vary, varied)
                (folder / "sweep.csv").write_text(text, encoding="utf-8", newline="")
                files = sorted([*files, "sweep.csv"])
            files = sorted([*files, REPORT]) if report else files
            document = run_document(outcome, files, warnings, varied)
            if report:
                pictures = pictures_of(folder / "figures", drawn)
                text = report_text(outcome, document, pictures, varied, asked, folder)
                (folder / REPORT).write_text(text, encoding="utf-8", newline="")
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
