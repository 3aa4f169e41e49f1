"""The pages of an inspector: the way in, one case with its pack, who looked."""

import csv
import re
from io import StringIO

import pytest
from starlette.testclient import TestClient

from pathway.case.commands import Answer, Enrol
from pathway.site.accounts.commands import BreakGlass
from tests.case.story import IDENTIFIERS
from tests.case.ward import CASE, Ward, by, t
from tests.ward.pack.conftest import house_of, person
from tests.ward.web.conftest import words
from tests.ward.web.replay.conftest import opened, shown, told
from ward.door import Door
from ward.pack.content import content
from ward.pack.files import as_zip
from ward.people.administer import UNSAID
from ward.web.audit.topic import TOPICS

HOME, CASE_AT, LOOKS = "/audit", f"/audit/case/{CASE}", "/audit/looks"


@pytest.fixture
def ward() -> Ward:
    """The whole story, and an hour more."""
    made = told()
    made.clock.set(t("6 11:00"))
    return made


@pytest.fixture
def auditor(ward: Ward) -> TestClient:
    """The auditor before it."""
    return opened(ward, "auditor", "auditor")


def page(browser: TestClient, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def enrol_another(ward: Ward) -> None:
    """A second patient, case c2."""
    fields = {"pathway": "variant_apl", "presented_at": t("1 08:00"), "identifiers": {**IDENTIFIERS, "number": "0002"}}
    place = {"zone": ward.zone, "ward": "H1", "bed": "4", "patient": "p2", "origin": "invented"}
    made = ward.engine.handle(Enrol(id="another", case="c2", by=by("physician"), **fields, **place))
    assert made.status == "accepted", made.refusal


def links(text: str) -> set[str]:
    return set(re.findall(r'href="(/[^"?#]*)', text))


# --- the way in ------------------------------------------------------------------------------------------------------


def test_the_home_page_leads_to_pages_that_are_there_and_open(auditor: TestClient):
    main = page(auditor, HOME).partition("<main")[2]
    found = links(main)
    assert {"/audit/cases", LOOKS, "/replay", "/admin/glass"} <= found
    for address in found & {"/audit/cases", LOOKS, "/replay", "/admin/glass", "/admin/people"}:  # others need a file
        page(auditor, address)


def test_a_topic_whose_page_is_not_there_has_no_link(auditor: TestClient):
    there = {getattr(each, "path", "") for each in auditor.app.routes}  # type: ignore[attr-defined]  # an app of ours
    shown_here = links(page(auditor, HOME).partition("<main")[2])
    assert {each.at for each in TOPICS} - there == {each.at for each in TOPICS} - there - shown_here


def test_what_is_not_open_to_somebody_is_named_and_not_linked(ward: Ward):
    charge = opened(ward, "charge.dora", "charge_nurse")
    text = page(charge, HOME)
    assert LOOKS not in links(text)
    assert "Not open to you" in words(text)
    assert "/replay" in links(text)


def test_whoever_has_no_part_in_it_finds_no_link_and_no_page(ward: Ward):
    nurse = opened(ward, "nurse.anna", "nurse")
    assert HOME not in links(page(nurse, "/account"))
    for address in (HOME, "/audit/cases", CASE_AT, f"{CASE_AT}/pack", LOOKS, f"{LOOKS}.csv"):
        page(nurse, address, 403)


def test_the_token_of_a_case_leads_to_its_page(auditor: TestClient):
    answer = auditor.get(HOME, params={"case": f" {CASE} "})
    assert (answer.status_code, answer.headers["location"]) == (303, CASE_AT)
    assert "There is no such case here" in words(page(auditor, f"{HOME}?case=nobody", 404))
    page(auditor, "/audit/case/nobody", 404)


def test_the_cases_are_listed_by_token_and_the_list_is_one_look(ward: Ward, auditor: TestClient):
    enrol_another(ward)
    text = page(auditor, "/audit/cases")
    assert {CASE_AT, "/audit/case/c2"} <= links(text)
    assert [each.cases for each in ward.store.accesses() if each.what == "pack"] == [(CASE, "c2")]


# --- one case --------------------------------------------------------------------------------------------------------


def test_the_page_of_a_case_tells_what_its_pack_tells_and_names_nobody(ward: Ward, auditor: TestClient):
    text = page(auditor, CASE_AT)
    said = words(text)
    for each in content(house_of(ward), CASE).sections:
        assert each.title in said
    assert "160 mg/dL" in said
    assert "106 mg/dL" in said
    assert text.count('<svg class="axis"') >= 3
    ids = re.findall(r' id="([^"]+)"', text)
    assert sorted({each for each in ids if ids.count(each) > 1}) == []
    kept = house_of(ward).engine.identity(CASE)
    assert kept is not None
    names = [word for word in kept.content.decode().split('"') if len(word) > 3 and word[0].isupper()]
    assert [each for each in names if each in text] == []


def test_the_page_of_a_case_leads_to_all_that_is_asked_of_it_for_whoever_may(ward: Ward, auditor: TestClient):
    asked = {f"/audit/{each}?case={CASE}" for each in ("redecide", "deviations", "indicators", "looks")}
    assert asked <= set(re.findall(r'href="([^"]*)"', page(auditor, CASE_AT)))
    assert f"/audit/redecide?case={CASE}" in shown(auditor)
    assert f"/audit/redecide?case={CASE}" not in shown(opened(ward))
    for address in asked:
        page(auditor, address)


def test_the_page_at_a_moment_holds_nothing_of_what_came_later(auditor: TestClient):
    text = page(auditor, f"{CASE_AT}?known=03-Mar-2026 12:00")
    for later in ("ZBTB16", "106 mg/dL", "05-Mar-2026"):
        assert later not in text
    assert "Shown up to the last event" in words(page(auditor, f"{CASE_AT}?known=never", 400))
    page(auditor, f"{CASE_AT}?position=99999", 400)


def test_the_button_gives_the_same_archive_as_every_other_face(ward: Ward, auditor: TestClient):
    link = next(each for each in re.findall(r'href="([^"]+/pack\?[^"]*)"', page(auditor, CASE_AT)))
    answer = auditor.get(link.replace("&amp;", "&"))
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == as_zip(content(house_of(ward), CASE))
    paper = auditor.get(f"{CASE_AT}/pack?only=pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")


def test_every_page_and_every_pack_of_a_case_is_a_look(ward: Ward, auditor: TestClient):
    for address in (CASE_AT, CASE_AT, f"{CASE_AT}/pack?position=3", f"{CASE_AT}/pack?position=3&identified=true"):
        page_or_pack = auditor.get(address)
        assert page_or_pack.status_code == 200
    found = [(each.what, each.cases) for each in ward.store.accesses(actor="auditor")]
    assert found == [("pack", (CASE,))] * 3 + [("pack_identified", (CASE,))]


def test_a_replay_leads_to_the_pack_of_its_moment_for_whoever_may_have_it(ward: Ward, auditor: TestClient):
    assert f'href="{CASE_AT}?position=40"' in shown(auditor, "?position=40")
    assert f'href="{CASE_AT}?known=2026-03-03T12%3A00%3A00Z"' in shown(auditor, "?at=2026-03-03T12:00:00Z")
    assert CASE_AT not in shown(opened(ward, "nurse.anna", "nurse"), "?position=40")


# --- who looked ------------------------------------------------------------------------------------------------------


def looked(text: str) -> list[str]:
    """The rows of looks."""
    return [words(each) for each in re.findall(r'(?s)<tr id="look-\d+".*?</tr>', text)]


def test_who_looked_at_a_patient_and_at_what_a_person_looked(ward: Ward, auditor: TestClient):
    shown(opened(ward, "nurse.anna", "nurse"))
    enrol_another(ward)
    shown(opened(ward, "physician.emil", "physician"), case="c2")
    rows = looked(page(auditor, f"{LOOKS}?case={CASE}"))
    assert any("nurse.anna" in each for each in rows)
    assert not any("physician.emil" in each for each in rows)
    rows = looked(page(auditor, f"{LOOKS}?account=physician.emil"))
    assert [("c2" in each, "replay" in each) for each in rows] == [(True, True)]


def test_denials_alone_stand_out_with_why(ward: Ward, auditor: TestClient):
    opened(ward, "admin", "administrator").get(f"/case/{CASE}")
    shown(opened(ward, "nurse.anna", "nurse"))
    (row,) = looked(page(auditor, f"{LOOKS}?outcome=denied"))
    assert "DENIED" in row
    assert "admin may not read `case`" in row


def test_without_a_question_the_page_begins_a_week_ago_and_says_so(ward: Ward):
    shown(opened(ward, "nurse.anna", "nurse"))
    ward.clock.set(t("20 11:00"))
    text = page(opened(ward, "auditor", "auditor"), LOOKS)
    assert 'name="since" value="13-Mar-2026 11:00"' in text
    assert not any("nurse.anna" in each for each in looked(text))


def test_a_period_ends_with_its_minute_and_a_time_that_is_none_is_told(ward: Ward, auditor: TestClient):
    shown(opened(ward, "nurse.anna", "nurse"))
    for since, until, count in (("06-Mar-2026 11:00", "06-Mar-2026 11:00", 1), ("06-Mar-2026 11:01", "", 0)):
        rows = looked(page(auditor, f"{LOOKS}?account=nurse.anna&since={since}&until={until}"))
        assert len(rows) == count
    text = page(auditor, f"{LOOKS}?since=yesterday", 400)
    assert "a time could not be read" in words(text).lower()


def test_a_hundred_looks_are_a_page_and_the_rest_one_link_away(ward: Ward, auditor: TestClient):
    door = Door(house_of(ward))
    for _ in range(150):
        door.look(person(door.house, "nurse.anna"), "nurse", "case", (CASE,))
    first = page(auditor, f"{LOOKS}?account=nurse.anna")
    following = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert following
    rest = page(auditor, following[1].replace("&amp;", "&"))
    assert (len(looked(first)), len(looked(rest))) == (100, 50)
    assert "after=" not in rest.partition("<main")[2]


def test_the_spreadsheet_holds_all_that_the_page_asks_for(ward: Ward, auditor: TestClient):
    door = Door(house_of(ward))
    for _ in range(1100):
        door.look(person(door.house, "nurse.anna"), "nurse", "case", (CASE,))
    answer = auditor.get(f"{LOOKS}.csv?account=nurse.anna")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(answer.text, newline=""), strict=True))
    assert len(rows) == 1100
    assert {(each["account"], each["cases"], each["outcome"]) for each in rows} == {("nurse.anna", CASE, "read")}


def test_broken_glass_stands_with_its_reason_and_that_it_waits_for_a_review(ward: Ward, auditor: TestClient):
    door = Door(house_of(ward))
    who = person(door.house, "physician.emil")
    asked = BreakGlass(id="g", by=UNSAID, account=who.account, patient_case=CASE, reason="collapse")
    answer: Answer = door.handle(who, "physician", asked)
    assert answer.status == "accepted", answer.refusal
    said = words(page(auditor, f"{LOOKS}?case={CASE}"))
    assert "Glass 1 Waits for a review physician.emil reached case c1" in said
    assert "Why: collapse" in said


def test_asking_who_looked_is_a_look_that_names_whom_was_asked_about_and_no_result(ward: Ward, auditor: TestClient):
    page(auditor, f"{LOOKS}?case={CASE}")
    page(auditor, f"{LOOKS}?account=nurse.anna")
    page(auditor, f"{LOOKS}?case=nobody")
    found = [each.cases for each in ward.store.accesses(actor="auditor") if each.what == "accesses"]
    assert found == [(CASE,), (), ()]
