"""Said: the command of a turn, made again from the events that it wrote.

An event keeps what was decided and what that rests on. What it does not keep is taken as given, and never matters to
the outcome but by being there: identifiers, the wording of a reason, the name of a second person where none is kept.
"""

from typing import Any

from pathway.case.commands import (
    AcceptHandOver,
    Acknowledge,
    AmendDefinition,
    AnyCommand,
    AnyReport,
    Cosign,
    Decide,
    DeclineHandOver,
    Enrol,
    HandBack,
    HandOver,
    ReleaseLatch,
    Reopen,
    ReportRule,
    RequestTherapy,
    ResumeMoves,
    ReviewOverride,
    SettleReview,
    Snooze,
    StopTherapy,
    TakeOver,
    Transition,
    WriteNote,
)
from pathway.case.drugs import ACTS
from pathway.case.envelope import Event
from pathway.case.events import (
    CaseEnrolled,
    CaseReopened,
    CourseBegun,
    DeathRecorded,
    DecisionRecorded,
    DefinitionAmended,
    HandedOver,
    LatchReleased,
    MovesResumed,
    NoteWritten,
    OfferDeclined,
    OverrideReviewed,
    OverrideSigned,
    PhaseEntered,
    ReminderAcknowledged,
    ReminderHandedBack,
    ReminderOffered,
    ReminderSnoozed,
    ReminderTaken,
    ReviewSettled,
    RuleReported,
    TherapyRecorded,
    VerbalOrderSigned,
)
from pathway.case.redecide.told import report
from pathway.case.redecide.turns import KeptText, Recorded
from pathway.definition.pathway import Pathway

#: Stands for what was said and is not kept with the events, such as the name that a second person gave.
GIVEN = "as given"
#: What a move writes first: the course or the death that goes with it, or the phase itself.
MOVING = (CourseBegun, DeathRecorded, PhaseEntered)


def said(turn: Recorded, pathway: Pathway, kept: KeptText) -> AnyCommand | None:
    """The command that wrote these events; None where no command on one case alone does so."""
    own = turn.own
    if not own:
        return None
    first = own[0]
    told: AnyCommand | None
    if isinstance(first.body, CaseEnrolled):
        told = enrolment(turn, pathway, kept)
    elif isinstance(first.body, MOVING) and any(isinstance(each.body, PhaseEntered) for each in own):
        told = move(turn, pathway, kept)
    else:
        told = report(first, kept) or therapy(own, kept) or answer(first, kept) or signed(first, kept)
    return told


def asking(event: Event) -> dict[str, Any]:
    """What every request says, as the envelope of its own event keeps it."""
    fields: dict[str, Any] = {"id": event.command, "case": event.case, "by": event.by, "second_by": event.second_by}
    if event.verbal is not None:
        return fields | {"verbal_by": event.verbal.giver, "verbal_from": event.verbal.role}
    return fields | {"second": event.second_by.actor if event.second_by is not None else GIVEN}


def identifiers(number: int) -> dict[str, str]:
    """As many identifiers as are asked for: they lie apart from the events."""
    return {str(each): GIVEN for each in range(1, number + 1)}


def enrolment(turn: Recorded, pathway: Pathway, kept: KeptText) -> Enrol:
    """An enrolment, with the history that was told with it and the phases that were entered before."""
    first, *history = turn.own
    body = first.body
    assert isinstance(body, CaseEnrolled)
    entered = {
        each.body.region: each.body
        for each in turn.events
        if isinstance(each.body, PhaseEntered) and each.body.reason is not None
    }
    told = [found for each in history if (found := report(each, kept)) is not None]
    return Enrol(
        **asking(first) | {"second": ""},
        pathway=body.pathway,
        version=body.version,
        presented_at=body.presented_at,
        identifiers=identifiers(pathway.form.enrol.identifiers),
        zone=body.zone,
        ward=body.ward,
        bed=body.bed,
        patient=body.patient,
        origin=body.origin,
        history=tuple(each for each in told if isinstance(each, AnyReport)),
        entered={region: each.leaf for region, each in entered.items()},
        reason=kept.word(next((each.reason for each in entered.values()), None)),
    )


def move(turn: Recorded, pathway: Pathway, kept: KeptText) -> Transition:
    """A move that a role made, with the course that it began, the death that it told of, and who takes over."""
    entered = next(each for each in turn.own if isinstance(each.body, PhaseEntered))
    body = entered.body
    assert isinstance(body, PhaseEntered)
    forms = [each for each in pathway.form.transitions if each.name == body.transition and each.by]
    reason, common = kept.word(body.reason), asking(entered)
    fields: dict[str, Any] = {"transition": body.transition, "reason": reason}
    for each in turn.own:
        match each.body:
            case CourseBegun():
                course = each.body
                fields |= {"at": course.day1, "regimen": course.regimen, "intensive": course.intensive}
                fields["doses"] = course.doses
            case DeathRecorded():
                fields["died_at"] = each.body.died_at
            case HandedOver():
                handed = each.body
                fields |= {"receiver": kept.word(handed.receiver), "accepted_at": handed.accepted_at}
                fields |= {"linked": handed.linked, "second": handed.second}
    if reason:
        names = [named.name for form in forms for named in form.reasons]
        fields["reasons"] = dict.fromkeys((*names, *(f"dose_{drug}" for drug in fields.get("doses", ()))), GIVEN)
    if "second" in common and "second" not in fields:
        fields["second"] = body.second or (common["second"] if any(form.second for form in forms) else "")
    fields["identifiers"] = identifiers(max((form.identifiers for form in forms), default=0))
    return Transition(**common | fields)


def therapy(own: tuple[Event, ...], kept: KeptText) -> AnyCommand | None:
    """A drug that was asked for through a door or against a signature, or stopped for good."""
    signed_for = next((each.body for each in own if isinstance(each.body, OverrideSigned)), None)
    event = next((each for each in own if isinstance(each.body, TherapyRecorded)), None)
    if event is None or not isinstance(event.body, TherapyRecorded):
        return None
    body = event.body
    common = asking(event) | {"at": body.at, "drug": body.drug, "form": body.form, "reason": kept.word(body.reason)}
    if body.act == "stopped":
        return StopTherapy(**common | {"second": ""}, ticks=body.ticks)
    act = next((word for word, done in ACTS.items() if done == body.act), None)
    if act is None:
        return None
    common["next_dose_at"] = body.next_dose_at
    common["second"] = "" if signed_for is None or event.verbal is not None else signed_for.second
    return RequestTherapy(**common, act=act, override=signed_for is not None)  # type: ignore[arg-type]  # one of the three words


def answer(event: Event, kept: KeptText) -> AnyCommand | None:
    """What somebody said to one reminder."""
    body, common = event.body, asking(event)
    about: dict[str, Any] = {name: getattr(body, name, "") for name in ("reminder", "subject")}
    reason: dict[str, Any] = {"reason": kept.word(getattr(body, "reason", None))}
    match body:
        case DecisionRecorded():
            return Decide(**common, **about, **reason, choice=body.choice, review_at=body.review_at)
        case ReminderAcknowledged():
            return Acknowledge(**common, **about)
        case ReminderSnoozed():
            return Snooze(**common, **about, **reason, kind=body.kind)
        case ReminderOffered():
            return HandOver(**common, **about, **reason, to=body.to, to_role=body.to_role)
        case OfferDeclined():
            return DeclineHandOver(**common, **about, **reason)
        case ReminderTaken():
            return AcceptHandOver(**common, **about) if body.offered_by else TakeOver(**common, **about)
        case ReminderHandedBack():
            return HandBack(**common, **about, **reason)
        case RuleReported():
            return ReportRule(**common, **about, **reason)
    return None


def signed(event: Event, kept: KeptText) -> AnyCommand | None:
    """What somebody signed for on the case as a whole."""
    body, common = event.body, asking(event)
    common["reason"] = kept.word(getattr(body, "reason", None))
    match body:
        case ReviewSettled():
            return SettleReview(**common, review=body.review, choice=body.choice)  # type: ignore[arg-type]  # an answer
        case OverrideReviewed():
            return ReviewOverride(**common | {"second": body.second}, position=body.override, choice=body.choice)
        case VerbalOrderSigned():
            return Cosign(**common, order=body.order, choice=body.choice)
        case LatchReleased():
            return ReleaseLatch(**common, latch=body.latch)
        case MovesResumed():
            return ResumeMoves(**common)
        case DefinitionAmended():
            return AmendDefinition(**common | {"second": body.second}, to=body.to)
        case NoteWritten():
            return WriteNote(**common | {"reason": ""}, text=kept.word(body.text))
        case CaseReopened():
            return Reopen(**common, identifiers=identifiers(9))
    return None
