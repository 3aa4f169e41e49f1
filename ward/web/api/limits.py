"""Limits: how much is read of a request, how deep, how often; and that no fault of ours tells what it read."""

import re
from collections import OrderedDict
from collections.abc import Callable
from itertools import accumulate
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any

import msgspec
import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.post import error_name
from ward.errors import NotUnderstood
from ward.web.api.problem import TooMany, response
from ward.web.body import received

#: The longest command has a few texts of a page each; what is larger or deeper is made to be a burden.
BODY_BYTES, NESTING = 256 * 1024, 32
#: A laboratory's morning comes at once, a program in a loop does not stop: so many at once, so many each second then.
AT_ONCE, PER_SECOND = 200, 20
#: Accounts of which the rate is kept; a forgotten one begins anew.
REMEMBERED = 10_000
TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
BRACKET = re.compile(rb"[\[\]{}]")
OPENS = (b"[", b"{")

LOG = structlog.get_logger()


class Rates:
    """How often each account asks. Whoever asks too often waits, and is never locked out."""

    def __init__(self, now_s: Callable[[], float] = monotonic) -> None:
        self.now_s, self._lock = now_s, Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, account: str) -> None:
        """Count a request of an account. Raises TooMany."""
        with self._lock:
            now = self.now_s()
            left, at = self._left.pop(account, (float(AT_ONCE), now))
            left = min(float(AT_ONCE), left + (now - at) * PER_SECOND)
            self._left[account] = (max(left - 1, 0) if left >= 1 else left, now)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
        if left < 1:
            wait_s = max(1, ceil((1 - left) / PER_SECOND))
            happened = f"{account} asks too often"
            expected = f"{AT_ONCE} requests at once, and {PER_SECOND} a second"
            raise TooMany(happened, expected, f"go on in {wait_s} s with the same Idempotency-Key", wait_s)


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON object of a request. Raises TooLarge, TooSlow, and NotUnderstood for what is none."""
    return read_json(await received(request, BODY_BYTES))


def read_json(body: bytes) -> dict[str, Any]:
    """A JSON object of a bounded depth whose texts are characters. Raises NotUnderstood."""
    if depth(body) > NESTING:
        raise NotUnderstood("the body is nested too deeply", f"at most {NESTING} levels", "send one command")
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood("the body is no JSON", "one JSON object in UTF-8", "see openapi.json") from error
    if not isinstance(found, dict):
        raise NotUnderstood("the body is no JSON object", "the fields of one command", "see openapi.json")
    if not legible(found):
        raise NotUnderstood("a text holds what is no character", "characters", "leave NUL out")
    return found


def depth(body: bytes) -> int:
    """How deep brackets are nested outside of texts."""
    steps = (1 if each in OPENS else -1 for each in BRACKET.findall(TEXT.sub(b"", body)))
    return max(accumulate(steps), default=0)


def legible(value: Any) -> bool:
    """Whether every text is one that any store keeps: none holds a NUL."""
    if isinstance(value, str):
        return "\0" not in value
    if isinstance(value, dict):
        return all(legible(name) and legible(each) for name, each in value.items())
    return not isinstance(value, list) or all(map(legible, value))


class Faultless:
    """Answers for what broke by a problem without message and traceback, either of which may hold a name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, and answer where nobody else did."""
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            LOG.error("the API failed", error=error_name(error), status=500)  # noqa: TRY400 - the message may hold a name
            happened, mend = "the server failed", "try again with the same Idempotency-Key, and tell an administrator"
            await response(500, "fault", happened, "an answer", mend)(scope, receive, send)
