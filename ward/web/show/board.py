"""The board as a page, and what an open one is sent."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from fastapi.sse import ServerSentEvent, format_sse_event

from ward.web.header import home
from ward.web.live import Boards, since_of
from ward.web.pages import Pages
from ward.web.pieces import keys_of
from ward.web.reads import Reads
from ward.web.streams import Counted
from ward.web.view import size_of, view_of
from ward.web.visit import Visitor

HERE = "/"
#: Events of which the bytes are kept: of the last moments, for all who are sent the same.
WIRED = 32
#: As every stream of this app has it: nobody between may keep it, or hold it back.
UNKEPT = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def add_board(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the board."""
    boards = Boards(reads, pages)

    @app.get(HERE, response_class=HTMLResponse)
    def show_board(request: Request, visitor: Visitor) -> Response:
        """The board of every bed on the visitor's wards, in the view that the address asks for."""
        if not visitor.lets("board") and home(visitor) != HERE:
            return RedirectResponse(home(visitor), 303)
        view = since_of(view_of(request.query_params), reads.store_facts().now)
        seen = boards.seen_by(visitor, boards.fresh(visitor.ward))
        pieces = boards.cut(seen, view)
        visitor.look("board", pieces.shown)
        zone, size, keys = ZoneInfo(seen.zone), size_of(view), keys_of(seen)
        return pages.page("board.html", zone, visit=visitor, board=seen, view=view, pieces=pieces, size=size, keys=keys)

    @app.get("/board/events", response_class=StreamingResponse)
    async def follow_board(request: Request, visitor: Visitor, place: Counted, version: str = "") -> Response:
        """What changes on an open board, as it changes, with a beat of its age."""
        del place
        held = request.headers.get("last-event-id", version)
        stream = boards.stream(visitor, view_of(request.query_params), held)
        told = (wire(each) async for each in stream)
        return StreamingResponse(told, headers=UNKEPT, media_type="text/event-stream")


def wire(event: ServerSentEvent) -> bytes:
    """An event as it goes out; one that goes to many is put together once."""
    return wired(event.raw_data, event.event, event.id, event.retry)


@lru_cache(maxsize=WIRED)
def wired(data: str | None, kind: str | None, number: str | None, retry: int | None) -> bytes:
    """The bytes of an event."""
    return format_sse_event(data_str=data, event=kind, id=number, retry=retry)
