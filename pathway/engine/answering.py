"""Answering: what is said of a decision, and what of a command is kept."""

import msgspec

from pathway.case.commands import ENCODER, Answer, AnyCommand, Refusal, Report
from pathway.case.decide import Decision


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


def nameless(command: AnyCommand) -> bytes:
    """The canonical bytes of a command, its identifiers by their kinds alone: they live in the identity table only."""
    given: dict[str, str] | None = getattr(command, "identifiers", None)
    return ENCODER.encode(msgspec.structs.replace(command, identifiers=dict.fromkeys(given, "")) if given else command)


def unmatched(command: AnyCommand) -> Answer:
    """What is said of a command for a case that does not exist."""
    refusal = Refusal(
        "quarantined" if isinstance(command, Report) else "no_such_case",
        "there is no such case",
        (),
        "check the case, or enrol the patient",
    )
    return Answer(command.id, command.case, "refused", (), refusal)
