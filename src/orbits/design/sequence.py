"""A flight as steps: coasts, impulses, burns, and what is left behind.

How it changes with its controls stands in design/sequence_partials.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.errors import PropagationError
from orbits.forces.thrust import Impulse, Thrust
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.propagators.patched import MOON_SPHERE, Patched
from orbits.propagators.stops import Stop, coast_at_most
from orbits.time import utc_iso
from orbits.trajectory import Pieces, State, Trajectory

Array = NDArray[np.float64]


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
    if step.early:
        # An event too near for half a burn before it is let pass: the next one is taken.
        parts.append(propagator.propagate(now, (now.t, now.t + step.early)))
        now = parts[-1].state(parts[-1].span[1])
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
    if not first < end:  # the centre changed less than half a burn ago
        raise ValueError(
            f"coast {done.step.name!r} cannot end {done.step.early:.0f} s before its "
            f"condition, {last.span[1] - first:.0f} s after the change of centre: name the "
            "centre, or make the burn after it shorter"
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
