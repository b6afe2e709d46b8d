"""The files of a run."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orbits import __version__
from orbits.cli.documents import records, windows_document
from orbits.errors import ExportError, MissionError
from orbits.exports.coverage import coverage_csv
from orbits.exports.documents import json_text
from orbits.exports.ephemeris import Part
from orbits.exports.windows import csv_text, ecsv_text

if TYPE_CHECKING:
    from orbits.mission.run import Outcome
    from orbits.mission.sweep import Sample
    from orbits.spacecraft import Spacecraft

Progress = Callable[[str, float], None]
SUFFIXES = {"oem": ".oem", "spk": ".bsp"}


def write_run(
    outcome: "Outcome",
    folder: Path,
    *,
    samples: "Sequence[Sample]" = (),
    plots: bool,
    progress: Progress,
) -> list[str]:
    """Return the names of the files of a run, written to ``folder``; summary.json is last.

    ``samples`` are those of the sweep over what the file varies. The summary itself is left to
    the caller, who knows the warnings.
    """
    said = outcome.mission.output
    rows, gaps = records(outcome, list(outcome.windows))
    texts = {"provenance.json": json_text(outcome.provenance)}
    if "csv" in said.formats:
        texts["windows.csv"] = csv_text([*rows, *gaps])
    if "ecsv" in said.formats:
        texts["windows.ecsv"] = ecsv_text([*rows, *gaps], _meta(outcome))
    if "json" in said.formats:
        texts["windows.json"] = json_text(windows_document(outcome))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    files = list(texts)
    if "csv" in said.formats:
        files += _coverages(outcome, folder / "coverage")
    for name in outcome.trajectories:
        files += write_trajectory(outcome, name, folder / "trajectories", said.formats)
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


def _meta(outcome: "Outcome") -> dict[str, str]:
    provenance = outcome.provenance
    return {
        "mission": outcome.mission.mission.name,
        "version": __version__,
        "mission_sha256": str(provenance["mission_sha256"]),
        "provenance": json.dumps(provenance["data"], sort_keys=True),
    }


def write_trajectory(
    outcome: "Outcome", name: str, folder: Path, formats: tuple[str, ...]
) -> list[str]:
    """Return the names of the files of one trajectory, relative to the run's folder."""
    suffixes = [
        suffix for kind, suffix in (("oem", ".oem"), ("spk", ".bsp")) if kind in formats
    ]
    if suffixes:
        folder.mkdir(exist_ok=True)
    part = Part(outcome.trajectories[name], outcome.span)
    for suffix in suffixes:
        path = folder / f"{name}{suffix}"
        export(part, outcome.spacecraft[name], outcome.provenance, path)
    return [f"{folder.name}/{name}{suffix}" for suffix in suffixes]


def export(
    part: Part, craft: "Spacecraft", provenance: dict[str, Any], path: Path
) -> float | None:
    """Return the largest error, m, of a trajectory written as OEM, SPK or CSV by suffix.

    None for CSV, which is a table of states and not meant for interpolation.
    """
    name = craft.name
    comments = (
        f"orbits {__version__}",
        f"mission file sha256 {provenance['mission_sha256']}",
    )
    if path.suffix == ".oem":
        from orbits.exports.oem import write_oem

        identity = str(craft.norad_id or craft.naif_id or name)
        return write_oem(path, part, name=name, object_id=identity, comments=comments)
    if path.suffix == ".bsp":
        from orbits.exports.spk import write_spk

        if craft.naif_id is None:
            raise ExportError(
                f"an SPK needs a number for {name}: add norad_id or naif_id to its table"
            )
        return write_spk(path, part, target_id=craft.naif_id, name=name, comments=comments)
    from orbits.cli.states import states_csv
    from orbits.exports.atomic import write_text

    write_text(path, states_csv(part))
    return None


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
