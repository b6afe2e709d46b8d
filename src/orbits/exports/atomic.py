"""Write a file whole or not at all."""

import os
from pathlib import Path

from orbits.errors import ExportError


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Return ``path`` after ``data`` stands in it; a reader never sees half of it.

    The bytes go to a temporary file in the same folder, which then takes the name.

    Raises
    ------
    ExportError
        If the folder does not exist or cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        raise ExportError(
            f"cannot write {path}: {error.strerror}; give another place"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def write_text(path: str | Path, text: str) -> Path:
    """Return ``path`` after ``text`` stands in it, as UTF-8 with the line ends it has."""
    return write_bytes(path, text.encode("utf-8"))
