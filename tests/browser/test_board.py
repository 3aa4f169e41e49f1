"""The board in a browser: live, steady under the hand, readable on every screen, and honest when nothing comes."""

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import WIDTHS, wrong
from tests.browser.conftest import Invented, Look, Watch
from tests.ward.web.samples import Ward, lab
from ward.web.reads import SILENT_AFTER_S

#: With every state that there is; and the page of a patient.
FORMS = ("/", "/?sort=urgency&show=overdue", "/?form=stages", "/?form=wall", "/case/k7a")
ROWS = "[...document.getElementById('rows').children].map(row => row.id).join(' ')"
WALL = 1920


def moved(ward: Ward, case: str, **more: object) -> None:
    """Something is recorded of a case."""
    before = ward.pictures[case]
    ward.pictures[case] = msgspec.structs.replace(before, position=before.position + 1, **more)


def listening(page: Page) -> None:
    """Wait until the page is heard: until the first beat has come through its stream."""
    page.wait_for_selector("[data-heard]", state="attached")


def test_what_is_recorded_stands_on_an_open_board_without_a_reload(look: Look, site: Invented, watch: Watch) -> None:
    page = look()
    listening(page)
    moved(site.ward, "c2", labs=(lab(shown="66 mg/dL"),))
    expect(page.locator("#row-c2")).to_contain_text("66 mg/dL")
    assert [each for each in watch.asked if each == site.address + "/"] == [site.address + "/"]


def test_rows_wait_while_somebody_is_in_one_and_go_on_when_they_leave(look: Look, site: Invented) -> None:
    page = look()
    listening(page)
    before = page.evaluate(ROWS)
    page.focus("#open-k7a")
    moved(site.ward, "c10", bed="0", labs=(lab(shown="66 mg/dL"),))
    expect(page.locator("#row-c10")).to_contain_text("66 mg/dL")
    assert page.evaluate(ROWS) == f"{before} row-empty-5"
    expect(page.locator("#held")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "open-k7a"
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("#rows > :first-child")).to_have_attribute("id", "row-c10")
    expect(page.locator("#held")).to_be_hidden()


def test_what_was_opened_stays_open_when_its_row_changes(look: Look, site: Invented) -> None:
    page = look()
    listening(page)
    page.click("#more-k7a")
    moved(site.ward, "k7a", labs=(lab(shown="66 mg/dL"),))
    expect(page.locator("#row-k7a")).to_contain_text("66 mg/dL")
    expect(page.locator("#row-k7a .needs")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "more-k7a"


def test_a_server_that_says_nothing_for_twelve_seconds_is_named_and_one_that_is_back_is_not(
    look: Look, site: Invented
) -> None:
    page = look()
    listening(page)
    page.clock.install()
    page.reload()
    listening(page)
    page.clock.run_for(1000)
    expect(page.locator("#silent")).to_be_hidden()
    site.stop()
    page.clock.run_for(SILENT_AFTER_S * 1000)
    expect(page.locator("#silent")).to_be_visible()
    expect(page.locator("#silent")).to_contain_text("NOT LIVE")
    assert page.evaluate("document.body.className") == "list stale"


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_the_board_is_for_everybody_on_any_screen_in_any_theme_and_on_paper(read: Look, path: str) -> None:
    page = read(path)
    assert wrong(page, "INVENTED|DEMONSTRATION", widths=(*WIDTHS, WALL)) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(forced_colors="active")
    expect(page.locator("body")).to_contain_text("overdue", ignore_case=True)


def test_without_scripts_every_row_is_there_and_every_control_works(read: Look) -> None:
    page = read(java_script_enabled=False)
    expect(page.locator("#rows > tr")).to_have_count(5)
    page.click("#show-critical")
    expect(page.locator("#rows > tr")).to_have_count(1)
    page.select_option("#pick-stage", label="Empiric tretinoin")
    page.click("#pick")
    expect(page.locator(".state-of-list")).to_contain_text("0 of 4 patients, only critical, at Empiric tretinoin")
    page.click("#unfilter")
    page.click("#more-k7a")
    expect(page.locator("#row-k7a .needs")).to_be_visible()


def test_coming_back_from_a_patient_still_says_what_changed_meanwhile(look: Look, site: Invented) -> None:
    page = look()
    listening(page)
    page.click("#open-k7a")
    page.wait_for_url("**/case/k7a")
    picture = site.ward.pictures["c2"]
    late = type(picture.at)(picture.at + 1)
    moved(site.ward, "c2", labs=(lab(shown="66 mg/dL", recorded_at=late),))
    page.go_back()
    expect(page.locator("#row-c2 .changed")).to_contain_text("Changed Fibrinogen")


def test_print_is_a_list_with_its_end_of_validity_and_no_control(read: Look) -> None:
    page = read()
    page.emulate_media(media="print")
    expect(page.locator(".paper")).to_contain_text("valid until 05-Mar-2026 03:40")
    for gone in ("#choices-show", ".pick", ".top nav", "#seen"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".board thead")).to_be_visible()
    expect(page.locator(".state-of-list")).to_be_visible()


def test_forced_colours_keep_every_word_and_a_border_around_the_present_stage(read: Look) -> None:
    page = read(forced_colors="active")
    expect(page.locator("#row-k7a")).to_contain_text("Critical, overdue")
    assert page.evaluate("getComputedStyle(document.querySelector('#row-k7a .bar .now')).borderTopWidth") == "3px"


def test_a_wall_says_how_many_beds_lie_below_its_edge(read: Look) -> None:
    page = read("/?form=wall&mm=100", 1920, 200)
    expect(page.locator("#beyond")).to_be_visible()
    assert "below the edge" in page.inner_text("#beyond")
    expect(read("/?form=wall", 1920, 1080).locator("#beyond")).to_be_hidden()
