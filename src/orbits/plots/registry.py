"""Which figures an outcome offers, and how each is drawn and saved."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from orbits.plots import analysis_kinds, craft_kinds, link_kinds, service_kinds, sun_kinds
from orbits.plots.drawing import Drawing, Kind
from orbits.plots.style import style
from orbits.plots.survey import Survey

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        *link_kinds.KINDS,
        *service_kinds.KINDS,
        *craft_kinds.KINDS,
        *sun_kinds.KINDS,
        *analysis_kinds.KINDS,
    )
}
Samples = Callable[[], Sequence[Any]]
MOST: Final = 12  # figures of a kind, where all are asked for
FORMATS: Final = ("png", "svg", "pdf")


def figures(outcome: Any, samples: Samples | None = None) -> dict[str, Drawing]:
    """Return the figures that ``outcome`` offers, by name: KIND-SUBJECT.

    Parameters
    ----------
    outcome : Outcome
    samples : callable, optional
        Returns the samples of the sweep over what the mission varies, when the figure of
        them is drawn. Without it that figure is not offered.

    Returns
    -------
    dict of Drawing
        ``figures(outcome)["contacts-far-side-relay"]("paper")`` draws one; nothing is drawn
        before. Each also has ``title()``, ``alt()`` and ``caption()``. `KINDS` lists the
        kinds; the subject is the chain, "links" for the links that no chain uses, the
        spacecraft, the site or the analysis.
    """
    survey = Survey(outcome, samples)
    drawings = [
        Drawing(kind, plan, survey.provenance)
        for kind in KINDS.values()
        for plan in kind.plans(survey)
    ]
    return {drawing.name: drawing for drawing in drawings}


def chosen(offered: Mapping[str, Drawing], names: str | Iterable[str]) -> dict[str, Drawing]:
    """Return those of ``offered`` that ``names`` asks for.

    Parameters
    ----------
    offered : dict
        What `figures` returns.
    names : "all", "none" or names
        Of a kind, or of one figure: ``contacts`` stands for every ``contacts-CHAIN``. "all"
        takes the first `MOST` of each kind, so that a constellation has a report too.

    Raises
    ------
    ValueError
        For a name that is not offered: the nearest one, or what the mission lacks.
    """
    if names == "all":
        return _fewest(offered)
    if names == "none":
        return {}
    found: dict[str, Drawing] = {}
    for want in [names] if isinstance(names, str) else names:
        match = {n: d for n, d in offered.items() if want in (n, d.kind.name)}
        if not match:
            raise ValueError(_missing(want, offered))
        found.update(match)
    return found


def _fewest(offered: Mapping[str, Drawing]) -> dict[str, Drawing]:
    """Return the first ``MOST`` figures of each kind."""
    count = Counter()
    found = {}
    for name, drawing in offered.items():
        count[drawing.kind.name] += 1
        if count[drawing.kind.name] <= MOST:
            found[name] = drawing
    return found


def _missing(want: str, offered: Mapping[str, Drawing]) -> str:
    """Return why there is no figure ``want``."""
    if want in KINDS:
        return f"no figure {want!r}: it needs {KINDS[want].needs}, which this mission has not"
    close = get_close_matches(want, offered, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"no figure {want!r}: {hint}this mission offers {', '.join(offered)}"


def check_kind(name: str) -> None:
    """Raise ``ValueError``, naming the nearest kind, if no kind has figures of this name."""
    if not any(name == kind or name.startswith(f"{kind}-") for kind in KINDS):
        close = get_close_matches(name, KINDS, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"no kind of figure {name!r}{hint} The kinds are {', '.join(KINDS)}")


def save(figure: Figure, path: Path, preset: str = "slide") -> Path:
    """Write ``figure`` as PNG, SVG or PDF by the suffix of ``path``; same figure, same bytes.

    Letters are outlines in SVG and an embedded TrueType font in PDF, so that a figure looks
    the same everywhere.
    """
    with style(preset):
        if path.suffix == ".svg":
            figure.savefig(path, format="svg", metadata={"Date": None, "Creator": "orbits"})
        elif path.suffix == ".pdf":
            none = {"CreationDate": None, "ModDate": None, "Producer": None}
            figure.savefig(path, format="pdf", metadata={"Creator": "orbits", **none})
        else:
            figure.savefig(
                path, format="png", dpi="figure", metadata={"Software": None},
                pil_kwargs={"compress_level": 3},
            )  # fmt: skip
    return path


def save_figures(
    offered: Mapping[str, Drawing], folder: Path | str, *, names: str | Iterable[str] = "all",
    formats: Sequence[str] = ("png",), preset: str = "slide", footer: bool = True,
) -> list[Path]:  # fmt: skip
    """Draw figures, write them as ``folder``/NAME.png, .svg or .pdf, return the paths.

    Parameters
    ----------
    offered : dict
        What `figures` returns.
    folder : Path
        Must be there.
    names : "all", "none" or names
        See `chosen`.
    formats : sequence of str
        ``png``, ``svg``, ``pdf``.
    preset : str
        ``slide`` or ``paper``.
    footer : bool
        Whether to write the provenance at the foot.

    Raises
    ------
    ValueError
        For a name that is not offered.
    """
    written = []
    for name, draw in chosen(offered, names).items():
        figure = draw(preset, footer=footer)
        written += [save(figure, Path(folder) / f"{name}.{kind}", preset) for kind in formats]
    return written
