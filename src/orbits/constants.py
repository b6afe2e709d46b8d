"""Physical constants in SI units, each with its source."""

from typing import Final

SPEED_OF_LIGHT: Final = 299_792_458.0  # m/s, exact (SI)
ASTRONOMICAL_UNIT: Final = 149_597_870_700.0  # m, exact (IAU 2012 B2)
DAY: Final = 86_400.0  # s
JULIAN_CENTURY: Final = 36_525.0 * DAY  # s
J2000_JD: Final = 2_451_545.0  # Julian Date (TDB) of t = 0
SOLAR_PRESSURE: Final = 1361.0 / SPEED_OF_LIGHT  # N/m2 at 1 au: 1361 W/m2 (IAU 2015 B3) / c
STANDARD_GRAVITY: Final = 9.80665  # m/s2, exact (CGPM 1901): specific impulse in s

# WGS84 (NIMA TR8350.2, 3rd ed., table 3.1)
WGS84_A: Final = 6_378_137.0  # m
WGS84_F: Final = 1.0 / 298.257223563

# Lunar reference sphere of the mean-Earth frame (IAU WGCCRE 2015)
MOON_RADIUS: Final = 1_737_400.0  # m
SUN_RADIUS: Final = 695_700_000.0  # m, nominal (IAU 2015 B3)
BOLTZMANN = 1.380649e-23  # J/K, exact in the SI
