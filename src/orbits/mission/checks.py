"""What no single table of a mission file can tell: names that dangle, ends that do not join."""

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from astropy.units import Quantity

from orbits import units
from orbits.mission.checks_coverage import coverage_tables
from orbits.mission.checks_sequence import instants_only
from orbits.mission.explain import suggestion
from orbits.mission.locate import Path
from orbits.mission.paths import KINDS, offered
from orbits.mission.paths_sequence import sequence_quantities
from orbits.mission.paths_studies import study_quantities, tables
from orbits.mission.problems import Problem, Source
from orbits.mission.quantities import written
from orbits.mission.schema import Mission

NODES = ("spacecraft", "site", "group")


class Names:
    """The names that a file declares, valid tables or not, so that no fault hides another."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.of = {table: list(_table(data.get(table))) for table in (*NODES, "link", "chain")}
        self.members = {
            name: [m for m in members if isinstance(m, str)]
            for name, members in _table(data.get("group")).items()
            if isinstance(members, list | tuple)
        }

    @property
    def nodes(self) -> list[str]:
        """Everything that a link may join."""
        return [name for table in NODES for name in self.of[table]]

    def behind(self, name: str) -> list[str]:
        """Return the members of a group, or the node itself."""
        return self.members.get(name, [name])


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(data: Mapping[str, Any], name: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each table below ``[name.*]`` with its path."""
    for key, value in _table(data.get(name)).items():
        if isinstance(value, dict):
            yield (name, key), value


def check_names(data: Mapping[str, Any], source: Source) -> list[Problem]:
    """Return the faults of names: repeated, dangling, or not joining."""
    names = Names(data)
    return [
        *_repeated(names, source),
        *_groups(names, source),
        *_links(data, names, source),
        *_chains(data, source),
        *_eclipses(data, names, source),
    ]


def _repeated(names: Names, source: Source) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for table in NODES:
        for name in names.of[table]:
            if name in seen:
                yield source.problem(
                    (table, name),
                    f'"{name}" is also the name of a {seen[name]}',
                    "give it another name: spacecraft, sites and groups share their names",
                    on="key",
                )
            seen.setdefault(name, table)


def _groups(names: Names, source: Source) -> Iterator[Problem]:
    for group, members in names.members.items():
        kinds = set()
        for k, member in enumerate(members):
            path = ("group", group, k)
            kind = next((t for t in ("spacecraft", "site") if member in names.of[t]), None)
            if kind is None:
                known = [*names.of["site"], *names.of["spacecraft"]]
                yield source.problem(
                    path,
                    f'no site and no spacecraft is called "{member}"',
                    suggestion(member, known, "sites and spacecraft"),
                )
            elif member in members[:k]:
                yield source.problem(path, f'"{member}" stands here twice', "take one away")
            else:
                kinds.add(kind)
        if len(kinds) > 1:
            yield source.problem(
                ("group", group), "sites and spacecraft in one group", "make two groups of it"
            )


def _links(data: Mapping[str, Any], names: Names, source: Source) -> Iterator[Problem]:
    for path, link in _tables(data, "link"):
        ends = {}
        for key in ("from", "to"):
            name = link.get(key)
            if not isinstance(name, str):
                continue
            ends[key] = name
            if name not in names.nodes:
                yield source.problem(
                    (*path, key),
                    f'no site, spacecraft or group is called "{name}"',
                    suggestion(name, names.nodes, "sites, spacecraft and groups"),
                )
        both = set(names.behind(ends.get("from", ""))) & set(names.behind(ends.get("to", "")))
        if len(ends) == 2 and both:
            yield source.problem(
                (*path, "to"),
                f'"{min(both)}" stands at both ends',
                "a link joins two different nodes",
            )


def _chains(data: Mapping[str, Any], source: Source) -> Iterator[Problem]:
    tables = _table(data.get("link"))
    for path, chain in _tables(data, "chain"):
        links = chain.get("links")
        before: str | None = None
        for k, name in enumerate(links if isinstance(links, list | tuple) else ()):
            if not isinstance(name, str):
                continue
            here = (*path, "links", k)
            if name not in tables:
                yield source.problem(
                    here, f'no link is called "{name}"', suggestion(name, tables, "links")
                )
                before = None
                continue
            start, end = (_table(tables[name]).get(key) for key in ("from", "to"))
            if before and start and before != start:
                yield source.problem(
                    here,
                    f'"{name}" begins at {start}, but the link before it ends at {before}',
                    "order the links so that one's `to` is the next one's `from`",
                )
            before = end


def _eclipses(data: Mapping[str, Any], names: Names, source: Source) -> Iterator[Problem]:
    table = _table(_table(data.get("analysis")).get("eclipse"))
    spacecraft, bodies = table.get("spacecraft"), table.get("bodies")
    for k, name in enumerate(spacecraft if isinstance(spacecraft, list) else ()):
        if isinstance(name, str) and name not in names.of["spacecraft"]:
            yield source.problem(
                ("analysis", "eclipse", "spacecraft", k),
                f'no spacecraft is called "{name}"',
                suggestion(name, names.of["spacecraft"], "spacecraft"),
            )
    for k, name in enumerate(bodies if isinstance(bodies, list) else ()):
        if name == "sun":
            yield source.problem(
                ("analysis", "eclipse", "bodies", k),
                "the Sun does not eclipse itself",
                'name the bodies that cast the shadow, for example "moon"',
            )


def check_assumed(data: Mapping[str, Any], source: Source) -> list[Problem]:
    """Return the names under ``assumed`` that are no keys of their tables."""
    return list(_assumed(dict(data), (), source))


# Kinds of figures (plots.registry.KINDS), and the tables whose names their figures carry.
FIGURES: dict[str, tuple[str, ...]] = {
    "contacts": ("chain",),
    "elevation": ("chain",),
    "sky": ("site",),
    "range": ("chain",),
    "workload": ("chain",),
    "durations": ("chain", "link"),
    "margin": ("link",),
    "orbit": ("spacecraft",),
    "rotating-frame": ("spacecraft",),
    "ground-track": ("spacecraft",),
    "motion": ("spacecraft",),
    "apsides": ("spacecraft",),
    "beta": ("spacecraft",),
    "eclipses": ("spacecraft",),
    "sun-angle": ("spacecraft",),
    "coverage": ("coverage",),
    "contact-plan": ("contact-plan",),
    "delta-v": ("spacecraft",),
    "sensitivity": (),
}


def check_output(data: Mapping[str, Any], source: Source) -> list[Problem]:
    """Return figures that no such mission offers, and SPK files without a number."""
    output, names = _table(data.get("output")), Names(data)
    known = list(FIGURES)
    for kind, subjects in FIGURES.items():
        known += [f"{kind}-{name}" for table in subjects for name in names.of.get(table, ())]
        known += [f"{kind}-links"] if "chain" in subjects else []
    known += [f"coverage-{name}" for name in coverage_tables(data)]
    plans = tables(_table(data.get("analysis")), "contact-plan")
    known += [f"contact-plan-{name}" for name in plans]
    longer = tuple(f"{name}-" for name in known if name not in FIGURES)
    figures, problems = output.get("figures"), []
    for k, name in enumerate(figures if isinstance(figures, list) else ()):
        if isinstance(name, str) and name not in known and not name.startswith(longer):
            problems.append(
                source.problem(
                    ("output", "figures", k),
                    f'no figure is called "{name}"',
                    suggestion(name, known, "figures"),
                )
            )
    formats = output.get("formats")
    if isinstance(formats, list) and "spk" in formats:
        for path, table in _tables(data, "spacecraft"):
            if "norad_id" not in table and "naif_id" not in table:
                problems.append(
                    source.problem(
                        path,
                        "an SPK file needs a number for this spacecraft",
                        "add norad_id = 59274 or naif_id = -159274",
                        on="key",
                    )
                )
    return problems


def _assumed(table: Any, path: Path, source: Source) -> Iterator[Problem]:
    """Yield the keys called assumed that their table does not have."""
    if isinstance(table, list):
        for k, item in enumerate(table):
            yield from _assumed(item, (*path, k), source)
    if not isinstance(table, dict):
        return
    for key, value in table.items():
        if key != "assumed":
            yield from _assumed(value, (*path, key), source)
            continue
        for k, name in enumerate(value if isinstance(value, list) else ()):
            if isinstance(name, str) and name not in table:
                keys = [known for known in table if known not in ("assumed", "source")]
                yield source.problem(
                    (*path, "assumed", k),
                    f'this table has no key "{name}"',
                    suggestion(name, keys, "keys of this table"),
                )


# -- quantities ---------------------------------------------------------------------------


def offered_by(data: Mapping[str, Any]) -> dict[str, str]:
    """Return {path: unit} of the quantities that a file offers."""
    names = Names(data)
    eclipse = _table(_table(data.get("analysis")).get("eclipse"))
    spacecraft, bodies = (_names(eclipse.get(key)) for key in ("spacecraft", "bodies"))
    return (
        offered(
            names.of["spacecraft"],
            names.of["link"],
            names.of["chain"],
            dict.fromkeys(spacecraft, bodies),
            [
                str(path[1])
                for path, link in _tables(data, "link")
                if isinstance(link.get("budget"), dict)
            ],
            coverage_tables(data),
        )
        | study_quantities(data, names.behind)
        | sequence_quantities(data)
    )


def _names(value: Any) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else []


def check_quantities(data: Mapping[str, Any], source: Source) -> list[Problem]:
    """Return unknown paths of requirements and flown rows, and limits of another kind."""
    known = offered_by(data)
    problems = []
    for table in ("requirement", "flown"):
        rows = data.get(table)
        for k, row in enumerate(rows if isinstance(rows, list) else ()):
            path = _table(row).get("quantity")
            if not isinstance(path, str):
                continue
            if path not in known:
                problems.append(
                    source.problem(
                        (table, k, "quantity"),
                        f'no quantity is called "{path}"',
                        _nearest_path(path, known),
                    )
                )
                continue
            problems += _kinds(row, (table, k), known[path], source)
    return problems


def _nearest_path(path: str, known: Iterable[str]) -> str:
    """Return advice for a path that is not offered: the last word alone may be wrong."""
    stem = path.rpartition(".")[0]
    here = [other for other in known if other.rpartition(".")[0] == stem]
    if here:
        words = [other.rpartition(".")[2] for other in here]
        return suggestion(path.rpartition(".")[2], words, f"quantities of {stem}")
    stems = {other.rpartition(".")[0] for other in known}
    return suggestion(path, [*known, *stems], "quantities listed by `orbits check`, such as")


def _kinds(row: dict[str, Any], path: Path, unit: str, source: Source) -> Iterator[Problem]:
    kind = KINDS[unit]
    if kind == "instant":
        yield from instants_only(row, path, source)
        return
    for key in ("at_least", "at_most", "value", "tolerance"):
        text = row.get(key)
        if isinstance(text, datetime.date):
            yield source.problem(
                (*path, key),
                f"an instant, but {units.KINDS[kind].words} is needed",
                f'write for example "{units.KINDS[kind].example}"',
            )
        if not isinstance(text, str):
            continue
        try:
            units.parse_quantity(text, kind)
        except units.UnitsError as error:
            yield source.problem((*path, key), error.message, error.help)


# -- remarks ------------------------------------------------------------------------------


def remarks(mission: Mission, source: Source) -> list[Problem]:
    """Return warnings: a site far from its built-in namesake, a limit that nothing uses."""
    from orbits.sites import built_in_sites

    known = built_in_sites()
    problems = []
    for name, site in mission.site.items():
        reference = known.get(site.use or name)
        if reference is not None and reference["body"] == site.body:
            away = _separation(site.latitude, site.longitude, reference)
            if away > 1.0:
                problems.append(
                    source.problem(
                        ("site", name, "longitude"),
                        f"{away:.1f} deg from the built-in site {site.use or name}",
                        f"that lies at {reference['latitude']}, {reference['longitude']}; "
                        "check the signs, or choose another name",
                        severity="warning",
                    )
                )
        if site.mask is not None and site.min_elevation.value != 0.0:
            problems.append(
                source.problem(
                    ("site", name, "min_elevation"),
                    f"{written(site.min_elevation)} is not used: the mask replaces it",
                    "take one of them away",
                    severity="warning",
                )
            )
    return problems


def _separation(latitude: Quantity, longitude: Quantity, reference: dict[str, Any]) -> float:
    """Return the angle between two places, deg."""
    lat1, lon1 = units.si(latitude, "angle"), units.si(longitude, "angle")
    lat2, lon2 = (units.parse_si(reference[k], "angle") for k in ("latitude", "longitude"))
    half = math.sin((lat1 - lat2) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon1 - lon2) / 2) ** 2
    return math.degrees(2 * math.asin(math.sqrt(half)))
