"""The files of a run."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orbits.cli.answer import say
from orbits.cli.burns import burns_csv
from orbits.cli.documents import records, windows_document
from orbits.cli.exchange import write_exchange
from orbits.errors import MissionError
from orbits.exports.coverage import coverage_csv
from orbits.exports.documents import json_text
from orbits.exports.formats import meta
from orbits.exports.windows import csv_text, ecsv_text

if TYPE_CHECKING:
    from orbits.mission.run import Outcome
    from orbits.mission.schema import Mission
    from orbits.mission.sweep import Sample
    from orbits.plots.drawing import Drawing

Progress = Callable[[str, float], None]


def write_run(
    outcome: "Outcome",
    folder: Path,
    *,
    home: Path,
    drawn: "Mapping[str, Drawing]",
    progress: Progress,
) -> list[str]:
    """Return the names of the files of a run, written to ``folder``; summary.json is last.

    ``drawn`` are its figures, ``home`` is the folder of the mission file. The summary itself
    is left to the caller, who knows the warnings.
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
    burns = burns_csv(outcome)
    if burns:
        texts["burns.csv"] = burns
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    files = list(texts)
    if "csv" in said.formats:
        files += _coverages(outcome, folder / "coverage")
    exchanged = write_exchange(outcome, folder, said.formats, home=home)
    files += exchanged.files
    for sentence in exchanged.left_out:
        say(f"warning: {sentence}")
    progress("drawing", 0.0)
    files += draw(drawn, folder / "figures", figure_formats(outcome.mission))
    return sorted([*files, "summary.json"])


def _coverages(outcome: "Outcome", folder: Path) -> list[str]:
    """Return the names of the tables of coverage, one a grid."""
    if outcome.coverages:
        folder.mkdir()
    for name, found in outcome.coverages.items():
        text = coverage_csv(found)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return [f"{folder.name}/{name}.csv" for name in outcome.coverages]


def figure_formats(mission: "Mission") -> tuple[str, ...]:
    """Return how figures are stored: as asked for, and so that a page can show them."""
    said = mission.output
    shown = not said.report or {"png", "svg"} & set(said.figure_formats)
    return said.figure_formats if shown else (*said.figure_formats, "png")


def drawings(
    outcome: "Outcome", samples: "Sequence[Sample]", *, plots: bool
) -> "dict[str, Drawing]":
    """Return the figures that the mission asks for, by name; none without ``plots``.

    ``samples`` are those of the sweep over what the file varies.

    Raises
    ------
    MissionError
        If it asks for one that it does not offer.
    """
    said = outcome.mission.output.figures
    if not plots or said == "none":
        return {}
    from orbits.plots import chosen, figures

    try:
        return chosen(figures(outcome, lambda: samples), said)
    except ValueError as error:
        if "no figure" not in str(error):
            raise
        raise MissionError(f"output.figures: {error}") from None


def draw(drawn: "Mapping[str, Drawing]", folder: Path, formats: Sequence[str]) -> list[str]:
    """Return the names of the figures of a run, drawn into ``folder``."""
    if not drawn:
        return []
    from orbits.plots import save_figures

    folder.mkdir()
    return [
        f"{folder.name}/{path.name}" for path in save_figures(drawn, folder, formats=formats)
    ]
