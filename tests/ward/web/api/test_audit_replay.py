"""The record through the API: cases as they stood, decided once more, and as an event log."""

import json
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from pathway.definition.load import load
from tests.definition.broken import TEXT, replaced
from tests.ward.web.api.conftest import WARD, Site, problem

NOON = "2026-03-04T12:00:00+01:00"


@pytest.fixture
def auditor(site: Site) -> TestClient:
    """The program of an auditor."""
    return site.person("auditor")


def test_a_page_of_replays_leads_to_the_next_until_every_case_was_told(site: Site, auditor: TestClient):
    cases, address = [], f"/audit/replay?at={NOON.replace('+', '%2B')}&limit=12"
    while address:
        found = auditor.get(address).json()
        cases += [each["case"] for each in found["cases"]]
        address = (found["next"] or "").removeprefix("/api/v1")
    assert cases == sorted(head.case for head in site.house.store.heads(closed=True))
    looks = [each for each in site.house.store.accesses(actor="auditor") if each.what == "audit_replay"]
    assert [case for each in looks for case in each.cases] == cases


def test_one_case_is_told_as_it_stood_and_the_same_bytes_each_time(auditor: TestClient):
    first, second = (auditor.get("/audit/replay/demo-03", params={"position": "50"}) for _ in range(2))
    assert first.content == second.content
    assert first.json()["position"] == 50
    assert first.json()["picture"]["case"] == "demo-03"
    assert problem(auditor.get("/audit/replay/demo-03", params={"at": "2020-01-01T00:00Z"})) == "not_found"
    assert problem(auditor.get("/audit/replay/demo-03", params={"at": "noon"})) == "not_understood"


def test_a_page_says_of_which_case_nothing_was_known_then(auditor: TestClient):
    found = auditor.get("/audit/replay", params={"at": "2020-01-01T00:00Z", "limit": 3}).json()
    assert [each["position"] for each in found["cases"]] == [0, 0, 0]


def test_a_case_decided_once_more_has_no_difference_and_says_how_much_that_was(auditor: TestClient):
    found = auditor.get("/audit/redecide/demo-03").json()
    assert (found["differences"], found["not_decided_again"], found["unfit"]) == ([], [], "")
    assert found["decided"] == found["events"] > 100


def test_cases_decided_once_more_are_told_page_by_page_and_ward_by_ward(auditor: TestClient):
    found = auditor.get("/audit/redecide", params={"ward": WARD, "limit": 3}).json()
    assert [each["differences"] for each in found["cases"]] == [[], [], []]
    assert "after=" in found["next"]


def test_a_case_under_another_definition_tells_what_would_have_been(site: Site, auditor: TestClient):
    old = 'fibrinogen_target = { value = "150 mg/dL"'
    text = replaced(replaced(TEXT, old, old.replace("150", "200")), "\nversion = 1\n", "\nversion = 2\n")
    other = load(text)
    assert problem(auditor.get("/audit/redecide/demo-11", params={"under": other.digest})) == "not_found"
    site.house.engine.learn(other)
    found = auditor.get("/audit/redecide/demo-11", params={"under": other.digest}).json()
    assert found["under"] == other.digest
    assert any(each["type"] == "ReminderOpened" for each in found["instead"])


def test_the_event_log_is_sent_whole_and_every_case_in_it_is_looked_at(site: Site, auditor: TestClient):
    answer = auditor.get("/audit/xes", params={"ward": WARD})
    assert answer.headers["content-type"].startswith("application/xml")
    traces = ET.fromstring(answer.content).findall("trace")  # noqa: S314  # our own
    last = site.house.store.accesses(actor="auditor")[-1]
    assert (last.what, len(last.cases)) == ("xes", len(traces))
    auditor.get("/audit/xes", params={"case": "demo-03", "values": "true"})
    assert site.house.store.accesses(actor="auditor")[-1].what == "xes_values"


ASKS: tuple[Callable[[TestClient], object], ...] = tuple(
    lambda client, path=path: client.get(path)
    for path in ("/audit/replay", "/audit/replay/demo-03", "/audit/redecide/demo-03", "/audit/redecide", "/audit/xes")
)


@pytest.mark.parametrize("ask", ASKS)
def test_nobody_but_an_auditor_is_told(site: Site, nurse: TestClient, ask: Callable[[TestClient], object]):
    assert problem(ask(nurse)) == "denied"
    assert site.house.store.accesses(actor="nurse.anna")[-1].outcome == "denied"


def test_nothing_is_written_but_looks(site: Site, auditor: TestClient):
    before = [(head, list(site.house.store.stream(head.case))) for head in site.house.store.heads(closed=True)]
    for path in ("/audit/replay", "/audit/redecide", "/audit/xes"):
        assert auditor.get(path).status_code == 200
    assert [(head, list(site.house.store.stream(head.case))) for head in site.house.store.heads(closed=True)] == before
    assert site.house.store.notices() == []


def test_a_case_that_is_not_there_is_not_found(auditor: TestClient):
    for path in ("/audit/replay/nobody", "/audit/redecide/nobody", "/audit/xes?case=nobody", "/audit/replay/site:duty"):
        assert problem(auditor.get(path)) == "not_found", path
    assert json.loads(auditor.get("/audit/replay/nobody").content)["status"] == 404
