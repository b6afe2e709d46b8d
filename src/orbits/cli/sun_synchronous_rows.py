"""What ``orbits design sun-synchronous`` answers: rows with the names of the documents."""

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from orbits.almanac import Almanac
from orbits.constants import DAY
from orbits.design import track_keeping
from orbits.design.full_model import (
    Corrected,
    Wanted,
    as_if_osculating,
    corrected,
    earth_model,
    node_of,
    start_of,
)
from orbits.design.mean_orbit import TURN, MeanOrbit, altitudes, motion
from orbits.design.plane_drift import YEAR, PlaneDrift, inclination_keeping, plane_drift
from orbits.design.repeat import near_repeats, track_spacing
from orbits.design.sun_synchronous import Repeat, first_order_inclination
from orbits.design.track import hour_text, radius_spread
from orbits.errors import OrbitsWarning
from orbits.geometry.fixed import fixed_path
from orbits.propagators.numerical import Numerical
from orbits.time import utc_iso
from orbits.trajectory import State

if TYPE_CHECKING:
    from orbits.design.catalogue import Catalogued

_LATITUDES = np.radians(np.arange(-80.0, 81.0, 10.0))
_MINUTES = 720.0 / np.pi  # of local time in a radian
_DRIFT = 5.0  # years
_DECAY = 2.0 * DAY  # of the flights in air


def quiet_almanac(start: float, stop: float) -> Almanac:
    """Return an almanac, without its warnings on Earth orientation to come.

    Past its table the rotation is held: over years that moves the hour of the Sun by seconds,
    and what is designed here does not rest on it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OrbitsWarning)
        return Almanac.load(start, stop)


class Request(NamedTuple):
    """What is asked, in SI; ``degree`` None leaves the flight out."""

    orbit: MeanOrbit
    cycle: Repeat | None
    frozen: bool
    local_time: float
    node_longitude: float | None
    epoch: float
    span: float
    degree: int | None
    drag: float | None
    dead_band: float
    local_time_band: float


def answer(
    request: Request, almanac: Almanac, seen: "tuple[Catalogued, ...]"
) -> dict[str, Any]:
    """Return everything that is said of the orbit asked for.

    Raises
    ------
    ValueError
        Where something asked does not go together.
    ConvergenceError
        If the correction does not settle.
    """
    rates = motion(request.orbit)
    ratio = rates.daily_revolutions if request.cycle is None else request.cycle.ratio
    flown, model = None, earth_model(almanac, request.degree or 36)
    orbit, raan, anomaly = request.orbit, None, None
    if request.degree is not None:
        wanted = Wanted(ratio, request.local_time, request.frozen, request.node_longitude)
        flown = corrected(model, request.epoch, orbit, wanted, request.span)
        orbit, raan, anomaly = flown.mean, flown.raan, flown.mean_anomaly
        start = flown.start
    else:
        raan = node_of(request.epoch, request.local_time, almanac)
        anomaly = -orbit.argp % TURN  # at the node
        start = start_of(request.epoch, orbit, raan, anomaly, almanac)
    drift = plane_drift(
        orbit, request.local_time, almanac, (request.epoch, request.epoch + _DRIFT * YEAR)
    )
    return {
        **_orbit(request, orbit, raan, anomaly, ratio),
        "altitudes": _altitudes(orbit),
        "theory": _theory(request.orbit),
        "full_model": None if flown is None else _flight(request, flown, model),
        "near_repeats": [
            {
                "revolutions": near.repeat.revolutions,
                "days": near.repeat.days,
                "track_shift_km": near.shift / 1e3,
            }
            for near in near_repeats(ratio)
        ],
        "drift": _drift(drift),
        "maintenance": _maintenance(request, orbit, drift, start),
        "catalogue": [_set(one, seen) for one in seen],
        "state": {
            "epoch_utc": utc_iso(start.t),
            "center": "earth",
            "frame": "icrf",
            "position_km": (start.r / 1e3).tolist(),
            "velocity_km_s": (start.v / 1e3).tolist(),
        },
    }


def _orbit(
    request: Request, orbit: MeanOrbit, raan: float, anomaly: float, ratio: float
) -> dict[str, Any]:
    hour, cycle = request.local_time, request.cycle
    return {
        "epoch_utc": utc_iso(request.epoch),
        "elements": "mean (Brouwer), true equator and equinox of the epoch",
        "semi_major_axis_km": orbit.semi_major_axis / 1e3,
        "eccentricity": orbit.eccentricity,
        "inclination_deg": float(np.degrees(orbit.inclination)),
        "argp_deg": float(np.degrees(orbit.argp)),
        "raan_deg": float(np.degrees(raan)),
        "mean_anomaly_deg": float(np.degrees(anomaly)),
        "frozen": request.frozen,
        "ltan": hour_text(hour),
        "ltdn": hour_text(hour + np.pi),
        "local_time": "mean local solar time of the node: UTC plus its east longitude",
        "revolutions": None if cycle is None else cycle.revolutions,
        "days": None if cycle is None else cycle.days,
        "revolutions_per_day": ratio,
        "nodal_period_s": TURN / motion(orbit).argument,
        "track_spacing_km": track_spacing(ratio) / 1e3,
    }


def _altitudes(orbit: MeanOrbit) -> dict[str, float]:
    found = altitudes(orbit)
    return {
        "a_minus_6378_137_km": found.above_equator / 1e3,
        "a_minus_6371_km": found.above_mean_sphere / 1e3,
        "mean_geodetic_height_km": found.mean_height / 1e3,
        "lowest_geodetic_height_km": found.lowest_height / 1e3,
        "highest_geodetic_height_km": found.highest_height / 1e3,
    }


def _theory(orbit: MeanOrbit) -> dict[str, float]:
    """Return the orbit before the correction, and what J2 alone would make of it."""
    first = first_order_inclination(orbit.semi_major_axis, orbit.eccentricity)
    return {
        "semi_major_axis_km": orbit.semi_major_axis / 1e3,
        "eccentricity": orbit.eccentricity,
        "inclination_deg": float(np.degrees(orbit.inclination)),
        "argp_deg": float(np.degrees(orbit.argp)),
        "node_rate_deg_day": float(np.degrees(motion(orbit).node) * DAY),
        "first_order_inclination_deg": float(np.degrees(first)),
    }


def _flight(request: Request, flown: Corrected, model: Numerical) -> dict[str, Any]:
    """Return how well the corrected orbit does in the full model, and without correction."""
    track, path, almanac = flown.track, flown.trajectory, model.almanac
    slip = as_if_osculating(model, flown)
    fixed = fixed_path(path, almanac, "earth", path.span)
    spread, where = radius_spread(fixed, _LATITUDES)
    return {
        "span_day": request.span / DAY,
        "field": f"EGM96 to {request.degree}, Moon and Sun, no air",
        "iterations": flown.iterations,
        "node_rate_deg_day": float(np.degrees(track.node_rate) * DAY),
        "local_time_spread_s": float(np.ptp(np.unwrap(track.local_time)) / TURN * DAY),
        "nodes_off_grid_km": float(np.abs(flown.off_grid).max() * 6378.137),
        "grid_longitude_deg": float(
            np.degrees(track.grid_longitude(flown.wanted.ratio)) % 360.0
        ),
        "nodes_off_grid_from_osculating_km": float(
            np.abs(slip.off_grid(flown.wanted.ratio)).max() * 6378.137
        ),
        "radius_spread_km": spread / 1e3,
        "radius_spread_latitude_deg": float(np.degrees(where)),
    }


def _drift(drift: PlaneDrift) -> dict[str, Any]:
    """Return what Sun and Moon do to the plane when nothing is done."""
    yearly = [int(np.argmin(np.abs(drift.t - drift.t[0] - k * YEAR))) for k in range(1, 6)]
    late = drift.local_time - drift.local_time[0]
    return {
        "inclination_rate_deg_year": float(np.degrees(drift.inclination_rate) * YEAR),
        "local_time_change_min": [float(late[k] * _MINUTES) for k in yearly],
        "years": list(range(1, 6)),
    }


def _maintenance(
    request: Request,
    orbit: MeanOrbit,
    drift: PlaneDrift,
    start: State,
) -> dict[str, Any]:
    band = request.local_time_band / DAY * TURN
    plane = inclination_keeping(orbit, drift, band)
    rows: dict[str, Any] = {
        "local_time_band_min": request.local_time_band / 60.0,
        "inclination": {
            "every_day": plane.every / DAY if np.isfinite(plane.every) else None,
            "step_deg": float(np.degrees(plane.step)),
            "delta_v_m_s": plane.delta_v,
            "delta_v_m_s_per_year": plane.yearly,
        },
        "dead_band_km": request.dead_band / 1e3,
        "drag_m2_kg": request.drag,
        "track": None,
        "cycle_mean_delta_v_m_s_per_year": None,
    }
    if request.drag is None:
        return rows
    model, kept = earth_model(quiet_almanac(start.t, start.t + _DECAY), 20), {}
    for name, weather in track_keeping.CYCLE.items():
        rate = track_keeping.decay_of(model, start, request.drag, weather, _DECAY).rate
        kept[name] = track_keeping.track_keeping(orbit, rate, request.dead_band)
    rows["track"] = [
        {
            "weather": name,
            "f107": track_keeping.CYCLE[name].f107,
            "decay_m_day": found.decay * DAY,
            "altitude_band_km": found.rise / 1e3,
            "every_day": found.every / DAY if np.isfinite(found.every) else None,
            "delta_v_m_s": found.delta_v,
            "delta_v_m_s_per_year": found.yearly,
        }
        for name, found in kept.items()
    ]
    mean = track_keeping.cycle_mean(*(found.yearly for found in kept.values()))
    rows["cycle_mean_delta_v_m_s_per_year"] = mean
    return rows


def _set(one: "Catalogued", seen: "tuple[Catalogued, ...]") -> dict[str, Any]:
    """Return an element set of the catalogue, read as mean elements of the theory."""
    first = seen[0]
    apart = one.epoch - first.epoch
    moved = one.local_time - first.local_time
    return {
        "name": one.name,
        "epoch_utc": utc_iso(one.epoch),
        "semi_major_axis_km": one.mean.semi_major_axis / 1e3,
        "eccentricity": one.mean.eccentricity,
        "inclination_deg": float(np.degrees(one.mean.inclination)),
        "argp_deg": float(np.degrees(one.mean.argp)),
        "ltan": hour_text(one.local_time),
        "ltdn": hour_text(one.local_time + np.pi),
        "revolutions_per_day": one.motion.daily_revolutions,
        "node_rate_deg_day": float(np.degrees(one.motion.node) * DAY),
        "local_time_drift_min_per_year": one.local_time_rate * YEAR * _MINUTES,
        "decay_m_day": one.decay * DAY,
        "local_time_change_in_a_year_min": one.yearly_change * _MINUTES,
        "drifting": one.drifts,
        "observed_local_time_drift_min_per_year": (
            float(np.angle(np.exp(1j * moved)) * _MINUTES / apart * YEAR) if apart else None
        ),
        "near_repeats": [
            {
                "revolutions": near.repeat.revolutions,
                "days": near.repeat.days,
                "track_shift_km": near.shift / 1e3,
            }
            for near in near_repeats(one.motion.daily_revolutions)
        ],
    }
