"""Mission planning: where every spacecraft is, when it can talk to whom, and why."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Loaded on first use, so that `orbits --help` needs neither numpy nor astropy.
_EXPORTS = {
    "Almanac": "orbits.almanac",
    "Chain": "orbits.geometry.relay",
    "Event": "orbits.events",
    "Frame": "orbits.frames",
    "Mission": "orbits.mission.schema",
    "Outcome": "orbits.mission.run",
    "Site": "orbits.sites",
    "State": "orbits.trajectory",
    "Trajectory": "orbits.trajectory",
    "Windows": "orbits.windows",
    "load": "orbits.mission.load",
    "run": "orbits.mission.run",
}

__all__ = sorted(_EXPORTS)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module 'orbits' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
