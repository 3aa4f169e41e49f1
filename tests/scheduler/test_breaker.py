"""The breaker: three failures open it, one try at a time closes it, and a turn is said once."""

import pytest

from scheduler.breaker import FAILURES, FIRST_REST_S, LONGEST_ASKED_S, LONGEST_REST_S, SAY_EVERY_S, Breaker, State


class Seconds:
    """Seconds in the hand."""

    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def breaker(seconds):
    return Breaker(seconds)


def fail(breaker, times=FAILURES):
    return [breaker.failed() for _ in range(times)]


def test_it_stays_closed_below_its_number_of_failures_and_opens_with_it(breaker):
    assert fail(breaker) == [""] * (FAILURES - 1) + ["down"]
    assert (breaker.state, breaker.admits()) == (State.OPEN, False)


def test_a_success_in_between_begins_the_count_anew(breaker):
    fail(breaker, FAILURES - 1)
    breaker.succeeded()
    fail(breaker, FAILURES - 1)
    assert (breaker.state, breaker.admits()) == (State.CLOSED, True)


def test_after_its_rest_it_admits_one_try_and_no_second_beside_it(breaker, seconds):
    fail(breaker)
    seconds.at += FIRST_REST_S - 0.001
    assert not breaker.admits()
    seconds.at += 0.001
    assert (breaker.admits(), breaker.admits(), breaker.state) == (True, False, State.HALF_OPEN)


def test_a_try_that_succeeds_closes_it_and_says_so(breaker, seconds):
    fail(breaker)
    seconds.at += FIRST_REST_S
    assert breaker.admits()
    assert (breaker.succeeded(), breaker.state, breaker.admits()) == ("up", State.CLOSED, True)


def test_each_try_that_fails_doubles_the_rest_to_its_longest_and_says_nothing_new(breaker, seconds):
    fail(breaker)
    rests = []
    for _ in range(6):
        began = seconds.at
        while not breaker.admits():
            seconds.at += 0.5
        rests.append(seconds.at - began)
        assert breaker.failed() == ""
    assert rests == [5, 10, 20, 30, 30, 30]
    assert rests[-1] == LONGEST_REST_S


@pytest.mark.parametrize("asked_s, kept_s", [(2, 2), (7, 7), (3600, LONGEST_ASKED_S), (10**9, LONGEST_ASKED_S)])
def test_a_rest_that_was_asked_for_is_kept_within_bounds_without_opening(breaker, seconds, asked_s, kept_s):
    assert breaker.failed(asked_s) == ""
    seconds.at += kept_s - 0.001
    assert (breaker.admits(), breaker.state) == (False, State.CLOSED)
    seconds.at += 0.001
    assert breaker.admits()


def test_a_working_channel_is_said_to_work_once_a_while(breaker, seconds):
    assert [breaker.succeeded() for _ in range(3)] == ["up", "", ""]
    seconds.at += SAY_EVERY_S
    assert breaker.succeeded() == "up"
