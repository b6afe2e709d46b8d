"""When is it seen? The same windows by several tools, timed, every edge compared.

    python benchmarks/windows.py [--days N] [--case NAME ...] [--tool NAME ...]

Writes benchmarks/results/windows.json and, from it, windows.md. What is not named keeps the
rows that it has.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import scenes
from watchers import here

TOOLS = ("here", "spice", "spice_bold", "orekit", "skyfield", "anise", "brahe")
CASES = {
    "geometric": "(a) {days} days of the Chang'e-6 chain, seven legs, geometric",
    "apparent": "(a) {days} days of the Chang'e-6 chain, seven legs, light time and aberration",
    "passes": "(b) 100 sites on the Earth, one low orbit, 24 h",
    "far-side": "(c) 32,400 points of the Moon's far side, the relay, 30 days",
    "constellation": "(d) 500 satellites over 20 sites on the Earth, 24 h",
}
RUNS = 7  # of ours, after one that is not counted; the others take seconds to minutes
RESULTS = Path(__file__).with_name("results")


def timed(run, times):
    """Return the best wall time, s, and the last answer."""
    found, best = None, np.inf
    for _ in range(times):
        begun = time.perf_counter()
        found = run()
        best = min(best, time.perf_counter() - begun)
    return best, found


def compared(ours, theirs, span):
    """Return windows of ours, of theirs, and the greatest difference of an edge, s.

    None for the difference where the counts differ. Edges of the span do not count; only what
    the other tool was asked is compared.
    """
    worst, mine, other = 0.0, 0, 0
    for name, (start, stop) in theirs.items():
        a, b = ours[name]
        mine, other = mine + len(a), other + len(start)
        if len(a) != len(start) or len(b) != len(stop):
            worst = None
        elif worst is not None and len(a):
            for x, y in ((a, start), (b, stop)):
                inner = (x > span[0] + 2.0) & (x < span[1] - 2.0)
                worst = max(worst, float(np.max(np.abs(x - y)[inner], initial=0.0)))
    return mine, other, worst


def prepared(tool, case, scene):
    """Return what is timed, or None where the tool has no such thing."""
    if case in ("geometric", "apparent"):
        return tool.chain(scene, case) if hasattr(tool, "chain") else None
    ask = getattr(tool, case.replace("-", "_"), None)
    return ask and ask(scene)


def measured(name, case, scene, ours):
    """Return the row of a tool, and its windows by name; None where it has no answer."""
    try:
        tool = importlib.import_module(f"watchers.{name}")
    except ImportError as error:
        print(f"{name}: not installed ({error})")
        return None, None
    run = prepared(tool, case, scene)
    if run is None:
        return None, None
    if name == "here":
        run()
    seconds, found = timed(run, RUNS if name == "here" else 1)
    found = run.named(found) if hasattr(run, "named") else found
    if ours is None:
        ours = found
    known = here.elevations(scene, case) if "alone" in run.words else ours
    mine, other, worst = compared(known, found, scene.span)
    row = {
        "name": tool.NAME,
        "version": tool.version(),
        "asked": len(found),
        "of": len(ours),
        "words": run.words,
        "windows": other,
        "ours_there": mine,
        "seconds": seconds,
        "edges_ms": None if worst is None else 1e3 * worst,
        "evaluations": getattr(run, "evaluations", {}),
    }
    return row, found


def table(rows):
    """Return the lines of a case's table; ``rows`` by tool, ours first."""
    head = "| tool | version | asked | windows | time | times ours | edges |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    base = rows["here"]
    for name in (tool for tool in TOOLS if tool in rows):
        row = rows[name]
        part = row["asked"] < row["of"]
        asked = f"{row['asked']:,} of {row['of']:,}" if part else "all"
        asked += f"; {row['words']}" if row["words"] else ""
        times = row["seconds"] / (base["seconds"] * row["asked"] / row["of"])
        agree = f"{row['edges_ms']:.2f} ms" if row["edges_ms"] is not None else "counts differ"
        count = f"{row['windows']:,}"
        if row["windows"] != row["ours_there"]:
            count += f" (ours {row['ours_there']:,})"
        lines.append(
            f"| {row['name']} | {row['version']} | {asked} | {count} | "
            f"{row['seconds']:.4g} s | {times:,.1f} | {agree if name != 'here' else '-'} |"
        )
    return lines


def counted(rows, days):
    """Return what the search cost in margins, as lines; sampling beside it."""
    lines = []
    for case in ("geometric", "apparent"):
        if case in rows:
            # Two constraints a leg: what each took in thirty days.
            legs = np.array(list(rows[case]["here"]["evaluations"].values())) / 2 / days * 30
            lines.append(
                f"* {case}: {legs.min():.0f} to {legs.max():.0f} evaluations of each margin in "
                "30 days, roots included; sampling every 600 s takes 4,320, before any root "
                "is found."
            )
    return lines


def page(results):
    """Return windows.md."""
    text = [
        "# Windows: the same question to several tools",
        "",
        f"Made by `python benchmarks/windows.py` on {results['machine']}. Wall time, ours the "
        f"best of {RUNS} runs after one that is not counted, of the others one run; edges to "
        "1 ms for all. All tools read the same ephemeris (DE421), orientations and trajectory. "
        "`times ours` compares equal work: where a tool was asked a part, or knows a part, our "
        "time counts for that part alone. `edges` is the greatest difference of any edge from "
        "ours.",
    ]
    for case, title in CASES.items():
        if case in results["rows"]:
            text += ["", f"## {title.format(days=results['days'])}", ""]
            text += table(results["rows"][case])
    text += ["", "## Margin evaluations of (a)", ""]
    text += counted(results["rows"], results["days"])
    notes = RESULTS.parent / "windows_notes.md"
    return "\n".join(text) + "\n\n" + notes.read_text(encoding="utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--case", nargs="*", choices=CASES, default=list(CASES))
    parser.add_argument("--tool", nargs="*", choices=TOOLS, default=list(TOOLS))
    said = parser.parse_args()
    path = RESULTS / "windows.json"
    results = {"days": said.days, "rows": {}}
    if path.exists() and json.loads(path.read_text())["days"] == said.days:
        results = json.loads(path.read_text())
    results["machine"] = (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    )
    for case in said.case:
        scene, ours = scenes.scene(case, said.days), None
        rows = results["rows"].setdefault(case, {})
        for name in dict.fromkeys(("here", *said.tool)):
            row, found = measured(name, case, scene, ours)
            if row is None:
                continue
            ours = found if name == "here" else ours
            rows[name] = row
            print(case, name, f"{row['seconds']:.4g} s", row["words"], flush=True)
            path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (RESULTS / "windows.md").write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
