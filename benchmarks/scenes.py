"""What is watched: the year of the Chang'e-6 chain, and a day of a low orbit over 100 sites."""

import tempfile
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from kernels import Kernels, almanac, write_all

from orbits.constants import DAY
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.exports.spk import write_spk
from orbits.frames import GCRF
from orbits.geometry.grid import Grid
from orbits.mission.flight import fly
from orbits.mission.load import from_dict
from orbits.propagators.kepler import Kepler
from orbits.sites import Site
from orbits.time import parse_t
from orbits.trajectory import State

MISSION = Path(__file__).resolve().parents[1] / "missions" / "change6-relay.toml"
STATIONS = ("jiamusi", "kashi", "neuquen", "sheshan", "kunming", "urumqi")
RELAY = -159_274
MIN_ELEVATION = np.radians(5.0)
EARTH_GM = 3.986004415e14  # m3/s2, EGM96: that of brahe, whose Kepler orbits take no other


@dataclass(frozen=True, eq=False)
class Year:
    """The relay chain for ``days``, node 150 deg, which does not meet the Moon."""

    folder: Path
    days: int

    def flight(self, light_time: str):
        said = tomllib.loads(MISSION.read_text(encoding="utf-8"))
        del said["mission"]["stop"], said["requirement"], said["flown"]
        said["mission"]["duration"] = f"{self.days} day"
        said["spacecraft"]["queqiao-2"]["orbit"]["raan"] = "150 deg"
        said["site"] |= {n: {"use": n, "min_elevation": "5 deg"} for n in STATIONS}
        said["group"]["deep-space"] = list(STATIONS)
        said["chain"]["far-side-relay"]["light_time"] = light_time
        return fly(from_dict(said, MISSION.parent))

    @cached_property
    def geometric(self):
        return self.flight("geometric")

    @cached_property
    def apparent(self):
        return self.flight("apparent")

    @property
    def span(self):
        return self.geometric.model.span

    @cached_property
    def kernels(self) -> Kernels:
        write_all(self.folder, self.span)
        return Kernels(self.folder, almanac(self.span))

    @cached_property
    def spk(self) -> Path:
        """The trajectory as a kernel, within 5 mm."""
        path = self.folder / "relay.bsp"
        relay = self.geometric.trajectories["queqiao-2"]
        write_spk(path, relay, target_id=RELAY, name="relay", tolerance=5e-3)
        return path


@dataclass(frozen=True, eq=False)
class Day:
    """A circular orbit of 550 km, 53 deg, by Kepler's laws, over 100 sites for a day."""

    folder: Path
    count: int = 100

    @property
    def span(self):
        t = parse_t("2024-06-01T00:00:00 UTC")
        return t, t + DAY

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """Spread evenly over the Earth between 60 S and 60 N, on the ellipsoid."""
        from astropy.units import Quantity

        k = np.arange(self.count) + 0.5
        latitude = np.degrees(np.arcsin((1.0 - 2.0 * k / self.count) * np.sin(np.radians(60))))
        longitude = (k * 137.50776405) % 360.0 - 180.0
        return tuple(
            Site(f"s{i:03d}", "earth", Quantity(a, "deg"), Quantity(b, "deg"), None,
                 Quantity(10.0, "deg"))
            for i, (a, b) in enumerate(zip(latitude, longitude, strict=True))
        )  # fmt: skip

    @cached_property
    def state(self) -> State:
        elements = Elements(6_928_137.0, 0.001, *np.radians([53.0, 40.0, 20.0, 0.0]))
        r, v = keplerian_to_cartesian(elements, EARTH_GM)
        return State(self.span[0], r, v, GCRF)

    @cached_property
    def path(self):
        return Kepler(EARTH_GM).propagate(
            self.state, (self.span[0] - 60.0, self.span[1] + 60.0)
        )

    @cached_property
    def kernels(self) -> Kernels:
        write_all(self.folder, self.span)
        return Kernels(self.folder, almanac(self.span))


@dataclass(frozen=True, eq=False)
class FarSide(Year):
    """The relay of the chain over a grid of one degree on the far side of the Moon."""

    days: int = 30

    @cached_property
    def grid(self) -> Grid:
        quarter = 0.5 * np.pi
        return Grid.region(
            "moon", (-quarter, quarter), (quarter, 3.0 * quarter), np.radians(1.0)
        )

    def site(self, k: int) -> Site:
        """Return point ``k`` of the grid as a site."""
        from astropy.units import Quantity

        angles = Quantity([self.grid.latitude[k], self.grid.longitude[k]], "rad")
        return Site(f"p{k}", "moon", *angles)


@dataclass(frozen=True, eq=False)
class Constellation(Day):
    """Satellites in circles of 550 km and 53 deg, 25 in a plane, over 20 sites for a day."""

    count: int = 20
    satellites: int = 500

    @cached_property
    def states(self) -> dict[str, State]:
        found = {}
        for k in range(self.satellites):
            plane, place = divmod(k, 25)
            node, along = 360.0 * 25 * plane / self.satellites, 14.4 * place + 5.76 * plane
            elements = Elements(6_928_137.0, 0.001, *np.radians([53.0, node, 20.0, along]))
            r, v = keplerian_to_cartesian(elements, EARTH_GM)
            found[f"sat{k:04d}"] = State(self.span[0], r, v, GCRF)
        return found

    @cached_property
    def paths(self):
        span = self.span[0] - 60.0, self.span[1] + 60.0
        kepler = Kepler(EARTH_GM)
        return {name: kepler.propagate(state, span) for name, state in self.states.items()}


def scene(case: str, days: int):
    """Return what is watched in a case of windows.py."""
    folder = Path(tempfile.mkdtemp())
    if case in ("geometric", "apparent"):
        return Year(folder, days)
    return {"passes": Day, "far-side": FarSide, "constellation": Constellation}[case](folder)
