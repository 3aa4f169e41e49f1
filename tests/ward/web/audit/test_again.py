"""The pages that decide a case once more and that give out the event log."""

import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from pathway.case.redecide import redecide
from tests.case.ward import CASE, Ward
from tests.ward.web.replay.conftest import opened, told

REDECIDE, XES = "/audit/redecide", "/audit/xes"


@pytest.fixture
def ward() -> Ward:
    """The story of a patient with a past, up to the report that names the variant."""
    return told(4)


@pytest.fixture
def auditor(ward: Ward) -> TestClient:
    """An auditor before it."""
    return opened(ward, "auditor", "auditor")


def test_without_a_case_the_page_says_what_it_does_and_asks_for_one(auditor: TestClient):
    page = auditor.get(REDECIDE)
    assert page.status_code == 200
    assert "Nothing is written" in page.text
    assert 'name="case"' in page.text


def test_an_honest_case_has_no_difference_and_the_page_says_how_much_was_decided(ward: Ward, auditor: TestClient):
    page = auditor.get(REDECIDE, params={"case": CASE}).text
    number = ward.case.position
    assert "No difference" in page
    assert f"{number} of {number} events were decided again" in page
    assert "Taken as given" in page
    assert ward.store.accesses(case=CASE)[-1].what == "redecide"


def test_a_difference_stands_with_both_sides_and_a_way_to_its_moment(ward: Ward, auditor: TestClient, monkeypatch):
    events = ward.engine.timeline(CASE)
    last = next(each for each in events if each.type == "PhaseEntered")
    planted = replace(events[-1], position=len(events) + 1, body=last.body, cause=None, command="", by=last.by)
    found = redecide([*events, planted], ward.engine._rules)
    monkeypatch.setattr(type(ward.engine), "redecided", lambda self, case: found)
    page = auditor.get(REDECIDE, params={"case": CASE}).text
    assert "Differences: 1" in page
    assert "On the record, and the rules do not give it" in page
    assert f"/case/{CASE}/replay?position={len(events) + 1}" in page


def test_a_case_that_is_not_there_is_said_not_to_be(auditor: TestClient):
    page = auditor.get(REDECIDE, params={"case": "nobody"})
    assert page.status_code == 404
    assert "There is no such case here" in page.text


def test_the_log_is_offered_with_what_is_in_it_and_is_sent_as_a_file(ward: Ward, auditor: TestClient):
    page = auditor.get(XES).text
    assert "It holds 1 case" in page
    assert 'href="/audit/log.xes"' in page
    sent = auditor.get("/audit/log.xes", params={"case": CASE})
    assert 'filename="wardpath.xes"' in sent.headers["content-disposition"]
    assert sent.text.count("<event>") == ward.case.position
    assert "wardpath:entered" not in sent.text
    assert "wardpath:entered" in auditor.get("/audit/log.xes", params={"values": "true"}).text
    assert [each.what for each in ward.store.accesses(case=CASE)][-2:] == ["xes", "xes_values"]
    assert auditor.get("/audit/log.xes", params={"case": "nobody"}).status_code == 404


def test_both_are_among_the_topics_of_an_inspector(auditor: TestClient):
    page = auditor.get("/audit").text
    assert f'href="{REDECIDE}"' in page
    assert f'href="{XES}"' in page


@pytest.mark.parametrize("address", [REDECIDE, f"{REDECIDE}?case={CASE}", XES, "/audit/log.xes"])
def test_nobody_but_an_auditor_sees_them(ward: Ward, address: str):
    page = opened(ward).get(address)
    assert page.status_code == 403
    assert ward.store.accesses(actor="demo")[-1].outcome == "denied"
