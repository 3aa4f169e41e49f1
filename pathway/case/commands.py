"""Commands: what people and feeds ask of a case, validated once here by their types.

A *report* says what happened and is never refused for what it says. A *request* asks for something and may be refused.
Every command has an id chosen by its sender: the same id and body again is answered with the first answer.
"""

from typing import Literal

import msgspec

from pathway.case.envelope import By
from pathway.clinical.instant import Instant

#: Longest free text of one field: a page, not a book.
TEXT_LIMIT = 4000


class Command(msgspec.Struct, frozen=True, tag_field="type", kw_only=True, forbid_unknown_fields=True):
    """What every command carries. `at`: when it was true or meant of the patient; None is the moment of recording."""

    id: str
    case: str
    by: By
    at: Instant | None = None
    reason: str = ""


class Report(Command, frozen=True, kw_only=True):
    """Says what happened."""


class Request(Command, frozen=True, kw_only=True):
    """Asks for something. `verbal_by`: the person on whose spoken order it is asked, in the role `verbal_from`.

    `second`: who signs beside the one who speaks; `second_by`: how that was proven, set by who has the proof.
    """

    second: str = ""
    second_by: By | None = None
    verbal_from: str = ""
    verbal_by: str = ""
    override: bool = False
    seen_version: int | None = None


# --- requests --------------------------------------------------------------------------------------------------------


class Enrol(Request, frozen=True, kw_only=True, tag=True):
    """Begin a pathway. `identifiers` are at least two; they go to the identity table, never into an event.

    `version` of the pathway: the newest where left out. Mid-pathway, `history` are the reports of what was before, each
    with its own time, and `entered` is the leaf that a region stands in already, with a reason.
    """

    pathway: str
    presented_at: Instant
    identifiers: dict[str, str]
    zone: str
    ward: str
    bed: str
    patient: str
    origin: Literal["live", "invented", "deidentified"] = "live"
    version: int | None = None
    history: "tuple[AnyReport, ...]" = ()
    entered: dict[str, str] = {}


class RequestTherapy(Request, frozen=True, kw_only=True, tag=True):
    """Order, start or resume a drug."""

    drug: str
    act: Literal["order", "start", "resume"]
    form: str = "oral"
    next_dose_at: Instant | None = None


class StopTherapy(Request, frozen=True, kw_only=True, tag=True):
    """Stop a drug for good: at is the effective time; `ticks` confirm prescription, supply and next dose."""

    drug: str
    form: str = "oral"
    ticks: dict[str, bool] = {}


class Transition(Request, frozen=True, kw_only=True, tag=True):
    """Make a move of the state machine that a role makes, by its id (`T07`).

    `regimen` and `intensive` describe a course that stands in no file.
    """

    transition: str
    identifiers: dict[str, str] = {}
    doses: dict[str, str] = {}
    reasons: dict[str, str] = {}
    died_at: Instant | None = None
    regimen: str = ""
    intensive: bool | None = None
    receiver: str = ""
    accepted_at: Instant | None = None
    linked: str = ""


class Reopen(Request, frozen=True, kw_only=True, tag=True):
    """Take back an exit: the phase before it, and every obligation that it ended, with its old due time."""

    identifiers: dict[str, str] = {}


class MergeCases(Request, frozen=True, kw_only=True, tag=True):
    """Make one case of two of one person: `case` lives on with the facts of both, `other` is closed and points to it.

    `choose`: region to leaf, where their phases differ.
    """

    other: str
    choose: dict[str, str] = {}


class UnmergeCases(Request, frozen=True, kw_only=True, tag=True):
    """Part two cases that were merged: `case` gives back what came from `other`, which goes on as it was."""

    other: str


class Decide(Request, frozen=True, kw_only=True, tag=True):
    """Answer a reminder's question, signed; `review_at` where the answer has an end."""

    reminder: str
    choice: str
    subject: str = ""
    review_at: Instant | None = None


class Acknowledge(Request, frozen=True, kw_only=True, tag=True):
    """Take note of a ringing reminder: pauses, closes nothing."""

    reminder: str
    subject: str = ""


class Snooze(Request, frozen=True, kw_only=True, tag=True):
    """Put a reminder off once, where its rule allows."""

    reminder: str
    subject: str = ""
    kind: Literal["snoozed", "not_possible"] = "snoozed"


class HandOver(Request, frozen=True, kw_only=True, tag=True):
    """Offer an open reminder to a named person in a role, with a reason. Until they accept nothing changes."""

    reminder: str
    to: str
    to_role: str
    subject: str = ""


class AcceptHandOver(Request, frozen=True, kw_only=True, tag=True):
    """Take a reminder that was offered to oneself: one answers for it by name from now on."""

    reminder: str
    subject: str = ""


class DeclineHandOver(Request, frozen=True, kw_only=True, tag=True):
    """Not take a reminder that was offered to oneself, with a reason; whoever offered it is told."""

    reminder: str
    subject: str = ""


class TakeOver(Request, frozen=True, kw_only=True, tag=True):
    """Take an open reminder oneself, whosever it was: one answers for it by name from now on."""

    reminder: str
    subject: str = ""


class HandBack(Request, frozen=True, kw_only=True, tag=True):
    """Give a reminder that one took back to its role, with a reason."""

    reminder: str
    subject: str = ""


class ReportRule(Request, frozen=True, kw_only=True, tag=True):
    """Say, with a reason, that a rule is wrong here. It closes and pauses nothing; those who look after it are told."""

    reminder: str
    subject: str = ""


class WriteNote(Request, frozen=True, kw_only=True, tag=True):
    """Leave a short note to the team beside the patient, in place of the one before; an empty text takes it away."""

    text: str


class SettleReview(Request, frozen=True, kw_only=True, tag=True):
    """Confirm or replace a decision whose basis changed."""

    review: int
    choice: Literal["confirmed", "replaced"]


class ReviewOverride(Request, frozen=True, kw_only=True, tag=True):
    """Look again at a signed override, by its position: confirm it for as long again, or end it."""

    position: int
    choice: Literal["confirmed", "ended"]


class Cosign(Request, frozen=True, kw_only=True, tag=True):
    """Sign for the order, by its position, that one gave by voice; or disown it."""

    order: int
    choice: Literal["signed", "disowned"]


class ReleaseLatch(Request, frozen=True, kw_only=True, tag=True):
    """End a latched condition, signed."""

    latch: str


class AmendDefinition(Request, frozen=True, kw_only=True, tag=True):
    """Bring an open case to another version of its pathway, by the digest of its bundle, with a reason."""

    to: str


class ResumeMoves(Request, frozen=True, kw_only=True, tag=True):
    """Let a case whose rules failed move by itself again, once people have looked and no rule fails any more."""


# --- reports ---------------------------------------------------------------------------------------------------------


class RecordResult(Report, frozen=True, kw_only=True, tag=True):
    """A laboratory result as the laboratory wrote it: `value` may carry a comparator, `unit` may be missing."""

    loinc: str
    value: str
    unit: str | None = None
    status: Literal["preliminary", "final", "corrected"] = "final"
    collected_at: Instant | None = None
    specimen: str = ""
    problems: tuple[str, ...] = ()
    decimal_sign: Literal[".", ","] = "."
    replaces: int | None = None


class RecordSample(Report, frozen=True, kw_only=True, tag=True):
    """A specimen was taken."""

    specimen: str
    analytes: tuple[str, ...]


class RecordReport(Report, frozen=True, kw_only=True, tag=True):
    """A work-up report changed state: ordered, preliminary, final, amended, cancelled; or was given by voice."""

    test: str
    method: str
    status: str
    result: str = ""
    partner: str = ""
    truncated: bool = False
    karyotype: str = ""
    report_no: str = ""
    laboratory: str = ""
    collected_at: Instant | None = None
    authorised_at: Instant | None = None
    verbal: bool = False
    written: bool = True
    replaces: int | None = None


class Retract(Report, frozen=True, kw_only=True, tag=True):
    """A recorded fact (by its position) was not true of this patient: wrong patient, withdrawn report."""

    target: int


class RecordFinding(Report, frozen=True, kw_only=True, tag=True):
    """A finding or a clinician's flag."""

    finding: str
    value: str


class RecordTherapy(Report, frozen=True, kw_only=True, tag=True):
    """What happened with a drug: a dose given or taken, a hold, begun elsewhere, status not known."""

    drug: str
    act: Literal["ordered", "started", "dose", "held", "resumed", "unknown", "never"]
    form: str = "oral"
    next_dose_at: Instant | None = None


class RecordProduct(Report, frozen=True, kw_only=True, tag=True):
    """A blood product was started or ended."""

    product: str
    unit_no: str
    act: Literal["started", "ended"]


class RecordCourse(Report, frozen=True, kw_only=True, tag=True):
    """A treatment course was begun, here before the pathway or elsewhere. `doses`: drug to dose with its unit."""

    regimen: str
    day1: Instant
    intensive: bool
    doses: dict[str, str] = {}


class RecordMove(Report, frozen=True, kw_only=True, tag=True):
    """The patient now lies elsewhere."""

    ward: str
    bed: str


class RecordDeath(Report, frozen=True, kw_only=True, tag=True):
    """The patient died, as told; the exit itself is a request of its own."""

    died_at: Instant


AnyReport = RecordResult | RecordSample | RecordReport | RecordFinding | RecordTherapy | RecordProduct | RecordCourse
AnyCommand = (
    Enrol
    | Reopen
    | MergeCases
    | UnmergeCases
    | RecordCourse
    | RequestTherapy
    | StopTherapy
    | Transition
    | Decide
    | Acknowledge
    | Snooze
    | HandOver
    | AcceptHandOver
    | DeclineHandOver
    | TakeOver
    | HandBack
    | ReportRule
    | WriteNote
    | SettleReview
    | ReviewOverride
    | Cosign
    | ReleaseLatch
    | ResumeMoves
    | AmendDefinition
    | RecordResult
    | RecordSample
    | RecordReport
    | Retract
    | RecordFinding
    | RecordTherapy
    | RecordProduct
    | RecordMove
    | RecordDeath
)

ENCODER = msgspec.json.Encoder(order="sorted")
DECODER = msgspec.json.Decoder(AnyCommand)


class Refusal(msgspec.Struct, frozen=True):
    """Why a request was not carried out: a stable code, what happened, what was expected, how to mend it."""

    code: str
    message: str
    reasons: tuple[str, ...] = ()
    mend: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What became of a command. `positions` are those of the events it caused, its own first."""

    command: str
    case: str
    status: Literal["accepted", "refused"]
    positions: tuple[int, ...] = ()
    refusal: Refusal | None = None
    clinical_version: int = 0
    repeated: bool = False
