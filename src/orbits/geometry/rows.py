"""Rows: what a table says of each window, beside its edges.

Extremes within a window are refined to the root of the derivative, not read off samples.
Rows are in SI units; the exports put units into the names.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from orbits.geometry.relay import Chain, ChainResult
from orbits.geometry.visibility import Leg
from orbits.roots import bracketed_roots
from orbits.windows import Windows

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

_STEP = 900.0  # s; longest time between the samples that bracket an extreme
_PARTS = 8  # least number of samples a window is divided by
_HALF = 0.5  # s; the derivative is a difference over twice this
_CLOSE = 1e-3  # s


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One window of a leg, a chain, an eclipse, or of what else an outcome looks for.

    Attributes
    ----------
    kind : str
        "leg", "chain", "eclipse", "night", "conjunction", "outage", "contact" or "access".
    name : str
        As in the outcome, such as "link.trunk.queqiao-2.kashi".
    transmitter, receiver, via : str
        First and last node, and the nodes between; "" where there are none. A chain's row
        names every last node that carries a part of it, in order, joined by " + ".
    start, stop : float, s
        TDB seconds past J2000, at reception.
    start_cause, stop_cause : str
    start_truncated, stop_truncated : bool
        Whether the span of the analysis cut the window.
    max_elevation, max_elevation_t : float or None, rad and s
        At the ground end; that of the sender's side where both ends of the row are sites.
    azimuth_start, azimuth_stop : float or None, rad
        From north, clockwise, at the same site.
    min_range, max_range : float or None, m
        Length of the light's way; along all legs of a chain.
    light_time_start : float or None, s
    start_sent, stop_sent : float or None, s
        When the signal of the edge left the first node.
    min_sun_angle : float or None, rad
        Between Sun and transmitter, at the (last) receiver.
    sunlit_fraction : float or None
        Part of the window in which the spacecraft sees the whole Sun.
    edge_tolerance : float, s
    start_error, stop_error : float or None, s
        Root sum of squares of the edge's budget.
    least_margin : float or None, dB
        Of the link's radio at the lowest rate of its ladder.
    lowest_rate, highest_rate : float or None, bit/s
        Used in the window.
    volume : float or None, bit
    """

    kind: str
    name: str
    transmitter: str
    receiver: str
    via: str
    start: float
    stop: float
    start_cause: str
    stop_cause: str
    start_truncated: bool
    stop_truncated: bool
    max_elevation: float | None = None
    max_elevation_t: float | None = None
    azimuth_start: float | None = None
    azimuth_stop: float | None = None
    min_range: float | None = None
    max_range: float | None = None
    light_time_start: float | None = None
    start_sent: float | None = None
    stop_sent: float | None = None
    min_sun_angle: float | None = None
    sunlit_fraction: float | None = None
    edge_tolerance: float = 0.0
    start_error: float | None = None
    stop_error: float | None = None
    least_margin: float | None = None
    lowest_rate: float | None = None
    highest_rate: float | None = None
    volume: float | None = None


def extremes(
    function: Function, start: Array, stop: Array, samples: tuple[Array, Array], sign: float
) -> tuple[Array, Array]:
    """Return the greatest (``sign`` 1) or least (-1) value in each window, and when; (n,) each.

    Parameters
    ----------
    function : (m,) times, s -> (m,) values
        Smooth within the windows.
    samples : (m,) times and (m,) values
        At least the two ends of each window; an extreme narrower than their distance may be
        missed.
    """
    t, values = samples[0], sign * samples[1]
    if not start.size:
        return np.empty(0), np.empty(0)
    first = np.searchsorted(t, start, "left")
    best = np.maximum.reduceat(values, first)
    home = np.searchsorted(start, t, "right") - 1
    at = np.flatnonzero(values == best[home])
    at = at[np.searchsorted(home[at], np.arange(start.size))]
    when = t[at]
    last = np.append(first[1:], t.size) - 1
    left = np.maximum(t[np.maximum(at - 1, first)], start + _HALF)
    right = np.minimum(t[np.minimum(at + 1, last)], stop - _HALF)
    rows = np.flatnonzero(left < right)

    def slope(x: Array) -> Array:
        both = sign * function(np.concatenate((x + _HALF, x - _HALF)))
        return both[: x.size] - both[x.size :]

    rise, fall = slope(left[rows]), slope(right[rows])
    inner = (rise > 0.0) & (fall <= 0.0)
    rows = rows[inner]
    if rows.size:
        roots, _ = bracketed_roots(
            slope, left[rows], right[rows], (rise[inner], fall[inner]), _CLOSE
        )
        peak = sign * function(roots)
        better = peak > best[rows]
        best[rows[better]], when[rows[better]] = peak[better], roots[better]
    return sign * best, when


def sample_times(windows: Windows) -> Array:
    """Return times that hold both ends of each window and divide it evenly; (m,), s."""
    parts = np.maximum(np.ceil(windows.durations / _STEP), _PARTS).astype(np.int64)
    size = parts + 1
    row = np.repeat(np.arange(windows.count), size)
    i = np.arange(row.size) - np.repeat(np.cumsum(size) - size, size)
    t = windows.start[row] + windows.durations[row] * (i / parts[row])
    return np.where(i == parts[row], windows.stop[row], t)


def plain_rows(
    kind: str, name: str, nodes: tuple[str, ...], windows: Windows
) -> list[WindowRow]:
    """Return rows with the edges and their causes alone.

    ``nodes`` are the first and the last, and those between; "" where there is none.
    """
    tolerance = windows.certificate.tolerance if windows.certificate else 0.0
    via = " > ".join(nodes[1:-1])
    return [
        WindowRow(kind, name, nodes[0], nodes[-1], via, *row, edge_tolerance=tolerance)
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


def _filled(rows: list[WindowRow], columns: dict[str, Array]) -> list[WindowRow]:
    lists = {name: column.tolist() for name, column in columns.items()}
    return [
        replace(row, **{name: values[i] for name, values in lists.items()})
        for i, row in enumerate(rows)
    ]


def _sunlit(windows: Windows, dark: Windows | None) -> dict[str, Array]:
    """Return the part of each window outside ``dark``, which must cover it."""
    if dark is None or not windows.count:
        return {}
    edges = np.stack((windows.start, windows.stop), axis=1).ravel()
    lost = dark.totals(edges)[::2]
    return {"sunlit_fraction": 1.0 - lost / windows.durations}


def _line(leg: Leg, span: Function, t: Array, windows: Windows) -> dict[str, Array]:
    """Return the columns of a leg seen at ``span(t)``, its own reception times."""
    columns: dict[str, Array] = {}
    start, stop = windows.start, windows.stop
    if leg.horizons:
        horizon = leg.horizon()
        samples = t, horizon.elevation(span(t))
        columns["max_elevation"], columns["max_elevation_t"] = extremes(
            lambda x: horizon.elevation(span(x)), start, stop, samples, 1.0
        )
        columns["azimuth_start"] = horizon.angles(span(start))[0]
        columns["azimuth_stop"] = horizon.angles(span(stop))[0]
    return columns


def _ranges(function: Function, t: Array, windows: Windows) -> dict[str, Array]:
    samples = t, function(t)
    ends = windows.start, windows.stop
    return {
        "min_range": extremes(function, *ends, samples, -1.0)[0],
        "max_range": extremes(function, *ends, samples, 1.0)[0],
    }


def leg_rows(
    name: str, leg: Leg, windows: Windows, dark: Windows | None = None
) -> list[WindowRow]:
    """Return the rows of a leg's windows.

    Parameters
    ----------
    name : str
        Of the leg in the outcome.
    dark : Windows, optional
        When the spacecraft is in any penumbra or umbra; must cover the windows' span.
    """
    nodes = leg.transmitter.name, leg.receiver.name
    rows = plain_rows("leg", name, nodes, windows)
    if not rows:
        return rows
    t = sample_times(windows)
    columns = _line(leg, lambda x: x, t, windows) | _ranges(leg.range, t, windows)
    columns |= _departure(leg.delay, windows)
    columns["min_sun_angle"] = _sun(leg, t, windows)
    return _filled(rows, columns | _sunlit(windows, dark))


def _departure(latency: Function, windows: Windows) -> dict[str, Array]:
    begin = latency(windows.start)
    return {
        "light_time_start": begin,
        "start_sent": windows.start - begin,
        "stop_sent": windows.stop - latency(windows.stop),
    }


def _sun(leg: Leg, t: Array, windows: Windows) -> Array:
    samples = t, leg.sun_angle(t)
    return extremes(leg.sun_angle, windows.start, windows.stop, samples, -1.0)[0]


def carrier_rows(
    name: str, chain: Chain, result: ChainResult, way: tuple[str, ...], windows: Windows,
    dark: Windows | None = None,
) -> list[WindowRow]:  # fmt: skip
    """Return the rows of ``windows`` for one way through a chain; kind "chain".

    Elevation and azimuths are those at the first site of the way.
    """
    rows = plain_rows("chain", name, way, windows)
    if not rows:
        return rows
    keys, legs = chain.keys(way), result.legs
    t = sample_times(windows)

    def path_length(x: Array) -> Array:
        at = chain.times(way, x, legs)[1:]
        return sum(
            (legs[key].range(when) for key, when in zip(keys, at, strict=True)),
            np.zeros(x.size),
        )

    def latency(x: Array) -> Array:
        return x - chain.times(way, x, legs)[0]

    columns = _ranges(path_length, t, windows) | _departure(latency, windows)
    for i, key in enumerate(keys):
        if legs[key].horizons:
            columns |= _line(
                legs[key], lambda x, i=i: chain.times(way, x, legs)[i + 1], t, windows
            )
            break
    columns["min_sun_angle"] = _sun(legs[keys[-1]], t, windows)
    return _filled(rows, columns | _sunlit(windows, dark))


def chain_rows(
    name: str, chain: Chain, result: ChainResult, dark: Windows | None = None
) -> list[WindowRow]:
    """Return the rows of a chain's windows, each from the stretches of its plan.

    Extremes are over all stretches, each seen along the way that carries it; azimuths, light
    time and sending times are those of the first and last stretch.
    """
    windows, plan = result.windows, result.plan
    begins = np.array([part.start for part in plan])
    parts: dict[int, WindowRow] = {}
    for way in dict.fromkeys(part.nodes for part in plan):
        index = [i for i, part in enumerate(plan) if part.nodes == way]
        start, stop = ([plan[i][k] for i in index] for k in (0, 1))
        # Stretches of one way never touch: the carrier in use stays until it closes.
        stretches = Windows(np.array(start), np.array(stop), windows.span)
        parts |= dict(
            zip(index, carrier_rows(name, chain, result, way, stretches, dark), strict=True)
        )
    rows = plain_rows("chain", name, chain.ways[0], windows) if chain.ways else []
    out = []
    for row in rows:
        first, last = np.searchsorted(begins, (row.start, row.stop), "left")
        out.append(_joined(row, [parts[i] for i in range(first, last)]))
    return out


def _joined(row: WindowRow, parts: list[WindowRow]) -> WindowRow:
    """Return ``row`` with what its consecutive ``parts`` say together."""

    def over(name: str, pick: Callable[[list[float]], float]) -> float | None:
        values = [value for part in parts if (value := getattr(part, name)) is not None]
        return pick(values) if values else None

    highest = max(
        (part for part in parts if part.max_elevation is not None),
        key=lambda part: part.max_elevation or 0.0,
        default=None,
    )
    lit = [
        (part.stop - part.start) * part.sunlit_fraction
        for part in parts
        if part.sunlit_fraction is not None
    ]
    return replace(
        row,
        receiver=" + ".join(dict.fromkeys(part.receiver for part in parts)),
        via=" + ".join(dict.fromkeys(part.via for part in parts)),
        max_elevation=highest.max_elevation if highest else None,
        max_elevation_t=highest.max_elevation_t if highest else None,
        azimuth_start=parts[0].azimuth_start,
        azimuth_stop=parts[-1].azimuth_stop,
        min_range=over("min_range", min),
        max_range=over("max_range", max),
        light_time_start=parts[0].light_time_start,
        start_sent=parts[0].start_sent,
        stop_sent=parts[-1].stop_sent,
        min_sun_angle=over("min_sun_angle", min),
        sunlit_fraction=sum(lit) / (row.stop - row.start) if lit else None,
    )


def eclipse_rows(name: str, spacecraft: str, windows: Windows) -> list[WindowRow]:
    """Return the rows of eclipse windows; causes and edges alone."""
    return plain_rows("eclipse", name, (spacecraft, ""), windows)
