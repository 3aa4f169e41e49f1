"""The checker finds each fault that is planted, and nothing in a run without faults."""

from collections.abc import Callable

import msgspec
import pytest

from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed, ReminderOpened, RungReached
from pathway.clinical.instant import Instant
from pathway.engine import Engine
from pathway.engine.ports import Notice
from pathway.site.commands import ApproveDefinition
from persistence.memory import MemoryStore
from scheduler.channels.webhook import body_of
from scheduler.post import Post
from scheduler.tick import tick
from tests.faults.checker import Arrival, violations
from tests.faults.story import CASES, DUE, ringing, rungs, script
from tests.scheduler.live import PHYSICIAN
from tests.scheduler.scene import START, Wire
from ward.clock import FixedClock


class Left:
    """What a run left behind, to be spoiled: the log, the outbox and the receiver's record."""

    def __init__(self) -> None:
        clock, store, wire, pathway = FixedClock(START), MemoryStore("live"), Wire(), ringing()
        engine = Engine(store, [pathway], clock)
        engine.handle(ApproveDefinition(id="a", by=PHYSICIAN, digest=pathway.digest, second="another physician"))
        self.acknowledged = []
        for step in script():
            if step is None or step is DUE:
                clock.set(max(clock.now(), store.next_look() or START) if step is DUE else clock.now())
                tick(engine, store, clock, Post([wire]), worker="w1")
            else:
                self.acknowledged.append(engine.handle(step).command)
        self.events = {case: list(engine.timeline(case)) for case in CASES}
        self.notices = store.notices()
        by_key = {notice.key: notice for notice, _ in self.notices}
        self.arrivals = [Arrival(body_of(by_key[key]), kept=True) for key in wire.carried]

    def found(self) -> set[str]:
        """The promises that the checker calls broken."""
        of = violations(
            self.events, self.notices, self.arrivals, acknowledged=self.acknowledged, expected=rungs(*CASES)
        )
        return {each.promise for each in of}

    def at(self, kind: type, which: int = 0, case: str = "c0") -> int:
        """Where an event of a kind stands in a case's log."""
        return [number for number, event in enumerate(self.events[case]) if isinstance(event.body, kind)][which]

    def change(self, number: int, **changed: object) -> None:
        """Write an event anew."""
        self.events["c0"][number] = msgspec.structs.replace(self.events["c0"][number], **changed)

    def change_body(self, number: int, **changed: object) -> None:
        """Write the body of an event anew."""
        self.change(number, body=msgspec.structs.replace(self.events["c0"][number].body, **changed))

    def insert(self, number: int, event: Event) -> None:
        """Put an event into the log, and count anew."""
        stream = self.events["c0"]
        stream.insert(number, event)
        stream[:] = [msgspec.structs.replace(each, position=at, cause=None) for at, each in enumerate(stream, start=1)]

    def add(self, key: str, state: str = "sent") -> None:
        """A second notice like the first, under another key or its own."""
        notice: Notice = msgspec.structs.replace(self.notices[0][0], key=key)
        self.notices.append((notice, state))
        self.arrivals.append(Arrival(body_of(notice), kept=True))


def test_a_run_without_faults_has_no_violation():
    left = Left()
    assert left.found() == set()
    assert len(left.arrivals) == 8


def test_a_repeat_under_the_same_key_is_no_violation():
    left = Left()
    left.arrivals += left.arrivals
    assert left.found() == set()


def forget_an_answer(left: Left) -> None:
    left.acknowledged.append("never heard of")


def lose_a_rung(left: Left) -> None:
    del left.events["c1"][left.at(RungReached, -1, "c1")]


def lose_a_notice_before_it_is_kept(left: Left) -> None:
    del left.notices[0]
    del left.arrivals[0]


def lose_a_notice_on_its_way(left: Left) -> None:
    del left.arrivals[0]


def lose_what_the_receiver_refused(left: Left) -> None:
    left.arrivals[0] = left.arrivals[0]._replace(kept=False)


def leave_a_notice_waiting(left: Left) -> None:
    left.notices[0] = (left.notices[0][0], "waiting")


def give_a_notice_up(left: Left) -> None:
    left.notices[0] = (left.notices[0][0], "undeliverable")


def ring_twice(left: Left) -> None:
    number = left.at(RungReached)
    left.insert(number + 1, left.events["c0"][number])


def ring_backwards(left: Left) -> None:
    left.change_body(left.at(RungReached), rung=3)


def ring_what_is_closed(left: Left) -> None:
    left.insert(len(left.events["c0"]), left.events["c0"][left.at(RungReached)])


def close_what_is_closed(left: Left) -> None:
    left.insert(len(left.events["c0"]), left.events["c0"][left.at(ReminderClosed)])


def ring_early(left: Left) -> None:
    event = left.events["c0"][left.at(RungReached, -1)]
    left.change(event.position - 1, occurred_at=Instant(event.recorded_at + 1))


def go_back_in_time(left: Left) -> None:
    left.change(left.at(ReminderOpened), recorded_at=Instant(START - 1))


def skip_a_position(left: Left) -> None:
    left.change(len(left.events["c0"]) - 1, position=99)


def lose_a_cause(left: Left) -> None:
    left.change(left.at(ReminderOpened), cause=77)


def carry_out_twice(left: Left) -> None:
    first = left.events["c0"][0]
    left.insert(len(left.events["c0"]), msgspec.structs.replace(first, recorded_at=left.events["c0"][-1].recorded_at))


def tell_under_two_keys(left: Left) -> None:
    left.add("c0:99:nurse")


def keep_a_key_twice(left: Left) -> None:
    left.add(left.notices[0][0].key)


def send_what_nobody_wrote(left: Left) -> None:
    left.arrivals.append(Arrival(body_of(msgspec.structs.replace(left.notices[0][0], key="x")), kept=True))


def repeat_in_other_words(left: Left) -> None:
    left.arrivals.append(Arrival(body_of(msgspec.structs.replace(left.notices[0][0], text="other words")), kept=True))


@pytest.mark.parametrize(
    "plant, promise",
    [
        (forget_an_answer, "an acknowledged command is lost"),
        (lose_a_rung, "a rung is lost"),
        (lose_a_notice_before_it_is_kept, "a rung told nobody"),
        (lose_a_notice_on_its_way, "a notice counts as sent and never came"),
        (lose_what_the_receiver_refused, "a notice counts as sent and never came"),
        (leave_a_notice_waiting, "a notice was not delivered"),
        (give_a_notice_up, "a notice was not delivered"),
        (ring_twice, "a rung is recorded twice"),
        (ring_backwards, "a ladder is out of order"),
        (ring_what_is_closed, "a rung of no open reminder"),
        (close_what_is_closed, "a reminder ended that was not open"),
        (ring_early, "a rung came early"),
        (go_back_in_time, "the record goes back in time"),
        (skip_a_position, "the log has a gap"),
        (lose_a_cause, "an effect stands without its cause"),
        (carry_out_twice, "a command was carried out twice"),
        (tell_under_two_keys, "one need has two notices"),
        (keep_a_key_twice, "a key is in the outbox twice"),
        (send_what_nobody_wrote, "a notice came that the outbox does not know"),
        (repeat_in_other_words, "a repeat says something else"),
    ],
)
def test_a_planted_fault_is_found(plant: Callable[[Left], None], promise: str):
    left = Left()
    plant(left)
    assert promise in left.found()
