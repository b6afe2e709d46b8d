"""The figures of analyses: which there are, their words, what goes into each."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from orbits.mission.quantities import written
from orbits.plots.coverage import coverage_figure, poles
from orbits.plots.drawing import Kind, Plan, Words
from orbits.plots.phrases import spell
from orbits.plots.survey import Survey

_SIDES: Final = {0.0: "", -1.0: "south", 1.0: "north"}


def _coverages(survey: Survey) -> Iterator[Plan]:
    for name, found in survey.outcome.coverages.items():
        flat = not poles(found.grid) or np.ptp(found.grid.parallels) > 0.25 * np.pi
        for pole in (*((0.0,) if flat else ()), *poles(found.grid)):
            subject = f"{name}-{_SIDES[pole]}" if pole else name
            words = partial(_coverage_words, survey, name, pole)
            yield Plan(subject, words, partial(_coverage_figure, survey, name, pole))


def _coverage_words(survey: Survey, name: str, pole: float) -> Words:
    o = survey.outcome
    said, found = o.mission.analysis.coverage[name], o.coverages[name]
    line = f"{survey.days()}; by {', '.join(said.by)}; cells of {written(said.grid)}"
    line += f"; elevation of at least {written(said.min_elevation)}"
    line += f"; {found.fold} in view" if found.fold > 1 else ""
    line += "; gaps as far as seen"
    alt = f"Share of the time covered: {survey.value(f'coverage.{name}.mean_percent'):.1f} % "
    alt += f"on average, {survey.value(f'coverage.{name}.min_percent'):.1f} % at the worst cell"
    gap = survey.value(f"coverage.{name}.longest_gap")
    alt += "." if gap is None else f"; longest gap {spell(gap)}."
    side = f", {_SIDES[pole]} pole" if pole else ""
    return Words(f"Coverage: {name}{side}", line, alt)


def _coverage_figure(
    survey: Survey, name: str, pole: float, preset: str, words: Words
) -> Figure:
    sites = list(survey.outcome.sites.values())
    return coverage_figure(survey.outcome.coverages[name], sites, preset, words, pole=pole)


KINDS: Final = (
    Kind(
        "coverage",
        "maps of the share of time covered and of the longest gap",
        "Left the share of the time, right the longest time without.",
        "an analysis.coverage table",
        _coverages,
    ),
)
