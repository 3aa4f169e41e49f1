"""The pages of the record, each added by its own module, and the way into them."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ward.web.admin.office import Office
from ward.web.audit.address import page_of
from ward.web.audit.again import add_again, add_log
from ward.web.audit.case import add_case
from ward.web.audit.cases import add_cases
from ward.web.audit.figures import add_figures
from ward.web.audit.looks import add_looks
from ward.web.audit.proof import add_proof
from ward.web.audit.topic import topics
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.replay.case import TOKEN_LIMIT
from ward.web.visit import Visitor

HERE, AUDIT = "/audit", "audit"


def add_audit(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the pages of the record to the app."""
    office = Office(app, pages)

    @app.get(HERE, response_class=HTMLResponse)
    def show_audit(request: Request, visitor: Visitor, case: str = "") -> Response:
        """What an inspector can ask; with the token of a case on to its page."""
        visitor.look(AUDIT)
        token = case.strip()
        if token and len(token) <= TOKEN_LIMIT and reads.known(token):
            return RedirectResponse(page_of(token), 303)
        shown, closed = topics(visitor, (getattr(each, "path", "") for each in request.app.routes))
        status = 404 if token else 200
        more: dict[str, Any] = {"topics": shown, "closed": closed, "missing": bool(token)}
        return pages.page("audit/home.html", office.zone, status, visit=visitor, **more)

    add_cases(app, reads, pages)
    add_figures(app, reads, pages)
    add_case(app, reads, pages)
    add_looks(app, reads, pages)
    add_proof(app, reads, pages)
    add_again(app, reads, pages)
    add_log(app, reads, pages)
