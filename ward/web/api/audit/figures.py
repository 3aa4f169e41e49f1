"""Indicators and deviations, through the API: of one case, a ward, or all that the caller may see, in a period."""

from typing import Annotated

from fastapi import FastAPI, Query
from starlette.responses import Response

from pathway.case.measure import Period
from pathway.engine.ports import Head
from ward.figures.asked import Stood, figures, stood_out
from ward.figures.told import deviations_csv, figures_csv, result_told, stood_told
from ward.web.api.answers import Word, told
from ward.web.api.caller import Caller
from ward.web.api.cases import At, instant_of, known
from ward.web.audit.figures import DEVIATIONS, INDICATORS, sheet
from ward.web.audit.looks import ACCESSES
from ward.web.visit import Visit

Indicator = Annotated[Word, Query(description="One indicator, such as `Q4`; all where it is left out.")]
Units = Annotated[bool, Query(description="With every unit: its case, when it began, what became of it.")]


def add_figures(api: FastAPI) -> None:
    """Add indicators and deviations."""
    add_indicators(api)
    add_deviations(api)


def add_indicators(api: FastAPI) -> None:
    """Add the indicators."""

    @api.get("/audit/indicators", tags=["audit"], summary="The pathway in figures, with every denominator")
    def list_indicators(
        visit: Caller,
        case: Word = "",
        ward: Word = "",
        since: At = "",
        until: At = "",
        indicator: Indicator = "",
        units: Units = False,
    ) -> Response:
        period = period_of(since, until)
        found = figures(visit.door.house, chosen(visit, INDICATORS, case, ward), period)
        shown = [result_told(each, units=units) for each in found if indicator in {"", each.form.id}]
        return told({"indicators": shown})

    @api.get("/audit/indicators.csv", tags=["audit"], summary="The same as CSV for spreadsheets")
    def send_indicators(visit: Caller, case: Word = "", ward: Word = "", since: At = "", until: At = "") -> Response:
        period = period_of(since, until)
        found = figures(visit.door.house, chosen(visit, INDICATORS, case, ward), period)
        return sheet(INDICATORS, lambda: figures_csv(found))


def add_deviations(api: FastAPI) -> None:
    """Add the deviations."""

    @api.get(
        "/audit/deviations", tags=["audit"], summary="What stood out: how long, who knew, who was told, what was done"
    )
    def list_deviations(visit: Caller, case: Word = "", ward: Word = "", since: At = "", until: At = "") -> Response:
        return told({"deviations": [stood_told(each) for each in stood(visit, case, ward, since, until)]})

    @api.get("/audit/deviations.csv", tags=["audit"], summary="The same as CSV for spreadsheets")
    def send_deviations(visit: Caller, case: Word = "", ward: Word = "", since: At = "", until: At = "") -> Response:
        found = stood(visit, case, ward, since, until)
        return sheet(DEVIATIONS, lambda: deviations_csv(found))


def stood(visit: Visit, case: str, ward: str, since: str, until: str) -> list[Stood]:
    """What stood out; with who looked, for whoever may read that. Raises Denied, NotFound, NotUnderstood."""
    period, heads = period_of(since, until), chosen(visit, DEVIATIONS, case, ward)
    if lookers := visit.lets(ACCESSES):
        visit.look(ACCESSES)
    return stood_out(visit.door.house, heads, period, lookers=lookers)


def chosen(visit: Visit, what: str, case: str, ward: str) -> list[Head]:
    """The cases that are asked about, as far as the caller may see them; the look is written."""
    if case:
        return [known(visit, what, case)]
    heads = visit.seen(what, visit.door.house.engine.heads(ward or None, closed=True))
    visit.look(what, [each.case for each in heads])
    return heads


def period_of(since: str, until: str) -> Period:
    """The period that is asked about. Raises NotUnderstood."""
    return Period(instant_of("since", since), instant_of("until", until))
