"""Frames that turn with Earth and Moon, against SPICE's frame of two vectors, and by laws."""

import numpy as np
import pytest
import spiceypy as spice
from hypothesis import given
from hypothesis import strategies as st

import spice_judge
from orbits.almanac import Almanac
from orbits.design.halo import family
from orbits.frames import (
    AXES,
    EARTH_MOON_PULSATING,
    EARTH_MOON_ROTATING,
    MOON_ICRF,
    PULSATING_LENGTH,
    CelestialPath,
    Frame,
    synodic,
    to_icrf,
    transformed,
)
from orbits.propagators.cr3bp import SYSTEMS
from orbits.trajectory import State

T0 = 7.7e8
SPAN = (T0, T0 + 60 * 86400.0)
SYSTEM = SYSTEMS["earth-moon"]
CENTERS = ("emb", "moon", "earth", "sun")
# The kernel of a frame of two vectors: x to the Moon, y with its velocity (SPICE, frames.req).
_SPICE = [
    "FRAME_EM_ROT = 1400301", "FRAME_1400301_NAME = 'EM_ROT'", "FRAME_1400301_CLASS = 5",
    "FRAME_1400301_CLASS_ID = 1400301", "FRAME_1400301_CENTER = 3",
    "FRAME_1400301_RELATIVE = 'J2000'", "FRAME_1400301_DEF_STYLE = 'PARAMETERIZED'",
    "FRAME_1400301_FAMILY = 'TWO-VECTOR'", "FRAME_1400301_PRI_AXIS = 'X'",
    "FRAME_1400301_PRI_VECTOR_DEF = 'OBSERVER_TARGET_POSITION'",
    "FRAME_1400301_PRI_OBSERVER = 'EARTH'", "FRAME_1400301_PRI_TARGET = 'MOON'",
    "FRAME_1400301_PRI_ABCORR = 'NONE'", "FRAME_1400301_SEC_AXIS = 'Y'",
    "FRAME_1400301_SEC_VECTOR_DEF = 'OBSERVER_TARGET_VELOCITY'",
    "FRAME_1400301_SEC_OBSERVER = 'EARTH'", "FRAME_1400301_SEC_TARGET = 'MOON'",
    "FRAME_1400301_SEC_ABCORR = 'NONE'", "FRAME_1400301_SEC_FRAME = 'J2000'",
]  # fmt: skip


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(*SPAN)


@pytest.fixture(scope="module")
def judge():
    spice_judge.furnish()
    spice.lmpool(_SPICE)
    yield
    spice.kclear()


@pytest.mark.usefixtures("judge")
def test_spice_turns_states_the_same_way(almanac):
    r, v = np.array([6.1e7, -2.2e7, 1.3e7]), np.array([120.0, -330.0, 75.0])
    for t in np.linspace(*SPAN, 40):
        theirs = spice.sxform("J2000", "EM_ROT", t) @ np.concatenate([r, v])
        state = State(t, r, v, MOON_ICRF).seen_in(Frame("moon", "EARTH_MOON_ROTATING"), almanac)
        assert state.r == pytest.approx(theirs[:3], abs=1e-6)  # m: rounding of 6e7
        # SPICE turns z by differences of the velocity over a second.
        assert state.v == pytest.approx(theirs[3:], abs=1e-5)  # m/s


@pytest.mark.usefixtures("judge")
def test_the_origin_is_the_barycentre(almanac):
    for t in np.linspace(*SPAN, 5):
        sun, _ = spice.spkezr("SUN", t, "EM_ROT", "NONE", "EARTH BARYCENTER")
        r, v = almanac.position("sun", "ssb", t), almanac.velocity("sun", "ssb", t)
        state = State(t, r, v, Frame("ssb", "ICRF")).seen_in(EARTH_MOON_ROTATING, almanac)
        assert state.r / 1e3 == pytest.approx(sun[:3], abs=1e-6)  # km: rounding of 1.5e8
        assert state.v / 1e3 == pytest.approx(sun[3:], abs=1e-6)  # km/s: z as above, 1.5e8 km


def test_earth_moon_and_libration_points_stand_still_in_the_pulsating_frame(almanac):
    t = np.linspace(*SPAN, 50)
    axis = synodic("earth", "moon", t, almanac)
    for name, x in (("earth", -SYSTEM.mu), ("moon", 1.0 - SYSTEM.mu)):
        r, v = almanac.position(name, "emb", t), almanac.velocity(name, "emb", t)
        there, rate = transformed(r, v, t, EARTH_MOON_PULSATING, Frame("emb", "ICRF"), almanac)
        still = np.broadcast_to([x * SYSTEM.length, 0.0, 0.0], (50, 3))
        # m: the mass ratio of JPL's catalogue is not that of DE421 by 1.1e-7 of itself.
        assert there == pytest.approx(still, abs=0.6)
        assert np.abs(rate).max() < 1e-6  # m/s: rounding of 1e3
    for name in ("L1", "L2", "L3", "L4", "L5"):
        point = SYSTEM.libration_point(name)
        r = axis.distance[:, None] * np.einsum("nji,j->ni", axis.matrix, point)
        there, _ = transformed(r, r, t, EARTH_MOON_PULSATING, Frame("emb", "ICRF"), almanac)
        still = np.broadcast_to(point * PULSATING_LENGTH, (50, 3))
        assert there == pytest.approx(still, abs=1e-5)  # m: rounding of 4e8


def test_in_the_rotating_frame_they_breathe_along_x(almanac):
    t = np.linspace(*SPAN, 200)
    moon = CelestialPath("moon", almanac)
    r, v = transformed(
        moon.position(t), moon.velocity(t), t, EARTH_MOON_ROTATING, moon.frame, almanac
    )
    assert np.ptp(r[:, 0]) > 3e7  # m: 356,000 to 407,000 km, of which 99 %
    assert np.abs(r[:, 1:]).max() < 1e-4  # m: rounding of 1.5e11
    axis = synodic("earth", "moon", t, almanac)
    share = 1.0 - SYSTEM.mu
    assert v[:, 0] == pytest.approx(share * axis.closing, abs=1e-6)  # m/s: rounding


@pytest.mark.parametrize("axes", AXES)
def test_the_velocity_is_the_derivative_of_the_position(almanac, axes):
    halo = family(SYSTEM, "halo").where("az", 13e6 / SYSTEM.length)[0]
    fixed = halo.state[:3] * SYSTEM.length

    def place(t):
        r = fixed + np.array([300.0, -200.0, 100.0]) * (t - T0)
        v = np.array([300.0, -200.0, 100.0])
        return transformed(r, v, t, Frame("emb", axes), Frame("emb", "ICRF"), almanac)

    t, h = T0 + 3.3 * 86400.0, 20.0
    (ahead, _), (behind, _), (_, rate) = place(t + h), place(t - h), place(t)
    # m/s. ITRF: third derivative of a point that the Earth's turn carries, h^2 / 6 of it; the
    # others: rounding of 4.6e8 m turned by angles of 5e3 rad, over 2 h.
    limit = 0.02 if axes == "ITRF" else 1e-4
    assert (ahead - behind) / (2.0 * h) == pytest.approx(rate, abs=limit)


@given(st.sampled_from(AXES), st.sampled_from(AXES), st.sampled_from(CENTERS), st.floats(*SPAN))
def test_there_and_back_changes_nothing(almanac, one, other, center, t):
    r, v = np.array([6.1e7, -2.2e7, 1.3e7]), np.array([120.0, -330.0, 75.0])
    here = State(t, r, v, Frame("moon", one))
    back = here.seen_in(Frame(center, other), almanac).seen_in(here.frame, almanac)
    far = 1.6e11 if center == "sun" else 5e8  # m: what is added and taken away again
    assert back.r == pytest.approx(r, abs=2e-15 * far)  # rounding
    assert back.v == pytest.approx(v, abs=2e-15 * far * 1e-4 + 1e-11)  # rounding; rates 7e-5


def test_a_path_at_rest_in_the_pulsating_frame_is_brought_to_icrf(almanac):
    class Still:
        frame = EARTH_MOON_PULSATING

        @staticmethod
        def position(t):
            return np.broadcast_to([0.9e8, 0.0, 0.0], (*np.shape(t), 3))

    t = np.linspace(*SPAN, 7)
    r = to_icrf(Still(), t, almanac, origin="emb")
    share = 0.9e8 / PULSATING_LENGTH
    line = almanac.position("moon", "earth", t)
    assert r == pytest.approx(share * line, abs=1e-6)  # m: rounding of 9e7
