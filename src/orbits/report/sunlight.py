"""Eclipses, the Sun above the orbit, the Sun near the line of sight."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from orbits.geometry.sun import beta_angle
from orbits.mission.network import assumed_windows
from orbits.mission.quantities import written
from orbits.report.blocks import (
    BASIS,
    INSTANT,
    NUMBER,
    Block,
    Column,
    Para,
    Section,
    Table,
    some,
)
from orbits.report.clock import duration_text
from orbits.report.inputs import basis
from orbits.report.material import Material
from orbits.report.pivot import pivoted

if TYPE_CHECKING:
    from orbits.mission.run import Outcome

LIGHT = ("sun", "conjunction", "night", "outage")
_SAMPLES = 400  # of the beta angle over the span
_MOST = 40  # eclipses that the section itself lists
_FAR = 1e8  # m; beyond it an orbit plane about the Earth or the Moon says little


def eclipses(
    outcome: "Outcome", material: Material, figures: Sequence[Block]
) -> Section | None:
    """Return eclipses, beta angles and angles to the Sun; None where nothing is asked."""
    keys = [key for key in outcome.windows if key.startswith("eclipse.")]
    none = None
    if keys and not any(outcome.windows[key].count for key in keys):
        none = Para("No eclipse in the span.")
    blocks = some(
        _table(outcome, keys), none, _seasons(material), _battery(outcome), _umbras(material),
        _beta(outcome), *(pivoted(outcome, word) for word in LIGHT), _sun(outcome), *figures,
    )  # fmt: skip
    if not keys and len(blocks) <= 1 and not figures:
        return None
    return Section("eclipses", "Eclipses and Sun", blocks)


def _table(outcome: "Outcome", keys: Sequence[str]) -> Table:
    rows = []
    for key in keys:
        _, craft, name, shadow = key.split(".")
        held = outcome.windows[key]
        rows.append([
            craft, name.title(), shadow, held.count,
            duration_text(held.longest) if held.count else "none",
            held.total / 3600.0, 100.0 * held.availability,
            basis(assumed_windows(outcome.mission, key)),
        ])  # fmt: skip
    columns = (
        Column("Spacecraft"), Column("Body"), Column("Shadow"),
        Column("Eclipses", "", NUMBER), Column("Longest", kind=NUMBER),
        Column("Total", "h", NUMBER, 3), Column("Of the span", "%", NUMBER, 3),
        BASIS,
    )  # fmt: skip
    note = "Conical shadows; the penumbra holds the umbra."
    return Table("Eclipses over the span", columns, tuple(rows), note)


def _seasons(material: Material) -> Table:
    """Return the seasons of eclipses; of several bodies also those of any of them."""
    rows = tuple(
        [
            " ".join(row["name"].split(".")[1:]), row["start_utc"][:10], row["stop_utc"][:10],
            row["count"], duration_text(row["longest_s"]), row["total_s"] / 3600.0,
        ]
        for row in material.seasons
    )  # fmt: skip
    columns = (
        Column("Season of"), Column("First day", "UTC"), Column("Last day", "UTC"),
        Column("Eclipses", "", NUMBER), Column("Longest", kind=NUMBER),
        Column("Total", "h", NUMBER, 2),
    )  # fmt: skip
    return Table("Seasons of eclipses", columns, rows)


def _battery(outcome: "Outcome") -> Table:
    """Return the margin of the battery in the longest eclipse, where one is stated."""
    said = outcome.mission.analysis.eclipse
    rows = []
    for path, one in outcome.quantities.items():
        if path.endswith(".battery_margin"):
            key = path.removesuffix(".battery_margin")
            over = outcome.quantities[f"{key}.over_battery"].value
            margin = None if one.value is None else float(one.value) / 60.0
            rows.append([" ".join(key.split(".")[1:]), over, margin, basis(one.assumed)])
    columns = (
        Column("Eclipses of"), Column("Longer than the battery lasts", "", NUMBER),
        Column("Margin in the longest", "min", NUMBER, 1), BASIS,
    )  # fmt: skip
    battery = said.battery if said is not None else None
    note = "" if battery is None else f"The battery lasts {written(battery)}."
    return Table("Eclipses against the battery", columns, tuple(rows), note)


def _umbras(material: Material) -> Table:
    rows = [
        row
        for row in material.windows
        if row["kind"] == "eclipse" and row["name"].endswith(".penumbra")
    ]
    columns = (
        Column("Spacecraft and body"), Column("Start", "UTC", INSTANT),
        Column("Stop", "UTC", INSTANT), Column("Duration", "s", NUMBER, 1),
    )  # fmt: skip
    shown = tuple(
        [
            " ".join(row["name"].split(".")[1:3]), f"{row['start_utc'][:19]}Z",
            f"{row['stop_utc'][:19]}Z", row["duration_s"],
        ]
        for row in rows[:_MOST]
    )  # fmt: skip
    note = f"The first {_MOST} of {len(rows)}; all are in the annex." * (len(rows) > _MOST)
    return Table("Times in penumbra or umbra", columns, shown, note)


def _beta(outcome: "Outcome") -> Table:
    """Return the range of the Sun's angle above each orbit plane."""
    t = np.linspace(*outcome.span, _SAMPLES)
    rows = []
    for name, path in outcome.trajectories.items():
        far = np.linalg.norm(path.position(t), axis=1).max()
        if path.frame.center not in ("earth", "moon") or far > _FAR:
            continue
        angle = np.degrees(beta_angle(path, outcome.almanac, t))
        low, high = int(np.argmin(angle)), int(np.argmax(angle))
        rows.append([
            name, float(angle[low]), float(t[low]), float(angle[high]), float(t[high]),
        ])  # fmt: skip
    columns = (
        Column("Spacecraft"),
        Column("Least", "deg", NUMBER, 2), Column("On", "UTC", INSTANT, 0),
        Column("Greatest", "deg", NUMBER, 2), Column("On", "UTC", INSTANT, 0),
    )  # fmt: skip
    note = f"Above the osculating orbit plane, at {_SAMPLES} instants of the span."
    return Table("Beta angle", columns, tuple(rows), note)


def _sun(outcome: "Outcome") -> Table:
    """Return the least angle between Sun and sender at each receiver, over open windows."""
    rows = []
    for key in outcome.legs:
        found = [row for row in outcome.rows[key] if row.min_sun_angle is not None]
        if found:
            least = min(found, key=lambda row: row.min_sun_angle or 0.0)
            angle = float(np.degrees(least.min_sun_angle or 0.0))
            rows.append([f"{least.transmitter} to {least.receiver}", angle, least.start])
    columns = (
        Column("Leg"), Column("Least angle", "deg", NUMBER, 2),
        Column("In the window from", "UTC", INSTANT, 0),
    )  # fmt: skip
    note = "Angle between the Sun and the transmitter, at the receiver, while the leg is open."
    return Table("Sun near the line of sight", columns, tuple(rows), note)
