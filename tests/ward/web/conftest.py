"""Browsers of every kind: one on this machine, and the pages it gets as text."""

import html
import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.ward.web.samples import Still, Ward
from ward.web.app import create_app

Browser = Callable[[Ward], TestClient]


@pytest.fixture
def browse() -> Browser:
    """A browser on this machine, over a ward."""

    def open_browser(ward: Ward) -> TestClient:
        app = create_app(ward, wall=Still())
        return TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000))

    return open_browser


@pytest.fixture
def ward() -> Ward:
    """The invented ward of four beds."""
    return Ward()


@pytest.fixture
def client(browse: Browser, ward: Ward) -> TestClient:
    """A browser on this machine over the invented ward."""
    return browse(ward)


def words(page: str) -> str:
    """What a person reads on a page, in one line: no markup, no script, no spare space."""
    body = re.sub(r"(?s)<(script|style|noscript|svg|head).*?</\1>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())


def row(page: str, token: str) -> str:
    """The words of one patient's row on the board."""
    found = re.search(rf'(?s)<tbody[^>]*id="row-{token}">.*?</tbody>', page)
    assert found, f"no row for {token}"
    return words(found.group())
