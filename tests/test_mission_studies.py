"""Contact plans, latency, pointing, sensors, Sun and batteries of a mission file.

The numbers are counted again from samples of the geometry, or from the rows that a run writes.
"""

import csv
import json
from itertools import pairwise

import numpy as np
import pytest

from conftest import ROOT
from orbits.cli import main
from orbits.errors import MissionError
from orbits.geometry.horizon import Horizon
from orbits.geometry.pointing import angle_between, direction
from orbits.geometry.signal import GEOMETRIC, Centre
from orbits.geometry.sun import sun_horizon
from orbits.mission.load import load, read
from orbits.mission.run import run

MISSION = ROOT / "missions" / "change6-service.toml"
BASE = (ROOT / "tests" / "malformed" / "base.toml").read_text(encoding="utf-8")
STEP = 20.0  # s


@pytest.fixture(scope="module")
def outcome():
    """The bundled mission."""
    return run(load(MISSION))


@pytest.fixture(scope="module")
def t(outcome):
    """Instants of the middle of equal steps."""
    return np.arange(outcome.span[0] + 0.5 * STEP, outcome.span[1], STEP)


def value(outcome, path):
    return outcome.quantities[path].value


def test_every_quantity_that_the_file_offers_is_stated(outcome):
    from orbits.mission.checks import offered_by

    assert set(outcome.quantities) == set(offered_by(outcome.mission.normalised()))
    assert {v.verdict for v in outcome.verdicts} == {"PASS"}


def test_a_station_serves_one_spacecraft_at_a_time_and_has_time_to_turn(outcome):
    plan = outcome.studies.service.plans["dishes"]
    for end, gap in (("station", 600.0), ("spacecraft", 300.0)):
        other = {"station": "spacecraft", "spacecraft": "station"}[end]
        for name in {getattr(c, end) for c in plan.contacts}:
            rows = [c for c in plan.contacts if getattr(c, end) == name]
            for a, b in pairwise(rows):
                pause = b.start - a.stop
                same = getattr(a, other) == getattr(b, other)
                assert pause >= (0.0 if same else gap - 1e-6)
    assert min(c.stop - c.start for c in plan.contacts) >= 1200.0
    for c in plan.contacts:  # what is planned is visible
        (link,) = [k for k in outcome.legs if k.endswith(f"{c.spacecraft}.{c.station}")]
        row = outcome.windows[link].row_at(np.array([c.start + 1e-3, c.stop - 1e-3]))
        assert row[0] == row[1] >= 0


def test_hours_of_a_plan_are_those_of_its_contacts(outcome):
    plan = outcome.studies.service.plans["dishes"]
    for name in ("kashi", "queqiao-2"):
        rows = [c for c in plan.contacts if name in (c.station, c.spacecraft)]
        hours = sum(c.stop - c.start for c in rows) / 3600.0
        assert value(outcome, f"contact-plan.dishes.{name}.total") == pytest.approx(hours)
        # The span is of whole days, so that their mean is the total over 30.
        mean = value(outcome, f"contact-plan.dishes.{name}.mean_day")
        assert mean == pytest.approx(hours / 30.0, rel=1e-9)


def test_a_camera_that_looks_down_sees_the_lander_as_often_as_samples_do(outcome):
    path, site = outcome.trajectories["orbiter"], outcome.sites["change-6"]
    begin = outcome.windows["access.camera"].start[0] - 3600.0
    fine = np.arange(begin + 1.0, begin + 2.5 * 86_400.0, 2.0)
    lander = direction(site, path, outcome.almanac, fine, GEOMETRIC)
    down = direction(Centre("moon"), path, outcome.almanac, fine, GEOMETRIC)
    horizon = Horizon(site, path, outcome.almanac, GEOMETRIC, True)
    seen = (angle_between(lander, down) < np.radians(30.0)) & (
        horizon.elevation(fine) > np.radians(5.0)
    )
    edges = np.array([fine[0] - 1.0, fine[-1] + 1.0])
    held = outcome.windows["access.camera"].totals(edges)[0]
    # each edge is missed by up to half a step: 2 s times the root of the number of edges
    assert held == pytest.approx(2.0 * seen.sum(), abs=2.0 * np.sqrt(2 * 31))
    assert held > 1000.0
    causes = set(outcome.windows["access.camera"].start_cause)
    assert "sensor_cone" in causes


def test_nights_conjunctions_and_beta_are_those_of_samples(outcome, t):
    site, almanac = outcome.sites["change-6"], outcome.almanac
    below = sun_horizon(site, almanac).elevation(t) < 0.0
    share = 100.0 * below.mean()
    assert value(outcome, "night.change-6.share") == pytest.approx(share, abs=0.01)  # 2 edges
    path = outcome.trajectories["queqiao-2"]
    hours = t[::18]
    sun = almanac.position("sun", "earth", hours)
    probe = path.position(hours) + almanac.position("moon", "earth", hours)
    units = [v / np.linalg.norm(v, axis=1)[:, None] for v in (sun, probe)]
    angle = np.degrees(angle_between(*units))
    # light time and aberration of 20 arcseconds for both, and 6 minutes between samples
    assert value(outcome, "conjunction.queqiao-2.least_angle") == pytest.approx(
        angle.min(), abs=0.02
    )
    close = 6.0 * 60.0 * (angle < 5.0).sum()
    assert value(outcome, "conjunction.queqiao-2.total") == pytest.approx(close, abs=400.0)
    r, v = path.position(hours), path.velocity(hours)
    normal = np.cross(r, v)
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    to_sun = almanac.position("sun", "moon", hours)
    to_sun /= np.linalg.norm(to_sun, axis=1)[:, None]
    beta = np.degrees(np.arcsin(np.einsum("ij,ij->i", normal, to_sun)))
    assert value(outcome, "sun.queqiao-2.min_beta") == pytest.approx(beta.min(), abs=1e-3)
    assert value(outcome, "sun.queqiao-2.max_beta") == pytest.approx(beta.max(), abs=1e-3)


def test_the_battery_is_held_against_the_longest_eclipse_of_any_body(outcome):
    umbra = outcome.windows["eclipse.orbiter.moon.umbra"]
    path = "eclipse.orbiter.any.umbra"
    assert value(outcome, f"{path}.battery_margin") == 3600.0 - umbra.longest
    assert value(outcome, f"{path}.over_battery") == 0
    assert value(outcome, f"{path}.seasons") == 1  # one a revolution, all month
    assert value(outcome, f"{path}.count") == umbra.count  # the Earth casts none in June 2024
    # A circular orbit of 200 km is dark for at most 2 asin(R / r) of its turn: 46 min.
    assert 2000.0 < umbra.longest < 46.0 * 60.0


def test_the_antenna_turns_and_stands_apart_as_samples_say(outcome, t):
    path, site = outcome.trajectories["queqiao-2"], outcome.sites["change-6"]
    link = outcome.windows["link.surface"]
    inside = t[link.row_at(t) >= 0]
    lander = direction(site, path, outcome.almanac, inside)
    earth = direction(Centre("earth"), path, outcome.almanac, inside)
    apart = np.degrees(angle_between(lander, earth))
    # 0.04 deg/s at most, half a step of 20 s
    low, high = (value(outcome, f"pointing.user-dish.{k}_separation") for k in ("min", "max"))
    assert low == pytest.approx(apart.min(), abs=0.02)
    assert high == pytest.approx(apart.max(), abs=0.02)
    later = direction(site, path, outcome.almanac, inside + 1.0)
    turn = np.degrees(angle_between(lander, later)) * 3600.0
    assert value(outcome, "pointing.user-dish.max_slew") == pytest.approx(turn.max(), rel=0.01)


def test_latency_is_at_least_the_light_time_and_waits_for_the_gaps(outcome):
    path = "latency.far-side-relay"
    chain = outcome.windows["chain.far-side-relay"]
    assert 1.2 < value(outcome, f"{path}.shortest") < 1.5  # s: 363,000 to 406,000 km and more
    assert value(outcome, f"{path}.longest") == pytest.approx(chain.longest_gap, abs=60.0)
    within, open_ = value(outcome, f"{path}.within_limit"), 100.0 * chain.availability
    assert open_ < within < open_ + 100.0 * chain.gaps.count * 3600.0 / (30 * 86_400.0) + 1.0


def test_a_run_writes_rows_seasons_and_words(tmp_path, capsys):
    text = BASE.replace('bodies = ["moon"]', 'bodies = ["moon"]\nbattery = "1 min"')
    text = text.replace(
        "[[requirement]]",
        '[analysis.sun]\nspacecraft = ["relay"]\nsites = ["lander"]\nlinks = ["trunk"]\n'
        'sun_elevation = "60 deg"\nbeam = "60 deg"\nconjunction = "80 deg"\n\n'
        '[analysis.contact-plan.all]\nchain = "relayed"\n\n'
        '[analysis.access.eye]\nspacecraft = "relay"\ntargets = ["ground", "lander"]\n'
        'half_angle = "60 deg"\npointed_at = "moon"\n\n'
        "[[requirement]]\n"
        'name = "sees it"\nquantity = "access.eye.total"\nat_least = "1 min"\n\n'
        "[[requirement]]",
        1,
    )
    file = tmp_path / "m.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["run", str(file), "-o", str(tmp_path / "out"), "--no-plots"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "contact plan all (most-time)" in said
    assert "beta of relay" in said
    rows = list(csv.DictReader((tmp_path / "out" / "windows.csv").read_text().splitlines()))
    kinds = {row["kind"] for row in rows}
    assert {"contact", "access", "night", "outage", "conjunction"} <= kinds
    names = {row["name"] for row in rows}
    assert {"access.eye", "access.eye.lander", "contact-plan.all.kashi.relay"} <= names
    close = [row for row in rows if row["kind"] == "conjunction"]
    assert all(float(row["min_sun_angle_deg"]) < 80.0 for row in close)
    document = json.loads((tmp_path / "out" / "windows.json").read_text())
    assert {row["name"] for row in document["conjunctions"]} == {"conjunction.relay"}
    for row in document["seasons"]:
        assert row["over_battery"] <= row["count"]
        assert row["battery_s"] == 60.0


SUN = '[analysis.sun]\nspacecraft = ["relay"]\n'
PLAN = '[analysis.contact-plan.all]\nlinks = ["trunk"]\n'
EYE = (
    '[analysis.access.eye]\nspacecraft = "relay"\ntargets = ["lander"]\nhalf_angle = "9 deg"\n'
)
DISH = '[analysis.pointing.dish]\nspacecraft = "relay"\ntarget = "lander"\n'


@pytest.mark.parametrize(
    ("table", "says", "remedy"),
    [
        (SUN.replace('"relay"', '@@"rely"'), 'called "rely"', 'did you mean "relay"?'),
        (SUN + 'sites = [@@"landr"]', 'called "landr"', 'did you mean "lander"?'),
        (SUN + 'links = @@["trunk"]', "both links and beam", 'beam = "0.5 deg"'),
        (SUN + 'links = ["trunk"]\nbeam = @@"-1 deg"', "out of range", "more than 0 deg"),
        (SUN + 'conjunction = @@"0 deg"', "out of range", "more than 0 deg"),
        (PLAN.replace("trunk", "x").replace('"x"', '@@"x"'), 'called "x"', "surface, trunk"),
        (PLAN + 'min_contact = @@"-5 min"', "out of range", "at least 0 s"),
        (PLAN + 'rule = @@"best"', '"best" is not known here', "most-time"),
        (PLAN + "priority = { @@relai = 2.0 }", "not served", 'did you mean "relay"?'),
        (PLAN + "priority = { relay = @@0.0 }", "out of range", "from 0.001 to 1000"),
        (PLAN.replace("[", "@@[").replace("@@", "", 1) + 'chain = "relayed"',
         "of one chain or of some links", "give one of"),
        ('[analysis.contact-plan.@@all]\nmin_contact = "1 s"', "of one chain", "give one of"),
        ('[analysis.latency]\nchains = [@@"relay"]', 'called "relay"', 'mean "relayed"?'),
        (EYE.replace('"9 deg"', '@@"0 deg"'), "out of range", "more than 0 deg"),
        (EYE.replace('"lander"', '@@"relay"'), "does not look at itself", "name another"),
        (EYE + 'pointed_at = @@"nadri"', 'called "nadri"', 'did you mean "nadir"?'),
        (DISH + 'apart_from = @@"erth"', 'called "erth"', 'did you mean "earth"?'),
        (DISH + 'link = @@"trunc"', 'called "trunc"', 'did you mean "trunk"?'),
    ],
)  # fmt: skip
def test_a_fault_of_an_analysis_is_shown_in_its_place(table, says, remedy, tmp_path):
    before, mark, after = (BASE + "\n" + table + "\n").partition("@@")
    assert mark
    file = tmp_path / "m.toml"
    file.write_text(before + after, encoding="utf-8")
    with pytest.raises(MissionError) as caught:
        load(file)
    (problem,) = [p for p in caught.value.problems if p.severity == "error"]
    line = before.count("\n") + 1
    assert (problem.line, problem.column) == (line, len(before) - before.rfind("\n"))
    assert says in problem.message
    assert remedy in problem.help


def test_a_plan_of_a_link_without_stations_is_refused(tmp_path):
    text = BASE.replace("[chain.relayed]", '[link.sky]\nfrom = "kashi"\nto = "lander"\n\n'
                        "[chain.relayed]")  # fmt: skip
    file = tmp_path / "m.toml"
    file.write_text(f'{text}\n[analysis.contact-plan.all]\nlinks = ["sky"]\n', encoding="utf-8")
    with pytest.raises(MissionError, match="does not join sites with spacecraft"):
        load(file)


def test_the_base_reads_with_every_table(tmp_path):
    file = tmp_path / "m.toml"
    file.write_text("\n".join([BASE, SUN, PLAN, EYE, DISH]), encoding="utf-8")
    mission = read(file).mission
    again = mission.normalised()["analysis"]
    assert again["contact-plan"]["all"]["rule"] == "most-time"
    assert again["eclipse"]["season_gap"] == "3 d"


@pytest.mark.parametrize("preset", ["slide", "paper"])
def test_a_contact_plan_and_the_battery_are_drawn(outcome, preset):
    from orbits.plots import figures

    offered = figures(outcome)
    plan = offered["contact-plan-dishes"]
    ax = plan(preset).axes[0]
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert set(names) == {
        f"{s} · {c}" for s in ("jiamusi", "kashi", "neuquen") for c in ("orbiter", "queqiao-2")
    }
    assert "247 contacts" in plan.alt()
    labels = offered["eclipses-orbiter"](preset).axes[0].get_legend_handles_labels()[1]
    assert "battery" in labels
