"""Numerical propagation: forces chosen one by one, one compiled right-hand side."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orbits import ephemeris
from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.compiled import announce, mark_complete
from orbits.errors import PropagationError
from orbits.forces.gravity import Field
from orbits.forces.model import (
    CENTER,
    EARTH_TIDE,
    MOON_TIDE,
    MU,
    RADIATION,
    RELATIVITY,
    Acting,
    pack_model,
)
from orbits.forces.tides import K2
from orbits.propagators.dop853 import (
    CALLS,
    DEGREE,
    DONE,
    FLOOR,
    IMPACT,
    NOT_FINITE,
    REJECTED,
    SHADOW_EDGES,
    STEPS,
    STRUCK,
    integrate,
)
from orbits.propagators.interpolant import Interpolant
from orbits.propagators.variations import Variations, variations
from orbits.time import utc_iso
from orbits.trajectory import State, Trajectory

_COUNTS = ("steps", "rejected", "force_calls", "shadow_edges")
_CHUNK = 2000  # steps between two looks at the clock, so that a run can be interrupted

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False, slots=True)
class Forces:
    """What acts on a spacecraft besides the point mass of the centre.

    Attributes
    ----------
    third_bodies : tuple of str
        Bodies that act as point masses; the centre is left out by itself.
    fields : dict
        Spherical harmonics by body ("moon", "earth"); see ``forces.gravity.field``.
    radiation : float, m2/kg
        Cr A / m of the radiation pressure; 0 for none.
    shadows : tuple of str
        Bodies that shade the spacecraft.
    relativity : bool
        The Schwarzschild term of the centre.
    tides : bool
        Solid tides of degree 2 of the centre, Earth or Moon.
    mu : dict
        Gravitational parameters, m3/s2, that replace the package's own, by body.
    """

    third_bodies: tuple[str, ...] = ("earth", "moon", "sun")
    fields: "dict[str, Field]" = None  # pyright: ignore[reportAssignmentType]
    radiation: float = 0.0
    shadows: tuple[str, ...] = ("earth", "moon")
    relativity: bool = False
    tides: bool = False
    mu: "dict[str, float]" = None  # pyright: ignore[reportAssignmentType]

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", dict(self.fields or {}))
        object.__setattr__(self, "mu", dict(self.mu or {}))
        unknown = set(self.fields) - {"earth", "moon"}
        if unknown:
            raise ValueError(
                f"no gravity field for {sorted(unknown)}: only earth and moon have one"
            )
        if not (np.isfinite(self.radiation) and self.radiation >= 0.0):
            raise ValueError(f"Cr A / m must be zero or more, got {self.radiation} m2/kg")

    def mu_of(self, name: str) -> float:
        """Return a body's gravitational parameter (of its field, where it has one), m3/s2."""
        if name in self.mu:
            return self.mu[name]
        return self.fields[name].gm if name in self.fields else body(name).mu


@dataclass(frozen=True, eq=False, slots=True)
class Numerical:
    """A propagator: DOP853 at a relative ``tolerance`` under ``forces``.

    Attributes
    ----------
    almanac : Almanac
    forces : Forces
    tolerance : float
        Allowed error of a step relative to radius and speed.
    surfaces : bool
        Stop with an error where a surface is met.
    """

    almanac: Almanac
    forces: Forces
    tolerance: float = 1e-12
    surfaces: bool = True

    def __post_init__(self) -> None:
        if not 1e-15 <= self.tolerance <= 1e-3:
            raise ValueError(f"tolerance must lie in 1e-15 to 1e-3, got {self.tolerance}")

    def model(self, center: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return these forces about ``center`` for the compiled code (forces/model.py)."""
        forces, almanac = self.forces, self.almanac
        lit = forces.radiation > 0.0
        pulling = dict.fromkeys((*forces.third_bodies, *forces.fields))
        placed = dict.fromkeys((*pulling, *(("sun", *forces.shadows) if lit else ())))
        acting = [
            Acting(
                ephemeris.ROW[name],
                forces.mu_of(name) if name in pulling and name != center else 0.0,
                lit and name in forces.shadows,
                body(name).radius,
            )
            for name in placed
        ]
        head = {
            CENTER: ephemeris.ROW[center],
            MU: forces.mu_of(center),
            RADIATION: forces.radiation,
            RELATIVITY: float(forces.relativity),
            MOON_TIDE: K2["moon"] if forces.tides and center == "moon" else 0.0,
            EARTH_TIDE: K2["earth"] if forces.tides and center == "earth" else 0.0,
        }
        series = [
            (sky.buffer, sky.table) for sky in (almanac.ephemeris, almanac.moon, almanac.earth)
        ]
        fields = {ephemeris.ROW[name]: field for name, field in forces.fields.items()}
        return pack_model(series, head, acting, fields)

    def propagate(
        self, state: State, span: tuple[float, float], *, progress: Progress | None = None
    ) -> Trajectory:
        """Return the trajectory through ``state`` over ``span``.

        Parameters
        ----------
        state : State
            In ICRF axes; its ``t`` may lie anywhere in or beside the span.
        span : (float, float), s
            Earlier and later end, TDB seconds past J2000.
        progress : callable
            Called with the fraction done, between chunks of steps.

        Raises
        ------
        PropagationError
            At a surface (``kind`` "impact"), when the step falls below its floor ("floor"),
            or when the state is no longer finite ("not-finite").
        DataError
            If the almanac does not cover the way.
        """
        first, last = span
        if not first < last:
            raise ValueError(f"span must run forward, got {first} to {last} s past J2000 TDB")
        if not first <= state.t <= last:
            state = self.final(state, first if state.t < first else last)
        ends = [end for end in span if end != state.t]
        pieces, provenance = self._arc(state, ends[0], progress)
        for end in ends[1:]:
            later, counts = self._arc(state, end, progress)
            pieces = pieces.joined(later)
            provenance = {**provenance, **{k: provenance[k] + counts[k] for k in _COUNTS}}
        return Trajectory(state.frame, pieces, np.zeros(0), provenance)

    def final(self, state: State, t: float) -> State:
        """Return the state at ``t`` alone; without dense output it costs a fifth less."""
        t_nodes, y, _, _ = self._steps(state, t, None, dense=False)
        return State(float(t_nodes[-1]), y[-1, :3], y[-1, 3:], state.frame)

    def variations(
        self, state: State, t: float, parameters: tuple[str, ...] = ()
    ) -> Variations:
        """Return the state-transition matrix from ``state`` to ``t``, and more partials.

        Parameters
        ----------
        parameters : tuple of str
            "mu" (of the centre), "radiation", "thrust".
        """
        nodes, y, _, _ = self._steps(state, t, None, dense=False)
        return variations(self.model(state.frame.center), nodes, y, parameters)

    def finals(
        self, states: Sequence[State], t: float, *, workers: int | None = None
    ) -> list[State | PropagationError]:
        """Return ``final`` of many states, on all cores; a failed one as its error.

        The results are those of one at a time, bit for bit: the compiled code releases the
        interpreter's lock, so that threads suffice.
        """

        def one(state: State) -> State | PropagationError:
            try:
                return self.final(state, t)
            except PropagationError as error:
                return error

        with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            return list(pool.map(one, states))

    def _arc(self, state: State, end: float, progress: Progress | None):
        t, y, f, provenance = self._steps(state, end, progress, dense=True)
        return Interpolant.of_steps(t, y, f), provenance

    def _steps(self, state: State, end: float, progress: Progress | None, *, dense: bool):
        self._check(state, end)
        center = state.frame.center
        m, table = self.model(center)
        surfaces, radii = self._surfaces(center)
        announce()
        now, y0 = state.t, np.concatenate([state.r, state.v])
        h = np.copysign(0.01 * np.sqrt(np.linalg.norm(state.r) ** 3 / m[MU]), end - now)
        parts, steps, tally = [], 0, np.zeros(6, dtype=np.int64)
        while True:
            t, y = np.empty(_CHUNK + 1), np.empty((_CHUNK + 1, 6))
            f = np.empty((_CHUNK if dense else 1, 7, 6))
            t[0], y[0] = now, y0
            status, h = integrate(
                m, table, surfaces, radii, t, y, f, end, h, self.tolerance, tally
            )
            count = int(tally[STEPS])
            steps += count
            if status in (IMPACT, FLOOR, NOT_FINITE):
                at = count + 1 if status == IMPACT else count
                raise self._failure(status, t[at], y[at], int(tally[STRUCK]), center)
            parts.append((t[: count + 1], y[: count + 1], f[:count]))
            if progress is not None:
                progress((t[count] - state.t) / (end - state.t))
            if status == DONE:
                break
            now, y0 = t[count], y[count]
        mark_complete()
        t = np.concatenate([parts[0][0], *(part[0][1:] for part in parts[1:])])
        y = np.concatenate([parts[0][1], *(part[1][1:] for part in parts[1:])])
        f = np.concatenate([part[2] for part in parts])
        return (
            t,
            y,
            f,
            {
                "integrator": "DOP853",
                "tolerance": self.tolerance,
                "steps": steps,
                "rejected": int(tally[REJECTED]),
                "force_calls": int(tally[CALLS]),
                "degree_summed": int(tally[DEGREE]),
                "shadow_edges": int(tally[SHADOW_EDGES]),
            },
        )

    def _surfaces(self, center: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        names = [center, *(n for n in self.forces.third_bodies if n != center)]
        if not self.surfaces:
            names = []
        rows = np.array([ephemeris.ROW[name] for name in names], dtype=np.int64)
        return rows, np.array([body(name).polar_radius for name in names])

    def _check(self, state: State, end: float) -> None:
        if state.frame.axes != "ICRF":
            raise ValueError(f"a state in ICRF axes is needed, got {state.frame.axes}")
        self.almanac.ephemeris.check(np.array([state.t, end]))
        center = body(state.frame.center)
        height = float(np.linalg.norm(state.r)) - center.polar_radius
        if self.surfaces and height <= 0.0:
            raise PropagationError(
                f"the start lies {-height / 1000:.3f} km below the surface of the "
                f"{center.name}: start beyond {center.polar_radius / 1000:.1f} km of it",
                kind="impact",
                t=state.t,
                r=tuple(state.r),
                body=center.name,
            )

    def _failure(self, status, when, y, struck, center) -> PropagationError:
        when, r = float(when), y[:3]
        date = utc_iso(when)
        place = f"r = ({r[0] / 1e3:.3f}, {r[1] / 1e3:.3f}, {r[2] / 1e3:.3f}) km"
        place += f" from the {center} (ICRF)"
        facts: dict[str, Any] = {"t": when, "r": tuple(float(x) for x in r)}
        if status == IMPACT:
            name = ephemeris.NAMES[struck]
            return PropagationError(
                f"the trajectory meets the surface of the {name} at {date}, {place}: "
                f"raise its lowest altitude, or stop before",
                kind="impact",
                body=name,
                **facts,
            )
        if status == FLOOR:
            return PropagationError(
                f"the integration step fell below 10 us at {date}, {place}: "
                f"loosen the tolerance ({self.tolerance:g}), or stop before",
                kind="floor",
                **facts,
            )
        return PropagationError(
            f"the state is no longer finite at {date}, {place}: check the start",
            kind="not-finite",
            **facts,
        )
