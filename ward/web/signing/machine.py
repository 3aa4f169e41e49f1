"""Machines: who signed in at a browser during this shift, so that coming back takes a password alone.

It is kept here and not in the browser, by a random number that the browser keeps. It opens nothing.
"""

import secrets
from collections import OrderedDict
from threading import Lock

from fastapi import Request, Response

from pathway.clinical.instant import SECOND, Instant
from ward.web.visit import MACHINE, SIGN_IN, cookie_name

#: A shift; people offered at one machine; machines remembered.
SHIFT_US, OFFERED, LIMIT = 12 * 3600 * SECOND, 5, 1000
NUMBER_BYTES = 24


class Machines:
    """The people of the last shift by machine. It forgets them when the server starts anew."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: OrderedDict[str, dict[str, Instant]] = OrderedDict()

    def signed_in(self, machine: str, account: str, now: Instant) -> None:
        """Remember who signed in at a machine."""
        with self._lock:
            people = self._seen.pop(machine, {})
            people.pop(account, None)
            self._seen[machine] = dict([*people.items(), (account, now)][-OFFERED:])
            while len(self._seen) > LIMIT:
                self._seen.popitem(last=False)

    def forget(self, machine: str, account: str) -> None:
        """Offer somebody at a machine no more."""
        with self._lock:
            self._seen.get(machine, {}).pop(account, None)

    def people(self, machine: str, now: Instant) -> tuple[str, ...]:
        """Who signed in at a machine during this shift, the last one first."""
        with self._lock:
            found = self._seen.get(machine, {})
            return tuple(account for account, at in reversed(found.items()) if now - at < SHIFT_US)


def machine_of(request: Request) -> str:
    """The number that a browser keeps; a new one where it has none."""
    kept = request.cookies.get(cookie_name(request, MACHINE), "")
    return kept if 0 < len(kept) <= 2 * NUMBER_BYTES else secrets.token_urlsafe(NUMBER_BYTES)


def keep(request: Request, answer: Response, name: str, value: str) -> None:
    """Have a browser keep something until it is closed. No script reads it; a foreign page's form does not send it."""
    secure = request.url.scheme == "https"
    answer.set_cookie(cookie_name(request, name), value, path="/", secure=secure, httponly=True, samesite="lax")


def forget_sign_in(request: Request, answer: Response) -> None:
    """Have a browser forget its sign-in, which has ended here."""
    name, secure = cookie_name(request, SIGN_IN), request.url.scheme == "https"
    answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
