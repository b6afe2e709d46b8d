"""The commands and their options; nothing heavier than this is loaded before one runs."""

from typing import Annotated

import typer

from orbits import __version__
from orbits.cli.answer import CODES_IN_WORDS, give
from orbits.cli.check import check, schema
from orbits.cli.data import data
from orbits.cli.design import design
from orbits.cli.design_frozen import frozen as _frozen  # noqa: F401 - it registers itself
from orbits.cli.design_relay import relay as _relay  # noqa: F401 - it registers itself
from orbits.cli.design_sun_synchronous import (
    sun_synchronous as _sun_synchronous,  # noqa: F401 - it registers itself
)
from orbits.cli.diff import diff
from orbits.cli.export import export
from orbits.cli.mask import mask
from orbits.cli.plot import plot
from orbits.cli.propagate import propagate
from orbits.cli.report import report
from orbits.cli.run import run
from orbits.cli.sweep import sweep
from orbits.cli.windows import why, windows

app = typer.Typer(
    help="Mission planning from one mission file: where every spacecraft is, when it can talk "
    "to whom, why each window opens and closes, and whether the requirements hold.",
    epilog=CODES_IN_WORDS,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        give(f"orbits {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Hold the options of the program itself."""


for command in (
    run, check, windows, why, sweep, propagate, export, plot, report, diff, mask, schema,
):  # fmt: skip
    app.command()(command)
app.add_typer(data)
app.add_typer(design)
