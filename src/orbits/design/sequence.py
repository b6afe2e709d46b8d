"""A flight as steps: coasts, impulses, burns; flown, and differentiated for the targeter.

Along the flight a variation has two parts: of the motion at a fixed time, and of the instant
at which the step ends. The first is the same about every centre, so it passes from the Earth's
field to the Moon's as it is; a coast carries it by the state-transition matrix, a stop turns
it into the second. Sources: Montenbruck and Gill (2000), sec. 7.2; Bryson and Ho (1975), sec.
2.7. [montenbruck2000] [bryson1975]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orbits.errors import PropagationError
from orbits.forces.thrust import Impulse, Thrust
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.propagators.patched import MOON_SPHERE, Patched
from orbits.propagators.stops import Stop, coast_at_most
from orbits.propagators.variations import rates
from orbits.time import utc_iso
from orbits.trajectory import Pieces, State, Trajectory

Array = NDArray[np.float64]

# Half steps of the differences over a burn, in m, m/s, kg, s: 1e-4 of an orbit, so that neither
# its curvature (1e-8) nor the integrator's tolerance (1e-12 of the radius) shows.
_LENGTH, _SPEED, _MASS, _TIME = 1e3, 1.0, 1.0, 10.0


@dataclass(frozen=True, slots=True)
class Coast:
    """Free flight until a condition, for a duration (s), or to an instant (s): one of them.

    Attributes
    ----------
    name : str
    until : Stop or None
    duration : float, s, or None
    at : float, s past J2000 TDB, or None
    at_most : float, s
        Longest wait for ``until``.
    early : float, s
        So long before ``until`` the coast ends: half of a burn that is centred on it.
    center : str or None
        Centre of integration; None takes the Moon within its sphere of influence, else the
        Earth, and changes on the way.
    """

    name: str
    until: Stop | None = None
    duration: float | None = None
    at: float | None = None
    at_most: float = 40.0 * 86400.0
    early: float = 0.0
    center: str | None = None

    def __post_init__(self) -> None:
        given = [x for x in (self.until, self.duration, self.at) if x is not None]
        if len(given) != 1:
            raise ValueError(
                f"coast {self.name!r} needs one of until, duration and at; it has {len(given)}"
            )


@dataclass(frozen=True, slots=True)
class Kick:
    """An impulse of ``delta_v`` m/s along ``direction`` in ``triad`` about ``center``.

    With ``isp`` (s) the mass follows the rocket equation.
    """

    name: str
    delta_v: float
    center: str
    direction: tuple[float, float, float] = (1.0, 0.0, 0.0)
    triad: str = "vnb"
    isp: float | None = None


@dataclass(frozen=True, slots=True)
class Burn:
    """Constant thrust until ``delta_v`` m/s are given, by the rocket equation.

    The direction is one in a triad about ``center``.
    """

    name: str
    thrust: Thrust
    delta_v: float
    center: str

    def duration(self, mass: float) -> float:
        """Return how long it burns, s, with ``mass`` kg at its start."""
        exhaust = self.thrust.force / self.thrust.flow
        return float(-np.expm1(-self.delta_v / exhaust) * mass / self.thrust.flow)


@dataclass(frozen=True, slots=True)
class Release:
    """``mass`` kg that stay behind without a push: a module, a stage."""

    name: str
    mass: float


Step = Coast | Kick | Burn | Release


@dataclass(frozen=True, eq=False, slots=True)
class Flown:
    """One step as flown.

    Attributes
    ----------
    step : Step
    start, end : State
        About the centre of the step's start and of its end.
    parts : tuple of Trajectory
        Consecutive, each about one centre; none for an impulse.
    """

    step: Step
    start: State
    end: State
    parts: tuple[Trajectory, ...] = ()

    @property
    def delta_v(self) -> float:
        """Speed change that the engine gave, m/s."""
        return abs(self.step.delta_v) if isinstance(self.step, Kick | Burn) else 0.0

    @property
    def propellant(self) -> float | None:
        """Mass used, kg; None where the flight carries no mass."""
        if self.start.mass is None or self.end.mass is None:
            return None
        if isinstance(self.step, Release):
            return 0.0
        return self.start.mass - self.end.mass

    def trajectory(self, center: str, propagator: Numerical) -> Trajectory:
        """Return the step as one path about ``center``.

        Raises
        ------
        ValueError
            For an impulse, which takes no time.
        """
        if not self.parts:
            raise ValueError(f"step {self.step.name!r} takes no time and has no path")
        parts: list[tuple[str, Pieces]] = [(p.frame.center, p.pieces) for p in self.parts]
        pieces: Pieces = parts[0][1]
        if len(parts) > 1 or parts[0][0] != center:
            pieces = Patched(center, tuple(parts), propagator.almanac)
        masses = np.concatenate([part.masses for part in self.parts])
        provenance = self.parts[0].provenance
        return Trajectory(Frame(center, "ICRF"), pieces, np.zeros(0), provenance, masses)


def fly(propagator: Numerical, start: State, steps: Sequence[Step]) -> tuple[Flown, ...]:
    """Return the steps as flown from ``start``.

    Raises
    ------
    PropagationError
        If a stop is not met in time ("no-stop"), or as `Numerical.propagate` does.
    ValueError
        If a coast would end before it begins, or a burn uses more than there is.
    """
    names = [step.name for step in steps]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two steps are called {name!r}: give each its own name")
    flown: list[Flown] = []
    now = start
    for step in steps:
        if isinstance(step, Coast):
            done = _coast(propagator, now, step)
        elif isinstance(step, Release):
            done = Flown(step, now, _lighter(now, step))
        elif isinstance(step, Kick):
            here = now.about(step.center, propagator.almanac)
            done = Flown(step, here, _impulse(step).of(here))
        else:
            here = now.about(step.center, propagator.almanac)
            if here.mass is None:
                raise ValueError(f"burn {step.name!r} needs a mass: give the spacecraft one")
            path = propagator.burn(here, step.thrust, step.duration(here.mass))
            done = Flown(step, here, path.state(path.span[1]), (path,))
        flown.append(done)
        now = done.end
    return tuple(flown)


def _lighter(state: State, step: Release) -> State:
    if state.mass is None or step.mass >= state.mass:
        raise ValueError(
            f"step {step.name!r} leaves {step.mass:.1f} kg of "
            f"{'an unknown mass' if state.mass is None else f'{state.mass:.1f} kg'}: give the "
            "spacecraft more, or the step less"
        )
    return State(state.t, state.r, state.v, state.frame, state.mass - step.mass)


def _impulse(step: Kick) -> Impulse:
    x, y, z = step.delta_v * np.asarray(step.direction) / np.linalg.norm(step.direction)
    return Impulse((float(x), float(y), float(z)), step.triad, step.isp)


def _coast(propagator: Numerical, start: State, step: Coast) -> Flown:
    """Return a coast, about whatever centre is due."""
    if step.until is not None:
        latest = start.t + step.at_most
    else:
        latest = step.at if step.at is not None else start.t + (step.duration or 0.0)
    if latest < start.t:
        raise ValueError(
            f"coast {step.name!r} ends at {utc_iso(latest)}, before it begins at "
            f"{utc_iso(start.t)}: arrival before departure"
        )
    almanac = propagator.almanac
    now = start if step.center is None else start.about(step.center, almanac)
    if step.center is None:
        inside = float(np.linalg.norm(now.about("moon", almanac).r)) < MOON_SPHERE
        now = now.about("moon" if inside else "earth", almanac)
    begun, parts = now, []
    while now.t < latest:
        path, change = _leg(propagator, now, step, latest)
        parts.append(path)
        now = path.state(path.span[1])
        if change is None:
            return _shortened(propagator, Flown(step, begun, now, tuple(parts)))
        now = now.about(change, almanac)
    if step.until is None:
        return Flown(step, begun, now, tuple(parts))
    raise PropagationError(
        f"step {step.name!r}: no {step.until.kind} of {step.until.body} within "
        f"{step.at_most / 86400.0:.3g} days of {utc_iso(start.t)}: allow more time, or change "
        "what leads there",
        kind="no-stop",
        t=now.t,
        r=now.r,
        body=step.until.body,
    )


def _shortened(propagator: Numerical, done: Flown) -> Flown:
    """Return a coast that ends ``early``, from one that reached its condition."""
    assert isinstance(done.step, Coast)
    if not done.step.early:
        return done
    *parts, last = done.parts
    first, end = last.span[0], last.span[1] - done.step.early
    if not first < end:
        raise ValueError(
            f"coast {done.step.name!r} cannot end {done.step.early:.0f} s before its "
            f"condition: it lasts {last.span[1] - first:.0f} s about the "
            f"{last.frame.center}; make the burn after it shorter"
        )
    cut = propagator.propagate(last.state(first), (first, end))
    return Flown(done.step, done.start, cut.state(end), (*parts, cut))


def _leg(propagator: Numerical, now: State, step: Coast, latest: float):
    """Return the flight about one centre, and the next centre (None where the step is over)."""
    center = now.frame.center
    border = Stop("distance", "moon", MOON_SPHERE, rising=center == "moon")
    stops = [step.until] if step.until is not None else []
    if step.center is None:
        stops.append(border)
    path, met = coast_at_most(propagator, now, stops, latest)
    if met is border:
        return path, "earth" if center == "moon" else "moon"
    return path, None if met is not None or step.until is None else center


# -- partials ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class Variation:
    """How the flight at one point changes with the controls.

    Attributes
    ----------
    state : (6, n) array
        Of position (m) and velocity (m/s) at a fixed time.
    time : (n,) array, s
        Of the instant of the point.
    mass : (n,) array, kg
    """

    state: Array
    time: Array
    mass: Array

    def total(self, rate: Array) -> Array:
        """Return the change of the state at the moving instant; ``rate`` (6,) is dy/dt."""
        return self.state + np.outer(rate, self.time)


def partials(
    propagator: Numerical,
    flown: Sequence[Flown],
    initial: Variation,
    controls: Sequence[tuple[str, str] | None],
) -> list[Variation]:
    """Return the variation at the end of every step.

    Parameters
    ----------
    initial : Variation
        At the start of the first step, a column a control.
    controls : sequence of (str, str) or None
        Step and field ("delta_v"; of a coast "duration", "at") that each column varies; None
        for one that acts on the start alone.
    """
    out: list[Variation] = []
    now = initial
    for done in flown:
        name = done.step.name
        fields = {k: c[1] for k, c in enumerate(controls) if c is not None and c[0] == name}
        if isinstance(done.step, Coast):
            now = _coast_partials(propagator, done, now, fields)
        else:
            now = _push_partials(propagator, done, now, fields)
        out.append(now)
    return out


def _coast_partials(
    propagator: Numerical, done: Flown, before: Variation, fields: dict[int, str]
) -> Variation:
    step, state = done.step, before.state
    assert isinstance(step, Coast)
    for part in done.parts:
        first, last = part.span
        state, begun = propagator.variations(part.state(first), last).stm @ state, state
    time = before.time.copy() if step.duration is not None else np.zeros_like(before.time)
    if step.until is not None:
        met, moved = done.end, state
        if step.early:
            first = done.parts[-1].span[0]
            met = propagator.final(done.end, done.end.t + step.early)
            start = done.parts[-1].state(first)
            moved = propagator.variations(start, met.t).stm @ begun
        gradient, speed = _slope(propagator, step.until, met)
        time = -(gradient @ moved) / speed
    for k in fields:
        time[k] += 1.0
    return Variation(state, time, before.mass)


def _slope(propagator: Numerical, stop: Stop, end: State) -> tuple[Array, float]:
    """Return the gradient of a stop's margin by the state (6,), and its rate along the path."""
    almanac = propagator.almanac
    relative = end.about(stop.body, almanac)
    y = np.concatenate([relative.r, relative.v])
    gradient = np.empty(6)
    for j in range(6):
        step = np.zeros(6)
        step[j] = _LENGTH if j < 3 else _SPEED
        high, low = (stop.margin(x[None, :3], x[None, 3:])[0] for x in (y + step, y - step))
        gradient[j] = (high - low) / (2.0 * step[j])
    # The rate of the relative state: the body falls too.
    own = _rates(propagator, end)
    h = 60.0
    if stop.body != end.frame.center:
        v = almanac.velocity(stop.body, end.frame.center, np.array([end.t - h, end.t + h]))
        fall = (v[1] - v[0]) / (2.0 * h)
        own = own - np.concatenate([0.5 * (v[0] + v[1]), fall])
    return gradient, float(gradient @ own)


def _push_partials(
    propagator: Numerical, done: Flown, before: Variation, fields: dict[int, str]
) -> Variation:
    """Carry a variation over an impulse or a burn, by central differences of it."""
    step, start = done.step, done.start
    heavy = start.mass or 0.0

    def ends(z: Array, changed: Step) -> Array:
        """Return state, mass and duration (8,) of ``changed`` from state, mass, instant."""
        state = State(z[7], z[:3], z[3:6], start.frame, z[6] if start.mass else None)
        (again,) = fly(propagator, state, [changed])
        end = again.end
        return np.concatenate([end.r, end.v, [end.mass or 0.0, end.t - state.t]])

    z = np.concatenate([start.r, start.v, [heavy, start.t]])
    total = before.total(_rates(propagator, start))
    change = np.vstack([total, before.mass, before.time])
    by_start = np.zeros((8, 8))
    for j, half in enumerate([_LENGTH] * 3 + [_SPEED] * 3 + [_MASS, _TIME]):
        if j == 6 and not start.mass:
            continue
        shift = np.zeros(8)
        shift[j] = half
        by_start[:, j] = (ends(z + shift, step) - ends(z - shift, step)) / (2.0 * half)
    after: Array = by_start @ change
    for k, field in fields.items():
        value = getattr(step, field)
        half = 1e-3 * max(1.0, abs(value))
        high = ends(z, replace(step, **{field: value + half}))
        low = ends(z, replace(step, **{field: value - half}))
        after[:, k] += (high - low) / (2.0 * half)
    time = before.time + after[7]
    rate = _rates(propagator, done.end)
    return Variation(after[:6] - rate[:, None] * time, time, after[6])


def _rates(propagator: Numerical, state: State) -> Array:
    """Return velocity and acceleration (6,) of a coasting state."""
    return rates(propagator.model(state.frame.center, state.mass), state.t, state.r, state.v)
