"""The gate before every page: this machine only, nothing sent by foreign pages, strict headers, no details of faults.

What is sent is not encrypted, so only a request from this machine, under a name of this machine and not passed on by a
proxy, is let in. The name matters: a foreign page could otherwise make a browser here ask under a name of its own (DNS
rebinding). Who asks is found out behind the gate, by the visit.
"""

import re
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = structlog.get_logger()
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
HOST = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:\[\]]+)(?::\d{1,5})?", re.ASCII)
PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing is told to others. With `no-referrer` a browser would not even tell us that a form is our own.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NO_STORE = "no-store"

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: Answers with an error page: the status to show.
ErrorPage = Callable[[int], ASGIApp]


class Gate:
    """Wraps the app. `page(status)` is the app that answers an error with that status."""

    def __init__(self, app: ASGIApp, page: ErrorPage) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, refuse, or answer for what broke."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _add_headers(message)
            await send(message)

        if not from_this_machine(scope):
            LOG.warning("refused a request that does not come from this machine", status=403)
            await self.page(403)(scope, receive, send_guarded)
            return
        if not from_our_page(scope):
            LOG.warning("refused what another page sent", status=403)
            await self.page(403)(scope, receive, send_guarded)
            return
        await self._answer(scope, receive, send_guarded, lambda: begun)

    async def _answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Callable[[Message], Awaitable[None]],
        begun: Callable[[], bool],
    ) -> None:
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            # Neither the message nor the traceback is logged: either may hold what was read of a patient.
            LOG.error("a page failed", error=f"{type(error).__name__} at {_place(error)}", status=500)  # noqa: TRY400 - as above
            if begun():
                raise
            await self.page(500)(scope, receive, send)


def from_this_machine(scope: Scope) -> bool:
    """Whether the client's address and the asked name are loopback ones and no proxy passed the request on."""
    client, headers = scope.get("client"), Headers(scope=scope)
    named = HOST.fullmatch(headers.get("host", ""))
    return (
        client is not None
        and _is_loopback(client[0])
        and named is not None
        and named[1].lower() in LOOPBACK_NAMES
        and len(headers.getlist("host")) == 1
        and not any(header in headers for header in PASSED_ON)
    )


def from_our_page(scope: Scope) -> bool:
    """Whether what is sent comes from a page of ours, or from a program that proves itself by a header alone.

    A browser says where a request was started (Fetch Metadata), an older one at least its origin; one that says neither
    is not let send. A request without a cookie cannot ride on somebody's sign-in.
    """
    headers = Headers(scope=scope)
    if scope["method"] in SAFE or ("authorization" in headers and "cookie" not in headers):
        return True
    if (site := headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    return headers.get("origin") == f"{scope['scheme']}://{headers.get('host')}"


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def _add_headers(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", NO_STORE)


def _place(error: BaseException) -> str:
    """`board.py:42`, the innermost frame."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
