"""The quantities of light, of service and of chains with a radio, by path, with their units.

The tables are read as they stand in the file, so that one at fault hides none of the others.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orbits.mission.paths import MAINTENANCE, SHADOW, VOLUMES, WINDOWS

SEASONS = {"seasons": ""}
BATTERY = {"over_battery": "", "battery_margin": "s"}
SUN = {"min_beta": "deg", "max_beta": "deg", "first_ltan": "h", "last_ltan": "h"}
CONJUNCTION = {"count": "", "total": "s", "longest": "s", "least_angle": "deg"}
NIGHT = {"count": "", "total": "s", "longest": "s", "share": "%"}
OUTAGE = {"count": "", "total": "s", "longest": "s"}
PARTY = {"contacts": "", "total": "h", "best_day": "h", "worst_day": "h", "mean_day": "h"}
PLAN = {**PARTY, "handovers": "", "share": "%", "longest_gap": "s"}
LATENCY = {"shortest": "s", "mean": "s", "longest": "s", "lost": "s"}
WITHIN = {"within_limit": "%"}
POINTING = {"min_cone": "deg", "max_cone": "deg", "max_slew": "deg/h"}
THROUGH = {word: unit for word, unit in VOLUMES.items() if word != "min_margin"}
APART = {"min_separation": "deg", "max_separation": "deg"}
ANY = "any"
"""Stands for all bodies of the eclipse analysis together: the battery knows no names."""

Table = Mapping[str, Any]
Behind = Callable[[str], list[str]]


def _table(value: Any) -> Table:
    return value if isinstance(value, Mapping) else {}


def _names(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []


def tables(analysis: Table, kind: str) -> dict[str, Table]:
    """Return the tables ``[analysis.KIND.NAME]`` by name."""
    return {n: t for n, t in _table(analysis.get(kind)).items() if isinstance(t, Mapping)}


def plan_links(plan: Table, data: Table) -> list[str]:
    """Return the names of the links whose pairs a contact plan serves."""
    chain = plan.get("chain")
    if isinstance(chain, str):
        return _names(_table(_table(data.get("chain")).get(chain)).get("links"))[-1:]
    return _names(plan.get("links"))


def parties(plan: Table, data: Table, behind: Behind) -> list[str]:
    """Return the stations and spacecraft of a contact plan, each once."""
    links, found = _table(data.get("link")), []
    for name in plan_links(plan, data):
        ends = [_table(links.get(name)).get(key) for key in ("from", "to")]
        found += [m for end in ends if isinstance(end, str) for m in behind(end)]
    return list(dict.fromkeys(found))


def study_quantities(data: Table, behind: Behind) -> dict[str, str]:
    """Return {path: unit} of what the analyses and the upkeep of a file state.

    Parameters
    ----------
    data : mapping
        The tables of the file.
    behind : callable
        The members of a group, or the one name itself.
    """
    analysis = _table(data.get("analysis"))
    found: dict[str, str] = {}
    stated = (*_of_light(analysis), *_of_service(analysis, data, behind), *_of_upkeep(data))
    for prefix, units in stated:
        found |= {f"{prefix}.{word}": unit for word, unit in units.items()}
    return found


Offer = Iterator[tuple[str, dict[str, str]]]


def _of_upkeep(data: Table) -> Offer:
    for name, craft in _table(data.get("spacecraft")).items():
        if isinstance(_table(craft).get("maintenance"), Mapping):
            yield f"spacecraft.{name}", MAINTENANCE


def _of_light(analysis: Table) -> Offer:
    eclipse, sun = _table(analysis.get("eclipse")), _table(analysis.get("sun"))
    battery = BATTERY if "battery" in eclipse else {}
    bodies = _names(eclipse.get("bodies"))
    for craft in _names(eclipse.get("spacecraft")):
        for body in [*bodies, *([ANY] if bodies else [])]:
            whole = SHADOW if body == ANY else {}
            for shadow in ("umbra", "penumbra"):
                yield f"eclipse.{craft}.{body}.{shadow}", {**whole, **SEASONS, **battery}
    for craft in _names(sun.get("spacecraft")):
        yield f"sun.{craft}", SUN
        if "conjunction" in sun:
            yield f"conjunction.{craft}", CONJUNCTION
    yield from ((f"night.{site}", NIGHT) for site in _names(sun.get("sites")))
    yield from ((f"outage.{link}", OUTAGE) for link in _names(sun.get("links")))


def _of_service(analysis: Table, data: Table, behind: Behind) -> Offer:
    for name, plan in tables(analysis, "contact-plan").items():
        yield f"contact-plan.{name}", PLAN
        for party in parties(plan, data, behind):
            yield f"contact-plan.{name}.{party}", PARTY
    latency = _table(analysis.get("latency"))
    within = WITHIN if "limit" in latency else {}
    for chain in _names(latency.get("chains")):
        yield f"latency.{chain}", {**LATENCY, **within}
    links = _table(data.get("link"))
    for chain, said in _table(data.get("chain")).items():
        names = _names(_table(said).get("links"))
        if any(isinstance(_table(links.get(name)).get("budget"), Mapping) for name in names):
            yield f"chain.{chain}", THROUGH
    for name, pointing in tables(analysis, "pointing").items():
        yield f"pointing.{name}", {**POINTING, **(APART if "apart_from" in pointing else {})}
    for name in tables(analysis, "access"):
        yield f"access.{name}", WINDOWS
