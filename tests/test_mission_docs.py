"""docs/mission-file.md: its blocks are one good mission, and nothing of the file is missing."""

import re
import tomllib

import pytest

from orbits.mission import paths, paths_studies, schema_network, schema_sequence
from orbits.mission.checks import offered_by
from orbits.mission.load import load
from orbits.mission.schema import json_schema


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "mission-file.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def blocks(page):
    return re.findall(r"^```toml\n(.*?)^```$", page, re.M | re.S)


@pytest.fixture(scope="module")
def mission(blocks, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "mission.toml"
    text = "\n".join(block for block in blocks if not block.startswith("# instead"))
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_the_blocks_of_the_page_are_one_mission(mission, blocks):
    assert mission.chain
    other = [block for block in blocks if block.startswith("# instead")]
    assert len(other) > 5
    assert all(tomllib.loads(block) for block in other)


def test_every_key_of_the_schema_stands_on_the_page(page):
    schema = json_schema()
    # Of launches and sequences the page shows one example; missions/change6.toml is the whole.
    shown = set(vars(schema_sequence)) - set(vars(schema_network))
    tables = [schema, *(t for name, t in schema["$defs"].items() if name not in shown)]
    keys = {key for table in tables for key in table.get("properties", {})}
    lost = sorted(
        key for key in keys if not re.search(rf"(?<![a-z_-]){re.escape(key)}(?![a-z_-])", page)
    )
    assert lost == []


def test_every_quantity_stands_on_the_page(page, mission):
    words = set()
    for module in (paths, paths_studies):
        for name, table in vars(module).items():
            if name.isupper() and isinstance(table, dict) and name != "KINDS":
                words |= set(table)
    assert sorted(word for word in words if f"`{word}`" not in page) == []
    offered = offered_by(mission.normalised())
    assert {path.split(".")[0] for path in offered} >= {
        "access", "chain", "conjunction", "contact-plan", "coverage", "eclipse", "latency",
        "link", "night", "outage", "pointing", "spacecraft", "sun",
    }  # fmt: skip
