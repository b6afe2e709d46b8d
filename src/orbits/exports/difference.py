"""The document of two runs compared, ``orbits.diff/1``."""

from typing import Any

from orbits.mission.changes import Change, Difference, RowChange, Run
from orbits.mission.shifts import WindowChange

Document = dict[str, Any]
VERDICT = ("value", "limit", "margin", "verdict")
CLAIM = ("planned", "observed", "difference", "within")


def difference_document(provenance: Document, found: Difference) -> Document:
    """Return the document ``orbits.diff/1``; values that are not there are null."""
    return {
        "schema": "orbits.diff/1",
        "provenance": provenance,
        "before": _identity(found.before),
        "after": _identity(found.after),
        "same": found.same,
        "broken": list(found.broken),
        "inputs": [_change(one) for one in found.inputs],
        "models": [_change(one) for one in found.models],
        "quantities": [
            {
                "path": one.path,
                "before": one.before,
                "after": one.after,
                "change": one.change,
                "unit": one.unit,
                "assumed": one.assumed,
            }
            for one in found.quantities
        ],
        "requirements": [_row(one, VERDICT) for one in found.requirements],
        "flown": [_row(one, CLAIM) for one in found.flown],
        "windows": [_windows(one) for one in found.windows],
    }


def _identity(run: Run) -> Document:
    provenance = run.provenance
    return {
        "mission": run.name or None,
        "mission_sha256": provenance.get("mission_sha256"),
        "version": provenance.get("version"),
        "created_utc": provenance.get("created_utc"),
    }


def _change(one: Change) -> Document:
    return {"path": one.path, "before": one.before, "after": one.after}


def _row(one: RowChange, columns: tuple[str, ...]) -> Document:
    shown = one.after or one.before or {}
    pairs = {
        f"{key}_{when}": value
        for key in columns
        for when, value in zip(("before", "after"), one.of(key), strict=True)
    }
    words = {"name": one.name, "quantity": shown.get("quantity"), "unit": shown.get("unit")}
    return words | pairs


def _windows(one: WindowChange) -> Document:
    ends = ("id", "start_utc", "stop_utc", "duration_s")
    totals = {
        f"{key}_{when}": None if row is None else row[key]
        for key in ("count", "total_s", "availability_percent")
        for when, row in (("before", one.before), ("after", one.after))
    }
    return {
        "name": one.name,
        **totals,
        "unmoved": one.unmoved,
        "moved": [
            {
                "id_before": pair.before["id"],
                "id_after": pair.after["id"],
                "start_utc": pair.after["start_utc"],
                "stop_utc": pair.after["stop_utc"],
                "start_shift_s": pair.start_shift,
                "stop_shift_s": pair.stop_shift,
                "start_cause_before": pair.before["start_cause"],
                "start_cause_after": pair.after["start_cause"],
                "stop_cause_before": pair.before["stop_cause"],
                "stop_cause_after": pair.after["stop_cause"],
            }
            for pair in one.moved
        ],
        "appeared": [{key: row[key] for key in ends} for row in one.appeared],
        "vanished": [{key: row[key] for key in ends} for row in one.vanished],
    }
