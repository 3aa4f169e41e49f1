"""Reports: what happened is recorded whatever any rule says of it; a rule that it breaks makes it a deviation."""

from decimal import Decimal

from pathway.case.brought import says
from pathway.case.commands import (
    RecordCourse,
    RecordDeath,
    RecordFinding,
    RecordMove,
    RecordProduct,
    RecordReport,
    RecordResult,
    RecordSample,
    RecordTherapy,
    Refusal,
    Report,
    Retract,
)
from pathway.case.events import (
    CourseBegun,
    DeathRecorded,
    DeviationRecorded,
    FactRetracted,
    FindingRecorded,
    PatientMoved,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    SampleCollected,
    Sealed,
    TherapyRecorded,
)
from pathway.case.reviews import review
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from pathway.clinical.quantity import Outcome, analyte_of, read_quantity, unusable_because
from pathway.definition.form import RequestForm
from pathway.definition.guard import NO, YES, names_read

UNMAPPED = "unmapped"
#: Acts with a drug that a prohibition is about; holding and stopping are always open.
GIVING = ("ordered", "started", "dose", "resumed")


def record(turn: Turn, command: Report) -> Refusal | None:
    """Write the event of a report. A refusal means that it has no readable form or names nothing that exists."""
    match command:
        case RecordResult():
            return result(turn, command)
        case RecordReport():
            return report(turn, command)
        case RecordTherapy():
            return therapy(turn, command)
        case RecordFinding():
            return finding(turn, command)
        case Retract():
            return retract(turn, command)
        case RecordSample():
            at = said_at(turn, command)
            turn.emit(SampleCollected(command.specimen, command.analytes, at), command.by, at)
        case RecordProduct():
            at = said_at(turn, command)
            rests = product_basis(turn, command.product) if command.act == "started" else ()
            body = ProductRecorded(command.product, command.unit_no, command.act, at, rests)
            turn.emit(body, command.by, at)
        case RecordCourse():
            number = len(turn.case.courses) + 1
            course = CourseBegun(number, command.regimen, command.day1, command.intensive, command.doses)
            turn.emit(course, command.by, command.day1)
        case RecordMove():
            turn.emit(PatientMoved(command.ward, command.bed), command.by, said_at(turn, command))
        case RecordDeath():
            turn.emit(DeathRecorded(command.died_at), command.by, command.died_at)
    return None


def said_at(turn: Turn, command: Report) -> Instant:
    """When it was true of the patient; the moment of recording where nobody said."""
    return turn.at if command.at is None else command.at


def sealed(turn: Turn, text: str) -> Sealed:
    """Free text under the key of its case."""
    return turn.seal(text)


def result(turn: Turn, command: RecordResult) -> Refusal | None:
    """One laboratory result: read once, kept as entered, unusable or in question where it must not read as a value."""
    analyte = analyte_of(command.loinc)
    measured = (
        None
        if analyte is None
        else read_quantity(analyte, command.value, command.unit, decimal_sign=command.decimal_sign)
    )
    collected, approx, why = collection(turn, command)
    if analyte is None or measured is None:
        why = "the code is not mapped to an analyte"
    elif measured.outcome is Outcome.UNUSABLE or measured.outcome is Outcome.UNREADABLE:
        why = why or measured.question or "unreadable"
    elif problem := unusable_because(analyte, command.problems):
        why = why or problem
    question = measured.question if measured is not None and measured.outcome is Outcome.QUESTION else ""
    before = standing(turn, command.replaces)
    # What must not read as a value has none.
    interval = measured.interval if measured and not (why or question) else None
    event = turn.emit(
        ResultRecorded(
            analyte=analyte or UNMAPPED,
            code=command.loinc,
            unit=measured.unit if measured else command.unit or "",
            entered=measured.entered if measured else f"{command.value} {command.unit or ''}".strip(),
            status=command.status,
            collected_at=collected,
            specimen=command.specimen,
            usable=not why and not question,
            why=why,
            question="" if why else question,
            collected_approx=approx,
            replaces=command.replaces,
            low=decimal_text(interval.low) if interval else None,
            high=decimal_text(interval.high) if interval else None,
            low_open=interval is not None and interval.low_open,
            high_open=interval is not None and interval.high_open,
        ),
        command.by,
        collected,
    )
    if command.replaces is not None:
        review(turn, {command.replaces}, event.position, before)
    return None


def decimal_text(number: Decimal | None) -> str | None:
    """A decimal in plain digits."""
    return None if number is None else format(number, "f")


def collection(turn: Turn, command: RecordResult) -> tuple[Instant, bool, str]:
    """The collection time, whether it is assumed, and why it cannot be used (H23)."""
    if command.collected_at is None:
        return Instant(turn.at - allowance(turn, "usual_turnaround")), True, ""
    if command.collected_at > turn.at + allowance(turn, "future_tolerance"):
        return command.collected_at, False, "the collection time lies in the future"
    return command.collected_at, False, ""


def allowance(turn: Turn, name: str) -> int:
    """A span of the engine's own, none on a pathway that asks for no laboratory value."""
    return turn.pathway.span(name) if name in turn.pathway.settings else 0


def standing(turn: Turn, position: int | None) -> ResultRecorded | None:
    """The body of a standing result by its position."""
    if position is None:
        return None
    for series in turn.case.labs.values():
        for each in series:
            if each.position == position:
                return each.body
    return None


def report(turn: Turn, command: RecordReport) -> Refusal | None:
    """A work-up report; one that changes what an earlier final one said puts decisions under review."""
    before = {each.position: each for each in turn.case.reports.get(command.test, ())}
    at = command.authorised_at or command.collected_at or said_at(turn, command)
    event = turn.emit(
        ReportRecorded(
            test=command.test,
            method=command.method,
            status=command.status,
            result=command.result,
            partner=command.partner,
            truncated=command.truncated,
            karyotype=command.karyotype,
            report_no=command.report_no,
            laboratory=command.laboratory,
            collected_at=command.collected_at,
            authorised_at=command.authorised_at,
            verbal=command.verbal,
            written=command.written,
            replaces=command.replaces,
        ),
        command.by,
        at,
    )
    after = {each.position for each in turn.case.reports.get(command.test, ())}
    assert isinstance(event.body, ReportRecorded)
    now = says(event.body)
    gone = {
        position for position, each in before.items() if position not in after and any(says(each)) and says(each) != now
    }
    if gone:
        review(turn, gone, event.position, None)
    return None


def retract(turn: Turn, command: Retract) -> Refusal | None:
    """What stands at a position was not true of this patient."""
    if command.target not in turn.case.facts_at:
        return Refusal("no_such_fact", "there is no fact at this position", (), "give the position of a recorded fact")
    before = standing(turn, command.target)
    at = before.collected_at if before is not None else turn.at
    again = command.target in turn.case.retracted
    event = turn.emit(FactRetracted(command.target, sealed(turn, command.reason)), command.by, at)
    if not again:
        review(turn, {command.target}, event.position, before)
    return None


def finding(turn: Turn, command: RecordFinding) -> Refusal | None:
    """A finding or flag of the pathway, with one of its values."""
    form = turn.pathway.form.facts.get(command.finding)
    values = () if form is None else ("yes", "no") if form.flag else form.finding
    if command.value not in values:
        return Refusal(
            "unreadable", "this is no finding of the pathway with one of its values", (), f"one of: {', '.join(values)}"
        )
    at = said_at(turn, command)
    turn.emit(FindingRecorded(command.finding, command.value), command.by, at)
    return None


def therapy(turn: Turn, command: RecordTherapy) -> Refusal | None:
    """What happened with a drug; what a request would have been refused for is a deviation that rings."""
    drugs = [fact.exposure for fact in turn.pathway.form.facts.values()]
    if command.drug not in drugs:
        return Refusal(
            "unreadable", "the pathway knows no such drug", (), f"one of: {', '.join(d for d in drugs if d)}"
        )
    broken = [form for form in turn.pathway.form.requests if form.drug == command.drug and counts(turn, command)]
    at = said_at(turn, command)
    rules = [form for form in broken if command.act in GIVING and would_refuse(turn, form, at)]
    reason = sealed(turn, command.reason) if command.reason else None
    body = TherapyRecorded(
        drug=command.drug,
        act=command.act,
        at=at,
        form=command.form,
        next_dose_at=command.next_dose_at,
        reason=reason,
        because=line_basis(turn, command.drug) if command.act == "held" else (),
    )
    event = turn.emit(body, command.by, at)
    for form in rules:
        turn.emit(DeviationRecorded(form.id, event.position, form.tells))
    return None


def counts(turn: Turn, command: RecordTherapy) -> bool:
    """Whether this form of the drug is one that the exposure is about."""
    return any(
        fact.exposure == command.drug and command.form in fact.forms for fact in turn.pathway.form.facts.values()
    )


def would_refuse(turn: Turn, form: RequestForm, at: Instant | None = None) -> bool:
    """Whether a request would be refused outright, apart from roles and signatures.

    With `at`, an act of that moment is judged: nobody deviates from what the system learned only after the act.
    """
    if form.refuse_when is not None and turn.ask(form.refuse_when) == YES and was_known(turn, form.refuse_when, at):
        return True
    if form.allow_only_when is not None and turn.ask(form.allow_only_when) != YES:
        return True
    shut = bool(form.doors) and all(turn.ask(door.when) == NO for door in form.doors)
    return shut and all(was_known(turn, door.when, at) for door in form.doors)


def was_known(turn: Turn, text: str, at: Instant | None) -> bool:
    """Whether every fact that a guard reads was recorded by a moment."""
    recorded = (turn.view.read(name).recorded for name in names_read(turn.pathway.rules[text].tree))
    return at is None or all(each is None or each <= at for each in recorded)


def product_basis(turn: Turn, product: str) -> tuple[int, ...]:
    """The events on which the open reminders rest that such a product answers."""
    facts, found = turn.pathway.form.facts, set[int]()
    for held in turn.case.open.values():
        each = turn.pathway.reminders[held.reminder].for_each
        for row in each.fact if each else ():
            if row["it"] == held.subject and "product" in row and product in facts[row["product"]].products:
                found.update(held.because)
    return tuple(sorted(found))


def line_basis(turn: Turn, line: str) -> tuple[int, ...]:
    """The events on which the open reminders of a line rest: what an act in answer to them rests on too."""
    reminders = turn.pathway.reminders
    held = [each for each in turn.case.open.values() if reminders[each.reminder].line == line]
    return tuple(sorted({position for each in held for position in each.because}))
