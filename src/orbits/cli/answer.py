"""How a command ends: what goes to which stream, and the exit code."""

import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any, TypeVar

import typer

from orbits.errors import (
    ConvergenceError,
    DataError,
    ExportError,
    MissionError,
    OrbitsError,
    PropagationError,
)

Command = TypeVar("Command", bound=Callable[..., Any])


class Exit(IntEnum):
    """The exit codes."""

    DONE = 0
    REQUIREMENT_FAILED = 1
    USAGE = 2
    MISSION_INVALID = 3
    DATA_MISSING = 4
    NO_CONVERGENCE = 5
    INTERNAL_ERROR = 70
    INTERRUPTED = 130


CODES_IN_WORDS = (
    "Exit codes: 0 done, 1 a requirement failed, 2 wrong usage, 3 mission file invalid, "
    "4 data missing, 5 no convergence or an impact in flight, 70 internal error, "
    "130 interrupted."
)


class UsageError(Exception):
    """The command line asks for what is not there; a usage error prints no JSON."""


def say(text: str) -> None:
    """Write a line to stderr."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def give(text: str) -> None:
    """Write data to stdout."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def give_json(document: dict[str, Any]) -> None:
    """Write the one JSON document of a command to stdout."""
    from orbits.exports.documents import json_text

    give(json_text(document))


def answered(command: Command) -> Command:
    """Return ``command`` with every end of it turned into streams and an exit code.

    The command returns an exit code or None; its keyword ``as_json`` says whether stdout is to
    hold one JSON document, also on failure.
    """

    @functools.wraps(command)
    def run(*args: Any, **keywords: Any) -> None:
        try:
            with _interruptible():
                code = command(*args, **keywords) or Exit.DONE
        except BrokenPipeError:
            # Whoever read stdout has enough. Python would complain on closing it again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = Exit.DONE
        except UsageError as error:
            say(f"usage: {error}")
            code = Exit.USAGE
        except (OrbitsError, KeyboardInterrupt, Exception) as error:
            # The outermost boundary: whatever is not foreseen ends with code 70, so that a
            # crash is never read as a failed requirement (code 1 is Python's own for one).
            code = _failed(error, as_json=bool(keywords.get("as_json")))
        raise typer.Exit(int(code))

    return run  # type: ignore[return-value]


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does, so that nothing half-written stays."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread: the host program has its own way to stop
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _failed(error: BaseException, *, as_json: bool) -> Exit:
    """Say what failed, and return its exit code."""
    code, kind, message = _kind(error)
    problems = [_row(p) for p in error.problems] if isinstance(error, MissionError) else []
    say(message)
    if as_json and code is not Exit.USAGE:
        from orbits.exports.documents import error_document
        from orbits.mission.provenance import provenance

        first = message if not problems else str(problems[0]["message"])
        give_json(
            error_document(
                provenance(None, None, {}), int(code), kind, first, problems=problems
            )
        )
    return code


def _kind(error: BaseException) -> tuple[Exit, str, str]:
    if isinstance(error, MissionError):
        return Exit.MISSION_INVALID, "mission", str(error)
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED, "interrupted", "interrupted: nothing was written"
    if isinstance(error, DataError):
        return Exit.DATA_MISSING, "data", f"error: {error}"
    if isinstance(error, PropagationError):
        return Exit.NO_CONVERGENCE, "propagation", f"error: {error}"
    if isinstance(error, ConvergenceError):
        return Exit.NO_CONVERGENCE, "convergence", f"error: {error}"
    if isinstance(error, ExportError):
        return Exit.USAGE, "export", f"error: {error}"
    detail = "".join(traceback.format_exception(error))
    return Exit.INTERNAL_ERROR, "internal", f"{detail}internal error: this is a fault of orbits"


def _row(problem: Any) -> dict[str, Any]:
    keys = ("severity", "file", "line", "column", "path", "message", "help")
    return {key: getattr(problem, key) for key in keys}


def problem_rows(problems: Any) -> list[dict[str, Any]]:
    """Return problems of a mission file as rows of a JSON document."""
    return [_row(problem) for problem in problems]
