"""How much of the far side does the relay cover, and where does a rover wait longest?

Prints the shares by band of latitude, and the figures of the south pole by both rules of gaps.
"""

from pathlib import Path

import numpy as np

import orbits

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-coverage.toml"


def main() -> None:
    """Print coverage by latitude, then the gaps of the south pole."""
    outcome = orbits.run(orbits.load(MISSION))
    found = outcome.coverages["far-side"]
    grid, figures = found.grid, found.figures()
    print("far side, elevation of at least 5 deg")
    for south in range(-90, 90, 30):
        rows = (np.degrees(grid.latitude) > south) & (np.degrees(grid.latitude) < south + 30)
        share = np.average(figures.availability[rows], weights=grid.area[rows])
        gap = figures.longest_gap[rows].max() / 3600.0
        print(
            f"  {south:4} to {south + 30:3} deg  {100 * share:6.2f} %  longest gap {gap:6.1f} h"
        )
    pole = outcome.coverages["south-pole"]
    for rule in ("all gaps", "closed gaps only"):
        of_pole = pole.figures(rule)
        mean, longest = pole.grid.mean(of_pole.mean_gap), of_pole.longest_gap.max()
        print(f"south pole, {rule}: mean {mean / 3600:.2f} h, longest {longest / 3600:.2f} h")
    print(pole.windows(0).statement())


if __name__ == "__main__":
    main()
