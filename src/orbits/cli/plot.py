"""``orbits plot``: the figures of a mission, without the rest of a run."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orbits.cli.answer import UsageError, answered, give, say
from orbits.cli.options import Force, MissionFile

if TYPE_CHECKING:
    from orbits.plots.drawing import Drawing


class Style(StrEnum):
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
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="NAME",
            help="Only this kind, or this figure; may be repeated. Default: all.",
        ),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="png,svg,pdf", help="Default: png."),
    ] = None,
    style: Annotated[Style, typer.Option("--style", help="What they are for.")] = Style.SLIDE,
    footer: Annotated[bool, typer.Option("--footer/--no-footer", help="Provenance.")] = True,
    listing: Annotated[
        bool, typer.Option("--list", help="Name the kinds, and the figures of this mission.")
    ] = False,
    force: Force = False,
) -> None:  # fmt: skip
    """Draw the figures that a mission offers."""
    from orbits.cli.progress import progress
    from orbits.cli.sweep import of_file
    from orbits.mission.load import read
    from orbits.mission.run import run

    stored = _formats(formats)
    _known(kind)
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
        from orbits.plots import chosen, figures, save_figures

        offered = figures(outcome, lambda: of_file(reading, file.parent, show))
        if listing:
            give(_list(offered))
            return
        try:
            wanted = chosen(offered, tuple(kind) if kind else "all")
        except ValueError as error:
            raise UsageError(str(error)) from None
        folder.mkdir(parents=True, exist_ok=True)
        show("drawing", 0.0)
        paths = save_figures(wanted, folder, formats=stored, preset=style.value, footer=footer)
    give("\n".join(map(str, paths)))


def _formats(said: list[str] | None) -> tuple[str, ...]:
    """Return the formats that ``--format png,svg`` names, each once."""
    from orbits.plots.registry import FORMATS

    found = [part.strip().lower() for text in said or ["png"] for part in text.split(",")]
    wrong = [part for part in found if part not in FORMATS]
    if wrong:
        raise UsageError(
            f"--format {wrong[0]!r} is unknown; the formats are {', '.join(FORMATS)}"
        )
    return tuple(dict.fromkeys(found))


def _known(kinds: list[str] | None) -> None:
    """Refuse what can be no figure of any mission before one is flown."""
    from orbits.plots.registry import check_kind

    try:
        for name in kinds or ():
            check_kind(name)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _list(offered: "dict[str, Drawing]") -> str:
    """Return each kind with what it shows, and its figures or what the mission lacks."""
    from orbits.plots import KINDS

    lines = []
    for kind in KINDS.values():
        names = [name for name, drawing in offered.items() if drawing.kind is kind]
        lines.append(f"{kind.name:16}{kind.shows}")
        lines.append(" " * 18 + (" ".join(names) or f"not here: it needs {kind.needs}"))
    return "\n".join(lines)
