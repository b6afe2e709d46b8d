"""The field types of the mission file: quantities with units, instants, names.

A quantity is a string with its unit and stays as it was written (an astropy Quantity in the
file's own unit); an instant is a string with its time scale (an astropy Time).
"""

import datetime
import math
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from astropy.time import Time
from astropy.units import Quantity
from erfa import ErfaWarning
from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from orbits import time, units

DATE = re.compile(r"\s*\d{4}-\d\d-\d\d")
NAME_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def fault(message: str, remedy: str, key: str = "") -> PydanticCustomError:
    """Return the error that the loader shows as ``message`` with its ``remedy``.

    ``key`` names the key at fault where the error is one of a whole table.
    """
    facts = {"message": message, "help": remedy, "key": key}
    return PydanticCustomError("orbits", "{message}", facts)


def what(value: object) -> str:
    """Return what a TOML value is, in words."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, datetime.date | datetime.time):
        return "a date without quotes"
    names = {
        str: "a string",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), type(value).__name__)


def written(quantity: Quantity) -> str:
    """Return a quantity as the mission file writes it: "200 km"."""
    value = float(quantity.value)
    number = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return f"{number} {str(quantity.unit).replace(' ', '')}".strip()


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity of a ``kind`` of units.py, within limits, as an annotation of a field.

    ``low`` and ``high`` are limits that it may reach, ``above`` one that it may not.
    """

    kind: str
    low: str = ""
    high: str = ""
    above: str = ""

    def read(self, value: object) -> Quantity:
        """Return the quantity that ``value`` states; a fault says what to write instead."""
        words, example = units.KINDS[self.kind].words, units.KINDS[self.kind].example
        if isinstance(value, Quantity):
            value = written(value)
        if not isinstance(value, str):
            if isinstance(value, int | float) and not isinstance(value, bool):
                remedy = f'needs a unit, for example "{example}"'
                raise fault(f"a bare number, but {words} is needed", remedy)
            remedy = f'write {words} with a unit, for example "{example}"'
            raise fault(f"{what(value)}, but {words} is needed", remedy)
        try:
            quantity = units.parse_quantity(value, self.kind)
        except units.UnitsError as error:
            raise fault(error.message, error.help) from None
        self._check(value, quantity)
        return quantity

    def _check(self, text: str, quantity: Quantity) -> None:
        low, high, above = (
            Quantity(limit) if limit else None for limit in (self.low, self.high, self.above)
        )
        broken = (
            (low is not None and quantity < low)
            or (high is not None and quantity > high)
            or (above is not None and quantity <= above)
        )
        if broken:
            lowest = f"at least {self.low}" if self.low else f"more than {self.above}"
            limits = [lowest] if self.low or self.above else []
            limits += [f"at most {self.high}"] if self.high else []
            raise fault(f"{text} is out of range", f"it must be {' and '.join(limits)}")

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return _plain(self.read, written)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        kind = units.KINDS[self.kind]
        words = f"{kind.words[0].upper()}{kind.words[1:]} with a unit."
        return {"type": "string", "description": words, "examples": [kind.example]}


def by_default(text: str) -> Any:
    """Return the default of a quantity's field, as the file would write it."""
    return Field(default_factory=lambda: Quantity(text), json_schema_extra={"default": text})


def _plain(read: Callable[[Any], Any], write: Callable[[Any], str]) -> CoreSchema:
    text = core_schema.plain_serializer_function_ser_schema(
        write, return_schema=core_schema.str_schema()
    )
    return core_schema.no_info_plain_validator_function(read, serialization=text)


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number from ``low`` to ``high``, as an annotation of a field."""

    low: float
    high: float

    def read(self, value: object) -> float:
        """Return the number; a fault where it is none, not finite or out of range."""
        limits = f"it must be from {self.low:g} to {self.high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise fault(f"{what(value)}, but a number is needed", "write it without quotes")
        if not math.isfinite(value):
            raise fault(f"{value} is not a finite number", limits)
        if not self.low <= value <= self.high:
            raise fault(f"{value:g} is out of range", limits)
        return float(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "number", "minimum": self.low, "maximum": self.high}


def _instant(value: object) -> Time:
    if isinstance(value, Time):
        return value
    remedy = 'write it with its scale, for example "2024-05-31T00:00:00 UTC"'
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise fault("an instant without a time scale", remedy)
        utc = value.astimezone(datetime.UTC).replace(tzinfo=None)
        value = f"{utc.isoformat()} UTC"
    if not isinstance(value, str):
        raise fault(f"{what(value)}, but an instant is needed", remedy)
    try:
        return time.parse(value)
    except ValueError as error:
        message, _, shown = str(error).partition("; ")
        raise fault(message, shown or remedy) from None


def written_instant(instant: Time) -> str:
    """Return an instant as the mission file writes it: "2024-05-31T00:00:00 UTC"."""
    with warnings.catch_warnings():
        # Leap seconds that are not announced yet are warned of once, by the loader.
        warnings.simplefilter("ignore", ErfaWarning)
        exact = str(Time(instant, precision=9).isot).rstrip("0").rstrip(".")
    return f"{exact} {instant.scale.upper()}"


Instant: TypeAlias = Annotated[
    Time,
    PlainValidator(_instant),
    PlainSerializer(written_instant, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "description": "An instant with its time scale: UTC, TAI, TT or TDB.",
            "examples": ["2024-05-31T00:00:00 UTC"],
        }
    ),
]


def _any(value: object) -> Quantity:
    if isinstance(value, Quantity):
        return value
    advice = 'write a number with its unit, for example "60 %" or "18 h"'
    if not isinstance(value, str):
        raise fault(f"{what(value)}, but a quantity string is needed", advice)
    for kind in units.KINDS:
        try:
            return units.parse_quantity(value, kind)
        except units.UnitsError:
            continue
    raise fault(f"{value!r} is not a quantity", advice)


def _observed(value: object) -> Quantity | Time:
    if isinstance(value, datetime.date | Time) or (
        isinstance(value, str) and DATE.match(value)
    ):
        return _instant(value)
    return _any(value)


def _written_observed(value: Quantity | Time) -> str:
    return written_instant(value) if isinstance(value, Time) else written(value)


AnyQuantity: TypeAlias = Annotated[
    Quantity,
    PlainValidator(_any),
    PlainSerializer(written, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "description": "A number with its unit; counts have none.",
            "examples": ["60 %", "18 h", "100 km", "30"],
        }
    ),
]
Observed: TypeAlias = Annotated[
    Quantity | Time,
    PlainValidator(_observed),
    PlainSerializer(_written_observed, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "description": "A number with its unit, or an instant with its time scale.",
            "examples": ["21 h", "2024-05-08T02:12:00 UTC"],
        }
    ),
]
Length: TypeAlias = Annotated[Quantity, Measure("length", above="0 km")]
SignedLength: TypeAlias = Annotated[Quantity, Measure("length")]
Angle: TypeAlias = Annotated[Quantity, Measure("angle")]
Duration: TypeAlias = Annotated[Quantity, Measure("time", above="0 s")]
Mass: TypeAlias = Annotated[Quantity, Measure("mass", above="0 kg")]
Area: TypeAlias = Annotated[Quantity, Measure("area", low="0 m2")]
Force: TypeAlias = Annotated[Quantity, Measure("force", above="0 N")]
Speed: TypeAlias = Annotated[Quantity, Measure("speed")]
Name: TypeAlias = Annotated[str, Field(pattern=NAME_PATTERN, examples=["queqiao-2"])]
