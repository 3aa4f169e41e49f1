"""Values: what was found of a patient, for the event log of whoever may have it. Free text is never among it."""

from pathway.case.envelope import Event
from pathway.case.events import (
    CourseBegun,
    DecisionRecorded,
    FindingRecorded,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    TherapyRecorded,
)
from ward.xes.element import Attributes


def values(event: Event) -> Attributes:
    """The values of one event under their own keys; none for an event that has no value."""
    match event.body:
        case ResultRecorded() as body:
            span = body.low if body.low == body.high else f"{body.low or ''} to {body.high or ''}"
            usable = {"wardpath:usable": body.usable}
            return {"wardpath:value": span, "wardpath:unit": body.unit, "wardpath:entered": body.entered, **usable}
        case ReportRecorded() as body:
            said = {"wardpath:value": body.result, "wardpath:partner": body.partner}
            return {**said, "wardpath:karyotype": body.karyotype, "wardpath:method": body.method}
        case FindingRecorded() as body:
            return {"wardpath:value": body.value}
        case CourseBegun() as body:
            doses = ", ".join(f"{drug} {dose}" for drug, dose in sorted(body.doses.items()))
            return {"wardpath:value": body.regimen, "wardpath:doses": doses, "wardpath:intensive": body.intensive}
        case DecisionRecorded() as body:
            return {"wardpath:value": body.choice}
        case TherapyRecorded() as body:
            return {"wardpath:form": body.form}
        case ProductRecorded() as body:
            return {"wardpath:value": body.unit_no}
    return {}
