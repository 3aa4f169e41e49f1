"""A record decided once more, and the cases as an event log: two pages of an inspector."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from pathway.clinical.instant import instant
from pathway.engine.ports import Head
from ward.again.redecide import redecided
from ward.web.admin.office import Office
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.replay.case import TOKEN_LIMIT
from ward.web.visit import Visit, Visitor
from ward.xes import as_xes

REDECIDE_AT, XES_AT, LOG_AT = "/audit/redecide", "/audit/xes", "/audit/log.xes"
REDECIDE, XES, VALUES = "redecide", "xes", "xes_values"
MEDIA = "application/xml"
#: Differences that a page shows; all of them stand in what `wardpath audit redecide` prints.
SHOWN = 100


def add_again(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page that decides a case once more."""
    office = Office(app, pages)

    @app.get(REDECIDE_AT, response_class=HTMLResponse)
    def show_redecided(visitor: Visitor, case: str = "") -> Response:
        """One case decided once more by the rules of its day, and every difference; without a case, what this is."""
        token, found = case.strip(), None
        there = bool(token) and len(token) <= TOKEN_LIMIT and reads.known(token)
        visitor.door.look(visitor.who, visitor.role, REDECIDE, (token,) if there else ())
        head = office.house.store.head(token) if there else None
        if head is not None:
            found = next(redecided(office.house, [head]))
        more: dict[str, Any] = {"case": token, "found": found, "limit": SHOWN}
        more["moment"] = lambda text: office.moment(instant(text))
        status = 404 if token and found is None else 200
        return pages.page("audit/redecide.html", office.zone, status, visit=visitor, **more)


def add_log(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the event log, and the page that leads to it."""
    office = Office(app, pages)

    @app.get(XES_AT, response_class=HTMLResponse)
    def show_log(visitor: Visitor) -> Response:
        """Which cases may go into a log, and what it holds."""
        heads = visitor.seen(XES, reads.every_head())
        visitor.look(XES)
        more: dict[str, Any] = {"count": len(heads), "wards": sorted({each.ward for each in heads if each.ward})}
        return pages.page("audit/xes.html", office.zone, visit=visitor, **more)

    @app.get(LOG_AT)
    def send_log(visitor: Visitor, case: str = "", ward: str = "", values: bool = False) -> Response:
        """The log itself, of one case, a ward or every case that the visitor may look at."""
        heads = asked(visitor, reads, VALUES if values else XES, case.strip(), ward)
        headers = {"Content-Disposition": 'attachment; filename="wardpath.xes"'}
        pieces = as_xes(office.house, heads, with_values=values)
        return StreamingResponse(pieces, media_type=MEDIA, headers=headers)


def asked(visitor: Visit, reads: Reads, what: str, case: str, ward: str) -> list[Head]:
    """The cases of a log, each looked at. Raises Denied, and HTTPException for a case that there is not."""
    if case and (len(case) > TOKEN_LIMIT or not reads.known(case)):
        raise HTTPException(404)
    every = reads.every_head()
    chosen = [each for each in every if each.case == case] if case else visitor.seen(what, every)
    heads = sorted((each for each in chosen if ward in {"", each.ward}), key=lambda each: each.case)
    visitor.door.look(visitor.who, visitor.role, what, [each.case for each in heads])
    return heads
