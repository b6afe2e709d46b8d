"""Light time and aberration."""

import numpy as np
import pytest

from orbits.constants import SPEED_OF_LIGHT
from orbits.frames import to_icrf
from orbits.geometry.signal import (
    Centre,
    aberration,
    barycentric_velocity,
    check_setting,
    ray,
    reception,
)
from relay_case import SPAN, START, almanac, lander, relay, station

T = np.linspace(SPAN[0] + 10.0, SPAN[1], 200)


def ends():
    return {"relay": relay(), "kashi": station("kashi"), "lander": lander()}


@pytest.mark.parametrize(("sender", "receiver"), [("relay", "kashi"), ("lander", "relay")])
def test_light_leaves_the_transmitter_where_it_was(sender, receiver):
    tx, rx, sky = ends()[sender], ends()[receiver], almanac()
    seen = ray(tx, rx, sky, T, "light-time")
    sent = T - seen.delay
    way = to_icrf(tx, sent, sky, "ssb") - to_icrf(rx, T, sky, "ssb")
    # The barycentre is 1.5e11 m away and the Earth moves at 30 km/s: the positions here carry
    # 0.1 us of grain in the time of sending, 4 mm.
    assert np.max(np.linalg.norm(way - seen.vector, axis=1)) < 6e-3
    length = np.linalg.norm(seen.vector, axis=1)
    assert np.max(np.abs(length - SPEED_OF_LIGHT * seen.delay)) < 1e-5  # m, converged


def test_both_settings_with_light_time_share_the_ray():
    one, two = (
        ray(relay(), station("kashi"), almanac(), T, s) for s in ("light-time", "apparent")
    )
    assert np.array_equal(one.vector, two.vector)


def test_geometric_rays_take_no_time():
    seen = ray(relay(), station("kashi"), almanac(), T, "geometric")
    assert not seen.delay.any()
    back = ray(station("kashi"), relay(), almanac(), T, "geometric")
    assert np.max(np.abs(seen.vector + back.vector)) < 1e-6  # m, rounding at 4e8 m


def test_the_grain_of_time_does_not_enter_the_vector():
    t = SPAN[0] + 40_000.0 + 0.01 * np.arange(400.0)
    seen = ray(relay(), station("kashi"), almanac(), t, "light-time")
    x = (t - t[0]) / (t[-1] - t[0])
    fit = np.polynomial.chebyshev.chebfit(x, seen.vector, 4)
    rest = seen.vector - np.polynomial.chebyshev.chebval(x, fit).T
    # At 30 km/s the grain of 0.1 us alone would be 2 mm; rounding at 1.5e11 m leaves 0.03 mm.
    assert np.max(np.abs(rest)) < 1e-4


def test_reception_undoes_the_light_time():
    tx, rx = relay(), station("neuquen")
    delay = ray(tx, rx, almanac(), T, "light-time").delay
    assert np.max(np.abs(reception(tx, rx, almanac(), T - delay, "apparent") - T)) < 2.5e-7
    assert np.array_equal(reception(tx, rx, almanac(), T, "geometric"), T)


def test_the_sun_is_seen_eight_minutes_late():
    seen = ray(Centre("sun"), Centre("earth"), almanac(), T, "light-time")
    assert 490.0 < seen.delay.min() < seen.delay.max() < 510.0
    there = almanac().position("sun", "ssb", T - seen.delay)
    here = almanac().position("earth", "ssb", T)
    # The straight line between two guesses 0.2 s apart or less; 30 km/s x 0.1 us of grain.
    assert np.max(np.linalg.norm(there - here - seen.vector, axis=1)) < 6e-3


def test_aberration_turns_towards_the_velocity_by_the_sine_of_v_over_c():
    rng = np.random.default_rng(7)
    u, v = rng.normal(size=(2, 500, 3))
    u *= 10.0 ** rng.uniform(0, 9, (500, 1))
    v *= 2e4
    turned = aberration(u, v)
    size = np.linalg.norm(u, axis=1)
    assert np.linalg.norm(turned, axis=1) == pytest.approx(size, rel=1e-15)
    sine = np.linalg.norm(np.cross(u, turned), axis=1) / size**2
    wanted = np.linalg.norm(np.cross(u, v), axis=1) / size / SPEED_OF_LIGHT
    assert sine == pytest.approx(wanted, rel=1e-9)  # the cross product loses seven digits
    assert np.all(np.einsum("ij,ij->i", turned - u, v) > 0.0)


def test_aberration_is_that_of_spice():
    spice = pytest.importorskip("spiceypy", reason="needs the extra spice")
    rng = np.random.default_rng(8)
    u, v = 1e8 * rng.normal(size=(50, 3)), 2e4 * rng.normal(size=(50, 3))
    theirs = np.array([spice.stelab(a, b / 1e3) for a, b in zip(u, v, strict=True)])
    away = np.array([spice.stlabx(a, b / 1e3) for a, b in zip(u, v, strict=True)])
    size = np.linalg.norm(u, axis=1)[:, None]
    assert np.max(np.abs(aberration(u, v) - theirs) / size) < 1e-15  # rounding
    assert np.max(np.abs(aberration(u, -v) - away) / size) < 1e-15


@pytest.mark.parametrize("which", ["kashi", "lander", "relay"])
def test_barycentric_velocity_is_the_rate_of_the_position(which):
    path, sky, h = ends()[which], almanac(), 8.0
    t = T[:40] + 100.0
    far = to_icrf(path, t + h, sky, "ssb") - to_icrf(path, t - h, sky, "ssb")
    near = to_icrf(path, t + h / 2, sky, "ssb") - to_icrf(path, t - h / 2, sky, "ssb")
    rate = (8.0 * near - far) / (6.0 * h)
    # The libration of the Moon is left out of a site's velocity; 3 mm/s turn a direction by
    # 1e-11 rad.
    assert np.max(np.abs(barycentric_velocity(path, sky, t) - rate)) < 3e-3


def test_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="geometric, light-time, apparent"):
        check_setting("CN+S")


def test_a_ray_beyond_the_trajectory_is_refused():
    with pytest.raises(ValueError, match="propagate over a longer span"):
        ray(relay(), station("kashi"), almanac(), np.array([START - 5000.0]), "apparent")
