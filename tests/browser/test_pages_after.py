"""Pages that forms lead to or that need something to have happened; that none is left out; that a fault is seen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from playwright.sync_api import Page, expect

from pathway.case.commands import RecordResult
from pathway.case.envelope import By
from pathway.site.accounts.commands import BreakGlass
from tests.browser.addresses import ADMINISTRATOR, NURSE, PAGES, PHYSICIAN
from tests.browser.checks import wrong
from tests.browser.conftest import Look, Serve, Watch
from tests.browser.serving import Site
from tests.ward.test_signing_in import OWN
from tests.ward.web.signing.conftest import NOW, Live, Two
from ward.door import Door
from ward.reading import HouseReads
from ward.web.app import create_app

#: Pages that only a store with something in it has; who looks, and where.
MORE = (
    (("admin", "administrator", "*"), "/admin/glass"),
    (("physician.emil", "physician", "H1"), "/admin/quarantine/1"),
    (("nurse.ben", "nurse", "H1"), "/case/c2"),
    (("nurse.anna", "nurse", "H1"), "/case/c2"),
    (("consultant.ida", "consultant", "*"), "/admin/definitions/{digest}/book"),
)


@pytest.fixture(scope="module")
def two() -> Two:
    """A demonstration with a broken glass and a report of nobody."""
    made = Two()
    by, lab = By("nurse.anna", "nurse"), By("lab", "laboratory", "feed")
    told = {"loinc": "3255-7", "value": "41", "unit": "mg/dL", "collected_at": NOW}
    for command in (
        BreakGlass(id="g", by=by, account="nurse.anna", patient_case="c2", reason="arrest on the stairs"),
        RecordResult(id="r", case="nobody", by=lab, **told),
    ):
        made.house.engine.handle(command)
    return made


@pytest.fixture(scope="module")
def site_of_two(serve: Serve, two: Two) -> Site:
    """Its pages."""
    return serve(create_app(HouseReads(two.house), Door(two.house)), two.house)


@pytest.mark.parametrize("who, path", MORE)
def test_the_pages_of_what_waits_for_somebodys_word_keep_the_same_rules(
    watch: Watch, site_of_two: Site, two: Two, who: tuple[str, str, str], path: str
) -> None:
    page = watch.page_of(site_of_two.address, who[0], site_of_two.signed_in(*who))
    digest = next(each.digest for each in two.house.pathways if each.name == "variant_apl")
    page.goto(path.format(digest=digest), wait_until="domcontentloaded")
    assert wrong(page) == []


@pytest.mark.parametrize("state", ["nobody has signed in", "a wrong password", "a password for one use", "known here"])
def test_the_sign_in_and_the_password_of_a_live_store_keep_the_same_rules(
    watch: Watch, live_site: tuple[Live, Site], state: str
) -> None:
    live, site = live_site
    page = watch.page(site.address)
    page.goto("/sign-in")
    secret = live.admin.reset("nurse.anna").secret if state == "a password for one use" else OWN
    steps = {
        "nobody has signed in": (),
        "a wrong password": (("nurse.anna", "three green cows"),),
        "a password for one use": (("nurse.anna", secret),),
        "known here": (("admin", OWN),),
    }
    for account, password in steps[state]:
        page.fill('section[aria-labelledby="somebody"] [name="account"]', account)
        page.fill('section[aria-labelledby="somebody"] [name="password"]', password)
        page.locator('section[aria-labelledby="somebody"] button').click()
    if state == "known here":
        page.get_by_role("button", name="Sign out").click()
        expect(page.locator("#known-1")).to_be_visible()
    assert wrong(page) == []


@pytest.fixture(scope="module")
def live_site(serve: Serve) -> tuple[Live, Site]:
    """A live store with an administrator and a nurse, and its pages."""
    live = Live()
    return live, serve(create_app(HouseReads(live.house), Door(live.house)), live.house)


# --- pages that a form leads to --------------------------------------------------------------------------------------


def to_result(page: Page, value: str = "137") -> None:
    """The check of a result."""
    page.goto("/case/demo-05/do/RecordResult", wait_until="domcontentloaded")
    page.locator("a.offer").get_by_text("Fibrinogen", exact=True).click()
    page.fill("#f-value", value)
    page.select_option("#f-unit", "mg/dL")
    page.fill("#f-collected_at", "05-Mar-2026 01:58")
    page.click('button[value="check"]')


def to_form(page: Page) -> None:
    """A form that asks for two identifiers."""
    page.goto("/case/demo-05/do/StopTherapy", wait_until="domcontentloaded")
    page.locator("a.offer").first.click()
    page.wait_for_selector("form.act")


def to_refusal(page: Page) -> None:
    """The same form, refused."""
    to_form(page)
    page.click('button[value="check"]')
    page.wait_for_selector("section.refusal")


def to_stale(page: Page) -> None:
    """A form that was made before the role was changed."""
    page.goto("/account", wait_until="domcontentloaded")
    page.evaluate("document.querySelectorAll('[name=csrf]').forEach(each => { each.value = '0'.repeat(32) })")
    page.locator("#sign-ins ~ table button").first.click()
    expect(page.locator("h1")).to_have_text("Nothing was done")


def to_secret(page: Page) -> None:
    """A secret that is shown once."""
    page.goto("/admin/people/lab.feed", wait_until="domcontentloaded")
    page.get_by_role("button", name="Make a token").click()
    page.wait_for_selector(".secret")


def to_undone(page: Page) -> None:
    """A form of the administration that was refused."""
    page.goto("/admin/people", wait_until="domcontentloaded")
    for name in ("account", "name"):
        page.fill(f'form.act [name="{name}"]', "admin")
    page.get_by_role("button", name="Open the account").click()
    page.wait_for_selector(".told")


@pytest.mark.parametrize(
    "as_, lead",
    [
        (NURSE, to_result),
        (PHYSICIAN, to_form),
        (PHYSICIAN, to_refusal),
        (NURSE, to_stale),
        (ADMINISTRATOR, to_secret),
        (ADMINISTRATOR, to_undone),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_the_pages_that_a_form_leads_to_keep_the_same_rules(come: Look, as_: str, lead: Callable[[Page], None]) -> None:
    page = come(as_, "/about")
    lead(page)
    assert wrong(page) == []


# --- that none is left out, and that a fault would be seen ------------------------------------------------------------


def test_every_page_of_the_product_is_among_those_that_are_looked_at(two: Two) -> None:
    routes = create_app(HouseReads(two.house), Door(two.house)).routes
    shown: list[Any] = [each for each in routes if isinstance(each, APIRoute) and "GET" in each.methods]
    paths = {each.path for each in shown if each.response_class is HTMLResponse}
    looked = [path.partition("?")[0] for _, path in (*PAGES, *MORE)] + ["/account/password"]
    missed = {each for each in paths if not any(re.fullmatch(pattern(each), at) for at in looked)}
    assert missed == set()


def pattern(path: str) -> str:
    """An address of a route."""
    return re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path))


FAULTS = (
    ("<img src='data:,' width=9 height=9>", "image-alt"),
    ("<p style='color:#999;background:#fff'>pale</p>", "color-contrast"),
    ("<p style='width:340px'>wide</p>", "320"),
    ("<p style='width:9px;overflow:hidden;white-space:nowrap'>words that are cut</p>", "cut at 1280"),
    ("<span class='chip' style='border:0!important'>bare</span>", "no border"),
    ("<span class='chip fine'></span>", "without a word"),
    ("<button style='display:block!important'>still there</button>", "pressed on paper"),
)


def test_each_fault_of_a_page_that_is_looked_for_would_be_found(watch: Watch, site_of_two: Site) -> None:
    page = watch.page(site_of_two.address, bypass_csp=True)
    page.goto("/sign-in", wait_until="domcontentloaded")
    page.evaluate("html => document.querySelector('#content').insertAdjacentHTML('beforeend', html)",
                  "".join(html for html, _ in FAULTS))  # fmt: skip
    found = wrong(page, "words that are nowhere")
    assert [what for _, what in FAULTS if not any(what in each for each in found)] == [], found
    assert "not said on paper: words that are nowhere" in found


@pytest.mark.parametrize(
    "script, event, what",
    [
        ("setTimeout(() => { location.href = 'http://localhost:9/' })", "requestfailed", "somebody else"),
        ("fetch('http://localhost:9/').catch(() => {})", "console", "Content Security"),
        ("setTimeout(() => { throw new Error('broken') })", "pageerror", "broken"),
        ("setTimeout(() => alert(1))", "dialog", "a dialog"),
        ("document.body.insertAdjacentHTML('beforeend', '<p onclick=\"a()\">')", "console", "Content Security"),
    ],
)
def test_what_a_page_does_wrong_by_itself_would_fail_its_test(
    watch: Watch, site_of_two: Site, script: str, event: str, what: str
) -> None:
    page = watch.page(site_of_two.address)
    page.goto("/sign-in")
    with page.expect_event(event):
        page.evaluate(f"() => {{ {script} }}")
    assert [each for each in watch.faults if what in each], watch.faults
    watch.faults.clear()
