"""The field types of the mission file: quantities with units, instants, names.

A quantity is a string with its unit and stays as it was written (an astropy Quantity in the
file's own unit); an instant is a string with its time scale (an astropy Time).
"""

import datetime
import math
import re
from typing import Annotated, Any

from astropy.time import Time
from astropy.units import Quantity
from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from orbits import time, units

_DATE = re.compile(r"\s*\d{4}-\d\d-\d\d")
NAME_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def fault(message: str, help: str, key: str = "") -> PydanticCustomError:  # noqa: A002
    """Return the error that the loader shows as ``message`` with its ``help``.

    ``key`` names the key at fault where the error is one of a whole table.
    """
    facts = {"message": message, "help": help, "key": key}
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
    return f"{number} {quantity.unit.to_string().replace(' ', '')}".strip()


def _read(value: object, kind: str, low: str, high: str, above: str) -> Quantity:
    words, example = units.KINDS[kind].words, units.KINDS[kind].example
    advice = f'write {words} with a unit, for example "{example}"'
    if isinstance(value, Quantity):
        value = written(value)
    if isinstance(value, bool) or not isinstance(value, str):
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise fault(
                f"a bare number, but {words} is needed",
                f'needs a unit, for example "{example}"',
            )
        raise fault(f"{what(value)}, but {words} is needed", advice)
    try:
        quantity = units.parse_quantity(value, kind)
    except units.UnitsError as error:
        raise fault(error.message, error.help) from None
    for limit, broken, bound in (
        (low, quantity.__lt__, "at least"),
        (above, quantity.__le__, "more than"),
        (high, quantity.__gt__, "at most"),
    ):
        if limit and broken(Quantity(limit)):
            within = (
                f"{low or above} to {high}" if (low or above) and high else f"{bound} {limit}"
            )
            raise fault(f"{value} is out of range", f"the range is {within}")
    return quantity


def quantity(kind: str, *, low: str = "", high: str = "", above: str = "") -> Any:
    """Return the field type of a quantity of a ``kind`` of units.py.

    ``low`` and ``high`` are limits that it may reach, ``above`` one that it may not.
    """
    words = units.KINDS[kind].words
    schema = {
        "type": "string",
        "description": f"{words[0].upper()}{words[1:]} with a unit.",
        "examples": [units.KINDS[kind].example],
    }
    return Annotated[
        Quantity,
        PlainValidator(lambda value: _read(value, kind, low, high, above)),
        PlainSerializer(written, return_type=str),
        WithJsonSchema(schema),
    ]


def _instant(value: object) -> Time:
    if isinstance(value, Time):
        return value
    help_ = 'write it with its scale, for example "2024-05-31T00:00:00 UTC"'
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise fault("an instant without a time scale", help_)
        utc = value.astimezone(datetime.UTC).replace(tzinfo=None)
        value = f"{utc.isoformat()} UTC"
    if not isinstance(value, str):
        raise fault(f"{what(value)}, but an instant is needed", help_)
    try:
        return time.parse(value)
    except ValueError as error:
        message, _, remedy = str(error).partition("; ")
        raise fault(message, remedy or help_) from None


def written_instant(instant: Time) -> str:
    """Return an instant as the mission file writes it: "2024-05-31T00:00:00 UTC"."""
    exact = Time(instant, precision=9).isot.rstrip("0").rstrip(".")
    return f"{exact} {instant.scale.upper()}"


Instant = Annotated[
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


def _number(value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault(f"{what(value)}, but a number is needed", "write it without quotes")
    if not math.isfinite(value):
        raise fault(
            f"{value} is not a finite number", f"give a number from {low:g} to {high:g}"
        )
    if not low <= value <= high:
        raise fault(f"{value:g} is out of range", f"the range is {low:g} to {high:g}")
    return float(value)


def number(low: float, high: float) -> Any:
    """Return the field type of a plain number from ``low`` to ``high``."""
    schema = {"type": "number", "minimum": low, "maximum": high}
    return Annotated[
        float, PlainValidator(lambda value: _number(value, low, high)), WithJsonSchema(schema)
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
        isinstance(value, str) and _DATE.match(value)
    ):
        return _instant(value)
    return _any(value)


def _written_observed(value: Quantity | Time) -> str:
    return written_instant(value) if isinstance(value, Time) else written(value)


AnyQuantity = Annotated[
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
Observed = Annotated[
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
Length = quantity("length", above="0 km")
SignedLength = quantity("length")
Angle = quantity("angle")
Duration = quantity("time", above="0 s")
Mass = quantity("mass", above="0 kg")
Area = quantity("area", low="0 m2")
Force = quantity("force", above="0 N")
Speed = quantity("speed")
Name = Annotated[str, Field(pattern=NAME_PATTERN, examples=["queqiao-2"])]
