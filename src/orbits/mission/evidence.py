"""How good the windows of a mission are: budgets of their edges, and their scatter."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orbits.geometry.edge_budget import EdgeBudget
from orbits.geometry.relay import ChainResult
from orbits.geometry.rows import WindowRow
from orbits.mission.edges import budgets, row_errors
from orbits.mission.flight import Flight, Progress
from orbits.mission.scatter import Scatter, scatter
from orbits.windows import Windows


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """What is known of the windows beyond their certificates.

    Attributes
    ----------
    budgets : dict of EdgeBudget
        By key of windows; empty where none was asked for.
    scatter : dict of Scatter
        By key of the windows of links and chains; empty where none was asked for.
    remarks : tuple of str
        What could not be compared, and why.
    """

    budgets: dict[str, EdgeBudget] = field(default_factory=dict)
    scatter: dict[str, Scatter] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def evidence(
    flight: Flight,
    windows: Mapping[str, Windows],
    results: Mapping[str, ChainResult],
    folder: str | Path,
    *,
    budget: bool,
    progress: Progress,
) -> Evidence:
    """Return what the mission asks for, and edge budgets also where ``budget`` does.

    Raises
    ------
    PropagationError
        If a spacecraft does not arrive with another ephemeris or tolerance.
    ValueError, DataError
        If a covariance is at fault.
    """
    said = flight.mission.analysis
    edges, remarks = {}, ()
    if budget or said.edge_budget is not None:
        progress("weighing edges", 0.0)
        found = budgets(flight, windows, results, folder)
        edges, remarks = found.found, found.remarks
    if said.dispersion is None:
        return Evidence(edges, {}, remarks)
    scattered, more = scatter(flight, windows, results, folder, progress)
    return Evidence(edges, scattered, (*remarks, *more))


def with_errors(
    rows: Mapping[str, list[WindowRow]],
    windows: Mapping[str, Windows],
    found: Evidence,
) -> dict[str, list[WindowRow]]:
    """Return the rows with the errors of their edges, by key."""
    return {
        key: [
            replace(row, start_error=start, stop_error=stop)
            for row, (start, stop) in zip(
                rows[key], row_errors(budget, windows[key]), strict=True
            )
        ]
        for key, budget in found.budgets.items()
    }
