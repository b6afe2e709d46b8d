"""Which figures an outcome offers, and how each is drawn and saved."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from orbits.plots.style import footer as foot
from orbits.plots.style import style
from orbits.plots.survey import Survey

Draw = Callable[..., Figure]


def figures(outcome: Any) -> dict[str, Draw]:
    """Return the figures that ``outcome`` offers: name -> ``draw(preset, footer) -> Figure``.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    dict
        For each chain ``contacts-CHAIN``, ``elevation-CHAIN`` and ``range-CHAIN``, where
        ``links`` stands for the links that no chain uses; for each spacecraft, as far as they
        make sense, ``orbit-CRAFT``, ``rotating-frame-CRAFT``, ``ground-track-CRAFT`` and
        ``apsides-CRAFT``; ``sky-SITE`` for sites. Nothing is drawn before ``draw`` is called,
        with ``preset`` "slide" (default) or "paper" and ``footer`` true (default) or false.
    """
    survey = Survey(outcome)
    return {name: _drawer(survey, make) for name, make in survey.offered().items()}


def _drawer(survey: Survey, make: Callable[[str], Figure]) -> Draw:
    def draw(preset: str = "slide", *, footer: bool = True) -> Figure:
        with style(preset):
            figure = make(preset)
            if footer:
                foot(figure, survey.provenance())
        return figure

    return draw


def chosen(offered: dict[str, Draw], names: str | Iterable[str]) -> dict[str, Draw]:
    """Return those of ``offered`` that ``names`` asks for.

    Parameters
    ----------
    offered : dict
        What `figures` returns.
    names : "all", "none" or names
        A name, or the first words of some: ``contacts`` stands for every ``contacts-CHAIN``.

    Raises
    ------
    ValueError
        For a name that is not offered; the message lists those that are.
    """
    if names in ("all", "none"):
        return dict(offered) if names == "all" else {}
    found: dict[str, Draw] = {}
    for want in [names] if isinstance(names, str) else names:
        match = {n: d for n, d in offered.items() if n == want or n.startswith(f"{want}-")}
        if not match:
            raise ValueError(f"no figure {want!r}; this mission offers {', '.join(offered)}")
        found.update(match)
    return found


def save(figure: Figure, path: Path, preset: str = "slide") -> Path:
    """Write ``figure`` as PNG or SVG by the suffix of ``path``; same figure, same bytes."""
    with style(preset):
        if path.suffix == ".svg":
            figure.savefig(path, format="svg", metadata={"Date": None, "Creator": "orbits"})
        else:
            figure.savefig(
                path, format="png", dpi="figure", metadata={"Software": None},
                pil_kwargs={"compress_level": 3},
            )  # fmt: skip
    return path


def save_figures(
    outcome: Any, folder: Path | str, *, names: str | Iterable[str] = "all",
    formats: Sequence[str] = ("png",), preset: str = "slide", footer: bool = True,
) -> list[Path]:  # fmt: skip
    """Draw figures of ``outcome``, write them as ``folder``/NAME.png or .svg, return the paths.

    Parameters
    ----------
    outcome : Outcome
    folder : Path
        Must be there.
    names : "all", "none" or names
        See `chosen`.
    formats : sequence of str
        ``png``, ``svg``.
    preset : str
        ``slide`` or ``paper``.
    footer : bool
        Whether to write the provenance at the foot.

    Raises
    ------
    ValueError
        For a name that the outcome does not offer.
    """
    written = []
    for name, draw in chosen(figures(outcome), names).items():
        figure = draw(preset, footer=footer)
        written += [save(figure, Path(folder) / f"{name}.{kind}", preset) for kind in formats]
    return written
