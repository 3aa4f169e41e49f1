"""A demonstration with patients on two wards, and a live store with people who have passwords."""

import pytest
from starlette.testclient import TestClient

from pathway.case.commands import Enrol
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.engine.ports import Access
from pathway.site.accounts.commands import OpenAccount
from pathway.site.accounts.grant import Grant
from tests.ward.test_signing_in import OWN
from tests.ward.test_signing_in import Ward as Staffed
from tests.ward.web.conftest import OWN_FORM, browser_of, csrf, words
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.reading import HouseReads
from ward.web.visit import SIGN_IN
from ward.wiring import House, house, memory_store

NOW = instant("2026-03-05T03:00+01:00")
ADMIN = By("admin", "administrator")


class Two:
    """A demonstration: people of ward H1, `c1` in bed 3 of H1, `c2` in bed 7 of S1."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.house: House = house(memory_store("demonstration"), self.clock)
        invite(self.house, "H1")
        for case, ward, bed in (("c1", "H1", "3"), ("c2", "S1", "7")):
            command = Enrol(
                id=f"e-{case}", case=case, by=By("physician.emil", "physician"), pathway="variant_apl",
                presented_at=Instant(NOW - 3600 * SECOND), zone="Europe/Berlin", ward=ward, bed=bed, patient=case,
                identifiers={"name": f"Name {case}", "number": case}, origin="invented",
            )  # fmt: skip
            assert self.house.engine.handle(command).status == "accepted"

    def open(self, account: str, *grants: Grant) -> None:
        """Open another account."""
        command = OpenAccount(id=f"o-{account}", by=ADMIN, account=account, name=account, grants=grants)
        assert self.house.engine.handle(command).status == "accepted"

    def browser(self) -> TestClient:
        """A browser before which nobody has signed in."""
        return browser_of(HouseReads(self.house), self.house)

    def accesses(self, case: str) -> list[Access]:
        """Who looked at a case."""
        return list(self.house.store.accesses(case=case))


class Live(Staffed):
    """A live store with `admin` and the nurse `nurse.anna` of H1, both with the password OWN."""

    def browser(self) -> TestClient:
        """A browser before which nobody has signed in."""
        return browser_of(HouseReads(self.house), self.house)


@pytest.fixture
def two() -> Two:
    """The demonstration of two wards."""
    return Two()


@pytest.fixture
def live() -> Live:
    """The live store."""
    return Live()


def send(browser: TestClient, path: str, page: str = "/account", **form: str):
    """Send a form of a page as a browser does."""
    return browser.post(path, data={"csrf": csrf(browser.get(page).text), **form}, headers=OWN_FORM)


def enter(browser: TestClient, account: str = "nurse.anna", password: str = OWN, next_: str = "/"):
    """Type an account and a password; what comes of it."""
    return send(browser, "/sign-in", "/sign-in", account=account, password=password, next=next_)


def token(browser: TestClient) -> str:
    """The token that a browser holds."""
    return browser.cookies.get(SIGN_IN, "")


def said(answer) -> str:
    """What a person reads in an answer."""
    return words(answer.text)
