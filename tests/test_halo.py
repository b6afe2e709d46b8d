"""Families of periodic orbits, and what they say when an orbit is not among them."""

import numpy as np
import pytest

from orbits.design.halo import family, mirrored
from orbits.design.periodic import corrected, holding, manifold
from orbits.errors import ConvergenceError, PropagationError
from orbits.propagators.cr3bp import SYSTEMS, System, crossing, flow, jacobi, states

MOON = SYSTEMS["earth-moon"]
AS_FLOWN = 13e6  # m, z amplitude of Queqiao-1


def halo(az=AS_FLOWN, **choice):
    return family(MOON, "halo", **choice).where("az", az / MOON.length)[0]


@pytest.mark.parametrize(
    ("length", "near", "far"),
    [(384_400e3, 49_900e3, 75_150e3), (389_703_264.829278, 50_600e3, 76_160e3)],
)
def test_the_halo_of_queqiao_keeps_its_range_to_the_moon(length, near, far):
    orbit = family(MOON, "halo").where("az", AS_FLOWN / length)[0]
    low, high = (d * length for d in orbit.distances())
    assert (low, high) == (pytest.approx(near, abs=50e3), pytest.approx(far, abs=50e3))  # m
    assert orbit.period * MOON.time / 86400 == pytest.approx(15.08, abs=0.01)  # as quoted
    assert orbit.z_amplitude() * length == pytest.approx(AS_FLOWN, abs=1.0)  # m, as asked


def test_a_northern_halo_mirrors_the_southern():
    north, south = halo(branch="northern"), halo()
    assert mirrored(south).state == pytest.approx(north.state, abs=1e-10)  # corrector
    assert north.state[2] > 0 > south.state[2]


@pytest.mark.parametrize("point", ["L1", "L2"])
@pytest.mark.parametrize("name", ["halo", "lyapunov", "vertical"])
def test_every_member_of_a_family_closes(name, point):
    members = family(MOON, name, point).members
    assert len(members) > 50
    for orbit in members[:: len(members) // 8]:
        end, phi = flow(orbit.state, orbit.period, MOON.mu)
        # Newton leaves 1e-12 after half a period; the other half multiplies it.
        assert np.abs(end - orbit.state).max() < 1e-12 * np.abs(phi).max()
        assert np.linalg.det(phi) == pytest.approx(1.0, abs=1e-8 * np.abs(phi).max() ** 0.5)


def test_any_system_has_halos():
    sun = SYSTEMS["sun-earth"]
    orbit = family(sun, "halo", "L2").where("az", 300e6 / sun.length)[0]
    assert orbit.period * sun.time / 86400 == pytest.approx(180.0, abs=3.0)  # half a year
    assert System.of("earth", "moon", MOON.length).mu == pytest.approx(MOON.mu, rel=1e-6)


def test_an_amplitude_that_no_halo_has_is_refused_with_the_range():
    with pytest.raises(ConvergenceError, match="the family reaches from"):
        family(MOON, "halo").where("az", 1.0)
    with pytest.raises(ValueError, match="unknown measure"):
        family(MOON, "halo").where("size", 1.0)


def test_a_poor_guess_says_its_last_residual_and_what_to_change():
    with pytest.raises(ConvergenceError, match=r"start nearer|ran into a body") as failed:
        corrected(MOON, np.array([1.3, 0.4, 0.9, 9.0]), holding(0, 1.3))
    assert failed.value.last is not None


def test_indices_of_stability_are_those_of_the_multipliers():
    orbit = halo()
    both = orbit.stability_indices()
    assert np.abs(both).max() == pytest.approx(orbit.stability_index(), rel=1e-8)  # rounding
    values = np.linalg.eigvals(orbit.monodromy())
    pairs = 0.5 * (values + 1 / values)
    for index in both:
        assert np.abs(pairs - index).min() < 1e-5 * max(1.0, abs(index))  # rounding


def test_the_halos_end_stable_near_the_moon():
    members = family(MOON, "halo").members
    indices = [m.stability_index() for m in members]
    assert indices[0] > 600
    assert min(indices) == pytest.approx(1.0, abs=1e-6)  # near-rectilinear ones


def test_the_manifold_leaves_the_orbit_and_keeps_its_jacobi_constant():
    orbit = halo()
    for arc in manifold(orbit, stable=False, count=3, duration=8.0, offset=1e-5):
        assert jacobi(arc, MOON.mu) == pytest.approx(orbit.jacobi, abs=1e-7)  # offset**1
        start = np.abs(orbit.samples(2000)[:, :3] - arc[0, :3]).sum(axis=1).min()
        end = np.abs(orbit.samples(2000)[:, :3] - arc[-1, :3]).sum(axis=1).min()
        assert start < 5e-3
        assert end > 0.05
    nearly = family(MOON, "distant-retrograde").where("period", 1.0)[0]
    with pytest.raises(ConvergenceError, match="no manifold"):
        manifold(nearly, stable=True, count=1, duration=1.0)


def test_libration_points_are_equilibria():
    for name in ("L1", "L2", "L3", "L4", "L5"):
        rest = np.concatenate([MOON.libration_point(name), np.zeros(3)])
        assert states(rest, [0.5], MOON.mu)[0] == pytest.approx(rest, abs=1e-12)  # rounding


def test_time_runs_back_to_the_start():
    start = halo().state
    end, _ = flow(start, 2.0, MOON.mu)
    assert flow(end, -2.0, MOON.mu)[0] == pytest.approx(start, abs=1e-11)  # growth 1e3
    there, after = crossing(start, 1, MOON.mu)
    assert after == pytest.approx(0.5 * halo().period, abs=1e-10)  # right-angled crossings
    assert abs(there[1]) < 1e-14


def test_a_collision_is_said():
    with pytest.raises(PropagationError, match="collision"):
        flow(np.array([1.0 - MOON.mu - 0.01, 0, 0, 0.0, 0.0001, 0]), 5.0, MOON.mu)


def test_the_halos_branch_off_where_the_lyapunov_orbits_bifurcate():
    """Published for Earth and Moon: C = 3.1743 (L1) and 3.1521 (L2). [zimovan2020]"""
    for point, constant in (("L1", 3.1743), ("L2", 3.1521)):
        planar, halos = family(MOON, "lyapunov", point), family(MOON, "halo", point)
        first = planar.bifurcations()[0]
        assert first.kind == "tangent"
        assert first.orbit.jacobi == pytest.approx(constant, abs=1e-4)  # digits
        # The smallest halo traced lies so near to its branch point.
        assert halos.members[0].jacobi == pytest.approx(first.orbit.jacobi, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "point"), [("halo", "L2"), ("halo", "L1"), ("vertical", "L2")]
)
def test_at_a_bifurcation_two_multipliers_meet(name, point):
    found = family(MOON, name, point).bifurcations()
    assert found
    for one in found[:6]:
        values = np.linalg.eigvals(one.orbit.monodromy())
        size = np.abs(values).max()
        if one.kind == "secondary-hopf":
            indices = one.orbit.stability_indices()
            assert abs(indices[0] - indices[1]) < 1e-3  # square root of rounding
            continue
        aim = 1.0 if one.kind == "tangent" else -1.0
        index = one.orbit.stability_indices()
        # Rounding of the traces, where an orbit passes near the Moon's centre.
        assert np.abs(index - aim).min() < 2e-5 * max(size, 1.0)
