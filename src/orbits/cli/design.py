"""``orbits design``: orbits from what is asked of them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import UsageError, answered, give, give_json
from orbits.cli.options import AsJson

if TYPE_CHECKING:
    from orbits.design.halo import Family
    from orbits.design.periodic import PeriodicOrbit
    from orbits.propagators.cr3bp import System

design = typer.Typer(
    name="design",
    help="Design orbits: halos and their families, frozen lunar ellipses, relays.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

SystemName = Annotated[
    str, typer.Option("--system", metavar="NAME", help="earth-moon or sun-earth.")
]
Point = Annotated[str, typer.Option("--point", metavar="NAME", help="L1 or L2.")]
Branch = Annotated[
    str, typer.Option("--branch", metavar="NAME", help="northern or southern, for halos.")
]
FamilyName = Annotated[
    str,
    typer.Option(
        "--family", metavar="NAME", help="halo, lyapunov, vertical or distant-retrograde."
    ),
]


def asked(text: str, kind: str, option: str) -> float:
    """Return an option with its unit in SI."""
    from orbits.units import UnitsError, parse_si

    try:
        return parse_si(text, kind)
    except UnitsError as error:
        raise UsageError(f"{option}: {error}") from error


def instant(text: str) -> float:
    """Return ``--epoch`` in s past J2000 TDB."""
    from orbits.time import parse_t

    try:
        return float(parse_t(text))
    except ValueError as error:
        raise UsageError(f"--epoch: {error}") from error


def _system(name: str) -> "System":
    from orbits.propagators.cr3bp import SYSTEMS

    if name not in SYSTEMS:
        raise UsageError(f"--system: unknown {name!r}; choose from {', '.join(SYSTEMS)}")
    return SYSTEMS[name]


def _family(system: "System", name: str, point: str, branch: str) -> "Family":
    from orbits.design import halo as families

    for option, word, known in (
        ("--family", name, families.FAMILIES),
        ("--point", point, families.POINTS),
        ("--branch", branch, families.BRANCHES),
    ):
        if word not in known:
            raise UsageError(f"{option}: unknown {word!r}; choose from {', '.join(known)}")
    return families.family(system, name, point, branch)


def _orbit_row(orbit: "PeriodicOrbit") -> dict[str, Any]:
    """Return a periodic orbit with the names of the documents."""
    system, near_far = orbit.system, orbit.distances()
    greatest = max(abs(orbit.samples()[:, 2]).max(), abs(orbit.state[2]))
    period = orbit.period * system.time
    return {
        "jacobi": orbit.jacobi,
        "period_s": period,
        "period_day": period / 86400.0,
        "stability_index": orbit.stability_index(),
        "az_km": orbit.z_amplitude() * system.length / 1e3,
        "greatest_z_km": float(greatest * system.length / 1e3),
        "perilune_radius_km": near_far[0] * system.length / 1e3,
        "apolune_radius_km": near_far[1] * system.length / 1e3,
        "state": orbit.state.tolist(),
        "period": orbit.period,
        "mass_ratio": system.mu,
        "length_unit_km": system.length / 1e3,
        "time_unit_s": system.time,
    }


def no_mission(data: dict[str, Any]) -> dict[str, Any]:
    """Return the provenance of an answer that rests on no mission file."""
    from orbits.mission.provenance import provenance

    return provenance(None, None, data)


def lines_of(rows: dict[str, Any], wanted: tuple[tuple[str, str, str], ...]) -> str:
    """Return rows as label and value, one a line."""
    from orbits.cli.summary import table

    return "\n".join(
        table([[label, form.format(rows[key])] for key, label, form in wanted], "<>")
    )


_HALO_LINES = (
    ("period_day", "period", "{:.4f} d"),
    ("jacobi", "Jacobi constant", "{:.10f}"),
    ("stability_index", "stability index", "{:.6g}"),
    ("az_km", "Az, (zmax - zmin)/2", "{:.1f} km"),
    ("greatest_z_km", "greatest distance from the plane", "{:.1f} km"),
    ("perilune_radius_km", "nearest to the smaller body", "{:.1f} km"),
    ("apolune_radius_km", "farthest from it", "{:.1f} km"),
    ("length_unit_km", "unit of length", "{:.3f} km"),
    ("time_unit_s", "unit of time", "{:.3f} s"),
)


@design.command()
@answered
def halo(  # noqa: PLR0913, PLR0917 - one parameter an option
    period: Annotated[str | None, typer.Option(metavar="TIME", help='"14.8 day"')] = None,
    az: Annotated[
        str | None, typer.Option(metavar="LENGTH", help='"13000 km", as (zmax - zmin)/2')
    ] = None,
    jacobi: Annotated[float | None, typer.Option(metavar="C")] = None,
    perilune: Annotated[
        str | None, typer.Option(metavar="LENGTH", help="Radius from the smaller body.")
    ] = None,
    system: SystemName = "earth-moon",
    point: Point = "L2",
    branch: Branch = "southern",
    family: FamilyName = "halo",
    epoch: Annotated[
        str | None, typer.Option(metavar="TIME", help="Bring it into the real sky from here.")
    ] = None,
    revolutions: Annotated[int, typer.Option(min=1, help="In the real sky.")] = 12,
    phase: Annotated[float, typer.Option(help="Share of a period at the epoch.")] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Design a periodic orbit of three bodies: by period, amplitude, Jacobi or perilune."""
    given = {"period": period, "az": az, "jacobi": jacobi, "perilune": perilune}
    said = {key: value for key, value in given.items() if value is not None}
    if len(said) != 1:
        raise UsageError("give one of --period, --az, --jacobi, --perilune")
    three = _system(system)
    measure, value = next(iter(said.items()))
    if measure == "period":
        wanted = asked(str(value), "time", "--period") / three.time
    elif measure == "jacobi":
        wanted = float(value)  # type: ignore[arg-type]
    else:
        wanted = asked(str(value), "length", f"--{measure}") / three.length
    found = _family(three, family, point, branch).where(measure, wanted)
    rows = _orbit_row(found[0])
    real = None if epoch is None else _real_sky(found[0], instant(epoch), revolutions, phase)
    document = {
        "schema": "orbits.design-halo/1",
        "provenance": no_mission({}),
        "system": system,
        "family": family,
        "point": point,
        "branch": branch,
        **rows,
        "members_found": len(found),
        "real_sky": real,
    }
    if as_json:
        give_json(document)
        return
    give(lines_of(rows, _HALO_LINES))
    if real is not None:
        give(lines_of(real, _SKY_LINES))


_SKY_LINES = (
    ("epoch_utc", "in the real sky from", "{}"),
    ("revolutions", "revolutions", "{}"),
    ("period_day", "mean revolution", "{:.3f} d"),
    ("least_range_km", "nearest to the Moon", "{:.0f} km"),
    ("greatest_range_km", "farthest from it", "{:.0f} km"),
    ("axis_distance_km", "nearest to the Earth-Moon axis", "{:.0f} km"),
    ("model_distance_km", "farthest from the model orbit", "{:.0f} km"),
    ("position_jump_m", "greatest jump of two arcs", "{:.1e} m"),
    ("velocity_jump_m_s", "greatest jump of speed", "{:.1e} m/s"),
    ("single_arc_revolutions", "one arc alone keeps within 10 km for", "{:.1f} revolutions"),
)


def _real_sky(orbit: "PeriodicOrbit", t: float, revolutions: int, phase: float):
    """Return the report of an orbit in the real sky."""
    import math

    from orbits.almanac import Almanac
    from orbits.design.real_sky import in_the_real_sky
    from orbits.forces.assembly import Forces
    from orbits.propagators.numerical import Numerical
    from orbits.time import utc_iso

    if orbit.system.name != "earth-moon":
        raise UsageError("--epoch: only orbits of earth-moon are brought into the real sky")
    stop = t + (revolutions + 1.0) * orbit.period * orbit.system.time
    almanac = Almanac.load(t, stop)
    model = Numerical(almanac, Forces(third_bodies=("earth", "sun")))
    real = in_the_real_sky(orbit, model, t, revolutions=revolutions, phase=phase)
    found, start = real.residuals, real.nodes[0]
    lost = found.single_lost
    return {
        "epoch_utc": utc_iso(t),
        "revolutions": revolutions,
        "period_day": real.period / 86400.0,
        "least_range_km": found.range[0] / 1e3,
        "greatest_range_km": found.range[1] / 1e3,
        "axis_distance_km": found.axis_distance / 1e3,
        "model_distance_km": found.model_distance / 1e3,
        "iterations": found.iterations,
        "position_jump_m": found.position_jump,
        "velocity_jump_m_s": found.velocity_jump,
        "tolerance": found.tolerance,
        "single_arc_revolutions": found.single_arc,
        "single_arc_lost_revolutions": lost if math.isfinite(lost) else None,
        "center": "moon",
        "frame": "icrf",
        "position_km": (start.r / 1e3).tolist(),
        "velocity_km_s": (start.v / 1e3).tolist(),
    }


@design.command()
@answered
def family(
    family: FamilyName = "halo",
    system: SystemName = "earth-moon",
    point: Point = "L2",
    branch: Branch = "southern",
    members: Annotated[int, typer.Option(min=2, help="How many to list.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Trace a family of periodic orbits from its small end."""
    three = _system(system)
    traced = _family(three, family, point, branch)
    found = traced.members
    step = max(1, (len(found) - 1) // (members - 1))
    rows = [_orbit_row(orbit) for orbit in found[::step]]
    changes = [
        {"kind": one.kind, "after_member": one.after, **_orbit_row(one.orbit)}
        for one in traced.bifurcations()
    ]
    if as_json:
        give_json(
            {
                "schema": "orbits.design-family/1",
                "provenance": no_mission({}),
                "system": system,
                "family": family,
                "point": point,
                "branch": branch,
                "traced": len(found),
                "members": rows,
                "bifurcations": changes,
            }
        )
        return
    from orbits.cli.summary import table

    lines = [["period", "Jacobi", "stability", "Az", "nearest", "farthest"]]
    for row in rows:
        lines.append(
            [
                f"{row['period_day']:.3f} d",
                f"{row['jacobi']:.6f}",
                f"{row['stability_index']:.4g}",
                f"{row['az_km']:.0f} km",
                f"{row['perilune_radius_km']:.0f} km",
                f"{row['apolune_radius_km']:.0f} km",
            ]
        )
    give("\n".join(table(lines, ">>>>>>")))
    for row in changes:
        give(
            f"{row['kind']} bifurcation after member {row['after_member'] + 1}: "
            f"{row['period_day']:.3f} d, Jacobi {row['jacobi']:.8f}, "
            f"nearest {row['perilune_radius_km']:.0f} km"
        )
    give(
        f"{len(found)} members traced; unit of length {three.length / 1e3:.3f} km, "
        f"of time {three.time:.3f} s"
    )
