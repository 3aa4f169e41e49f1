"""One line of English for an event, for people who read a timeline. No identity and no free text."""

from pathway.case.envelope import Event
from pathway.case.events import (
    BudgetExceeded,
    CaseEnrolled,
    CaseJoined,
    CaseMergedAway,
    CaseParted,
    CaseReopened,
    ChoiceMoved,
    CourseBegun,
    DeathRecorded,
    DecisionRecorded,
    DefinitionAmended,
    DeviationRecorded,
    FactRetracted,
    FindingRecorded,
    HandedOver,
    LatchEased,
    LatchReleased,
    LatchSet,
    MovesResumed,
    NoteWritten,
    OfferDeclined,
    OfferLapsed,
    OverrideReviewed,
    OverrideSigned,
    PatientMoved,
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
    RulesFailed,
    RungReached,
    SampleCollected,
    TherapyRecorded,
    TransitionNoted,
    VerbalOrderSigned,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.facts import zone_of
from pathway.case.handed import summary
from pathway.clinical.instant import Instant, utc
from pathway.definition.pathway import Pathway


def describe(event: Event, pathway: Pathway, zone: str = "UTC") -> str:
    """What happened, in one line, times in the zone given."""
    said = in_words(event, pathway, zone)
    return f"{said}, from case {event.origin[0]}, event {event.origin[1]}" if event.origin else said


def in_words(event: Event, pathway: Pathway, zone: str) -> str:
    """What happened, wherever it was recorded first."""
    body = event.body
    if isinstance(
        body,
        ReminderOpened | ReminderRescheduled | RungReached | ReminderAcknowledged | ReminderSnoozed | ReminderClosed,
    ):
        return of_reminder(body, pathway, zone)
    if isinstance(body, HANDED):
        return of_handing(event, pathway, zone)
    if isinstance(body, BudgetExceeded):
        return f"over the budget of a day: {body.lines} lines and {body.pages} pages outside the critical class"
    said = f", on the spoken order of the {event.verbal.role.replace('_', ' ')}" if event.verbal else ""
    return (of_fact(body, pathway, zone) or of_course(body, pathway, zone)) + said


def day(at: Instant, zone: str) -> str:
    """A moment as wards write it: 05-Mar-2026 03:10."""
    return utc(at).astimezone(zone_of(zone)).strftime("%d-%b-%Y %H:%M")


def of_fact(body: object, pathway: Pathway, zone: str) -> str:
    """What somebody said of the patient."""
    match body:
        case CaseEnrolled():
            return f"enrolled on {pathway.form.title}, ward {body.ward}, bed {body.bed}"
        case HandedOver():
            return summary(pathway, body)
        case CaseReopened():
            return f"reopened: {', '.join(pathway.title(each) for each in body.exits)} was a mistake"
        case CaseJoined():
            return f"case {body.other} was merged into this one"
        case CaseMergedAway():
            return f"merged: goes on in case {body.into}"
        case CaseParted():
            return f"parted from case {body.other} again"
        case PatientMoved():
            return f"moved to ward {body.ward}, bed {body.bed}"
        case DeathRecorded():
            return f"died {day(body.died_at, zone)}"
        case ResultRecorded():
            note = (
                f" (unusable: {body.why})" if body.why else f" (in question: {body.question})" if body.question else ""
            )
            new = f", corrects event {body.replaces}" if body.replaces is not None else ""
            return f"{pathway.title(body.analyte)} {body.entered}, {body.status}{new}{note}"
        case SampleCollected():
            return f"sample taken for {', '.join(body.analytes)}"
        case ReportRecorded():
            found = ", ".join(filter(None, (body.result.replace("_", " "), body.partner, body.karyotype)))
            said = " (by voice)" if body.verbal else ""
            how = f"{pathway.title(body.test)} by {body.method.replace('_', ' ')}: {body.status}{said}"
            return f"{how}: {found}" if found else how
        case FactRetracted():
            return f"event {body.target} " + (f"given back to case {body.parted}" if body.parted else "retracted")
        case NoteWritten():
            return "note to the team" if body.text else "note to the team taken away"
        case FindingRecorded():
            return f"{pathway.title(body.finding)}: {body.value.replace('_', ' ')}"
        case TherapyRecorded():
            door = f", door {body.door.replace('_', ' ')}" if body.door else ""
            coming = f", next dose {day(body.next_dose_at, zone)}" if body.next_dose_at is not None else ""
            return f"{pathway.title(body.drug)} {body.act}, effective {day(body.at, zone)}{door}{coming}"
        case ProductRecorded():
            return f"{body.product.replace('_', ' ')} {body.act}"
    return ""


def of_course(body: object, pathway: Pathway, zone: str) -> str:
    """What was decided and what followed."""
    match body:
        case CourseBegun():
            doses = ", ".join(f"{drug} {dose}" for drug, dose in body.doses.items())
            return f"course {body.number} begun: {body.regimen} ({doses})"
        case DecisionRecorded():
            until = f", until {day(body.review_at, zone)}" if body.review_at is not None else ""
            return f"{body.reminder} answered: {body.choice.replace('_', ' ')}{until}"
        case PhaseEntered():
            return f"entered {pathway.title(body.leaf)} ({body.transition})"
        case TransitionNoted():
            return f"{body.transition.replace('_', ' ')} in {pathway.title(body.leaf)}"
        case LatchSet() | LatchReleased():
            word = "latched" if isinstance(body, LatchSet) else "latch ended"
            return f"{pathway.form.latches[body.latch].title}: {word}"
        case LatchEased():
            word = "criteria may hold again" if body.since is None else "criteria have ceased"
            return f"{pathway.form.latches[body.latch].title}: {word}"
        case ChoiceMoved():
            easing = f", may loosen to {pathway.title(body.easing_to)}" if body.easing_to else ""
            return f"{pathway.form.choices[body.choice].title}: {pathway.title(body.row)}{easing}"
        case DeviationRecorded():
            return f"deviation from {body.rule.replace('_', ' ')} (event {body.target})"
        case ViolationBegan():
            return f"{body.invariant} does not hold, to end by {day(body.deadline, zone)}"
        case ViolationBroken():
            return f"{body.invariant} BROKEN"
        case ViolationEnded():
            return f"{body.invariant} holds again"
        case ReviewOpened():
            return f"review {body.review} opened: {body.about}"
        case ReviewSettled():
            return f"review {body.review}: {body.choice}"
        case OverrideSigned():
            return f"override signed for {body.request.replace('_', ' ')}" + (
                f", second {body.second}" if body.second else ""
            )
        case OverrideReviewed():
            until = f" until {day(body.review_at, zone)}" if body.review_at is not None else ""
            return f"override of event {body.override} {body.choice}{until}"
        case VerbalOrderSigned():
            return f"verbal order of event {body.order} {body.choice}"
        case RulesFailed():
            return f"rules failed at {body.what}: automatic moves have stopped"
        case DefinitionAmended():
            return f"goes on under version {body.version} of the definition ({body.to[:12]}), was {body.was[:12]}"
        case MovesResumed():
            return "people have looked: the case moves by itself again"
    return type(body).__name__


def of_reminder(body: object, pathway: Pathway, zone: str) -> str:
    """The life of a reminder."""
    name = f"{body.reminder} {pathway.title(body.reminder)}"  # type: ignore[attr-defined]  # the six reminder events
    if body.subject:  # type: ignore[attr-defined]  # the six reminder events
        name += f" [{body.subject}]"  # type: ignore[attr-defined]  # the six reminder events
    match body:
        case ReminderOpened():
            back = "opened" if body.since is None else f"back, first opened {day(body.since, zone)}"
            return f"{name}: {back}, due {day(body.due_at, zone)}"
        case ReminderRescheduled():
            return f"{name}: now due {day(body.due_at, zone)}" + (f", {body.level}" if body.level else "")
        case RungReached():
            return f"{name}: rung {body.rung} to {', '.join(body.to).replace('_', ' ')}" + (
                f", again ({body.count})" if body.count > 1 else ""
            )
        case ReminderAcknowledged():
            return f"{name}: acknowledged until {day(body.until, zone)} (not done)"
        case ReminderSnoozed():
            return f"{name}: put off to {day(body.due_at, zone)}"
        case ReminderClosed():
            told = f", stand-down to {', '.join(body.told)}" if body.how == "withdrawn" and body.told else ""
            return f"{name}: {body.how}{told}"
    return name


#: Events about who answers for a reminder, and about its rule.
HANDED = (ReminderOffered, OfferDeclined, OfferLapsed, ReminderTaken, ReminderHandedBack, RuleReported)


def of_handing(event: Event, pathway: Pathway, zone: str) -> str:
    """Who answers for a reminder by name, and what is said of its rule."""
    body = event.body
    assert isinstance(body, HANDED)
    name = f"{body.reminder} {pathway.title(body.reminder)}" + (f" [{body.subject}]" if body.subject else "")
    match body:
        case ReminderOffered():
            role = body.to_role.replace("_", " ")
            return f"{name}: offered to {body.to} ({role}), to be accepted by {day(body.until, zone)}"
        case OfferDeclined():
            return f"{name}: declined by {event.by.actor}"
        case OfferLapsed():
            return (
                f"{name}: not accepted by {body.to}, rings again to the {body.tells.replace('_', ' ')} who offered it"
            )
        case ReminderTaken():
            return f"{name}: {event.by.actor} answers for it" + (
                f", handed over by {body.offered_by}" * bool(body.offered_by)
            )
        case ReminderHandedBack():
            return f"{name}: handed back by {event.by.actor}"
        case RuleReported():
            return f"{name}: rule reported as wrong, told to {', '.join(body.tells).replace('_', ' ')}"
