"""The numbers that an outcome states: shares of time, days, altitudes, mean elements."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits import time
from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.constants import DAY
from orbits.design.track import mean_local_time
from orbits.elements import cartesian_to_keplerian, period
from orbits.frames import rotated, rotation_of_epoch
from orbits.geometry.apses import apses
from orbits.mission.paths import ORBIT, SHADOW, SPACECRAFT, WINDOWS
from orbits.windows import Windows

if TYPE_CHECKING:
    from orbits.trajectory import Trajectory

Values = dict[str, float | int | str | None]
Span = tuple[float, float]
_SAMPLES = 4001  # of the elements over the span


def whole_days(span: Span) -> NDArray[np.float64]:
    """Return the UTC midnights that bound the whole days of ``span``, s; empty for none."""
    first, last = time.utc_mjd(np.array(span))
    edges = time.utc_midnight(np.arange(first, last + 2))
    grain = 1e-6  # s, to which midnights and spans given in UTC agree
    inside = edges[(edges >= span[0] - grain) & (edges <= span[1] + grain)]
    return np.clip(inside, *span) if inside.size > 1 else np.empty(0)


def of_windows(windows: Windows) -> Values:
    """Return the values of ``paths.WINDOWS``; the days are whole UTC days of the span."""
    edges = whole_days(windows.span)
    days = windows.totals(edges) / 3600.0 if edges.size else np.empty(0)
    values: Values = {
        "availability": 100.0 * windows.availability,
        "best_day": float(days.max()) if days.size else None,
        "worst_day": float(days.min()) if days.size else None,
        "mean_day": float(days.mean()) if days.size else None,
        "count": windows.count,
        "longest": windows.longest,
        "longest_gap": windows.longest_gap,
        "total": windows.total,
    }
    return {key: values[key] for key in WINDOWS}


def of_shadow(windows: Windows) -> Values:
    """Return the values of ``paths.SHADOW``."""
    values: Values = {
        "longest": windows.longest,
        "total": windows.total,
        "count": windows.count,
    }
    return {key: values[key] for key in SHADOW}


def of_altitudes(trajectory: "Trajectory", span: Span) -> Values:
    """Return the values of ``paths.SPACECRAFT``, km above the centre's reference radius."""
    found = apses(trajectory, span)
    surface = body(trajectory.frame.center).radius
    ends = np.linalg.norm(trajectory.position(np.array(span)), axis=1)
    low = (found.periapsis_radius - surface) / 1e3
    high = (found.apoapsis_radius - surface) / 1e3
    every = np.concatenate([low, high, (ends - surface) / 1e3])
    values: Values = {
        "min_altitude": float(every.min()),
        "max_altitude": float(every.max()),
        "min_periapsis_altitude": float(low.min()) if low.size else None,
        "max_periapsis_altitude": float(low.max()) if low.size else None,
        "min_apoapsis_altitude": float(high.min()) if high.size else None,
        "max_apoapsis_altitude": float(high.max()) if high.size else None,
    }
    return {key: values[key] for key in SPACECRAFT}


def of_elements(
    trajectory: "Trajectory", span: Span, mu: float, frame: str, almanac: Almanac
) -> Values:
    """Return the values of ``paths.ORBIT``: osculating elements, mean over the span.

    They refer to the axes ``frame`` of the start of the span; rates are those of straight
    lines through the angles.
    """
    t = np.linspace(*span, _SAMPLES)
    turn = rotation_of_epoch(frame, span[0], almanac)
    r, v = trajectory.position(t) @ turn.T, trajectory.velocity(t) @ turn.T
    elements = cartesian_to_keplerian(r, v, mu)
    a = np.asarray(elements.semi_major_axis)
    bound = bool(np.all(a > 0.0))
    values: Values = {
        "semi_major_axis": float(a.mean()) / 1e3 if bound else None,
        "eccentricity": float(np.asarray(elements.eccentricity).mean()),
        "inclination": float(np.degrees(np.asarray(elements.inclination).mean())),
        "raan_rate": _rate(t, np.asarray(elements.raan)),
        "argp_rate": _rate(t, np.asarray(elements.argp)),
        "period": float(np.mean(period(a, mu))) if bound else None,
        "ltan": _local_time(trajectory, t, almanac),
    }
    return {key: values[key] for key in ORBIT}


def _local_time(
    trajectory: "Trajectory", t: NDArray[np.float64], almanac: Almanac
) -> float | None:
    """Return the mean local solar time of the ascending node, h; None but about the Earth.

    The osculating node of each instant, mean over them.
    """
    if trajectory.frame.center != "earth":
        return None
    normal = np.cross(trajectory.position(t), trajectory.velocity(t))
    fixed = rotated(almanac.rotation("ITRF", "ICRF", t), normal)
    longitude = np.arctan2(fixed[:, 0], -fixed[:, 1])
    hours = np.unwrap(mean_local_time(t, longitude)) * 12.0 / np.pi
    return float(hours.mean() % 24.0)


def _rate(t: NDArray[np.float64], angle: NDArray[np.float64]) -> float:
    """Return the slope of an angle, deg/day."""
    days = (t - t.mean()) / DAY
    turns = np.degrees(np.unwrap(angle))
    return float(days @ (turns - turns.mean()) / (days @ days))


def named(prefix: str, values: Mapping[str, float | int | str | None]) -> Values:
    """Return ``values`` with their whole paths."""
    return {f"{prefix}.{key}": value for key, value in values.items()}
