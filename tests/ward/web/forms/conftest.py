"""A demonstration at its opening hour, and people in front of its forms."""

import html
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.ward.web.conftest import OWN_FORM, browser_of, sign_in, words
from ward.demonstration.opening import open_demonstration
from ward.reading import HouseReads
from ward.vault import key_file
from ward.wiring import House, open_house

CASE = "demo-03"
#: Two identifiers of the patient of CASE, as somebody reads them from a wristband.
WHO = {"who.number": "invented-3", "who.family_name": "Invented"}
GONE = "no such offer"


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forms") / "demo.db"
    open_demonstration(path, lambda number, of: None)
    return path


@pytest.fixture
def house(opened_once: Path, tmp_path: Path) -> House:
    """The demonstration, to be read and written."""
    path = tmp_path / "demo.db"
    shutil.copy(opened_once, path)
    shutil.copy(key_file(opened_once), key_file(path))
    return open_house(path)


class Person:
    """Somebody in front of a browser, at the forms of one case."""

    def __init__(self, browser: TestClient, case: str = CASE) -> None:
        self.browser, self.case = browser, case

    def listed(self, more: str = "") -> str:
        """The page of what may be done now."""
        answer = self.browser.get(f"/case/{self.case}/do{more}")
        assert answer.status_code == 200
        return answer.text

    def offers(self) -> list[tuple[str, str]]:
        """Every form that is offered: its address, and the words of its link."""
        found = re.findall(r'(?s)class="offer [a-z]*" href="([^"]*)">(.*?)</a>', self.listed())
        return [(html.unescape(at), words(text)) for at, text in found]

    def at(self, command: str, text: str = "") -> str:
        """The address of the form of a command whose link says this."""
        found = [at for at, said in self.offers() if f"/do/{command}?" in at and text in said]
        return found[0] if found else GONE

    def open(self, command: str, text: str = "") -> "Form":
        """A form, empty."""
        at = self.at(command, text)
        assert at != GONE, f"{command} {text} is not offered"
        return Form(self, at, self.browser.get(at).text)


class Form:
    """A form in a browser: what it carries, and what comes of sending it."""

    def __init__(self, person: Person, at: str, page: str, status: int = 200) -> None:
        self.person, self.at, self.page, self.status = person, at, page, status

    @property
    def said(self) -> str:
        """What a person reads on it."""
        return words(self.page)

    @property
    def hidden(self) -> dict[str, str]:
        """What the page carries besides what is typed."""
        form = self.page.split('class="act"', 1)[1]
        found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
        return {html.unescape(name): html.unescape(value) for name, value in found}

    def send(self, step: str, **typed: str) -> "Form":
        """The page that comes of a button; `at` of the answer is where a redirect leads."""
        fields = {**self.hidden, **typed, "step": step}
        answer = self.person.browser.post(self.at, data=fields, headers=OWN_FORM)
        if answer.status_code == 303:
            leads = answer.headers["location"]
            return Form(self.person, leads, self.person.browser.get(leads).text, 303)
        return Form(self.person, self.at, answer.text, answer.status_code)

    def check(self, **typed: str) -> "Form":
        """The page that says what would come of it."""
        return self.send("check", **typed)

    def confirm(self, **typed: str) -> "Form":
        """The page after it was carried out, or why it was not."""
        return self.send("confirm", **typed)


As = Callable[..., Person]


@pytest.fixture
def somebody(house: House) -> As:
    """`somebody("nurse.anna", "nurse")`: somebody signed in on their ward, at the forms of a case."""

    def open_browser(account: str, role: str, case: str = CASE) -> Person:
        grants = house.engine.sites.accounts().held[account].grants
        ward = next(each.ward for each in grants if each.role == role)
        return Person(sign_in(browser_of(HouseReads(house), house), account, role, ward), case)

    return open_browser


@pytest.fixture
def nurse(somebody: As) -> Person:
    """A nurse of the ward."""
    return somebody("nurse.anna", "nurse")


@pytest.fixture
def doctor(somebody: As) -> Person:
    """A haematologist of the ward."""
    return somebody("haematologist.greta", "haematologist")


def last(house: House, case: str = CASE) -> int:
    """The position of the newest event of a case."""
    return house.engine.case(case).position
