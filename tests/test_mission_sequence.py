"""A launch, a transfer and a sequence in a mission file: flown, weighed, faults explained."""

import copy
import tomllib

import numpy as np
import pytest

from conftest import ROOT
from orbits import time as instants
from orbits.constants import STANDARD_GRAVITY
from orbits.design.sequence import Burn, Coast, Kick, Release
from orbits.errors import MissionError
from orbits.mission.build import build
from orbits.mission.load import from_dict
from orbits.mission.paths_sequence import STEP, of_sequence
from orbits.mission.run import run
from orbits.mission.sequenced import stop_of

FILE = tomllib.loads((ROOT / "missions" / "change6.toml").read_text(encoding="utf-8"))


def _alone(change=None):
    """The mission file without relay and links, its spacecraft edited."""
    data = copy.deepcopy(FILE)
    for key in ("link", "chain", "group", "flown", "requirement", "analysis"):
        data.pop(key)
    data["spacecraft"].pop("queqiao-2")
    data["site"] = {"change-6-site": data["site"]["change-6-site"]}
    if change is not None:
        change(data["spacecraft"]["change-6"])
    return data


@pytest.fixture(scope="module")
def flight():
    model = build(from_dict(_alone()))
    return model, model.craft["change-6"].sequenced


def test_the_steps_are_those_of_the_flight(flight):
    """LOI-1 at 02:12 UTC (CNSA) or 02:21 (NSSDC), 14 to 17 min long; FACTS of Chang'e-6."""
    _, flown = flight
    first = flown.step("loi-1")
    begun = instants.parse_t("2024-05-08T02:12:00 UTC")
    assert -600.0 < first.start.t - begun < 600.0 + 9 * 60.0
    assert 14 * 60.0 < first.end.t - first.start.t < 17 * 60.0
    assert np.degrees(flown.departure.inclination) == pytest.approx(23.5, abs=0.7)
    assert flown.departure.c3 / 1e6 == pytest.approx(-2.071, abs=0.01)


def test_targets_are_met(flight):
    model, flown = flight
    values = of_sequence(flown, model.almanac, 3100.0)
    assert values["step.loi-1.apoapsis_altitude"] == pytest.approx(8600.0, abs=1e-3)
    assert values["step.loi-1.periapsis_altitude"] == pytest.approx(200.0, abs=3.0)  # as aimed
    assert values["step.loi-2.apoapsis_altitude"] == pytest.approx(2000.0, abs=1e-3)
    assert all(len(solved.residuals) == 1 for solved in flown.solves)
    assert all(solved.iterations <= 6 for solved in flown.solves)


def test_the_budget_closes(flight):
    """Launch mass = what is left + propellant + what was left behind, to the gram."""
    model, flown = flight
    values = of_sequence(flown, model.almanac, 3100.0)
    last = flown.flown[-1].end.mass
    assert last + values["propellant"] + 3200.0 == pytest.approx(8350.0, abs=1e-3)
    assert values["propellant_left"] == pytest.approx(3100.0 - values["propellant"])
    # Tsiolkovsky, over all burns of the one engine, before the lander leaves.
    burns = 8350.0 * -np.expm1(-values["delta_v"] / (310.0 * STANDARD_GRAVITY))
    assert values["propellant"] == pytest.approx(burns, rel=1e-9)


def test_positions_run_through_every_phase(flight):
    """To 1 mm, and the path about the Earth is the steps' own."""
    model, flown = flight
    for a, b in zip(flown.flown, flown.flown[1:], strict=False):
        assert a.end.t == b.start.t
        before = a.end.about(b.start.frame.center, model.almanac)
        assert np.linalg.norm(before.r - b.start.r) < 1e-3
    path = flown.trajectory
    for done in flown.flown:
        there = done.end.about("earth", model.almanac)
        assert np.linalg.norm(path.position(there.t) - there.r) < 1e-3
    burns = [d for d in flown.flown if isinstance(d.step, Burn | Kick | Release)]
    ends = np.unique([t for d in burns for t in (d.start.t, d.end.t)])
    np.testing.assert_array_equal(path.joins, ends)


def test_the_south_side_brings_the_site_into_the_plane(flight):
    """Under 20 m/s at landing and ascent; the other arrival would need more."""
    planes = {"site": FILE["analysis"]["plane"]["site"]}
    found = {}
    for side in ("south", "north"):
        data = _alone(lambda craft, side=side: craft["transfer"].update(side=side))
        data["analysis"] = {"plane": planes}
        told = run(from_dict(data)).quantities
        found[side] = [told[f"plane.site.{w}.delta_v"].value for w in ("landing", "ascent")]
    assert max(found["south"]) < 20.0
    assert max(found["north"]) > 100.0


def test_every_step_has_its_numbers(flight):
    model, flown = flight
    values = of_sequence(flown, model.almanac, None)
    for name in flown.bodies:
        assert {f"step.{name}.{key}" for key in STEP} <= set(values)
    assert values["propellant_left"] is None
    assert values["step.loi-1.start"].startswith("2024-05-08T02:")
    assert values["transfer.lift_off"] == "2024-05-03T09:27:29.000Z"


def test_events_in_words():
    assert stop_of("periapsis of moon").kind == "periapsis"
    falling = stop_of("altitude 120 km descending of earth")
    assert (falling.value, falling.rising, falling.body) == (120e3, False, "earth")
    assert stop_of("true anomaly 180 deg of moon").value == pytest.approx(np.pi)
    with pytest.raises(ValueError, match="'perigee' is no event"):
        stop_of("perigee")


def test_a_finite_burn_is_centred_on_its_event(flight):
    """Half of its length before the perilune that the coast would have met."""
    _, flown = flight
    wait, burn = flown.step("loi-2-wait"), flown.step("loi-2")
    assert isinstance(wait.step, Coast)
    half = 0.5 * (burn.end.t - burn.start.t)
    assert wait.step.early == pytest.approx(half, rel=1e-9)


CASES = {
    "a step that does nothing": (
        lambda c: c["sequence"][0].pop("burn"), r"does nothing.*a step has one of",
    ),
    "two deeds": (
        lambda c: c["sequence"][1].update(leave="10 kg"), "does leave and coast_for",
    ),
    "no event": (
        lambda c: c["sequence"][0].update(when="perilune"), "'perilune' is no event",
    ),
    "an unknown body": (
        lambda c: c["sequence"][0].update(when="periapsis of moom"), 'did you mean "moon"',
    ),
    "an unknown engine": (
        lambda c: c["sequence"][0]["burn"].update(engine="mian"), 'did you mean "main"',
    ),
    "a direction twice": (
        lambda c: c["sequence"][0]["burn"].update(rtn=[1.0, 0.0, 0.0]),
        "given by direction and rtn",
    ),
    "an unknown step in a target": (
        lambda c: c["target"][0].update(vary=["loi-9.delta_v"]), 'no step is called "loi-9"',
    ),
    "an unknown word in a target": (
        lambda c: c["target"][0].update(vary=["loi-1.deltav"]), 'did you mean "delta_v"',
    ),
    "an unknown goal": (
        lambda c: c["target"][0].update(achieve={"loi-1.apolune": "8600 km"}),
        '"apolune" is nothing of a step',
    ),
    "an unknown launch": (
        lambda c: c["orbit"].update(launch="cz-5-y9"), 'did you mean "cz-5-y8"',
    ),
    "a transfer with two arrivals": (
        lambda c: c["transfer"].update(flight="4.65 day"), "the arrival is given twice",
    ),
    "a finite burn without a mass": (
        lambda c: (c.pop("mass"), c.pop("propellant"), c.pop("assumed")),
        r"needs spacecraft\.change-6\.mass",
    ),
    "a step of a reserved name": (
        lambda c: c["sequence"][1].update(step="tli"), '"tli" is reserved',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_faulty_sequence_is_explained(name):
    change, message = CASES[name]
    with pytest.raises(MissionError, match=message):
        from_dict(_alone(change))


def test_goals_that_cannot_be_met_say_by_how_much():
    """Which goal, what it is missed by, and what to change."""

    def capped(craft):
        craft["target"] = [
            {"vary": ["phasing-orbit.coast_for"], "achieve": {"loi-3.inclination": "100 deg"}}
        ]

    with pytest.raises(Exception, match=r"loi-3\.inclination is \+") as error:
        build(from_dict(_alone(capped)))
    assert type(error.value).__name__ == "TargetingError"
    assert "vary one more control" in str(error.value)


def test_a_launch_that_cannot_reach_its_plane_is_refused():
    data = _alone(lambda craft: craft["transfer"].update(vary="lift-off"))
    data["launch"]["cz-5-y8"]["insertion"]["inclination"] = "15 deg"
    with pytest.raises(ValueError, match=r"no orbit of inclination 15\.000 deg passes over"):
        build(from_dict(data))
