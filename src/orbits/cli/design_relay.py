"""``orbits design relay``: the trade of relay orbits for a site on the Moon."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orbits.cli.answer import UsageError, answered, give, give_json, say
from orbits.cli.design import asked, design, instant, no_mission
from orbits.cli.options import AsJson, Force

if TYPE_CHECKING:
    from orbits.design.relay import Figures, Scene
    from orbits.design.trade import Point
    from orbits.sites import Site

# Figures that may be required: kind of unit, and whether more is better.
_FIGURES = {
    "availability": ("share", True),
    "longest_gap": ("time", False),
    "longest_eclipse": ("time", False),
    "slant_range": ("length", False),
    "insertion": ("speed", False),
    "yearly": ("speed", False),
}
_REQUIRED = re.compile(r"^\s*(\w+)\s*(>=|<=)\s*(.+?)\s*$")


def _required(texts: list[str]) -> "Callable[[Figures], bool]":
    """Return the test that all requirements hold."""
    limits: list[tuple[str, bool, float]] = []
    for text in texts:
        found = _REQUIRED.match(text)
        if found is None or found[1] not in _FIGURES:
            raise UsageError(
                f"--require: write one of {', '.join(_FIGURES)} with >= or <= and a value, "
                f'as in "availability >= 70 %", not {text!r}'
            )
        name, sign, value = found.groups()
        kind, _ = _FIGURES[name]
        if kind == "share":
            number = re.fullmatch(r"([\d.]+)\s*%", value)
            if number is None:
                raise UsageError(f"--require: {name} needs percent, not {value!r}")
            limits.append((name, sign == ">=", float(number[1]) / 100.0))
        else:
            limits.append((name, sign == ">=", asked(value, kind, "--require")))
    return lambda figures: all(
        (getattr(figures, name) >= limit) if more else (getattr(figures, name) <= limit)
        for name, more, limit in limits
    )


def _site(text: str, elevation: float) -> "Site":
    from astropy.units import Quantity

    from orbits.sites import Site

    parts = text.split(",")
    if len(parts) not in (2, 3):
        raise UsageError(
            f'--site: write latitude, longitude and height, as in "-41.6385 deg, 206.0148 deg, '
            f'-5256 m", not {text!r}'
        )
    latitude, longitude = (asked(part, "angle", "--site") for part in parts[:2])
    height = asked(parts[2], "length", "--site") if len(parts) == 3 else 0.0
    return Site(
        "site", "moon", Quantity(latitude, "rad"), Quantity(longitude, "rad"),
        Quantity(height, "m"), Quantity(elevation, "rad"), None,
    )  # fmt: skip


@design.command()
@answered
def relay(  # noqa: PLR0913, PLR0917 - one parameter an option
    site: Annotated[
        str, typer.Option(metavar="PLACE", help='"-41.6385 deg, 206.0148 deg, -5256 m"')
    ],
    require: Annotated[
        list[str] | None, typer.Option(metavar="LIMIT", help='"availability >= 70 %"')
    ] = None,
    stations: Annotated[
        str, typer.Option(metavar="NAMES", help="Built-in sites.")
    ] = "jiamusi,kashi,neuquen",
    min_elevation: Annotated[str, typer.Option(metavar="ANGLE")] = "5 deg",
    start: Annotated[str, typer.Option(metavar="TIME")] = "2024-05-31T00:00:00 UTC",
    days: Annotated[float, typer.Option(min=1.0, max=90.0)] = 30.0,
    tries: Annotated[int, typer.Option(min=40, help="Designs flown.")] = 1200,
    seed: Annotated[int, typer.Option(help="Of the search.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="PATH", help="Write a point as a mission file."),
    ] = None,
    point: Annotated[int, typer.Option(min=1, help="Which point is written.")] = 1,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Search ellipses and halos for a site, and answer with the Pareto front."""
    import numpy as np

    from orbits.almanac import Almanac
    from orbits.cli.progress import progress
    from orbits.design.relay import Scene
    from orbits.design.trade import search
    from orbits.sites import built_in_site, built_in_sites

    if out is not None and out.exists() and not force:
        raise UsageError(f"{out} is there; replace it with --force, or give another name")
    names = [name.strip() for name in stations.split(",")]
    unknown = [name for name in names if name not in built_in_sites()]
    if unknown:
        raise UsageError(f"--stations: unknown {', '.join(unknown)}")
    limits, t = _required(require or []), instant(start)
    elevation = asked(min_elevation, "angle", "--min-elevation")
    ground = tuple(built_in_site(name).with_horizon(elevation, None) for name in names)
    almanac = Almanac.load(t - 100.0, t + (days + 32.0) * 86400.0)
    scene = Scene(almanac, (t, t + days * 86400.0), _site(site, elevation), ground)
    with progress() as show:
        found = search(
            scene,
            tries=tries,
            seed=seed,
            require=limits,
            progress=lambda share: show("searching designs", share),
        )
    rows = [_row(p) for p in found]
    if out is not None:
        if point > len(found):
            raise UsageError(f"--point: the front has {len(found)} points")
        degrees = float(np.degrees(elevation))
        out.write_text(_mission(found[point - 1], scene, names, degrees), encoding="utf-8")
        say(f"{out}: point {point}, a mission file; orbits run {out}")
    if as_json:
        give_json(
            {
                "schema": "orbits.design-relay/1",
                "provenance": no_mission(almanac.provenance() or {}),
                "tries": tries,
                "points": rows,
            }
        )
        return
    _tell(rows)


def _row(p: "Point") -> dict[str, Any]:
    import numpy as np

    from orbits.design.relay import Ellipse

    design, figures = p.design, p.figures
    if isinstance(design, Ellipse):
        chosen: dict[str, Any] = {
            "kind": "ellipse",
            "semi_major_axis_km": design.semi_major_axis / 1e3,
            "perilune_altitude_km": design.perilune / 1e3,
            "apolune_over": design.apolune_over,
            "retrograde": design.retrograde,
            "raan_deg": float(np.degrees(design.raan)),
            "mean_anomaly_deg": float(np.degrees(design.mean_anomaly)),
        }
    else:
        chosen = {
            "kind": "halo",
            "az_km": design.az / 1e3,
            "point": design.point,
            "branch": design.branch,
            "phase": design.phase,
        }
    return {
        "design": chosen,
        "availability_percent": 100.0 * figures.availability,
        "longest_gap_s": figures.longest_gap,
        "longest_eclipse_s": figures.longest_eclipse,
        "slant_range_km": figures.slant_range / 1e3,
        "insertion_delta_v_m_s": figures.insertion,
        "yearly_delta_v_m_s": figures.yearly,
    }


def _tell(rows: list[dict[str, Any]]) -> None:
    from orbits.cli.summary import table

    lines = [["", "orbit", "open", "gap", "dark", "range", "insertion", "yearly"]]
    for number, row in enumerate(rows, 1):
        said = row["design"]
        if said["kind"] == "halo":
            text = f"{said['branch']} halo, Az {said['az_km']:.0f} km"
        else:
            text = (
                f"{said['perilune_altitude_km']:.0f} km, "
                f"a {said['semi_major_axis_km']:.0f} km, {said['apolune_over']}, "
                f"{'retrograde' if said['retrograde'] else 'prograde'}"
            )
        lines.append(
            [
                str(number),
                text,
                f"{row['availability_percent']:.1f} %",
                f"{row['longest_gap_s'] / 3600:.1f} h",
                f"{row['longest_eclipse_s'] / 60:.0f} min",
                f"{row['slant_range_km']:.0f} km",
                f"{row['insertion_delta_v_m_s']:.0f} m/s",
                f"{row['yearly_delta_v_m_s']:.0f} m/s",
            ]
        )
    give("\n".join(table(lines, "><>>>>>>")))


def _mission(p: "Point", scene: "Scene", names: list[str], elevation_deg: float) -> str:
    """Return a mission file that flies a point of the front."""
    import numpy as np

    from orbits.design.relay import Ellipse
    from orbits.design.relay import start as first_of
    from orbits.time import utc_iso

    begin, end = (str(utc_iso(t))[:-1] + " UTC" for t in scene.span)
    design, site = p.design, scene.site
    lines = ["schema = 1", "", "[mission]", 'name = "relay designed for a site"']
    lines += [f'start = "{begin}"', f'stop = "{end}"', "", "[spacecraft.relay]", ""]
    lines += ["[spacecraft.relay.orbit]"]
    if isinstance(design, Ellipse):
        _, elements = first_of(design, scene.span[0], scene.almanac, 4.9028e12)
        lines += ['kind = "keplerian"', 'center = "moon"']
        lines += ['frame = "earth-orbit-plane-of-epoch"']
        lines += [f'semi_major_axis = "{design.semi_major_axis / 1e3:.6f} km"']
        lines += [f"eccentricity = {float(np.asarray(elements.eccentricity)):.12f}"]
        for key in ("inclination", "raan", "argp", "true_anomaly"):
            value = float(np.degrees(getattr(elements, key))) % 360.0
            lines += [f'{key} = "{value:.9f} deg"']
        lines += ["", "[spacecraft.relay.dynamics]", "gravity = { moon = 50 }"]
    else:
        lines += ['kind = "halo"', f'point = "{design.point}"', f'branch = "{design.branch}"']
        lines += [f'az = "{design.az / 1e3:.6f} km"', f"phase = {design.phase:.9f}"]
    lines += ["", "[site.site]", 'body = "moon"']
    lines += [f'latitude = "{float(np.degrees(site.latitude)):.9f} deg"']
    lines += [f'longitude = "{float(np.degrees(site.longitude)):.9f} deg"']
    lines += [f'height = "{float(site.height):.3f} m"']
    lines += [f'min_elevation = "{elevation_deg:.6f} deg"']
    for name in names:
        lines += ["", f"[site.{name}]", f'use = "{name}"']
        lines += [f'min_elevation = "{elevation_deg:.6f} deg"']
    members = ", ".join(f'"{name}"' for name in names)
    lines += ["", "[group]", f"stations = [{members}]"]
    lines += ["", "[link.surface]", 'from = "site"', 'to = "relay"']
    lines += ["", "[link.trunk]", 'from = "relay"', 'to = "stations"']
    lines += ["", "[chain.relay-chain]", 'links = ["surface", "trunk"]']
    lines += ["", "[analysis.eclipse]", 'spacecraft = ["relay"]', 'bodies = ["moon", "earth"]']
    return "\n".join(lines) + "\n"
