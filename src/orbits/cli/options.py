"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

MissionFile = Annotated[Path, typer.Argument(metavar="FILE", help="The mission file.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, also on failure.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
