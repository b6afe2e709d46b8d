"""What a mission file may ask about light and shadow: eclipses, beta, nights, conjunctions."""

from typing import Annotated, TypeAlias

from astropy.units import Quantity
from pydantic import BaseModel, Field, model_validator

from orbits.mission.quantities import Duration, Measure, Name, by_default, fault
from orbits.mission.schema_spacecraft import STRICT, Assumed, BodyName, Source

Names: TypeAlias = Annotated[tuple[Name, ...], Field(min_length=1)]
Narrow: TypeAlias = Annotated[Quantity, Measure("angle", above="0 deg", high="90 deg")]


class EclipseAnalysis(BaseModel):
    """Whose eclipses, by which bodies, and what the battery bears."""

    model_config = STRICT
    spacecraft: Names
    bodies: Annotated[tuple[BodyName, ...], Field(min_length=1)]
    battery: Duration | None = Field(
        default=None, description="How long a spacecraft lives without the Sun."
    )
    season_gap: Duration = Field(
        default_factory=lambda: Quantity("3 day"),
        description="A longer pause between eclipses ends a season.",
        json_schema_extra={"default": "3 day"},
    )
    source: Source = None
    assumed: Assumed = ()


class SunAnalysis(BaseModel):
    """Where the Sun stands: over orbits, at sites, behind spacecraft and in antennas."""

    model_config = STRICT
    spacecraft: Names | None = Field(
        default=None, description="Beta angle, local solar time of the ascending nodes."
    )
    conjunction: Narrow | None = Field(
        default=None,
        description="Sun-Earth-probe angle of the spacecraft below which they are in "
        "conjunction.",
    )
    sites: Names | None = Field(default=None, description="Nights.")
    sun_elevation: Annotated[Quantity, Measure("angle", low="-90 deg", high="90 deg")] = (
        by_default("0 deg")
    )
    links: Names | None = Field(
        default=None, description="Solar outages: the Sun in the beam of an open link."
    )
    beam: Narrow | None = Field(
        default=None, description="Angle from the axis of the receiving antenna, with links."
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _whole(self) -> "SunAnalysis":
        if (self.links is None) != (self.beam is None):
            raise fault(
                "outages need both links and beam",
                'write for example links = ["trunk"] and beam = "0.5 deg"',
                "links" if self.beam is None else "beam",
            )
        if self.conjunction is not None and self.spacecraft is None:
            raise fault(
                "conjunction without spacecraft", "name them: spacecraft = [...]", "conjunction"
            )
        if self.spacecraft is self.sites is self.links is None:
            raise fault(
                "nothing is asked of the Sun", "give spacecraft, sites, or links with beam"
            )
        return self
