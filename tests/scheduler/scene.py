"""What the scheduler's tests stand on: a store, an engine that notes its looks, channels that fail when told."""

from collections.abc import Callable

import msgspec

from pathway.case.envelope import ENGINE, FIRST_HASH, Chained, Event, chain
from pathway.case.events import CaseEnrolled
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.engine.ports import Change, Clock, Head, Notice, Store
from scheduler.channels import EVERY_CHANNEL, ChannelFailed
from scheduler.post import Post, Posted

START = instant("2026-03-05T02:10Z")
HOUR = 3600 * SECOND


def notice(key: str, **changed: object) -> Notice:
    """A notice for one rung, critical unless said otherwise."""
    plain = Notice(
        key=key,
        case="case-1",
        ward="H3",
        role="haematologist_on_call",
        channel="page",
        kind="rung",
        severity=0,
        text="CRITICAL, drug: see the case",
        created_at=START,
        late=False,
        reminders=(("M3", "", 1),),
    )
    return msgspec.structs.replace(plain, **changed)


def head(case: str, **changed: object) -> Head:
    """An open case that is due at START and was looked at then."""
    plain = Head(
        case=case,
        patient=f"patient-of-{case}",
        origin="invented",
        ward="H3",
        bed="12",
        pathway="variant_apl",
        bundle="0" * 64,
        position=0,
        hash=FIRST_HASH,
        recorded_at=START,
        clinical_version=0,
        phases={},
        closed=False,
        next_look=START,
        looked_at=START,
    )
    return msgspec.structs.replace(plain, **changed)


def put(store: Store, at_end: Head, *notices: Notice) -> None:
    """Write a case's head, and notices with it, in one transaction; a case not there yet is enrolled by it."""
    with store.write(at_end.case) as unit:
        found = unit.head()
        if found is None:
            first = enrolled(at_end)
            events, position, last = (first,), 1, first.hash
        else:
            events, position, last = (), found.position, found.hash
        unit.append(Change(msgspec.structs.replace(at_end, position=position, hash=last), events, notices=notices))


def enrolled(of: Head) -> Chained:
    """The first event of a case."""
    body = CaseEnrolled(of.pathway, 1, START, "Europe/Berlin", of.ward, of.bed, of.patient, "invented")
    return chain(Event(of.case, 1, START, START, ENGINE, of.bundle, body), FIRST_HASH)


def states(store: Store) -> dict[str, str]:
    """The state of every notice by key."""
    return {found.key: state for found, state in store.notices()}


class Looking:
    """An engine that brings a case to now, writes what it is told to say, and asks to be called again in an hour.

    A case in `broken` raises its error. `says` makes the notices that a look at a case leaves behind.
    """

    def __init__(self, store: Store, clock: Clock, says: Callable[[str], tuple[Notice, ...]] = lambda _: ()) -> None:
        self.store, self.clock, self.says = store, clock, says
        self.looks: list[str] = []
        self.broken: dict[str, BaseException] = {}

    def look(self, case: str) -> bool:
        self.looks.append(case)
        if case in self.broken:
            raise self.broken[case]
        now = self.clock.now()
        notices = self.says(case)
        put(self.store, head(case, next_look=Instant(now + HOUR), looked_at=now), *notices)
        return bool(notices)


class Wire:
    """A channel in memory: keeps what it carried, fails with `error` while that is set."""

    def __init__(self, name: str = "wire", takes: frozenset[str] = EVERY_CHANNEL) -> None:
        self.name, self.takes = name, takes
        self.carried: list[str] = []
        self.attempts: list[int] = []
        self.error: BaseException | None = None

    def send(self, notice: Notice, attempt: int) -> None:
        self.attempts.append(attempt)
        if self.error is not None:
            raise self.error
        self.carried.append(notice.key)


def post_of(clock: Clock, *channels: object, **options: object) -> Post:
    """A post whose breakers go by the clock in the hand."""
    return Post(channels, now_s=lambda: clock.now() / SECOND, **options)


class Killed(BaseException):
    """The process ends here."""


class KilledAfterSending:
    """Delivers, and dies before anybody can write that down."""

    def __init__(self, deliver: object) -> None:
        self.deliver = deliver

    def send(self, notice: Notice, attempt: int) -> Posted:
        self.deliver.send(notice, attempt)
        raise Killed


def broken_wire() -> ChannelFailed:
    """The error of a channel that is down."""
    return ChannelFailed("the wire is cut", "a whole wire", "mend it")
