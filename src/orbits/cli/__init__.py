"""The command line: data on stdout, talk on stderr, one exit code for each kind of end."""

import io
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that ``arguments`` (default: those of the process) name, and exit."""
    from orbits.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app(args=None if arguments is None else list(arguments), prog_name="orbits")
