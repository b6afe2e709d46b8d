"""Lambert's problem against published examples, another code, and the two-body law."""

import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from orbits.design.lambert import NoTransferError, lambert, lambert_grid
from orbits.propagators.kepler import propagate_kepler


def _numbers(text):
    return np.array([float(x) for x in text.split(",")])


def test_published_examples(truth):
    """Vallado, Curtis and Der, one and two branches; tolerances are those of their digits."""
    data = json.loads(truth("lambert", "lambert_published.json").read_text())
    for case in data["cases"]:
        mu = case.get("mu", data["mu_default"]) * 1e9
        pole = (0.0, 0.0, -1.0 if case.get("retro") else 1.0)
        r1, r2 = (np.array(case[k]) * 1e3 for k in ("r1", "r2"))
        revolutions = case.get("M", 0)
        found = lambert(r1, r2, case["tof_s"], mu, revolutions=revolutions, pole=pole)
        transfer = found[1] if case["id"].endswith("_b") else found[0]
        for key, ours in (("v1", transfer.v1), ("v2", transfer.v2)):
            if key in case:
                theirs = np.array(case[key]) * 1e3
                limit = case.get("rtol", 0.0) * np.linalg.norm(theirs)
                limit = max(limit, case.get("tol_km_s", 0.0) * 1e3)
                assert np.linalg.norm(ours - theirs) <= limit, case["id"]


def test_another_code(truth):
    """Izzo's solver of lamberthub: 1e-13, a few roundings of both."""
    lines = truth("lambert", "lambert_reference.txt").read_text().splitlines()
    rows = [line.split("|") for line in lines if line.startswith("LAMBERT")]
    assert len(rows) >= 9
    for _, mu, r1, r2, tof, prograde, v1, v2 in rows:
        pole = (0.0, 0.0, 1.0 if int(prograde) else -1.0)
        (found,) = lambert(_numbers(r1), _numbers(r2), float(tof), float(mu), pole=pole)
        for ours, theirs in ((found.v1, _numbers(v1)), (found.v2, _numbers(v2))):
            assert np.linalg.norm(ours - theirs) <= 1e-13 * np.linalg.norm(theirs)


vectors = st.tuples(
    st.floats(0.2, 5.0), st.floats(-0.99, 0.99), st.floats(0.0, 2.0 * np.pi)
).map(
    lambda p: (
        p[0]
        * np.array(
            [np.sqrt(1 - p[1] ** 2) * np.cos(p[2]), np.sqrt(1 - p[1] ** 2) * np.sin(p[2]), p[1]]
        )
    )
)


def _arrives(r1, r2, tof, transfers):
    for transfer in transfers:
        r, v = propagate_kepler(r1, transfer.v1, tof, 1.0)
        h = np.cross(r1, transfer.v1)
        e = np.cross(transfer.v1, h) - r1 / np.linalg.norm(r1)
        nearest = h @ h / (1.0 + np.linalg.norm(e))
        # A dive past the centre turns a rounding of v1 into so much more of an angle.
        dive = max(1.0, 0.02 * min(np.linalg.norm(r1), np.linalg.norm(r2)) / nearest)
        # 1e-9: the end moves by this for a rounding of v1 on the steepest of the others.
        assert np.linalg.norm(r - r2) <= 1e-9 * dive * np.linalg.norm(r2)
        assert np.linalg.norm(v - transfer.v2) <= 1e-8 * dive * np.linalg.norm(transfer.v2)


@settings(max_examples=300)
@given(vectors, vectors, st.floats(0.3, 30.0), st.integers(0, 4), st.booleans())
def test_the_solution_arrives(r1, r2, tof, revolutions, prograde):
    angle = np.arctan2(np.linalg.norm(np.cross(r1, r2)), r1 @ r2)
    assume(angle > 1e-3 and abs(np.cross(r1, r2)[2]) > 1e-3)
    pole = (0.0, 0.0, 1.0 if prograde else -1.0)
    try:
        transfers = lambert(r1, r2, tof, 1.0, revolutions=revolutions, pole=pole)
    except NoTransferError as error:
        assert revolutions > 0
        tof = 1.5 * error.shortest
        transfers = lambert(r1, r2, tof, 1.0, revolutions=revolutions, pole=pole)
    assert len(transfers) == (2 if revolutions else 1)
    _arrives(r1, r2, tof, transfers)
    for transfer in transfers:
        assert np.cross(r1, transfer.v1)[2] * pole[2] >= 0.0
        a = transfer.semi_major_axis
        energy = transfer.v1 @ transfer.v1 / 2.0 - 1.0 / np.linalg.norm(r1)
        assert energy == pytest.approx(-0.5 / a, rel=1e-9, abs=1e-11)  # vis viva; rounding
        if revolutions:
            turns = tof / (2.0 * np.pi * a**1.5)
            assert revolutions <= turns <= revolutions + 1


@given(vectors, st.floats(0.3, 3.0), st.floats(-10.0, -2.0), st.floats(1.0, 12.0))
def test_nearly_half_a_turn(r1, ratio, power, tof):
    """From 1e-2 rad down to 1e-10 rad of the singular half turn, each side."""
    across = np.cross(r1, [0.3, -0.5, 0.8])
    assume(np.linalg.norm(across) > 0.1 * np.linalg.norm(r1))
    r2 = -ratio * (r1 + 10.0**power * across)
    for pole in ((0.0, 0.0, 1.0), (0.0, 0.0, -1.0)):
        _arrives(r1, r2, tof, lambert(r1, r2, tof, 1.0, pole=pole))


def test_half_a_turn_needs_the_plane():
    r1, r2 = np.array([7e6, 0.0, 0.0]), np.array([-9e6, 0.0, 0.0])
    with pytest.raises(
        ValueError, match=r"opposite to each other.*give the plane's own `pole`"
    ):
        lambert(r1, r2, 4000.0, 3.986e14, pole=(1.0, 0.0, 1.0))
    with pytest.raises(ValueError, match="in one direction"):
        lambert(r1, 2.0 * r1, 4000.0, 3.986e14)
    # With the plane: the Hohmann transfer, whose velocities are those of the vis-viva equation.
    a, mu = 8e6, 3.986e14
    (found,) = lambert(r1, r2, np.pi * np.sqrt(a**3 / mu), mu, pole=(0.0, 0.6, 0.8))
    speed = np.sqrt(mu * (2.0 / 7e6 - 1.0 / a))
    np.testing.assert_allclose(
        found.v1, [0.0, 0.8 * speed, -0.6 * speed], atol=1e-7
    )  # rounding


def test_the_shortest_time_is_the_limit():
    """At the least time of two revolutions the branches meet; below it there is none."""
    r1, r2 = np.array([1.0, 0.0, 0.0]), np.array([0.2, 1.1, 0.1])
    with pytest.raises(NoTransferError, match=r"2 revolutions.*the shortest takes") as error:
        lambert(r1, r2, 5.0, 1.0, revolutions=2)
    shortest = error.value.shortest
    with pytest.raises(NoTransferError):
        lambert(r1, r2, shortest * (1.0 - 1e-9), 1.0, revolutions=2)
    a, b = lambert(r1, r2, shortest * (1.0 + 1e-9), 1.0, revolutions=2)
    # They part with the root of the time: sqrt(1e-9) is 3e-5.
    assert 1e-6 < np.linalg.norm(a.v1 - b.v1) < 1e-3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tof": 0.0}, "tof must be > 0 s, got 0.0"),
        ({"tof": float("nan")}, "tof must be > 0 s, got nan"),
        ({"mu": -1.0}, "mu must be > 0 m3/s2, got -1.0"),
        ({"r1": np.zeros(3)}, "must not be zero"),
        ({"r2": np.array([1.0, np.inf, 0.0])}, "must be three finite numbers"),
        ({"revolutions": -1}, "revolutions must be >= 0, got -1"),
    ],
)
def test_bad_input(change, message):
    given_values = {
        "r1": np.array([1.0, 0.0, 0.0]),
        "r2": np.array([0.0, 1.0, 0.0]),
        "tof": 1.0,
        "mu": 1.0,
    } | change
    with pytest.raises(ValueError, match=message):
        lambert(**given_values)


def test_the_grid_is_many_of_one():
    """Bit for bit; where no conic is, nan."""
    rng = np.random.default_rng(3)
    r1, r2 = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    tof = rng.uniform(0.5, 5.0, (4, 5))
    tof[1, 2] = -1.0
    v1, v2 = lambert_grid(r1, r2, tof, 1.0)
    assert np.isnan(v1[1, 2]).all()
    for i in range(4):
        for j in range(5):
            if tof[i, j] > 0.0:
                (one,) = lambert(r1[i], r2[j], tof[i, j], 1.0)
                np.testing.assert_array_equal(v1[i, j], one.v1)
                np.testing.assert_array_equal(v2[i, j], one.v2)
