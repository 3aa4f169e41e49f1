"""The engine: runs cases through their ports. `handle` loads, decides and appends; everything else reads."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec

from pathway.case.asof import case_as_of
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
from pathway.case.envelope import FIRST_HASH, Chained, Event, chain, decode, digest
from pathway.case.events import ReminderClosed
from pathway.case.evolve import evolve
from pathway.case.facts import View
from pathway.case.picture import Picture
from pathway.case.portray import portray
from pathway.case.rules import Rules, rules_of
from pathway.case.state import Case
from pathway.case.turn import Turn
from pathway.case.why import Inquiry, Why
from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.instant import Instant
from pathway.definition.errors import DefinitionError
from pathway.definition.load import load_pinned
from pathway.definition.pathway import Pathway
from pathway.engine.answering import answer_of, nameless, unmatched
from pathway.engine.errors import CommandReused, RecordDamaged, UnknownBundle
from pathway.engine.kept import Kept
from pathway.engine.legible import legible
from pathway.engine.merge import Merging, redirected
from pathway.engine.ports import Attempt, Change, Clock, Head, Identity, Notice, Remembered, Store, Unit
from pathway.engine.quarantine import OWN, Quarantining
from pathway.engine.rows import head_of
from pathway.engine.sites import Sites, repeated
from pathway.engine.standing import gone_by, not_enrolled, of_definition, rehearsed, with_approval, with_withdrawal
from pathway.engine.stretches import notices_owed, rows_written
from pathway.site.commands import AnySiteCommand, SettleQuarantined, SiteCommand
from pathway.site.state import Approved, Withdrawn
from pathway.site.streams import decode as decode_site
from pathway.site.streams import is_site

#: Cases kept folded in memory; a case weighs a few kilobytes, and one that fell out is folded again from its events.
CASES_KEPT = 2000


class Rehearsal(msgspec.Struct, frozen=True):
    """What would come of a command. `events`: those of due instants up to now, then the command's own, then effects."""

    answer: Answer
    events: tuple[Event, ...]
    before: Case
    after: Case
    notices: tuple[Notice, ...] = ()


class Engine:
    """Decides cases of the given pathways on one store. Safe to call from several threads."""

    def __init__(
        self, store: Store, pathways: Sequence[Pathway], clock: Clock, computed: Mapping[str, Computed] = COMPUTED
    ) -> None:
        self.store, self.clock = store, clock
        self.rules = {each.digest: rules_of(each) for each in pathways}
        #: Bundles that the store keeps and this release cannot decide, each with its reason.
        self.unfit: dict[str, str] = {}
        self.computed = {**computed, **{name: each for given in pathways for name, each in given.computed.items()}}
        self.newest = {
            each.name: self.rules[each.digest] for each in sorted(pathways, key=lambda each: each.form.version)
        }
        self._kept: dict[str, Kept] = {}
        self.sites = Sites(store, clock)
        self.quarantine = Quarantining(self.sites, self.newest, self._in_case)
        self.merging = Merging(store, clock, self._rules, self._load, self._change)

    # --- writing -----------------------------------------------------------------------------------------------------

    def handle(self, command: AnyCommand | AnySiteCommand) -> Answer:
        """Carry out a command once, durably, and say what became of it.

        The same id and body again gives the first answer and writes nothing. A report for a case that does not exist,
        or that has no readable form, goes to quarantine. Raises CommandReused for a known id with another body, or one
        of the engine's own; UnknownBundle, Conflict and StoreRefused as their names say.
        """
        if command.id.startswith(OWN):
            raise CommandReused(f"the ids that begin with {OWN} are the engine's", "another id", "draw a new one")
        if isinstance(command, SettleQuarantined):
            return self.quarantine.settle(command)
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
        """Bring a case to the clock's now: effects of time alone. True if that wrote events."""
        with self.store.write(case) as unit:
            head = unit.head()
            if head is None or (head.closed and head.next_look is None):
                return False
            now = self._now(head)
            rules, (before, memory) = self._rules(head.bundle), self._load(unit, head)
            found = look(rules, before, now, head.next_look, memory)
            change, kept = self._change(before, head, found, now)
            unit.append(change)
        self._keep(kept)
        return bool(found.events)

    def rehearse(self, command: AnyCommand | AnySiteCommand) -> Rehearsal:
        """What would come of a command now: the answer, the events, the case before and after. Writes nothing at all.

        Raises what `handle` raises.
        """
        if isinstance(command, SiteCommand):
            nothing = Case(id=command.case)
            return Rehearsal(rehearsed(self.sites, command, self._pathway(command)), (), nothing, nothing)
        if is_site(command.case):
            nobody = Case(id=command.case)
            return Rehearsal(unmatched(command), (), nobody, nobody)
        self.sites.definitions()
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
            found = self._found(unit, head, command, before, None, self._now(head))
        owed = notices_owed(self.pathway_of, before, found.case, found.events)
        return Rehearsal(answer_of(command, found), found.events, before, found.case, owed)

    def _decide(self, unit: Unit, head: Head | None, command: AnyCommand, canonical: bytes) -> tuple[Kept, Answer]:
        """Decide a command inside the transaction and append what came of it."""
        now = self._now(head)
        before, memory = (Case(id=command.case), None) if head is None else self._load(unit, head)
        found = self._found(unit, head, command, before, memory, now)
        change, kept = self._change(before, head, found, now)
        answer = answer_of(command, found)
        attempt, remember = None, Remembered(sha256(canonical).digest(), answer)
        if found.refusal is not None:
            what = type(command).__name__
            attempt = Attempt(command.id, command.case, command.by, now, what, found.refusal.code, nameless(command))
        identity = None
        if isinstance(command, Enrol) and found.refusal is None:
            sealed = msgspec.json.encode(command.identifiers, order="sorted")
            identity = Identity(command.case, "clear", command.case, sealed)
        unit.append(
            msgspec.structs.replace(
                change,
                remember=None if isinstance(command, Report) and found.refusal is not None else remember,
                attempt=attempt,
                identity=identity,
                bundle_text=self.pathway_of(found.case.bundle).bundle if found.case.bundle != before.bundle else None,
            )
        )
        return kept, answer

    def _found(
        self, unit: Unit, head: Head | None, command: AnyCommand, before: Case, memory: Memory | None, now: Instant
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
        found = decide(rules, before, command, now, head.next_look if head else None, other, memory, target)
        if isinstance(command, Enrol) and found.refusal is None:
            known = [each.pathway for each in self.rules.values()]
            wrong = self._wrong_origin(command) or not_enrolled(
                self.sites.known_definitions(), command, rules.pathway, known
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
            head=head_of(found.case, last, now, found.next_look, found.closed),
            events=tuple(chained),
            reminders=rows_written(self.pathway_of, before, found.case, found.events),
            notices=notices_owed(self.pathway_of, before, found.case, found.events),
            withdraw=tuple((each.reminder, each.subject, each.ordinal) for each in closed),
            withdraw_all=found.closed and not found.case.open and not (head is not None and head.closed),
        )
        return change, Kept(found.case, last, found.memory)

    # --- reading -----------------------------------------------------------------------------------------------------

    def case(self, case: str) -> Case:
        """A case as it is after its last event. Raises KeyError for one that does not exist."""
        head = self.store.head(case)
        if head is None or is_site(case):
            raise KeyError(case)
        kept = self._kept.get(case)
        if kept is not None and kept.hash == head.hash:
            return kept.case
        start = kept.case if kept is not None and kept.case.position <= head.position else Case(id=case)
        return evolve(start, legible(case, (each.canonical for each in self.store.stream(case, start.position))))

    def case_as_of(self, case: str, occurred: Instant | None, recorded: Instant | None) -> Case:
        """The facts of a case as true at `occurred` and as known at `recorded`; None is no limit."""
        return case_as_of(case, self.timeline(case), occurred, recorded)

    def picture(self, case: str, at: Instant | None = None) -> Picture:
        """What a page shows of a case now, or at an instant."""
        found = self.case(case)
        shown = portray(self._rules(found.bundle), found, self.clock.now() if at is None else at)
        return with_withdrawal(with_approval(shown, self.approved(found.bundle)), self.withdrawn(found.bundle))

    def withdrawn(self, bundle: str, recorded: Instant | None = None) -> Withdrawn | None:
        """The withdrawal of a definition for safety, as known now or at an instant; None where it may be used."""
        found = self.sites.definitions().withdrawn.get(bundle)
        return found if found is None or recorded is None or found.at <= recorded else None

    def approved(self, bundle: str, recorded: Instant | None = None) -> Approved | None:
        """The approval of a definition by two people here, as known now or at an instant; None where there is none."""
        found = self.sites.definitions().approved.get(bundle)
        return found if found is None or recorded is None or found.at <= recorded else None

    def picture_as_of(self, case: str, occurred: Instant | None, recorded: Instant | None) -> Picture:
        """What a page shows of a case under two clocks; reminders and phases by what was recorded."""
        found = self.case_as_of(case, occurred, recorded)
        limits = [each for each in (occurred, recorded) if each is not None]
        at = min(limits) if limits else self.clock.now()
        shown = with_approval(portray(self._rules(found.bundle), found, at), self.approved(found.bundle, recorded))
        return with_withdrawal(shown, self.withdrawn(found.bundle, recorded))

    def view(self, case: str, at: Instant | None = None) -> View:
        """The facts of a case as readings, for guards and explanations."""
        found = self.case(case)
        return View(self._rules(found.bundle).pathway, found, self.clock.now() if at is None else at)

    def why(
        self,
        case: str,
        name: str,
        subject: str = "",
        at: Instant | None = None,
        recorded: Instant | None = None,
    ) -> Why:
        """Why something is so, or is not, by its name: as `inquiry` understands both clocks. Raises NameUnknown."""
        return self.inquiry(case, at, recorded).why(name, subject)

    def inquiry(self, case: str, at: Instant | None = None, recorded: Instant | None = None) -> Inquiry:
        """A case to be asked why, at an instant (now) and as known at another (then).

        Where more is known than at the instant itself, the facts of that instant are taken as known later, and phases
        and reminders as `case_as_of` has them. Raises KeyError for a case that does not exist, or not then.
        """
        events = self.timeline(case)
        now = Instant(max(self.clock.now(), events[-1].recorded_at)) if events and at is None else at
        known = [each for each in events if now is None or each.recorded_at <= max(now, recorded or now)]
        if recorded is not None:
            known = [each for each in known if each.recorded_at <= recorded]
        if now is None or not known:
            raise KeyError(case)
        later = recorded is not None and recorded > now
        found = case_as_of(case, known, now if later else None, None)
        return Inquiry(Turn(self._rules(found.bundle), found, now), tuple(known), self._rules)

    def timeline(self, case: str) -> list[Event]:
        """Every event of a case in order."""
        return [] if is_site(case) else list(legible(case, (each.canonical for each in self.store.stream(case))))

    def heads(self, ward: str | None = None, closed: bool = False) -> list[Head]:
        """The heads of the cases."""
        return self.store.heads(ward, closed)

    def learn(self, pathway: Pathway) -> None:
        """Decide by this definition too where a case is brought to it; nobody is enrolled on it for that."""
        self.rules.setdefault(pathway.digest, rules_of(pathway))

    def pathway_of(self, bundle: str) -> Pathway:
        """The pathway of a bundle, from this engine or from what the store keeps. Raises UnknownBundle."""
        return self._rules(bundle).pathway

    def knows(self, bundle: str) -> bool:
        """Whether this engine can decide a case that keeps this bundle."""
        return self._known(bundle) is not None

    def pathway(self, case: str) -> Pathway:
        """The pathway a case is pinned to."""
        return self._rules(self.case(case).bundle).pathway

    def verify(self, case: str) -> list[str]:
        """What is wrong with the record of a case or site stream: nothing when its chain is sound up to its head."""
        problems, previous, position = [], FIRST_HASH, 0
        for each in self.store.stream(case):
            position += 1
            if each.position != position:
                problems.append(f"position {position} is missing")
                position = each.position
            if each.previous != previous or digest(each.previous, each.canonical) != each.hash:
                problems.append(f"position {each.position} does not match its hash")
            elif (decode_site if is_site(case) else decode)(each.canonical).position != each.position:
                problems.append(f"position {each.position} says that it is another")
            previous = each.hash
        head = self.store.head(case)
        if head is None or (head.position, head.hash) != (position, previous):
            problems.append("the stream does not end where its head says")
        return problems

    # --- loading -----------------------------------------------------------------------------------------------------

    def _rules(self, bundle: str) -> Rules:
        """The rules of a pinned bundle."""
        found = self._known(bundle)
        if found is None:
            raise UnknownBundle(
                "a case keeps a bundle that this engine does not have",
                "its definition",
                "hand in the definition it began under",
            )
        return found

    def _pathway(self, command: AnySiteCommand) -> Pathway | None:
        """The definition that a command to the site is about, where this engine knows it."""
        known = None if isinstance(command, SettleQuarantined) else self._known(command.digest)
        return None if known is None else known.pathway

    def _known(self, bundle: str) -> Rules | None:
        """The rules of a bundle: handed in, or as the store keeps them and this release still decides them.

        A case that another process brought to a newer definition goes on here at once.
        """
        if bundle in self.rules or bundle in self.unfit:
            return self.rules.get(bundle)
        if (kept := self.store.bundle(bundle)) is not None:
            try:
                self.rules[bundle] = rules_of(load_pinned(kept, self.computed))
            except DefinitionError as error:
                self.unfit[bundle] = error.happened
        return self.rules.get(bundle)

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
