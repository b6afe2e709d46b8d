"""How soon does the salinity satellite see the whole ocean, and in which light?

Runs the mission, prints gaps by latitude, the 3-day figure, dumps to the stations, the Sun at
the edges of the swath, and the eclipse season of a year.
"""

from pathlib import Path

import numpy as np

import orbits
from orbits.almanac import Almanac
from orbits.constants import DAY
from orbits.design.full_model import earth_model
from orbits.events import windows
from orbits.geometry.eclipse import events
from orbits.geometry.fixed import fixed_path
from orbits.geometry.revisit import bands, share_within
from orbits.geometry.sun import seasons
from orbits.geometry.swath import Swath, ground, incidence_of_look, light
from orbits.time import utc_iso

MISSION = Path(__file__).resolve().parents[1] / "missions" / "haiyang4a.toml"
HEIGHT = 662e3  # m, mean height over WGS84


def main() -> None:
    """Print what the mission sees, and when it sees the Sun."""
    outcome = orbits.run(orbits.load(MISSION))
    ocean = outcome.coverages["ocean"]
    print("ocean by latitude, swath of 950 km, 11 days")
    for band in bands(ocean, np.radians(20.0)):
        south, north = np.degrees([band.south, band.north])
        print(f"  {south:4.0f} to {north:3.0f} deg  mean gap {band.mean_gap / DAY:5.2f} d  "
              f"longest {band.longest_gap / DAY:5.2f} d")  # fmt: skip
    for days in (1, 2, 3, 4):
        print(f"in any {days} days at least {100 * share_within(ocean, days * DAY):6.2f} %")
    dump = outcome.windows["link.dump"]
    print(f"dumps: {dump.count}, {dump.total / 3600:.1f} h, longest pause "
          f"{dump.longest_gap / 3600:.1f} h")  # fmt: skip

    path, almanac = outcome.trajectories["haiyang-4a"], outcome.almanac
    span = (outcome.span[0], outcome.span[0] + DAY)
    fixed, t = fixed_path(path, almanac, "earth", span), np.linspace(*span, 2000)
    swath = Swath.of_width(950e3, HEIGHT)
    print(f"edge of the swath: look {np.degrees(swath.look):.1f} deg, incidence "
          f"{np.degrees(incidence_of_look(swath.look, HEIGHT)):.1f} deg")  # fmt: skip
    for side, word in ((-1.0, "left"), (1.0, "right")):
        seen = light(fixed, almanac, t, ground(fixed, t, swath.look, side * swath.azimuth))
        high, glint = np.degrees(seen.elevation), np.degrees(seen.glint)
        print(f"  {word:5}  Sun {high.min():+.0f} to {high.max():+.0f} deg, within 30 deg of "
              f"the glint {100 * np.mean(glint < 30.0):.1f} % of the day")  # fmt: skip

    start = outcome.trajectories["haiyang-4a"].state(outcome.span[0])
    year = (start.t, start.t + 365.0 * DAY)
    almanac = Almanac.load(*year)
    flown = earth_model(almanac, 8).propagate(start, year)
    umbra, _ = events(flown, "earth", almanac, year)
    for season in seasons(windows(umbra, year)):
        print(f"eclipses from {utc_iso(season.start)[:10]} to {utc_iso(season.stop)[:10]}, "
              f"at most {season.longest / 60:.1f} min")  # fmt: skip


if __name__ == "__main__":
    main()
