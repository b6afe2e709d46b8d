"""heyoka: Taylor series of the equations, compiled before the first run.

Bodies and axes come as power series in records of a day, fitted to the almanac's; their
coefficients are parameters of the equations, which are set again at each midnight. The edges of
a shadow are not analytic, and the time of compilation is given apart from that of the runs.
"""

import copy
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version as installed
from itertools import pairwise

import heyoka as hy
import numpy as np
from cases import Case
from kernels import Kernels
from numpy.polynomial import chebyshev

from orbits.bodies import BODIES
from orbits.constants import DAY
from orbits.forces.gravity import field

hy.llvm_state.set_diskcache_enabled(False)  # so that the first run shows the compilation

NAME = "heyoka, Taylor"
LADDER = (1e-12, 1e-14, 1e-16)
TERMS = 10  # of a series over a day
SPIN = 7.292115e-5  # rad/s, nominal: what is left of the Earth's turn hardly changes in a day


def version() -> str:
    return installed("heyoka")


def refusal(case: Case) -> str | None:
    if case.radiation or case.drag:
        return "a Taylor series cannot cross the edge of a shadow"
    if case.samples and case.field:
        return "0.1 s a run and 5 s of compilation: too slow to repeat"
    return None


class _Series:
    """Power series in the time of a record whose coefficients are parameters."""

    def __init__(self) -> None:
        self.count = 0
        tau = hy.time * (2.0 / DAY)
        self.powers = [hy.expression(1.0), tau]
        for k in range(2, TERMS):
            self.powers.append(self.powers[k // 2] * self.powers[k - k // 2])

    def one(self) -> hy.expression:
        first = self.count
        self.count += TERMS
        terms = [hy.par[first + k] * power for k, power in enumerate(self.powers)]
        return hy.sum(terms)

    def vector(self) -> list:
        return [self.one() for _ in range(3)]


def _dot(a, b):
    return hy.sum([p * q for p, q in zip(a, b, strict=True)])


def equations(case: Case) -> tuple[list, int]:
    """Return the system and the number of its parameters."""
    r, v = hy.make_vars("x", "y", "z"), hy.make_vars("vx", "vy", "vz")
    series = _Series()
    pull = _dot(r, r) ** -1.5
    a = [-case.mu * c * pull for c in r]
    for name in case.third_bodies:
        place = series.vector()
        away = [p - c for p, c in zip(place, r, strict=True)]
        near, far = _dot(away, away) ** -1.5, _dot(place, place) ** -1.5
        mu = BODIES[name].mu
        a = [q + mu * (d * near - p * far) for q, d, p in zip(a, away, place, strict=True)]
    if case.field:
        a = _with_field(case, a, r, series)
    pairs = list(zip((*r, *v), (*v, *a), strict=True))
    return pairs, series.count


def _with_field(case: Case, a: list, r: list, series: _Series) -> list:
    name, degree = case.field
    gravity = field(name, degree)
    matrix = [series.vector() for _ in range(3)]
    if case.center == "earth":
        # The day's turn as an angle, between two matrices that hardly change.
        angle, wobble = series.one(), [series.vector() for _ in range(3)]
        cosine, sine = hy.cos(angle), hy.sin(angle)
        p, q, s = matrix
        turned = [
            [cosine * g + sine * h for g, h in zip(p, q, strict=True)],
            [cosine * h - sine * g for g, h in zip(p, q, strict=True)],
            s,
        ]
        columns = list(zip(*turned, strict=True))
        matrix = [[_dot(row, column) for column in columns] for row in wobble]
    fixed = [_dot(row, r) for row in matrix]
    terms = [[0.0, 0.0]] * 3 + [
        [float(gravity.c[n, m]), float(gravity.s[n, m])]
        for n in range(2, degree + 1)
        for m in range(n + 1)
    ]
    g = hy.model.sh_gravity_acc(fixed, terms, gravity.gm, gravity.radius)
    columns = zip(*matrix, strict=True)
    return [old + _dot(column, g) for old, column in zip(a, columns, strict=True)]


def records(case: Case, kernels: Kernels) -> list[tuple[float, float, np.ndarray]]:
    """Return start, stop and parameters of each record (UTC days about the Earth)."""
    sky = kernels.almanac
    cuts = [case.start + k * DAY for k in range(int(case.duration / DAY) + 1)]
    if case.center == "earth" and case.field:
        cuts = [case.start, *sky.day_cuts(case.start, case.stop), case.stop]
    points = np.cos((np.arange(TERMS) + 0.5) * np.pi / TERMS)
    to_series = np.linalg.inv(chebyshev.chebvander(points, TERMS - 1))
    to_powers = np.zeros((TERMS, TERMS))
    for k in range(TERMS):
        to_powers[: k + 1, k] = chebyshev.cheb2poly(np.eye(TERMS)[k])[: k + 1]
    fit = to_powers @ to_series
    found = []
    for first, last in pairwise(cuts):
        middle = 0.5 * (first + last)
        t = middle + 0.5 * DAY * points  # a record's series reaches half a day to each side
        values = np.concatenate(_values(case, sky, t, middle), axis=1)
        found.append((first - middle, last - middle, (fit @ values).T.ravel()))
    return found


def _values(case: Case, sky, t: np.ndarray, middle: float) -> list[np.ndarray]:
    parts = [sky.position(name, case.center, t) for name in case.third_bodies]
    if not case.field:
        return parts
    if case.center == "moon":
        return [*parts, sky.rotation("MOON_PA", "ICRF", t).reshape(-1, 9)]
    angle = SPIN * (t - middle)
    pole = sky.earth.pole_of_rotation(t)
    c, s, z = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    back = np.array([[c, -s, z], [s, c, z], [z, z, z + 1.0]]).transpose(2, 0, 1)
    wobble = sky.rotation("ITRF", "ICRF", t) @ np.swapaxes(pole, 1, 2)
    slow = (back @ pole).reshape(-1, 9)
    return [*parts, slow, angle[:, np.newaxis], wobble.reshape(-1, 9)]


def prepare(case: Case, tolerance: float, kernels: Kernels, cores: int):
    system, count = equations(case)
    table = records(case, kernels)
    if case.samples:
        return _batch(case, (system, count), table, tolerance, cores)
    flight = hy.taylor_adaptive(
        system,
        [0.0] * 6,
        tol=tolerance,
        compact_mode=case.field is not None,
        pars=[0.0] * count,
    )

    def run() -> np.ndarray:
        flight.state[:] = case.states[0]
        for first, last, parameters in table:
            flight.pars[:] = parameters
            flight.time = first
            flight.propagate_until(last)
        return flight.state[np.newaxis, :3].copy()

    return run


def _batch(case: Case, model: tuple[list, int], table, tolerance: float, cores: int):
    """Run eight samples at a time in the lanes of one register, on each core its share."""
    lanes = hy.recommended_simd_size()
    system, count = model
    first = hy.taylor_adaptive_batch(
        system, np.zeros((6, lanes)), tol=tolerance, pars=np.zeros((count, lanes))
    )
    flights = [copy.copy(first) for _ in range(cores)]
    shares = np.array_split(case.states.reshape(-1, lanes, 6), cores)

    def share(flight, states) -> list[np.ndarray]:
        ends = []
        for eight in states:
            flight.state[:] = eight.T
            for begin, end, parameters in table:
                flight.pars[:] = parameters[:, np.newaxis]
                flight.set_time(begin)
                flight.propagate_until(end)
            ends.append(flight.state[:3].T.copy())
        return ends

    def run() -> np.ndarray:
        with ThreadPoolExecutor(cores) as pool:
            parts = list(pool.map(share, flights, shares))
        return np.concatenate([end for part in parts for end in part])

    return run
