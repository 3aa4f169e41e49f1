"""The outbox: nothing that waits is lost, and nothing is doubled within its key."""

from io import StringIO

import msgspec
import pytest

from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Change
from scheduler.channels.console import Console
from scheduler.channels.file import File
from scheduler.outbox import ATTEMPTS, LEASE_S, LONGEST_WAIT_S, NOTICES_A_TICK, back_off, full, send_waiting, unshaken
from scheduler.post import ATTEMPT_S, Miss, Post
from scheduler.tick import tick
from scheduler.way import RESTING
from tests.scheduler.scene import (
    START,
    Killed,
    KilledAfterSending,
    Looking,
    Wire,
    broken_wire,
    head,
    notice,
    post_of,
    put,
    states,
)
from ward.clock import DemonstrationClock


@pytest.fixture
def send(store, clock):
    return lambda deliver, jitter=unshaken: send_waiting(store, clock, deliver, "w1", jitter)


def test_the_gravest_goes_first_then_the_oldest(send, store, wire):
    put(
        store,
        head("case-1"),
        notice("mild", severity=2),
        notice("grave, young", created_at=Instant(START + 1)),
        notice("grave, old"),
        notice("middling", severity=1),
    )
    assert send(Post([wire])).sent == 4
    assert wire.carried == ["grave, old", "grave, young", "middling", "mild"]


def test_what_is_sent_is_settled_and_not_sent_again(send, store, wire):
    put(store, head("case-1"), notice("n"))
    send(Post([wire]))
    assert send(Post([wire])).sent == 0
    assert (wire.carried, states(store)) == (["n"], {"n": "sent"})


def test_a_failing_channel_is_tried_again_after_its_wait_and_recovers(send, store, clock, wire):
    put(store, head("case-1"), notice("n", severity=1))
    wire.error = broken_wire()
    failed = send(Post([wire]))
    assert (failed.waiting, failed.again_at) == (1, START + SECOND)
    assert failed.missed == (Miss("wire", "channel_failed"),)
    assert states(store) == {"n": "waiting"}
    wire.error = None
    clock.set(Instant(START + SECOND - 1))
    assert send(Post([wire])).sent == 0
    clock.set(Instant(START + SECOND))
    assert send(Post([wire])).sent == 1
    assert wire.attempts == [1, 2]


def test_the_waits_double_to_a_minute():
    assert [back_off(attempt) // SECOND for attempt in range(1, 10)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert back_off(10**9) == LONGEST_WAIT_S * SECOND


def test_the_wait_is_shaken_by_the_jitter_handed_in_and_by_nothing_else(send, store, wire):
    put(store, head("case-1"), notice("n"))
    wire.error = broken_wire()
    assert send(Post([wire]), jitter=lambda wait: wait // 4).again_at == START + SECOND // 4


def test_a_notice_that_is_not_critical_is_given_up_loudly_after_its_attempts(send, store, clock, wire):
    put(store, head("case-1"), notice("n", severity=1))
    wire.error = broken_wire()
    deliver, rounds = post_of(clock, wire), []
    for _ in range(ATTEMPTS):
        rounds.append(send(deliver))
        clock.advance(LONGEST_WAIT_S * SECOND)
    assert [r.undeliverable for r in rounds] == [()] * (ATTEMPTS - 1) + [("n",)]
    assert states(store)["n"] == "undeliverable"
    tries = len(wire.attempts)
    wire.error = None
    send(deliver)
    assert "n" not in wire.carried
    assert tries >= ATTEMPTS


def test_a_critical_notice_is_never_given_up(send, store, clock, wire):
    put(store, head("case-1"), notice("n"))
    wire.error = broken_wire()
    deliver = post_of(clock, wire)
    for _ in range(3 * ATTEMPTS):
        assert send(deliver).waiting >= 1
        assert states(store)["n"] == "waiting"
        clock.advance(LONGEST_WAIT_S * SECOND)
    wire.error = None
    assert send(deliver).sent >= 1
    assert states(store)["n"] == "sent"


def test_while_a_channel_rests_its_notices_wait_and_none_is_lost(send, store, clock, wire):
    put(store, head("case-1"), *(notice(f"n{number}") for number in range(6)))
    wire.error = broken_wire()
    deliver = post_of(clock, wire)
    failed = send(deliver)
    assert (len(wire.attempts), failed.missed) == (3, (Miss("wire", "channel_failed"), Miss("wire", RESTING)))
    wire.error = None
    clock.advance(LONGEST_WAIT_S * SECOND)
    send(deliver)
    assert {key for key, state in states(store).items() if state == "sent"} >= {f"n{number}" for number in range(6)}


def test_a_round_stops_where_sending_is_slow_and_asks_for_the_next_at_once(send, store, clock, wire):
    class Slow(Wire):
        def send(self, notice, attempt):
            clock.advance(2 * SECOND)
            super().send(notice, attempt)

    slow = Slow()
    put(store, head("case-1"), *(notice(f"n{number}") for number in range(6)))
    first = send(post_of(clock, slow))
    assert (first.sent, first.again_at) == (3, clock.now())
    assert (send(post_of(clock, slow)).sent, len(slow.carried)) == (3, 6)


@pytest.mark.parametrize("chance, expected", [(0.0, 0), (0.25, SECOND), (1 - 2**-53, 4 * SECOND)])
def test_full_jitter_is_any_part_of_the_wait(chance, expected):
    assert full(lambda: chance)(back_off(3)) == expected


def test_the_lease_outlasts_the_longest_attempt():
    assert LEASE_S > ATTEMPT_S


def test_one_notice_that_cannot_be_sent_keeps_no_other_in_the_house(send, store):
    pager, inbox = Wire("pager", frozenset({"page"})), Wire("inbox", frozenset({"inbox"}))
    pager.error = ValueError("a bug in the channel")
    put(store, head("case-1"), notice("p", severity=1), notice("i", severity=2, channel="inbox"))
    sent = send(Post([pager, inbox]))
    assert (sent.sent, sent.waiting, inbox.carried) == (1, 1, ["i"])
    assert sent.missed == (Miss("pager", "ValueError"),)


def test_a_delivery_that_raises_is_a_delivery_that_failed(send, store):
    class Raises:
        def send(self, notice, attempt):
            raise RuntimeError

    put(store, head("case-1"), notice("n"))
    sent = send(Raises())
    assert (sent.waiting, sent.missed, states(store)) == (1, (Miss("post", "RuntimeError"),), {"n": "waiting"})


@pytest.mark.faults
def test_a_worker_killed_between_sending_and_settling_loses_nothing_and_the_file_keeps_one_line(
    send, store, clock, tmp_path
):
    path, stream = tmp_path / "notices.jsonl", StringIO()
    put(store, head("case-1"), notice("n"))
    with pytest.raises(Killed):
        send(KilledAfterSending(Post([File(path), Console(stream)])))
    assert states(store) == {"n": "sending"}
    clock.advance(LEASE_S * SECOND - 1)
    assert send(Post([File(path)])).sent == 0
    clock.advance(1)
    assert send(Post([File(path), Console(stream)])).sent == 1
    assert states(store) == {"n": "sent"}
    assert [msgspec.json.decode(one)["key"] for one in path.read_bytes().splitlines()] == ["n"]


@pytest.mark.faults
def test_a_worker_killed_in_the_middle_leaves_the_rest_to_the_next_at_once(send, store, wire):
    put(store, head("case-1"), notice("a"), notice("b"), notice("c"))
    with pytest.raises(Killed):
        send(KilledAfterSending(Post([wire])))
    assert send(Post([wire])).sent == 2
    assert wire.carried == ["a", "b", "c"]


@pytest.mark.faults
def test_a_worker_paused_past_its_lease_does_not_settle_what_another_has_taken(send, store, clock, wire):
    class Pauses:
        """Is stopped while it sends; meanwhile the lease runs out and another worker sends the same key."""

        def send(self, notice, attempt):
            posted = Post([wire]).send(notice, attempt)
            clock.advance(LEASE_S * SECOND)
            assert send_waiting(store, clock, Post([wire]), "w2", unshaken).sent == 1
            return posted

    put(store, head("case-1"), notice("n"))
    sent = send(Pauses())
    assert (sent.sent, sent.outrun) == (0, 1)
    assert (wire.carried, states(store)) == (["n", "n"], {"n": "sent"})


def test_one_round_has_an_end_and_asks_for_the_next(send, store, wire):
    put(store, head("case-1"), *(notice(f"n{number:04}") for number in range(NOTICES_A_TICK + 1)))
    first = send(Post([wire]))
    assert (first.sent, first.again_at) == (NOTICES_A_TICK, START)
    assert (send(Post([wire])).sent, len(set(wire.carried))) == (1, NOTICES_A_TICK + 1)


def test_a_failed_notice_waits_for_another_round_however_fast_the_clock_runs(store, clock, wire):
    class Slow(Wire):
        def send(self, notice, attempt):
            clock.advance(SECOND)
            super().send(notice, attempt)

    slow = Slow()
    slow.error = broken_wire()
    fast = DemonstrationClock(START, START, 3600, clock)
    put(store, head("case-1"), notice("n"), notice("m"))
    assert send_waiting(store, fast, Post([slow]), "w1", unshaken, clock).waiting == 2
    assert slow.attempts == [1, 1]


def demonstration(wall):
    """A clock that runs an hour a second."""
    return DemonstrationClock(START, START, 3600, wall)


@pytest.mark.faults
def test_in_a_fast_demonstration_a_lease_lasts_its_time_by_the_wall(store, clock, wire):
    fast = demonstration(clock)
    put(store, head("case-1"), notice("n"))
    with pytest.raises(Killed):
        send_waiting(store, fast, KilledAfterSending(Post([wire])), "w1", unshaken, clock)
    clock.advance(LEASE_S * SECOND - 1)
    assert send_waiting(store, fast, Post([wire]), "w2", unshaken, clock).sent == 0
    clock.advance(1)
    assert send_waiting(store, fast, Post([wire]), "w2", unshaken, clock).sent == 1


def test_in_a_fast_demonstration_a_failed_notice_waits_its_time_by_the_wall(store, clock, wire):
    fast = demonstration(clock)
    put(store, head("case-1"), notice("n"))
    wire.error = broken_wire()
    assert send_waiting(store, fast, Post([wire]), "w1", unshaken, clock).again_at == START + SECOND
    clock.advance(SECOND - 1)
    assert send_waiting(store, fast, Post([wire]), "w1", unshaken, clock).waiting == 0
    clock.advance(1)
    assert send_waiting(store, fast, Post([wire]), "w1", unshaken, clock).waiting == 1
    assert wire.attempts == [1, 2]


def test_a_tick_hands_the_wall_on_to_the_outbox(store, clock, wire):
    fast = demonstration(clock)
    put(store, head("case-1", next_look=None), notice("n"))
    wire.error = broken_wire()
    done = tick(Looking(store, fast), store, fast, Post([wire]), worker="w1", wall=clock)
    assert done.post.again_at == START + SECOND
    clock.advance(SECOND - 1)
    assert tick(Looking(store, fast), store, fast, Post([wire]), worker="w1", wall=clock).post.waiting == 0


def test_a_withdrawn_notice_is_not_sent(send, store, wire):
    put(store, head("case-1"), notice("n"))
    with store.write("case-1") as unit:
        unit.append(Change(unit.head(), withdraw_all=True))
    assert send(Post([wire])).sent == 0
    assert states(store) == {"n": "withdrawn"}
