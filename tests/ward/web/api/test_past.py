"""Replay through the API: by two clocks, by position, of a ward; and what one may do on a case now."""

import pytest
from starlette.testclient import TestClient

from pathway.clinical.instant import SECOND
from tests.ward.web.api.conftest import WARD, Site, problem

NOW = "2026-03-05T02:00:00+01:00"


@pytest.fixture
def auditor(site: Site) -> TestClient:
    return site.person("auditor")


def test_a_case_cut_right_after_an_event_knows_nothing_of_the_next(auditor: TestClient):
    events = auditor.get("/cases/demo-03/timeline?limit=500").json()["events"]
    then = auditor.get("/cases/demo-03/replay", params={"position": "3"}).json()
    assert (then["position"], then["picture"]["position"]) == (3, 3)
    last = auditor.get("/cases/demo-03/replay").json()
    assert last["position"] == len(events)
    assert then["picture"]["labs"] != last["picture"]["labs"]


def test_what_had_happened_is_told_as_it_was_known_then_and_as_it_is_known_now(site: Site):
    body = {
        "case": "demo-01",
        "loinc": "3255-7",
        "value": "44",
        "unit": "mg/dL",
        "collected_at": "2026-03-05T01:30:00+01:00",
        "specimen": "LATE",
    }
    site.clock.advance(3600 * SECOND)
    doctor = site.person("haematologist.greta")
    assert doctor.post("/commands/RecordResult", json=body).status_code == 200

    def fibrinogen(**query: str) -> str:
        said = doctor.get("/cases/demo-01/replay", params={"at": NOW, **query}).json()["picture"]["labs"]
        return next(each["shown"] for each in said if each["name"] == "fibrinogen")

    assert "44" not in fibrinogen()
    assert "44" in fibrinogen(known_by="now")


def test_a_moment_that_cannot_be_read_and_an_event_that_is_not_there_are_told(auditor: TestClient):
    assert problem(auditor.get("/cases/demo-03/replay?at=yesterday")) == "not_understood"
    assert problem(auditor.get("/cases/demo-03/replay?position=99999")) == "not_understood"
    assert problem(auditor.get("/cases/nobody/replay")) == "not_found"


def test_a_ward_is_replayed_a_page_at_a_time_for_who_may(site: Site, auditor: TestClient, nurse: TestClient):
    before = "2026-03-03T12:00:00+01:00"
    whole = auditor.get("/replay", params={"at": before, "limit": 500}).json()
    tokens = [each["token"] for each in whole["rows"]]
    assert 5 < len(tokens) < len(auditor.get("/replay", params={"limit": 500}).json()["rows"])
    assert {each["ward"] for each in whole["rows"]} == {WARD}
    pages, path = [], f"/replay?at={before.replace('+', '%2B')}&limit=4"
    while path:
        said = auditor.get(path).json()
        pages += [each["token"] for each in said["rows"]]
        path = (said["next"] or "").removeprefix("/api/v1")
    assert pages == tokens
    assert problem(nurse.get("/replay")) == "denied"


def test_every_patient_of_a_ward_replay_stands_in_the_access_log(auditor: TestClient):
    auditor.get("/replay", params={"at": NOW})
    assert auditor.get("/accesses", params={"case": "demo-03"}).json()["accesses"][-1]["what"] == "ward_replay"


def test_the_pathway_is_drawn_with_the_way_of_the_case(doctor: TestClient):
    said = doctor.get("/cases/demo-03/pathway").json()
    assert said["svg"].startswith("<svg")
    assert any(each["now"] for each in said["stops"])


# --- what one may do -------------------------------------------------------------------------------------------------


def test_what_one_may_do_now_is_listed_with_a_reason_where_one_may_not(nurse: TestClient, doctor: TestClient):
    for who, state in ((nurse, "denied"), (doctor, "open")):
        acts = who.get("/cases/demo-03/acts", params={"command": "StopTherapy"}).json()["acts"]
        tretinoin = next(each for each in acts if each["fixed"]["drug"] == "tretinoin")
        assert tretinoin["identifiers"]
        if state == "open":
            assert tretinoin["usable"]
        else:
            assert not tretinoin["usable"] or tretinoin["state"] == "voice"
            assert tretinoin["why"]
    assert problem(nurse.get("/cases/demo-03/acts?command=Nothing")) == "not_found"


def test_two_identifiers_are_compared_and_a_wrong_one_stands_in_the_access_log(site: Site, doctor: TestClient):
    kept = doctor.get("/cases/demo-03/identity").json()["identity"]
    asked = doctor.post("/cases/demo-03/identified", json={}).json()["asked"]
    right = {name: kept[name] for name in asked[:2]}
    assert len(right) == 2
    assert doctor.post("/cases/demo-03/identified", json=right).json()["fits"]
    first, second = right
    assert not doctor.post("/cases/demo-03/identified", json={first: right[first]}).json()["fits"]
    assert not doctor.post("/cases/demo-03/identified", json={**right, second: "other"}).json()["fits"]
    looks = site.person("auditor").get("/accesses", params={"case": "demo-03", "limit": 500}).json()["accesses"]
    assert looks[-1]["outcome"] == "denied"
    assert "other" not in looks[-1]["reason"]
