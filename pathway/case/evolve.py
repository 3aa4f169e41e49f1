"""Evolve: what an event makes of a case. It never refuses and never judges; it is the one fold there is."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import force_setattr, replace

from pathway.case.brought import displace, live, outlived, says, take_back
from pathway.case.envelope import Event
from pathway.case.events import (
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
    OverrideReviewed,
    OverrideSigned,
    PatientMoved,
    PhaseEntered,
    ProductRecorded,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    ReportRecorded,
    ResultRecorded,
    ReviewOpened,
    ReviewSettled,
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
from pathway.case.state import (
    DEATH,
    Ack,
    Act,
    Basis,
    Case,
    Chosen,
    Course,
    Decided,
    Deviation,
    Ended,
    Finding,
    Obligation,
    Overridden,
    Place,
    Product,
    Rang,
    Result,
    Review,
    Sample,
    Verbal,
    Violation,
)
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Interval
from pathway.clinical.report import Report

#: A case keeps at most this many results of one analyte; older ones stay in the stream. Two years of four a day.
SERIES_LIMIT = 3000

MAPPINGS = tuple(name for name in Case.__struct_fields__ if isinstance(getattr(Case(id=""), name), dict))


def evolve(case: Case, events: Iterable[Event]) -> Case:
    """The case after these events, in their order. The case given stays as it is."""
    after = draft(case)
    for event in events:
        apply(after, event)
    return after


def draft(case: Case) -> Case:
    """A copy that `apply` may change: the mappings are its own, what they hold is shared."""
    copy = replace(case)
    for name in MAPPINGS:
        force_setattr(copy, name, dict(getattr(case, name)))
    return copy


def apply(case: Case, event: Event) -> None:
    """Bring a draft forward by one event, in place."""
    force_setattr(case, "position", event.position)
    force_setattr(case, "recorded_at", event.recorded_at)
    body = event.body
    HANDLERS[type(body)](case, event, body)
    if event.verbal is not None:
        said = event.verbal
        case.verbal[event.position] = Verbal(event.position, said.giver, said.role, event.recorded_at)
    if event.origin is not None:
        case.brought[event.position] = event.origin
    if type(body) in CLINICAL:
        force_setattr(case, "clinical_version", case.clinical_version + 1)


def _enrolled(case: Case, event: Event, body: CaseEnrolled) -> None:
    for name in ("pathway", "patient", "origin", "ward", "bed", "zone", "presented_at"):
        force_setattr(case, name, getattr(body, name))
    force_setattr(case, "enrolled_at", event.recorded_at)
    force_setattr(case, "bundle", event.bundle)


def _moved(case: Case, event: Event, body: PatientMoved) -> None:
    force_setattr(case, "ward", body.ward)
    force_setattr(case, "bed", body.bed)
    for key, each in case.open.items():
        case.open[key] = replace(each, acks=(), snoozed=False)


def _died(case: Case, event: Event, body: DeathRecorded) -> None:
    force_setattr(case, "died_at", body.died_at)
    reported = Finding(event.position, DEATH, body.died_at, event.recorded_at)
    case.findings[DEATH] = (*case.findings.get(DEATH, ()), reported)
    case.facts_at[event.position] = DEATH


def _result(case: Case, event: Event, body: ResultRecorded) -> None:
    series = case.labs.get(body.analyte, ())
    first = event.recorded_at
    interval = None
    if body.low is not None or body.high is not None:
        interval = Interval(number(body.low), number(body.high), body.low_open, body.high_open)
    for each in reversed(series):
        if each.body.collected_at < body.collected_at:
            break
        same = each.interval == interval and each.body.usable == body.usable
        if same and each.body.collected_at == body.collected_at:
            first = min(first, each.first_recorded)
    if body.replaces is not None:
        displace(case, event, tuple(each for each in series if each.position == body.replaces))
        series = tuple(each for each in series if each.position != body.replaces)
    now = Result(event.position, body, interval, event.recorded_at, first)
    if not series or series[-1].body.collected_at <= body.collected_at:
        series = (*series, now)
    else:
        series = tuple(sorted((*series, now), key=lambda each: (each.body.collected_at, each.position)))
    case.labs[body.analyte] = series[-SERIES_LIMIT:]
    case.facts_at[event.position] = body.analyte


def number(text: str | None) -> Decimal | None:
    """The decimal of canonical text; None is no bound."""
    return None if text is None else Decimal(text)


def _sample(case: Case, event: Event, body: SampleCollected) -> None:
    taken = Sample(event.position, body.specimen, body.analytes, body.collected_at)
    force_setattr(case, "samples", (*case.samples, taken))


def _report(case: Case, event: Event, body: ReportRecorded) -> None:
    standing = case.reports.get(body.test, ())
    if body.replaces is not None:
        standing = tuple(each for each in standing if each.position != body.replaces)
    elif body.report_no:
        # The same report further in its life stands in for its earlier self.
        standing = tuple(each for each in standing if each.report_no != body.report_no or each.method != body.method)
    else:
        waiting = ("ordered", "collected", "received")
        standing = tuple(each for each in standing if each.method != body.method or each.status not in waiting)
    if event.origin is not None:
        # One that came with a merged case stands beside what it does not outlive, so that both are seen.
        kept = (each for each in case.reports.get(body.test, ()) if each in standing or not outlived(each, body))
        standing = tuple(kept)
    gone = [each for each in case.reports.get(body.test, ()) if each not in standing]
    report = Report(
        position=event.position,
        test=body.test,
        method=body.method,
        status=body.status,
        result=body.result,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        partner=body.partner,
        truncated=body.truncated,
        karyotype=body.karyotype,
        report_no=body.report_no,
        collected_at=body.collected_at,
        authorised_at=body.authorised_at,
        verbal=body.verbal,
        written=body.written,
    )
    # A report that says again what its earlier self said was known from then on.
    same = [each.recorded_at for each in gone if each.settled == report.settled and says(each) == says(report)]
    waited = [each.begun_at or each.recorded_at for each in gone if each.awaited]
    report = replace(report, recorded_at=min([event.recorded_at, *same]), begun_at=min([event.recorded_at, *waited]))
    case.heirs.update({each.position: event.position for each in gone})
    displace(case, event, tuple(gone))
    case.reports[body.test] = (*standing, report)
    case.facts_at[event.position] = body.test


def _retracted(case: Case, event: Event, body: FactRetracted) -> None:
    target = body.target
    case.retracted.setdefault(target, event.position)
    if body.parted:
        take_back(case, target)
        return
    for analyte, results in case.labs.items():
        # What two feeds delivered twice was wrong twice.
        wrong = next((each for each in results if each.position == target), None)
        if wrong is not None:
            case.labs[analyte] = tuple(each for each in results if not same_result(each, wrong))
    everything: tuple[dict[str, tuple[Any, ...]], ...] = (case.labs, case.reports, case.findings, case.therapy)
    for series in everything:
        for name, items in series.items():
            if any(each.position == target for each in items):
                series[name] = tuple(each for each in items if each.position != target)
    for name in ("samples", "courses"):
        force_setattr(case, name, tuple(each for each in getattr(case, name) if each.position != target))
    force_setattr(case, "products", tuple(left for each in case.products if (left := remaining(each, target))))
    live(case)


def remaining(product: Product, target: int) -> Product | None:
    """What is left of a unit once one event about it was not true: the other of its two moments, or nothing."""
    match target:
        case product.start if product.end:
            return replace(product, position=product.end, started_at=None, start=None)
        case product.end if product.start:
            return replace(product, position=product.start, ended_at=None, end=None)
        case product.start | product.end:
            return None
    return product


def same_result(one: Result, other: Result) -> bool:
    """Whether two results are one measurement, delivered twice."""
    if one.position == other.position:
        return True
    mine, yours = one.body, other.body
    same = (mine.specimen, mine.collected_at, mine.entered) == (yours.specimen, yours.collected_at, yours.entered)
    return same and bool(mine.specimen)


def _finding(case: Case, event: Event, body: FindingRecorded) -> None:
    said = Finding(event.position, body.value, event.occurred_at, event.recorded_at)
    series = sorted((*case.findings.get(body.finding, ()), said), key=lambda each: (each.at, each.position))
    case.findings[body.finding] = tuple(series)
    case.facts_at[event.position] = body.finding


def _therapy(case: Case, event: Event, body: TherapyRecorded) -> None:
    act = Act(event.position, body.act, body.at, event.recorded_at, body.form, body.next_dose_at, body.ticks)
    series = sorted((*case.therapy.get(body.drug, ()), act), key=lambda each: (each.at, each.position))
    case.therapy[body.drug] = tuple(series)
    case.facts_at[event.position] = body.drug
    if body.because:
        case.bases[event.position] = Basis(f"{body.drug} {body.act}", body.because, event.recorded_at, body.drug)


def _product(case: Case, event: Event, body: ProductRecorded) -> None:
    started, ended = (body.at, None) if body.act == "started" else (None, body.at)
    start, end = (event.position, None) if body.act == "started" else (None, event.position)
    kept, gone = [], []
    for each in case.products:
        if (each.product, each.unit_no) == (body.product, body.unit_no):
            started, start = (started, start) if started else (each.started_at, each.start)
            ended, end = (ended, end) if ended else (each.ended_at, each.end)
            gone.append(each)
        else:
            kept.append(each)
    now = Product(event.position, body.product, body.unit_no, started, ended, event.recorded_at, start, end)
    force_setattr(case, "products", (*kept, now))
    displace(case, event, tuple(gone))
    case.facts_at[event.position] = body.product
    if body.because:
        case.bases[event.position] = Basis(f"{body.product} given", body.because, event.recorded_at, body.product)


def _course(case: Case, event: Event, body: CourseBegun) -> None:
    course = Course(event.position, body.number, body.regimen, body.day1, event.recorded_at, body.intensive, body.doses)
    courses = sorted((*case.courses, course), key=lambda each: (each.day1, each.position))
    force_setattr(case, "courses", tuple(courses))


def _decision(case: Case, event: Event, body: DecisionRecorded) -> None:
    key = (body.reminder, body.subject)
    case.decisions[key] = Decided(event.position, body.choice, event.recorded_at, body.review_at)
    if key in case.open:
        case.open[key] = replace(case.open[key], answered=True)
    if body.because:
        case.bases[event.position] = Basis(f"{body.reminder}: {body.choice}", body.because, event.recorded_at)


def _phase(case: Case, event: Event, body: PhaseEntered) -> None:
    case.regions[body.region] = Place(body.leaf, event.occurred_at, body.entry, event.position, body.was)
    case.entries[body.leaf] = body.entry
    if body.because:
        case.bases[event.position] = Basis(f"{body.transition} to {body.leaf}", body.because, event.recorded_at)


def _noted(case: Case, event: Event, body: TransitionNoted) -> None:
    case.noted[body.transition] = body.because
    case.bases[event.position] = Basis(f"{body.transition} noted", body.because, event.recorded_at)


def _latched(case: Case, event: Event, body: LatchSet) -> None:
    case.latches[body.latch] = Finding(event.position, "set", event.occurred_at, event.recorded_at)
    case.bases[event.position] = Basis(f"{body.latch} latched", body.because, event.recorded_at)


def _unlatched(case: Case, event: Event, body: LatchReleased) -> None:
    case.latches.pop(body.latch, None)
    case.eased.pop(body.latch, None)


def _eased(case: Case, event: Event, body: LatchEased) -> None:
    if body.since is None:
        case.eased.pop(body.latch, None)
    else:
        case.eased[body.latch] = body.since


def _chosen(case: Case, event: Event, body: ChoiceMoved) -> None:
    before = case.choices.get(body.choice)
    tightened = event.occurred_at if body.tightened else before.tightened_at if before else None
    case.choices[body.choice] = Chosen(body.row, tightened, body.easing_to, body.easing_since)


def _opened(case: Case, event: Event, body: ReminderOpened) -> None:
    case.open[(body.reminder, body.subject)] = Obligation(
        reminder=body.reminder,
        subject=body.subject,
        ordinal=body.ordinal,
        level=body.level,
        wording=body.wording,
        opened_at=event.occurred_at if body.since is None else body.since,
        started_at=event.occurred_at,
        due_at=body.due_at,
        anchor=body.anchor,
        not_before=body.not_before,
        because=body.because,
        position=event.position,
        answered=body.since is not None and answered_since(case, (body.reminder, body.subject), body.since),
        back_at=None if body.since is None else event.occurred_at,
    )


def answered_since(case: Case, key: tuple[str, str], since: Instant) -> bool:
    """Whether a need that comes back was answered before."""
    return key in case.decisions and case.decisions[key].at >= since


def _rescheduled(case: Case, event: Event, body: ReminderRescheduled) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    case.open[key] = replace(
        before,
        level=body.level,
        due_at=body.due_at,
        anchor=body.anchor,
        not_before=body.not_before,
        wording=body.wording or before.wording,
        rungs=() if body.restart else before.rungs,
        started_at=event.occurred_at if body.restart else before.started_at,
    )


def _rang(case: Case, event: Event, body: RungReached) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    rang = Rang(body.rung, body.count, event.occurred_at, body.to)
    told, rungs = before.told, before.rungs
    if told != body.to:
        told += tuple([role for role in body.to if role not in told])
    # Only the last repeat matters to the next one, and mostly it is the last of all.
    if rungs and rungs[-1].rung == body.rung:
        rungs = rungs[:-1]
    elif rungs:
        rungs = tuple([each for each in rungs if each.rung != body.rung])
    case.open[key] = replace(before, rungs=(*rungs, rang), told=told)


def _acknowledged(case: Case, event: Event, body: ReminderAcknowledged) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    ack = Ack(body.pauses, event.by.actor, event.by.role, event.occurred_at, body.until)
    case.open[key] = replace(before, acks=(*before.acks, ack), ever_acknowledged=True)


def _snoozed(case: Case, event: Event, body: ReminderSnoozed) -> None:
    key = (body.reminder, body.subject)
    before = case.open[key]
    done = {"snoozed": True} if body.kind == "snoozed" else {"not_possible": True}
    case.open[key] = replace(before, due_at=body.due_at, rungs=(), started_at=event.occurred_at, **done)


def _closed(case: Case, event: Event, body: ReminderClosed) -> None:
    before = case.open.pop((body.reminder, body.subject))
    if body.by_exit:
        case.left[(body.reminder, body.subject)] = before
    case.ended[(body.reminder, body.subject)] = Ended(
        before.ordinal, event.occurred_at, event.position, body.how, event.cause
    )


def _deviation(case: Case, event: Event, body: DeviationRecorded) -> None:
    force_setattr(case, "deviations", (*case.deviations, Deviation(body.rule, body.target, event.occurred_at)))


def _violation_began(case: Case, event: Event, body: ViolationBegan) -> None:
    case.violations[body.invariant] = Violation(event.occurred_at, body.deadline, broken=False)


def _violation_broken(case: Case, event: Event, body: ViolationBroken) -> None:
    case.violations[body.invariant] = replace(case.violations[body.invariant], broken=True)


def _violation_ended(case: Case, event: Event, body: ViolationEnded) -> None:
    case.violations.pop(body.invariant)


def _review(case: Case, event: Event, body: ReviewOpened) -> None:
    case.reviews[body.review] = Review(
        body.review, body.decision, body.changed, body.urgent, body.about, event.occurred_at
    )


def _review_settled(case: Case, event: Event, body: ReviewSettled) -> None:
    case.reviews[body.review] = replace(case.reviews[body.review], settled=body.choice)


def _overridden(case: Case, event: Event, body: OverrideSigned) -> None:
    case.overrides[event.position] = Overridden(event.position, body.request, event.recorded_at, body.review_at)


def _override_reviewed(case: Case, event: Event, body: OverrideReviewed) -> None:
    before = case.overrides[body.override]
    if body.choice == "ended":
        case.overrides[body.override] = replace(before, ended=True)
        return
    reviewed = (*before.reviewed, (before.signed_at, before.review_at))
    case.overrides[body.override] = replace(
        before, signed_at=event.recorded_at, review_at=body.review_at, reviewed=reviewed
    )


def _cosigned(case: Case, event: Event, body: VerbalOrderSigned) -> None:
    case.verbal[body.order] = replace(case.verbal[body.order], signed=body.choice)


def _nothing(case: Case, event: Event, body: msgspec.Struct) -> None:
    """An override, or that cases were joined, is part of the record and changes no fact by itself."""


def _failed(case: Case, event: Event, body: RulesFailed) -> None:
    force_setattr(case, "failed", (*case.failed, body.what))


def _resumed(case: Case, event: Event, body: MovesResumed) -> None:
    force_setattr(case, "failed", ())


def _handed(case: Case, event: Event, body: HandedOver) -> None:
    force_setattr(case, "handed", body)
    case.left.clear()


def _reopened(case: Case, event: Event, body: CaseReopened) -> None:
    force_setattr(case, "handed", None)
    case.left.clear()


def _merged_away(case: Case, event: Event, body: CaseMergedAway) -> None:
    force_setattr(case, "merged_into", body.into)


def _parted(case: Case, event: Event, body: CaseParted) -> None:
    """On the stream of the one that lived on this is only a record: each fact is taken back by an event of its own."""
    if case.merged_into == body.other:
        force_setattr(case, "merged_into", "")
        case.left.clear()


def _amended(case: Case, event: Event, body: DefinitionAmended) -> None:
    force_setattr(case, "bundle", body.to)
    for reminder, subject, rung in body.repeats:
        # Where facts alone are folded, no reminder is open.
        if held := case.open.get((reminder, subject)):
            case.open[(reminder, subject)] = replace(held, rungs=tuple(each for each in held.rungs if each.rung < rung))


HANDLERS: dict[type, Callable[[Case, Event, Any], None]] = {
    CaseEnrolled: _enrolled,
    HandedOver: _handed,
    CaseReopened: _reopened,
    CaseJoined: _nothing,
    CaseMergedAway: _merged_away,
    CaseParted: _parted,
    PatientMoved: _moved,
    DeathRecorded: _died,
    ResultRecorded: _result,
    SampleCollected: _sample,
    ReportRecorded: _report,
    FactRetracted: _retracted,
    FindingRecorded: _finding,
    TherapyRecorded: _therapy,
    ProductRecorded: _product,
    CourseBegun: _course,
    DecisionRecorded: _decision,
    PhaseEntered: _phase,
    TransitionNoted: _noted,
    LatchSet: _latched,
    LatchReleased: _unlatched,
    LatchEased: _eased,
    ChoiceMoved: _chosen,
    ReminderOpened: _opened,
    ReminderRescheduled: _rescheduled,
    RungReached: _rang,
    ReminderAcknowledged: _acknowledged,
    ReminderSnoozed: _snoozed,
    ReminderClosed: _closed,
    DeviationRecorded: _deviation,
    ViolationBegan: _violation_began,
    ViolationBroken: _violation_broken,
    ViolationEnded: _violation_ended,
    ReviewOpened: _review,
    ReviewSettled: _review_settled,
    OverrideSigned: _overridden,
    OverrideReviewed: _override_reviewed,
    VerbalOrderSigned: _cosigned,
    RulesFailed: _failed,
    MovesResumed: _resumed,
    DefinitionAmended: _amended,
}
#: Events that change what people know or decided; the others only ring.
CLINICAL = frozenset(HANDLERS) - {
    LatchEased,
    ReminderOpened,
    ReminderRescheduled,
    RungReached,
    ReminderAcknowledged,
    ReminderSnoozed,
    ReminderClosed,
    ViolationBegan,
    ViolationEnded,
}
