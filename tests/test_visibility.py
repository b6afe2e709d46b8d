"""Legs: constraints, their bounds, windows and margins."""

import numpy as np
import pytest
from astropy.units import Quantity
from hypothesis import given, settings
from hypothesis import strategies as st

from orbits.bodies import EARTH, MOON
from orbits.errors import OrbitsError
from orbits.events import windows
from orbits.frames import GCRF, MOON_ICRF, CelestialPath
from orbits.geometry.occultation import Occultation
from orbits.geometry.signal import Centre
from orbits.geometry.visibility import Leg, Limits, Node
from orbits.sites import Mask, Site
from relay_case import DAY, SPAN, START, STATIONS, almanac, lander, relay, station
from second_derivative import greatest_ratio

WEEK = (START, START + 7 * DAY)


def leg(sender, receiver, light_time="apparent", **limits):
    paths = {"relay": relay, "change-6": lander}
    nodes = (
        Node(name, paths[name]() if name in paths else station(name))
        for name in (sender, receiver)
    )
    return Leg(*nodes, almanac(), light_time, Limits(**limits))


def masked(name, mask):
    s = lander() if name == "change-6" else station(name)
    angles = Quantity(s.latitude, "rad"), Quantity(s.longitude, "rad")
    return Site(name, s.body, *angles, Quantity(s.height, "m"), mask=mask)


# -- bounds --------------------------------------------------------------------------------


@pytest.mark.parametrize("light_time", ["geometric", "light-time", "apparent"])
@pytest.mark.parametrize(
    ("sender", "receiver"),
    [("change-6", "relay"), ("relay", "change-6"), ("relay", "kashi"), ("kashi", "relay")],
)
def test_no_margin_bends_more_than_its_bound(sender, receiver, light_time):
    link = leg(
        sender, receiver, light_time, max_range=4e8, min_range=1e6, sun_exclusion=0.5,
    )  # fmt: skip
    rng = np.random.default_rng(1)
    found = {e.name: greatest_ratio(e, SPAN, rng) for e in link.events(SPAN)}
    assert len(found) == 5
    for name, ratio in found.items():
        assert ratio <= 1.0, f"{name} bends {ratio:.3f} times its bound"
    # The bound of the elevation is also tight: the search would cost more if it were not.
    assert max(found.values()) > 0.4


@pytest.mark.parametrize("corners", [1, 12, 90])
@pytest.mark.parametrize(("sender", "receiver"), [("change-6", "relay"), ("relay", "kashi")])
def test_no_mask_margin_bends_more_than_its_bound_between_cuts(sender, receiver, corners):
    rng = np.random.default_rng(2)
    link, mask = _with_mask(sender, receiver, rng, corners)
    event = link.events(WEEK)[0]
    assert greatest_ratio(event, WEEK, rng) <= 1.0
    assert mask.azimuth.size == corners


def _with_mask(sender, receiver, rng, corners):
    azimuth = np.linspace(0.0, 2.0 * np.pi, corners, endpoint=False)
    mask = Mask(azimuth, np.radians(rng.uniform(2.0, 10.0, corners)))
    ends = [Node(n, relay() if n == "relay" else masked(n, mask)) for n in (sender, receiver)]
    return Leg(*ends, almanac()), mask


# -- windows -------------------------------------------------------------------------------


def sampled_hours(event, span, step):
    t = np.arange(span[0] + step / 2, span[1], step)
    return np.count_nonzero(event.margin(t) > 0.0) * step / 3600.0


@pytest.mark.parametrize("corners", [12, 90])
@pytest.mark.parametrize(("sender", "receiver"), [("change-6", "relay"), ("relay", "kashi")])
def test_mask_windows_are_those_of_sampling(sender, receiver, corners):
    rng = np.random.default_rng(3)
    link, _ = _with_mask(sender, receiver, rng, corners)
    event = link.events(WEEK)[0]
    found = windows(event, WEEK)
    assert found.certificate.certified
    assert found.certificate.undecided == ()
    # Each edge is within half a step of 20 s: 2 x 8 windows x 10 s at the very most.
    assert found.total / 3600.0 == pytest.approx(sampled_hours(event, WEEK, 20.0), abs=0.045)
    on = event.margin(found.start[1:] + 0.01) > 0.0
    off = event.margin(found.start[1:] - 0.01) <= 0.0
    assert on.all()
    assert off.all()
    assert set(found.start_cause[1:]) == {f"mask:{sender if receiver == 'relay' else receiver}"}


def test_a_level_mask_is_a_minimum_elevation():
    level = Mask(np.radians([0.0, 100.0, 250.0]), np.radians([5.0, 5.0, 5.0]))
    one = Leg(Node("change-6", masked("change-6", level)), Node("q", relay()), almanac())
    two = leg("change-6", "relay")
    a, b = one.windows(WEEK), two.windows(WEEK)
    assert np.max(np.abs(a.start - b.start)) < 1e-4  # s, edges are found to far below 1 ms
    assert np.max(np.abs(a.stop - b.stop)) < 1e-4
    assert {c.partition(":")[0] for c in a.stop_cause} == {"mask"}


def test_windows_are_where_every_constraint_holds():
    link = leg("relay", "kashi", max_range=3.9e8, sun_exclusion=np.radians(20.0))
    each = link.constraint_windows(WEEK)
    assert set(each) == {"elevation:kashi", "occultation:moon", "max_range", "sun_exclusion"}
    every = next(iter(each.values()))
    for found in each.values():
        every = every & found
    found = link.windows(WEEK)
    assert found.count == every.count
    assert np.max(np.abs(found.start - every.start)) < 1e-3  # s, the edge tolerance
    assert found.start_cause == every.start_cause
    assert found.stop_cause == every.stop_cause
    assert found.certificate.certified
    assert found.certificate.undecided == ()
    notes = found.certificate.notes
    assert notes["light_time"] == "apparent"
    assert notes["refraction"] == "none"


def test_range_limits_cut_where_the_light_has_gone_so_far():
    found = windows(
        next(
            e
            for e in leg("relay", "kashi", max_range=3.9e8).events(SPAN)
            if e.name == "max_range"
        ),
        SPAN,
    )
    edges = np.concatenate((found.start[1:], found.stop[:-1]))
    assert edges.size >= 2
    apart = leg("relay", "kashi").range(edges)
    assert np.max(np.abs(apart - 3.9e8)) < 2.0  # m, 1 ms at 1.5 km/s


def test_the_search_needs_fewer_margins_than_sampling_at_600_s():
    for name in STATIONS:
        for event in leg("relay", name).events(SPAN):
            count = windows(event, SPAN).certificate.evaluations
            assert count < 1000, f"{event.name}: {count}"  # 4,320 samples at 600 s


# -- what stands between -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "receiver", "bodies"),
    [
        ("change-6", "relay", ("earth",)),
        ("relay", "change-6", ("earth",)),
        ("relay", "kashi", ("moon",)),
        ("kashi", "change-6", ()),
    ],
)
def test_the_horizon_stands_in_for_the_body_of_a_site(sender, receiver, bodies):
    assert leg(sender, receiver).occulters == bodies
    asked = leg(sender, receiver, occulted_by=("moon", "earth"))
    assert set(asked.occulters) == set(bodies)


def test_the_centre_of_a_body_does_not_hide_itself():
    for earth in (Centre("earth"), CelestialPath("earth", almanac())):
        link = Leg(Node("relay", relay()), Node("earth", earth), almanac())
        assert link.occulters == ("moon",)
    found = [
        Leg(Node("relay", relay()), Node("earth", earth), almanac()).windows(WEEK)
        for earth in (Centre("earth"), CelestialPath("earth", almanac()))
    ]
    assert np.max(np.abs(found[0].start - found[1].start)) < 1e-6  # s, ten grains of t


def test_a_path_of_ones_own_may_be_hidden_by_its_centre():
    link = Leg(Node("relay", relay()), Node("far", Fixed([4e7, 0.0, 0.0])), almanac())
    assert link.occulters == ("earth", "moon")


class Fixed:
    """A path that stays at one point of the GCRF, or of the Moon's ICRF."""

    def __init__(self, r, frame=GCRF):
        self.r, self.frame, self.span = np.asarray(r, float), frame, (-np.inf, np.inf)

    def position(self, t):
        return np.tile(self.r, (len(t), 1))

    def velocity(self, t):
        return np.zeros((len(t), 3))

    def bounds(self, a, b):
        return np.zeros_like(a), np.zeros_like(a)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_margin_tells_if_the_line_meets_the_ellipsoid(seed):
    rng = np.random.default_rng(seed)
    ends = rng.normal(size=(2, 3))
    ends *= (7e6 * 10 ** rng.uniform(0, 1, 2) / np.linalg.norm(ends, axis=1))[:, None]
    body, frame = (EARTH, GCRF) if seed % 2 else (MOON, MOON_ICRF)
    t = np.array([START])
    o = Occultation(Fixed(ends[0], frame), Fixed(ends[1], frame), body, almanac(), "geometric")
    turn = almanac().rotation(body.axes, "ICRF", t)[0]
    scale = np.array([body.radius, body.radius, body.polar_radius])
    u, v = (turn @ end / scale for end in ends)
    along = np.clip(-(u @ (v - u)) / ((v - u) @ (v - u)), 0.0, 1.0)
    nearest = np.linalg.norm(u + along * (v - u)) - 1.0
    if abs(nearest) > 1e-9:  # of the radius: 6 mm; closer, rounding decides
        assert (o.margin(t)[0] > 0.0) == (nearest > 0.0)
        assert (o.clearance(t)[0] > 0.0) == (nearest > 0.0)


def test_grazing_is_zero_at_the_height_of_the_horizon():
    # Seen from height h over a sphere, another end at the same height over the horizon.
    h = 500e3
    r = MOON.radius + h
    half = np.arccos(MOON.radius / r)
    ends = [r * np.array([np.cos(a), np.sin(a), 0.0]) for a in (half, -half)]
    paths = (Fixed(e, MOON_ICRF) for e in ends)
    o = Occultation(*paths, MOON, almanac(), "geometric")
    assert o.margin(np.array([START]))[0] == pytest.approx(0.0, abs=1e-6)  # m, rounding
    assert o.clearance(np.array([START]))[0] == pytest.approx(0.0, abs=1e-6)


def test_an_end_inside_the_body_is_an_error_not_an_answer():
    o = Occultation(Fixed([1e6, 0, 0]), Fixed([1e7, 0, 0]), EARTH, almanac(), "geometric")
    with pytest.raises(OrbitsError, match="lies inside earth"):
        o.margin(np.array([START]))


# -- why, and the rest ---------------------------------------------------------------------


def test_every_margin_of_why_agrees_with_the_windows():
    link = leg("relay", "kashi", max_range=3.9e8, min_range=3.6e8, sun_exclusion=0.5)
    each = link.constraint_windows(WEEK)
    rng = np.random.default_rng(5)
    for t in rng.uniform(*WEEK, 40):
        margins = link.margins(t)
        assert {m.cause for m in margins} == set(each)
        for m in margins:
            assert m.holds == each[m.cause].contains(t) == (m.margin > 0.0)
            assert m.unit == ("km" if "range" in m.name or m.name == "occultation" else "deg")


def test_a_margin_of_elevation_is_in_degrees():
    link = leg("change-6", "relay")
    t = START + 40_000.0
    elevation = link.azimuth_elevation(np.array([t]))[1][0]
    assert link.margins(t)[0].margin == pytest.approx(np.degrees(elevation) - 5.0, abs=1e-12)


def test_the_sun_angle_is_that_of_the_directions():
    link = leg("relay", "kashi", "geometric")
    t = np.linspace(*WEEK, 20)
    sky, here = almanac(), Node("kashi", station("kashi")).path
    site = np.einsum("nji,j->ni", sky.rotation("ITRF", "ICRF", t), here.vector)
    x = sky.position("sun", "earth", t) - site
    y = relay().position(t) + sky.position("moon", "earth", t) - site
    cosine = np.einsum("ij,ij->i", x, y)
    cosine /= np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    assert link.sun_angle(t) == pytest.approx(np.arccos(cosine), abs=1e-8)  # arccos's own


def test_the_usable_span_leaves_room_for_light_time():
    link, q = leg("relay", "kashi"), relay()
    t0, t1 = link.usable_span((q.span[0] - 1e4, q.span[1] + 1e4))
    assert 1.1 < t0 - q.span[0] < 1.4  # s, light from lunar distance
    assert 1.1 < t1 - q.span[1] < 1.4
    link.windows((t0, t0 + DAY))
    link.windows((t1 - DAY, t1))
    with pytest.raises(ValueError, match="never known together"):
        link.usable_span((q.span[1] + 1e4, q.span[1] + 2e4))


def test_horizons_are_asked_by_name():
    link = leg("relay", "kashi")
    assert link.horizon("kashi").receives
    assert not leg("kashi", "relay").horizon().receives
    with pytest.raises(ValueError, match="is the site 'jiamusi'"):
        link.horizon("jiamusi")


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_range": -1.0}, "max_range must be a positive"),
        ({"min_range": float("inf")}, "min_range must be a positive"),
        ({"sun_exclusion": 4.0}, "sun_exclusion must lie within"),
        ({"occulted_by": ("phobos",)}, "unknown body 'phobos'"),
    ],
)
def test_impossible_limits_are_refused(limits, message):
    with pytest.raises(ValueError, match=message):
        Limits(**limits)
