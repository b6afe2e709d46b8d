"""Visibility: one leg from a transmitter to a receiver, its constraints and its windows.

Times are those of reception at the receiver. A site's horizon is judged when the site itself
receives or sends; the line between the ends where the light is as it passes.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from orbits.bodies import body
from orbits.constants import SPEED_OF_LIGHT
from orbits.events import Event, windows
from orbits.frames import CelestialPath, Path
from orbits.geometry.access import processors
from orbits.geometry.cuts import leg_cuts
from orbits.geometry.distance import angle_event, range_event, sun_angle
from orbits.geometry.horizon import Horizon, elevation_event
from orbits.geometry.occultation import Occultation, occultation_event
from orbits.geometry.signal import APPARENT, GEOMETRIC, Centre, check_setting, ray
from orbits.geometry.terrain import mask_event
from orbits.sites import Site
from orbits.windows import Windows

if TYPE_CHECKING:
    from orbits.almanac import Almanac

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A named end of a link: a site, a spacecraft or a body."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Limits:
    """What a link asks for beside the horizon of its sites.

    Attributes
    ----------
    max_range, min_range : float or None, m
        Length of the light's way, receiver at reception to transmitter at transmission.
    sun_exclusion : float or None, rad
        Least angle between the Sun and the other end, at the receiving end.
    occulted_by : tuple of str, or None
        Bodies that may come between; None stands for Earth, Moon and the centres of both
        ends. A body that an end stands on, or is, is left out in either case.
    """

    max_range: float | None = None
    min_range: float | None = None
    sun_exclusion: float | None = None
    occulted_by: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("max_range", "min_range"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value > 0.0):
                raise ValueError(f"{name} must be a positive number of metres, got {value}")
        if self.sun_exclusion is not None and not 0.0 < self.sun_exclusion < np.pi:
            raise ValueError(
                f"sun_exclusion must lie within 0 to 180 degrees, got {self.sun_exclusion} rad"
            )
        for name in self.occulted_by or ():
            body(name)


@dataclass(frozen=True, slots=True)
class ConstraintMargin:
    """By how much a constraint holds at an instant.

    Attributes
    ----------
    link : str
        Filled in by whoever knows the link's name.
    node : str
        The end that is concerned, or "" for the line between both.
    name : str
        "elevation", "mask", "occultation", "max_range", "min_range" or "sun_exclusion".
    body : str
        The body concerned, or "".
    margin : float
        In ``unit``, positive where it holds. For an occultation: least height of the line of
        sight above the body.
    unit : str
        "deg" or "km".
    holds : bool
    """

    link: str
    node: str
    name: str
    body: str
    margin: float
    unit: str
    holds: bool

    @property
    def cause(self) -> str:
        """The name of the event, as windows carry it."""
        about = self.body if self.name not in ("elevation", "mask") else self.node
        return f"{self.name}:{about}" if about else self.name


@dataclass(frozen=True, eq=False, slots=True)
class Leg:
    """A one-way link between two ends.

    Attributes
    ----------
    transmitter, receiver : Node
    almanac : Almanac
    light_time : str
        "geometric", "light-time" or "apparent".
    limits : Limits
    """

    transmitter: Node
    receiver: Node
    almanac: "Almanac"
    light_time: str = APPARENT
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        check_setting(self.light_time)

    @property
    def horizons(self) -> tuple[Horizon, ...]:
        """The horizons of the ends that are sites, the transmitter's first."""
        ends = (self.transmitter.path, self.receiver.path)
        return tuple(
            Horizon(end, ends[1 - k], self.almanac, self.light_time, k == 1)
            for k, end in enumerate(ends)
            if isinstance(end, Site)
        )

    @property
    def occulters(self) -> tuple[str, ...]:
        """The bodies that may come between the ends, without those that an end stands on."""
        ends = (self.transmitter.path, self.receiver.path)
        names = self.limits.occulted_by
        if names is None:
            centers = (end.frame.center for end in ends)
            names = ("earth", "moon", *(c for c in centers if c not in ("ssb", "emb", "sun")))
        rest = {end.body for end in ends if isinstance(end, Site | Centre | CelestialPath)}
        return tuple(name for name in dict.fromkeys(names) if name not in rest)

    def usable_span(self, span: tuple[float, float]) -> tuple[float, float]:
        """Return the part of ``span`` at which both ends are known, light time included; s.

        Raises
        ------
        ValueError
            If there is none.
        """
        t0, t1 = span
        held = getattr(self.receiver.path, "span", None)
        if held is not None:
            t0, t1 = max(t0, held[0]), min(t1, held[1])
        held = getattr(self.transmitter.path, "span", None)
        if held is not None:
            t0, t1 = max(t0, self._arrival(held[0], 1.0)), min(t1, self._arrival(held[1], -1.0))
        if not t0 < t1:
            raise ValueError(
                f"{self.transmitter.name} and {self.receiver.name} are never known together "
                f"between t = {span[0]:.3f} and {span[1]:.3f} s past J2000 TDB; "
                "propagate over a longer span"
            )
        return t0, t1

    def _arrival(self, sent: float, side: float) -> float:
        """Return when light of ``sent`` has arrived (``side`` 1) or not yet (-1), s.

        Within 0.2 % of the light time and 1 ms: ends move that far meanwhile.
        """
        if self.light_time == GEOMETRIC:
            return sent
        held = getattr(self.receiver.path, "span", (-np.inf, np.inf))
        t = np.array([min(max(sent, held[0]), held[1])])
        apart = ray(self.transmitter.path, self.receiver.path, self.almanac, t, GEOMETRIC)
        delay = float(np.linalg.norm(apart.vector)) / SPEED_OF_LIGHT
        return sent + delay * (1.0 + 2e-3 * side) + 1e-3 * side

    def events(self, span: tuple[float, float], resolution: float = 10.0) -> list[Event]:
        """Return the constraints, cheapest to decide first.

        Parameters
        ----------
        span : (float, float), s
            Over which they will be searched; bounds and cuts hold there only.
        resolution : float, s
            Of the search; a mask is cut into pieces accordingly.
        """
        tx, rx = self.transmitter.path, self.receiver.path
        cuts = leg_cuts(tx, rx, self.almanac, span, self.light_time)
        found = []
        for horizon in self.horizons:
            mask = horizon.site.mask
            if mask is None:
                found.append(elevation_event(horizon, span, cuts))
            else:
                found.append(mask_event(horizon, mask, span, cuts, resolution))
        for name in self.occulters:
            occultation = Occultation(tx, rx, body(name), self.almanac, self.light_time)
            found.append(occultation_event(occultation, span, cuts))
        limits = self.limits
        if limits.max_range is not None:
            found.append(range_event(self, "max_range", limits.max_range, span, cuts))
        if limits.min_range is not None:
            found.append(range_event(self, "min_range", limits.min_range, span, cuts))
        if limits.sun_exclusion is not None:
            found.append(angle_event(self, limits.sun_exclusion, span, cuts))
        return found

    def windows(
        self, span: tuple[float, float], *, resolution: float = 10.0, tolerance: float = 1e-3
    ) -> Windows:
        """Return when every constraint holds, tagged at reception; see ``events.windows``.

        Each constraint is looked at only where those before it hold.
        """
        found: Windows | None = None
        for event in self.events(span, resolution):
            found = windows(
                event, span, resolution=resolution, tolerance=tolerance, within=found
            )
        return found if found is not None else Windows.whole(span)

    def constraint_windows(
        self, span: tuple[float, float], *, resolution: float = 10.0, tolerance: float = 1e-3
    ) -> dict[str, Windows]:
        """Return for each constraint, by its cause, when it holds by itself."""
        return {
            event.name: windows(event, span, resolution=resolution, tolerance=tolerance)
            for event in self.events(span, resolution)
        }

    # -- what else can be asked ------------------------------------------------------------

    def delay(self, t: Array) -> Array:
        """Return the light time that ends at ``t``; (n,), s; 0 in the geometric setting."""
        tx, rx = self.transmitter.path, self.receiver.path
        return ray(tx, rx, self.almanac, t, self.light_time).delay

    def range(self, t: Array) -> Array:
        """Return the length of the light's way that ends at ``t``; (n,), m."""
        tx, rx = self.transmitter.path, self.receiver.path
        return np.linalg.norm(ray(tx, rx, self.almanac, t, self.light_time).vector, axis=1)

    def sun_angle(self, t: Array) -> Array:
        """Return the angle at the receiver between Sun and transmitter; (n,), rad."""
        return sun_angle(self, t)

    def horizon(self, name: str | None = None) -> Horizon:
        """Return the horizon of the end that is a site, or of the one called ``name``.

        Raises
        ------
        ValueError
            If there is no such site.
        """
        for horizon in self.horizons:
            if name is None or horizon.site.name == name:
                return horizon
        wanted = "a site" if name is None else f"the site {name!r}"
        raise ValueError(
            f"neither {self.transmitter.name} nor {self.receiver.name} is {wanted}"
        )

    def azimuth_elevation(
        self, t: Array, name: str | None = None
    ) -> tuple[Array, Array, Array]:
        """Return azimuth, elevation (rad) and range (m) of the other end, seen from a site."""
        return self.horizon(name).angles(np.asarray(t, dtype=np.float64))

    def margins(self, t: float) -> tuple[ConstraintMargin, ...]:
        """Return every constraint's margin at ``t``, in degrees or kilometres."""
        at = np.array([float(t)])
        found: list[ConstraintMargin] = []

        def add(node: str, name: str, about: str, margin: float, unit: str) -> None:
            found.append(ConstraintMargin("", node, name, about, margin, unit, margin > 0.0))

        for horizon in self.horizons:
            azimuth, elevation, _ = horizon.angles(at)
            site = horizon.site
            lowest = site.min_elevation if site.mask is None else site.mask.at(azimuth)[0]
            kind = "elevation" if site.mask is None else "mask"
            add(site.name, kind, "", float(np.degrees(elevation[0] - lowest)), "deg")
        tx, rx = self.transmitter.path, self.receiver.path
        for name in self.occulters:
            o = Occultation(tx, rx, body(name), self.almanac, self.light_time)
            add("", "occultation", name, float(o.clearance(at)[0]) / 1e3, "km")
        limits, apart = self.limits, float(self.range(at)[0])
        if limits.max_range is not None:
            add("", "max_range", "", (limits.max_range - apart) / 1e3, "km")
        if limits.min_range is not None:
            add("", "min_range", "", (apart - limits.min_range) / 1e3, "km")
        if limits.sun_exclusion is not None:
            angle = float(self.sun_angle(at)[0]) - limits.sun_exclusion
            add(self.receiver.name, "sun_exclusion", "", float(np.degrees(angle)), "deg")
        return tuple(found)


def each_windows(
    wanted: Iterable[tuple[Leg, tuple[float, float]]], *, resolution: float, tolerance: float
) -> Iterator[Windows]:
    """Yield ``Leg.windows`` of each (leg, span), in order, searched on every processor."""
    with ThreadPoolExecutor(processors()) as pool:
        yield from pool.map(
            lambda each: each[0].windows(each[1], resolution=resolution, tolerance=tolerance),
            wanted,
        )
