"""The figures of links and chains: which there are, their words, what goes into each."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from orbits.constants import SPEED_OF_LIGHT
from orbits.mission.measure import whole_days
from orbits.mission.radio import budget_of, by_link
from orbits.plots import figures
from orbits.plots.contacts import Band, Row
from orbits.plots.drawing import Kind, Plan, Words
from orbits.plots.durations import durations_figure
from orbits.plots.margins import margin_figure
from orbits.plots.phrases import count, series, signed, spell
from orbits.plots.sampling import stretches
from orbits.plots.series import Ranging
from orbits.plots.style import COLOURS, FAINT, HATCHES
from orbits.plots.survey import Legs, Survey
from orbits.plots.workload import workload_figure
from orbits.windows import Windows

_STRONG: Final = "#1B1B1B"
# What a figure can hold and stay readable; beyond it those that are open for longest.
_ROWS, _PANELS, _LINES = 24, 6, 5


def _fewer(shown: int, legs: int) -> str:
    return f"; the {shown} busiest of {legs} legs" if shown < legs else ""


# -- contacts -----------------------------------------------------------------------------


def _contacts(survey: Survey) -> Iterator[Plan]:
    for name, every in survey.chains().items():
        legs = survey.busiest(every, _ROWS)
        words = partial(_contact_words, survey, name, legs, _fewer(len(legs), len(every)))
        yield Plan(name, words, partial(_contact_figure, survey, name, legs))


def _contact_words(survey: Survey, name: str, legs: Legs, fewer: str) -> Words:
    windows, line = survey.outcome.windows, survey.days()
    said = [f"{survey.title(k)} {_share(windows[k])}" for k in legs]
    chain = windows.get(f"chain.{name}")
    if chain is not None:
        line += f"; longest window {chain.longest / 3600:.1f} h"
        line += f", longest gap {chain.longest_gap / 3600:.1f} h"
        line += (
            "; strip: who carries the chain, as the rows stand"
            if _carried(survey, name, legs)
            else ""
        )
        extremes = f"longest window {spell(chain.longest)}"
        extremes += f", longest gap {spell(chain.longest_gap)}"
        said.insert(0, f"the chain {name} {_share(chain)}, {extremes}")
    bands = _bands(survey)
    if bands and not any(band.windows.count for band in bands):
        line += "; no eclipse"
        said.append("no eclipse")
    said += [f"{band.name}: {count(band.windows.count, 'window')}" for band in bands
             if band.windows.count]  # fmt: skip
    line += fewer
    return Words(f"Contacts: {name}", line, f"Open, {survey.days()}: {series(said, 9)}.")


def _share(windows: Windows) -> str:
    return f"{100 * windows.availability:.1f} % in {count(windows.count, 'window')}"


def _bands(survey: Survey) -> list[Band]:
    held = survey.outcome.windows.items()
    bands = [_band(key, windows) for key, windows in held if key.startswith("eclipse.")]
    return sorted(bands, key=lambda band: band.umbra)  # the penumbra holds the umbra


def _band(key: str, windows: Windows) -> Band:
    """Return the band of the windows ``eclipse.CRAFT.BODY.KIND``."""
    _, craft, name, kind = key.split(".")
    return Band(f"{kind} of the {name.title()} at {craft}", windows, kind == "umbra")


def _looks(legs: Legs) -> dict[str, tuple[str, str]]:
    return {k: (COLOURS[i % 7], HATCHES[(i + i // 7) % 7]) for i, k in enumerate(legs)}


def _carried(survey: Survey, name: str, legs: Legs) -> list[tuple[float, float, str]]:
    """Return the strip of a chain: who carries it when, where there is more than one way."""
    colours = {survey.ends(k): look[0] for k, look in _looks(legs).items()}
    plan = survey.outcome.results[name].plan
    carried = [(c.start, c.stop, colours.get(c.nodes[-2:], FAINT)) for c in plan]
    return carried if len({colour for _, _, colour in carried}) > 1 else []


def _contact_figure(survey: Survey, name: str, legs: Legs, preset: str, words: Words) -> Figure:
    windows, looks = survey.outcome.windows, _looks(legs)
    rows = [
        Row(survey.title(k), windows[k], *looks[k], errors=_errors(survey, k)) for k in legs
    ]
    chain = windows.get(f"chain.{name}")
    if chain is not None:
        errors = _errors(survey, f"chain.{name}")
        rows.append(Row(name, chain, _STRONG, "", True, _carried(survey, name, legs), errors))
    span = survey.outcome.span
    return figures.contacts_figure(rows, _bands(survey), span, preset, words)


def _errors(survey: Survey, key: str) -> list[float | None]:
    """Return the greater edge error of each window, s; none without a budget."""
    if key not in survey.outcome.evidence.budgets:
        return []
    pairs = [(row.start_error, row.stop_error) for row in survey.outcome.rows[key]]
    known = [[error for error in pair if error is not None] for pair in pairs]
    return [max(found) if found else None for found in known]


# -- elevation and sky --------------------------------------------------------------------


def _elevations(survey: Survey) -> Iterator[Plan]:
    for name, legs in survey.chains().items():
        ends = list(survey.ground_ends(legs).items())
        for k in range(0, len(ends), _PANELS):
            page = {site: survey.busiest(keys, _LINES) for site, keys in ends[k : k + _PANELS]}
            number = k // _PANELS + 1
            words = partial(_elevation_words, survey, name, page, number)
            subject = name if number == 1 else f"{name}-{number}"
            yield Plan(subject, words, partial(_elevation_figure, survey, page))


def _elevation_words(
    survey: Survey, name: str, page: dict[str, list[str]], number: int
) -> Words:
    said = [
        f"{survey.track(key, site).name} over {site} rises to {_highest(survey, key, site)}"
        for site, keys in page.items()
        for key in keys
    ]
    line = f"{survey.days()}; strong where the link is open"
    title = f"Elevation: {name}" if number == 1 else f"Elevation: {name}, {number}"
    return Words(title, line, f"Elevation: {series(said)}.")


def _highest(survey: Survey, key: str, site: str) -> str:
    track = survey.track(key, site)
    most = f"{signed(float(np.degrees(track.elevation.max())), 0)} degrees"
    return f"{most}, open in {count(track.windows.count, 'window')}"


def _elevation_figure(
    survey: Survey, page: dict[str, list[str]], preset: str, words: Words
) -> Figure:
    tracks = [(site, [survey.track(key, site) for key in keys]) for site, keys in page.items()]
    return figures.elevation_figure(tracks, survey.outcome.span, preset, words)


def _skies(survey: Survey) -> Iterator[Plan]:
    for name, (site, key) in survey.skies().items():
        words = partial(_sky_words, survey, site, key)
        yield Plan(name, words, partial(_sky_figure, survey, site, key))


def _sky_words(survey: Survey, site: str, key: str) -> Words:
    track = survey.track(key, site)
    floor = np.degrees([track.horizon.min(), track.horizon.max()])
    mask = f"{floor[0]:.0f} degrees" if np.ptp(floor) < 0.5 else "{:.0f} to {:.0f} degrees"
    alt = f"{track.name} over {site} rises to {_highest(survey, key, site)}; "
    alt += f"the lowest elevation allowed is {mask.format(*floor)}."
    line = f"{survey.days()}; north up, zenith in the middle"
    return Words(f"{track.name} in the sky of {site}", line, alt)


def _sky_figure(survey: Survey, site: str, key: str, preset: str, words: Words) -> Figure:
    mask = survey.outcome.sites[site].mask
    corners = (mask.azimuth, mask.elevation) if mask else None
    return figures.sky_figure(survey.track(key, site), corners, preset, words)


# -- range --------------------------------------------------------------------------------


def _ranges(survey: Survey) -> Iterator[Plan]:
    for name, every in survey.chains().items():
        links: dict[str, list[str]] = {}
        for key in every:
            links.setdefault(key.split(".")[1], []).append(key)
        panels = [survey.busiest(legs, _LINES) for legs in links.values()][:_PANELS]
        shown = sum(map(len, panels))
        words = partial(_range_words, survey, name, panels, _fewer(shown, len(every)))
        yield Plan(name, words, partial(_range_figure, survey, panels))


def _range_words(survey: Survey, name: str, panels: list[list[str]], fewer: str) -> Words:
    legs = [key for keys in panels for key in keys]
    said = [text for key in legs if (text := _reach(survey.ranging(key)))]
    alt = f"Range and one-way light time while open: {series(said)}."
    alt = alt if said else "No link is open, so that no range is drawn strong."
    return Words(f"Range and light time: {name}", f"{survey.days()}; one way{fewer}", alt)


def _reach(ranging: Ranging) -> str:
    open_ = stretches(ranging.t, ranging.length, ranging.windows)[1]
    if not np.isfinite(open_).any():
        return ""
    low, high = float(np.nanmin(open_)), float(np.nanmax(open_))
    ms = [1e3 * x / SPEED_OF_LIGHT for x in (low, high)]
    text = f"{ranging.name} {low / 1e3:,.0f} to {high / 1e3:,.0f} km"
    return f"{text}, {ms[0]:,.0f} to {ms[1]:,.0f} ms"


def _range_figure(survey: Survey, panels: list[list[str]], preset: str, words: Words) -> Figure:
    ranged = [[survey.ranging(key) for key in keys] for keys in panels]
    return figures.range_figure(ranged, survey.outcome.span, preset, words)


# -- workload -----------------------------------------------------------------------------


def _workloads(survey: Survey) -> Iterator[Plan]:
    for name in survey.outcome.chains:
        words = partial(_workload_words, survey, name)
        yield Plan(name, words, partial(_workload_figure, survey, name))


def _hours(survey: Survey, name: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the seconds of each whole UTC day that each station carries a chain, and days."""
    o = survey.outcome
    edges, plan = whole_days(o.span), o.results[name].plan
    edges = edges if edges.size else np.array(o.span)
    ways = o.chains[name].ways
    carried = {way[-1]: np.zeros(edges.size - 1) for way in ways}
    for way in ways:
        rows = [part for part in plan if part.nodes == way]
        starts, stops = (np.array([row[k] for row in rows]) for k in (0, 1))
        carried[way[-1]] += Windows(starts, stops, o.span).totals(edges)
    return carried, edges


def _workload_words(survey: Survey, name: str) -> Words:
    carried, _ = _hours(survey, name)
    said = [f"{site} {x.mean() / 3600.0:.1f} h, at most {x.max() / 3600.0:.1f} h"
            for site, x in carried.items()]  # fmt: skip
    line = f"{survey.days()}; the station in use stays until it closes"
    alt = f"Carried a UTC day on average: {series(said)}."
    return Words(f"Station workload: {name}", line, alt)


def _workload_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    return workload_figure(*_hours(survey, name), preset, words)


# -- durations ----------------------------------------------------------------------------


def _durations(survey: Survey) -> Iterator[Plan]:
    chains = {name: survey.outcome.windows[f"chain.{name}"] for name in survey.outcome.chains}
    links = {k.split(".")[1] for k in survey.chains().get("links", ())}
    chains |= {name: survey.outcome.windows[f"link.{name}"] for name in sorted(links)}
    for name, windows in chains.items():
        if windows.count:
            words = partial(_duration_words, survey, name, windows)
            yield Plan(name, words, partial(_duration_figure, windows))


def _duration_words(survey: Survey, name: str, windows: Windows) -> Words:
    gaps = (~windows).durations
    line = survey.days()
    cut = int(np.sum(windows.start_truncated)) + int(np.sum(windows.stop_truncated))
    line += "; ends that the span cut count as they are" if cut or len(gaps) else ""
    said = [_spread("window", windows.durations), _spread("gap", gaps)]
    return Words(f"Windows and gaps: {name}", line, f"{name}: {series(said)}.")


def _spread(noun: str, seconds: np.ndarray) -> str:
    if not len(seconds):
        return f"no {noun}"
    low, middle, high = np.quantile(seconds, [0.0, 0.5, 1.0]).tolist()
    ends = f"from {spell(low)} to {spell(high)}"
    return f"{count(len(seconds), noun)} {ends}, half of them at most {spell(middle)}"


def _duration_figure(windows: Windows, preset: str, words: Words) -> Figure:
    return durations_figure(windows.durations, (~windows).durations, preset, words)


# -- radio --------------------------------------------------------------------------------


def _margins(survey: Survey) -> Iterator[Plan]:
    for name, flows in by_link(survey.outcome.flows).items():
        if any(flow.windows.count for flow in flows):
            words = partial(_margin_words, survey, name)
            yield Plan(name, words, partial(_margin_figure, survey, name))


def _margin_words(survey: Survey, name: str) -> Words:
    said = []
    for words, key, unit in (
        ("least margin at the lowest rate", "min_margin", "dB"),
        ("carried in all", "volume", "Gbit"),
        ("on the worst day", "worst_day_volume", "Gbit"),
    ):
        value = survey.value(f"link.{name}.{key}")
        if value is not None:
            said.append(f"{words} {signed(value)} {unit}")
    line = f"{survey.days()}; over the required Eb/N0, while the link is open"
    return Words(f"Radio of link {name}", line, f"Link {name}: {series(said)}.")


def _margin_figure(survey: Survey, name: str, preset: str, words: Words) -> Figure:
    o = survey.outcome
    keys = [key for key in o.flows if key.split(".")[1] == name]
    budget = budget_of(o, keys[0])
    if budget is None:
        raise ValueError(f"link {name} has no budget")
    radios = [survey.radio(key) for key in keys]
    return margin_figure(radios, budget.reserve, budget.rates, o.span, preset, words)


KINDS: Final = (
    Kind(
        "contacts",
        "when each leg and the chain are open, eclipses behind",
        "A bar is a window; an end that the span cut is open and has an arrow head; bands are "
        "eclipses; at the right stand the share of the span and the number of windows.",
        "a link",
        _contacts,
    ),
    Kind(
        "elevation",
        "elevation against time at each site of a chain, with its mask",
        "Shaded: below the lowest elevation that the site allows.",
        "a link with a site at one end",
        _elevations,
    ),
    Kind(
        "sky",
        "azimuth and elevation over a site, with its mask",
        "Circles are elevations, the zenith is in the middle; colour runs with time.",
        "a link with a site at one end",
        _skies,
    ),
    Kind(
        "range",
        "range and one-way light time of each leg",
        "The right scale is the light time of the range at the left.",
        "a link",
        _ranges,
    ),
    Kind(
        "workload",
        "hours a day that each station carries a chain",
        "The bars of a day stand on top of each other.",
        "a chain",
        _workloads,
    ),
    Kind(
        "durations",
        "how long windows and gaps last, with the cumulative share",
        "Bars count at the left; the dashed line is the share that lasts at most so long.",
        "a chain or a link that opens",
        _durations,
    ),
    Kind(
        "margin",
        "margin and rate of a radio link while it is open",
        "The dotted line is the reserve that a rate must leave.",
        "a link with a budget table",
        _margins,
    ),
)
