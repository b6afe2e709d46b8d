"""Fixtures shared by all tests; nothing here or below touches the network."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The first call of a compiled function takes seconds, whatever example it has.
settings.register_profile("orbits", deadline=None)
settings.load_profile("orbits")

ROOT = Path(__file__).resolve().parents[1]

# pytest-socket guards this process; the programs that tests start read the sitecustomize.py of
# this folder, which refuses sockets there too.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(ROOT / "tests" / "no_network"), *filter(None, [os.environ.get("PYTHONPATH")])]
)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def truth():
    """Give ``truth("gmat_stk", "x.report")`` -> Path; skip where the data is absent."""
    folder = Path(os.environ.get("ORBITS_TRUTH", ROOT.parent / "shared" / "truth"))

    def find(*parts: str) -> Path:
        path = folder.joinpath(*parts)
        if not path.exists():
            pytest.skip(
                f"truth data {'/'.join(parts)} is absent; set ORBITS_TRUTH to its folder"
            )
        return path

    return find
