"""Frames, the paths that live in them, and the planes that orbits are quoted in.

A frame is a centre and axes, both by formal name. Paths state positions in their own frame;
``to_icrf`` brings any of them to ICRF axes about any body, ``transformed`` positions and
velocities from any frame to any other. GCRF has the ICRF's axes.

EARTH_MOON_ROTATING turns with the Moon: x from Earth to Moon, z along the angular momentum of
the Moon's orbit. EARTH_MOON_PULSATING has the same axes, and lengths that breathe with the
distance of the two: they are ``PULSATING_LENGTH`` apart at every instant, so that Earth, Moon
and libration points stand still about the barycentre ``"emb"``, as in the restricted problem.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.bodies import BODIES
from orbits.constants import DAY, J2000_JD
from orbits.time import tdb_minus_tt

if TYPE_CHECKING:
    from orbits.almanac import Almanac

AXES = (
    "ICRF", "EME2000", "TEME", "ITRF", "MOON_PA", "MOON_ME", "MOON_ORBIT",
    "EARTH_MOON_ROTATING", "EARTH_MOON_PULSATING",
)  # fmt: skip
# m: distance of Earth and Moon in EARTH_MOON_PULSATING, JPL's unit of length. [jpl2023]
PULSATING_LENGTH = 389703264.829278
CENTERS = ("ssb", "emb", *BODIES)


@dataclass(frozen=True, slots=True)
class Frame:
    """A centre (``"earth"``, ``"moon"``, ``"ssb"`` ...) and axes (``AXES``)."""

    center: str
    axes: str

    def __post_init__(self) -> None:
        if self.center not in CENTERS:
            raise ValueError(
                f"unknown centre {self.center!r}; the known ones are {', '.join(CENTERS)}"
            )
        if self.axes not in AXES:
            raise ValueError(
                f"unknown axes {self.axes!r}; the known ones are {', '.join(AXES)}"
            )


ICRF = Frame("ssb", "ICRF")
GCRF = Frame("earth", "ICRF")
MOON_ICRF = Frame("moon", "ICRF")
EME2000 = Frame("earth", "EME2000")
TEME = Frame("earth", "TEME")
ITRF = Frame("earth", "ITRF")
MOON_PA = Frame("moon", "MOON_PA")
MOON_ME = Frame("moon", "MOON_ME")
EARTH_MOON_ROTATING = Frame("emb", "EARTH_MOON_ROTATING")
EARTH_MOON_PULSATING = Frame("emb", "EARTH_MOON_PULSATING")


@runtime_checkable
class Path(Protocol):
    """Anything with a place: planet, site, lander, spacecraft.

    ``position`` (m) and its time derivative ``velocity`` (m/s) are coordinates in ``frame``,
    (n, 3) for an array of ``t`` and (3,) for a float; ``bounds`` are the greatest speed and
    acceleration of those coordinates over each interval [a, b].
    """

    @property
    def frame(self) -> Frame:
        """Centre and axes of the coordinates."""
        ...

    def position(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return positions, m."""
        ...

    def velocity(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return velocities, m/s."""
        ...

    def bounds(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on speed (m/s) and acceleration (m/s2) over each [a, b]."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class CelestialPath:
    """A body of the ephemeris as a path, in ICRF axes about the solar-system barycentre."""

    body: str
    almanac: "Almanac"

    @property
    def frame(self) -> Frame:
        """ICRF about the solar-system barycentre."""
        return ICRF

    def position(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return barycentric positions, m."""
        return self.almanac.position(self.body, "ssb", t)

    def velocity(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return barycentric velocities, m/s."""
        return self.almanac.velocity(self.body, "ssb", t)

    def bounds(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on barycentric speed and acceleration over each [a, b]."""
        return self.almanac.bounds(self.body, "ssb", a, b)


def rotated(matrix: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``matrix @ vector`` for one of each or many: (n, 3, 3) and (n, 3)."""
    return np.einsum("...ij,...j->...i", matrix, vector)


def to_icrf(
    path: Path, t: ArrayLike, almanac: "Almanac", origin: str = "ssb"
) -> NDArray[np.float64]:
    """Return positions of ``path`` at ``t`` in ICRF axes about ``origin``; (n, 3) or (3,), m.

    Geometric: the body ``origin`` stands where it is at ``t``; no light time.

    Raises
    ------
    DataError
        If the almanac does not cover ``t``.
    """
    r = path.position(t)
    if path.frame.axes == "EARTH_MOON_PULSATING":
        r = r * (synodic("earth", "moon", t, almanac).distance / PULSATING_LENGTH)[..., None]
    if path.frame.axes != "ICRF":
        r = rotated(almanac.rotation("ICRF", path.frame.axes, t), r)
    if path.frame.center == origin:
        return r
    return r + almanac.position(path.frame.center, origin, t)


# -- any frame to any other ---------------------------------------------------------------


class Synodic(NamedTuple):
    """Axes that turn with two bodies, at instants (...).

    Attributes
    ----------
    matrix, rate : (..., 3, 3) arrays
        Rotation from ICRF to x from the first body to the second, z along the angular momentum
        of their motion; and its time derivative, 1/s.
    distance, closing : (...) arrays, m and m/s
        Of the two bodies, and its time derivative.
    """

    matrix: NDArray[np.float64]
    rate: NDArray[np.float64]
    distance: NDArray[np.float64]
    closing: NDArray[np.float64]


def two_body_axes(r: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation (..., 3, 3) to axes with x along ``r`` and z along ``r`` x ``v``."""
    h = np.cross(r, v)
    x = r / np.linalg.norm(r, axis=-1, keepdims=True)
    z = h / np.linalg.norm(h, axis=-1, keepdims=True)
    return np.stack([x, np.cross(z, x), z], axis=-2)


def synodic(primary: str, secondary: str, t: ArrayLike, almanac: "Almanac") -> Synodic:
    """Return the axes that turn with two bodies at ``t``, with their rates.

    The acceleration, which turns z alone, is a difference of velocities over 20 minutes:
    1e-18 rad/s for the Moon.
    """
    times = np.asarray(t, dtype=np.float64)
    r = almanac.position(secondary, primary, times)
    v = almanac.velocity(secondary, primary, times)
    step = 600.0  # s
    pull = almanac.velocity(secondary, primary, times + step)
    pull = (pull - almanac.velocity(secondary, primary, times - step)) / (2.0 * step)
    matrix = two_body_axes(r, v)
    x, z = matrix[..., 0, :], matrix[..., 2, :]
    distance = np.linalg.norm(r, axis=-1)
    closing = np.einsum("...i,...i->...", x, v)
    x_rate = (v - closing[..., None] * x) / distance[..., None]
    turning = np.cross(r, pull) / np.linalg.norm(np.cross(r, v), axis=-1)[..., None]
    z_rate = turning - np.einsum("...i,...i->...", z, turning)[..., None] * z
    y_rate = np.cross(z_rate, x) + np.cross(z, x_rate)
    rate = np.asarray(np.stack([x_rate, y_rate, z_rate], axis=-2), dtype=np.float64)
    return Synodic(matrix, rate, distance, closing)


def transformed(
    r: NDArray[np.float64],
    v: NDArray[np.float64],
    t: ArrayLike,
    target: Frame,
    origin: Frame,
    almanac: "Almanac",
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions and velocities of ``origin`` as those of ``target``.

    Parameters
    ----------
    r, v : (n, 3) or (3,) arrays, m and m/s
        Coordinates in ``origin`` and their time derivatives, as those that come back are in
        ``target``.
    t : (n,) array or float, s
    target, origin : Frame

    Raises
    ------
    DataError
        If the almanac does not cover ``t``.
    """
    if origin.axes != "ICRF":
        turn, rate, scale, growth = _turning(origin.axes, t, almanac)
        v = (v - growth * r / scale) / scale
        back = np.swapaxes(turn, -1, -2)
        r = rotated(back, r / scale)
        v = rotated(back, v - rotated(rate, r))
    if origin.center != target.center:
        r = r + almanac.position(origin.center, target.center, t)
        v = v + almanac.velocity(origin.center, target.center, t)
    if target.axes == "ICRF":
        return r, v
    turn, rate, scale, growth = _turning(target.axes, t, almanac)
    v = rotated(turn, v) + rotated(rate, r)
    r = rotated(turn, r)
    return scale * r, scale * v + growth * r


def _turning(axes: str, t: ArrayLike, almanac: "Almanac"):
    """Return rotation from ICRF and its rate (..., 3, 3), scale and its rate (..., 1)."""
    one = np.ones((*np.shape(t), 1))
    if not axes.startswith("EARTH_MOON"):
        turn, rate = almanac.rotation(axes, "ICRF", t), almanac.rotation_rate(axes, "ICRF", t)
        return turn, rate, one, 0.0 * one
    found = synodic("earth", "moon", t, almanac)
    if axes == "EARTH_MOON_ROTATING":
        return found.matrix, found.rate, one, 0.0 * one
    scale = (PULSATING_LENGTH / found.distance)[..., None]
    growth = -scale * (found.closing / found.distance)[..., None]
    return found.matrix, found.rate, scale, growth


class Moving(Protocol):
    """A path of a stated span."""

    @property
    def frame(self) -> Frame:
        """Centre and axes of the coordinates."""
        ...

    @property
    def span(self) -> tuple[float, float]:
        """First and last instant, s."""
        ...

    @property
    def joins(self) -> NDArray[np.float64]:
        """Instants at which the velocity jumps, s."""
        ...

    def position(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return positions, m."""
        ...

    def velocity(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return velocities, m/s."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A path seen from another frame: its coordinates there, and their time derivatives.

    Attributes
    ----------
    path : Moving
        For example a Trajectory.
    frame : Frame
    almanac : Almanac
    """

    path: Moving
    frame: Frame
    almanac: "Almanac"

    @property
    def span(self) -> tuple[float, float]:
        """First and last instant, s."""
        return self.path.span

    @property
    def joins(self) -> NDArray[np.float64]:
        """Instants at which the velocity jumps, s."""
        return self.path.joins

    def position(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return positions (n, 3) or (3,), m."""
        return self.states(t)[0]

    def velocity(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return velocities (n, 3) or (3,), m/s."""
        return self.states(t)[1]

    def states(self, t: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return positions and velocities."""
        r, v = self.path.position(t), self.path.velocity(t)
        return transformed(r, v, t, self.frame, self.path.frame, self.almanac)


# -- planes of an epoch -------------------------------------------------------------------

EPOCH_FRAMES = (
    "icrf", "gcrf", "eme2000", "teme", "earth-equator-of-epoch", "moon-equator-of-epoch",
    "earth-orbit-plane-of-epoch",
)  # fmt: skip


def from_pole(pole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation (..., 3, 3) to axes with z along ``pole``, x its ascending node.

    The node is where the plane across ``pole`` crosses the x-y plane of the given axes
    northwards. Undefined, and not used here, for a pole along z.
    """
    z = pole / np.linalg.norm(pole, axis=-1, keepdims=True)
    x = np.stack([-z[..., 1], z[..., 0], np.zeros_like(z[..., 0])], axis=-1)
    x /= np.linalg.norm(x, axis=-1, keepdims=True)
    return np.stack([x, np.cross(z, x), z], axis=-2)


def rotation_of_epoch(name: str, t: float, almanac: "Almanac") -> NDArray[np.float64]:
    """Return the rotation (3, 3) from ICRF axes to the inertial axes ``name`` fixed at ``t``.

    Parameters
    ----------
    name : str
        One of ``EPOCH_FRAMES``. ``"moon-equator-of-epoch"``: z the mean-Earth pole of the Moon
        at ``t``, x its ascending node on the ICRF equator. ``"earth-orbit-plane-of-epoch"``:
        z along the Earth's orbital angular momentum about the Moon at ``t``, x its ascending
        node on the ICRF equator. ``"earth-equator-of-epoch"``: true equator and equinox, IAU
        2006/2000A. ``"teme"``: true equator and mean equinox of ``t``.

    Raises
    ------
    ValueError
        If the name is unknown.
    DataError
        If the almanac does not cover ``t``.
    """
    if name in ("icrf", "gcrf"):
        return np.eye(3)
    if name in ("eme2000", "teme"):
        return almanac.rotation(name.upper(), "ICRF", t)
    if name == "moon-equator-of-epoch":
        return from_pole(almanac.rotation("MOON_ME", "ICRF", t)[2])
    if name == "earth-orbit-plane-of-epoch":
        return almanac.rotation("MOON_ORBIT", "ICRF", t)
    if name == "earth-equator-of-epoch":
        return erfa.pnm06a(J2000_JD, (t - float(tdb_minus_tt(t))) / DAY)
    raise ValueError(f"unknown frame {name!r}; the known ones are {', '.join(EPOCH_FRAMES)}")
