"""What becomes known, corrected and taken back."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import force_setattr, replace

from pathway.case.brought import displace, live, outlived, says, take_back
from pathway.case.envelope import Event
from pathway.case.events import (
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
from pathway.case.state import Act, Basis, Case, Course, Decided, Finding, Noted, Product, Result, Sample
from pathway.clinical.reading import Interval
from pathway.clinical.report import Report

#: A case keeps at most this many results of one analyte; older ones stay in the stream. Two years of four a day.
SERIES_LIMIT = 3000

Handler = Callable[[Case, Event, Any], None]


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


def _note(case: Case, event: Event, body: NoteWritten) -> None:
    found = None if body.text is None else Noted(body.text, event.recorded_at, event.by)
    force_setattr(case, "note", found)


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


HANDLERS: Mapping[type, Handler] = {
    ResultRecorded: _result,
    SampleCollected: _sample,
    ReportRecorded: _report,
    FactRetracted: _retracted,
    FindingRecorded: _finding,
    NoteWritten: _note,
    TherapyRecorded: _therapy,
    ProductRecorded: _product,
    CourseBegun: _course,
    DecisionRecorded: _decision,
}
