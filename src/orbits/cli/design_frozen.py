"""``orbits design frozen``: a lunar ellipse that keeps its shape."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import UsageError, answered, give, give_json
from orbits.cli.design import asked, design, instant, lines_of, no_mission
from orbits.cli.options import AsJson

if TYPE_CHECKING:
    from orbits.design.frozen import FrozenOrbit

_LINES = (
    ("semi_major_axis_km", "semi-major axis", "{:.1f} km"),
    ("eccentricity", "eccentricity", "{:.6f}"),
    ("inclination_deg", "inclination to the Earth's orbit", "{:.4f} deg"),
    ("relation_inclination_deg", "  by e^2 = 1 - 5/3 cos^2 i", "{:.4f} deg"),
    ("moon_equator_inclination_deg", "inclination to the lunar equator", "{:.4f} deg"),
    ("raan_deg", "node", "{:.4f} deg"),
    ("argp_deg", "argument of perilune", "{:.4f} deg"),
    ("lowest_perilune_km", "lowest perilune of the span", "{:.1f} km"),
    ("eccentricity_range", "eccentricity, peak to peak over the span", "{:.4f}"),
    ("eccentricity_swing", "  within any half month, at most", "{:.4f}"),
    ("eccentricity_swing_median", "  within a half month, median", "{:.4f}"),
    ("eccentricity_drift", "drift of its monthly mean", "{:+.4f}"),
    ("argument_excursion_deg", "argument stays within", "{:.2f} deg"),
)


@design.command()
@answered
def frozen(  # noqa: PLR0913, PLR0917 - one parameter an option
    perilune: Annotated[
        str, typer.Option(metavar="LENGTH", help="Lowest perilune altitude of the span.")
    ] = "200 km",
    apolune: Annotated[str, typer.Option(metavar="LENGTH", help="Altitude.")] = "16000 km",
    semi_major_axis: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Instead of --apolune.")
    ] = None,
    apolune_over: Annotated[
        str, typer.Option(metavar="POLE", help="south or north.")
    ] = "south",
    retrograde: Annotated[bool, typer.Option("--retrograde")] = False,
    inclination: Annotated[
        str | None, typer.Option(metavar="ANGLE", help="Ask for another than the frozen one.")
    ] = None,
    node: Annotated[str, typer.Option(metavar="ANGLE")] = "0 deg",
    epoch: Annotated[str, typer.Option(metavar="TIME")] = "2024-06-01T00:00:00 UTC",
    years: Annotated[float, typer.Option(min=0.5, max=20.0, help="Of the span.")] = 1.0,
    degree: Annotated[int, typer.Option(min=2, max=100, help="Of the Moon's field.")] = 50,
    keep: Annotated[
        bool, typer.Option("--keep", help="Also raise low perilunes, and count delta-v.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Design a frozen lunar orbit, corrected in the full model over years."""
    import numpy as np

    from orbits.almanac import Almanac
    from orbits.bodies import body
    from orbits.design.frozen import SIDES, YEAR, Shape, frozen_orbit
    from orbits.forces.assembly import Forces
    from orbits.forces.gravity import field
    from orbits.propagators.numerical import Numerical

    if apolune_over not in SIDES:
        raise UsageError(f"--apolune-over: south or north, not {apolune_over!r}")
    low = asked(perilune, "length", "--perilune")
    axis = body("moon").radius + 0.5 * (low + asked(apolune, "length", "--apolune"))
    if semi_major_axis is not None:
        axis = asked(semi_major_axis, "length", "--semi-major-axis")
    tilt = None if inclination is None else asked(inclination, "angle", "--inclination")
    if tilt is not None:
        retrograde = bool(np.cos(tilt) < 0.0)
    t, span = instant(epoch), years * YEAR
    try:
        shape = Shape(axis, low, apolune_over, retrograde, asked(node, "angle", "--node"), tilt)
    except ValueError as error:
        raise UsageError(str(error)) from error
    almanac = Almanac.load(t, t + span)
    forces = Forces(third_bodies=("earth", "sun"), fields={"moon": field("grgm1200a", degree)})
    propagator = Numerical(almanac, forces, tolerance=1e-11)
    orbit = frozen_orbit(propagator, t, shape, span=span)
    rows = _rows(orbit, almanac) | {
        "maintenance": _kept(propagator, orbit, low) if keep else None
    }
    if as_json:
        give_json(
            {
                "schema": "orbits.design-frozen/1",
                "provenance": no_mission(almanac.provenance() or {}),
                **rows,
            }
        )
        return
    give(lines_of(rows, _LINES))
    if rows["maintenance"]:
        kept = rows["maintenance"]
        give(
            f"kept above {kept['floor_km']:.0f} km: {kept['burns']} burns, "
            f"{kept['delta_v_m_s_per_year']:.1f} m/s a year"
        )


def _rows(orbit: "FrozenOrbit", almanac: Any) -> dict[str, Any]:
    """Return a frozen orbit with the names of the documents."""
    import numpy as np

    from orbits.elements import cartesian_to_keplerian
    from orbits.frames import rotation_of_epoch
    from orbits.time import utc_iso

    start, elements, past = orbit.start, orbit.elements, orbit.history
    turn = rotation_of_epoch("moon-equator-of-epoch", start.t, almanac)
    from orbits.bodies import body

    equator = cartesian_to_keplerian(turn @ start.r, turn @ start.v, body("moon").mu)
    return {
        "epoch_utc": utc_iso(start.t),
        "frame": "earth-orbit-plane-of-epoch",
        "semi_major_axis_km": float(np.asarray(elements.semi_major_axis)) / 1e3,
        "eccentricity": float(np.asarray(elements.eccentricity)),
        "inclination_deg": float(np.degrees(elements.inclination)),
        "raan_deg": float(np.degrees(elements.raan)),
        "argp_deg": float(np.degrees(elements.argp)),
        "true_anomaly_deg": 180.0,
        "relation_inclination_deg": float(np.degrees(orbit.relation_inclination)),
        "moon_equator_inclination_deg": float(np.degrees(equator.inclination)),
        "lowest_perilune_km": past.lowest_perilune / 1e3,
        "eccentricity_range": past.eccentricity_range,
        "eccentricity_swing": past.swing,
        "eccentricity_swing_median": float(np.median(past.swings)),
        "eccentricity_drift": orbit.eccentricity_drift,
        "argument_excursion_deg": float(np.degrees(orbit.argument_excursion)),
        "iterations": orbit.iterations,
        "position_km": (start.r / 1e3).tolist(),
        "velocity_km_s": (start.v / 1e3).tolist(),
    }


def _kept(propagator: Any, orbit: "FrozenOrbit", low: float) -> dict[str, Any]:
    from orbits.design.perilune_keeping import PeriluneRule, keep_perilune
    from orbits.time import utc_iso

    rule = PeriluneRule(floor=max(low, 50e3), rise=100e3)
    kept = keep_perilune(propagator, orbit.start, orbit.trajectory.span[1], rule)
    return {
        "floor_km": rule.floor / 1e3,
        "burns": len(kept.t),
        "burn_utc": [utc_iso(t) for t in kept.t],
        "delta_v_m_s": kept.delta_v.tolist(),
        "delta_v_m_s_per_year": kept.yearly_delta_v,
        "lowest_perilune_km": kept.lowest / 1e3,
    }
