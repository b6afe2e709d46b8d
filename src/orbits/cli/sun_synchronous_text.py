"""How ``orbits design sun-synchronous`` reads: its answer as text, and as a mission file."""

from typing import Any

import numpy as np

from orbits.cli.summary import table
from orbits.cli.sun_synchronous_rows import Request
from orbits.constants import DAY


def text(rows: dict[str, Any]) -> str:
    """Return the answer as a page of text."""
    parts = [_lines(_ORBIT, rows), "altitude, by what it is counted from"]
    parts.append(_lines(_ALTITUDES, rows["altitudes"]))
    if rows["full_model"]:
        head = "flown over {span_day:.0f} days ({field}), {iterations} flights"
        parts += [head.format(**rows["full_model"]), _lines(_FLIGHT, rows["full_model"])]
    parts += ["theory alone", _lines(_THEORY, rows["theory"])]
    near = [
        [
            f"{row['revolutions']}/{row['days']}",
            _shift(row["track_shift_km"]),
        ]
        for row in rows["near_repeats"]
    ]
    parts += ["cycles that nearly close (revolutions/days, and where the track then lies)"]
    parts += ["\n".join(table(near, ">>"))] if near else ["  none within 150 km in 30 days"]
    parts += [_upkeep(rows), *_catalogue(rows["catalogue"])]
    return "\n".join(parts)


def _shift(west: float) -> str:
    return f"{abs(west):.1f} km {'west' if west > 0.0 else 'east'}"


def _lines(wanted: tuple[tuple[str, str, str], ...], rows: dict[str, Any]) -> str:
    return "\n".join(
        table([[label, form.format(rows[key])] for key, label, form in wanted], "<>")
    )


_ORBIT = (
    ("semi_major_axis_km", "mean semi-major axis", "{:.3f} km"),
    ("eccentricity", "mean eccentricity", "{:.6f}"),
    ("inclination_deg", "mean inclination", "{:.4f} deg"),
    ("argp_deg", "argument of perigee", "{:.2f} deg"),
    ("raan_deg", "node, true equinox of the epoch", "{:.4f} deg"),
    ("epoch_utc", "epoch", "{}"),
    ("ltan", "mean local time, ascending node", "{}"),
    ("ltdn", "mean local time, descending node", "{}"),
    ("revolutions_per_day", "nodal revolutions a day", "{:.6f}"),
    ("nodal_period_s", "nodal period", "{:.3f} s"),
    ("track_spacing_km", "nodes apart, one revolution", "{:.1f} km"),
)
_ALTITUDES = (
    ("a_minus_6378_137_km", "mean a - 6378.137 km", "{:.3f} km"),
    ("a_minus_6371_km", "mean a - 6371 km", "{:.3f} km"),
    ("mean_geodetic_height_km", "mean height over WGS84", "{:.1f} km"),
    ("lowest_geodetic_height_km", "lowest height over WGS84", "{:.1f} km"),
    ("highest_geodetic_height_km", "highest height over WGS84", "{:.1f} km"),
)
_FLIGHT = (
    ("node_rate_deg_day", "rate of the node", "{:.6f} deg/day"),
    ("local_time_spread_s", "local time stays within", "{:.1f} s"),
    ("nodes_off_grid_km", "nodes off the grid, at most", "{:.3f} km"),
    (
        "nodes_off_grid_from_osculating_km",
        "  were mean elements osculating ones",
        "{:.0f} km",
    ),
    ("radius_spread_km", "radius at one latitude, peak to peak", "{:.3f} km"),
)
_THEORY = (
    ("semi_major_axis_km", "mean semi-major axis", "{:.3f} km"),
    ("inclination_deg", "mean inclination", "{:.4f} deg"),
    ("first_order_inclination_deg", "  by J2 alone, to first order", "{:.4f} deg"),
)


def _upkeep(rows: dict[str, Any]) -> str:
    drift, kept = rows["drift"], rows["maintenance"]
    late = drift["local_time_change_min"]
    lines = [
        "drift by Sun and Moon, when nothing is done",
        *table(
            [
                ["inclination", f"{drift['inclination_rate_deg_year']:+.4f} deg/year"],
                ["local time after 1 year", f"{late[0]:+.1f} min"],
                ["local time after 5 years", f"{late[-1]:+.1f} min"],
            ],
            "<>",
        ),
        f"upkeep of the plane, local time within {kept['local_time_band_min']:g} min",
    ]
    plane = kept["inclination"]
    often = "never" if plane["every_day"] is None else f"{plane['every_day']:.0f} days"
    lines += table(
        [
            ["a burn every", often],
            ["each", f"{plane['step_deg']:.4f} deg, {plane['delta_v_m_s']:.2f} m/s"],
            ["delta-v", f"{plane['delta_v_m_s_per_year']:.2f} m/s a year"],
        ],
        "<>",
    )
    if kept["track"]:
        lines.append(
            f"upkeep of the track within {kept['dead_band_km']:g} km, "
            f"Cd A/m {kept['drag_m2_kg']:g} m2/kg"
        )
        head = [["weather", "decay", "altitude band", "a burn every", "delta-v a year"]]
        body = [
            [
                f"{row['weather']} (F10.7 {row['f107']:.0f})",
                f"{row['decay_m_day']:.2f} m/day",
                f"{1e3 * row['altitude_band_km']:.0f} m",
                "never" if row["every_day"] is None else f"{row['every_day']:.1f} days",
                f"{row['delta_v_m_s_per_year']:.2f} m/s",
            ]
            for row in kept["track"]
        ]
        mean = f"{kept['cycle_mean_delta_v_m_s_per_year']:.2f} m/s"
        lines += table([*head, *body, ["mean of a solar cycle", "", "", "", mean]], "<>>>>")
    return "\n".join(lines)


def _catalogue(sets: list[dict[str, Any]]) -> list[str]:
    if not sets:
        return []
    rows = [["catalogued", "mean a", "inclination", "LTAN", "in a year", ""]]
    for one in sets:
        rows.append(
            [
                one["epoch_utc"][:16],
                f"{one['semi_major_axis_km']:.3f} km",
                f"{one['inclination_deg']:.4f} deg",
                one["ltan"],
                f"{one['local_time_change_in_a_year_min']:+.1f} min",
                "DRIFTING" if one["drifting"] else "kept",
            ]
        )
    return table(rows, "<>>>><")


def mission_text(request: Request, rows: dict[str, Any]) -> str:
    """Return a mission file that designs the same orbit and flies it for the span."""
    if request.cycle is not None:
        size = f"repeat = [{request.cycle.revolutions}, {request.cycle.days}]"
    else:
        size = f'semi_major_axis = "{request.orbit.semi_major_axis / 1e3:.6f} km"'
    shape = "frozen = true"
    if not request.frozen:
        shape = (
            f"eccentricity = {request.orbit.eccentricity!r}\n"
            f'argp = "{rows["theory"]["argp_deg"]!r} deg"'
        )
    if request.node_longitude is not None:
        shape += f'\nnode_longitude = "{np.degrees(request.node_longitude):.9g} deg"'
    return f"""schema = 1

[mission]
name = "Sun-synchronous orbit"
start = "{rows["epoch_utc"].removesuffix("Z")} UTC"
duration = "{request.span / DAY:g} day"

[spacecraft.satellite.orbit]
kind = "sun-synchronous"
{size}
ltan = "{rows["ltan"]}"
{shape}

[spacecraft.satellite.dynamics]
gravity = {{ earth = {request.degree or 36} }}
third_bodies = ["moon", "sun"]
"""
