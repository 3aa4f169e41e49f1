"""Acts that are no command: a secret is told once and holds, and only whoever may says something of a ward."""

from starlette.testclient import TestClient

from pathway.clinical.instant import SECOND
from pathway.site.accounts.grant import Grant
from tests.ward.web.api.conftest import WARD, Site, problem
from tests.ward.web.api.test_signing_in import OWN, Live
from ward.reconcile import began_again

HOUR = 3600 * SECOND


def test_an_administrator_opens_a_person_who_then_chooses_a_password():
    site = Live()
    admin = site.nobody()
    token = admin.post("/sign-in", auth=("admin", OWN)).json()["token"]
    admin.headers["Authorization"] = f"Bearer {token}"
    person = {"account": "nurse.zoe", "name": "Zoe", "grants": [{"role": "nurse", "ward": "H1"}]}
    assert admin.post("/commands/OpenAccount", json=person).status_code == 200
    given = admin.post("/people/nurse.zoe/password")
    assert given.headers["Cache-Control"] == "no-store"
    zoe = site.nobody()
    first = zoe.post("/sign-in", auth=("nurse.zoe", given.json()["secret"])).json()
    assert first["must_change"] is True
    zoe.headers["Authorization"] = f"Bearer {first['token']}"
    weak = zoe.post("/password", json={"old": given.json()["secret"], "new": "nurse.zoe"})
    assert (weak.status_code, problem(weak)) == (422, "not_understood")
    assert zoe.post("/password", json={"old": given.json()["secret"], "new": OWN}).status_code == 200
    assert zoe.get("/me").status_code == 401
    second = zoe.post("/sign-in", auth=("nurse.zoe", OWN)).json()
    assert second["must_change"] is False
    zoe.headers["Authorization"] = f"Bearer {second['token']}"
    assert zoe.get("/duty").status_code == 200
    assert admin.delete("/people/nurse.zoe/password").status_code == 200
    assert zoe.get("/me").status_code == 401


def test_a_token_of_a_service_holds_until_it_is_taken(site: Site):
    admin = site.person("admin")
    feed = site.service("lab.test", (Grant("laboratory", WARD),), ("RecordResult", "duty"))
    assert len(admin.get("/people/lab.test/tokens").json()["tokens"]) == 1
    new = admin.post("/people/lab.test/tokens").json()["secret"]
    feed.headers["Authorization"] = f"Bearer {new}"
    assert feed.get("/me").json()["kind"] == "service"
    for each in admin.get("/people/lab.test/tokens").json()["tokens"]:
        assert admin.delete(f"/people/lab.test/tokens/{each['label']}").status_code == 200
    assert feed.get("/me").status_code == 401
    assert admin.get("/people/lab.test/tokens").json()["tokens"] == []


def test_nobody_else_gives_or_takes_secrets_or_reads_of_them(site: Site, nurse: TestClient):
    for method, path in (
        ("POST", "/people/nurse.ben/password"),
        ("DELETE", "/people/nurse.ben/password"),
        ("POST", "/people/lab.feed/tokens"),
        ("DELETE", "/people/lab.feed/tokens/x"),
        ("GET", "/people/lab.feed/tokens"),
    ):
        answer = nurse.request(method, path)
        assert (answer.status_code, problem(answer)) == (403, "denied"), path
    unknown = site.person("admin").get("/people/nobody/tokens")
    assert (unknown.status_code, problem(unknown)) == (404, "not_found")


def test_an_administrator_says_which_beds_a_ward_has(site: Site, nurse: TestClient):
    admin = site.person("admin")
    said = admin.put("/wards/Haematology 4/beds", json={"beds": ["1", "2", "3a"]})
    assert said.json() == {"ward": WARD, "beds": ["1", "2", "3a"]}
    assert {"ward": WARD, "bed": "3a", "case": None} in nurse.get("/beds").json()["beds"]
    for body in ({}, {"beds": "1,2"}, {"beds": [1]}):
        answer = admin.put("/wards/Haematology 4/beds", json=body)
        assert (answer.status_code, problem(answer)) == (422, "not_understood")
    denied = nurse.put("/wards/Haematology 4/beds", json={"beds": ["1"]})
    assert (denied.status_code, problem(denied)) == (403, "denied")
    last = site.house.store.accesses(actor="nurse.anna")[-1]
    assert (last.what, last.outcome) == ("SetBeds", "denied")


def test_a_charge_nurse_says_that_the_paper_of_a_downtime_is_entered(site: Site, nurse: TestClient):
    site.house.store.beat("tick_done", site.clock.now())
    began_again(site.house.store, site.clock.advance(HOUR // 6))
    charge = site.person("charge.dora", "charge_nurse")
    assert problem(nurse.post("/wards/Haematology 4/reconciled")) == "denied"
    done = charge.post("/wards/Haematology 4/reconciled")
    assert (done.status_code, done.json()["by"]) == (200, "charge.dora")
    again = charge.post("/wards/Haematology 4/reconciled")
    assert (again.status_code, problem(again)) == (404, "not_found")
