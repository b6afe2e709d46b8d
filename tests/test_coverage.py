"""Coverage: grids, accesses of many points at once, and the figures of merit they give."""

import time
from functools import partial

import numpy as np
import pytest
from astropy.units import Quantity

from orbits.almanac import Almanac
from orbits.bodies import MOON
from orbits.constants import MOON_RADIUS, WGS84_A
from orbits.elements import Elements, keplerian_to_cartesian, period
from orbits.frames import GCRF, MOON_ICRF, rotated, rotation_of_epoch, to_icrf
from orbits.geometry.access import Rules, accesses, each_access, point_rows
from orbits.geometry.coverage import ALL, CLOSED, coverage
from orbits.geometry.fixed import Cells, fixed_path
from orbits.geometry.grid import Grid
from orbits.geometry.signal import Centre
from orbits.geometry.sweep import CONE, ELEVATION, RANGE, SWATH, bend_bound, margin
from orbits.geometry.visibility import Leg, Limits, Node
from orbits.propagators.kepler import Kepler
from orbits.sites import Site
from orbits.time import parse_t
from orbits.trajectory import State
from relay_case import SPAN, START, almanac, relay

HOUR = 3600.0
DAY = 86_400.0
FIVE = Rules(np.radians(5.0))
FAR_SIDE = np.radians([[-90.0, 90.0], [90.0, 270.0]])


# -- grids ----------------------------------------------------------------------------------


def test_a_far_side_grid_of_one_degree_has_180_rows_and_180_columns():
    grid = Grid.region("moon", *FAR_SIDE, np.radians(1.0))
    assert grid.shape == (180, 180)
    assert grid.latitude.size == 32_400
    assert np.degrees(grid.latitude[0]) == pytest.approx(-89.5)
    assert np.degrees(grid.longitude[0]) == pytest.approx(90.5)


def test_the_cells_of_a_whole_body_have_its_area():
    moon = Grid.whole("moon", np.radians(7.0))
    assert moon.area.sum() == pytest.approx(4 * np.pi * MOON_RADIUS**2, rel=1e-12)  # rounding
    earth = Grid.whole("earth", np.radians(7.0))
    # NIMA TR8350.2, table 3.3: radius of the sphere of equal area, given to 0.1 mm
    assert earth.area.sum() == pytest.approx(4 * np.pi * 6371007.1809**2, rel=1e-10)


def test_points_of_the_earth_lie_on_the_ellipsoid_where_erfa_puts_them():
    import erfa

    grid = Grid.region("earth", np.radians([20.0, 70.0]), np.radians([-30.0, 40.0]), 0.3)
    longitude, latitude, height = erfa.gc2gd(1, grid.vector)
    assert np.allclose(latitude, grid.latitude, atol=1e-12)  # rad: rounding
    assert np.allclose(longitude, grid.longitude, atol=1e-12)  # rad: rounding
    assert np.abs(height).max() < 1e-8  # m: rounding of 6,400 km


def test_a_cap_reaches_its_pole_all_round():
    cap = Grid.cap("moon", np.radians(-80.0), np.radians(2.0))
    assert cap.shape == (5, 180)
    assert np.degrees(cap.parallels[[0, -1]]) == pytest.approx([-90.0, -80.0])
    share = (1.0 - np.sin(np.radians(80.0))) / 2.0
    assert cap.area.sum() == pytest.approx(share * 4 * np.pi * MOON_RADIUS**2, rel=1e-12)


def test_a_range_that_is_no_whole_number_of_steps_gets_smaller_cells():
    grid = Grid.region("moon", np.radians([0.0, 10.0]), np.radians([0.0, 5.0]), np.radians(3.0))
    assert grid.shape == (4, 2)
    assert np.degrees(np.diff(grid.parallels)) == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Grid.whole("moon", 0.0), "must be above zero, got 0"),
        (lambda: Grid.whole("moon", np.nan), "must be above zero, got nan"),
        (lambda: Grid.whole("mars", 0.1), "not 'mars'"),
        (lambda: Grid.whole("moon", 1e-4), "choose a larger step"),
        (lambda: Grid.region("moon", (0.2, 0.2), (0, 1), 0.1), "latitude of a grid runs from"),
        (lambda: Grid.region("moon", (0, 1), (1, 0), 0.1), "longitude of a grid runs from"),
        (lambda: Grid.region("moon", (0, 1), (0, 7), 0.1), "at most 360 degrees"),
        (lambda: Grid.region("moon", (1, 2), (0, 1), 0.1), "within 90 degrees of the equator"),
        (lambda: Grid("moon", [0.0, 1.0], [0.0, 1.0], height=-2e6), "not above the centre"),
        (lambda: Rules(cone=0.0), "cone must lie within"),
        (lambda: Rules(max_range=-1.0), "max_range must be a positive length"),
        (lambda: Rules(2.0), "min_elevation must lie within 90"),
    ],
)
def test_a_grid_or_rule_that_makes_no_sense_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


# -- edges ----------------------------------------------------------------------------------


def in_body_axes(path, sky, name, axes, t):
    return rotated(sky.rotation(axes, "ICRF", t), to_icrf(path, t, sky, name))


def holds(r, grid, i, rules):
    """Return by angles, not by the margins of the search, whether the rules hold."""
    d = r - grid.vector[i]
    apart, away = np.linalg.norm(d, axis=1), np.linalg.norm(r, axis=1)
    held = np.arcsin(np.clip(d @ grid.up[i] / apart, -1.0, 1.0)) > rules.min_elevation
    if rules.cone is not None:
        nadir = np.einsum("ij,ij->i", d, r) / apart / away
        held &= np.arccos(np.clip(nadir, -1.0, 1.0)) < rules.cone
    if rules.swath is not None:
        p = grid.vector[i] / np.linalg.norm(grid.vector[i])
        held &= np.arccos(np.clip(r @ p / away, -1.0, 1.0)) < rules.swath
    if rules.max_range is not None:
        held &= apart < rules.max_range
    return held


@pytest.mark.parametrize(
    "rules",
    [
        FIVE,
        Rules(cone=np.radians(8.0)),
        Rules(swath=np.radians(30.0)),
        Rules(max_range=1.2e7),
        Rules(np.radians(5.0), np.radians(10.0), np.radians(40.0), 1.5e7),
    ],
)
def test_a_month_over_the_far_side_agrees_with_samples_every_ten_seconds(rules):
    grid = Grid.region("moon", *FAR_SIDE, np.radians(30.0))
    found = coverage(grid, {"relay": relay()}, almanac(), SPAN, rules)
    assert found.certificate.certified
    assert found.certificate.resolution == 10.0
    assert found.certificate.undecided == ()
    t = np.arange(*SPAN, 10.0)
    r = in_body_axes(relay(), almanac(), "moon", "MOON_ME", t)
    figures = found.figures()
    for i in range(grid.area.size):
        held = holds(r, grid, i, rules)
        # each of up to 60 edges is off by at most half a sample: 60 * 5 s / 30 d
        assert figures.availability[i] == pytest.approx(held.mean(), abs=1.2e-4)
        windows = found.windows(i)
        sure = np.ones(t.size, dtype=bool)
        edges = np.concatenate([windows.start, windows.stop])
        near = np.searchsorted(t, edges)
        sure[np.clip(np.concatenate([near - 1, near]), 0, t.size - 1)] = False
        assert np.array_equal(windows.contains(t[sure]), held[sure])


def test_the_edges_are_those_of_the_leg_of_a_site():
    grid = Grid.region("moon", *FAR_SIDE, np.radians(45.0))
    found = coverage(grid, {"relay": relay()}, almanac(), SPAN, FIVE)
    for i in (0, 5, 10, 15):
        place = (Quantity(x[i], "rad") for x in (grid.latitude, grid.longitude))
        site = Site("p", "moon", *place, Quantity(0.0, "m"), Quantity(5.0, "deg"))
        ends = Node("p", site), Node("relay", relay())
        leg = Leg(*ends, almanac(), "geometric", Limits(occulted_by=()))
        one, other = leg.windows(SPAN), found.windows(i)
        assert other.count == one.count
        # s; the path is fitted to 1 mm and moves by more than 10 m/s across the horizon
        assert np.allclose(other.start, one.start, rtol=0, atol=1e-3)
        assert np.allclose(other.stop, one.stop, rtol=0, atol=1e-3)
        # Light time and aberration, which coverage leaves out, nearly cancel: what is left is
        # the light time itself, 0.06 s from 18,000 km, twice that where a pass grazes.
        sent = Leg(*ends, almanac(), "apparent", Limits(occulted_by=())).windows(SPAN)
        assert sent.count == other.count
        assert np.allclose(other.start, sent.start, rtol=0, atol=0.13)
        assert np.allclose(other.stop, sent.stop, rtol=0, atol=0.13)


@pytest.fixture(scope="module")
def leo():
    """Two satellites at 550 km, 97.6 degrees, half a turn apart, over one day."""
    t0 = parse_t("2024-09-01T12:00:00 UTC")
    sky = Almanac.load(t0, t0 + DAY)
    paths = {}
    for name, nu in (("one", 0.0), ("two", np.pi)):
        elements = Elements(WGS84_A + 550e3, 1e-3, np.radians(97.6), 1.0, 0.5, nu)
        state = State(t0, *keplerian_to_cartesian(elements, 3.986004418e14), GCRF)
        paths[name] = Kepler().propagate(state, (t0, t0 + DAY))
    return sky, paths, (t0, t0 + DAY)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(np.radians(10.0)),
        Rules(cone=np.radians(40.0)),
        Rules(swath=np.radians(8.0)),
        Rules(cone=np.radians(50.0), max_range=9e5),
    ],
)
def test_a_day_of_the_earth_agrees_with_samples_every_ten_seconds(leo, rules):
    sky, paths, span = leo
    grid = Grid.whole("earth", np.radians(30.0))
    found = coverage(grid, paths, sky, span, rules)
    assert found.certificate.undecided == ()  # the bounds are good enough to settle it all
    t = np.arange(*span, 10.0)
    r = {n: in_body_axes(p, sky, "earth", "ITRF", t) for n, p in paths.items()}
    figures = found.figures()
    both = found.at_least(2)
    for i in range(grid.area.size):
        seen = sum(holds(r[n], grid, i, rules).astype(int) for n in paths)
        # at most 60 passes, each edge off by 5 s: 120 * 5 s / day
        assert figures.availability[i] == pytest.approx((seen > 0).mean(), abs=7e-3)
        assert figures.mean_in_view[i] == pytest.approx(seen.mean(), abs=7e-3)
        assert both.figures().availability[i] == pytest.approx((seen > 1).mean(), abs=7e-3)
        assert seen.max() <= figures.most_in_view[i]


def test_many_satellites_at_once_see_what_each_sees_alone():
    start = parse_t("2024-06-01T00:00:00 UTC")
    span, mu = (start, start + DAY), 3.986004418e14
    sky = Almanac.load(*span)
    sites = [
        Site(f"s{k}", "earth", *Quantity([a, b], "deg"), None, Quantity(10.0, "deg"))
        for k, (a, b) in enumerate(((52.0, 4.0), (-33.0, 150.0), (5.0, -52.0)))
    ]
    points = point_rows(
        np.array([s.vector for s in sites]), np.array([s.axes[2] for s in sites]),
        np.full(3, np.radians(10.0)),
    )  # fmt: skip
    paths = {}
    for k in range(6):
        elements = Elements(6.93e6, 0.001, *np.radians([53.0, 60.0 * k, 20.0, 37.0 * k]))
        r, v = keplerian_to_cartesian(elements, mu)
        paths[f"sat{k}"] = Kepler(mu).propagate(
            State(start, r, v, GCRF), (start - 60.0, span[1] + 60.0)
        )

    def cells_of(path):
        return Cells.of(fixed_path(path, sky, "earth", span))

    makers = {name: partial(cells_of, path) for name, path in paths.items()}
    found = each_access(points, makers, Rules(), resolution=10.0, tolerance=1e-3)
    assert list(found) == list(paths)
    for name, path in paths.items():
        for k, site in enumerate(sites):
            ends, limits = (Node(name, path), Node(site.name, site)), Limits(occulted_by=())
            alone = Leg(*ends, sky, "geometric", limits).windows(span)
            rows = slice(found[name].first[k], found[name].first[k + 1])
            edges = found[name].start[rows], found[name].stop[rows]
            assert alone.count == len(edges[0]) >= 2
            # s: the fit of 1 mm in the body's axes, over 1 m/s at the very least
            assert edges[0] == pytest.approx(alone.start, abs=1e-3, rel=0.0)
            assert edges[1] == pytest.approx(alone.stop, abs=1e-3, rel=0.0)


def test_the_sun_covers_half_of_the_moon():
    """Any path will do; a point is lit where the centre of the Sun stands above the horizon."""
    span = (START, START + 29.53 * DAY)
    grid = Grid.whole("moon", np.radians(30.0))
    found = coverage(grid, {"sun": Centre("sun")}, almanac(), span)
    inner = np.abs(grid.latitude) < np.radians(50.0)
    # season: 1.5 degrees of the Sun's latitude make tan(45) tan(1.5) / pi = 0.008 of the time
    assert np.all(np.abs(found.figures().availability[inner] - 0.5) < 0.02)
    # the Sun is 0.03 degrees short of a half: MOON_RADIUS / 1 au, and the grid has 72 points
    t = np.linspace(*span, 200)
    assert found.covered(t).mean() == pytest.approx(0.5, abs=2e-3)


def test_a_window_that_grazes_the_horizon_is_found_or_listed(leo):
    """The lowest elevation is put just under and just over the culmination of a pass."""
    sky, paths, span = leo
    site = Grid.region("earth", (0.7, 0.701), (0.2, 0.201), 0.1)
    cells = Cells.of(fixed_path(paths["one"], sky, "earth", span))
    zero = accesses(
        point_rows(site.vector, site.up, np.zeros(1)), cells, Rules(),
        resolution=10.0, tolerance=1e-3,
    )  # fmt: skip
    pass_ = int(np.argmax(zero.stop - zero.start))
    t = np.linspace(zero.start[pass_], zero.stop[pass_], 200_001)
    d = fixed_path(paths["one"], sky, "earth", span).position(t) - site.vector[0]
    top = np.arcsin((d @ site.up[0] / np.linalg.norm(d, axis=1)).max())
    for below, longest in ((1e-4, 60.0), (1e-8, 1.0), (1e-12, 0.1), (-1e-8, 0.0)):
        points = point_rows(site.vector, site.up, np.array([top - below]))
        found = accesses(points, cells, Rules(), resolution=10.0, tolerance=1e-3)
        inside = (found.start > t[0] - 1.0) & (found.stop < t[-1] + 1.0)
        lengths = (found.stop - found.start)[inside]
        doubt = found.undecided[:, 2] - found.undecided[:, 1]
        assert lengths.sum() <= longest
        assert lengths.size == 1 or doubt.size > 0 or below < 0
        assert doubt.sum() < 10.0  # s: nothing longer than the resolution is left open


def test_a_far_side_of_one_degree_takes_less_than_twenty_seconds_for_a_month():
    """32,400 points and 760,000 windows; a few points against samples every ten seconds."""
    grid = Grid.region("moon", *FAR_SIDE, np.radians(1.0))
    coverage(Grid.whole("moon", 1.0), {"relay": relay()}, almanac(), SPAN, FIVE)  # compile
    before = time.perf_counter()
    found = coverage(grid, {"relay": relay()}, almanac(), SPAN, FIVE)
    assert time.perf_counter() - before < 20.0  # s on two cores; about 2 s where they are free
    assert found.certificate.certified
    assert found.certificate.resolution == 10.0
    assert "allowance of 2.1 mm" in found.windows(0).statement()
    t = np.arange(*SPAN, 10.0)
    r = in_body_axes(relay(), almanac(), "moon", "MOON_ME", t)
    figures = found.figures()
    for i in np.random.default_rng(7).choice(grid.area.size, 12, replace=False):
        held = holds(r, grid, i, FIVE)
        # each of up to 60 edges is off by at most half a sample: 60 * 5 s / 30 d
        assert figures.availability[i] == pytest.approx(held.mean(), abs=1.2e-4)
    # regression: our own number of version 0.1; nothing is lost or split
    assert found.start.size == pytest.approx(762_143, abs=20)


# -- bounds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "limit"),
    [(ELEVATION, 0.0), (CONE, np.cos(0.2)), (SWATH, np.cos(0.5)), (RANGE, 1.2e7)],
)
def test_no_second_derivative_exceeds_its_bound(kind, limit):
    rng = np.random.default_rng(11)
    fixed = fixed_path(relay(), almanac(), "moon", SPAN)
    cells = Cells.of(fixed, 2)
    ratios = []
    for k in rng.choice(len(cells.bounds), 120, replace=False):
        a, b = cells.nodes[k, 0], cells.nodes[k + 1, 0]
        h = (b - a) / 64.0
        t = np.linspace(a + h, b - h, 63)
        up = rng.normal(size=3)
        up /= np.linalg.norm(up)
        point = point_rows(MOON_RADIUS * up[None], up[None], np.array([rng.uniform(0, 1.2)]))[0]

        def of(when, point=point):
            return np.array([margin(kind, limit, point, *r) for r in fixed.position(when)])

        values = [of(t + shift) for shift in (-h, 0.0, h)]
        second = np.abs(values[0][:, 0] - 2 * values[1][:, 0] + values[2][:, 0])
        second = np.maximum(second - 1e-7, 0.0) / h**2  # rounding of 20,000 km, four times
        ends = of(np.array([a, b]))[:, 1]
        speed, acceleration, _, low = cells.bounds[k]
        near = 0.5 * (ends.sum() - speed * (b - a))
        bound = bend_bound(kind, limit, point, speed, acceleration, near, low)
        if np.isfinite(bound):
            ratios.append(second.max() / bound)
    assert len(ratios) > 60
    assert max(ratios) <= 1.0
    assert max(ratios) > 0.1  # it is a bound, not a guess far above


# -- figures of merit -------------------------------------------------------------------------


def given(rows, span=(0.0, 100.0), most=1):
    """Return the coverage of two points whose windows are given; the second has none."""
    from orbits.certificate import Certificate
    from orbits.geometry.access import Accesses
    from orbits.geometry.coverage import _folded

    parts = {
        f"craft-{k}": Accesses(
            np.array([a for a, _ in part], dtype=float),
            np.array([b for _, b in part], dtype=float),
            np.array([0, len(part), len(part)]),
            np.empty((0, 3)),
            0,
            2e-3,
        )
        for k, part in enumerate(rows)
    }
    grid = Grid.region("moon", (0.0, 0.1), (0.0, 0.2), 0.1)
    return _folded(grid, span, Rules(), most, parts, Certificate(10.0, 1e-3))


def test_the_time_average_gap_is_the_example_of_the_manual():
    """Gaps of 5, 10 and 15 in 100: 3.5 (STK Help, Time Average Gap)."""
    figures = given([[(0, 30), (35, 60), (70, 80), (95, 100)]]).figures()
    assert figures.time_average_gap[0] == pytest.approx(3.5)
    assert figures.response_time[0] == pytest.approx(1.75)
    assert figures.mean_gap[0] == pytest.approx(10.0)
    assert figures.longest_gap[0] == 15.0
    assert figures.gaps[0] == 3


def test_gaps_at_the_ends_are_counted_by_the_rule_that_is_named():
    found = given([[(20, 30), (40, 60)]])
    every, closed = found.figures(ALL), found.figures(CLOSED)
    assert (every.gaps[0], closed.gaps[0]) == (3, 1)
    assert (every.longest_gap[0], closed.longest_gap[0]) == (40.0, 10.0)
    assert every.mean_gap[0] == pytest.approx(70.0 / 3.0)
    assert closed.mean_gap[0] == 10.0
    assert every.time_average_gap[0] == pytest.approx((400 + 100 + 1600) / 100.0)
    assert closed.time_average_gap[0] == pytest.approx(
        100.0 / 40.0
    )  # of the 40 s from 20 to 60


def test_a_point_that_is_never_seen_waits_the_whole_span():
    found = given([[(20, 30)]])
    assert found.figures(ALL).mean_gap[1] == 100.0
    assert found.figures(ALL).response_time[1] == 50.0
    assert np.isnan(found.figures(CLOSED).mean_gap[1])


def test_a_point_that_is_always_seen_has_no_gap():
    for rule in (ALL, CLOSED):
        figures = given([[(0, 100)]]).figures(rule)
        assert (figures.gaps[0], figures.mean_gap[0], figures.time_average_gap[0]) == (0, 0, 0)
        assert figures.least_in_view[0] == 1


def test_figures_agree_with_those_of_windows():
    found = coverage(
        Grid.region("moon", *FAR_SIDE, np.radians(60.0)), {"relay": relay()}, almanac(), SPAN
    )
    figures = found.figures()
    for i in range(9):
        windows = found.windows(i)
        assert figures.availability[i] == pytest.approx(windows.availability)
        assert figures.longest_gap[i] == pytest.approx(windows.longest_gap)
        assert figures.time_average_gap[i] == pytest.approx(windows.time_average_gap)
        assert figures.response_time[i] == pytest.approx(windows.response_time)


def test_spacecraft_in_view_are_counted_where_they_overlap():
    parts = [[(0, 50)], [(30, 80)], [(50, 60)]]
    figures = given(parts).figures()
    assert figures.mean_in_view[0] == pytest.approx(1.1)
    assert (figures.most_in_view[0], figures.least_in_view[0]) == (2, 0)
    assert list(given(parts).windows(0)) == [(0.0, 80.0)]
    assert list(given(parts, most=2).windows(0)) == [(30.0, 60.0)]
    with pytest.raises(ValueError, match="fold must lie within 1 to 3"):
        given(parts).at_least(4)


def test_the_share_of_the_area_is_that_of_the_points_covered():
    found = given([[(0, 50), (60, 100)]])
    assert found.covered([0.0, 49.0, 50.0, 55.0, 60.0, 100.0]).tolist() == pytest.approx(
        [0.5, 0.5, 0.0, 0.0, 0.5, 0.5]
    )
    with pytest.raises(ValueError, match="is known from"):
        found.covered([101.0])


def test_a_rule_that_has_no_name_is_refused():
    with pytest.raises(ValueError, match="all gaps, closed gaps only"):
        given([[(0, 50)]]).figures("edge gaps")


def test_coverage_without_spacecraft_or_beyond_the_trajectory_is_refused():
    grid = Grid.whole("moon", 1.0)
    with pytest.raises(ValueError, match="at least one spacecraft"):
        coverage(grid, {}, almanac(), SPAN)
    with pytest.raises(ValueError, match="propagate over a longer span"):
        coverage(grid, {"relay": relay()}, almanac(), (SPAN[0], SPAN[1] + DAY))


# -- published figures ------------------------------------------------------------------------


def concept():
    """Return one revolution of the 2021 concept: 300 x 8,600 km, 54.8 degrees, frozen.

    Two-body, perilune over the north; published: at least two thirds of each orbit in contact
    with the south pole, and more than 8 of 12 hours.
    """
    near, far = MOON.radius + 300e3, MOON.radius + 8_600e3
    a, e = 0.5 * (near + far), (far - near) / (far + near)
    elements = Elements(a, e, np.radians(54.8), 0.3, np.radians(90.0), 0.0)
    turn = rotation_of_epoch("moon-equator-of-epoch", START, almanac()).T
    r, v = keplerian_to_cartesian(elements, MOON.mu)
    state = State(START, turn @ r, turn @ v, MOON_ICRF)
    span = (START, START + float(period(a, MOON.mu)))
    return Kepler().propagate(state, span), span


@pytest.mark.parametrize(("lowest", "share"), [(0.0, 0.81), (5.0, 0.79), (10.0, 0.76)])
def test_the_concept_orbit_serves_the_south_pole_three_quarters_of_each_turn(lowest, share):
    path, span = concept()
    assert span[1] - span[0] == pytest.approx(
        12 * HOUR, rel=0.02
    )  # published: 12 h, two digits
    grid = Grid.cap("moon", np.radians(-89.99), np.radians(90.0))
    found = coverage(grid, {"relay": path}, almanac(), span, Rules(np.radians(lowest)))
    figures = found.figures()
    assert grid.mean(figures.availability) == pytest.approx(share, abs=0.01)  # as published
    assert figures.availability.min() > 2.0 / 3.0
