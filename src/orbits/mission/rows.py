"""The window tables of an outcome: a row for each window of each leg, link, chain, eclipse."""

from collections.abc import Mapping

from orbits.events import windows as holding
from orbits.geometry import eclipse
from orbits.geometry.relay import ChainResult
from orbits.geometry.rows import (
    WindowRow,
    carrier_rows,
    chain_rows,
    eclipse_rows,
    leg_rows,
)
from orbits.mission.flight import Flight
from orbits.windows import Windows, union

SHADOWS = ("earth", "moon")  # bodies that take the sunlight in the column sunlit_fraction


def window_rows(
    flight: Flight, windows: Mapping[str, Windows], results: Mapping[str, ChainResult]
) -> dict[str, list[WindowRow]]:
    """Return the rows by key of ``windows``, in its order."""
    dark = {name: _dark(flight, name) for name in flight.trajectories}

    def shade(nodes: tuple[str, ...]) -> Windows | None:
        return next((dark[name] for name in nodes if name in dark), None)

    found = {}
    for key, held in windows.items():
        table, name, *rest = key.split(".")
        if table == "eclipse":
            found[key] = eclipse_rows(key, name, held)
        elif key in flight.legs:
            leg = flight.legs[key]
            ends = (leg.transmitter.name, leg.receiver.name)
            found[key] = leg_rows(key, leg, held, shade(ends))
        elif table == "link":
            said = flight.mission.link[name]
            found[key] = _plain_rows(key, said.from_, said.to, held)
        elif rest:
            way, chain = tuple(rest), flight.chains[name]
            found[key] = carrier_rows(key, chain, results[name], way, held, shade(way))
        else:
            chain = flight.chains[name]
            shadow = shade(chain.ways[0]) if chain.ways else None
            found[key] = chain_rows(key, chain, results[name], shadow)
    return found


def _dark(flight: Flight, name: str) -> Windows:
    """Return when a spacecraft does not see the whole Sun."""
    model, search = flight.model, flight.search
    path = flight.trajectories[name]
    shades = []
    for body in SHADOWS:
        _, penumbra = eclipse.events(path, body, model.almanac, model.span)
        shades.append(
            holding(
                penumbra, model.span, resolution=search.resolution, tolerance=search.tolerance
            )
        )
    return union(shades)


def _plain_rows(key: str, start: str, end: str, windows: Windows) -> list[WindowRow]:
    """Return the rows of a link with groups: edges and causes; its members have the rest."""
    tolerance = windows.certificate.tolerance if windows.certificate else 0.0
    return [
        WindowRow("leg", key, start, end, "", *row, edge_tolerance=tolerance)
        for row in zip(
            windows.start.tolist(),
            windows.stop.tolist(),
            windows.start_cause,
            windows.stop_cause,
            windows.start_truncated.tolist(),
            windows.stop_truncated.tolist(),
            strict=True,
        )
    ]
