"""Records of eclipse seasons and conjunctions, as they stand in ``orbits.windows/1``."""

import math
from typing import TYPE_CHECKING, Any

from orbits.time import utc_iso

if TYPE_CHECKING:
    from orbits.mission.sunlight import Light

Record = dict[str, Any]


def light_records(light: "Light | None") -> dict[str, list[Record]]:
    """Return rows of ``seasons`` and of ``conjunctions``; none without ``light``."""
    if light is None:
        return {}
    seasons = [
        {
            "name": name,
            "start_utc": utc_iso(one.start),
            "stop_utc": utc_iso(one.stop),
            "count": one.count,
            "longest_s": round(one.longest, 3),
            "longest_start_utc": utc_iso(one.longest_start),
            "total_s": round(one.total, 3),
            "battery_s": light.battery,
            "over_battery": None if light.battery is None else one.over,
        }
        for name, found in light.seasons.items()
        for one in found
    ]
    behind = [
        {
            "name": f"conjunction.{name}",
            "start_utc": utc_iso(one.start),
            "stop_utc": utc_iso(one.stop),
            "least_angle_deg": round(math.degrees(one.least_angle), 6),
            "least_angle_utc": utc_iso(one.least_angle_t),
            "superior": one.superior,
        }
        for name, found in light.conjunctions.items()
        for one in found
    ]
    return {"seasons": seasons, "conjunctions": behind}
