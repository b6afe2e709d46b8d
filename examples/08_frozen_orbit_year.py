"""How do eccentricity, argument and perilune of a frozen ellipse move over a year?

The ellipse of Queqiao-2's design, 200 x 16,000 km about the Moon, with the lowest perilune of
the year asked to be 100 km; beside it one of the same size at 40 degrees, which is refused.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import orbits
from orbits.design.frozen import YEAR, Shape, frozen_orbit, start_of
from orbits.design.perilune_keeping import PeriluneRule, keep_perilune
from orbits.errors import ConvergenceError
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t

EPOCH, AXIS = parse_t("2024-06-01T00:00:00 UTC"), 9837.4e3


def main() -> None:
    """Print how the orbit keeps, and save frozen-year.png."""
    almanac = orbits.Almanac.load(EPOCH, EPOCH + YEAR)
    forces = Forces(third_bodies=("earth", "sun"), fields={"moon": field("grgm1200a", 50)})
    model = Numerical(almanac, forces, tolerance=1e-11)
    found = {}
    for name, retrograde in (("prograde", False), ("retrograde", True)):
        orbit = frozen_orbit(model, EPOCH, Shape(AXIS, 100e3, retrograde=retrograde))
        found[name] = orbit.history
        print(
            f"{name}: {np.degrees(orbit.elements.inclination):.2f} deg (averaged relation "
            f"{np.degrees(orbit.relation_inclination):.2f}), eccentricity range "
            f"{orbit.history.eccentricity_range:.4f}, argument within "
            f"{np.degrees(orbit.argument_excursion):.2f} deg of 90, lowest perilune "
            f"{orbit.history.lowest_perilune / 1e3:.1f} km"
        )
    try:
        frozen_orbit(model, EPOCH, Shape(AXIS, 100e3, inclination=np.radians(40.0)))
    except ConvergenceError as refusal:
        print(refusal)
    shape = Shape(AXIS, 200e3)
    x = [shape.eccentricity, np.radians(62.51), 0.5 * np.pi]
    start, _ = start_of(EPOCH, shape, x, almanac, forces.mu_of("moon"))
    kept = keep_perilune(model, start, EPOCH + YEAR, PeriluneRule())
    print(
        f"from 200 km, raised 100 km when below 100 km: {len(kept.t)} burns, "
        f"{kept.delta_v.sum():.1f} m/s in the year"
    )
    draw(found)


def draw(found) -> None:
    """Draw three histories over the days of the year."""
    figure, axes = plt.subplots(3, 1, figsize=(10, 7.5), sharex=True, layout="constrained")
    for name, past in found.items():
        day = (past.t - EPOCH) / 86400.0
        axes[0].plot(day, past.eccentricity, linewidth=0.9, label=name)
        axes[1].plot(day, np.degrees(past.argp), linewidth=0.9)
        passed = (past.perilune_t - EPOCH) / 86400.0
        axes[2].plot(passed, past.perilune_altitude / 1e3, "-o", markersize=2, linewidth=0.6)
    axes[0].set_ylabel("eccentricity")
    axes[0].set_ylim(top=0.826)
    axes[0].legend(loc="upper right", ncols=2)
    axes[1].set_ylabel("argument of perilune, deg")
    axes[2].set_ylabel("perilune altitude, km")
    axes[2].axhline(100.0, color="0.4", linestyle="--")
    axes[2].set_xlabel("days from 2024-06-01")
    figure.suptitle("A frozen lunar ellipse, plane of the Earth's orbit of date")
    figure.savefig("frozen-year.png", dpi=130)
    print("frozen-year.png")


if __name__ == "__main__":
    main()
