"""The engine: runs cases through their ports. `handle` loads, decides and appends."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from pathway.case.attention import Memory
from pathway.case.commands import (
    ENCODER,
    AmendDefinition,
    Answer,
    AnyCommand,
    Enrol,
    MergeCases,
    Refusal,
    Reopen,
    Report,
    UnmergeCases,
)
from pathway.case.decide import Decision, decide, look
from pathway.case.envelope import FIRST_HASH, Chained, Event, chain
from pathway.case.events import ReminderClosed
from pathway.case.evolve import evolve
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway
from pathway.engine.accounts import account_rehearsed, of_account
from pathway.engine.answering import answer_of, attempt_of, kept_all_the_same, key_missing, unmatched
from pathway.engine.duty import Rostering
from pathway.engine.errors import CommandReused, CommitUnknown, RecordDamaged, UnknownBundle
from pathway.engine.kept import Kept
from pathway.engine.legible import legible
from pathway.engine.merge import Merging, redirected
from pathway.engine.ports import Change, Clock, Credential, Head, Notice, Remembered, Store, Unit, Vault
from pathway.engine.quarantine import OWN, Quarantining
from pathway.engine.reader import Reader
from pathway.engine.retention import Retaining, gone
from pathway.engine.rows import asked_at, head_of
from pathway.engine.sealing import Sealing, macs_of
from pathway.engine.sites import repeated
from pathway.engine.standing import gone_by, not_enrolled, of_definition, rehearsed
from pathway.engine.stretches import notices_owed, rows_written
from pathway.site.accounts.commands import AnyAccountCommand, BreakGlass, CloseAccount, RevokeRole
from pathway.site.commands import AnySiteCommand, ApproveDefinition, SettleQuarantined, SiteCommand, WithdrawDefinition
from pathway.site.duty.commands import DutyCommand
from pathway.site.retention.commands import RetentionCommand
from pathway.site.streams import DUTY, is_site

#: Cases kept folded in memory; a case weighs a few kilobytes, and one that fell out is folded again from its events.
CASES_KEPT = 2000


class Rehearsal(msgspec.Struct, frozen=True):
    """What would come of a command. `events`: those of due instants up to now, then the command's own, then effects.

    `aside`: the events of the other case, of a command about two.
    """

    answer: Answer
    events: tuple[Event, ...]
    before: Case
    after: Case
    notices: tuple[Notice, ...] = ()
    aside: tuple[Event, ...] = ()


class Engine(Reader):
    """Decides cases of the given pathways on one store. Safe to call from several threads."""

    def __init__(
        self,
        store: Store,
        pathways: Sequence[Pathway],
        clock: Clock,
        computed: Mapping[str, Computed] = COMPUTED,
        vault: Vault | None = None,
    ) -> None:
        super().__init__(store, pathways, clock, computed, vault)
        self.quarantine = Quarantining(self.sites, self.newest, self._in_case)
        self.merging = Merging(store, clock, vault, self._rules, self._load, self._change)
        self.retaining = Retaining(self.sites, self.case, self.timeline)
        self.rostering = Rostering(self.sites, lambda: [each.pathway for each in self.newest.values()])

    # --- writing -----------------------------------------------------------------------------------------------------

    def handle(self, command: AnyCommand | AnySiteCommand, credentials: tuple[Credential, ...] = ()) -> Answer:
        """Carry out a command once, durably, and say what became of it.

        The same id and body again gives the first answer and writes nothing. A report for a case that does not exist,
        or that has no readable form, goes to quarantine. Raises CommandReused for a known id with another body, or one
        of the engine's own; UnknownBundle, Conflict, StoreRefused as their names say. `credentials`: what goes with a
        command about a secret, and is kept with its event or not at all. CommitUnknown where nobody can tell whether it
        is kept: the same command again is safe.
        """
        try:
            return self._handle(command, credentials)
        except CommitUnknown:
            if (answer := kept_all_the_same(self.store, command)) is None:
                raise
            return answer

    def _handle(self, command: AnyCommand | AnySiteCommand, credentials: tuple[Credential, ...]) -> Answer:
        if command.id.startswith(OWN):
            raise CommandReused(f"the ids that begin with {OWN} are the engine's", "another id", "draw a new one")
        if isinstance(command, SettleQuarantined):
            return self.quarantine.settle(command)
        if isinstance(command, DutyCommand):
            return self.rostering.handle(command)
        if isinstance(command, RetentionCommand):
            return self.retaining.handle(command)
        if isinstance(command, AnyAccountCommand):
            answer = of_account(self.sites, command, self.rules, self._zone(command), credentials)
            if isinstance(command, CloseAccount | RevokeRole) and answer.refusal is None:
                self.rostering.look(always=True)
            return answer
        if isinstance(command, SiteCommand):
            return of_definition(self.sites, command, self._pathway(command))
        answer = self._in_case(command)
        if isinstance(command, Report) and answer.refusal is not None:
            if answer.repeated:
                self.quarantine.catch_up()
            else:
                return self.quarantine.keep(command, ENCODER.encode(command), answer)
        return answer

    def _in_case(self, command: AnyCommand) -> Answer:
        """Carry out a command on its case. A refused report is not remembered yet: that goes with its quarantine."""
        self.sites.duty()
        if isinstance(command, MergeCases | UnmergeCases) and command.other != command.case:
            found, kept_both = self.merging.handle(command)
            for each in kept_both:
                self._keep(each)
            return found
        canonical = ENCODER.encode(command)
        if isinstance(command, Enrol | AmendDefinition):
            self.sites.definitions()
        with self.store.write(command.case, command.id) as unit:
            head, seen = unit.head(), unit.remembered(command.id)
            into = self._goes_on_in(head) if isinstance(command, Report) else ""
            if seen is not None and (not into or seen.fingerprint == sha256(canonical).digest()):
                return repeated(seen, command.id, sha256(canonical).digest())
            if into:
                kept, answer = None, None
            elif not is_site(command.case) and (head is not None or isinstance(command, Enrol)):
                kept, answer = self._decide(unit, head, command, canonical)
            else:
                kept, answer = None, unmatched(command)
        if answer is None:
            return self._in_case(redirected(command, self.case(into), self.timeline))
        if kept is not None:
            self._keep(kept)
        return answer

    def _goes_on_in(self, head: Head | None) -> str:
        """The case that goes on for one that was merged away; empty for any other."""
        closed = head is not None and head.closed and not is_site(head.case)
        return self.case(head.case).merged_into if head is not None and closed else ""

    def look(self, case: str) -> bool:
        """Bring a case, or the rosters, to the clock's now: effects of time alone. True if that wrote events."""
        if case == DUTY:
            return self.rostering.look()
        self.sites.duty()
        with self.store.write(case) as unit:
            head = unit.head()
            if head is None or (head.closed and head.next_look is None):
                return False
            now = self._now(head)
            rules, (before, memory) = self._rules(head.bundle), self._load(unit, head)
            found = look(rules, before, now, head.next_look, memory, head.looked_at)
            change, kept = self._change(before, head, found, now)
            unit.append(change)
        self._keep(kept)
        return bool(found.events)

    def rehearse(self, command: AnyCommand | AnySiteCommand) -> Rehearsal:
        """What would come of a command now: the answer, the events, the case before and after. Writes nothing at all.

        Raises what `handle` raises.
        """
        if isinstance(command, DutyCommand):
            nowhere = Case(id=command.case)
            return Rehearsal(self.rostering.rehearse(command), (), nowhere, nowhere)
        if isinstance(command, RetentionCommand):
            nowhere = Case(id=command.case)
            return Rehearsal(self.retaining.rehearse(command), (), nowhere, nowhere)
        if isinstance(command, SiteCommand):
            nothing = Case(id=command.case)
            if isinstance(command, AnyAccountCommand):
                return Rehearsal(account_rehearsed(self.sites, command, self.rules), (), nothing, nothing)
            return Rehearsal(rehearsed(self.sites, command, self._pathway(command)), (), nothing, nothing)
        if is_site(command.case):
            nobody = Case(id=command.case)
            return Rehearsal(unmatched(command), (), nobody, nobody)
        self.sites.definitions()
        self.sites.duty()
        if isinstance(command, MergeCases | UnmergeCases) and command.other != command.case:
            return self._rehearse_both(command)
        with self.store.write(command.case) as unit:
            seen, head = unit.remembered(command.id), unit.head()
            kept = self._kept.get(command.case)
            if head is None or kept is None or kept.hash != head.hash:
                before = evolve(Case(id=command.case), legible(command.case, unit.events()))
            else:
                before = kept.case
            if seen is not None:
                answer = repeated(seen, command.id, sha256(ENCODER.encode(command)).digest())
                return Rehearsal(answer, (), before, before)
            if head is None and not isinstance(command, Enrol):
                return Rehearsal(unmatched(command), (), before, before)
            now = self._now(head)
            sealing = Sealing(self.vault, command.case, unit.case_key, now)
            found = self._found(unit, head, command, before, None, now, sealing)
        owed = notices_owed(self.pathway_of, before, found.case, found.events, self.sites.known_duty())
        return Rehearsal(answer_of(command, found), found.events, before, found.case, owed)

    def _rehearse_both(self, command: MergeCases | UnmergeCases) -> Rehearsal:
        """What would come of a command about two cases, on both of them."""
        answer, sides = self.merging.rehearse(command)
        events, nobody, duty = [found.events for _, found in sides], Case(id=command.case), self.sites.known_duty()
        owed = [notices_owed(self.pathway_of, before, found.case, found.events, duty) for before, found in sides]
        mine, aside = events or ((), ())
        before, after = (sides[0][0], sides[0][1].case) if sides else (nobody, nobody)
        return Rehearsal(answer, mine, before, after, tuple(each for notices in owed for each in notices), aside)

    def _decide(self, unit: Unit, head: Head | None, command: AnyCommand, canonical: bytes) -> tuple[Kept, Answer]:
        """Decide a command inside the transaction and append what came of it."""
        now = self._now(head)
        before, memory = (Case(id=command.case), None) if head is None else self._load(unit, head)
        sealing = Sealing(self.vault, command.case, unit.case_key, now)
        found = self._found(unit, head, command, before, memory, now, sealing)
        change, kept = self._change(before, head, found, now)
        answer = answer_of(command, found)
        attempt, remember = None, Remembered(sha256(canonical).digest(), answer)
        if found.refusal is not None:
            attempt = attempt_of(command, found.refusal, now, sealing)
        identity = None
        if isinstance(command, Enrol) and found.refusal is None:
            identity = sealing.content(msgspec.json.encode(command.identifiers, order="sorted"))
        unit.append(
            msgspec.structs.replace(
                change,
                remember=None if isinstance(command, Report) and found.refusal is not None else remember,
                attempt=attempt,
                identity=identity,
                case_key=sealing.made,
                bundle_text=self.pathway_of(found.case.bundle).bundle if found.case.bundle != before.bundle else None,
            )
        )
        return kept, answer

    def _found(
        self,
        unit: Unit,
        head: Head | None,
        command: AnyCommand,
        before: Case,
        memory: Memory | None,
        now: Instant,
        sealing: Sealing,
    ) -> Decision:
        """What comes of a command on a case, with what other streams say of it."""
        rules = self._rules_for(head, command)
        other = None
        if isinstance(command, Enrol | Reopen):
            patient = command.patient if isinstance(command, Enrol) else before.patient
            other = unit.case_of_patient(patient, rules.pathway.name)
        target = None
        if isinstance(command, AmendDefinition):
            target = gone_by(self.sites.known_definitions(), command.to, self._known(command.to))
        if head is not None and isinstance(command, Reopen) and (ended := gone(command, unit.case_key(command.case))):
            return Decision(before, (), ended, head.next_look, head.closed)
        found = decide(
            rules, before, command, now, head.next_look if head else None, other, memory, target, sealing.text
        )
        if isinstance(command, Enrol) and found.refusal is None:
            known = [each.pathway for each in self.rules.values()]
            wrong = (
                self._wrong_origin(command)
                or key_missing(self.vault, command)
                or not_enrolled(self.sites.known_definitions(), command, rules.pathway, known)
            )
            return Decision(before, (), wrong, None, False) if wrong else found
        return found

    def _now(self, head: Head | None) -> Instant:
        """The clock's now, never before what the case has recorded."""
        return Instant(self.clock.now() if head is None else max(self.clock.now(), head.recorded_at))

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

    def _change(self, before: Case, head: Head | None, found: Decision, now: Instant) -> tuple[Change, Kept]:
        """What a decision writes, and the case to keep once it is written."""
        chained: list[Chained] = []
        last = FIRST_HASH if head is None else head.hash
        for event in found.events:
            chained.append(chain(event, last))
            last = chained[-1].hash
        closed = [event.body for event in found.events if isinstance(event.body, ReminderClosed)]
        change = Change(
            head=head_of(found.case, last, asked_at(head, found, now), found.next_look, found.closed),
            events=tuple(chained),
            macs=macs_of(self.vault, chained),
            reminders=rows_written(self.pathway_of, before, found.case, found.events),
            notices=notices_owed(self.pathway_of, before, found.case, found.events, self.sites.known_duty()),
            withdraw=tuple((each.reminder, each.subject, each.ordinal) for each in closed),
            withdraw_all=found.closed and not found.case.open and not (head is not None and head.closed),
        )
        return change, Kept(found.case, last, found.memory)

    # --- loading -----------------------------------------------------------------------------------------------------

    def _zone(self, command: AnyAccountCommand) -> str:
        """The zone of the case whose glass is broken; of any other, the world's."""
        case = command.patient_case if isinstance(command, BreakGlass) else ""
        return "UTC" if is_site(case) or self.store.head(case) is None else self.case(case).zone

    def _pathway(self, command: AnySiteCommand) -> Pathway | None:
        """The definition that a command to the site is about, where this engine knows it."""
        if not isinstance(command, ApproveDefinition | WithdrawDefinition):
            return None
        known = self._known(command.digest)
        return None if known is None else known.pathway

    def _rules_for(self, head: Head | None, command: AnyCommand) -> Rules:
        """The pinned rules of a case, or the newest version of the pathway it begins."""
        if head is not None:
            return self._rules(head.bundle)
        name = command.pathway if isinstance(command, Enrol) else ""
        if isinstance(command, Enrol) and command.version is not None:
            return self._version(name, command.version)
        if name not in self.newest:
            raise UnknownBundle(
                "this engine does not know the pathway", f"one of {', '.join(self.newest)}", "name one of them"
            )
        return self.newest[name]

    def _version(self, name: str, version: int) -> Rules:
        """The rules of one version of a pathway that was handed in."""
        for rules in self.rules.values():
            if (rules.pathway.name, rules.pathway.form.version) == (name, version):
                return rules
        raise UnknownBundle(
            f"this engine does not know version {version} of the pathway", "one that is here", "name another version"
        )

    def _load(self, unit: Unit, head: Head) -> tuple[Case, Memory | None]:
        """The case at its head, from memory where that is still the newest.

        What is kept is taken out, and put back only when the transaction is on disk: a turn writes on its memory.
        """
        kept = self._kept.pop(head.case, None)
        if kept is not None and kept.hash == head.hash:
            return kept.case, kept.memory
        start = kept.case if kept is not None and kept.case.position < head.position else Case(id=head.case)
        found = evolve(start, legible(head.case, unit.events(start.position)))
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
