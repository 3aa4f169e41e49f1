"""Merging through the ports: two streams, both locks, one transaction."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

import msgspec

from pathway.case.attention import Memory
from pathway.case.commands import ENCODER, Answer, AnyCommand, MergeCases, Refusal, Retract, UnmergeCases
from pathway.case.decide import Decision
from pathway.case.envelope import Event
from pathway.case.merging import Side, decide_both
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.case.union import counterpart
from pathway.clinical.instant import Instant
from pathway.engine.answering import answer_of, attempt_of
from pathway.engine.kept import Kept
from pathway.engine.legible import legible
from pathway.engine.ports import Change, Clock, Head, Remembered, Store, Unit, Vault
from pathway.engine.retention import gone
from pathway.engine.sealing import Sealing
from pathway.engine.sites import repeated
from pathway.site.streams import is_site

RulesOf = Callable[[str], Rules]
Load = Callable[[Unit, Head], tuple[Case, Memory | None]]
Written = Callable[[Case, Head | None, Decision, Instant], tuple[Change, Kept]]


class Merging:
    """Merges two cases and parts them again. `written`: what a decision on one case writes."""

    def __init__(
        self, store: Store, clock: Clock, vault: Vault | None, rules: RulesOf, load: Load, written: Written
    ) -> None:
        self.vault = vault
        self.store, self.clock, self.rules, self.load, self.written = store, clock, rules, load, written

    def handle(self, command: MergeCases | UnmergeCases) -> tuple[Answer, tuple[Kept, ...]]:
        """Carry it out on both cases or on neither; the answer, and what to keep now that it is on disk."""
        canonical = ENCODER.encode(command)
        with self.store.write_both(command.case, command.other) as (unit, beside):
            seen = unit.remembered(command.id)
            if seen is not None:
                return repeated(seen, command.id, sha256(canonical).digest()), ()
            both = self.decided(unit, beside, command)
            if not both.sides:
                return both.answer, ()
            (mine, found, sealing), (yours, aside, aside_sealing) = both.sides
            refused = found.refusal
            attempt = None if refused is None else attempt_of(command, refused, both.now, sealing)
            told = Remembered(sha256(canonical).digest(), both.answer)
            change, kept = self.written(mine.case, unit.head(), found, both.now)
            unit.append(msgspec.structs.replace(change, remember=told, attempt=attempt, case_key=sealing.made))
            change, kept_aside = self.written(yours.case, beside.head(), aside, both.now)
            beside.append(msgspec.structs.replace(change, case_key=aside_sealing.made))
        return both.answer, (kept, kept_aside)

    def rehearse(self, command: MergeCases | UnmergeCases) -> tuple[Answer, tuple[tuple[Case, Decision], ...]]:
        """What would come of it on each of the two cases, the command's own first. Writes nothing at all."""
        with self.store.write_both(command.case, command.other) as (unit, beside):
            seen = unit.remembered(command.id)
            if seen is not None:
                return repeated(seen, command.id, sha256(ENCODER.encode(command)).digest()), ()
            both = self.decided(unit, beside, command)
            return both.answer, tuple((side.case, found) for side, found, _ in both.sides)

    def decided(self, unit: Unit, beside: Unit, command: MergeCases | UnmergeCases) -> "Both":
        """What comes of it on both cases, inside the transaction of both; nothing where there is no such pair."""
        head, other = unit.head(), beside.head()
        if head is None or other is None or is_site(command.case) or is_site(command.other):
            refusal = Refusal("no_such_case", "there is no such case", (), "check both cases")
            return Both(Answer(command.id, command.case, "refused", (), refusal))
        if ended := gone(command, unit.case_key(command.case)):
            return Both(Answer(command.id, command.case, "refused", (), ended))
        now = Instant(max(self.clock.now(), head.recorded_at, other.recorded_at))
        sealing = Sealing(self.vault, command.case, unit.case_key, now)
        aside_sealing = Sealing(self.vault, command.other, beside.case_key, now)
        mine, yours = self.side(unit, head, sealing), self.side(beside, other, aside_sealing)
        found, aside = decide_both(mine, yours, command, now, self.open_case(unit, command, other))
        return Both(answer_of(command, found), ((mine, found, sealing), (yours, aside, aside_sealing)), now)

    def side(self, unit: Unit, head: Head, sealing: Sealing) -> Side:
        """One of the two cases with all its events: what is merged are the facts as they were recorded."""
        case, memory = self.load(unit, head)
        events = tuple(legible(head.case, unit.events()))
        return Side(self.rules(head.bundle), case, events, head.next_look, memory, sealing.text)

    def open_case(self, unit: Unit, command: MergeCases | UnmergeCases, other: Head) -> str | None:
        """An open case that the other's person would have beside the one that is given back."""
        if isinstance(command, MergeCases):
            return None
        found = unit.case_of_patient(other.patient, other.pathway)
        return None if found == command.case else found


class Both(NamedTuple):
    """What is answered, and of each case how it is, what is decided on it, and the key of its texts."""

    answer: Answer
    sides: tuple[tuple[Side, Decision, Sealing], ...] = ()
    now: Instant = Instant(0)


def redirected(command: AnyCommand, survivor: Case, timeline: Callable[[str], list[Event]]) -> AnyCommand:
    """A report on a case that was merged away, as one on the case that goes on for it, with the positions of that."""
    came = {origin: position for position, origin in survivor.brought.items()}

    def here(position: int) -> int:
        origin = (command.case, position)
        return came.get(origin) or counterpart(*origin, timeline(survivor.id), timeline(command.case))

    moved = msgspec.structs.replace(command, case=survivor.id)
    if isinstance(moved, Retract):
        return msgspec.structs.replace(moved, target=here(moved.target))
    replaces = getattr(moved, "replaces", None)
    return moved if replaces is None else msgspec.structs.replace(moved, replaces=here(replaces) or None)
