"""Streams of open pages and bodies that come slowly: one who takes too much keeps nobody else waiting."""

import asyncio
from typing import Any

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from tests.ward.web.conftest import browser_of, sign_in
from tests.ward.web.samples import Still, Ward
from ward.web.body import TooLarge, TooSlow, received
from ward.web.streams import PAGES, Streams
from ward.web.visit import SIGN_IN, FormRefused, read_form

FORM = [(b"content-type", b"application/x-www-form-urlencoded")]


def heard(browser: TestClient, path: str) -> int:
    """The status of a stream that is left after its first message."""
    gone, begun = asyncio.Event(), dict[str, Any]()
    cookie = f"{SIGN_IN}={browser.cookies[SIGN_IN]}".encode()
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", cookie)], "client": ("127.0.0.1", 5), "scheme": "http",
        "http_version": "1.1", "root_path": "", "server": ("127.0.0.1", 8000),
    }  # fmt: skip

    async def receive() -> Any:
        if not begun:
            begun["asked"] = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        begun.update(message)
        if message.get("body") or not message.get("more_body", True):
            gone.set()

    asyncio.run(asyncio.wait_for(browser.app(scope, receive, send), 20))
    return int(begun["status"])


@pytest.mark.parametrize("path", ["/board/events", "/inbox/events"])
def test_an_account_with_too_many_open_pages_waits_and_others_are_served(ward: Ward, path: str):
    browser = sign_in(browser_of(ward, ward.house, Still()))
    streams: Streams = browser.app.state.streams
    for _ in range(PAGES):
        assert streams.begin("demo")
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert "as many pages open" in answer.text
    assert browser.get("/").status_code == 200
    assert heard(sign_in(browser, "nurse.anna", "nurse", "H1"), "/board/events") == 200


def test_a_page_that_is_closed_gives_its_place_back(ward: Ward):
    browser = sign_in(browser_of(ward, ward.house, Still()))
    streams: Streams = browser.app.state.streams
    for _ in range(PAGES - 1):
        assert streams.begin("demo")
    assert [heard(browser, "/board/events") for _ in range(3)] == [200, 200, 200]


def request_of(*messages: dict[str, Any]) -> Request:
    """A request whose body comes in these messages, and then no further."""
    told = list(messages)

    async def receive() -> Any:
        if told:
            return told.pop(0)
        return await asyncio.Event().wait()

    return Request({"type": "http", "method": "POST", "path": "/", "headers": FORM}, receive)


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    """One message of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_that_comes_in_parts_is_read_whole():
    assert asyncio.run(received(request_of(part(b"a="), part(b"b", more=False)), 3)) == b"a=b"


def test_a_body_that_does_not_come_is_not_waited_for():
    with pytest.raises(TooSlow):
        asyncio.run(received(request_of(part(b"a=")), 100, whole_s=0.01))


def test_a_body_whose_sender_has_gone_is_a_refusal_and_no_fault_of_ours():
    gone = request_of(part(b"a="), {"type": "http.disconnect"})
    with pytest.raises(FormRefused, match="did not come whole"):
        asyncio.run(read_form(gone))


def test_a_body_is_refused_as_soon_as_it_is_too_large():
    with pytest.raises(TooLarge):
        asyncio.run(received(request_of(part(b"a=b=c")), 4))
