"""A ward with a patient whose needs ring, and browsers of the people who answer them."""

import html
import re
from functools import cached_property

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pathway.case.commands import Answer, Enrol, RecordResult
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.site.duty.commands import AcceptDuty, AnswerTest, NameShift
from pathway.site.duty.decide import drawn
from tests.ward.web.conftest import ADDRESS, OWN_FORM, csrf, sign_in, words
from ward.advance import walk
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.door import Door
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.wiring import House, house, memory_store

NOW = instant("2026-03-05T03:00+01:00")
MIN = 60 * SECOND
HOUR = 60 * MIN
PLATELETS, FIBRINOGEN = "777-3", "3255-7"


class Ward:
    """A demonstration: people of ward H1; `c1` in bed 3 of H1, of whom nothing is known yet; `c2` in bed 7 of S1."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.house: House = house(memory_store("demonstration"), self.clock)
        self.sent = 0
        invite(self.house, "H1")
        named = {"name": "late", "begins": "14:00", "ends": "22:00", "zone": "Europe/Berlin"}
        self.accepted(self.house.engine.handle(NameShift(id="late", by=By("admin", "administrator"), **named)))
        self.enrol("c1", "H1", "3")
        self.enrol("c2", "S1", "7")

    def enrol(self, case: str, ward: str, bed: str, name: str = "") -> None:
        """Begin a case."""
        command = Enrol(
            id=f"e-{case}", case=case, by=By("physician.emil", "physician"), pathway="variant_apl", ward=ward, bed=bed,
            presented_at=Instant(self.clock.now() - 10 * MIN), zone="Europe/Berlin", patient=f"p-{case}",
            identifiers={"name": name or f"Name {case}", "number": case}, origin="invented",
        )  # fmt: skip
        self.accepted(self.house.engine.handle(command))

    def later(self, us: int) -> None:
        """Let time pass on every case."""
        start, until = self.clock.now(), Instant(self.clock.now() + us)
        for head in self.house.store.heads():
            self.clock.set(start)
            walk(self.house.engine, self.house.store, self.clock, head.case, until)

    def result(self, loinc: str, value: str, unit: str, case: str = "c1") -> None:
        """A result that was collected ten minutes ago."""
        self.sent += 1
        command = RecordResult(
            id=f"r-{self.sent}", case=case, by=By("lab.feed", "laboratory"), loinc=loinc, value=value, unit=unit,
            collected_at=Instant(self.clock.now() - 10 * MIN), specimen=f"s-{self.sent}",
        )  # fmt: skip
        self.accepted(self.house.engine.handle(command))

    def low_platelets(self) -> None:
        """A critical value: a need that is critical."""
        self.result(FIBRINOGEN, "210", "mg/dL")
        self.result(PLATELETS, "18", "10*9/L")
        self.later(MIN)

    def fine_values(self) -> None:
        """Values on target, and so much time that a recheck of them is overdue."""
        self.result(FIBRINOGEN, "250", "mg/dL")
        self.result(PLATELETS, "90", "10*9/L")
        self.later(13 * HOUR)

    def on_duty(self, account: str, role: str, ward: str = "H1") -> None:
        """Put somebody on duty, by their own word."""
        who, accept = By(account, role), f"accept-{account}"
        until = Instant(self.clock.now() + 8 * HOUR)
        self.accepted(self.house.engine.handle(AcceptDuty(id=accept, by=who, role=role, ward=ward, until=until)))
        self.accepted(self.house.engine.handle(AnswerTest(id=f"answer-{account}", by=who, number=drawn(accept, 0))))

    def browser(self, account: str, role: str, ward: str = "H1") -> TestClient:
        """A browser of somebody who has signed in. All of them come to one server."""
        browser = TestClient(self.app, base_url=ADDRESS, client=("127.0.0.1", 50000), follow_redirects=False)
        return sign_in(browser, account, role, ward)

    @cached_property
    def app(self) -> FastAPI:
        """The server."""
        return create_app(HouseReads(self.house), Door(self.house))

    def types(self, case: str = "c1") -> list[str]:
        """The types of a case's events."""
        return [each.type for each in self.house.engine.timeline(case)]

    @staticmethod
    def accepted(answer: Answer) -> None:
        """What a test begins with has to come about."""
        assert answer.status == "accepted", answer.refusal


@pytest.fixture
def ward() -> Ward:
    """The ward, one hour after its patients came."""
    made = Ward()
    made.later(HOUR)
    return made


def need(page: str, title: str) -> str:
    """The markup of the first line with this title."""
    lines = page.partition('id="waiting"')[0].split('<li class="line ')[1:]
    named = ['<li class="' + each for each in lines if title in words('<li class="' + each.partition("<form")[0])]
    assert named, f"no line {title!r} on the page"
    return named[0]


def fields(line: str) -> dict[str, str]:
    """The hidden fields of a line's form."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', line))
    return {name: html.unescape(value) for name, value in found.items()}


def press(browser: TestClient, act: str, title: str, page: str = "/inbox", **typed: str):
    """Press a button of a line, as it stands on the page."""
    shown = browser.get(page).text
    line = need(shown, title)
    assert f'name="act" value="{act}"' in line, f"no button {act}"
    form = {**fields(line), "act": act, **typed}
    return browser.post("/inbox/act", data=form, headers=OWN_FORM)


def post(browser: TestClient, path: str, **form: str):
    """Send a form of the page of duty."""
    return browser.post(path, data={"csrf": csrf(browser.get(path).text), **form}, headers=OWN_FORM)
