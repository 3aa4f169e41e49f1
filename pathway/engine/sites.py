"""Sites: runs the streams of a site on a store, under the same lock, ids, clock and chain as a case."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from typing import Any, cast

import msgspec

from pathway.case.commands import Answer, Command, Refusal
from pathway.case.envelope import FIRST_HASH, By, Chained, chain
from pathway.clinical.instant import Instant
from pathway.engine.errors import CommandReused, RecordDamaged
from pathway.engine.legible import illegible
from pathway.engine.ports import Attempt, Change, Clock, Head, Identity, Remembered, Store
from pathway.site.events import AnySiteBody
from pathway.site.state import Definitions, Quarantine, evolve
from pathway.site.streams import DEFINITIONS, QUARANTINE, SiteEvent, decode

#: What each stream is before its first event.
EMPTY: dict[str, Definitions | Quarantine] = {DEFINITIONS: Definitions(), QUARANTINE: Quarantine()}


class Outcome(msgspec.Struct, frozen=True):
    """What comes of something said to a site stream: its event or a refusal, and what is kept beside the event.

    `answer` where it was said to a case, else it is made here. `kept`: a bundle's digest and text.
    """

    found: AnySiteBody | Refusal
    identity: Identity | None = None
    answer: Answer | None = None
    kept: tuple[str, bytes] | None = None


class Sites:
    """The site streams of a store, folded as far as they were read."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self._folded: dict[str, tuple[Definitions | Quarantine, bytes]] = {}

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
    ) -> Answer:
        """Decide under the stream's lock and append what came of it, once per command id.

        `decided` is given the stream's state and the clock's now; a transaction asks the store nothing beside its unit.
        """
        with self.store.write(stream) as unit:
            seen, head = unit.remembered(command.id), unit.head()
            if seen is not None:
                return repeated(seen, command.id, sha256(canonical).digest())
            now = self.clock.now() if head is None else Instant(max(self.clock.now(), head.recorded_at))
            outcome = decided(self._folded_to(stream, head, unit.events), now)
            written = event_of(stream, command.id, command.by, head, now, outcome.found)
            refusal = outcome.found if isinstance(outcome.found, Refusal) else None
            answer = outcome.answer or Answer(
                command=command.id,
                case=stream,
                status="accepted" if refusal is None else "refused",
                positions=tuple(each.event.position for each in written),
                refusal=refusal,
            )
            what = type(command).__name__
            attempt = Attempt(command.id, stream, command.by, now, what, refusal.code, canonical) if refusal else None
            bundle, text = outcome.kept or (head.bundle if head else "", None)
            unit.append(
                Change(
                    head=head_after(stream, self.store.origin, head, written, bundle, now),
                    events=written,
                    remember=Remembered(sha256(canonical).digest(), answer),
                    attempt=attempt,
                    identity=outcome.identity,
                    bundle_text=text if refusal is None else None,
                )
            )
        return answer

    def _read(self, stream: str) -> Definitions | Quarantine:
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

    def _folded_to(
        self, stream: str, head: Head | None, events: Callable[[int], Iterable[bytes]]
    ) -> Definitions | Quarantine:
        """The fold of a stream up to its head, from where it was read last."""
        if head is None:
            return EMPTY[stream]
        kept, last = self._folded.get(stream, (EMPTY[stream], FIRST_HASH))
        if last == head.hash:
            return kept
        try:
            found: Definitions | Quarantine = evolve(kept, map(decode, events(kept.position)))
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


def event_of(
    stream: str, command: str, by: By, head: Head | None, now: Instant, found: AnySiteBody | Refusal
) -> tuple[Chained, ...]:
    """The event of a body, chained behind the head; none for a refusal."""
    if isinstance(found, Refusal):
        return ()
    event = SiteEvent(
        case=stream,
        position=1 if head is None else head.position + 1,
        occurred_at=now,
        recorded_at=now,
        by=by,
        body=found,
        command=command,
    )
    return (chain(event, FIRST_HASH if head is None else head.hash),)


def head_after(
    stream: str, origin: str, head: Head | None, written: tuple[Chained, ...], bundle: str, now: Instant
) -> Head:
    """The head of a site stream: a row without a pathway, closed, never looked at. `bundle`: the one last approved."""
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
        next_look=None,
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
