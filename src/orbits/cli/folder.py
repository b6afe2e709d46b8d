"""The folder of a run: written beside its place under another name, and renamed at the end."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orbits.cli.answer import UsageError


def check_place(out: Path, mission_file: Path, *, force: bool) -> Path:
    """Return ``out`` as an absolute path if a run may be written there.

    Raises
    ------
    UsageError
        If something else stands there and ``force`` is not given, or if replacing it would
        take the mission file, the working folder or one above them away.
    """
    place = out.absolute()
    if place.is_symlink():
        place = place.resolve()
    for precious in (mission_file.absolute(), Path.cwd()):
        if precious.is_relative_to(place):
            raise UsageError(f"{out} holds {precious}; give another folder with -o")
    if not place.exists() or force or (place.is_dir() and not any(place.iterdir())):
        return place
    if not _is_ours(place):
        raise UsageError(
            f"{out} is there and holds no summary.json of a run; give another folder with -o, "
            "or replace it with --force"
        )
    return place


def _is_ours(place: Path) -> bool:
    """Tell whether a folder holds the summary of a run."""
    try:
        summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(summary, dict) and summary.get("schema") == "orbits.run/1"


@contextmanager
def written_whole(place: Path) -> Iterator[Path]:
    """Give a new folder that takes the place of ``place`` once everything is written.

    Raises
    ------
    UsageError
        If the folder cannot be made or renamed.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise UsageError(f"cannot write beside {place}: {error.strerror}") from error
    try:
        unfinished.chmod(0o777 & ~_umask())
        yield unfinished
        _exchange(unfinished, place)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _exchange(finished: Path, place: Path) -> None:
    """Rename ``finished`` to ``place``; what stood there goes only after that."""
    if not place.exists():
        finished.rename(place)
        return
    before = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent)) / "before"
    place.rename(before)
    try:
        finished.rename(place)
    except OSError:
        before.rename(place)
        raise
    finally:
        if place.exists():
            shutil.rmtree(before.parent, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
