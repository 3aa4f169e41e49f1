"""A mail server on this machine: plain, STARTTLS or TLS, with a login, that misbehaves when told."""

import base64
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Lock, Thread
from typing import NamedTuple

PATIENCE_S = 20
LOGIN = ("ward", "a long pass phrase")


class Delivered(NamedTuple):
    """One message that the server took over."""

    sender: str
    to: tuple[str, ...]
    raw: bytes
    secured: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found


class PostOffice:
    """Listens on a port of its own. `behave` names what is done with the next caller, given their number from 1:

    `ok`; `busy` greets with 421; `silent` never greets; `unknown` refuses every recipient for good, `one` the first,
    `later` each for now; `451` takes no message; `drop` takes it over and hangs up; `rude` hangs up when asked to go.
    """

    def __init__(self, trust: ssl.SSLContext | None = None, security: str = "none") -> None:
        self.behave: Callable[[int], str] = lambda _: "ok"
        self.delivered: list[Delivered] = []
        self.released = Event()
        self.trust, self.security = trust, security
        self._turn, self._count = Lock(), 0
        self._server: ThreadingTCPServer | None = None
        self.port = 0
        self.open()

    def open(self) -> None:
        self._server = Quiet(("127.0.0.1", self.port), handler(self))
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
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

    def keys(self) -> list[str]:
        """The keys of what was delivered, repeats and all."""
        return [str(each.message["Idempotency-Key"]) for each in self.delivered]


class Quiet(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hung up is no news."""


def handler(office: PostOffice) -> type[StreamRequestHandler]:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.how = office.next_behaviour()
            self.secured, self.user = False, ""
            self.sender, self.to = "", []
            if self.how == "silent":
                office.released.wait(PATIENCE_S)
                return
            if office.security == "tls":
                self.secure()
            self.say("421 busy" if self.how == "busy" else "220 postoffice")
            with suppress(OSError):
                while self.how != "busy" and (line := self.rfile.readline()):
                    if not self.obey(line.decode("ascii").strip()):
                        break

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            self.connection.close()

        def obey(self, line: str) -> bool:
            """Do what a line says; False when the conversation is over."""
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    self.say("250-postoffice")
                    offers = ["AUTH PLAIN"] if self.secured else []
                    offers += ["STARTTLS"] if office.security == "starttls" and not self.secured else []
                    for offer in offers:
                        self.say(f"250-{offer}")
                    self.say("250 8BITMIME")
                case "STARTTLS":
                    self.say("220 go on")
                    self.secure()
                case "AUTH":
                    self.log_in(rest)
                case "MAIL":
                    self.sender = rest[5:].split(" ")[0].strip("<>")
                    self.say("250 ok")
                case "RCPT":
                    self.recipient(rest[3:].strip("<>"))
                case "DATA":
                    return self.take()
                case "QUIT":
                    if self.how != "rude":
                        self.say("221 bye")
                    return False
                case "RSET":
                    self.say("250 ok")
                case _:
                    self.say("500 what")
            return True

        def recipient(self, address: str) -> None:
            refused = self.how == "unknown" or (self.how == "one" and not self.to and "first" in address)
            if not refused and self.how != "later":
                self.to.append(address)
            self.say("550 nobody" if refused else "450 later" if self.how == "later" else "250 ok")

        def take(self) -> bool:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            if self.how == "451":
                self.say("451 no room")
                return True
            office.delivered.append(Delivered(self.sender, tuple(self.to), b"".join(lines), self.secured, self.user))
            if self.how == "drop":
                return False
            self.say("250 taken")
            return True

        def log_in(self, rest: str) -> None:
            _, _, first = rest.partition(" ")
            _, user, password = base64.b64decode(first).decode().split("\0")
            fits = (user, password) == LOGIN
            self.user = user if fits else ""
            self.say("235 welcome" if fits else "535 no")

        def secure(self) -> None:
            assert office.trust is not None
            self.rfile.close()
            self.connection = office.trust.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            self.secured = True

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    return Handler


@contextmanager
def delivering(trust: ssl.SSLContext | None = None, security: str = "none") -> Iterator[PostOffice]:
    """A mail server for the length of the block."""
    office = PostOffice(trust, security)
    try:
        yield office
    finally:
        office.end()
