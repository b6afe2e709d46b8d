"""Frames: names, planes of an epoch, and positions brought to ICRF axes."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.almanac import Almanac
from orbits.frames import (
    AXES,
    EPOCH_FRAMES,
    CelestialPath,
    Frame,
    Path,
    from_pole,
    rotated,
    rotation_of_epoch,
    to_icrf,
)

T0 = 7.7e8
SPAN = (T0, T0 + 30 * 86400.0)
COORDINATE = st.floats(-1e9, 1e9, allow_subnormal=False)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(*SPAN)


@dataclass
class Fixed:
    """A point at rest in its frame."""

    frame: Frame
    r: np.ndarray

    def position(self, t):
        return np.broadcast_to(self.r, (*np.shape(t), 3))


def test_a_frame_has_a_known_centre_and_known_axes():
    assert Frame("moon", "MOON_ME") == Frame("moon", "MOON_ME")
    with pytest.raises(
        ValueError, match="unknown centre 'Moon'; the known ones are ssb, emb, sun"
    ):
        Frame("Moon", "MOON_ME")
    with pytest.raises(ValueError, match="unknown axes 'GCRF'; the known ones are ICRF"):
        Frame("earth", "GCRF")


@given(st.sampled_from(AXES), st.tuples(COORDINATE, COORDINATE, COORDINATE), st.floats(*SPAN))
def test_turning_there_and_back_changes_nothing(almanac, axes, r, t):
    there = rotated(almanac.rotation(axes, "ICRF", t), np.array(r))
    back = rotated(almanac.rotation("ICRF", axes, t), there)
    assert np.abs(back - r).max() <= 1e-14 * np.abs(r).max()  # eighteen products


@pytest.mark.parametrize("name", EPOCH_FRAMES)
def test_planes_of_an_epoch_are_rotations(almanac, name):
    matrix = rotation_of_epoch(name, T0, almanac)
    assert np.abs(matrix @ matrix.T - np.eye(3)).max() < 1e-14
    assert np.linalg.det(matrix) == pytest.approx(1.0)


def test_the_lunar_equator_of_an_epoch(almanac):
    x, y, z = rotation_of_epoch("moon-equator-of-epoch", T0, almanac)
    assert np.abs(z - almanac.rotation("MOON_ME", "ICRF", T0)[2]).max() < 1e-15
    assert abs(x[2]) < 1e-15  # x lies in the ICRF equator
    assert y[2] > 0.0  # and the motion there is northwards
    # deg: 1.54 from the ecliptic, whose pole is 23.4 from ICRF z, so 21.9 to 25.0
    assert 21.8 < np.degrees(np.arccos(z[2])) < 25.1


def test_the_plane_of_the_earths_orbit_about_the_moon(almanac):
    x, y, z = rotation_of_epoch("earth-orbit-plane-of-epoch", T0, almanac)
    r = almanac.position("earth", "moon", T0)
    v = almanac.velocity("earth", "moon", T0)
    assert abs(z @ r) < 1e-12 * np.linalg.norm(r)
    assert z @ np.cross(r, v) > 0.0
    assert abs(x[2]) < 1e-15
    assert y[2] > 0.0


def test_the_orbit_plane_is_5_degrees_from_the_ecliptic_and_6_7_from_the_lunar_equator(almanac):
    orbit = rotation_of_epoch("earth-orbit-plane-of-epoch", T0, almanac)[2]
    equator = rotation_of_epoch("moon-equator-of-epoch", T0, almanac)[2]
    eps = np.radians(23.4392911)
    ecliptic = np.array([0.0, -np.sin(eps), np.cos(eps)])
    assert 4.9 < np.degrees(np.arccos(orbit @ ecliptic)) < 5.4  # deg: Cassini's laws
    assert 6.4 < np.degrees(np.arccos(orbit @ equator)) < 7.0  # deg


def test_the_frame_bias_is_23_milliarcseconds(almanac):
    bias = rotation_of_epoch("eme2000", T0, almanac) - np.eye(3)
    turn = np.array([bias[1, 2], bias[2, 0], bias[0, 1]]) * 648000.0 / np.pi * 1000.0
    # mas: IERS Conventions 2010, eq. 5.21: xi_0 -16.617, eta_0 -6.819, d_alpha_0 -14.6
    np.testing.assert_allclose(turn, [6.819, -16.617, -14.6], atol=0.05)


def test_icrf_and_gcrf_are_one(almanac):
    assert np.array_equal(rotation_of_epoch("icrf", T0, almanac), np.eye(3))
    assert np.array_equal(rotation_of_epoch("gcrf", T0, almanac), np.eye(3))


def test_an_unknown_plane_names_the_known_ones(almanac):
    with pytest.raises(
        ValueError, match="unknown frame 'lunar'; the known ones are icrf, gcrf"
    ):
        rotation_of_epoch("lunar", T0, almanac)


@given(st.floats(0.01, 3.1), st.floats(-3.1, 3.1))
def test_a_pole_gives_axes_with_x_at_its_ascending_node(colatitude, longitude):
    pole = np.array(
        [
            np.sin(colatitude) * np.cos(longitude),
            np.sin(colatitude) * np.sin(longitude),
            np.cos(colatitude),
        ]
    )
    x, y, z = from_pole(3.0 * pole)
    np.testing.assert_allclose(z, pole, atol=1e-15)
    assert x[2] == 0.0
    assert y[2] > 0.0
    np.testing.assert_allclose(np.cross(x, y), z, atol=1e-15)


def test_a_lunar_site_seen_from_the_earth(almanac):
    t = np.linspace(*SPAN, 20)
    site = Fixed(Frame("moon", "MOON_ME"), np.array([1.7374e6, 0.0, 0.0]))
    from_moon = to_icrf(site, t, almanac, "moon")
    np.testing.assert_allclose(np.linalg.norm(from_moon, axis=1), 1.7374e6, rtol=1e-15)
    from_earth = to_icrf(site, t, almanac, "earth")
    np.testing.assert_allclose(
        from_earth - from_moon, almanac.position("moon", "earth", t), rtol=0, atol=1e-6
    )
    # The near side: the site is nearer than the Moon's centre by almost its radius.
    nearer = np.linalg.norm(almanac.position("moon", "earth", t), axis=1)
    nearer = nearer - np.linalg.norm(from_earth, axis=1)
    assert np.all((nearer > 1.69e6) & (nearer < 1.7374e6))  # m: libration of up to 10 deg


def test_a_body_is_a_path_whose_bounds_hold(almanac):
    path = CelestialPath("moon", almanac)
    assert isinstance(path, Path)
    t = np.linspace(*SPAN, 200)
    assert np.array_equal(to_icrf(path, t, almanac), almanac.position("moon", "ssb", t))
    relative = to_icrf(path, t, almanac, "earth")
    np.testing.assert_allclose(relative, almanac.position("moon", "earth", t), atol=1e-4)  # m
    speed, acceleration = path.bounds(t[:-1], t[1:])
    v = path.velocity(t)
    assert np.all(np.linalg.norm(v[1:], axis=1) <= speed)
    assert np.all(np.linalg.norm(np.diff(v, axis=0), axis=1) / np.diff(t) <= acceleration)
