"""Masks of sites from grids of heights: ``[site.NAME] terrain`` becomes the site's mask."""

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from orbits import units
from orbits.geometry.relief import skyline, terrain_mask
from orbits.geometry.relief_files import read_relief
from orbits.mission.beside import beside
from orbits.mission.build import site
from orbits.mission.problems import Problem, Source
from orbits.mission.schema_network import Site, Terrain
from orbits.sites import Mask
from orbits.sites import Site as Place

FARTHEST = 400e3  # m: ground 10 km high shows no farther from a place 10 km high
_RAYS = 8  # in each step of the mask


def with_mask(
    name: str, table: dict[str, Any], folder: Path, source: Source
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the table of a site with a mask in place of its terrain, and what is at fault.

    A table that says other things wrongly keeps its terrain; the schema reports those.

    Raises
    ------
    DataError
        If the package that reads rasters is missing.
    """
    try:
        said = Site.model_validate(table)
    except ValidationError:
        return table, []
    if said.terrain is None:
        return table, []
    rest = {key: value for key, value in table.items() if key != "terrain"}
    path = ("site", name, "terrain", "file")
    try:
        file = beside(said.terrain.file, folder)
        mask, reach, needed = mask_of(file, site(name, said), said.terrain)
    except ValueError as error:
        words = str(error).replace(f"{folder}/", "")
        message, _, remedy = words.partition("; ")
        return rest, [source.problem(path, message, remedy or "correct the grid")]
    corners = np.degrees(np.stack([mask.azimuth, mask.elevation], axis=1))
    rest["mask"] = [[f"{a:.12g} deg", f"{e:.12g} deg"] for a, e in corners]
    if reach >= needed:
        return rest, []
    words = f"the grid ends {reach / 1e3:.1f} km away; ground could show up to "
    words += f"{needed / 1e3:.1f} km"
    remedy = "what lies beyond is not in the mask: give a wider grid"
    return rest, [source.problem(path, words, remedy, severity="warning")]


def stated(file: str, step: str, above: str | None) -> Terrain:
    """Return the table that these words would be in a mission file; ValueError for a slip."""
    keys = {"file": file, "step": step, **({} if above is None else {"above": above})}
    try:
        return Terrain.model_validate(keys)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{first['loc'][0]}: {first['msg']}") from None


def mask_of(file: Path, place: Place, said: Terrain) -> tuple[Mask, float, float]:
    """Return the mask, how far the grid reaches at least, and how far ground could show, m.

    Raises
    ------
    ValueError
        If the file is no grid, or the place does not stand on it.
    DataError
        If the file or the package that reads it is missing.
    """
    around = (float(place.latitude), float(place.longitude), FARTHEST)
    relief = read_relief(file, around=around)
    step = float(units.si(said.step, "angle"))
    above = None if said.above is None else float(units.si(said.above, "length"))
    mask = terrain_mask(place, relief, step=step, rays=_RAYS, above=above)
    profile = skyline(place, relief, mask.azimuth, above=above)
    # A ray ends at the last of its samples before the limit.
    return mask, float(profile.reach.min()) + relief.spacing, profile.needed
