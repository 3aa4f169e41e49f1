"""Browsers of every kind: one on this machine, signed in, and the pages it gets as text."""

import html
import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from pathway.engine.ports import Clock
from tests.ward.web.samples import Still, Ward
from ward.door import Door
from ward.web.app import create_app
from ward.web.reads import Reads
from ward.wiring import House

Browser = Callable[[Ward], TestClient]
#: Where the tests find the server, and what a browser says of a form that one of its pages sends.
ADDRESS = "http://127.0.0.1:8000"
OWN_FORM = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"}


def browser_of(reads: Reads, house: House, wall: Clock | None = None) -> TestClient:
    """A browser on this machine over a house, before which nobody has signed in. It follows no redirect."""
    app = create_app(reads, Door(house), wall)
    return TestClient(app, base_url=ADDRESS, client=("127.0.0.1", 50000), follow_redirects=False)


def sign_in(browser: TestClient, account: str = "demo", role: str = "physician", ward: str = "*") -> TestClient:
    """Sign somebody of a demonstration in, by their button."""
    page = browser.get("/sign-in").text
    form = {"csrf": csrf(page), "next": "/", "as": f"{account} {role} {ward}"}
    answer = browser.post("/sign-in", data=form, headers=OWN_FORM)
    assert answer.status_code == 303, words(answer.text)
    return browser


def csrf(page: str) -> str:
    """The word in the forms of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, "no form on the page"
    return found[1]


@pytest.fixture
def browse() -> Browser:
    """A browser on this machine, over a ward, before which its onlooker has signed in."""

    def open_browser(ward: Ward) -> TestClient:
        return sign_in(browser_of(ward, ward.house, Still()))

    return open_browser


@pytest.fixture
def ward() -> Ward:
    """The invented ward of four beds."""
    return Ward()


@pytest.fixture
def client(browse: Browser, ward: Ward) -> TestClient:
    """A signed-in browser on this machine over the invented ward."""
    return browse(ward)


def words(page: str) -> str:
    """What a person reads on a page, in one line: no markup, no script, no spare space."""
    body = re.sub(r"(?s)<(script|style|noscript|svg|head).*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def row(page: str, token: str) -> str:
    """The words of one patient's row on the board."""
    found = re.search(rf'(?s)<tr[^>]*id="row-{token}">.*?</tr>', page)
    assert found, f"no row for {token}"
    return words(found.group())
