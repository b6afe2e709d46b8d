"""``orbits report``: the review file of a mission, and what a run puts into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import Exit, UsageError, answered, give, say
from orbits.cli.options import Baseline, Force, LocalTime, MissionFile

if TYPE_CHECKING:
    from orbits.mission.changes import Difference, Run
    from orbits.mission.run import Outcome
    from orbits.mission.sweep import Sample
    from orbits.plots.drawing import Drawing
    from orbits.report.blocks import Picture
    from orbits.report.clock import Clock

Document = dict[str, Any]
REPORT = "report.html"
_IMAGES = (".png", ".svg")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a report is asked for: clock, earlier run, the command that asks."""

    clock: "Clock"
    before: "Run | None"
    command: str


def wanted(command: str, local_time: str | None, baseline: Path | None) -> Wanted:
    """Return how a report is asked for, before anything is computed.

    Raises
    ------
    UsageError
        If there is no such time zone.
    DataError
        If the baseline is no run.
    """
    from orbits.mission.changes import read_run
    from orbits.report.clock import Clock

    if baseline is not None:
        command += f" --baseline {baseline.name}"
    if local_time is not None:
        command += f" --local-time {local_time}"
    before = None if baseline is None else read_run(baseline)
    try:
        return Wanted(Clock(local_time), before, command)
    except ValueError as error:
        raise UsageError(str(error)) from None


@answered
def report(
    file: MissionFile,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="PATH", help="Default: the stem and .html."),
    ] = None,
    plots: Annotated[bool, typer.Option("--plots/--no-plots", help="Draw figures.")] = True,
    baseline: Baseline = None,
    local_time: LocalTime = None,
    force: Force = False,
) -> int:
    """Write the review file of a mission alone: one HTML page with everything in it."""
    from tempfile import TemporaryDirectory

    from orbits.cli.documents import run_document
    from orbits.cli.progress import progress
    from orbits.cli.sweep import of_file
    from orbits.cli.write import draw, drawings
    from orbits.exports.atomic import write_text
    from orbits.mission.load import read
    from orbits.mission.run import run as run_mission

    place = out or Path(f"{file.stem}.html")
    if place.exists() and not force:
        raise UsageError(f"{place} is there; replace it with --force, or give another with -o")
    asked = wanted(f"orbits report {file.name}", local_time, baseline)
    reading = read(file)
    with progress() as show:
        outcome = run_mission(
            reading.mission, folder=file.parent, text=reading.text, progress=show
        )
        warnings = [*map(str, reading.warnings), *outcome.warnings]
        varied = of_file(reading, file.parent, show)
        drawn = drawings(outcome, varied, plots=plots)
        show("drawing", 0.0)
        with TemporaryDirectory() as name:
            folder = Path(name) / "figures"
            draw(drawn, folder, ["png"])
            pictures = pictures_of(folder, drawn)
        document = run_document(outcome, [], warnings, varied)
        write_text(place, report_text(outcome, document, pictures, varied, asked))
    for warning in warnings:
        say(f"warning: {warning}")
    give(str(place))
    return Exit.DONE if outcome.holds else Exit.REQUIREMENT_FAILED


def pictures_of(folder: Path, drawn: "Mapping[str, Drawing]") -> "list[Picture]":
    """Return the figures in ``folder`` with their words; of PNG and SVG the smaller one."""
    from orbits.report.blocks import Picture

    found = []
    for name, one in drawn.items():
        stored = [folder / f"{name}{suffix}" for suffix in _IMAGES]
        images = [path.read_bytes() for path in stored if path.exists()]
        if images:
            image = min(images, key=len)
            found.append(Picture(name, one.kind.name, one.caption(), one.alt(), image))
    return found


def report_text(
    outcome: "Outcome",
    document: Document,
    pictures: "Sequence[Picture]",
    varied: "Sequence[Sample]",
    asked: Wanted,
    folder: Path | None = None,
) -> str:
    """Return the report of a run.

    Parameters
    ----------
    outcome : Outcome
    document : dict
        ``orbits.run/1`` of this run.
    pictures : sequence of Picture
    varied : sequence of Sample
    asked : Wanted
    folder : Path, optional
        Where the files of the run lie.
    """
    from orbits.cli.documents import records, windows_document
    from orbits.report import Material, report_html

    windows = windows_document(outcome)
    rows, gaps = records(outcome, list(outcome.windows))
    material = Material(
        windows=rows,
        gaps=gaps,
        volumes=windows["volumes"],
        seasons=windows["seasons"],
        certificate=windows["certificate"],
        pictures=pictures,
        samples=varied,
        baseline=_since(asked.before, document, windows),
        warnings=document["warnings"],
        files=[] if folder is None else _files(folder, document["files"]),
        command=asked.command,
        clock=asked.clock,
    )
    return report_html(outcome, material)


def _since(before: "Run | None", document: Document, windows: Document) -> "Difference | None":
    from orbits.mission.changes import difference, of_documents

    if before is None:
        return None
    return difference(before, of_documents("this run", document, windows))


def _files(folder: Path, names: Sequence[str]) -> list[Any]:
    from hashlib import sha256

    from orbits.report import File

    found = []
    for name in names:
        path = folder / name
        if path.exists():  # the summary and the report are written last
            content = path.read_bytes()
            found.append(File(name, len(content), sha256(content).hexdigest()))
    return found
