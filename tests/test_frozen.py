"""Frozen lunar orbits: the averaged relation, the correction in the full model, the keeping."""

from dataclasses import replace

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.design.frozen import (
    MONTH,
    YEAR,
    Shape,
    argument_rate,
    frozen_inclination,
    frozen_orbit,
    history,
    start_of,
)
from orbits.design.perilune_keeping import PeriluneRule, keep_perilune
from orbits.errors import ConvergenceError
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t

EPOCH = parse_t("2024-06-01T00:00:00 UTC")
AXIS = 9837.4e3  # 200 x 16,000 km


@pytest.fixture(scope="module")
def full():
    """Return the model of the acceptance: 50x50, Earth, Sun; eleven years."""
    with pytest.warns(match="Earth orientation"):
        almanac = Almanac.load(EPOCH, EPOCH + 10.1 * YEAR)
    forces = Forces(third_bodies=("earth", "sun"), fields={"moon": field("grgm1200a", 50)})
    return Numerical(almanac, forces, tolerance=1e-11)


@pytest.mark.parametrize(
    ("perilune", "apolune", "degrees"), [(200e3, 16000e3, 62.5), (300e3, 8600e3, 54.9)]
)
def test_the_relation_gives_the_published_inclinations(perilune, apolune, degrees):
    e = (apolune - perilune) / (apolune + perilune + 2 * 1737.4e3)
    assert np.degrees(frozen_inclination(e)) == pytest.approx(degrees, abs=0.05)  # as quoted
    assert np.degrees(frozen_inclination(e, retrograde=True)) == pytest.approx(
        180 - degrees,
        abs=0.05,  # as quoted
    )


def test_the_argument_stands_still_where_the_relation_holds():
    rate = argument_rate(AXIS, 0.8, frozen_inclination(0.8), 0.5 * np.pi)
    assert abs(rate) * YEAR < 1e-12  # rad: rounding
    assert argument_rate(AXIS, 0.8, np.radians(40.0), 0.5 * np.pi) * YEAR > 1.0  # rad


@pytest.fixture(scope="module")
def prograde(full):
    return frozen_orbit(full, EPOCH, Shape(AXIS, 100e3))


@pytest.mark.parametrize("retrograde", [False, True])
def test_a_year_without_manoeuvres_stays_frozen(full, prograde, retrograde):
    turned = Shape(AXIS, 100e3, retrograde=retrograde, raan=np.radians(240.0))
    orbit = frozen_orbit(full, EPOCH, turned) if retrograde else prograde
    stays_frozen(orbit)
    # Half the time in which the Earth returns to the node of the orbit.
    node_rate = np.ptp(orbit.history.raan) / (orbit.history.t[-1] - EPOCH)
    node_rate *= np.sign(orbit.history.raan[-1] - orbit.history.raan[0])
    half = np.pi / (2.0 * np.pi / MONTH - node_rate)
    assert strongest_period(orbit.history) == pytest.approx(half, rel=0.05)  # its grid, 4 %
    assert (orbit.elements.inclination > 0.5 * np.pi) == retrograde


@pytest.mark.slow
@pytest.mark.parametrize("node", range(0, 360, 30))
@pytest.mark.parametrize("retrograde", [False, True])
def test_twelve_nodes_stay_frozen(full, node, retrograde):
    """About 1.5 s each, and 2 s more for the decade."""
    orbit = frozen_orbit(
        full, EPOCH, Shape(AXIS, 100e3, retrograde=retrograde, raan=np.radians(node))
    )
    stays_frozen(orbit)
    if not retrograde:
        decade = ten_years(full, orbit)
        assert decade.eccentricity_range < 0.09  # the issue's
        assert decade.lowest_perilune > 0.0  # m


def stays_frozen(orbit):
    """Judge a year as the issue asks."""
    past = orbit.history
    assert past.lowest_perilune == pytest.approx(100e3, abs=500.0)  # m: the solver's
    assert past.lowest_perilune > 50e3
    assert past.eccentricity_range < 0.09
    assert np.degrees(orbit.argument_excursion) < 8.0
    # As published for this orbit, 0.04 to 0.06 from peak to peak, read off the year's plot.
    assert 0.0395 < past.eccentricity_range < 0.06
    # The fortnight alone: the once averaged theory, over the Moon's distances of the year.
    assert fortnightly(4.067e8) < past.swing < fortnightly(3.565e8) + 0.004  # the monthly term
    assert fortnightly(3.844e8) == pytest.approx(np.median(past.swings), rel=0.1)
    assert past.swing > 0.7 * past.eccentricity_range
    assert abs(orbit.eccentricity_drift) < 0.01


def fortnightly(distance):
    """Peak to peak of e in half a month, by the Earth at rest in distance. [lidov1962]

    de/dt = 7.5 n3^2 / n e sqrt(1 - e^2) cos(i) sin(2 u) / 2, integrated over u.
    """
    e, i = 0.79, frozen_inclination(0.79)
    pull = 3.986e14 / distance**3 / np.sqrt(4.9028e12 / AXIS**3)
    rate = 7.5 * pull * e * np.sqrt(1.0 - e * e) * 0.5 * np.cos(i)
    return rate / (2.0 * np.pi / MONTH)


def strongest_period(found):
    e = found.eccentricity - found.eccentricity.mean()
    power = np.abs(np.fft.rfft(e * np.hanning(len(e))))
    return (found.t[1] - found.t[0]) * len(e) / np.argmax(power)


def test_the_other_side_is_frozen_too(full):
    orbit = frozen_orbit(full, EPOCH, Shape(AXIS, 100e3, "north"))
    assert np.degrees(orbit.elements.argp) == pytest.approx(270.0, abs=5.0)  # near the pole
    assert np.degrees(orbit.argument_excursion) < 8.0


def ten_years(full, orbit):
    path = replace(full, surfaces=False).propagate(orbit.start, (EPOCH, EPOCH + 10 * YEAR))
    return history(path, full.almanac, full.forces.mu_of("moon"))


def test_ten_years_prograde_keep_the_eccentricity(full, prograde):
    decade = ten_years(full, prograde)
    assert decade.eccentricity_range < 0.09
    assert decade.lowest_perilune > 50e3


def test_the_same_design_at_40_degrees_is_refused_for_its_drift(full):
    with pytest.raises(ConvergenceError, match=r"argument of perilune would drift \+\d+ deg"):
        frozen_orbit(full, EPOCH, Shape(AXIS, 100e3, inclination=np.radians(40.0)))


@pytest.mark.parametrize("node", [0, 180])
def test_raising_the_perilune_at_apolune_costs_little(full, node):
    shape = Shape(AXIS, 200e3, raan=np.radians(node))
    e = shape.eccentricity
    mu = full.forces.mu_of("moon")
    first = [e, frozen_inclination(e), 0.5 * np.pi]
    start, _ = start_of(EPOCH, shape, first, full.almanac, mu)
    kept = keep_perilune(full, start, EPOCH + YEAR, PeriluneRule())
    assert 1 <= len(kept.t) <= 7
    assert kept.yearly_delta_v <= 40.0
    assert kept.lowest > 95e3  # m: the next perilune is predicted, not guessed
    # Vis-viva: 100 km of perilune cost 5.4 m/s at this apolune; the Earth's swing moves it.
    assert kept.delta_v == pytest.approx(5.4, abs=0.5)


def test_a_perilune_under_the_surface_is_a_slip_of_the_caller():
    with pytest.raises(ValueError, match="must lie above the surface"):
        Shape(AXIS, -1.0)
    with pytest.raises(ValueError, match="south or north"):
        Shape(AXIS, 1e5, "east")
