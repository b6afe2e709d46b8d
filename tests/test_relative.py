"""Relative motion against published cases and the difference of two Kepler orbits."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.elements import Elements, keplerian_to_cartesian
from orbits.propagators.kepler import propagate_kepler
from orbits.propagators.relative import (
    clohessy_wiltshire,
    from_relative,
    local_axes,
    to_relative,
    two_impulses,
    yamanaka_ankersen,
)

MU = 3.986004415e14


def test_published_cases(truth):
    data = json.loads(truth("cw", "cw_published.json").read_text())
    curtis, matrices = data["cases"]
    phi = clohessy_wiltshire(curtis["n"], curtis["tof_s"])
    burns = two_impulses(phi, curtis["r0"], curtis["v0"])
    for ours, theirs in zip(burns, (curtis["dv1"], curtis["dv2"]), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=curtis["tol"])
    n = np.sqrt(matrices["mu"] / matrices["a"] ** 3)
    phi = clohessy_wiltshire(n, matrices["dt_s"])
    ours = [phi[0, 0], phi[1, 0], phi[1, 4], phi[0, 3]]
    theirs = [matrices[k] for k in ("phi_rr00", "phi_rr10", "phi_rv11", "phi_rv00")]
    np.testing.assert_allclose(ours, theirs, rtol=matrices["rtol"])


def _orbit(e, nu, a=7.0e6):
    elements = Elements(a, e, 0.9, 0.4, 1.1, nu)
    return keplerian_to_cartesian(elements, MU)


def _numerical(r, v, dt):
    """The matrix by central differences of two-body motion, in local frames."""
    r_end, v_end = propagate_kepler(r, v, dt, MU)
    out = np.empty((6, 6))
    for k in range(6):
        step = np.zeros(6)
        step[k] = 1.0 if k < 3 else 1e-3  # m, m/s: 1e-7 of the orbit
        ends = []
        for sign in (1.0, -1.0):
            start = from_relative(sign * step[:3], sign * step[3:], r, v)
            ends.append(
                np.concatenate(to_relative(*propagate_kepler(*start, dt, MU), r_end, v_end))
            )
        out[:, k] = (ends[0] - ends[1]) / (2.0 * step[k])
    return out


def _scale(phi, rate):
    """Make the entries of one size: rates in units of the orbit's own."""
    unit = np.array([1.0, 1.0, 1.0, rate, rate, rate])
    return phi * unit[None, :] / unit[:, None]


@given(
    st.floats(0.0, 0.8), st.floats(-3.1, 3.1), st.floats(-9000.0, 9000.0), st.floats(0.8, 2.0)
)
def test_yamanaka_is_the_difference_of_two_orbits(e, nu, dt, size):
    """1e-6 of the largest entry: the square of 1e-7, and the rounding of the differences."""
    r, v = _orbit(e, nu, 7.0e6 * size)
    rate = np.sqrt(MU / (7.0e6 * size) ** 3)
    ours, theirs = (
        _scale(m, rate) for m in (yamanaka_ankersen(r, v, MU, dt), _numerical(r, v, dt))
    )
    assert np.abs(ours - theirs).max() <= 1e-6 * np.abs(theirs).max()


@given(st.floats(-3.0, 3.0), st.floats(-20000.0, 20000.0))
def test_a_circle_is_the_limit_of_ellipses(nu, dt):
    r, v = _orbit(0.0, nu)
    n = np.sqrt(MU / 7.0e6**3)
    ours, theirs = (
        _scale(m, n) for m in (yamanaka_ankersen(r, v, MU, dt), clohessy_wiltshire(n, dt))
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-9 * np.abs(theirs).max())  # e to rounding


@given(st.floats(1e-4, 2e-3), st.floats(-2e4, 2e4), st.floats(-2e4, 2e4))
def test_transition_matrices_compose(n, a, b):
    product = clohessy_wiltshire(n, b) @ clohessy_wiltshire(n, a)
    whole = clohessy_wiltshire(n, a + b)
    scale = np.abs(_scale(product, n)).max()
    size = (1.0 + n * abs(a)) * (1.0 + n * abs(b))
    assert np.abs(_scale(product - whole, n)).max() <= 1e-12 * scale * size  # rounding
    assert np.linalg.det(whole) == pytest.approx(1.0, abs=1e-9)  # Liouville; rounding


def test_there_and_back():
    r, v = _orbit(0.3, 1.0)
    position, rate = np.array([3e4, -2e5, 1e4]), np.array([10.0, -3.0, 2.0])
    back = to_relative(*from_relative(position, rate, r, v), r, v)
    np.testing.assert_allclose(back[0], position, atol=1e-8)  # rounding of 7,000 km
    np.testing.assert_allclose(back[1], rate, atol=1e-11)
    axes, spin = local_axes(r, v)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-15)
    np.testing.assert_allclose(
        axes @ v,
        [v @ r / np.linalg.norm(r), np.linalg.norm(np.cross(spin, r)), 0.0],
        atol=1e-11,
    )


def test_half_an_orbit_is_refused():
    n = 0.001
    with pytest.raises(ValueError, match="a whole number of half orbits"):
        two_impulses(clohessy_wiltshire(n, np.pi / n), [1e3, 0.0, 100.0], [0.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="mean_motion must be > 0 rad/s, got 0"):
        clohessy_wiltshire(0.0, 10.0)
    with pytest.raises(ValueError, match=r"eccentricity must be < 1, got 1\.5"):
        yamanaka_ankersen(*_orbit(1.5, 0.2, -7.0e6), MU, 100.0)
