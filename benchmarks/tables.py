"""What a comparison is written as: rows, tables, a summary, a page."""

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cases import CASES, Case

HERE = Path(__file__).resolve().parent
_CASES = {case.name: case for case in CASES}


@dataclass
class Row:
    """One line of the table."""

    case: str
    peer: str
    cores: int = 1
    tolerance: float = 0.0
    error: float = float("nan")  # m, from the reference
    truncation: float = float("nan")  # m, from the peer's own tightest run
    prepared: float = 0.0  # s
    first: float = 0.0  # s
    wall: list[float] = field(default_factory=list)  # s
    cpu: list[float] = field(default_factory=list)  # s
    refusal: str | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.wall)


@dataclass
class Results:
    """What has been measured, this time or before."""

    rows: list[Row] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)  # when, and how busy, by case

    @classmethod
    def read(cls, folder: Path) -> "Results":
        """Return those of ``folder``, if there are any."""
        path = folder / "propagation.json"
        if not path.exists():
            return cls()
        held = json.loads(path.read_text())
        rows = [Row(**row) for row in held["rows"]]
        return cls(rows, held["versions"], held.get("runs", {}))

    def take(self, case: str, rows: list[Row], run: str) -> None:
        """Put ``rows`` in the place of those of a case."""
        peers = {row.peer for row in rows}
        kept = [row for row in self.rows if row.case != case or row.peer not in peers]
        self.rows = kept + rows
        self.runs[case] = run

    def write(self, folder: Path) -> None:
        """Write the results and their page."""
        facts = {"machine": machine(), "versions": self.versions, "runs": self.runs}
        rows = ",\n  ".join(json.dumps(asdict(row)) for row in self.rows)
        text = json.dumps(facts, indent=1)[:-2] + f',\n "rows": [\n  {rows}\n ]\n}}\n'
        (folder / "propagation.json").write_text(text)
        (folder / "propagation.md").write_text(page(self))


def machine() -> str:
    """Return the processor and the system, without names of host or user."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model n")]
        flags = next((line for line in lines if line.startswith("flags")), "")
        vector = next((w for w in ("avx512f", "avx2", "avx") if w in flags.split()), "")
        model = f"{names[0] if names else model} ({vector})"
    python = f"Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, {python}"


def figure(seconds: float) -> str:
    """Return a time to three digits."""
    return f"{seconds:.2f} s" if seconds >= 1.0 else f"{1e3 * seconds:.3g} ms"


def length(metres: float) -> str:
    """Return a length to two digits."""
    if metres < 0.01:
        return f"{1e3 * metres:.2g} mm"
    return f"{1e2 * metres:.2g} cm" if metres < 1.0 else f"{metres:.3g} m"


def table(case: Case, rows: list[Row], run: str) -> str:
    """Return the table of one case."""
    against = "the converged position" if case.reference else "this package at 3e-14"
    lines = [
        f"### {case.title}",
        "",
        f"`{case.name}`. Limit of truncation: {length(case.limit)}; reference: {against}. "
        f"Run {run}.",
        "",
        "| | tolerance | truncation | agreement | time (median) | least | CPU | first run |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        cores = f" ({row.cores} cores)" if row.cores > 1 else ""
        if row.refusal:
            lines.append(f"| {row.peer}{cores} | | | | not run: {row.refusal} | | | |")
            continue
        lines.append(
            f"| {row.peer}{cores} | {row.tolerance:g} | {length(row.truncation)} | "
            f"{length(row.error)} | "
            f"{figure(row.median)} | {figure(min(row.wall))} | {figure(min(row.cpu))} | "
            f"{figure(row.prepared + row.first)} |"
        )
    return "\n".join([*lines, ""])


def _looser(case: Case, rows: list[Row]) -> list[Row]:
    """Return for each code the row of its loosest tolerance that keeps to the limit."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.wall and row.truncation <= case.limit:
            found.setdefault(row.peer, row)
    return list(found.values())


def _beside(row: Row | None, ours: Row) -> str:
    if row is None:
        return ""
    ratio = row.median / ours.median
    times = f"{ratio:.0f}" if ratio >= 10.0 else f"{ratio:.2g}"
    said = f"{row.peer.split(',')[0]}: {figure(row.median)} ({times} x)"
    if row.peer.startswith("heyoka"):
        said += f"; {figure(row.prepared + row.first)} with its compilation"
    return said


def summary(rows: list[Row]) -> str:
    """Return how many times as long as this package the fastest others take."""
    lines = [
        "Median time at the loosest tolerance that keeps to the limit, and how many times as",
        "long as this package (end states) that is:",
        "",
        "| case | orbits | its trajectory | fastest that needs no compilation | heyoka |",
        "|---|---|---|---|---|",
    ]
    for case in CASES:
        for cores in (1, 2):
            found = _looser(case, [r for r in rows if (r.case, r.cores) == (case.name, cores)])
            ours = next((row for row in found if row.peer == "orbits"), None)
            if ours is None:
                continue
            dense = next((row for row in found if row.peer.startswith("orbits,")), None)
            taylor = next((row for row in found if row.peer.startswith("heyoka")), None)
            others = [row for row in found if _kind(row) == "plain"]
            best = min(others, key=lambda row: row.median, default=None)
            title = case.name + (" (2 cores)" if cores > 1 else "")
            own = figure(dense.median) if dense else ""
            lines.append(
                f"| {title} | {figure(ours.median)} | {own} | {_beside(best, ours)} | "
                f"{_beside(taylor, ours)} |"
            )
    return "\n".join([*lines, ""])


# Case, cores, kind of peer ("plain": needs no compilation), and how many times as long as this
# package it should take.
_GOALS = (
    ("field-50", 1, "plain", 10.0),
    ("field-100", 1, "plain", 20.0),
    *((case, 1, "plain", 1.0) for case in ("points", "transfer", "halo")),
    *((case, 1, "heyoka", 0.5) for case in ("points", "transfer", "halo")),
    *((case, 1, "plain", 5.0) for case in ("low-moon", "low-earth", "low-earth-air")),
    ("batch", 1, "plain", 1.0),
    ("batch", 1, "heyoka", 1.0 / 3.0),
)


def goals(rows: list[Row]) -> str:
    """Return what was aimed at, and what came of it."""
    lines = [
        "| case | against | goal: times as long as this package | measured | |",
        "|---|---|---|---|---|",
    ]

    def line(case: str, against: str, goal: float, found: float) -> None:
        verdict = "met" if found >= goal else "**short**"
        lines.append(f"| {case} | {against} | {goal:.2g} | {found:.2g} | {verdict} |")

    for case, cores, kind, goal in _GOALS:
        found = _looser(_CASES[case], [r for r in rows if (r.case, r.cores) == (case, cores)])
        ours = next((row for row in found if row.peer == "orbits"), None)
        others = [row for row in found if _kind(row) == kind]
        if ours and others:
            best = min(others, key=lambda row: row.median)
            line(case, best.peer.split(",")[0], goal, best.median / ours.median)
    for case in ("batch", "batch-50"):
        held = [r for r in rows if r.case == case and r.peer == "orbits" and r.wall]
        one, two = ([r.median for r in held if r.cores == cores][:1] for cores in (1, 2))
        if one and two:
            line(case, "itself on one core, on two", 1.8, one[0] / two[0])
    return "\n".join([*lines, ""])


def _kind(row: Row) -> str:
    return next((k for k in ("orbits", "heyoka") if row.peer.startswith(k)), "plain")


def page(results: Results) -> str:
    """Return the page of results."""
    rows = results.rows
    parts = [
        (HERE / "preface.md").read_text(),
        "## Machine and versions",
        "",
        f"{machine()}.",
        "When each case was run, and how busy the machine was as it began, stands beside it.",
        "",
        *(f"* {name}: {version}" for name, version in results.versions.items()),
        "",
        "## Summary",
        "",
        summary(rows),
        "## Goals",
        "",
        goals(rows),
        "## Results",
        "",
    ]
    for case in CASES:
        here = [row for row in rows if row.case == case.name]
        if here:
            parts.append(table(case, here, results.runs.get(case.name, "before")))
    return "\n".join(parts)
