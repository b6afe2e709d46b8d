"""Authority: NRLMSIS 2.1 itself, through pymsis (0.13), given the very same indices."""

import erfa
import numpy as np
import pytest

from orbits.compiled import compiled
from orbits.forces.atmosphere import TERMS, density
from orbits.forces.density import nrlmsis
from orbits.forces.space_weather import Weather, indices
from orbits.time import utc_datetime64, utc_midnight

pymsis = pytest.importorskip("pymsis")

COUNT = 4000


def mjd(date):
    return int((np.datetime64(date) - np.datetime64("1858-11-17")).astype(int))


@compiled
def densities(m, t, places, functions, out):
    for i in range(len(t)):
        out[i] = density(m, 0, t[i], places[i, 0], places[i, 1], places[i, 2], functions)


def compared(first, last, low, high, weather=None):
    """Return ours over theirs, less 1, at random places and times, heights in km."""
    rng = np.random.default_rng(21)
    numbers = nrlmsis(mjd(first), mjd(last), weather).numbers
    day = rng.uniform(mjd(first), mjd(last) + 1, COUNT)
    t = utc_midnight(np.floor(day)) + (day % 1.0) * 86400.0
    latitude = np.arcsin(rng.uniform(-1.0, 1.0, COUNT))
    longitude = rng.uniform(-np.pi, np.pi, COUNT)
    height = rng.uniform(low, high, COUNT)
    ours = np.empty(COUNT)
    places = erfa.gd2gc(1, longitude, latitude, height * 1000.0)
    densities(numbers, t, places, np.empty(TERMS), ours)
    values = indices(day) if weather is None else np.tile(weather, (COUNT, 1))
    theirs = pymsis.calculate(
        utc_datetime64(t),
        np.degrees(longitude),
        np.degrees(latitude),
        height,
        values[:, 0],
        values[:, 1],
        np.repeat(values[:, 2:], 7, axis=1),
        version=2.1,
    )[:, 0]
    return ours / theirs - 1.0


@pytest.mark.parametrize(
    ("first", "last", "weather"),
    [
        ("2023-01-01", "2023-01-03", None),
        ("2024-01-10", "2024-01-11", None),
        ("2024-05-09", "2024-05-13", None),  # the great storm: Ap 271 on 11 May
        ("2025-06-01", "2025-06-10", None),
        ("2031-09-01", "2031-09-02", Weather(70.0, 70.0, 4.0)),
        ("2031-12-21", "2031-12-22", Weather(240.0, 210.0, 30.0)),
    ],
)
def test_the_table_follows_the_model_from_150_to_1000_kilometres(first, last, weather):
    miss = compared(first, last, 150.0, 1000.0, weather)
    assert np.sqrt(np.mean(miss**2)) < 0.01  # asked for; at most 0.003 measured
    assert np.abs(miss).max() < 0.03  # asked for; at most 0.02 measured


@pytest.mark.parametrize(("low", "high"), [(100.0, 150.0), (1000.0, 1500.0)])
def test_the_table_follows_the_model_at_its_ends(low, high):
    miss = compared("2024-01-10", "2024-01-11", low, high)
    assert np.sqrt(np.mean(miss**2)) < 0.01  # as between 150 and 1000 km; 0.002 measured
    assert np.abs(miss).max() < 0.03
