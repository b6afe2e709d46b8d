"""What the ground sees of the spacecraft: figures of merit of each grid."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from orbits.mission.coverage import assumed
from orbits.mission.quantities import written
from orbits.report.blocks import (
    BASIS,
    NUMBER,
    UNIT,
    Block,
    Column,
    Section,
    Table,
    some,
)
from orbits.report.inputs import basis
from orbits.report.material import Material

if TYPE_CHECKING:
    from orbits.mission.run import Outcome


def coverage(
    outcome: "Outcome", material: Material, figures: Sequence[Block]
) -> Section | None:
    """Return the grids and their figures of merit; None without one."""
    del material
    if not outcome.coverages:
        return None
    return Section("coverage", "Coverage", some(_merit(outcome), _points(outcome), *figures))


def _merit(outcome: "Outcome") -> Table:
    rows = []
    for name, found in outcome.coverages.items():
        said = outcome.mission.analysis.coverage[name]
        least, mean, gap = (
            outcome.quantities[f"coverage.{name}.{key}"].number
            for key in ("min_percent", "mean_percent", "longest_gap")
        )
        rows.append([
            name, said.body.title(), ", ".join(said.by), found.grid.area.size,
            written(said.grid), written(said.min_elevation), found.fold, mean, least,
            None if gap is None else gap / 3600.0, basis(assumed(outcome.mission, name)),
        ])  # fmt: skip
    columns = (
        Column("Grid"), Column("Body"), Column("By"), Column("Points", "", NUMBER),
        Column("Cell"), Column("Least elevation"), Column("In view at once", "", NUMBER),
        Column("Mean over the area", "%", NUMBER, 2), Column("Worst point", "%", NUMBER, 2),
        Column("Longest gap", "h", NUMBER, 2), BASIS,
    )  # fmt: skip
    note = "Share of the span; the mean is weighted by the area of each cell."
    return Table("Grids and their coverage", columns, tuple(rows), note)


def _points(outcome: "Outcome") -> Table:
    """Return how the points of each grid are spread."""
    rows = []
    for name, found in outcome.coverages.items():
        figures = found.figures(outcome.mission.analysis.coverage[name].gaps)
        for word, values, unit in (
            ("time covered", 100.0 * figures.availability, "%"),
            ("longest gap", figures.longest_gap / 3600.0, "h"),
            ("mean gap", figures.mean_gap / 3600.0, "h"),
            ("mean wait", figures.response_time / 3600.0, "h"),
        ):
            known = values[np.isfinite(values)]
            if known.size:
                parts = np.percentile(known, (0, 10, 50, 90, 100)).tolist()
                rows.append([name, word, unit, *parts])
    columns = (
        Column("Grid"), Column("Figure of merit"), UNIT,
        *(
            Column(word, "", NUMBER, 2)
            for word in ("Least", "10 % of points", "Median", "90 % of points", "Greatest")
        ),
    )  # fmt: skip
    return Table("How the points of each grid are spread", columns, tuple(rows))
