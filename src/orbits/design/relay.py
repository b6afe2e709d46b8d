"""What a relay orbit is worth to a site on the Moon: frozen ellipse or halo, in figures.

Every design, frozen ellipse or halo, is flown over the span and judged on a grid of instants:
open from the site through the relay to any station, dark, and how far. Light time is left out
and an edge is known to one step of the grid; what is chosen is judged again, and certified, as
a mission.
"""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from orbits.almanac import Almanac
from orbits.bodies import SUN, body
from orbits.constants import DAY
from orbits.design.arrival import capture
from orbits.design.frozen import SIDES, YEAR, frozen_inclination
from orbits.design.halo import family
from orbits.design.real_sky import in_the_real_sky
from orbits.elements import Elements, keplerian_to_cartesian, mean_to_true
from orbits.errors import ConvergenceError, PropagationError
from orbits.forces import gravity
from orbits.forces.assembly import Forces
from orbits.frames import MOON_ICRF, Path, rotation_of_epoch
from orbits.propagators.cr3bp import SYSTEMS
from orbits.propagators.numerical import Numerical
from orbits.sites import Site
from orbits.trajectory import State

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEP = 300.0  # s, of the grid
# Delta-v of a southern halo of 13,000 km, found with design/arrival.py (a fly-by at 100 km and
# the insertion) and design/halo_keeping.py (weekly, 3 mm/s and 1 km); taken for every halo.
HALO_INSERTION, HALO_YEARLY = 218.0, 10.0
_FLOOR = 100e3  # m: an ellipse that comes lower is raised at apolune
_FIELD = 8  # degree of the Moon's field in the search


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A frozen ellipse of the search.

    Attributes
    ----------
    semi_major_axis, perilune : float, m
        ``perilune`` is an altitude, of the start at epoch.
    apolune_over : str
        "south" or "north".
    retrograde : bool
    raan, mean_anomaly : float, rad
        In the plane of the Earth's orbit.
    """

    semi_major_axis: float
    perilune: float
    apolune_over: str
    retrograde: bool
    raan: float
    mean_anomaly: float


@dataclass(frozen=True, slots=True)
class HaloChoice:
    """A halo of the search: z amplitude (m), point, branch, and phase (share of a period)."""

    az: float
    point: str
    branch: str
    phase: float


Design = Ellipse | HaloChoice


@dataclass(frozen=True, slots=True)
class Figures:
    """What a design is worth.

    Attributes
    ----------
    availability : float
        Share of the span in which site, relay and any station are joined.
    longest_gap, longest_eclipse : float, s
        Eclipse: any part of the Sun hidden by Moon or Earth.
    slant_range : float, m
        The greatest between site and relay while they see each other.
    insertion, yearly : float, m/s
    """

    availability: float
    longest_gap: float
    longest_eclipse: float
    slant_range: float
    insertion: float
    yearly: float

    def costs(self) -> Array:
        """Return all figures as things to be small (6,)."""
        return np.array(
            [-self.availability, *(getattr(self, f.name) for f in fields(self)[1:])]
        )


def dominates(one: Figures, other: Figures) -> bool:
    """Return whether ``one`` is nowhere worse than ``other``, and somewhere better."""
    gain = other.costs() - one.costs()
    return bool(np.all(gain >= 0.0) and np.any(gain > 0.0))


@dataclass(frozen=True, eq=False)
class Scene:
    """A site, stations and a span, with everything that does not depend on the relay.

    Attributes
    ----------
    almanac : Almanac
    span : (float, float), s
    site : Site
        On the Moon.
    stations : tuple of Site
        On the Earth.
    """

    almanac: Almanac
    span: tuple[float, float]
    site: Site
    stations: tuple[Site, ...]
    _t: Array = field(init=False, repr=False)
    _ground: Array = field(init=False, repr=False)
    _up: Array = field(init=False, repr=False)
    _earth: Array = field(init=False, repr=False)
    _sun: Array = field(init=False, repr=False)
    _earth_turn: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        first, last = self.span
        t = first + STEP * np.arange(int((last - first) / STEP) + 1)
        almanac = self.almanac
        turn = almanac.rotation("ICRF", "MOON_ME", t)
        known = {
            "t": t,
            "ground": turn @ self.site.vector,
            "up": turn @ self.site.axes[2],
            "earth": almanac.position("earth", "moon", t),
            "sun": almanac.position("sun", "moon", t),
            "earth_turn": almanac.rotation("ICRF", "ITRF", t),
        }
        for name, value in known.items():
            object.__setattr__(self, f"_{name}", value)

    def sees(self, r: Array) -> tuple[Mask, Mask]:
        """Return, for positions (n, 3) about the Moon: site sees relay, relay sees Earth."""
        to_relay = r - self._ground
        surface = _above(to_relay, self._up, float(self.site.min_elevation))
        trunk = np.zeros(len(r), dtype=bool)
        for station in self.stations:
            place = self._earth + self._earth_turn @ station.vector
            up = self._earth_turn @ station.axes[2]
            clear = _above(r - place, up, float(station.min_elevation))
            trunk |= clear & ~_hidden(place, r, body("moon").radius)
        return surface, trunk

    def dark(self, r: Array) -> Mask:
        """Return where any part of the Sun is hidden by the Moon or the Earth (n,)."""
        to_sun = self._sun - r
        out = np.zeros(len(r), dtype=bool)
        for name, to_body in (("moon", -r), ("earth", self._earth - r)):
            apart = _angle(to_sun, to_body)
            size = np.arcsin(
                np.minimum(1.0, body(name).radius / np.linalg.norm(to_body, axis=1))
            )
            out |= apart < size + np.arcsin(SUN.radius / np.linalg.norm(to_sun, axis=1))
        return out

    def judged(self, path: Path, insertion: float, yearly: float) -> Figures:
        """Return the figures of a path about the Moon in ICRF axes."""
        r = path.position(self._t)
        surface, trunk = self.sees(r)
        joined = surface & trunk
        slant = np.linalg.norm(r - self._ground, axis=1)
        return Figures(
            float(joined.mean()),
            STEP * _longest(~joined),
            STEP * _longest(self.dark(r)),
            float(slant[surface].max()) if surface.any() else float(slant.max()),
            insertion,
            yearly,
        )

    def figures(self, design: Design) -> Figures | None:
        """Return what a design is worth; None where it meets the Moon or does not exist."""
        try:
            if isinstance(design, Ellipse):
                return self._of_ellipse(design)
            return self._of_halo(design)
        except (PropagationError, ConvergenceError):
            return None

    def _of_ellipse(self, design: Ellipse) -> Figures:
        moon = body("moon")
        forces = Forces(
            third_bodies=("earth", "sun"), fields={"moon": gravity.field("grgm1200a", _FIELD)}
        )
        model = Numerical(self.almanac, forces, tolerance=1e-9)
        state, _ = start(design, self.span[0], self.almanac, forces.mu_of("moon"))
        path = model.propagate(state, self.span)
        r = np.linalg.norm(path.position(self._t), axis=1)
        near, far = moon.radius + design.perilune, 2.0 * design.semi_major_axis
        far -= near
        short = max(0.0, _FLOOR - (float(r.min()) - moon.radius))
        # Vis-viva at apolune: dv = mu drp / (2 a^2 v) (1 + ...), to first order in the rise.
        slow = np.sqrt(2.0 * moon.mu * near / (far * (near + far)))
        yearly = slow * 0.5 * short / near * far / (near + far)
        yearly *= YEAR / (self.span[1] - self.span[0])
        return self.judged(path, capture(near, far), float(yearly))

    def _of_halo(self, design: HaloChoice) -> Figures:
        system = SYSTEMS["earth-moon"]
        orbit = family(system, "halo", design.point, design.branch).where(
            "az", design.az / system.length
        )[0]
        turn = orbit.period * 27.321661 * DAY / (2.0 * np.pi)
        revolutions = max(3, int(np.ceil((self.span[1] - self.span[0]) / (0.98 * turn))))
        last = self.span[0] + 1.05 * revolutions * turn
        almanac = self.almanac
        if last > almanac.span[1]:
            raise ConvergenceError("the almanac of the scene is too short for this halo")
        model = Numerical(almanac, Forces(third_bodies=("earth", "sun")), tolerance=1e-11)
        found = in_the_real_sky(
            orbit, model, self.span[0], revolutions=revolutions, phase=design.phase
        )
        return self.judged(found.trajectory, HALO_INSERTION, HALO_YEARLY)


def start(design: Ellipse, epoch: float, almanac: Almanac, mu: float) -> tuple[State, Elements]:
    """Return the state and elements from which an ellipse of the search sets out."""
    e = 1.0 - (body("moon").radius + design.perilune) / design.semi_major_axis
    inclination = frozen_inclination(e, retrograde=design.retrograde)
    elements = Elements(
        design.semi_major_axis,
        e,
        inclination,
        design.raan,
        SIDES[design.apolune_over],
        float(mean_to_true(design.mean_anomaly, e)),
    )
    r, v = keplerian_to_cartesian(elements, mu)
    turn = rotation_of_epoch("earth-orbit-plane-of-epoch", epoch, almanac).T
    return State(epoch, turn @ r, turn @ v, MOON_ICRF), elements


def _above(ray: Array, up: Array, elevation: float) -> Mask:
    return np.einsum("ij,ij->i", ray, up) > np.sin(elevation) * np.linalg.norm(ray, axis=1)


def _hidden(one: Array, other: Array, radius: float) -> Mask:
    """Return where the line between two places passes a sphere at the origin (n,)."""
    line = other - one
    share = -np.einsum("ij,ij->i", one, line) / np.einsum("ij,ij->i", line, line)
    nearest = one + np.clip(share, 0.0, 1.0)[:, None] * line
    return np.linalg.norm(nearest, axis=1) < radius


def _angle(one: Array, other: Array) -> Array:
    cross = np.linalg.norm(np.cross(one, other), axis=1)
    return np.arctan2(cross, np.einsum("ij,ij->i", one, other))


def _longest(mask: Mask) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return int(np.max(edges[1::2] - edges[::2], initial=0))
