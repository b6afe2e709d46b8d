"""Sun: the angle of an orbit to it, its height at sites, conjunctions, outages, local time."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits.bodies import body
from orbits.constants import DAY
from orbits.events import Event, windows
from orbits.frames import Path, rotated
from orbits.geometry.cuts import leg_cuts
from orbits.geometry.ground_track import ground_track
from orbits.geometry.horizon import Horizon
from orbits.geometry.pointing import direction
from orbits.geometry.rows import extremes, sample_times
from orbits.geometry.signal import APPARENT, Centre
from orbits.geometry.visibility import Leg, Limits, Node
from orbits.sites import Site
from orbits.time import utc_midnight, utc_mjd
from orbits.trajectory import Trajectory
from orbits.windows import Windows

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]

_TURN = 2.0 * np.pi
_GRAZE = 1.0  # m at 1 au: a rotation rounded to 1e-12 rad moves the Sun by 0.2 m


def beta_angle(path: Trajectory, almanac: "Almanac", t: ArrayLike) -> Array:
    """Return the angle of the Sun above the orbit plane of ``path``; same shape as ``t``, rad.

    Positive on the side of the angular momentum about the centre of the path's frame. The
    osculating plane; the Sun is geometric, seen from that centre.

    References
    ----------
    Vallado (2013), sec. 5.3. [vallado2013]
    """
    r, v = path.position(t), path.velocity(t)
    normal = np.cross(r, v)
    sun = almanac.position("sun", path.frame.center, t)
    along = np.sum(normal * sun, axis=-1)
    across = np.linalg.norm(np.cross(normal, sun), axis=-1)
    return np.arctan2(along, across)


# -- eclipse seasons ----------------------------------------------------------------------


class Season(NamedTuple):
    """Eclipses that follow each other closely.

    Attributes
    ----------
    start, stop : float, s
        Of the first and the last eclipse.
    count : int
    longest : float, s
        The longest eclipse, and when it begins.
    longest_start : float, s
    total : float, s
        In shadow.
    over : int
        Eclipses longer than the battery lasts.
    """

    start: float
    stop: float
    count: int
    longest: float
    longest_start: float
    total: float
    over: int


def seasons(
    eclipses: Windows, *, apart: float = 3.0 * DAY, battery: float = np.inf
) -> tuple[Season, ...]:
    """Return the seasons of ``eclipses``, those of one body or of several together.

    Parameters
    ----------
    eclipses : Windows
        Of an umbra or a penumbra.
    apart : float, s
        A longer pause ends a season.
    battery : float, s
        How long the spacecraft lives without the Sun.

    Raises
    ------
    ValueError
        If ``apart`` or ``battery`` is not positive.
    """
    if not (apart > 0.0 and battery > 0.0):
        raise ValueError(f"apart and battery must be above zero, got {apart} and {battery} s")
    if not eclipses.count:
        return ()
    cuts = np.flatnonzero(eclipses.start[1:] - eclipses.stop[:-1] > apart) + 1
    found = []
    for rows in np.split(np.arange(eclipses.count), cuts):
        start, stop = eclipses.start[rows], eclipses.stop[rows]
        durations = stop - start
        worst = int(np.argmax(durations))
        found.append(
            Season(
                float(start[0]),
                float(stop[-1]),
                len(rows),
                float(durations[worst]),
                float(start[worst]),
                float(durations.sum()),
                int(np.count_nonzero(durations > battery)),
            )
        )
    return tuple(found)


# -- the Sun at a site --------------------------------------------------------------------


def sun_horizon(site: Site, almanac: "Almanac", light_time: str = APPARENT) -> Horizon:
    """Return what ``site`` sees of the Sun's centre: azimuth, elevation, range."""
    return Horizon(site, Centre("sun"), almanac, light_time, receives=True)


def day_event(
    site: Site,
    almanac: "Almanac",
    span: tuple[float, float],
    lowest: float = 0.0,
    light_time: str = APPARENT,
) -> Event:
    """Return "the Sun's centre stands above ``lowest``" (rad) at ``site``.

    No terrain and no refraction; give ``lowest`` what they make of it: on the Earth -50
    arcminutes for the upper limb with mean refraction, -6, -12 and -18 degrees for twilights,
    on the Moon -16 arcminutes for the upper limb.
    """
    horizon = sun_horizon(site, almanac, light_time)
    pair, observer, sine = horizon.pair(span), horizon.observer(span), float(np.sin(lowest))

    def margin(t: Array) -> Array:
        local = horizon.local(t)
        return local[:, 2] - sine * np.sqrt(np.einsum("ij,ij->i", local, local))

    def bound(a: Array, b: Array) -> Array:
        c = horizon.curvature(pair.between(a, b), observer)
        return c.acceleration + abs(sine) * c.stretch

    cuts = leg_cuts(Centre("sun"), site, almanac, span, light_time)
    notes = {"light_time": light_time, "refraction": "none", "terrain": "none"}
    return Event(f"sun_elevation:{site.name}", margin, bound, cuts, _GRAZE, notes)


def nights(
    site: Site, almanac: "Almanac", span: tuple[float, float], lowest: float = 0.0
) -> Windows:
    """Return when the Sun's centre does not stand above ``lowest``, rad; see `day_event`."""
    return ~windows(day_event(site, almanac, span, lowest), span)


# -- the Sun behind the probe -------------------------------------------------------------


class Conjunction(NamedTuple):
    """A time at which Sun and probe stand close together for the Earth.

    Attributes
    ----------
    start, stop : float, s
        TDB seconds past J2000, at reception on the Earth.
    least_angle : float, rad
        Sun-Earth-probe, and when.
    least_angle_t : float, s
    superior : bool
        Whether the probe is then farther from the Earth than the Sun.
    """

    start: float
    stop: float
    least_angle: float
    least_angle_t: float
    superior: bool


def conjunction_windows(
    path: Path,
    almanac: "Almanac",
    span: tuple[float, float],
    limit: float,
    *,
    resolution: float = 10.0,
    tolerance: float = 1e-3,
) -> Windows:
    """Return when the Sun-Earth-probe angle is below ``limit``, rad, from the Earth's centre.

    Raises
    ------
    ValueError
        If ``limit`` lies outside 0 to 180 degrees, or the path does not cover the span.
    """
    leg = _to_earth(path, almanac, Limits(sun_exclusion=limit, occulted_by=()))
    return ~leg.windows(span, resolution=resolution, tolerance=tolerance)


def _to_earth(path: Path, almanac: "Almanac", limits: Limits) -> Leg:
    return Leg(Node("probe", path), Node("earth", Centre("earth")), almanac, limits=limits)


def conjunctions(path: Path, almanac: "Almanac", close: Windows) -> tuple[Conjunction, ...]:
    """Return what each of the windows ``close`` of `conjunction_windows` amounts to."""
    if not close.count:
        return ()
    leg = _to_earth(path, almanac, Limits())
    t = sample_times(close)
    least, when = extremes(leg.sun_angle, close.start, close.stop, (t, leg.sun_angle(t)), -1.0)
    sun = Leg(Node("sun", Centre("sun")), leg.receiver, almanac)
    return tuple(
        Conjunction(start, stop, float(angle), float(at), bool(beyond))
        for (start, stop), angle, at, beyond in zip(
            close, least, when, leg.range(when) > sun.range(when), strict=True
        )
    )


def outages(
    leg: Leg,
    beam: float,
    span: tuple[float, float],
    *,
    resolution: float = 10.0,
    tolerance: float = 1e-3,
) -> Windows:
    """Return when ``leg`` would be open but has the Sun within ``beam`` (rad) of its axis.

    Seen at the receiver, whose antenna the Sun then blinds; whatever ``sun_exclusion`` the
    leg has is put aside.
    """
    bare = replace(leg, limits=replace(leg.limits, sun_exclusion=None))
    keen = replace(leg, limits=replace(leg.limits, sun_exclusion=beam))
    search = {"resolution": resolution, "tolerance": tolerance}
    return bare.windows(span, **search) & ~keen.windows(span, **search)


# -- local time ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LocalTime:
    """Local solar time as an angle from midnight: (n,) rad, [0, 2 pi); noon is pi.

    Attributes
    ----------
    apparent : (n,) array, rad
        By the true Sun.
    mean : (n,) array, rad, or None
        By the mean Sun, on the Earth alone: UTC and longitude, so within 0.9 s of UT1's.
    """

    apparent: Array
    mean: Array | None


def local_time(
    path: Path, almanac: "Almanac", t: ArrayLike, name: str | None = None
) -> LocalTime:
    """Return the local solar time of the ground of body ``name`` under ``path``.

    Sites are paths too. A lunar day is a synodic month long.

    Parameters
    ----------
    t : (n,) array, s
    name : str, optional
        The centre of the path's frame unless given.

    Raises
    ------
    ValueError
        If the body has no axes of its own here.
    """
    times = np.atleast_1d(np.asarray(t, dtype=np.float64))
    which = body(path.frame.center if name is None else name)
    longitude = ground_track(path, almanac, times, which.name).longitude
    apparent = (np.pi + longitude - sun_longitude(almanac, times, which.name)) % _TURN
    if which.name != "earth":
        return LocalTime(apparent, None)
    days = (times - utc_midnight(utc_mjd(times))) / DAY
    return LocalTime(apparent, (_TURN * days + longitude) % _TURN)


def sun_longitude(almanac: "Almanac", t: Array, name: str) -> Array:
    """Return the longitude of body ``name`` at which the Sun culminates; (n,) rad."""
    axes = body(name).axes
    if axes is None:
        raise ValueError(f"the orientation of {name} is not known here; use earth or moon")
    sun = direction(Centre("sun"), Centre(name), almanac, t)
    fixed = rotated(almanac.rotation(axes, "ICRF", t), sun)
    return np.arctan2(fixed[:, 1], fixed[:, 0])
