"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

MissionFile = Annotated[Path, typer.Argument(metavar="FILE", help="The mission file.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, also on failure.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline", metavar="OLD",
        help="An earlier run, its folder or summary.json: the report says what changed.",
    ),
]  # fmt: skip
LocalTime = Annotated[
    str | None,
    typer.Option(
        "--local-time", metavar="ZONE",
        help="A second column beside UTC in the report, such as Asia/Shanghai.",
    ),
]  # fmt: skip
