"""Compilation of the inner loops, cached on disk under a key of our own.

Numba's cache notices a change in the file of a function, but not in a function that it calls
from another file, so the folder's name carries a digest of every source with a compiled
function; numba itself adds the CPU. Files are written under a temporary name and renamed (by
numba), so two processes may start at once.
"""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import config as numba_config
from numba.extending import overload, register_jitable
from platformdirs import user_cache_path

from orbits import __version__

config: Any = numba_config  # its attributes are made at run time

_MARK = "complete"
_marked: set[Path] = set()  # folders seen complete: asked for at every flight


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


@cache
def cache_folder() -> Path:
    """Return the folder of the compiled code of this very version of the sources.

    ``ORBITS_CACHE`` names another parent than the user's cache folder; where neither can be
    written, the system's temporary folder serves.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    package = Path(__file__).parent
    for source in sorted(package.rglob("*.py")):
        text = source.read_bytes()
        if b"@compiled" in text:
            digest.update(source.relative_to(package).as_posix().encode() + b"\0" + text)
    name = f"{__version__}-{digest.hexdigest()[:16]}"
    parents = (
        Path(os.environ["ORBITS_CACHE"])
        if os.environ.get("ORBITS_CACHE")
        else user_cache_path("orbits", appauthor=False),
        Path(tempfile.gettempdir()) / "orbits-cache",
    )
    folders = [parent / "compiled" / name for parent in parents]
    return next((folder for folder in folders if _writable(folder)), folders[-1])


def compiled(function: Callable | None = None, *, fastmath: bool = False) -> Any:
    """Return ``function`` compiled by numba on its first call, its code kept on disk.

    ``fastmath`` lets the compiler reorder sums; never where a certificate rests on the result.
    """

    def wrap(inner: Callable) -> Any:
        # numba reads CACHE_DIR when the decorator runs; put back at once, so that functions
        # of the user keep the user's own setting.
        before = config.CACHE_DIR
        config.CACHE_DIR = str(cache_folder())
        try:
            return numba.njit(cache=True, fastmath=fastmath, nogil=True, error_model="numpy")(
                inner
            )
        finally:
            config.CACHE_DIR = before

    return wrap if function is None else wrap(function)


def compiled_formula(function: Callable) -> Any:
    """Return ``function`` as it is, for arrays, and let compiled functions call it, for floats.

    So a formula stands once: what numpy computes for many and a kernel for one.
    """
    return register_jitable(error_model="numpy")(function)


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """Return ``yes`` where ``condition`` holds and ``no`` elsewhere: np.where, in a formula."""
    return np.where(condition, yes, no)


@overload(choose)
def _choose(condition, yes, no):  # noqa: ARG001 - numba asks with types
    # Its own np.where makes an array of a float.
    return lambda condition, yes, no: yes if condition else no


def is_complete() -> bool:
    """Return whether an earlier run has compiled the integrator to the end."""
    folder = cache_folder()
    if folder not in _marked and (folder / _MARK).exists():
        _marked.add(folder)
    return folder in _marked


def announce() -> None:
    """Say, once per version and machine, that compilation is about to take its time.

    A log record at level warning: shown on stderr where no handler is set.
    """
    if not is_complete():
        logging.getLogger("orbits").warning(
            "compiling the integrator, once for this version on this machine (about a minute)"
        )


def mark_complete() -> None:
    """Record that the integrator's compiled code is on disk."""
    if not is_complete():
        (cache_folder() / _MARK).touch()
