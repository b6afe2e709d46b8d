"""Faults of link budgets that no single table shows: names, ends without numbers, no air."""

from collections.abc import Iterator, Mapping
from typing import Any

from orbits.mission.explain import suggestion
from orbits.mission.locate import Path
from orbits.mission.problems import Problem, Source

_ENDS = (("from", "transmitter", "transmitters"), ("to", "receiver", "receivers"))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def check_budgets(data: Mapping[str, Any], source: Source) -> list[Problem]:
    """Return the faults of every ``[link.NAME.budget]``."""
    found: list[Problem] = []
    for name, link in _table(data.get("link")).items():
        said = _table(link).get("budget")
        if isinstance(said, dict):
            path = ("link", name, "budget")
            found += _ends(data, _table(link), said, path, source)
            found += _air(data, _table(link), said, path, source)
    return found


def _members(data: Mapping[str, Any], name: Any) -> list[str]:
    """Return the nodes behind one end of a link; none where the end is not a name."""
    if not isinstance(name, str):
        return []
    group = _table(data.get("group")).get(name)
    if isinstance(group, list | tuple):
        return [member for member in group if isinstance(member, str)]
    return [name]


def _ends(
    data: Mapping[str, Any],
    link: dict[str, Any],
    said: dict[str, Any],
    path: Path,
    source: Source,
) -> Iterator[Problem]:
    for end, one, many in _ENDS:
        members = _members(data, link.get(end))
        given = _table(said.get(many))
        for name in given:
            if name not in members:
                yield source.problem(
                    (*path, many, name),
                    f'"{name}" does not stand at that end of the link',
                    suggestion(name, members, f"ends in `{end}`"),
                    on="key",
                )
        missing = [name for name in members if name not in given]
        if missing and one not in said:
            yield source.problem(
                path,
                f"the {one} of {', '.join(missing)} is missing",
                f"add {one} = {{ ... }}, or {many}.{missing[0]} = {{ ... }}",
                on="key",
            )


def _air(
    data: Mapping[str, Any],
    link: dict[str, Any],
    said: dict[str, Any],
    path: Path,
    source: Source,
) -> Iterator[Problem]:
    if "atmosphere" not in said:
        return
    sites = _table(data.get("site"))
    ends = [name for end in ("from", "to") for name in _members(data, link.get(end))]
    if not any(_table(sites.get(name)).get("body") == "earth" for name in ends):
        yield source.problem(
            (*path, "atmosphere"),
            "no end of this link stands on the Earth",
            "take it away: elsewhere no air is known",
            on="key",
        )
