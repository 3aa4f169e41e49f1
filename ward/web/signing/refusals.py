"""What is said to whoever is not let in, and why. The API, in its own place, has its own words for programs."""

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from pathway.engine.errors import CommitUnknown, StoreReadOnly, StoreRefused
from ward.clock import draw_id
from ward.errors import Denied
from ward.web.pages import UTC_ZONE, Pages
from ward.web.signing.account import PASSWORD
from ward.web.signing.glass import case_of, would_open
from ward.web.signing.sign_in import to_sign_in
from ward.web.visit import FormRefused, NobodyHere, Visit

#: The pages of a case beside its own, with the word of the policy for each: what may be open where that is not.
BESIDE = (
    ("Replay", "replay", "replay"),
    ("Why", "why", "why"),
    ("The pathway drawn", "pathway", "diagram"),
    ("Hold a drug, or record what happened with it", "do/RecordTherapy", "RecordTherapy"),
    ("Raise a flag, or record another finding", "do/RecordFinding", "RecordFinding"),
)
STREAM_ENDED = "event: ended\ndata: {}\n\n"


def add_refusals(app: FastAPI, pages: Pages) -> None:
    """Answer for what was refused, wherever in the app that was."""

    def nobody(request: Request, error: Exception) -> Response:
        assert isinstance(error, NobodyHere)  # noqa: S101  # the app hands over what it was told to
        if "text/event-stream" in request.headers.get("accept", ""):
            return Response(STREAM_ENDED, media_type="text/event-stream")
        if error.must_change:
            return RedirectResponse(PASSWORD, 303)
        asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return RedirectResponse(to_sign_in(asked if request.method == "GET" else "/"), 303)

    def denied(request: Request, error: Exception) -> Response:
        assert isinstance(error, Denied)  # noqa: S101  # as above
        visitor: Visit = request.state.visit
        case = case_of(request)
        offered = bool(case) and would_open(visitor, case)
        beside = [(name, at) for name, at, act in BESIDE if case and visitor.lets(act, case)]
        told = {"error": error, "offered": offered, "beside": beside, "id": draw_id()}
        return pages.page("denied.html", UTC_ZONE, 403, visit=visitor, case=case, **told)

    def form(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, FormRefused)  # noqa: S101  # as above
        return pages.refused(error)

    def unwritten(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, StoreRefused)  # noqa: S101  # as above
        return pages.unwritten(error)

    def status(request: Request, error: Exception) -> Response:
        del request
        answer = pages.error(error.status_code if isinstance(error, HTTPException) else 400)
        answer.headers.update((error.headers if isinstance(error, HTTPException) else None) or {})
        return answer

    answers: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        NobodyHere: nobody,
        Denied: denied,
        FormRefused: form,
        CommitUnknown: unwritten,
        StoreReadOnly: unwritten,
        HTTPException: status,
        RequestValidationError: status,
    }
    for kind, answer in answers.items():
        app.add_exception_handler(kind, answer)
