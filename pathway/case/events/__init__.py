"""Events: what happened to one case, in the past tense and for ever.

Bodies carry outcomes, so that an old log replays without deciding anew. Instants are `Instant`s, numbers are decimal
text, free text is `Sealed`. An event never changes its meaning: a new meaning is a new type or a new version.
"""

from pathway.case.events.body import Body, Seal, Sealed, in_the_clear
from pathway.case.events.duties import (
    BudgetExceeded,
    OfferDeclined,
    OfferLapsed,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderHandedBack,
    ReminderOffered,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    ReminderTaken,
    RuleReported,
    RungReached,
)
from pathway.case.events.episode import (
    CaseEnrolled,
    CaseJoined,
    CaseMergedAway,
    CaseParted,
    CaseReopened,
    DeathRecorded,
    DefinitionAmended,
    HandedFact,
    HandedItem,
    HandedOver,
    PatientMoved,
)
from pathway.case.events.facts import (
    CourseBegun,
    DecisionRecorded,
    FactRetracted,
    FindingRecorded,
    NoteWritten,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    SampleCollected,
    TherapyRecorded,
)
from pathway.case.events.judgements import (
    DeviationRecorded,
    MovesResumed,
    OverrideReviewed,
    OverrideSigned,
    ReviewOpened,
    ReviewSettled,
    RulesFailed,
    VerbalOrderSigned,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.events.moves import ChoiceMoved, LatchEased, LatchReleased, LatchSet, PhaseEntered, TransitionNoted

AnyBody = (
    CaseEnrolled
    | HandedOver
    | CaseReopened
    | CaseJoined
    | CaseMergedAway
    | CaseParted
    | DefinitionAmended
    | PatientMoved
    | DeathRecorded
    | ResultRecorded
    | SampleCollected
    | ReportRecorded
    | FactRetracted
    | FindingRecorded
    | NoteWritten
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
    | ReminderOffered
    | OfferDeclined
    | OfferLapsed
    | ReminderTaken
    | ReminderHandedBack
    | RuleReported
    | BudgetExceeded
    | ReminderClosed
    | DeviationRecorded
    | ViolationBegan
    | ViolationBroken
    | ViolationEnded
    | ReviewOpened
    | ReviewSettled
    | OverrideSigned
    | OverrideReviewed
    | VerbalOrderSigned
    | RulesFailed
    | MovesResumed
)

__all__ = [
    "AnyBody",
    "Body",
    "BudgetExceeded",
    "CaseEnrolled",
    "CaseJoined",
    "CaseMergedAway",
    "CaseParted",
    "CaseReopened",
    "ChoiceMoved",
    "CourseBegun",
    "DeathRecorded",
    "DecisionRecorded",
    "DefinitionAmended",
    "DeviationRecorded",
    "FactRetracted",
    "FindingRecorded",
    "HandedFact",
    "HandedItem",
    "HandedOver",
    "LatchEased",
    "LatchReleased",
    "LatchSet",
    "MovesResumed",
    "NoteWritten",
    "OfferDeclined",
    "OfferLapsed",
    "OverrideReviewed",
    "OverrideSigned",
    "PatientMoved",
    "PhaseEntered",
    "ProductRecorded",
    "ReminderAcknowledged",
    "ReminderClosed",
    "ReminderHandedBack",
    "ReminderOffered",
    "ReminderOpened",
    "ReminderRescheduled",
    "ReminderSnoozed",
    "ReminderTaken",
    "ReportRecorded",
    "ResultRecorded",
    "ReviewOpened",
    "ReviewSettled",
    "RuleReported",
    "RulesFailed",
    "RungReached",
    "SampleCollected",
    "Seal",
    "Sealed",
    "TherapyRecorded",
    "TransitionNoted",
    "VerbalOrderSigned",
    "ViolationBegan",
    "ViolationBroken",
    "ViolationEnded",
    "in_the_clear",
]
