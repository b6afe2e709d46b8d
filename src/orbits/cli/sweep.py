"""``orbits sweep``: a mission over a grid of values, row by row, and resumable."""

import csv
import json
import os
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits import __version__
from orbits.cli.answer import Exit, UsageError, answered, give, give_json, say
from orbits.cli.options import AsJson, Force, MissionFile

if TYPE_CHECKING:
    from orbits.cli.progress import Progress
    from orbits.mission.load import Reading
    from orbits.mission.schema_uncertainty import Vary
    from orbits.mission.sweep import Axis, Sample


@answered
def sweep(
    file: MissionFile,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary", metavar="KEY=a:b:n",
            help="May stand more than once: every combination is flown. Default: what the "
            "file's [[analysis.vary]] says.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="DIR", help="Default: out/ and the file's stem."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Default: one a processor.")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="ADDRESS", help="Of a Dask cluster: tcp://host:8786."
        ),
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:  # fmt: skip
    """Run the mission for every combination of values; go on where a sweep was left."""
    from orbits.cli.progress import progress
    from orbits.mission.load import read
    from orbits.mission.sweep import axes, axis, carried, grid, replaced

    if workers is not None and scheduler is not None:
        raise UsageError("--workers beside --scheduler: the cluster has its own; leave one out")
    reading = read(file)
    data = tomllib.loads(reading.text.decode("utf-8-sig"))
    try:
        found = tuple(axis(text) for text in vary or ())
        found = found or axes(reading.mission.analysis.vary)
        if not found:
            raise ValueError("nothing is varied; say --vary KEY=a:b:n or [[analysis.vary]]")
        combinations = grid(found)
        replaced(data, found, combinations[0])
    except ValueError as error:
        raise UsageError(str(error)) from None
    folder = out or Path("out") / f"{file.stem}-sweep"
    mark = _mark(reading.text, found)
    table = Table(folder, mark, [one.key for one in found], force=force)
    missing = [n for n in range(1, len(combinations) + 1) if n not in table.rows]
    if table.rows:
        say(f"{len(table.rows)} of {len(combinations)} samples were there already")
    with progress() as show:
        for row in flown(data, found, missing, file.parent, workers or scheduler):
            table.add(row)
            show("flying samples", len(table.rows) / len(combinations))
    rows = [table.rows[n] for n in sorted(table.rows)]
    document = _document(found, rows, carried(rows), folder)
    (folder / "sweep.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    if as_json:
        give_json(document)
    else:
        give(_text(found, rows))
    say(f"{len(rows)} samples in {folder / 'sweep.csv'}")
    failing = [one for one in carried(rows) if one.holds != "all"]
    return Exit.REQUIREMENT_FAILED if failing else Exit.DONE


def flown(
    data: dict[str, Any],
    found: "Sequence[Axis]",
    numbers: Sequence[int],
    folder: Path,
    workers: int | str | None,
) -> "Iterator[Sample]":
    """Yield the samples as they finish.

    ``workers`` is how many processes of their own fly them, one a processor for None, or the
    address of a Dask scheduler.
    """
    from orbits.mission.sweep import sample

    if isinstance(workers, str):
        from orbits.cli.cluster import on_cluster

        yield from on_cluster(
            workers, partial(sample, data, found, folder=folder.resolve()), numbers
        )
        return
    count = min(workers or os.cpu_count() or 1, len(numbers))
    if count <= 1:
        for number in numbers:
            yield sample(data, found, number, folder)
        return
    # Workers start afresh: a copy of this process would inherit its threads' locks.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(sample, data, found, number, folder) for number in numbers]
        try:
            for one in as_completed(waiting):
                yield one.result()
        finally:
            for one in waiting:
                one.cancel()


def _mark(text: bytes, found: "Sequence[Axis]") -> dict[str, Any]:
    """Return what a sweep must have in common with one that it goes on with."""
    from hashlib import sha256

    return {
        "schema": "orbits.sweep-mark/1",
        "version": __version__,
        "mission_sha256": sha256(text).hexdigest(),
        "vary": [{"key": one.key, "values": list(one.values)} for one in found],
    }


def of_file(reading: "Reading", folder: Path, show: "Progress") -> "list[Sample]":
    """Return the samples of what a file varies, none where it varies nothing."""
    from orbits.mission.sweep import axes, grid

    found = axes(reading.mission.analysis.vary)
    if not found:
        return []
    data = tomllib.loads(reading.text.decode("utf-8-sig"))
    count, rows = len(grid(found)), []
    for row in flown(data, found, range(1, count + 1), folder, None):
        rows.append(row)
        show("varying", len(rows) / count)
    return sorted(rows, key=lambda row: row.number)


def table_text(vary: "Sequence[Vary]", rows: "Sequence[Sample]") -> str:
    """Return the samples as the CSV of a sweep."""
    return _csv(_lines([one.key for one in vary], rows))


def carried_text(rows: "Sequence[Sample]") -> list[str]:
    """Return a line for each requirement: for which of the values it holds."""
    from orbits.mission.sweep import DONE, carried

    if not rows:
        return []
    lost = sum(row.status != DONE for row in rows)
    lines = ["", f"over {len(rows)} values of what the file varies, {lost} of them not flown:"]
    return [*lines, *(f"  {one.name}: {one.text}" for one in carried(rows))]


def _lines(keys: Sequence[str], rows: "Sequence[Sample]") -> list[list[Any]]:
    paths = list(dict.fromkeys(path for row in rows for path in row.quantities))
    names = list(dict.fromkeys(name for row in rows for name in row.verdicts))
    lines: list[list[Any]] = [["number", *keys, "status", "note", *paths, *names]]
    for row in rows:
        numbers = [row.quantities.get(path) for path in paths]
        verdicts = [row.verdicts.get(name) for name in names]
        lines.append([row.number, *row.values, row.status, row.note, *numbers, *verdicts])
    return lines


class Table:
    """The rows of a sweep on disk: each is written when it is done, none is written twice."""

    def __init__(
        self, folder: Path, mark: dict[str, Any], keys: Sequence[str], *, force: bool
    ) -> None:
        self.path, self.keys = folder / "rows.jsonl", tuple(keys)
        self.folder, self.rows = folder, {}
        place = folder / "sweep-mark.json"
        if folder.exists() and not place.exists() and any(folder.iterdir()) and not force:
            raise UsageError(f"{folder} holds something else; name another with -o, or --force")
        if place.exists() and json.loads(place.read_text(encoding="utf-8")) != mark:
            if not force:
                raise UsageError(
                    f"{folder} holds the sweep of another file or of other values; name "
                    "another with -o, or --force to begin anew"
                )
            self.path.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(mark, indent=2) + "\n", encoding="utf-8")
        self._read()

    def _read(self) -> None:
        from orbits.mission.sweep import Sample

        if not self.path.exists():
            return
        whole = []
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                found = json.loads(line)
            except json.JSONDecodeError:
                continue  # a row that an interruption cut short is flown again
            found["values"] = tuple(found["values"])
            self.rows[found["number"]] = Sample(**found)
            whole.append(line)
        self.path.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")

    def add(self, row: "Sample") -> None:
        """Write one row to disk at once, and the table of all rows anew."""
        from dataclasses import asdict

        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.rows[row.number] = row
        self._write_csv()

    def _write_csv(self) -> None:
        from orbits.exports.atomic import write_text

        rows = [self.rows[n] for n in sorted(self.rows)]
        write_text(self.folder / "sweep.csv", _csv(_lines(self.keys, rows)))


def _csv(lines: list[list[Any]]) -> str:
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def _document(
    found: "Sequence[Axis]", rows: "Sequence[Sample]", verdicts: Sequence[Any], folder: Path
) -> dict[str, Any]:
    counts = {status: sum(r.status == status for r in rows) for status in _statuses(rows)}
    return {
        "schema": "orbits.sweep/1",
        "version": __version__,
        "vary": [{"key": one.key, "values": list(one.values)} for one in found],
        "samples": len(rows),
        "status": counts,
        "requirements": [
            {
                "name": one.name,
                "holds_for": one.holds,
                "passed": [list(values) for values in one.passed],
                "failed": [list(values) for values in one.failed],
            }
            for one in verdicts
        ],
        "table": (folder / "sweep.csv").name,
    }


def _statuses(rows: "Sequence[Sample]") -> list[str]:
    return list(dict.fromkeys(row.status for row in rows))


def _text(found: "Sequence[Axis]", rows: "Sequence[Sample]") -> str:
    from orbits.cli.summary import table
    from orbits.mission.sweep import DONE, carried

    head = [one.key.rpartition(".")[2] for one in found]
    shown = [path for path in _shared(rows) if path.endswith((".availability", ".worst_day"))]
    lines = [[*head, *shown, "verdicts"]]
    for row in rows:
        verdicts = " ".join(row.verdicts.values()) if row.status == DONE else row.note
        cells = [_cell(row.quantities.get(path)) for path in shown]
        lines.append([*map(str, row.values), *cells, verdicts or row.status])
    text = table(lines, "<" * len(head) + ">" * len(shown) + "<")
    lost = [row for row in rows if row.status != DONE]
    if lost:
        text += ["", f"{len(lost)} of {len(rows)} samples did not arrive and judge nothing"]
    for one in carried(rows):
        text += ["", f"{one.name}: {one.text}"] if not lost else [f"{one.name}: {one.text}"]
    return "\n".join(text)


def _shared(rows: "Sequence[Sample]") -> list[str]:
    return list(dict.fromkeys(path for row in rows for path in row.quantities))[:200]


def _cell(value: float | int | str | None) -> str:
    if isinstance(value, str):
        return value
    return "-" if value is None else f"{value:.2f}"
