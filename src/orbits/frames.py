"""Frames, the paths that live in them, and the planes that orbits are quoted in.

A frame is a centre and axes, both by formal name. Paths state positions in their own frame;
``to_icrf`` brings any of them to ICRF axes about any body. GCRF has the ICRF's axes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

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
    "EARTH_MOON_ROTATING",
)  # fmt: skip
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
    if path.frame.axes != "ICRF":
        r = rotated(almanac.rotation("ICRF", path.frame.axes, t), r)
    if path.frame.center == origin:
        return r
    return r + almanac.position(path.frame.center, origin, t)


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
