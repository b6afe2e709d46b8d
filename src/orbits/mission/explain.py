"""A validation error in the user's words: what is wrong, where, and what to write instead."""

import difflib
from collections.abc import Iterable, Sequence
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from orbits.mission.locate import Path
from orbits.mission.problems import Problem, Source, dotted
from orbits.mission.quantities import what
from orbits.mission.schema import Mission
from orbits.mission.schema_catalogue import TwoLine
from orbits.mission.schema_spacecraft import (
    Cartesian,
    EphemerisFile,
    Frozen,
    Halo,
    Keplerian,
)
from orbits.mission.schema_sun_synchronous import SunSynchronous

_NEEDED = {
    "string_type": ("a string", "put it in quotes"),
    "int_type": ("a whole number", "write it without quotes and without a point"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "tuple_type": ("a list", "put it in square brackets"),
    "dict_type": ("a table", "write a [table] or { key = value }"),
    "model_type": ("a table", "write a [table] or { key = value }"),
    "model_attributes_type": ("a table", "write a [table] or { key = value }"),
}
_TABLE = "{ ... }"
_FRAME_ADVICE = (
    "add the plane that the inclination refers to, for example frame = "
    '"moon-equator-of-epoch", "earth-orbit-plane-of-epoch", "earth-equator-of-epoch" or "icrf"'
)


def close_match(word: str, known: Iterable[str]) -> str | None:
    """Return the one of ``known`` that ``word`` is probably a slip of."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def suggestion(word: str, known: Iterable[str], what_they_are: str) -> str:
    """Return "did you mean ...?", or the list of what is known."""
    names = list(known)
    match = close_match(word, names)
    if match:
        return f'did you mean "{match}"?'
    if not names:
        return f"this file has no {what_they_are}"
    return f"the {what_they_are} are {', '.join(names)}"


def explain(error: ErrorDetails, data: dict[str, Any], source: Source) -> Problem:
    """Return the problem that pydantic found in ``data``, placed in ``source``."""
    path = path_in(data, error["loc"])
    kind, value = error["type"], error["input"]
    facts = error.get("ctx", {})
    on = "value"
    if kind == "orbits":
        message, help_ = facts["message"], facts["help"]
        path = (*path, facts["key"]) if facts["key"] else path
    elif kind == "extra_forbidden":
        on = "key"
        message = f'unknown key "{path[-1]}"'
        help_ = suggestion(str(path[-1]), _keys(path[:-1], data), "keys here")
    elif kind == "missing":
        on = "value" if isinstance(path[-1], int) else "key"
        path, message, help_ = _missing(path, data)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        path, message, help_ = _orbit_kind(path, value)
    elif kind == "literal_error":
        message, help_ = _not_among(value, facts["expected"])
    elif kind == "string_pattern_mismatch":
        on = "key" if error["loc"][-1] == "[key]" else "value"
        message = f'"{value}" is not a name in lower-case-with-hyphens'
        help_ = f'write for example "{_hyphenated(str(value))}"'
    elif kind in _NEEDED:
        needed, help_ = _NEEDED[kind]
        message = f"{what(value)}, but {needed} is needed"
    elif kind in ("too_short", "string_too_short"):
        message, help_ = "empty", "give at least one" if kind == "too_short" else "give a text"
    else:
        message, help_ = f"{value!r} cannot stand here", error["msg"].lower()
    return source.problem(path, message, help_, on=on)


def path_in(tables: Any, loc: Sequence[str | int]) -> Path:
    """Return the part of pydantic's location that is keys of the file."""
    path: Path = ()
    data: Any = tables
    for k, part in enumerate(loc):
        if _holds(data, part):
            path, data = (*path, part), cast(Any, data)[part]
        elif k == len(loc) - 1 and _could_hold(data, part):
            path = (*path, part)
    return path


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list | tuple) and isinstance(part, int) and part < len(data)


def _could_hold(data: Any, part: str | int) -> bool:
    """Tell whether ``part`` is a key that is missing, not one of pydantic's own marks."""
    if isinstance(part, int):
        return isinstance(data, list | tuple)
    return isinstance(data, dict) and part != "[key]" and not part.startswith("kind=")


def _missing(path: Path, data: Any) -> tuple[Path, str, str]:
    key = path[-1]
    if isinstance(key, int):
        return path[:-1], f"{key} values, but more are needed", "give all three components"
    message, example = f'the key "{key}" is missing', _example(path, data)
    if key == "frame":
        return path, message, _FRAME_ADVICE
    if example == _TABLE:
        return path, message, f"add a table [{dotted(path)}]"
    return path, message, f"add {key} = {example}"


def _orbit_kind(path: Path, value: Any) -> tuple[Path, str, str]:
    kinds = sorted(_orbit_models())
    if not isinstance(value, dict):
        return path, f"{what(value)}, but a table is needed", _NEEDED["dict_type"][1]
    if "kind" not in value:
        return (*path, "kind"), 'the key "kind" is missing', 'add kind = "keplerian"'
    kind = value["kind"]
    return (
        (*path, "kind"),
        f'unknown kind "{kind}"',
        suggestion(str(kind), kinds, "kinds known"),
    )


def _not_among(value: Any, expected: str) -> tuple[str, str]:
    names = [name.strip().strip("'") for name in expected.replace(" or ", ", ").split(", ")]
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
    if len(names) == 1:
        return f"{shown} cannot stand here", f"the only value here is {names[0]}"
    return f"{shown} is not known here", suggestion(str(value), names, "values known")


def _hyphenated(name: str) -> str:
    letters = [c if c.isascii() and c.isalnum() else "-" for c in name.lower()]
    return "-".join(part for part in "".join(letters).split("-") if part) or "a-name"


# -- the models, walked along a path --------------------------------------------------------


def _orbit_models() -> dict[str, type[BaseModel]]:
    """Return the orbit kinds and their models."""
    return {
        "keplerian": Keplerian,
        "cartesian": Cartesian,
        "ephemeris": EphemerisFile,
        "frozen": Frozen,
        "halo": Halo,
        "sun-synchronous": SunSynchronous,
        "tle": TwoLine,
    }


def _annotation(path: Path, data: Any) -> Any:
    """Return the type that the schema gives to what stands at ``path``; None if unknown."""
    at: Any = Mission
    for part in path:
        at = _inside(_bare(at, data), part)
        data = data[part] if _holds(data, part) else None
    return _bare(at, data)


def _inside(at: Any, part: str | int) -> Any:
    if isinstance(at, type) and issubclass(at, BaseModel):
        for name, field in at.model_fields.items():
            if part == (field.alias or name):
                return Annotated[field.annotation, field]
        return None
    inner = get_args(at)
    if get_origin(at) is dict:
        return inner[1]
    return inner[0] if get_origin(at) is tuple else None


def _bare(at: Any, data: Any) -> Any:
    """Return ``at`` without its annotations, its None, and its other kinds of orbit."""
    while True:
        origin = get_origin(at)
        if origin is Annotated:
            at = get_args(at)[0]
        elif origin in (Union, UnionType):
            choices = [choice for choice in get_args(at) if choice is not type(None)]
            kind = data.get("kind") if isinstance(data, dict) else None
            at = _orbit_models().get(str(kind), choices[0])
        else:
            return at


def _keys(path: Path, data: Any) -> list[str]:
    model = _annotation(path, data)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [field.alias or name for name, field in model.model_fields.items()]
    return []


def _example(path: Path, data: Any) -> str:
    """Return what a missing key could be, as TOML."""
    model = _annotation(path[:-1], data)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return "..."
    schema = model.model_json_schema(by_alias=True)
    field = schema["properties"].get(str(path[-1]), {})
    if "$ref" in field:
        return _TABLE
    values = field.get("examples") or field.get("enum") or [field.get("const", "...")]
    value = values[0]
    return f'"{value}"' if isinstance(value, str) else str(value)
