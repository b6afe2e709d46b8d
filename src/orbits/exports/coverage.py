"""Coverage as a table: one row a point of the grid."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from orbits.geometry.coverage import Coverage

COLUMNS = (
    "latitude_deg", "longitude_deg", "area_km2", "percent", "windows", "total_s", "longest_s",
    "longest_gap_s", "mean_gap_s", "time_average_gap_s", "response_time_s",
    "longest_closed_gap_s", "revisit_s", "mean_in_view", "most_in_view",
)  # fmt: skip
"""``longest_gap_s`` to ``response_time_s`` count all gaps as far as they were seen;
``longest_closed_gap_s`` and ``revisit_s`` (their mean) those between two windows only, and are
empty where a point has none but gaps that the span cuts."""


def coverage_csv(coverage: "Coverage") -> str:
    """Return the figures of merit of every point as CSV with the columns ``COLUMNS``."""
    every, closed = coverage.figures("all gaps"), coverage.figures("closed gaps only")
    grid = coverage.grid
    longitude_deg = (np.degrees(grid.longitude) + 180.0) % 360.0 - 180.0
    columns = (
        (np.degrees(grid.latitude), "{:.6f}"),
        (longitude_deg, "{:.6f}"),
        (grid.area / 1e6, "{:.6g}"),
        (100.0 * every.availability, "{:.6f}"),
        (every.count, "{:d}"),
        (every.total, "{:.3f}"),
        (every.longest, "{:.3f}"),
        (every.longest_gap, "{:.3f}"),
        (every.mean_gap, "{:.3f}"),
        (every.time_average_gap, "{:.3f}"),
        (every.response_time, "{:.3f}"),
        (closed.longest_gap, "{:.3f}"),
        (closed.mean_gap, "{:.3f}"),
        (every.mean_in_view, "{:.6f}"),
        (every.most_in_view, "{:d}"),
    )
    texts = [
        ["" if value != value else form.format(value) for value in column.tolist()]  # noqa: PLR0124
        for column, form in columns
    ]
    rows = [",".join(row) for row in zip(*texts, strict=True)]
    return "\n".join([",".join(COLUMNS), *rows]) + "\n"
