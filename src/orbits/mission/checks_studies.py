"""Faults of the analyses of light and service that no single table shows: names that dangle."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orbits.bodies import BODIES
from orbits.mission.explain import suggestion
from orbits.mission.locate import Path
from orbits.mission.paths_studies import plan_links, tables
from orbits.mission.problems import Problem, Source

Table = Mapping[str, Any]


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class _Known:
    """The names of a file, and how a name that is none of them is reported."""

    def __init__(self, data: Table, source: Source) -> None:
        self.data, self.source = data, source
        self.craft, self.sites, self.links, self.chains, self.groups = (
            _table(data.get(key)) for key in ("spacecraft", "site", "link", "chain", "group")
        )

    def behind(self, name: Any) -> list[str]:
        """Return the members of a group, or the name itself."""
        members = self.groups.get(name) if isinstance(name, str) else None
        if isinstance(members, list | tuple):
            return [m for m in members if isinstance(m, str)]
        return [name] if isinstance(name, str) else []

    def one(
        self, path: Path, value: Any, known: Iterable[str], words: str
    ) -> Iterator[Problem]:
        """Yield a problem where ``value`` is a name, and not one of ``known``."""
        names = list(known)
        if isinstance(value, str) and value not in names:
            yield self.source.problem(
                path,
                f'nothing among the {words} is called "{value}"',
                suggestion(value, names, words),
            )

    def each(
        self, path: Path, values: Any, known: Iterable[str], words: str
    ) -> Iterator[Problem]:
        """Yield the problems of a list of names."""
        names = list(known)
        for k, value in enumerate(values if isinstance(values, list | tuple) else ()):
            yield from self.one((*path, k), value, names, words)


def check_studies(data: Table, source: Source) -> list[Problem]:
    """Return names in ``[analysis.*]`` that stand for nothing, and plans without stations."""
    known, analysis = _Known(data, source), _table(data.get("analysis"))
    here: Path = ("analysis",)
    sun = _table(analysis.get("sun"))
    problems = [
        *known.each((*here, "sun", "spacecraft"), sun.get("spacecraft"), known.craft, CRAFT),
        *known.each((*here, "sun", "sites"), sun.get("sites"), known.sites, "sites"),
        *known.each((*here, "sun", "links"), sun.get("links"), known.links, "links"),
        *known.each(
            (*here, "latency", "chains"),
            _table(analysis.get("latency")).get("chains"),
            known.chains,
            "chains",
        ),
    ]
    for name, plan in tables(analysis, "contact-plan").items():
        problems += _plan(known, plan, (*here, "contact-plan", name))
    for name, pointing in tables(analysis, "pointing").items():
        problems += _pointing(known, pointing, (*here, "pointing", name))
    for name, access in tables(analysis, "access").items():
        problems += _access(known, access, (*here, "access", name))
    return problems


CRAFT = "spacecraft"
_PLACES = "sites, spacecraft and bodies"


def _places(known: _Known) -> list[str]:
    return [*known.sites, *known.craft, *BODIES]


def _plan(known: _Known, plan: Table, path: Path) -> Iterator[Problem]:
    yield from known.one((*path, "chain"), plan.get("chain"), known.chains, "chains")
    yield from known.each((*path, "links"), plan.get("links"), known.links, "links")
    served: set[str] = set()
    for name in plan_links(plan, known.data):
        link = _table(known.links.get(name))
        sides = [known.behind(link.get(end)) for end in ("from", "to")]
        served |= {m for side in sides for m in side if m in known.craft}
        kinds = [{m in known.sites for m in side} for side in sides]
        if all(sides) and kinds not in ([{True}, {False}], [{False}, {True}]):
            key = "chain" if "chain" in plan else "links"
            yield known.source.problem(
                (*path, key),
                f'link "{name}" does not join sites with spacecraft',
                "a contact plan shares out stations: take a link between the two",
            )
    if served:
        for name in _table(plan.get("priority")):
            if name not in served:
                yield known.source.problem(
                    (*path, "priority", name),
                    f'"{name}" is not served by this plan',
                    suggestion(name, sorted(served), "spacecraft of its links"),
                    on="key",
                )


def _pointing(known: _Known, said: Table, path: Path) -> Iterator[Problem]:
    craft = said.get("spacecraft")
    yield from known.one((*path, "spacecraft"), craft, known.craft, CRAFT)
    yield from known.one((*path, "link"), said.get("link"), known.links, "links")
    for key in ("target", "apart_from"):
        yield from known.one((*path, key), said.get(key), _places(known), _PLACES)
        yield from _itself(known, craft, (*path, key), said.get(key))


def _access(known: _Known, said: Table, path: Path) -> Iterator[Problem]:
    craft = said.get("spacecraft")
    yield from known.one((*path, "spacecraft"), craft, known.craft, CRAFT)
    targets = said.get("targets")
    every = [*known.sites, *known.craft, *known.groups]
    yield from known.each((*path, "targets"), targets, every, "sites, spacecraft and groups")
    for k, name in enumerate(targets if isinstance(targets, list | tuple) else ()):
        for member in known.behind(name):
            yield from _itself(known, craft, (*path, "targets", k), member)
    axis = said.get("pointed_at")
    yield from known.one(
        (*path, "pointed_at"), axis, ["nadir", *_places(known)], f"directions: nadir, {_PLACES}"
    )
    yield from _itself(known, craft, (*path, "pointed_at"), axis)


def _itself(known: _Known, craft: Any, path: Path, name: Any) -> Iterator[Problem]:
    if isinstance(name, str) and name == craft:
        yield known.source.problem(
            path, f'"{name}" does not look at itself', "name another site, spacecraft or body"
        )
