"""The inbox and the duty as pages and forms. Everything that is sent goes through the door of the visit."""

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from pathway.case.commands import Refusal
from pathway.engine.errors import WardpathError
from ward.clock import draw_id
from ward.errors import Denied
from ward.web.inbox import act, duty
from ward.web.inbox.colleagues import zone_of_site
from ward.web.inbox.live import Inboxes, Typed
from ward.web.inbox.view import PATH, View, view_of
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.streams import Counted
from ward.web.visit import Checked, Visit, Visitor

DUTY = f"{PATH}/duty"
#: A word of a page is as long as an id.
ONCE_LIMIT = 64


def add_inbox(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the inbox and the page of duty."""
    inboxes = Inboxes(reads, app.state.door, pages)

    @app.get(PATH, response_class=HTMLResponse)
    def show_inbox(request: Request, visitor: Visitor, did: str = "") -> Response:
        """What rings for the visitor, what they took, and what ended in the last hours."""
        return shown(inboxes, visitor, view_of(request.query_params), said=act.SAID.get(did, ""))

    @app.post(f"{PATH}/act", response_class=HTMLResponse)
    def act_on_line(request: Request, visitor: Visitor, fields: Checked) -> Response:
        """Say something to a line; afterwards the page as it is then."""
        view = view_of(request.query_params)
        try:
            done = act.act(visitor, fields)
        except Denied:
            raise
        except WardpathError as error:
            return shown(inboxes, visitor, view, refusals=(refusal_of(error),), status=400)
        if done.refusals:
            typed = Typed(done.about.id, fields.get("reason", ""), fields.get("to", ""))
            return shown(inboxes, visitor, view, refusals=done.refusals, typed=typed, status=409)
        address = view.address()
        sign = "&" if "?" in address else "?"
        return RedirectResponse(f"{address}{sign}did={done.act}#{done.about.id}", 303)

    @app.get(f"{PATH}/events", response_class=EventSourceResponse)
    async def follow_inbox(
        request: Request, visitor: Visitor, place: Counted, once: str = ""
    ) -> AsyncIterator[ServerSentEvent]:
        """What changes on an open inbox, as it changes, with a beat of its age."""
        del place
        async for event in inboxes.stream(visitor, view_of(request.query_params), once[:ONCE_LIMIT]):
            yield event

    add_duty(app, pages)


def shown(
    inboxes: Inboxes,
    visitor: Visit,
    view: View,
    *,
    said: str = "",
    refusals: tuple[Refusal, ...] = (),
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    """The inbox as a page. `typed`: what was in the line whose form was refused."""
    once, found = draw_id(), inboxes.seen(visitor, view)
    rows, parts = inboxes.cut(visitor, found, once, typed or Typed())
    return inboxes.pages.page(
        "inbox.html",
        ZoneInfo(found.zone),
        status,
        visit=visitor,
        view=view,
        inbox=found,
        rows=rows,
        parts=parts,
        said=said,
        refusals=refusals,
        once=once,
    )


def add_duty(app: FastAPI, pages: Pages) -> None:
    """Add the page of duty."""

    @app.get(DUTY, response_class=HTMLResponse)
    def show_duty(visitor: Visitor, did: str = "") -> Response:
        """Who is on duty, and the visitor's own."""
        return page(visitor, said=duty.SAID.get(did, ""))

    @app.post(DUTY, response_class=HTMLResponse)
    def say_duty(visitor: Visitor, fields: Checked) -> Response:
        """Take, answer for, hand on or leave one's duty."""
        try:
            asked, answer = duty.say(visitor, fields)
        except Denied:
            raise
        except WardpathError as error:
            return page(visitor, refusals=(refusal_of(error),), status=400)
        if answer.refusal is not None:
            return page(visitor, refusals=(answer.refusal,), status=409)
        return RedirectResponse(f"{DUTY}?did={asked}", 303)

    def page(visitor: Visit, *, said: str = "", refusals: tuple[Refusal, ...] = (), status: int = 200) -> Response:
        visitor.look("duty")
        return pages.page(
            "inbox_duty.html",
            zone_of_site(visitor),
            status,
            visit=visitor,
            duty=duty.duty_page(visitor),
            said=said,
            refusals=refusals,
            once=draw_id(),
        )


def refusal_of(error: WardpathError) -> Refusal:
    """An error as the page tells a refusal: what happened, what was expected, how to mend it."""
    return Refusal(error.code, error.happened, (f"expected: {error.expected}",), error.mend)
