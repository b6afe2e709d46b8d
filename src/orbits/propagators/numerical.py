"""Numerical propagation: forces chosen one by one, one compiled right-hand side."""

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from orbits import ephemeris
from orbits.almanac import Almanac
from orbits.bodies import body
from orbits.compiled import announce, mark_complete
from orbits.errors import OrbitsWarning, PropagationError
from orbits.forces.assembly import Forces, Thrusting, assemble
from orbits.forces.model import (
    DRAG,
    EARTH_FIELD,
    MOON_FIELD,
    MU,
    OTHERS,
    RELATIVITY,
    THRUST,
)
from orbits.forces.thrust import Thrust
from orbits.frames import Frame
from orbits.lanes import LANES
from orbits.propagators.contact import TERMS
from orbits.propagators.failures import failure
from orbits.propagators.integrate import (
    CALLS,
    DEGREE,
    DONE,
    DOP853,
    FLOOR,
    IMPACT,
    NOT_FINITE,
    REJECTED,
    RKN1210,
    SHADOW_EDGES,
    STEPS,
    STRUCK,
    integrate,
    integrate_each,
)
from orbits.propagators.integrate_lanes import integrate_lanes
from orbits.propagators.interpolant import Interpolant
from orbits.propagators.variations import Variations, variations
from orbits.trajectory import State, Trajectory

_COUNTS = ("steps", "rejected", "force_calls", "shadow_edges")
_ROUNDS = 8  # flights a lane, at least, that a thread takes at a time
_CHUNK = 2000  # steps between two looks at the clock, so that a run can be interrupted

Progress = Callable[[float], None]
Model = tuple[NDArray[np.float64], NDArray[np.float64]]  # see forces/model.py


@dataclass(frozen=True, eq=False, slots=True)
class Numerical:
    """A propagator of order 12 (8 where a force depends on velocity) under ``forces``.

    Attributes
    ----------
    almanac : Almanac
    forces : Forces
    tolerance : float
        Allowed error of a step relative to radius and speed.
    surfaces : bool
        Stop with an error where a surface is met.

    Warns
    -----
    OrbitsWarning
        If the density rests on space weather that was not measured.
    """

    almanac: Almanac
    forces: Forces
    tolerance: float = 1e-12
    surfaces: bool = True
    _models: "dict[tuple[str, float | None], Model]" = field(
        default_factory=dict, init=False, repr=False
    )

    def __post_init__(self) -> None:
        if not 1e-15 <= self.tolerance <= 1e-3:
            raise ValueError(f"tolerance must lie in 1e-15 to 1e-3, got {self.tolerance}")
        for message in self.forces.warnings(self.almanac):
            warnings.warn(message, OrbitsWarning, stacklevel=3)

    def model(
        self, center: str, mass: float | None = None, thrust: Thrusting | None = None
    ) -> Model:
        """Return the forces about ``center`` for the compiled code (forces/assembly.py).

        Those without thrust are kept: they do not change, and cost more than a short flight.
        """
        if thrust is not None:
            return assemble(self.forces, self.almanac, center, mass, thrust)
        if (center, mass) not in self._models:
            self._models[center, mass] = assemble(self.forces, self.almanac, center, mass)
        return self._models[center, mass]

    def burn(
        self,
        state: State,
        thrust: Thrust,
        duration: float,
        *,
        progress: Progress | None = None,
    ) -> Trajectory:
        """Return the powered arc of ``duration`` s from ``state``, which carries a mass.

        Raises
        ------
        ValueError
            Without a mass, or if the burn would use it all.
        PropagationError
            As for ``propagate``.
        """
        if state.mass is None:
            raise ValueError("a burn needs a state with a mass: State(..., mass=kg)")
        used = thrust.flow * duration
        if duration <= 0.0 or used >= state.mass:
            raise ValueError(
                f"a burn of {duration:g} s uses {used:.1f} kg of {state.mass:.1f} kg: "
                f"it must last longer than 0 s and shorter than "
                f"{state.mass / thrust.flow:.1f} s"
            )
        pieces, provenance = self._arc(state, state.t + duration, progress, thrust)
        masses = np.array([[state.t, state.mass], [state.t + duration, state.mass - used]])
        return Trajectory(state.frame, pieces, np.zeros(0), provenance, masses)

    def propagate(
        self, state: State, span: tuple[float, float], *, progress: Progress | None = None
    ) -> Trajectory:
        """Return the coasting trajectory through ``state`` over ``span``.

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
        masses = np.zeros((0, 2))
        if state.mass is not None:
            masses = np.array([[first, state.mass], [last, state.mass]])
        return Trajectory(state.frame, pieces, np.zeros(0), provenance, masses)

    def final(self, state: State, t: float) -> State:
        """Return the state at ``t`` alone; raises as ``propagate``."""
        end = self._ends((state.frame.center, state.mass), [state], t)[0]
        if isinstance(end, PropagationError):
            raise end
        return end

    def variations(
        self, state: State, t: float, parameters: tuple[str, ...] = ()
    ) -> Variations:
        """Return the state-transition matrix from ``state`` to ``t``, and more partials.

        Parameters
        ----------
        parameters : tuple of str
            "mu" (of the centre), "radiation", "drag", "thrust".
        """
        model = self.model(state.frame.center, state.mass)
        # The variational equations feel the velocity, and share the nodes of the trajectory.
        nodes, y, _, _ = self._steps(model, state, t, method=DOP853)
        return variations(model, nodes, y, parameters)

    def finals(
        self, states: Sequence[State], t: float, *, workers: int | None = None
    ) -> list[State | PropagationError]:
        """Return ``final`` of many states, on all cores; a failed one as its error.

        The results are those of one at a time, bit for bit: the compiled code releases the
        interpreter's lock, so that threads suffice.
        """
        kinds: dict[tuple[str, float | None], list[int]] = {}
        for i, state in enumerate(states):
            kinds.setdefault((state.frame.center, state.mass), []).append(i)
        workers = workers or os.cpu_count() or 1
        shares = []
        for kind, chosen in kinds.items():
            self.model(*kind)
            # Several shares a worker: one makes its states while another integrates.
            size = LANES * max(_ROUNDS, -(-len(chosen) // (4 * workers * LANES)))
            shares += [(kind, chosen[k : k + size]) for k in range(0, len(chosen), size)]
        found: list[State | PropagationError] = [*states]
        left = iter(shares)

        def work() -> None:
            for kind, some in left:
                ends = self._ends(kind, [states[i] for i in some], t)
                for i, end in zip(some, ends, strict=True):
                    found[i] = end

        if workers == 1:
            work()
            return found
        with ThreadPoolExecutor(workers - 1) as pool:
            jobs = [pool.submit(work) for _ in range(workers - 1)]
            work()
        for job in jobs:
            job.result()
        return found

    def _ends(
        self, kind: tuple[str, float | None], states: list[State], t: float
    ) -> list[State | PropagationError]:
        """Return the ends of states of one centre and mass."""
        center, mass = kind
        t0 = np.array([state.t for state in states])
        y0 = np.concatenate([part for s in states for part in (s.r, s.v)]).reshape(-1, 6)
        self._check(states, y0, t)
        m, table = self.model(center, mass)
        announce()
        h = np.copysign(_first_step(y0, m[MU]), t - t0)
        ends = np.empty((len(states), 9))
        surfaces = self._surfaces(center)
        if len(states) > 1 and _points_alone(m):
            integrate_lanes(m, table, *surfaces, t0, y0, t, h, self.tolerance, ends)
        else:
            method = _method(m)
            integrate_each(method, m, table, *surfaces, t0, y0, t, h, self.tolerance, ends)
        mark_complete()
        done = ends[:, 7] == DONE
        made = iter(State.many(t, ends[done, 1:7], Frame(center, "ICRF"), mass))
        return [
            next(made)
            if ended
            else failure(int(end[7]), end[0], end[1:7], int(end[8]), center, self.tolerance)
            for end, ended in zip(ends, done.tolist(), strict=True)
        ]

    def _arc(
        self,
        state: State,
        end: float,
        progress: Progress | None,
        thrust: Thrust | None = None,
    ):
        push = (thrust, state.t) if thrust is not None else None
        model = self.model(state.frame.center, state.mass, push)
        t, _, f, provenance = self._steps(model, state, end, progress, dense=True)
        return Interpolant.of_steps(t, f), provenance

    def _steps(
        self,
        model: Model,
        state: State,
        end: float,
        progress: Progress | None = None,
        *,
        dense: bool = False,
        method: int | None = None,
    ):
        """Return nodes, states, polynomials (where ``dense``) and provenance of one arc."""
        now, y0 = state.t, np.concatenate([state.r, state.v])
        self._check([state], y0[np.newaxis], end)
        m, table = model
        method = _method(m) if method is None else method
        surfaces, radii = self._surfaces(state.frame.center)
        announce()
        h = np.copysign(_first_step(y0, m[MU]), end - now)
        parts, steps, tally = [], 0, np.zeros(6, dtype=np.int64)
        while True:
            t, y = np.empty(_CHUNK + 1), np.empty((_CHUNK + 1, 6))
            f = np.empty((_CHUNK if dense else 1, TERMS, 6))
            t[0], y[0] = now, y0
            status, h = integrate(
                method, m, table, surfaces, radii, t, y, f, end, h, self.tolerance, tally
            )
            count = int(tally[STEPS])
            steps += count
            if status in (IMPACT, FLOOR, NOT_FINITE):
                at = count + 1 if status == IMPACT else count
                struck = int(tally[STRUCK])
                raise failure(status, t[at], y[at], struck, state.frame.center, self.tolerance)
            parts.append((t[: count + 1], y[: count + 1], f[:count]))
            if progress is not None:
                progress((t[count] - state.t) / (end - state.t))
            if status == DONE:
                break
            now, y0 = t[count], y[count]
        mark_complete()
        air = self.forces.air(self.almanac)
        t = np.concatenate([parts[0][0], *(part[0][1:] for part in parts[1:])])
        y = np.concatenate([parts[0][1], *(part[1][1:] for part in parts[1:])])
        f = np.concatenate([part[2] for part in parts])
        return (
            t,
            y,
            f,
            {
                "integrator": "RKN12(10)" if method == RKN1210 else "DOP853",
                "tolerance": self.tolerance,
                "steps": steps,
                "rejected": int(tally[REJECTED]),
                "force_calls": int(tally[CALLS]),
                "degree_summed": int(tally[DEGREE]),
                "shadow_edges": int(tally[SHADOW_EDGES]),
                **({"atmosphere": air.provenance} if air else {}),
            },
        )

    def _surfaces(self, center: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        return _surfaces((center, *self.forces.third_bodies) if self.surfaces else ())

    def _check(self, states: Sequence[State], y0: NDArray[np.float64], end: float) -> None:
        """Raise unless states of one centre (``y0`` as an array) may start; all or none."""
        axes = {state.frame.axes for state in states} - {"ICRF"}
        if axes:
            raise ValueError(f"a state in ICRF axes is needed, got {axes.pop()}")
        self.almanac.ephemeris.check([*(state.t for state in states), end])
        center = body(states[0].frame.center)
        heights = np.sqrt((y0[:, :3] ** 2).sum(axis=1)) - center.polar_radius
        lowest = int(np.argmin(heights))
        if self.surfaces and heights[lowest] <= 0.0:
            raise PropagationError(
                f"the start lies {-heights[lowest] / 1000:.3f} km below the surface of the "
                f"{center.name}: start beyond {center.polar_radius / 1000:.1f} km of it",
                kind="impact",
                t=states[lowest].t,
                r=states[lowest].r,
                body=center.name,
            )


@cache
def _surfaces(names: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows of bodies that stop a flight, and their radii, m."""
    once = dict.fromkeys(names)
    rows = np.array([ephemeris.ROW[name] for name in once], dtype=np.int64)
    return rows, np.array([body(name).polar_radius for name in once])


def _method(m: NDArray[np.float64]) -> int:
    """Return the method for a model: the faster one needs forces that do not feel velocity."""
    feels = m[DRAG] > 0.0 or m[RELATIVITY] > 0.0 or m[THRUST] > 0.0
    return DOP853 if feels else RKN1210


def _points_alone(m: NDArray[np.float64]) -> bool:
    """Return whether a model has no force but the gravity of point masses."""
    return m[MOON_FIELD] == m[EARTH_FIELD] == m[OTHERS] == 0.0


def _first_step(y: NDArray[np.float64], mu: float) -> NDArray[np.float64]:
    """Return a first step to try from states (..., 6): 1/600 of a circular revolution."""
    return 0.01 * np.sqrt(np.linalg.norm(y[..., :3], axis=-1) ** 3 / mu)
