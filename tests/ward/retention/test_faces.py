"""Retention as people meet it: on the command line, on its page, and through the API; each through the door."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from pathway.site.retention.commands import HoldCase
from tests.ward.retention.conftest import ADMIN, NAMES, NOW, WRITTEN, at, erasure, said
from tests.ward.web.admin.conftest import press
from tests.ward.web.conftest import browser_of, sign_in, words
from ward.cli import app
from ward.proof.places import folders
from ward.reading import HouseReads
from ward.wiring import House

RETENTION = "/admin/retention"
AUDITED = ("--by", "admin", "--role", "administrator", "--second", "auditor", "--reason", "looked at")
ORDER = ("--order", "--law", "Article 17 GDPR")


@pytest.fixture
def run(place: Path, monkeypatch: pytest.MonkeyPatch):
    """`wardpath retention ...` at the store."""
    for name in ("DB", "BY", "ROLE", "LOG", "TOKEN", "SECOND_TOKEN"):
        monkeypatch.delenv(f"WARDPATH_{name}", raising=False)
    runner = CliRunner()

    def invoke(*said: str) -> Result:
        return runner.invoke(app, ["retention", *said, "--db", str(place)])

    return invoke


@pytest.fixture
def later(place: Path) -> Iterator[House]:
    """The house when the years of `c1` are over."""
    with at(place) as made:
        yield made


def before(made: House, account: str = "admin", role: str = "administrator") -> TestClient:
    """A browser before which somebody has signed in."""
    return sign_in(browser_of(HouseReads(made), made), account, role, "*")


# --- the command line ------------------------------------------------------------------------------------------------


def test_an_erasure_on_the_command_line_is_planned_rehearsed_and_done(run, place: Path):
    dry = run("erase", "c1", *AUDITED, *ORDER, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "ends   the keys of c1" in dry.stdout
    assert "a dry run: nothing was done" in dry.stderr
    with at(place, NOW) as made:
        assert made.store.case_key("c1").wrapped is not None
    done = run("erase", "c1", *AUDITED, *ORDER)
    assert (done.exit_code, "accepted" in done.stdout) == (0, True)
    (stone,) = [file for folder in folders(place) for file in folder.glob("tombstone-*")]
    assert str(stone) in done.stderr.replace("\n", "")
    listed = json.loads(run("list", "--json", "--by", "auditor").stdout)
    assert [(each["of"], each["second"], each["ground"]) for each in listed["erased"]] == [
        ("c1", "auditor", "erasure order")
    ]
    assert run("erase", "c1", *AUDITED, *ORDER).exit_code == 1


def test_what_is_refused_on_the_command_line_says_so_and_ends_with_one(run):
    early = run("erase", "c1", *AUDITED)
    assert (early.exit_code, "it is kept until" in early.stdout) == (1, True)
    open_case = run("erase", "c2", *AUDITED, *ORDER)
    assert (open_case.exit_code, "the case is open" in open_case.stdout) == (1, True)
    assert run("erase", "7", *AUDITED, *ORDER).exit_code == 1
    nurse = run("hold", "c1", "--reason", "x", "--by", "nurse.anna", "--role", "nurse")
    assert (nurse.exit_code, "may not HoldCase" in nurse.stdout) == (1, True)
    assert run("list", "--by", "nurse.anna").exit_code != 0


def test_a_hold_is_put_on_and_released_by_two_on_the_command_line(run):
    held = run("hold", "c1", "--reason", WRITTEN, "--by", "auditor", "--role", "auditor")
    assert held.exit_code == 0, held.output
    assert "HELD    case c1" in run("list", "--by", "auditor").stdout
    assert "HELD" in run("due", "--all", "--by", "auditor").stdout
    assert run("erase", "c1", *AUDITED, *ORDER).exit_code == 1
    assert run("release", "c1", *AUDITED).exit_code == 0
    assert json.loads(run("list", "--json", "--by", "auditor").stdout)["holds"] == []


def test_years_are_set_by_a_law_on_the_command_line(run):
    assert run("set", "case", "10", "--law", "BGB 630f", *AUDITED).exit_code == 0
    low = run("set", "case", "5", "--law", "BGB 630f", *AUDITED)
    assert (low.exit_code, "shorter than it must be kept" in low.stdout) == (1, True)
    (case, *_) = json.loads(run("list", "--json", "--by", "auditor").stdout)["kinds"]
    assert (case["kept_for_years"], case["law"], case["said_by"]) == (10, "BGB 630f", "admin and auditor")


# --- the page --------------------------------------------------------------------------------------------------------


def test_a_case_that_is_due_is_erased_on_the_page_by_two_who_type_its_token(later: House):
    browser, at_ = before(later), f"{RETENTION}/erase"
    assert "1 is due for erasure" in words(browser.get("/admin").text)
    fields = {"reason": "over", "second": "auditor"}
    wrong = press(browser, RETENTION, at_, "Destroy the keys", typed="c2", **fields)
    assert (wrong.status_code, "the case that was typed is another" in words(wrong.text).lower()) == (409, True)
    alone = press(browser, RETENTION, at_, "Destroy the keys", typed="c1", reason="over", second="")
    assert alone.status_code in {403, 409}
    assert later.store.case_key("c1").wrapped is not None
    assert press(browser, RETENTION, at_, "Destroy the keys", typed="c1", **fields).status_code == 303
    assert later.store.case_key("c1").wrapped is None
    page = words(browser.get(RETENTION).text)
    assert "c1: erased on 05-Mar-2057 by admin and auditor (retention over)" in page
    assert "Nothing is due" in page
    assert "due for erasure" not in words(browser.get("/admin").text).replace("what is due for erasure", "")


def test_a_hold_and_its_release_and_years_are_said_on_the_page(later: House):
    browser = before(later)
    assert press(browser, RETENTION, f"{RETENTION}/hold", case="c1", reason=WRITTEN).status_code == 303
    assert WRITTEN in words(browser.get(RETENTION).text)
    fields = {"reason": "settled", "second": "auditor"}
    assert press(browser, RETENTION, f"{RETENTION}/release", **fields).status_code == 303
    assert later.engine.sites.retention().holds == {}
    years = {"kind": "report", "years": "ten", "law": "our law", **fields}
    assert press(browser, RETENTION, f"{RETENTION}/set", **years).status_code == 409
    assert press(browser, RETENTION, f"{RETENTION}/set", **years | {"years": "10"}).status_code == 303
    assert later.engine.sites.retention().keep_years("report") == 10


def test_the_page_names_no_patient_and_its_look_is_on_record(later: House):
    browser = before(later, "auditor", "auditor")
    page = browser.get(RETENTION).text
    assert [each for each in (*NAMES.values(), WRITTEN) if each in page] == []
    assert [(each.what, each.by.actor) for each in later.store.accesses(case="c1")][-1] == ("retention", "auditor")
    assert before(later, "physician.emil", "physician").get(RETENTION).status_code == 403


def test_the_page_of_an_erased_patient_says_so_in_place_of_the_name(later: House):
    said(later, erasure("c1", id="other"))
    browser = sign_in(browser_of(HouseReads(later), later), "physician.emil", "physician", "H1")
    page = browser.get("/case/c1")
    assert page.status_code == 200
    assert "erased on 05-Mar-2057 by admin and auditor" in words(page.text)
    assert NAMES["name"] not in page.text


# --- the API ---------------------------------------------------------------------------------------------------------


def test_the_api_tells_rules_holds_what_is_due_and_the_tombstone_as_it_was_signed(later: House):
    said(later, HoldCase(id="h", by=ADMIN, patient_case="c2", reason="a claim"))
    browser = before(later, "auditor", "auditor")
    due = browser.get("/api/v1/retention/due").json()["due"]
    assert [(each["of"], each["due"], each["clear"]) for each in due] == [("c1", True, 0)]
    assert due[0]["until"].startswith("2056-03-05")
    assert browser.get("/api/v1/retention/due", params={"after": due[0]["key"]}).json()["due"] == []
    said(later, erasure())
    told = browser.get("/api/v1/retention").json()
    assert [each["case"] for each in told["holds"]] == ["c2"]
    (stone,) = told["erased"]
    note = browser.get(f"/api/v1/retention/tombstones/{stone['number']}")
    assert note.text == later.engine.sites.retention().stones()[0].body.note
    assert browser.get("/api/v1/retention/tombstones/99").status_code == 404
    assert before(later, "physician.emil", "physician").get("/api/v1/retention").status_code == 403
