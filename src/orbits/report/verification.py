"""How far the windows can be trusted: certificates, edge budgets, scatter, integration."""

from typing import TYPE_CHECKING, Any

import numpy as np

from orbits.report.blocks import (
    CODE,
    INSTANT,
    MARK,
    NUMBER,
    Column,
    Para,
    Part,
    Section,
    Table,
    some,
)
from orbits.report.material import Material

if TYPE_CHECKING:
    from orbits.geometry.edge_budget import EdgeBudget
    from orbits.mission.run import Outcome

_MOST = 60  # windows whose scatter is listed


def verification(outcome: "Outcome", material: Material) -> Section:
    """Return what is proven, what the edges are worth, how the paths were integrated."""
    parts = [
        Part("Certificate", some(*_certificate(outcome, material))),
        Part("Edge budget", some(*_budgets(outcome))),
        Part("Scatter of the windows", some(_scatter(outcome))),
        Part("Integration", some(_integration(outcome))),
    ]
    lead = Para(
        "A certificate speaks of the search in the model as it stands; the edge budget says "
        "what the model is worth. The methods themselves are held by the tests of orbits to "
        "the results of SPICE, STK, GMAT, Orekit, Skyfield and others."
    )
    kept = tuple(part for part in parts if part.blocks)
    return Section("verification", "Verification", (lead,), kept)


def _certificate(outcome: "Outcome", material: Material) -> tuple[Any, ...]:
    rows = []
    for key, held in outcome.windows.items():
        one = held.certificate
        if one is not None:
            rows.append([
                key, "certified" if one.certified else "sampled", one.resolution,
                1e3 * one.tolerance, one.evaluations, len(one.undecided),
            ])  # fmt: skip
    for name, found in outcome.coverages.items():
        one = found.certificate
        rows.append([
            f"coverage.{name}", "certified" if one.certified else "sampled", one.resolution,
            1e3 * one.tolerance, one.evaluations, len(one.undecided),
        ])  # fmt: skip
    columns = (
        Column("Windows", kind=CODE), Column("Search", kind=MARK),
        Column("Resolution", "s", NUMBER), Column("Edge tolerance", "ms", NUMBER),
        Column("Evaluations", "", NUMBER), Column("Undecided", "", NUMBER),
    )  # fmt: skip
    undecided = [
        [key, a, b]
        for key, held in outcome.windows.items()
        if held.certificate is not None
        for a, b in held.certificate.undecided
    ]
    grazing = (
        Column("Windows", kind=CODE), Column("From", "UTC", INSTANT, 3),
        Column("To", "UTC", INSTANT, 3),
    )  # fmt: skip
    said = material.certificate
    return (
        Para(said["statement"], "note") if said and rows else None,
        Table("What each search proves", columns, tuple(rows)),
        Table("Undecided grazings", grazing, tuple(undecided)),
    )


def _budgets(outcome: "Outcome") -> tuple[Any, ...]:
    rows: list[list[Any]] = []
    for key, budget in outcome.evidence.budgets.items():
        if budget.t.size and (key.count(".") == 1 or key.startswith("eclipse.")):
            rows += _causes(key, budget)
    if not rows:
        if not any(held.count for held in outcome.windows.values()):
            return ()
        return (
            Para(
                "No edge budget was asked for. [analysis.edge-budget] in the mission file, or "
                "orbits windows --budget, weighs the edges against other ephemerides, "
                "horizons, refraction and orbit errors."
            ),
        )
    columns = (
        Column("Windows", kind=CODE), Column("Cause"), Column("Counts as", kind=MARK),
        Column("Median", "s", NUMBER, 3), Column("Most", "s", NUMBER, 3),
        Column("At", "UTC", INSTANT, 0), Column("Edges that vanish", "", NUMBER),
    )  # fmt: skip
    note = (
        "Seconds by which edges move, recomputed. A setting is what leaving something out "
        "would cost; only errors count in the root sum of squares."
    )
    return (Table("What moves the edges, and by how much", columns, tuple(rows), note),)


def _causes(key: str, budget: "EdgeBudget") -> list[list[Any]]:
    rows = []
    for k, cause in enumerate(budget.causes):
        moved, first = np.abs(budget.recomputed[:, k]), np.abs(budget.first_order[:, k])
        gone = np.isnan(moved)
        size = np.where(gone, first, moved)
        worst = int(np.argmax(size))
        kind = "error" if budget.errors[k] else "setting"
        rows.append([
            key, cause, kind, float(np.median(size)), float(size[worst]),
            float(budget.t[worst]), int(gone.sum()),
        ])  # fmt: skip
    total = budget.total
    held = total[np.isfinite(total)]
    if held.size:
        worst = int(np.nanargmax(total))
        rows.append([
            key, "root sum of squares", "total", float(np.median(held)), float(total[worst]),
            float(budget.t[worst]), total.size - held.size,
        ])  # fmt: skip
    return rows


def _scatter(outcome: "Outcome") -> Table:
    rows = []
    for key, one in outcome.evidence.scatter.items():
        if key.count(".") > 1:
            continue
        spread = one.spread
        for i, (start, _) in enumerate(spread.windows):
            sigmas = (spread.start[i], spread.stop[i], spread.duration[i])
            rows.append([key, start, 100.0 * float(spread.probability[i]), *map(float, sigmas)])
    columns = (
        Column("Windows", kind=CODE), Column("Start", "UTC", INSTANT, 0),
        Column("Exists", "%", NUMBER, 1), Column("Start, sigma", "s", NUMBER, 3),
        Column("Stop, sigma", "s", NUMBER, 3), Column("Duration, sigma", "s", NUMBER, 3),
    )  # fmt: skip
    note = "To first order, from the covariances of the mission file."
    if len(rows) > _MOST:
        note += f" The first {_MOST} of {len(rows)}; windows.json has all."
    return Table(
        "Chance of each window and scatter of its edges", columns, tuple(rows[:_MOST]), note
    )


def _integration(outcome: "Outcome") -> Table:
    rows = []
    for name, path in outcome.provenance["data"].get("trajectories", {}).items():
        if "integrator" in path:
            rows.append([
                name, path["integrator"], f"{path['tolerance']:g}", path["steps"],
                path["rejected"], path["force_calls"],
            ])  # fmt: skip
    columns = (
        Column("Spacecraft"), Column("Integrator"), Column("Tolerance", "", NUMBER),
        Column("Steps", "", NUMBER), Column("Rejected", "", NUMBER),
        Column("Force evaluations", "", NUMBER),
    )  # fmt: skip
    return Table("How the paths were integrated", columns, tuple(rows))
