"""Retention through the API: what is kept, held, due and erased. Setting, holding and erasing are commands."""

from typing import Annotated

from fastapi import FastAPI, Path, Query, Request
from starlette.responses import Response

from pathway.clinical.instant import iso
from pathway.site.retention.state import Erased
from ward.retention.due import Due, all_ending, clear_texts, listed
from ward.retention.stones import name_of
from ward.shape import plain
from ward.web.api.answers import LINES, Limit, Word, paged, told
from ward.web.api.caller import Caller
from ward.web.api.problem import missing
from ward.wiring import House

Every = Annotated[bool, Query(description="Everything closed, whenever its time is over.")]
Number = Annotated[int, Path(ge=1, le=2**53 - 1, description="As the list of what was erased numbers it.")]


def add_retention(api: FastAPI) -> None:
    """Add what is kept."""

    @api.get("/retention", tags=["site"], summary="What is kept for how long, the legal holds, what was erased")
    def show_retention(visit: Caller) -> Response:
        house = visit.door.house
        visit.look("retention", list(house.engine.sites.retention().holds))
        return told(listed(house))

    @api.get("/retention/due", tags=["site"], summary="The closed cases and settled reports that may be erased now")
    def list_due(
        request: Request, visit: Caller, every: Every = False, after: Word = "", limit: Limit = LINES
    ) -> Response:
        house = visit.door.house
        lines = [(key_of(each), each) for each in all_ending(house) if every or each.due]
        found = [line(house, key, each) for key, each in lines if key > after][: limit + 1]
        visit.look("retention", [str(each["of"]) for each in found[:limit] if not each["number"]])
        return paged(request, "due", found, limit, "key")

    @api.get("/retention/tombstones/{number}", tags=["site"], summary="A tombstone as it was signed")
    def show_tombstone(visit: Caller, number: Number) -> Response:
        visit.look("retention")
        stones: dict[int, Erased] = {each.position: each for each in visit.door.house.engine.sites.retention().stones()}
        if number not in stones:
            missing("tombstone", "a number that GET /api/v1/retention lists under `erased`")
        note, file = stones[number].body.note, name_of(stones[number])
        headers = {"Content-Disposition": f'attachment; filename="{file}"'}
        return Response(note.encode(), 200, headers, "text/plain; charset=utf-8")


def key_of(each: Due) -> str:
    """What a line is asked for by: the list is in its order."""
    return f"{iso(each.until)}/{each.of}"


def line(house: House, key: str, each: Due) -> dict[str, object]:
    """A line of the list, with how many texts no key ends."""
    return {**plain(each), "clear": clear_texts(house, each), "key": key}
