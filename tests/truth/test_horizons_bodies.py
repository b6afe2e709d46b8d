"""Bodies against JPL Horizons (DE441) vectors, by differences (truth: horizons_bodies)."""

import numpy as np
import pytest

from orbits.almanac import Almanac


def _read(path) -> np.ndarray:
    rows = np.loadtxt(path, delimiter=",", comments="#")
    return np.column_stack([(rows[:, 0] - 2451545.0) * 86400.0, rows[:, 1:] * 1000.0])


@pytest.mark.parametrize(
    ("target", "tolerance", "speed"),
    [
        # m: DE421 and DE441 differ by so much, as the data's source states; m/s: 2 pi / month
        # of the first, and 217 m over a quarter of a year of the second.
        ("moon", 2.7, 1e-5),
        ("sun", 220.0, 5e-5),
    ],
)
def test_positions_from_the_earth_agree_to_the_difference_of_the_kernels(
    truth, target, tolerance, speed
):
    theirs = _read(truth("horizons_bodies", f"vec_{target}.csv"))
    earth = _read(truth("horizons_bodies", "vec_earth.csv"))
    t = theirs[:, 0]
    assert np.array_equal(t, earth[:, 0])
    almanac = Almanac.load(float(t[0]), float(t[-1]))
    expected = theirs[:, 1:] - earth[:, 1:]
    off = almanac.position(target, "earth", t) - expected[:, :3]
    assert np.linalg.norm(off, axis=1).max() < tolerance
    late = almanac.velocity(target, "earth", t) - expected[:, 3:]
    assert np.linalg.norm(late, axis=1).max() < speed
