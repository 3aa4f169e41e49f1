"""Reading through the API: what the pages show, a page of a list at a time, and not twice what has not changed."""

import pytest
from starlette.testclient import TestClient

from pathway.clinical.instant import SECOND
from tests.ward.web.api.conftest import WARD, Site, problem

HOUR = 3600 * SECOND
BLEEDING = {"case": "demo-01", "finding": "bleeding", "value": "minor"}


def every(client: TestClient, path: str, name: str) -> list[dict]:
    """The lines of a list, page by page."""
    found: list[dict] = []
    while path:
        said = client.get(path)
        assert said.status_code == 200, said.text
        found += said.json()[name]
        path = (said.json()["next"] or "").removeprefix("/api/v1")
    return found


# --- lists -----------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_list_are_the_list(nurse: TestClient):
    whole = nurse.get("/cases", params={"limit": 500}).json()["cases"]
    assert len(whole) > 20
    assert every(nurse, "/cases?limit=3", "cases") == whole
    tokens = [each["case"] for each in whole]
    assert tokens == sorted(set(tokens))


def test_a_page_names_the_next_one_as_a_link_too_and_the_last_none(nurse: TestClient):
    first = nurse.get("/cases?limit=3&ward=Haematology+4")
    assert first.headers["Link"] == f'<{first.json()["next"]}>; rel="next"'
    assert "ward=Haematology+4" in first.json()["next"]
    last = nurse.get("/cases?limit=500")
    assert last.json()["next"] is None
    assert "Link" not in last.headers


def test_a_case_that_comes_between_two_pages_shifts_nothing(site: Site, doctor: TestClient):
    first = doctor.get("/cases?limit=3").json()
    enrol = doctor.get("/openapi.json").json()["paths"]["/commands/Enrol"]["post"]["requestBody"]["content"]
    body = {**enrol["application/json"]["example"], "case": "demo-00"}
    assert doctor.post("/commands/Enrol", json=body).status_code == 200
    second = doctor.get(first["next"].removeprefix("/api/v1")).json()
    assert {each["case"] for each in first["cases"]} & {each["case"] for each in second["cases"]} == set()


def test_cases_are_found_by_ward_phase_and_what_is_overdue(nurse: TestClient):
    cases = {each["case"]: each for each in every(nurse, "/cases", "cases")}
    assert every(nurse, "/cases?ward=elsewhere", "cases") == []
    inducing = every(nurse, "/cases?phase=induction", "cases")
    assert 0 < len(inducing) < len(cases)
    assert all(any(leaf.split(".")[0] == "induction" for leaf in each["phases"].values()) for each in inducing)
    assert every(nurse, "/cases?phase=induct", "cases") == []
    late = {each["case"] for each in every(nurse, "/cases?overdue=true", "cases")}
    assert late == {each["case"] for each in every(nurse, "/due?overdue=true", "due")} & cases.keys()
    assert 0 < len(late) < len(cases)


def test_what_is_due_comes_in_the_order_of_its_time(nurse: TestClient):
    lines = every(nurse, "/due?limit=7", "due")
    assert len(lines) > 20
    assert [each["due_at"] for each in lines] == sorted(each["due_at"] for each in lines)
    assert lines == nurse.get("/due?limit=500").json()["due"]


def test_an_inbox_holds_what_rings_for_a_role_and_what_somebody_took(site: Site, nurse: TestClient):
    rings = nurse.get("/inbox").json()["inbox"]
    assert rings
    assert all("nurse" in each["called"] for each in rings)
    taken = {"case": rings[0]["case"], "reminder": rings[0]["reminder"], "subject": rings[0]["subject"]}
    assert site.person("nurse.ben").post("/commands/TakeOver", json=taken).status_code == 200
    left = nurse.get("/inbox").json()["inbox"]
    assert len(left) == len(rings) - 1
    mine = [each for each in site.person("nurse.ben").get("/inbox").json()["inbox"] if each["owner"] == "nurse.ben"]
    assert [each["reminder"] for each in mine] == [taken["reminder"]]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "after=%00", f"ward={'x' * 101}", "closed=perhaps"]
)
def test_a_parameter_that_cannot_be_read_is_named(nurse: TestClient, query: str):
    answer = nurse.get(f"/cases?{query}")
    assert (answer.status_code, problem(answer)) == (422, "not_understood")
    assert answer.json()["reasons"][0].startswith(f"query {query.partition('=')[0]}:")


# --- one case --------------------------------------------------------------------------------------------------------


def test_a_case_is_told_once_until_it_changes(nurse: TestClient):
    first = nurse.get("/cases/demo-01")
    same = nurse.get("/cases/demo-01", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert nurse.post("/commands/RecordFinding", json=BLEEDING).status_code == 200
    assert nurse.get("/cases/demo-01", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_value_that_grows_too_old_is_told_although_nothing_was_recorded(site: Site, nurse: TestClient):
    first = nurse.get("/cases/demo-13")
    position = site.house.store.head("demo-13").position
    site.clock.advance(11 * HOUR)
    site.person("nurse.anna")
    later = site.person("nurse.anna").get("/cases/demo-13", headers={"If-None-Match": first.headers["ETag"]})
    assert site.house.store.head("demo-13").position == position
    assert later.status_code == 200
    assert later.json()["due_line"] != first.json()["due_line"]


def test_a_timeline_goes_on_behind_a_position(nurse: TestClient):
    whole = nurse.get("/cases/demo-03/timeline?limit=500").json()["events"]
    assert [each["position"] for each in whole] == list(range(1, len(whole) + 1))
    assert all(each["words"] for each in whole)
    assert every(nurse, "/cases/demo-03/timeline?limit=50", "events") == whole
    assert nurse.get(f"/cases/demo-03/timeline?after={len(whole)}").json()["events"] == []


def test_a_case_is_shown_as_it_was_known_then(nurse: TestClient):
    begun = nurse.get("/cases/demo-03/timeline?limit=1").json()["events"][0]["recorded_at"]
    past = nurse.get("/cases/demo-03/as-of", params={"recorded": "2026-03-01T00:00Z"})
    assert past.status_code == 200
    assert past.json()["at"] == "2026-03-01T00:00:00Z"
    before = nurse.get("/cases/demo-03/as-of", params={"recorded": "2026-01-01T00:00Z"})
    assert (before.status_code, problem(before)) == (404, "not_found")
    assert begun in before.json()["expected"]
    unread = nurse.get("/cases/demo-03/as-of", params={"occurred": "yesterday"})
    assert (unread.status_code, problem(unread)) == (422, "not_understood")


def test_why_something_is_so_is_told_with_its_sentence_and_what_it_rests_on(nurse: TestClient):
    why = nurse.get("/cases/demo-03/why/tretinoin start")
    assert why.status_code == 200
    assert why.json()["sentence"]
    assert why.json()["parts"]
    assert nurse.get("/cases/demo-03/why").json()["reasons"]
    absent = nurse.get("/cases/demo-03/why", params={"not": True}).json()["reasons"]
    assert {each["answer"] for each in absent} <= {"no", "cannot say"}
    unknown = nurse.get("/cases/demo-03/why/nothing")
    assert (unknown.status_code, problem(unknown)) == (404, "not_found")


def test_who_the_patient_is_stands_apart_from_how_the_case_is(nurse: TestClient):
    assert nurse.get("/cases/demo-01/identity").json()["identity"]["family_name"] == "INVENTED"
    assert "INVENTED-1" not in nurse.get("/cases/demo-01").text


def test_the_reminders_of_a_case_are_those_that_are_due(nurse: TestClient):
    own = nurse.get("/cases/demo-01/reminders").json()["reminders"]
    due = [each for each in every(nurse, "/due", "due") if each["case"] == "demo-01"]
    assert [each["reminder"] for each in own] == [each["reminder"] for each in due] != []


@pytest.mark.parametrize("rest", ["", "/identity", "/reminders", "/timeline", "/as-of", "/why", "/why/M3"])
@pytest.mark.parametrize("token", ["nobody", "site:accounts", "site%3Aduty"])
def test_a_case_that_is_none_is_not_found(nurse: TestClient, token: str, rest: str):
    answer = nurse.get(f"/cases/{token}{rest}")
    assert (answer.status_code, problem(answer)) == (404, "not_found")


# --- who may look, and who looked ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rest, what", [("", "case"), ("/timeline", "timeline"), ("/why", "why"), ("/as-of", "replay")])
def test_every_look_at_a_case_enters_the_access_log(site: Site, nurse: TestClient, rest: str, what: str):
    nurse.get(f"/cases/demo-01{rest}")
    last = site.house.store.accesses(actor="nurse.anna")[-1]
    assert (last.what, last.cases, last.outcome) == (what, ("demo-01",), "read")


def test_an_auditor_reads_timelines_and_the_log_and_no_case(site: Site, nurse: TestClient):
    nurse.get("/cases/demo-01")
    auditor = site.person("auditor")
    assert auditor.get("/cases/demo-01/timeline").status_code == 200
    assert problem(auditor.get("/cases/demo-01")) == "denied"
    assert problem(auditor.get("/due")) == "denied"
    looks = every(auditor, "/accesses?case=demo-01&limit=1", "accesses")
    assert [(each["by"]["actor"], each["outcome"]) for each in looks][:3] == [
        ("nurse.anna", "read"),
        ("auditor", "read"),
        ("auditor", "denied"),
    ]
    assert problem(nurse.get("/accesses")) == "denied"


def test_of_accounts_and_sign_ins_a_nurse_sees_their_own(site: Site, nurse: TestClient):
    site.person("nurse.ben")
    assert [each["account"] for each in nurse.get("/people").json()["people"]] == ["nurse.anna"]
    assert {each["account"] for each in nurse.get("/sign-ins").json()["sign_ins"]} == {"nurse.anna"}
    admin = site.person("admin")
    assert len(admin.get("/people").json()["people"]) > 15
    assert {each["account"] for each in admin.get("/sign-ins").json()["sign_ins"]} == {
        "nurse.anna",
        "nurse.ben",
        "admin",
    }
    assert "id_hash" not in admin.get("/sign-ins").text


def test_what_a_ward_and_a_site_are_run_by_is_told(nurse: TestClient):
    duty = nurse.get("/duty").json()["duty"]
    assert {each["role"] for each in duty} >= {"nurse", "haematologist"}
    assert nurse.get("/duty", params={"ward": "elsewhere"}).json()["duty"] == []
    beds = nurse.get("/beds").json()["beds"]
    assert {"ward": WARD, "bed": "12", "case": None} in beds
    assert {"ward": WARD, "bed": "1", "case": "demo-01"} in beds
    assert {each["pathway"] for each in nurse.get("/definitions").json()["definitions"]} >= {"variant_apl"}
    assert nurse.get("/health").json()["store"]["origin"] == "demonstration"
    assert nurse.get("/health/reminders").json()["rules"]
