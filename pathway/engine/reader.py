"""The reader: what an engine knows of its cases and their pathways without writing anything."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from msgspec.structs import replace

from pathway.case.asof import case_as_of
from pathway.case.envelope import FIRST_HASH, Event, decode, digest
from pathway.case.events import Sealed
from pathway.case.evolve import evolve
from pathway.case.facts import View
from pathway.case.picture import NoteSeen, Picture
from pathway.case.portray import portray
from pathway.case.redecide import Redecided, Under, redecide, under
from pathway.case.rules import Rules, rules_of
from pathway.case.state import Case
from pathway.case.turn import Turn
from pathway.case.why import Inquiry, Why
from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.instant import Instant
from pathway.definition.errors import DefinitionError
from pathway.definition.load import load_pinned
from pathway.definition.pathway import Pathway
from pathway.engine.errors import UnknownBundle
from pathway.engine.kept import Kept
from pathway.engine.legible import legible
from pathway.engine.ports import Clock, Head, Store, Vault
from pathway.engine.sealing import DESTROYED, Opened, content_of, opened
from pathway.engine.sites import Sites
from pathway.engine.standing import with_approval, with_withdrawal
from pathway.site.retention.state import Erased
from pathway.site.state import Approved, Withdrawn
from pathway.site.streams import decode as decode_site
from pathway.site.streams import is_site


class Reader:
    """Reads the cases of a store by the given pathways. Safe to call from several threads.

    `vault`: what opens and seals identities and free text; without one they lie in the clear.
    """

    def __init__(
        self,
        store: Store,
        pathways: Sequence[Pathway],
        clock: Clock,
        computed: Mapping[str, Computed] = COMPUTED,
        vault: Vault | None = None,
    ) -> None:
        self.store, self.clock, self.vault = store, clock, vault
        self.rules = {each.digest: rules_of(each) for each in pathways}
        #: Bundles that the store keeps and this release cannot decide, each with its reason.
        self.unfit: dict[str, str] = {}
        self.computed = {**computed, **{name: each for given in pathways for name, each in given.computed.items()}}
        self.newest = {
            each.name: self.rules[each.digest] for each in sorted(pathways, key=lambda each: each.form.version)
        }
        self._kept: dict[str, Kept] = {}
        self.sites = Sites(store, clock, vault)

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
        shown = self._portrayed(found, self.clock.now() if at is None else at)
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
        shown = with_approval(self._portrayed(found, at), self.approved(found.bundle, recorded))
        return with_withdrawal(shown, self.withdrawn(found.bundle, recorded))

    def _portrayed(self, found: Case, at: Instant) -> Picture:
        """A case as a page shows it, with the note to the team and the name of whoever takes the patient over."""
        shown = replace(portray(self._rules(found.bundle), found, at), note=self._note(found))
        if shown.handed is None or found.handed is None:
            return shown
        return replace(shown, handed=replace(shown.handed, receiver=self.opened(found.handed.receiver).text))

    def _note(self, found: Case) -> NoteSeen | None:
        """The note to the team, or why it cannot be read."""
        if found.note is None:
            return None
        said, by = self.opened(found.note.text), found.note.by
        return NoteSeen(said.text, found.note.at, by.actor, by.role, said.why)

    def identity(self, case: str) -> Opened | None:
        """Who a case is, as JSON, or why that cannot be read; None where nothing is kept. Raises StoreRefused."""
        kept = self.store.identity(case)
        return None if kept is None else self._told(content_of(self.store, self.vault, kept), kept.key)

    def opened(self, sealed: Sealed | None) -> Opened:
        """What a sealed field of an event says, or why that cannot be read. Raises StoreRefused."""
        return self._told(opened(self.store, self.vault, sealed), "" if sealed is None else sealed.key)

    def _told(self, found: Opened, key: str) -> Opened:
        """What was opened; of what was erased, when and by whom."""
        stone = self.sites.retention().erased.get(key) if found.why == DESTROYED else None
        return found if stone is None else replace(found, erased=stone.words)

    def erased(self, case: str) -> Erased | None:
        """The tombstone of a case; None for one that was not erased."""
        return self.sites.retention().erased.get(case)

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
        found = None if later or len(known) < len(events) else self.case(case)
        if found is None or found.position != known[-1].position:
            found = case_as_of(case, known, now if later else None, None)
        return Inquiry(Turn(self._rules(found.bundle), found, now), tuple(known), self._rules)

    def replayed(self, case: str, at: Instant, position: int | None = None) -> Inquiry:
        """A case as its record stood at an instant, or right after one of its events, to be asked why then.

        Facts, stages and reminders are those folded by then, under the definition that the case went by on that day.
        Raises KeyError for a case of which nothing was recorded then.
        """
        known = tuple(
            each
            for each in self.timeline(case)
            if each.recorded_at <= at and (position is None or each.position <= position)
        )
        if not known:
            raise KeyError(case)
        found = evolve(Case(id=case), known)
        return Inquiry(Turn(self._rules(found.bundle), found, at), known, self._rules)

    def picture_replayed(self, asked: Inquiry) -> Picture:
        """What a page of a case showed at the instant of a replay, with what was signed for its definition by then."""
        found, at = asked.turn.case, asked.turn.at
        shown = with_approval(self._portrayed(found, at), self.approved(found.bundle, at))
        return with_withdrawal(shown, self.withdrawn(found.bundle, at))

    def timeline(self, case: str) -> list[Event]:
        """Every event of a case in order."""
        return [] if is_site(case) else list(legible(case, (each.canonical for each in self.store.stream(case))))

    def redecided(self, case: str) -> Redecided:
        """A case decided once more by the rules of its day, and every difference to its record.

        Raises KeyError for a case that does not exist.
        """
        head, events = self.store.head(case), self.timeline(case)
        if head is None or not events:
            raise KeyError(case)
        try:
            return redecide(events, self._rules, head.looked_at)
        except UnknownBundle as error:
            reason = next((self.unfit[each] for each in {event.bundle for event in events} if each in self.unfit), "")
            return Redecided(case, len(events), 0, unfit=reason or str(error))

    def under(self, case: str, other: Pathway) -> Under:
        """What a case would have become under another definition. Raises KeyError, UnknownBundle."""
        events = self.timeline(case)
        if not events:
            raise KeyError(case)
        return under(events, self._rules, rules_of(other))

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

    # --- the rules of a bundle ---------------------------------------------------------------------------------------

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

    def _known(self, bundle: str) -> Rules | None:
        """The rules of a bundle: handed in, or as the store keeps them and this release still decides them.

        A case that another process brought to a newer definition goes on here at once.
        """
        if bundle in self.rules or bundle in self.unfit:
            return self.rules.get(bundle)
        if (kept := self.store.bundle(bundle)) is not None:
            try:
                if sha256(kept).hexdigest() != bundle:
                    self.unfit[bundle] = "what is kept under its digest is another"
                    return None
                self.rules[bundle] = rules_of(load_pinned(kept, self.computed))
            except DefinitionError as error:
                self.unfit[bundle] = error.happened
        return self.rules.get(bundle)
