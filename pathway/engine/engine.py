"""The engine: runs cases through their ports. `handle` loads, decides and appends; everything else reads."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from pathway.case.asof import case_as_of
from pathway.case.attention import Memory
from pathway.case.commands import ENCODER, Answer, AnyCommand, Enrol, Refusal, Report
from pathway.case.decide import Decision, decide, look
from pathway.case.envelope import FIRST_HASH, Chained, Event, chain, decode, digest
from pathway.case.events import ReminderClosed
from pathway.case.evolve import evolve
from pathway.case.facts import View
from pathway.case.picture import Picture
from pathway.case.portray import portray
from pathway.case.rules import Rules, rules_of
from pathway.case.state import Case
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway
from pathway.engine.errors import CommandReused, RecordDamaged, UnknownBundle
from pathway.engine.notices import notices
from pathway.engine.ports import Attempt, Change, Clock, Head, Identity, Remembered, Store, Unit
from pathway.engine.rows import head_of, reminder_rows

#: Cases kept folded in memory; a case weighs a few kilobytes, and one that fell out is folded again from its events.
CASES_KEPT = 2000


class Kept(msgspec.Struct, frozen=True):
    """A folded case, the hash of its last event, to know whether it is still the newest, and what deciding it left."""

    case: Case
    hash: bytes
    memory: Memory | None = None


class Engine:
    """Decides cases of the given pathways on one store. Safe to call from several threads."""

    def __init__(self, store: Store, pathways: Sequence[Pathway], clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.rules = {each.digest: rules_of(each) for each in pathways}
        self.newest = {
            each.name: self.rules[each.digest] for each in sorted(pathways, key=lambda each: each.form.version)
        }
        self._kept: dict[str, Kept] = {}

    # --- writing -----------------------------------------------------------------------------------------------------

    def handle(self, command: AnyCommand) -> Answer:
        """Carry out a command once, durably, and say what became of it.

        The same id and body again gives the first answer and writes nothing. A report for a case that does not exist,
        or that has no readable form, goes to quarantine. Raises CommandReused for a known id with another body;
        UnknownBundle, Conflict and StoreRefused as their names say.
        """
        canonical = ENCODER.encode(command)
        with self.store.write(command.case) as unit:
            seen = unit.remembered(command.id)
            if seen is not None:
                return repeated(seen, command.id, sha256(canonical).digest())
            head = unit.head()
            if head is not None or isinstance(command, Enrol):
                kept, answer = self._decide(unit, head, command, canonical)
            else:
                kept, answer = None, unmatched(command)
        if kept is not None:
            self._keep(kept)
        if isinstance(command, Report) and answer.refusal is not None:
            self.store.quarantine(self.clock.now(), command.by, answer.refusal.code, canonical)
        return answer

    def look(self, case: str) -> bool:
        """Bring a case to the clock's now: effects of time alone. True if that wrote events."""
        with self.store.write(case) as unit:
            head = unit.head()
            if head is None or head.closed:
                return False
            now = Instant(max(self.clock.now(), head.recorded_at))
            rules, (before, memory) = self._rules(head.bundle), self._load(unit, head)
            found = look(rules, before, now, head.next_look, memory)
            change, kept = self._change(rules, before, head, found, now)
            unit.append(change)
        self._keep(kept)
        return bool(found.events)

    def _decide(self, unit: Unit, head: Head | None, command: AnyCommand, canonical: bytes) -> tuple[Kept, Answer]:
        """Decide a command inside the transaction and append what came of it."""
        now = Instant(self.clock.now() if head is None else max(self.clock.now(), head.recorded_at))
        rules = self._rules_for(head, command)
        before, memory = (Case(id=command.case), None) if head is None else self._load(unit, head)
        other = unit.case_of_patient(command.patient) if isinstance(command, Enrol) else None
        found = decide(rules, before, command, now, head.next_look if head else None, other, memory)
        if isinstance(command, Enrol) and found.refusal is None and (wrong := self._wrong_origin(command)):
            found = Decision(before, (), wrong, None, False)
        change, kept = self._change(rules, before, head, found, now)
        own = tuple(each.position for each in found.events[found.own :])
        answer = Answer(
            command=command.id,
            case=command.case,
            status="accepted" if found.refusal is None else "refused",
            positions=own if found.refusal is None else (),
            refusal=found.refusal,
            clinical_version=found.case.clinical_version,
        )
        attempt = None
        if found.refusal is not None:
            what = type(command).__name__
            attempt = Attempt(command.id, command.case, command.by, now, what, found.refusal.code, canonical)
        identity = None
        if isinstance(command, Enrol) and found.refusal is None:
            sealed = msgspec.json.encode(command.identifiers, order="sorted")
            identity = Identity(command.case, "clear", command.case, sealed)
        unit.append(
            msgspec.structs.replace(
                change,
                remember=Remembered(sha256(canonical).digest(), answer),
                attempt=attempt,
                identity=identity,
                bundle_text=rules.pathway.bundle if head is None and found.events else None,
            )
        )
        return kept, answer

    def _wrong_origin(self, command: Enrol) -> Refusal | None:
        """Invented patients live in demonstrations only, real ones in live databases only (H55)."""
        if (command.origin == "live") == (self.store.origin == "live"):
            return None
        return Refusal(
            "origin",
            f"a {command.origin} patient in a {self.store.origin} database",
            (),
            "use the database this patient belongs to",
        )

    def _change(
        self, rules: Rules, before: Case, head: Head | None, found: Decision, now: Instant
    ) -> tuple[Change, Kept]:
        """What a decision writes, and the case to keep once it is written."""
        chained: list[Chained] = []
        last = FIRST_HASH if head is None else head.hash
        for event in found.events:
            chained.append(chain(event, last))
            last = chained[-1].hash
        closed = [event.body for event in found.events if isinstance(event.body, ReminderClosed)]
        change = Change(
            head=head_of(found.case, last, now, found.next_look, found.closed),
            events=tuple(chained),
            reminders=reminder_rows(rules.pathway, before, found.events),
            notices=notices(rules.pathway, found.case, found.events),
            withdraw=tuple((each.reminder, each.subject, each.ordinal) for each in closed),
            withdraw_all=found.closed,
        )
        return change, Kept(found.case, last, found.memory)

    # --- reading -----------------------------------------------------------------------------------------------------

    def case(self, case: str) -> Case:
        """A case as it is after its last event. Raises KeyError for one that does not exist."""
        head = self.store.head(case)
        if head is None:
            raise KeyError(case)
        kept = self._kept.get(case)
        if kept is not None and kept.hash == head.hash:
            return kept.case
        start = kept.case if kept is not None and kept.case.position <= head.position else Case(id=case)
        return evolve(start, (decode(each.canonical) for each in self.store.stream(case, start.position)))

    def case_as_of(self, case: str, occurred: Instant | None, recorded: Instant | None) -> Case:
        """The facts of a case as true at `occurred` and as known at `recorded`; None is no limit."""
        return case_as_of(case, self.timeline(case), occurred, recorded)

    def picture(self, case: str, at: Instant | None = None) -> Picture:
        """What a page shows of a case now, or at an instant."""
        found = self.case(case)
        return portray(self._rules(found.bundle), found, self.clock.now() if at is None else at)

    def picture_as_of(self, case: str, occurred: Instant | None, recorded: Instant | None) -> Picture:
        """What a page shows of a case under two clocks; reminders and phases by what was recorded."""
        found = self.case_as_of(case, occurred, recorded)
        limits = [each for each in (occurred, recorded) if each is not None]
        at = min(limits) if limits else self.clock.now()
        return portray(self._rules(found.bundle), found, at)

    def view(self, case: str, at: Instant | None = None) -> View:
        """The facts of a case as readings, for guards and explanations."""
        found = self.case(case)
        return View(self._rules(found.bundle).pathway, found, self.clock.now() if at is None else at)

    def timeline(self, case: str) -> list[Event]:
        """Every event of a case in order."""
        return [decode(each.canonical) for each in self.store.stream(case)]

    def heads(self, ward: str | None = None, closed: bool = False) -> list[Head]:
        """The heads of the cases."""
        return self.store.heads(ward, closed)

    def pathway(self, case: str) -> Pathway:
        """The pathway a case is pinned to."""
        return self._rules(self.case(case).bundle).pathway

    def verify(self, case: str) -> list[str]:
        """What is wrong with the record of a case: nothing when its chain is sound from its first event to its head."""
        problems, previous, position = [], FIRST_HASH, 0
        for each in self.store.stream(case):
            position += 1
            if each.position != position:
                problems.append(f"position {position} is missing")
                position = each.position
            if each.previous != previous or digest(each.previous, each.canonical) != each.hash:
                problems.append(f"position {each.position} does not match its hash")
            elif decode(each.canonical).position != each.position:
                problems.append(f"position {each.position} says that it is another")
            previous = each.hash
        head = self.store.head(case)
        if head is None or (head.position, head.hash) != (position, previous):
            problems.append("the stream does not end where its head says")
        return problems

    # --- loading -----------------------------------------------------------------------------------------------------

    def _rules(self, bundle: str) -> Rules:
        """The rules of a pinned bundle."""
        found = self.rules.get(bundle)
        if found is None:
            raise UnknownBundle(
                "a case keeps a bundle that this engine does not have",
                "its definition",
                "hand in the definition it began under",
            )
        return found

    def _rules_for(self, head: Head | None, command: AnyCommand) -> Rules:
        """The pinned rules of a case, or the newest version of the pathway it begins."""
        if head is not None:
            return self._rules(head.bundle)
        name = command.pathway if isinstance(command, Enrol) else ""
        if name not in self.newest:
            raise UnknownBundle(
                "this engine does not know the pathway", f"one of {', '.join(self.newest)}", "name one of them"
            )
        return self.newest[name]

    def _load(self, unit: Unit, head: Head) -> tuple[Case, Memory | None]:
        """The case at its head, from memory where that is still the newest.

        What is kept is taken out, and put back only when the transaction is on disk: a turn writes on its memory.
        """
        kept = self._kept.pop(head.case, None)
        if kept is not None and kept.hash == head.hash:
            return kept.case, kept.memory
        start = kept.case if kept is not None and kept.case.position < head.position else Case(id=head.case)
        found = evolve(start, map(decode, unit.events(start.position)))
        if found.position != head.position:
            raise RecordDamaged(
                "the stream does not end where its head says",
                f"position {head.position}",
                "verify the record and restore it",
            )
        return found, None

    def _keep(self, kept: Kept) -> None:
        """Keep a case folded after its transaction is on disk."""
        self._kept[kept.case.id] = kept
        if len(self._kept) > CASES_KEPT:
            for case in list(self._kept)[: CASES_KEPT // 2]:
                self._kept.pop(case, None)


def repeated(seen: Remembered, command: str, fingerprint: bytes) -> Answer:
    """The first answer again. Raises CommandReused for another body."""
    if seen.fingerprint != fingerprint:
        raise CommandReused(
            f"the command id {command} was used with another body",
            "a new id for a new command",
            "send it under a new id",
        )
    return msgspec.structs.replace(seen.answer, repeated=True)


def unmatched(command: AnyCommand) -> Answer:
    """What is said of a command for a case that does not exist."""
    refusal = Refusal(
        "quarantined" if isinstance(command, Report) else "no_such_case",
        "there is no such case",
        (),
        "check the case, or enrol the patient",
    )
    return Answer(command.id, command.case, "refused", (), refusal)
