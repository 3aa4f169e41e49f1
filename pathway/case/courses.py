"""Courses: the drugs that a move declares, in range, and what begins or stands out with them."""

import re
from decimal import Decimal

from msgspec.structs import replace

from pathway.case.commands import Refusal, Transition
from pathway.case.events import CourseBegun, DeviationRecorded, TherapyRecorded
from pathway.case.facts import View
from pathway.case.reports import would_refuse
from pathway.case.state import Course
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from pathway.definition.form import CourseForm, TransitionForm
from pathway.definition.guard import YES

DOSE = re.compile(r"(\d+(?:\.\d+)?) (\S+)", re.ASCII)


def refusal(turn: Turn, command: Transition, form: CourseForm) -> Refusal | None:
    """The drugs of a course: all that it needs, one of the alternatives, doses in range or with a reason."""
    if form.free:
        return free(command)
    chosen = [drug for drug in form.one_of if drug in command.doses]
    lacking = [drug for drug in form.needs if drug not in command.doses]
    if len(chosen) > 1 or (form.one_of and not chosen and not form.optional):
        return Refusal("one_of", f"{len(chosen)} of {', '.join(form.one_of)}", (), "give a dose of exactly one of them")
    if lacking:
        return Refusal("drug_missing", f"without {', '.join(lacking)}", (), "give its dose")
    for drug, text in command.doses.items():
        low, high = dose_range(turn, form, drug)
        if not low:
            return Refusal(
                "drug_unknown", f"{drug} is no drug of {form.regimen}", (), f"one of: {', '.join(form.doses)}"
            )
        if not in_range(text, low, high) and not command.reasons.get(f"dose_{drug}", "").strip():
            return Refusal(
                "dose", f"{drug} {text}", (f"{low} to {high}",), f"give a dose in range, or a reason dose_{drug}"
            )
    return None


def dose_range(turn: Turn, form: CourseForm, drug: str) -> tuple[str, str]:
    """The lowest and the highest dose of a drug for this patient now; empty for a drug of another course."""
    narrower = (each.dose for each in form.only if each.drug == drug and turn.ask(each.when) == YES)
    return next(narrower, form.doses.get(drug, ("", "")))


def supposed(turn: Turn, command: Transition, form: TransitionForm) -> View:
    """The facts as they would be once the course of a move had begun, nothing of it written."""
    course = form.course
    if course is None:
        return turn.view
    at = turn.at if command.at is None else min(command.at, turn.at)
    number = len(turn.case.courses) + 1
    coming = Course(turn.case.position + 1, number, course.regimen, at, turn.at, course.intensive, command.doses)
    return View(turn.pathway, replace(turn.case, courses=(*turn.case.courses, coming)), turn.at)


def free(command: Transition) -> Refusal | None:
    """A course outside the file: its regimen, whether it is intensive, its drugs, and why."""
    if not command.regimen.strip() or command.intensive is None or not command.doses:
        return Refusal("course", "the course is not described", (), "give regimen, intensive yes or no, and doses")
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason for this course")
    return None


def begin(turn: Turn, command: Transition, form: TransitionForm, at: Instant) -> None:
    """Declare the course of a move; start the drugs that begin with it, and note what stands out."""
    course = form.course
    if course is None:
        return
    regimen = command.regimen.strip() if course.free else course.regimen
    intensive = bool(command.intensive) if course.free else course.intensive
    prohibited = [
        each for each in turn.pathway.form.requests if each.drug in command.doses and would_refuse(turn, each)
    ]
    number = len(turn.case.courses) + 1
    begun = turn.emit(CourseBegun(number, regimen, at, intensive, command.doses), command.by, at)
    if course.free:
        turn.emit(DeviationRecorded(form.name, begun.position, ()))
    for each in prohibited:
        turn.emit(DeviationRecorded(each.id, begun.position, each.tells))
    for drug in course.starts:
        name, fact = next((name, fact) for name, fact in turn.pathway.form.facts.items() if fact.exposure == drug)
        exposure = turn.view.read(name)
        if drug in command.doses and exposure.value not in ("running", "held"):
            told = TherapyRecorded(drug=drug, act="started", at=at, form=fact.forms[0], door=form.name)
            turn.emit(told, command.by, at)


def in_range(text: str, low: str, high: str) -> bool:
    """Whether a dose lies within bounds of the same unit."""
    found, least, most = (DOSE.fullmatch(each) for each in (text, low, high))
    if not (found and least and most) or found[2] != least[2]:
        return False
    return Decimal(least[1]) <= Decimal(found[1]) <= Decimal(most[1])
