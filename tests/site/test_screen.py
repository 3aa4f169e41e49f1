"""The shipped screen: every rule names its source, and the file says who is rung and when."""

import re
import tomllib
from importlib.resources import files

from pathway.clinical.instant import SECOND
from tests.definition.test_sources import tags
from tests.site.site import SCREEN

FOLDER = files("pathway.definitions").joinpath("unmatched_report")
LISTED = re.findall(r"^\| ([A-Z]\d+) \|", FOLDER.joinpath("SOURCES.md").read_text("utf-8"), re.MULTILINE)


def test_every_source_of_the_file_is_listed_once_and_no_other():
    used = set(tags(tomllib.loads(FOLDER.joinpath("v1.toml").read_text("utf-8"))))
    assert sorted(used) == sorted(LISTED)


def test_nobody_is_enrolled_on_it_but_by_the_engine():
    form = SCREEN.form
    assert form.screen is not None
    assert form.enrol.by == (form.screen.role,) == ("engine",)
    assert form.enrol.identifiers == 0


def test_it_is_due_in_half_an_hour_and_then_the_administrator_is_told():
    (reminder,) = SCREEN.form.reminders
    assert (reminder.id, reminder.critical, SCREEN.span("settled_within")) == ("M48", True, 30 * 60 * SECOND)
    assert [rung.to for rung in reminder.ladder] == [
        ("haematologist by page", "laboratory by page"),
        ("administrator by page",),
    ]
