"""Terrain: the margin above a mask that is linear in azimuth between corners.

Where the line of sight crosses the azimuth of a corner, the slope of the margin jumps. The
search needs those instants, so the span is first cut into pieces, each of which is proven to
lie above the whole mask, below it, or within one segment of it. The azimuth of a corner at
``alpha`` is crossed where east cos(alpha) - north sin(alpha) vanishes, which is as smooth as
the line of sight itself and has the same bound on its second derivative.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orbits.events import Event
from orbits.geometry.horizon import Curvature, Horizon, spherical
from orbits.geometry.motion import Pair
from orbits.roots import bracketed_roots
from orbits.sites import Mask

Array = NDArray[np.float64]

ABOVE, BELOW, OPEN = -1, -2, -3
DAY = 86_400.0
# Crossings are found to the grain of t (0.1 us), in which a kink may lift the margin by 1 mm.
ALLOWANCE = 1e-3  # m
_GRAIN = 1e-7  # s


class Pieces(NamedTuple):
    """Consecutive pieces of a span: ``edges`` (n + 1,) s, and what each is proven to be.

    ``label`` (n,): a segment of the mask (its first corner), or ``ABOVE``, ``BELOW``, or
    ``OPEN`` for a piece too short to divide further.
    """

    edges: Array
    label: NDArray[np.int64]

    def at(self, t: Array) -> NDArray[np.int64]:
        """Return the label of the piece that holds each ``t``."""
        row = np.searchsorted(self.edges, t, "right") - 1
        return self.label[np.clip(row, 0, self.label.size - 1)]


@dataclass(frozen=True, eq=False, slots=True)
class Skyline:
    """A site's mask against the path of the other end over a span.

    Attributes
    ----------
    horizon : Horizon
    mask : Mask
    pair : Pair
    observer : (float, float, float)
        Bounds of the site's v/c and its derivatives.
    """

    horizon: Horizon
    mask: Mask
    pair: Pair
    observer: tuple[float, float, float]

    def margin(self, t: Array) -> Array:
        """Return ``up - sin(mask) * length``, m; (n,)."""
        local = self.horizon.local(t)
        azimuth, _, length = spherical(local)
        return local[:, 2] - np.sin(self.mask.at(azimuth)) * length

    def curvature(self, a: Array, b: Array) -> Curvature:
        """Return the bounds of the line of sight over each [a, b]."""
        return self.horizon.curvature(self.pair.between(a, b), self.observer)

    def pieces(self, start: Array, stop: Array, shortest: float) -> Pieces:
        """Return [start, stop] of consecutive intervals cut into proven pieces."""
        a, b = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
        at_a, at_b = self.horizon.local(a), self.horizon.local(b)
        edges: list[Array] = []
        labels: list[NDArray[np.int64]] = []
        while a.size:
            c = self.curvature(a, b)
            label, crossing, settled = self._judge(at_a, at_b, b - a, c)
            short = ~settled & (b - a <= shortest)
            label[short] = OPEN
            done = settled | short
            cut = settled & crossing.any(axis=1)
            plain = done & ~cut
            edges.append(a[plain])
            labels.append(label[plain])
            if cut.any():
                corner = np.argmax(crossing[cut], axis=1)
                parts = self._cut(a[cut], b[cut], at_a[cut], at_b[cut], corner)
                edges.append(parts.edges)
                labels.append(parts.label)
            a, b, at_a, at_b = a[~done], b[~done], at_a[~done], at_b[~done]
            middle = 0.5 * (a + b)
            between = self.horizon.local(middle)
            a, b = np.concatenate((a, middle)), np.concatenate((middle, b))
            at_a, at_b = np.concatenate((at_a, between)), np.concatenate((between, at_b))
        every, label = np.concatenate(edges), np.concatenate(labels)
        order = np.argsort(every)
        return Pieces(np.append(every[order], stop[-1]), label[order])

    def _judge(
        self, at_a: Array, at_b: Array, h: Array, c: Curvature
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Return for each interval its label, which corner it crosses, and if it is settled.

        One that crosses two corners is not settled. Labels of intervals that cross a corner
        or are not settled have no meaning yet.
        """
        label = np.full(h.size, OPEN)
        for which, extreme in (
            (ABOVE, self.mask.elevation.max()),
            (BELOW, self.mask.elevation.min()),
        ):
            sine = np.sin(extreme)
            bend = c.acceleration + (abs(sine) * c.stretch if sine else 0.0)
            sag = 0.125 * bend * h**2 + ALLOWANCE
            ends = np.stack([v[:, 2] - sine * np.linalg.norm(v, axis=1) for v in (at_a, at_b)])
            side = ends.min(axis=0) > sag if which == ABOVE else ends.max(axis=0) < -sag
            label[side & (label == OPEN)] = which
        sure = label != OPEN
        q_a, front_a = self._planes(at_a)
        q_b, front_b = self._planes(at_b)
        swing = (0.5 * c.acceleration * h**2)[:, None]
        grain = 1e-4  # m: the line of sight itself
        opposite = (q_a > 0.0) != (q_b > 0.0)
        lower = np.minimum(np.abs(q_a), np.abs(q_b))
        clear = ~opposite & (lower > 0.25 * swing + grain)
        clear |= np.maximum(front_a, front_b) < -0.25 * swing - grain
        single = np.abs(q_b - q_a) > swing + 2.0 * grain
        crossing = single & ~clear & opposite & ~sure[:, None]
        settled = sure | ((clear | single).all(axis=1) & (crossing.sum(axis=1) <= 1))
        whole = settled & ~sure & ~crossing.any(axis=1)
        label[whole] = self._segment(at_a[whole] + at_b[whole])
        return label, crossing, settled

    def _planes(self, local: Array) -> tuple[Array, Array]:
        """Return the distance across and along each corner's azimuth, m; two (n, k)."""
        east, north = local[:, :1], local[:, 1:2]
        sine, cosine = np.sin(self.mask.azimuth), np.cos(self.mask.azimuth)
        return east * cosine - north * sine, east * sine + north * cosine

    def _segment(self, local: Array) -> NDArray[np.int64]:
        """Return the first corner of the segment that holds each direction."""
        azimuth = spherical(local)[0]
        corners = self.mask.azimuth.size
        return (np.searchsorted(self.mask.azimuth, azimuth, "right") - 1) % corners

    def _cut(
        self, a: Array, b: Array, at_a: Array, at_b: Array, corner: NDArray[np.int64]
    ) -> Pieces:
        """Return the starts of the pieces of [a, b], each cut at its ``corner``, and labels."""
        order = np.argsort(a)
        a, b, corner = a[order], b[order], corner[order]
        rows = np.arange(a.size)
        ends = [self._planes(v[order])[0][rows, corner] for v in (at_a, at_b)]

        def across(t: Array) -> Array:
            which = corner[np.searchsorted(a, t, "right") - 1]
            return self._planes(self.horizon.local(t))[0][np.arange(t.size), which]

        root, _ = bracketed_roots(across, a, b, (ends[0], ends[1]), _GRAIN)
        start, stop = np.concatenate((a, root)), np.concatenate((root, b))
        kept = stop > start
        start, stop = start[kept], stop[kept]
        return Pieces(start, self._segment(self.horizon.local(0.5 * (start + stop))))

    def bound(self, pieces: Pieces, a: Array, b: Array) -> Array:
        """Return the bound on the margin's second derivative over each [a, b]; (n,).

        Zero on a piece proven to lie on one side of the mask: there is no edge in it. On an
        open piece, which the search does not divide, the slope L of the margin alone bounds
        its departure from the chord, L h / 2, as a second derivative of 4 L / h would.
        """
        middle = 0.5 * (a + b)
        label = pieces.at(middle)
        out = np.zeros_like(a)
        rows = np.flatnonzero((label >= 0) | (label == OPEN))
        if not rows.size:
            return out
        a, b, label = a[rows], b[rows], label[rows]
        c = self.curvature(a, b)
        seen = self.horizon.local(middle[rows])
        level = np.hypot(seen[:, 0], seen[:, 1]) - 0.5 * c.speed * (b - a)
        slope, sine = self._steepness(label)
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = np.where(level > 0.0, c.speed / level, np.inf)
            bend = np.where(level > 0.0, c.acceleration / level, np.inf) + turn**2
            tilt = np.where(slope > 0.0, slope * turn, 0.0)
            wave = np.where(slope > 0.0, slope * bend, 0.0)
            inside = (
                c.acceleration
                + np.where(sine > 0.0, sine * c.stretch, 0.0)
                + 2.0 * tilt * c.speed
                + c.farthest * (wave + sine * tilt**2)
            )
            steep = c.speed * (1.0 + sine) + c.farthest * tilt
        out[rows] = np.where(label == OPEN, 4.0 * steep / (b - a), inside)
        return out

    def _steepness(self, label: NDArray[np.int64]) -> tuple[Array, Array]:
        """Return the slope (rad/rad) and greatest sine of the segments; of all where open."""
        azimuth, elevation = self.mask.azimuth, self.mask.elevation
        width = np.diff(np.append(azimuth, azimuth[0] + 2.0 * np.pi))
        slope = np.abs(np.diff(np.append(elevation, elevation[0]))) / width
        high = np.abs(np.sin(elevation))
        sine = np.maximum(high, np.roll(high, -1))
        first = np.maximum(label, 0)
        is_open = label == OPEN
        return (
            np.where(is_open, slope.max(), slope[first]),
            np.where(is_open, sine.max(), sine[first]),
        )


def mask_event(
    horizon: Horizon, mask: Mask, span: tuple[float, float], cuts: Array, resolution: float
) -> Event:
    """Return "the other end stands above the site's mask".

    The margin is ``up - sin(mask) * length`` of the apparent vector, m. Azimuth and elevation
    are those that the site sees. No refraction. Where the motion of the other end is not
    bounded (a displaced path), no piece could be proven: the event is one without a bound.
    """
    skyline = Skyline(horizon, mask, horizon.pair(span), horizon.observer(span))
    inside = cuts[(cuts > span[0]) & (cuts < span[1])]
    notes = {"light_time": horizon.light_time, "refraction": "none", "terrain": "mask"}
    name = f"mask:{horizon.site.name}"
    instant = np.array([span[0], span[0] + _GRAIN])
    if not np.all(np.isfinite(skyline.curvature(instant[:1], instant[1:]).acceleration)):
        return Event(name, skyline.margin, None, inside, ALLOWANCE, notes)
    days = np.arange(span[0], span[1], 0.5 * DAY)
    marks = np.unique(np.concatenate((days, inside, [span[1]])))
    pieces = skyline.pieces(marks[:-1], marks[1:], resolution / 64.0)
    return Event(
        name,
        skyline.margin,
        lambda a, b: skyline.bound(pieces, a, b),
        pieces.edges,
        ALLOWANCE,
        notes,
    )
