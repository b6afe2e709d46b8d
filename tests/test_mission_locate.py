"""Where keys and values stand: the text at each place reads back as the value there."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orbits.mission.locate import locate

TEXT = '''# a comment with [brackets] and "quotes"
schema = 1
[mission]
name = "a \\" # no comment" # a comment
notes = """first ]
second # no comment"""
path = 'C:\\dir'
"quoted key" = 3
[spacecraft."q.2"]
drag = { area = "8 m2", list = [1, [2, 3], "]"], inner = { x = "}" } }
orbit.kind = "kepler"
orbit.center = "moon"
[spacecraft."q.2".dynamics]
bodies = [
  "earth", # the first ]
  "sun",
  { name = "moon" },
]
when = 2024-05-31 00:00:00Z
tolerance = 1e-12
[[requirement]]
name = 'one'
[[requirement]]
name = 'two'
[requirement.limit]
least = -0.5
'''


def at(text, place):
    return text.split("\n")[place.line - 1][place.column - 1 : place.column - 1 + place.width]


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for k, inner in enumerate(value):
            yield from leaves(inner, (*path, k))
    else:
        yield path, value


def test_every_value_of_one_line_reads_back_at_its_place():
    places = locate(TEXT)
    seen = 0
    for path, value in leaves(tomllib.loads(TEXT)):
        shown = at(TEXT, places.values[path])
        if isinstance(value, str) and "\n" in value:
            assert shown == '"""first ]'  # a value of many lines: its first
        else:
            assert tomllib.loads(f"x = {shown}")["x"] == value
        seen += 1
    assert seen == 21


def test_every_key_reads_back_at_its_place():
    places = locate(TEXT)
    for path, _ in leaves(tomllib.loads(TEXT)):
        if isinstance(path[-1], str):
            shown = at(TEXT, places.keys[path])
            assert next(iter(tomllib.loads(f"{shown} = 1"))) == path[-1]


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("schema",), 2, 10),
        (("mission",), 3, 2),
        (("spacecraft", "q.2"), 9, 13),
        (("spacecraft", "q.2", "orbit", "kind"), 11, 14),
        (("spacecraft", "q.2", "dynamics"), 13, 19),
        (("spacecraft", "q.2", "dynamics", "bodies", 1), 16, 3),
        (("requirement", 0), 21, 3),
        (("requirement", 1), 23, 3),
        (("requirement", 1, "limit", "least"), 26, 9),
    ],
)
def test_places_are_those_that_an_editor_shows(path, line, column):
    place = locate(TEXT).value(path)
    assert (place.line, place.column) == (line, column)


def test_a_path_without_a_place_has_that_of_the_table_around_it():
    places = locate(TEXT)
    assert places.value(("spacecraft", "q.2", "mass")) == places.value(("spacecraft", "q.2"))
    assert places.key(("nothing",)).line == 1


STRINGS = st.text(st.characters(exclude_categories=("C",)), max_size=12)
SCALARS = st.one_of(
    STRINGS.map(lambda s: '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    STRINGS.filter(lambda s: "'" not in s).map(lambda s: f"'{s}'"),
    st.integers(-(2**62), 2**62).map(str),
    st.sampled_from(["true", "1e-12", "nan", "2024-05-31", "0.5"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda xs: "[" + ", ".join(xs) + "]"),
        st.lists(inner, max_size=3).map(
            lambda xs: "{ " + ", ".join(f"k{i} = {x}" for i, x in enumerate(xs)) + " }"
        ),
    ),
    max_leaves=8,
)


@given(st.lists(VALUES, min_size=1, max_size=5), st.lists(VALUES, max_size=4))
def test_whatever_the_values_each_is_found_where_it_was_put(first, second):
    lines = [f"key-{k} = {value}" for k, value in enumerate(first)]
    lines += ["[table] # after"] + [f"'key {k}'   =   {v} # c" for k, v in enumerate(second)]
    text = "\n".join(lines)
    places = locate(text)
    for k, value in enumerate(first):
        assert at(text, places.values[(f"key-{k}",)]) == value
    for k, value in enumerate(second):
        assert at(text, places.values[("table", f"key {k}")]) == value
