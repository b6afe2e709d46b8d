"""What follows from a mission file at once, so that a slip in it is seen."""

from typing import Any

import numpy as np

from orbits import time
from orbits.bodies import body
from orbits.elements import cartesian_to_keplerian, period
from orbits.frames import rotation_of_epoch
from orbits.mission.build import Craft, Model
from orbits.sites import Site

PLANES = {
    "moon": ("moon-equator-of-epoch", "earth-orbit-plane-of-epoch", "icrf"),
    "earth": ("earth-equator-of-epoch", "icrf"),
}


def derived(model: Model) -> dict[str, Any]:
    """Return derived values, with their units in their names.

    Spacecraft: the start state's osculating elements, with the inclination and node in every
    plane that is usual about its centre. Sites: both ways to write the longitude.
    """
    return {
        "span": {
            "start_utc": time.utc_iso(model.span[0]),
            "stop_utc": time.utc_iso(model.span[1]),
            "duration_day": round(float(time.duration(*model.span)) / 86400.0, 9),
        },
        "spacecraft": {name: _craft(craft, model) for name, craft in model.craft.items()},
        "sites": {name: _site(site) for name, site in model.sites.items()},
    }


def _craft(craft: Craft, model: Model) -> dict[str, Any]:
    start = craft.start
    center = body(start.frame.center)
    mu = craft.mu
    planes: dict[str, dict[str, float]] = {}
    for plane in PLANES.get(center.name, ("icrf",)):
        turn = rotation_of_epoch(plane, start.t, model.almanac)
        elements = cartesian_to_keplerian(turn @ start.r, turn @ start.v, mu)
        planes[plane] = {
            "inclination_deg": _degrees(elements.inclination),
            "raan_deg": _degrees(elements.raan),
            "argp_deg": _degrees(elements.argp),
        }
    elements = cartesian_to_keplerian(start.r, start.v, mu)
    a, e = float(np.asarray(elements.semi_major_axis)), float(np.asarray(elements.eccentricity))
    bound = e < 1.0
    moved = craft.periapsis_moved
    return {
        "center": center.name,
        "epoch_utc": time.utc_iso(start.t),
        "planes": planes,
        "semi_major_axis_km": round(a / 1e3, 6),
        "eccentricity": round(e, 9),
        "true_anomaly_deg": _degrees(elements.true_anomaly),
        "periapsis_radius_km": round(a * (1.0 - e) / 1e3, 6),
        "periapsis_altitude_km": round((a * (1.0 - e) - center.radius) / 1e3, 6),
        "apoapsis_radius_km": round(a * (1.0 + e) / 1e3, 6) if bound else None,
        "apoapsis_altitude_km": round((a * (1.0 + e) - center.radius) / 1e3, 6)
        if bound
        else None,
        "period_s": round(float(period(a, mu)), 3) if bound else None,
        "period_hour": round(float(period(a, mu)) / 3600.0, 6) if bound else None,
        "periapsis_moved_km": None if moved is None else round(moved / 1e3, 6),
    }


def _site(site: Site) -> dict[str, Any]:
    return {
        "body": site.body,
        "latitude": latitude_text(float(site.latitude)),
        "longitude": longitude_text(float(site.longitude)),
        "height_m": round(float(site.height), 3),
        "vector_km": [round(float(x) / 1e3, 6) for x in site.vector],
        "mask_corners": 0 if site.mask is None else int(site.mask.azimuth.size),
        "min_elevation_deg": None if site.mask is not None else _degrees(site.min_elevation),
    }


def latitude_text(latitude: float) -> str:
    """Return a latitude, rad, as "41.6385 S"."""
    degrees = np.degrees(latitude)
    return f"{abs(degrees):.4f} {'S' if degrees < 0 else 'N'}"


def longitude_text(longitude: float) -> str:
    """Return a longitude, rad, as "153.9852 W / 206.0148 E", or "76.7144 E" up to 180 E."""
    east = np.degrees(longitude) % 360.0
    if east <= 180.0:
        return f"{east:.4f} E"
    return f"{360.0 - east:.4f} W / {east:.4f} E"


def _degrees(angle: Any) -> float:
    return round(float(np.degrees(np.asarray(angle))), 6)
