"""The webhook against a real receiver on this machine: signed, bounded in time and size, never led elsewhere."""

import hmac
import ssl
from hashlib import sha256
from pathlib import Path
from time import monotonic

import msgspec
import pytest
import rfc8785

from pathway.clinical.instant import SECOND
from scheduler.channels import ChannelFailed, NoticeRefused
from scheduler.channels.deadline import CONVERSATION_S
from scheduler.channels.webhook import Webhook, webhook_kind
from tests.scheduler.receiver import Receiver
from tests.scheduler.scene import START, notice
from ward.clock import FixedClock

SECRET = "a secret of some length"  # noqa: S105 - invented
CLOCK = FixedClock(START)


def hook(receiver: Receiver, **options) -> Webhook:
    return Webhook(receiver.url, SECRET, clock=CLOCK, **options)


@pytest.fixture
def quick(monkeypatch):
    """Steps and conversations that end before anybody gets tired."""
    monkeypatch.setattr("scheduler.channels.webhook.STEP_S", 0.2)
    monkeypatch.setattr("scheduler.channels.deadline.CONVERSATION_S", 0.4)


def test_a_receiver_can_check_who_sent_it_and_when(receiver):
    hook(receiver).send(notice("n"), 3)
    (got,) = receiver.record
    timestamp = got.headers["Wardpath-Timestamp"]
    wanted = hmac.new(SECRET.encode(), timestamp.encode() + b"." + got.body, sha256).hexdigest()
    assert got.headers["Wardpath-Signature"] == f"v1={wanted}"
    assert int(timestamp) == START // SECOND
    assert got.headers["Wardpath-Attempt"] == "3"
    assert SECRET not in str(got)


def test_the_body_is_canonical_and_the_same_at_every_attempt(receiver):
    later = FixedClock(START)
    channel = Webhook(receiver.url, SECRET, clock=later)
    channel.send(notice("n"), 1)
    later.advance(60 * SECOND)
    channel.send(notice("n"), 2)
    first, second = receiver.record
    assert first.body == second.body == rfc8785.dumps(msgspec.json.decode(first.body))
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "n"
    assert first.headers["Wardpath-Signature"] != second.headers["Wardpath-Signature"]


def test_the_body_names_who_of_the_role_is_on_duty(receiver):
    hook(receiver).send(notice("n", accounts=("dr.greta", "dr.hugo")), 1)
    assert receiver.record[0].said["accounts"] == ["dr.greta", "dr.hugo"]


def test_the_body_says_this_and_no_more(receiver):
    text = "CRITICAL, M3: ward H3, case case-1, 03:10, /case/case-1"
    hook(receiver, base="https://ward.example/").send(notice("n", text=text), 1)
    assert receiver.record[0].said == {
        "key": "n",
        "case": "case-1",
        "ward": "H3",
        "role": "haematologist_on_call",
        "accounts": [],
        "channel": "page",
        "kind": "rung",
        "critical": True,
        "severity": 0,
        "text": "CRITICAL, M3: ward H3, case case-1, 03:10, https://ward.example/case/case-1",
        "created_at": "2026-03-05T02:10:00Z",
        "late": False,
    }


@pytest.mark.parametrize("status", ["200", "201", "202", "204"])
def test_a_status_of_2xx_is_a_yes(receiver, status):
    receiver.behave = lambda _: status
    hook(receiver).send(notice("n"), 1)
    assert len(receiver.record) == 1


@pytest.mark.parametrize("status", ["400", "413", "422"])
def test_a_notice_that_is_turned_away_is_no_fault_of_the_channel(receiver, status):
    receiver.behave = lambda _: status
    with pytest.raises(NoticeRefused, match=status):
        hook(receiver).send(notice("n"), 1)


@pytest.mark.parametrize("status", ["401", "403", "404", "410", "500", "502", "503"])
def test_any_other_status_is_a_fault_of_the_channel(receiver, status):
    receiver.behave = lambda _: status
    with pytest.raises(ChannelFailed, match=status) as caught:
        hook(receiver).send(notice("n"), 1)
    assert not isinstance(caught.value, NoticeRefused)


def test_a_429_says_for_how_long_the_receiver_wants_to_be_left_alone(receiver):
    receiver.behave = lambda _: "429"
    with pytest.raises(ChannelFailed, match="429") as caught:
        hook(receiver).send(notice("n"), 1)
    assert caught.value.rest_s == 7


def test_a_redirect_is_not_followed(receiver):
    receiver.behave = lambda _: "redirect"
    with pytest.raises(ChannelFailed, match="307"):
        hook(receiver).send(notice("n"), 1)
    assert len(receiver.record) == 1


@pytest.mark.faults
@pytest.mark.parametrize("how, kept", [("slow", True), ("drop", True), ("drip", False)])
def test_a_receiver_that_gives_no_answer_in_time_has_not_carried_it(receiver, quick, how, kept):
    receiver.behave = lambda _: how
    began = monotonic()
    with pytest.raises(ChannelFailed, match="no answer"):
        hook(receiver).send(notice("n"), 1)
    assert monotonic() - began < 5
    assert receiver.record[0].accepted is kept


@pytest.mark.faults
def test_of_an_answer_without_end_a_piece_is_read_and_the_yes_counts(receiver):
    receiver.behave = lambda _: "huge"
    began = monotonic()
    hook(receiver).send(notice("n"), 1)
    assert monotonic() - began < CONVERSATION_S / 2
    assert receiver.accepted() == ["n"]


@pytest.mark.parametrize(
    "url",
    [
        "http://ward.example/n",
        "http://localhost/n",
        "http://10.0.0.1/n",
        "ftp://127.0.0.1/n",
        "https://user:word@ward.example/n",
        "https:///n",
        "https://ward.example:99999/n",
        "https://ward.example/a b",
        "https://ward.example/\r\nX: 1",
        "",
    ],
)
def test_only_https_or_this_machine_and_nothing_secret_in_the_address(url):
    with pytest.raises(ChannelFailed) as caught:
        Webhook(url, SECRET, clock=CLOCK)
    assert not url or url not in str(caught.value)


@pytest.mark.parametrize("url", ["https://ward.example/n", "http://127.0.0.1:8/n", "http://[::1]:8/n"])
def test_these_addresses_may_be_used(url):
    assert Webhook(url, SECRET, clock=CLOCK).name == "webhook"


@pytest.mark.parametrize("secret", ["", "fifteen letters"])
def test_a_secret_that_can_be_guessed_is_refused(secret):
    with pytest.raises(ChannelFailed, match="secret"):
        Webhook("https://ward.example/n", secret, clock=CLOCK)


def test_a_certificate_that_nobody_trusts_carries_nothing_and_one_of_the_site_does(receiver, certificate):
    receiver.close()
    receiver.open()
    receiver._server.socket = certificate.server.wrap_socket(receiver._server.socket, server_side=True)
    url = receiver.url.replace("http:", "https:")
    with pytest.raises(ChannelFailed, match="SSLCertVerificationError"):
        Webhook(url, SECRET, clock=CLOCK).send(notice("n"), 1)
    Webhook(url, SECRET, clock=CLOCK, ca_file=str(certificate.file)).send(notice("n"), 1)
    assert receiver.accepted() == ["n"]


def test_it_is_made_from_settings_and_refuses_those_it_does_not_know(receiver):
    kind = webhook_kind(CLOCK)
    kind.make({"url": receiver.url, "secret": SECRET}).send(notice("n"), 1)
    assert (receiver.accepted(), kind.real) == (["n"], True)
    for wrong in ({"secret": SECRET}, {"url": receiver.url, "secret": SECRET, "sceret": "x"}, {"url": receiver.url}):
        with pytest.raises(ChannelFailed):
            kind.make(wrong)


def test_no_secret_stands_in_what_is_shown_of_a_channel(receiver, tmp_path: Path):
    receiver.close()
    channel = hook(receiver)
    with pytest.raises(ChannelFailed) as caught:
        channel.send(notice("n"), 1)
    assert SECRET not in f"{channel!r} {caught.value} {caught.value.__cause__!r}"


def test_trust_is_checked_against_the_host():
    assert Webhook("https://ward.example/n", SECRET, clock=CLOCK)._trust.verify_mode == ssl.CERT_REQUIRED
