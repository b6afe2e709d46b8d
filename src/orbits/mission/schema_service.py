"""What a mission file may ask of service: contact plans, latency, pointing, sensors."""

from typing import Annotated, Literal, TypeAlias

from astropy.units import Quantity
from pydantic import BaseModel, Field, model_validator

from orbits.mission.quantities import Duration, Length, Measure, Name, Number, by_default, fault
from orbits.mission.schema_network import LightTime
from orbits.mission.schema_spacecraft import STRICT, Assumed, Source

Names: TypeAlias = Annotated[tuple[Name, ...], Field(min_length=1)]
HalfAngle: TypeAlias = Annotated[Quantity, Measure("angle", above="0 deg", high="179 deg")]
Pause: TypeAlias = Annotated[Quantity, Measure("time", low="0 s")]
Weight: TypeAlias = Annotated[float, Number(1e-3, 1e3)]


class ContactPlanAnalysis(BaseModel):
    """Which station serves which spacecraft, where each can have one contact at a time."""

    model_config = STRICT
    chain: Name | None = Field(
        default=None,
        description="Its last nodes are the stations, those before the spacecraft.",
    )
    links: Names | None = Field(
        default=None, description="Instead of a chain: links between sites and spacecraft."
    )
    min_contact: Pause = by_default("0 s")
    station_gap: Pause = Field(
        default_factory=lambda: Quantity("0 s"),
        description="Between contacts of a station with two spacecraft.",
        json_schema_extra={"default": "0 s"},
    )
    spacecraft_gap: Pause = Field(
        default_factory=lambda: Quantity("0 s"),
        description="Between contacts of a spacecraft with two stations: the hand-over.",
        json_schema_extra={"default": "0 s"},
    )
    rule: Literal["most-time", "longest-first"] = "most-time"
    priority: dict[Name, Weight] = Field(
        default_factory=dict, description="Weight of a spacecraft's time; 1 where not named."
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _one(self) -> "ContactPlanAnalysis":
        if (self.chain is None) == (self.links is None):
            raise fault(
                "a contact plan is of one chain or of some links",
                'give one of chain = "far-side-relay" and links = ["trunk"]',
                "" if self.chain is None else "links",
            )
        return self


class LatencyAnalysis(BaseModel):
    """How long messages are on their way through chains that store what they cannot send."""

    model_config = STRICT
    chains: Names
    limit: Duration | None = Field(
        default=None, description="What share of messages arrives within it?"
    )


class PointingAnalysis(BaseModel):
    """Where an antenna of a spacecraft points that follows a target."""

    model_config = STRICT
    spacecraft: Name
    target: Name = Field(description="A site, a spacecraft or a body.")
    apart_from: Name | None = Field(
        default=None, description="Another such: the angle between both, seen there."
    )
    link: Name | None = Field(default=None, description="Only while this link is open.")
    source: Source = None
    assumed: Assumed = ()


class AccessAnalysis(BaseModel):
    """When the sensor of a spacecraft sees a target."""

    model_config = STRICT
    spacecraft: Name
    targets: Names = Field(description="Sites or spacecraft, or groups of them.")
    half_angle: HalfAngle = Field(description="Of the cone that the sensor sees.")
    pointed_at: Name = Field(
        default="nadir",
        description="What the middle of the cone follows: nadir, a site, a spacecraft, a body.",
    )
    max_range: Length | None = None
    light_time: LightTime = "apparent"
    source: Source = None
    assumed: Assumed = ()
