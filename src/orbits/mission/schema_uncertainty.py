"""What a mission file may ask about its errors: edges, scatter, values to vary."""

from typing import Annotated, Literal

from astropy.units import Quantity
from pydantic import BaseModel, Field, model_validator

from orbits.mission.quantities import Measure, fault
from orbits.mission.schema_spacecraft import STRICT, Source


class EdgeBudget(BaseModel):
    """What the budget of window edges supposes."""

    model_config = STRICT
    horizon: Annotated[Quantity, Measure("angle", low="0 deg", high="10 deg")] = Field(
        default_factory=lambda: Quantity("0.1 deg"),
        description="Error of minimum elevations and masks.",
        json_schema_extra={"default": "0.1 deg"},
    )
    ephemeris: Literal["de421", "de440"] | None = Field(
        default=None, description="To compare with; default: the other one, where installed."
    )


class Dispersion(BaseModel):
    """Windows scattered by the uncertainties of the spacecraft."""

    model_config = STRICT
    samples: Annotated[int, Field(ge=0, le=100_000, strict=True)] = Field(
        default=0, description="Flights drawn from the covariances; 0: linear only."
    )
    seed: Annotated[int, Field(ge=0, strict=True)] = 1


class Vary(BaseModel):
    """A value of the file that is taken through others, because it is assumed or a choice."""

    model_config = STRICT
    key: str = Field(min_length=1, examples=["spacecraft.queqiao-2.orbit.raan"])
    start: str | None = Field(default=None, examples=["0 deg"])
    stop: str | None = Field(default=None, examples=["330 deg"])
    count: Annotated[int, Field(ge=2, le=100_000, strict=True)] | None = None
    values: Annotated[tuple[str, ...], Field(min_length=1)] | None = Field(
        default=None, description="Instead of start, stop and count.", examples=[["0 deg"]]
    )
    source: Source = None

    @model_validator(mode="after")
    def _range(self) -> "Vary":
        span = [self.start, self.stop, self.count]
        if self.values is not None and any(part is not None for part in span):
            raise fault(
                "values beside start, stop, count", "give the one or the other", "values"
            )
        if self.values is None and any(part is None for part in span):
            raise fault(
                "the values are missing",
                'give start = "0 deg", stop = "330 deg" and count = 12, or values = [...]',
            )
        return self
