"""Burns at an apsis that take time: how long, when to start, and what gravity costs.

The burn is centred on the apsis, against or along the velocity as that turns; an impulse there
is the first guess of its length, which is targeted. The gravity loss is what the engine gives
more than the impulse that reaches the same semi-major axis. A long braking lowers its own apsis
as well (13 km for 15 minutes at the Moon): aim the approach higher by as much.
"""

from dataclasses import dataclass, replace

import numpy as np

from orbits.design.goals import Sight, quantity
from orbits.design.sequence import Burn, Coast, Flown
from orbits.design.targeting import Control, Goal, Problem, Targeted, solve
from orbits.forces.thrust import Thrust
from orbits.propagators.numerical import Numerical
from orbits.propagators.stops import Stop, coast
from orbits.trajectory import State

_LONGEST = 40.0 * 86400.0  # s to wait for the apsis
APPROACH, BRAKE = "approach", "brake"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that burns at constant thrust.

    Attributes
    ----------
    thrust : float, N
    isp : float, s
    """

    thrust: float
    isp: float


@dataclass(frozen=True, eq=False, slots=True)
class Braking:
    """A finite burn at an apsis.

    Attributes
    ----------
    targeted : Targeted
        Steps "approach" and "brake".
    apsis : float, s past J2000 TDB
        Where the coast would have been at the apsis.
    delta_v : float, m/s
        By the rocket equation.
    impulsive : float, m/s
        The impulse at the apsis to the same semi-major axis.
    """

    targeted: Targeted
    apsis: float
    delta_v: float
    impulsive: float

    @property
    def burn(self) -> Flown:
        """The burn as flown."""
        return self.targeted.step(BRAKE)

    @property
    def duration(self) -> float:
        """Length of the burn, s."""
        return self.burn.end.t - self.burn.start.t

    @property
    def gravity_loss(self) -> float:
        """What the burn needs more than the impulse, m/s."""
        return self.delta_v - self.impulsive


def brake(
    propagator: Numerical,
    state: State,
    engine: Engine,
    opposite: float,
    *,
    body: str = "moon",
    apsis: str = "periapsis",
) -> Braking:
    """Return the burn at the next apsis that brings the other one to ``opposite``.

    Parameters
    ----------
    state : State
        Before the apsis, with a mass.
    opposite : float, m
        Radius wanted at the other side of the orbit: the semi-major axis reached is half the
        sum of it and of the apsis before the burn.

    Raises
    ------
    ValueError
        Without a mass, or if the burn would use it all.
    TargetingError, PropagationError
        If the orbit cannot be reached; no apsis within 40 days.
    """
    quiet = replace(propagator, surfaces=False)
    almanac = propagator.almanac
    at = coast(quiet, state.about(body, almanac), Stop(apsis, body), state.t + _LONGEST)
    reached = at.state(at.span[1])
    sight = Sight.of(reached, body, almanac)
    size = 0.5 * (float(np.linalg.norm(sight.r)) + opposite)
    change = float(np.sqrt(sight.mu * (2.0 / np.linalg.norm(sight.r) - 1.0 / size)))
    change -= float(np.linalg.norm(sight.v))
    push = Thrust(engine.thrust, engine.isp, "vnb", (float(np.sign(change)), 0.0, 0.0))
    if state.mass is None:
        raise ValueError("a burn needs a state with a mass: State(..., mass=kg)")
    mass = state.mass
    controls = (Control("brake.delta_v", abs(change), 1.0, low=0.0),)
    goals = (Goal(BRAKE, "semi_major_axis", body, size, 0.1),)

    def steps(values: dict[str, float]):
        burn = Burn(BRAKE, push, values["brake.delta_v"], body)
        half = 0.5 * burn.duration(mass)
        return (
            Coast(APPROACH, at=reached.t - half, center=body),
            burn,
        )

    begun = state.about(body, almanac)
    problem = Problem(quiet, lambda _: begun, steps, controls, goals)
    solved = solve(problem)
    burn = solved.step(BRAKE)
    ended = quantity("semi_major_axis", burn.end, body, almanac)
    impulse = np.sqrt(sight.mu * (2.0 / np.linalg.norm(sight.r) - 1.0 / ended))
    impulsive = abs(float(impulse - np.linalg.norm(sight.v)))
    return Braking(solved, reached.t, burn.delta_v, impulsive)
