"""The post: who carries a notice, and who carries it when those fail."""

import pytest

from scheduler.post import Miss, Post, Posted
from tests.scheduler.scene import Killed, Wire, broken_wire, notice


@pytest.fixture
def pager():
    return Wire("pager", frozenset({"page"}))


@pytest.fixture
def inbox():
    return Wire("inbox", frozenset({"inbox", "second"}))


def test_a_notice_goes_through_every_channel_that_takes_it_and_through_no_other(pager, inbox, wire):
    assert Post([pager, inbox, wire]).send(notice("n"), 1) == Posted(("pager", "wire"))
    assert (pager.carried, inbox.carried, wire.carried) == (["n"], [], ["n"])


def test_one_carrier_is_enough_and_the_failure_of_another_is_told(pager, wire):
    pager.error = broken_wire()
    assert Post([pager, wire]).send(notice("n"), 1) == Posted(("wire",), (Miss("pager", "channel_failed"),))


def test_a_critical_notice_whose_channels_fail_goes_to_the_next_that_carries_it(pager, inbox):
    last = Wire("last", frozenset({"second"}))
    pager.error = inbox.error = broken_wire()
    posted = Post([pager, inbox, last]).send(notice("n"), 1)
    assert posted == Posted(("last",), (Miss("pager", "channel_failed"), Miss("inbox", "channel_failed")))


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


@pytest.mark.parametrize("names", [(), ("a", "a")])
def test_no_channel_or_two_of_one_name_are_refused(names):
    with pytest.raises(ValueError, match="expected"):
        Post([Wire(name) for name in names])
