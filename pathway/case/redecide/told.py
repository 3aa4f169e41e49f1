"""Told: the report of what happened, made again from the event that it became."""

import re
from collections.abc import Iterator
from typing import Any

from pathway.case.commands import (
    AnyCommand,
    RecordCourse,
    RecordDeath,
    RecordFinding,
    RecordMove,
    RecordProduct,
    RecordReport,
    RecordResult,
    RecordSample,
    RecordTherapy,
    Retract,
)
from pathway.case.envelope import Event
from pathway.case.events import (
    CourseBegun,
    DeathRecorded,
    FactRetracted,
    FindingRecorded,
    PatientMoved,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    SampleCollected,
    TherapyRecorded,
)
from pathway.case.redecide.turns import KeptText
from pathway.clinical.quantity import ANALYTES, SPECIMEN_PROBLEMS, TEXT_LIMIT, Outcome, read_quantity, unusable_because

#: What a result that was converted is marked with.
CONVERTED = re.compile(r" \(converted to [^()]*\)$")
#: A problem that no table knows.
UNKNOWN_PROBLEM = "not in the table"


def report(event: Event, kept: KeptText) -> AnyCommand | None:
    """The report that an event is of; None for an event that no report writes."""
    body = event.body
    common: dict[str, Any] = {"id": event.command, "case": event.case, "by": event.by}
    match body:
        case ResultRecorded():
            return result(event, body, common)
        case ReportRecorded():
            fields = {name: getattr(body, name) for name in body.__struct_fields__}
            return RecordReport(**common, **fields, at=event.occurred_at)
        case SampleCollected():
            return RecordSample(**common, specimen=body.specimen, analytes=body.analytes, at=body.collected_at)
        case FactRetracted():
            return Retract(**common, target=body.target, reason=kept.word(body.reason))
        case FindingRecorded():
            return RecordFinding(**common, finding=body.finding, value=body.value, at=event.occurred_at)
        case ProductRecorded():
            return RecordProduct(**common, product=body.product, unit_no=body.unit_no, act=body.act, at=body.at)
        case CourseBegun():
            fields = {name: getattr(body, name) for name in ("regimen", "day1", "intensive", "doses")}
            return RecordCourse(**common, **fields)
        case PatientMoved():
            return RecordMove(**common, ward=body.ward, bed=body.bed, at=event.occurred_at)
        case DeathRecorded():
            return RecordDeath(**common, died_at=body.died_at)
        case TherapyRecorded() if body.act != "stopped" and not body.door:
            return therapy(body, common, kept)
    return None


def therapy(body: TherapyRecorded, common: dict[str, Any], kept: KeptText) -> RecordTherapy:
    """What happened with a drug, as it was told."""
    fields = {name: getattr(body, name) for name in ("drug", "act", "at", "form", "next_dose_at")}
    return RecordTherapy(**common, **fields, reason=kept.word(body.reason))


def result(event: Event, body: ResultRecorded, common: dict[str, Any]) -> RecordResult:
    """A laboratory result as the laboratory wrote it: the first way to write it that reads as it was read then."""
    common |= {"loinc": body.code, "status": body.status, "specimen": body.specimen, "replaces": body.replaces}
    common |= {"collected_at": None if body.collected_approx else body.collected_at}
    writings = list(writings_of(body))
    found = next((each for each in writings if reads_as(event, body, each)), writings[0])
    return RecordResult(**common, **found)


def writings_of(body: ResultRecorded) -> Iterator[dict[str, Any]]:
    """The ways in which a result with this text may have been sent."""
    text = CONVERTED.sub("", body.entered)
    spaces = [place for place, letter in enumerate(text) if letter == " "]
    named = {words: name for name, words in SPECIMEN_PROBLEMS.items()}
    problems = tuple(named.get(words, UNKNOWN_PROBLEM) for words in body.why.split("; ")) if body.why else ()
    pairs = [*((text[:place], text[place + 1 :]) for place in spaces), (text, None), ("", text)]
    # Of a text that was cut to its limit, any longer one reads the same.
    for value, unit in (*pairs, *((value * 2, unit) for value, unit in pairs if len(value) >= TEXT_LIMIT)):
        for sign in (".", ","):
            for found in dict.fromkeys(((), problems)):
                yield {"value": value, "unit": unit, "decimal_sign": sign, "problems": found}


def reads_as(event: Event, body: ResultRecorded, writing: dict[str, Any]) -> bool:
    """Whether a result sent so is read as this one was."""
    value, unit = writing["value"], writing["unit"]
    if body.analyte not in ANALYTES:
        return (unit or "") == body.unit and f"{value} {unit or ''}".strip() == body.entered
    read = read_quantity(body.analyte, value, unit, decimal_sign=writing["decimal_sign"])
    if read.entered != body.entered:
        return False
    if read.outcome in {Outcome.UNUSABLE, Outcome.UNREADABLE}:
        why = read.question or "unreadable"
    else:
        why = unusable_because(body.analyte, writing["problems"])
    # What is worth nothing for its collection time alone reads as any other: nothing else of it is asked then.
    later = body.collected_at > event.recorded_at and not why
    return later or (why == body.why and (bool(why) or read.question == body.question))
