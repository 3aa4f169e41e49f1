"""Packing: pages go out compressed, but only where nobody else can have had a hand in what they say.

A page that holds a secret beside words that somebody else chose tells by its packed length, try for try, whether those
words are part of the secret (BREACH). Whose words they are follows from who began the request, and a browser says that
(Fetch Metadata). What another site began, or what says nothing of it, is sent as it is: its length tells no more than
how long the page is. So neither the word of a form nor what is kept of a patient can be guessed by length. An open page
that asks again for itself is our own asking; none that does so shows words of its address.
"""

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

#: Shorter answers gain nothing.
LEAST_BYTES = 1000
#: Of 1 to 9: a page of a patient of 204 kB is 22 kB (27 at 1, 21 at 9), a board of 88 kB is 9 kB; a few ms at most.
LEVEL = 5
#: Began by a page of ours, or by the hand of whoever sits there.
OURS = frozenset({"same-origin", "none"})


class Packing:
    """Wraps the app. A stream of events is never packed: each has to arrive when it is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.packing = app, GZipMiddleware(app, minimum_size=LEAST_BYTES, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, packed or as it is."""
        app = self.packing if scope["type"] == "http" and ours(scope) else self.app
        await app(scope, receive, send)


def ours(scope: Scope) -> bool:
    """Whether the browser says that the request began here, or a program proves itself by a header alone."""
    headers = Headers(scope=scope)
    if "authorization" in headers and "cookie" not in headers:
        return True
    return headers.get("sec-fetch-site") in OURS
