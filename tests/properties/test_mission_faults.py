"""Whatever stands in a mission file, it is read, or refused with the place of each fault."""

import copy
import datetime
import math
import random
import tomllib
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.errors import MissionError, OrbitsWarning
from orbits.mission.load import from_dict, read

FOLDER = Path(__file__).parents[1] / "malformed"
TEXT = (FOLDER / "base.toml").read_text(encoding="utf-8")
BASE = tomllib.loads(TEXT)

VALUES = (
    3, -1, 0, 1.5, math.nan, math.inf, 10**30, True, False, "", "x", "moon", "relay", "kashi",
    "ground", "5 km", "-5 km", "0 km", "1e300 km", "5 deg", "720 deg", "3 s", "1e-30 s", "60 %",
    "icrf", "ephemeris", "cartesian", "body-fixed", "2024-06-01T00:00:00 UTC",
    "9999-12-31T00:00:00 UTC", "1800-01-01T00:00:00 UTC", "../x", "masks/ring.csv", "\x00",
    "a" * 5000, [], ["x"], [[]], [3], [["0 deg", "1 deg"]], {}, {"a": 1}, {"kind": "cartesian"},
    datetime.date(2024, 6, 1), datetime.datetime(2024, 6, 1), datetime.time(3),
    datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC),
)  # fmt: skip
KEYS = (
    "schema", "use", "mask", "from", "to", "assumed", "source", "kind", "altitude", "epoch",
    "min_altitude", "mean_anomaly", "eccentricity", "semi_major_axis", "tides", "engine",
    "naif_id", "value", "tolerance", "at_most", "x y", "constellation",
)  # fmt: skip


def places(value, path=()):
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    if isinstance(value, list):
        for k, inner in enumerate(value):
            yield from places(inner, (*path, k))


def spoilt(seed):
    """The base mission with one to three values taken away, added or replaced."""
    dice, data = random.Random(seed), copy.deepcopy(BASE)
    for _ in range(dice.choice((1, 1, 2, 3))):
        path = dice.choice(list(places(data)))
        table = data
        for part in path[:-1]:
            table = table[part]
        act = dice.random()
        if act < 0.2:
            del table[path[-1]]
        elif act < 0.35 and isinstance(table, dict):
            table[dice.choice(KEYS)] = copy.deepcopy(dice.choice(VALUES))
        else:
            table[path[-1]] = copy.deepcopy(dice.choice(VALUES))
    return data


def tried(act):
    """What ``act`` gave, or None with the problems that it raised."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OrbitsWarning)
            return act(), ()
    except MissionError as error:
        return None, error.problems


@given(st.integers(0, 2**32))
def test_any_data_is_a_mission_or_a_list_of_faults(seed):
    mission, problems = tried(lambda: from_dict(spoilt(seed), FOLDER))
    assert all(p.message and p.help for p in problems)
    if mission is None:
        assert problems
    else:
        assert from_dict(mission.normalised(), FOLDER) == mission


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("spoilt") / "mission.toml"


@given(st.integers(0, 2**32))
def test_any_text_is_a_mission_or_has_its_faults_shown_on_lines_that_it_has(file, seed):
    dice, text = random.Random(seed), list(TEXT)
    for _ in range(dice.choice((1, 2, 4))):
        at = dice.randrange(len(text))
        act = dice.random()
        if act < 0.4:
            del text[at]
        elif act < 0.8:
            text.insert(at, dice.choice("\"'[]{}=.,#\n\\\t x1-é"))
        else:
            text[at] = dice.choice("\"'[]{}=.,#\n\\\t x1-é")
    file.write_text("".join(text), encoding="utf-8")
    lines = "".join(text).split("\n")
    for p in tried(lambda: read(file))[1]:
        assert p.text == lines[p.line - 1]
        assert 1 <= p.column <= len(p.text) + 1
        assert p.column + p.width <= len(p.text) + 2
