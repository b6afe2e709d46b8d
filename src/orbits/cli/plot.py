"""``orbits plot``: the figures of a mission, without the rest of a run."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orbits.cli.answer import UsageError, answered, give, say
from orbits.cli.options import Force, MissionFile


class Format(StrEnum):
    """How figures are stored."""

    PNG = "png"
    SVG = "svg"


class Preset(StrEnum):
    """What figures are for."""

    SLIDE = "slide"
    PAPER = "paper"


@answered
def plot(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: MissionFile,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Default: figures/ and the stem."),
    ] = None,
    figure: Annotated[
        list[str] | None,
        typer.Option("--figure", metavar="NAME", help="Only this one; may be repeated."),
    ] = None,
    formats: Annotated[
        list[Format] | None, typer.Option("--format", help="Default: png; may be repeated.")
    ] = None,
    preset: Annotated[Preset, typer.Option("--preset")] = Preset.SLIDE,
    footer: Annotated[bool, typer.Option("--footer/--no-footer", help="Provenance.")] = True,
    listing: Annotated[
        bool, typer.Option("--list", help="Name the figures that the mission offers.")
    ] = False,
    force: Force = False,
) -> None:
    """Draw the figures that a mission offers."""
    from orbits.cli.progress import progress
    from orbits.mission.load import read
    from orbits.mission.run import run

    folder = out or Path("figures") / file.stem
    if not listing and folder.exists() and not force and (
        not folder.is_dir() or any(folder.iterdir())
    ):  # fmt: skip
        raise UsageError(f"{folder} is not empty; add to it with --force, or give another")
    reading = read(file)
    for problem in reading.warnings:
        say(str(problem))
    with progress() as show:
        outcome = run(reading.mission, folder=file.parent, text=reading.text, progress=show)
        from orbits.plots import figures, save_figures

        if listing:
            give("\n".join(figures(outcome)))
            return
        folder.mkdir(parents=True, exist_ok=True)
        show("drawing", 0.0)
        try:
            paths = save_figures(
                outcome,
                folder,
                names=tuple(figure) if figure else "all",
                formats=tuple(kind.value for kind in formats or [Format.PNG]),
                preset=preset.value,
                footer=footer,
            )
        except ValueError as error:
            if figure and "no figure" in str(error):
                raise UsageError(str(error)) from None
            raise
    give("\n".join(map(str, paths)))
