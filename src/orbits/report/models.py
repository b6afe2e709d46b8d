"""Models and assumptions: what the numbers rest on, value by value, with sources."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orbits.report.blocks import CODE, MARK, Column, Items, Para, Part, Section, Table, some
from orbits.report.inputs import Input, inputs, sources
from orbits.report.material import Material

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

# What a model is called in the provenance -> where it is published.
PUBLISHED = {
    "DE421": "Folkner, Williams and Boggs (2009), IPN Progress Report 42-178",
    "DE440": "Park et al. (2021), Astron. J. 161, 105",
    "grgm1200a": "GRGM1200A: Lemoine et al. (2014), doi 10.1002/2014GL060027",
    "egm96": "EGM96: Lemoine et al. (1998), NASA/TP-1998-206861",
    "jgm3": "JGM3: Tapley et al. (1996), doi 10.1029/96JB01645",
}
_ALWAYS = (
    ("Time", "TDB inside, in seconds past J2000; instants are shown in UTC",
     "IERS Conventions (2010)"),
    ("Trajectories", "ICRF axes about the centre body; osculating elements in named planes",
     "IERS Conventions (2010)"),
    ("Gravitational parameters", "those of DE440, TDB-compatible, whatever gives the positions",
     PUBLISHED["DE440"]),
    ("Shadows", "cones of Sun (695,700 km), Earth (6378.137 km) and Moon (1737.4 km)",
     "IAU 2015 B3 (Sun)"),
)  # fmt: skip
_SITES = {
    "earth": ("WGS84 ellipsoid, ITRF; latitude geodetic, longitude east positive",
              "NIMA TR8350.2"),
    "moon": ("mean-Earth axes, sphere of 1737.4 km; longitude east positive",
             "Archinal et al. (2018), doi 10.1007/s10569-017-9805-5"),
}  # fmt: skip
_LIGHT = {
    "geometric": "geometric: no light time",
    "light-time": "light time, no aberration",
    "apparent": "apparent: light time and stellar aberration",
}
_TABLES = {"site": "Sites", "link": "Links", "chain": "Chains"}
# Tables of the mission file that this section, or another, shows in a way of their own.
_ELSEWHERE = (
    "schema", "mission", "spacecraft", *_TABLES, "group", "analysis", "requirement", "flown",
    "output",
)  # fmt: skip
_COLUMNS = (Column("Input", kind=CODE), Column("Value"), Column("Basis", kind=MARK))
_WIDEST = 8  # keys that are still shown side by side
_AS_READ = "What the file leaves out stands with its default."


def models(outcome: "Outcome", material: Material) -> Section:
    """Return frames, time scales, models, inputs and sources."""
    del material
    mission: Mapping[str, Any] = outcome.provenance["mission"]
    parts = [Part("Frames, time scales and models", (_models(outcome),)), *_inputs(mission)]
    columns = (Column("Table of the mission file", kind=CODE), Column("Source"))
    references = tuple(mission["mission"].get("references") or ())
    listed = some(
        Table("Sources named in the mission file", columns, tuple(sources(mission))),
        Items(references) if references else None,
    )
    if listed:
        parts.append(Part("Sources", listed))
    if outcome.never_active:
        text = "These constraints hold throughout the span, so that they decide nothing:"
        idle = Items(tuple(name.replace("/", ": ") for name in outcome.never_active))
        parts.append(Part("Constraints that are never active", (Para(text), idle)))
    return Section("models", "Models and assumptions", (), tuple(parts))


def _models(outcome: "Outcome") -> Table:
    data = outcome.provenance["data"]
    rows: list[tuple[str, str, str]] = list(_ALWAYS)
    for name in dict.fromkeys(site.body for site in outcome.sites.values()):
        rows.append((f"Sites on the {name.title()}", *_SITES[name]))
    if "ephemeris" in data:
        name = str(data["ephemeris"]["name"])
        rows.append(("Sun, Moon and planets", name, PUBLISHED.get(name, "")))
    earth = data.get("earth_orientation")
    if earth:
        until = f"; measured until {earth['measured_until']}"
        until += ", predicted beyond" if earth.get("predicted") else ""
        until += ", held beyond the table" if earth.get("held") else ""
        rows.append(("Orientation of the Earth", earth["model"] + until, "IERS finals2000A"))
    if "moon_orientation" in data:
        name = str(data["moon_orientation"])
        rows.append(("Orientation of the Moon", name, PUBLISHED.get(name, "")))
    for body, field in data.get("gravity", {}).items():
        words = f"{field['table'].upper()} to degree and order {field['degree']}"
        rows.append(
            (f"Gravity of the {body.title()}", words, PUBLISHED.get(field["table"], ""))
        )
    for name, path in data.get("trajectories", {}).items():
        if "integrator" in path:
            words = f"{path['integrator']} at a tolerance of {path['tolerance']:g}"
            rows.append((f"Integration of {name}", words, ""))
    for name, chain in outcome.chains.items():
        words = f"{_LIGHT[chain.light_time]}; tagged at reception at the last node"
        rows.append((f"Signals of {name}", words, ""))
    columns = (Column("Subject"), Column("Model"), Column("Source"))
    return Table("Frames, time scales and models in use", columns, tuple(rows))


def _inputs(mission: Mapping[str, Any]) -> list[Part]:
    """Return the inputs of each spacecraft, of sites, links and chains, of the analyses."""
    craft = tuple(
        _long(f"Spacecraft {name} as read", said, f"Source: {said['source']}. {_AS_READ}")
        if said.get("source")
        else _long(f"Spacecraft {name} as read", said, _AS_READ)
        for name, said in mission.get("spacecraft", {}).items()
    )
    parts = [Part("Spacecraft", craft)] if craft else []
    for key, word in _TABLES.items():
        tables = mission.get(key, {})
        if tables:
            parts.append(Part(word, tuple(_together(word, tables))))
    groups = _long("Groups as read", mission.get("group", {}), "")
    if groups.rows:
        parts.append(Part("Groups", (groups,)))
    for key in (one for one in mission if one not in _ELSEWHERE):
        tables = mission[key] if isinstance(mission[key], Mapping) else {}
        found = [
            _long(f"{key.capitalize()} {name} as read", said, _AS_READ)
            for name, said in tables.items()
            if isinstance(said, Mapping)
        ]
        if found:
            parts.append(Part(key.capitalize(), some(*found)))
    analyses = _long("What is analysed", mission["analysis"], _AS_READ)
    if analyses.rows:
        parts.append(Part("Analyses", (analyses,)))
    return parts


def _long(title: str, said: Mapping[str, Any], note: str) -> Table:
    rows = tuple([one.path, one.value, one.basis] for one in inputs(said))
    return Table(title, _COLUMNS, rows, note)


def _together(word: str, tables: Mapping[str, Mapping[str, Any]]) -> list[Table]:
    """Return tables of one kind side by side, and by themselves the tables within them."""
    flat: dict[str, list[Input]] = {}
    inner: list[tuple[str, Mapping[str, Any]]] = []
    for name, said in tables.items():
        plain = {key: one for key, one in said.items() if not isinstance(one, Mapping)}
        flat[name] = list(inputs(plain))
        inner += [(f"{name}.{k}", one) for k, one in said.items() if isinstance(one, Mapping)]
    keys = list(dict.fromkeys(one.path for found in flat.values() for one in found))
    if len(keys) > _WIDEST:
        found = [
            _long(f"{word[:-1]} {name} as read", said, "") for name, said in tables.items()
        ]
        return [one for one in found if one.rows]
    rows = []
    for name, found in flat.items():
        values = {one.path: one.value for one in found}
        guessed = ", ".join(one.path for one in found if one.assumed)
        rows.append([name, *(values.get(key) for key in keys), guessed])
    columns = (
        Column(word[:-1]), *(Column(key.replace("_", " ")) for key in keys), Column("Assumed"),
    )  # fmt: skip
    whole = Table(f"{word} as read", columns, tuple(rows), _AS_READ)
    return [whole, *(t for name, one in inner if (t := _long(f"{name} as read", one, "")).rows)]
