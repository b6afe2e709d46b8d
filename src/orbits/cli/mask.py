"""``orbits mask``: the horizon of a site over a grid of heights, as missions read it."""

from pathlib import Path
from typing import Annotated

import typer

from orbits.cli.answer import UsageError, answered, give, say
from orbits.cli.options import Force, MissionFile


@answered
def mask(
    file: MissionFile,
    site: Annotated[str, typer.Option("--site", metavar="NAME", help="A site of the file.")],
    grid: Annotated[
        Path, typer.Option("--grid", metavar="PATH", help="Heights: CSV, npz, or a raster.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="PATH", help="Default: masks/ and the site."),
    ] = None,
    step: Annotated[str, typer.Option("--step", help="Between corners.")] = "1 deg",
    above: Annotated[
        str | None,
        typer.Option("--above", help="Antenna over the ground, instead of the site's height."),
    ] = None,
    force: Force = False,
) -> None:  # fmt: skip
    """Write the mask of a site from a grid of heights."""
    import numpy as np

    from orbits.exports.masks import write_mask
    from orbits.mission.build import site as built
    from orbits.mission.explain import suggestion
    from orbits.mission.load import read
    from orbits.mission.terrain import mask_of, stated

    mission = read(file).mission
    if site not in mission.site:
        raise UsageError(
            f'there is no site "{site}"; {suggestion(site, mission.site, "sites")}'
        )
    place = built(site, mission.site[site])
    try:
        found, reach, needed = mask_of(grid, place, stated(str(grid), step, above))
    except ValueError as error:
        raise UsageError(str(error)) from None
    path = out or Path("masks") / f"{site}.csv"
    if path.exists() and not force:
        raise UsageError(f"{path} is there already; replace it with --force, or name another")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mask(path, found)
    highest, lowest = np.degrees(found.elevation.max()), np.degrees(found.elevation.min())
    give(
        f"{path}: {found.azimuth.size} corners, {lowest:.2f} to {highest:.2f} deg; the grid "
        f"reaches {reach / 1e3:.1f} km, ground up to {needed / 1e3:.1f} km could show"
    )
    if reach < needed:
        say("warning: what lies beyond the grid is not in the mask")
