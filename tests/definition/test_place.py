"""Where something stands in a TOML text."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.definition.place import Place, Places
from tests.definition.broken import TEXT as SHIPPED

TEXT = """\
format = 1

[settings]
first = { value = "1 h" }   # 4
second = { value = "2 h", bounds = ["1 h", "3 h"] }

[facts.blood]
title = "Blood"

[[reminders]]
id = "A"
when = \"\"\"one
  and two\"\"\"

[[reminders]]
id = 'B'
levels = [
  { name = "x", when = "three" }, # not "y"
  { name = "y" },
]
[reminders."a.b".c]
d.e = 1
"""


@pytest.mark.parametrize(
    "path, place",
    [
        (("format",), (1, 1)),
        (("settings", "first"), (4, 1)),
        (("settings", "second", "value"), (5, 12)),
        (("settings", "second", "bounds", 1), (5, 44)),
        (("facts",), (7, 1)),
        (("facts", "blood"), (7, 1)),
        (("facts", "blood", "title"), (8, 1)),
        (("reminders", 0), (10, 1)),
        (("reminders", 0, "id"), (11, 1)),
        (("reminders", 1), (15, 1)),
        (("reminders", 1, "levels", 0, "when"), (18, 17)),
        (("reminders", 1, "levels", 1), (19, 3)),
        (("reminders", 1, "a.b", "c", "d", "e"), (22, 1)),
        (("reminders", 1, "levels", 7), (17, 1)),  # nowhere: what is nearest above it
        (("nowhere",), (1, 1)),
        ((), (1, 1)),
    ],
)
def test_the_place_of_a_path(path, place):
    assert Places(TEXT).of(path) == place


@pytest.mark.parametrize(
    "path, line, column, place",
    [
        (("reminders", 0, "when"), 1, 1, (12, 11)),
        (("reminders", 0, "when"), 2, 7, (13, 7)),
        (("reminders", 1, "id"), 1, 1, (16, 7)),
        (("reminders", 1, "levels", 0, "when"), 1, 3, (18, 27)),
        (("format",), 1, 5, (1, 1)),  # no text: its own place
    ],
)
def test_a_place_inside_a_text(path, line, column, place):
    assert Places(TEXT).inside(path, line, column) == place


def test_a_line_break_after_three_quotes_is_not_of_the_text():
    assert Places('a = """\n  b"""').inside(("a",), 1, 3) == Place(2, 3)


def paths(value, path=()):
    """Every path of a value with what stands there."""
    yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in below:
        yield from paths(each, (*path, key))


def test_every_text_of_the_shipped_pathway_stands_where_it_is_said_to():
    places, lines = Places(SHIPPED), SHIPPED.splitlines()
    texts = [(path, value) for path, value in paths(tomllib.loads(SHIPPED)) if isinstance(value, str)]
    assert len(texts) > 1000
    for path, value in texts:
        line, column = places.inside(path, 1, 1)
        assert lines[line - 1][column - 1 :].startswith(value.split("\n")[0]), path


@given(st.text(alphabet="ab.=[]{}\"'\\#,1 \n\t", max_size=60))
def test_any_text_is_walked_to_its_end(text):
    assert Places(text).of(("a", 0, "b")).line >= 1
