"""The radio of links: budgets in SI, what each leg carries, and its numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from astropy.units import Quantity
from numpy.typing import NDArray

from orbits import time, units
from orbits.constants import DAY
from orbits.geometry.link import (
    Budget,
    Flow,
    Loss,
    beamwidth,
    decibels,
    dish_gain,
    flow,
    pointing_loss,
)
from orbits.geometry.rows import WindowRow
from orbits.mission.flight import Flight
from orbits.mission.measure import whole_days
from orbits.mission.paths import VOLUMES
from orbits.mission.schema_link import BANDS, Antenna, LinkBudget, Receiver, Transmitter
from orbits.sites import Site
from orbits.windows import Windows, union

EFFICIENCY = 0.6  # of a dish, where the file states none


def _si(quantity: Quantity, kind: str) -> float:
    return float(units.si(quantity, kind))


def frequency(said: LinkBudget) -> float:
    """Return the carrier of a link, Hz; that of its band where it names the band alone."""
    if said.frequency is not None:
        return _si(said.frequency, "frequency")
    return units.parse_si(BANDS[str(said.band)], "frequency")


def _gain(end: Antenna, carrier: float) -> float:
    """Return the gain of an antenna, dBi, less the losses at it."""
    lost = _si(end.losses, "decibel")
    if end.pointing_loss is not None:
        lost += _si(end.pointing_loss, "decibel")
    if end.diameter is None:
        return (0.0 if end.gain is None else _si(end.gain, "decibel")) - lost
    diameter = _si(end.diameter, "length")
    if end.pointing_error is not None:
        error = _si(end.pointing_error, "angle")
        lost += pointing_loss(error, beamwidth(diameter, carrier))
    return dish_gain(diameter, carrier, end.efficiency or EFFICIENCY) - lost


def budget(said: LinkBudget, transmitter: Transmitter, receiver: Receiver) -> Budget:
    """Return the budget of one leg."""
    carrier = frequency(said)
    out, back = _gain(transmitter, carrier), _gain(receiver, carrier)
    if transmitter.eirp is not None:
        eirp = _si(transmitter.eirp, "power level") + out
    else:
        eirp = float(decibels(_si(transmitter.power, "power"))) + out  # type: ignore[arg-type]
    noise = receiver.noise_temperature
    temperature = None if noise is None else _si(noise, "temperature")
    if receiver.g_over_t is not None:
        merit = _si(receiver.g_over_t, "figure of merit") + back
    else:
        merit = back - float(decibels(temperature))  # type: ignore[arg-type]
    return Budget(
        carrier,
        eirp,
        merit,
        _si(said.losses, "decibel"),
        _si(said.required_eb_n0, "decibel") - _si(said.coding_gain, "decibel"),
        _si(said.reserve, "decibel"),
        tuple(_si(rate, "data rate") for rate in said.rates),
        temperature,
        said.adaptive,
    )


def budget_of(flight: Flight, key: str) -> Budget | None:
    """Return the budget of the leg ``key``, or None where its link states none."""
    said = flight.mission.link[key.split(".")[1]].budget
    if said is None:
        return None
    leg = flight.legs[key]
    sender = said.transmitters.get(leg.transmitter.name) or said.transmitter
    receiver = said.receivers.get(leg.receiver.name) or said.receiver
    if sender is None or receiver is None:
        return None  # the loader has refused such a file
    return budget(said, sender, receiver)


def loss_of(flight: Flight, key: str) -> Loss | None:
    """Return what the air takes on the leg ``key`` by elevation, or None without air.

    Raises
    ------
    DataError
        If the package itur is asked for and absent.
    """
    said = flight.mission.link[key.split(".")[1]].budget
    if said is None or said.atmosphere is None:
        return None
    from orbits.mission.attenuation import slant_loss

    leg = flight.legs[key]
    for node, ends in (
        (leg.transmitter, (said.transmitters, said.transmitter)),
        (leg.receiver, (said.receivers, said.receiver)),
    ):
        if isinstance(node.path, Site) and node.path.body == "earth":
            end = ends[0].get(node.name) or ends[1]
            dish = 1.0 if end is None or end.diameter is None else _si(end.diameter, "length")
            share = _si(said.atmosphere, "ratio")
            return slant_loss(node.path, frequency(said), share, dish)
    return None


def flows(flight: Flight, windows: Mapping[str, Windows]) -> dict[str, Flow]:
    """Return what each leg with a budget carries, by key of ``windows``."""
    search, found = flight.search, {}
    for key, leg in flight.legs.items():
        stated = budget_of(flight, key)
        if stated is not None:
            found[key] = flow(
                leg,
                windows[key],
                stated,
                loss=loss_of(flight, key),
                resolution=search.resolution,
                tolerance=search.tolerance,
            )
    return found


def filled(rows: list[WindowRow], found: Flow) -> list[WindowRow]:
    """Return the rows of a leg's windows with what each carries."""
    columns = (found.least_margin, found.lowest, found.highest, found.volume)
    return [
        replace(row, least_margin=margin, lowest_rate=low, highest_rate=high, volume=bits)
        for row, margin, low, high, bits in zip(
            rows, *(column.tolist() for column in columns), strict=True
        )
    ]


# -- numbers ------------------------------------------------------------------------------


def combined(parts: list[Flow]) -> tuple[Windows, ...]:
    """Return when a link uses each rate of its ladder: when any of its legs does."""
    return tuple(union(held) for held in zip(*(part.at_least for part in parts), strict=True))


def volumes(
    rates: NDArray[np.float64], at_least: tuple[Windows, ...], edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the bits between each two ``edges``, s, at the greatest rate that holds."""
    steps = np.diff(rates, prepend=0.0)
    totals = [step * held.totals(edges) for step, held in zip(steps, at_least, strict=True)]
    return np.sum(totals, axis=0)


def of_flows(parts: list[Flow]) -> dict[str, float | int | None]:
    """Return the values of ``paths.VOLUMES`` of one link; days are whole UTC days."""
    rates, held = parts[0].rates, combined(parts)
    span = parts[0].windows.span
    total = float(volumes(rates, held, np.array(span))[0])
    edges = whole_days(span)
    days = volumes(rates, held, edges) if edges.size else np.empty(0)
    margins = np.concatenate([part.least_margin for part in parts])
    values = {
        "volume": total / 1e9,
        "best_day_volume": float(days.max()) / 1e9 if days.size else None,
        "worst_day_volume": float(days.min()) / 1e9 if days.size else None,
        "mean_day_volume": float(days.mean()) / 1e9 if days.size else None,
        "min_margin": float(margins.min()) if margins.size else None,
    }
    return {key: values[key] for key in VOLUMES}


def by_link(found: Mapping[str, Flow]) -> dict[str, list[Flow]]:
    """Return the flows of the legs of each link, by the link's name."""
    links: dict[str, list[Flow]] = {}
    for key, one in found.items():
        links.setdefault(key.split(".")[1], []).append(one)
    return links


Ladder = tuple[NDArray[np.float64], tuple[Windows, ...]]
"""Rates, bit/s, and when each, or a greater one, is used."""


def ladders(found: Mapping[str, Flow]) -> dict[str, Ladder]:
    """Return what links and their legs use of their ladders, by key."""
    parts = {f"link.{name}": legs for name, legs in by_link(found).items()}
    parts |= {key: [one] for key, one in found.items()}
    return {key: (legs[0].rates, combined(legs)) for key, legs in parts.items()}


def daily(found: Mapping[str, Ladder]) -> list[dict[str, Any]]:
    """Return rows name, date_utc, volume_gbit of each, by whole UTC day."""
    rows = []
    for name, (rates, at_least) in sorted(found.items()):
        edges = whole_days(at_least[0].span)
        if edges.size:
            bits = volumes(rates, at_least, edges)
            dates = [str(time.utc_iso(t + 0.5 * DAY))[:10] for t in edges[:-1]]
            rows += [
                {"name": name, "date_utc": date, "volume_gbit": round(float(x) / 1e9, 9)}
                for date, x in zip(dates, bits, strict=True)
            ]
    return rows
