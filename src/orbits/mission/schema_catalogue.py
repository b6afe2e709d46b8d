"""What a mission file may say of an orbit that the catalogue gives: element sets for SGP4."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orbits.mission.quantities import fault
from orbits.propagators.element_sets import tle


class TwoLine(BaseModel):
    """Mean elements of the catalogue, flown by SGP4; about the Earth.

    Given by two lines, or by a file beside the mission file that holds one object (two-line
    elements or an OMM).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["tle"]
    lines: tuple[str, str] | None = Field(
        default=None, description="The lines that begin with 1 and with 2."
    )
    file: str | None = Field(default=None, min_length=1, examples=["station.tle"])
    source: str | None = Field(
        default=None, description="Where the numbers of this table come from."
    )
    assumed: tuple[str, ...] = Field(
        default=(), description="Keys of this table whose values are assumed, not published."
    )

    @property
    def center(self) -> Literal["earth"]:
        """SGP4 knows no other."""
        return "earth"

    @property
    def epoch(self) -> None:
        """The epoch of the elements need not be near the mission: no instant of it."""
        return

    @model_validator(mode="after")
    def _one_way(self) -> "TwoLine":
        if (self.lines is None) == (self.file is None):
            raise fault(
                "the elements are given twice" if self.lines else "there are no elements",
                'give lines = ["1 ...", "2 ..."], or file',
                "file" if self.lines else "",
            )
        if self.lines is not None:
            try:
                tle(*self.lines)
            except ValueError as error:
                raise fault(str(error), "copy both lines anew, as published", "lines") from None
        return self
