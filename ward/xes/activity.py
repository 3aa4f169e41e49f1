"""Activities: what each event of the record is in an event log, and where in the life of its activity it stands.

The lives are those of the standard: schedule, assign, reassign, start, suspend, resume, withdraw, ate_abort (ended by
itself), pi_abort (called off), complete. An activity that has no course is complete at once.
"""

import re

import msgspec

from pathway.case.events import (
    AnyBody,
    ChoiceMoved,
    CourseBegun,
    DecisionRecorded,
    DeviationRecorded,
    FindingRecorded,
    LatchEased,
    LatchReleased,
    LatchSet,
    OfferDeclined,
    OfferLapsed,
    OverrideReviewed,
    OverrideSigned,
    PhaseEntered,
    ProductRecorded,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderHandedBack,
    ReminderOffered,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    ReminderTaken,
    ReportRecorded,
    ResultRecorded,
    ReviewOpened,
    ReviewSettled,
    RuleReported,
    RungReached,
    TherapyRecorded,
    TransitionNoted,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.definition.pathway import Pathway

THERAPY = {
    "ordered": "schedule",
    "started": "start",
    "held": "suspend",
    "resumed": "resume",
    "stopped": "complete",
    "dose": "complete",
    "unknown": "unknown",
    "never": "complete",
}
REPORT = {"ordered": "schedule", "preliminary": "start", "cancelled": "pi_abort"}
REMINDER: dict[type, str] = {
    ReminderOpened: "schedule",
    ReminderRescheduled: "schedule",
    RungReached: "assign",
    ReminderOffered: "reassign",
    OfferDeclined: "reassign",
    OfferLapsed: "reassign",
    ReminderTaken: "assign",
    ReminderHandedBack: "reassign",
    ReminderAcknowledged: "suspend",
    ReminderSnoozed: "suspend",
}
CLOSED = {"done": "complete", "withdrawn": "withdraw", "expired": "ate_abort"}
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Activity(msgspec.Struct, frozen=True):
    """An activity and the moment of its life. `about`: the reminder and subject, or other key, of one occurrence.

    `said`: it was said to that occurrence and is no step in its life.
    """

    name: str
    life: str = "complete"
    about: tuple[str, ...] = ()
    rule: str = ""
    said: bool = False


def activity(body: AnyBody, pathway: Pathway | None) -> Activity:
    """What an event is in an event log. `pathway`: for its titles; without one the ids stand alone."""
    return of_reminder(body, pathway) or of_care(body) or of_case(body, pathway)


def of_reminder(body: AnyBody, pathway: Pathway | None) -> Activity | None:
    """A step in the life of a reminder, or what was said to one."""
    match body:
        case ReminderClosed():
            life = CLOSED[body.how]
        case DecisionRecorded():
            about = (body.reminder, body.subject)
            return Activity(f"answer {body.reminder}", about=about, rule=body.reminder, said=True)
        case RuleReported():
            about = (body.reminder, body.subject)
            return Activity(f"report rule {body.reminder}", about=about, rule=body.reminder, said=True)
        case _ if type(body) in REMINDER:
            life = REMINDER[type(body)]
        case _:
            return None
    reminder, subject = str(getattr(body, "reminder", "")), str(getattr(body, "subject", ""))
    form = None if pathway is None else pathway.reminders.get(reminder)
    name = f"{reminder} {form.title}" if form is not None else reminder
    return Activity(name, life, (reminder, subject), reminder)


def of_care(body: AnyBody) -> Activity | None:
    """What was done with or found of the patient, without what was found."""
    match body:
        case TherapyRecorded():
            about = ("therapy", body.drug)
            name = f"dose of {body.drug}" if body.act == "dose" else body.drug
            return Activity(name, THERAPY[body.act], about if body.act != "dose" else (), body.door)
        case ProductRecorded():
            life = "start" if body.act == "started" else "complete"
            return Activity(body.product, life, ("product", body.product, body.unit_no))
        case CourseBegun():
            return Activity("course", "start")
        case ReportRecorded():
            return Activity(f"report {body.test}", REPORT.get(body.status, "complete"), ("report", body.test))
        case ResultRecorded():
            return Activity(f"result {body.analyte}")
        case FindingRecorded():
            return Activity(f"finding {body.finding}")
    return None


def of_case(body: AnyBody, pathway: Pathway | None) -> Activity:
    """What became of the case; anything else goes by the words of its type."""
    match body:
        case PhaseEntered():
            title = body.leaf if pathway is None else pathway.title(body.leaf)
            return Activity(f"{body.region}: {title}", "start", (), body.transition)
        case TransitionNoted():
            return Activity(f"noted {body.transition}", rule=body.transition)
        case ViolationBegan() | ViolationEnded():
            life = "start" if isinstance(body, ViolationBegan) else "complete"
            return Activity(body.invariant, life, ("never", body.invariant), body.invariant)
        case ViolationBroken():
            return Activity(f"{body.invariant} broken", rule=body.invariant)
        case DeviationRecorded():
            return Activity(f"deviation {body.rule}", rule=body.rule)
        case LatchSet() | LatchEased() | LatchReleased():
            return Activity(f"{spoken(body)} {body.latch}", rule=body.latch)
        case ChoiceMoved():
            return Activity(f"choice {body.choice}", rule=body.choice)
    return signed(body) or Activity(spoken(body))


def signed(body: AnyBody) -> Activity | None:
    """What people sign for apart from reminders: overrides and reviews."""
    match body:
        case OverrideSigned():
            return Activity(f"override {body.request}", "start", rule=body.request)
        case OverrideReviewed():
            return Activity("override reviewed", "complete" if body.choice == "ended" else "resume")
        case ReviewOpened() | ReviewSettled():
            life = "schedule" if isinstance(body, ReviewOpened) else "complete"
            return Activity("review", life, ("review", str(body.review)))
    return None


def spoken(body: AnyBody) -> str:
    """The type of an event in words: `PatientMoved` is patient moved."""
    return HUMP.sub(" ", type(body).__name__).lower()
