"""Files beside a mission file: masks and ephemerides, never outside its folder."""

from pathlib import Path

import numpy as np

from orbits.errors import DataError
from orbits.propagators.tabulated import read_oem
from orbits.sites import Mask
from orbits.trajectory import Trajectory


def beside(name: str, folder: Path) -> Path:
    """Return the file ``name`` of ``folder``.

    Raises
    ------
    ValueError
        If it lies outside the folder, or there is none.
    """
    home = folder.resolve()
    try:
        path = (home / name).resolve()
        found = path.is_file()
    except (OSError, ValueError) as error:
        raise ValueError(f"not a file name: {error}; name a file beside this one") from None
    if not path.is_relative_to(home):
        raise ValueError(
            f"{name} lies outside the mission file's folder; put the file there or in a folder "
            "below it"
        )
    if not found:
        raise ValueError(f"there is no file {name}; it is looked for beside the mission file")
    return path


def mask_rows(name: str, folder: Path) -> list[list[str]]:
    """Return the corners of the mask file ``name``, as the mission file would write them.

    Raises
    ------
    ValueError
        If the file lies elsewhere, is missing, or is no mask.
    """
    path = beside(name, folder)
    try:
        mask = Mask.read(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} cannot be read as text: {error}; write a CSV file") from None
    except ValueError as error:
        raise ValueError(str(error).replace(str(path), name)) from None
    corners = np.degrees(np.stack([mask.azimuth, mask.elevation], axis=1))
    return [[f"{azimuth:.12g} deg", f"{elevation:.12g} deg"] for azimuth, elevation in corners]


def ephemeris_path(name: str, folder: Path) -> Trajectory:
    """Return the trajectory of the OEM file ``name``.

    Raises
    ------
    ValueError
        If the file lies elsewhere, is missing, or is no OEM about a body.
    """
    path = beside(name, folder)
    try:
        trajectory = read_oem(path)
    except DataError as error:
        raise ValueError(str(error)) from None
    if trajectory.frame.center in ("ssb", "emb"):
        raise ValueError(
            f"{name} is centred on a barycentre; give an OEM about a body, for example the Moon"
        )
    return trajectory
