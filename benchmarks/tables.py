"""What a comparison is written as: rows, tables, a summary, a page."""

import os
import platform
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path

from cases import CASES, Case

HERE = Path(__file__).resolve().parent


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


def table(case: Case, rows: list[Row]) -> str:
    """Return the table of one case."""
    against = "the converged position" if case.reference else "this package at 3e-14"
    lines = [
        f"### {case.title}",
        "",
        f"`{case.name}`. Limit of truncation: {length(case.limit)}; reference: {against}.",
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
    return f"{row.peer.split(',')[0]}: {figure(row.median)} ({times} x)"


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
            others = [r for r in found if not r.peer.startswith(("orbits", "heyoka"))]
            best = min(others, key=lambda row: row.median, default=None)
            title = case.name + (" (2 cores)" if cores > 1 else "")
            own = figure(dense.median) if dense else ""
            lines.append(
                f"| {title} | {figure(ours.median)} | {own} | {_beside(best, ours)} | "
                f"{_beside(taylor, ours)} |"
            )
    return "\n".join([*lines, ""])


def page(rows: list[Row], about: dict[str, str], load: str) -> str:
    """Return the page of results."""
    parts = [
        (HERE / "preface.md").read_text(),
        "## Machine and versions",
        "",
        f"{machine()}; {time.strftime('%Y-%m-%d', time.gmtime())}; {load}.",
        "",
        *(f"* {name}: {version}" for name, version in about.items()),
        "",
        "## Summary",
        "",
        summary(rows),
        "## Results",
        "",
    ]
    for case in CASES:
        here = [row for row in rows if row.case == case.name]
        if here:
            parts.append(table(case, here))
    return "\n".join(parts)
