"""Who looked, through the API: by patient, by person, by outcome and by time."""

from typing import Annotated, Literal

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from pathway.engine.ports import Looked
from pathway.site.accounts.state import Glass
from ward.looking import Wanted, found, glasses
from ward.shape import plain
from ward.web.api.answers import LINES, Limit, Position, Word, told
from ward.web.api.caller import Caller
from ward.web.api.cases import At, instant_of
from ward.web.audit.looks import noted
from ward.web.reads import Reads
from ward.wiring import House

Outcome = Annotated[Looked | Literal[""], Query(description="read, denied or break_glass")]


def add_looks(api: FastAPI, reads: Reads) -> None:
    """Add the access log as an inspector reads it."""

    @api.get("/audit/looks", tags=["audit"], summary="Who looked at what, oldest first, with broken glass")
    def list_looks(
        request: Request,
        visit: Caller,
        case: Word = "",
        account: Word = "",
        outcome: Outcome = "",
        since: At = "",
        until: At = "",
        after: Position = 0,
        limit: Limit = LINES,
    ) -> Response:
        noted(visit, reads, case)
        house = visit.door.house
        wanted = Wanted(case, account, outcome or None, instant_of("since", since), instant_of("until", until))
        page = found(house.store, wanted, after, limit)
        following, headers = None, {}
        if page.after is not None:
            following = str(request.url.include_query_params(after=page.after)).partition(request.url.netloc)[2]
            headers["Link"] = f'<{following}>; rel="next"'
        broken = [glass_row(house, each) for each in glasses(house.engine.sites.accounts(), wanted)]
        return told({"looks": plain(page.looks), "glass": broken, "next": following}, headers=headers)


def glass_row(house: House, each: Glass) -> dict[str, object]:
    """A broken glass with what was said of it."""
    said = plain(each)
    said["body"]["reason"] = house.engine.opened(each.body.reason).text
    if each.reviewed is not None:
        said["reviewed"]["reason"] = house.engine.opened(each.reviewed.reason).text
    return dict(said)
