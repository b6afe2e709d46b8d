"""The coverage analyses of a mission: grids, what they see, and the numbers stated of it."""

import math

import numpy as np
from numpy.typing import NDArray

from orbits import units
from orbits.bodies import body
from orbits.geometry.access import Rules
from orbits.geometry.coverage import Coverage, coverage
from orbits.geometry.grid import Grid
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
        found[name] = whole if said.in_view == 1 else whole.at_least(said.in_view)
    return found


def of_coverage(found: Coverage, rule: str) -> Values:
    """Return the values of ``paths.COVERAGE``.

    Means are over the area of the points that have the figure, extremes over the points.
    """
    figures = found.figures(rule)
    percent = 100.0 * figures.availability
    counted = np.isfinite(figures.longest_gap)
    area = found.grid.area[counted]

    def mean(column: NDArray[np.float64]) -> float | None:
        return float(np.average(column[counted], weights=area)) if area.size else None

    values: Values = {
        "min_percent": float(percent.min()),
        "mean_percent": found.grid.mean(percent),
        "longest_gap": float(figures.longest_gap[counted].max()) if area.size else None,
        "mean_gap": mean(figures.mean_gap),
        "time_average_gap": mean(figures.time_average_gap),
        "response_time": mean(figures.response_time),
        "mean_in_view": found.grid.mean(figures.mean_in_view),
        "min_in_view": int(figures.least_in_view.min()),
        "max_in_view": int(figures.most_in_view.max()),
    }
    return {key: values[key] for key in COVERAGE}


def assumed(mission: Mission, name: str) -> bool:
    """Tell whether a coverage rests on a value that the file calls assumed."""
    said = mission.analysis.coverage[name]
    doubtful = network.assumed_nodes(mission)
    return network.assumes(said) or bool(doubtful & set(members(mission, said)))
