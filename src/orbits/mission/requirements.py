"""What came out set against what the file says: limits of its own, and what flew."""

from collections.abc import Mapping
from dataclasses import dataclass

from astropy.time import Time
from astropy.units import Quantity

from orbits import time, units
from orbits.mission.schema import Flown, Requirement


@dataclass(frozen=True, slots=True)
class Stated:
    """One number of an outcome.

    Attributes
    ----------
    path : str
        Such as "chain.far-side-relay.availability".
    value : float, int, str or None
        In ``unit``; None where it does not apply. An instant is text, its unit "UTC".
    unit : str
        Empty for counts and ratios.
    assumed : bool
        Whether it rests on a value that the file calls assumed.
    """

    path: str
    value: float | int | str | None
    unit: str
    assumed: bool

    @property
    def number(self) -> float | int | None:
        """The value, where it is one and no instant."""
        return None if isinstance(self.value, str) else self.value


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a requirement holds; numbers in ``unit``, that of the limit.

    Attributes
    ----------
    name, quantity, unit : str
    value, margin : float or None
        The margin is positive where the requirement holds; None with no value, which fails.
    limit : float
    at_least : bool
        Whether the limit is the least or the greatest value allowed.
    assumed : bool
    """

    name: str
    quantity: str
    value: float | None
    limit: float
    margin: float | None
    unit: str
    at_least: bool
    assumed: bool

    @property
    def holds(self) -> bool:
        """Whether the requirement is met."""
        return self.margin is not None and self.margin >= 0.0

    @property
    def verdict(self) -> str:
        """PASS or FAIL."""
        return "PASS" if self.holds else "FAIL"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A computed value beside an observed or published one, in the unit of the latter.

    Attributes
    ----------
    name, quantity : str
    planned : float, str or None
        Computed; an instant is text.
    observed : float or str
    difference : float or None
        Planned less observed; of instants in s.
    unit : str
    relation : str
        "about", "at least" or "at most": what the claim says of the observed value.
    within : bool or None
        Whether the claim holds; None where it gives no tolerance.
    assumed : bool
    """

    name: str
    quantity: str
    planned: float | str | None
    observed: float | str
    difference: float | None
    unit: str
    relation: str
    within: bool | None
    assumed: bool


def judge(requirement: Requirement, stated: Mapping[str, Stated]) -> Verdict:
    """Return the verdict on one requirement, in the unit of its limit."""
    found = stated[requirement.quantity]
    least = requirement.at_least is not None
    bound = requirement.at_least if least else requirement.at_most
    if bound is None:
        raise ValueError(f"requirement {requirement.name!r} has no limit")
    limit, unit = float(bound.value), str(bound.unit)
    value = _in_unit(found, bound)
    margin = None if value is None else (value - limit if least else limit - value)
    return Verdict(
        requirement.name,
        requirement.quantity,
        value,
        limit,
        margin,
        unit.replace(" ", ""),
        least,
        found.assumed,
    )


def compare(flown: Flown, stated: Mapping[str, Stated]) -> Comparison:
    """Return the computed value of one quantity beside the claim or observation."""
    found = stated[flown.quantity]
    words = {"value": "about", "at_least": "at least", "at_most": "at most"}
    key = next(k for k in words if getattr(flown, k) is not None)
    claim: Quantity | Time = getattr(flown, key)
    planned: float | str | None
    observed: float | str
    difference: float | None = None
    if isinstance(claim, Time):
        observed_t = float(time.to_t(claim))
        planned, observed, unit = found.value, str(time.utc_iso(observed_t)), "s"
        if isinstance(planned, str):
            difference = float(
                time.duration(observed_t, time.parse_t(f"{planned.removesuffix('Z')} UTC"))
            )
    else:
        planned, observed, unit = _in_unit(found, claim), float(claim.value), claim.unit
        difference = None if planned is None else planned - observed
    within: bool | None = None
    if difference is not None and key == "at_least":
        within = difference >= 0.0
    elif difference is not None and key == "at_most":
        within = difference <= 0.0
    elif difference is not None and flown.tolerance is not None:
        within = abs(difference) <= _ratio(flown.tolerance, Quantity(1.0, unit))
    return Comparison(
        flown.name,
        flown.quantity,
        planned,
        observed,
        difference,
        str(unit).replace(" ", ""),
        words[key],
        within,
        found.assumed,
    )


def _in_unit(found: Stated, like: Quantity) -> float | None:
    if found.number is None:
        return None
    return _ratio(Quantity(found.number, found.unit), Quantity(1.0, like.unit))


def _ratio(one: Quantity, other: Quantity) -> float:
    """Return how many of ``other`` make ``one``."""
    return float(units.si(one / other, "ratio"))
