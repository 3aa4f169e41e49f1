"""Quarantine: what becomes of a report that can be given to no case. Nothing is thrown away, and nothing lies unseen.

It is kept in the stream `site:quarantine`, what it says apart from it; it is screened by every pathway that is made for
that (`[screen]` in its file); and what screens as critical gets a case of that pathway, which rings until a person has
said whose the report is.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import sha256

import msgspec

from pathway.case.commands import (
    DECODER,
    ENCODER,
    Answer,
    AnyCommand,
    Enrol,
    RecordFinding,
    Refusal,
    Transition,
)
from pathway.case.decide import decide
from pathway.case.envelope import By
from pathway.case.facts import View
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.clinical.instant import Instant
from pathway.definition.form import ScreenForm
from pathway.definition.guard import NO
from pathway.engine.errors import CommandReused, RecordDamaged
from pathway.engine.ports import Identity
from pathway.engine.sealing import CHANGED, CLEAR, Opened, Sealing, bare, content_of
from pathway.engine.sites import Outcome, Sites
from pathway.site.commands import SettleQuarantined
from pathway.site.decide import sealed_under, settle
from pathway.site.events import ReportQuarantined
from pathway.site.state import Held, Quarantine
from pathway.site.streams import QUARANTINE

#: How the ids of the engine's own commands begin: nobody else may take one, or a critical report would not ring.
OWN = "quarantine/"
#: Carries out a command on a case, as the engine does; a refused report goes nowhere from there.
InCase = Callable[[AnyCommand], Answer]


class Quarantining:
    """The quarantine of an engine: keeps, screens, rings and settles."""

    def __init__(self, sites: Sites, newest: Mapping[str, Rules], in_case: InCase) -> None:
        self.sites, self.newest, self.in_case = sites, newest, in_case
        self._done: set[int] = set()
        self._said: set[str] = set()

    def keep(self, command: AnyCommand, canonical: bytes, answer: Answer) -> Answer:
        """Keep a report once, with the answer that its sender gets, and open the cases that ring for it."""
        assert answer.refusal is not None
        screened = tuple(name for name, rules in self.screens() if critical(rules, command, self.sites.clock.now()))
        why = answer.refusal.code

        def decided(state: Quarantine, now: Instant) -> Outcome:
            number = len(state.held) + 1
            key = sealed_under(number)
            sealing = Sealing(self.sites.vault, key, nothing_kept, now)
            kept = sealing.content(canonical) or Identity(key, CLEAR, key, ENCODER.encode(bare(command)))
            fingerprint = sha256(kept.sealed).hexdigest()
            body = ReportQuarantined(number, command.id, type(command).__name__, why, fingerprint, screened)
            return Outcome(body, kept, sealing.made, answer)

        kept = self.sites.write(QUARANTINE, command, canonical, decided)
        self.catch_up()
        return kept

    def catch_up(self) -> None:
        """Open or end each case that a quarantined report still lacks, or that its settling left open."""
        for number, held in self.sites.quarantine().held.items():
            if number in self._done or not held.body.screened:
                continue
            for name in held.body.screened:
                if name in self.newest:
                    self.bring_up(name, held)
            if held.settled:
                self._done.add(number)

    def bring_up(self, name: str, held: Held) -> None:
        """Bring one case of one screen to what is known of its report. Each command has an id of its own: once each.

        A report whose content is gone rings all the same.
        """
        rules = self.newest[name]
        form = rules.pathway.form.screen
        assert form is not None
        case, number = token(name, held.body.number), held.body.number
        head = self.sites.store.head(case)
        if not held.settled and case not in self._said:
            self.in_case(enrolment(rules, form, held, self.sites.store.origin))
            with suppress(RecordDamaged):
                said = self.content(held)
                self.in_case(msgspec.structs.replace(said, id=f"{OWN}{number}/{name}/said", case=case))
            self._said.add(case)
        elif head is not None and held.settled and not head.closed:
            by = By("engine", form.role, "engine", "engine")
            ids = f"{OWN}{number}/{name}"
            self.in_case(RecordFinding(id=f"{ids}/settled", case=case, by=by, finding=form.settled, value=held.settled))
            why = f"the report was {held.settled}"
            self.in_case(Transition(id=f"{ids}/leave", case=case, by=by, transition=form.leave, reason=why))

    def settle(self, command: SettleQuarantined) -> Answer:
        """Settle a report: what is matched is recorded in its case first."""
        canonical = ENCODER.encode(command)
        if seen := self.sites.remembered(QUARANTINE, command.id, canonical):
            self.catch_up()
            return seen
        state, key = self.sites.quarantine(), sealed_under(command.number)
        found = settle(state, command)
        there = self.sites.store.case_key(key) if self.sites.vault else None
        if not isinstance(found, Refusal) and command.how == "matched":
            found = self.record(command, state.held[command.number]) or found

        def decided(state: Quarantine, now: Instant) -> Outcome:
            sealing = Sealing(self.sites.vault, key, lambda _: there, now)
            said = found if isinstance(found, Refusal) else settle(state, command, sealing.text)
            return Outcome(said, case_key=sealing.made)

        answer = self.sites.write(QUARANTINE, command, canonical, decided)
        self.catch_up()
        return answer

    def record(self, command: SettleQuarantined, held: Held) -> Refusal | None:
        """Record a report in the case that it was matched to, or say why not.

        Its id there is the report's own: it comes to one case only, whoever else settles it, and after a crash too.
        """
        said = msgspec.structs.replace(self.content(held), id=f"{OWN}{command.number}/report", case=command.to)
        try:
            refused = self.in_case(said).refusal
        except CommandReused:
            mend = "settle it to that case, and retract it there if it is wrong"
            return Refusal("recorded", "somebody has recorded the report in another case", (), mend)
        if refused is None:
            return None
        mend = "check the case, or reject the report"
        return Refusal("not_recorded", "the report cannot be recorded in that case", (refused.message,), mend)

    def content(self, held: Held) -> AnyCommand:
        """What a quarantined report said, its own time being when it came where it named none.

        Raises RecordDamaged where that is gone or is not what was quarantined.
        """
        kept = self.kept(held)
        if kept.why:
            raise RecordDamaged(
                f"what report {held.body.number} in quarantine said cannot be read: {kept.why}",
                "the content that its fingerprint was made of",
                "see `wardpath doctor`, or ask its sender for it again",
            )
        said: AnyCommand = DECODER.decode(kept.content)
        return said if said.at is not None else msgspec.structs.replace(said, at=held.at)

    def kept(self, held: Held) -> Opened:
        """The canonical bytes of a quarantined report, or why they cannot be read. Raises StoreRefused.

        Its fingerprint is that of what lies there; in a store that was sealed later, of what that says.
        """
        kept = self.sites.store.identity(sealed_under(held.body.number))
        if kept is None:
            return Opened(why=CHANGED)
        found = content_of(self.sites.store, self.sites.vault, kept)
        if sha256(kept.sealed).hexdigest() == held.body.fingerprint or found.why:
            return found
        same = sha256(found.content).hexdigest() == held.body.fingerprint
        return found if same else Opened(why=CHANGED)

    def screens(self) -> list[tuple[str, Rules]]:
        """The pathways that are made for screening, by name."""
        return sorted((name, rules) for name, rules in self.newest.items() if rules.pathway.form.screen)


def nothing_kept(_key: str) -> None:
    """That there is no key yet: a report's own is made with it."""


def token(name: str, number: int) -> str:
    """The case of a screen that stands for a report."""
    return f"{name}-{number}"


def enrolment(rules: Rules, form: ScreenForm, held: Held, origin: str) -> Enrol:
    """The enrolment of a case that stands for a report: nobody's, and without identifiers."""
    case = token(rules.pathway.name, held.body.number)
    return Enrol(
        id=f"{OWN}{held.body.number}/{rules.pathway.name}/enrol",
        case=case,
        by=By("engine", form.role, "engine", "engine"),
        pathway=rules.pathway.name,
        presented_at=held.at,
        identifiers={},
        zone="UTC",
        ward=form.ward,
        bed=str(held.body.number),
        patient=case,
        origin="live" if origin == "live" else "invented",
    )


def critical(rules: Rules, command: AnyCommand, now: Instant) -> bool:
    """Whether a report screens as critical: in an empty case, the screen's guard is then no certain no."""
    form = rules.pathway.form.screen
    assert form is not None
    body = ReportQuarantined(0, command.id, type(command).__name__, "", "")
    begin = enrolment(rules, form, Held(body, now, command.by), "live")
    begun = decide(rules, Case(id=begin.case), begin, now, None)
    said = decide(rules, begun.case, msgspec.structs.replace(command, case=begin.case), now, begun.next_look)
    if said.refusal is not None:
        # A time or position that cannot be read takes nothing away from what the report says.
        readable = msgspec.structs.replace(command, case=begin.case, **dict.fromkeys(timed(command)))
        said = decide(rules, begun.case, readable, now, begun.next_look)
    if said.refusal is not None:
        return False
    return View(rules.pathway, said.case, now).ask(form.when)[0] != NO


def timed(command: AnyCommand) -> tuple[str, ...]:
    """The fields of a report with its times and the position that it replaces, where it may leave them out."""
    optional = [each.name for each in msgspec.structs.fields(command) if each.default is None]
    return tuple(name for name in optional if name in ("at", "replaces") or name.endswith("_at"))
