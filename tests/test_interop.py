"""Our motion in the hands of boinor, Skyfield and astropy, and back."""

import io

import astropy_iers_data
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import GCRS, ITRS, CartesianRepresentation
from astropy.time import Time
from astropy.utils import iers

from orbits.almanac import Almanac
from orbits.external import externals
from orbits.forces.assembly import Forces
from orbits.frames import GCRF, ITRF, MOON_ICRF
from orbits.geometry.horizon import Horizon
from orbits.interop import astropy as of_astropy
from orbits.interop import poliastro as of_poliastro
from orbits.interop import skyfield as of_skyfield
from orbits.propagators.kepler import Kepler
from orbits.propagators.numerical import Numerical
from orbits.sites import Site, built_in_site
from orbits.time import iers_file, parse_t
from orbits.trajectory import State

DAY = 86_400.0
START = parse_t("2024-05-31T00:00:00 UTC")
SPAN = (START, START + 3.0 * DAY)
RELAY = State(
    START,
    np.array([-3.6943654e04, -2.37166163e06, -1.85272831e07]),
    np.array([-224.880629, 3.50299222, 0.0]),
    MOON_ICRF,
    mass=1200.0,
)
LOW = State(START, np.array([6.9e6, 1e5, 2e5]), np.array([-100.0, 5.4e3, 5.3e3]), GCRF)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(*SPAN)


@pytest.fixture(scope="module")
def relay(almanac):
    return Numerical(almanac, Forces(("earth", "sun"))).propagate(RELAY, SPAN)


# -- poliastro ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [RELAY, LOW], ids=["moon", "earth"])
def test_a_state_goes_to_the_poliastro_api_and_back(state):
    pytest.importorskip("boinor", reason="needs the extra poliastro")
    orbit = of_poliastro.to_orbit(state)
    assert orbit.attractor.name.lower() == state.frame.center
    back = of_poliastro.from_orbit(orbit)
    assert back.frame == state.frame
    assert abs(back.t - state.t) < 2.4e-7  # s, two grains of t
    assert np.linalg.norm(back.r - state.r) < 1e-12 * np.linalg.norm(state.r)  # the issue's
    assert np.linalg.norm(back.v - state.v) < 1e-12 * np.linalg.norm(state.v)  # the issue's


def test_boinor_and_kepler_move_it_alike():
    pytest.importorskip("boinor", reason="needs the extra poliastro")
    orbit = of_poliastro.to_orbit(RELAY)
    theirs = of_poliastro.from_orbit(orbit.propagate(5.0 * u.hour))
    mu = orbit.attractor.k.to_value(u.m**3 / u.s**2)
    ours = Kepler(mu).propagate(RELAY, SPAN).state(START + 18_000.0)
    assert np.linalg.norm(theirs.r - ours.r) < 1.0  # m: their anomaly is solved to 1.5e-8


def test_an_orbit_in_the_ecliptic_is_turned_to_the_equator():
    boinor = pytest.importorskip("boinor", reason="needs the extra poliastro")
    orbit = of_poliastro.to_orbit(LOW)
    ecliptic = orbit.change_plane(boinor.frames.Planes.EARTH_ECLIPTIC)
    assert np.linalg.norm(ecliptic.r - orbit.r) > 10.0 * u.km
    back = of_poliastro.from_orbit(ecliptic)
    # m: boinor's two planes are astropy's, whose ecliptic is of date and turns with precession
    assert np.linalg.norm(back.r - LOW.r) < 1.0


def test_a_trajectory_goes_to_an_ephem_and_back(relay):
    pytest.importorskip("boinor", reason="needs the extra poliastro")
    back = of_poliastro.from_ephem(of_poliastro.to_ephem(relay), "moon")
    assert back.frame == relay.frame
    far = np.linalg.norm(back.position(relay.t) - relay.r, axis=1)
    # 1e-12, and the grain of t (0.12 us) at up to 2.2 km/s
    assert np.all(far < 1e-12 * np.linalg.norm(relay.r, axis=1) + 2.7e-4)


def test_frames_that_an_orbit_cannot_have_are_refused():
    pytest.importorskip("boinor", reason="needs the extra poliastro")
    with pytest.raises(ValueError, match="this is ITRF about earth"):
        of_poliastro.to_orbit(State(0.0, LOW.r, LOW.v, ITRF))
    with pytest.raises(ValueError, match="library must be one of boinor, poliastro"):
        of_poliastro.to_orbit(LOW, library="tudat")


# -- Skyfield -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sky():
    """Skyfield's planets and time scale, with UT1 and the pole of our own table."""
    api = pytest.importorskip("skyfield.api")
    from skyfield.data import iers as skyfield_iers

    text = iers_file("finals2000A.all").read_bytes()
    rows = skyfield_iers.parse_x_y_dut1_from_finals_all(io.BytesIO(text))
    scale = api.load.timescale(builtin=True)
    days, delta_t, leaps, offsets = skyfield_iers.build_timescale_arrays(
        rows["utc_mjd"], rows["dut1"]
    )
    from skyfield.timelib import Timescale

    scale = Timescale((days, delta_t), leaps, offsets)
    skyfield_iers.install_polar_motion_table(scale, rows)
    return api.load_file(str(externals()["de421"].path())), scale


def skyfield_times(scale, t):
    whole = np.floor(t / DAY)
    return scale.tdb_jd(2_451_545.0 + whole, (t - whole * DAY) / DAY)


def test_skyfield_has_the_place_and_the_speed_of_the_spacecraft(relay, sky):
    planets, scale = sky
    craft = of_skyfield.vector_function(relay, -159_274, "queqiao-2")
    t = np.random.default_rng(1).uniform(*SPAN, 200)
    there = craft.at(skyfield_times(scale, t))
    assert str(craft) == "Flight 301 MOON -> -159274 queqiao-2"
    assert np.max(np.linalg.norm(there.position.m.T - relay.position(t), axis=1)) < 1e-3  # m
    speed = there.velocity.km_per_s.T * 1e3
    assert np.max(np.linalg.norm(speed - relay.velocity(t), axis=1)) < 1e-6  # m/s
    assert (planets["moon"] + craft).at(skyfield_times(scale, t[0])).position.m.shape == (3,)


def separation(azimuth, elevation, other_azimuth, other_elevation):
    """Angle between two directions, degrees."""
    a, b = (
        np.stack([np.cos(e) * np.cos(z), np.cos(e) * np.sin(z), np.sin(e)])
        for z, e in ((azimuth, elevation), (other_azimuth, other_elevation))
    )
    return np.degrees(np.linalg.norm(a - b, axis=0))


@pytest.mark.parametrize("name", ["jiamusi", "kashi", "neuquen"])
def test_an_observer_in_skyfield_sees_it_where_our_windows_see_it(name, relay, almanac, sky):
    from skyfield.api import wgs84

    planets, scale = sky
    craft = planets["moon"] + of_skyfield.vector_function(relay, -159_274)
    site = built_in_site(name)
    degrees = np.degrees([site.latitude, site.longitude])
    station = planets["earth"] + wgs84.latlon(*degrees, elevation_m=site.height)
    t = np.random.default_rng(2).uniform(START + 100.0, SPAN[1] - 100.0, 100)
    when = skyfield_times(scale, t)
    # Geometric, then apparent with the deflection off.
    seen = (craft - station).at(when).altaz(temperature_C=None)
    elevation, azimuth = seen[0].radians, seen[1].radians
    ours = Horizon(site, relay, almanac, "geometric", True).angles(t)
    far = separation(ours[0], ours[1], azimuth, elevation)
    assert np.max(far) < 1e-6  # degrees, the issue's
    seen = station.at(when).observe(craft).apparent(deflectors=()).altaz()
    ours = Horizon(site, relay, almanac, "apparent", True).angles(t)
    far = separation(ours[0], ours[1], seen[1].radians, seen[0].radians)
    assert np.max(far) < 1e-5  # degrees, the issue's


def test_a_low_satellite_is_seen_alike_too(almanac, sky):
    from skyfield.api import wgs84

    _, scale = sky
    path = Kepler(3.986004418e14).propagate(LOW, SPAN)
    craft = of_skyfield.vector_function(path, -100_001)
    site = Site("x", "earth", 40.0 * u.deg, 116.0 * u.deg, 50.0 * u.m)
    place = wgs84.latlon(40.0, 116.0, elevation_m=50.0)
    t = np.random.default_rng(3).uniform(*SPAN, 200)
    seen = (craft - place).at(skyfield_times(scale, t)).altaz()
    azimuth, elevation, _ = Horizon(site, path, almanac, "geometric", True).angles(t)
    far = separation(azimuth, elevation, seen[1].radians, seen[0].radians)
    assert np.max(far) < 1e-6  # degrees, the issue's


def test_skyfield_outside_the_span_is_refused(relay, sky):
    _, scale = sky
    craft = of_skyfield.vector_function(relay, -159_274)
    with pytest.raises(ValueError, match="propagate over a longer span"):
        craft.at(scale.tdb_jd(2_451_545.0))


# -- astropy ------------------------------------------------------------------------------


@pytest.fixture
def same_table():
    """astropy reading the Earth orientation that we read."""
    table = iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)
    with iers.conf.set_temp("auto_download", False), iers.earth_orientation_table.set(table):
        yield


def test_a_table_goes_and_comes_back(relay, tmp_path):
    table = of_astropy.to_qtable(relay)
    assert table["r"].unit == u.km
    assert table["time"].scale == "tdb"
    table.write(tmp_path / "x.ecsv")
    back = of_astropy.from_qtable(type(table).read(tmp_path / "x.ecsv"))
    assert back.frame == relay.frame
    t = relay.t[1:-1]
    far = np.linalg.norm(back.position(t) - relay.position(t), axis=1)
    assert np.max(far) < 1e-3  # m: the text has nanoseconds, a millisecond would be 2 m
    del table["v"]
    with pytest.raises(ValueError, match="'v'"):
        of_astropy.from_qtable(table)


def test_a_lunar_trajectory_in_gcrs_is_where_astropy_has_the_moon(relay, almanac):
    t = np.linspace(*SPAN, 50)
    seen = of_astropy.to_gcrs(relay, almanac, t)
    assert isinstance(seen, GCRS)
    r = seen.cartesian.get_xyz(xyz_axis=1).to_value(u.m)
    moon = almanac.position("moon", "earth", t)
    assert np.max(np.linalg.norm(r - moon - relay.position(t), axis=1)) < 1e-6  # m, rounding
    back = of_astropy.from_coordinates(seen)
    assert back.frame == GCRF
    assert np.max(np.linalg.norm(back.position(t) - r, axis=1)) < 3e-4  # m: grain of t, 2 km/s


@pytest.mark.parametrize("state", [RELAY, LOW], ids=["moon", "earth"])
def test_itrs_is_what_astropy_makes_of_gcrs(state, almanac, same_table):
    ours = of_astropy.to_itrs(state, almanac)
    theirs = of_astropy.to_gcrs(state, almanac).transform_to(ITRS(obstime=ours.obstime))
    r, s = (x.cartesian.xyz.to_value(u.m) for x in (ours, theirs))
    assert np.linalg.norm(r - s) < 1e-10 * np.linalg.norm(r)  # twice the bound of our axes
    v, w = (x.velocity.d_xyz.to_value(u.m / u.s) for x in (ours, theirs))
    assert np.linalg.norm(v - w) < 1e-6 * np.linalg.norm(v)  # astropy differences over 1 s
    back = of_astropy.from_coordinates(ours)
    r = of_astropy.to_gcrs(state, almanac).cartesian.xyz.to_value(u.m)
    assert np.linalg.norm(back.r - r) < 1e-10 * np.linalg.norm(r)  # as above


def test_coordinates_without_motion_are_refused():
    still = GCRS(CartesianRepresentation([1, 2, 3] * u.Mm), obstime=Time("J2000"))
    with pytest.raises(ValueError, match="without velocities"):
        of_astropy.from_coordinates(still)
    with pytest.raises(ValueError, match="a state has its own instant"):
        of_astropy.to_gcrs(LOW, None, t=[1.0])
