"""Files beside a mission file: masks and ephemerides, never outside its folder."""

from pathlib import Path

import numpy as np

from orbits.errors import DataError
from orbits.mission.schema_catalogue import TwoLine
from orbits.propagators.element_sets import ElementSet, read_omm, read_tle, tle
from orbits.propagators.spk import read_spk
from orbits.propagators.tabulated import read_oem, read_states
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
    """Return the trajectory of the file ``name``: OEM, SPK kernel, or CSV table of states.

    Raises
    ------
    ValueError
        If the file lies elsewhere, is missing, or is none of these about a body.
    """
    path = beside(name, folder)
    try:
        with path.open("rb") as file:
            kernel = file.read(4) == b"DAF/"
        table = read_states if path.suffix.lower() == ".csv" else read_oem
        trajectory = read_spk(path) if kernel else table(path)
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error}") from None
    except DataError as error:
        raise ValueError(str(error)) from None
    if trajectory.frame.center in ("ssb", "emb"):
        raise ValueError(
            f"{name} is centred on a barycentre; give an OEM about a body, for example the Moon"
        )
    return trajectory


def element_set(orbit: TwoLine, folder: Path) -> ElementSet:
    """Return the element set of an orbit, from its lines or from the one object of its file.

    Raises
    ------
    ValueError
        If the file lies elsewhere, is missing, or does not hold one element set.
    """
    if orbit.lines is not None:
        return tle(*orbit.lines)
    name = str(orbit.file)
    path = beside(name, folder)
    try:
        text = path.read_text(encoding="utf-8-sig")
        two_lines = any(line.startswith("1 ") for line in text.splitlines())
        found = read_tle(path) if two_lines else read_omm(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} cannot be read as text: {error}") from None
    except DataError as error:
        raise ValueError(str(error)) from None
    if len(found) != 1:
        raise ValueError(f"{name} holds {len(found)} objects; give a file with the one meant")
    return found[0]
