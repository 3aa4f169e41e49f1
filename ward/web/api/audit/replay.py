"""The record shown as it stood and decided once more, and as an event log, through the API."""

from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.responses import Response, StreamingResponse

from pathway.engine.errors import UnknownBundle
from pathway.engine.ports import Head
from ward.again.redecide import line_under, redecided
from ward.again.replay import Moment, replayed
from ward.errors import NotFound
from ward.web.api.answers import LINES, Limit, Token, Word, paged, told
from ward.web.api.caller import Caller
from ward.web.api.cases import known
from ward.web.api.past import At, Cut, Known
from ward.web.visit import Visit
from ward.xes import as_xes

REPLAY, REDECIDE, XES, VALUES = "audit_replay", "redecide", "xes", "xes_values"
MEDIA = "application/xml"
Under = Annotated[
    str, Query(max_length=64, description="The digest of another definition, as GET /definitions has it.")
]


def add_replay(api: FastAPI) -> None:
    """Add the replay of cases, and their decisions taken once more."""

    @api.get("/audit/replay", tags=["audit"], summary="Cases as their record stood at a moment, a page at a time")
    def list_replayed(
        request: Request,
        visit: Caller,
        ward: Word = "",
        at: At = "",
        known_by: Known = "",
        after: Word = "",
        limit: Limit = LINES,
    ) -> Response:
        heads = asked(visit, REPLAY, ward, after, limit)
        house, moment = visit.door.house, Moment(at, known_by)
        lines = [next(replayed(house, [each], moment), {"case": each.case, "position": 0}) for each in heads[:limit]]
        return page_of(request, lines, heads, limit)

    @api.get("/audit/replay/{token}", tags=["audit"], summary="One case as its record stood at a moment")
    def show_replayed(visit: Caller, token: Token, at: At = "", known_by: Known = "", position: Cut = "") -> Response:
        head = known(visit, REPLAY, token)
        found = next(replayed(visit.door.house, [head], Moment(at, known_by, position)), None)
        if found is None:
            raise NotFound("nothing was known of this case then", "a later time", "ask for a later time")
        return told(found)

    @api.get("/audit/redecide", tags=["audit"], summary="Cases decided once more, and every difference")
    def list_redecided(
        request: Request, visit: Caller, ward: Word = "", after: Word = "", limit: Limit = LINES
    ) -> Response:
        heads = asked(visit, REDECIDE, ward, after, limit)
        return page_of(request, list(redecided(visit.door.house, heads[:limit])), heads, limit)

    @api.get("/audit/redecide/{token}", tags=["audit"], summary="One case decided once more, or by another definition")
    def show_redecided(visit: Caller, token: Token, under: Under = "") -> Response:
        head, house = known(visit, REDECIDE, token), visit.door.house
        if not under:
            return told(next(redecided(house, [head])))
        try:
            other = house.engine.pathway_of(under)
        except UnknownBundle as error:
            happened = "there is no such definition here"
            raise NotFound(happened, "the digest of one", "see GET /definitions") from error
        return told(line_under(house, house.engine.under(head.case, other)))


def add_xes(api: FastAPI) -> None:
    """Add the event log."""

    @api.get(
        "/audit/xes",
        tags=["audit"],
        summary="Cases as an event log (IEEE 1849), one trace a case",
        response_class=StreamingResponse,
    )
    def send_log(visit: Caller, case: Word = "", ward: Word = "", values: bool = False) -> Response:
        what = VALUES if values else XES
        heads = [known(visit, what, case)] if case else asked(visit, what, ward, "", None)
        headers = {"Content-Disposition": 'attachment; filename="wardpath.xes"'}
        return StreamingResponse(as_xes(visit.door.house, heads, with_values=values), media_type=MEDIA, headers=headers)


def asked(visit: Visit, what: str, ward: str, after: str, limit: int | None) -> list[Head]:
    """The heads of a page by their tokens, and one more where there is more; those of the page are looked at."""
    seen = visit.seen(what, visit.door.house.engine.heads(ward or None, closed=True))
    found = sorted((each for each in seen if each.case > after), key=lambda each: each.case)
    page = found if limit is None else found[: limit + 1]
    visit.look(what, [each.case for each in page[:limit]])
    return page


def page_of(request: Request, lines: list[dict[str, Any]], heads: list[Head], limit: int) -> Response:
    """One page of lines, one for each head of it."""
    return paged(request, "cases", lines + [{}] * (len(heads) > limit), limit, "case")
