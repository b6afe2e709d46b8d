"""A figure that a mission offers: its name, what it says in words, and how it is drawn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from orbits.plots.style import footer as foot
from orbits.plots.style import style

if TYPE_CHECKING:
    from orbits.plots.survey import Survey


@dataclass(frozen=True, slots=True)
class Words:
    """A figure in words.

    Attributes
    ----------
    title : str
        The heading.
    line : str
        Under the heading: the span, the axes, what is not self-evident.
    alt : str
        Sentences with the numbers that matter, for those who do not see the figure.
    """

    title: str
    line: str
    alt: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One figure of a kind.

    Attributes
    ----------
    subject : str
        What it is about: a chain, a spacecraft, a site.
    words : callable
        Returns its `Words`; looks at the data, so that it may take a second.
    figure : callable
        Takes the preset and the words, returns the figure.
    """

    subject: str
    words: Callable[[], Words]
    figure: Callable[[str, Words], Figure]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure. A new one is a function that yields plans, and a row in `KINDS`.

    Attributes
    ----------
    name : str
        Of the kind; its figures are called NAME-SUBJECT.
    shows : str
        One line for lists.
    reading : str
        A sentence on how to read it, the end of every caption.
    needs : str
        What a mission must have, for the message to one that has not.
    plans : callable
        What a mission offers of this kind, nothing where it does not apply.
    """

    name: str
    shows: str
    reading: str
    needs: str
    plans: "Callable[[Survey], Iterator[Plan]]"


class Drawing:
    """A figure on offer; nothing is drawn before it is called.

    Attributes
    ----------
    name : str
    kind : Kind
    """

    def __init__(self, kind: Kind, plan: Plan, provenance: Callable[[], str]) -> None:
        self.kind = kind
        self.name = f"{kind.name}-{plan.subject}"
        self._plan = plan
        self._provenance = provenance
        self._words: Words | None = None

    def __call__(self, preset: str = "slide", *, footer: bool = True) -> Figure:
        """Return the figure in the style ``preset``, "slide" or "paper".

        ``footer``: with the mission, its issue, the version and the hash at its foot.
        """
        with style(preset):
            figure = self._plan.figure(preset, self.words())
            if footer:
                foot(figure, self._provenance())
        return figure

    def words(self) -> Words:
        """Return title, line and alternative text, found once."""
        if self._words is None:
            self._words = self._plan.words()
        return self._words

    def title(self) -> str:
        """Return the heading."""
        return self.words().title

    def alt(self) -> str:
        """Return the alternative text: what is seen, in sentences with their numbers."""
        return self.words().alt

    def caption(self) -> str:
        """Return the heading, the line under it, and how to read the figure."""
        said = self.words()
        return f"{said.title}. {said.line[:1].upper()}{said.line[1:]}. {self.kind.reading}"
