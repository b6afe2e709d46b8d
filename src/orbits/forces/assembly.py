"""The forces chosen for a flight, and the numbers that the compiled code makes of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orbits import ephemeris
from orbits.almanac import ROOM, Almanac
from orbits.bodies import body
from orbits.chebyshev import pack
from orbits.forces.density import NAMES, Atmosphere, atmosphere, doubt
from orbits.forces.fall import excess_fall
from orbits.forces.gravity import Field
from orbits.forces.model import (
    CENTER,
    DIRECTION,
    DRAG,
    EARTH_TIDE,
    FLOW,
    MASS,
    MOON_TIDE,
    MU,
    RADIATION,
    RELATIVITY,
    T_REF,
    THRUST,
    TRIAD,
    Acting,
    pack_model,
)
from orbits.forces.sky import bodies_from, moon_turns
from orbits.forces.space_weather import Weather
from orbits.forces.thrust import TRIADS, Thrust
from orbits.forces.tides import K2

Thrusting = tuple[Thrust, float]  # a burn, and the instant (s) of the mass given with it


@dataclass(frozen=True, eq=False, slots=True)
class Forces:
    """What acts on a spacecraft besides the point mass of the centre.

    Attributes
    ----------
    third_bodies : tuple of str
        Bodies that act as point masses; the centre is left out by itself.
    fields : dict
        Spherical harmonics by body ("moon", "earth"); see ``forces.gravity.field``.
    radiation : float, m2/kg
        Cr A / m of the radiation pressure; 0 for none.
    shadows : tuple of str
        Bodies that shade the spacecraft.
    drag : float, m2/kg
        Cd A / m in the Earth's atmosphere, which turns with the Earth; 0 for none.
    atmosphere : str
        "exponential" or "nrlmsis" (forces/density.py).
    weather : Weather or None
        Solar and geomagnetic indices for "nrlmsis" instead of the measured ones.
    relativity : bool
        The Schwarzschild term of the centre.
    tides : bool
        Solid tides of degree 2 of the centre, Earth or Moon.
    fall : str
        How the centre itself falls: "newtonian", by the point masses of the bodies (what
        comparison runs do), or "ephemeris" (forces/fall.py): then all bodies act, and an arc is
        the same motion about the Earth as about the Moon.
    mass : float, kg, or None
        The mass that ``radiation`` and ``drag`` divide by; states of another mass scale them.
    mu : dict
        Gravitational parameters, m3/s2, that replace the package's own, by body.
    """

    third_bodies: tuple[str, ...] = ("earth", "moon", "sun")
    fields: "dict[str, Field]" = None  # pyright: ignore[reportAssignmentType]
    radiation: float = 0.0
    shadows: tuple[str, ...] = ("earth", "moon")
    drag: float = 0.0
    atmosphere: str = "nrlmsis"
    weather: Weather | None = None
    relativity: bool = False
    tides: bool = False
    fall: str = "newtonian"
    mass: float | None = None
    mu: "dict[str, float]" = None  # pyright: ignore[reportAssignmentType]

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", dict(self.fields or {}))
        object.__setattr__(self, "mu", dict(self.mu or {}))
        unknown = set(self.fields) - {"earth", "moon"}
        if unknown:
            raise ValueError(
                f"no gravity field for {sorted(unknown)}: only earth and moon have one"
            )
        if self.fall not in ("newtonian", "ephemeris"):
            raise ValueError(f"fall must be newtonian or ephemeris, got {self.fall!r}")
        if not (np.isfinite(self.radiation) and self.radiation >= 0.0):
            raise ValueError(f"Cr A / m must be zero or more, got {self.radiation} m2/kg")
        if not (np.isfinite(self.drag) and self.drag >= 0.0):
            raise ValueError(f"Cd A / m must be zero or more, got {self.drag} m2/kg")
        if self.atmosphere not in NAMES:
            raise ValueError(
                f"unknown atmosphere {self.atmosphere!r}; choose from {', '.join(NAMES)}"
            )

    def mu_of(self, name: str) -> float:
        """Return a body's gravitational parameter (of its field, where it has one), m3/s2."""
        if name in self.mu:
            return self.mu[name]
        return self.fields[name].gm if name in self.fields else body(name).mu

    def air(self, almanac: Almanac) -> Atmosphere | None:
        """Return the atmosphere over the span of ``almanac``, if there is drag; kept."""
        if self.drag == 0.0:
            return None
        return atmosphere(self.atmosphere, almanac.span, self.weather)

    def warnings(self, almanac: Almanac) -> tuple[str, ...]:
        """Return what a reader of any result over the span of ``almanac`` must know."""
        if self.drag == 0.0 or self.atmosphere != "nrlmsis" or self.weather is not None:
            return ()
        said = doubt(almanac.span[0] + ROOM, almanac.span[1] - ROOM)
        return (said,) if said else ()


def assemble(
    forces: Forces,
    almanac: Almanac,
    center: str,
    mass: float | None = None,
    thrust: Thrusting | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ``forces`` about ``center`` as the pair of arrays of forces/model.py.

    Parameters
    ----------
    mass : float, kg
        At the start of the arc.
    thrust : (Thrust, t)
        Acting all along the arc, with the instant of ``mass``.
    """
    lit = forces.radiation > 0.0
    # The ephemeris' fall holds the pull of all bodies, so that all must act on the flight too.
    every = ephemeris.NAMES[1:] if forces.fall == "ephemeris" else ()
    pulling = dict.fromkeys((*forces.third_bodies, *forces.fields, *every))
    air = forces.air(almanac)
    needed = (*(("sun", *forces.shadows) if lit else ()), *(("earth",) if air else ()))
    placed = dict.fromkeys((*pulling, *needed))
    acting = [
        Acting(
            ephemeris.ROW[name],
            forces.mu_of(name) if name in pulling and name != center else 0.0,
            lit and name in forces.shadows,
            body(name).radius,
        )
        for name in placed
    ]
    lighter = forces.mass / mass if mass is not None and forces.mass is not None else 1.0
    head = {
        CENTER: ephemeris.ROW[center],
        MU: forces.mu_of(center),
        RADIATION: forces.radiation * lighter,
        DRAG: forces.drag * lighter,
        RELATIVITY: float(forces.relativity),
        MOON_TIDE: K2["moon"] if forces.tides and center == "moon" else 0.0,
        EARTH_TIDE: K2["earth"] if forces.tides and center == "earth" else 0.0,
    }
    if thrust is not None and mass is not None:
        push, since = thrust
        head |= {MASS: mass, FLOW: push.flow, T_REF: since, THRUST: push.force}
        head |= {TRIAD: TRIADS[push.triad]}
        head |= {DIRECTION + i: push.unit[i] for i in range(3)}
    series = [
        bodies_from(almanac, center, [name for name in placed if name != center]),
        moon_turns(almanac),
        (almanac.earth.buffer, almanac.earth.table),
    ]
    if forces.fall == "ephemeris":
        series.append(pack([excess_fall(almanac, center, forces.mu_of)]))
    fields = {ephemeris.ROW[name]: field for name, field in forces.fields.items()}
    return pack_model(series, head, acting, fields, air.numbers if air else None)
