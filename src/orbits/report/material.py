"""What a report is written from beside the outcome itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from orbits.report.blocks import Picture
from orbits.report.clock import Clock

if TYPE_CHECKING:
    from orbits.mission.changes import Difference
    from orbits.mission.sweep import Sample

Record = dict[str, Any]


class File(NamedTuple):
    """A file that the run wrote: name in its folder, size in bytes, SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, eq=False, slots=True)
class Material:
    """What a report shows that does not stand in the outcome.

    Attributes
    ----------
    windows, gaps : sequences of dict
        Rows of the window tables.
    volumes : sequence of dict
        What links and chains with a radio carry, by UTC day.
    seasons : sequence of dict
        Of eclipses.
    certificate : dict or None
        Of all windows together, as in ``orbits.windows/1``.
    pictures : sequence of Picture
        In the order of the report.
    samples : sequence of Sample
        Of what the mission varies.
    baseline : Difference or None
        From an earlier run to this one.
    warnings : sequence of str
    files : sequence of File
    command : str
        That writes the same again.
    clock : Clock
    """

    windows: Sequence[Record] = ()
    gaps: Sequence[Record] = ()
    volumes: Sequence[Record] = ()
    seasons: Sequence[Record] = ()
    certificate: Record | None = None
    pictures: Sequence[Picture] = ()
    samples: "Sequence[Sample]" = ()
    baseline: "Difference | None" = None
    warnings: Sequence[str] = ()
    files: Sequence[File] = ()
    command: str = "orbits run"
    clock: Clock = field(default_factory=Clock)
