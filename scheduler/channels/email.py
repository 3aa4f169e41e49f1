"""E-mail: every notice is one message, handed to the site's own mail server over SMTP.

`Message-ID` and `Idempotency-Key` are made from the notice's key, so that a mailbox or a gateway behind it can drop
what it has seen. The subject says how grave, ward and case; the text says what the notice says, and no more.
"""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Literal, get_args

import msgspec
import structlog

from pathway.clinical.instant import iso, utc
from pathway.engine.ports import Clock, Notice
from scheduler.channels import (
    EVERY_CHANNEL,
    ChannelFailed,
    ChannelKind,
    NoticeRefused,
    addressed,
    grade,
    key_header,
    linked,
    plain,
)
from scheduler.channels.deadline import deadline
from scheduler.channels.webhook import is_loopback

#: One connect, one write or one answer of the server.
STEP_S = 2.0
Security = Literal["starttls", "tls", "none"]
#: What each kind of server usually listens on.
PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
#: `to` for every role, `to.<role>` for one, `to.<account>` for one person on duty.
TO = "to"

LOG = structlog.get_logger()


class Server(msgspec.Struct, frozen=True):
    """A mail server and how to speak to it. `user` empty: no login. `ca_file`: an authority of the site's own."""

    host: str
    port: int = 0
    security: Security = "starttls"
    user: str = ""
    password: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Server({self.host!r}, {self.port}, {self.security!r})"


class Email:
    """Sends notices from one address. `to`: the addresses of a role or an account, of "" for every other role.

    `base`: the address of the board, which makes links whole. Raises ChannelFailed where nobody would get anything, an
    address cannot be one, or the way to another machine would be open.
    """

    def __init__(
        self,
        server: Server,
        sender: str,
        to: Mapping[str, tuple[str, ...]],
        *,
        base: str = "",
        takes: frozenset[str] = EVERY_CHANNEL,
        name: str = "email",
        clock: Clock,
    ) -> None:
        self.name, self.takes, self._clock = name, takes, clock
        self._server, self._base = server, base
        if not server.host or (server.security == "none" and not is_loopback(server.host)):
            raise ChannelFailed(
                "the mail server cannot be used", "a host, and security starttls or tls", "mend host and security"
            )
        if not any(to.values()):
            raise ChannelFailed("the e-mail has no recipient", "the setting to", "name an address")
        self._sender = mailbox(sender)
        self._to = {role: tuple(mailbox(each) for each in addresses) for role, addresses in to.items()}
        self._trust = ssl.create_default_context(cafile=server.ca_file or None)

    def send(self, notice: Notice, attempt: int) -> None:
        """Hand the message to the server. Raises NoticeRefused where it takes none of the recipients, ChannelFailed."""
        to = self._recipients(notice)
        if not to:
            raise NoticeRefused("no address is known for the role", "the setting to or to.<role>", "add it")
        message = self._message(notice, attempt, to)
        try:
            with self._conversation() as smtp:
                refused = smtp.send_message(message, self._sender.addr_spec, [each.addr_spec for each in to])
        except smtplib.SMTPRecipientsRefused as error:
            raise self._unwanted(error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelFailed(
                f"the mail server did not take a message ({said(error)})",
                "an answer of 250 within seconds",
                "see host, port, security and login, and that it runs; the message is sent again under the same id",
            ) from error
        if refused:
            LOG.warning("some recipients were refused", channel=self.name, refused=len(refused), of=len(to))

    def _recipients(self, notice: Notice) -> tuple[Address, ...]:
        """The addresses of the accounts on duty where all of them have one, else those of the role."""
        named = [self._to.get(each, ()) for each in notice.accounts]
        if named and all(named):
            return tuple({address.addr_spec: address for each in named for address in each}.values())
        return self._to.get(notice.role) or self._to.get("") or ()

    def _message(self, notice: Notice, attempt: int, to: tuple[Address, ...]) -> EmailMessage:
        message = EmailMessage(SMTP)
        message["From"], message["To"] = self._sender, to
        late = ", late" if notice.late else ""
        message["Subject"] = plain(f"{grade(notice)} {notice.kind}: ward {notice.ward}, case {notice.case}{late}")
        message["Date"] = utc(self._clock.now())
        message["Message-ID"] = f"<{sha256(notice.key.encode()).hexdigest()[:40]}@{self._sender.domain}>"
        message["Idempotency-Key"] = key_header(notice)
        message["Wardpath-Attempt"] = str(attempt)
        message["Auto-Submitted"] = "auto-generated"
        if notice.severity == 0:
            message["Importance"] = "high"
        lines = (
            plain(linked(notice.text, notice, self._base)),
            f"to {plain(addressed(notice))}, {iso(notice.created_at)}{late}",
            "Ask for two identifiers before any act on a drug. Where the patient is now stands on the page.",
        )
        message.set_content("\r\n".join(lines) + "\r\n")
        return message

    @contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """A server that greeted, with TLS and logged in as wanted."""
        server = self._server
        port = server.port or PORTS[server.security]
        # Without a name of its own the library would ask for this machine's, and that may take longer than all else.
        local = self._sender.domain
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, port, local_hostname=local, timeout=STEP_S, context=self._trust
            )
        else:
            smtp = smtplib.SMTP(server.host, port, local_hostname=local, timeout=STEP_S)
        try:
            with deadline(lambda: smtp.sock):
                if server.security == "starttls":
                    smtp.starttls(context=self._trust)
                if server.user:
                    smtp.login(server.user, server.password)
                yield smtp
                # What was accepted stays accepted, however the server takes its leave.
                with suppress(OSError, smtplib.SMTPException):
                    smtp.quit()
        finally:
            smtp.close()

    def _unwanted(self, error: smtplib.SMTPRecipientsRefused) -> ChannelFailed:
        """A refusal for good (5xx) is of this notice; one for now (4xx) is of the channel."""
        codes = sorted({code for code, _ in error.recipients.values()})
        kind = NoticeRefused if all(code >= 500 for code in codes) else ChannelFailed
        return kind(
            f"the mail server takes no recipient of a notice ({', '.join(map(str, codes))})",
            "addresses that it knows",
            "mend the setting to, or ask who runs the server",
        )


def said(error: Exception) -> str:
    """The class of an error and the status it brought; never the server's words, which may repeat the message."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ + (f" {code}" if isinstance(code, int) and code > 0 else "")


def mailbox(text: str) -> Address:
    """An address with a name and a domain. Raises ChannelFailed, which does not repeat it."""
    try:
        found = Address(addr_spec=text) if text.isascii() and plain(text) == text else Address()
    except (ValueError, IndexError, MessageError):
        found = Address()
    if not found.username or not found.domain:
        raise ChannelFailed("an e-mail address cannot be read", "such as night@ward.example", "mend from and to")
    return found


def email_kind(clock: Clock) -> ChannelKind:
    """The kind of channel, made from a site's settings. `clock`: the wall's.

    `host`, `from`, `to` (for every role), `to.<role>` or `to.<account>`, each one address or several with commas
    between; where wanted `port`, `security` (starttls, tls, none), `user`, `password`, `base`, `ca_file`.
    """
    known = {"host", "from", TO, "port", "security", "user", "password", "base", "ca_file", "name"}

    def make(settings: Mapping[str, str]) -> Email:
        security, port = settings.get("security", "starttls"), settings.get("port", "0")
        unknown = [each for each in settings if each not in known and not each.startswith(f"{TO}.")]
        if unknown or security not in get_args(Security) or not (port.isdecimal() and int(port) < 2**16):
            raise ChannelFailed(
                "the settings of an e-mail channel cannot be used",
                "host, from, to, and where wanted to.<role>, port, security (starttls, tls, none), user, password or "
                "password_file, base, ca_file, and no others",
                "mend them",
            )
        server = msgspec.convert(
            {
                "host": settings.get("host", ""),
                "port": int(port),
                "security": security,
                **{each: settings.get(each, "") for each in ("user", "password", "ca_file")},
            },
            Server,
        )
        to = {key.removeprefix(TO).removeprefix("."): split(settings[key]) for key in settings if is_to(key)}
        name, base = settings.get("name", "email"), settings.get("base", "")
        return Email(server, settings.get("from", ""), to, base=base, name=name, clock=clock)

    return ChannelKind("email", 1, real=True, make=make)


def is_to(key: str) -> bool:
    """Whether a setting names recipients."""
    return key == TO or key.startswith(f"{TO}.")


def split(text: str) -> tuple[str, ...]:
    """The addresses of a setting."""
    return tuple(each.strip() for each in text.split(",") if each.strip())
