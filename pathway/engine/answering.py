"""Answering: what is said of a decision, and what of a command is kept."""

import msgspec

from pathway.case.commands import ENCODER, Answer, AnyCommand, Enrol, Refusal, Report
from pathway.case.decide import Decision
from pathway.clinical.instant import Instant
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Attempt, Store, Vault
from pathway.engine.sealing import Sealing, bare
from pathway.site.commands import AnySiteCommand


def answer_of(command: AnyCommand, found: Decision) -> Answer:
    """What is said of a decision: the positions of the command's own events, or why it was refused."""
    own = tuple(each.position for each in found.events[found.own :])
    return Answer(
        command=command.id,
        case=command.case,
        status="accepted" if found.refusal is None else "refused",
        positions=own if found.refusal is None else (),
        refusal=found.refusal,
        clinical_version=found.case.clinical_version,
    )


def attempt_of(command: AnyCommand, refusal: Refusal, now: Instant, sealing: Sealing) -> Attempt:
    """A refused command for the attempts log, its identifiers by their kinds alone: they lie apart, or nowhere."""
    given: dict[str, str] | None = getattr(command, "identifiers", None)
    named = msgspec.structs.replace(command, identifiers=dict.fromkeys(given, "")) if given else command
    said = sealing.command(ENCODER.encode(named), ENCODER.encode(bare(command)))
    return Attempt(command.id, command.case, command.by, now, type(command).__name__, refusal.code, said)


def key_missing(vault: Vault | None, command: Enrol) -> Refusal | None:
    """That nobody is enrolled while it cannot be kept secret who they are."""
    if vault is None or not vault.why or not command.identifiers:
        return None
    happened = f"who the patient is cannot be sealed: {vault.why}"
    return Refusal("key_missing", happened, (), "put the key file of this site back; everybody else goes on meanwhile")


def kept_all_the_same(store: Store, command: AnyCommand | AnySiteCommand) -> Answer | None:
    """What was answered to a command whose end nobody heard; None where that cannot be asked, or nothing is kept.

    Under the lock of its case: what was under way there has come to its end.
    """
    try:
        with store.write(command.case, command.id) as unit:
            seen = unit.remembered(command.id)
    except StoreRefused:
        return None
    return None if seen is None else seen.answer


def unmatched(command: AnyCommand) -> Answer:
    """What is said of a command for a case that does not exist."""
    refusal = Refusal(
        "quarantined" if isinstance(command, Report) else "no_such_case",
        "there is no such case",
        (),
        "check the case, or enrol the patient",
    )
    return Answer(command.id, command.case, "refused", (), refusal)
