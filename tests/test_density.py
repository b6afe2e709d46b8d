"""What atmospheres and drag promise: printed values, smoothness, the law of decay."""

import importlib.metadata

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.almanac import Almanac
from orbits.bodies import EARTH
from orbits.elements import Elements, keplerian_to_cartesian
from orbits.errors import DataError, OrbitsWarning
from orbits.forces import space_weather
from orbits.forces.assembly import Forces, assemble
from orbits.forces.atmosphere import (
    EARTH_SPIN,
    HIGHEST,
    LOWEST,
    TERMS,
    add_drag,
    density,
    density_exponential,
    geodetic,
)
from orbits.forces.density import atmosphere, exponential, levels, nrlmsis
from orbits.forces.model import acceleration, scratch
from orbits.forces.space_weather import OUTSIDE, Weather
from orbits.forces.thrust import Thrust
from orbits.frames import Frame
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t
from orbits.trajectory import State

T0 = parse_t("2024-05-31T00:00:00 TDB")
DAY = 86400.0
# Vallado (2013), table 8-4: base height and scale height (km), density (kg/m3).
PRINTED = [
    (0, 7.249, 1.225), (25, 6.349, 3.899e-2), (50, 8.382, 1.057e-3), (80, 5.799, 1.905e-5),
    (100, 5.877, 5.297e-7), (120, 9.473, 2.438e-8), (150, 22.523, 2.070e-9),
    (200, 37.105, 2.789e-10), (300, 53.628, 2.418e-11), (400, 58.515, 3.725e-12),
    (500, 63.822, 6.967e-13), (700, 88.667, 3.614e-14), (1000, 268.0, 3.019e-15),
]  # fmt: skip


def mjd(date):
    return int((np.datetime64(date) - np.datetime64("1858-11-17")).astype(int))


@pytest.fixture(scope="module")
def msis():
    return nrlmsis(mjd("2024-05-30"), mjd("2024-06-01")).numbers


def place(latitude, longitude, height):
    return erfa.gd2gc(1, longitude, latitude, height)


def log_density(m, t, r):
    return np.log(density(m, 0, t, *r, np.empty(TERMS)))


# -- heights ------------------------------------------------------------------------------


@given(
    st.floats(-np.pi / 2, np.pi / 2), st.floats(-3.1, 3.1), st.floats(-10e3, 5e7)
)  # poles and equator are among the first examples
def test_height_and_vertical_are_those_of_the_ellipsoid(latitude, longitude, height):
    found, *up = geodetic(*place(latitude, longitude, height))
    assert abs(found - height) < 1e-7  # m; 50 nm claimed, the rest is erfa's rounding
    expected = [
        np.cos(latitude) * np.cos(longitude),
        np.cos(latitude) * np.sin(longitude),
        np.sin(latitude),
    ]
    np.testing.assert_allclose(up, expected, rtol=0, atol=1e-11)  # rad, claimed


# -- exponential --------------------------------------------------------------------------


@pytest.mark.parametrize(("base", "scale", "printed"), PRINTED)
def test_the_exponential_table_gives_the_printed_values(base, scale, printed):
    m = exponential().numbers
    assert density_exponential(m, 0, base * 1e3) == pytest.approx(printed, rel=1e-12)
    # Half a scale height up, by the printed formula: its own last digit is worth 0.1 %.
    above = density_exponential(m, 0, (base + min(0.5 * scale, 4.9)) * 1e3)
    assert above == pytest.approx(printed * np.exp(-min(0.5, 4.9 / scale)), rel=1.5e-3)


def test_the_exponential_density_at_747_kilometres():
    # 3.614e-14 exp(-(747.2119 - 700) / 88.667), the worked example beside the table.
    found = density_exponential(exponential().numbers, 0, 747211.9)
    assert found == pytest.approx(2.1219e-14, rel=1e-4)  # the digits of the table


def test_the_exponential_density_is_continuous():
    m = exponential().numbers
    for height in range(25, 1001, 5):
        low, high = (density_exponential(m, 0, height * 1e3 + d) for d in (-1e-3, 1e-3))
        assert low == pytest.approx(high, rel=1e-6)  # 2 mm of the smallest scale, 5 km: 4e-7


# -- NRLMSIS ------------------------------------------------------------------------------


def slopes(m, t, r, along, step):
    """Return the slopes of the logarithm before and after, to second order."""
    f = [log_density(m, t + k * along[3], r + k * along[:3]) for k in (-2, -1, 0, 1, 2)]
    before = (3 * f[2] - 4 * f[1] + f[0]) / (2 * step)
    after = (-3 * f[2] + 4 * f[3] - f[4]) / (2 * step)
    return before, after


@pytest.mark.parametrize("height", [*levels()[[0, 3, 9, 15, 22, 27]], 350e3])
def test_the_gradient_is_continuous_in_height(msis, height):
    step = 1e-3 * (height - 70e3)
    up = np.array(geodetic(*place(0.6, 1.0, height))[1:])
    before, after = slopes(msis, T0, place(0.6, 1.0, height), np.append(up * step, 0.0), step)
    # Two cells with a jump in the slope of 1 % would differ by 0.01; the error of the
    # differences themselves is (step / cell)^2 = 1e-4, at the ends a little more.
    assert before == pytest.approx(after, rel=1e-3)


def test_the_gradient_is_continuous_in_time_and_over_midnight(msis):
    step = 10.0
    r = place(0.6, 1.0, 400e3)
    for hour in range(0, 48, 4):
        t = msis[1] + DAY + hour * 3600.0
        before, after = slopes(msis, t, r, np.array([0.0, 0.0, 0.0, step]), step)
        # Slopes are a tenth per hour, 3e-5 per s; the differences are good to 1e-9.
        assert abs(before - after) < 1e-8


def test_the_density_is_smooth_across_the_pole(msis):
    step = 1e3
    for longitude in (0.0, 0.7, 2.0, 4.0):
        along = step * np.array([np.cos(longitude), np.sin(longitude), 0.0, 0.0])
        before, after = slopes(msis, T0, place(np.pi / 2, 0.0, 400e3), along, step)
        # 1/m; slopes are some 1e-7, and the curvature of the Earth drops out.
        assert abs(before - after) < 1e-10


def test_day_is_denser_than_night_and_low_than_high(msis):
    t = parse_t("2024-05-31T12:00:00 UTC")
    noon = log_density(msis, t, place(0.2, np.radians(30.0), 400e3))  # local time 14 h
    night = log_density(msis, t, place(0.2, np.radians(-135.0), 400e3))  # 3 h
    assert 1.5 < np.exp(noon - night) < 6.0  # the diurnal bulge at 400 km
    column = [log_density(msis, t, place(0.2, 0.5, h)) for h in np.arange(95e3, 2e6, 5e3)]
    assert np.all(np.diff(column) < 0.0)


def test_the_logarithm_goes_on_linearly_beyond_the_ends(msis):
    for border, sign in ((LOWEST, -1.0), (HIGHEST, 1.0)):
        h = border + sign * np.array([0.0, 10e3, 20e3, 40e3])
        values = [log_density(msis, T0, place(0.6, 1.0, x)) for x in h]
        slope = np.diff(values) / np.diff(h)
        assert slope == pytest.approx(slope[0], rel=1e-8)  # a straight line
        assert slope[0] < 0.0


def test_more_sun_makes_the_air_denser():
    day = mjd("2024-06-21")
    t = parse_t("2024-06-21T12:00:00 UTC")
    r = place(0.3, 0.4, 400e3)
    quiet, busy = (
        log_density(nrlmsis(day, day, Weather(f, f, 10.0)).numbers, t, r) for f in (70, 230)
    )
    assert 6.0 < np.exp(busy - quiet) < 40.0  # minimum to maximum of a cycle at 400 km


def test_an_unknown_atmosphere_is_refused():
    with pytest.raises(ValueError, match="choose from exponential, nrlmsis"):
        atmosphere("jacchia", (T0, T0 + DAY))


def test_without_pymsis_nrlmsis_is_missing_data(monkeypatch):
    def absent(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    with pytest.raises(DataError, match="pip install pymsis"):
        nrlmsis(mjd("2024-02-01"), mjd("2024-02-02"))


# -- space weather ------------------------------------------------------------------------


def test_the_great_storm_of_may_2024_stands_in_the_table():
    days = space_weather.daily(mjd("2024-05-10"), mjd("2024-05-11"))
    # CelesTrak: flux of 9 and 10 May as observed, mean over 81 days, Ap of 10 and 11 May.
    np.testing.assert_array_equal(days.values[1], [223.4, 177.1, 271.0])
    assert days.values[0, 2] == 105.0


def test_indices_take_the_daily_value_at_noon_and_stay_between_neighbours():
    first, last = mjd("2024-05-08"), mjd("2024-05-14")
    days = space_weather.daily(first, last)
    np.testing.assert_allclose(
        space_weather.indices(days.mjd + 0.5), days.values, rtol=1e-14
    )  # rounding
    values = space_weather.indices(np.linspace(first, last + 1, 1000))
    assert values[:, 2].min() >= 0.0
    assert 270.9 < values[:, 2].max() <= 271.0


def test_outside_the_table_a_stated_constant_holds():
    day = mjd("2027-01-01")
    np.testing.assert_array_equal(space_weather.daily(day, day).values, [OUTSIDE])
    assert space_weather.outside_warning(mjd("2023-01-01"), mjd("2026-02-23")) is None
    said = space_weather.outside_warning(mjd("2026-02-20"), day)
    assert "2022-12-29 to 2026-02-23" in said
    assert "F10.7 = 150 and Ap = 15" in said


# -- drag ---------------------------------------------------------------------------------


def test_drag_is_half_rho_against_the_velocity_in_the_turning_air():
    m = exponential().numbers
    r, v = np.array([6.7e6, 4e5, 9e5]), np.array([300.0, 6900.0, -3400.0])
    turn = np.ascontiguousarray(np.linalg.qr(np.arange(9.0).reshape(3, 3) + np.eye(3))[0])
    turn *= np.sign(np.linalg.det(turn))
    out = np.array([1.0, 2.0, 3.0])
    add_drag(m, 0, T0, 0.02, r, v, turn, np.empty(TERMS), out)
    wind = v - np.cross(EARTH_SPIN * turn[2], r)
    rho = density_exponential(m, 0, geodetic(*(turn @ r))[0])
    expected = np.array([1.0, 2.0, 3.0]) - 0.5 * rho * 0.02 * np.linalg.norm(wind) * wind
    np.testing.assert_allclose(out, expected, rtol=1e-14)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(T0, T0 + 2 * DAY)


def low_orbit(height, inclination=0.9, eccentricity=0.0, mass=None):
    a = EARTH.radius + height
    r, v = keplerian_to_cartesian(
        Elements(a, eccentricity, inclination, 0.4, 0.7, 0.1), EARTH.mu
    )
    return State(T0, r, v, Frame("earth", "ICRF"), mass)


def semi_major_axis(state):
    return 1.0 / (2.0 / np.linalg.norm(state.r) - state.v @ state.v / EARTH.mu)


@pytest.mark.parametrize("inclination", [0.0, np.pi])
@pytest.mark.parametrize("height", [270e3, 425e3])
def test_a_circular_orbit_decays_by_its_law(almanac, height, inclination):
    forces = Forces(third_bodies=(), drag=0.01, atmosphere="exponential")
    start = low_orbit(height, inclination)
    duration = 0.2 * DAY
    end = Numerical(almanac, forces).final(start, T0 + duration)
    first, last = semi_major_axis(start), semi_major_axis(end)
    a = 0.5 * (first + last)
    rho = density_exponential(exponential().numbers, 0, a - EARTH.radius)
    v = np.sqrt(EARTH.mu / a)
    wind = v - EARTH_SPIN * a * np.cos(inclination)
    # da/dt = -rho Cd A/m w^2 a / v; with w = v this is -rho v a Cd A/m.
    law = -rho * 0.01 * wind**2 * a / v
    assert (last - first) / duration == pytest.approx(law, rel=0.01)  # asked for; 0.002 found


def accelerations(almanac, forces, center, state, mass=None, thrust=None):
    m, table = assemble(forces, almanac, center, mass, thrust)
    out = np.empty(3)
    acceleration(state[0], state[1], m, table, np.zeros(2, np.int64), scratch(m), out)
    return out


@pytest.mark.parametrize("name", ["exponential", "nrlmsis"])
@pytest.mark.parametrize("center", ["moon", "sun"])
def test_drag_is_the_same_about_any_centre(almanac, name, center):
    start = low_orbit(300e3)
    y = np.concatenate([start.r, start.v])
    here = Forces(drag=0.02, atmosphere=name)
    none = Forces()
    expected = accelerations(almanac, here, "earth", (T0, y))
    expected -= accelerations(almanac, none, "earth", (T0, y))
    y[:3] += almanac.position("earth", center, T0)
    y[3:] += almanac.velocity("earth", center, T0)
    found = accelerations(almanac, here, center, (T0, y))
    found -= accelerations(almanac, none, center, (T0, y))
    # 1e-4 m of 1.5e11 m in place and 9 m/s2 of gravity taken off: 1e-8 of 2e-6 m/s2.
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-7 * np.linalg.norm(expected))
    assert np.linalg.norm(expected) > 1e-6


def test_drag_needs_no_third_body_and_ends_far_from_the_earth(almanac):
    forces = Forces(third_bodies=(), drag=0.02, atmosphere="exponential")
    y = np.array([2e6, 0.0, 0.0, 0.0, 1500.0, 0.0])
    found = accelerations(almanac, forces, "moon", (T0, y))
    np.testing.assert_array_equal(
        found, accelerations(almanac, Forces(third_bodies=()), "moon", (T0, y))
    )


def test_a_lighter_spacecraft_is_slowed_more(almanac):
    start = low_orbit(300e3)
    y = np.concatenate([start.r, start.v])
    forces = Forces(third_bodies=(), drag=0.02, atmosphere="exponential", mass=1000.0)
    none = accelerations(almanac, Forces(third_bodies=()), "earth", (T0, y))
    full = accelerations(almanac, forces, "earth", (T0, y), 1000.0) - none
    half = accelerations(almanac, forces, "earth", (T0, y), 500.0) - none
    np.testing.assert_allclose(half, 2.0 * full, rtol=1e-9)  # differences of 9 m/s2
    # A burn that has used 100 kg of 1000 kg since it began 100 s ago.
    push = Thrust(1.0 * 9.80665 * 300.0, 300.0, "inertial", (1.0, 0.0, 0.0))
    late = T0 + 100.0
    pushed = accelerations(almanac, forces, "earth", (late, y), 1000.0, (push, T0))
    air = pushed - accelerations(
        almanac, Forces(third_bodies=(), mass=1000.0), "earth", (late, y), 1000.0, (push, T0)
    )
    still = accelerations(almanac, forces, "earth", (late, y), 1000.0) - accelerations(
        almanac, Forces(third_bodies=()), "earth", (late, y)
    )
    np.testing.assert_allclose(air, still / 0.9, rtol=1e-8)  # differences of 12 m/s2


def test_nrlmsis_does_not_disturb_the_integrator(almanac):
    start = low_orbit(400e3, eccentricity=0.02)
    air = Forces(third_bodies=(), drag=0.02)
    with_air = Numerical(almanac, air).propagate(start, (T0, T0 + DAY))
    # Relativity, so that both take the method for forces that feel velocity.
    plain = Forces(third_bodies=(), relativity=True)
    without = Numerical(almanac, plain).propagate(start, (T0, T0 + DAY))
    assert with_air.provenance["steps"] < 1.02 * without.provenance["steps"]
    assert with_air.provenance["rejected"] <= without.provenance["rejected"] + 2
    finer = Numerical(almanac, air, 1e-13).final(start, T0 + DAY)
    # m; without air they differ by 0.1 mm, and the drag moves the end by 100 km.
    assert np.linalg.norm(finer.r - with_air.position(T0 + DAY)) < 2e-3
    assert with_air.provenance["atmosphere"]["model"].startswith("NRLMSIS 2.1")


def test_the_way_back_through_the_air_returns_to_the_start(almanac):
    run = Numerical(almanac, Forces(drag=0.02))
    start = low_orbit(300e3)
    back = run.final(run.final(start, T0 + 0.5 * DAY), T0)
    assert np.linalg.norm(back.r - start.r) < 0.01  # m, of 40 km that the drag moves the end


def test_the_partials_by_drag_are_central_differences(almanac):
    start, end = low_orbit(300e3), T0 + 6000.0
    part = Numerical(almanac, Forces(drag=0.02)).variations(start, end, ("drag",))
    high, low = (
        Numerical(almanac, Forces(drag=0.02 + d)).final(start, end) for d in (1e-3, -1e-3)
    )
    expected = np.concatenate([high.r - low.r, high.v - low.v]) / 2e-3
    scale = np.linalg.norm(expected)
    # The law is nearly linear in drag: its cubic part is 1e-7 here, rounding 1e-7.
    np.testing.assert_allclose(part.by_parameter[-1, :, 0], expected, rtol=0, atol=1e-6 * scale)


def test_space_weather_that_was_not_measured_is_said():
    t = parse_t("2026-06-01T00:00:00 UTC")
    almanac = Almanac.load(t, t + DAY)
    with pytest.warns(OrbitsWarning, match="F10.7 = 150 and Ap = 15"):
        Numerical(almanac, Forces(drag=0.01))
    # Nothing to say where it is given, or not used.
    Numerical(almanac, Forces(drag=0.01, weather=Weather(120.0, 125.0, 8.0)))
    Numerical(almanac, Forces(drag=0.01, atmosphere="exponential"))


@pytest.mark.parametrize("drag", [-1.0, np.nan, np.inf])
def test_a_drag_that_is_none_is_refused(drag):
    with pytest.raises(ValueError, match="Cd A / m must be zero or more"):
        Forces(drag=drag)


def test_forces_refuse_an_unknown_atmosphere():
    with pytest.raises(ValueError, match="choose from exponential, nrlmsis"):
        Forces(drag=0.01, atmosphere="jacchia")
