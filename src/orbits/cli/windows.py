"""``orbits windows`` and ``orbits why``: when a chain is open, and what keeps it closed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import UsageError, answered, give, give_json, say
from orbits.cli.options import AsJson, MissionFile

if TYPE_CHECKING:
    from orbits.mission.run import Outcome
    from orbits.mission.schema import Mission

ChainName = Annotated[
    str | None, typer.Option("--chain", metavar="NAME", help="Default: every chain and link.")
]


Budget = Annotated[
    bool, typer.Option("--budget", help="Weigh each edge: seconds by cause, and their sum.")
]
Samples = Annotated[
    int | None,
    typer.Option(
        "--dispersed", metavar="N", min=0,
        help="Scatter windows by the stated uncertainties, N flights beside (0: linear only).",
    ),
]  # fmt: skip
Form = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="csv, ecsv, json; of one chain: int, ics."),
]


@answered
def windows(
    file: MissionFile,
    chain: ChainName = None,
    budget: Budget = False,
    dispersed: Samples = None,
    form: Form = None,
    as_json: AsJson = False,
) -> None:
    """List windows and gaps with their causes, the shares of time, and what is proven."""
    from orbits.cli.documents import windows_document
    from orbits.cli.exchange import CHAIN_TEXTS, WINDOW_FORMATS, windows_as
    from orbits.cli.progress import progress
    from orbits.mission.run import run

    known = (*WINDOW_FORMATS, *CHAIN_TEXTS)
    if form is not None and form not in known:
        raise UsageError(f"--format: {form!r} is not known; one of {', '.join(known)}")
    mission, text = _read(file)
    if form in CHAIN_TEXTS:
        chain = _one_chain(mission, chain)
    elif chain is not None:
        _known_chain(mission, chain)
    if dispersed is not None:
        mission = _dispersed(mission, dispersed)
    with progress() as show:
        outcome = run(mission, folder=file.parent, text=text, budget=budget, progress=show)
    for warning in outcome.warnings:
        say(f"warning: {warning}")
    if as_json or form == "json":
        give_json(windows_document(outcome, chain))
    elif form is not None:
        give(windows_as(outcome, form, chain))
    else:
        give(windows_text(outcome, chain))


def _dispersed(mission: "Mission", samples: int) -> "Mission":
    """Return the mission with its windows scattered by so many flights."""
    from orbits.mission.schema_uncertainty import Dispersion

    said = mission.analysis.dispersion or Dispersion()
    asked = said.model_copy(update={"samples": samples})
    analysis = mission.analysis.model_copy(update={"dispersion": asked})
    return mission.model_copy(update={"analysis": analysis})


def _read(file: Path) -> "tuple[Mission, bytes]":
    from orbits.mission.load import read

    reading = read(file)
    for problem in reading.warnings:
        say(str(problem))
    return reading.mission, reading.text


def _known_chain(mission: "Mission", chain: str) -> None:
    if chain not in mission.chain:
        from orbits.mission.explain import suggestion

        raise UsageError(
            f'the file has no chain "{chain}"; {suggestion(chain, mission.chain, "chains")}'
        )


def windows_text(outcome: "Outcome", chain: str | None) -> str:
    """Return the windows and gaps of chains, links and eclipses as tables."""
    from orbits.cli.documents import gapped, wanted_keys
    from orbits.cli.evidence import budget_text, radio_text, scatter_text
    from orbits.cli.summary import availability_rows, table

    keys = wanted_keys(outcome, chain)
    held = {key: outcome.windows[key] for key in keys}
    lines = [*table(availability_rows(held, outcome.short), "<>>>>>"), ""]
    for key in keys:
        if key.count(".") > 1 and gapped(key):
            continue  # members and carriers stand in the JSON and CSV
        lines += [key.replace(".", " ", 1), *_rows(outcome, key), ""]
    shown = outcome.evidence
    lines += radio_text(outcome, keys)
    lines += budget_text({key: b for key, b in shown.budgets.items() if key in keys})
    lines += scatter_text({key: s for key, s in shown.scatter.items() if key in keys})
    lines += [""] if lines[-1] else []
    certificates = [w.certificate for w in held.values() if w.certificate is not None]
    if certificates:
        worst = max(certificates, key=lambda c: (not c.certified, c.resolution))
        lines.append(outcome.windows[keys[0]].statement() if keys else "")
        undecided = sum(len(c.undecided) for c in certificates)
        lines.append(
            f"all windows: resolution {worst.resolution:g} s, edges within "
            f"{worst.tolerance * 1e3:g} ms, {undecided} undecided"
        )
    return "\n".join(lines)


def _rows(outcome: "Outcome", key: str) -> list[str]:
    from orbits.cli.documents import gapped
    from orbits.cli.summary import table
    from orbits.report.clock import duration_text
    from orbits.time import utc_iso

    held, gaps = outcome.windows[key], outcome.windows[key].gaps
    rows = [["", "start", "stop", "duration", "begins by", "ends by", ""]]
    weighed = key in outcome.evidence.budgets
    if weighed:
        rows[0][3:3] = ["start +-", "stop +-"]
    known = {row.start: row for row in outcome.rows[key]}
    parts = [("open", held), *([("gap", gaps)] if gapped(key) else [])]
    found = sorted(
        (start, stop, kind, begun, ended)
        for kind, part in parts
        for start, stop, begun, ended in zip(
            part.start.tolist(),
            part.stop.tolist(),
            part.start_cause,
            part.stop_cause,
            strict=True,
        )
    )
    for start, stop, kind, begun, ended in found:
        row = known.get(start) if kind == "open" else None
        errors = (None, None) if row is None else (row.start_error, row.stop_error)
        rows.append(
            [
                kind,
                str(utc_iso(start)),
                str(utc_iso(stop)),
                *(_seconds(error) for error in (errors if weighed else ())),
                duration_text(stop - start),
                begun,
                ended,
                "" if row is None else row.receiver,
            ]
        )
    return table(rows, "<<<>>><<<" if weighed else "<<<><<<") if found else ["  none"]


def _seconds(error: float | None) -> str:
    """Return the error of an edge; none where the span made it or it is not found again."""
    return "-" if error is None else f"{error:.3f} s"


@answered
def why(
    file: MissionFile,
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help='As "2024-06-02T15:00:00 UTC".')
    ],
    chain: Annotated[
        str | None, typer.Option("--chain", metavar="NAME", help="Needed where there are many.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name what blocks a chain at an instant of reception, with every margin."""
    from orbits.exports.documents import why_document
    from orbits.mission.flight import fly
    from orbits.mission.provenance import provenance
    from orbits.mission.run import data_of
    from orbits.time import parse_t

    try:
        t = parse_t(at)
    except ValueError as error:
        raise UsageError(f"--at: {error}") from None
    mission, text = _read(file)
    name = _one_chain(mission, chain)
    flight = fly(mission, folder=file.parent)
    _check_inside(t, flight.model.span)
    paths = [
        {
            "nodes": list(way.nodes),
            "open": way.open,
            "constraints": [_constraint(margin) for margin in way.constraints],
        }
        for way in flight.chains[name].why(flight.model.almanac, t)
    ]
    source = provenance(text, mission.normalised(), data_of(flight))
    document = why_document(source, chain=name, t=t, paths=paths)
    if as_json:
        give_json(document)
    else:
        give(why_text(document))


def _one_chain(mission: "Mission", chain: str | None) -> str:
    if chain is not None:
        _known_chain(mission, chain)
        return chain
    if len(mission.chain) != 1:
        raise UsageError(
            f"name a chain with --chain; the file has {', '.join(mission.chain) or 'none'}"
        )
    return next(iter(mission.chain))


def _check_inside(t: float, span: tuple[float, float]) -> None:
    if not span[0] <= t <= span[1]:
        from orbits.time import utc_iso

        raise UsageError(
            f"--at {utc_iso(t)} lies outside the mission, {utc_iso(span[0])} to "
            f"{utc_iso(span[1])}"
        )


def _constraint(margin: Any) -> dict[str, Any]:
    return {
        "link": margin.link,
        "node": margin.node or None,
        "name": margin.name,
        "body": margin.body or None,
        "margin": float(margin.margin),
        "unit": margin.unit,
        "holds": bool(margin.holds),
    }


def why_text(document: dict[str, Any]) -> str:
    """Return the document ``orbits.why/1`` as words."""
    from orbits.cli.summary import table

    state = "open" if document["open"] else "closed"
    lines = [f"{document['chain']} is {state} at {document['at_utc']}"]
    for path in document["paths"]:
        lines += ["", f"{' > '.join(path['nodes'])}: {'open' if path['open'] else 'closed'}"]
        rows = [["link", "constraint", "margin", ""]]
        for row in path["constraints"]:
            rows.append(
                [
                    row["link"],
                    _cause(row),
                    f"{row['margin']:+.3f} {row['unit']}",
                    "holds" if row["holds"] else "BLOCKS",
                ]
            )
        lines += table(rows, "<<><")
    if document["blocking"]:
        causes = [f"{row['link']}/{_cause(row)}" for row in document["blocking"]]
        lines += ["", f"blocked by {', '.join(dict.fromkeys(causes))}"]
    return "\n".join(lines)


def _cause(row: dict[str, Any]) -> str:
    return ":".join(part for part in (row["name"], row["body"] or row["node"]) if part)
