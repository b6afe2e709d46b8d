"""What a mission file may say of a sun-synchronous orbit that is to be designed."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orbits.design.track import hour_of
from orbits.mission.quantities import Angle, Instant, Length, Number, fault

Count: TypeAlias = Annotated[int, Field(ge=1, strict=True)]


class SunSynchronous(BaseModel):
    """A sun-synchronous orbit, corrected in the mission's own forces without air and radiation.

    Its size is given by one of ``altitude`` (mean semi-major axis less 6378.137 km),
    ``semi_major_axis`` (mean) and ``repeat``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["sun-synchronous"]
    altitude: Length | None = Field(
        default=None, description="Mean semi-major axis less 6378.137 km."
    )
    semi_major_axis: Length | None = Field(default=None, description="Mean (Brouwer).")
    repeat: tuple[Count, Count] | None = Field(
        default=None,
        examples=[[143, 10]],
        description="Revolutions and nodal days after which the track closes.",
    )
    ltan: str | None = Field(
        default=None,
        examples=["18:00"],
        description="Mean local solar time of the ascending node.",
    )
    ltdn: str | None = Field(
        default=None, examples=["06:00"], description="Of the descending node, instead."
    )
    frozen: Annotated[bool, Field(strict=True)] = Field(
        default=True, description="false: give eccentricity and argp."
    )
    eccentricity: Annotated[float, Number(0.0, 0.5)] | None = None
    argp: Angle | None = None
    node_longitude: Angle | None = Field(
        default=None, description="East longitude of one ascending node of the track."
    )
    epoch: Instant | None = Field(
        default=None, description="Default: the start of the mission."
    )
    source: str | None = Field(
        default=None, description="Where the numbers of this table come from."
    )
    assumed: tuple[str, ...] = Field(
        default=(), description="Keys of this table whose values are assumed, not published."
    )

    @property
    def center(self) -> Literal["earth"]:
        """What it is propagated about."""
        return "earth"

    @model_validator(mode="after")
    def _one_of_each(self) -> "SunSynchronous":
        for keys, words in (
            (("altitude", "semi_major_axis", "repeat"), "the size of the orbit"),
            (("ltan", "ltdn"), "the local time of the node"),
        ):
            given = [key for key in keys if getattr(self, key) is not None]
            if len(given) != 1:
                raise fault(
                    f"{words} is given by {' and '.join(given) or 'no key'}",
                    f"give one of {', '.join(keys)}",
                    given[1] if given else "",
                )
        for key in ("ltan", "ltdn"):
            text = getattr(self, key)
            if text is not None:
                try:
                    hour_of(text)
                except ValueError as error:
                    message, _, remedy = str(error).partition("; ")
                    raise fault(message, remedy, key) from None
        return self

    @model_validator(mode="after")
    def _shape(self) -> "SunSynchronous":
        given = [key for key in ("eccentricity", "argp") if getattr(self, key) is not None]
        if self.frozen and given:
            raise fault(
                f"a frozen orbit has its own {given[0]}",
                "take the key away, or write frozen = false",
                given[0],
            )
        if not self.frozen and len(given) != 2:
            raise fault(
                "frozen = false without a shape", "give eccentricity and argp", "frozen"
            )
        return self
