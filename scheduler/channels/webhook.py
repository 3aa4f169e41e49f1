"""The webhook: every notice is a signed HTTP POST.

The body is canonical JSON (keys sorted), and the same at every attempt but for who is on duty then.
`Wardpath-Signature` is `v1=` and, in hex, the HMAC-SHA256 of the bytes of `Wardpath-Timestamp` (seconds since 1970, of
this attempt), a full stop, and the body. A receiver checks both, refuses old timestamps, and drops an `Idempotency-Key`
that it has seen.
"""

import hmac
import ssl
from collections.abc import Mapping
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import msgspec

from pathway.clinical.instant import SECOND, iso
from pathway.engine.ports import Clock, Notice
from scheduler.channels import EVERY_CHANNEL, ChannelFailed, ChannelKind, NoticeRefused, key_header, linked
from scheduler.channels.deadline import deadline

#: One connect, one write or one read.
STEP_S = 2.0
#: Of an answer nothing but its status is used; this much is read for good manners, and no more.
ANSWER_BYTES = 16 * 1024
#: A shorter secret can be guessed from one recorded request.
SECRET_LENGTH = 16
#: The statuses with which a working receiver turns this one notice away; any other is a fault of the channel.
REFUSALS = frozenset({400, 413, 422})
ENCODER = msgspec.json.Encoder(order="sorted")


class Webhook:
    """Posts notices to one address: https, or http to this machine itself. Raises ChannelFailed for any other.

    `secret`: what the signature is made with. `clock`: the wall's, for the timestamp. `base`: the address of the board,
    which makes links whole. `ca_file`: a certificate authority of the site's own, and then no other.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        base: str = "",
        ca_file: str = "",
        takes: frozenset[str] = EVERY_CHANNEL,
        name: str = "webhook",
        clock: Clock,
    ) -> None:
        self.name, self.takes = name, takes
        self._to, self._secret, self._base, self._clock = address(url), secret.encode(), base, clock
        if len(self._secret) < SECRET_LENGTH:
            raise ChannelFailed(
                "the webhook has no secret, or a short one", f"{SECRET_LENGTH} characters or more", "set secret_file"
            )
        self._trust = ssl.create_default_context(cafile=ca_file or None)

    def send(self, notice: Notice, attempt: int) -> None:
        """Post the notice. Raises NoticeRefused for a 400, 413 or 422, ChannelFailed for all else that is no 2xx."""
        body = body_of(notice, self._base)
        connection = self._connection()
        try:
            connection.connect()
            # Kept here, since the connection lets go of its socket when the answer begins.
            sock = connection.sock
            with deadline(lambda: sock):
                connection.request("POST", self._path(), body, self._headers(notice, attempt, body))
                with connection.getresponse() as answer:
                    judge(answer)
                    answer.read(ANSWER_BYTES)
        except (OSError, HTTPException) as error:
            raise ChannelFailed(
                f"the webhook gave no answer ({type(error).__name__})",
                "an answer with a status of 2xx within seconds",
                "see that the receiver runs and can be reached; the notice is sent again under the same key",
            ) from error
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        host, port = self._to.hostname or "", self._to.port
        if self._to.scheme == "https":
            return HTTPSConnection(host, port, timeout=STEP_S, context=self._trust)
        return HTTPConnection(host, port, timeout=STEP_S)

    def _path(self) -> str:
        return (self._to.path or "/") + (f"?{self._to.query}" if self._to.query else "")

    def _headers(self, notice: Notice, attempt: int, body: bytes) -> dict[str, str]:
        timestamp = str(self._clock.now() // SECOND)
        return {
            "Content-Type": "application/json",
            "User-Agent": "wardpath",
            "Connection": "close",
            "Idempotency-Key": key_header(notice),
            "Wardpath-Attempt": str(attempt),
            "Wardpath-Timestamp": timestamp,
            "Wardpath-Signature": f"v1={signature(self._secret, timestamp, body)}",
        }


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of the timestamp, a full stop and the body, in hex."""
    return hmac.new(secret, timestamp.encode() + b"." + body, sha256).hexdigest()


def body_of(notice: Notice, base: str = "") -> bytes:
    """What a receiver is told, as canonical JSON: no bed, no subject of a reminder, nothing of the patient."""
    return ENCODER.encode(
        {
            "key": notice.key,
            "case": notice.case,
            "ward": notice.ward,
            "role": notice.role,
            "accounts": notice.accounts,
            "channel": notice.channel,
            "kind": notice.kind,
            "critical": notice.severity == 0,
            "severity": notice.severity,
            "text": linked(notice.text, notice, base),
            "created_at": iso(notice.created_at),
            "late": notice.late,
        }
    )


def judge(answer: HTTPResponse) -> None:
    """Nothing for a 2xx. A redirect is none: what is signed for one address goes to no other."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in REFUSALS:
        raise NoticeRefused(
            f"the webhook turned a notice away with {status}", "2xx", "see what its receiver logged for the key"
        )
    mend = "say its final address" if 300 <= status < 400 else "see what the receiver logged"
    raise ChannelFailed(f"the webhook answered {status}", "2xx", mend, rest_asked(answer.getheader("Retry-After")))


def rest_asked(said: str | None) -> float:
    """The seconds of a Retry-After, 0 where it names none. One that names a date is left to the usual waits."""
    digits = (said or "").strip()
    return float(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 0.0


def address(url: str) -> SplitResult:
    """The address, where it may be used: https, or http to this machine, and no password in it."""
    found = None
    try:
        found = urlsplit(url)
        fit = bool(found.hostname) and found.port != 0 and not (found.username or found.password or found.fragment)
        fit = fit and url.isascii() and url.isprintable() and " " not in url
        fit = fit and (found.scheme == "https" or (found.scheme == "http" and is_loopback(found.hostname or "")))
    except ValueError:
        fit = False
    if found is None or not fit:
        raise ChannelFailed(
            "the address of the webhook cannot be used",
            "https://host/path without a password, or http to this machine",
            "mend the setting url; what opens the receiver belongs into secret_file",
        )
    return found


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its number: a name may lead elsewhere tomorrow."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def webhook_kind(clock: Clock) -> ChannelKind:
    """The kind of channel, made from `url`, `secret`, and where wanted `base` and `ca_file`. `clock`: the wall's."""

    def make(settings: Mapping[str, str]) -> Webhook:
        if not settings.get("url") or settings.keys() - {"url", "secret", "base", "ca_file", "name"}:
            raise ChannelFailed(
                "the settings of a webhook cannot be used",
                "url, secret or secret_file, and where wanted base and ca_file, and no others",
                "mend them",
            )
        return Webhook(
            settings["url"],
            settings.get("secret", ""),
            base=settings.get("base", ""),
            ca_file=settings.get("ca_file", ""),
            name=settings.get("name", "webhook"),
            clock=clock,
        )

    return ChannelKind("webhook", 1, real=True, make=make)
