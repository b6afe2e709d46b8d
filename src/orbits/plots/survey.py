"""The figures of one outcome: which there are, what goes into each, and its words."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from orbits.bodies import body
from orbits.geometry.apses import apses
from orbits.mission.measure import whole_days
from orbits.mission.quantities import written
from orbits.plots import figures
from orbits.plots.contacts import Band, Row
from orbits.plots.coverage import coverage_figure, poles
from orbits.plots.sampling import instants
from orbits.plots.series import Ranging
from orbits.plots.sky import Pass
from orbits.plots.style import COLOURS, HATCHES
from orbits.plots.sunlight import beta_figure
from orbits.plots.workload import workload_figure
from orbits.time import utc_iso
from orbits.windows import Windows

Make = Callable[[str], Figure]
Legs = Sequence[str]  # keys of outcome.legs
_STRONG = "#1B1B1B"
_FAR = 1e8  # m from the Earth: beyond it the Earth-Moon frame is worth a picture


@dataclass(frozen=True)
class Survey:
    """What the figures of one outcome share; legs are sampled once.

    Attributes
    ----------
    outcome : Outcome
    """

    outcome: Any
    _tracks: dict[tuple[str, str], Pass] = field(default_factory=dict)

    # -- which figures ---------------------------------------------------------------------

    def offered(self) -> dict[str, Make]:
        """Return a function of the preset for each figure, by name."""
        made: dict[str, Make] = {}
        chains = self.chains()
        for name, legs in chains.items():
            made[f"contacts-{name}"] = lambda z, n=name, k=legs: self.contacts(n, k, z)
        for name in self.outcome.trajectories:
            made |= self._of_spacecraft(name)
        for name, legs in chains.items():
            if self.ground_ends(legs):
                made[f"elevation-{name}"] = lambda z, n=name, k=legs: self.elevation(n, k, z)
            made[f"range-{name}"] = lambda z, n=name, k=legs: self.range(n, k, z)
        for name in self.outcome.chains:
            made[f"workload-{name}"] = lambda z, n=name: self.workload(n, z)
        for name, found in self.outcome.coverages.items():
            if not poles(found.grid) or np.ptp(found.grid.parallels) > 0.25 * np.pi:
                made[f"coverage-{name}"] = lambda z, n=name: self.coverage(n, 0.0, z)
            for pole in poles(found.grid):
                side = "south" if pole < 0.0 else "north"
                made[f"coverage-{name}-{side}"] = lambda z, n=name, p=pole: self.coverage(
                    n, p, z
                )
        for name, (site, key) in self.skies().items():
            made[f"sky-{name}"] = lambda z, s=site, k=key: self.sky(s, k, z)
        return made

    def chains(self) -> dict[str, list[str]]:
        """Return the legs of each chain, and as "links" those that no chain uses."""
        legs = list(self.outcome.legs)
        found = {
            name: [k for link in chain.links for k in legs if k.split(".")[1] == link.name]
            for name, chain in self.outcome.chains.items()
        }
        used = {key for keys in found.values() for key in keys}
        rest = [key for key in legs if key not in used]
        return found | ({"links": rest} if rest else {})

    def _of_spacecraft(self, name: str) -> dict[str, Make]:
        path, span = self.outcome.trajectories[name], self.outcome.span
        center = path.frame.center
        radius = np.linalg.norm(path.position(np.linspace(span[0], span[1], 500)), axis=1)
        made: dict[str, Make] = {f"orbit-{name}": lambda z: self.orbit(name, z)}
        if center == "moon" or (center == "earth" and radius.max() > _FAR):
            made[f"rotating-frame-{name}"] = lambda z: self.rotating(name, z)
        if center == "moon":
            made[f"ground-track-{name}"] = lambda z: self.ground_track(name, z)
        if radius.max() > 1.02 * radius.min():
            made[f"apsides-{name}"] = lambda z: self.apsides(name, z)
        if center in ("earth", "moon") and radius.max() < _FAR:
            made[f"beta-{name}"] = lambda z: self.beta(name, z)
        return made

    def ground_ends(self, legs: Legs) -> dict[str, list[str]]:
        """Return the sites at either end of ``legs``, each with its legs."""
        found: dict[str, list[str]] = {}
        for key in legs:
            for node in self._ends(key):
                if node in self.outcome.sites:
                    found.setdefault(node, []).append(key)
        return found

    def skies(self) -> dict[str, tuple[str, str]]:
        """Return the site and the leg of each sky: of the sites on the Moon, if there are any.

        Named for the site, and for the other end too where a site has more than one leg.
        """
        ends = self.ground_ends(list(self.outcome.legs))
        lunar = [site for site in ends if self.outcome.sites[site].body == "moon"]
        found = {}
        for site in lunar or ends:
            for key in ends[site]:
                other = next(name for name in self._ends(key) if name != site)
                found[site if len(ends[site]) == 1 else f"{site}-{other}"] = (site, key)
        return found

    # -- words -----------------------------------------------------------------------------

    def provenance(self) -> str:
        """Return the line at the foot: mission, version, hash, whether values are assumed."""
        o = self.outcome
        parts = [o.mission.mission.name, f"orbits {o.provenance['version']}"]
        digest = o.provenance.get("mission_sha256")
        if digest:
            parts.append(f"mission {digest[:12]}")
        else:  # run from values: the hash is that of all of them
            text = json.dumps(o.provenance.get("mission"), sort_keys=True)
            parts.append(f"mission values {sha256(text.encode()).hexdigest()[:12]}")
        if any(row.assumed for row in o.quantities.values()):
            parts.append("rests on assumed values")
        return "  ·  ".join(parts)

    def _days(self) -> str:
        first, last = (str(utc_iso(t, 0))[:16].replace("T", " ") for t in self.outcome.span)
        return f"{first} to {last} UTC"

    def _title(self, key: str) -> str:
        return " → ".join(self._ends(key))

    def _ends(self, key: str) -> tuple[str, str]:
        leg = self.outcome.legs[key]
        return leg.transmitter.name, leg.receiver.name

    # -- samples ---------------------------------------------------------------------------

    def track(self, key: str, site: str) -> Pass:
        """Return a leg as seen from its ``site``, sampled densely enough to be drawn."""
        if (key, site) not in self._tracks:
            leg, windows, end = (getattr(self.outcome, k) for k in ("legs", "windows", "sites"))
            edges = (windows[key].start, windows[key].stop)
            t = np.unique(np.concatenate([self._instants(key), *edges]))
            azimuth, elevation, _ = leg[key].azimuth_elevation(t, site)
            mask = end[site].mask
            horizon = mask.at(azimuth) if mask else np.full(len(t), end[site].min_elevation)
            other = next(name for name in self._ends(key) if name != site)
            track = Pass(t, azimuth, elevation, horizon, windows[key], other)
            self._tracks[key, site] = track
        return self._tracks[key, site]

    def _instants(self, key: str) -> np.ndarray:
        """Return 50 instants a day, and those of an orbit about the body of its site."""
        first, last = span = self.outcome.windows[key].span
        t = np.linspace(first, last, int((last - first) / 1728.0) + 100)
        bodies = {
            self.outcome.sites[n].body for n in self._ends(key) if n in self.outcome.sites
        }
        paths = [self.outcome.trajectories.get(name) for name in self._ends(key)]
        near = [p for p in paths if p and bodies <= {p.frame.center}]
        return np.unique(np.concatenate([t, *(instants(p, span) for p in near)]))

    def ranging(self, key: str) -> Ranging:
        """Return the range of a leg."""
        t = self._instants(key)
        length = self.outcome.legs[key].range(t)
        return Ranging(self._title(key), t, length, self.outcome.windows[key])

    # -- figures ---------------------------------------------------------------------------

    def contacts(self, name: str, legs: Legs, preset: str) -> Figure:
        """Return the contact chart of a chain, or of the links without one."""
        windows, line = self.outcome.windows, self._days()
        looks = {k: (COLOURS[i % 7], HATCHES[i % 7]) for i, k in enumerate(legs)}
        rows = [Row(self._title(k), windows[k], *looks[k], errors=self.errors(k)) for k in legs]
        chain = windows.get(f"chain.{name}")
        if chain is not None:
            colours = {self._ends(k): looks[k][0] for k in legs}
            plan = self.outcome.results[name].plan
            carried = [(c.start, c.stop, colours[c.nodes[-2:]]) for c in plan]
            if len({colour for _, _, colour in carried}) < 2:
                carried = []
            errors = self.errors(f"chain.{name}")
            rows.append(Row(name, chain, _STRONG, "", True, carried, errors))
            line += f"; longest window {chain.longest / 3600:.1f} h"
            line += f", longest gap {chain.longest_gap / 3600:.1f} h"
            line += "; strip: who carries the chain" if carried else ""
        bands = [_band(key, w) for key, w in windows.items() if key.startswith("eclipse.")]
        bands.sort(key=lambda band: band.umbra)  # the penumbra holds the umbra
        if bands and not any(band.windows.count for band in bands):
            line += "; no eclipse"
        span = self.outcome.span
        return figures.contacts_figure(rows, bands, span, preset, (f"Contacts: {name}", line))

    def errors(self, key: str) -> list[float | None]:
        """Return the greater edge error of each window, s; none without a budget."""
        if key not in self.outcome.evidence.budgets:
            return []
        pairs = [(row.start_error, row.stop_error) for row in self.outcome.rows[key]]
        known = [[error for error in pair if error is not None] for pair in pairs]
        return [max(found) if found else None for found in known]

    def elevation(self, name: str, legs: Legs, preset: str) -> Figure:
        """Return elevation against time at each site of a chain."""
        ends = self.ground_ends(legs).items()
        tracks = [(site, [self.track(key, site) for key in keys]) for site, keys in ends]
        words = (f"Elevation: {name}", f"{self._days()}; strong where the link is open")
        return figures.elevation_figure(tracks, self.outcome.span, preset, words)

    def sky(self, site: str, key: str, preset: str) -> Figure:
        """Return the sky of a site."""
        track, mask = self.track(key, site), self.outcome.sites[site].mask
        corners = (mask.azimuth, mask.elevation) if mask else None
        words = f"{self._days()}; north up, zenith in the middle"
        return figures.sky_figure(
            track, corners, preset, (f"{track.name} in the sky of {site}", words)
        )

    def range(self, name: str, legs: Legs, preset: str) -> Figure:
        """Return range and light time of each link of a chain."""
        links: dict[str, list[Ranging]] = {}
        for key in legs:
            links.setdefault(key.split(".")[1], []).append(self.ranging(key))
        words = (f"Range and light time: {name}", f"{self._days()}; one way")
        return figures.range_figure(list(links.values()), self.outcome.span, preset, words)

    def orbit(self, name: str, preset: str) -> Figure:
        """Return the three views of a trajectory."""
        o = self.outcome
        path, day = o.trajectories[name], str(utc_iso(o.span[0], 0))[:10]
        center = path.frame.center
        axes = "axes of ICRF"
        if center == "moon":
            axes = f"inertial axes, x to the Earth on {day}, z to the Moon's north pole"
        words = (f"Orbit of {name} about the {center.title()}", f"{self._days()}; {axes}")
        return figures.orbit_figure(path, o.almanac, o.span, preset, words)

    def rotating(self, name: str, preset: str) -> Figure:
        """Return the Earth-Moon rotating frame."""
        o = self.outcome
        words = (
            f"{name} in the Earth-Moon rotating frame",
            f"{self._days()}; Moon at the origin; to scale; bars: what Earth, L1 and L2 sweep",
        )
        return figures.rotating_figure(o.trajectories[name], o.almanac, o.span, preset, words)

    def ground_track(self, name: str, preset: str) -> Figure:
        """Return the ground track on the Moon, strong where its one site has a link."""
        o = self.outcome
        sites = [site for site in o.sites.values() if site.body == "moon"]
        line, seen = f"{self._days()}; far side in the middle, limbs dotted", None
        legs = [k for k in o.legs if name in self._ends(k)]
        legs = [k for s in sites for k in legs if s.name in self._ends(k)]
        if len(legs) == 1:
            line, seen = f"{line}; link {self._title(legs[0])}", o.windows[legs[0]]
        return figures.ground_track_figure(
            o.trajectories[name], o.almanac, o.span, sites, seen, preset,
            (f"Ground track of {name} on the Moon", line),
        )  # fmt: skip

    def apsides(self, name: str, preset: str) -> Figure:
        """Return the altitudes of the passages through the apsides."""
        o = self.outcome
        path = o.trajectories[name]
        center = path.frame.center
        nouns = {"moon": "Perilune and apolune", "earth": "Perigee and apogee"}
        title = f"{nouns.get(center, 'Periapsis and apoapsis')} of {name}"
        line = f"{self._days()}; above the sphere of {body(center).radius / 1e3:,.1f} km"
        passages = apses(path, o.span)
        return figures.apses_figure(passages, center, o.span, preset, (title, line))

    def beta(self, name: str, preset: str) -> Figure:
        """Return the beta angle of an orbit and the eclipses that the mission asks for."""
        o = self.outcome
        path, line = o.trajectories[name], f"{self._days()}; above the osculating orbit plane"
        asked = {k: w for k, w in o.windows.items() if k.startswith(f"eclipse.{name}.")}
        eclipses = [
            (f"{kind} of the {body_name.title()}", asked[key])
            for key in asked
            if asked[key].count
            for _, _, body_name, kind in [key.split(".")]
        ]
        line += "; no eclipse in the span" if asked and not eclipses else ""
        return beta_figure(
            path, o.almanac, o.span, eclipses, preset, (f"Sun and orbit of {name}", line)
        )

    def workload(self, name: str, preset: str) -> Figure:
        """Return the hours of each whole UTC day that each station carries a chain."""
        o = self.outcome
        edges, plan = whole_days(o.span), o.results[name].plan
        edges = edges if edges.size else np.array(o.span)
        ways = o.chains[name].ways
        carried = {way[-1]: np.zeros(edges.size - 1) for way in ways}
        for way in ways:
            rows = [part for part in plan if part.nodes == way]
            starts, stops = (np.array([row[k] for row in rows]) for k in (0, 1))
            carried[way[-1]] += Windows(starts, stops, o.span).totals(edges)
        line = f"{self._days()}; the station in use stays until it closes"
        return workload_figure(carried, edges, preset, (f"Station workload: {name}", line))

    def coverage(self, name: str, pole: float, preset: str) -> Figure:
        """Return the maps of a coverage, rectangular or of a pole."""
        o = self.outcome
        said, found = o.mission.analysis.coverage[name], o.coverages[name]
        line = f"{self._days()}; by {', '.join(said.by)}; cells of {written(said.grid)}"
        line += f"; elevation of at least {written(said.min_elevation)}"
        line += f"; {found.fold} in view" if found.fold > 1 else ""
        line += "; gaps as far as seen"
        side = {0.0: "", -1.0: ", south pole", 1.0: ", north pole"}[pole]
        words = (f"Coverage: {name}{side}", line)
        return coverage_figure(found, list(o.sites.values()), preset, words, pole=pole)


def _band(key: str, windows: Any) -> Band:
    """Return the band of the windows ``eclipse.CRAFT.BODY.KIND``."""
    _, craft, name, kind = key.split(".")
    return Band(f"{kind} of the {name.title()} at {craft}", windows, kind == "umbra")
