"""How far a long computation is: on stderr, on a terminal, after the first second."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Progress = Callable[[str, float], None]
_PATIENCE = 1.0  # s


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a function of (stage, fraction) that shows a bar where there is a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, fraction: None  # noqa: ARG005
        return
    bar: Any = None
    tasks: dict[str, Any] = {}
    begun = time.monotonic()

    def show(stage: str, fraction: float) -> None:
        nonlocal bar
        if bar is None:
            if time.monotonic() - begun < _PATIENCE:
                return
            from rich.console import Console
            from rich.progress import Progress as Bar

            bar = Bar(console=Console(stderr=True), transient=True)
            bar.start()
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=1.0)
        bar.update(tasks[stage], completed=fraction)

    try:
        yield show
    finally:
        if bar is not None:
            bar.stop()
