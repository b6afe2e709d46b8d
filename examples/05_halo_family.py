"""What do the southern L2 halos of Earth and Moon look like, and which of them are stable?

Prints the family, from the plane to the near-rectilinear ones, and draws it in three
projections: what is dark stays, what is bright leaves within days.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

from orbits.design.halo import family
from orbits.propagators.cr3bp import SYSTEMS

SYSTEM = SYSTEMS["earth-moon"]
KM = SYSTEM.length / 1e3
DAYS = SYSTEM.time / 86400.0
VIEWS = ((0, 1, "x", "y"), (0, 2, "x", "z"), (1, 2, "y", "z"))


def main() -> None:
    """Print twelve members and save halo-family.png."""
    members = family(SYSTEM, "halo", "L2", "southern").members
    chosen = members[:: max(1, len(members) // 24)]
    print(f"{len(members)} members; unit of length {KM:.3f} km, of time {SYSTEM.time:.3f} s")
    print("   period   Jacobi    stability       Az   nearest")
    for orbit in chosen[::2]:
        print(
            f"{orbit.period * DAYS:7.3f} d {orbit.jacobi:9.6f} {orbit.stability_index():10.3f} "
            f"{orbit.z_amplitude() * KM:8.0f} km {orbit.distances()[0] * KM:8.0f} km"
        )
    stable = [m for m in members if m.stability_index() < 1.0 + 1e-6]
    print(
        f"{len(stable)} of them are stable, with periods of "
        f"{min(m.period for m in stable) * DAYS:.2f} to "
        f"{max(m.period for m in stable) * DAYS:.2f} d"
    )
    draw(chosen)


def draw(members) -> None:
    """Draw the members about the Moon, 1000 km, in three projections."""
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.8), layout="constrained")
    norm, colours = LogNorm(1.0, 600.0), plt.get_cmap("viridis")
    moon = np.array([1.0 - SYSTEM.mu, 0.0, 0.0])
    point = (SYSTEM.libration_point("L2") - moon) * KM / 1e3
    for orbit in members:
        r = (orbit.samples(600)[:, :3] - moon) * KM / 1e3
        colour = colours(norm(max(1.0, orbit.stability_index())))
        for ax, (i, j, _, _) in zip(axes, VIEWS, strict=True):
            ax.plot(r[:, i], r[:, j], color=colour, linewidth=0.9)
    for ax, (i, j, across, up) in zip(axes, VIEWS, strict=True):
        ax.add_patch(plt.Circle((0, 0), 1.7374, color="0.45"))
        ax.plot(point[i], point[j], "k+", markersize=8)
        ax.annotate("L2", (point[i], point[j]), xytext=(5, 5), textcoords="offset points")
        ax.set_xlabel(f"{across}, 1000 km")
        ax.set_ylabel(f"{up}, 1000 km")
        ax.set_aspect("equal")
        ax.grid(alpha=0.25)
    bar = figure.colorbar(plt.cm.ScalarMappable(norm, colours), ax=axes, shrink=0.85)
    bar.set_label("stability index")
    figure.suptitle("Southern L2 halos, Earth-Moon, rotating frame about the Moon")
    figure.savefig("halo-family.png", dpi=130)
    print("halo-family.png")


if __name__ == "__main__":
    main()
