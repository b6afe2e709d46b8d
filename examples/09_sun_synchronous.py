"""Which orbit does a repeat cycle ask for, and what keeps its track and its local time?

Designs Sentinel-2's orbit from 143 revolutions in 10 days, flies it for 60 days, sets it beside
what J2 alone would give, and counts the upkeep.
"""

import numpy as np

from orbits.almanac import Almanac
from orbits.constants import DAY
from orbits.design.full_model import SPAN, Wanted, corrected, earth_model
from orbits.design.mean_orbit import altitudes
from orbits.design.plane_drift import YEAR, inclination_keeping, plane_drift
from orbits.design.repeat import near_repeats
from orbits.design.sun_synchronous import Repeat, by_repeat, first_order_inclination
from orbits.design.track import hour_of, radius_spread
from orbits.design.track_keeping import CYCLE, decay_of, track_keeping
from orbits.geometry.fixed import fixed_path
from orbits.time import parse_t

CYCLE_ASKED = Repeat(143, 10)
EPOCH = parse_t("2023-03-01T00:00:00 UTC")
DRAG = 0.015  # m2/kg, Cd A/m


def main() -> None:
    """Print the design, its flight, and its upkeep."""
    theory, hour = by_repeat(CYCLE_ASKED), hour_of("22:30")
    almanac = Almanac.load(EPOCH, EPOCH + SPAN)
    wanted = Wanted(CYCLE_ASKED.ratio, hour)
    found = corrected(earth_model(almanac), EPOCH, theory, wanted)
    mean = found.mean
    print(f"{CYCLE_ASKED} at 22:30, mean elements (Sentinel-2A flew 7164.273 km, 98.568 deg)")
    first = np.degrees(first_order_inclination(theory.semi_major_axis))
    print(f"  J2 alone               {first:24.4f} deg")
    for words, orbit in (("theory, zonals to 30", theory), ("in the full model", mean)):
        a, i = orbit.semi_major_axis / 1e3, np.degrees(orbit.inclination)
        print(f"  {words:28}{a:9.3f} km  {i:.4f} deg  e {orbit.eccentricity:.6f}")
    for name, height in altitudes(mean)._asdict().items():
        print(f"  {name.replace('_', ' '):28}{height / 1e3:9.3f} km")

    fixed = fixed_path(found.trajectory, almanac, "earth", found.trajectory.span)
    spread, _ = radius_spread(fixed, np.radians(np.arange(-80.0, 81.0, 20.0)))
    rate = np.degrees(found.track.node_rate) * DAY
    off = 6378.137 * np.abs(found.off_grid).max()
    print(f"60 days: node {rate:.5f} deg a day, {off:.2f} km off the grid at most,")
    print(f"  radius at one latitude within {spread / 1e3:.2f} km")
    print("cycles that nearly close:", end="")
    for near in near_repeats(found.track.daily_revolutions, longest=30, within=300e3):
        print(f"  {near.repeat} {near.shift / 1e3:+.0f} km", end="")
    print()

    five = Almanac.load(EPOCH, EPOCH + 3.5 * YEAR)
    for text in ("22:30", "18:00"):
        drift = plane_drift(mean, hour_of(text), five, (EPOCH, EPOCH + 3.5 * YEAR))
        minutes = 720.0 / np.pi * (drift.local_time[-1] - drift.local_time[0])
        kept = inclination_keeping(mean, drift, np.radians(1.25))
        print(f"{text}: left alone {minutes:+.1f} min in 3.5 years")
        print(f"  kept within 5 min by {kept.yearly:.2f} m/s a year")
    days = Almanac.load(EPOCH, EPOCH + 2.0 * DAY)
    for name, weather in CYCLE.items():
        rate = decay_of(earth_model(days, 8), found.start, DRAG, weather).rate
        kept = track_keeping(mean, rate, 1000.0)
        print(f"{name}: sinks {-rate * DAY:.2f} m a day, track within 1 km by a burn every")
        print(f"  {kept.every / DAY:.0f} days, {kept.yearly:.2f} m/s a year")


if __name__ == "__main__":
    main()
