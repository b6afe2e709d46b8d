"""The compiled search of a leg against the one that numpy makes: the same model, twice.

Each is the other's check: they share the formulas of bounds, but not the way to the vectors.
"""

from dataclasses import replace

import numpy as np
import pytest

from orbits.errors import OrbitsError
from orbits.events import windows
from orbits.frames import MOON_ICRF, CelestialPath
from orbits.geometry.sight import margin, scratch
from orbits.geometry.sight_search import bend
from orbits.geometry.visibility import Leg, Limits, Node, each_windows
from orbits.propagators.fitted import fitted_trajectory
from relay_case import DAY, SPAN, START, almanac, lander, relay, station

WEEK = (START, START + 7 * DAY)
ENDS = [("change-6", "relay"), ("relay", "change-6"), ("relay", "kashi"), ("kashi", "relay")]


def leg(sender, receiver, light_time, craft=relay):
    paths = {"relay": craft, "change-6": lander}
    nodes = [
        Node(name, paths[name]() if name in paths else station(name))
        for name in (sender, receiver)
    ]
    limits = Limits(max_range=2e7 if "change-6" in (sender, receiver) else 3.9e8, min_range=4e6)
    return Leg(*nodes, almanac(), light_time, limits)


def series():
    """The relay's week as Chebyshev pieces instead of the integrator's own polynomials."""
    path = relay()
    return fitted_trajectory(
        lambda t: (path.position(t), path.velocity(t)), (WEEK[0] - 50.0, WEEK[1] + 5.0),
        MOON_ICRF, longest=7200.0, tolerance=1e-4, provenance={},
    )  # fmt: skip


CASES = [(*ends, setting, relay) for setting in ("geometric", "light-time", "apparent")
         for ends in ENDS] + [("relay", "kashi", "apparent", series)]  # fmt: skip


@pytest.mark.parametrize(("sender", "receiver", "light_time", "craft"), CASES)
def test_margins_and_bounds_are_those_of_numpy(sender, receiver, light_time, craft):
    rng = np.random.default_rng(4)
    events = leg(sender, receiver, light_time, craft).events(WEEK)
    assert len(events) == 4
    for event in events:
        record, work = event.compiled.sights[0], scratch()
        t = rng.uniform(WEEK[0], WEEK[1], 200)
        ours = np.array([margin(record, each, work) for each in t])
        assert np.max(np.abs(ours - event.margin(t))) < event.allowance  # m; its own word
        for length in (1.0, 60.0, 3600.0, 43_200.0):
            a = rng.uniform(WEEK[0], WEEK[1] - length, 50)
            known = event.bound(a, a + length)
            ours = np.array([bend(record, each, each + length, work) for each in a])
            assert np.array_equal(np.isinf(ours), np.isinf(known))
            some = np.isfinite(known)
            # Rounding only: the same formulas of distances that differ by micrometres.
            assert ours[some] == pytest.approx(known[some], rel=1e-8, abs=1e-12)


@pytest.mark.parametrize(("sender", "receiver", "light_time", "craft"), CASES)
def test_windows_and_certificates_are_those_of_numpy(sender, receiver, light_time, craft):
    for event in leg(sender, receiver, light_time, craft).events(WEEK):
        one, two = windows(event, WEEK), windows(replace(event, compiled=None), WEEK)
        assert one.count == two.count
        edges = np.concatenate([one.start - two.start, one.stop - two.stop, [0.0]])
        assert np.max(np.abs(edges)) < 1e-6  # s; a few grains of t
        assert (one.start_cause, one.stop_cause) == (two.start_cause, two.stop_cause)
        ours, known = one.certificate, two.certificate
        assert ours.undecided == known.undecided
        assert ours.resolution == known.resolution
        assert ours.bounds == known.bounds
        # The last step of a root may fall on either side of the tolerance.
        assert abs(ours.evaluations - known.evaluations) <= 2 + 0.01 * known.evaluations


def test_what_numpy_refuses_is_refused_in_its_words():
    event = leg("relay", "kashi", "apparent").events(SPAN)[0]
    beyond = (SPAN[1] - DAY, SPAN[1] + DAY)
    assert event.compiled.halve(*(np.array([t]) for t in beyond), 1.0, 1e-4) is None
    with pytest.raises(ValueError, match="the trajectory runs from"):
        windows(event, beyond)


def test_an_end_inside_the_body_is_refused_in_the_words_of_numpy():
    through = fitted_trajectory(
        lambda t: (
            np.column_stack([(t - START) * 100.0, 0 * t, 0 * t]),
            np.column_stack([100.0 + 0 * t, 0 * t, 0 * t]),
        ),
        (WEEK[0] - 50.0, WEEK[1] + 5.0), MOON_ICRF, longest=7200.0, tolerance=1e-3,
        provenance={},
    )  # fmt: skip
    limits = Limits(occulted_by=("moon",))
    ends = Node("mole", through), Node("relay", relay())
    with pytest.raises(OrbitsError, match="lies inside moon"):
        Leg(*ends, almanac(), "geometric", limits).windows(WEEK)


def test_a_path_of_another_kind_is_left_to_numpy():
    ends = Node("sun", CelestialPath("sun", almanac())), Node("kashi", station("kashi"))
    events = Leg(*ends, almanac(), "geometric", Limits(max_range=2e11)).events(WEEK)
    assert [event.compiled for event in events] == [None] * len(events)


def test_legs_searched_side_by_side_are_those_searched_in_turn():
    legs = [leg(*ends, "apparent") for ends in ENDS]
    together = list(
        each_windows([(one, WEEK) for one in legs], resolution=10.0, tolerance=1e-3)
    )
    assert together == [one.windows(WEEK) for one in legs]
