"""What was decided and why, what was refused, corrected, reviewed, and what was done or lasted against the pathway."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from pathway.case.events import (
    BudgetExceeded,
    CaseEnrolled,
    CaseJoined,
    CaseMergedAway,
    CaseParted,
    CaseReopened,
    ChoiceMoved,
    CourseBegun,
    DecisionRecorded,
    DefinitionAmended,
    DeviationRecorded,
    HandedOver,
    LatchReleased,
    LatchSet,
    MovesResumed,
    OverrideReviewed,
    OverrideSigned,
    PhaseEntered,
    ProductRecorded,
    ReviewOpened,
    ReviewSettled,
    RuleReported,
    RulesFailed,
    TherapyRecorded,
    TransitionNoted,
    VerbalOrderSigned,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.clinical.instant import Instant
from pathway.engine.ports import Store
from ward.pack.section import Section
from ward.pack.told import Told, spaced, who
from ward.spreadsheet import When
from ward.web.reads import TimelineEntry
from ward.web.replay.corrections import corrections as corrected
from ward.web.seen import plain

DECIDED = (
    CaseEnrolled,
    PhaseEntered,
    TransitionNoted,
    TherapyRecorded,
    ProductRecorded,
    CourseBegun,
    DecisionRecorded,
    LatchSet,
    LatchReleased,
    ChoiceMoved,
    OverrideSigned,
    VerbalOrderSigned,
    HandedOver,
    CaseReopened,
    CaseJoined,
    CaseMergedAway,
    CaseParted,
    DefinitionAmended,
    MovesResumed,
)
REVIEWED = (ReviewOpened, ReviewSettled, OverrideReviewed, RuleReported)
OUTSIDE = (DeviationRecorded, ViolationBegan, ViolationBroken, ViolationEnded, RulesFailed, BudgetExceeded)
NARROW, TIME, WIDE, PERSON = "11mm", "27mm", "1fr", "38mm"


def decisions(found: Sequence[Told]) -> Section:
    """Each decision and move, with its reason and the events on which it rested."""
    known = {each.event.position: each for each in found}
    return Section(
        key="decisions",
        title="Decisions and their reasons",
        lead="What people decided and what followed by rule, each with the reason that was written and the events on "
        "which it rested, as they read when they were recorded.",
        columns=("Event", "Occurred", "Decision", "Rested on", "Who"),
        rows=tuple(
            (each.event.position, When(each.event.occurred_at), each.line, grounds(each, known), each.who)
            for each in found
            if isinstance(each.event.body, DECIDED)
        ),
        widths=(NARROW, TIME, WIDE, WIDE, PERSON),
    )


def grounds(told: Told, known: Mapping[int, Told]) -> str:
    """The events on which a decision rested, in words."""
    found = told.because or ((told.event.cause,) if told.event.cause is not None else ())
    return "\n".join(f"event {each}: {known[each].words}" if each in known else f"event {each}" for each in found)


def refusals(store: Store, case: str, until: Instant) -> Section:
    """What was asked for and refused by a moment."""
    return Section(
        key="refusals",
        title="What was asked for and refused",
        lead="Requests that the pathway refused. They changed nothing and stand outside the chain.",
        columns=("When", "Asked for", "Refused because", "Who"),
        rows=tuple(
            (When(each.at), each.what, spaced(each.code), who(each.by))
            for each in store.attempts(case)
            if each.at <= until
        ),
        widths=(TIME, WIDE, WIDE, PERSON),
    )


def corrections(found: Sequence[Told], zone: ZoneInfo) -> Section:
    """What was said first, and what took its place; neither hides the other (A2)."""
    reasons = {each.event.position: each.reason for each in found}
    rows = corrected([TimelineEntry(each.event, each.words) for each in found], zone)
    times = {each.event.position: each.event.recorded_at for each in found}
    return Section(
        key="corrections",
        title="Corrections",
        lead="What was recorded first stays on the record, beside what took its place, by whom, when and why.",
        columns=("Event", "First said", "By", "By event", "Recorded", "Now", "Reason", "Corrected by"),
        rows=tuple(
            (
                each.target,
                plain(each.old),
                each.said_by,
                each.position,
                When(times[each.position]),
                f"{each.how}: {plain(each.new)}",
                reasons.get(each.position, ""),
                each.by,
            )
            for each in reversed(rows)
        ),
        widths=(NARROW, WIDE, "24mm", "17mm", TIME, WIDE, "30mm", "24mm"),
    )


def reviews(found: Sequence[Told]) -> Section:
    """Decisions whose basis changed, overrides looked at again, rules reported as wrong; what people said of them."""
    return Section(
        key="reviews",
        title="Reviews",
        lead="Decisions whose basis changed afterwards, overrides that were looked at again, rules reported as wrong.",
        columns=("Event", "Recorded", "What", "Who"),
        rows=rows_of(found, REVIEWED),
        widths=(NARROW, TIME, WIDE, PERSON),
    )


def deviations(found: Sequence[Told]) -> Section:
    """What happened against the pathway, and what lasted longer than it may."""
    return Section(
        key="deviations",
        title="Deviations and broken invariants",
        lead="What was done against the pathway, what lasted longer than it may, and rules that failed.",
        columns=("Event", "Recorded", "What", "Who"),
        rows=rows_of(found, OUTSIDE),
        widths=(NARROW, TIME, WIDE, PERSON),
    )


def rows_of(found: Sequence[Told], kinds: tuple[type, ...]) -> tuple[tuple[int, When, str, str], ...]:
    """The events of some kinds, oldest first."""
    return tuple(
        (each.event.position, When(each.event.recorded_at), each.line, each.who)
        for each in found
        if isinstance(each.event.body, kinds)
    )
