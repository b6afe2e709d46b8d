"""Bodies against Skyfield 1.49+ with the same kernel, at identical whole TDB seconds."""

import numpy as np
import pytest
from skyfield.api import load, load_file

from orbits.almanac import Almanac
from orbits.ephemeris import de421_path

DAY = 86400.0
T0 = 7.6e8  # 2024-01-31
ROWS = (
    "sun", "mercury", "venus", "emb", "earth", "moon", "mars", "jupiter", "saturn", "uranus",
    "neptune", "pluto",
)  # fmt: skip
SKYFIELD = {
    "emb": 3,
    "mars": 4,
    "jupiter": 5,
    "saturn": 6,
    "uranus": 7,
    "neptune": 8,
    "pluto": 9,
}


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0, T0 + 300 * DAY)


@pytest.fixture(scope="module")
def kernel():
    kernel = load_file(str(de421_path()))
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def instants():
    rng = np.random.default_rng(421)
    seconds = np.sort(rng.integers(0, 300 * 86400, 400)).astype(np.float64) + T0
    whole, rest = np.divmod(seconds, DAY)
    return seconds, load.timescale(builtin=True).tdb_jd(2451545.0 + whole, rest / DAY)


def _allowed(*sizes: np.ndarray) -> np.ndarray:
    """1 mm, or 4 units in the last place of the largest vector that enters the difference."""
    return np.maximum(1e-3, 4.0 * np.spacing(np.max(sizes, axis=0)))


@pytest.mark.parametrize("body", ROWS)
def test_barycentric_positions_are_those_of_skyfield(almanac, kernel, instants, body):
    t, ts = instants
    theirs = kernel[SKYFIELD.get(body, body)].at(ts).xyz.km.T * 1000.0
    ours = almanac.position(body, "ssb", t)
    largest = np.linalg.norm(theirs, axis=1)
    assert np.all(np.linalg.norm(ours - theirs, axis=1) <= _allowed(largest, largest))


@pytest.mark.parametrize(("target", "origin"), [("moon", "earth"), ("sun", "moon")])
def test_relative_positions_are_those_of_skyfield(almanac, kernel, instants, target, origin):
    t, ts = instants
    theirs = (kernel[target] - kernel[origin]).at(ts).xyz.km.T * 1000.0
    through = np.linalg.norm(kernel[target].at(ts).xyz.km.T * 1000.0, axis=1)
    largest = np.maximum(np.linalg.norm(theirs, axis=1), 0.0 if target == "moon" else through)
    ours = almanac.position(target, origin, t)
    assert np.all(np.linalg.norm(ours - theirs, axis=1) <= _allowed(largest, largest))


@pytest.mark.parametrize("body", ["sun", "earth", "moon", "mars"])
def test_velocities_are_those_of_skyfield(almanac, kernel, instants, body):
    t, ts = instants
    theirs = kernel[SKYFIELD.get(body, body)].at(ts).velocity.km_per_s.T * 1000.0
    # m/s: the argument of the series is rounded differently, 1e-16 of a 16 day record.
    np.testing.assert_allclose(almanac.velocity(body, "ssb", t), theirs, rtol=0, atol=1e-9)
