"""Sites: runs the streams of a site on a store, under the same lock, ids, clock and chain as a case."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import Any, cast

import msgspec

from pathway.case.commands import ENCODER, Answer, Command, Refusal
from pathway.case.envelope import CLOCK, FIRST_HASH, By, Chained, chain
from pathway.clinical.instant import Instant
from pathway.engine.errors import CommandReused, Conflict, RecordDamaged
from pathway.engine.legible import illegible
from pathway.engine.ports import (
    Attempt,
    CaseKey,
    Change,
    Clock,
    Credential,
    Head,
    Identity,
    Notice,
    Remembered,
    Store,
    Unit,
    Vault,
)
from pathway.engine.sealing import Sealing, bare, macs_of
from pathway.site.accounts.state import Accounts
from pathway.site.commands import SiteCommand
from pathway.site.duty.state import Duty
from pathway.site.events import AnySiteBody
from pathway.site.retention.state import Retention
from pathway.site.state import AnyState, Definitions, Quarantine, evolve
from pathway.site.streams import ACCOUNTS, DEFINITIONS, DUTY, QUARANTINE, RETENTION, SiteEvent, decode

#: What each stream is before its first event.
EMPTY: dict[str, AnyState] = {
    DEFINITIONS: Definitions(),
    QUARANTINE: Quarantine(),
    ACCOUNTS: Accounts(),
    DUTY: Duty(),
    RETENTION: Retention(),
}
Key = tuple[str, str, int]


class Dated(msgspec.Struct, frozen=True):
    """What time alone brought, or what follows from a command; and when."""

    body: AnySiteBody
    at: Instant


class Owed(msgspec.Struct, frozen=True):
    """What people are told of events, and the keys whose unsent notices are withdrawn."""

    notices: tuple[Notice, ...] = ()
    withdraw: tuple[Key, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What comes of something said to a site stream: its event or a refusal, and what is kept beside the event.

    `answer` where it was said to a case, else it is made here. `kept`: a bundle's digest and text. `case_key`: the key
    that something of it was sealed under, where it is a new one. `credentials`: secrets that changed with the event;
    `destroyed`: the names of keys that end with it.

    `before` and `after`: the events of time and consequence around the command's own, which a look has not (None).
    `owed`: whom these events tell. `next_look`: when time alone changes something.
    """

    found: AnySiteBody | Refusal | None
    identity: Identity | None = None
    case_key: CaseKey | None = None
    answer: Answer | None = None
    kept: tuple[str, bytes] | None = None
    credentials: tuple[Credential, ...] = ()
    destroyed: tuple[str, ...] = ()
    before: tuple[Dated, ...] = ()
    after: tuple[Dated, ...] = ()
    owed: Callable[[tuple[SiteEvent, ...]], Owed] | None = None
    next_look: Instant | None = None


class Sites:
    """The site streams of a store, folded as far as they were read."""

    def __init__(self, store: Store, clock: Clock, vault: Vault | None = None) -> None:
        self.store, self.clock, self.vault = store, clock, vault
        self._folded: dict[str, tuple[AnyState, bytes]] = {}

    def definitions(self) -> Definitions:
        """What was decided about definitions; where that record is damaged, what can be read of it and that it is.

        A ward whose record of approvals is damaged must still see its patients and get its notices.
        """
        try:
            return cast("Definitions", self._read(DEFINITIONS))
        except RecordDamaged:
            return self._readable()

    def quarantine(self) -> Quarantine:
        """The reports that could be given to no case."""
        return cast("Quarantine", self._read(QUARANTINE))

    def duty(self) -> Duty:
        """The rosters; where their record is damaged, as if none were kept: notices go to the roles alone."""
        try:
            return cast("Duty", self._read(DUTY))
        except RecordDamaged:
            self._folded.pop(DUTY, None)
            return Duty()

    def known_duty(self) -> Duty:
        """What `duty` said last, without asking the store: for use inside a transaction."""
        return cast("Duty", self._folded.get(DUTY, (EMPTY[DUTY], FIRST_HASH))[0])

    def accounts(self) -> Accounts:
        """Who may be here in which role, and which glass was broken."""
        return cast("Accounts", self._read(ACCOUNTS))

    def retention(self) -> Retention:
        """What is kept for how long, held and erased; where that record is damaged, as if nothing were."""
        try:
            return cast("Retention", self._read(RETENTION))
        except RecordDamaged:
            self._folded.pop(RETENTION, None)
            return Retention()

    def known_definitions(self) -> Definitions:
        """What `definitions` said last, without asking the store: for use inside a transaction."""
        return cast("Definitions", self._folded.get(DEFINITIONS, (EMPTY[DEFINITIONS], FIRST_HASH))[0])

    def remembered(self, stream: str, command: str, canonical: bytes) -> Answer | None:
        """The first answer to a command id. Raises CommandReused for another body."""
        with self.store.write(stream) as unit:
            seen = unit.remembered(command)
        return None if seen is None else repeated(seen, command, sha256(canonical).digest())

    def write(
        self,
        stream: str,
        command: Command,
        canonical: bytes,
        decided: Callable[[Any, Instant], Outcome],
        beside: Head | None = None,
    ) -> Answer:
        """Decide under the stream's lock and append what came of it, once per command id.

        `decided` is given the stream's state and the clock's now; a transaction asks the store nothing beside its unit.
        `beside`: the head of a case that is held meanwhile; raises Conflict where it has moved on since it was read.
        """
        with self._held(stream, beside) as unit:
            seen, head = unit.remembered(command.id), unit.head()
            if seen is not None:
                return repeated(seen, command.id, sha256(canonical).digest())
            now = self.clock.now() if head is None else Instant(max(self.clock.now(), head.recorded_at))
            outcome = decided(self._folded_to(stream, head, unit.events), now)
            written = events_of(stream, command, head, now, outcome)
            refusal = outcome.found if isinstance(outcome.found, Refusal) else None
            answer = outcome.answer or Answer(
                command=command.id,
                case=stream,
                status="accepted" if refusal is None else "refused",
                positions=own_of(written, outcome),
                refusal=refusal,
            )
            sealing = Sealing(self.vault, stream, unit.case_key, now)
            attempt = None
            if refusal is not None:
                what, said = type(command).__name__, sealing.command(canonical, ENCODER.encode(bare(command)))
                attempt = Attempt(command.id, stream, command.by, now, what, refusal.code, said)
            bundle, text = outcome.kept or (head.bundle if head else "", None)
            owed = owed_by(written, outcome)
            unit.append(
                Change(
                    head=head_after(stream, self.store.origin, head, written, bundle, now, outcome.next_look),
                    events=written,
                    macs=macs_of(self.vault, written),
                    notices=owed.notices,
                    withdraw=owed.withdraw,
                    remember=Remembered(sha256(canonical).digest(), answer),
                    attempt=attempt,
                    identity=outcome.identity,
                    case_key=outcome.case_key if refusal is None else sealing.made,
                    bundle_text=text if refusal is None else None,
                    credentials=outcome.credentials if refusal is None else (),
                    destroyed=outcome.destroyed if refusal is None else (),
                )
            )
        return answer

    @contextmanager
    def _held(self, stream: str, beside: Head | None) -> Iterator[Unit]:
        """A transaction under the stream's lock, and under that of a case that must stand as it was read."""
        if beside is None:
            with self.store.write(stream) as unit:
                yield unit
            return
        with self.store.write_both(stream, beside.case) as (unit, other):
            now = other.head()
            if now is None or now.hash != beside.hash:
                raise Conflict("the case moved on meanwhile", "it as it was read", "look again, then ask again")
            yield unit

    def look(self, stream: str, decided: Callable[[Any, Instant], Outcome], always: bool = False) -> bool:
        """Bring a stream to the clock's now: what time alone does to it. True if that wrote events.

        `always`: also where time alone changes nothing, since another stream has.
        """
        with self.store.write(stream) as unit:
            head = unit.head()
            if head is None or (head.next_look is None and not always):
                return False
            now = Instant(max(self.clock.now(), head.recorded_at))
            outcome = decided(self._folded_to(stream, head, unit.events), now)
            written = events_of(stream, None, head, now, outcome)
            owed = owed_by(written, outcome)
            after = head_after(stream, self.store.origin, head, written, head.bundle, now, outcome.next_look)
            macs = macs_of(self.vault, written)
            unit.append(Change(head=after, events=written, macs=macs, notices=owed.notices, withdraw=owed.withdraw))
        return bool(written)

    def _read(self, stream: str) -> AnyState:
        """The fold of a stream, as the store has it now."""
        events = self.store.stream
        return self._folded_to(
            stream, self.store.head(stream), lambda after: (each.canonical for each in events(stream, after))
        )

    def _readable(self) -> Definitions:
        """The fold of the definitions up to the first event that is none."""
        found = Definitions()
        with suppress(msgspec.MsgspecError, KeyError):
            for each in self.store.stream(DEFINITIONS):
                found = evolve(found, (decode(each.canonical),))
        return msgspec.structs.replace(found, damaged=True)

    def _folded_to(self, stream: str, head: Head | None, events: Callable[[int], Iterable[bytes]]) -> AnyState:
        """The fold of a stream up to its head, from where it was read last."""
        if head is None:
            return EMPTY[stream]
        kept, last = self._folded.get(stream, (EMPTY[stream], FIRST_HASH))
        if last == head.hash:
            return kept
        try:
            found: AnyState = evolve(kept, map(decode, events(kept.position)))
        except (msgspec.MsgspecError, KeyError) as error:
            raise illegible(stream) from error
        if found.position < head.position:
            raise RecordDamaged(
                f"{stream} does not end where its head says",
                f"position {head.position}",
                "verify the record and restore it",
            )
        if found.position == head.position:
            self._folded[stream] = (found, head.hash)
        return found


def events_of(
    stream: str, command: Command | None, head: Head | None, now: Instant, outcome: Outcome
) -> tuple[Chained, ...]:
    """The events of an outcome, chained behind the head; of a refusal those of time alone."""
    own = [] if outcome.found is None or isinstance(outcome.found, Refusal) else [Dated(outcome.found, now)]
    position, last = (0, FIRST_HASH) if head is None else (head.position, head.hash)
    written: list[Chained] = []
    for index, each in enumerate((*outcome.before, *own, *outcome.after)):
        position += 1
        said = command if own and index == len(outcome.before) else None
        event = SiteEvent(
            case=stream,
            position=position,
            occurred_at=each.at,
            recorded_at=now,
            by=CLOCK if said is None else said.by,
            body=each.body,
            command="" if said is None else said.id,
            second_by=second_of(said),
        )
        written.append(chain(event, last))
        last = written[-1].hash
    return tuple(written)


def second_of(command: Command | None) -> By | None:
    """Who signed beside the one who speaks, and how that was proven."""
    return command.second_by if isinstance(command, SiteCommand) else None


def own_of(written: tuple[Chained, ...], outcome: Outcome) -> tuple[int, ...]:
    """The position of the command's own event; none for a refusal."""
    if isinstance(outcome.found, Refusal):
        return ()
    return (written[len(outcome.before)].event.position,)


def owed_by(written: tuple[Chained, ...], outcome: Outcome) -> Owed:
    """Whom the events of an outcome tell."""
    return Owed() if outcome.owed is None else outcome.owed(tuple(cast("SiteEvent", each.event) for each in written))


def head_after(
    stream: str,
    origin: str,
    head: Head | None,
    written: tuple[Chained, ...],
    bundle: str,
    now: Instant,
    next_look: Instant | None = None,
) -> Head:
    """The head of a site stream: a row without a pathway, closed. `bundle`: the one last approved.

    `next_look`: when time alone changes something in it; None where it never does.
    """
    position, last = (0, FIRST_HASH) if head is None else (head.position, head.hash)
    if written:
        position, last = written[-1].event.position, written[-1].hash
    return Head(
        case=stream,
        patient="",
        origin=origin,
        ward="",
        bed="",
        pathway="",
        bundle=bundle,
        position=position,
        hash=last,
        recorded_at=now if written or head is None else head.recorded_at,
        clinical_version=0,
        phases={},
        closed=True,
        next_look=next_look,
        looked_at=now,
    )


def repeated(seen: Remembered, command: str, fingerprint: bytes) -> Answer:
    """The first answer again. Raises CommandReused for another body."""
    if seen.fingerprint != fingerprint:
        raise CommandReused(
            f"the command id {command} was used with another body",
            "a new id for a new command",
            "send it under a new id",
        )
    return msgspec.structs.replace(seen.answer, repeated=True)
