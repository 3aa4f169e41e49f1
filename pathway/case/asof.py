"""A case as of two clocks: what was true by one moment, as known by another."""

from collections.abc import Iterable

from pathway.case.envelope import Event
from pathway.case.events import (
    CaseEnrolled,
    CourseBegun,
    DeathRecorded,
    DecisionRecorded,
    DefinitionAmended,
    FactRetracted,
    FindingRecorded,
    NoteWritten,
    PatientMoved,
    PhaseEntered,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    SampleCollected,
    TherapyRecorded,
)
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.clinical.instant import Instant

#: Events that are facts of the patient; enrolment, phases and the definition go with them so that a page has a place to
#: stand.
FACTS = (
    CaseEnrolled,
    CourseBegun,
    DeathRecorded,
    DecisionRecorded,
    DefinitionAmended,
    FactRetracted,
    FindingRecorded,
    NoteWritten,
    PatientMoved,
    PhaseEntered,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    SampleCollected,
    TherapyRecorded,
)


def case_as_of(case: str, events: Iterable[Event], occurred: Instant | None, recorded: Instant | None) -> Case:
    """The fold of the events recorded by `recorded`, without those that occurred after `occurred`.

    Without a limit on what occurred, everything recorded by then is folded, phases and reminders included. With one,
    only facts are: phases and reminders replay by what was recorded.
    """
    known = [each for each in events if recorded is None or each.recorded_at <= recorded]
    if occurred is not None:
        known = [
            each
            for each in known
            if isinstance(each.body, CaseEnrolled) or (isinstance(each.body, FACTS) and each.occurred_at <= occurred)
        ]
    return evolve(Case(id=case), known)
