"""What the mission file says, value by value: assumed or stated, and from where."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_NOT_VALUES = ("source", "assumed")


class Input(NamedTuple):
    """One value of the normalised mission.

    Attributes
    ----------
    path : str
        Dotted, within the table it is asked of.
    value : str
    assumed : bool
    source : str
        Of the nearest table around it that names one.
    """

    path: str
    value: str
    assumed: bool
    source: str

    @property
    def basis(self) -> str:
        """The word that stands in tables."""
        return basis(self.assumed)


def basis(assumed: bool) -> str:
    """Return what a value rests on, in a word."""
    return "assumed" if assumed else "stated"


def inputs(table: Mapping[str, Any], path: str = "", source: str = "") -> Iterator[Input]:
    """Yield the values of a table and of the tables in it, empty ones left out."""
    source = str(table.get("source") or source)
    assumed = set(table.get("assumed") or ())
    for key, value in table.items():
        here = f"{path}.{key}" if path else key
        if key in _NOT_VALUES or value in ({}, [], "", None):
            continue
        if isinstance(value, Mapping):
            for one in inputs(value, here, source):
                yield one._replace(assumed=one.assumed or key in assumed)
        elif isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
            for number, row in enumerate(value, start=1):
                yield from inputs(row, f"{here} {number}", source)
        else:
            yield Input(here, text(value), key in assumed, source)


def text(value: Any) -> str:
    """Return a value of the file in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(
            f"({text(one)})" if isinstance(one, list) else text(one) for one in value
        )
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {text(one)}" for key, one in value.items())
    return str(value)


def sources(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the sources that the tables name: path of the table, what it says."""
    if table.get("source"):
        yield path, str(table["source"])
    for key, value in table.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            yield from sources(value, here)
        elif isinstance(value, list):
            for number, row in enumerate(value, start=1):
                if isinstance(row, Mapping):
                    yield from sources(row, f"{here}.{row.get('name', number)}")
