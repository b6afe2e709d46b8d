"""Where a coast ends: apsis, node, altitude, distance, anomaly, found as certified events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.elements import cartesian_to_keplerian
from orbits.errors import PropagationError
from orbits.events import Event, windows
from orbits.propagators.interpolant import Interpolant
from orbits.propagators.numerical import Numerical, Progress
from orbits.time import utc_iso
from orbits.trajectory import State, Trajectory, join

Array = NDArray[np.float64]

KINDS = ("periapsis", "apoapsis", "ascending node", "descending node", "altitude", "distance",
         "true anomaly")  # fmt: skip
_RISING = {
    "periapsis": True,
    "apoapsis": False,
    "ascending node": True,
    "descending node": False,
    "true anomaly": True,
}
_SHORTEST = 60.0  # s: nearer than this to an impact no stop is looked for
_BODY_JERK = 1e-6  # m/s3: more than that of any planet or the Moon


@dataclass(frozen=True, slots=True)
class Stop:
    """A condition that ends a coast.

    Attributes
    ----------
    kind : str
        "periapsis", "apoapsis", "ascending node", "descending node", "altitude", "distance"
        or "true anomaly".
    body : str
        The body that it refers to.
    value : float, m or rad
        Of altitude (above the sphere of the body), distance (from its centre), true anomaly.
    rising : bool or None
        For altitude and distance: passed upwards, downwards, or (None) either way.
    pole : (3,) tuple
        Normal, in ICRF, of the plane whose nodes are meant; the ICRF equator by default.
    """

    kind: str
    body: str
    value: float = 0.0
    rising: bool | None = None
    pole: tuple[float, float, float] = (0.0, 0.0, 1.0)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown stop {self.kind!r}; choose from {', '.join(KINDS)}")
        body(self.body)
        if not np.isfinite(self.value):
            raise ValueError(f"the value of {self.kind!r} must be finite, got {self.value}")
        if self.kind == "distance" and self.value <= 0.0:
            raise ValueError(f"a distance must be above zero, got {self.value} m")

    def margin(self, r: Array, v: Array) -> Array:
        """Return what is zero where the stop is, (n,): of states (n, 3) about its body.

        In m; for an apsis r.v over 1 km/s, in m; for a true anomaly the sine of what is left.
        """
        if self.kind in ("altitude", "distance"):
            radius = self.value + (body(self.body).radius if self.kind == "altitude" else 0.0)
            return np.linalg.norm(r, axis=1) - radius
        if self.kind.endswith("node"):
            return r @ (np.asarray(self.pole) / np.linalg.norm(self.pole))
        if self.kind == "true anomaly":
            anomaly = cartesian_to_keplerian(r, v, body(self.body).mu).true_anomaly
            return np.sin(np.asarray(anomaly) - self.value)
        return np.einsum("ij,ij->i", r, v) / 1e3

    def crossings(self, path: Trajectory, almanac: Almanac) -> Array:
        """Return when the condition is met within ``path``; (n,), s, ascending.

        Certified (every one that lasts 10 s is found) but for the true anomaly, which is
        sampled every 5 s.
        """
        event = Event(self.kind, *_margin(self, path, almanac), cuts=path.joins)
        found = windows(event, path.span, tolerance=1e-6)
        up = found.start[~found.start_truncated]
        down = found.stop[~found.stop_truncated]
        rising = _RISING.get(self.kind, self.rising)
        if rising is None:
            return np.sort(np.concatenate([up, down]))
        return up if rising else down


def _margin(stop: Stop, path: Trajectory, almanac: Almanac):
    """Return margin and bound of a stop on ``path``."""
    center = path.frame.center

    def relative(t: Array) -> tuple[Array, Array]:
        r, v = path.position(t), path.velocity(t)
        if stop.body != center:
            r = r - almanac.position(stop.body, center, t)
            v = v - almanac.velocity(stop.body, center, t)
        return r, v

    def bounds(a: Array, b: Array) -> tuple[Array, Array, Array]:
        speed, acceleration = path.bounds(a, b)
        if stop.body != center:
            other = almanac.bounds(stop.body, center, a, b)
            speed, acceleration = speed + other[0], acceleration + other[1]
        return speed, acceleration, np.linalg.norm(relative(0.5 * (a + b))[0], axis=1)

    makers = {
        "altitude": _radius_bound,
        "distance": _radius_bound,
        "ascending node": _node_bound,
        "descending node": _node_bound,
        "periapsis": _apsis_bound,
        "apoapsis": _apsis_bound,
    }
    make = makers.get(stop.kind)
    bound = make(stop, path, bounds) if make is not None else None
    return lambda t: stop.margin(*relative(t)), bound


Bounds = Callable[[Array, Array], tuple[Array, Array, Array]]


def _radius_bound(stop: Stop, path: Trajectory, bounds: Bounds):  # noqa: ARG001
    def bound(a: Array, b: Array) -> Array:
        speed, acceleration, distance = bounds(a, b)
        nearest = distance - 0.5 * speed * (b - a)
        with np.errstate(divide="ignore", invalid="ignore"):
            bend = np.where(nearest > 0.0, speed**2 / nearest, np.inf)
        return acceleration + bend

    return bound


def _node_bound(stop: Stop, path: Trajectory, bounds: Bounds):  # noqa: ARG001
    return lambda a, b: bounds(a, b)[1]


def _apsis_bound(stop: Stop, path: Trajectory, bounds: Bounds):
    """Return 3 V A + D J over 1 km/s, where the path knows the bound J of its jerk."""
    jerk = getattr(path.pieces, "jerk", None)
    if jerk is None:
        return None

    def bound(a: Array, b: Array) -> Array:
        speed, acceleration, distance = bounds(a, b)
        farthest = distance + 0.5 * speed * (b - a)
        change = jerk(a, b) + (_BODY_JERK if stop.body != path.frame.center else 0.0)
        return (3.0 * speed * acceleration + farthest * change) / 1e3

    return bound


def coast(
    propagator: Numerical,
    state: State,
    stop: Stop,
    latest: float,
    *,
    progress: Progress | None = None,
) -> Trajectory:
    """Return the coast from ``state`` to the first time that ``stop`` is met.

    A crossing within 1 s of the start is the one that the coast starts from, and not counted.

    Raises
    ------
    PropagationError
        If it is not met before ``latest`` (s): ``kind`` "no-stop"; or as for ``propagate``.
    """
    path, met = coast_at_most(propagator, state, [stop], latest, progress=progress)
    if met is not None:
        return path
    raise PropagationError(
        f"no {stop.kind} of {stop.body} between {utc_iso(state.t)} and {utc_iso(latest)}: "
        f"allow more time, or choose another condition",
        kind="no-stop",
        t=latest,
        r=path.position(latest),
        body=stop.body,
    )


def coast_at_most(
    propagator: Numerical,
    state: State,
    stops: Sequence[Stop],
    latest: float,
    *,
    progress: Progress | None = None,
) -> tuple[Trajectory, Stop | None]:
    """Return the coast to the first of ``stops`` or to ``latest`` s, and the stop met."""
    mu = body(state.frame.center).mu
    energy = 0.5 * state.v @ state.v - mu / np.linalg.norm(state.r)
    piece = 86400.0
    if energy < 0.0:
        piece = min(piece, float(np.pi * np.sqrt((-mu / (2.0 * energy)) ** 3 / mu)))
    parts: list[Trajectory] = []
    now = state
    while now.t < latest:
        end = min(now.t + piece, latest)
        try:
            part = propagator.propagate(now, (now.t, end), progress=progress)
        except PropagationError:
            # The stop may come before what ends the flight: look at less at a time.
            if end - now.t < _SHORTEST:
                raise
            piece = 0.25 * (end - now.t)
            continue
        # With the part before it, so that a crossing at the seam is seen.
        seen = join([*parts[-1:], part])
        parts.append(part)
        first: tuple[float, Stop | None] = (np.inf, None)
        for stop in stops:
            met = stop.crossings(seen, propagator.almanac)
            met = met[met > state.t + 1.0]
            if len(met) and met[0] < first[0]:
                first = float(met[0]), stop
        if first[1] is not None:
            return _cut(parts, first[0]), first[1]
        now = part.state(end)
    return _cut(parts, latest), None


def _cut(parts: list[Trajectory], t: float) -> Trajectory:
    """Return the parts of a coast up to ``t`` as one path, without joins: it is smooth."""
    path = join(parts)
    masses = path.masses[:2].copy()
    if len(masses):
        masses[:, 0] = path.span[0], t
    pieces = cast(Interpolant, path.pieces).until(t)  # what a numerical propagator makes
    return Trajectory(path.frame, pieces, np.zeros(0), path.provenance, masses)
