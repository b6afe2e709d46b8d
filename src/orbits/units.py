"""Quantities with units at the edge, SI floats inside; the only module that knows units."""

import difflib
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from astropy.units import Quantity, UnitBase


class Kind(NamedTuple):
    """One kind of quantity: its name with article, SI unit, and an example to show."""

    words: str
    unit: str
    example: str


KINDS = {
    "length": Kind("a length", "m", "200 km"),
    "speed": Kind("a speed", "m / s", "3.1 km/s"),
    "acceleration": Kind("an acceleration", "m / s2", "9.8 m/s2"),
    "angle": Kind("an angle", "rad", "62.4 deg"),
    "angular speed": Kind("an angular speed", "rad / s", "0.9856 deg/day"),
    "time": Kind("a time", "s", "5 min"),
    "mass": Kind("a mass", "kg", "1200 kg"),
    "area": Kind("an area", "m2", "8 m2"),
    "force": Kind("a force", "N", "490 N"),
    "pressure": Kind("a pressure", "Pa", "4.5 uPa"),
    "density": Kind("a density", "kg / m3", "1e-12 kg/m3"),
    "power": Kind("a power", "W", "20 W"),
    "frequency": Kind("a frequency", "Hz", "8.4 GHz"),
    "temperature": Kind("a temperature", "K", "120 K"),
    "data rate": Kind("a data rate", "bit / s", "50 kbit/s"),
    "gravitational parameter": Kind("a gravitational parameter", "m3 / s2", "4902.8 km3/s2"),
    "specific energy": Kind("an energy per mass", "m2 / s2", "-1.5 km2/s2"),
    "data volume": Kind("a data volume", "bit", "10 Gbit"),
    "decibel": Kind("a ratio in decibels", "dB", "3 dB"),
    "power level": Kind("a power in decibels", "dBW", "42 dBW"),
    "figure of merit": Kind("gain over noise temperature", "dB/K", "31.5 dB/K"),
    "ratio": Kind("a ratio", "", "60 %"),
}

_TEXT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


class UnitsError(ValueError):
    """A value has no unit or one of the wrong kind; ``help`` says what to write instead."""

    def __init__(self, message: str, help: str = "") -> None:  # noqa: A002
        super().__init__(f"{message}; {help}" if help else message)
        self.message = message
        self.help = help


def _kind(kind: str) -> Kind:
    try:
        return KINDS[kind]
    except KeyError:
        raise ValueError(
            f"unknown kind of quantity {kind!r}; the known ones are {', '.join(KINDS)}"
        ) from None


@cache
def _unit(text: str) -> "UnitBase":
    """Return the unit that ``text`` names; ``ValueError`` from astropy where there is none."""
    from astropy.units import Unit, def_unit

    if text == "dBi":  # over an isotropic antenna
        return def_unit("dBi", Unit("dB"))
    if text == "dBW":  # over 1 W; a unit of its own, so that no bare ratio passes for it
        return def_unit("dBW")
    return Unit(text)


def _words_of(unit: "UnitBase") -> str:
    """Return what kind of quantity has this unit, in words."""
    for name, kind in KINDS.items():
        if name != "ratio" and unit.is_equivalent(_unit(kind.unit)):
            return kind.words
    return "a bare number" if unit.is_equivalent(_unit("")) else f"something in {unit}"


def si(quantity: "Quantity | Any", kind: str) -> float | NDArray[np.float64]:
    """Return ``quantity`` in the SI unit of its ``kind``: a float, or an array for an array.

    Parameters
    ----------
    quantity : astropy Quantity
        Anything with a unit.
    kind : str
        A key of ``KINDS``; angles come back in rad, ratios as plain numbers (60 % as 0.6).

    Raises
    ------
    UnitsError
        For a bare number (only a ratio needs no unit) and for a unit of another kind.
    """
    wanted = _kind(kind)
    unit = getattr(quantity, "unit", None)
    if unit is None:
        if kind == "ratio" and isinstance(quantity, int | float | np.ndarray):
            return _bare(quantity)
        raise UnitsError(
            f"{quantity!r} has no unit, but {wanted.words} is needed",
            f'write it with a unit, for example Quantity("{wanted.example}")',
        )
    if not unit.is_equivalent(_unit(wanted.unit)):
        raise UnitsError(
            f"{_words_of(unit)}, but {wanted.words} is needed",
            f'write {wanted.words} with a unit, for example "{wanted.example}"',
        )
    return _bare(quantity.to_value(_unit(wanted.unit)))


def _bare(value: Any) -> float | NDArray[np.float64]:
    array = np.asarray(value, dtype=np.float64)
    return float(array) if array.ndim == 0 else array


def parse_quantity(text: str, kind: str) -> "Quantity":
    """Return the quantity that ``text`` states, such as ``"200 km"``.

    Raises
    ------
    UnitsError
        If there is no number, no unit, an unknown unit or one of another kind; the ``message``
        says what is wrong and ``help`` what to write.
    """
    from astropy.units import Quantity

    wanted = _kind(kind)
    advice = f'write {wanted.words} with a unit, for example "{wanted.example}"'
    if not isinstance(text, str):
        if isinstance(text, int | float) and not isinstance(text, bool):
            raise UnitsError("needs a unit", advice)
        raise UnitsError(f"{wanted.words} in quotes is needed", advice)
    match = _TEXT.fullmatch(text)
    if match is None:
        raise UnitsError("is not a number with a unit", advice)
    value, name = float(match[1]), match[2]
    if not math.isfinite(value):
        raise UnitsError("is not a finite number", advice)
    if not name and kind != "ratio":
        raise UnitsError("needs a unit", advice)
    try:
        unit = _unit(name)
    except (ValueError, TypeError):
        raise UnitsError(
            f"unknown unit {name!r}", _suggestion(name, wanted) or advice
        ) from None
    if not hasattr(unit, "is_equivalent") or not unit.is_equivalent(_unit(wanted.unit)):
        raise UnitsError(f"{_words_of(unit)}, but {wanted.words} is needed", advice)
    return Quantity(value, unit)


def parse_si(text: str, kind: str) -> float:
    """Return the SI value of what ``text`` states; see ``parse_quantity``."""
    return float(si(parse_quantity(text, kind), kind))


_COMMON = (
    "m", "km", "au", "m/s", "km/s", "deg", "rad", "arcmin", "arcsec", "deg/day", "s", "min",
    "h", "day", "yr", "kg", "m2", "km2", "N", "kN", "W", "kW", "Hz", "MHz", "GHz", "K", "bit/s",
    "kbit/s", "Mbit/s", "Gbit", "dB", "dBi", "dBW", "dB/K", "km3/s2", "km2/s2", "%",
)  # fmt: skip
_ALIASES = {
    "degree": "deg", "degrees": "deg", "sec": "s", "secs": "s", "seconds": "s",
    "minutes": "min", "mins": "min", "hours": "h", "hrs": "h", "hr": "h",
    "meters": "m", "metres": "m", "kilometers": "km", "kilometres": "km", "kms": "km",
    "kps": "km/s", "kph": "km/h", "days": "day", "weeks": "week", "years": "yr",
    "percent": "%", "tons": "t", "bps": "bit/s", "kbps": "kbit/s", "mbps": "Mbit/s",
    "gbps": "Gbit/s", "db": "dB", "dbi": "dBi", "dbw": "dBW",
}  # fmt: skip


def _suggestion(name: str, wanted: Kind) -> str | None:
    near = _ALIASES.get(name.lower())
    if near is None:
        fits = [c for c in _COMMON if _unit(c).is_equivalent(_unit(wanted.unit))]
        close = difflib.get_close_matches(name, fits, n=1, cutoff=0.5)
        near = close[0] if close else None
    return f"did you mean {near!r}?" if near else None
