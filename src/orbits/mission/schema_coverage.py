"""What a mission file may say of coverage: ``[analysis.coverage.NAME]``."""

import math
from typing import Annotated, Literal, TypeAlias

from astropy.units import Quantity
from pydantic import BaseModel, Field, model_validator

from orbits import units
from orbits.mission.quantities import Duration, Length, Measure, Name, by_default, fault
from orbits.mission.schema_spacecraft import STRICT, Assumed, Source

Latitude: TypeAlias = Annotated[Quantity, Measure("angle", low="-90 deg", high="90 deg")]
Longitude: TypeAlias = Annotated[Quantity, Measure("angle", low="-360 deg", high="360 deg")]
Cell: TypeAlias = Annotated[Quantity, Measure("angle", above="0 deg", high="90 deg")]
HalfAngle: TypeAlias = Annotated[Quantity, Measure("angle", above="0 deg", high="179 deg")]
Elevation: TypeAlias = Annotated[Quantity, Measure("angle", low="-89 deg", high="89 deg")]
MOST_CELLS = 4_000_000


def _rad(quantity: Quantity) -> float:
    return float(units.si(quantity, "angle"))


class Region(BaseModel):
    """Between two latitudes and two longitudes; the whole body by default."""

    model_config = STRICT
    latitude: tuple[Latitude, Latitude] = Field(
        default_factory=lambda: (Quantity("-90 deg"), Quantity("90 deg")),
        description="South and north.",
        json_schema_extra={"default": ["-90 deg", "90 deg"]},
    )
    longitude: tuple[Longitude, Longitude] = Field(
        default_factory=lambda: (Quantity("-180 deg"), Quantity("180 deg")),
        description="West and east, east positive; at most 360 deg in all.",
        json_schema_extra={"default": ["-180 deg", "180 deg"]},
    )

    @model_validator(mode="after")
    def _order(self) -> "Region":
        for key in ("latitude", "longitude"):
            low, high = (_rad(end) for end in getattr(self, key))
            if not low < high:
                raise fault(
                    f"a region without {key}s",
                    "write the lower one first; a region across 180 deg runs, for example, "
                    'from "170 deg" to "190 deg"',
                    key,
                )
            if high - low > 2.0 * math.pi + 1e-9:
                raise fault("more than a whole turn", "take 360 deg at most", key)
        return self


class CoverageAnalysis(BaseModel):
    """What a grid of points sees of spacecraft."""

    model_config = STRICT
    body: Literal["earth", "moon"]
    region: Region = Field(default_factory=Region)
    grid: Cell = Field(description="Side of a cell; its point is in the middle.")
    by: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="Spacecraft, or groups of them."
    )
    min_elevation: Elevation = by_default("0 deg")
    sensor_half_angle: HalfAngle | None = Field(
        default=None, description="Of a cone that looks straight down."
    )
    swath: Length | None = Field(
        default=None, description="Width on the ground, centred under the spacecraft."
    )
    max_range: Length | None = None
    surface: Literal["all", "ocean", "land"] = Field(
        default="all", description="Of the Earth: which points count, by the coastline."
    )
    within: Duration | None = Field(
        default=None, description="For within_percent: the least seen in any such period."
    )
    in_view: Annotated[int, Field(ge=1)] = Field(
        default=1, description="How many spacecraft must see a point at once."
    )
    gaps: Literal["all gaps", "closed gaps only"] = Field(
        default="all gaps",
        description="Whether gaps that the span cuts short count in longest_gap.",
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _size(self) -> "CoverageAnalysis":
        sides = (self.region.latitude, self.region.longitude)
        count = math.prod(
            max(1, math.ceil((_rad(high) - _rad(low)) / _rad(self.grid) - 1e-6))
            for low, high in sides
        )
        if self.surface != "all" and self.body != "earth":
            raise fault(
                f"the {self.body} has no {self.surface}",
                "take the key away: only the Earth has ocean and land",
                "surface",
            )
        if count > MOST_CELLS:
            raise fault(f"{count:,} cells", f"at most {MOST_CELLS:,}: take larger ones", "grid")
        return self
