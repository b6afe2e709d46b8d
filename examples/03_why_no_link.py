"""Why is there no link at a given time, and by how much does each constraint miss or hold?

Takes the middle of the chain's longest gap and of its longest window, and prints every
constraint of every way through the chain with its margin.
"""

from pathlib import Path

import numpy as np

import orbits
from orbits.time import utc_iso

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-relay.toml"


def main() -> None:
    """Print the margins at two instants."""
    outcome = orbits.run(orbits.load(MISSION))
    chain, windows = outcome.chains["far-side-relay"], outcome.windows["chain.far-side-relay"]
    for name, rows in (("longest gap", windows.gaps), ("longest window", windows)):
        k = int(np.argmax(rows.durations))
        t = 0.5 * float(rows.start[k] + rows.stop[k])
        print(f"\nmiddle of the {name}, {utc_iso(t, 0)}; it begins with {rows.start_cause[k]}")
        ways = chain.why(outcome.almanac, t)
        for way in ways:
            print(f"  {' - '.join(way.nodes)}: {'open' if way.open else 'closed'}")
            for c in way.constraints:
                word = "holds " if c.holds else "BLOCKS"
                print(f"    {word} {c.link}/{c.cause:24} {c.margin:12.3f} {c.unit}")
        blocking = [{f"{c.link}/{c.cause}" for c in w.constraints if not c.holds} for w in ways]
        if all(blocking):
            common = sorted(set.intersection(*blocking))
            print("  blocks every way:", ", ".join(common) or "no single one")


if __name__ == "__main__":
    main()
