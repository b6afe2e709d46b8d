"""What a target can be: numbers of one state about one body.

Angles about the Earth refer to its true equator and equinox of the instant (IAU 2006/2000A),
about the Moon to its mean-Earth equator with x at that plane's ascending node on the ICRF
equator. Altitudes are above the body's sphere (Earth 6378.137 km, Moon 1737.4 km). The B-plane
is Kizner's: T across the incoming asymptote and the body's pole, R completes S, T, R.
[kizner1961]
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import Almanac
from orbits.bodies import body as body_of
from orbits.elements import cartesian_to_keplerian, true_to_mean
from orbits.frames import rotation_of_epoch
from orbits.trajectory import State

Array = NDArray[np.float64]

_EQUATORS = {"earth": "earth-equator-of-epoch", "moon": "moon-equator-of-epoch"}


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """A state as one body sees it: what the quantities are made of.

    Attributes
    ----------
    t : float, s
    r, v : (3,) arrays, m and m/s
        About the body, in the axes of its equator.
    mu, radius : float, m3/s2 and m
    mass : float, kg, or None
    """

    t: float
    r: Array
    v: Array
    mu: float
    radius: float
    mass: float | None

    @classmethod
    def of(cls, state: State, body: str, almanac: Almanac) -> "Sight":
        """Return ``state`` in the equator of ``body`` at its own instant."""
        about = state.about(body, almanac)
        turn = rotation_of_epoch(_EQUATORS.get(body, "icrf"), state.t, almanac)
        known = body_of(body)
        return cls(state.t, turn @ about.r, turn @ about.v, known.mu, known.radius, state.mass)

    @property
    def energy(self) -> float:
        """Twice the specific energy, m2/s2: v infinity squared of a hyperbola."""
        return float(self.v @ self.v) - 2.0 * self.mu / float(np.linalg.norm(self.r))

    @property
    def momentum(self) -> Array:
        """Specific angular momentum (3,), m2/s."""
        return np.cross(self.r, self.v)

    @property
    def eccentricity(self) -> Array:
        """Eccentricity vector (3,)."""
        return np.cross(self.v, self.momentum) / self.mu - self.r / np.linalg.norm(self.r)

    @property
    def periapsis(self) -> float:
        """Radius of periapsis of the osculating conic, m."""
        e = float(np.linalg.norm(self.eccentricity))
        return float(self.momentum @ self.momentum) / (self.mu * (1.0 + e))

    @property
    def asymptote(self) -> Array:
        """Unit vector of the incoming asymptote (3,), along the motion.

        Raises
        ------
        ValueError
            If the conic is closed.
        """
        e_vector = self.eccentricity
        e = float(np.linalg.norm(e_vector))
        if e <= 1.0:
            raise ValueError(
                f"the orbit is closed (eccentricity {e:.6f}): it has no asymptote; aim nearer "
                "to the body, or for its periapsis"
            )
        h = self.momentum
        along, across = e_vector / e, np.cross(h, e_vector) / (e * float(np.linalg.norm(h)))
        return along / e + np.sqrt(1.0 - 1.0 / (e * e)) * across

    @property
    def b_vector(self) -> tuple[float, float]:
        """Components of B along T and R, m: where the asymptote pierces the B-plane."""
        s = self.asymptote
        h = self.momentum
        size = float(np.linalg.norm(h)) / np.sqrt(self.energy)
        b = np.cross(s, h / np.linalg.norm(h)) * size
        t, r = b_plane(s)
        return float(b @ t), float(b @ r)


def b_plane(asymptote: Array) -> tuple[Array, Array]:
    """Return the unit vectors T and R across ``asymptote``, for a pole along z."""
    t = np.cross(asymptote, [0.0, 0.0, 1.0])
    t /= np.linalg.norm(t)
    return t, np.cross(asymptote, t)


def _angle(x: float) -> float:
    return float(np.remainder(x, 2.0 * np.pi))


def _periapsis_time(s: Sight) -> float:
    elements = cartesian_to_keplerian(s.r, s.v, s.mu)
    e, p = float(elements.eccentricity), float(elements.semi_latus_rectum)  # type: ignore[arg-type]
    nu = np.remainder(float(elements.true_anomaly) + np.pi, 2.0 * np.pi) - np.pi  # type: ignore[arg-type]
    size = p if e == 1.0 else p / abs((1.0 - e) * (1.0 + e))
    rate = np.sqrt(s.mu / size) / size * (2.0 if e == 1.0 else 1.0)
    return s.t - float(true_to_mean(nu, e)) / rate


def _apoapsis(s: Sight) -> float:
    e = float(np.linalg.norm(s.eccentricity))
    if e >= 1.0:
        raise ValueError(f"the orbit is open (eccentricity {e:.6f}): it has no apoapsis")
    return float(s.momentum @ s.momentum) / (s.mu * (1.0 - e))


# By name; every value is SI: m, s past J2000 TDB, rad, m2/s2, kg.
QUANTITIES: dict[str, Callable[[Sight], float]] = {
    "time": lambda s: s.t,
    "radius": lambda s: float(np.linalg.norm(s.r)),
    "altitude": lambda s: float(np.linalg.norm(s.r)) - s.radius,
    "speed": lambda s: float(np.linalg.norm(s.v)),
    "flight_path_angle": lambda s: float(
        np.arcsin(s.r @ s.v / (np.linalg.norm(s.r) * np.linalg.norm(s.v)))
    ),
    "c3": lambda s: s.energy,
    "v_infinity": lambda s: float(np.sqrt(s.energy)),
    "semi_major_axis": lambda s: -s.mu / s.energy,
    "eccentricity": lambda s: float(np.linalg.norm(s.eccentricity)),
    "periapsis_radius": lambda s: s.periapsis,
    "periapsis_altitude": lambda s: s.periapsis - s.radius,
    "periapsis_time": _periapsis_time,
    "apoapsis_radius": _apoapsis,
    "apoapsis_altitude": lambda s: _apoapsis(s) - s.radius,
    "inclination": lambda s: float(
        np.arctan2(np.hypot(s.momentum[0], s.momentum[1]), s.momentum[2])
    ),
    "raan": lambda s: _angle(np.arctan2(s.momentum[0], -s.momentum[1])),
    "argp": lambda s: _angle(float(cartesian_to_keplerian(s.r, s.v, s.mu).argp)),  # type: ignore[arg-type]
    "declination": lambda s: float(np.arcsin(s.r[2] / np.linalg.norm(s.r))),
    "right_ascension": lambda s: _angle(np.arctan2(s.r[1], s.r[0])),
    "b_t": lambda s: s.b_vector[0],
    "b_r": lambda s: s.b_vector[1],
    "asymptote_declination": lambda s: float(np.arcsin(s.asymptote[2])),
    "asymptote_right_ascension": lambda s: _angle(np.arctan2(s.asymptote[1], s.asymptote[0])),
    "mass": lambda s: float("nan") if s.mass is None else s.mass,
}
ANGLES = frozenset(
    {"raan", "argp", "right_ascension", "asymptote_right_ascension"}
)  # differences are taken on the circle


def quantity(name: str, state: State, body: str, almanac: Almanac) -> float:
    """Return a quantity of ``QUANTITIES`` of ``state`` about ``body``, SI.

    Raises
    ------
    ValueError
        If the name is unknown, or the conic has no such number (an open orbit no apoapsis).
    """
    if name not in QUANTITIES:
        raise ValueError(f"unknown quantity {name!r}; choose from {', '.join(QUANTITIES)}")
    return QUANTITIES[name](Sight.of(state, body, almanac))


def aim(
    asymptote: Array,
    v_infinity: float,
    mu: float,
    periapsis: float,
    inclination: float,
    side: int,
) -> tuple[float, float]:
    """Return the (b_t, b_r) in m that lead to a periapsis radius and an inclination.

    Parameters
    ----------
    asymptote : (3,) array
        Unit vector in the axes of the body's equator.
    v_infinity, mu : float, m/s and m3/s2
    periapsis, inclination : float, m and rad
    side : int
        +1 passes south of the asymptote (B along +R), -1 north: the two arrivals of one
        inclination.

    Raises
    ------
    ValueError
        If no orbit of this inclination contains the asymptote.
    """
    ratio = np.cos(inclination) / np.sqrt(1.0 - asymptote[2] ** 2)
    if abs(ratio) > 1.0:
        least = np.degrees(abs(np.arcsin(asymptote[2])))
        raise ValueError(
            f"no orbit of inclination {np.degrees(inclination):.3f} deg contains an asymptote "
            f"of declination {np.degrees(np.arcsin(asymptote[2])):.3f} deg: choose "
            f"{least:.3f} to {180.0 - least:.3f} deg, or another arrival"
        )
    mu_over = 2.0 * mu / (periapsis * v_infinity**2)
    size, angle = periapsis * np.sqrt(1.0 + mu_over), np.copysign(np.arccos(ratio), side)
    return float(size * np.cos(angle)), float(size * np.sin(angle))
