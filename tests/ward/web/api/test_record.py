"""The record through the API: the pack of a case, who looked; what the access log holds, and what never (A3 to A8)."""

import json
import zipfile
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from pathway.case.events import FindingRecorded, ReportRecorded, ResultRecorded
from pathway.clinical.instant import SECOND, Instant
from pathway.site.accounts.grant import Grant
from tests.ward.web.api.conftest import WARD, Site, problem
from ward.pack.content import content
from ward.pack.files import as_zip
from ward.shape import plain

HOUR = 3600 * SECOND
#: Pages of patients, a search that finds many, and one that finds none.
READ = (
    "/cases",
    "/cases?phase=induction&overdue=true",
    "/cases/demo-03",
    "/cases/demo-03/identity",
    "/cases/demo-03/timeline?limit=500",
    "/cases/demo-03/as-of?occurred=2026-03-03T12:00:00Z",
    "/cases/demo-01/why",
    "/due",
    "/inbox",
    "/quarantine",
)


@pytest.fixture
def auditor(site: Site) -> TestClient:
    """The program of the auditor."""
    return site.person("auditor")


def read_all(client: TestClient) -> list[str]:
    """Everything that somebody reads; what was told."""
    return [client.get(address).text for address in READ]


def log(site: Site) -> str:
    """The whole access log as text."""
    return json.dumps([plain(each) for each in site.house.store.accesses()])


# --- the pack --------------------------------------------------------------------------------------------------------


def test_the_pack_is_the_archive_that_the_command_line_writes(site: Site, auditor: TestClient):
    answer = auditor.get("/audit/pack/demo-03", params={"position": 40})
    assert answer.headers["content-type"] == "application/zip"
    assert answer.content == as_zip(content(site.house, "demo-03", 40))
    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
    assert 'filename="pack_demo-03_40.zip"' in answer.headers["content-disposition"]
    assert auditor.get("/audit/pack/demo-03", params={"form": "pdf"}).content.startswith(b"%PDF-")


def test_the_pack_is_a_look_and_the_one_with_the_name_another(site: Site, auditor: TestClient):
    first = auditor.get("/audit/pack/demo-03").content
    named = auditor.get("/audit/pack/demo-03", params={"identified": True}).content
    assert first != named
    found = [(each.what, each.cases, each.outcome) for each in site.house.store.accesses(actor="auditor")]
    assert found == [("pack", ("demo-03",), "read"), ("pack_identified", ("demo-03",), "read")]


def test_nobody_but_an_auditor_of_the_ward_gets_a_pack(site: Site, nurse: TestClient, doctor: TestClient):
    for client in (nurse, doctor, site.person("admin")):
        assert problem(client.get("/audit/pack/demo-03")) == "denied"
    assert problem(site.person("auditor").get("/audit/pack/nobody")) == "not_found"


def test_a_moment_that_is_none_is_a_problem(site: Site, auditor: TestClient):
    assert problem(auditor.get("/audit/pack/demo-03", params={"position": 9999})) == "not_found"
    assert problem(auditor.get("/audit/pack/demo-03", params={"known": "2099-01-01T00:00:00Z"})) == "not_understood"
    assert problem(auditor.get("/audit/pack/demo-03", params={"known": "1999-01-01T00:00:00Z"})) == "not_found"


# --- who looked ------------------------------------------------------------------------------------------------------


def test_who_has_looked_at_this_patient_and_what_this_person_looked_at(site: Site, auditor: TestClient):
    site.person("nurse.anna").get("/cases/demo-03")
    site.person("nurse.anna").get("/cases/demo-01")
    site.person("physician.emil").get("/cases/demo-03")
    by_case = auditor.get("/audit/looks", params={"case": "demo-03"}).json()["looks"]
    assert [(each["by"]["actor"], each["what"]) for each in by_case] == [
        ("nurse.anna", "case"),
        ("physician.emil", "case"),
        ("auditor", "accesses"),
    ]
    by_person = auditor.get("/audit/looks", params={"account": "nurse.anna"}).json()["looks"]
    assert [each["cases"] for each in by_person] == [["demo-03"], ["demo-01"]]


def test_pages_of_looks_follow_each_other(site: Site, auditor: TestClient):
    read_all(site.person("nurse.anna"))
    whole = auditor.get("/audit/looks", params={"account": "nurse.anna"}).json()
    address, seen = "/audit/looks?account=nurse.anna&limit=3", []
    while address:
        page = auditor.get(address.removeprefix("/api/v1")).json()
        seen += page["looks"]
        address = page["next"]
    assert seen == whole["looks"]
    assert len(seen) > 6


def test_denials_alone_and_a_period(site: Site):
    site.person("admin").get("/cases/demo-03")
    site.clock.advance(HOUR)
    site.person("nurse.anna").get("/cases/demo-03")
    auditor = site.person("auditor")
    denied = auditor.get("/audit/looks", params={"outcome": "denied"}).json()["looks"]
    assert [(each["by"]["actor"], each["cases"]) for each in denied] == [("admin", ["demo-03"])]
    later = {"since": "2026-03-05T02:30:00+01:00", "account": "nurse.anna"}
    assert len(auditor.get("/audit/looks", params=later).json()["looks"]) == 1
    later |= {"until": "2026-03-05T02:40:00+01:00"}
    assert auditor.get("/audit/looks", params=later).json()["looks"] == []


def test_broken_glass_stands_out_with_its_reason_and_its_review(site: Site, auditor: TestClient):
    """A22: who reached a patient in an emergency said why, and another person says whether rightly."""
    broken = {"account": "physician.emil", "patient_case": "demo-03", "reason": "collapse, nobody of the ward"}
    answer = site.person("physician.emil").post("/commands/BreakGlass", json=broken)
    assert answer.json()["status"] == "accepted", answer.text
    (found,) = auditor.get("/audit/looks", params={"case": "demo-03"}).json()["glass"]
    assert (found["body"]["reason"], found["reviewed"]) == ("collapse, nobody of the ward", None)
    review = {"number": found["body"]["number"], "choice": "justified", "reason": "the ward was called away"}
    assert auditor.post("/commands/ReviewBreakGlass", json=review).json()["status"] == "accepted"
    (found,) = auditor.get("/audit/looks", params={"outcome": "break_glass"}).json()["glass"]
    assert (found["reviewed"]["choice"], found["reviewed"]["reason"]) == ("justified", "the ward was called away")
    assert auditor.get("/audit/looks", params={"account": "nurse.anna"}).json()["glass"] == []


def test_nobody_else_reads_who_looked(nurse: TestClient, doctor: TestClient):
    for client in (nurse, doctor):
        assert problem(client.get("/audit/looks")) == "denied"


# --- what the access log holds ---------------------------------------------------------------------------------------


def test_every_entry_says_who_what_when_through_what_and_what_came_of_it(site: Site):
    read_all(site.person("nurse.anna"))
    site.person("admin").get("/cases/demo-03")
    service = site.service("interface", (Grant("service", WARD),), ("RecordResult",))
    service.get("/cases/demo-03")
    entries = site.house.store.accesses()
    assert len(entries) > 8
    for each in entries:
        assert each.by.actor
        assert each.what
        assert each.at > Instant(0)
        assert each.by.source
        assert each.by.authenticated
        assert each.outcome in {"read", "denied", "break_glass"}
        assert each.reason or each.outcome == "read"
    assert {each.outcome for each in entries} == {"read", "denied"}


def test_a_look_names_every_patient_and_a_search_copies_no_result(site: Site, nurse: TestClient):
    cases = nurse.get("/cases").json()["cases"]
    (entry,) = [each for each in site.house.store.accesses() if each.what == "cases"]
    assert sorted(entry.cases) == sorted(each["case"] for each in cases)
    assert not {each["due_line"] for each in cases if each["due_line"]} & set(map(str, plain(entry).values()))


def test_no_clinical_value_and_no_name_of_any_patient_stands_in_the_access_log(site: Site):
    """A5: everything that was told to somebody, held against everything that the log kept of it."""
    for account in ("nurse.anna", "haematologist.greta", "auditor", "admin"):
        read_all(site.person(account))
    site.person("auditor").get("/audit/pack/demo-03", params={"identified": True})
    kept, values = log(site), set()
    for head in site.house.store.heads(closed=True):
        for event in site.house.engine.timeline(head.case):
            match event.body:
                case ResultRecorded(entered=entered):
                    values.add(entered)
                case ReportRecorded(karyotype=karyotype, partner=partner, result=result):
                    values |= {karyotype, partner, result}
                case FindingRecorded(finding=finding):
                    values.add(finding)
        identity = site.house.engine.identity(head.case)
        if identity is not None and not identity.why:
            values |= set(msgspec.json.decode(identity.content, type=dict[str, str]).values())
    values = {each for each in values if len(each) > 2}
    assert len(values) > 100
    assert sorted(each for each in values if f'"{each}"' in kept or f" {each} " in kept) == []


def test_a_denied_look_is_logged_as_denied_with_why(site: Site):
    site.person("admin").get("/cases/demo-03")
    (entry,) = [each for each in site.house.store.accesses() if each.by.actor == "admin"]
    assert (entry.outcome, entry.cases, entry.what) == ("denied", ("demo-03",), "case")
    assert "may not read `case`" in entry.reason


def test_no_token_is_kept_whole_anywhere_in_the_store(site: Site, tmp_path: Path):
    """A7: neither of a person's sign-in nor of a service."""
    person = site.person("nurse.anna")
    service = site.service("interface", (Grant("service", WARD),), ("RecordResult",))
    tokens = [each.headers["Authorization"].split()[1] for each in (person, service)]
    for client in (person, service):
        client.get("/cases/demo-03")
    files = [each.read_bytes() for each in tmp_path.iterdir() if each.is_file()]
    assert files
    for token in tokens:
        assert len(token) > 32
        assert not any(token.encode() in body for body in files)
        assert not any(token[-33:].encode() in body for body in files)
