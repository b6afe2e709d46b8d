"""Ellipse or halo: what does each give to the Chang'e-6 site, and to the far side?

Searches both for the site, prints the Pareto front, and draws it beside the share of the month
in which each latitude of the far side, on its middle meridian, sees an ellipse or a halo.
"""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from astropy import units as u

import orbits
from orbits.design.relay import Ellipse, HaloChoice, Scene
from orbits.design.trade import search
from orbits.sites import built_in_site
from orbits.time import parse_t

START = parse_t("2024-05-31T00:00:00 UTC")
DAY = 86400.0
QUEQIAO_2 = Ellipse(9837.4e3, 400e3, "south", False, np.radians(90.0), np.pi)
QUEQIAO_1 = HaloChoice(13e6, "L2", "southern", 0.0)


def scene(latitude: float, longitude: float, height: float, almanac) -> Scene:
    """Return a site (deg, m) with the deep-space stations over thirty days."""
    site = orbits.Site(
        "site", "moon", latitude * u.deg, longitude * u.deg, height * u.m, 5 * u.deg, None
    )
    names = ("jiamusi", "kashi", "neuquen")
    stations = tuple(built_in_site(n).with_horizon(np.radians(5.0), None) for n in names)
    return Scene(almanac, (START, START + 30 * DAY), site, stations)


def main() -> None:
    """Print the front and save relay-tradeoff.png."""
    almanac = orbits.Almanac.load(START - 100.0, START + 62 * DAY)
    landed = scene(-41.6385, 206.0148, -5256.0, almanac)
    front = search(landed, tries=200, members=10, require=lambda f: f.availability > 0.5)
    print("  open     gap   dark     range  insertion  yearly")
    for point in front:
        f = point.figures
        print(
            f"{100 * f.availability:6.1f} % {f.longest_gap / 3600:5.1f} h "
            f"{f.longest_eclipse / 60:3.0f} min {f.slant_range / 1e3:6.0f} km "
            f"{f.insertion:6.0f} m/s {f.yearly:4.0f} m/s  {type(point.design).__name__}"
        )
    latitudes = np.arange(-90.0, 91.0, 15.0)
    coverage = {}
    for name, design in (("ellipse", QUEQIAO_2), ("halo", QUEQIAO_1)):
        shares = [scene(x, 180.0, 0.0, almanac).figures(design) for x in latitudes]
        coverage[name] = [100 * f.availability for f in shares]
        low, high = min(coverage[name]), max(coverage[name])
        print(f"far side by {name}: {low:.1f} to {high:.1f} % by latitude")
    draw(front, latitudes, coverage)


def draw(front, latitudes, coverage) -> None:
    """Draw the front, and the coverage by latitude."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    for kind, mark, name in ((Ellipse, "o", "ellipses"), (HaloChoice, "s", "halos")):
        chosen = [p.figures for p in front if isinstance(p.design, kind)]
        share = [100 * f.availability for f in chosen]
        left.plot([f.slant_range / 1e3 for f in chosen], share, mark, label=name)
    left.set(xscale="log", xlabel="greatest slant range, km", ylabel="chain open, %")
    for name, share in coverage.items():
        right.plot(latitudes, share, "-o", markersize=3, label=name)
    right.set(xlabel="latitude at 180 deg east, deg", ylabel="chain open, %")
    for ax in (left, right):
        ax.legend()
        ax.grid(alpha=0.25)
    figure.savefig("relay-tradeoff.png", dpi=130)
    print("relay-tradeoff.png")


if __name__ == "__main__":
    main()
