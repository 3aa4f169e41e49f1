"""How the episode of a patient goes on: enrolment, the bed, exits, joining, another version of the pathway."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import force_setattr, replace

from pathway.case.envelope import Event
from pathway.case.events import (
    CaseEnrolled,
    CaseMergedAway,
    CaseParted,
    CaseReopened,
    DeathRecorded,
    DefinitionAmended,
    HandedOver,
    PatientMoved,
)
from pathway.case.state import DEATH, Case, Finding

Handler = Callable[[Case, Event, Any], None]


def _enrolled(case: Case, event: Event, body: CaseEnrolled) -> None:
    for name in ("pathway", "patient", "origin", "ward", "bed", "zone", "presented_at"):
        force_setattr(case, name, getattr(body, name))
    force_setattr(case, "enrolled_at", event.recorded_at)
    force_setattr(case, "bundle", event.bundle)


def _moved(case: Case, event: Event, body: PatientMoved) -> None:
    force_setattr(case, "ward", body.ward)
    force_setattr(case, "bed", body.bed)
    for key, each in case.open.items():
        case.open[key] = replace(each, acks=(), snoozed=False, owner=None, offer=None)


def _died(case: Case, event: Event, body: DeathRecorded) -> None:
    force_setattr(case, "died_at", body.died_at)
    reported = Finding(event.position, DEATH, body.died_at, event.recorded_at)
    case.findings[DEATH] = (*case.findings.get(DEATH, ()), reported)
    case.facts_at[event.position] = DEATH


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


HANDLERS: Mapping[type, Handler] = {
    CaseEnrolled: _enrolled,
    HandedOver: _handed,
    CaseReopened: _reopened,
    CaseMergedAway: _merged_away,
    CaseParted: _parted,
    PatientMoved: _moved,
    DeathRecorded: _died,
    DefinitionAmended: _amended,
}
