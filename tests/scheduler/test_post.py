"""The post: who carries a notice, and who carries it when those fail."""

from threading import Event

import pytest

from pathway.clinical.instant import SECOND
from scheduler.breaker import FAILURES
from scheduler.channels import NoticeRefused
from scheduler.outage import CHANNELS
from scheduler.post import TRY_S, Post, Route
from scheduler.way import Way
from tests.scheduler.scene import Killed, Wire, broken_wire, notice, post_of


@pytest.fixture
def pager():
    return Wire("pager", frozenset({"page"}))


@pytest.fixture
def inbox():
    return Wire("inbox", frozenset({"inbox", "second"}))


def outcome(posted):
    """Who carried it, and who failed with what."""
    return posted.carried, {miss.channel: miss.error for miss in posted.missed}


def test_a_notice_goes_through_the_first_channel_that_takes_it_and_through_no_other(pager, inbox, wire):
    assert outcome(Post([inbox, pager, wire]).send(notice("n"), 1)) == (("pager",), {})
    assert (pager.carried, inbox.carried, wire.carried) == (["n"], [], [])


def test_where_the_first_channel_fails_the_next_that_takes_it_carries_it_and_the_failure_is_told(pager, wire):
    pager.error = broken_wire()
    posted = Post([pager, wire]).send(notice("n", severity=1), 1)
    assert outcome(posted) == (("wire",), {"pager": "channel_failed"})


def test_a_critical_notice_whose_channels_fail_goes_to_the_next_that_carries_it(pager, inbox):
    last = Wire("last", frozenset({"second"}))
    pager.error = inbox.error = broken_wire()
    posted = Post([pager, inbox, last]).send(notice("n"), 1)
    assert outcome(posted) == (("last",), {"pager": "channel_failed", "inbox": "channel_failed"})


def test_a_critical_notice_falls_no_further_than_to_the_first_that_carries_it(pager, inbox):
    last = Wire("last", frozenset({"second"}))
    pager.error = broken_wire()
    Post([pager, inbox, last]).send(notice("n"), 1)
    assert (inbox.carried, last.carried) == (["n"], [])


def test_a_notice_that_is_not_critical_stays_with_its_own_channels(pager, inbox):
    pager.error = broken_wire()
    assert Post([pager, inbox]).send(notice("n", severity=1), 1).carried == ()
    assert inbox.attempts == []


def test_a_critical_notice_for_a_channel_that_nobody_takes_still_goes_out(inbox):
    assert Post([inbox]).send(notice("n", channel="page"), 1).carried == ("inbox",)


def test_a_kill_goes_through(wire):
    wire.error = Killed()
    with pytest.raises(Killed):
        Post([wire]).send(notice("n"), 1)


# --- routes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed, carrier",
    [
        ({"role": "administrator", "severity": 1}, "inbox"),
        ({"role": "administrator"}, "inbox"),
        ({"severity": 1}, "pager"),
        ({}, "last"),
        ({"severity": 1, "channel": "second"}, "last"),
    ],
)
def test_the_first_route_that_holds_says_the_order_by_role_class_and_way(pager, inbox, changed, carrier):
    routes = (
        Route(("inbox", "pager"), roles=frozenset({"administrator"})),
        Route(("last", "pager"), critical=True),
        Route(("last",), by=frozenset({"second"})),
    )
    post = Post([pager, inbox, Wire("last", frozenset())], routes=routes)
    assert post.send(notice("n", **changed), 1).carried == (carrier,)


def test_a_route_is_gone_through_in_its_own_order_not_in_that_of_the_channels(pager, inbox):
    inbox.error = broken_wire()
    post = Post([pager, inbox], routes=(Route(("inbox", "pager")),))
    assert outcome(post.send(notice("n", severity=1), 1)) == (("pager",), {"inbox": "channel_failed"})


def test_a_critical_notice_leaves_its_route_where_that_is_closed(pager, inbox):
    inbox.error = broken_wire()
    post = Post([pager, inbox], routes=(Route(("inbox",)),))
    assert post.send(notice("n"), 1).carried == ("pager",)
    assert post.send(notice("n", severity=1), 1).carried == ()


def test_an_alarm_about_the_channels_tries_every_way_too(pager, inbox):
    pager.error = broken_wire()
    alarm = notice("a", case=CHANNELS, severity=1, role="administrator")
    assert Post([pager, inbox]).send(alarm, 1).carried == ("inbox",)


def test_a_route_through_a_channel_that_is_not_wired_is_refused(pager):
    with pytest.raises(ValueError, match="a route names"):
        Post([pager], routes=(Route(("horn",)),))


# --- witnesses -------------------------------------------------------------------------------------------------------


def test_what_stands_in_a_file_is_not_delivered_while_the_way_to_people_is_closed(pager, wire):
    pager.error = broken_wire()
    post = Post([pager], witnesses=[wire])
    assert post.send(notice("n"), 1).carried == ()
    assert wire.carried == ["n"]
    pager.error = None
    assert post.send(notice("n"), 2).carried == ("pager",)


def test_a_witness_is_shown_a_notice_once_however_often_it_is_tried(pager, wire):
    pager.error = broken_wire()
    post = Post([pager], witnesses=[wire])
    wire.error = broken_wire()
    post.send(notice("n"), 1)
    wire.error = None
    for attempt in (2, 3, 4):
        post.send(notice("n"), attempt)
    assert wire.carried == ["n"]


def test_where_no_way_leads_further_the_witnesses_deliver(pager, wire):
    assert Post([], witnesses=[wire]).send(notice("n"), 1).carried == ("wire",)
    assert Post([pager], witnesses=[wire]).send(notice("i", channel="inbox", severity=2), 1).carried == ("wire",)


# --- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.faults
def test_a_channel_that_hangs_is_left_behind_and_the_next_carries_the_notice(inbox):
    release, begun = Event(), []

    class Hangs(Wire):
        def send(self, notice, attempt):
            begun.append(notice.key)
            assert release.wait(20)
            super().send(notice, attempt)

    hanging = Hangs("hanging")
    post = Post([Way(hanging, limit_s=0.05), inbox])
    assert outcome(post.send(notice("n"), 1)) == (("inbox",), {"hanging": "channel_failed"})
    post.send(notice("m"), 1)
    assert begun == ["n"], "one notice hangs there, and none is put behind it"
    release.set()
    assert inbox.carried == ["n", "m"]


def test_notices_that_a_channel_turns_away_close_it_for_no_other(pager):
    post = Post([pager])
    pager.error = NoticeRefused("this one is not wanted", "another", "mend it")
    for number in range(2 * FAILURES):
        assert outcome(post.send(notice(f"n{number}"), 1)) == ((), {"pager": "notice_refused"})
    pager.error = None
    assert post.send(notice("m"), 1).carried == ("pager",)


def test_no_further_way_is_begun_once_the_time_of_an_attempt_is_over(clock):
    class Slow(Wire):
        def send(self, notice, attempt):
            clock.advance(int(TRY_S * SECOND))
            raise broken_wire()

    slow, last = Slow("slow"), Wire("last")
    assert post_of(clock, slow, last).send(notice("n"), 1).carried == ()
    assert last.attempts == []


@pytest.mark.parametrize("names", [(), ("a", "a")])
def test_no_channel_or_two_of_one_name_are_refused(names):
    with pytest.raises(ValueError, match="expected"):
        Post([Wire(name) for name in names])
