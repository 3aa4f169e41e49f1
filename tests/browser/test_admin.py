"""The administration in a browser: accounts and tokens, rosters, beds, quarantine, signatures by two, channels."""

import json
import re
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from pathway.case.commands import RecordResult
from pathway.case.envelope import By
from tests.browser.conftest import Watch
from tests.browser.serving import Site
from tests.ward.web.signing.conftest import NOW, Two
from ward.beds import set_beds
from ward.door import Door
from ward.reading import HouseReads
from ward.web.app import create_app

ROLES = {
    "admin": ("administrator", "*"),
    "nurse.anna": ("nurse", "H1"),
    "charge.dora": ("charge_nurse", "H1"),
    "physician.emil": ("physician", "H1"),
    "consultant.ida": ("consultant", "*"),
}
#: Opens a page for an account.
Come = Callable[..., Page]


@pytest.fixture
def two() -> Two:
    """A demonstration of two wards."""
    return Two()


@pytest.fixture
def office(watch: Watch, two: Two) -> Iterator[Come]:
    """`office(account, path)`: a page of that demonstration."""
    site = Site(create_app(HouseReads(two.house), Door(two.house)), two.house)

    def open_page(account: str = "admin", path: str = "/admin") -> Page:
        page = watch.page(site.address, storage_state=site.signed_in(account, *ROLES[account]))
        page.goto(path, wait_until="domcontentloaded")
        return page

    yield open_page
    site.stop()


def form(page: Page, button: str) -> Locator:
    """The form that ends in a button."""
    return page.locator("form", has=page.get_by_role("button", name=button)).first


def send(page: Page, button: str, **typed: str) -> None:
    """Fill in a form, field by field, and send it."""
    for name, text in typed.items():
        field = form(page, button).locator(f'[name="{name}"]')
        match field.first.evaluate("each => each.type"):
            case "radio":
                form(page, button).locator(f'[name="{name}"][value="{text}"]').check()
            case "select-one":
                field.select_option(text)
            case _:
                field.fill(text)
    form(page, button).get_by_role("button", name=button).first.click()


def asked(page: Page, path: str, token: str) -> tuple[int, Any]:
    """What the API answers to somebody who proves themselves by a token."""
    host = page.url.split("/")[2]
    connection = HTTPConnection(host, timeout=15)
    connection.request("GET", f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    return answer.status, said


# --- people ----------------------------------------------------------------------------------------------------------


def test_an_account_is_opened_its_secret_shown_once_and_a_role_given_and_taken_away(office: Come) -> None:
    page = office()
    page.get_by_role("link", name="People").click()
    send(page, "Open the account", account="nurse.zoe", name="Zoe, nurse", kind="person")
    expect(page.locator(".secret code")).to_have_text(re.compile(r"^\S{8,}$"))
    secret = page.locator(".secret code").inner_text()
    page.get_by_role("link", name="Back to the account").click()
    expect(page.locator("main")).not_to_contain_text(secret)
    expect(page.locator("main")).to_contain_text("this account may do nothing")
    send(page, "Give the role", role="nurse", ward="H1")
    expect(page.locator(".done")).to_have_text("The role is given.")
    expect(page.locator("table.list").first).to_contain_text("H1")
    send(page, "Take away")
    expect(page.locator(".done")).to_contain_text("The role is taken away")
    send(page, "Close nurse.zoe")
    expect(page.locator("main")).to_contain_text("Closed")
    page.goto("/admin/people")
    expect(page.locator("tr", has_text="nurse.zoe")).to_contain_text("Closed")


def test_ending_the_sign_in_of_somebody_closes_their_open_page(office: Come) -> None:
    nurse, page = office("nurse.anna", "/"), office("admin", "/admin/people/nurse.anna")
    nurse.wait_for_selector("[data-heard]", state="attached")
    expect(nurse.locator("#row-c1")).to_be_visible()
    send(page, "End all of them")
    expect(page.locator(".done")).to_have_text("The sign-ins have ended.")
    nurse.wait_for_url("**/sign-in**")
    assert "Name c1" not in nurse.content()


def test_a_token_of_a_service_opens_the_api_within_its_scopes_until_it_is_ended(office: Come) -> None:
    page = office("admin", "/admin/people")
    said = {"account": "lab.door", "name": "Laboratory door", "kind": "service", "role": "laboratory", "ward": "*"}
    send(page, "Open the account", **said, scopes="cases")
    send(page, "Make a token")
    token = page.locator(".secret code").inner_text()
    status, me = asked(page, "/me", token)
    assert (status, me["account"]) == (200, "lab.door")
    status, problem = asked(page, "/accesses", token)
    assert (status, problem.get("code")) == (403, "denied"), problem
    page.get_by_role("link", name="Back to the account").click()
    send(page, "End the token")
    expect(page.locator(".done")).to_have_text("The token opens nothing any more.")
    assert asked(page, "/me", token)[0] == 401


def test_a_nurse_is_shown_no_button_of_the_administration_and_told_what_is_needed(office: Come) -> None:
    page = office("nurse.anna", "/admin/people")
    expect(page.locator("h1")).to_have_text("This is not open to you")
    expect(page.locator("main")).to_contain_text("What is needed: the role")
    assert page.locator("main form").count() == 0


# --- rosters and beds ------------------------------------------------------------------------------------------------


def test_a_roster_is_kept_a_shift_named_planned_and_taken_back(office: Come) -> None:
    page = office("charge.dora", "/admin/rosters")
    send(page, "Keep the roster", role="nurse", ward="H1")
    expect(page.locator(".done")).to_be_visible()
    expect(page.locator("section", has=page.locator("#now"))).to_contain_text("EMPTY")
    times = {"begins": "05-Mar-2026 14:00", "ends": "05-Mar-2026 22:00"}
    send(page, "Plan the shift", account="nurse.ben", role="nurse", ward="H1", **times)
    planned = page.locator("section", has=page.locator("#planned"))
    expect(planned).to_contain_text("nurse.ben")
    expect(planned).to_contain_text("05-Mar-2026 14:00")
    send(page, "Take back")
    expect(planned).to_contain_text("Nothing is planned")


def test_a_pasted_rota_plans_its_lines_once_and_tells_which_it_refused(office: Come) -> None:
    page = office("admin", "/admin/rosters")
    send(page, "Name the shift", name="late", begins="14:00", ends="22:00", zone="Europe/Berlin")
    expect(page.locator("section", has=page.locator("#names"))).to_contain_text("late")
    page.close()
    page = office("charge.dora", "/admin/rosters")
    rota = "date,shift,role,ward,account\n2026-03-06,late,nurse,H1,nurse.ben\n2026-03-06,late,nurse,H1,nobody.here\n"
    send(page, "Plan these shifts", rota=rota)
    expect(page.locator(".told")).to_contain_text("1 planned, 0 known before, 1 refused")
    expect(page.locator(".told")).to_contain_text("Line 3")
    send(page, "Plan these shifts", rota=rota)
    expect(page.locator(".told")).to_contain_text("0 planned, 1 known before, 1 refused")


def test_beds_that_are_said_stand_empty_on_the_board_of_the_ward(office: Come, two: Two) -> None:
    set_beds(two.house.store, "H1", ("3",), by="admin", role="administrator")
    nurse = office("nurse.anna", "/")
    expect(nurse.locator("#rows > tr")).to_have_count(1)
    page = office("admin", "/admin/beds")
    send(page, "Say the beds of ward H1", beds="3,4,5")
    expect(page.locator("main")).to_contain_text("3 beds: 3, 4, 5")
    nurse.reload()
    expect(nurse.locator("#rows > tr")).to_have_count(3)
    expect(nurse.locator("#rows > tr", has_text="Empty bed")).to_have_count(2)


# --- what waits for somebody's word ----------------------------------------------------------------------------------


def test_a_report_in_quarantine_is_given_to_its_patient_and_stands_in_the_case(office: Come, two: Two) -> None:
    lab = By("lab", "laboratory", "feed")
    told = {"loinc": "3255-7", "value": "41", "unit": "mg/dL", "collected_at": NOW}
    two.house.engine.handle(RecordResult(id="r", case="nobody", by=lab, **told))
    page = office("physician.emil", "/admin/quarantine")
    page.get_by_role("link", name="Report 1").click()
    expect(page.locator("dl.facts")).to_contain_text("3255-7")
    send(page, "Record it in that case", to="c1", reason="two identifiers read on the tube")
    expect(page.locator(".done")).to_have_text("The report is recorded in its case.")
    expect(page.locator("main")).to_contain_text("None waits.")
    page.goto("/case/c1")
    expect(page.locator("#content")).to_contain_text("41 mg/dL")


def test_a_definition_is_approved_by_two_and_not_by_one_alone(office: Come) -> None:
    page = office("consultant.ida", "/admin/definitions")
    expect(page.locator("main")).to_contain_text("Not approved here")
    send(page, "Approve", second="consultant.ida")
    expect(page.get_by_role("alert").filter(has_text="Nothing was done")).to_be_visible()
    send(page, "Approve", second="consultant.juri")
    expect(page.locator("main")).to_contain_text("Signed by consultant.ida (consultant) and consultant.juri")
    page.locator("summary", has_text="Withdraw it for safety").first.click()
    send(page, "Withdraw for safety", second="consultant.juri", reason="a wrong limit")
    expect(page.locator("main")).to_contain_text("Withdrawn for safety")
    expect(page.locator("main")).to_contain_text("a wrong limit")


def test_the_channels_are_tried_and_the_notice_stands_in_the_list(office: Come) -> None:
    page = office("admin", "/admin/channels")
    send(page, "Send a test notice", role="administrator", reach="page")
    expect(page.locator(".done")).to_contain_text("The trial waits to go out")
    expect(page.locator("section", has=page.locator("#trial")).locator("table")).to_contain_text("administrator")


def test_broken_glass_is_reviewed_by_another_person(office: Come) -> None:
    nurse = office("nurse.anna", "/case/c2")
    expect(nurse.locator("h1")).to_have_text("This is not open to you")
    nurse.fill("textarea[name=reason]", "arrest on the stairs")
    nurse.get_by_role("button", name="Break glass for this patient").click()
    expect(nurse.locator(".band.glass")).to_contain_text("GLASS BROKEN")
    expect(nurse.locator(".banner")).to_contain_text("c2")
    page = office("admin")
    page.get_by_role("link", name="Broken glass").click()
    expect(page.locator("main")).to_contain_text("arrest on the stairs")
    send(page, "Sign the review", choice="justified", reason="seen with the ward")
    expect(page.locator("main")).to_contain_text("Reviewed: Justified")
