"""JPL's catalogue of periodic orbits, Earth-Moon (API v1.0); see SOURCE.txt beside the rows."""

import numpy as np
import pytest

from orbits.design.halo import family
from orbits.design.periodic import corrected, holding
from orbits.propagators.cr3bp import SYSTEMS, flow

SYSTEM = SYSTEMS["earth-moon"]


@pytest.fixture
def halos(truth):
    """Rows x, z, vy, Jacobi, period, stability (nan where not given), perilune (or nan)."""
    path = truth("cr3bp", "jpl_halo_l2_south.csv")
    lines = [line for line in path.read_text().splitlines() if line[:1].isdigit()]
    rows = [[float(x) for x in line.split(",")] for line in lines]
    return [(r[1], r[3], r[5], r[7], r[8], r[9], np.nan) for r in rows] + nrho(truth)


def nrho(truth):
    text = truth("cr3bp", "jpl_l2_southern_nrho.txt").read_text()
    rows = [line.split("|") for line in text.splitlines() if line.startswith("NRHO")]
    numbers = [[float(x) for x in row[1:]] for row in rows]
    return [(*r[:5], np.nan, r[7]) for r in numbers]


def dro(truth):
    text = truth("cr3bp", "jpl_dro.txt").read_text()
    rows = [line.split("|") for line in text.splitlines() if line.startswith("DRO")]
    return [[float(x) for x in row[1:]] for row in rows]


def test_a_halo_corrected_at_the_rows_x_is_the_row(halos):
    for x, z, vy, constant, period, index, perilune in halos:
        orbit = corrected(SYSTEM, np.array([x, z, vy, period]), holding(0, x))
        end, _ = flow(orbit.state, orbit.period, SYSTEM.mu)
        assert end == pytest.approx(orbit.state, abs=1e-11)  # closure, as the issue asks
        assert orbit.jacobi == pytest.approx(constant, abs=1e-12)  # digits of the row
        assert orbit.period == pytest.approx(period, abs=1e-10)  # digits of the row
        if not np.isnan(index):
            assert orbit.stability_index() == pytest.approx(index, abs=1e-6)  # digits
        if not np.isnan(perilune):
            # km: sampled 400 times a period; the extremes themselves are crossings.
            assert orbit.distances()[0] * SYSTEM.length / 1e3 == pytest.approx(
                perilune,
                abs=1e-4,  # km
            )


def test_the_traced_family_contains_every_southern_row(halos):
    traced = family(SYSTEM, "halo", "L2", "southern")
    for x, z, vy, _, period, _, _ in halos:
        states = [orbit.unknowns for orbit in traced.where("period", period)]
        misses = [np.abs(s - [x, z, vy, period]).max() for s in states]
        assert min(misses) < 1e-9  # where the secant ends, the period is within 1e-13


def test_the_distant_retrograde_rows_lie_in_their_own_family(truth):
    traced = family(SYSTEM, "distant-retrograde")
    for x, vy, far, constant, period, _, perilune, _ in dro(truth):
        states = traced.where("period", period)
        orbit = min(states, key=lambda o: abs(o.state[0] - x))
        assert orbit.state[[0, 4]] == pytest.approx([x, vy], abs=1e-9)  # as above
        assert orbit.jacobi == pytest.approx(constant, abs=1e-9)  # as above
        assert orbit.other_crossing()[0] == pytest.approx(far, abs=1e-9)  # as above
        assert orbit.distances()[0] == pytest.approx(perilune, abs=1e-9)  # as above
        assert orbit.stability_index() == pytest.approx(1.0, abs=1e-6)  # stable orbits
