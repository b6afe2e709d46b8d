"""What is said of an integration that did not reach its end."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits import ephemeris
from orbits.errors import PropagationError
from orbits.propagators.integrate import FLOOR, IMPACT
from orbits.time import utc_iso


def failure(
    status: int,
    when: float,
    y: NDArray[np.float64],
    struck: int,
    center: str,
    tolerance: float,
) -> PropagationError:
    """Return the error of an arc about ``center`` that ended with ``status``.

    Parameters
    ----------
    status : int
        IMPACT, FLOOR or NOT_FINITE (integrate.py).
    when : float, s
    y : (6,) array, m and m/s
        The last state.
    struck : int
        Row of the body met.
    tolerance : float
        Of the integration.
    """
    when, r = float(when), y[:3]
    date = utc_iso(when)
    place = f"r = ({r[0] / 1e3:.3f}, {r[1] / 1e3:.3f}, {r[2] / 1e3:.3f}) km"
    place += f" from the {center} (ICRF)"
    facts: dict[str, Any] = {"t": when, "r": r}
    if status == IMPACT:
        name = ephemeris.NAMES[struck]
        return PropagationError(
            f"the trajectory meets the surface of the {name} at {date}, {place}: "
            f"raise its lowest altitude, or stop before",
            kind="impact",
            body=name,
            **facts,
        )
    if status == FLOOR:
        return PropagationError(
            f"the integration step fell below 10 us at {date}, {place}: "
            f"loosen the tolerance ({tolerance:g}), or stop before",
            kind="floor",
            **facts,
        )
    return PropagationError(
        f"the state is no longer finite at {date}, {place}: check the start",
        kind="not-finite",
        **facts,
    )
