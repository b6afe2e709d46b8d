"""What the figures of one outcome share: legs and their samples, words, the footer."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np

from orbits.geometry.link import attenuation
from orbits.mission.radio import budget_of, loss_of
from orbits.plots.margins import Radio
from orbits.plots.sampling import instants
from orbits.plots.series import Ranging
from orbits.plots.sky import Pass
from orbits.time import utc_iso

Legs = Sequence[str]  # keys of outcome.legs


@dataclass(frozen=True)
class Survey:
    """What the figures of one outcome share; legs are sampled once.

    Attributes
    ----------
    outcome : Outcome
    samples : callable or None
        Returns the samples of the sweep over what the mission varies.
    """

    outcome: Any
    samples: Callable[[], Sequence[Any]] | None = None
    _tracks: dict[tuple[str, str], Pass] = field(default_factory=dict)

    # -- legs and their ends ---------------------------------------------------------------

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

    def ground_ends(self, legs: Legs) -> dict[str, list[str]]:
        """Return the sites at either end of ``legs``, each with its legs."""
        found: dict[str, list[str]] = {}
        for key in legs:
            for node in self.ends(key):
                if node in self.outcome.sites:
                    found.setdefault(node, []).append(key)
        return found

    def busiest(self, legs: Legs, most: int) -> list[str]:
        """Return at most ``most`` of ``legs``, those open for longest, in their order."""
        windows = self.outcome.windows
        kept = sorted(legs, key=lambda key: -windows[key].total)[:most]
        return [key for key in legs if key in kept]

    def skies(self) -> dict[str, tuple[str, str]]:
        """Return the site and the leg of each sky: of the sites on the Moon, if there are any.

        Named for the site, and for the other end too where a site has more than one leg.
        """
        ends = self.ground_ends(list(self.outcome.legs))
        lunar = [site for site in ends if self.outcome.sites[site].body == "moon"]
        found = {}
        for site in lunar or ends:
            for key in ends[site]:
                other = next(name for name in self.ends(key) if name != site)
                found[site if len(ends[site]) == 1 else f"{site}-{other}"] = (site, key)
        return found

    # -- words -----------------------------------------------------------------------------

    def provenance(self) -> str:
        """Return the line at the foot: mission, version, hash, whether values are assumed."""
        o = self.outcome
        header = o.mission.mission
        parts = [header.name, *([f"issue {header.issue}"] if header.issue else [])]
        parts.append(f"orbits {o.provenance['version']}")
        digest = o.provenance.get("mission_sha256")
        if digest:
            parts.append(f"mission {digest[:12]}")
        else:  # run from values: the hash is that of all of them
            text = json.dumps(o.provenance.get("mission"), sort_keys=True)
            parts.append(f"mission values {sha256(text.encode()).hexdigest()[:12]}")
        if any(row.assumed for row in o.quantities.values()):
            parts.append("rests on assumed values")
        return "  ·  ".join(parts)

    def value(self, path: str) -> float | None:
        """Return a quantity of the outcome, None where it states none of that path."""
        stated = self.outcome.quantities.get(path)
        return None if stated is None else stated.value

    def days(self) -> str:
        """Return the span in words: "2024-05-31 00:00 to 2024-06-30 00:00 UTC"."""
        first, last = (str(utc_iso(t, 0))[:16].replace("T", " ") for t in self.outcome.span)
        return f"{first} to {last} UTC"

    def title(self, key: str) -> str:
        """Return a leg in words: "change-6 → queqiao-2"."""
        return " → ".join(self.ends(key))

    def ends(self, key: str) -> tuple[str, str]:
        """Return the names of the transmitter and the receiver of a leg."""
        leg = self.outcome.legs[key]
        return leg.transmitter.name, leg.receiver.name

    def radii(self, name: str) -> np.ndarray:
        """Return the distances of a spacecraft from its centre at 500 instants, m."""
        path, span = self.outcome.trajectories[name], self.outcome.span
        return np.linalg.norm(path.position(np.linspace(span[0], span[1], 500)), axis=1)

    def first(self, name: str, most: int) -> tuple[tuple[float, float], str]:
        """Return the span of the first ``most`` revolutions, and it in words."""
        start, stop = self.outcome.span
        period = self.value(f"spacecraft.{name}.orbit.period")
        if not period or stop - start <= 1.5 * most * period:
            return (start, stop), self.days()
        return (start, start + most * period), f"{self.days()}; the first {most} revolutions"

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
            other = next(name for name in self.ends(key) if name != site)
            track = Pass(t, azimuth, elevation, horizon, windows[key], other)
            self._tracks[key, site] = track
        return self._tracks[key, site]

    def _instants(self, key: str) -> np.ndarray:
        """Return 50 instants a day, and those of an orbit about the body of its site."""
        first, last = span = self.outcome.windows[key].span
        t = np.linspace(first, last, int((last - first) / 1728.0) + 100)
        bodies = {self.outcome.sites[n].body for n in self.ends(key) if n in self.outcome.sites}
        paths = [self.outcome.trajectories.get(name) for name in self.ends(key)]
        near = [p for p in paths if p and bodies <= {p.frame.center}]
        return np.unique(np.concatenate([t, *(instants(p, span) for p in near)]))

    def ranging(self, key: str) -> Ranging:
        """Return the range of a leg."""
        t = self._instants(key)
        length = self.outcome.legs[key].range(t)
        return Ranging(self.title(key), t, length, self.outcome.windows[key])

    def radio(self, key: str) -> Radio:
        """Return margin and rate of a leg with a radio, nan while it is closed."""
        o = self.outcome
        budget, loss, flow = budget_of(o, key), loss_of(o, key), o.flows[key]
        if budget is None:
            raise ValueError(f"{key} has no budget")
        steps = np.diff(flow.rates, prepend=0.0)
        parts = [(np.full(1, o.span[0]), np.full((2, 1), np.nan))]
        every = self._instants(key)
        for start, stop in flow.windows:
            t = np.linspace(start, stop, 60)
            inside = every[(every > start) & (every < stop)]
            t = np.unique(np.concatenate([t, inside]))
            air = attenuation(o.legs[key], t, loss)
            margin = budget.margin(o.legs[key].range(t), flow.rates[0], air)
            held = [w.contains(np.clip(t, *w.span)) for w in flow.at_least]
            rate = sum(step * now for step, now in zip(steps, held, strict=True))
            gap = np.full((2, 1), np.nan)
            parts += [(t, np.array([margin, rate])), (t[-1:], gap)]
        t, values = (np.concatenate(one, axis=-1) for one in zip(*parts, strict=True))
        return Radio(self.title(key), t, *values)
