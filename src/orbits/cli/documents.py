"""The JSON documents and window tables of an outcome."""

from typing import TYPE_CHECKING, Any

from orbits.exports import documents
from orbits.exports.evidence import budget_records, scatter_records
from orbits.exports.light import light_records
from orbits.exports.windows import Record, gap_records, window_records
from orbits.mission.network import assumed_windows
from orbits.mission.radio import Ladder, daily, ladders
from orbits.windows import Windows

if TYPE_CHECKING:
    from orbits.mission.run import Outcome
    from orbits.mission.sweep import Sample

Document = dict[str, Any]


def wanted_keys(outcome: "Outcome", chain: str | None) -> list[str]:
    """Return the keys of all windows, or of one chain, its carriers and its links."""
    if chain is None:
        return list(outcome.windows)
    names = {f"chain.{chain}"}
    names |= {f"link.{link.name}" for link in outcome.chains[chain].links}
    return [key for key in outcome.windows if ".".join(key.split(".")[:2]) in names]


def gapped(key: str) -> bool:
    """Tell whether the gaps of windows are of interest: those of nights are days."""
    return key.startswith(("link.", "chain.", "access."))


def records(outcome: "Outcome", keys: list[str]) -> tuple[list[Record], list[Record]]:
    """Return the rows of windows and of gaps; only links, chains and accesses have gaps."""
    rows, gaps = [], []
    for key in keys:
        assumed = assumed_windows(outcome.mission, key)
        rows += window_records(key, outcome.rows[key], assumed=assumed)
        if gapped(key) and (key.startswith("link.") or key.count(".") == 1):
            gaps += gap_records(key, outcome.windows[key], assumed=assumed)
    return rows, gaps


def windows_document(outcome: "Outcome", chain: str | None = None) -> Document:
    """Return ``orbits.windows/1`` of all windows, or of one chain and its links."""
    keys = wanted_keys(outcome, chain)
    held: dict[str, Windows] = {key: outcome.windows[key] for key in keys}
    rows, gaps = records(outcome, keys)
    return documents.windows_document(
        outcome.provenance,
        held,
        rows,
        gaps,
        span=outcome.span,
        results={
            name: result for name, result in outcome.results.items() if chain in (None, name)
        },
        beside={
            "edge_budget": budget_records(_among(outcome.evidence.budgets, keys)),
            "dispersion": scatter_records(_among(outcome.evidence.scatter, keys)),
            "volumes": daily(_among(_ladders(outcome), keys)),
            **light_records(outcome.studies.light if chain is None else None),
        },
    )


def _ladders(outcome: "Outcome") -> dict[str, Ladder]:
    through = outcome.throughputs.items()
    chains = {f"chain.{name}": (one.rates, one.at_least) for name, one in through}
    return ladders(outcome.flows) | chains


def _among(found: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    return {key: one for key, one in found.items() if key in keys}


def run_document(
    outcome: "Outcome", files: list[str], warnings: list[str], varied: "list[Sample]"
) -> Document:
    """Return ``orbits.run/1``, which is summary.json; ``varied`` are the samples of a sweep."""
    from orbits.mission.sweep import DONE, carried

    lost = [list(row.values) for row in varied if row.status != DONE]
    return documents.run_document(
        outcome.provenance,
        quantities=[
            {"path": q.path, "value": q.value, "unit": q.unit, "assumed": q.assumed}
            for q in outcome.quantities.values()
        ],
        requirements=[
            {
                "name": v.name,
                "quantity": v.quantity,
                "value": v.value,
                "limit": v.limit,
                "margin": v.margin,
                "unit": v.unit,
                "verdict": v.verdict,
                "assumed": v.assumed,
            }
            for v in outcome.verdicts
        ],
        flown=[
            {
                "name": c.name,
                "quantity": c.quantity,
                "planned": c.planned,
                "observed": c.observed,
                "difference": c.difference,
                "unit": c.unit,
                "relation": c.relation,
                "within": c.within,
                "assumed": c.assumed,
            }
            for c in outcome.comparisons
        ],
        warnings=warnings,
        files=files,
        varied=[
            {
                "name": one.name,
                "holds_for": one.holds,
                "passed": [list(values) for values in one.passed],
                "failed": [list(values) for values in one.failed],
                "not_flown": lost,
            }
            for one in carried(varied)
        ],
    )
