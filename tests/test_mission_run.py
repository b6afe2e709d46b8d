"""What a run makes of a mission: its numbers, verdicts, claims, warnings."""

import copy
import tomllib
from pathlib import Path

import numpy as np
import pytest

import orbits
from orbits.mission.load import from_dict
from orbits.mission.measure import of_windows, whole_days
from orbits.mission.run import run
from orbits.time import parse_t
from orbits.windows import Windows

BASE = tomllib.loads(
    (Path(__file__).with_name("malformed") / "base.toml").read_text(encoding="utf-8")
)
HOUR = 3600.0


def edited(**tables):
    return from_dict(copy.deepcopy(BASE) | tables)


@pytest.fixture(scope="module")
def outcome():
    return run(edited())


def test_a_mission_runs_from_two_public_names(outcome):
    path = Path(__file__).with_name("malformed") / "base.toml"
    again = orbits.run(orbits.load(path))
    assert again.windows["chain.relayed"] == outcome.windows["chain.relayed"]


def test_keys_of_windows_name_links_members_chains_carriers_and_shadows(outcome):
    assert list(outcome.windows) == [
        "chain.relayed",
        "chain.relayed.lander.relay.kashi",
        "chain.relayed.lander.relay.neuquen",
        "link.surface",
        "link.trunk",
        "link.trunk.relay.kashi",
        "link.trunk.relay.neuquen",
        "eclipse.relay.moon.umbra",
        "eclipse.relay.moon.penumbra",
    ]
    assert list(outcome.rows) == list(outcome.windows)
    assert list(outcome.legs) == ["link.surface", "link.trunk.relay.kashi", "link.trunk.relay.neuquen"]  # noqa: E501  # fmt: skip


def test_a_link_of_a_group_is_the_union_of_its_members(outcome):
    both = (
        outcome.windows["link.trunk.relay.kashi"] | outcome.windows["link.trunk.relay.neuquen"]
    )
    trunk = outcome.windows["link.trunk"]
    assert trunk.start.tolist() == both.start.tolist()
    assert trunk.stop.tolist() == both.stop.tolist()


def test_the_chain_is_open_no_longer_than_each_of_its_links(outcome):
    chain = outcome.windows["chain.relayed"].availability
    links = [outcome.windows[f"link.{name}"].availability for name in ("surface", "trunk")]
    assert 0.0 < chain <= min(links)
    late = 2.0 / 172_800.0  # s of the span: the chain is timed 1.3 s after its first link
    assert chain >= sum(links) - 1.0 - late  # inclusion and exclusion


def test_the_umbra_lies_within_the_penumbra(outcome):
    umbra, penumbra = (
        outcome.windows[f"eclipse.relay.moon.{kind}"] for kind in ("umbra", "penumbra")
    )
    assert umbra.count == penumbra.count > 0
    assert np.all(penumbra.start < umbra.start)
    assert np.all(umbra.stop < penumbra.stop)


def test_every_quantity_that_the_file_offers_is_stated(outcome):
    from orbits.mission.checks import offered_by

    assert list(outcome.quantities) == list(offered_by(BASE))
    assert all(stated.path == path for path, stated in outcome.quantities.items())


def test_quantities_are_in_the_units_they_say(outcome):
    windows = outcome.windows["chain.relayed"]
    stated = {path: row.value for path, row in outcome.quantities.items()}
    assert stated["chain.relayed.availability"] == 100.0 * windows.availability
    assert stated["chain.relayed.longest"] == windows.longest
    assert stated["chain.relayed.count"] == windows.count
    assert stated["spacecraft.relay.min_altitude"] < 300.0  # km: the Earth lowers the perilune
    assert stated["spacecraft.relay.orbit.period"] == pytest.approx(24.3 * HOUR, rel=0.01)
    assert stated["spacecraft.relay.orbit.inclination"] == pytest.approx(62.4, abs=0.5)


def test_the_mean_of_the_days_is_the_availability_of_whole_days(outcome):
    stated = outcome.quantities
    share = stated["link.surface.availability"].value / 100.0 * 24.0
    assert stated["link.surface.mean_day"].value == pytest.approx(share, abs=1e-6)


def test_what_rests_on_an_assumed_node_is_marked(outcome):
    assert outcome.quantities["chain.relayed.availability"].assumed
    certain = copy.deepcopy(BASE)
    certain["spacecraft"]["relay"]["orbit"]["assumed"] = []
    for name in ("kashi", "neuquen"):
        site = certain["site"][name]
        site.update(latitude="38 deg", longitude="76 deg", height="0 m", body="earth")
        del site["use"]
    certain["site"]["neuquen"].update(latitude="-38.2 deg", longitude="-70.1 deg")
    stated = run(from_dict(certain)).quantities
    assert not any(row.assumed for row in stated.values())


# -- days ---------------------------------------------------------------------------------


def test_days_are_whole_utc_days_of_the_span():
    span = (parse_t("2024-06-01T06:00:00 UTC"), parse_t("2024-06-04T01:00:00 UTC"))
    first = parse_t("2024-06-02T00:00:00 UTC")
    held = Windows(np.array([first - 5 * HOUR]), np.array([first + 7 * HOUR]), span)
    values = of_windows(held)
    assert values["best_day"] == pytest.approx(7.0)
    assert values["worst_day"] == 0.0
    assert values["mean_day"] == pytest.approx(3.5)


def test_a_span_without_a_whole_day_has_no_best_day():
    span = (parse_t("2024-06-01T06:00:00 UTC"), parse_t("2024-06-02T05:00:00 UTC"))
    assert whole_days(span).size == 0
    assert of_windows(Windows.whole(span))["best_day"] is None


def test_a_day_with_a_leap_second_is_one_second_longer():
    span = (parse_t("2016-12-31T00:00:00 UTC"), parse_t("2017-01-01T00:00:00 UTC"))
    best = of_windows(Windows.whole(span))["best_day"]
    assert best * HOUR == pytest.approx(86_401.0, abs=1e-4)  # s; TDB gains up to 29 us a day


# -- verdicts -----------------------------------------------------------------------------


def judged(**row):
    return run(edited(requirement=[{"name": "limit"} | row])).verdicts[0]


def test_a_verdict_is_in_the_unit_of_its_limit(outcome):
    best = outcome.quantities["link.surface.best_day"].value
    verdict = judged(quantity="link.surface.best_day", at_least="600 min")
    assert verdict.unit == "min"
    assert verdict.value == pytest.approx(60.0 * best)
    assert verdict.margin == pytest.approx(60.0 * best - 600.0)
    assert verdict.verdict == "PASS"


def test_a_limit_from_above_fails_with_a_negative_margin(outcome):
    total = outcome.quantities["link.surface.availability"].value
    verdict = judged(quantity="link.surface.availability", at_most="50 %")
    assert verdict.margin == pytest.approx(50.0 - total)
    assert verdict.verdict == "FAIL"


def test_a_value_at_its_limit_passes(outcome):
    count = outcome.quantities["chain.relayed.count"].value
    verdict = judged(quantity="chain.relayed.count", at_most=str(count))
    assert (verdict.margin, verdict.verdict, verdict.unit) == (0.0, "PASS", "")


def test_claims_stand_beside_what_was_computed():
    value = {"name": "a", "quantity": "spacecraft.relay.orbit.period", "value": "24 h"}
    rows = [
        value | {"tolerance": "1 h"},
        value | {"tolerance": "1 min"},
        value,
        {"name": "b", "quantity": "link.surface.best_day", "at_least": "1 h"},
        {"name": "c", "quantity": "link.surface.best_day", "at_most": "1 h"},
    ]
    found = run(edited(flown=rows)).comparisons
    assert [row.within for row in found] == [True, False, None, True, False]
    assert found[0].difference == pytest.approx(found[0].planned - 24.0)
    assert found[0].unit == "h"


# -- warnings and constraints -------------------------------------------------------------


def test_a_limit_that_is_never_reached_is_named(outcome):
    assert "link.surface/max_range" in outcome.never_active
    assert any("link.surface/max_range is never active" in text for text in outcome.warnings)


def test_a_default_that_never_acts_is_listed_but_not_warned_of(outcome):
    assert "link.surface/occultation:earth" in outcome.never_active
    assert not any("occultation:earth" in text for text in outcome.warnings)


def test_a_constraint_that_closes_the_link_for_good_is_named():
    link = copy.deepcopy(BASE["link"])
    link["surface"]["max_range"] = "10 km"
    found = run(edited(link=link))
    assert found.windows["chain.relayed"].count == 0
    assert any("link.surface/max_range is never met" in text for text in found.warnings)
    assert found.quantities["chain.relayed.longest"].value == 0.0


def test_windows_under_the_least_duration_are_counted_not_kept(outcome):
    short = outcome.windows["chain.relayed"].durations.min()
    chain = copy.deepcopy(BASE["chain"])
    chain["relayed"]["min_duration"] = f"{short + 1.0} s"
    found = run(edited(chain=chain))
    assert found.short["chain.relayed"] == outcome.short["chain.relayed"] + 1
    assert found.windows["chain.relayed"].count == outcome.windows["chain.relayed"].count - 1


def test_the_provenance_holds_the_whole_mission_and_what_made_the_numbers(outcome):
    provenance = outcome.provenance
    assert from_dict(provenance["mission"]) == outcome.mission
    assert provenance["data"]["ephemeris"]["name"] == "DE421"
    assert provenance["data"]["gravity"] == {"moon": {"table": "grgm1200a", "degree": 20}}
    assert provenance["data"]["trajectories"]["relay"]["integrator"]


def test_a_mission_of_sites_alone_has_no_quantities():
    found = run(from_dict({"schema": 1, "mission": BASE["mission"], "site": BASE["site"]}))
    assert found.quantities == {}
    assert found.windows == {}
    assert found.holds


def test_progress_names_each_stage_and_reaches_one():
    seen = []
    run(edited(), progress=lambda stage, fraction: seen.append((stage, fraction)))
    assert ("propagating relay", 1.0) in seen
    assert {stage for stage, _ in seen} == {"propagating relay", "searching windows"}


# -- an orbit from a file -----------------------------------------------------------------


def test_a_path_from_an_oem_file_gives_the_windows_of_the_flight(tmp_path):
    from orbits.exports.oem import write_oem
    from orbits.mission.flight import fly

    flight = fly(edited())
    write_oem(tmp_path / "relay.oem", flight.trajectories["relay"], name="r", object_id="r")
    data = copy.deepcopy(BASE)
    relay = data["spacecraft"]["relay"]
    relay["orbit"] = {"kind": "ephemeris", "file": "relay.oem"}
    del relay["dynamics"]
    read = run(from_dict(data, tmp_path), folder=tmp_path)
    flown = run(edited())
    for key in ("chain.relayed", "eclipse.relay.moon.umbra"):
        one, two = read.windows[key], flown.windows[key]
        # 0.2 mm of interpolation at 100 m/s and more across the horizon
        assert one.start == pytest.approx(two.start, abs=1e-3)
        assert one.stop_cause == two.stop_cause


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        ({"file": "../relay.oem"}, "lies outside the mission file's folder"),
        ({"file": "none.oem"}, "there is no file none.oem"),
        ({"file": "text.oem"}, "begins with CCSDS_OEM_VERS"),
    ],
)
def test_an_ephemeris_file_that_cannot_serve_is_refused(edit, message, tmp_path):
    from orbits.errors import MissionError

    (tmp_path / "text.oem").write_text("no ephemeris\n")
    data = copy.deepcopy(BASE)
    relay = data["spacecraft"]["relay"]
    relay["orbit"] = {"kind": "ephemeris"} | edit
    del relay["dynamics"]
    with pytest.raises(MissionError, match=message):
        from_dict(data, tmp_path)
