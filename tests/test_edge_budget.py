"""Edge budgets and dispersed windows against recomputation and flown samples."""

import re
from dataclasses import replace

import numpy as np
import pytest
from astropy.units import Quantity

from orbits.errors import DataError, MissionError
from orbits.events import Event, windows
from orbits.forces.assembly import Forces
from orbits.forces.gravity import field
from orbits.frames import MOON_ICRF
from orbits.geometry.deviation import Deviation, checked_covariance
from orbits.geometry.dispersion import (
    Source,
    answers,
    normal,
    samples,
    spread,
)
from orbits.geometry.displaced import Displaced, local_axes
from orbits.geometry.edge_budget import Cause, edge_budget, edges_of, nearest
from orbits.geometry.variants import (
    on_principal_axes,
    refraction,
    with_horizon,
    with_path,
    with_refraction,
)
from orbits.geometry.visibility import Leg, Node
from orbits.propagators.covariances import read_covariances
from orbits.propagators.fitted import fitted_trajectory
from orbits.propagators.numerical import Numerical
from orbits.sites import Mask, Site
from orbits.trajectory import State
from orbits.windows import Windows
from relay_case import DAY, START, almanac, lander, relay, station

WEEK = (START + 1.0, START + 7 * DAY)
SHARE, LEAST = 0.1, 5e-3  # asked for: within 10 percent or 5 ms
COUNT = 1000


def surface(elevation=5.0):
    return Leg(Node("change-6", lander(elevation)), Node("queqiao-2", relay()), almanac())


def trunk():
    return Leg(Node("queqiao-2", relay()), Node("kashi", station("kashi")), almanac())


def events(leg):
    return {event.name: event for event in leg.events(WEEK)}


def flown_off(offset):
    """The relay moved by ``offset`` as a path with bounds, for a certified search."""
    moved = Displaced(relay(), np.array(offset))
    span = (WEEK[0] - 10.0, WEEK[1] + 1.0)
    return fitted_trajectory(
        lambda t: (moved.position(t), moved.velocity(t)), span, MOON_ICRF, longest=3600.0,
        consistent=False, provenance={},
    )  # fmt: skip


def edge_times(held):
    return np.sort(np.concatenate([held.start, held.stop]))


def agree(shifts, moved, base):
    """Every edge moved as the budget says, within what is asked for."""
    row = nearest(base, base)
    assert np.all(row >= 0)
    wrong = np.abs(shifts - (moved - base))
    return np.all(wrong <= np.maximum(SHARE * np.abs(moved - base), LEAST))


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("make", [surface, trunk])
def test_edges_move_as_the_budget_says_when_the_spacecraft_is_elsewhere(make, axis):
    leg = make()
    offset = np.zeros(3)
    offset[axis] = 1000.0
    base = leg.windows(WEEK)
    moved = with_path(leg, "queqiao-2", flown_off(offset)).windows(WEEK)
    cause = Cause(
        "moved", True, events(with_path(leg, "queqiao-2", Displaced(relay(), offset)))
    )
    budget = edge_budget(base, events(leg), (cause,))
    assert moved.count == base.count
    inner = edge_times(base)
    keep = (inner > WEEK[0]) & (inner < WEEK[1])
    assert np.array_equal(budget.t, inner[keep])
    shift = edge_times(moved)[keep] - inner[keep]
    assert np.abs(shift).max() > 0.01  # the offset does something
    assert agree(budget.first_order[:, 0], inner[keep] + shift, inner[keep])
    # The recomputed edge is that of the certified search, within both edges' tolerance.
    assert budget.recomputed[:, 0] == pytest.approx(shift, abs=2e-3)


def test_other_horizons_frames_and_light_times_move_edges_as_a_new_search_does():
    leg = surface()
    base = leg.windows(WEEK)
    variants = {
        "horizon": with_horizon(leg, np.radians(0.01)),
        "axes": replace(leg, almanac=on_principal_axes(almanac())),
        "no aberration": replace(leg, light_time="light-time"),
        "no light time": replace(leg, light_time="geometric"),
    }
    causes = tuple(Cause(n, n == "horizon", events(v)) for n, v in variants.items())
    budget = edge_budget(base, events(leg), causes)
    inner = edge_times(base)
    keep = (inner > WEEK[0]) & (inner < WEEK[1])
    for k, (name, variant) in enumerate(variants.items()):
        shift = (edge_times(variant.windows(WEEK)) - inner)[keep]
        assert agree(budget.first_order[:, k], inner[keep] + shift, inner[keep]), name
        assert budget.recomputed[:, k] == pytest.approx(shift, abs=2e-3), name
    # Only errors of the model count in the total, everything in the other.
    assert np.array_equal(budget.total, np.abs(budget.recomputed[:, 0]))
    assert np.array_equal(budget.total_of_all, np.sqrt(np.sum(budget.recomputed**2, axis=1)))


def test_a_mask_is_weighed_for_a_displaced_path_without_proving_pieces():
    """Nothing bounds a displaced path, so that pieces would be cut to the grain all the way."""
    corners = np.radians([0.0, 90.0, 200.0]), np.radians([6.0, 3.0, 8.0])
    place = (Quantity(x) for x in ("-41.6385 deg", "206.0148 deg", "-5256 m", "0 deg"))
    site = Site("change-6", "moon", *place, Mask(*corners))
    leg = Leg(Node("change-6", site), Node("queqiao-2", relay()), almanac())
    base = leg.windows(WEEK)
    nominal = events(leg)
    assert nominal["mask:change-6"].bound is not None
    offset = np.array([0.0, 1000.0, 0.0])
    other = events(with_path(leg, "queqiao-2", Displaced(relay(), offset)))
    assert other["mask:change-6"].bound is None
    budget = edge_budget(base, nominal, (Cause("moved", True, other),))
    moved = with_path(leg, "queqiao-2", flown_off(offset)).windows(WEEK)
    keep = (edge_times(base) > WEEK[0]) & (edge_times(base) < WEEK[1])
    shift = (edge_times(moved) - edge_times(base))[keep]
    assert budget.recomputed[:, 0] == pytest.approx(shift, abs=2e-3)
    assert agree(budget.first_order[:, 0], edge_times(moved)[keep], edge_times(base)[keep])


def test_an_edge_that_vanishes_is_said_to():
    """A pass of 100 s over a horizon that is put above its highest point."""
    t0 = 0.0
    low = Event("pass", lambda t: 50.0**2 - (t - t0) ** 2, lambda a, b: np.full_like(a, 2.0))
    high = replace_margin(low, lambda t: -1.0 - (t - t0) ** 2)
    span = (-1000.0, 1000.0)
    held = windows(low, span)
    budget = edge_budget(held, {"pass": low}, (Cause("higher", True, {"pass": high}),))
    assert budget.rate == pytest.approx([100.0, -100.0])
    assert np.all(np.isnan(budget.recomputed))
    assert np.all(np.isnan(budget.total))
    assert np.all(np.isfinite(budget.first_order))


def replace_margin(event, margin):
    return Event(event.name, margin, event.bound)


def test_edges_of_the_span_have_no_budget():
    held = Windows(np.array([0.0, 5.0]), np.array([2.0, 9.0]), (0.0, 10.0), "rise", "set")
    t, names = edges_of(held)
    assert t.tolist() == [2.0, 5.0, 9.0]
    assert names == ("set", "rise", "set")
    assert nearest(t, np.array([5.0004, 7.0, 0.0])).tolist() == [1, -1, -1]
    assert nearest(np.empty(0), np.array([1.0])).tolist() == [-1]
    with pytest.raises(ValueError, match="no event is called set"):
        edge_budget(held, {"rise": Event("rise", lambda t: t)}, ())


@pytest.mark.parametrize(
    ("elevation", "arcminutes", "within"),
    [
        # tables for 1010 hPa and 10 C; the formula is within 0.07 of them
        (0.0, 34.5, 0.2), (5.0, 9.88, 0.05), (10.0, 5.31, 0.09), (45.0, 0.99, 0.02),
    ],
)  # fmt: skip
def test_refraction_is_that_of_the_tables(elevation, arcminutes, within):
    scale = 1013.25 / 1010.0 * 283.0 / 288.15  # to 15 C and 1013.25 hPa
    found = np.degrees(refraction(np.radians(elevation))) * 60.0
    assert found == pytest.approx(arcminutes * scale, abs=within)


def test_air_shows_a_pass_earlier_and_only_on_the_earth():
    leg = trunk()
    base, seen = leg.windows(WEEK), with_refraction(leg).windows(WEEK)
    assert seen.total > base.total
    assert with_refraction(surface()) is None
    orbiters = Leg(Node("a", relay()), Node("b", relay(300.0)), almanac())
    assert with_horizon(orbiters, 0.1) is None
    assert with_path(leg, "nobody", relay()) is None


# -- covariances ----------------------------------------------------------------------------


def forces():
    return Forces(("earth", "sun"), {"moon": field("grgm1200a", 50)}, 1.3 * 15.0 / 1200.0)


def deviation(position=100.0, velocity=0.01):
    sigmas = np.array([position] * 3 + [velocity] * 3)
    engine = Numerical(almanac(), forces())
    return Deviation.local(relay(), START, np.diag(sigmas**2), engine.model("moon"))


def test_partials_are_differences_of_flights():
    held, engine = deviation(), Numerical(almanac(), forces())
    t = np.array([START + 0.4 * DAY, START + 3.2 * DAY, START - 50.0])
    phi = held.partials(t)
    start = np.concatenate([relay().position(START), relay().velocity(START)])
    for k in range(6):
        step = 10.0 if k < 3 else 1e-3
        for row, when in enumerate(t):
            ends = []
            for sign in (1.0, -1.0):
                y = start.copy()
                y[k] += sign * step
                end = engine.final(State(START, y[:3], y[3:], MOON_ICRF), when)
                ends.append(np.concatenate([end.r, end.v]))
            column = (ends[0] - ends[1]) / (2.0 * step)
            size = np.abs(column[:3]).max(), np.abs(column[3:]).max()
            wrong = np.abs(column - phi[row, :, k])
            # 1e-4: third order of the flow over 10 m, and rounding of metres over 1e7 m
            assert wrong[:3].max() <= 1e-4 * size[0] + 1e-9
            assert wrong[3:].max() <= 1e-4 * size[1] + 1e-9
    # Orbits preserve volume: det = 1; radiation pressure does not change that.
    assert np.linalg.det(phi) == pytest.approx(np.ones(3), abs=1e-6)


def test_local_axes_are_right_handed_and_along_what_they_say():
    r, v = np.array([[7e6, 0.0, 0.0]]), np.array([[100.0, 7500.0, 0.0]])
    axes = local_axes(r, v)[0]
    assert axes == pytest.approx(np.eye(3), abs=1e-15)
    moved = Displaced(relay(), np.array([0.0, 250.0, 0.0]))
    t = START + 1000.0
    step = moved.position(t) - relay().position(t)
    assert np.linalg.norm(step) == pytest.approx(250.0, abs=1e-6)
    assert step @ relay().velocity(t) > 0.0
    assert abs(step @ relay().position(t)) < 1e-3 * 250.0 * 1.9e7 * 1e-6


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda p: p[:3], "6 by 6"),
        (lambda p: p + np.triu(np.ones((6, 6)), 1) * 1e3, "not symmetric"),
        (lambda p: p - 2.0 * np.diag(np.diag(p) * [0, 0, 0, 0, 0, 1]), "negative variance"),
    ],
)
def test_what_is_no_covariance_is_refused(spoil, says):
    good = np.diag([1e4, 1e4, 1e4, 1e-4, 1e-4, 1e-4])
    assert np.array_equal(checked_covariance(good), good)
    with pytest.raises(ValueError, match=says):
        checked_covariance(spoil(good))


def fly(leg, engine):
    def one(y):
        start = State(START, y[:3], y[3:], MOON_ICRF)
        path = engine.propagate(start, (START - 10.0, WEEK[1] + 10.0))
        return with_path(leg, "queqiao-2", path).windows(WEEK)

    return one


def test_linear_scatter_is_that_of_flown_samples():
    """1,000 flights: sigmas agree within four times their sampling error, 1/sqrt(2 N)."""
    leg, held = surface(), deviation()
    base = leg.windows(WEEK)

    def of(path):
        return events(with_path(leg, "queqiao-2", path))

    linear = spread([Source(held, of)], events(leg), base)
    found = answers(fly(leg, Numerical(almanac(), forces())), held.samples(COUNT, 7))
    flown = samples(base, found)
    assert flown.failed == 0
    assert np.all(linear.probability > 0.999)
    assert np.all(flown.probability == 1.0)
    four = 4.0 / np.sqrt(2.0 * COUNT)
    for one, values, edges in (
        (linear.start, flown.start, base.start),
        (linear.stop, flown.stop, base.stop),
        (linear.duration, flown.duration, base.durations),
    ):
        moving = one > 0.0
        sigma = values.std(axis=1)
        assert sigma[moving] == pytest.approx(one[moving], rel=four)
        offset = np.abs(values.mean(axis=1) - edges)[moving]
        assert np.all(offset < 4.0 * one[moving] / np.sqrt(COUNT))
    assert linear.start[0] == 0.0  # the span made that edge
    assert np.all(flown.start[0] == base.start[0])


def test_a_window_that_barely_is_exists_in_as_many_flights_as_predicted():
    """The lander's horizon is raised until the week's lowest culmination just clears it."""
    held, engine = deviation(2000.0, 0.05), Numerical(almanac(), forces())
    low = surface(0.0)
    base = low.windows(WEEK)
    heights = []
    for start, stop in base:
        t = np.linspace(start, stop, 400)
        heights.append(low.horizon().elevation(t).max())
    least = float(np.degrees(min(heights)))
    leg = surface(least - 0.002)
    few = leg.windows(WEEK)
    row = int(np.argmin(few.durations))
    linear = spread(
        [Source(held, lambda p: events(with_path(leg, "queqiao-2", p)))], events(leg), few
    )
    chance = linear.probability[row]
    assert 0.5 < chance < 0.98
    found = samples(few, answers(fly(leg, engine), held.samples(COUNT, 3)))
    error = np.sqrt(chance * (1.0 - chance) / COUNT)
    assert found.probability[row] == pytest.approx(chance, abs=4.0 * error)


def test_the_share_below_a_score_is_that_of_the_table():
    assert normal(0.0) == 0.5
    assert normal(1.0) == pytest.approx(0.8413, abs=5e-5)  # table of the normal distribution
    assert normal(-1.96) == pytest.approx(0.025, abs=5e-5)  # the same


# -- files ----------------------------------------------------------------------------------

OEM = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2024-05-01T00:00:00
ORIGINATOR = TEST
META_START
OBJECT_NAME = RELAY
OBJECT_ID = 2024-051A
CENTER_NAME = MOON
REF_FRAME = ICRF
TIME_SYSTEM = TDB
START_TIME = 2024-05-31T00:00:00
STOP_TIME = 2024-05-31T01:00:00
META_STOP
2024-05-31T00:00:00 1 2 3 4 5 6
COVARIANCE_START
EPOCH = 2024-05-31T00:00:00
COV_REF_FRAME = RTN
1.0e-2
0.0 4.0e-2
0.0 0.0 9.0e-2
0.0 0.0 0.0 1.0e-10
0.0 -1.0e-7 0.0 0.0 1.0e-10
0.0 0.0 0.0 0.0 0.0 1.0e-10
EPOCH = 2024-05-31T00:30:00
2.0e-2
0.0 4.0e-2
0.0 0.0 9.0e-2
0.0 0.0 0.0 1.0e-10
0.0 0.0 0.0 0.0 1.0e-10
0.0 0.0 0.0 0.0 0.0 1.0e-10
COVARIANCE_STOP
"""


def test_covariances_of_an_oem_are_read_in_their_frames_and_units(tmp_path):
    path = tmp_path / "relay.oem"
    path.write_text(OEM, encoding="utf-8")
    first, second = read_covariances(path)
    assert first.axes == "rtn"
    assert second.axes == "icrf"  # the frame of one covariance is not that of the next
    assert first.matrix[:3, :3] == pytest.approx(np.diag([1e4, 4e4, 9e4]))  # km2 to m2
    assert first.matrix[4, 1] == first.matrix[1, 4] == pytest.approx(-0.1)  # km2/s to m2/s
    assert second.t - first.t == pytest.approx(1800.0)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("0.0 4.0e-2\n0.0 0.0 9.0e-2\n0.0 0.0 0.0 1.0e-10\n0.0 -1", "0.0\n0.0 -1",
         r":18: line 2 of a covariance holds 2 finite numbers"),
        ("RTN", "TNW", "covariances in TNW are not known"),
        ("EPOCH = 2024-05-31T00:00:00\n", "", "has no EPOCH"),
        ("1.0e-2\n", "nan\n", "finite numbers"),
        ("0.0 0.0 0.0 0.0 0.0 1.0e-10\nCOV", "COV", "ends after 5 of 6 lines"),
    ],
)  # fmt: skip
def test_a_faulty_covariance_is_named_with_its_line(tmp_path, old, new, says):
    path = tmp_path / "relay.oem"
    assert old in OEM
    path.write_text(OEM.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=says):
        read_covariances(path)


def test_uncertainties_of_a_mission_are_stated_one_way(root):
    import tomllib

    from orbits.mission.load import from_dict

    text = (root / "missions" / "change6-relay.toml").read_text(encoding="utf-8")
    for said, says in (
        ({"radial": "100 m", "position": ["1 m"] * 3, "velocity": ["1 m/s"] * 3}, "one way"),
        ({}, "one way"),
        ({"position": ["1 m"] * 3}, "position without velocity"),
        ({"radial": "100 m", "epoch": "2024-05-31T00:00:00 UTC"}, "hold at every instant"),
        ({"radial": "-1 m"}, "out of range"),
    ):
        mission = tomllib.loads(text)
        mission["spacecraft"]["queqiao-2"]["uncertainty"] = said
        with pytest.raises(MissionError, match=says):
            from_dict(mission)


def test_the_contact_chart_shows_a_bar_for_each_window_of_a_budget():
    from orbits.plots.contacts import Row, contacts

    held = Windows(
        np.array([0.0, 4e4]) + START, np.array([3e4, 6e4]) + START, (START, START + DAY)
    )
    row = Row("leg", held, "#0072B2", errors=(0.1, None))
    ax = contacts([row], held.span)
    _, labels = ax.get_legend_handles_labels()
    assert "edge error, 0.01 s to 1,000 s by decades" in labels
    bars = next(c for c in ax.collections if c.get_label().startswith("edge error"))
    (line,) = bars.get_segments()  # the window without an error has no bar
    tall = line[1, 1] - line[0, 1]
    assert tall == pytest.approx(0.2 / 5.0)  # 0.1 s is one of five decades


def test_the_table_of_windows_has_the_error_of_each_edge(root, capsys):
    from orbits.cli import main

    file = root / "tests" / "malformed" / "base.toml"
    with pytest.raises(SystemExit):
        main(["windows", str(file), "--budget"])
    text = capsys.readouterr().out
    lines = text[text.index("link surface\n") :].splitlines()
    assert lines[1].split()[2:6] == ["start", "+-", "stop", "+-"]
    window = next(line for line in lines[2:] if line.startswith("  open"))
    assert re.search(r"Z +(-|\d+\.\d{3} s) +\d+\.\d{3} s +\d+ h", window)
    gap = next(line for line in lines[2:] if line.startswith("  gap"))
    assert re.search(r"Z +- +- +\d", gap)


def test_windows_of_a_mission_carry_budgets_into_rows_and_json(root, capsys, tmp_path):
    import json

    from orbits.cli import main

    text = (root / "tests" / "malformed" / "base.toml").read_text(encoding="utf-8")
    sigma = '[spacecraft.relay.uncertainty]\nposition = ["100 m", "100 m", "100 m"]\n'
    sigma += 'velocity = ["1 cm/s", "1 cm/s", "1 cm/s"]\n\n[spacecraft.relay.dynamics]'
    file = tmp_path / "m.toml"
    file.write_text(text.replace("[spacecraft.relay.dynamics]", sigma), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["windows", str(file), "--budget", "--dispersed", "8", "--json"])
    assert ended.value.code == 0
    document = json.loads(capsys.readouterr().out)
    edges = document["edge_budget"]
    names = {row["name"] for row in edges}
    assert {"link.surface", "chain.relayed", "link.trunk"} <= names
    causes = {cause["cause"] for row in edges for cause in row["causes"]}
    assert {"horizon 0.1 deg", "refraction", "relay covariance", "no aberration"} <= causes
    inner = [row for row in document["windows"] if not row["stop_truncated"]]
    assert all(row["stop_error_s"] is not None for row in inner if row["kind"] != "eclipse")
    scattered = [row for row in document["dispersion"] if row["name"] == "chain.relayed"]
    assert scattered
    assert all(row["samples"]["flights"] == 8 for row in scattered)
    assert all(row["probability"] > 0.99 for row in scattered)
