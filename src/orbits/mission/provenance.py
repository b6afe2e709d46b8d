"""What a result came from: versions, the mission, the data; no path and no host."""

import hashlib
import os
import platform
import time
from importlib import metadata
from typing import Any

from orbits import __version__

# Packages whose version can move a number.
PACKAGES = (
    "numpy", "scipy", "numba", "astropy", "astropy-iers-data", "pyerfa", "jplephem", "sgp4",
    "skyfield-data",
)  # fmt: skip


def created_utc() -> str:
    """Return the present instant as ISO 8601 UTC, or that of SOURCE_DATE_EPOCH where it is set.

    Raises
    ------
    ValueError
        If SOURCE_DATE_EPOCH is not a whole number of seconds.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if fixed is not None and not fixed.isdecimal():
        raise ValueError(f"SOURCE_DATE_EPOCH must be whole seconds since 1970, got {fixed!r}")
    seconds = int(fixed) if fixed is not None else int(time.time())
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def provenance(
    mission_file: bytes | None, mission: dict[str, Any] | None, data: dict[str, Any]
) -> dict[str, Any]:
    """Return the block that stands in every document.

    Parameters
    ----------
    mission_file : bytes or None
        The mission file as read; ``None`` where a document has none.
    mission : dict or None
        The whole normalised mission, ready for JSON.
    data : dict
        Kernels and tables with their hashes, as ``Almanac.provenance`` gives them.
    """
    return {
        "version": __version__,
        "created_utc": created_utc(),
        "mission_sha256": None
        if mission_file is None
        else hashlib.sha256(mission_file).hexdigest(),
        "mission": mission,
        "data": data,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }
