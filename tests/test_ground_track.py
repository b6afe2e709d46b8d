"""Ground tracks."""

import numpy as np
import pytest
from astropy.coordinates import EarthLocation

from orbits.geometry.ground_track import ground_track
from orbits.geometry.signal import Centre
from relay_case import START, almanac, lander, relay, station

T = START + np.linspace(0.0, 86_400.0, 50)


@pytest.mark.parametrize("site", [lander(), station("kunming")])
def test_a_site_is_its_own_sub_point(site):
    below = ground_track(site, almanac(), T)
    assert below.latitude == pytest.approx(np.full(50, site.latitude), abs=1e-13)
    assert below.longitude == pytest.approx(np.full(50, site.longitude), abs=1e-13)
    assert below.height == pytest.approx(np.full(50, site.height), abs=1e-8)  # m


def test_the_point_below_the_relay_lies_on_its_direction():
    below = ground_track(relay(), almanac(), T)
    r = relay().position(T)
    fixed = np.einsum("nij,nj->ni", almanac().rotation("MOON_ME", "ICRF", T), r)
    level = np.cos(below.latitude)
    unit = np.stack(
        [
            level * np.cos(below.longitude),
            level * np.sin(below.longitude),
            np.sin(below.latitude),
        ],
        axis=1,
    )
    assert np.max(np.abs(fixed - unit * (below.height + 1_737_400.0)[:, None])) < 1e-6  # m
    assert 200e3 < below.height.min() < below.height.max() < 17.1e6


def test_the_point_below_the_moon_is_geodetic():
    below = ground_track(Centre("moon"), almanac(), T, "earth")
    sky = almanac()
    r = sky.position("moon", "earth", T)
    fixed = np.einsum("nij,nj->ni", sky.rotation("ITRF", "ICRF", T), r)
    theirs = EarthLocation.from_geocentric(*fixed.T, unit="m").to_geodetic("WGS84")
    assert below.latitude == pytest.approx(theirs.lat.rad, abs=1e-12)
    assert below.longitude == pytest.approx(theirs.lon.rad, abs=1e-12)
    assert below.height == pytest.approx(theirs.height.to_value("m"), abs=1e-6)


def test_a_single_instant_gives_floats():
    below = ground_track(relay(), almanac(), float(T[3]))
    assert np.shape(below.latitude) == ()
    assert below.height == pytest.approx(
        ground_track(relay(), almanac(), T).height[3], abs=1e-6
    )


def test_a_body_without_axes_is_refused():
    with pytest.raises(ValueError, match="use earth or moon"):
        ground_track(relay(), almanac(), T, "mars")
