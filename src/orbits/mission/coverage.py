"""The coverage analyses of a mission: grids, what they see, and the numbers stated of it."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from orbits import units
from orbits.bodies import body
from orbits.geometry.access import Rules
from orbits.geometry.coverage import Coverage, coverage
from orbits.geometry.grid import Grid
from orbits.geometry.ocean import on_land
from orbits.geometry.revisit import share_seen, share_within, time_to_full
from orbits.mission import network
from orbits.mission.flight import Flight, Progress, silent
from orbits.mission.measure import Values
from orbits.mission.paths import COVERAGE
from orbits.mission.schema import Mission
from orbits.mission.schema_coverage import CoverageAnalysis


def grid(said: CoverageAnalysis) -> Grid:
    """Return the grid of an analysis."""
    latitude, longitude = (
        (float(units.si(low, "angle")), float(units.si(high, "angle")))
        for low, high in (said.region.latitude, said.region.longitude)
    )
    return Grid.region(said.body, latitude, longitude, float(units.si(said.grid, "angle")))


def rules(said: CoverageAnalysis) -> Rules:
    """Return what lets a point see a spacecraft; a swath is its half width over the radius."""
    cone, swath, farthest = said.sensor_half_angle, said.swath, said.max_range
    half = None if swath is None else 0.5 * float(units.si(swath, "length"))
    return Rules(
        float(units.si(said.min_elevation, "angle")),
        None if cone is None else float(units.si(cone, "angle")),
        None if half is None else min(half / body(said.body).radius, 0.999 * math.pi),
        None if farthest is None else float(units.si(farthest, "length")),
    )


def surface(said: CoverageAnalysis, grid: Grid) -> NDArray[np.bool_] | None:
    """Return the points of a grid that count; None for all."""
    if said.surface == "all":
        return None
    land = on_land(grid.latitude, grid.longitude)
    return land if said.surface == "land" else ~land


def members(mission: Mission, said: CoverageAnalysis) -> tuple[str, ...]:
    """Return the spacecraft that cover, each once."""
    every = (name for by in said.by for name in network.members(mission, by))
    return tuple(dict.fromkeys(every))


def coverages(flight: Flight, *, progress: Progress = silent) -> dict[str, Coverage]:
    """Return the coverage of every ``[analysis.coverage.NAME]`` by name."""
    found, mission, search = {}, flight.mission, flight.search
    analyses = mission.analysis.coverage
    for number, (name, said) in enumerate(analyses.items()):
        progress("covering", number / len(analyses))
        whole = coverage(
            grid(said),
            {craft: flight.trajectories[craft] for craft in members(mission, said)},
            flight.model.almanac,
            flight.model.span,
            rules(said),
            resolution=search.resolution,
            tolerance=search.tolerance,
        )
        whole = replace(whole, where=surface(said, whole.grid))
        found[name] = whole if said.in_view == 1 else whole.at_least(said.in_view)
    return found


def of_coverage(found: Coverage, said: CoverageAnalysis) -> Values:
    """Return the values of ``paths.COVERAGE``.

    Of the points that count: means are over the area of those that have the figure, extremes
    over the points.
    """
    figures, where = found.figures(said.gaps), found.counted
    percent = 100.0 * figures.availability
    counted = np.isfinite(figures.longest_gap) & where
    area, full = found.grid.area[counted], time_to_full(found)
    period = None if said.within is None else float(units.si(said.within, "time"))

    def mean(column: NDArray[np.float64]) -> float | None:
        return float(np.average(column[counted], weights=area)) if area.size else None

    values: Values = {
        "min_percent": float(percent[where].min()),
        "mean_percent": found.mean(percent),
        "longest_gap": float(figures.longest_gap[counted].max()) if area.size else None,
        "mean_gap": mean(figures.mean_gap),
        "time_average_gap": mean(figures.time_average_gap),
        "response_time": mean(figures.response_time),
        "mean_in_view": found.mean(figures.mean_in_view),
        "min_in_view": int(figures.least_in_view[where].min()),
        "max_in_view": int(figures.most_in_view[where].max()),
        "seen_percent": 100.0 * share_seen(found),
        "within_percent": None if period is None else 100.0 * share_within(found, period),
        "time_to_full": full if math.isfinite(full) else None,
    }
    return {key: values[key] for key in COVERAGE}


def assumed(mission: Mission, name: str) -> bool:
    """Tell whether a coverage rests on a value that the file calls assumed."""
    said = mission.analysis.coverage[name]
    doubtful = network.assumed_nodes(mission)
    return network.assumes(said) or bool(doubtful & set(members(mission, said)))
