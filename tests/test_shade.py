"""Steps of the integrator end at the edges of shadows, also of those between two stages."""

import numpy as np
import pytest

from orbits.almanac import Almanac
from orbits.constants import DAY
from orbits.events import windows
from orbits.forces.assembly import Forces
from orbits.frames import MOON_ICRF
from orbits.geometry import eclipse
from orbits.propagators.numerical import Numerical
from orbits.trajectory import State

# On a halo of 45,000 km, an hour and a half in the Earth's penumbra: steps are hours long.
FAR = State(
    598997789.9611095,
    np.array([12098755.44594532, 45886330.81119423, 50442659.39582053]),
    np.array([-63.12678185, 68.10453165, -180.3639401]),
    MOON_ICRF,
)
SPAN = (FAR.t, FAR.t + 296092.46)


@pytest.fixture(scope="module")
def almanac():
    return Almanac.load(*SPAN)


def model(almanac, tolerance=1e-12):
    forces = Forces(third_bodies=("earth", "sun"), radiation=1.3 * 10.0 / 448.7)
    return Numerical(almanac, forces, tolerance=tolerance)


@pytest.mark.parametrize("tolerance", [1e-9, 1e-10, 1e-11, 1e-12, 1e-13])
def test_a_short_shadow_is_felt_at_every_tolerance(almanac, tolerance):
    here = model(almanac, tolerance)
    judge = model(almanac, 1e-14).final(FAR, SPAN[1])
    # m: the shadow moves the end by 20 m; what is left is the tolerance times 6e7 m and growth.
    assert np.linalg.norm(here.final(FAR, SPAN[1]).r - judge.r) < 1e-3 + 1e7 * tolerance
    partials = here.variations(FAR, SPAN[1]).y[-1, :3]  # the other method
    assert np.linalg.norm(partials - judge.r) < 1e-3 + 5e8 * tolerance


@pytest.mark.parametrize("days", [0.3, 2.0, 8.0])
def test_every_edge_of_a_penumbra_is_an_end_of_a_step(almanac, days):
    """The certified search of eclipses knows nothing of the integrator's own."""
    radius = (4.9028e12 * (days * DAY / (2.0 * np.pi)) ** 2) ** (1.0 / 3.0)
    sun = almanac.position("sun", "moon", FAR.t)
    ahead = np.cross([0.0, 0.0, 1.0], sun)
    speed = np.sqrt(4.9028e12 / radius)
    start = State(
        FAR.t,
        radius * sun / np.linalg.norm(sun),
        speed * ahead / np.linalg.norm(ahead),
        MOON_ICRF,
    )
    path = model(almanac, 1e-10).propagate(start, SPAN)
    _, penumbra = eclipse.events(path, "moon", almanac, SPAN)
    found = windows(penumbra, SPAN)
    edges = np.concatenate([found.start, found.stop])
    edges = edges[(edges > SPAN[0]) & (edges < SPAN[1])]
    if days < 6.0:  # a revolution and its shadow fit
        assert len(edges) >= 2
    for edge in edges:
        # s: the search sees light bent by aberration; 20 arcseconds at this distance, over v.
        assert np.abs(path.t - edge).min() < 1e-4 * radius / speed + 1.0
