"""Many states at once: 1,000 one-day lunar flights on one core and on two.

python benchmarks/batch.py
"""

import time

import numpy as np

from orbits.almanac import Almanac
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

START = parse_t("2024-05-01T00:00:00 TDB")
DAY = 86400.0


def main() -> None:
    """Print medians of seven rounds, and how the second core scales."""
    almanac = Almanac.load(START, START + DAY)
    rng = np.random.default_rng(0)
    r = np.array([0.0, -897.5897384412203e3, -1716.9308144025556e3])
    v = np.array([2.136078756444301e3, 0.0, 0.0])
    states = [
        State(
            START,
            r + rng.normal(0.0, 1e3, 3),
            v + rng.normal(0.0, 1.0, 3),
            Frame("moon", "ICRF"),
        )
        for _ in range(1000)
    ]
    for name, fields in (
        ("point masses", {}),
        ("50x50", {"moon": field("grgm1200a", 50)}),
    ):
        run = Numerical(almanac, Forces(fields=fields))
        run.finals(states[:2], START + DAY)
        medians = []
        for workers in (1, 2):
            times = []
            for _ in range(7):
                begun = time.perf_counter()
                run.finals(states, START + DAY, workers=workers)
                times.append(time.perf_counter() - begun)
            medians.append(float(np.median(times)))
        print(
            f"{name}: {1e3 * medians[0]:.0f} ms on one core, {1e3 * medians[1]:.0f} ms on two, "
            f"{medians[0] / medians[1]:.2f} times"
        )


if __name__ == "__main__":
    main()
