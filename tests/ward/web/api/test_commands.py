"""Commands through the API: carried out once, refused with the engine's codes, rehearsed, fenced by what was seen."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from pathway.site.accounts.grant import Grant
from tests.ward.web.api.conftest import WARD, Site, problem
from ward.web.api.limits import BODY_BYTES, NESTING

BLEEDING = {"case": "demo-01", "finding": "bleeding", "value": "minor"}
#: Two identifiers of the patient of demo-03, and the hold of a drug that needs them.
WRISTBAND = {"number": "invented 3", "family_name": "Invented"}
HOLD = {"case": "demo-03", "drug": "tretinoin", "act": "held", "reason": "until the report is read"}


def timeline(client: TestClient, case: str) -> list[dict]:
    return client.get(f"/cases/{case}/timeline", params={"limit": 500}).json()["events"]


def test_a_report_is_recorded_with_who_told_it_and_how_that_was_proven(site: Site, nurse: TestClient):
    answer = nurse.post("/commands/RecordFinding", json=BLEEDING)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    event = timeline(nurse, "demo-01")[said["positions"][0] - 1]
    assert event["body"]["type"] == "FindingRecorded"
    assert event["by"] == {"actor": "nurse.anna", "role": "nurse", "source": "person", "authenticated": "demonstration"}
    assert site.house.store.head("demo-01").position >= said["positions"][-1]


def test_the_same_key_and_body_is_answered_as_before_and_writes_nothing(site: Site, nurse: TestClient):
    first = nurse.post("/commands/RecordFinding", json=BLEEDING, headers={"Idempotency-Key": "k1"})
    position = site.house.store.head("demo-01").position
    again = nurse.post("/commands/RecordFinding", json=BLEEDING, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["positions"] == first.json()["positions"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert site.house.store.head("demo-01").position == position


def test_the_same_key_with_another_body_is_refused(nurse: TestClient):
    nurse.post("/commands/RecordFinding", json=BLEEDING, headers={"Idempotency-Key": "k1"})
    other = nurse.post("/commands/RecordFinding", json={**BLEEDING, "value": "none"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, problem(other)) == (422, "command_reused")


def test_a_rehearsal_tells_what_would_come_and_writes_nothing(site: Site, doctor: TestClient):
    before = site.house.store.head("demo-01")
    answer = doctor.post("/commands/RecordFinding", json=BLEEDING, params={"rehearse": True})
    assert answer.status_code == 200, answer.text
    assert answer.json()["answer"]["status"] == "accepted"
    assert "FindingRecorded" in {each["body"]["type"] for each in answer.json()["events"]}
    assert site.house.store.head("demo-01") == before


def test_a_request_by_who_saw_the_case_before_it_changed_is_refused(nurse: TestClient, doctor: TestClient):
    seen = doctor.get("/cases/demo-03").headers["ETag"]
    assert nurse.post("/commands/RecordFinding", json={**BLEEDING, "case": "demo-03"}).status_code == 200
    stop = {"case": "demo-03", "drug": "tretinoin", "reason": "no use", "identified": WRISTBAND}
    late = doctor.post("/commands/StopTherapy", json=stop, headers={"If-Match": seen})
    assert (late.status_code, problem(late)) == (412, "seen_version")
    now = doctor.get("/cases/demo-03").headers["ETag"]
    again = doctor.post("/commands/StopTherapy", json=stop, headers={"If-Match": now})
    assert again.status_code == 200, again.text


def test_a_report_is_recorded_whatever_was_seen(nurse: TestClient):
    old = nurse.get("/cases/demo-01").headers["ETag"]
    nurse.post("/commands/RecordFinding", json=BLEEDING)
    late = nurse.post("/commands/RecordFinding", json={**BLEEDING, "value": "none"}, headers={"If-Match": old})
    assert late.status_code == 200, late.text


@pytest.mark.parametrize(
    "said, code",
    [
        ({}, "identity"),
        ({"identified": {"number": "INVENTED-3"}}, "identity"),
        ({"identified": {**WRISTBAND, "number": "INVENTED-1"}}, "identity"),
        ({"identified": {**WRISTBAND, "shoe": "44"}}, "identity"),
        ({"identified": "INVENTED-3"}, "not_understood"),
        ({"identified": {**WRISTBAND, "number": 3}}, "not_understood"),
    ],
)
@pytest.mark.parametrize("rehearse", [False, True])
def test_an_act_with_a_drug_by_a_person_needs_two_identifiers_of_the_patient(
    site: Site, nurse: TestClient, said: dict[str, Any], code: str, rehearse: bool
):
    before = site.house.store.head("demo-03")
    answer = nurse.post("/commands/RecordTherapy", json=HOLD | said, params={"rehearse": rehearse})
    assert (answer.status_code, problem(answer)) == (422, code)
    assert "INVENTED" not in answer.text
    assert site.house.store.head("demo-03") == before


def test_wrong_identifiers_stand_in_the_access_log_without_what_was_sent(site: Site, nurse: TestClient):
    nurse.post("/commands/RecordTherapy", json=HOLD | {"identified": {**WRISTBAND, "number": "INVENTED-1"}})
    looked = site.house.store.accesses(case="demo-03")[-1]
    assert (looked.what, looked.outcome) == ("RecordTherapy", "denied")
    assert "INVENTED-1" not in looked.reason


def test_an_act_with_a_drug_is_recorded_with_two_identifiers_and_keeps_none_of_them(site: Site, nurse: TestClient):
    answer = nurse.post("/commands/RecordTherapy", json=HOLD | {"identified": WRISTBAND})
    assert answer.status_code == 200, answer.text
    assert b"invented 3" not in b"".join(each.canonical for each in site.house.store.stream("demo-03", 0))


def test_who_may_not_do_the_act_learns_nothing_of_the_identifiers(site: Site):
    for said in (WRISTBAND, {**WRISTBAND, "number": "INVENTED-1"}):
        answer = site.person("auditor").post("/commands/RecordTherapy", json=HOLD | {"identified": said})
        assert (answer.status_code, problem(answer)) == (403, "denied")


def test_a_service_passes_on_what_was_given_and_reads_no_wristband(site: Site):
    feed = site.service("pump.feed", (Grant("service", WARD),), ("RecordTherapy",))
    answer = feed.post("/commands/RecordTherapy", json=HOLD)
    assert answer.status_code == 200, answer.text


def test_an_act_without_a_drug_needs_no_identifiers(nurse: TestClient):
    stray = nurse.post("/commands/RecordFinding", json=BLEEDING | {"identified": WRISTBAND})
    assert (stray.status_code, problem(stray)) == (422, "not_understood")
    assert nurse.post("/commands/RecordFinding", json=BLEEDING).status_code == 200


def test_what_the_pathway_refuses_is_told_with_its_code_and_reasons(nurse: TestClient):
    asked = {
        "case": "demo-01",
        "drug": "tretinoin",
        "act": "start",
        "identified": {**WRISTBAND, "number": "INVENTED-1"},
    }
    answer = nurse.post("/commands/RequestTherapy", json=asked)
    assert (answer.status_code, problem(answer)) == (409, "role")
    unknown = nurse.post("/commands/Transition", json={"case": "nobody", "transition": "T07"})
    assert (unknown.status_code, problem(unknown)) == (404, "no_such_case")


def test_what_the_policy_denies_is_denied_and_written_down(site: Site, nurse: TestClient):
    answer = nurse.post("/commands/GrantRole", json={"account": "nurse.anna", "role": "consultant", "ward": "*"})
    assert (answer.status_code, problem(answer)) == (403, "denied")
    last = site.house.store.accesses(actor="nurse.anna")[-1]
    assert (last.what, last.outcome) == ("GrantRole", "denied")


def test_a_report_of_no_case_is_kept_for_people_to_settle(site: Site, nurse: TestClient):
    answer = nurse.post("/commands/RecordFinding", json={**BLEEDING, "case": "nobody"})
    assert answer.status_code == 202, answer.text
    assert answer.json()["refusal"]["code"] == "quarantined"
    assert [each["kind"] for each in nurse.get("/quarantine").json()["reports"]] == ["RecordFinding"]


def test_who_speaks_cannot_be_said_in_the_body(nurse: TestClient):
    for field, value in (("id", "x"), ("by", {"actor": "dr.other"}), ("second", "dr.other"), ("seen_version", 3)):
        answer = nurse.post("/commands/RecordFinding", json={**BLEEDING, field: value})
        assert (answer.status_code, problem(answer)) == (422, "not_understood"), field


def test_a_second_signature_is_proven_by_a_sign_in_of_its_own(site: Site, doctor: TestClient):
    digest = site.house.pathways[0].digest
    alone = doctor.post("/commands/ApproveDefinition", json={"digest": digest})
    assert (alone.status_code, problem(alone)) == (409, "second")
    false = doctor.post("/commands/ApproveDefinition", json={"digest": digest}, headers={"Wardpath-Second": "ws_x"})
    assert (false.status_code, problem(false)) == (403, "denied")
    token = site.person("haematologist.hugo").headers["Authorization"].removeprefix("Bearer ")
    both = doctor.post("/commands/ApproveDefinition", json={"digest": digest}, headers={"Wardpath-Second": token})
    assert both.status_code == 200, both.text
    assert b"haematologist.hugo" in next(iter(site.house.store.stream("site:definitions"))).canonical


def test_a_service_may_do_what_stands_in_its_scopes_alone(site: Site):
    feed = site.service("lab.test", (Grant("laboratory", WARD),), ("RecordResult",))
    result = {"case": "demo-01", "loinc": "3255-7", "value": "182", "unit": "mg/dL"}
    said = feed.post("/commands/RecordResult", json=result)
    assert said.status_code == 200, said.text
    denied = feed.post("/commands/RecordFinding", json=BLEEDING)
    assert (denied.status_code, problem(denied)) == (403, "denied")
    assert problem(feed.get("/cases/demo-01")) == "denied"
    by = site.house.engine.timeline("demo-01")[said.json()["positions"][0] - 1].by
    assert (by.actor, by.role, by.source, by.authenticated) == ("lab.test", "laboratory", "api", "token")


def test_who_has_several_roles_says_in_which_they_act(site: Site):
    charge = site.person("charge.dora")
    unsaid = charge.post("/commands/RecordFinding", json=BLEEDING)
    assert (unsaid.status_code, problem(unsaid)) == (422, "not_understood")
    assert "charge_nurse, nurse" in unsaid.json()["expected"]
    said = charge.post("/commands/RecordFinding", json=BLEEDING, headers={"Wardpath-Role": "nurse"})
    assert said.status_code == 200
    other = charge.post("/commands/RecordFinding", json=BLEEDING, headers={"Wardpath-Role": "consultant"})
    assert (other.status_code, problem(other)) == (403, "denied")


def test_a_body_that_is_too_large_or_too_deep_or_no_object_is_named(nurse: TestClient):
    large = nurse.post("/commands/RecordFinding", content=b'{"reason": "' + b"x" * BODY_BYTES + b'"}')
    assert (large.status_code, problem(large)) == (413, "too_large")
    deep = nurse.post("/commands/RecordFinding", content=b"[" * (NESTING + 1) + b"]" * (NESTING + 1))
    assert (deep.status_code, problem(deep)) == (422, "not_understood")
    assert "deep" in deep.json()["detail"]
    for body in (b"", b"[]", b"3", b"{", b'{"case": "\xff"}', b'{"case": "a\\u0000b"}', b'{"case": "\\ud800"}'):
        answer = nurse.post("/commands/RecordFinding", content=body)
        assert (answer.status_code, problem(answer)) == (422, "not_understood"), body


def test_brackets_within_a_text_are_no_nesting(nurse: TestClient):
    answer = nurse.post("/commands/RecordFinding", json={**BLEEDING, "reason": '"\\[{' * 100})
    assert answer.status_code == 200, answer.text


def test_an_error_never_repeats_what_a_field_held(nurse: TestClient):
    for field in ("case", "finding", "at", "reason"):
        answer = nurse.post("/commands/RecordFinding", json={**BLEEDING, field: ["MUSTERMANN"]})
        assert answer.status_code == 422
        assert "MUSTERMANN" not in answer.text
    assert "MUSTERMANN" not in nurse.get("/cases", params={"limit": "MUSTERMANN"}).text


@pytest.mark.parametrize("name", ["Nonsense", "recordfinding", "By"])
def test_a_command_that_is_none_is_named(nurse: TestClient, name: str):
    answer = nurse.post(f"/commands/{name}", json={})
    assert (answer.status_code, problem(answer)) == (404, "not_found")
