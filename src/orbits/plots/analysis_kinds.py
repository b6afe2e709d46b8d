"""The figures of analyses: which there are, their words, what goes into each."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from astropy.units import Quantity
from matplotlib.figure import Figure

from orbits.mission.quantities import written
from orbits.mission.requirements import Verdict
from orbits.mission.sweep import DONE, carried
from orbits.plots.coverage import coverage_figure, poles
from orbits.plots.delta_v import delta_v_figure
from orbits.plots.drawing import Kind, Plan, Words
from orbits.plots.phrases import series, spell
from orbits.plots.sensitivity import MOST, Response, Varied, sensitivity_figure
from orbits.plots.style import label
from orbits.plots.survey import Survey
from orbits.units import si

Samples = Callable[[], Sequence[Any]]
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


# -- sensitivity --------------------------------------------------------------------------


def _sensitivities(survey: Survey) -> Iterator[Plan]:
    said = survey.outcome.mission.analysis.vary
    if survey.samples is not None and len(said) == 1 and _asked(survey):
        subject = said[0].key.replace(".orbit.", ".").removeprefix("spacecraft.")
        yield Plan(
            subject.replace(".", "-").replace("_", "-"),
            partial(_sensitivity_words, survey, survey.samples),
            partial(_sensitivity_figure, survey, survey.samples),
        )


def _asked(survey: Survey) -> list[Verdict]:
    """Return the verdicts that have a panel: the first on each quantity."""
    found = {verdict.quantity: verdict for verdict in reversed(survey.outcome.verdicts)}
    return list(reversed(found.values()))[:MOST]


def _numbers(values: Sequence[object]) -> tuple[np.ndarray, str]:
    """Return values of a file and their unit; ``ValueError`` where one is no number."""
    parts = [str(value).strip().partition(" ") for value in values]
    return np.array([float(number) for number, _, _ in parts]), parts[0][2].strip()


def _sensitivity_words(survey: Survey, samples: Samples) -> Words:
    rows, key = samples(), survey.outcome.mission.analysis.vary[0].key
    said = []
    for verdict in carried(rows):
        said.append(f"{verdict.name}: {verdict.text}")
    lost = sum(row.status != DONE for row in rows)
    said += [f"{lost} not flown to the end"] if lost else []
    line = f"{survey.days()}; {len(rows)} flights with other values of {key}"
    return Words(f"Sensitivity to {key}", line, f"{key}: {series(said)}.")


def _sensitivity_figure(survey: Survey, samples: Samples, preset: str, words: Words) -> Figure:
    rows, o = samples(), survey.outcome
    key, values = o.mission.analysis.vary[0].key, [row.values[0] for row in rows]
    try:
        x, unit, names = *_numbers(values), ()
    except ValueError:
        x, unit, names = np.arange(len(values), dtype=float), "", tuple(map(str, values))
    found = []
    for verdict in _asked(survey):
        scale = _scale(o.quantities[verdict.quantity], verdict)
        flown = [row.quantities.get(verdict.quantity) for row in rows]
        y = scale * np.array([np.nan if v is None else v for v in flown], dtype=float)
        word = _short(verdict.quantity)
        found.append(Response(word, verdict.unit, x, y, verdict.limit, verdict.at_least))
    axis = Varied(label(key, unit) if unit else key, _nominal(o, key, unit), names)
    return sensitivity_figure(found, axis, preset, words)


def _scale(stated: Any, verdict: Verdict) -> float:
    """Return the factor from the unit of a quantity to that of the limit on it."""
    if stated.value and verdict.value:
        return verdict.value / stated.value
    return float(si(Quantity(1.0, stated.unit) / Quantity(1.0, verdict.unit), "ratio"))


def _short(path: str) -> str:
    """Return "availability" for "chain.far-side-relay.availability"."""
    return path.rpartition(".")[2].replace("_", " ").capitalize()


def _nominal(outcome: Any, key: str, unit: str) -> float | None:
    """Return the value of the file itself, None where it is written in another unit."""
    table: Any = outcome.provenance.get("mission")
    for part in key.split("."):
        table = table.get(part) if isinstance(table, dict) else None
    if table is None:
        return None
    try:
        value, written_in = _numbers([table])
    except ValueError:
        return None
    return float(value[0]) if written_in == unit else None


# -- delta-v ------------------------------------------------------------------------------


def _budgets(survey: Survey) -> Iterator[Plan]:
    for name in survey.outcome.spacecraft:
        costs = _costs(survey, name)
        if costs:
            words = partial(_budget_words, survey, name)
            yield Plan(name, words, partial(delta_v_figure, costs))


def _costs(survey: Survey, name: str) -> dict[str, float]:
    """Return what the steps of a spacecraft's sequence cost, m/s, without those that coast."""
    start, found = f"spacecraft.{name}.step.", {}
    for path in survey.outcome.quantities:
        if path.startswith(start) and path.endswith(".delta_v") and survey.value(path):
            found[path.removeprefix(start).removesuffix(".delta_v")] = survey.value(path)
    return found


def _budget_words(survey: Survey, name: str) -> Words:
    costs = _costs(survey, name)
    said = [f"{step} {value:,.1f} m/s" for step, value in costs.items()]
    line = f"{survey.days()}; as flown by the computation, without margin"
    alt = f"Delta-v of {name}: {sum(costs.values()):,.1f} m/s in all; {series(said, 9)}."
    return Words(f"Delta-v of {name}", line, alt)


KINDS: Final = (
    Kind(
        "coverage",
        "maps of the share of time covered and of the longest gap",
        "Left the share of the time, right the longest time without.",
        "an analysis.coverage table",
        _coverages,
    ),
    Kind(
        "sensitivity",
        "the numbers of the requirements over the value that the mission varies",
        "Filled marks hold, hollow ones fail; the dashed line is the limit.",
        "one analysis.vary table and a requirement",
        _sensitivities,
    ),
    Kind(
        "delta-v",
        "what each manoeuvre of a sequence costs, and the total",
        "A bar begins where the one before it ended.",
        "a spacecraft with a sequence that burns",
        _budgets,
    ),
)
