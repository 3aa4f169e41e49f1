"""What every channel promises, to people and to the outbox; each test runs over each channel."""

from io import StringIO

import msgspec
import pytest

from scheduler.channels import EVERY_CHANNEL, ChannelFailed
from scheduler.channels.console import Console
from scheduler.channels.email import Email, Server
from scheduler.channels.file import File
from scheduler.channels.webhook import Webhook
from tests.scheduler.postoffice import PostOffice
from tests.scheduler.receiver import Receiver
from tests.scheduler.scene import START, notice
from ward.clock import FixedClock


class Breakable(StringIO):
    """A stream that can be cut and mended."""

    broken = False

    def write(self, text):
        if self.broken:
            raise BrokenPipeError
        return super().write(text)


class OverConsole:
    """The contract's view of the console. `lines`: what came out, each a text; `shown`: those that are no repeat."""

    real = False

    def __init__(self, folder):
        self.stream = Breakable()
        self.channel = Console(self.stream)

    def lines(self):
        return self.stream.getvalue().splitlines()

    def shown(self):
        return [line for line in self.lines() if not line.endswith("(again)")]

    def says_late(self, line):
        return " LATE" in line

    def cut(self):
        self.stream.broken = True

    def mend(self):
        self.stream.broken = False

    def end(self):
        self.stream.close()


class OverFile:
    """The contract's view of the file."""

    real = False

    def __init__(self, folder):
        self.folder = folder / "notices"
        self.folder.mkdir()
        self.channel = File(self.folder / "notices.jsonl")

    def lines(self):
        return [line.decode() for line in (self.folder / "notices.jsonl").read_bytes().splitlines()]

    def shown(self):
        return self.lines()

    def says_late(self, line):
        return msgspec.json.decode(line)["late"]

    def cut(self):
        self.folder.rename(self.folder.with_name("away"))

    def mend(self):
        self.folder.with_name("away").rename(self.folder)

    def end(self):
        self.folder.with_name("done").mkdir()


class OverWebhook:
    """The contract's view of the webhook: a receiver that drops a key that it has seen."""

    real = True

    def __init__(self, folder):
        self.far = Receiver()
        self.channel = Webhook(self.far.url, "sixteen letters!", clock=FixedClock(START))

    def lines(self):
        return [each.body.decode() for each in self.far.record]

    def shown(self):
        return list(dict.fromkeys(each.headers["Idempotency-Key"] for each in self.far.record))

    def says_late(self, line):
        return msgspec.json.decode(line)["late"]

    def cut(self):
        self.far.close()

    def mend(self):
        self.far.open()

    def end(self):
        self.far.end()


class OverEmail:
    """The contract's view of e-mail: a mailbox that drops a Message-ID that it has seen."""

    real = True

    def __init__(self, folder):
        self.far = PostOffice()
        server = Server("127.0.0.1", self.far.port, "none")
        self.channel = Email(server, "ward@ward.example", {"": ("night@ward.example",)}, clock=FixedClock(START))

    def lines(self):
        found = [each.message for each in self.far.delivered]
        return [" | ".join([each["Subject"], *each.get_content().splitlines()]) for each in found]

    def shown(self):
        return list(dict.fromkeys(each.message["Message-ID"] for each in self.far.delivered))

    def says_late(self, line):
        return ", late" in line

    def cut(self):
        self.far.close()

    def mend(self):
        self.far.open()

    def end(self):
        self.far.end()


OVER = [OverConsole, OverFile, OverWebhook, OverEmail]


@pytest.fixture(params=OVER, ids=["console", "file", "webhook", "email"])
def over(request, tmp_path):
    made = request.param(tmp_path)
    yield made
    made.end()


def test_a_channel_takes_pages_inbox_notices_and_second_notices(over):
    assert over.channel.takes == EVERY_CHANNEL == {"page", "inbox", "second"}


def test_a_notice_is_one_message_with_ward_case_text_class_and_role(over):
    over.channel.send(notice("n"), 1)
    (line,) = over.lines()
    for part in ("H3", "case-1", "CRITICAL, drug: see the case", "haematologist_on_call", "rung"):
        assert part in line


def test_notices_stand_in_the_order_in_which_they_were_sent(over):
    for key in ("b", "a", "c"):
        over.channel.send(notice(key, text=f"text {key}"), 1)
    assert [line.partition("text ")[2][0] for line in over.lines()] == ["b", "a", "c"]


def test_a_late_notice_says_so_and_another_does_not(over):
    over.channel.send(notice("now"), 1)
    over.channel.send(notice("late", late=True), 1)
    assert [over.says_late(line) for line in over.lines()] == [False, True]


def test_a_text_with_line_ends_and_terminal_controls_stays_one_plain_line(over):
    over.channel.send(notice("n", text="a\nb\r\x1b[2Jc", ward="H3\r\nBcc: all@ward.example"), 1)
    (line,) = over.lines()
    assert line.isprintable()


def test_letters_of_every_script_arrive_or_are_escaped(over):
    over.channel.send(notice("n", text="Häma 病棟"), 1)
    (line,) = over.lines()
    assert "Häma 病棟" in line


def test_a_repeat_of_a_key_cannot_be_taken_for_a_second_notice(over):
    over.channel.send(notice("n"), 1)
    over.channel.send(notice("n"), 2)
    assert len(over.shown()) == 1
    over.channel.send(notice("m"), 1)
    assert len(over.shown()) == 2


def test_a_key_that_no_header_can_hold_is_told_apart_all_the_same(over):
    for key in ("case ä\r\n:1:role", "case ä\r\n:2:role", "case ö\r\n:1:role"):
        over.channel.send(notice(key), 1)
    assert len(over.shown()) == 3


def test_a_failure_is_raised_in_three_parts_and_holds_nothing_of_the_notice(over):
    over.cut()
    with pytest.raises(ChannelFailed) as caught:
        over.channel.send(notice("secret-key", text="secret text"), 1)
    over.mend()
    assert caught.value.code == "channel_failed"
    assert all((caught.value.happened, caught.value.expected, caught.value.mend))
    assert "secret" not in str(caught.value)


def test_a_notice_that_failed_is_no_repeat_when_it_is_sent_again(over):
    over.cut()
    with pytest.raises(ChannelFailed):
        over.channel.send(notice("n"), 1)
    over.mend()
    over.channel.send(notice("n"), 2)
    assert (len(over.lines()), len(over.shown())) == (1, 1)


def test_what_leaves_the_house_names_no_subject_of_a_reminder(over):
    over.channel.send(notice("n", reminders=(("M3", "tretinoin/bed 12", 1),)), 1)
    (line,) = over.lines()
    assert ("bed" in line) is isinstance(over, OverFile), "only the file beside the store keeps the whole notice"
