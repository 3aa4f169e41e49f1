"""A replay in a browser: any moment of a patient and of the ward, by steps, by keys and by its address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Look

AUDITOR, CHARGE_NURSE = "auditor auditor", "charge.dora charge_nurse"
CASE, WARD = "/case/demo-03/replay", "/replay"
THEN = "at=03-Mar-2026%2012:00"
#: Forms of a replay send nothing but who looks on, and whether they stay.
ACTS = 'form[method="post"]:not([action^="/account"]):not([action="/sign-out"])'
STEPS = (
    ("ArrowLeft", "previous-event"),
    ("Shift+ArrowLeft", "previous-hour"),
    ("Shift+PageUp", "previous-day"),
)
BACK = {"ArrowLeft": "ArrowRight", "Shift+ArrowLeft": "Shift+ArrowRight", "Shift+PageUp": "Shift+PageDown"}


def moment(page: Page) -> str:
    """The moment that the band across the page names."""
    return page.locator("main .band.silent strong").nth(1).inner_text()


def events(page: Page) -> list[int]:
    """The numbers of the events that are shown, the newest first."""
    return [int(re.sub(r"\D", "", each)) for each in page.locator("table.timeline td.no").all_inner_texts()]


def days(page: Page) -> set[str]:
    """The days on which the events of a page were recorded."""
    cells = page.locator("table.timeline tr td:nth-child(3)").all_inner_texts()
    return set(re.findall(r"\d\d-[A-Z][a-z]{2}-\d{4}", " ".join(cells)))


def press(page: Page, key: str) -> None:
    """Press a key that leads to another moment."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before, wait_until="domcontentloaded")


def test_of_a_moment_nothing_is_shown_that_was_recorded_later_and_nothing_can_be_done(come: Look) -> None:
    page = come(AUDITOR, f"{CASE}?{THEN}")
    assert moment(page) == "03-Mar-2026 12:00"
    assert days(page) == {"02-Mar-2026", "03-Mar-2026"}
    assert events(page)[0] < events(come(AUDITOR, CASE))[0]
    assert page.locator(ACTS).count() == 0
    expect(page.locator(".watermark")).to_have_text("REPLAY")


@pytest.mark.parametrize("key, step", STEPS)
def test_a_key_leads_where_the_link_beside_it_does_and_its_counterpart_comes_back(
    come: Look, key: str, step: str
) -> None:
    page = come(AUDITOR, f"{CASE}?{THEN}")
    before = events(page)
    press(page, key)
    by_key, seen = page.inner_text("#content"), events(page)
    assert len(seen) <= len(before)
    assert seen != before or step != "previous-day"
    page.go_back(wait_until="domcontentloaded")
    page.click(f"#{step}")
    page.wait_for_url(lambda url: THEN not in url, wait_until="domcontentloaded")
    assert page.inner_text("#content") == by_key
    press(page, BACK[key])
    assert events(page)[0] >= seen[0]


def test_event_by_event_one_event_more_is_there_each_time(come: Look) -> None:
    page = come(AUDITOR, f"{CASE}?position=4")
    for number in (5, 6, 7):
        press(page, "ArrowRight")
        assert events(page) == list(range(number, 0, -1))


def test_the_address_that_a_moment_is_cited_by_shows_the_same_page_to_somebody_else(come: Look) -> None:
    page = come(AUDITOR, f"{CASE}?{THEN}")
    cited = page.locator(".cite a").inner_text()
    other = come("charge.dora charge_nurse", cited)
    assert moment(other) == moment(page)
    assert events(other) == events(page)


def test_the_facts_of_a_moment_are_shown_as_they_are_known_today_when_that_is_asked_for(come: Look) -> None:
    page = come(AUDITOR, f"{CASE}?{THEN}")
    page.get_by_role("link", name="The facts of the same moment as they are known today").click()
    page.wait_for_url("**known=**")
    assert moment(page) == "03-Mar-2026 12:00"
    known = page.locator("main .band.silent strong").nth(2).inner_text()
    assert known.startswith("05-Mar-2026 02:")
    expect(page.get_by_role("link", name="As it was known then")).to_be_visible()


def test_a_moment_is_chosen_by_typing_it_and_what_cannot_be_read_is_told(come: Look) -> None:
    page = come(AUDITOR, CASE, java_script_enabled=False)
    page.fill("#clock-at", "02-Mar-2026 08:00")
    page.get_by_role("button", name="Show replay").click()
    assert moment(page) == "02-Mar-2026 08:00"
    page.fill("#clock-at", "the day before")
    page.get_by_role("button", name="Show replay").click()
    expect(page.locator("body")).to_contain_text("Nothing is shown")
    assert page.locator("table.timeline").count() == 0


def test_the_ward_is_replayed_by_keys_and_leads_to_each_patient_at_the_same_moment(come: Look) -> None:
    page = come(CHARGE_NURSE, f"{WARD}?{THEN}")
    expect(page.locator(".watermark")).to_have_text("REPLAY")
    assert moment(page) == "03-Mar-2026 12:00"
    press(page, "Shift+ArrowLeft")
    assert moment(page) == "03-Mar-2026 11:00"
    press(page, "Shift+PageUp")
    assert moment(page) == "02-Mar-2026 11:00"
    assert page.locator(ACTS).count() == 0
    page.locator("#row-demo-03 th a").click()
    page.wait_for_url("**/case/demo-03/replay**")
    assert moment(page) == "02-Mar-2026 11:00"


def test_whoever_had_not_come_yet_is_not_on_the_ward_of_that_moment(come: Look) -> None:
    before = come(CHARGE_NURSE, f"{WARD}?at=27-Feb-2026%2012:00").locator("table.ward-then tbody th").count()
    after = come(CHARGE_NURSE, f"{WARD}?at=05-Mar-2026%2001:00").locator("table.ward-then tbody th").count()
    assert 0 < before < after
