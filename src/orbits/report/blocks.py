"""What a report is made of: sections, tables, figures, sentences; values without HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Para:
    """A sentence or several; ``kind`` "note" is set apart, "warning" calls for attention."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    texts: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Text to be read letter by letter: a command, a file; folded away under ``title``."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    title : str
    unit : str
        Unit or time scale, shown in brackets.
    kind : str
        "text", "number", "instant", "code" (a path or a hash), "mark" (PASS, FAIL, ...),
        "unit".
    digits : int or None
        Decimals of numbers (None: as many as the size of each asks for), of seconds of an
        instant (None: those of a text; whole seconds of a number).
    """

    title: str
    unit: str = ""
    kind: str = "text"
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a caption that says frame and time scale; None is an empty cell.

    An instant is a text, as the documents write it, or TDB seconds past J2000.

    Attributes
    ----------
    title : str
    columns : tuple of Column
    rows : tuple
    note : str
        Under the table.
    full : bool
        Whether it is a table to work with: sorted, filtered, copied.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure.

    Attributes
    ----------
    name, family : str
        Of the figure, and of its kind: "contacts-far-side-relay", "contacts".
    title, alt : str
        What stands under it, and what it shows to who does not see it.
    image : bytes
        PNG or SVG.
    """

    name: str
    family: str
    title: str
    alt: str
    image: bytes = field(repr=False)


Block = Para | Items | Listing | Table | Picture


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks under a heading of their own within a section."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section; ``ident`` is its anchor."""

    ident: str
    title: str
    blocks: tuple[Block, ...]
    parts: tuple[Part, ...] = ()


def some(*blocks: Block | None) -> tuple[Block, ...]:
    """Return the blocks that are there; a table without rows is not."""
    return tuple(
        one
        for one in blocks
        if one is not None and not (isinstance(one, Table) and not one.rows)
    )


NUMBER, INSTANT, CODE, MARK = "number", "instant", "code", "mark"
UNIT = Column("Unit", kind="unit")
BASIS = Column("Rests on", kind=MARK)
