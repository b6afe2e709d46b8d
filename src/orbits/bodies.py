"""Sun, Moon and planets: names, gravitational parameters, radii.

Gravitational parameters are those of DE440 (Park et al. 2021, table 2) [park2021], in
TDB-compatible units, whatever kernel gives the positions; planets beyond Earth stand for
their systems.
Radii: IAU WGCCRE 2015; Earth WGS84; Sun nominal (IAU 2015 B3).
"""

from dataclasses import dataclass

from orbits.constants import MOON_RADIUS, SUN_RADIUS, WGS84_A, WGS84_F


@dataclass(frozen=True, slots=True)
class Body:
    """A celestial body.

    Attributes
    ----------
    name : str
    naif_id : int
        Identifier of the body or, for planets beyond Earth, of its system's barycentre.
    mu : float, m3/s2
        Gravitational parameter.
    radius : float, m
        Radius of the sphere used for shadows, impact and altitude.
    polar_radius : float, m
        Equal to ``radius`` for bodies taken as spheres.
    axes : str or None
        Body-fixed axes, where the package knows the body's orientation.
    """

    name: str
    naif_id: int
    mu: float
    radius: float
    polar_radius: float
    axes: str | None = None


def _sphere(name: str, naif_id: int, mu: float, radius: float, axes: str | None = None) -> Body:
    return Body(name, naif_id, mu, radius, radius, axes)


SUN = _sphere("sun", 10, 1.32712440041279419e20, SUN_RADIUS)
MERCURY = _sphere("mercury", 1, 2.2031868551e13, 2.4397e6)
VENUS = _sphere("venus", 2, 3.24858592e14, 6.0518e6)
EARTH = Body("earth", 399, 3.98600435507e14, WGS84_A, WGS84_A * (1.0 - WGS84_F), "ITRF")
MOON = _sphere("moon", 301, 4.902800118457549e12, MOON_RADIUS, "MOON_ME")
MARS = _sphere("mars", 4, 4.2828375816e13, 3.39619e6)
JUPITER = _sphere("jupiter", 5, 1.267127641e17, 7.1492e7)
SATURN = _sphere("saturn", 6, 3.79405848418e16, 6.0268e7)
URANUS = _sphere("uranus", 7, 5.7945564e15, 2.5559e7)
NEPTUNE = _sphere("neptune", 8, 6.83652710058e15, 2.4764e7)
PLUTO = _sphere("pluto", 9, 9.755e11, 1.1883e6)

BODIES = {
    body.name: body
    for body in (
        SUN, MERCURY, VENUS, EARTH, MOON, MARS, JUPITER, SATURN, URANUS, NEPTUNE, PLUTO,
    )
}  # fmt: skip


def body(name: str) -> Body:
    """Return the body called ``name`` (lower case); ``ValueError`` lists the known names."""
    try:
        return BODIES[name]
    except KeyError:
        raise ValueError(
            f"unknown body {name!r}; the known ones are {', '.join(BODIES)}"
        ) from None
