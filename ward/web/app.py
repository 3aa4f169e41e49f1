"""The web app: addresses and answers. It reads and shows; nothing a browser sends changes a case."""

from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from pathway.case.picture import Picture
from pathway.engine.ports import Clock
from ward.clock import SystemClock
from ward.web.assets import assets
from ward.web.board import board
from ward.web.gate import Gate
from ward.web.looks import Looks
from ward.web.moment import TimeUnread, moment_text, read_field
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.reasons import absent
from ward.web.sheet import sheet, until

#: A token is shorter; what is longer is looked up nowhere.
TOKEN_LIMIT = 100
#: A static file asked for by what it contains never changes.
FOR_EVER = "public, max-age=31536000, immutable"


def create_app(reads: Reads, wall: Clock | None = None) -> FastAPI:
    """The app over what it may read. `wall` tells real time; without one it is the machine's clock."""
    app = FastAPI(title="Wardpath", openapi_url=None, docs_url=None, redoc_url=None)
    files = assets()
    pages = Pages(reads, wall or SystemClock(), files)
    _add_board(app, reads, pages)
    _add_case(app, reads, pages)
    _add_rest(app, reads, pages)

    def show_http(_: Request, error: Exception) -> Response:
        return pages.error(error.status_code if isinstance(error, HTTPException) else 400)

    app.add_exception_handler(HTTPException, show_http)
    app.add_exception_handler(RequestValidationError, show_http)
    app.add_middleware(Gate, page=pages.error)

    @app.get("/static/{name}")
    def static(name: str, v: str = "") -> Response:
        """A static file of ours; there are no others."""
        file = files.get(name)
        if file is None:
            raise HTTPException(404)
        headers = {"Cache-Control": FOR_EVER} if v == file.digest else {}
        return Response(file.content, media_type=file.media_type, headers=headers)

    return app


def _add_board(app: FastAPI, reads: Reads, pages: Pages) -> None:
    looks = Looks(reads)

    @app.get("/", response_class=HTMLResponse)
    def show_board() -> Response:
        """The board of every open case."""
        seen = board(reads)
        looks.look("board", seen.cases)
        return pages.page("board.html", ZoneInfo(seen.zone), board=seen)


def _add_case(app: FastAPI, reads: Reads, pages: Pages) -> None:
    looks = Looks(reads)

    def find(token: str) -> Picture:
        picture = reads.picture(token) if len(token) <= TOKEN_LIMIT else None
        if picture is None:
            raise HTTPException(404)
        return picture

    @app.get("/case/{token}", response_class=HTMLResponse)
    def show_case(token: str, timeline: str = "") -> Response:
        """One patient: what now, and why."""
        picture = find(token)
        looks.look("case", (picture.case,))
        zone = ZoneInfo(picture.zone)
        entries, asked = reads.timeline(picture.case), reads.inquiry(picture.case)
        seen = sheet(picture, reads.identity(picture.case), entries, whole=timeline == "all", asked=asked)
        return pages.page("case.html", zone, sheet=seen, now_field=moment_text(picture.at, zone))

    @app.get("/case/{token}/why-not", response_class=HTMLResponse)
    def show_why_not(token: str) -> Response:
        """What is not possible or not open now, and why."""
        picture = find(token)
        looks.look("why not", (picture.case,))
        seen = sheet(picture, reads.identity(picture.case), [], whole=True)
        return pages.page("why_not.html", ZoneInfo(picture.zone), sheet=seen, kinds=absent(reads.inquiry(picture.case)))

    @app.get("/case/{token}/replay", response_class=HTMLResponse)
    def show_replay(token: str, occurred: str = "", recorded: str = "") -> Response:
        """The facts as of two clocks: what had happened by then, as far as was known by then."""
        present = find(token)
        looks.look("replay", (present.case,))
        zone = ZoneInfo(present.zone)
        try:
            happened, known, fault = read_field(occurred, zone), read_field(recorded, zone), ""
        except TimeUnread as unread:
            happened, known, fault = None, None, str(unread)
        picture = present if fault else reads.as_of(present.case, happened, known)
        if picture is None:
            raise HTTPException(404)
        entries = [] if fault else until(reads.timeline(present.case), happened, known)
        return pages.page(
            "replay.html",
            zone,
            400 if fault else 200,
            sheet=sheet(picture, reads.identity(present.case), entries, whole=True),
            fault=fault,
            happened="" if happened is None else moment_text(happened, zone),
            known="" if known is None else moment_text(known, zone),
            occurred_field="" if happened is None else moment_text(happened, zone),
            recorded_field="" if known is None else moment_text(known, zone),
            now_field=moment_text(present.at, zone),
        )


def _add_rest(app: FastAPI, reads: Reads, pages: Pages) -> None:
    @app.get("/about", response_class=HTMLResponse)
    def show_about() -> Response:
        """What this is and what it is not."""
        return pages.page("about.html")

    @app.get("/healthz")
    def healthz() -> Response:
        """200 while the scheduler is heard, 503 when it is silent; never patient data."""
        facts = reads.store_facts()
        age_s = facts.heartbeat_age_s
        body = {
            "alive": True,
            "live": facts.live,
            "heartbeat_age_s": None if age_s is None else round(float(age_s), 1),
            "origin": facts.origin,
        }
        return JSONResponse(body, 200 if facts.live else 503)
