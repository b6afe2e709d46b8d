"""Where a spacecraft is: one state, and the continuous trajectory that a propagator returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from orbits import notebook
from orbits.bodies import body
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.frames import Frame, Seen, transformed
from orbits.time import to_t
from orbits.units import si

if TYPE_CHECKING:
    from typing import Any

    from astropy.time import Time
    from astropy.units import Quantity

    from orbits.almanac import Almanac


@dataclass(frozen=True, eq=False, slots=True)
class State:
    """Position and velocity at one instant.

    Attributes
    ----------
    t : float, s
        TDB seconds past J2000.
    r, v : (3,) arrays, m and m/s
    frame : Frame
    mass : float, kg, or None
        Needed for thrust only.
    """

    t: float
    r: NDArray[np.float64]
    v: NDArray[np.float64]
    frame: Frame
    mass: float | None = None

    def __post_init__(self) -> None:
        for name in ("r", "v"):
            value = np.array(getattr(self, name), dtype=np.float64)
            if value.shape != (3,) or not all(map(isfinite, value.tolist())):
                raise ValueError(f"{name} must be three finite numbers, got {value}")
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        if not isfinite(self.t):
            raise ValueError(f"t must be finite, got {self.t}")
        if self.mass is not None and not (isfinite(self.mass) and self.mass > 0.0):
            raise ValueError(f"mass must be above zero, got {self.mass} kg")

    def _repr_html_(self) -> str:
        return notebook.of_state(self)

    def seen_in(self, frame: Frame, almanac: "Almanac") -> "State":
        """Return the same state in any other frame, rotating or not."""
        r, v = transformed(self.r, self.v, self.t, frame, self.frame, almanac)
        return State(self.t, r, v, frame, self.mass)

    @classmethod
    def many(
        cls, t: float, rows: NDArray[np.float64], frame: Frame, mass: float | None = None
    ) -> "list[State]":
        """Return the states of ``rows`` (n, 6; m and m/s) at one instant, checked at once."""
        if not len(rows):
            return []
        if not np.all(np.isfinite(rows)):
            raise ValueError("r and v must be finite in every row")
        first = cls(t, rows[0, :3], rows[0, 3:], frame, mass)
        held = np.array(rows, dtype=np.float64)
        held.setflags(write=False)
        made: list[State] = [first]
        assign = object.__setattr__
        for row in held[1:]:
            state = object.__new__(cls)
            assign(state, "t", t)
            assign(state, "r", row[:3])
            assign(state, "v", row[3:])
            assign(state, "frame", frame)
            assign(state, "mass", mass)
            made.append(state)
        return made

    def about(self, center: str, almanac: "Almanac") -> "State":
        """Return the same state about another centre, in the same axes (ICRF)."""
        here = self.frame.center
        if center == here:
            return self
        r = self.r + almanac.position(here, center, self.t)
        v = self.v + almanac.velocity(here, center, self.t)
        return State(self.t, r, v, Frame(center, self.frame.axes), self.mass)

    @classmethod
    def keplerian(  # noqa: PLR0913 - six elements are six
        cls,
        epoch: "Time",
        center: str,
        *,
        semi_major_axis: "Quantity",
        eccentricity: float,
        inclination: "Quantity",
        raan: "Quantity",
        argp: "Quantity",
        true_anomaly: "Quantity",
    ) -> "State":
        """Return the state of osculating elements in ICRF axes about ``center``.

        Parameters
        ----------
        epoch : Time
            Of any scale.
        semi_major_axis : Quantity
            A length; negative for a hyperbola.
        eccentricity : float
        inclination, raan, argp, true_anomaly : Quantity
            Angles; the plane of reference is the ICRF equator.

        Raises
        ------
        UnitsError
            For a bare number, with the fix.
        """
        elements = Elements(
            si(semi_major_axis, "length"),
            eccentricity,
            *(si(angle, "angle") for angle in (inclination, raan, argp, true_anomaly)),
        )
        r, v = keplerian_to_cartesian(elements, body(center).mu)
        return cls(float(to_t(epoch)), r, v, Frame(center, "ICRF"))


class Pieces(Protocol):
    """Consecutive polynomials: the integrator's own, or fitted ones."""

    @property
    def edges(self) -> NDArray[np.float64]:
        """Ends of the pieces (n + 1,), s, ascending."""
        ...

    def position(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions (n, 3), m, at ``t`` within the edges."""
        ...

    def velocity(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return velocities (n, 3), m/s."""
        ...

    def bounds(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on speed and acceleration over each interval [a, b]."""
        ...

    def joined(self, later: "Any") -> "Pieces":
        """Return these continued by ``later`` of the same kind."""
        ...


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A continuous path in ICRF axes about one centre, evaluated only inside its span.

    Attributes
    ----------
    frame : Frame
    pieces : Pieces
        The propagator's own interpolant.
    joins : (k,) array, s
        Instants inside the span at which velocity or force jumps (burns).
    provenance : dict
        What made it: integrator, tolerance, forces, degrees summed, steps.
    masses : (k, 2) array, s and kg
        Mass between these knots is linear; a jump has two of one instant. Empty: not known.
    """

    frame: Frame
    pieces: Pieces = field(repr=False)
    joins: NDArray[np.float64]
    provenance: "dict[str, Any]"
    masses: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))

    @property
    def span(self) -> tuple[float, float]:
        """First and last instant, TDB seconds past J2000."""
        return float(self.pieces.edges[0]), float(self.pieces.edges[-1])

    @property
    def t(self) -> NDArray[np.float64]:
        """Ends of the integration steps (n,), s."""
        return self.pieces.edges

    @property
    def r(self) -> NDArray[np.float64]:
        """Positions at ``t`` (n, 3), m."""
        return self.position(self.t)

    @property
    def v(self) -> NDArray[np.float64]:
        """Velocities at ``t`` (n, 3), m/s."""
        return self.velocity(self.t)

    def position(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return positions (n, 3) or (3,), m; ``ValueError`` outside the span."""
        times = self._checked(t)
        return self.pieces.position(times.reshape(-1)).reshape((*times.shape, 3))

    def velocity(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return velocities (n, 3) or (3,), m/s; ``ValueError`` outside the span."""
        times = self._checked(t)
        return self.pieces.velocity(times.reshape(-1)).reshape((*times.shape, 3))

    def state(self, t: float) -> State:
        """Return the state at one instant."""
        mass = float(self.mass(t)) if len(self.masses) else None
        return State(float(t), self.position(t), self.velocity(t), self.frame, mass)

    def _repr_html_(self) -> str:
        return notebook.of_trajectory(self)

    def seen_in(self, frame: Frame, almanac: "Almanac") -> Seen:
        """Return this path in any other frame, rotating or not: position(t), velocity(t)."""
        return Seen(self, frame, almanac)

    def mass(self, t: ArrayLike) -> NDArray[np.float64]:
        """Return the mass at ``t``, same shape, kg; at a jump the mass after it.

        Raises
        ------
        ValueError
            If the trajectory was started without a mass, or outside the span.
        """
        times = self._checked(t)
        if not len(self.masses):
            raise ValueError("this trajectory has no mass: give its first state one")
        knots, mass = self.masses.T
        after = np.clip(np.searchsorted(knots, times, side="right") - 1, 0, len(knots) - 2)
        length = knots[after + 1] - knots[after]
        share = np.where(
            length > 0.0, (times - knots[after]) / np.where(length, length, 1.0), 1.0
        )
        return mass[after] + share * (mass[after + 1] - mass[after])

    def bounds(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on speed (m/s) and acceleration (m/s2) over each interval [a, b]."""
        return self.pieces.bounds(
            np.ascontiguousarray(a, dtype=np.float64), np.ascontiguousarray(b, dtype=np.float64)
        )

    def _checked(self, t: ArrayLike) -> NDArray[np.float64]:
        times = np.ascontiguousarray(t, dtype=np.float64).reshape(np.shape(t))
        first, last = self.span
        if times.size and not (first <= times.min() and times.max() <= last):
            outside = times[~((times >= first) & (times <= last))]
            raise ValueError(
                f"the trajectory runs from t = {first:.3f} to {last:.3f} s past J2000 TDB; "
                f"{outside.size} of {times.size} times lie outside, first "
                f"{outside.flat[0]:.3f}: propagate over a longer span"
            )
        return times


@dataclass(frozen=True, eq=False)
class Mixed:
    """Consecutive pieces of several kinds as one function.

    ``parts`` each begin where the one before ends.
    """

    parts: tuple[Pieces, ...]

    @property
    def edges(self) -> NDArray[np.float64]:
        """Ends of the pieces (n + 1,), s, ascending."""
        first, *rest = (part.edges for part in self.parts)
        return np.concatenate([first, *(edges[1:] for edges in rest)])

    def joined(self, later: Pieces) -> "Mixed":
        """Return these continued by ``later``, of any kind."""
        *before, last = self.parts
        more = later.parts if isinstance(later, Mixed) else (later,)
        if type(last) is type(more[0]):
            return Mixed((*before, last.joined(more[0]), *more[1:]))
        return Mixed((*self.parts, *more))

    def position(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions (n, 3), m, at ``t`` within the edges."""
        return self._each(t, "position")

    def velocity(self, t: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return velocities (n, 3), m/s."""
        return self._each(t, "velocity")

    def bounds(
        self, a: NDArray[np.float64], b: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return bounds on speed and acceleration over each interval [a, b]."""
        speed, acceleration = np.zeros_like(a), np.zeros_like(a)
        first, last = self._part_of(a), self._part_of(b)
        for k, part in enumerate(self.parts):
            here = (first <= k) & (k <= last)
            low, high = np.maximum(a[here], part.edges[0]), np.minimum(b[here], part.edges[-1])
            own = part.bounds(low, high)
            speed[here] = np.maximum(speed[here], own[0])
            acceleration[here] = np.maximum(acceleration[here], own[1])
        return speed, acceleration

    def _each(self, t: NDArray[np.float64], what: str) -> NDArray[np.float64]:
        out, which = np.empty((len(t), 3)), self._part_of(t)
        for k, part in enumerate(self.parts):
            if np.any(which == k):
                out[which == k] = getattr(part, what)(np.ascontiguousarray(t[which == k]))
        return out

    def _part_of(self, t: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.searchsorted([part.edges[0] for part in self.parts[1:]], t, side="right")


def join(parts: Sequence[Trajectory]) -> Trajectory:
    """Return consecutive trajectories of one frame as one, with a join at each seam.

    Their pieces may be of several kinds; those about several centres are Patched.
    """
    first = parts[0]
    pieces = first.pieces
    for part in parts[1:]:
        if part.frame != first.frame:
            raise ValueError(f"cannot join trajectories in {first.frame} and {part.frame}")
        if part.span[0] != pieces.edges[-1]:
            raise ValueError(
                f"a part begins at t = {part.span[0]:.6f} s, the one before it ends at "
                f"{pieces.edges[-1]:.6f} s"
            )
        if type(pieces) is not type(part.pieces) and not isinstance(pieces, Mixed):
            pieces = Mixed((pieces,))
        pieces = pieces.joined(part.pieces)
    seams = [part.span[0] for part in parts[1:]]
    joins = np.unique(np.concatenate([*(part.joins for part in parts), seams]))
    masses = np.concatenate([part.masses for part in parts])
    if any(not len(part.masses) for part in parts):
        masses = np.zeros((0, 2))
    return Trajectory(first.frame, pieces, joins, first.provenance, masses)
