"""SGP4 elements fitted to a trajectory, as a catalogue would have them of that object.

Least squares of positions over a few revolutions; mean motion, eccentricity vector,
inclination, node and mean argument of latitude vary, so that a near circle is no special case.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from sgp4.api import WGS72, Satrec

from orbits.almanac import Almanac
from orbits.bodies import EARTH
from orbits.constants import DAY
from orbits.elements import cartesian_to_keplerian, true_to_mean
from orbits.errors import ConvergenceError, PropagationError
from orbits.frames import rotated
from orbits.propagators.element_sets import ElementSet
from orbits.propagators.sgp4 import teme
from orbits.time import duration, utc_midnight, utc_mjd
from orbits.trajectory import Trajectory

Array = NDArray[np.float64]

_ORIGIN_MJD = 33_281.0  # 1949-12-31, from which the library counts days
_POINTS = 40  # of a revolution
_REVOLUTIONS = 5.0
_FAR = 1e9  # m, instead of a place, where the model fails
_WORST = 0.05  # of the distance; a larger miss means that SGP4 does not describe this orbit


class Fit(NamedTuple):
    """Fitted elements, root mean square and greatest distance (m) over ``span`` (s)."""

    elements: ElementSet
    rms: float
    worst: float
    span: tuple[float, float]


def fitted_elements(
    trajectory: Trajectory,
    span: tuple[float, float],
    almanac: Almanac,
    *,
    norad_id: int = 0,
    name: str = "",
    drag: bool = False,
) -> Fit:
    """Return the SGP4 elements whose positions follow the beginning of ``trajectory``.

    Five revolutions, or what there is of them in ``span``; the epoch is the start of ``span``.

    Parameters
    ----------
    trajectory : Trajectory
        About the Earth, in ICRF axes, without a burn in the revolutions used.
    span : (float, float), s
    almanac : Almanac
        Turns ICRF axes to TEME.
    norad_id : int
    name : str
    drag : bool
        Fit the drag term B* too; else it is 0.

    Raises
    ------
    ValueError
        If the orbit is not a closed one about the Earth.
    ConvergenceError
        If the best elements still miss by 5 % of the distance.
    """
    if trajectory.frame.center != "earth":
        raise ValueError(
            f"SGP4 is for orbits of the Earth, not of the {trajectory.frame.center}"
        )
    t0 = span[0]
    turn = almanac.rotation("TEME", "ICRF", t0)
    first = cartesian_to_keplerian(
        turn @ trajectory.position(t0), turn @ trajectory.velocity(t0), EARTH.mu
    )
    a, e, inclination, raan, argp, nu = np.array(first[:6], dtype=float).tolist()
    if not (e < 1.0 and a > 0.0):
        raise ValueError(f"SGP4 is for closed orbits, this one has an eccentricity of {e:.4f}")
    motion = np.sqrt(EARTH.mu / a**3)
    burns = [float(t) for t in trajectory.joins if t > t0]
    stop = min(t0 + _REVOLUTIONS * 2.0 * np.pi / motion, span[1], *burns)
    count = max(20, int(_POINTS * (stop - t0) * motion / (2.0 * np.pi)))
    t = np.linspace(t0, stop, count)
    wanted = rotated(almanac.rotation("TEME", "ICRF", t), trajectory.position(t))
    m = float(true_to_mean(nu, e))
    start = [
        motion * 60.0, e * np.cos(argp), e * np.sin(argp), inclination, raan, argp + m,
        *([1e-5] if drag else []),
    ]  # fmt: skip

    def misses(x: Array) -> Array:
        try:
            there, _ = teme(_element_set(x, t0, norad_id, name), t)
        except (PropagationError, ValueError):
            return np.full(3 * count, _FAR)
        return (there - wanted).ravel()

    scale = [start[0] * 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, *([1e-4] if drag else [])]
    found = least_squares(misses, start, x_scale=scale, method="trf", xtol=1e-14, ftol=1e-14)
    far = np.linalg.norm(misses(found.x).reshape(-1, 3), axis=1)
    worst = float(far.max())
    if worst > _WORST * float(np.linalg.norm(wanted, axis=1).max()):
        raise ConvergenceError(
            f"the best SGP4 elements of {name or 'this orbit'} miss it by {worst / 1e3:.0f} "
            "km: the theory is not made for it; write an OEM instead",
            residual=worst,
            last=found.x,
        )
    elements = _element_set(found.x, t0, norad_id, name)
    return Fit(elements, float(np.sqrt(np.mean(far**2))), worst, (t0, stop))


def _element_set(x: Array, t: float, norad_id: int, name: str) -> ElementSet:
    """Return the element set of what varies: rad/min, -, -, rad, rad, rad, and B*."""
    motion, f, g, inclination, raan, latitude = x[:6]
    argp = np.arctan2(g, f)
    if not 0.0 <= inclination <= np.pi:
        raise ValueError("the inclination left its range")
    day = int(utc_mjd(t))
    days = day - _ORIGIN_MJD + float(duration(utc_midnight(day), t)) / DAY
    model, full = Satrec(), 2.0 * np.pi
    model.sgp4init(
        WGS72, "i", norad_id, days, x[6] if len(x) > 6 else 0.0, 0.0, 0.0,
        float(np.hypot(f, g)), float(argp % full), float(inclination),
        float((latitude - argp) % full), float(motion), float(raan % full),
    )  # fmt: skip
    return ElementSet.of(model, name, "SGP4 elements fitted to a trajectory")
