"""Getting to the relay orbits: Queqiao-1 past the Moon, Queqiao-2 into its ellipse."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.constants import DAY
from orbits.design.arrival import ARRIVAL, capture, fly_by_transfer, lowering
from orbits.design.halo import family
from orbits.design.real_sky import in_the_real_sky
from orbits.forces.assembly import Forces
from orbits.propagators.cr3bp import SYSTEMS
from orbits.propagators.numerical import Numerical
from orbits.time import parse_t

MOON = 1737.4e3
INSERTION = parse_t("2018-06-14T03:06:00 UTC")
FLY_BY = parse_t("2018-05-25T13:39:00 UTC")  # the middle of 13:32 to 13:46
BUDGET = 220.0 * 9.80665 * np.log(448.7 / (448.7 - 105.0))  # m/s: 105 kg at 220 s


@pytest.fixture(scope="module")
def halo():
    almanac = Almanac.load(INSERTION - 40 * DAY, INSERTION + 60 * DAY)
    model = Numerical(almanac, Forces(third_bodies=("earth", "sun")))
    system = SYSTEMS["earth-moon"]
    orbit = family(system, "halo").where("az", 13e6 / system.length)[0]
    return in_the_real_sky(orbit, model, INSERTION - 60.0, revolutions=3), model


def test_the_capture_of_queqiao_2_costs_what_was_computed_from_its_arrival():
    assert capture(MOON + 200e3, MOON + 1e8) == pytest.approx(178.0, abs=5.0)  # the issue's
    lowered = lowering(MOON + 200e3, MOON + 1e8, MOON + 16e6)
    assert lowered == pytest.approx(93.0, abs=5.0)  # m/s: the issue's
    whole = capture(MOON + 200e3, MOON + 16e6)
    assert whole == pytest.approx(capture(MOON + 200e3, MOON + 1e8) + lowered, abs=1e-9)
    assert capture(MOON + 200e3, MOON + 1e8, arrival=0.0) < whole < 2 * ARRIVAL**0.5


def test_queqiao_1_gets_to_its_halo_within_its_propellant(halo):
    real, model = halo
    way = fly_by_transfer(real, model, INSERTION, FLY_BY, MOON + 100e3)
    assert way.fly_by_radius == pytest.approx(MOON + 100e3, abs=1e3)  # m: the solver's
    path = way.trajectory
    r, v = path.position(way.fly_by), path.velocity(way.fly_by)
    # A perilune: no more than three minutes of flight from it.
    assert abs(r @ v) / np.linalg.norm(r) / np.linalg.norm(v) < 0.3
    assert path.span == (FLY_BY, INSERTION)
    there = real.trajectory.position(INSERTION)
    assert np.linalg.norm(path.position(INSERTION) - there) < 1.0  # m: the same integration
    gained = real.trajectory.velocity(INSERTION) - path.velocity(INSERTION)
    assert np.linalg.norm(gained) == pytest.approx(way.insertion_delta_v, abs=1e-3)  # m/s
    assert pytest.approx(575.0, abs=2.0) == BUDGET  # m/s, as the issue says
    assert way.delta_v + 5 * 17.5 < BUDGET  # five years at the rate that was flown
    assert 150.0 < way.fly_by_delta_v < 250.0


def test_a_fly_by_after_the_insertion_is_a_slip(halo):
    real, model = halo
    with pytest.raises(ValueError, match="at least one"):
        fly_by_transfer(real, model, INSERTION, INSERTION + DAY, MOON + 100e3)
