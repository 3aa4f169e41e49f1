"""Events: what happened to one case, in the past tense and for ever.

Bodies carry outcomes, so that an old log replays without deciding anew. Instants are `Instant`s, numbers are decimal
text, free text is `Sealed`. An event never changes its meaning: a new meaning is a new type or a new version.
"""

from typing import Literal

import msgspec

from pathway.clinical.instant import Instant


class Sealed(msgspec.Struct, frozen=True):
    """Free text or a source message, under the key of its case.

    `scheme` says how `data` was made: `clear` (text as it is; a demonstration) or a cipher with base64 data; the hash
    chain covers the data as stored, so destroying the key erases the text and keeps the chain.
    """

    scheme: str
    key: str
    data: str


class Body(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """What every event body is: a tagged struct whose tag is its class name."""


# --- the patient -----------------------------------------------------------------------------------------------------


class CaseEnrolled(Body, frozen=True, tag=True):
    """A patient begins a pathway. `patient` is a token of the person, never a name or number."""

    pathway: str
    version: int
    presented_at: Instant
    zone: str
    ward: str
    bed: str
    patient: str
    origin: Literal["live", "invented", "deidentified"]


class PatientMoved(Body, frozen=True, tag=True):
    """The patient lies in another ward or bed; acknowledgements and snoozes end with it."""

    ward: str
    bed: str


class DeathRecorded(Body, frozen=True, tag=True):
    """The patient died at `died_at`."""

    died_at: Instant


# --- facts -----------------------------------------------------------------------------------------------------------


class ResultRecorded(Body, frozen=True, tag=True):
    """A laboratory result. `low`/`high` bound the number in the analyte's canonical `unit`; equal for a plain number.

    `usable` False keeps the result on the record and out of every guard; `why` says the reason. `question` is open
    while the unit is in doubt. `replaces` is the position of the result that this one corrects.
    """

    analyte: str
    code: str
    low: str | None
    high: str | None
    unit: str
    entered: str
    status: str
    collected_at: Instant
    specimen: str
    usable: bool
    why: str = ""
    question: str = ""
    low_open: bool = False
    high_open: bool = False
    collected_approx: bool = False
    replaces: int | None = None


class SampleCollected(Body, frozen=True, tag=True):
    """A specimen was taken for these analytes; its results are awaited."""

    specimen: str
    analytes: tuple[str, ...]
    collected_at: Instant


class ReportRecorded(Body, frozen=True, tag=True):
    """A work-up report at a point of its life cycle (ordered to amended or cancelled)."""

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


class FactRetracted(Body, frozen=True, tag=True):
    """The event at `target` was not true of this patient."""

    target: int
    reason: Sealed


class FindingRecorded(Body, frozen=True, tag=True):
    """Somebody examined or judged: a finding or a clinician's flag has this value from the occurred time on."""

    finding: str
    value: str


class TherapyRecorded(Body, frozen=True, tag=True):
    """What was done with a drug. `at` is the effective time (of the dose, the hold, the stop).

    `next_dose_at` is the next planned dose as stated. `ticks` are the confirmations of a stop. `door` names why a start
    was allowed.
    """

    drug: str
    act: Literal["ordered", "started", "dose", "held", "resumed", "stopped", "unknown", "never"]
    at: Instant
    form: str = "oral"
    next_dose_at: Instant | None = None
    ticks: dict[str, bool] = {}
    door: str = ""
    reason: Sealed | None = None
    because: tuple[int, ...] = ()


class ProductRecorded(Body, frozen=True, tag=True):
    """A blood product was started or ended."""

    product: str
    unit_no: str
    act: Literal["started", "ended"]
    at: Instant
    because: tuple[int, ...] = ()


class CourseBegun(Body, frozen=True, tag=True):
    """A treatment course was declared. `doses`: drug to dose as written, with its unit."""

    number: int
    regimen: str
    day1: Instant
    intensive: bool
    doses: dict[str, str] = {}


class DecisionRecorded(Body, frozen=True, tag=True):
    """A signed answer to a reminder's question, with an end where the question comes again."""

    reminder: str
    subject: str
    choice: str
    reason: Sealed | None = None
    review_at: Instant | None = None
    because: tuple[int, ...] = ()


# --- what follows ----------------------------------------------------------------------------------------------------


class PhaseEntered(Body, frozen=True, tag=True):
    """A region of the case moved. `entry` counts the entries into this leaf."""

    region: str
    leaf: str
    was: str
    transition: str
    entry: int
    because: tuple[int, ...] = ()
    reason: Sealed | None = None


class TransitionNoted(Body, frozen=True, tag=True):
    """Knowledge changed in a way the pathway names, without a change of phase."""

    region: str
    leaf: str
    transition: str
    because: tuple[int, ...] = ()


class LatchSet(Body, frozen=True, tag=True):
    """A latched condition became true and stays so until released."""

    latch: str
    because: tuple[int, ...] = ()


class LatchReleased(Body, frozen=True, tag=True):
    """A person ended a latch, signed."""

    latch: str
    reason: Sealed


class LatchEased(Body, frozen=True, tag=True):
    """The condition of a held latch ceased at `since`, or holds (or may hold) again when that is None."""

    latch: str
    since: Instant | None = None


class ChoiceMoved(Body, frozen=True, tag=True):
    """A choice that tightens at once and loosens slowly has another row, or began (or stopped) to ease.

    `row` is the row in force; `easing_to` and `easing_since` tell the looser row that waits and the collection instant
    its waiting counts from.
    """

    choice: str
    row: str
    tightened: bool = False
    easing_to: str = ""
    easing_since: Instant | None = None


class ReminderOpened(Body, frozen=True, tag=True):
    """An obligation began. `anchor` is the instant a discharging event must be later than."""

    reminder: str
    subject: str
    ordinal: int
    level: str
    due_at: Instant
    anchor: Instant
    wording: str = ""
    not_before: Instant | None = None
    because: tuple[int, ...] = ()


class ReminderRescheduled(Body, frozen=True, tag=True):
    """The same obligation has another due time, anchor or level. `restart` begins its ladder anew."""

    reminder: str
    subject: str
    ordinal: int
    level: str
    due_at: Instant
    anchor: Instant
    restart: bool = False
    not_before: Instant | None = None
    wording: str = ""


class RungReached(Body, frozen=True, tag=True):
    """The ladder of an open reminder reached a rung; notices go `to` these roles. `count` numbers repeats."""

    reminder: str
    subject: str
    ordinal: int
    rung: int
    count: int
    to: tuple[str, ...]
    level: str
    due_at: Instant


class ReminderAcknowledged(Body, frozen=True, tag=True):
    """Somebody took note: pauses `pauses` (a rung number and those below, or `ladder`) until an instant. Not done."""

    reminder: str
    subject: str
    ordinal: int
    pauses: str
    until: Instant


class ReminderSnoozed(Body, frozen=True, tag=True):
    """The due time was put off once, by a person, with a reason."""

    reminder: str
    subject: str
    ordinal: int
    due_at: Instant
    reason: Sealed
    kind: Literal["snoozed", "not_possible"] = "snoozed"


class ReminderClosed(Body, frozen=True, tag=True):
    """An obligation ended. `told` are the roles that were told of it; a withdrawn need owes them a stand-down."""

    reminder: str
    subject: str
    ordinal: int
    how: Literal["done", "withdrawn", "expired"]
    told: tuple[str, ...] = ()
    acknowledged: bool = False
    because: tuple[int, ...] = ()


class DeviationRecorded(Body, frozen=True, tag=True):
    """A prohibited or unplanned act happened all the same (the event at `target`)."""

    rule: str
    target: int
    tells: tuple[str, ...]


class ViolationBegan(Body, frozen=True, tag=True):
    """An invariant's forbidden condition holds since now; it is broken if it lasts to `deadline`."""

    invariant: str
    deadline: Instant


class ViolationBroken(Body, frozen=True, tag=True):
    """An invariant's forbidden condition lasted to its deadline."""

    invariant: str
    tells: tuple[str, ...]


class ViolationEnded(Body, frozen=True, tag=True):
    """An invariant's forbidden condition holds no more."""

    invariant: str


class ReviewOpened(Body, frozen=True, tag=True):
    """The decision at `decision` rested on the fact at `changed`, which was corrected or retracted."""

    review: int
    decision: int
    changed: int
    urgent: bool
    about: str


class ReviewSettled(Body, frozen=True, tag=True):
    """A person confirmed or replaced the decision under review, signed."""

    review: int
    choice: str
    reason: Sealed | None = None


class OverrideSigned(Body, frozen=True, tag=True):
    """A refused request was signed for all the same, with a reason and where asked a second person."""

    request: str
    reason: Sealed
    second: str = ""
    review_at: Instant | None = None


class RulesFailed(Body, frozen=True, tag=True):
    """A computed fact or the bound of automatic moves failed; recording went on, automatic moves stop."""

    what: str
    error: str


AnyBody = (
    CaseEnrolled
    | PatientMoved
    | DeathRecorded
    | ResultRecorded
    | SampleCollected
    | ReportRecorded
    | FactRetracted
    | FindingRecorded
    | TherapyRecorded
    | ProductRecorded
    | CourseBegun
    | DecisionRecorded
    | PhaseEntered
    | TransitionNoted
    | LatchSet
    | LatchReleased
    | LatchEased
    | ChoiceMoved
    | ReminderOpened
    | ReminderRescheduled
    | RungReached
    | ReminderAcknowledged
    | ReminderSnoozed
    | ReminderClosed
    | DeviationRecorded
    | ViolationBegan
    | ViolationBroken
    | ViolationEnded
    | ReviewOpened
    | ReviewSettled
    | OverrideSigned
    | RulesFailed
)
