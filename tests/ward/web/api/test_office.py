"""The office through the API: every page of the administration, and what it does that is no command."""

import pytest
from starlette.testclient import TestClient

from tests.ward.web.api.conftest import WARD, Site, problem

GARBLED = {"case": "nobody", "loinc": "3255-7", "value": "61", "unit": "mg/dL"}
ROTA = "date,shift,role,ward,account\n2026-04-07,early,nurse,{ward},nurse.ben\n2026-04-07,early,nurse,{ward},nobody\n"


@pytest.fixture
def admin(site: Site) -> TestClient:
    return site.person("admin", "administrator")


# --- quarantine ------------------------------------------------------------------------------------------------------


def quarantined(nurse: TestClient) -> int:
    """The number of a report of a patient who is not here."""
    body = {**GARBLED, "collected_at": "2026-03-05T01:50:00+01:00", "specimen": "S-7"}
    service = nurse.post("/commands/RecordResult", json=body)
    assert service.status_code == 202, service.text
    return nurse.get("/quarantine").json()["reports"][-1]["number"]


def test_a_report_in_quarantine_is_read_by_who_may_settle_it_and_by_nobody_else(site: Site, admin: TestClient):
    laboratory = site.person("haematologist.greta")
    number = quarantined(laboratory)
    read = laboratory.get(f"/quarantine/{number}").json()
    assert (read["says"]["value"], read["says"]["specimen"]) == ("61", "S-7")
    hidden = admin.get(f"/quarantine/{number}").json()
    assert (hidden["says"], hidden["number"]) == ({}, number)
    assert hidden["why_not"]
    assert problem(admin.get("/quarantine/99")) == "not_found"


def test_a_report_that_was_read_stands_in_the_access_log(site: Site):
    doctor = site.person("haematologist.greta")
    number = quarantined(doctor)
    doctor.get(f"/quarantine/{number}")
    looks = site.person("auditor").get("/accesses", params={"account": "haematologist.greta", "limit": 500}).json()
    assert any(f"quarantine/{number}" in each["cases"] for each in looks["accesses"])


# --- rosters ---------------------------------------------------------------------------------------------------------


def test_a_rota_is_planned_once_and_its_wrong_lines_are_named(site: Site):
    manager = site.person("duty.nils")
    shift = {"name": "early", "begins": "06:00", "ends": "14:00", "zone": "Europe/Berlin"}
    manager.post("/commands/NameShift", json=shift)
    rota = {"rota": ROTA.format(ward=WARD)}
    first = manager.post("/rosters/import", json=rota).json()
    assert (first["planned"], first["known"]) == (1, 0)
    assert [each["line"] for each in first["refused"]] == [3]
    assert manager.post("/rosters/import", json=rota).json()["known"] == 1
    shifts = manager.get("/rosters", params={"ward": WARD}).json()["shifts"]
    assert [each["account"] for each in shifts if each["begins"].startswith("2026-04-07")] == ["nurse.ben"]


def test_a_rota_that_is_no_text_is_not_understood(site: Site):
    assert problem(site.person("duty.nils").post("/rosters/import", json={"rota": 3})) == "not_understood"


# --- paper -----------------------------------------------------------------------------------------------------------


def test_the_sheet_of_a_ward_comes_as_data_as_a_page_and_as_pdf(nurse: TestClient):
    assert nurse.get("/wards").json()["wards"] == [{"ward": WARD, "reconciling": False}]
    sheet = nurse.get(f"/wards/{WARD}/sheet").json()
    assert len(sheet["rows"]) > 20
    assert nurse.get(f"/wards/{WARD}/sheet?form=pdf").content.startswith(b"%PDF")
    assert "<table" in nurse.get(f"/wards/{WARD}/sheet?form=html").text
    assert problem(nurse.get("/wards/elsewhere/sheet")) == "not_found"


def test_a_sheet_that_was_taken_stands_in_the_access_log_with_its_patients(site: Site, nurse: TestClient):
    nurse.get(f"/wards/{WARD}/sheet")
    looks = site.person("auditor").get("/accesses", params={"case": "demo-03"}).json()["accesses"]
    assert looks[-1]["what"] == "paper"


# --- channels --------------------------------------------------------------------------------------------------------


def test_a_test_notice_waits_to_go_out_once_for_its_key(admin: TestClient):
    asked = {"role": "nurse", "reach": "page"}
    headers = {"Idempotency-Key": "trial-1"}
    assert admin.post("/channels/trial", json=asked, headers=headers).json() == {"waits": True}
    assert admin.post("/channels/trial", json=asked, headers=headers).json() == {"waits": False}
    trials = admin.get("/channels").json()["trials"]
    assert [(each["role"], each["reach"], each["state"]) for each in trials] == [("nurse", "page", "waiting")]


def test_only_an_administrator_tries_the_channels(nurse: TestClient):
    assert problem(nurse.post("/channels/trial", json={"role": "nurse"})) == "denied"
    assert nurse.get("/channels").json()["trials"] == []


@pytest.mark.parametrize("body", [{}, {"role": "nobody"}, {"role": ["nurse"]}, {"role": "nurse", "reach": "pigeon"}])
def test_a_trial_to_nobody_is_not_understood(admin: TestClient, body: dict):
    assert problem(admin.post("/channels/trial", json=body)) == "not_understood"


# --- accounts --------------------------------------------------------------------------------------------------------


def test_somebody_reads_their_own_account_and_an_administrator_every_one(nurse: TestClient, admin: TestClient):
    assert nurse.get("/people/nurse.anna").json()["account"] == "nurse.anna"
    assert problem(nurse.get("/people/nurse.ben")) == "denied"
    assert admin.get("/people/nurse.ben").json()["grants"]
    assert problem(admin.get("/people/nobody")) == "not_found"


def test_a_sign_in_of_ones_own_is_ended_by_its_handle(site: Site, nurse: TestClient):
    other = site.person("nurse.anna")
    assert other.get("/me").status_code == 200
    mine = [each["handle"] for each in nurse.get("/sign-ins").json()["sign_ins"]]
    assert len(mine) == 2
    others = site.person("nurse.ben").get("/sign-ins").json()["sign_ins"][0]["handle"]
    assert problem(nurse.delete(f"/sign-ins/{others}")) == "not_found"
    assert nurse.delete(f"/sign-ins/{mine[0]}").json() == {"ended": True}
    assert sorted(each.get("/me").status_code for each in (nurse, other)) == [200, 401]


def test_an_administrator_ends_the_sign_ins_of_an_account_and_a_nurse_does_not(nurse: TestClient, admin: TestClient):
    assert problem(nurse.delete("/people/admin/sign-ins")) == "denied"
    assert admin.delete("/people/nurse.anna/sign-ins").json() == {"ended": 1}
    assert problem(nurse.get("/me")) == "not_signed_in"


# --- glass -----------------------------------------------------------------------------------------------------------


def test_glass_that_was_broken_waits_for_a_review_and_is_then_told_with_it(site: Site):
    greta, auditor = site.person("haematologist.greta"), site.person("auditor")
    glass = {"account": "haematologist.greta", "patient_case": "demo-01", "reason": "called in the night"}
    assert greta.post("/commands/BreakGlass", json=glass).status_code == 200
    waits = auditor.get("/glass").json()["glass"]
    assert [(each["account"], each["reason"], each["review"]) for each in waits] == [
        ("haematologist.greta", "called in the night", None)
    ]
    said = {"number": waits[0]["number"], "choice": "justified", "reason": "the switchboard has the call"}
    assert auditor.post("/commands/ReviewBreakGlass", json=said).status_code == 200
    assert auditor.get("/glass").json()["glass"] == []
    told = auditor.get("/glass?reviewed=true").json()["glass"][0]["review"]
    assert (told["by"], told["choice"], told["reason"]) == ("auditor", "justified", said["reason"])
    assert problem(greta.get("/glass")) == "denied"


# --- definitions, health ---------------------------------------------------------------------------------------------


def test_a_definition_is_signed_for_by_two_and_its_book_says_every_rule(site: Site):
    greta, hugo = site.person("haematologist.greta"), site.person("haematologist.hugo")
    digest = next(each for each in greta.get("/definitions").json()["definitions"] if each["pathway"] == "variant_apl")
    book = greta.get(f"/definitions/{digest['digest']}/book").json()["chapters"]
    assert any("M3" in item["key"] for chapter in book for item in chapter["items"])
    alone = greta.post("/commands/ApproveDefinition", json={"digest": digest["digest"]})
    assert alone.status_code in {403, 409}
    second = hugo.headers["Authorization"].removeprefix("Bearer ")
    answer = greta.post(
        "/commands/ApproveDefinition", json={"digest": digest["digest"]}, headers={"Wardpath-Second": second}
    )
    assert answer.status_code == 200, answer.text
    assert problem(greta.get("/definitions/ffff/book")) == "not_found"


def test_the_store_is_looked_over_for_an_administrator(admin: TestClient, nurse: TestClient):
    found = admin.get("/health/system").json()["findings"]
    assert {"about", "severity", "what"} <= found[0].keys()
    assert problem(nurse.get("/health/system")) == "denied"
