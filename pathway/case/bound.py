"""What a computed fact that takes the case is given of it."""

from pathway.case.state import Case
from pathway.clinical.given import Course, Given
from pathway.clinical.reading import Reading
from pathway.definition.form import FactForm


def given(case: Case, form: FactForm, readings: dict[str, Reading]) -> Given:
    """The readings it binds, its reports by position, every course that was begun, presentation and death."""
    reports = (report for test in form.reports for report in case.reports.get(test, ()))
    return Given(
        readings=readings,
        reports=tuple(sorted(reports, key=lambda each: each.position)),
        courses=tuple(
            Course(each.position, each.regimen, each.intensive, each.day1, each.recorded_at, each.doses)
            for each in case.courses
        ),
        presented_at=case.presented_at,
        died_at=case.died_at,
    )
