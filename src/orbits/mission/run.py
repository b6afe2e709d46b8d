"""A mission run: trajectories, windows, eclipses, numbers, verdicts. Pure; writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orbits.almanac import Almanac
from orbits.geometry.coverage import Coverage
from orbits.geometry.link import Flow
from orbits.geometry.relay import Chain, ChainResult
from orbits.geometry.rows import WindowRow
from orbits.geometry.visibility import Leg
from orbits.mission import coverage, measure, network, radio, throughput
from orbits.mission.build import Model, Span
from orbits.mission.evidence import Evidence, evidence, with_errors
from orbits.mission.flight import (
    Flight,
    Progress,
    fly,
    idle_constraints,
    search_eclipses,
    search_windows,
    silent,
)
from orbits.mission.maintenance import of_maintenance
from orbits.mission.paths import VOLUMES, offered
from orbits.mission.paths_sequence import of_planes, of_sequence, sequence_quantities
from orbits.mission.paths_studies import study_quantities
from orbits.mission.provenance import provenance
from orbits.mission.requirements import Comparison, Stated, Verdict, compare, judge
from orbits.mission.rows import window_rows
from orbits.mission.schema import Mission
from orbits.mission.studies import Studies, studies
from orbits.mission.throughput import Through, throughputs
from orbits.sites import Site
from orbits.spacecraft import Spacecraft
from orbits.trajectory import Trajectory
from orbits.windows import Windows


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came out of a mission; the rows of ``quantities`` begin the edge units.

    Attributes
    ----------
    mission : Mission
    span : (float, float), s
        TDB seconds past J2000.
    almanac : Almanac
    spacecraft, sites, trajectories, chains, results : dicts by name
        ``results`` holds the ChainResult of each chain.
    legs, windows, rows : dicts by key
        Keys: "link.surface"; "link.trunk" and, of its members, "link.trunk.queqiao-2.kashi";
        "chain.far-side-relay" and, of its carriers, the same with the names of their nodes;
        "eclipse.queqiao-2.moon.umbra", "night.change-6", "conjunction.queqiao-2",
        "outage.trunk", "contact-plan.NAME.kashi.queqiao-2", "access.NAME".
    flows : dict of Flow
        What the legs with a radio carry, by key of ``legs``.
    throughputs : dict of Through
        What the chains with a radio carry, by their names.
    evidence : Evidence
        Budgets of the window edges and their scatter, where asked for.
    coverages : dict of Coverage
        By name of the analysis.
    studies : Studies
        Light and service: seasons, conjunctions, contact plans, latencies.
    quantities : dict of Stated
        By path.
    verdicts, comparisons, warnings : tuples
    never_active : tuple of str
        Constraints of legs that hold throughout: "link.surface/occultation:earth".
    provenance : dict
    """

    mission: Mission
    span: Span
    almanac: Almanac
    spacecraft: dict[str, Spacecraft]
    sites: dict[str, Site]
    trajectories: dict[str, Trajectory]
    chains: dict[str, Chain]
    results: dict[str, ChainResult]
    legs: dict[str, Leg]
    windows: dict[str, Windows]
    rows: dict[str, list[WindowRow]]
    flows: dict[str, Flow]
    throughputs: dict[str, Through]
    evidence: Evidence
    coverages: dict[str, Coverage]
    studies: Studies
    quantities: dict[str, Stated]
    verdicts: tuple[Verdict, ...]
    comparisons: tuple[Comparison, ...]
    warnings: tuple[str, ...]
    never_active: tuple[str, ...]
    provenance: dict[str, Any] = field(repr=False)

    @property
    def holds(self) -> bool:
        """Whether every requirement is met."""
        return all(verdict.holds for verdict in self.verdicts)

    @property
    def short(self) -> dict[str, int]:
        """How many windows of each chain were too short, by key of windows."""
        return {f"chain.{name}": result.short for name, result in self.results.items()}


def run(
    mission: Mission,
    *,
    folder: str | Path = ".",
    text: bytes | None = None,
    budget: bool = False,
    progress: Progress = silent,
) -> Outcome:
    """Return everything that the mission declares.

    Parameters
    ----------
    mission : Mission
    folder : path
        Where ephemeris files that the mission names lie.
    text : bytes, optional
        The mission file, for its checksum in the provenance.
    budget : bool
        Weigh the window edges also where the mission does not ask for it.
    progress : callable
        Called with a stage and the fraction of it that is done.

    Raises
    ------
    DataError
        If a kernel or table is missing or does not cover the mission.
    PropagationError, ConvergenceError
        If a spacecraft meets a surface, or a start is not found.
    """
    flight = fly(mission, folder=folder, progress=progress)
    model = flight.model
    windows, results = search_windows(flight, progress=progress)
    windows |= search_eclipses(flight)
    flows = radio.flows(flight, windows)
    never, nowhere = idle_constraints(flight)
    covered = coverage.coverages(flight, progress=progress)
    studied = studies(flight, windows, results, progress=progress)
    through = throughputs(flight, results, flows)
    stated = _stated(flight, windows, flows, covered, (studied, through))
    rows = window_rows(flight, windows, results)
    rows |= {key: radio.filled(rows[key], found) for key, found in flows.items()}
    for name, one in through.items():
        rows[f"chain.{name}"] = throughput.filled(rows[f"chain.{name}"], one)
    weighed = evidence(flight, windows, results, folder, budget=budget, progress=progress)
    rows |= with_errors(rows, windows, weighed) | studied.rows()
    remarks = (*_of_data(model), *_moved(model), *_remarks(flight, never, nowhere))
    remarks += weighed.remarks
    return Outcome(
        mission=mission,
        span=model.span,
        almanac=model.almanac,
        spacecraft={name: craft.spacecraft for name, craft in model.craft.items()},
        sites=model.sites,
        trajectories=flight.trajectories,
        chains=flight.chains,
        results=results,
        legs=flight.legs,
        windows=windows | studied.windows,
        rows=rows,
        flows=flows,
        throughputs=through,
        evidence=weighed,
        coverages=covered,
        studies=studied,
        quantities=stated,
        verdicts=tuple(judge(row, stated) for row in mission.requirement),
        comparisons=tuple(compare(row, stated) for row in mission.flown),
        warnings=remarks,
        never_active=never,
        provenance=provenance(text, mission.normalised(), data_of(flight)),
    )


def _remarks(flight: Flight, always: tuple[str, ...], never: tuple[str, ...]) -> list[str]:
    """Return warnings of constraints that the file states and that decide nothing, or all."""
    found = []
    for name in always:
        key, _, cause = name.partition("/")
        link = flight.mission.link[key.split(".")[1]]
        asked = (
            cause in ("max_range", "min_range", "sun_exclusion")
            or (cause.startswith("occultation:") and link.occulted_by is not None)
            or cause.startswith(("elevation:", "mask:"))
        )
        if asked:
            found.append(f"{name} is never active: it holds throughout the span")
    found += [f"{name} is never met: it closes the link throughout the span" for name in never]
    return found


def _of_data(model: Model) -> list[str]:
    of_craft = [text for craft in model.craft.values() for text in craft.warnings]
    return list(dict.fromkeys([*model.almanac.warnings, *of_craft]))


def _moved(model: Model) -> list[str]:
    return [
        f"the start of {name} has its periapsis {craft.periapsis_moved / 1e3:.3f} km higher "
        f"than the file says, so that min_altitude holds"
        for name, craft in model.craft.items()
        if craft.periapsis_moved
    ]


# -- numbers ------------------------------------------------------------------------------


def _stated(
    flight: Flight,
    windows: Mapping[str, Windows],
    flows: Mapping[str, Flow],
    covered: Mapping[str, Coverage],
    beside: tuple[Studies, Mapping[str, Through]],
) -> dict[str, Stated]:
    """Return every quantity that the mission offers, by path."""
    mission, model = flight.mission, flight.model
    values: measure.Values = {}
    for key, held in windows.items():
        values |= measure.named(
            key,
            measure.of_shadow(held) if key.startswith("eclipse.") else measure.of_windows(held),
        )
    for name, parts in radio.by_link(flows).items():
        values |= measure.named(f"link.{name}", radio.of_flows(parts))
    for name, found in covered.items():
        said = mission.analysis.coverage[name]
        values |= measure.named(f"coverage.{name}", coverage.of_coverage(found, said))
    for name, trajectory in flight.trajectories.items():
        craft = model.craft[name]
        path = f"spacecraft.{name}"
        values |= measure.named(path, measure.of_altitudes(trajectory, model.span))
        elements = measure.of_elements(
            trajectory, model.span, craft.mu, craft.frame, model.almanac
        )
        values |= measure.named(f"{path}.orbit", elements)
        values |= measure.named(path, of_maintenance(trajectory, model.span))
        if craft.sequenced is not None:
            held = craft.spacecraft.propellant or None
            values |= measure.named(path, of_sequence(craft.sequenced, model.almanac, held))
    values |= of_planes(flight)
    studied, through = beside
    values |= studied.values
    for name, one in through.items():
        values |= measure.named(f"chain.{name}", throughput.of_through(one))
    eclipses = mission.analysis.eclipse
    known = offered(
        mission.spacecraft,
        mission.link,
        mission.chain,
        dict.fromkeys(eclipses.spacecraft, eclipses.bodies) if eclipses else {},
        [name for name, link in mission.link.items() if link.budget is not None],
        covered,
    )
    known |= sequence_quantities(mission.normalised())
    known |= study_quantities(
        mission.normalised(), lambda name: list(network.members(mission, name))
    )
    doubtful = network.assumed_nodes(mission)

    def assumed(path: str) -> bool:
        key, _, word = path.rpartition(".")
        if key.startswith("spacecraft."):
            return key.split(".")[1] in doubtful
        if key.startswith("coverage."):
            return coverage.assumed(mission, key.split(".")[1])
        if path in studied.values:
            return network.assumed_windows(mission, key)
        guessed = word in VOLUMES and any(
            network.assumes(mission.link[link]) for link in _links(mission, key)
        )
        return guessed or network.assumed_windows(mission, key)

    return {
        path: Stated(path, values[path], unit, assumed(path)) for path, unit in known.items()
    }


def _links(mission: Mission, key: str) -> tuple[str, ...]:
    """Return the links behind the key of a link or a chain."""
    table, name, *_ = key.split(".")
    return mission.chain[name].links if table == "chain" else (name,)


def data_of(flight: Flight) -> dict[str, Any]:
    """Return what the numbers rest on: kernels, fields, integrations."""
    from orbits.forces.gravity import TABLES

    gravity = {
        name: {"table": TABLES[name], "degree": degree}
        for said in flight.mission.spacecraft.values()
        for name, degree in said.dynamics.gravity.items()
    }
    return {
        **flight.model.almanac.provenance(),
        "gravity": gravity,
        "trajectories": {name: path.provenance for name, path in flight.trajectories.items()},
    }
