"""How Sun and Moon move the plane of a low Earth orbit over years, and what it costs to undo.

Averaged over a revolution, a body in the direction s of the distance r pulls a circular orbit
of mean motion n with normal h as a ring:

    di/dt    = K (h.s) (cos W sx + sin W sy)
    dW/dt    = -K (h.s) (dh/di . s) / sin i,      K = 3 mu / (2 n r^3),

i and W being inclination and right ascension of the node. The Sun, which stands still against
the node of a sun-synchronous orbit, changes its inclination by up to 0.05 degrees a year with
one sign, and the node follows. Source: Vallado (2013), sec. 9.6, for the averaged potential.
[vallado2013]

Neglected: eccentricity, tides, the precession of the pole (it turns with the node and leaves a
few arcseconds); good to 1 % of the drift.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.constants import DAY
from orbits.design.full_model import node_of
from orbits.design.mean_orbit import MEAN_SUN_RATE, PRECESSION, MeanOrbit, motion
from orbits.frames import rotated, rotation_of_epoch

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

YEAR = 365.25 * DAY
_STEP = 0.25 * DAY  # a hundredth of the Moon's revolution


@dataclass(frozen=True, eq=False, slots=True)
class PlaneDrift:
    """The plane of an orbit over years; (n,) each.

    Attributes
    ----------
    t : s
    inclination : rad
    local_time : rad
        Mean local time of the ascending node, from midnight, continuous.
    """

    t: Array
    inclination: Array
    local_time: Array

    @property
    def inclination_rate(self) -> float:
        """Mean rate over the whole, by its ends, rad/s."""
        return float(np.ptp(self.t) and np.polyfit(self.t - self.t[0], self.inclination, 1)[0])


def plane_drift(
    orbit: MeanOrbit,
    local_time: float,
    almanac: "Almanac",
    span: tuple[float, float],
    *,
    decay: float = 0.0,
) -> PlaneDrift:
    """Return what becomes of the plane of ``orbit`` when nothing is done.

    Parameters
    ----------
    local_time : float, rad
        Mean local time of the ascending node at the start.
    span : (float, float), s
    decay : float, m/s
        Of the semi-major axis: the node hurries as the orbit sinks.
    """
    count = int(np.ceil((span[1] - span[0]) / _STEP))
    t = np.linspace(span[0], span[1], count + 1)
    h = float(t[1] - t[0])
    pulls = _pulls(orbit, almanac, np.linspace(span[0], span[1], 2 * count + 1))
    rate = _node_rate(orbit)
    sinking = -3.5 * rate(orbit.inclination) * decay / orbit.semi_major_axis

    def slopes(y: Array, k: int) -> Array:
        i, raan = y
        ci, si, co, so = np.cos(i), np.sin(i), np.cos(raan), np.sin(raan)
        s, strength = pulls
        x = s[:, k] @ np.array([si * so, -si * co, ci])
        tilt = s[:, k] @ np.array([co, so, 0.0])
        lean = s[:, k] @ np.array([ci * so, -ci * co, -si])
        force = strength[:, k] * x
        node = rate(i) + sinking * 0.5 * h * k - force @ lean / si
        return np.array([force @ tilt, node])

    y = np.empty((count + 1, 2))
    y[0] = orbit.inclination, node_of(span[0], local_time, almanac)
    for step in range(count):
        k = 2 * step
        a = slopes(y[step], k)
        b = slopes(y[step] + 0.5 * h * a, k + 1)
        c = slopes(y[step] + 0.5 * h * b, k + 1)
        d = slopes(y[step] + h * c, k + 2)
        y[step + 1] = y[step] + h / 6.0 * (a + 2.0 * b + 2.0 * c + d)
    sun = MEAN_SUN_RATE * (t - t[0])
    return PlaneDrift(t, y[:, 0], local_time + y[:, 1] - y[0, 1] - sun)


def _pulls(orbit: MeanOrbit, almanac: "Almanac", t: Array) -> tuple[Array, Array]:
    """Return directions (2, n, 3) of Sun and Moon in the equator of date, and K (2, n)."""
    n = np.sqrt(body("earth").mu / orbit.semi_major_axis) / orbit.semi_major_axis
    # The equator of the first instant, turned along with the equinox.
    first = rotation_of_epoch("earth-equator-of-epoch", float(t[0]), almanac)
    late = PRECESSION * (t - t[0])
    directions, strengths = [], []
    for name in ("sun", "moon"):
        r = rotated(first, almanac.position(name, "earth", t))
        distance = np.linalg.norm(r, axis=1)
        x, y, z = (r / distance[:, None]).T
        c, s = np.cos(late), np.sin(late)
        directions.append(np.column_stack([c * x - s * y, s * x + c * y, z]))
        strengths.append(1.5 * body(name).mu / (n * distance**3))
    return np.array(directions), np.array(strengths)


def _node_rate(orbit: MeanOrbit):
    """Return the rate of the node as a function of inclination, near that of ``orbit``."""
    shifts = np.radians(np.array([-1.0, -0.5, 0.0, 0.5, 1.0]))
    rates = [
        motion(orbit._replace(inclination=orbit.inclination + float(x))).node for x in shifts
    ]
    fit = np.polynomial.Polynomial.fit(shifts, rates, 4).convert()
    return lambda i: float(fit(i - orbit.inclination))


# -- what it costs ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InclinationKeeping:
    """Burns out of the plane that keep the local time within a band.

    Attributes
    ----------
    band : float, rad
        Either side of the wanted local time.
    inclination_rate : float, rad/s
        By Sun and Moon, mean over the years looked at.
    every : float, s
        Between two burns; infinite where the inclination does not drift.
    step : float, rad
        Of inclination, each.
    delta_v : float, m/s
        Each.
    yearly : float, m/s
        In a year, whatever the band.
    """

    band: float
    inclination_rate: float
    every: float
    step: float
    delta_v: float
    yearly: float


def inclination_keeping(orbit: MeanOrbit, drift: PlaneDrift, band: float) -> InclinationKeeping:
    """Return what keeps the local time of ``orbit`` within ``band``, rad, of the wanted one.

    The inclination drifts evenly and local time follows a parabola from one edge of the band to
    the other and back; there a burn at a node sets the inclination back beyond its mean.
    """
    if not band > 0.0:
        raise ValueError(f"the band of local time must be above zero, got {band} rad")
    slope = float(np.polyfit(drift.t - drift.t[0], drift.inclination, 1)[0])
    h = 1e-4
    by_tilt = (
        motion(orbit._replace(inclination=orbit.inclination + h)).node
        - motion(orbit._replace(inclination=orbit.inclination - h)).node
    ) / (2.0 * h)
    bend = abs(by_tilt * slope)
    every = float(4.0 * np.sqrt(band / bend)) if bend > 0.0 else np.inf
    speed = float(np.sqrt(body("earth").mu / orbit.semi_major_axis))
    step = abs(slope) * every if np.isfinite(every) else 0.0
    delta_v = 2.0 * speed * np.sin(0.5 * step)
    return InclinationKeeping(band, slope, every, step, delta_v, speed * abs(slope) * YEAR)
