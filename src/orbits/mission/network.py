"""Links and chains of a mission as values of the core; edge units become SI here too."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel

from orbits import units
from orbits.geometry.relay import Chain, Link
from orbits.geometry.signal import APPARENT
from orbits.geometry.visibility import Limits, Node
from orbits.mission.schema import Mission
from orbits.sites import Site
from orbits.trajectory import Trajectory


def nodes(
    mission: Mission, sites: Mapping[str, Site], trajectories: Mapping[str, Trajectory]
) -> dict[str, tuple[Node, ...]]:
    """Return the members behind each name that a link may join."""
    single = {name: Node(name, path) for name, path in {**sites, **trajectories}.items()}
    found = {name: (node,) for name, node in single.items()}
    return found | {
        group: tuple(single[member] for member in members)
        for group, members in mission.group.items()
    }


def links(mission: Mission, behind: Mapping[str, tuple[Node, ...]]) -> dict[str, Link]:
    """Return the links by name."""
    found = {}
    for name, said in mission.link.items():
        limits = Limits(
            max_range=None
            if said.max_range is None
            else float(units.si(said.max_range, "length")),
            sun_exclusion=None
            if said.sun_exclusion is None
            else float(units.si(said.sun_exclusion, "angle")),
            occulted_by=said.occulted_by,
        )
        found[name] = Link(name, behind[said.from_], behind[said.to], limits)
    return found


def chains(mission: Mission, known: Mapping[str, Link]) -> dict[str, Chain]:
    """Return the chains by name."""
    return {
        name: Chain(
            name,
            tuple(known[link] for link in said.links),
            said.light_time,
            0.0 if said.min_duration is None else float(units.si(said.min_duration, "time")),
        )
        for name, said in mission.chain.items()
    }


def light_time_of(mission: Mission, link: str) -> str:
    """Return the setting of a link by itself: that of the chains it serves, if they agree."""
    settings = {chain.light_time for chain in mission.chain.values() if link in chain.links}
    return settings.pop() if len(settings) == 1 else APPARENT


def members(mission: Mission, name: str) -> tuple[str, ...]:
    """Return the sites or spacecraft behind a name."""
    return mission.group.get(name, (name,))


def assumed_nodes(mission: Mission) -> set[str]:
    """Return the sites and spacecraft of which some value is assumed."""
    tables = {**mission.site, **mission.spacecraft}
    return {name for name, table in tables.items() if assumes(table)}


def assumes(table: BaseModel) -> bool:
    """Tell whether any value of a table of the file is called assumed."""
    return _assumes(table.model_dump())


def _assumes(table: object) -> bool:
    if isinstance(table, dict):
        return bool(table.get("assumed")) or any(map(_assumes, table.values()))
    return False


def assumed_windows(mission: Mission, key: str) -> bool:
    """Tell whether windows or numbers, by key such as "chain.far-side-relay", are assumed.

    They are where they rest on a site, a spacecraft or an analysis of which a value is.
    """
    doubtful = assumed_nodes(mission)
    table, name, *members_ = key.split(".")
    if table in ("link", "chain") and members_:
        return bool(doubtful & set(members_))
    return assumed_study(mission, table, name) or bool(
        doubtful & set(nodes_behind(mission, table, name))
    )


def assumed_study(mission: Mission, table: str, name: str) -> bool:
    """Tell whether an analysis itself states a value that it calls assumed."""
    said = mission.analysis
    light = {"eclipse": said.eclipse}
    light |= dict.fromkeys(("sun", "conjunction", "night", "outage"), said.sun)
    named = {
        "contact-plan": said.contact_plan, "pointing": said.pointing, "access": said.access,
    }  # fmt: skip
    one = light.get(table) or named.get(table, {}).get(name)
    return one is not None and assumes(one)


def nodes_behind(mission: Mission, table: str, name: str) -> list[str]:
    """Return the sites and spacecraft that the windows of a table rest on."""
    said = mission.analysis
    if table in ("chain", "latency"):
        return _ends(mission, mission.chain[name].links)
    if table in ("link", "outage"):
        return _ends(mission, (name,))
    if table == "plane":
        return [said.plane[name].spacecraft, said.plane[name].site]
    if table == "contact-plan":
        plan = said.contact_plan[name]
        chain = mission.chain[plan.chain].links if plan.chain else ()
        return _ends(mission, (*chain, *(plan.links or ())))
    if table == "pointing":
        one = said.pointing[name]
        return [end for end in (one.spacecraft, one.target, one.apart_from) if end]
    if table == "access":
        sensor = said.access[name]
        targets = [m for one in sensor.targets for m in members(mission, one)]
        return [sensor.spacecraft, *targets]
    return [name]


def _ends(mission: Mission, links: Iterable[str]) -> list[str]:
    ends = [end for link in links for end in (mission.link[link].from_, mission.link[link].to)]
    return [member for end in ends for member in members(mission, end)]
