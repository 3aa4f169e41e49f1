"""E-mail against a real server on this machine: secured, logged in, recognisable as a repeat."""

import pytest

from scheduler.channels import ChannelFailed, NoticeRefused
from scheduler.channels.email import Email, Server, email_kind
from tests.scheduler.postoffice import LOGIN, delivering
from tests.scheduler.scene import START, notice
from ward.clock import FixedClock

CLOCK = FixedClock(START)
TO = {"": ("night@ward.example",)}


@pytest.fixture
def office():
    with delivering() as made:
        yield made


def mail(office, to=TO, **options):
    return Email(Server("127.0.0.1", office.port, "none"), "ward@ward.example", to, clock=CLOCK, **options)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr("scheduler.channels.email.STEP_S", 0.2)


def test_the_message_reads_as_this_page_says(office):
    text = "CRITICAL, M3: ward H3, case case-1, 03:10, /case/case-1"
    mail(office, base="https://ward.example").send(notice("case-1:7:role", text=text, late=True), 2)
    (got,) = office.delivered
    message = got.message
    assert (got.sender, got.to) == ("ward@ward.example", ("night@ward.example",))
    assert message["Subject"] == "CRITICAL rung: ward H3, case case-1, late"
    assert message["Idempotency-Key"] == "case-1:7:role"
    assert (message["Wardpath-Attempt"], message["Auto-Submitted"]) == ("2", "auto-generated")
    assert message["Importance"] == "high"
    assert message["Date"] == "Thu, 05 Mar 2026 02:10:00 +0000"
    assert message.get_content().splitlines() == [
        "CRITICAL, M3: ward H3, case case-1, 03:10, https://ward.example/case/case-1",
        "to haematologist_on_call, 2026-03-05T02:10:00Z, late",
        "Ask for two identifiers before any act on a drug. Where the patient is now stands on the page.",
    ]


def test_the_message_id_is_the_keys_and_the_same_at_every_attempt(office):
    channel = mail(office)
    for key, attempt in (("n", 1), ("n", 2), ("m", 1)):
        channel.send(notice(key), attempt)
    first, again, other = (each.message["Message-ID"] for each in office.delivered)
    assert first == again != other
    assert first.endswith("@ward.example>")


def test_what_is_not_grave_is_not_marked_so(office):
    mail(office).send(notice("n", severity=2, kind="stand_down"), 1)
    assert office.delivered[0].message["Importance"] is None
    assert office.delivered[0].message["Subject"].startswith("severity 2 stand_down")


def test_a_role_with_addresses_of_its_own_gets_it_there_and_every_other_at_the_common_one(office):
    channel = mail(office, {**TO, "charge_nurse": ("desk@ward.example", "two@ward.example")})
    channel.send(notice("n", role="charge_nurse"), 1)
    channel.send(notice("m"), 1)
    assert [each.to for each in office.delivered] == [
        ("desk@ward.example", "two@ward.example"),
        ("night@ward.example",),
    ]


def test_those_on_duty_get_it_at_addresses_of_their_own_where_each_of_them_has_one(office):
    own = {"": ("night@ward.example",), "dr.greta": ("greta@ward.example",), "dr.hugo": ("hugo@ward.example",)}
    channel = mail(office, to=own)
    for key, accounts in (("n", ("dr.greta", "dr.hugo")), ("m", ("dr.greta", "dr.new"))):
        channel.send(notice(key, accounts=accounts), 1)
    assert [each.to for each in office.delivered] == [
        ("greta@ward.example", "hugo@ward.example"),
        ("night@ward.example",),
    ]
    assert "to haematologist_on_call (dr.greta, dr.hugo), " in office.delivered[0].message.get_content()


def test_a_role_for_which_no_address_is_known_is_refused_for_this_notice_alone(office):
    with pytest.raises(NoticeRefused, match="no address"):
        mail(office, {"charge_nurse": ("desk@ward.example",)}).send(notice("n"), 1)


@pytest.mark.parametrize(
    "how, error",
    [
        ("busy", "SMTPConnectError 421"),
        ("silent", "SMTPServerDisconnected"),
        ("451", "SMTPDataError 451"),
        ("drop", "SMTPServerDisconnected"),
        ("later", "450"),
    ],
)
@pytest.mark.faults
def test_a_server_that_does_not_say_yes_has_not_carried_it(office, quick, how, error):
    office.behave = lambda _: how
    with pytest.raises(ChannelFailed, match=error) as caught:
        mail(office).send(notice("n"), 1)
    assert not isinstance(caught.value, NoticeRefused)
    assert (len(office.delivered), "night" in str(caught.value)) == (how == "drop", False)


def test_an_address_that_the_server_does_not_know_is_a_fault_of_the_notice(office):
    office.behave = lambda _: "unknown"
    with pytest.raises(NoticeRefused, match="550"):
        mail(office).send(notice("n"), 1)


def test_one_known_address_is_enough(office):
    office.behave = lambda _: "one"
    mail(office, {"": ("first@ward.example", "second@ward.example")}).send(notice("n"), 1)
    assert office.delivered[0].to == ("second@ward.example",)


def test_a_server_that_leaves_without_a_word_after_its_yes_has_carried_it(office):
    office.behave = lambda _: "rude"
    mail(office).send(notice("n"), 1)
    assert office.keys() == ["n"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_over_tls_it_logs_in(certificate, security):
    with delivering(certificate.server, security) as office:
        server = Server("127.0.0.1", office.port, security, *LOGIN, str(certificate.file))
        Email(server, "ward@ward.example", TO, clock=CLOCK).send(notice("n"), 1)
        assert [(each.secured, each.user) for each in office.delivered] == [(True, "ward")]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_trusts_gets_no_password(certificate, security):
    with delivering(certificate.server, security) as office:
        server = Server("127.0.0.1", office.port, security, *LOGIN)
        with pytest.raises(ChannelFailed, match="SSLCertVerificationError"):
            Email(server, "ward@ward.example", TO, clock=CLOCK).send(notice("n"), 1)
        assert office.delivered == []


def test_a_wrong_password_is_told_and_not_repeated(certificate):
    with delivering(certificate.server, "starttls") as office:
        server = Server("127.0.0.1", office.port, "starttls", "ward", "guessed word", str(certificate.file))
        channel = Email(server, "ward@ward.example", TO, clock=CLOCK)
        with pytest.raises(ChannelFailed, match="535") as caught:
            channel.send(notice("n"), 1)
        assert "guessed" not in f"{channel!r} {server!r} {caught.value}"


def test_a_server_that_offers_no_starttls_gets_nothing(office):
    with pytest.raises(ChannelFailed, match="SMTPNotSupportedError"):
        Email(Server("127.0.0.1", office.port), "ward@ward.example", TO, clock=CLOCK).send(notice("n"), 1)
    assert office.delivered == []


SETTINGS = {
    "host": "127.0.0.1",
    "security": "none",
    "from": "ward@ward.example",
    "to": "a@ward.example, b@ward.example",
}


def test_it_is_made_from_settings(office):
    made = email_kind(CLOCK).make({**SETTINGS, "port": str(office.port), "to.charge_nurse": "desk@ward.example"})
    made.send(notice("n"), 1)
    made.send(notice("m", role="charge_nurse"), 1)
    assert [each.to for each in office.delivered] == [("a@ward.example", "b@ward.example"), ("desk@ward.example",)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": ""},
        {"host": "mail.example"},
        {"security": "none of it"},
        {"port": "-1"},
        {"port": "70000"},
        {"from": "ward"},
        {"from": "ward@ward.example\r\nBcc: all@ward.example"},
        {"to": ""},
        {"to": "not an address"},
        {"pasword": "x"},
    ],
)
def test_settings_that_cannot_be_used_are_refused(wrong):
    with pytest.raises(ChannelFailed):
        email_kind(CLOCK).make({**SETTINGS, **wrong})
