"""Retention through the ports: what is kept, held and erased. An erasure destroys keys, never rows.

The tombstone and the end of the keys are one transaction, under the locks of the case and of the stream: after a crash
there are both or neither. What is kept of the tombstone outside the store is written from its event, by whoever looks.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from pathway.case.commands import ENCODER, Answer, AnyCommand, Refusal, Reopen, UnmergeCases
from pathway.case.envelope import Event
from pathway.case.events import CaseJoined
from pathway.case.state import Case
from pathway.clinical.instant import Instant
from pathway.engine.ports import CaseKey, Head
from pathway.engine.sealing import CLEAR, Sealing
from pathway.engine.sites import Outcome, Sites
from pathway.site.accounts.grant import EVERY_WARD
from pathway.site.decide import sealed_under
from pathway.site.retention.commands import (
    AnyRetentionCommand,
    EraseCase,
    EraseReport,
    HoldCase,
    ReleaseHold,
    SetRetention,
)
from pathway.site.retention.decide import Target, erased, held, released, ruled
from pathway.site.retention.events import CaseErased, Ended, ReportErased, signed_bytes
from pathway.site.retention.kinds import CASE, REPORT
from pathway.site.retention.state import Retention
from pathway.site.streams import QUARANTINE, RETENTION, is_site


class Signer(Protocol):
    """Signs what must be provable without the store, by a key that lies in none."""

    def sign(self, body: bytes) -> str:
        """A signed note (C2SP): the body, which ends a line; a blank line; the line of an Ed25519 signature."""


class Retaining:
    """The retention of an engine. `signer`: finds who signs tombstones; where it finds nobody nothing is erased."""

    def __init__(self, sites: Sites, case: Callable[[str], Case], timeline: Callable[[str], list[Event]]) -> None:
        self.sites, self.store, self.case, self.timeline = sites, sites.store, case, timeline
        self.signer: Callable[[], Signer | None] = lambda: None

    def handle(self, command: AnyRetentionCommand) -> Answer:
        """Carry out a command about what is kept, once. Raises Conflict where the case moved on meanwhile."""
        # The head first: whatever moves the case from here on is seen under its lock.
        beside = self.beside(command)
        target, offices, key = self.target(command), self.offices(command.second), self.key_of(command)
        kept = self.store.case_key(key) if self.sites.vault else None
        signer = self.signer()

        def decided(state: Retention, now: Instant) -> Outcome:
            sealing = Sealing(self.sites.vault, key, lambda _: kept, now)
            return self.outcome(state, command, target, now, offices, sealing, signer)

        return self.sites.write(RETENTION, command, ENCODER.encode(command), decided, beside)

    def rehearse(self, command: AnyRetentionCommand) -> Answer:
        """What would be said of a command. Writes nothing."""
        now = self.sites.clock.now()
        nothing = Sealing(None, "", lambda _: None, now)
        state = self.sites.retention()
        target, offices = self.target(command), self.offices(command.second)
        found = self.outcome(state, command, target, now, offices, nothing, self.signer()).found
        refusal = found if isinstance(found, Refusal) else None
        return Answer(command.id, command.case, "accepted" if refusal is None else "refused", (), refusal)

    def outcome(
        self,
        state: Retention,
        command: AnyRetentionCommand,
        target: Target | None,
        now: Instant,
        offices: frozenset[str],
        sealing: Sealing,
        signer: Signer | None,
    ) -> Outcome:
        """What comes of a command, and the keys that end with it."""
        match command:
            case SetRetention():
                return Outcome(ruled(command))
            case HoldCase():
                return Outcome(held(state, command, target, sealing.text), case_key=sealing.made)
            case ReleaseHold():
                return Outcome(released(state, command, sealing.text), case_key=sealing.made)
        stone = erased(state, command, target, now, offices, self.store.origin)
        if isinstance(stone, Refusal):
            return Outcome(stone)
        if signer is None:
            return Outcome(no_signer())
        made = CaseErased if isinstance(command, EraseCase) else ReportErased
        body = made(stone, sealing.text(command.reason.strip()), signer.sign(signed_bytes(stone)))
        return Outcome(body, case_key=sealing.made, destroyed=stone.keys)

    def beside(self, command: AnyRetentionCommand) -> Head | None:
        """The head of the case that is to stand still while it is erased."""
        if not isinstance(command, EraseCase) or is_site(command.patient_case):
            return None
        return self.store.head(command.patient_case)

    def offices(self, account: str) -> frozenset[str]:
        """The roles that an account has on every ward."""
        found = self.sites.accounts().find(account)
        return frozenset(each.role for each in found.grants if each.ward == EVERY_WARD) if found else frozenset()

    def key_of(self, command: AnyRetentionCommand) -> str:
        """The key of the reason: of a hold the case's own; of an erasure, which must outlive that, the stream's."""
        return command.patient_case if isinstance(command, HoldCase | ReleaseHold) else RETENTION

    # --- what an erasure would end -----------------------------------------------------------------------------------

    def target(self, command: AnyRetentionCommand) -> Target | None:
        """What a command is about, as the store has it now; None where there is none, or it is about a kind."""
        if isinstance(command, EraseReport):
            return self.report(command.number)
        return None if isinstance(command, SetRetention) else self.of_case(command.patient_case)

    def of_case(self, case: str) -> Target | None:
        """A case with those merged into it, and the reports that were matched to any of them."""
        head = None if is_site(case) else self.store.head(case)
        if head is None:
            return None
        heads = [head, *self.joined(case)]
        names = [each.case for each in heads]
        reports = [number for number, kept in self.sites.quarantine().held.items() if kept.to in names]
        sealed = [*names, *map(sealed_under, reports)]
        return Target(
            of=case,
            kind=CASE,
            streams=tuple(Ended(each.case, each.position, each.hash.hex()) for each in heads),
            last=max(each.recorded_at for each in heads),
            keys=tuple(each for each in sealed if self.alive(each)),
            open=not head.closed or head.next_look is not None,
            merged_into=self.case(case).merged_into if head.closed else "",
            clear=any(self.clear(each) for each in sealed),
        )

    def joined(self, case: str) -> Iterator[Head]:
        """The cases that were merged into one, and into those."""
        others = (each.body.other for each in self.timeline(case) if isinstance(each.body, CaseJoined))
        for other in dict.fromkeys(others):
            head = self.store.head(other)
            if head is not None and self.case(other).merged_into == case:
                yield head
                yield from self.joined(other)

    def report(self, number: int) -> Target | None:
        """A quarantined report; one that was matched goes with its case."""
        kept, head = self.sites.quarantine().held.get(number), self.store.head(QUARANTINE)
        if kept is None or head is None:
            return None
        key = sealed_under(number)
        return Target(
            of=key,
            kind=REPORT,
            streams=(),
            last=kept.settled_at or kept.at,
            keys=(key,) if self.alive(key) else (),
            open=not kept.settled,
            merged_into=kept.to,
            clear=self.clear(key),
        )

    def alive(self, key: str) -> bool:
        """Whether a key is there and was not destroyed."""
        kept: CaseKey | None = self.store.case_key(key)
        return kept is not None and kept.wrapped is not None

    def clear(self, name: str) -> bool:
        """Whether what lies apart under this name lies in the clear."""
        kept = self.store.identity(name)
        return kept is not None and kept.scheme == CLEAR


def gone(command: AnyCommand, kept: CaseKey | None) -> Refusal | None:
    """Why a case whose key was destroyed is not taken up again: nobody could say whose it is."""
    if not isinstance(command, Reopen | UnmergeCases) or kept is None or kept.destroyed_at is None:
        return None
    return Refusal("erased", "the case was erased: nobody can say whose it is", (), "enrol the patient anew")


def no_signer() -> Refusal:
    """The refusal where nobody can sign a tombstone."""
    happened, mend = "no key is here that signs a tombstone", "make one: wardpath audit key; or erase where it lies"
    return Refusal("unsigned", happened, (), mend)
