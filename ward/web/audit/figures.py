"""Indicators and deviations as pages: the figures with their pictures, what stood out, and the way to each moment."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.case.measure import METHOD, Period, Result, Unit
from pathway.engine.ports import Head
from ward.figures.asked import Stood, figures, stood_out
from ward.figures.told import deviations_csv, figures_csv, in_unit, tally_told, titles
from ward.web.admin.office import Office
from ward.web.audit.looks import ACCESSES, WORD_LIMIT, minute
from ward.web.audit.plot import LOOKS, plot
from ward.web.moment import TimeUnread
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Visit, Visitor

INDICATORS, DEVIATIONS = "indicators", "deviations"
#: Lines that a page shows; all stand in the spreadsheet.
LINES = 200
CSV = "text/csv; charset=utf-8"
#: What each sort of deviation is called.
SORTS = {
    "invariant": "Invariant broken",
    "prohibited": "Against the pathway",
    "override": "Override",
    "unread": "Unread after the exit",
}


def add_figures(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the pages of indicators and deviations, each as a spreadsheet too."""
    office = Office(app, pages)
    add_indicators(app, reads, office)
    add_deviations(app, reads, office)


def add_indicators(app: FastAPI, reads: Reads, office: Office) -> None:
    """Add the indicators."""

    def found(visitor: Visit, heads: list[Head], period: Period) -> tuple[Result, ...]:
        del visitor
        return figures(office.house, heads, period)

    @app.get("/audit/indicators", response_class=HTMLResponse)
    def show_indicators(
        visitor: Visitor, case: str = "", ward: str = "", since: str = "", until: str = "", show: str = ""
    ) -> Response:
        """The indicators of some cases; `show` lists the units of one."""
        asked = {"case": case.strip()[:WORD_LIMIT], "ward": ward, "since": since, "until": until}
        frame, heads, period = framed(visitor, reads, office, INDICATORS, asked)
        results = () if frame["fault"] else found(visitor, heads, period)
        more: dict[str, Any] = {
            "results": [(each, plot(each)) for each in results],
            "told": lambda result, tally: tally_told(result.form, tally),
            "titles": titles,
            "outcomes": {name: word for name, (word, _) in LOOKS.items()},
            "shown": next((listed(each) for each in results if each.form.id == show), None),
            "method": METHOD,
        }
        status = 400 if frame["fault"] else 200
        return office.pages.page("audit/indicators.html", office.zone, status, visit=visitor, **frame, **more)

    @app.get("/audit/indicators.csv")
    def send_indicators(visitor: Visitor, case: str = "", ward: str = "", since: str = "", until: str = "") -> Response:
        """The indicators as a spreadsheet."""
        asked = {"case": case.strip()[:WORD_LIMIT], "ward": ward, "since": since, "until": until}
        frame, heads, period = framed(visitor, reads, office, INDICATORS, asked)
        if frame["fault"]:
            return office.pages.error(400)
        return sheet("indicators", lambda: figures_csv(found(visitor, heads, period)))


def add_deviations(app: FastAPI, reads: Reads, office: Office) -> None:
    """Add the deviations."""

    def found(visitor: Visit, heads: list[Head], period: Period) -> list[Stood]:
        lookers = visitor.lets(ACCESSES)
        if lookers:
            visitor.door.look(visitor.who, visitor.role, ACCESSES)
        return stood_out(office.house, heads, period, lookers=lookers)

    @app.get("/audit/deviations", response_class=HTMLResponse)
    def show_deviations(visitor: Visitor, case: str = "", ward: str = "", since: str = "", until: str = "") -> Response:
        """What stood out in some cases, the latest first."""
        asked = {"case": case.strip()[:WORD_LIMIT], "ward": ward, "since": since, "until": until}
        frame, heads, period = framed(visitor, reads, office, DEVIATIONS, asked)
        stood = [] if frame["fault"] else found(visitor, heads, period)
        more: dict[str, Any] = {
            "stood": stood[:LINES],
            "hidden": max(0, len(stood) - LINES),
            "counts": {name: sum(each.deviation.sort == name for each in stood) for name in SORTS},
            "going_on": sum(each.deviation.ended_at is None for each in stood),
            "sorts": SORTS,
            "lookers": visitor.lets(ACCESSES),
        }
        status = 400 if frame["fault"] else 200
        return office.pages.page("audit/deviations.html", office.zone, status, visit=visitor, **frame, **more)

    @app.get("/audit/deviations.csv")
    def send_deviations(visitor: Visitor, case: str = "", ward: str = "", since: str = "", until: str = "") -> Response:
        """The deviations as a spreadsheet."""
        asked = {"case": case.strip()[:WORD_LIMIT], "ward": ward, "since": since, "until": until}
        frame, heads, period = framed(visitor, reads, office, DEVIATIONS, asked)
        if frame["fault"]:
            return office.pages.error(400)
        return sheet("deviations", lambda: deviations_csv(found(visitor, heads, period)))


def framed(
    visitor: Visit, reads: Reads, office: Office, what: str, asked: dict[str, str]
) -> tuple[dict[str, Any], list[Head], Period]:
    """What every such page shows, the cases that are asked about, the period; the look is written. Raises Denied."""
    every = visitor.seen(what, reads.every_head())
    ward, case = asked["ward"], asked["case"]
    heads = [each for each in every if ward in {"", each.ward} and case in {"", each.case}]
    fault, period = "", Period()
    if case and not heads and reads.known(case):
        visitor.look(what, [case])
    if case and not heads:
        fault = "there is no such case here; expected the token of one that you may see; take it from the list of cases"
    try:
        period = Period(minute(asked["since"], office.zone), minute(asked["until"], office.zone))
    except TimeUnread as unread:
        fault = str(unread)
    visitor.door.look(visitor.who, visitor.role, what, [each.case for each in heads])
    kept = urlencode({name: word for name, word in asked.items() if word})
    frame: dict[str, Any] = {
        "asked": asked,
        "fault": fault,
        "wards": sorted({each.ward for each in every if each.ward}),
        "count": len(heads),
        "csv": f"/audit/{what}.csv" + (f"?{kept}" if kept else ""),
        "kept": kept,
        "moment": office.moment,
        "in_unit": in_unit,
        "replay": replay_of,
        "lets": visitor.lets("replay"),
    }
    return frame, heads, period


def replay_of(case: str, position: int) -> str:
    """The address of a case as it was right after an event."""
    return f"/case/{quote(case, safe='')}/replay?position={position}"


def listed(result: Result) -> dict[str, Any]:
    """The units of one indicator: those that are not in time first, then the longest."""
    order = ("open", "not_documented", "not_done", "outside", "in_time")

    def rank(unit: Unit) -> tuple[int, int, str, int]:
        return order.index(unit.outcome.value), -(unit.lasted_us or 0), unit.case, unit.position

    units = sorted(result.units, key=rank)
    return {"result": result, "units": units[:LINES], "hidden": max(0, len(units) - LINES)}


def sheet(name: str, made: Callable[[], bytes]) -> Response:
    """A spreadsheet to be kept."""
    return Response(made(), media_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})
