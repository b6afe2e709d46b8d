"""What a mission file may say of who talks to whom: sites, links, chains."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema

from orbits.mission.quantities import Duration, Length, Name, fault, quantity
from orbits.mission.schema_spacecraft import STRICT, Assumed, BodyName, Source

Elevation = quantity("angle", low="-90 deg", high="90 deg")
Azimuth = quantity("angle", low="0 deg", high="360 deg")
LightTime = Literal["geometric", "light-time", "apparent"]
Corner = tuple[Azimuth, Elevation]


def _increasing(corners: tuple[Corner, ...]) -> tuple[Corner, ...]:
    azimuths = [float(azimuth.to_value("deg")) for azimuth, _ in corners]
    if any(b <= a for a, b in pairwise([*azimuths, 360.0])):
        raise fault(
            "the azimuths of the mask do not increase from 0 to less than 360 deg",
            "sort the corners by azimuth, and name each azimuth once",
        )
    return corners


# The loader puts the rows of the file in place of its name.
Mask = Annotated[
    tuple[Corner, ...],
    Field(min_length=1),
    AfterValidator(_increasing),
    WithJsonSchema(
        {
            "type": ["string", "array"],
            "description": "A CSV file beside the mission file with the columns azimuth_deg and "
            "elevation_deg, or its rows; replaces min_elevation.",
            "items": {"type": "array", "items": {"type": "string"}},
            "examples": ["masks/change-6.csv", [["0 deg", "5 deg"], ["90 deg", "7 deg"]]],
        }
    ),
]


class Site(BaseModel):
    """A place on the Earth (WGS84) or on the Moon (mean-Earth frame, sphere of 1737.4 km)."""

    model_config = STRICT
    use: str | None = Field(
        None, description="A built-in site; keys given beside it replace its own."
    )
    body: Literal["earth", "moon"]
    latitude: quantity("angle", low="-90 deg", high="90 deg")
    longitude: quantity("angle", low="-180 deg", high="360 deg") = Field(
        description="East positive."
    )
    height: quantity("length", low="-20 km", high="100 km") = Field(
        "0 m", validate_default=True
    )  # pyright: ignore
    min_elevation: Elevation = Field("0 deg", validate_default=True)  # pyright: ignore
    mask: Mask | None = None
    source: Source = None
    assumed: Assumed = ()


class Link(BaseModel):
    """One hop from a transmitter to a receiver; each end a site, a spacecraft or a group."""

    model_config = STRICT
    from_: Name = Field(alias="from", description="Who transmits.")
    to: Name = Field(description="Who receives.")
    max_range: Length | None = None
    occulted_by: tuple[BodyName, ...] | None = Field(
        None,
        description="Default: Earth, Moon and both ends' centre bodies, less the body that a "
        "site of the link stands on.",
    )
    sun_exclusion: quantity("angle", above="0 deg", high="180 deg") | None = Field(
        None, description="Least angle between the Sun and the other end, at the receiver."
    )
    source: Source = None
    assumed: Assumed = ()


class Chain(BaseModel):
    """Links in order, each beginning where the one before it ends."""

    model_config = STRICT
    links: Annotated[tuple[Name, ...], Field(min_length=1)]
    light_time: LightTime = "apparent"
    min_duration: Duration | None = Field(
        None, description="Shorter windows are left out and counted."
    )
    source: Source = None
    assumed: Assumed = ()
