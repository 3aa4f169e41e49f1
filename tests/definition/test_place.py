"""Where something stands in a TOML text."""

import pytest

from pathway.definition.place import line_of, row_line

TEXT = """\
format = 1

[settings]
first = { value = "1 h" }   # 4
second = { value = "2 h" }

[facts.blood]
title = "Blood"

[[reminders]]
id = "A"
when = \"\"\"one
  and two\"\"\"

[[reminders]]
id = "B"
levels = [
  { name = "x", when = "three" },
  { name = "y" },
]
"""


@pytest.mark.parametrize(
    "path, line",
    [
        (("format",), 1),
        (("settings", "first"), 4),
        (("settings", "second"), 5),
        (("settings", "second", "value"), 5),
        (("facts", "blood"), 7),
        (("facts", "blood", "title"), 8),
        (("reminders", 0), 10),
        (("reminders", 0, "id"), 11),
        (("reminders", 1), 15),
        (("reminders", 1, "levels", 0, "when"), 17),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_the_line_of_a_path(path, line):
    assert line_of(TEXT, path) == line


@pytest.mark.parametrize(
    "path, fragment, line",
    [
        (("reminders", 1), "three", 18),
        (("reminders", 0), "one\n  and two", 12),
        (("reminders", 0), "three", 10),  # of another reminder: its own first line
        (("settings",), "2 h", 5),
        (("reminders", 1), "", 15),
    ],
)
def test_the_line_of_a_fragment_inside_a_path(path, fragment, line):
    assert row_line(TEXT, path, fragment) == line
