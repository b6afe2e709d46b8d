"""JSON documents: one shape per command, names with units, ``null`` where nothing applies."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from orbits.certificate import Certificate, joined
from orbits.exports.windows import Record
from orbits.time import duration, utc_iso
from orbits.windows import Windows

if TYPE_CHECKING:
    from orbits.geometry.relay import ChainResult

Document = dict[str, Any]
BESIDE = ("edge_budget", "dispersion", "volumes", "seasons", "conjunctions")
_NOTES = (
    "trajectory", "ephemeris", "orientation", "light_time", "refraction", "terrain",
    "earth_shape",
)  # fmt: skip


def json_text(document: Document) -> str:
    """Return ``document`` as JSON text; ``ValueError`` if a number in it is not finite."""
    return json.dumps(document, allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def windows_document(
    provenance: Document,
    windows: Mapping[str, Windows],
    rows: Sequence[Record],
    gaps: Sequence[Record],
    *,
    span: tuple[float, float],
    results: Mapping[str, "ChainResult"],
    beside: Mapping[str, Sequence[Document]] | None = None,
) -> Document:
    """Return the document ``orbits.windows/1``.

    Parameters
    ----------
    windows
        By name: ``link.X``, ``link.X.FROM.TO``, ``chain.X``, ``eclipse.X.BODY.umbra``.
    rows, gaps
        Records of windows.py.
    span : (float, float), s
    results
        Of the chains, by their names: who carries, hand-overs, windows that were too short.
    beside
        Rows of ``edge_budget``, ``dispersion``, ``volumes``, ``seasons`` and
        ``conjunctions``; none where nothing is given.
    """
    short = {f"chain.{name}": result.short for name, result in results.items()}
    return {
        "schema": "orbits.windows/1",
        "provenance": provenance,
        "span": {
            "start_utc": utc_iso(span[0]),
            "stop_utc": utc_iso(span[1]),
            "duration_s": round(float(duration(*span)), 3),
        },
        "certificate": _certificate(windows, span, _model(provenance["data"])),
        "windows": list(rows),
        "gaps": list(gaps),
        "carried": [row for name in results for row in _carried(name, results[name])],
        "handovers": [row for name in results for row in _handovers(name, results[name])],
        **{key: list((beside or {}).get(key, ())) for key in BESIDE},
        "summary": {name: _summary(held, short.get(name, 0)) for name, held in windows.items()},
    }


def _carried(name: str, result: "ChainResult") -> list[Document]:
    """Return who carries each stretch of a chain's windows."""
    return [
        {
            "name": f"chain.{name}",
            "start_utc": utc_iso(part.start),
            "stop_utc": utc_iso(part.stop),
            "duration_s": round(float(duration(part.start, part.stop)), 3),
            "nodes": list(part.nodes),
        }
        for part in result.plan
    ]


def _handovers(name: str, result: "ChainResult") -> list[Document]:
    return [
        {
            "name": f"chain.{name}",
            "at_utc": utc_iso(one.t),
            "before": list(one.before),
            "after": list(one.after),
        }
        for one in result.handovers
    ]


def _summary(held: Windows, short: int) -> Document:
    return {
        "availability_percent": round(100.0 * held.availability, 6),
        "count": held.count,
        "total_s": round(held.total, 3),
        "longest_s": round(held.longest, 3) if held.count else None,
        "longest_gap_s": round(held.longest_gap, 3) if held.gaps.count else None,
        "short": short,
    }


def _model(data: Document) -> dict[str, str]:
    """Return what the provenance says of trajectories, ephemeris and orientation, in words."""
    words = {
        "trajectory": "; ".join(
            f"{name}: {path['integrator']} at {path['tolerance']:g}, {path['steps']} steps"
            for name, path in data.get("trajectories", {}).items()
            if "integrator" in path
        )
    }
    if "ephemeris" in data:
        words["ephemeris"] = data["ephemeris"]["name"]
    if "earth_orientation" in data:
        words["orientation"] = (
            f"Earth {data['earth_orientation']['model']}; Moon {data['moon_orientation']}"
        )
    return {key: text for key, text in words.items() if text}


def _certificate(
    windows: Mapping[str, Windows], span: tuple[float, float], model: dict[str, str]
) -> Document | None:
    """Return what holds for all ``windows`` together, and the undecided intervals by name."""
    whole: Certificate | None = None
    evaluations = 0
    undecided = []
    for name, held in windows.items():
        one = held.certificate
        if one is None:
            continue
        whole = joined(whole, one)
        made_of_others = any(other.startswith(f"{name}.") for other in windows)
        if not made_of_others and not name.startswith("chain."):
            evaluations += one.evaluations
        undecided += [
            {"name": name, "start_utc": utc_iso(a), "stop_utc": utc_iso(b)}
            for a, b in one.undecided
        ]
    if whole is None:
        return None
    whole = whole.noted({**model, **whole.notes})
    start, stop = (str(utc_iso(t)) for t in span)
    return {
        "certified": whole.certified,
        "resolution_s": whole.resolution,
        "edge_tolerance_s": whole.tolerance,
        "evaluations": evaluations,
        "undecided": undecided,
        **{key: whole.notes.get(key) for key in _NOTES},
        "statement": whole.as_text(start, stop),
    }


def run_document(
    provenance: Document,
    *,
    quantities: Sequence[Document],
    requirements: Sequence[Document],
    flown: Sequence[Document],
    warnings: Sequence[str],
    files: Sequence[str],
    varied: Sequence[Document] = (),
) -> Document:
    """Return the document ``orbits.run/1``, which is summary.json.

    Parameters
    ----------
    quantities
        Rows ``path``, ``value``, ``unit``, ``assumed``.
    requirements
        Rows ``name``, ``quantity``, ``value``, ``limit``, ``margin``, ``unit``, ``verdict``
        (``PASS`` or ``FAIL``), ``assumed``.
    flown
        Rows ``name``, ``quantity``, ``planned``, ``observed``, ``difference``, ``unit``,
        ``relation`` (``about``, ``at least``, ``at most``), ``within``, ``assumed``.
    warnings
        Sentences.
    files
        What the run wrote, relative to its folder.
    varied
        Rows ``name``, ``holds_for`` (``all``, ``some``, ``none``), ``passed``, ``failed`` and
        ``not_flown``: each requirement over the values of ``[[analysis.vary]]``.
    """
    return {
        "schema": "orbits.run/1",
        "provenance": provenance,
        "quantities": list(quantities),
        "requirements": list(requirements),
        "flown": list(flown),
        "varied": list(varied),
        "warnings": list(warnings),
        "files": list(files),
    }


def why_document(
    provenance: Document, *, chain: str, t: float, paths: Sequence[Document]
) -> Document:
    """Return the document ``orbits.why/1``.

    Parameters
    ----------
    chain : str
    t : float, s
        Reception at the last node.
    paths
        Rows ``nodes`` (names in order), ``open`` and ``constraints``, those rows ``link``,
        ``node``, ``name``, ``body``, ``margin``, ``unit``, ``holds``. The chain is open where
        a path is; else what blocks is listed, each constraint once.
    """
    is_open = any(path["open"] for path in paths)
    names = ("link", "node", "name", "body")
    blocking: dict[tuple, Document] = {}
    for path in () if is_open else paths:
        for row in path["constraints"]:
            if not row["holds"]:
                blocking.setdefault(tuple(row[name] for name in names), row)
    return {
        "schema": "orbits.why/1",
        "provenance": provenance,
        "chain": chain,
        "at_utc": utc_iso(t),
        "open": is_open,
        "paths": list(paths),
        "blocking": list(blocking.values()),
    }


def check_document(provenance: Document, files: Sequence[Document]) -> Document:
    """Return the document ``orbits.check/1``.

    Parameters
    ----------
    files
        Rows ``file``, ``problems`` (rows ``severity``, ``file``, ``line``, ``column``,
        ``path``, ``message``, ``help``), ``derived`` (object), ``quantities`` (paths) and
        ``never_active`` (names of constraints).
    """
    return {"schema": "orbits.check/1", "provenance": provenance, "files": list(files)}


def error_document(
    provenance: Document,
    code: int,
    kind: str,
    message: str,
    *,
    problems: Sequence[Document] = (),
) -> Document:
    """Return the document ``orbits.error/1``.

    Parameters
    ----------
    code : int
        The exit code.
    kind : str
        ``mission``, ``data``, ``convergence``, ``propagation``, ``export``, ``internal``.
    message : str
    problems
        As in ``check_document``; the place of the first error is repeated at the top.
    """
    errors = [row for row in problems if row["severity"] == "error"]
    first = errors[0] if errors else {}
    return {
        "schema": "orbits.error/1",
        "provenance": provenance,
        "code": code,
        "kind": kind,
        "message": message,
        **{key: first.get(key) for key in ("file", "line", "column", "path", "help")},
        "problems": list(problems),
    }
