"""How much of its sky does a lander lose behind a crater's rim?

Makes a mask from a grid of heights, which here is made up: a crater 60 km wide with a rim about
2 km high around the Chang'e-6 site. Give `read_relief` a LOLA raster or a table instead; the
formats stand in docs/terrain-mask.md.
"""

from pathlib import Path

import numpy as np
from astropy import units as u

from orbits import Site
from orbits.exports.masks import write_mask
from orbits.geometry.relief import Relief, terrain_mask
from orbits.sites import Mask

RADIUS = 1737.4e3  # m


def crater(lander: Site) -> Relief:
    """Return heights around ``lander``: a rim lower in the east than in the west."""
    lat = lander.latitude + np.radians(np.arange(-4.0, 4.0, 0.02))
    lon = lander.longitude + np.radians(np.arange(-5.0, 5.0, 0.02))
    north = RADIUS * (lat - lander.latitude)[:, None]
    east = RADIUS * np.cos(lander.latitude) * (lon - lander.longitude)[None, :]
    rim = np.exp(-(((np.hypot(north, east) - 30e3) / 4e3) ** 2))
    return Relief("moon", lon, lat, lander.height - 5.0 + rim * (2.0e3 - 500.0 * east / 30e3))


def main() -> None:
    """Write the mask, read it back, and print it."""
    lander = Site("change-6", "moon", -41.6385 * u.deg, 206.0148 * u.deg, -5256 * u.m)
    mask = terrain_mask(lander, crater(lander), step=np.radians(5.0))
    path = write_mask(Path("change-6.csv"), mask)
    read = Mask.read(path)
    print(f"{path}: {read.azimuth.size} corners")
    for azimuth in range(0, 360, 45):
        print(f"  {azimuth:3} deg  {np.degrees(read.at(np.radians(azimuth))):6.2f} deg")


if __name__ == "__main__":
    main()
