"""What a chain carries from end to end: at each instant its slowest link rules.

Nothing is stored on the way: a bit counts that every link with a radio passes on at once. Of
several ways the one with the greatest rate counts.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.geometry.link import Flow
from orbits.geometry.relay import ChainResult, snapped
from orbits.geometry.rows import WindowRow
from orbits.geometry.signal import reception
from orbits.mission.flight import Flight
from orbits.mission.measure import Values, whole_days
from orbits.mission.paths_studies import THROUGH
from orbits.mission.radio import volumes
from orbits.windows import Windows, intersection, union

Array = NDArray[np.float64]


class Through(NamedTuple):
    """What a chain carries.

    Attributes
    ----------
    windows : Windows
        Of the chain.
    rates : (k,) array, bit/s
        Those of all ladders, ascending.
    at_least : tuple of k Windows
        When each rate, or a greater one, gets through; at reception at the last node.
    """

    windows: Windows
    rates: Array
    at_least: tuple[Windows, ...]

    def volume(self, edges: Array) -> Array:
        """Return what is carried between each two ``edges`` (k + 1,), s; (k,) bit."""
        return volumes(self.rates, self.at_least, edges)


def throughputs(
    flight: Flight, results: Mapping[str, ChainResult], flows: Mapping[str, Flow]
) -> dict[str, Through]:
    """Return what each chain with a radio on any of its links carries, by its name."""
    found = {}
    for name, result in results.items():
        legs = {
            (leg_key.split(".")[1], leg.transmitter.name, leg.receiver.name): flows[leg_key]
            for leg_key, leg in flight.legs.items()
            if leg_key in flows
        }
        here = {key: flow for key, flow in legs.items() if key in result.legs}
        if here:
            found[name] = _through(flight, name, result, here)
    return found


def _through(
    flight: Flight, name: str, result: ChainResult, flows: Mapping[tuple, Flow]
) -> Through:
    chain, span = flight.chains[name], flight.model.span
    rates = np.unique(np.concatenate([flow.rates for flow in flows.values()]))
    at_least = []
    for rate in rates:
        ways = []
        for way, carried in result.carriers.items():
            keys, parts = chain.keys(way), [carried]
            ends = np.stack(chain.times(way, np.array(span), result.legs))[1:, 1]
            for i, key in enumerate(keys):
                if key in flows:
                    held = _fast(flows[key], float(rate))
                    parts.append(_arrived(held, float(ends[i]), keys[i + 1 :], result, span))
            ways.append(intersection(parts))
        at_least.append(union(ways) if ways else Windows.none(span))
    return Through(result.windows, rates, tuple(at_least))


def _fast(flow: Flow, rate: float) -> Windows:
    """Return when a leg uses ``rate``, bit/s, or a greater one."""
    rows = np.flatnonzero(flow.rates >= rate)
    return flow.at_least[rows[0]] if rows.size else Windows.none(flow.windows.span)


def _arrived(
    held: Windows, last: float, after: tuple, result: ChainResult, span: tuple[float, float]
) -> Windows:
    """Return windows at a leg's receiver as those at the chain's end, over the chain's span."""

    def arrival(t: Array) -> Array:
        for key in after:
            leg = result.legs[key]
            nodes = leg.transmitter.path, leg.receiver.path
            t = reception(*nodes, leg.almanac, t, leg.light_time)
        return t

    if not after:
        return held
    return snapped(held.clip((held.span[0], min(last, held.span[1]))).retimed(arrival), span)


def filled(rows: list[WindowRow], found: Through) -> list[WindowRow]:
    """Return the rows of a chain's windows with what each carries."""
    held = found.windows
    if not held.count:
        return rows
    edges = np.stack((held.start, held.stop), axis=1).ravel()
    share = np.array([one.totals(edges)[::2] for one in found.at_least])
    steps = np.diff(found.rates, prepend=0.0)[:, None]
    tolerance = held.certificate.tolerance if held.certificate else 0.0
    full = share >= held.durations - 4.0 * tolerance
    columns = (
        np.sum(steps * full, axis=0), np.sum(steps * (share > 0.0), axis=0),
        np.sum(steps * share, axis=0),
    )  # fmt: skip
    return [
        replace(row, lowest_rate=low, highest_rate=high, volume=bits)
        for row, low, high, bits in zip(rows, *(c.tolist() for c in columns), strict=True)
    ]


def of_through(found: Through) -> Values:
    """Return the values of ``paths_studies.THROUGH``; days are whole UTC days."""
    edges = whole_days(found.windows.span)
    days = found.volume(edges) / 1e9 if edges.size else np.empty(0)
    values: Values = {
        "volume": float(found.volume(np.array(found.windows.span))[0]) / 1e9,
        "best_day_volume": float(days.max()) if days.size else None,
        "worst_day_volume": float(days.min()) if days.size else None,
        "mean_day_volume": float(days.mean()) if days.size else None,
    }
    return {key: values[key] for key in THROUGH}
