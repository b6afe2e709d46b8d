"""What becomes of Queqiao-1's halo in the real sky, and what does keeping it cost?

Twelve revolutions from the insertion of 14 June 2018, under Earth, Moon, Sun and sunlight; then
a Monte Carlo of a year of station-keeping with three sets of errors.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import orbits
from orbits.design.halo import family
from orbits.design.halo_keeping import HaloRule, keep_halo
from orbits.design.real_sky import in_the_real_sky
from orbits.forces.assembly import Forces
from orbits.frames import PULSATING_LENGTH, Frame
from orbits.propagators.cr3bp import SYSTEMS
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t, utc_iso

SYSTEM = SYSTEMS["earth-moon"]
INSERTION = parse_t("2018-06-14T03:06:00 UTC")
DAY = 86400.0


def main() -> None:
    """Print the report and the cost, and save halo-in-the-sky.png."""
    model = family(SYSTEM, "halo", "L2", "southern").where("az", 13e6 / SYSTEM.length)[0]
    almanac = orbits.Almanac.load(INSERTION, INSERTION + 420 * DAY)
    forces = Forces(third_bodies=("earth", "sun"), radiation=1.3 * 10.0 / 448.7)
    sky = Numerical(almanac, forces)
    real = in_the_real_sky(model, sky, INSERTION, revolutions=12)
    found = real.residuals
    print(f"from {utc_iso(INSERTION, 0)}, {len(real.nodes) - 1} arcs, {found.iterations} steps")
    print(f"one revolution: {real.period / DAY:.3f} d")
    print(f"range to the Moon: {found.range[0] / 1e3:.0f} to {found.range[1] / 1e3:.0f} km")
    print(f"nearest to the Earth-Moon axis: {found.axis_distance / 1e3:.0f} km")
    print(f"jumps: {found.position_jump * 1e3:.3f} mm, {found.velocity_jump:.1e} m/s")
    print(f"one arc alone stays within 10 km for {found.single_arc:.1f} revolutions")
    print(f"  and is lost after {found.single_lost:.1f}")
    year = in_the_real_sky(model, sky, INSERTION, revolutions=27)
    for position, speed, days in ((1e3, 3e-3, 7.0), (300.0, 1e-3, 7.0), (1e3, 3e-3, 3.5)):
        rule = HaloRule(every=days * DAY, sigma_position=position, sigma_velocity=speed)
        said = keep_halo(year, sky, rule, samples=40).statement()
        print(f"{position / 1e3:.1f} km, {speed * 1e3:.0f} mm/s: {said}")
    draw(real, model, almanac)


def draw(real, model, almanac) -> None:
    """Draw the orbit in the pulsating frame about the Moon beside the model's."""
    t = np.linspace(*real.trajectory.span, 6000)
    frame = Frame("moon", "EARTH_MOON_PULSATING")
    r = real.trajectory.seen_in(frame, almanac).position(t) / PULSATING_LENGTH
    ideal = model.samples(600)[:, :3] - [1.0 - SYSTEM.mu, 0.0, 0.0]
    figure, axes = plt.subplots(1, 2, figsize=(11, 2.9), layout="constrained")
    for ax, (i, j, across, up) in zip(axes, ((0, 2, "x", "z"), (1, 2, "y", "z")), strict=True):
        ax.plot(*(384.4 * r[:, [i, j]]).T, linewidth=0.7, color="tab:blue", label="real sky")
        ax.plot(*(384.4 * ideal[:, [i, j]]).T, "k--", linewidth=1.2, label="restricted problem")
        ax.add_patch(plt.Circle((0, 0), 1.7374, color="0.45"))
        ax.set_xlabel(f"{across}, 1000 km at 384,400 km")
        ax.set_ylabel(f"{up}, 1000 km at 384,400 km")
        ax.set_aspect("equal")
        ax.grid(alpha=0.25)
    axes[0].legend(loc="lower left")
    figure.suptitle("Queqiao-1's halo over twelve revolutions, frame of Earth and Moon")
    figure.savefig("halo-in-the-sky.png", dpi=130)
    print("halo-in-the-sky.png")


if __name__ == "__main__":
    main()
