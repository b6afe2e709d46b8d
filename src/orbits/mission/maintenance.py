"""Orbits kept as a mission asks: flown with their burns, which are listed and counted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits import units
from orbits.design.frozen import YEAR, orbit_plane
from orbits.design.halo_keeping import HaloRule, fly_halo
from orbits.design.perilune_keeping import PeriluneRule, keep_perilune
from orbits.design.real_sky import RealOrbit
from orbits.elements import cartesian_to_keplerian
from orbits.mission.measure import Values
from orbits.mission.paths import MAINTENANCE
from orbits.mission.schema_maintenance import Maintenance
from orbits.propagators.numerical import Numerical, Progress
from orbits.time import utc_iso
from orbits.trajectory import State, Trajectory, join

Array = NDArray[np.float64]
Span = tuple[float, float]


def halo_rule(said: Maintenance) -> HaloRule:
    """Return the rule of a halo."""
    return HaloRule(
        float(units.si(said.every, "time")),
        float(units.si(said.sigma_position, "length")),
        float(units.si(said.sigma_velocity, "speed")),
        float(units.si(said.execution_error, "ratio")),
        said.strategy,
    )


def kept_halo(
    said: Maintenance, reference: RealOrbit, propagator: Numerical, stop: float
) -> Trajectory:
    """Return a flight along a halo to ``stop`` s or beyond; raises as ``fly_halo``."""
    kept = fly_halo(reference, propagator, halo_rule(said), seed=said.seed)
    before = kept.t < stop
    return _listed(kept.trajectory, said.strategy, kept.t[before], kept.delta_v[before])


def kept_ellipse(
    said: Maintenance,
    propagator: Numerical,
    start: State,
    span: Span,
    progress: Progress | None = None,
) -> Trajectory:
    """Return the flight over ``span``, kept from ``start`` on; raises as ``keep_perilune``.

    The argument is held at 90 or 270 deg, whichever the start is nearer to.
    """
    turn = orbit_plane(start.t, propagator.almanac)
    found = cartesian_to_keplerian(
        turn @ start.r, turn @ start.v, propagator.forces.mu_of("moon")
    )
    aim = 0.5 * np.pi if np.sin(np.asarray(found.argp)) >= 0.0 else 1.5 * np.pi
    limit = said.argument_limit
    rule = PeriluneRule(
        float(units.si(said.min_altitude, "length")),
        float(units.si(said.raise_by, "length")),
        aim,
        np.inf if limit is None else float(units.si(limit, "angle")),
        float(units.si(said.sigma_position, "length")),
        float(units.si(said.sigma_velocity, "speed")),
        float(units.si(said.execution_error, "ratio")),
    )
    begin = start
    if start.t < span[0]:
        begin = propagator.final(start, span[0])
    kept = keep_perilune(
        propagator, begin, span[1], rule,
        random=np.random.default_rng(said.seed), progress=progress,
    )  # fmt: skip
    path = kept.trajectory
    if begin.t > span[0]:
        path = join([propagator.propagate(begin, (span[0], begin.t)), path])
    path = Trajectory(path.frame, path.pieces, kept.t, path.provenance, path.masses)
    return _listed(path, said.strategy, kept.t, kept.burns)


def _listed(path: Trajectory, strategy: str, t: Array, burns: Array) -> Trajectory:
    """Return a path whose provenance lists its burns."""
    rows = [
        {
            "time_utc": utc_iso(float(when)),
            "delta_v_m_s": float(np.linalg.norm(burn)),
            "icrf_m_s": burn.tolist(),
        }
        for when, burn in zip(t, burns, strict=True)
    ]
    provenance = {**path.provenance, "maintenance": {"strategy": strategy, "burns": rows}}
    inside = t[(t > path.span[0]) & (t < path.span[1])]
    return Trajectory(path.frame, path.pieces, inside, provenance, path.masses)


def burns_of(path: Trajectory) -> list[dict[str, Any]]:
    """Return the burns of a path as rows, none where it is not kept."""
    found = path.provenance.get("maintenance")
    return list(found["burns"]) if isinstance(found, dict) else []


def of_maintenance(path: Trajectory, span: Span) -> Values:
    """Return the values of ``paths.MAINTENANCE``; a path that is not kept has none."""
    if "maintenance" not in path.provenance:
        return {}
    sizes = [row["delta_v_m_s"] for row in burns_of(path)]
    values: Values = {
        "delta_v": float(sum(sizes)),
        "maintenance.burns": len(sizes),
        "maintenance.yearly_delta_v": float(sum(sizes)) * YEAR / (span[1] - span[0]),
        "maintenance.largest_burn": max(sizes, default=0.0),
    }
    return {key: values[key] for key in MAINTENANCE}
