"""What a mission file may say of a link's radio: ``[link.NAME.budget]``."""

from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from astropy.units import Quantity
from pydantic import AfterValidator, BaseModel, Field, model_validator

from orbits import units
from orbits.mission.quantities import Length, Measure, Name, Number, by_default, fault
from orbits.mission.schema_spacecraft import STRICT, Assumed, Source

Decibel: TypeAlias = Annotated[Quantity, Measure("decibel")]
Loss: TypeAlias = Annotated[Quantity, Measure("decibel", low="0 dB")]
Power: TypeAlias = Annotated[Quantity, Measure("power", above="0 W")]
Frequency: TypeAlias = Annotated[Quantity, Measure("frequency", above="0 Hz")]
Temperature: TypeAlias = Annotated[Quantity, Measure("temperature", above="0 K")]
Rate: TypeAlias = Annotated[Quantity, Measure("data rate", above="0 bit/s")]
Pointing: TypeAlias = Annotated[Quantity, Measure("angle", low="0 deg", high="10 deg")]
Share: TypeAlias = Annotated[Quantity, Measure("ratio", low="50 %", high="99.999 %")]
Band: TypeAlias = Literal["UHF", "L", "S", "C", "X", "Ku", "Ka"]

# Nominal carriers, in use from the Moon or a relay where a file names the band alone.
BANDS = {
    "UHF": "0.43 GHz", "L": "1.55 GHz", "S": "2.25 GHz", "C": "6 GHz", "X": "8.45 GHz",
    "Ku": "14 GHz", "Ka": "26.5 GHz",
}  # fmt: skip


def _ladder(rates: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    if any(units.si(b, "data rate") <= units.si(a, "data rate") for a, b in pairwise(rates)):
        raise fault("the rates do not ascend", "sort them, and name each once")
    return rates


class Antenna(BaseModel):
    """What both ends of a link may say of their antenna."""

    model_config = STRICT
    gain: Decibel | None = Field(default=None, description="Over an isotropic antenna.")
    diameter: Length | None = Field(default=None, description="Of a dish, instead of gain.")
    efficiency: Annotated[float, Number(0.01, 1.0)] | None = Field(
        default=None, description="Of the dish; default 0.6."
    )
    losses: Loss = by_default("0 dB")
    pointing_loss: Loss | None = None
    pointing_error: Pointing | None = Field(
        default=None, description="Instead of pointing_loss; needs the diameter of the dish."
    )


def _antenna(end: Antenna) -> None:
    """Raise a fault where the numbers of an antenna do not go together."""
    if end.gain is not None and end.diameter is not None:
        raise fault("the gain is given twice", "give gain or diameter", "diameter")
    if end.efficiency is not None and end.diameter is None:
        raise fault("efficiency without diameter", "take it away, or give one", "efficiency")
    if end.pointing_error is not None and end.diameter is None:
        raise fault(
            "pointing_error without diameter",
            'give the diameter of the dish, or pointing_loss = "0.5 dB"',
            "pointing_error",
        )
    if end.pointing_error is not None and end.pointing_loss is not None:
        raise fault("the pointing is given twice", "give one", "pointing_error")


class Transmitter(Antenna):
    """The sending end: power and antenna, or what it radiates altogether."""

    model_config = STRICT
    power: Power | None = None
    eirp: Annotated[Quantity, Measure("power level")] | None = Field(
        default=None, description="Instead of power and antenna."
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _given(self) -> "Transmitter":
        _antenna(self)
        parts = [self.power, self.gain, self.diameter]
        if self.eirp is not None and any(part is not None for part in parts):
            raise fault("eirp beside power or antenna", "give the one or the other", "eirp")
        if self.eirp is None and self.power is None:
            raise fault("the power is missing", 'add power = "20 W", or eirp = "42 dBW"')
        if self.eirp is None and self.gain is None and self.diameter is None:
            raise fault("the antenna is missing", 'add gain = "6 dBi" or diameter = "0.6 m"')
        return self


class Receiver(Antenna):
    """The receiving end: antenna and noise, or the ratio of both."""

    model_config = STRICT
    noise_temperature: Temperature | None = Field(
        default=None, description="Of the system, referred to the antenna, in clear air."
    )
    g_over_t: Annotated[Quantity, Measure("figure of merit")] | None = Field(
        default=None, description="Instead of antenna and noise_temperature."
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _given(self) -> "Receiver":
        _antenna(self)
        parts = [self.noise_temperature, self.gain, self.diameter]
        if self.g_over_t is not None and any(part is not None for part in parts):
            raise fault("g_over_t beside antenna or noise", "give one of them", "g_over_t")
        if self.g_over_t is None and self.noise_temperature is None:
            raise fault(
                "the noise is missing",
                'add noise_temperature = "150 K" or g_over_t = "31 dB/K"',
            )
        if self.g_over_t is None and self.gain is None and self.diameter is None:
            raise fault("the antenna is missing", 'add gain = "44 dBi" or diameter = "35 m"')
        return self


class LinkBudget(BaseModel):
    """The radio of a link: what it carries, and with what margin."""

    model_config = STRICT
    frequency: Frequency | None = None
    band: Band | None = Field(
        default=None,
        description="Instead of frequency: " + ", ".join(f"{k} {v}" for k, v in BANDS.items()),
    )
    transmitter: Transmitter | None = Field(default=None, description="Of every sender.")
    transmitters: dict[Name, Transmitter] = Field(
        default_factory=dict, description="Of senders by name, instead."
    )
    receiver: Receiver | None = Field(default=None, description="Of every receiver.")
    receivers: dict[Name, Receiver] = Field(
        default_factory=dict, description="Of receivers by name, instead."
    )
    losses: Loss = by_default("0 dB")
    required_eb_n0: Decibel = Field(description="Of the uncoded signal, or with its code.")
    coding_gain: Loss = by_default("0 dB")
    reserve: Loss = Field(
        default_factory=lambda: Quantity("3 dB"),
        description="Margin that a rate must leave to be used.",
        json_schema_extra={"default": "3 dB"},
    )
    rates: Annotated[tuple[Rate, ...], Field(min_length=1), AfterValidator(_ladder)] = Field(
        description="The ladder, ascending.", examples=[["10 Mbit/s", "100 Mbit/s"]]
    )
    adaptive: Annotated[bool, Field(strict=True)] = Field(
        default=True,
        description="Whether the rate follows the range; else each window keeps one.",
    )
    atmosphere: Share | None = Field(
        default=None,
        description="Share of the year in which the air may take no more: losses by ITU-R "
        "P.618 (package itur, extra atmosphere). Default: no air.",
    )
    source: Source = None
    assumed: Assumed = ()

    @model_validator(mode="after")
    def _carrier(self) -> "LinkBudget":
        if (self.frequency is None) == (self.band is None):
            raise fault(
                "the frequency is "
                + ("missing" if self.band is None else "given by both frequency and band"),
                'give one of frequency = "26.8 GHz" and band = "Ka"',
                "" if self.band is None else "band",
            )
        return self
