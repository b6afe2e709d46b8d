"""What a mission file may say of who talks to whom: sites, links, chains."""

import math
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeAlias

from astropy.units import Quantity
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from orbits import units
from orbits.mission.quantities import Duration, Length, Measure, Name, by_default, fault
from orbits.mission.schema_link import LinkBudget
from orbits.mission.schema_spacecraft import STRICT, Assumed, BodyName, Source

Elevation: TypeAlias = Annotated[Quantity, Measure("angle", low="-90 deg", high="90 deg")]
Azimuth: TypeAlias = Annotated[Quantity, Measure("angle", low="0 deg", high="360 deg")]
LightTime: TypeAlias = Literal["geometric", "light-time", "apparent"]
Exclusion: TypeAlias = Annotated[Quantity, Measure("angle", above="0 deg", high="179 deg")]
Corner: TypeAlias = tuple[Azimuth, Elevation]


def _increasing(corners: tuple[Corner, ...]) -> tuple[Corner, ...]:
    azimuths = [float(units.si(azimuth, "angle")) for azimuth, _ in corners]
    if any(b <= a for a, b in pairwise([*azimuths, 2.0 * math.pi])):
        raise fault(
            "the azimuths of the mask do not increase from 0 to less than 360 deg",
            "sort the corners by azimuth, and name each azimuth once",
        )
    return corners


# The loader puts the rows of the file in place of its name.
Mask: TypeAlias = Annotated[
    tuple[Corner, ...],
    Field(min_length=1),
    AfterValidator(_increasing),
    WithJsonSchema(
        {
            "type": ["string", "array"],
            "description": "A CSV file beside the mission file with the columns azimuth_deg "
            "and elevation_deg, or its rows; replaces min_elevation.",
            "items": {"type": "array", "items": {"type": "string"}},
            "examples": ["masks/change-6.csv", [["0 deg", "5 deg"], ["90 deg", "7 deg"]]],
        }
    ),
]


class Terrain(BaseModel):
    """The ground around a site, from which its mask is made."""

    model_config = STRICT
    file: Annotated[str, Field(min_length=1)] = Field(
        description="Heights beside the mission file: CSV, npz or, with the extra terrain, a "
        "raster that GDAL reads; docs/terrain-mask.md has the forms.",
        examples=["terrain/apollo-basin.npz"],
    )
    step: Annotated[Quantity, Measure("angle", low="0.05 deg", high="45 deg")] = by_default(
        "1 deg"
    )
    above: Annotated[Quantity, Measure("length", low="0 m", high="10 km")] | None = Field(
        default=None,
        description="Of the antenna over the ground of the grid; default: the site's height.",
    )


def _use_or_place(schema: dict[str, Any]) -> None:
    """Let a built-in site stand without the keys that it brings."""
    schema["anyOf"] = [{"required": ["use"]}, {"required": schema.pop("required")}]


class Site(BaseModel):
    """A place on the Earth (WGS84) or on the Moon (mean-Earth frame, sphere of 1737.4 km)."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_use_or_place)
    use: str | None = Field(
        default=None, description="A built-in site; keys given beside it replace its own."
    )
    body: Literal["earth", "moon"]
    latitude: Annotated[Quantity, Measure("angle", low="-90 deg", high="90 deg")]
    longitude: Annotated[Quantity, Measure("angle", low="-180 deg", high="360 deg")] = Field(
        description="East positive."
    )
    height: Annotated[Quantity, Measure("length", low="-20 km", high="100 km")] = by_default(
        "0 m"
    )
    min_elevation: Elevation = by_default("0 deg")
    mask: Mask | None = None
    terrain: Terrain | None = Field(
        default=None, description="A grid of heights, from which the mask is made."
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _one_horizon(self) -> "Site":
        if self.mask is not None and self.terrain is not None:
            raise fault("a mask beside the terrain", "take one of them away", "terrain")
        return self


class Link(BaseModel):
    """One hop from a transmitter to a receiver; each end a site, a spacecraft or a group."""

    model_config = STRICT
    from_: Name = Field(alias="from", description="Who transmits.")
    to: Name = Field(description="Who receives.")
    max_range: Length | None = None
    occulted_by: tuple[BodyName, ...] | None = Field(
        default=None,
        description="Default: Earth, Moon and both ends' centre bodies, less the body that a "
        "site of the link stands on.",
    )
    sun_exclusion: (
        Annotated[Quantity, Measure("angle", above="0 deg", high="179 deg")] | None
    ) = Field(
        default=None,
        description="Least angle between the Sun and the other end, at the receiver.",
    )
    budget: LinkBudget | None = Field(
        default=None, description="The radio: margins, rates, data volumes."
    )
    source: Source = None
    assumed: Assumed = ()


class Chain(BaseModel):
    """Links in order, each beginning where the one before it ends."""

    model_config = STRICT
    links: Annotated[tuple[Name, ...], Field(min_length=1)]
    light_time: LightTime = "apparent"
    min_duration: Duration | None = Field(
        default=None, description="Shorter windows are left out and counted."
    )
    source: Source = None
    assumed: Assumed = ()
