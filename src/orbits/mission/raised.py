"""The start that keeps a whole span above an altitude: only its periapsis moves, outwards."""

from collections.abc import Callable

from orbits.errors import ConvergenceError, PropagationError
from orbits.geometry.apses import radius_range
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State

Span = tuple[float, float]
_CLOSE_ENOUGH = 10.0  # m above the altitude asked for


def raised(
    start: Callable[[float], State],
    limit: float,
    propagator: Numerical,
    span: Span,
    asked: float,
) -> tuple[State, float]:
    """Return the start whose lowest radius over ``span`` is ``asked`` or up to 10 m more.

    ``start`` gives the state whose periapsis is so much (m) higher than the file says, which
    comes second; ``limit`` (m) is where the periapsis would pass the apoapsis.
    """

    def excess(moved: float) -> float | None:
        try:
            path = propagator.propagate(start(moved), span)
        except PropagationError as error:
            if error.kind != "impact":
                raise
            return None
        return radius_range(path, span)[0] - asked

    moved = solve_rise(excess, limit)
    return start(moved), moved


def solve_rise(excess: Callable[[float], float | None], limit: float) -> float:
    """Return a rise, m, at which ``excess`` lies in 0 to 10 m; 0 where it is enough already.

    ``excess`` (m, None for an impact) rises with its argument nearly one to one, so that each
    step is a secant within a bracket.

    Raises
    ------
    ConvergenceError
        If no rise below ``limit`` suffices, or 40 steps do not settle it.
    """
    low, at_low = 0.0, excess(0.0)
    if at_low is not None and at_low >= 0.0:
        return 0.0
    step = 50e3 if at_low is None else 1.05 * -at_low
    high = min(step, 0.5 * limit)
    at_high = excess(high)
    while at_high is None or at_high < 0.0:
        low, at_low = high, at_high
        high += max(50e3, 0.0 if at_high is None else -1.05 * at_high)
        if high >= limit:
            raise ConvergenceError(
                "min_altitude is not reached by any periapsis below the apoapsis; "
                "lower it, or choose another node",
                last=low,
            )
        at_high = excess(high)
    for iteration in range(40):
        if at_high <= _CLOSE_ENOUGH:
            return high
        middle = 0.5 * (low + high)
        if at_low is not None:
            secant = high - (at_high - 0.5 * _CLOSE_ENOUGH) * (high - low) / (at_high - at_low)
            # Now and then the middle, so that a kink cannot pin one end of the bracket.
            middle = secant if iteration % 4 != 3 and low < secant < high else middle
        value = excess(middle)
        if value is None or value < 0.0:
            low, at_low = middle, value
        else:
            high, at_high = middle, value
    raise ConvergenceError(
        f"min_altitude: 40 steps leave {at_high:.0f} m too much; give another start",
        iterations=40,
        residual=at_high,
        last=high,
    )
