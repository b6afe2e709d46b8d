"""A spacecraft's launch, transfer and sequence as flown, targeted where the file asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from astropy.time import Time

from orbits import time, units
from orbits.almanac import Almanac
from orbits.constants import STANDARD_GRAVITY
from orbits.design.lunar_transfer import Departure, leaving
from orbits.design.lunar_transfer import Launch as Plan
from orbits.design.sequence import Burn, Coast, Flown, Kick, Release, Step, fly
from orbits.design.targeting import Control, Goal, Problem, Targeted, solve
from orbits.errors import MissionError
from orbits.forces.thrust import Thrust
from orbits.frames import Frame
from orbits.mission import schema_sequence as said
from orbits.mission.departing import depart
from orbits.mission.schema_sequence import EVENT
from orbits.mission.schema_spacecraft import Engine, EphemerisFile, Spacecraft
from orbits.propagators.numerical import Numerical
from orbits.propagators.patched import Patched
from orbits.propagators.stops import Stop
from orbits.trajectory import Pieces, State, Trajectory

LAST = "to-the-end"
_WORDS: dict[str, tuple[str, tuple[float, float, float]]] = {
    "velocity": ("vnb", (1.0, 0.0, 0.0)),
    "anti-velocity": ("vnb", (-1.0, 0.0, 0.0)),
    "normal": ("vnb", (0.0, 1.0, 0.0)),
    "anti-normal": ("vnb", (0.0, -1.0, 0.0)),
    "radial": ("rtn", (1.0, 0.0, 0.0)),
    "anti-radial": ("rtn", (-1.0, 0.0, 0.0)),
}
# How near a goal is met, by the kind of its quantity, SI: what no operator can tell apart.
TOLERANCES = {"length": 1.0, "speed": 1e-4, "angle": 1e-7, "time": 1e-2, "ratio": 1e-9,
              "specific energy": 1.0, "mass": 1e-6}  # fmt: skip
_SCALES = {"delta_v": 1.0, "duration": 10.0, "at": 10.0}


@dataclass(frozen=True, eq=False)
class Sequenced:
    """A flight by steps.

    Attributes
    ----------
    trajectory : Trajectory
        The whole flight about the Earth, with a join at every burn.
    flown : tuple of Flown
    departure : Departure or None
    solves : tuple of Targeted
        One for each target of the file.
    bodies : dict of str
        By step: the body that its numbers are about.
    """

    trajectory: Trajectory
    flown: tuple[Flown, ...]
    departure: Departure | None
    solves: tuple[Targeted, ...]
    bodies: dict[str, str]

    def step(self, name: str) -> Flown:
        """Return one step as flown."""
        return next(done for done in self.flown if done.step.name == name)


def stop_of(event: str) -> Stop:
    """Return the stop that an event's words describe."""
    found = EVENT.match(event)
    if found is None:
        raise ValueError(f"{event!r} is no event")
    kind, text, way = found["kind"], found["value"], found["way"]
    value = 0.0
    if text is not None:
        value = float(units.parse_si(text, "angle" if kind == "true anomaly" else "length"))
    rising = None if way is None else way == "ascending"
    return Stop(kind, found["body"], value, rising)


def wait_name(step: str) -> str:
    """Return the name of the coast before a step's burn."""
    return f"{step}-wait"


# -- steps --------------------------------------------------------------------------------


def steps_of(
    sequence: Sequence[said.Step], engines: Mapping[str, Engine], bodies: Mapping[str, str]
) -> list[Step]:
    """Return the steps as the file states them; burns are centred later (`centred`)."""
    steps: list[Step] = []
    for one in sequence:
        about = bodies[one.step]
        if one.burn is not None or one.leave is not None:
            steps += _wait(one)
        if one.burn is not None:
            steps.append(_burn(one.step, one.burn, engines, about))
        elif one.leave is not None:
            steps.append(Release(one.step, _si(one.leave, "mass")))
        elif one.coast_until is not None:
            steps.append(Coast(one.step, until=stop_of(one.coast_until)))
        elif one.coast_for is not None:
            steps.append(Coast(one.step, duration=_si(one.coast_for, "time")))
        else:
            steps.append(Coast(one.step, at=float(time.to_t(cast(Time, one.coast_to)))))
    return steps


def _si(quantity: object, kind: str) -> float:
    return float(units.si(quantity, kind))


def _wait(one: said.Step) -> list[Step]:
    name = wait_name(one.step)
    if one.when is not None:
        return [Coast(name, until=stop_of(one.when))]
    if one.after is not None:
        return [Coast(name, duration=_si(one.after, "time"))]
    if one.at is not None:
        return [Coast(name, at=float(time.to_t(one.at)))]
    return []


def _burn(name: str, burn: said.BurnSaid, engines: Mapping[str, Engine], about: str) -> Step:
    triad, direction = "rtn", burn.rtn
    if burn.direction is not None:
        triad, direction = _WORDS[burn.direction]
    elif burn.inertial is not None:
        triad, direction = "inertial", burn.inertial
    x, y, z = direction or (1.0, 0.0, 0.0)
    size = _si(burn.delta_v, "speed")
    if burn.engine is None:
        return Kick(name, size, about, (x, y, z), triad)
    engine = engines[burn.engine]
    force, isp = _si(engine.thrust, "force"), _si(engine.isp, "time")
    if burn.finite:
        return Burn(name, Thrust(force, isp, triad, (x, y, z)), size, about)
    return Kick(name, size, about, (x, y, z), triad, isp)


def centred(steps: Sequence[Step], mass: float | None) -> list[Step]:
    """Return the steps with every finite burn after an event centred on it.

    The masses follow from the burns by the rocket equation, whatever the flight.
    """
    out: list[Step] = []
    for step in steps:
        if isinstance(step, Burn) and mass is not None:
            before = out[-1] if out else None
            if isinstance(before, Coast) and before.until is not None:
                out[-1] = replace(before, early=0.5 * step.duration(mass))
            exhaust = step.thrust.force / step.thrust.flow
            mass *= float(np.exp(-step.delta_v / exhaust))
        elif isinstance(step, Kick) and step.isp is not None and mass is not None:
            mass *= float(np.exp(-abs(step.delta_v) / (step.isp * STANDARD_GRAVITY)))
        elif isinstance(step, Release) and mass is not None:
            mass -= step.mass
        out.append(step)
    return out


def bodies_of(craft: Spacecraft) -> dict[str, str]:
    """Return, by step, the body that its directions and numbers are about.

    Stated, or that of its event, or that of the step before it; the Moon after a transfer.
    """
    orbit = craft.orbit
    now = "earth" if isinstance(orbit, EphemerisFile) else orbit.center
    now = "moon" if craft.transfer is not None else now
    found = {}
    for step in craft.sequence:
        event = EVENT.match(step.when or step.coast_until or "")
        now = step.about or (event["body"] if event else now)
        found[step.step] = now
    return found


# -- targets ------------------------------------------------------------------------------


def _place(name: str, steps: Sequence[Step]) -> tuple[int, str]:
    """Return the index and the field of the core's step that a file's control names."""
    step, _, key = name.partition(".")
    names = [s.name for s in steps]
    if key in ("after", "at"):
        return names.index(wait_name(step)), {"after": "duration", "at": "at"}[key]
    fields = {"delta_v": "delta_v", "coast_for": "duration", "coast_to": "at"}
    return names.index(step), fields[key]


def goal_of(path: str, value: object, bodies: Mapping[str, str]) -> Goal:
    """Return the goal that a file's ``achieve`` states."""
    step, _, name = path.partition(".")
    if isinstance(value, Time):
        return Goal(step, name, bodies[step], float(time.to_t(value)), TOLERANCES["time"])
    kind = KINDS[name]
    return Goal(step, name, bodies[step], _si(value, kind), TOLERANCES[kind])


KINDS = {
    "time": "time",
    **dict.fromkeys(
        ("radius", "altitude", "semi_major_axis", "periapsis_radius", "periapsis_altitude",
         "apoapsis_radius", "apoapsis_altitude", "b_t", "b_r"), "length",
    ),
    **dict.fromkeys(("speed", "v_infinity"), "speed"),
    **dict.fromkeys(
        ("flight_path_angle", "inclination", "raan", "argp", "declination", "right_ascension",
         "asymptote_declination", "asymptote_right_ascension"), "angle",
    ),
    "c3": "specific energy",
    "eccentricity": "ratio",
    "mass": "mass",
    "periapsis_time": "time",
}  # fmt: skip


def targeted(
    propagator: Numerical,
    start: State,
    steps: list[Step],
    targets: Sequence[said.Target],
    bodies: Mapping[str, str],
) -> tuple[list[Step], tuple[Targeted, ...]]:
    """Return the steps with every target met, in turn, and the solves."""
    solves = []
    for target in targets:
        solves.append(solve(_problem(propagator, start, steps, target, bodies)))
        steps = [_changed(step, solves[-1].values) for step in steps]
    return steps, tuple(solves)


def _problem(
    propagator: Numerical,
    start: State,
    steps: list[Step],
    target: said.Target,
    bodies: Mapping[str, str],
) -> Problem:
    """Return one target as a problem: from the first step varied to the last achieved."""
    places = [_place(name, steps) for name in target.vary]
    goals = tuple(goal_of(path, value, bodies) for path, value in target.achieve.items())
    names = [step.name for step in steps]
    # One more before: a centred burn moves the end of the coast that leads to it.
    first = max(min(index for index, _ in places) - 1, 0)
    last = max(names.index(goal.step) for goal in goals) + 1
    before = fly(propagator, start, centred(steps, start.mass)[:first])
    here = before[-1].end if before else start

    def flight(values: dict[str, float]) -> list[Step]:
        return centred([_changed(step, values) for step in steps[first:last]], here.mass)

    controls = tuple(
        Control(
            f"{names[i]}.{field}",
            getattr(steps[i], field),
            _SCALES[field],
            low=0.0 if isinstance(steps[i], Burn) else -np.inf,  # an engine only pushes
        )
        for i, field in places
    )
    return Problem(propagator, lambda _: here, flight, controls, goals)


def _changed(step: Step, values: Mapping[str, float]) -> Step:
    own = {
        name.partition(".")[2]: value
        for name, value in values.items()
        if name.partition(".")[0] == step.name
    }
    return replace(step, **own) if own else step


# -- the flight ----------------------------------------------------------------------------


def sequenced(
    craft: Spacecraft,
    first: State | tuple[said.Launch, Plan],
    propagator: Numerical,
    until: float,
) -> Sequenced:
    """Return the flight of a spacecraft by its steps, to ``until`` (s).

    Parameters
    ----------
    craft : Spacecraft
    first : State, or launch and plan
        Where the flight begins.
    propagator : Numerical
        About any centre: its forces fall as the ephemeris does.

    Raises
    ------
    TargetingError, PropagationError
        If a target is not met, or a step cannot be flown.
    """
    mass = None if craft.mass is None else _si(craft.mass, "mass")
    departure, flown = None, ()
    if isinstance(first, State):
        start = replace(first, mass=mass)
    elif craft.transfer is None:
        launch, plan = first
        start = plan.state(float(time.to_t(launch.time)), propagator.almanac)
        start = replace(start, mass=mass)
    else:
        launch, plan = first
        departure = depart(plan, launch, craft.transfer, propagator)
        values = departure.targeted.values
        begun = replace(departure.targeted.flown[0].start, mass=mass)
        # The designer's own steps, with the mass; the way on is the file's.
        flown = fly(propagator, begun, leaving(values))
        start = flown[-1].end
    bodies = bodies_of(craft)
    steps = steps_of(craft.sequence, craft.engine, bodies)
    steps, solves = targeted(propagator, start, steps, craft.target, bodies)
    done = fly(propagator, start, centred(steps, mass))
    last = done[-1].end if done else start
    if last.t > until:
        raise MissionError(
            f"the sequence ends at {time.utc_iso(last.t)}, after the mission: choose a later "
            f"stop than {time.utc_iso(until)}"
        )
    done += fly(propagator, last, [Coast(LAST, at=until)])
    every = (*flown, *done)
    return Sequenced(whole(every, propagator.almanac), every, departure, solves, bodies)


def whole(flown: Sequence[Flown], almanac: Almanac) -> Trajectory:
    """Return all steps as one path about the Earth, with joins where a burn begins or ends."""
    parts: list[tuple[str, Pieces]] = []
    masses, joins = [], []
    for done in flown:
        if not isinstance(done.step, Coast):
            joins += [done.start.t, done.end.t]
        for part in done.parts:
            parts.append((part.frame.center, part.pieces))
            masses.append(part.masses)
    pieces = Patched("earth", tuple(parts), almanac)
    first, last = float(pieces.edges[0]), float(pieces.edges[-1])
    inside = np.unique([t for t in joins if first < t < last])
    given = all(len(m) for m in masses)
    return Trajectory(
        Frame("earth", "ICRF"),
        pieces,
        inside,
        {"propagator": "sequence", "steps": [done.step.name for done in flown]},
        np.concatenate(masses) if given else np.zeros((0, 2)),
    )
