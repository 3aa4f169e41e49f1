"""What people do with the product, in a browser over a running ward, from the sign-in to the record."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Look, Watch, sign_in
from tests.browser.running import Running
from ward.web.reads import SILENT_AFTER_S

NURSE, OTHER_NURSE = "nurse.anna nurse", "nurse.ben nurse"
HAEMATOLOGIST = "haematologist.greta haematologist"


def to_form(page: Page, case: str, command: str, offer: str) -> None:
    """Open the form of one thing that may be done, from the list of all."""
    page.goto(f"/case/{case}/do/{command}", wait_until="domcontentloaded")
    page.locator("a.offer").get_by_text(offer, exact=True).click()
    page.wait_for_selector("form.act")


def fill_result(page: Page, value: str) -> None:
    """A fibrinogen that was just collected."""
    page.fill("#f-value", value)
    page.select_option("#f-unit", "mg/dL")
    page.fill("#f-collected_at", "05-Mar-2026 01:58")
    page.click('button[value="check"]')


def confirm(page: Page) -> None:
    """Say yes to what the check has shown."""
    page.click('button[value="confirm"]')
    page.wait_for_selector("section.done")


def identify(page: Page, **said: str) -> None:
    """Type identifiers as they stand on the wristband."""
    for name, text in said.items():
        page.fill(f'[name="who.{name}"]', text)


def lines_of(page: Page, case: str, words: str) -> int:
    """How many events of a case say something."""
    page.goto(f"/case/{case}?timeline=all", wait_until="domcontentloaded")
    return page.locator("table.timeline tr", has_text=words).count()


def test_a_nurse_signs_in_reads_the_board_and_records_a_result_that_others_see_at_once(
    come: Look, watch: Watch, running: Running
) -> None:
    other = come(OTHER_NURSE)
    other.wait_for_selector("[data-heard]", state="attached")
    page = watch.page(running.address)
    page.goto("/")
    expect(page).to_have_url(f"{running.address}/sign-in")
    sign_in(page, NURSE)
    expect(page.locator("#row-demo-05")).to_contain_text("Five")
    page.click("#open-demo-05")
    page.wait_for_url("**/case/demo-05")
    to_form(page, "demo-05", "RecordResult", "Fibrinogen")
    fill_result(page, "137")
    expect(page.locator("h1", has_text="Check")).to_be_visible()
    expect(page.locator(".said-so")).to_contain_text("137")
    expect(other.locator("#row-demo-05")).not_to_contain_text("137 mg/dL")
    confirm(page)
    expect(page.locator("section.done")).to_contain_text("137 mg/dL")
    expect(other.locator("#row-demo-05")).to_contain_text("137 mg/dL")


def test_a_double_click_writes_once(come: Look) -> None:
    page = come(NURSE)
    to_form(page, "demo-11", "RecordResult", "Fibrinogen")
    fill_result(page, "141")
    page.wait_for_selector('button[value="confirm"]')
    with page.expect_request(lambda each: "step=confirm" in (each.post_data or "")) as sent:
        page.dblclick('button[value="confirm"]', no_wait_after=True)
    page.wait_for_selector("section.done")
    send_again(page, sent.value)
    assert lines_of(page, "demo-11", "Fibrinogen 141 mg/dL") == 1
    send_again(page, sent.value, id="another form")
    assert lines_of(page, "demo-11", "Fibrinogen 141 mg/dL") == 2, "what is counted is what is sent"


def send_again(page: Page, request: Request, **other: str) -> None:
    """Send a form once more as it was sent, but for what is said to be other."""
    said = {name: each for name, (each, *_) in parse_qs(request.post_data or "", keep_blank_values=True).items()}
    origin = "/".join(request.url.split("/")[:3])
    answer = page.context.request.post(request.url, form=said | other, headers={"Origin": origin})
    assert answer.ok, answer.text()


def test_of_two_people_on_one_patient_the_later_one_is_told_what_changed_before_they_confirm(come: Look) -> None:
    first, second = come(NURSE), come(OTHER_NURSE)
    to_form(first, "demo-12", "RecordResult", "Fibrinogen")
    to_form(second, "demo-12", "RecordResult", "Fibrinogen")
    fill_result(first, "143")
    confirm(first)
    fill_result(second, "144")
    expect(second.locator("section.changes")).to_contain_text("Fibrinogen 143 mg/dL")
    assert lines_of(second, "demo-12", "Fibrinogen 144 mg/dL") == 0


def test_a_doctor_stops_tretinoin_with_two_identifiers_and_not_without(come: Look) -> None:
    page = come(HAEMATOLOGIST)
    to_form(page, "demo-05", "StopTherapy", "Stop tretinoin for good")
    page.fill("#f-reason", "the variant is resistant")
    for each in page.locator('.act input[type="checkbox"]').all():
        each.check()
    identify(page, family_name="invented", number="INVENTED-6")
    page.click('button[value="check"]')
    expect(page.locator("section.refusal")).to_be_visible()
    expect(page.locator("#f-reason")).to_have_value("the variant is resistant")
    identify(page, number="INVENTED-5")
    page.click('button[value="check"]')
    expect(page.locator("h1", has_text="Check")).to_be_visible()
    confirm(page)
    page.goto("/case/demo-05", wait_until="domcontentloaded")
    expect(
        page.locator("section", has=page.locator("#drugs")).locator("li", has_text="tretinoin").first
    ).to_contain_text("Stopped")


def test_everything_up_to_a_confirmed_result_goes_by_the_keyboard_alone(watch: Watch, running: Running) -> None:
    page = watch.page(running.address)
    page.goto("/sign-in")
    tab_to(page, 'button[value^="nurse.cleo nurse"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/?since=*")
    page.goto("/case/demo-13/do/RecordResult", wait_until="domcontentloaded")
    tab_to(page, "a.offer")
    page.keyboard.press("Enter")
    page.wait_for_selector("form.act")
    tab_to(page, "#f-value")
    page.keyboard.type("151")
    page.keyboard.press("Tab")
    page.keyboard.type("mg")
    tab_to(page, "#f-collected_at")
    page.keyboard.type("05-Mar-2026 01:57")
    tab_to(page, 'button[value="check"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('button[value="confirm"]')
    tab_to(page, 'button[value="confirm"]')
    page.keyboard.press("Enter")
    expect(page.locator("section.done")).to_contain_text("151 mg/dL")


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until something has the focus, which must then be seen to have it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert seen != "none", f"nothing shows that {selector} has the focus"
            return
    raise AssertionError(f"no way to {selector} by the keyboard")


def test_without_scripts_a_result_is_recorded_all_the_same(come: Look) -> None:
    page = come(NURSE, java_script_enabled=False)
    to_form(page, "demo-14", "RecordResult", "Fibrinogen")
    fill_result(page, "149")
    confirm(page)
    expect(page.locator("section.done")).to_contain_text("149 mg/dL")


@pytest.mark.parametrize("path", ["/", "/inbox", "/case/demo-03"])
def test_a_frozen_server_is_named_within_twelve_seconds_and_heard_again_after(
    come: Look, running: Running, path: str
) -> None:
    page = come(NURSE, path, alone=True)
    page.clock.install()
    page.reload(wait_until="domcontentloaded")
    running.freeze()
    page.clock.run_for((SILENT_AFTER_S + 1) * 1000)
    expect(page.locator("#silent")).to_be_visible()
    expect(page.locator("#silent")).to_contain_text("NOT LIVE")
    running.thaw()
    page.clock.resume()
    expect(page.locator("#silent")).to_be_hidden()


def test_a_server_that_is_started_anew_goes_on_with_open_pages_and_their_sign_ins(come: Look, running: Running) -> None:
    page = come(NURSE)
    page.wait_for_selector("[data-heard]", state="attached")
    running.stop()
    running.start()
    page.evaluate("delete document.querySelector('[data-heard]').dataset.heard")
    page.wait_for_selector("[data-heard]", state="attached")
    expect(page.locator("#silent")).to_be_hidden()
    page.click("#open-demo-03")
    expect(page.locator("h1")).to_contain_text("Three")
