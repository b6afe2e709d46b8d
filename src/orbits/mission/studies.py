"""What a mission asks of light and of service, beside its links, chains and eclipses."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orbits.geometry.relay import ChainResult
from orbits.geometry.rows import WindowRow, leg_rows, plain_rows
from orbits.mission.flight import Flight, Progress, silent
from orbits.mission.measure import Values
from orbits.mission.service import Service, service
from orbits.mission.sunlight import Light, light
from orbits.windows import Windows

KINDS = {"contact-plan": "contact"}
"""The kind of a row by the first word of its key, where that is another."""


@dataclass(frozen=True, eq=False, slots=True)
class Studies:
    """What was found of light and of service.

    Attributes
    ----------
    light : Light
    service : Service
    """

    light: Light = field(default_factory=Light)
    service: Service = field(default_factory=Service)

    @property
    def windows(self) -> dict[str, Windows]:
        """The windows of both by key, such as "night.change-6" or "access.camera"."""
        return {**self.light.windows, **self.service.windows}

    @property
    def values(self) -> Values:
        """The quantities of both by path."""
        return {**self.light.values, **self.service.values}

    def rows(self) -> dict[str, list[WindowRow]]:
        """Return the rows by key of ``windows``."""
        found = {}
        for key, held in self.windows.items():
            table, name, *_ = key.split(".")
            kind, leg = KINDS.get(table, table), self.service.legs.get(key)
            if leg is None:
                found[key] = plain_rows(kind, key, (name, ""), held)
                least = self.light.conjunctions.get(name, ()) if kind == "conjunction" else ()
                for i, one in enumerate(least):
                    found[key][i] = replace(found[key][i], min_sun_angle=one.least_angle)
            else:
                found[key] = [replace(row, kind=kind) for row in leg_rows(key, leg, held)]
        return found


def studies(
    flight: Flight,
    windows: Mapping[str, Windows],
    results: Mapping[str, ChainResult],
    *,
    progress: Progress = silent,
) -> Studies:
    """Return what the mission asks of light and of service.

    Parameters
    ----------
    windows, results
        Of links, chains and eclipses.
    """
    said = flight.mission.analysis
    if said.sun or said.contact_plan or said.latency or said.pointing or said.access:
        progress("looking at Sun and stations", 0.0)
    return Studies(light(flight, windows), service(flight, dict(windows), dict(results)))
