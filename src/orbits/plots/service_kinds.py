"""The figures of service: who talks to which station."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from matplotlib.figure import Figure

from orbits.mission.quantities import written
from orbits.plots import figures
from orbits.plots.contacts import Row
from orbits.plots.drawing import Kind, Plan, Words
from orbits.plots.phrases import count, series, spell
from orbits.plots.style import COLOURS, HATCHES
from orbits.plots.survey import Survey


def _plans(survey: Survey) -> Iterator[Plan]:
    for name in survey.outcome.studies.service.plans:
        words = partial(_plan_words, survey, name)
        yield Plan(name, words, partial(_plan_figure, survey, name))


def _pairs(survey: Survey, name: str) -> dict[str, list[str]]:
    """Return the station and the spacecraft of each row by key of windows."""
    start = f"contact-plan.{name}."
    return {k: k.split(".")[2:] for k in survey.outcome.windows if k.startswith(start)}


def _plan_words(survey: Survey, name: str) -> Words:
    said = survey.outcome.mission.analysis.contact_plan[name]
    plan = survey.outcome.studies.service.plans[name]
    line = f"{survey.days()}; one contact at a time; contacts of at least "
    line += f"{written(said.min_contact)}, {written(said.station_gap)} to turn, "
    line += f"{written(said.spacecraft_gap)} to hand over"
    hours = [
        f"{station} with {craft} {survey.outcome.windows[key].total / 3600.0:,.1f} h"
        for key, (station, craft) in _pairs(survey, name).items()
    ]
    alt = f"{count(len(plan.contacts), 'contact')}, longest gap "
    alt += f"{spell(plan.windows().longest_gap)}: {series(hours)}."
    return Words(f"Contact plan: {name}", line, alt)


def _plan_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    pairs = _pairs(survey, name)
    crafts = list(dict.fromkeys(craft for _, craft in pairs.values()))
    rows = [
        Row(
            f"{station} · {craft}",
            survey.outcome.windows[key],
            COLOURS[crafts.index(craft) % 7],
            HATCHES[crafts.index(craft) % 7],
        )
        for key, (station, craft) in pairs.items()
    ]
    return figures.contacts_figure(rows, [], survey.outcome.span, preset, words)


KINDS: Final = (
    Kind(
        "contact-plan",
        "which station serves which spacecraft, each one at a time",
        "A bar is a contact; at the right stand the share of the span and their number.",
        "an analysis.contact-plan table",
        _plans,
    ),
)
