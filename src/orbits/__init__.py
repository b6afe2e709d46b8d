"""Mission planning: where every spacecraft is, when it can talk to whom, and why."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orbits.almanac import Almanac
    from orbits.events import Event
    from orbits.frames import Frame
    from orbits.geometry.relay import Chain
    from orbits.mission.load import load
    from orbits.mission.run import Outcome, run
    from orbits.mission.schema import Mission
    from orbits.sites import Site
    from orbits.trajectory import State, Trajectory
    from orbits.windows import Windows

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

__all__ = [
    "Almanac",
    "Chain",
    "Event",
    "Frame",
    "Mission",
    "Outcome",
    "Site",
    "State",
    "Trajectory",
    "Windows",
    "load",
    "run",
]


def __getattr__(name: str) -> Any:
    if name in _EXPORTS:
        return getattr(import_module(_EXPORTS[name]), name)
    raise AttributeError(f"module 'orbits' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
