"""A trajectory as a Skyfield vector function, so that Skyfield can observe our spacecraft.

planets = skyfield.api.load("de421.bsp")
craft = planets["moon"] + vector_function(trajectory, -159274, "queqiao-2")
station.at(t).observe(craft).apparent().altaz()
"""

from typing import Any

import numpy as np

from orbits.bodies import BODIES
from orbits.constants import ASTRONOMICAL_UNIT, DAY, J2000_JD
from orbits.errors import DataError
from orbits.trajectory import Trajectory

_CENTERS = {"ssb": 0, "emb": 3} | {body.name: body.naif_id for body in BODIES.values()}


def vector_function(trajectory: Trajectory, target: int, name: str = "spacecraft") -> Any:
    """Return a ``VectorFunction`` from the trajectory's centre to the spacecraft.

    Add it to the segment of its centre to have barycentric places. Skyfield keeps times as a
    whole Julian date and a fraction; here both become one TDB number with a grain of 0.12 us.

    Parameters
    ----------
    trajectory : Trajectory
        In ICRF axes.
    target : int
        NAIF identifier, negative by custom (``Spacecraft.naif_id``).
    name : str

    Raises
    ------
    ValueError
        If the trajectory is not in ICRF axes; of the function, outside the trajectory's span.
    DataError
        If Skyfield is not installed.
    """
    try:
        from skyfield.vectorlib import VectorFunction
    except ImportError:
        raise DataError("Skyfield is not installed: pip install skyfield") from None
    if trajectory.frame.axes != "ICRF":
        raise ValueError(
            f"Skyfield takes ICRF axes, this trajectory is in {trajectory.frame.axes}"
        )

    class Flight(VectorFunction):
        """Our trajectory, in Skyfield's units."""

        def __init__(self) -> None:
            self.center = _CENTERS[trajectory.frame.center]
            self.target = target
            self.trajectory = trajectory

        @property
        def target_name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
            return f"{target} {name}"

        def _at(self, t: Any) -> tuple[np.ndarray, np.ndarray, None, None]:
            seconds = np.asarray((t.whole - J2000_JD) * DAY + t.tdb_fraction * DAY)
            r, v = trajectory.position(seconds), trajectory.velocity(seconds)
            return (
                np.moveaxis(r, -1, 0) / ASTRONOMICAL_UNIT,
                np.moveaxis(v, -1, 0) * (DAY / ASTRONOMICAL_UNIT),
                None,
                None,
            )

    return Flight()
