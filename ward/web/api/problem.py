"""Problems: what goes wrong, as application/problem+json (RFC 9457) with the stable codes of the engine.

An error says what happened (`detail`), what was expected, and how to mend it; never what a field held.
"""

from http import HTTPStatus
from typing import NoReturn, cast

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pathway.case.commands import Refusal
from pathway.engine.errors import WardpathError
from ward.errors import NotFound, SignInRefused

MEDIA_TYPE = "application/problem+json"
#: Where each code stands among the statuses; a refusal that is not here is a conflict, an error a fault of ours.
STATUSES = {
    "not_signed_in": 401,
    "sign_in_refused": 401,
    "denied": 403,
    "not_found": 404,
    "no_such_case": 404,
    "not_here": 409,
    "conflict": 409,
    "seen_version": 412,
    "too_slow": 408,
    "too_large": 413,
    "command_reused": 422,
    "identity": 422,
    "not_understood": 422,
    "too_many": 429,
    "store_refused": 503,
    "commit_unknown": 503,
    "store_read_only": 503,
}
#: What a client does wrong that no other code names, by the status that says it.
BY_STATUS = {404: "not_found", 405: "method", 413: "too_large"}


class Problem(msgspec.Struct, frozen=True):
    """One problem. `type` names its code; `reasons`: of a refusal, each in a sentence."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    expected: str = ""
    mend: str = ""
    reasons: tuple[str, ...] = ()


class TooMany(WardpathError):
    """An account asked too much in too short a time. `wait_s`: after how many seconds it may go on."""

    code = "too_many"

    def __init__(self, happened: str, expected: str, mend: str, wait_s: int) -> None:
        super().__init__(happened, expected, mend)
        self.wait_s = wait_s


def add_problems(api: FastAPI) -> None:
    """Answer every error of the API as a problem."""

    def show_error(_: Request, error: Exception) -> Response:
        return of_error(cast("WardpathError", error))

    def show_http(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        found = response(status, BY_STATUS.get(status, "http"), HTTPStatus(status).phrase, mend="see openapi.json")
        if isinstance(error, HTTPException):
            found.headers.update(error.headers or {})
        return found

    def show_invalid(_: Request, error: Exception) -> Response:
        # Never the value, which may be of a patient: place and kind of each fault alone.
        faults = tuple(
            f"{' '.join(map(str, each['loc']))}: {each['type']}"
            for each in cast("RequestValidationError", error).errors()
        )
        happened, expected = "a parameter cannot be read", "the parameters as openapi.json has them"
        return response(422, "not_understood", happened, expected, "mend what the reasons name", faults)

    api.add_exception_handler(WardpathError, show_error)
    api.add_exception_handler(HTTPException, show_http)
    api.add_exception_handler(RequestValidationError, show_invalid)


def of_error(error: WardpathError) -> Response:
    """An error as the answer to a request."""
    wait_s = error.wait_s if isinstance(error, TooMany | SignInRefused) else 0
    status = 429 if wait_s else STATUSES.get(error.code, 500)
    found = response(status, error.code, error.happened, error.expected, error.mend)
    if wait_s:
        found.headers["Retry-After"] = str(wait_s)
    if status == HTTPStatus.UNAUTHORIZED:
        found.headers["WWW-Authenticate"] = 'Bearer realm="wardpath"'
    return found


def of_refusal(refusal: Refusal) -> Response:
    """The refusal of a command as the answer to a request."""
    status = STATUSES.get(refusal.code, 409)
    return response(status, refusal.code, refusal.message, "", refusal.mend, refusal.reasons)


def response(
    status: int, code: str, detail: str, expected: str = "", mend: str = "", reasons: tuple[str, ...] = ()
) -> Response:
    """A problem as it is sent."""
    title = code.replace("_", " ").capitalize()
    told = Problem(f"urn:wardpath:problem:{code}", title, status, code, detail, expected, mend, reasons)
    return Response(msgspec.json.encode(told), status, media_type=MEDIA_TYPE)


def missing(what: str, expected: str) -> NoReturn:
    """Raises NotFound."""
    raise NotFound(f"there is no such {what} here", expected, "check it")
