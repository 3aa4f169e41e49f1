"""Who is let in: by a token in a header; a browser's cookie reads and sends nothing; and nobody asks without end."""

import pytest
from starlette.testclient import TestClient

from tests.ward.web.api.conftest import Site, problem
from ward.people.administer import Administering, first
from ward.people.signing_in import change_password, proven
from ward.web.api.limits import AT_ONCE, PER_SECOND, Rates
from ward.web.api.problem import TooMany
from ward.web.visit import SIGN_IN
from ward.wiring import memory_store

BLEEDING = {"case": "demo-01", "finding": "bleeding", "value": "minor"}
OWN = "three green horses"


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer ws_nobody", "Bearer wp_x_y", "Basic YTpi", "Bearer \xe9"])
@pytest.mark.parametrize("path", ["/cases", "/cases/demo-01", "/events", "/me", "/accesses"])
def test_nobody_reads_without_a_token_that_holds(site: Site, path: str, header: str):
    answer = site.nobody().get(path, headers={"Authorization": header.encode("latin-1")} if header else {})
    assert (answer.status_code, problem(answer)) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert site.house.store.accesses() == ()


def test_a_token_holds_until_its_owner_signs_out(site: Site, nurse: TestClient):
    me = nurse.get("/me").json()
    assert (me["account"], me["kind"], me["role"]) == ("nurse.anna", "person", "nurse")
    assert nurse.delete("/sign-in").json() == {"ended": True}
    assert nurse.get("/me").status_code == 401


def test_the_cookie_of_a_browser_reads_and_sends_nothing(site: Site, nurse: TestClient):
    token = nurse.headers["Authorization"].removeprefix("Bearer ")
    browser = site.nobody()
    browser.cookies.set(SIGN_IN, token)
    assert browser.get("/cases/demo-01").status_code == 200
    sent = browser.post("/commands/RecordFinding", json=BLEEDING, headers={"Sec-Fetch-Site": "same-origin"})
    assert (sent.status_code, problem(sent)) == (403, "denied")


def test_whoever_is_not_known_here_gets_no_token(site: Site):
    for account in ("nobody", "", "lab.feed", "a\0b"):
        answer = site.nobody().post("/sign-in", auth=(account, ""))
        assert (answer.status_code, problem(answer)) == (401, "sign_in_refused"), account
    unread = site.nobody().post("/sign-in", headers={"Authorization": "Basic !"})
    assert (unread.status_code, problem(unread)) == (401, "sign_in_refused")


class Live(Site):
    """A live store with an administrator whose password is their own."""

    def __init__(self) -> None:
        super().__init__(memory_store("live"))
        given = first(self.house, "admin", "Ada Admin")
        change_password(self.house, "admin", given.secret, OWN)


def test_at_a_live_store_the_password_is_asked_for_and_guessing_gets_slower():
    site = Live()
    right = site.nobody().post("/sign-in", auth=("admin", OWN))
    assert right.status_code == 200
    assert right.headers["Cache-Control"] == "no-store"
    answers = [site.nobody().post("/sign-in", auth=("admin", "wrong horse staple")) for _ in range(4)]
    assert [each.status_code for each in answers] == [401, 401, 401, 429]
    assert problem(answers[-1]) == "sign_in_refused"
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_password_for_one_use_opens_nothing_but_its_change():
    site = Live()
    admin = Administering(site.door, proven(site.house, "admin", OWN))
    given = admin.open_person("nurse.anna", "Anna A.", ())
    answer = site.nobody().post("/sign-in", auth=("nurse.anna", given.secret))
    assert answer.json()["must_change"] is True
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert problem(site.nobody().get("/duty", headers=bearer)) == "denied"


def test_whoever_asks_without_end_waits_and_is_not_locked_out(site: Site, nurse: TestClient):
    now = [0.0]
    site.api.state.rates = Rates(lambda: now[0])
    assert {nurse.get("/me").status_code for _ in range(AT_ONCE)} == {200}
    late = nurse.get("/me")
    assert (late.status_code, problem(late)) == (429, "too_many")
    assert site.person("nurse.ben").get("/me").status_code == 200
    now[0] += int(late.headers["Retry-After"])
    assert nurse.get("/me").status_code == 200


def test_a_rate_is_what_it_says():
    now = [0.0]
    rates, went = Rates(lambda: now[0]), 0
    for _ in range(10 * 50):
        now[0] += 0.02
        for _ in range(3):
            try:
                rates.take("lab.feed")
                went += 1
            except TooMany:
                continue
    assert went == pytest.approx(AT_ONCE + 10 * PER_SECOND, abs=2)


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"X-Forwarded-For": "192.0.2.7"}])
def test_a_foreign_name_and_a_proxy_are_kept_out_with_a_problem(nurse: TestClient, header: dict[str, str]):
    answer = nurse.get("/me", headers=header)
    assert (answer.status_code, problem(answer)) == (403, "gate")


def test_what_a_foreign_page_sends_is_kept_out_with_a_problem(site: Site, nurse: TestClient):
    browser = site.nobody()
    browser.cookies.set(SIGN_IN, nurse.headers["Authorization"].removeprefix("Bearer "))
    before = site.house.store.head("demo-01")
    for said in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        answer = browser.post("/commands/RecordFinding", json=BLEEDING, headers=said)
        assert (answer.status_code, problem(answer)) == (403, "gate")
    assert site.house.store.head("demo-01") == before
