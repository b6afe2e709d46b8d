"""The almanac: where the bodies are and how Earth and Moon are turned, over a stated span.

A value that is passed to whatever needs it; there is no global pool of kernels. It covers two
days more at each end than was asked for, as room for light time, and refuses any other time.
"""

import importlib.metadata
import warnings as python_warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits import time as instants
from orbits.constants import DAY, J2000_JD
from orbits.earth_orientation import iers_table
from orbits.ephemeris import Ephemeris, de421_path, file_digest, read_spk
from orbits.errors import OrbitsWarning
from orbits.frames import AXES, from_pole, two_body_axes
from orbits.librations import de421_librations, iau_librations
from orbits.orientation import (
    EarthOrientation,
    MoonOrientation,
    earth_orientation,
    moon_orientation,
)

if TYPE_CHECKING:
    from astropy.time import Time

ROOM = 2.0 * DAY  # s, covered before and after the span asked for
_IAU_WARNING = (
    "no lunar librations cover this span, so the Moon is turned by the IAU series, "
    "up to 150 m from them at the surface"
)


@dataclass(frozen=True, eq=False)
class Almanac:
    """Ephemeris, Earth orientation and Moon orientation over one span.

    Attributes
    ----------
    ephemeris : Ephemeris
    earth : EarthOrientation
    moon : MoonOrientation
    span : (float, float), s
        What it covers, TDB seconds past J2000; ``DataError`` outside.
    warnings : tuple of str
        What a reader of any result must know of these data.
    """

    ephemeris: Ephemeris
    earth: EarthOrientation
    moon: MoonOrientation
    span: tuple[float, float]
    warnings: tuple[str, ...]

    @classmethod
    def load(
        cls,
        start: "float | Time",
        stop: "float | Time",
        *,
        ephemeris: str = "de421",
        moon: str | None = None,
    ) -> "Almanac":
        """Return an almanac for everything that happens from ``start`` to ``stop``.

        Parameters
        ----------
        start, stop : Time, or t
        ephemeris : str
            ``"de421"`` (1899 to 2053) or ``"de440"`` (optional package, 1550 to 2650).
        moon : str, optional
            Orientation of the Moon: ``"de421"``, ``"de440"`` (with that ephemeris) or
            ``"iau"``; by default that of the ephemeris, and the IAU series, with a warning,
            where it does not reach.

        Raises
        ------
        ValueError
            If ``stop`` is not after ``start`` or a name is unknown.
        DataError
            If a file is missing or does not cover the span.

        Warns
        -----
        OrbitsWarning
            For values held past the end of a table, and for the IAU series as a stand-in.
        """
        t0, t1 = (
            float(x) if isinstance(x, int | float) else float(instants.to_t(x))
            for x in (start, stop)
        )
        if not t1 > t0:
            raise ValueError(
                f"stop must be after start, got t = {t0} and {t1} s past J2000 TDB"
            )
        span = (t0 - ROOM, t1 + ROOM)
        bodies, librations = _read(ephemeris, span)
        turned = _moon(moon or ephemeris, ephemeris, librations, span)
        earth = earth_orientation(span)
        found = (*earth.warnings, *turned.warnings)
        for message in found:
            python_warnings.warn(message, OrbitsWarning, stacklevel=2)
        leap = instants.leap_second_warning(t1)
        return cls(bodies, earth, turned, span, (*found, leap) if leap else found)

    # -- bodies ---------------------------------------------------------------------------

    def position(self, target: str, origin: str, t: ArrayLike) -> NDArray[np.float64]:
        """Return ``target`` from ``origin``, both at ``t``, in ICRF axes; (n, 3) or (3,), m."""
        return self.ephemeris.position(target, origin, t)

    def velocity(self, target: str, origin: str, t: ArrayLike) -> NDArray[np.float64]:
        """Return the time derivative of ``position``; (n, 3) or (3,), m/s."""
        return self.ephemeris.velocity(target, origin, t)

    def bounds(
        self, target: str, origin: str, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on speed (m/s) and acceleration (m/s2) over each interval [a, b]."""
        return self.ephemeris.bounds(target, origin, a, b)

    # -- axes -----------------------------------------------------------------------------

    def rotation(self, to_axes: str, from_axes: str, t: ArrayLike) -> NDArray[np.float64]:
        """Return R with v_to = R v_from at ``t``; (n, 3, 3), or (3, 3) for a float.

        Parameters
        ----------
        to_axes, from_axes : str
            Of ``frames.AXES``. EME2000 is the ICRF turned by the frame bias. MOON_ORBIT: z
            along the Moon's orbital angular momentum about the Earth, x its ascending node on
            the ICRF equator. EARTH_MOON_ROTATING: x from Earth to Moon, z as MOON_ORBIT.
            EARTH_MOON_PULSATING: the same; its lengths are those of frames.py.

        Raises
        ------
        ValueError
            If a name is unknown.
        DataError
            If the almanac does not cover ``t``.
        """
        if from_axes == "ICRF":
            return self._from_icrf(to_axes, t)
        back = np.swapaxes(self._from_icrf(from_axes, t), -1, -2)
        return back if to_axes == "ICRF" else self._from_icrf(to_axes, t) @ back

    def rotation_rate(self, to_axes: str, from_axes: str, t: ArrayLike) -> NDArray[np.float64]:
        """Return dR/dt of ``rotation``, per s; same shape.

        By central differences of fourth order over 128 s: within 1e-12 rad/s for the Earth.
        """
        times, h = np.asarray(t, dtype=np.float64), 64.0
        near = self.rotation(to_axes, from_axes, times + h)
        near = near - self.rotation(to_axes, from_axes, times - h)
        far = self.rotation(to_axes, from_axes, times + 2.0 * h)
        far = far - self.rotation(to_axes, from_axes, times - 2.0 * h)
        return (8.0 * near - far) / (12.0 * h)

    @cached_property
    def _turns(self) -> dict[str, Callable[[ArrayLike], NDArray[np.float64]]]:
        return {
            "ICRF": lambda t: np.broadcast_to(np.eye(3), (*np.shape(t), 3, 3)),
            "EME2000": lambda t: np.broadcast_to(FRAME_BIAS, (*np.shape(t), 3, 3)),
            "TEME": self.earth.teme,
            "ITRF": self.earth.matrix,
            "MOON_PA": self.moon.principal,
            "MOON_ME": self.moon.mean,
            "MOON_ORBIT": lambda t: from_pole(self._moon_orbit(t)),
            "EARTH_MOON_ROTATING": self._earth_moon,
            "EARTH_MOON_PULSATING": self._earth_moon,
        }

    def _from_icrf(self, axes: str, t: ArrayLike) -> NDArray[np.float64]:
        try:
            turn = self._turns[axes]
        except KeyError:
            raise ValueError(
                f"unknown axes {axes!r}; the known ones are {', '.join(AXES)}"
            ) from None
        return turn(t)

    def _moon_orbit(self, t: ArrayLike) -> NDArray[np.float64]:
        return np.cross(self.position("moon", "earth", t), self.velocity("moon", "earth", t))

    def _earth_moon(self, t: ArrayLike) -> NDArray[np.float64]:
        return two_body_axes(
            self.position("moon", "earth", t), self.velocity("moon", "earth", t)
        )

    def spin(self, axes: str) -> float:
        """Return a bound on the angular velocity of body-fixed ``axes``, rad/s."""
        return self._orientation(axes).spin

    def spin_rate(self, axes: str) -> float:
        """Return a bound on the angular acceleration of body-fixed ``axes``, rad/s2.

        For ITRF between UTC midnights (``day_cuts``), where its rate jumps.
        """
        return self._orientation(axes).spin_rate

    def _orientation(self, axes: str) -> EarthOrientation | MoonOrientation:
        if axes == "ITRF":
            return self.earth
        if axes in ("MOON_PA", "MOON_ME"):
            return self.moon
        raise ValueError(
            f"{axes!r} are not body-fixed axes; those are ITRF, MOON_PA and MOON_ME"
        )

    def day_cuts(self, t0: float, t1: float) -> NDArray[np.float64]:
        """Return the UTC midnights inside (t0, t1), where the Earth's rate jumps; (k,), s."""
        t = self.earth.midnights
        return t[(t > t0) & (t < t1)]

    # -- provenance -----------------------------------------------------------------------

    def provenance(self) -> dict[str, Any]:
        """Return what these data are and where each came from, with checksums."""
        table = iers_table()
        version = importlib.metadata.version("astropy-iers-data")
        held = self.earth.daily.held_from is not None
        return {
            "span_tdb": [instants.tdb_date(t) for t in self.span],
            "ephemeris": {
                "name": self.ephemeris.name,
                "file": self.ephemeris.source.name,
                "sha256": file_digest(self.ephemeris.source),
            },
            "earth_orientation": {
                "model": "IAU 2006/2000A, UT1 and polar motion by day, no sub-daily terms",
                "file": table.path.name,
                "package": f"astropy-iers-data {version}",
                "sha256": file_digest(table.path),
                "measured_until": _day(table.last_measured),
                "predicted_until": _day(table.last),
                "predicted": bool(self.earth.daily.mjd[-1] > table.last_measured),
                "held": held,
            },
            "moon_orientation": self.moon.name,
            "leap_seconds_known_until": instants.leap_seconds().expires.isoformat(),
            "warnings": list(self.warnings),
        }


# GCRS to mean equator and equinox of J2000 (IAU 2006 frame bias).
FRAME_BIAS: NDArray[np.float64] = erfa.bp06(J2000_JD, 0.0)[0]


def _day(mjd: int) -> str:
    return instants.utc_iso(float(instants.utc_midnight(mjd)))[:10]  # type: ignore[return-value]


def _read(name: str, span: tuple[float, float]):
    """Return the ephemeris over ``span`` and its lunar librations."""
    if name == "de421":
        path = de421_path()
        return Ephemeris.of("DE421", path, read_spk(path), span), de421_librations()
    if name == "de440":
        from orbits.jpl_binary import de440_path, read_jpl_binary

        path = de440_path()
        quantities, librations, covered = read_jpl_binary(path, span)
        return Ephemeris.of("DE440", path, quantities, span, covered), librations
    raise ValueError(f"unknown ephemeris {name!r}; use 'de421' or 'de440'")


def _moon(name: str, ephemeris: str, librations, span: tuple[float, float]) -> MoonOrientation:
    if name not in ("de421", "de440", "iau"):
        raise ValueError(f"unknown Moon orientation {name!r}; use 'de421', 'de440' or 'iau'")
    if name == "de440" and ephemeris != "de440":
        raise ValueError("the Moon's orientation 'de440' comes with ephemeris 'de440' only")
    if name == "iau":
        return moon_orientation("IAU", iau_librations(span), span)
    angles = librations if name == ephemeris else de421_librations()
    if angles.start <= span[0] and span[1] <= angles.stop:
        return moon_orientation(name.upper(), angles, span)
    return moon_orientation("IAU", iau_librations(span), span, (_IAU_WARNING,))


def coverage(ephemeris: str) -> tuple[float, float]:
    """Return the span within which ``Almanac.load`` accepts start and stop; s past J2000 TDB.

    Raises
    ------
    ValueError
        If the name is unknown.
    DataError
        If the kernel is missing.
    """
    if ephemeris == "de421":
        quantities = read_spk(de421_path())
        first, last = max(s.start for s in quantities), min(s.stop for s in quantities)
    elif ephemeris == "de440":
        from orbits.jpl_binary import de440_path, layout

        first, last = layout(de440_path()).span
    else:
        raise ValueError(f"unknown ephemeris {ephemeris!r}; use 'de421' or 'de440'")
    return first + ROOM, last - ROOM
