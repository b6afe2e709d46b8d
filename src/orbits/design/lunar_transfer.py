"""From a launch site to the Moon: lift-off, parking orbit, injection, arrival.

First in the Earth's field alone, where the parking plane must hold the place of the Moon at
arrival and an ellipse from the parking orbit must reach it in the time given; then in the full
model by the B-plane, whose components follow the controls almost linearly; then by the perilune
itself. Both lift-offs a day of each pass are answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.constants import DAY
from orbits.design.goals import Sight, aim, quantity
from orbits.design.launch import Ascent, azimuth, insertion
from orbits.design.sequence import Coast, Flown, Kick, Step
from orbits.design.targeting import Control, Goal, Problem, Targeted, solve
from orbits.design.time_of_flight import ellipse
from orbits.errors import ConvergenceError
from orbits.propagators.numerical import Numerical
from orbits.propagators.stops import Stop
from orbits.sites import Site
from orbits.time import utc_iso
from orbits.trajectory import State

Array = NDArray[np.float64]


_APPROACH = 4.0e7  # m from the Moon, where the arrival's hyperbola is read
_SAMPLES = 289  # of a day, every five minutes: the plane crosses the Moon twice at most
_TILTS = 200  # of the inclination, a third of a degree apart
PARKING, INJECTION, OUTBOUND = "parking", "tli", "outbound"


@dataclass(frozen=True, eq=False, slots=True)
class Launch:
    """Where and how the flight leaves the ground.

    Attributes
    ----------
    site : Site
    ascent : Ascent
    altitude : float, m
        Of the circular parking orbit, above 6378.137 km.
    inclination : float, rad
    branch : str
        "ascending" or "descending": the pass over the site.
    """

    site: Site
    ascent: Ascent
    altitude: float
    inclination: float
    branch: str

    def state(
        self, lift_off: float, almanac: Almanac, inclination: float | None = None
    ) -> State:
        """Return the state at insertion for a lift-off (s)."""
        chosen = self.inclination if inclination is None else inclination
        return insertion(
            self.site,
            almanac,
            lift_off,
            chosen,
            self.branch,
            altitude=self.altitude,
            ascent=self.ascent,
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the flight shall reach at the Moon.

    Attributes
    ----------
    altitude : float, m
        Of perilune above 1737.4 km.
    inclination : float, rad
        To the Moon's mean-Earth equator.
    side : int
        +1 passes south of the incoming asymptote, -1 north.
    """

    altitude: float
    inclination: float
    side: int


@dataclass(frozen=True, eq=False, slots=True)
class Departure:
    """One way to the Moon.

    Attributes
    ----------
    lift_off, injection, perilune : float, s past J2000 TDB
    inclination : float, rad
        Of the parking orbit, to the true equator.
    azimuth : float, rad
        Inertial, of the plane at the pad.
    branch : str
    delta_v : float, m/s
        Of the injection, an impulse along the velocity.
    c3 : float, m2/s2
        Osculating, just after injection.
    v_infinity : float, m/s
        About the Moon, osculating at perilune.
    targeted : Targeted
        The flight: steps "parking", "tli", "outbound".
    """

    lift_off: float
    injection: float
    perilune: float
    inclination: float
    azimuth: float
    branch: str
    delta_v: float
    c3: float
    v_infinity: float
    targeted: Targeted


@dataclass(frozen=True, slots=True)
class Guess:
    """A way to the place of the Moon in the Earth's field alone.

    Attributes
    ----------
    lift_off : float, s
    coast : float, s
        In the parking orbit.
    delta_v : float, m/s
    """

    lift_off: float
    coast: float
    delta_v: float


def guesses(launch: Launch, almanac: Almanac, day: float, flight: float) -> tuple[Guess, ...]:
    """Return the lift-offs within a day of ``day`` (s) whose plane holds the Moon at arrival.

    ``flight`` (s) is the time from injection to the Moon.

    Raises
    ------
    ValueError
        If no orbit of the inclination passes over the site, or none reaches the Moon so fast.
    """
    azimuth(launch.site, launch.inclination, launch.branch)

    def aside(lift_off: float) -> float:
        return _aside(launch, almanac, lift_off, flight)

    times = day + np.linspace(0.0, DAY, _SAMPLES)
    values = np.array([aside(t) for t in times])
    crossings = np.flatnonzero(values[1:] * values[:-1] < 0.0)
    roots = [float(brentq(aside, times[k], times[k + 1], xtol=1e-3)) for k in crossings]  # type: ignore[arg-type]
    return tuple(_guess(launch, almanac, t, flight) for t in roots)


def inclined(
    launch: Launch, almanac: Almanac, lift_off: float, flight: float
) -> tuple[Launch, Guess]:
    """Return the launch whose plane at ``lift_off`` (s) holds the Moon at arrival.

    Of the inclinations that do, from the site's latitude to 90 degrees, the one nearest to the
    launch's own; with the guess that it leads to.

    Raises
    ------
    ValueError
        If no plane of the pass does at that instant.
    """
    least = abs(launch.site.central_latitude)
    tilts = np.linspace(least + 1e-4, 0.5 * np.pi, _TILTS)

    def aside(tilt: float) -> float:
        return _aside(replace(launch, inclination=tilt), almanac, lift_off, flight)

    values = np.array([aside(tilt) for tilt in tilts])
    crossings = np.flatnonzero(values[1:] * values[:-1] < 0.0)
    if not len(crossings):
        raise ValueError(
            f"no plane of the {launch.branch} pass at {utc_iso(lift_off)} holds the Moon "
            f"{flight / DAY:.2f} days later: choose another lift-off, or the other pass"
        )
    roots = [float(brentq(aside, tilts[k], tilts[k + 1])) for k in crossings]  # type: ignore[arg-type]
    tilt = min(roots, key=lambda found: abs(found - launch.inclination))
    chosen = replace(launch, inclination=tilt)
    return chosen, _guess(chosen, almanac, lift_off, flight)


def _aside(launch: Launch, almanac: Almanac, lift_off: float, flight: float) -> float:
    """Return the sine of the Moon's angle from the parking plane, at arrival."""
    state = launch.state(lift_off, almanac)
    pole = np.cross(state.r, state.v)
    moon = _moon(almanac, lift_off + flight)
    return float(pole @ moon / (np.linalg.norm(pole) * np.linalg.norm(moon)))


def _moon(almanac: Almanac, t: float) -> Array:
    return almanac.position("moon", "earth", t)


def _guess(launch: Launch, almanac: Almanac, lift_off: float, flight: float) -> Guess:
    state = launch.state(lift_off, almanac)
    radius, mu = float(np.linalg.norm(state.r)), body("earth").mu
    pole = np.cross(state.r, state.v)
    pole /= np.linalg.norm(pole)
    rate = np.sqrt(mu / radius**3)
    coast = 1500.0
    for _ in range(3):  # the Moon moves 2 km while the coast moves a second
        moon = _moon(almanac, state.t + coast + flight)
        speed, turned = ellipse(radius, float(np.linalg.norm(moon)), flight, mu)
        along = np.arctan2(np.cross(state.r, moon) @ pole, state.r @ moon)
        coast = float(np.remainder(along - turned, 2.0 * np.pi) / rate)
    return Guess(lift_off, coast, speed - float(np.sqrt(mu / radius)))


def leaving(values: dict[str, float]) -> tuple[Step, Step]:
    """Return the coast in the parking orbit and the injection along the velocity."""
    return (
        Coast(PARKING, duration=values["parking.duration"], center="earth"),
        Kick(INJECTION, values["tli.delta_v"], "earth"),
    )


def steps(values: dict[str, float], *, to: Stop) -> Sequence[Step]:
    """Return the steps of `leaving` and the way to ``to``."""
    return (*leaving(values), Coast(OUTBOUND, until=to, at_most=20.0 * DAY))


def transfer(
    launch: Launch,
    arrival: Arrival,
    propagator: Numerical,
    guess: Guess,
    *,
    flight: float | None = None,
    perilune: float | None = None,
    vary: str = "lift-off",
) -> Departure:
    """Return the flight in the full model that leads to ``arrival``.

    Parameters
    ----------
    propagator : Numerical
        Its forces should fall as the ephemeris does (``fall="ephemeris"``), so that the
        change of centre on the way changes nothing.
    flight : float, s, or None
        From injection to perilune; or
    perilune : float, s past J2000 TDB, or None
        Instant of perilune.
    vary : str
        "lift-off" keeps the inclination; "inclination" keeps the lift-off of ``guess``.

    Raises
    ------
    TargetingError, PropagationError
        If the flight does not settle.
    ValueError
        If no orbit of the inclination holds the asymptote, or not one of flight and perilune
        is given.
    """
    if (flight is None) == (perilune is None):
        raise ValueError("give one of flight and perilune")
    quiet = replace(propagator, surfaces=False)
    almanac = propagator.almanac
    first = Control("lift-off", guess.lift_off, 60.0)
    if vary == "inclination":
        first = Control("inclination", launch.inclination, np.radians(0.1))
    controls = (
        first,
        Control("parking.duration", guess.coast, 10.0, low=0.0),
        Control("tli.delta_v", guess.delta_v, 1.0),
    )

    def start(values: dict[str, float]) -> State:
        return launch.state(
            values.get("lift-off", guess.lift_off), almanac, values.get("inclination")
        )

    if flight is not None:
        when = {"value": flight, "since": INJECTION}
    else:
        when = {"value": perilune, "since": None}
    near = Stop("distance", "moon", _APPROACH, rising=False)
    solved = None
    for tolerance in (2e7, 1e6, 1e5):  # m in the B-plane, which turns with the asymptote
        aimed = _aimed(arrival, quiet, solved, controls, start, near)
        goals = (
            Goal(OUTBOUND, "b_t", "moon", aimed[0], tolerance),
            Goal(OUTBOUND, "b_r", "moon", aimed[1], tolerance),
            Goal(OUTBOUND, "periapsis_time", "moon", tolerance=tolerance / 1e3, **when),
        )
        problem = Problem(quiet, start, lambda v: steps(v, to=near), controls, goals)
        solved = solve(problem)
        controls = _from(controls, solved)
    closest = Stop("periapsis", "moon")
    radius = body("moon").radius + arrival.altitude
    goals = (
        Goal(OUTBOUND, "periapsis_radius", "moon", radius, 1.0),
        Goal(OUTBOUND, "inclination", "moon", arrival.inclination, 1e-7),
        Goal(OUTBOUND, "time", "moon", tolerance=1e-2, **when),
    )
    problem = Problem(quiet, start, lambda v: steps(v, to=closest), controls, goals)
    return _departure(launch, guess, almanac, solve(problem))


def _from(controls: tuple[Control, ...], solved: Targeted) -> tuple[Control, ...]:
    return tuple(replace(c, value=solved.values[c.name]) for c in controls)


def _aimed(arrival: Arrival, propagator, solved, controls, start, near) -> tuple[float, float]:
    """Return the B-plane target for the asymptote of the last flight, or of the first guess."""
    if solved is None:
        problem = Problem(propagator, start, lambda v: steps(v, to=near), controls, ())
        flown: Sequence[Flown] = problem.fly(np.array([c.value for c in controls]))
    else:
        flown = solved.flown
    sight = Sight.of(flown[-1].end, "moon", propagator.almanac)
    if not sight.energy > 0.0:
        raise ConvergenceError(
            "the flight arrives at the Moon below escape speed: choose a shorter flight"
        )
    radius = sight.radius + arrival.altitude
    return aim(
        sight.asymptote,
        float(np.sqrt(sight.energy)),
        sight.mu,
        radius,
        arrival.inclination,
        arrival.side,
    )


def _departure(launch: Launch, guess: Guess, almanac: Almanac, solved: Targeted) -> Departure:
    values = solved.values
    inclination = values.get("inclination", launch.inclination)
    leaving, arriving = solved.step(INJECTION).end, solved.step(OUTBOUND).end
    return Departure(
        values.get("lift-off", guess.lift_off),
        leaving.t,
        arriving.t,
        inclination,
        azimuth(launch.site, inclination, launch.branch),
        launch.branch,
        values["tli.delta_v"],
        quantity("c3", leaving, "earth", almanac),
        quantity("v_infinity", arriving, "moon", almanac),
        solved,
    )
