"""GMAT and STK runs kept by the Open Space Toolkit, with their constants."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

MU = {"earth": 398600.4415e9, "moon": 4902.8005821478e9, "sun": 132712440017.99e9}


def gmat(path, forces):
    """Return the distance (m) of our trajectory from every row of a GMAT file."""
    rows = np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, 8))
    t = parse_t("2021-03-20T00:00:00 UTC") + rows[:, 0]
    almanac = Almanac.load(t[0], t[-1])
    start = State(t[0], rows[0, 1:4] * 1e3, rows[0, 4:7] * 1e3, Frame("earth", "ICRF"))
    path = Numerical(almanac, forces, tolerance=1e-13).propagate(start, (t[0], t[-1]))
    return np.linalg.norm(path.position(t) - rows[:, 1:4] * 1e3, axis=1)


@pytest.mark.parametrize(
    ("file", "bodies"),
    [
        ("GMAT_TwoBody_2hr_run.csv", ()),
        ("GMAT_TwoBody_Moon_2hr_run.csv", ("moon",)),
        ("GMAT_TwoBody_Sun_2hr_run.csv", ("sun",)),
    ],
)
def test_point_masses_follow_gmat_to_a_centimetre(truth, file, bodies):
    misses = gmat(truth("gmat_ostk", file), Forces(third_bodies=bodies, mu=MU))
    assert misses.max() < 0.01  # m: asked for; DE421 meets them to 1.4 mm


def test_egm96_follows_gmat_for_two_hours(truth):
    forces = Forces(third_bodies=(), fields={"earth": field("egm96", 120)}, mu=MU)
    misses = gmat(truth("gmat_ostk", "GMAT_EGM96_360x360_2hr_run.csv"), forces)
    assert misses[-1] < 0.3  # m: GMAT's Earth orientation is not IAU 2006/2000A (0.12 m)


def test_two_body_follows_stk(truth):
    path = truth("gmat_ostk", "STK_TwoBody_2hr_run.csv")
    rows = np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, 15))
    t = parse_t("2018-01-01T00:00:00 UTC") + 60.0 * np.arange(len(rows))
    almanac = Almanac.load(t[0], t[-1])
    forces = Forces(third_bodies=(), mu={"earth": rows[0, -1]})
    start = State(t[0], rows[0, :3], rows[0, 3:6], Frame("earth", "ICRF"))
    ours = Numerical(almanac, forces, tolerance=1e-13).propagate(start, (t[0], t[-1]))
    assert np.abs(ours.position(t) - rows[:, :3]).max() < 0.01  # m: asked for
    fixed = np.einsum("nij,nj->ni", almanac.rotation("ITRF", "ICRF", t), ours.position(t))
    # STK's file holds Earth orientation of another IERS bulletin: 0.1 m at 7,000 km is 15 nrad.
    assert np.linalg.norm(fixed - rows[:, 6:9], axis=1).max() < 0.5
