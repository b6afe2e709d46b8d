"""The files of a run."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orbits.cli.answer import say
from orbits.cli.documents import records, windows_document
from orbits.cli.exchange import write_exchange
from orbits.errors import MissionError
from orbits.exports.coverage import coverage_csv
from orbits.exports.documents import json_text
from orbits.exports.formats import meta
from orbits.exports.windows import csv_text, ecsv_text

if TYPE_CHECKING:
    from orbits.mission.run import Outcome
    from orbits.mission.sweep import Sample

Progress = Callable[[str, float], None]


def write_run(
    outcome: "Outcome",
    folder: Path,
    *,
    home: Path,
    samples: "Sequence[Sample]" = (),
    plots: bool,
    progress: Progress,
) -> list[str]:
    """Return the names of the files of a run, written to ``folder``; summary.json is last.

    ``samples`` are those of the sweep over what the file varies. The summary itself is left to
    the caller, who knows the warnings. ``home`` is the folder of the mission file.
    """
    said = outcome.mission.output
    rows, gaps = records(outcome, list(outcome.windows))
    texts = {"provenance.json": json_text(outcome.provenance)}
    if "csv" in said.formats:
        texts["windows.csv"] = csv_text([*rows, *gaps])
    if "ecsv" in said.formats:
        texts["windows.ecsv"] = ecsv_text(
            [*rows, *gaps], meta(outcome.provenance, outcome.mission.mission.name)
        )
    if "json" in said.formats:
        texts["windows.json"] = json_text(windows_document(outcome))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    files = list(texts)
    if "csv" in said.formats:
        files += _coverages(outcome, folder / "coverage")
    exchanged = write_exchange(outcome, folder, said.formats, home=home)
    files += exchanged.files
    for sentence in exchanged.left_out:
        say(f"warning: {sentence}")
    if plots and said.figures != "none":
        files += _figures(outcome, samples, folder / "figures", progress)
    return sorted([*files, "summary.json"])


def _coverages(outcome: "Outcome", folder: Path) -> list[str]:
    """Return the names of the tables of coverage, one a grid."""
    if outcome.coverages:
        folder.mkdir()
    for name, found in outcome.coverages.items():
        text = coverage_csv(found)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return [f"{folder.name}/{name}.csv" for name in outcome.coverages]


def _figures(
    outcome: "Outcome", samples: "Sequence[Sample]", folder: Path, progress: Progress
) -> list[str]:
    from orbits.plots import figures, save_figures

    progress("drawing", 0.0)
    folder.mkdir()
    said = outcome.mission.output
    try:
        paths = save_figures(
            figures(outcome, lambda: samples),
            folder,
            names=said.figures,
            formats=said.figure_formats,
        )
    except ValueError as error:
        if "no figure" not in str(error):
            raise
        raise MissionError(f"output.figures: {error}") from None
    return [f"{folder.name}/{path.name}" for path in paths]
