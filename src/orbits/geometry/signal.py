"""Signals: light time between two paths, and stellar aberration, as SPICE defines them.

Three settings. ``geometric``: both ends at one instant. ``light-time``: the converged
Newtonian light time in the barycentric ICRF (SPICE "CN", "XCN"). ``apparent``: light time, and
directions turned by stellar aberration (SPICE "CN+S" at the receiver, "XCN+S" at the
transmitter). Relativistic light deflection and delay (up to 0.1 ms near the Sun) are neglected.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.compiled import compiled
from orbits.constants import SPEED_OF_LIGHT
from orbits.frames import Frame, Path, to_icrf

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

GEOMETRIC, LIGHT_TIME, APPARENT = "geometric", "light-time", "apparent"
SETTINGS = (GEOMETRIC, LIGHT_TIME, APPARENT)

# Mean rotation (rad/s): of the Earth, IERS Conventions 2010 table 1.2; of the Moon, one turn
# in 27.321661 d. In the velocity of a site the slow motions of the pole matter below 1 mm/s.
ROTATION = {"ITRF": 7.292115e-5, "MOON_ME": 2.6616995e-6, "MOON_PA": 2.6616995e-6}

CLOSE = 0.2  # s; nearer than this, two guesses of a light time are joined by a straight line


@dataclass(frozen=True, slots=True)
class Centre:
    """The centre of a body as a path: it rests at the origin of its own frame."""

    body: str

    @property
    def frame(self) -> Frame:
        """ICRF axes about the body itself."""
        return Frame(self.body, "ICRF")

    def position(self, t: ArrayLike) -> Array:
        """Return zeros; (n, 3) or (3,), m."""
        return np.zeros((*np.shape(t), 3))

    def velocity(self, t: ArrayLike) -> Array:
        """Return zeros; (n, 3) or (3,), m/s."""
        return np.zeros((*np.shape(t), 3))

    def bounds(self, a: Array, b: Array) -> tuple[Array, Array]:  # noqa: ARG002
        """Return zeros: the centre does not move in its own frame."""
        return np.zeros_like(a), np.zeros_like(a)


class Ray(NamedTuple):
    """The light that reaches a receiver.

    Attributes
    ----------
    delay : (n,) array, s
        Light time; 0 in the geometric setting.
    vector : (n, 3) array, m
        From the receiver at reception to the transmitter at transmission, ICRF axes.
    """

    delay: Array
    vector: Array


def check_setting(light_time: str) -> None:
    """Raise ``ValueError`` unless ``light_time`` is one of the three settings."""
    if light_time not in SETTINGS:
        raise ValueError(f"light_time must be one of {', '.join(SETTINGS)}, got {light_time!r}")


def ray(
    transmitter: Path, receiver: Path, almanac: "Almanac", t: Array, light_time: str = APPARENT
) -> Ray:
    """Return the light time and the vector from ``receiver`` to ``transmitter`` at reception.

    Parameters
    ----------
    t : (n,) array, s
        Times of reception, TDB seconds past J2000.
    light_time : str
        "geometric", "light-time" or "apparent"; the last two differ only in directions,
        which ``aberration`` turns.

    Raises
    ------
    DataError, ValueError
        If almanac or paths do not cover the times of transmission and reception.

    References
    ----------
    SPICE Required Reading SPK, "Light time corrections". [naif_spk]
    """
    here = to_icrf(receiver, t, almanac, receiver.frame.center)
    center = receiver.frame.center
    if light_time == GEOMETRIC:
        return Ray(np.zeros_like(t), to_icrf(transmitter, t, almanac, center) - here)
    anchor = almanac.position(center, "ssb", t)

    def seen(sent: Array) -> Array:
        # The differences are small, so that little is lost to the 1.5e11 m of the barycentre.
        moved = almanac.position(center, "ssb", sent) - anchor
        return (to_icrf(transmitter, sent, almanac, center) - here) + moved

    # The first guess may be rough, but must not leave the span of the transmitter.
    first_known, last_known = getattr(transmitter, "span", (-np.inf, np.inf))
    if "ssb" in (transmitter.frame.center, center):
        apart = (
            to_icrf(transmitter, np.clip(t, first_known, last_known), almanac, center) - here
        )
    else:
        apart = almanac.position(transmitter.frame.center, center, t)
    guess = np.sqrt(np.einsum("ij,ij->i", apart, apart)) / SPEED_OF_LIGHT
    sent = np.clip(t - guess, first_known, last_known)
    first = seen(sent)
    while True:
        sent_again = t - np.sqrt(np.einsum("ij,ij->i", first, first)) / SPEED_OF_LIGHT
        second = seen(sent_again)
        if not np.any(np.abs(sent_again - sent) > CLOSE):
            return Ray(*_settle(t - sent, first, t - sent_again, second))
        sent, first = sent_again, second


@compiled
def settle(delay_0, first, delay_1, second, out):
    """Return the light time where the line through two guesses meets the light cone.

    ``first`` and ``second`` (3,) are the vectors at the delays, which are exact differences of
    representable times; so the grain of ``t`` (0.1 us) does not enter the answer. The vector
    goes into ``out`` (3,).
    """
    step = delay_0 - delay_1
    inverse = 1.0 / step if step != 0.0 else 0.0
    sx = (first[0] - second[0]) * inverse
    sy = (first[1] - second[1]) * inverse
    sz = (first[2] - second[2]) * inverse
    tau = delay_1
    x, y, z = second[0], second[1], second[2]
    for _ in range(4):
        tau = np.sqrt(x * x + y * y + z * z) / SPEED_OF_LIGHT
        x = second[0] + sx * (tau - delay_1)
        y = second[1] + sy * (tau - delay_1)
        z = second[2] + sz * (tau - delay_1)
    out[0], out[1], out[2] = x, y, z
    return tau


@compiled
def _settle(delay_0, first, delay_1, second):
    """Return light times (n,) and vectors (n, 3) of `settle`."""
    delay, vector = np.empty(len(delay_0)), np.empty((len(delay_0), 3))
    for i in range(len(delay_0)):
        delay[i] = settle(delay_0[i], first[i], delay_1[i], second[i], vector[i])
    return delay, vector


@compiled
def aberrate(vector, velocity, out):
    """Write ``vector`` (3,) as `aberration` turns it into ``out`` (3,)."""
    x, y, z = vector[0], vector[1], vector[2]
    length = np.sqrt(x * x + y * y + z * z)
    bx = velocity[0] / SPEED_OF_LIGHT
    by = velocity[1] / SPEED_OF_LIGHT
    bz = velocity[2] / SPEED_OF_LIGHT
    along = (x * bx + y * by + z * bz) / (length * length)
    bx -= along * x
    by -= along * y
    bz -= along * z
    cosine = np.sqrt(1.0 - (bx * bx + by * by + bz * bz))
    out[0] = x * cosine + length * bx
    out[1] = y * cosine + length * by
    out[2] = z * cosine + length * bz


@compiled
def aberration(vector, velocity):
    """Return ``vector`` (n, 3) turned as an observer moving with ``velocity`` (n, 3) sees it.

    The direction turns towards the velocity v (m/s, barycentric) by the angle whose sine is
    abs(u x v) / c, u the unit vector; the length stays. For a transmitter give -v, so that
    the result is where to point. SPICE ``stelab``, ``stlabx``.
    """
    out = np.empty((len(vector), 3))
    for i in range(len(vector)):
        aberrate(vector[i], velocity[i], out[i])
    return out


def barycentric_velocity(path: Path, almanac: "Almanac", t: Array) -> Array:
    """Return the velocity of ``path`` relative to the solar-system barycentre; (n, 3), m/s."""
    center, axes = path.frame.center, path.frame.axes
    velocity = almanac.velocity(center, "ssb", t)
    if axes == "ICRF":
        return velocity + path.velocity(t)
    turn = almanac.rotation("ICRF", axes, t)
    place = path.position(t)
    carried = np.stack([-place[:, 1], place[:, 0], np.zeros(len(t))], axis=1) * ROTATION[axes]
    return velocity + np.einsum("nij,nj->ni", turn, path.velocity(t) + carried)


def reception(
    transmitter: Path,
    receiver: Path,
    almanac: "Almanac",
    sent: Array,
    light_time: str = APPARENT,
) -> Array:
    """Return when light sent at ``sent`` (n,), s, arrives; (n,), s.

    The light time changes by less than 1e-3 s a second, so four rounds leave less than the
    grain of ``t``.
    """
    if light_time == GEOMETRIC or not np.size(sent):
        return np.array(sent, dtype=np.float64)
    t = np.array(sent, dtype=np.float64)
    # The transmitter is asked at the very times of sending, so that its span is not left.
    center = receiver.frame.center
    there = to_icrf(transmitter, sent, almanac, center) + almanac.position(center, "ssb", sent)
    for _ in range(6):
        here = to_icrf(receiver, t, almanac, center) + almanac.position(center, "ssb", t)
        t = sent + np.linalg.norm(here - there, axis=1) / SPEED_OF_LIGHT
    return t
