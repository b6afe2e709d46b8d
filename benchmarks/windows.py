"""When is it seen? The same windows by several tools, timed, every edge compared.

    python benchmarks/windows.py [days]

Writes benchmarks/results/windows.md.
"""

import importlib
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import scenes
from watchers import here

WATCHERS = ("here", "spice", "orekit", "skyfield", "anise", "brahe")
RUNS = {"here": 7, "spice": 2, "orekit": 1, "skyfield": 1, "anise": 1, "brahe": 1}
COLD = ("skyfield", "anise", "brahe")  # minutes a run: nothing to warm up
TITLES = {
    "geometric": "(a) {days} days of the Chang'e-6 chain, seven legs, geometric",
    "apparent": "(a) {days} days of the Chang'e-6 chain, seven legs, light time and aberration",
    "passes": "(b) 100 sites on the Earth, one low orbit, 24 h",
}
RESULT = Path(__file__).with_name("results") / "windows.md"


def timed(run, times, *, cold):
    """Return the best wall time, s, and the last answer; after a run not counted, if warm."""
    found, best = None if cold else run(), np.inf
    for _ in range(times):
        begun = time.perf_counter()
        found = run()
        best = min(best, time.perf_counter() - begun)
    return best, found


def received(scene, found, light_time):
    """Return SPICE's windows of the sending lander at reception at the relay, as ours are."""
    leg = getattr(scene, light_time).legs["link.surface"]
    from orbits.geometry.signal import reception

    nodes = leg.transmitter.path, leg.receiver.path
    ends = tuple(reception(*nodes, leg.almanac, t, light_time) for t in found["surface"])
    return {**found, "surface": ends}


def compared(ours, theirs, span):
    """Return windows of ours, of theirs, and the greatest difference of an edge, s.

    None for the difference where the counts differ. Edges of the span do not count; only the
    legs that the other tool knows are compared.
    """
    worst, mine, other = 0.0, 0, 0
    for name, (start, stop) in theirs.items():
        a, b = ours[name]
        mine, other = mine + len(a), other + len(start)
        if len(a) != len(start) or len(b) != len(stop):
            worst = None
        elif worst is not None and len(a):
            both = [(a, start), (b, stop)]
            for x, y in both:
                inner = (x > span[0] + 2.0) & (x < span[1] - 2.0)
                worst = max(worst, float(np.max(np.abs(x - y)[inner], initial=0.0)))
    return mine, other, worst


def rows_of(case, scene):
    ours, lines = None, []
    for name in WATCHERS:
        try:
            peer = importlib.import_module(f"watchers.{name}")
        except ImportError as error:
            print(f"{name}: not installed ({error})")
            continue
        run = peer.passes(scene) if case == "passes" else peer.chain(scene, case)
        if run is None:
            continue
        seconds, found = timed(run, RUNS[name], cold=name in COLD)
        if name == "spice":
            found = received(scene, found, case)
        if ours is None:
            ours, base = found, seconds
        words = getattr(run, "words", "")
        partly = "alone" in words
        known = here.elevations(scene, case) if partly else ours
        mine, other, worst = compared(known, found, scene.span)
        legs = f"{len(found)} of {len(ours)}" if len(found) < len(ours) else "all"
        legs += f"; {words}" if words else ""
        share = len(found) / len(ours)
        agree = "counts differ" if worst is None else f"{1e3 * worst:.2f} ms"
        lines.append(
            f"| {peer.NAME} | {peer.version()} | {legs} | {other} | {seconds:.4g} s | "
            f"{seconds / (base * share):.1f} | {agree if name != 'here' else '-'} |"
        )
        print(lines[-1], f"(ours has {mine} there)")
        if name == "here" and case != "passes":
            counts = run.evaluations
            lines_note = f"margin evaluations by leg: {counts}"
            print(lines_note)
            evaluations.append((case, counts))
    return lines


evaluations: list = []


def main():
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 365
    year, day = scenes.year(days), scenes.day()
    text = [
        "# Windows: the same question to several tools",
        "",
        f"Made by `python benchmarks/windows.py{'' if days == 365 else f' {days}'}` on "
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}. "
        "Best of several runs in one process after one that is not counted; edges within 1 ms "
        "for all. All tools read the same ephemeris (DE421), orientations and trajectory. "
        "`times` is the time over ours, per leg where a tool does not know all of "
        "them. `edges` is the greatest difference of any edge from ours.",
    ]
    for case, scene in (("geometric", year), ("apparent", year), ("passes", day)):
        text += ["", f"## {TITLES[case].format(days=days)}", ""]
        text += ["| tool | version | legs | windows | time | times | edges |"]
        text += ["|---|---|---|---|---|---|---|", *rows_of(case, scene)]
    sampled = days * 144
    text += ["", "## Margin evaluations", ""]
    for case, counts in evaluations:
        text.append(
            f"* {case}: {min(counts.values())} to {max(counts.values())} evaluations a leg, of "
            f"all its constraints together; sampling one margin every 600 s takes {sampled}, "
            "before any root is found."
        )
    RESULT.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
