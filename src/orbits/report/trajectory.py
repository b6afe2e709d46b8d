"""The trajectory of each spacecraft: elements, altitudes, states, figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from orbits.bodies import body
from orbits.elements import cartesian_to_keplerian, period
from orbits.frames import rotation_of_epoch
from orbits.mission.derived import PLANES
from orbits.report.blocks import (
    BASIS,
    INSTANT,
    NUMBER,
    UNIT,
    Block,
    Column,
    Part,
    Section,
    Table,
    some,
)
from orbits.report.clock import duration_text
from orbits.report.inputs import basis
from orbits.report.material import Material
from orbits.report.pivot import pivoted, words

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

_STEPS = (600.0, 1800.0, 3600.0, 10800.0, 21600.0, 43200.0, 86400.0)  # s, between states
_STATES = 24  # rows at most
_DIGITS = {"km": 3, "deg": 4, "deg/day": 5, "s": 1, "": 6, "m/s": 3, "kg": 2}


def trajectory(
    outcome: "Outcome", material: Material, figures: Sequence[Block]
) -> Section | None:
    """Return the section of the trajectories; ``figures`` come after all tables."""
    del material
    if not outcome.trajectories:
        return None
    parts = []
    for name in outcome.trajectories:
        own = [one for one in figures if getattr(one, "name", "").endswith(f"-{name}")]
        first = (_elements(outcome, name), _numbers(outcome, name))
        parts.append(Part(name, some(*first, *own, _states(outcome, name))))
    shown = {id(one) for part in parts for one in part.blocks}
    rest = tuple(one for one in figures if id(one) not in shown)
    return Section("trajectory", "Trajectory", rest, tuple(parts))


def _elements(outcome: "Outcome", name: str) -> Table:
    """Return the osculating elements at the start of the span, in every usual plane."""
    path, start = outcome.trajectories[name], outcome.span[0]
    state = path.state(start)
    center = body(path.frame.center)
    rows = []
    for plane in PLANES.get(center.name, ("icrf",)):
        turn = rotation_of_epoch(plane, start, outcome.almanac)
        found = cartesian_to_keplerian(turn @ state.r, turn @ state.v, center.mu)
        a, e = float(np.asarray(found.semi_major_axis)), float(np.asarray(found.eccentricity))
        angles = (found.inclination, found.raan, found.argp, found.true_anomaly)
        rows.append([
            plane, start, a / 1e3, e, *(float(np.degrees(np.asarray(x))) for x in angles),
            float(period(a, center.mu)) / 3600.0 if e < 1.0 else None,
        ])  # fmt: skip
    columns = (
        Column("Plane and axes"), Column("Epoch", "UTC", INSTANT, 3),
        Column("Semi-major axis", "km", NUMBER, 3), Column("Eccentricity", "", NUMBER, 6),
        Column("Inclination", "deg", NUMBER, 4), Column("Node", "deg", NUMBER, 4),
        Column("Periapsis", "deg", NUMBER, 4), Column("True anomaly", "deg", NUMBER, 4),
        Column("Period", "h", NUMBER, 4),
    )  # fmt: skip
    note = (
        f"Osculating about the {center.name.title()}, GM {center.mu / 1e9:.6f} km3/s2 (DE440)."
    )
    return Table(f"Elements of {name} at the start of the span", columns, tuple(rows), note)


def _numbers(outcome: "Outcome", name: str) -> Table:
    """Return the quantities of a spacecraft over the span."""
    prefix = f"spacecraft.{name}."
    steps = f"{prefix}step."  # in the section of the delta-v
    found = [
        q
        for path, q in outcome.quantities.items()
        if path.startswith(prefix) and not path.startswith(steps)
    ]
    rows = tuple(
        [
            words(q.path.removeprefix(prefix)),
            _rounded(q.value, q.unit), q.unit, basis(q.assumed),
        ]
        for q in found
        if q.value is not None
    )  # fmt: skip
    columns = (
        Column("Quantity"), Column("Value", kind=NUMBER), UNIT,
        BASIS,
    )  # fmt: skip
    center = outcome.trajectories[name].frame.center
    note = (
        f"Altitudes above the sphere of {body(center).radius / 1e3:,.3f} km. Elements are "
        "osculating, mean over the span, in the axes of the mission file."
    )
    return Table(f"Altitudes and orbit of {name} over the span", columns, rows, note)


def _rounded(value: float | int | str | None, unit: str) -> str | int | None:
    if isinstance(value, float):
        return f"{value:.{_DIGITS.get(unit, 3)}f}"
    return value


def _states(outcome: "Outcome", name: str) -> Table:
    """Return states at even intervals from the start of the span."""
    path, (start, stop) = outcome.trajectories[name], outcome.span
    step = next((s for s in _STEPS if (stop - start) / s < _STATES), None)
    if step is None:
        step = 86400.0 * np.ceil((stop - start) / (86400.0 * (_STATES - 1)))
    t = np.arange(start, stop, step)
    t = np.append(t, stop) if stop - t[-1] > 1.0 else t
    r, v = path.position(t) / 1e3, path.velocity(t) / 1e3
    center = body(path.frame.center)
    altitude = np.linalg.norm(r, axis=1) - center.radius / 1e3
    rows = tuple(
        [when, *position, *velocity, high]
        for when, position, velocity, high in zip(
            t.tolist(), r.tolist(), v.tolist(), altitude.tolist(), strict=True
        )
    )
    columns = (
        Column("Instant", "UTC", INSTANT, 0),
        *(Column(axis, "km", NUMBER, 3) for axis in "xyz"),
        *(Column(f"v{axis}", "km/s", NUMBER, 6) for axis in "xyz"),
        Column("Altitude", "km", NUMBER, 1),
    )
    title = f"States of {name} about the {center.name.title()}, ICRF axes"
    note = f"Every {duration_text(float(step))}; the whole path is in trajectories/."
    return Table(title, columns, rows, note)


def delta_v(outcome: "Outcome", material: Material, figures: Sequence[Block]) -> Section | None:
    """Return what the manoeuvres cost; None where the mission states none."""
    del material
    rows = tuple(
        [q.path, _rounded(q.value, q.unit), q.unit, basis(q.assumed)]
        for q in outcome.quantities.values()
        if q.value is not None and _of_burns(q.path)
    )
    columns = (
        Column("Quantity", kind="code"), Column("Value", kind=NUMBER), UNIT,
        BASIS,
    )  # fmt: skip
    steps = (
        pivoted(outcome, f"spacecraft.{name}.step", f"Steps of {name}")
        for name in outcome.trajectories
    )
    blocks = some(*steps, Table("Delta-v and propellant", columns, rows), *figures)
    return Section("delta-v", "Delta-v", blocks) if blocks else None


def _of_burns(path: str) -> bool:
    whole = path.endswith(("delta_v", "propellant_left", "propellant_used"))
    return whole and ".step." not in path
