"""The checker: reads what is left after faults, and names everything that was lost, doubled or out of order.

It is pure. It is given the log, the outbox and what the receiver wrote down for itself, and trusts none of the three:
each is held against the other two.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed, ReminderOpened, ReminderRescheduled, ReminderSnoozed, RungReached
from pathway.engine.ports import Notice

#: Reminder, subject, ordinal.
Key = tuple[str, str, int]
#: A case, a reminder of it, and a rung of that reminder's ladder.
Rung = tuple[str, Key, int]


class Violation(NamedTuple):
    """One promise that was broken: which, and where. No patient data: tokens, keys and positions."""

    promise: str
    where: str


class Arrival(NamedTuple):
    """What a receiver wrote down of one request: the body as it came, and whether it kept the notice."""

    body: bytes
    kept: bool

    @property
    def key(self) -> str:
        """The key that the notice came under."""
        return str(msgspec.json.decode(self.body)["key"])


def violations(
    events: Mapping[str, Sequence[Event]],
    notices: Sequence[tuple[Notice, str]],
    arrivals: Sequence[Arrival],
    *,
    acknowledged: Collection[str] = (),
    expected: Collection[Rung] = (),
) -> list[Violation]:
    """Everything that is wrong. `events`: of each case in order. `notices`: the outbox, each with its state.

    `acknowledged`: ids of commands that were answered. `expected`: rungs that a run without faults reaches.
    """
    return [
        *lost_commands(events, acknowledged),
        *lost_rungs(events, expected),
        *untold_rungs(events, notices),
        *lost_notices(notices, arrivals),
        *doubled_notices(notices),
        *strange_arrivals(notices, arrivals),
        *(found for stream in events.values() for found in wrong_in(stream)),
    ]


def wrong_in(stream: Sequence[Event]) -> list[Violation]:
    """Everything that is wrong within the log of one case."""
    return [*doubled_commands(stream), *half_done(stream), *wrong_rungs(stream), *out_of_time(stream)]


# --- lost ------------------------------------------------------------------------------------------------------------


def lost_commands(events: Mapping[str, Sequence[Event]], acknowledged: Collection[str]) -> Iterator[Violation]:
    """Commands that were answered and left no event."""
    there = {event.command for stream in events.values() for event in stream}
    for command in sorted(set(acknowledged) - there):
        yield Violation("an acknowledged command is lost", command)


def lost_rungs(events: Mapping[str, Sequence[Event]], expected: Collection[Rung]) -> Iterator[Violation]:
    """Rungs that should have been reached and were not."""
    there = {
        (case, key_of(event.body), event.body.rung)
        for case, stream in events.items()
        for event in stream
        if isinstance(event.body, RungReached)
    }
    for case, key, rung in sorted(set(expected) - there):
        yield Violation("a rung is lost", f"{case} {key} rung {rung}")


def untold_rungs(events: Mapping[str, Sequence[Event]], notices: Sequence[tuple[Notice, str]]) -> Iterator[Violation]:
    """Rungs for which the same transaction left no notice to somebody they go to.

    A reminder that closed in the same decision rings no more; of several rungs reached at once one may speak for all.
    """
    told = {(notice.case, key, notice.created_at): set[str]() for notice, _ in notices for key in notice.reminders}
    for notice, _ in notices:
        for key in notice.reminders:
            told[notice.case, key, notice.created_at].add(notice.role)
    for case, stream in events.items():
        over = {(key_of(each.body), each.recorded_at) for each in stream if isinstance(each.body, ReminderClosed)}
        reached = [each for each in stream if isinstance(each.body, RungReached) and each.body.to]
        at_once = Counter((key_of(each.body), each.recorded_at) for each in reached)
        for event in reached:
            place = (key_of(event.body), event.recorded_at)
            roles = told.get((case, *place), set())
            missing = set(event.body.to) - roles if at_once[place] == 1 else set() if roles else {"anybody"}
            if missing and place not in over:
                yield Violation("a rung told nobody", f"{case} event {event.position}: {', '.join(sorted(missing))}")


def lost_notices(notices: Sequence[tuple[Notice, str]], arrivals: Sequence[Arrival]) -> Iterator[Violation]:
    """Notices that still wait when all is over, were given up, or count as sent and never came."""
    kept = {arrival.key for arrival in arrivals if arrival.kept}
    for notice, state in notices:
        match state:
            case "sent" if notice.key not in kept:
                yield Violation("a notice counts as sent and never came", notice.key)
            case "waiting" | "sending" | "undeliverable":
                yield Violation("a notice was not delivered", f"{notice.key} is {state}")
            case _:
                continue


# --- doubled ---------------------------------------------------------------------------------------------------------


def doubled_notices(notices: Sequence[tuple[Notice, str]]) -> Iterator[Violation]:
    """A key twice, or one need told twice to one role at one instant under two keys: a receiver could drop neither."""
    for key, count in Counter(notice.key for notice, _ in notices).items():
        if count > 1:
            yield Violation("a key is in the outbox twice", key)
    needs = Counter(
        (notice.case, key, notice.role, notice.kind, notice.created_at, notice.text)
        for notice, _ in notices
        for key in notice.reminders
    )
    for (case, key, role, *_), count in needs.items():
        if count > 1:
            yield Violation("one need has two notices", f"{case} {key} to {role}")


def strange_arrivals(notices: Sequence[tuple[Notice, str]], arrivals: Sequence[Arrival]) -> Iterator[Violation]:
    """What came under a key that the outbox does not know, or under one key in other words."""
    known = {notice.key for notice, _ in notices}
    bodies = defaultdict(set)
    for arrival in arrivals:
        bodies[arrival.key].add(arrival.body)
    for key, said in bodies.items():
        if key not in known:
            yield Violation("a notice came that the outbox does not know", key)
        if len(said) > 1:
            yield Violation("a repeat says something else", key)


def doubled_commands(stream: Sequence[Event]) -> Iterator[Violation]:
    """A command carried out twice: its own events were recorded at two instants, or with those of another between."""
    last: dict[str, Event] = {}
    for event in stream:
        before = last.get(event.command) if event.command else None
        if before is not None and (before.position != event.position - 1 or before.recorded_at != event.recorded_at):
            yield Violation("a command was carried out twice", f"{event.case} event {event.position}: {event.command}")
        last[event.command] = event


def half_done(stream: Sequence[Event]) -> Iterator[Violation]:
    """A gap, or an effect that does not stand behind its cause in the same append."""
    by_position = {event.position: event for event in stream}
    for number, event in enumerate(stream, start=1):
        if event.position != number:
            yield Violation("the log has a gap", f"{event.case} event {event.position}")
        cause = event if event.cause is None else by_position.get(event.cause)
        whole = cause is event or (
            cause is not None
            and cause.position < event.position
            and (cause.command, cause.recorded_at) == (event.command, event.recorded_at)
        )
        if not whole:
            yield Violation("an effect stands without its cause", f"{event.case} event {event.position}")


# --- out of order ----------------------------------------------------------------------------------------------------


def wrong_rungs(stream: Sequence[Event]) -> Iterator[Violation]:
    """Rungs reached twice, out of order, without an open reminder, or after its end. A ladder may begin anew."""
    top: dict[Key, tuple[int, int]] = {}
    for event in stream:
        match event.body:
            case ReminderOpened() | ReminderSnoozed() | ReminderRescheduled(restart=True) as body:
                top[key_of(body)] = (-1, 0)
            case ReminderClosed() as body:
                if top.pop(key_of(body), None) is None:
                    yield Violation("a reminder ended that was not open", f"{event.case} event {event.position}")
            case RungReached() as body:
                where, held = f"{event.case} event {event.position}", top.get(key_of(body))
                here = (body.rung, body.count)
                if held is None:
                    yield Violation("a rung of no open reminder", where)
                elif here == held:
                    yield Violation("a rung is recorded twice", where)
                elif here < held:
                    yield Violation("a ladder is out of order", where)
                top[key_of(body)] = here
            case _:
                continue


def out_of_time(stream: Sequence[Event]) -> Iterator[Violation]:
    """Rungs recorded before their time, and records that go back in time."""
    recorded = None
    for event in stream:
        if isinstance(event.body, RungReached) and event.recorded_at < event.occurred_at:
            yield Violation("a rung came early", f"{event.case} event {event.position}")
        if recorded is not None and event.recorded_at < recorded:
            yield Violation("the record goes back in time", f"{event.case} event {event.position}")
        recorded = event.recorded_at


def key_of(body: ReminderOpened | ReminderSnoozed | ReminderRescheduled | ReminderClosed | RungReached) -> Key:
    """Which reminder an event is about."""
    return (body.reminder, body.subject, body.ordinal)
