"""Words that many tables of the mission file share: bodies, frames, where numbers come from."""

from typing import Annotated, Literal, TypeAlias

from astropy.units import Quantity
from pydantic import ConfigDict, Field

from orbits.mission.quantities import Measure

# Of every table: no key but these, and no change after reading.
STRICT = ConfigDict(extra="forbid", frozen=True)

BodyName: TypeAlias = Literal[
    "sun", "mercury", "venus", "earth", "moon", "mars", "jupiter", "saturn", "uranus",
    "neptune", "pluto",
]  # fmt: skip
FrameName: TypeAlias = Literal[
    "icrf", "gcrf", "eme2000", "teme", "earth-equator-of-epoch", "moon-equator-of-epoch",
    "earth-orbit-plane-of-epoch",
]  # fmt: skip
Source: TypeAlias = Annotated[
    str | None, Field(description="Where the numbers of this table come from.")
]
Assumed: TypeAlias = Annotated[
    tuple[str, ...],
    Field(description="Keys of this table whose values are assumed, not published."),
]
Inclination: TypeAlias = Annotated[Quantity, Measure("angle", low="0 deg", high="180 deg")]
