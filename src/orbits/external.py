"""Files that do not ship with the package: where they lie, and what they must be."""

import importlib.util
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from platformdirs import user_data_path


@dataclass(frozen=True, slots=True)
class External:
    """A file that another package carries, or that can be fetched.

    Attributes
    ----------
    name, file, what, package, folder, licence : str
    required : bool
        Whether the package needs it for its defaults.
    bytes : int or None
    sha256, url : str or None
    """

    name: str
    file: str
    what: str
    package: str
    folder: str
    licence: str
    required: bool
    bytes: int | None = None
    sha256: str | None = None
    url: str | None = None

    def path(self) -> Path | None:
        """Return where the file lies, fetched or in its package; None where it does not."""
        module, *inner = self.folder.split("/")
        spec = importlib.util.find_spec(module)
        places = [data_folder() / self.file]
        if spec is not None and spec.submodule_search_locations:
            places.append(Path(spec.submodule_search_locations[0], *inner, self.file))
        return next((place for place in places if place.exists()), None)


@cache
def externals() -> dict[str, External]:
    """Return the files by name."""
    text = files("orbits").joinpath("data/external.toml").read_text(encoding="utf-8")
    return {name: External(name, **keys) for name, keys in tomllib.loads(text).items()}


def data_folder() -> Path:
    """Return where fetched files lie: ``ORBITS_DATA``, else the user's data folder."""
    said = os.environ.get("ORBITS_DATA")
    return Path(said) if said else user_data_path("orbits", appauthor=False)
