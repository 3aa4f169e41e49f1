"""The inbox in a browser: whatever may be said to a need, by the hand, by keys and without scripts; and the duty."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watch
from tests.browser.serving import Site
from tests.ward.web.inbox.conftest import HOUR, Ward
from ward.web.inbox.pages import DUTY

RECHECK = "Recheck: fibrinogen, platelets"
LOW = "Act on the low value: platelets"
#: Opens a page for `account role`.
Come = Callable[..., Page]


@pytest.fixture
def ward() -> Ward:
    """A ward on which a recheck rings, and Ben is on duty beside whoever asks."""
    made = Ward()
    made.later(HOUR)
    made.on_duty("nurse.ben", "nurse")
    return made


@pytest.fixture
def inbox(watch: Watch, ward: Ward) -> Iterator[Come]:
    """`inbox(account, role, path)`: a page of that ward."""
    site = Site(ward.app, ward.house)

    def open_page(account: str, role: str = "nurse", path: str = "/inbox", **how: object) -> Page:
        page = watch.page(site.address, storage_state=site.signed_in(account, role, "H1"), **how)
        page.goto(path, wait_until="domcontentloaded")
        return page

    yield open_page
    site.stop()


def line(page: Page, title: str = RECHECK) -> Locator:
    """The line of a need, as long as it rings."""
    return page.locator("li.line", has=page.get_by_role("heading", name=title, exact=True))


def press(page: Page, button: str, title: str = RECHECK, **typed: str) -> None:
    """Press a button of a line; what stands behind the fold is opened first."""
    found = line(page, title).locator("button", has_text=re.compile(rf"^\s*{button}"))
    if not found.is_visible():
        line(page, title).locator("summary").click()
    for name, text in typed.items():
        line(page, title).locator(f'[name="{name}"]').fill(text)
    found.click()


def outcome(page: Page) -> Locator:
    """What the page says was done."""
    return page.locator(".outcome")


def test_what_is_acknowledged_is_not_done_and_stays_in_the_list(inbox: Come) -> None:
    page = inbox("nurse.anna")
    expect(line(page)).to_contain_text("Fired")
    press(page, "Acknowledge")
    expect(outcome(page)).to_contain_text("It is not done")
    expect(line(page)).to_contain_text("acknowledged by you (nurse) until 05:00, not done")


def test_a_recheck_in_order_is_put_off_with_a_reason_and_stands_under_what_is_to_come(inbox: Come, ward: Ward) -> None:
    ward.fine_values()
    page = inbox("nurse.anna")
    press(page, "Put off to", reason="the round is at eight")
    expect(outcome(page)).to_contain_text("Put off, once")
    expect(line(page)).to_have_count(0)
    page.click("#coming-more")
    expect(page.locator("#coming")).to_contain_text(RECHECK)


def test_without_a_reason_nothing_is_put_off_and_what_is_missing_is_said(inbox: Come, ward: Ward) -> None:
    ward.fine_values()
    page = inbox("nurse.anna")
    press(page, "Put off to")
    expect(page.get_by_role("alert").filter(has_text="Not done")).to_contain_text("give a reason")
    expect(line(page)).to_have_count(1)
    assert "ReminderSnoozed" not in ward.types()


def test_what_is_handed_over_stays_with_the_giver_until_the_other_accepts_it_on_their_own_screen(inbox: Come) -> None:
    anna, ben = inbox("nurse.anna"), inbox("nurse.ben")
    for page in (anna, ben):
        page.wait_for_selector("[data-heard]", state="attached")
    expect(line(ben)).not_to_contain_text("Offered to you")
    press(anna, "Hand over", reason="my shift ends", to="nurse.ben, nurse")
    expect(outcome(anna)).to_contain_text("Until it is accepted it stays whose it was")
    expect(line(ben)).to_contain_text("offered to you (nurse) by nurse.anna")
    press(ben, "Accept it")
    expect(outcome(ben)).to_contain_text("you answer for it by name")
    expect(line(anna)).to_contain_text("taken by nurse.ben (nurse)")


def test_an_offer_is_declined_with_a_reason(inbox: Come) -> None:
    anna, ben = inbox("nurse.anna"), inbox("nurse.ben")
    press(anna, "Hand over", reason="my shift ends", to="nurse.ben, nurse")
    expect(line(ben)).to_contain_text("Offered to you")
    press(ben, "Decline it", reason="mine too")
    expect(outcome(ben)).to_contain_text("Declined")
    expect(line(anna)).not_to_contain_text("offered")


def test_what_one_person_took_over_says_so_on_the_screen_of_the_other(inbox: Come) -> None:
    anna, ben = inbox("nurse.anna"), inbox("nurse.ben")
    ben.wait_for_selector("[data-heard]", state="attached")
    press(anna, "Take it over")
    expect(line(anna)).to_contain_text("Yours")
    expect(line(ben)).to_contain_text("taken by nurse.anna (nurse)")


def test_a_wrong_rule_is_reported_with_a_reason_and_rings_on(inbox: Come, ward: Ward) -> None:
    page = inbox("nurse.anna")
    press(page, "Wrong rule", reason="there is no vein to be found")
    expect(outcome(page)).to_contain_text("It closes and pauses nothing")
    expect(line(page)).to_contain_text("Fired")
    assert "RuleReported" in ward.types()


def test_a_form_that_is_sent_twice_reports_a_rule_once(inbox: Come, ward: Ward) -> None:
    page = inbox("nurse.anna")
    with page.expect_request("**/inbox/act") as sent:
        press(page, "Wrong rule", reason="no vein")
    expect(outcome(page)).to_be_visible()
    first = sent.value
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": first.url.removesuffix("/inbox/act")}
    assert page.context.request.post(first.url, data=first.post_data, headers=kind).ok
    assert ward.types().count("RuleReported") == 2, "one for each value of the line"


def test_of_two_people_on_one_need_the_later_one_is_told_that_it_has_ended(inbox: Come, ward: Ward) -> None:
    page = inbox("nurse.anna", java_script_enabled=False)
    for loinc, value, unit in (("3255-7", "250", "mg/dL"), ("777-3", "90", "10*9/L")):
        ward.result(loinc, value, unit)
    press(page, "Acknowledge")
    expect(page.get_by_role("alert").filter(has_text="Not done")).to_contain_text("this need is not open any more")


def test_keys_go_from_need_to_need_and_no_key_alone_silences_a_critical_one(inbox: Come, ward: Ward) -> None:
    ward.low_platelets()
    page = inbox("nurse.anna")
    page.keyboard.press("j")
    expect(line(page, LOW)).to_be_focused()
    page.keyboard.press("a")
    expect(line(page, LOW).get_by_role("button", name="Acknowledge")).to_be_focused()
    assert "ReminderAcknowledged" not in ward.types()
    page.keyboard.press("Enter")
    expect(line(page, LOW)).to_contain_text("acknowledged by you")
    expect(line(page, LOW)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys p").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url("**/case/c1")


def test_a_key_acknowledges_what_is_not_critical_and_types_what_it_is_in_a_field(inbox: Come, ward: Ward) -> None:
    page = inbox("nurse.anna")
    line(page).locator("summary").click()
    line(page).locator("textarea").focus()
    page.keyboard.type("aj")
    expect(line(page).locator("textarea")).to_have_value("aj")
    assert "ReminderAcknowledged" not in ward.types()
    line(page).focus()
    page.keyboard.press("a")
    expect(outcome(page)).to_contain_text("Acknowledged")


def test_what_is_being_typed_is_not_lost_when_the_page_is_renewed(inbox: Come, ward: Ward) -> None:
    page = inbox("nurse.anna")
    page.wait_for_selector("[data-heard]", state="attached")
    line(page).locator("summary").click()
    line(page).locator("textarea").fill("half a sen")
    press(inbox("nurse.ben"), "Take it over")
    page.evaluate("document.activeElement.blur()")
    expect(line(page)).to_contain_text("taken by nurse.ben")
    expect(line(page).locator("textarea")).to_have_value("half a sen")


def test_without_scripts_a_need_is_taken_over_and_handed_back(inbox: Come) -> None:
    page = inbox("nurse.anna", java_script_enabled=False)
    press(page, "Take it over")
    expect(line(page)).to_contain_text("taken by you (nurse)")
    press(page, "Hand back to the role", reason="going home")
    expect(outcome(page)).to_contain_text("Handed back")


def test_duty_is_taken_by_the_number_of_the_test_notice_and_left(inbox: Come, ward: Ward) -> None:
    page = inbox("nurse.anna", path=DUTY)
    expect(page.locator("section", has=page.locator("#own"))).to_contain_text("Off duty")
    page.fill('[name="until"]', "11:00")
    page.get_by_role("button", name="Take duty").click()
    expect(page.locator("section", has=page.locator("#own"))).to_contain_text("Not on duty yet")
    page.fill('[name="number"]', number_told(ward))
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("section", has=page.locator("#own"))).to_contain_text("On duty as nurse on H1 until")
    expect(page.locator(".me .duty")).to_be_visible()
    page.get_by_role("button", name="Leave duty").click()
    expect(page.locator("section", has=page.locator("#own"))).to_contain_text("Off duty")


def number_told(ward: Ward) -> str:
    """The number in the newest test notice."""
    told = [each.text for each, _ in ward.house.store.notices("site:duty") if each.kind == "duty_test"]
    found = re.search(r"duty test (\d{6})", told[-1])
    assert found is not None, told
    return found[1]
