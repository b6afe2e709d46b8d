"""Faults of coverage analyses that no single table shows: who covers, and how many."""

from collections.abc import Mapping
from typing import Any

from orbits.constants import DAY
from orbits.mission.explain import suggestion
from orbits.mission.limits import span_of
from orbits.mission.problems import Problem, Source
from orbits.mission.schema import Mission
from orbits.units import si


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def coverage_tables(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the tables ``[analysis.coverage.NAME]`` of a file by name."""
    tables = _table(_table(data.get("analysis")).get("coverage"))
    return {name: table for name, table in tables.items() if isinstance(table, dict)}


def _is_name(value: Any) -> bool:
    return isinstance(value, str)


def check_periods(mission: Mission, source: Source) -> list[Problem]:
    """Return the coverage analyses whose period does not fit into the mission."""
    first, last = span_of(mission.mission)
    return [
        source.problem(
            ("analysis", "coverage", name, "within"),
            "longer than the mission",
            f"the span has {(last - first) / DAY:g} days; give a shorter period, or a longer "
            "mission",
        )
        for name, said in mission.analysis.coverage.items()
        if said.within is not None and float(si(said.within, "time")) > last - first
    ]


def check_coverage(data: Mapping[str, Any], source: Source) -> list[Problem]:
    """Return the faults of every ``[analysis.coverage.NAME]``."""
    found: list[Problem] = []
    craft, groups = _table(data.get("spacecraft")), _table(data.get("group"))
    of_craft = {
        name: members
        for name, members in groups.items()
        # Other than names in a group is a fault that the schema reports.
        if isinstance(members, list | tuple)
        and any(_is_name(m) and m in craft for m in members)
    }
    for name, table in coverage_tables(data).items():
        path = ("analysis", "coverage", name)
        by, seeing = table.get("by"), set()
        for k, member in enumerate(by if isinstance(by, list | tuple) else ()):
            if not isinstance(member, str):
                continue
            seeing |= {m for m in of_craft.get(member, (member,)) if _is_name(m)}
            if member not in craft and member not in of_craft:
                known = [*craft, *of_craft]
                found.append(
                    source.problem(
                        (*path, "by", k),
                        f'no spacecraft and no group of them is called "{member}"',
                        suggestion(member, known, "spacecraft and their groups"),
                    )
                )
        asked = table.get("in_view")
        if isinstance(asked, int) and seeing and asked > len(seeing):
            found.append(
                source.problem(
                    (*path, "in_view"),
                    f"{asked} in view of {len(seeing)} in all",
                    f"it is at most {len(seeing)}",
                )
            )
    return found
