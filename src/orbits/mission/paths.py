"""The quantities that a mission's outcome offers, by path, with the unit each is stated in."""

from collections.abc import Iterable, Mapping

WINDOWS = {
    "availability": "%",
    "best_day": "h",
    "worst_day": "h",
    "mean_day": "h",
    "count": "",
    "longest": "s",
    "longest_gap": "s",
    "total": "s",
}
VOLUMES = {
    "volume": "Gbit",
    "best_day_volume": "Gbit",
    "worst_day_volume": "Gbit",
    "mean_day_volume": "Gbit",
    "min_margin": "dB",
}
SHADOW = {"longest": "s", "total": "s", "count": ""}
SPACECRAFT = {
    "min_altitude": "km",
    "max_altitude": "km",
    "min_periapsis_altitude": "km",
    "max_periapsis_altitude": "km",
    "min_apoapsis_altitude": "km",
    "max_apoapsis_altitude": "km",
}
ORBIT = {
    "semi_major_axis": "km",
    "eccentricity": "",
    "inclination": "deg",
    "raan_rate": "deg/day",
    "argp_rate": "deg/day",
    "period": "s",
    "ltan": "h",
}
MAINTENANCE = {
    "delta_v": "m/s",
    "maintenance.burns": "",
    "maintenance.yearly_delta_v": "m/s",
    "maintenance.largest_burn": "m/s",
}
COVERAGE = {
    "min_percent": "%",
    "mean_percent": "%",
    "longest_gap": "s",
    "mean_gap": "s",
    "time_average_gap": "s",
    "response_time": "s",
    "mean_in_view": "",
    "min_in_view": "",
    "max_in_view": "",
    "seen_percent": "%",
    "within_percent": "%",
    "time_to_full": "s",
}
# The kind of quantity (units.py) that each unit states.
KINDS = {"%": "ratio", "": "ratio", "h": "time", "s": "time", "km": "length", "deg": "angle",
         "deg/day": "angular speed", "deg/h": "angular speed", "Gbit": "data volume",
         "dB": "decibel", "m/s": "speed", "km/s": "speed", "km2/s2": "specific energy",
         "kg": "mass", "UTC": "instant"}  # fmt: skip


def offered(
    spacecraft: Iterable[str],
    links: Iterable[str],
    chains: Iterable[str],
    eclipses: Mapping[str, Iterable[str]],
    budgets: Iterable[str] = (),
    coverages: Iterable[str] = (),
) -> dict[str, str]:
    """Return {path: unit} of every quantity that a run of such a mission states.

    Parameters
    ----------
    spacecraft, links, chains : names
    eclipses : {spacecraft: bodies}
    budgets : names
        Of the links with a radio.
    coverages : names
    """
    found: dict[str, str] = {}
    for table, names in (("chain", chains), ("link", links)):
        for name in names:
            found.update({f"{table}.{name}.{key}": unit for key, unit in WINDOWS.items()})
    for name in budgets:
        found.update({f"link.{name}.{key}": unit for key, unit in VOLUMES.items()})
    for name, bodies in eclipses.items():
        for body in bodies:
            for shadow in ("umbra", "penumbra"):
                path = f"eclipse.{name}.{body}.{shadow}"
                found.update({f"{path}.{key}": unit for key, unit in SHADOW.items()})
    for name in coverages:
        found.update({f"coverage.{name}.{key}": unit for key, unit in COVERAGE.items()})
    for name in spacecraft:
        found.update({f"spacecraft.{name}.{key}": unit for key, unit in SPACECRAFT.items()})
        found.update({f"spacecraft.{name}.orbit.{key}": unit for key, unit in ORBIT.items()})
    return found
