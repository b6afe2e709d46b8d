"""Families about L1 and L2 (Lyapunov, vertical, halo), and distant retrograde orbits.

In the units of propagators/cr3bp.py, not SI. A halo is "near-rectilinear" where its nearest
approach is close and its stability index small; it belongs to the family of the halos.
Sources: Howell (1984); Zimovan-Spreen, Howell and Davis (2020). [howell1984] [zimovan2020]
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from orbits.design.periodic import (
    PeriodicOrbit,
    between,
    continued,
    corrected,
    half_turn,
    holding,
    member_where,
)
from orbits.errors import ConvergenceError
from orbits.propagators.cr3bp import System

Array = NDArray[np.float64]

POINTS = ("L1", "L2")
FAMILIES = ("halo", "lyapunov", "vertical", "distant-retrograde")
BRANCHES = ("northern", "southern")
MEASURES = ("az", "period", "jacobi", "perilune")
_MOST = 600
_LONGEST = 4.0 * np.pi  # period: twice round with the bodies


@dataclass(frozen=True, eq=False, slots=True)
class Bifurcation:
    """Where a family changes its kind of stability.

    Attributes
    ----------
    kind : str
        "tangent", "period-doubling" or "secondary-hopf".
    after : int
        The member before it.
    orbit : PeriodicOrbit
    """

    kind: str
    after: int
    orbit: PeriodicOrbit


@dataclass(frozen=True, eq=False, slots=True)
class Family:
    """Members in the order in which the continuation found them.

    Attributes
    ----------
    name, point, branch : str
        ``point`` and ``branch`` are empty where they have no meaning.
    members : tuple of PeriodicOrbit
    planar : bool
    """

    name: str
    point: str
    branch: str
    members: tuple[PeriodicOrbit, ...]
    planar: bool

    def bifurcations(self) -> list["Bifurcation"]:
        """Return where the stability changes its kind, along the family.

        "tangent": an index passes +1 (a family branches off, or this one turns back);
        "period-doubling": an index passes -1; "secondary-hopf": two pairs of multipliers meet
        on the unit circle and leave it. [zimovan2020]
        """
        found = []
        for kind, name in enumerate(("tangent", "period-doubling", "secondary-hopf")):
            values = [float(member.criticals()[kind]) for member in self.members]
            for k in range(len(values) - 1):
                if values[k] * values[k + 1] < 0.0:
                    member = between(
                        self.members[k],
                        self.members[k + 1],
                        lambda orbit, kind=kind: float(orbit.criticals()[kind]),
                        0.0,
                        self.planar,
                    )
                    half = 0.5 * float(member.stability_indices().real.sum())
                    if kind < 2 or abs(half) < 1.0:
                        found.append(Bifurcation(name, k, member))
        return sorted(found, key=lambda one: one.after)

    def where(self, measure: str, value: float) -> list[PeriodicOrbit]:
        """Return the members with that "az", "period", "jacobi" or "perilune".

        Raises
        ------
        ConvergenceError
            If the family has none, with the range that it has.
        """
        if measure not in MEASURES:
            raise ValueError(f"unknown measure {measure!r}; choose from {', '.join(MEASURES)}")
        value_of = {
            "az": PeriodicOrbit.z_amplitude,
            "period": lambda member: member.period,
            "jacobi": lambda member: member.jacobi,
            "perilune": lambda member: member.distances()[0],
        }[measure]
        found = member_where(self.members, value_of, value, planar=self.planar)
        if not found:
            values = [value_of(member) for member in self.members]
            raise ConvergenceError(
                f"no {self.name} orbit of {self.point or 'the smaller body'} has {measure} "
                f"{value:.6g}: the family reaches from {min(values):.6g} to "
                f"{max(values):.6g} (units of the system)",
                residual=float(min(abs(v - value) for v in values)),
                last=max(values),
            )
        return found


def mirrored(orbit: PeriodicOrbit) -> PeriodicOrbit:
    """Return the orbit on the other side of the plane z = 0."""
    return PeriodicOrbit(
        orbit.system, orbit.state * np.array([1, 1, -1, 1, 1, -1]), orbit.period
    )


@cache
def family(system: System, name: str, point: str = "L2", branch: str = "southern") -> Family:
    """Return a family, traced from its small end until it meets a body or turns back.

    Raises
    ------
    ValueError
        For an unknown name, point or branch.
    """
    for word, known in ((name, FAMILIES), (point, POINTS), (branch, BRANCHES)):
        if word not in known:
            raise ValueError(f"unknown {word!r}; choose from {', '.join(known)}")
    if name == "distant-retrograde":
        return Family(name, "", "", tuple(_distant_retrograde(system)), planar=True)
    if name == "lyapunov":
        return Family(name, point, "", tuple(_lyapunov(system, point)), planar=True)
    if name == "vertical":
        return Family(name, point, "", tuple(_vertical(system, point)), planar=False)
    members = _halo(system, point)
    # "Northern" is where the orbit spends most of its time: its far crossing lies there.
    northern = _far_crossing(members[len(members) // 2])[2] > 0.0
    if northern != (branch == "northern"):
        members = [mirrored(member) for member in members]
    return Family(name, point, branch, tuple(members), planar=False)


def _far_crossing(orbit: PeriodicOrbit) -> Array:
    """Return the crossing farther from the smaller body."""
    moon = np.array([1.0 - orbit.system.mu, 0.0, 0.0])
    ends = orbit.state, orbit.other_crossing()
    return max(ends, key=lambda state: float(np.linalg.norm(state[:3] - moon)))


def _strength(system: System, point: str) -> tuple[float, float]:
    """Return x of a libration point and the curvature c2 of the potential there."""
    x, mu = system.libration_point(point)[0], system.mu
    return x, (1.0 - mu) / abs(x + mu) ** 3 + mu / abs(x - 1.0 + mu) ** 3


def _lyapunov(system: System, point: str) -> list[PeriodicOrbit]:
    x, c = _strength(system, point)
    rate = np.sqrt(0.5 * (2.0 - c + np.sqrt(9.0 * c * c - 8.0 * c)))
    ratio = (rate**2 + 1.0 + 2.0 * c) / (2.0 * rate)
    small = 1e-3 * abs(x - 1.0 + system.mu)
    guess = np.array([x + small, 0.0, -small * ratio * rate, 2.0 * np.pi / rate])
    first = corrected(system, guess, holding(0, x + small), planar=True)
    ahead = np.array([1.0, 0.0, -ratio * rate, 0.0])
    return _traced(first, ahead, planar=True)


def _vertical(system: System, point: str) -> list[PeriodicOrbit]:
    x, c = _strength(system, point)
    rate = np.sqrt(c)
    z = 0.02 * abs(x - 1.0 + system.mu)
    # Second order of the linear motion: the crossing moves with z squared, found by Newton.
    guess = np.array([x, z, 0.0, 2.0 * np.pi / rate])
    first = corrected(system, guess, holding(1, z))
    return _traced(first, np.array([0.0, 1.0, 0.0, 0.0]), planar=False)


def _halo(system: System, point: str) -> list[PeriodicOrbit]:
    """Return the halos, branching off where a Lyapunov orbit becomes critical out of plane."""
    members = _lyapunov(system, point)
    critical = [half_turn(system.mu, m.unknowns)[1][2, 1] for m in members[:150]]
    changes = [k for k in range(len(critical) - 1) if critical[k] * critical[k + 1] < 0.0]
    if not changes:
        raise ConvergenceError(f"no halo family branches off the Lyapunov orbits of {point}")
    a, b = members[changes[0]], members[changes[0] + 1]
    share = critical[changes[0]] / (critical[changes[0]] - critical[changes[0] + 1])
    z = 1e-3 * abs(system.libration_point(point)[0] - 1.0 + system.mu)
    guess = a.unknowns + share * (b.unknowns - a.unknowns) + np.array([0.0, -z, 0.0, 0.0])
    first = corrected(system, guess, holding(1, -z))
    return _traced(first, np.array([0.0, -1.0, 0.0, 0.0]), planar=False)


def _distant_retrograde(system: System) -> list[PeriodicOrbit]:
    r = 0.01  # of the distance of the bodies: nearly a circle of two bodies
    speed = np.sqrt(system.mu / r) + r
    guess = np.array(
        [1.0 - system.mu - r, 0.0, speed, 2.0 * np.pi / (np.sqrt(system.mu / r**3) + 1.0)]
    )
    first = corrected(system, guess, holding(0, guess[0]), planar=True)
    return _traced(first, np.array([-1.0, 0.0, 0.0, 0.0]), planar=True)


def _traced(first: PeriodicOrbit, ahead: Array, *, planar: bool) -> list[PeriodicOrbit]:
    members = []
    scale = max(abs(first.state[0] - 1.0 + first.system.mu), 0.1)
    near = 1e-3 * scale  # nearer to the smaller body's centre the problem is another
    for member in continued(
        first, ahead, step=0.02 * scale, longest=0.15 * scale, planar=planar
    ):
        members.append(member)
        crossings = np.stack([member.state, member.other_crossing()])[:, :3]
        away = np.linalg.norm(crossings - [1.0 - first.system.mu, 0.0, 0.0], axis=1)
        if away.min() < near or len(members) >= _MOST or member.period > _LONGEST:
            break
        if len(members) > 20 and np.abs(crossings[:, 2]).max() < 1e-4 and not planar:
            break  # back in the plane: another family begins
    return members
