"""What a mission file may say of keeping an orbit."""

from typing import Annotated, Literal, TypeAlias

from astropy.units import Quantity
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orbits.mission.quantities import Duration, Length, Measure, by_default, fault

Position: TypeAlias = Annotated[Quantity, Measure("length", low="0 m")]
Velocity: TypeAlias = Annotated[Quantity, Measure("speed", low="0 m/s")]
Share: TypeAlias = Annotated[Quantity, Measure("ratio", low="0 %", high="100 %")]
Angle: TypeAlias = Annotated[Quantity, Measure("angle", above="0 deg")]

_ONLY = {
    "perilune": ("min_altitude", "raise_by", "argument_limit"),
    "target-point": ("every",),
    "x-axis-crossing": ("every",),
}


class Maintenance(BaseModel):
    """Burns that keep an orbit, flown with the errors of navigation and of the engine.

    ``perilune``, for ellipses about the Moon: at apolune, raise the next perilune where it
    would fall below ``min_altitude``, and turn it back where its argument is off by more than
    ``argument_limit``. ``target-point`` and ``x-axis-crossing``, for halos: a burn ``every``
    so long. Errors are one standard deviation an axis, drawn from ``seed``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    strategy: Literal["perilune", "target-point", "x-axis-crossing"]
    every: Duration = by_default("7 day")
    min_altitude: Length = by_default("100 km")
    raise_by: Length = by_default("100 km")
    argument_limit: Angle | None = Field(
        default=None, description="Default: the argument of perilune is left alone."
    )
    sigma_position: Position = by_default("0 m")
    sigma_velocity: Velocity = by_default("0 m/s")
    execution_error: Share = by_default("0 %")
    seed: Annotated[int, Field(ge=0, strict=True)] = 1
    source: Annotated[
        str | None, Field(description="Where the numbers of this table come from.")
    ] = None
    assumed: Annotated[
        tuple[str, ...],
        Field(description="Keys of this table whose values are assumed, not published."),
    ] = ()

    @model_validator(mode="after")
    def _keys_of_the_strategy(self) -> "Maintenance":
        for strategy, keys in _ONLY.items():
            for key in keys:
                if key in self.model_fields_set and key not in _ONLY[self.strategy]:
                    raise fault(
                        f"{key} belongs to the strategy {strategy}",
                        f"take it away, or choose another strategy than {self.strategy}",
                        key,
                    )
        return self


def check_strategy(strategy: str, kind: str, center: str, model: str) -> None:
    """Raise the fault of a strategy that does not fit the orbit that it is to keep."""
    if strategy == "perilune":
        if kind not in ("keplerian", "cartesian", "frozen") or center != "moon":
            raise fault(
                f"the strategy perilune does not keep an orbit of kind {kind} about {center}",
                "it keeps ellipses about the Moon: keplerian, cartesian or frozen",
                "maintenance",
            )
        if model != "numerical":
            raise fault(
                f"no burns are flown with the model {model}",
                'write model = "numerical" in dynamics, or take the maintenance away',
                "maintenance",
            )
    elif kind != "halo":
        raise fault(
            f"the strategy {strategy} does not keep an orbit of kind {kind}",
            'it keeps halos; for ellipses about the Moon write strategy = "perilune"',
            "maintenance",
        )
