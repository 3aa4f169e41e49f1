"""The API in its place: an app of its own at /api/v1 with its own errors, behind the same gate and the same door."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from ward.web.admin.site import Site
from ward.web.api.acts import add_acts
from ward.web.api.audit.mount import add_audit
from ward.web.api.cases import add_cases
from ward.web.api.commands import add_commands
from ward.web.api.feed import add_feed
from ward.web.api.limits import Faultless, Rates
from ward.web.api.offered import add_offered
from ward.web.api.office import add_office
from ward.web.api.past import add_replays
from ward.web.api.problem import add_problems, response
from ward.web.api.retention import add_retention
from ward.web.api.schema import schema_of
from ward.web.api.sign_in import add_sign_in
from ward.web.api.site import add_site, add_ward
from ward.web.gate import ErrorPage
from ward.web.reads import Reads

PLACE = "/api/v1"
#: What the gate answers by itself, before anybody asks who is there.
GATE = {
    403: ("gate", "the request does not come from this machine, or a page of another site sent it"),
    500: ("fault", "the server failed"),
}
#: The version of the addresses and of what they answer; whatever breaks a caller makes the next.
VERSION = "1"


def add_api(app: FastAPI, reads: Reads) -> None:
    """Add the API to the app, with whose door it lets in."""
    api = FastAPI(
        title="Wardpath", version=VERSION, openapi_url="/openapi.json", docs_url=None, redoc_url=None, openapi_tags=[]
    )
    api.state.door, api.state.looks, api.state.rates = app.state.door, app.state.looks, Rates()
    api.state.site = getattr(app.state, "site", Site())
    add_sign_in(api)
    add_cases(api)
    add_replays(api, reads)
    add_offered(api, reads)
    add_commands(api, reads)
    add_ward(api)
    add_site(api, reads)
    add_office(api)
    add_retention(api)
    add_acts(api)
    add_feed(api)
    add_audit(api, reads)
    add_problems(api)
    api.add_middleware(Faultless)
    api.openapi = schema_of(api.openapi)  # type: ignore[method-assign]  # how FastAPI has its schema extended
    app.mount(PLACE, api)


def by_face(page: ErrorPage) -> ErrorPage:
    """The errors of the gate: as a problem to whoever asks the API, else as the page that `page` makes."""

    def shown(status: int) -> ASGIApp:
        async def show(scope: Scope, receive: Receive, send: Send) -> None:
            code, happened = GATE.get(status, ("gate", "the request was not let in"))
            mend = "ask on this machine, under its own name and not through a proxy, with the token in the header"
            own = scope["path"].startswith(PLACE)
            answer = response(status, code, happened, "a request of a program here", mend) if own else page(status)
            await answer(scope, receive, send)

        return show

    return shown
