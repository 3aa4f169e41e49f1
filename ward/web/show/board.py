"""The board as a page, and what an open one is sent."""

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ward.web.header import home
from ward.web.live import Boards, since_of
from ward.web.pages import Pages
from ward.web.pieces import keys_of
from ward.web.reads import Reads
from ward.web.view import size_of, view_of
from ward.web.visit import Visitor

HERE = "/"


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

    @app.get("/board/events", response_class=EventSourceResponse)
    async def follow_board(request: Request, visitor: Visitor, version: str = "") -> AsyncIterator[ServerSentEvent]:
        """What changes on an open board, as it changes, with a beat of its age."""
        held = request.headers.get("last-event-id", version)
        async for event in boards.stream(visitor, view_of(request.query_params), held):
            yield event
