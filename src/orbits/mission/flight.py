"""A mission flown: every spacecraft propagated, every link and chain joined and searched."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orbits import units
from orbits.events import windows as holding
from orbits.geometry import eclipse
from orbits.geometry.relay import Chain, ChainResult, Link
from orbits.geometry.visibility import Leg, each_windows
from orbits.mission import network
from orbits.mission.build import Model, build
from orbits.mission.limits import room_of
from orbits.mission.schema import Mission
from orbits.trajectory import Trajectory
from orbits.windows import Windows, union

Progress = Callable[[str, float], None]


def silent(stage: str, fraction: float) -> None:
    """Take a stage and the fraction done of it, and show nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Search:
    """How finely windows are searched: resolution and edge tolerance, s."""

    resolution: float
    tolerance: float


@dataclass(frozen=True, eq=False)
class Flight:
    """A mission flown: everything that windows are asked of.

    Attributes
    ----------
    model : Model
    trajectories : dict of Trajectory
    links : dict of Link
    chains : dict of Chain
    legs : dict of Leg
        By key of windows: "link.surface", or "link.trunk.queqiao-2.kashi" of a group.
    """

    model: Model
    trajectories: dict[str, Trajectory]
    links: dict[str, Link]
    chains: dict[str, Chain]
    legs: dict[str, Leg]

    @property
    def mission(self) -> Mission:
        """What the file said."""
        return self.model.mission

    @property
    def search(self) -> Search:
        """How finely windows are searched."""
        said = self.mission.analysis.windows
        return Search(
            float(units.si(said.resolution, "time")),
            float(units.si(said.edge_tolerance, "time")),
        )


def fly(
    mission: Mission,
    *,
    folder: str | Path = ".",
    model: Model | None = None,
    progress: Progress = silent,
) -> Flight:
    """Return the mission with every spacecraft propagated.

    Parameters
    ----------
    mission : Mission
    folder : path
        Where ephemeris files that the mission names lie.
    model : Model, optional
        What ``build`` made of it, where that is known already.
    progress : callable
        Called with a stage and the fraction of it that is done.

    Raises
    ------
    DataError
        If a kernel or table is missing or does not cover the mission.
    PropagationError, ConvergenceError
        If a spacecraft meets a surface, or a start is not found.
    """
    model = model or build(mission, folder)
    trajectories = {}
    for name, craft in model.craft.items():
        trajectories[name] = craft.fly(lambda x, n=name: progress(f"propagating {n}", x))
    return flown(model, trajectories)


def flown(model: Model, trajectories: dict[str, Trajectory]) -> Flight:
    """Return the flight along given trajectories, whose links and chains are joined."""
    mission = model.mission
    links = network.links(mission, network.nodes(mission, model.sites, trajectories))
    legs = {}
    for name, link in links.items():
        found = link.legs(model.almanac, network.light_time_of(mission, name))
        for (_, tx, rx), leg in found.items():
            legs[f"link.{name}" if len(found) == 1 else f"link.{name}.{tx}.{rx}"] = leg
    return Flight(model, trajectories, links, network.chains(mission, links), legs)


# -- windows ------------------------------------------------------------------------------


def search_windows(
    flight: Flight, *, progress: Progress = silent
) -> tuple[dict[str, Windows], dict[str, ChainResult]]:
    """Return the windows of links and chains by key, and the results of the chains."""
    model, search = flight.model, flight.search
    room = max(
        (room_of(path.frame.center) for path in flight.trajectories.values()), default=0.0
    )
    wide = (model.span[0] - 0.5 * room, model.span[1])  # the light of a chain left before
    found, searched = {}, {}
    every = each_windows(
        [(leg, wide) for leg in flight.legs.values()],
        resolution=search.resolution,
        tolerance=search.tolerance,
    )
    for number, (key, leg) in enumerate(flight.legs.items()):
        progress("searching windows", number / len(flight.legs))
        windows = next(every)
        found[key] = windows.clip(model.span)
        name = key.split(".")[1]
        searched[(name, leg.transmitter.name, leg.receiver.name), leg.light_time] = windows
    for name in flight.links:
        parts = [held for key, held in found.items() if key.split(".")[1] == name]
        found[f"link.{name}"] = union(parts)
    results = {}
    for name, chain in flight.chains.items():
        result = chain.solve(
            model.almanac,
            model.span,
            resolution=search.resolution,
            tolerance=search.tolerance,
            found={k: w for (k, setting), w in searched.items() if setting == chain.light_time},
        )
        results[name] = result
        found[f"chain.{name}"] = result.windows
        for way, carried in result.carriers.items():
            found[".".join(("chain", name, *way))] = carried
    return {key: found[key] for key in sorted(found)}, results


def search_eclipses(flight: Flight) -> dict[str, Windows]:
    """Return the windows of the eclipses that the mission asks for, by key."""
    said, search = flight.mission.analysis.eclipse, flight.search
    found = {}
    for name in said.spacecraft if said else ():
        for body in said.bodies if said else ():
            path, model = flight.trajectories[name], flight.model
            umbra, penumbra = eclipse.events(path, body, model.almanac, model.span)
            for shadow, event in (("umbra", umbra), ("penumbra", penumbra)):
                found[f"eclipse.{name}.{body}.{shadow}"] = holding(
                    event, model.span, resolution=search.resolution, tolerance=search.tolerance
                )
    return found


def idle_constraints(flight: Flight) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the constraints of legs that hold throughout the span, and those that never do.

    Each by itself, whatever the others do: "link.surface/occultation:earth".
    """
    always, never = [], []
    search, span = flight.search, flight.model.span
    for key, leg in flight.legs.items():
        held = leg.constraint_windows(
            span, resolution=search.resolution, tolerance=search.tolerance
        )
        for cause, windows in held.items():
            if windows.count == 0:
                never.append(f"{key}/{cause}")
            elif not windows.gaps.count:
                always.append(f"{key}/{cause}")
    return tuple(always), tuple(never)
