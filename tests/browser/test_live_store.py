"""A live store in a browser: a password for one use, one's own, the end of a sign-in, two who sign, broken glass."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pathway.case.commands import Enrol
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.site.accounts.grant import Grant
from tests.browser.conftest import Watch
from tests.browser.serving import Site
from tests.ward.test_signing_in import OWN
from tests.ward.web.signing.conftest import Live
from ward.clock import FixedClock
from ward.door import Door
from ward.people.administer import first
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.wiring import House, house, memory_store

MINUTE = 60 * SECOND
NEW, WRONG = "four brown cows", "three green cows"
#: Opens a page of a browser in which nobody has signed in.
Come = Callable[..., Page]


@pytest.fixture
def clock() -> FixedClock:
    """The clock of the world."""
    return FixedClock(instant("2026-03-05T08:00Z"))


@pytest.fixture
def bare(clock: FixedClock) -> House:
    """A live store without any account."""
    return house(memory_store("live"), clock)


@pytest.fixture
def doors(watch: Watch) -> Iterator[Callable[[House], Come]]:
    """`doors(house)`: how its pages are opened."""
    sites: list[Site] = []

    def serve(made: House) -> Come:
        site = Site(create_app(HouseReads(made), Door(made)), made)
        sites.append(site)

        def open_page(path: str = "/", **how: Any) -> Page:
            page = watch.page(site.address, **how)
            page.goto(path, wait_until="domcontentloaded")
            return page

        return open_page

    yield serve
    for site in sites:
        site.stop()


@pytest.fixture
def live() -> Live:
    """A live store: `admin`, `nurse.anna` of H1 and two consultants with a password each; `c9` in a bed of S1."""
    made = Live()
    for account in ("consultant.ida", "consultant.juri"):
        made.settle(account, made.admin.open_person(account, account, (Grant("consultant", "*"),)))
    command = Enrol(
        id="e", case="c9", by=By("consultant.ida", "consultant"), pathway="variant_apl", ward="S1", bed="7",
        presented_at=Instant(made.clock.now() - 10 * MINUTE), zone="Europe/Berlin", patient="p9",
        identifiers={"family_name": "Nobody", "given_name": "Nora", "number": "9"},
    )  # fmt: skip
    answer = made.house.engine.handle(command)
    assert answer.status == "accepted", answer.refusal
    return made


def enter(page: Page, account: str, password: str) -> None:
    """Type an account and its password."""
    form = page.locator("section", has=page.locator("#somebody"))
    form.locator('[name="account"]').fill(account)
    form.locator('[name="password"]').fill(password)
    form.get_by_role("button", name="Sign in").click()


def choose(page: Page, given: str, own: str) -> None:
    """Choose a password of one's own."""
    page.fill('[name="old"]', given)
    page.fill('[name="new"]', own)
    page.fill('[name="again"]', own)
    page.get_by_role("button", name="Change it").click()


def test_from_the_first_password_for_one_use_to_a_nurse_who_comes_back_to_the_board(
    doors: Callable[[House], Come], bare: House
) -> None:
    come, given = doors(bare), first(bare, "admin", "Ada Admin").secret
    admin = come()
    expect(admin).to_have_url(ends_in("/sign-in"))
    assert admin.locator("button[name=as]").count() == 0, "a live store has no buttons for people"
    enter(admin, "admin", given)
    expect(admin.locator("h1")).to_have_text("Choose a password of your own")
    admin.goto("/admin/people")
    expect(admin).to_have_url(ends_in("/account/password"))
    choose(admin, given, OWN)
    admin.goto("/admin/people")
    said = {"account": "nurse.anna", "name": "Anna A.", "ward": "H1"}
    for name, text in said.items():
        admin.fill(f'form.act [name="{name}"]', text)
    admin.select_option('form.act [name="role"]', "nurse")
    admin.get_by_role("button", name="Open the account").click()
    one_time = admin.locator(".secret code").inner_text()
    nurse = come("/inbox")
    enter(nurse, "nurse.anna", one_time)
    choose(nurse, one_time, NEW)
    nurse.wait_for_url(lambda address: address.endswith(("/", "/inbox")) or "since=" in address)
    expect(nurse.locator(".me")).to_contain_text("Anna A.")
    nurse.get_by_role("button", name="Sign out").click()
    expect(nurse).to_have_url(ends_in("/sign-in"))
    nurse.go_back(wait_until="domcontentloaded")
    expect(nurse.locator("h1")).to_have_text("Sign in")
    nurse.fill('section[aria-labelledby="known-1"] [name="password"]', NEW)
    nurse.locator('section[aria-labelledby="known-1"]').get_by_role("button", name="Sign in").click()
    expect(nurse.locator(".me")).to_contain_text("Anna A.")


def ends_in(path: str) -> re.Pattern[str]:
    """An address that ends in a path, whatever was asked for before."""
    return re.compile(rf"{path}(\?.*)?$")


def test_a_wrong_password_is_told_without_saying_which_was_wrong_and_costs_time(
    doors: Callable[[House], Come], live: Live
) -> None:
    page = doors(live.house)("/sign-in")
    enter(page, "nurse.anna", WRONG)
    wrong = page.locator(".told").inner_text()
    enter(page, "nurse.nobody", WRONG)
    assert page.locator(".told").inner_text() == wrong
    for _ in range(4):
        enter(page, "nurse.anna", WRONG)
    expect(page.locator(".told")).to_contain_text("wait", ignore_case=True)
    assert WRONG not in page.content()


def test_a_sign_in_that_nobody_used_for_a_quarter_of_an_hour_is_over_and_the_open_board_goes(
    doors: Callable[[House], Come], live: Live
) -> None:
    page = doors(live.house)()
    enter(page, "nurse.anna", OWN)
    page.wait_for_selector("[data-heard]", state="attached")
    live.clock.advance(14 * MINUTE)
    page.reload()
    expect(page.locator("h1")).to_contain_text("Board")
    page.wait_for_selector("[data-heard]", state="attached")
    live.clock.advance(15 * MINUTE)
    page.wait_for_url("**/sign-in**")
    assert page.locator("#rows").count() == 0


def test_a_definition_is_approved_by_two_who_each_type_their_own_password(
    doors: Callable[[House], Come], live: Live
) -> None:
    page = doors(live.house)("/admin/definitions")
    enter(page, "consultant.ida", OWN)
    form = page.locator("form", has=page.get_by_role("button", name="Approve")).first
    for password, what in ((WRONG, "Nothing was done"), (OWN, "Signed by consultant.ida (consultant) and")):
        form.locator('[name="second"]').fill("consultant.juri")
        form.locator('[name="password"]').fill(password)
        form.get_by_role("button", name="Approve").click()
        expect(page.locator("main")).to_contain_text(what)
    expect(page.locator(".chip.fine")).to_have_text("Approved")


def test_a_nurse_breaks_glass_for_one_patient_of_another_ward_and_it_ends_after_an_hour(
    doors: Callable[[House], Come], live: Live
) -> None:
    page = doors(live.house)("/case/c9")
    enter(page, "nurse.anna", OWN)
    expect(page.locator("h1")).to_have_text("This is not open to you")
    assert "Nora" not in page.content()
    page.fill("textarea[name=reason]", "arrest, nobody of the ward is near")
    page.get_by_role("button", name="Break glass for this patient").click()
    expect(page.locator(".band.glass")).to_contain_text("GLASS BROKEN")
    expect(page.locator(".banner")).to_contain_text("NOBODY, Nora")
    for _ in range(5):
        live.clock.advance(10 * MINUTE)
        page.reload()
    expect(page.locator(".band.glass")).to_contain_text("10 min left")
    live.clock.advance(10 * MINUTE)
    page.reload()
    expect(page.locator("h1")).to_have_text("This is not open to you")
    assert "Nora" not in page.content()


def test_without_scripts_somebody_signs_in_and_out(doors: Callable[[House], Come], live: Live) -> None:
    page = doors(live.house)(java_script_enabled=False)
    enter(page, "nurse.anna", OWN)
    expect(page.locator("h1")).to_contain_text("Board")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Sign in")
