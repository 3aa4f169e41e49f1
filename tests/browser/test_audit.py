"""The record in a browser: what an inspector reads, checks and takes away, from a case to the figures of a ward."""

from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.browser.addresses import AUDITOR, NURSE
from tests.browser.conftest import Look, Serve, Watch, sign_in
from tests.browser.running import Running
from tests.ward.web.signing.conftest import Two
from ward.door import Door
from ward.reading import HouseReads
from ward.web.app import create_app

#: A patient of a resistant variant, who was given tretinoin all the same.
CASE, DEVIANT = "demo-05", "demo-13"


def follow(page: Page, name: str) -> None:
    """Follow a link by its words."""
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_load_state("domcontentloaded")


def test_an_auditor_signs_in_and_goes_from_a_case_to_its_replay_to_its_second_decision_and_takes_its_pack(
    watch: Watch, running: Running, tmp_path: Path
) -> None:
    page = watch.page(running.address)
    sign_in(page, AUDITOR)
    follow(page, "Audit")
    follow(page, "Cases")
    follow(page, CASE)
    expect(page.locator("h1")).to_have_text(f"Case {CASE}")
    expect(page.locator("#decisions")).to_be_visible()
    cited = page.url
    follow(page, "Replay")
    expect(page.locator(".watermark")).to_have_text("REPLAY")
    page.goto(cited, wait_until="domcontentloaded")
    with page.expect_download() as sent:
        page.get_by_role("link", name="Audit pack (zip)").click()
    sent.value.save_as(tmp_path / "pack.zip")
    with ZipFile(tmp_path / "pack.zip") as pack:
        assert pack.testzip() is None
        assert [each for each in pack.namelist() if each.endswith(".pdf")] != []
    page.goto("/audit/redecide", wait_until="domcontentloaded")
    page.fill('[name="case"]', CASE)
    page.get_by_role("button", name="Decide again").click()
    expect(page.locator("section", has=page.locator("#came"))).to_contain_text("No difference")
    page.fill('[name="case"]', "nobody")
    page.get_by_role("button", name="Decide again").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no such case here")


def test_a_look_of_a_nurse_is_found_by_the_patient_and_by_the_person(come: Look) -> None:
    come(NURSE, f"/case/{CASE}")
    page = come(AUDITOR, f"/audit/case/{CASE}")
    follow(page, "Who looked until today")
    rows = page.locator('tr[id^="look-"]')
    expect(rows.filter(has_text="nurse.anna").first).to_contain_text(CASE)
    rows.filter(has_text="nurse.anna").get_by_role("link", name="nurse.anna").first.click()
    page.wait_for_url("**account=nurse.anna**")
    assert set(page.locator('tr[id^="look-"] td:nth-child(3)').all_inner_texts()) == {"nurse.anna"}
    page.fill('[name="account"]', "")
    page.fill('[name="since"]', "yesterday or so")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is shown")


def test_what_was_denied_is_in_the_list_of_looks(come: Look) -> None:
    expect(come(NURSE, "/admin/people").locator("h1")).to_have_text("This is not open to you")
    page = come(AUDITOR, "/audit/looks")
    page.select_option('[name="outcome"]', label="denied")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**outcome=denied**")
    expect(page.locator('tr[id^="look-"]', has_text="nurse.anna").first).to_contain_text("denied", ignore_case=True)


def test_a_deviation_leads_to_the_moment_in_which_it_stood(come: Look) -> None:
    page = come(AUDITOR, "/audit/deviations")
    page.fill('[name="case"]', DEVIANT)
    page.get_by_role("button", name="Show").click()
    page.wait_for_url(f"**case={DEVIANT}**")
    expect(page.locator("section.deviation").first).to_contain_text("resistant variant")
    assert set(page.locator("section.deviation p a[href*='deviations']").all_inner_texts()) == {DEVIANT}
    page.get_by_role("link", name="Replay right after event").first.click()
    page.wait_for_url(f"**/case/{DEVIANT}/replay**")
    expect(page.locator(".watermark")).to_have_text("REPLAY")


def test_a_figure_leads_to_those_it_counts_and_from_each_to_its_replay(come: Look) -> None:
    page = come(AUDITOR, "/audit/indicators")
    counted = page.locator("tr", has=page.locator("a[href='#Q4']")).locator("td").first.inner_text()
    section = page.locator("section.indicator", has=page.locator('[id="Q4"]'))
    section.get_by_role("link", name="Each one, with its replay").click()
    page.wait_for_url("**show=Q4**")
    rows = page.locator("section[aria-labelledby=units] tbody tr")
    assert rows.count() >= int(counted.split(" of ")[1].split()[0]) > 0
    rows.locator("th a").first.click()
    page.wait_for_url("**/replay**")
    expect(page.locator(".watermark")).to_have_text("REPLAY")


def test_proof_never_says_that_a_record_is_clean_that_nobody_has_verified(watch: Watch, serve: Serve) -> None:
    two = Two()
    site = serve(create_app(HouseReads(two.house), Door(two.house)), two.house)
    page = watch.page(site.address, storage_state=site.signed_in("auditor", "auditor", "*"))
    page.goto("/audit/proof", wait_until="domcontentloaded")
    verified = page.locator("section", has=page.locator("#verified"))
    expect(verified).to_contain_text("Not verified yet")
    expect(verified).not_to_contain_text("Clean")
