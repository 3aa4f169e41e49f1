"""A receiver of webhooks on this machine that keeps a record of its own and misbehaves when told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import NamedTuple

import msgspec

#: How long a thread of a receiver waits before a test is lost; it goes on at once when the test does.
PATIENCE_S = 20


class Received(NamedTuple):
    """One request that was read to its end, and whether the receiver keeps what it said."""

    headers: dict[str, str]
    body: bytes
    accepted: bool

    @property
    def said(self) -> dict[str, object]:
        return msgspec.json.decode(self.body)


class Receiver:
    """Listens on a port of its own. `behave` names what is done with the next request, given their number from 1:

    `ok`; `slow` keeps the notice and answers when released; `429`, `500` and other numbers keep nothing; `lost` keeps
    the notice and answers 500; `drop` keeps it and hangs up; `drip` answers a byte at a time without end; `huge` keeps
    it and answers without end; `redirect` sends the caller elsewhere.
    """

    def __init__(self) -> None:
        self.behave: Callable[[int], str] = lambda _: "ok"
        self.record: list[Received] = []
        self.released, self.came = Event(), Event()
        self._turn, self._count = Lock(), 0
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/notices?ward=1"

    def open(self) -> None:
        """Listen, on the same port as before."""
        self._server = Quiet(("127.0.0.1", self.port), handler(self))
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Close the port: whoever comes is refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def end(self) -> None:
        self.released.set()
        self.close()

    def next_behaviour(self) -> str:
        with self._turn:
            self._count += 1
            return self.behave(self._count)

    def accepted(self) -> list[str]:
        """The keys of the notices that were kept, repeats and all, in their order."""
        return [str(each.said["key"]) for each in self.record if each.accepted]


class Quiet(ThreadingHTTPServer):
    """A server whose callers may hang up."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hung up is no news."""


def handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            how = receiver.next_behaviour()
            keeps = how in {"ok", "slow", "lost", "drop", "huge"}
            receiver.record.append(Received(dict(self.headers), body, keeps))
            receiver.came.set()
            match how:
                case "ok":
                    self.answer(204)
                case "slow":
                    receiver.released.wait(PATIENCE_S)
                    self.answer(200)
                case "lost":
                    self.answer(500)
                case "drop":
                    self.close_connection = True
                case "drip":
                    while not receiver.released.wait(0.02):
                        self.wfile.write(b"H")
                case "huge":
                    self.send_response(200)
                    self.end_headers()
                    while not receiver.released.is_set():
                        self.wfile.write(b"x" * 65536)
                case "redirect":
                    self.answer(307, Location=f"http://127.0.0.1:{receiver.port}/elsewhere")
                case "429":
                    self.answer(429, **{"Retry-After": "7"})
                case _:
                    self.answer(int(how))

        def answer(self, status: int, **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """The record is enough."""

    return Handler


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for the length of the block."""
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.end()
