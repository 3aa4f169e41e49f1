"""Who looked: every replay is a look, and whoever reads the access log finds in it what stood there by the moment."""

import re

from tests.case.ward import CASE, Ward, t
from tests.ward.web.conftest import words
from tests.ward.web.replay.conftest import opened, shown


def looks(ward: Ward, what: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Account, outcome and cases of the looks of a kind."""
    return [(each.by.actor, each.outcome, each.cases) for each in ward.store.accesses() if each.what == what]


def test_every_moment_that_is_looked_at_is_a_look(ward, browser):
    for position in (3, 4, 5):
        shown(browser, f"?position={position}")
    assert looks(ward, "replay") == [("demo", "read", (CASE,))] * 3


def test_a_step_is_no_look_of_its_own(ward, browser):
    shown(browser, "?position=3&step=next-event")
    assert len(looks(ward, "replay")) == 1


def test_whoever_may_not_look_learns_no_time_by_a_step(ward):
    browser = opened(ward, "admin", "administrator")
    for query in ("", "?position=3&step=next-event", "?at=03-Mar-2026 13:00", "?at=never"):
        answer = browser.get(f"/case/{CASE}/replay{query}")
        assert answer.status_code == 403
        assert "2026-03-0" not in answer.headers.get("location", "")
    assert looks(ward, "replay") == [("admin", "denied", (CASE,))] * 4


def test_the_auditor_sees_who_had_looked_by_the_moment_and_nobody_after(ward):
    ward.clock.set(t("7 09:00"))
    shown(opened(ward, "nurse.anna", "nurse"))
    ward.clock.set(t("8 09:00"))
    shown(opened(ward, "physician.emil", "physician"))
    page = shown(opened(ward, "auditor", "auditor"), "?at=2026-03-07T10:00:00Z")
    found = words(page.partition('id="lookers"')[2])
    assert "nurse.anna nurse replay looked" in found
    assert "physician.emil" not in found


def test_a_denied_look_stands_out(ward):
    opened(ward, "admin", "administrator").get(f"/case/{CASE}/replay")
    ward.clock.set(t("7 09:00"))
    page = shown(opened(ward, "auditor", "auditor"), "?at=now")
    row = re.search(r'(?s)<tr role="row" id="look-\d+" class="marked">.*?</tr>', page)
    assert row
    assert "admin" in words(row.group())
    assert "DENIED" in words(row.group())


def test_reading_who_looked_is_a_look_too(ward):
    shown(opened(ward, "auditor", "auditor"))
    assert looks(ward, "accesses") == [("auditor", "read", (CASE,))]


def test_nobody_else_reads_the_access_log(ward, browser):
    assert "Who had looked" not in shown(browser)
    assert looks(ward, "accesses") == []


def test_of_many_looks_the_newest_are_shown_and_the_others_counted(ward):
    nurse = opened(ward, "nurse.anna", "nurse")
    for _ in range(60):
        shown(nurse, "?position=3")
    page = words(shown(opened(ward, "auditor", "auditor"), "?at=now"))
    assert "older looks are not shown" in page
    assert page.count("nurse.anna nurse replay looked") <= 50
